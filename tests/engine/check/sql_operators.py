"""Operators that change a valid statement of SQL."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lexer import Kind, tokenize
from engine.tree import ddl, dml, queries
from engine.tree import expressions as values
from engine.tree.base import Expression, Name, ObjectName, Statement
from engine.tree.types import BuiltinType
from engine.tree.walk import descendants
from tests.engine.check.mutation import EQUIVALENT, Edit, Operator, all_of, insert, registering, respell, word_end

OPERATORS: list[Operator] = []
operator = registering(OPERATORS)
_BEHIND_GROUP_BY = ("having", "order", "fetch", "union", "minus", "for")


# what operators look for


def _end_of_call(text: str, start: int) -> int:
    """The end of the parenthesis that opens first from here on."""
    depth = 0
    for token in tokenize(text):
        if token.start >= start and token.is_op("(", ")"):
            depth += 1 if token.is_op("(") else -1
            if depth == 0:
                return token.end
    raise AssertionError("no parenthesis")


def _end_of_group_by(text: str, start: int) -> int:
    depth = 0
    for token in tokenize(text):
        if token.start < start:
            continue
        depth += token.is_op("(") - token.is_op(")")
        if depth < 0 or token.kind is Kind.END or (depth == 0 and token.is_word(*_BEHIND_GROUP_BY)):
            return token.start
    raise AssertionError("no end")


def _calls(tree: Statement, *names: str) -> Iterator[values.Call]:
    for call in all_of(tree, values.Call):
        if isinstance(call.function, values.Reference) and call.function.parts[0].value in names:
            yield call


def _aggregates(block: queries.Select) -> Iterator[values.Call]:
    """The aggregates that stand in a select list as they are."""
    for item in block.items:
        if isinstance(item.expression, values.Call) and item.expression.over is None:
            yield from _calls_of(item.expression, "COUNT", "SUM", "AVG", "MAX")


def _calls_of(call: values.Call, *names: str) -> Iterator[values.Call]:
    if isinstance(call.function, values.Reference) and call.function.parts[0].value in names and call.keep is None:
        yield call


def _columns(node: Expression | queries.GroupBy) -> Iterator[values.Reference]:
    for reference in all_of(node, values.Reference):
        if reference.parts[-1].value not in _NO_COLUMNS:
            yield reference


_NO_COLUMNS = frozenset("COUNT SUM AVG MAX MIN UPPER SUBSTR LEVEL ROWNUM SYSDATE USER NEXTVAL".split())


def _plain_blocks(tree: Statement) -> Iterator[queries.Select]:
    """Blocks without groups and aggregates, of columns alone."""
    for block in all_of(tree, queries.Select):
        if block.group_by is None and all(isinstance(item.expression, values.Reference) for item in block.items):
            yield block


def _wheres(tree: Statement) -> Iterator[Expression]:
    for node in descendants(tree):
        if isinstance(node, queries.Select | dml.Update | dml.Delete) and node.where is not None:
            yield node.where


def _outermost(tree: Statement) -> queries.Select | None:
    return tree.body if isinstance(tree, queries.Query) and isinstance(tree.body, queries.Select) else None


# groups


@operator("ORA-00979")
def take_a_column_out_of_group_by(text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        selected = [item.expression for item in block.items]
        for element in block.group_by.elements if block.group_by is not None else ():
            if isinstance(element, values.Reference) and element in selected:
                start = element.place.offset
                yield Edit(start, word_end(text, element.parts[-1].place.offset), "null")


@operator("ORA-00937")
def drop_group_by(text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        columns = any(isinstance(item.expression, values.Reference) for item in block.items)
        if block.group_by is not None and columns and any(_aggregates(block)):
            start = block.group_by.place.offset
            yield Edit(start, _end_of_group_by(text, start), "")


@operator("ORA-03162")
def group_by_a_position(text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        if block.group_by is not None and isinstance(block.group_by.elements[0], values.Reference):
            start = block.group_by.elements[0].place.offset
            used = block.items[0].expression == block.group_by.elements[0]
            if used:
                yield Edit(start, _end_of_group_by(text, start), "1 ")


@operator("ORA-00979")
def ask_in_having_for_a_column_of_no_group(text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        if block.having is not None:
            yield insert(block.having.place.offset, "hire_date is null and ")


@operator("ORA-00937")
def put_an_aggregate_beside_a_column(_text: str, tree: Statement) -> Iterator[Edit]:
    for block in _plain_blocks(tree):
        known = block.sources and isinstance(block.sources[0].source, queries.TableSource)
        outermost = block is _outermost(tree) and isinstance(tree, queries.Query) and tree.for_update is None
        own = any(
            len(item.expression.parts) < 3 for item in block.items if isinstance(item.expression, values.Reference)
        )
        if known and outermost and own and block.quantifier == "" and not _pseudo(block):
            yield insert(block.items[0].place.offset, "max(1), ")


def _pseudo(block: queries.Select) -> bool:
    names = [item.expression.parts[-1].value for item in block.items if isinstance(item.expression, values.Reference)]
    return all(name in _NO_COLUMNS for name in names)


@operator("ORA-00934")
def move_an_aggregate_into_where(_text: str, tree: Statement) -> Iterator[Edit]:
    for where in _wheres(tree):
        yield insert(where.place.offset, "count(*) > 1 and ")


@operator("ORA-00934")
def move_an_aggregate_into_on(_text: str, tree: Statement) -> Iterator[Edit]:
    for join in all_of(tree, queries.Join):
        if join.on is not None:
            yield insert(join.on.place.offset, "count(*) > 1 and ")


@operator("ORA-00978")
def nest_an_aggregate_without_groups(text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        for call in _aggregates(block) if block.group_by is None and len(block.items) == 1 else ():
            start = call.place.offset
            end = _end_of_call(text, start)
            yield Edit(start, end, f"max({text[start:end]})")


@operator("ORA-00935")
def nest_an_aggregate_twice(text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        for call in _aggregates(block) if block.group_by is not None else ():
            if not any(isinstance(a, values.Argument) and isinstance(a.value, values.Call) for a in call.arguments):
                start = call.place.offset
                end = _end_of_call(text, start)
                yield Edit(start, end, f"max(min({text[start:end]}))")


@operator("ORA-30483")
def move_an_analytic_function_into_where(_text: str, tree: Statement) -> Iterator[Edit]:
    for where in _wheres(tree):
        yield insert(where.place.offset, "row_number() over (order by 1) = 1 and ")


@operator("ORA-30484")
def drop_the_window(text: str, tree: Statement) -> Iterator[Edit]:
    for call in _calls(tree, "ROW_NUMBER", "LAG"):
        start = text.index("over", call.place.offset)
        yield Edit(start, _end_of_call(text, start), "")


@operator("ORA-30485")
def drop_the_order_of_a_ranking(text: str, tree: Statement) -> Iterator[Edit]:
    for call in _calls(tree, "ROW_NUMBER", "LAG", "RANK"):
        start = text.index("order", call.place.offset)
        yield Edit(start, _end_of_call(text, text.index("over", call.place.offset)) - 1, "")


@operator(EQUIVALENT)
def put_a_constant_into_a_list_with_groups(_text: str, tree: Statement) -> Iterator[Edit]:
    block = _outermost(tree)
    if block is not None and block.group_by is not None and not isinstance(block.items[0].expression, values.Star):
        nested = [call for call in _aggregates(block) if "(" in str(call.arguments)]
        if len(block.items) > 1 or not nested:
            yield insert(block.items[-1].place.offset, "'x', ")


@operator(EQUIVALENT)
def group_by_one_column_more(_text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        if block.group_by is not None:
            yield insert(block.group_by.elements[0].place.offset, "1 + 1, ")


# names


@operator("ORA-00904")
def misspell_a_column(text: str, tree: Statement) -> Iterator[Edit]:
    block = _outermost(tree)
    for item in block.items if block is not None else ():
        for column in _columns(item.expression):
            if not isinstance(item.expression, values.Call | values.JsonConstructor):
                yield respell(text, column.parts[-1].place.offset)


@operator("ORA-00942")
def misspell_a_table(text: str, tree: Statement) -> Iterator[Edit]:
    for source in all_of(tree, queries.TableSource):
        if source.name.name.value not in ("DUAL", "TREE", "TOTAL"):
            yield respell(text, source.name.place.offset)


@operator("ORA-00904")
def drop_an_alias_that_is_used(text: str, tree: Statement) -> Iterator[Edit]:
    used = {node.parts[0].value for node in all_of(tree, values.Reference) if len(node.parts) == 2}
    aliases = [s.alias.value for s in all_of(tree, queries.TableSource) if s.alias is not None]
    for source in all_of(tree, queries.TableSource):
        alias = source.alias
        if alias is not None and alias.value in used and aliases.count(alias.value) == 1:
            yield Edit(alias.place.offset, word_end(text, alias.place.offset), "")


@operator("ORA-00918")
def drop_a_qualifier_that_is_needed(text: str, tree: Statement) -> Iterator[Edit]:
    block = _outermost(tree)
    if block is None or not block.sources or not block.sources[0].joins or block.sources[0].joins[0].on is None:
        return
    for column in _columns(block.sources[0].joins[0].on):
        if column.parts[-1].value == "DEPARTMENT_ID" and column.parts[0].value == "D":
            yield Edit(column.place.offset, column.parts[1].place.offset, "")


@operator("ORA-25154")
def qualify_a_column_of_using(_text: str, tree: Statement) -> Iterator[Edit]:
    block = _outermost(tree)
    for item in block.sources if block is not None else ():
        source = item.source
        for join in item.joins:
            if join.using and isinstance(source, queries.TableSource) and source.alias is not None:
                first = block.items[0].place.offset if block is not None else 0
                yield insert(first, f"{source.alias.written}.{join.using[0].written}, ")


@operator("ORA-25155")
def qualify_a_column_of_a_natural_join(_text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        if any(join.natural for item in block.sources for join in item.joins):
            yield insert(block.items[0].place.offset, "regions.region_id, ")


@operator(EQUIVALENT)
def rename_an_alias_of_a_column(text: str, tree: Statement) -> Iterator[Edit]:
    block = _outermost(tree)
    used = {node.parts[0].value for node in all_of(tree, values.Reference)}
    for item in block.items if block is not None else ():
        if item.alias is not None and item.alias.value not in used:
            yield respell(text, item.alias.place.offset)


# order


@operator("ORA-01785")
def sort_by_a_position_that_is_none(_text: str, tree: Statement) -> Iterator[Edit]:
    if isinstance(tree, queries.Query) and tree.order_by and not tree.order_siblings:
        yield insert(tree.order_by[0].place.offset, "99, ")


@operator("ORA-01791")
def make_rows_distinct_that_are_sorted_by_another_column(_text: str, tree: Statement) -> Iterator[Edit]:
    block = _outermost(tree)
    if block is None or block.group_by is not None or block.quantifier or not isinstance(tree, queries.Query):
        return
    selected = [item.expression for item in block.items]
    if tree.order_by and isinstance(tree.order_by[0].expression, values.Reference) and not tree.order_siblings:
        aliases = {item.alias.value for item in block.items if item.alias is not None}
        key = tree.order_by[0].expression
        if key not in selected and key.parts[0].value not in aliases and not any(_pseudo_columns(block)):
            yield insert(block.items[0].place.offset, "distinct ")


def _pseudo_columns(block: queries.Select) -> Iterator[values.Call]:
    for item in block.items:
        if isinstance(item.expression, values.Call):
            yield item.expression


@operator(EQUIVALENT)
def sort_by_the_first_column_too(_text: str, tree: Statement) -> Iterator[Edit]:
    if isinstance(tree, queries.Query) and tree.order_by and not tree.order_siblings and tree.with_ is None:
        yield insert(tree.order_by[0].place.offset, "1, ")


# set operators, subqueries, locks, sequences


def _second_operands(tree: Statement) -> Iterator[queries.Select]:
    for compound in all_of(tree, queries.Compound):
        if isinstance(compound.operands[1], queries.Select):
            yield compound.operands[1]


@operator("ORA-01789")
def add_a_column_to_one_operand(_text: str, tree: Statement) -> Iterator[Edit]:
    for operand in _second_operands(tree):
        yield insert(operand.items[0].place.offset, "null, ")


@operator("ORA-01790")
def change_the_type_of_a_column_of_one_operand(text: str, tree: Statement) -> Iterator[Edit]:
    if isinstance(tree, queries.Query) and tree.with_ is None:
        for operand in _second_operands(tree):
            start = operand.items[0].place.offset
            yield Edit(start, word_end(text, start), "interval '1' day")


@operator(EQUIVALENT)
def put_null_for_a_column_of_one_operand(text: str, tree: Statement) -> Iterator[Edit]:
    if isinstance(tree, queries.Query) and tree.with_ is None:
        for operand in _second_operands(tree):
            start = operand.items[0].place.offset
            yield Edit(start, word_end(text, start), "null")


@operator("ORA-00913")
def add_a_column_to_a_subquery(_text: str, tree: Statement) -> Iterator[Edit]:
    for subquery in all_of(tree, values.Subquery):
        if isinstance(subquery.query.body, queries.Select):
            yield insert(subquery.query.body.items[0].place.offset, "null, ")


@operator("ORA-01786")
def lock_rows_that_are_none_of_a_table(text: str, tree: Statement) -> Iterator[Edit]:
    block = _outermost(tree)
    made = block is not None and (block.group_by is not None or block.quantifier or any(_aggregates(block)))
    if made and isinstance(tree, queries.Query) and tree.for_update is None and tree.limit is None:
        yield insert(len(text), " for update")


@operator("ORA-02014")
def lock_the_first_rows(text: str, tree: Statement) -> Iterator[Edit]:
    if isinstance(tree, queries.Query) and tree.limit is not None:
        yield insert(len(text), " for update")


@operator("ORA-00907")
def lock_in_a_subquery(text: str, tree: Statement) -> Iterator[Edit]:
    for subquery in all_of(tree, values.Subquery):
        if subquery.query.for_update is None and not subquery.query.order_by:
            yield insert(_end_of_call(text, subquery.place.offset) - 1, " for update")


@operator("ORA-02287", "ORA-02289")
def ask_a_sequence_in_where(_text: str, tree: Statement) -> Iterator[Edit]:
    for where in _wheres(tree):
        yield insert(where.place.offset, "employees_seq.nextval > 1 and ")


@operator("ORA-02287", "ORA-02289")
def ask_a_sequence_beside_groups(_text: str, tree: Statement) -> Iterator[Edit]:
    block = _outermost(tree)
    if block is not None and (block.group_by is not None or block.quantifier) and len(block.items) > 1:
        yield insert(block.items[1].place.offset, "employees_seq.currval, ")


@operator("ORA-01788")
def drop_connect_by(text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        if block.hierarchy is not None and any(_pseudo_level(item.expression) for item in block.items):
            start = block.hierarchy.place.offset
            yield Edit(start, text.index("order", start) if "order" in text[start:] else len(text), "")


def _pseudo_level(node: Expression) -> bool:
    return isinstance(node, values.Reference) and node.parts[0].value == "LEVEL"


@operator("ORA-32038")
def name_one_column_more_of_with(_text: str, tree: Statement) -> Iterator[Edit]:
    for named in all_of(tree, queries.CommonTable):
        if named.columns:
            yield insert(named.columns[0].place.offset, "more, ")


# types


@operator("ORA-22848")
def compare_a_vector(_text: str, tree: Statement) -> Iterator[Edit]:
    for where in _wheres(tree):
        yield insert(where.place.offset, "to_vector('[1]') = to_vector('[2]') and ")


@operator("ORA-22848")
def sort_by_a_vector(_text: str, tree: Statement) -> Iterator[Edit]:
    block = _outermost(tree)
    plain = block is not None and not block.quantifier and block.group_by is None
    if isinstance(tree, queries.Query) and tree.order_by and plain:
        yield insert(tree.order_by[0].place.offset, "to_vector('[1]'), ")


@operator("ORA-00932")
def compare_a_number_with_a_date(_text: str, tree: Statement) -> Iterator[Edit]:
    for where in _wheres(tree):
        yield insert(where.place.offset, "rownum > sysdate and ")


@operator("ORA-00975")
def add_two_dates(_text: str, tree: Statement) -> Iterator[Edit]:
    for where in _wheres(tree):
        yield insert(where.place.offset, "sysdate + date '2024-01-01' is null and ")


@operator("ORA-00932")
def change_the_type_of_a_value_of_insert(text: str, tree: Statement) -> Iterator[Edit]:
    for statement in all_of(tree, dml.Insert):
        if isinstance(statement.source, dml.InsertValues) and isinstance(statement.source.rows[0], values.Row):
            first = statement.source.rows[0].items[0]
            if isinstance(first, values.NumberLiteral):
                yield Edit(first.place.offset, word_end(text, first.place.offset), "sysdate")


@operator(EQUIVALENT)
def write_a_number_as_text(text: str, tree: Statement) -> Iterator[Edit]:
    for statement in all_of(tree, dml.Insert):
        if isinstance(statement.source, dml.InsertValues) and isinstance(statement.source.rows[0], values.Row):
            first = statement.source.rows[0].items[0]
            if isinstance(first, values.NumberLiteral):
                yield Edit(first.place.offset, word_end(text, first.place.offset), f"'{first.text}'")


@operator(EQUIVALENT)
def swap_two_arguments(text: str, tree: Statement) -> Iterator[Edit]:
    for call in _calls(tree, "TO_CHAR", "NVL"):
        first, second = (argument.place.offset for argument in call.arguments)
        end = _end_of_call(text, call.place.offset) - 1
        one, two = text[first:second].rstrip(", "), text[second:end]
        yield Edit(first, end, f"{two}, {one}")


# changes of rows


@operator("ORA-00957")
def name_a_column_of_insert_twice(_text: str, tree: Statement) -> Iterator[Edit]:
    for statement in all_of(tree, dml.Insert):
        if statement.columns and isinstance(statement.columns[0], values.Reference):
            first = statement.columns[0]
            yield insert(first.place.offset, f"{first.parts[0].written}, ")


@operator("ORA-00913")
def drop_a_column_of_insert(text: str, tree: Statement) -> Iterator[Edit]:
    for statement in all_of(tree, dml.Insert):
        if len(statement.columns) > 1:
            yield Edit(statement.columns[0].place.offset, statement.columns[1].place.offset, "")


@operator("ORA-00947")
def drop_a_value_of_insert(text: str, tree: Statement) -> Iterator[Edit]:
    for statement in all_of(tree, dml.Insert):
        if isinstance(statement.source, dml.InsertValues) and isinstance(statement.source.rows[0], values.Row):
            first, second = statement.source.rows[0].items[:2]
            yield Edit(first.place.offset, second.place.offset, "")


@operator("ORA-00957")
def set_a_column_twice(_text: str, tree: Statement) -> Iterator[Edit]:
    for statement in all_of(tree, dml.Update):
        first = statement.assignments[0]
        if (
            isinstance(first, dml.SetColumns)
            and isinstance(first.columns[0], values.Reference)
            and not first.parenthesised
        ):
            yield insert(first.place.offset, f"{first.columns[0].parts[0].written} = null, ")


@operator("ORA-38104")
def set_a_column_by_which_merge_joins(_text: str, tree: Statement) -> Iterator[Edit]:
    for statement in all_of(tree, dml.Merge):
        for branch in statement.branches:
            if isinstance(branch, dml.MergeUpdate):
                yield insert(branch.assignments[0].place.offset, "b.employee_id = 1, ")


@operator("ORA-54017")
def set_a_virtual_column(_text: str, tree: Statement) -> Iterator[Edit]:
    for statement in all_of(tree, dml.Update):
        if isinstance(statement.target.what, ObjectName) and statement.target.what.name.value == "BILLS":
            yield insert(statement.assignments[0].place.offset, "tax = 1, ")


@operator("ORA-54013", "ORA-32795")
def give_a_generated_column_a_value(text: str, tree: Statement) -> Iterator[Edit]:
    for statement in all_of(tree, dml.Insert):
        for default in all_of(statement, values.Default):
            yield Edit(default.place.offset, word_end(text, default.place.offset), "1")


# definitions


@operator("ORA-00957")
def name_a_column_of_a_table_twice(_text: str, tree: Statement) -> Iterator[Edit]:
    for table in all_of(tree, ddl.CreateTable):
        if table.items:
            name = table.items[0].name
            assert isinstance(name, Name)
            yield insert(table.items[0].place.offset, f"{name.written} date, ")


@operator("ORA-02260")
def give_a_table_a_second_primary_key(_text: str, tree: Statement) -> Iterator[Edit]:
    for table in all_of(tree, ddl.CreateTable):
        if any(key.primary for key in all_of(table, ddl.Unique)):
            yield insert(table.items[0].place.offset, "another number primary key, ")


@operator("ORA-02438")
def check_another_column(_text: str, tree: Statement) -> Iterator[Edit]:
    for column in all_of(tree, ddl.Column):
        for check in column.constraints:
            if isinstance(check, ddl.Check):
                yield insert(check.condition.place.offset, "id > 0 and ")


@operator("ORA-02436")
def check_against_the_time(_text: str, tree: Statement) -> Iterator[Edit]:
    for check in all_of(tree, ddl.Check):
        yield insert(check.condition.place.offset, "sysdate > date '2024-01-01' and ")


@operator("ORA-00998")
def drop_the_alias_of_an_expression_of_a_view(text: str, tree: Statement) -> Iterator[Edit]:
    if isinstance(tree, ddl.CreateView | ddl.CreateTable):
        body = tree.query.body if tree.query is not None else None
        for item in body.items if isinstance(body, queries.Select) else ():
            if item.alias is not None and not isinstance(item.expression, values.Reference):
                start = text.rindex("as", 0, item.alias.place.offset)
                yield Edit(start, word_end(text, item.alias.place.offset), "")


@operator("ORA-01730")
def drop_the_name_of_a_column_of_a_view(_text: str, tree: Statement) -> Iterator[Edit]:
    for view in all_of(tree, ddl.CreateView):
        if len(view.columns) > 1:
            yield Edit(view.columns[0].place.offset, view.columns[1].place.offset, "")


@operator("ORA-01727")
def widen_a_number_beyond_its_limit(_text: str, tree: Statement) -> Iterator[Edit]:
    for kind in all_of(tree, BuiltinType):
        if kind.name == "NUMBER" and kind.sizes:
            yield insert(kind.sizes[0].place.offset, "4")


@operator("ORA-01430")
def add_a_column_that_is_there(text: str, tree: Statement) -> Iterator[Edit]:
    for action in all_of(tree, ddl.AddItems):
        start = action.items[0].place.offset
        yield Edit(start, word_end(text, start), "salary")


@operator("ORA-00904")
def index_a_column_that_is_none(text: str, tree: Statement) -> Iterator[Edit]:
    for index in all_of(tree, ddl.CreateIndex):
        for key in index.keys:
            if isinstance(key.expression, values.Reference):
                yield respell(text, key.place.offset)
