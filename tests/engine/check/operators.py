"""Operators that change a valid program of PL/SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.catalogue import PackageEntry
from engine.tree import expressions as values
from engine.tree import plsql, queries
from engine.tree.base import Statement
from engine.tree.types import BuiltinType
from engine.tree.units import CreatePackageBody
from engine.tree.walk import descendants
from tests.engine.check.mutation import EQUIVALENT, Edit, Operator, all_of, insert, registering, respell, word_end
from tests.engine.check.programs import installed

OPERATORS: list[Operator] = []
operator = registering(OPERATORS)


def _routines(tree: Statement, kind: str = "") -> Iterator[plsql.Routine]:
    for routine in all_of(tree, plsql.Routine):
        if routine.body is not None and routine.body.statements and kind in ("", routine.kind):
            yield routine


def _first_statement(routine: plsql.Routine) -> int:
    assert routine.body is not None
    assert routine.body.statements
    return routine.body.statements[0].place.offset


def _own_calls(tree: Statement) -> Iterator[values.Call]:
    """Calls of the project's own routines in packages."""
    for call in all_of(tree, values.Call):
        function = call.function
        if not isinstance(function, values.Reference) or len(function.parts) != 2 or not call.arguments:
            continue
        if function.parts[0].value.startswith("IMG_"):
            yield call


# names


@operator("PLS-00201")
def misspell_the_target_of_an_assignment(text: str, tree: Statement) -> Iterator[Edit]:
    for assignment in all_of(tree, plsql.Assign):
        target = assignment.target
        if isinstance(target, values.Reference) and len(target.parts) == 1:
            yield respell(text, target.place.offset)


@operator("PLS-00302")
def misspell_a_routine_of_a_package(text: str, tree: Statement) -> Iterator[Edit]:
    for statement in all_of(tree, plsql.ProcedureCall):
        call = statement.call
        function = call.function if isinstance(call, values.Call) else call
        if isinstance(function, values.Reference) and function.parts[0].value.startswith("IMG_"):
            yield respell(text, function.parts[1].place.offset)


@operator("ORA-00942")
def misspell_a_table(text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        for item in block.sources:
            source = item.source
            if isinstance(source, queries.TableSource) and source.name.name.value.startswith(("IMAGE_", "IMG_")):
                yield respell(text, source.name.place.offset)


@operator("ORA-00904")
def misspell_a_column_behind_its_source(text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        tables = {
            item.source.alias.value
            for item in block.sources
            if isinstance(item.source, queries.TableSource) and item.source.alias is not None
        }
        for item in block.items:
            column = item.expression
            if isinstance(column, values.Reference) and column.parts[0].value in tables and len(column.parts) == 2:
                yield respell(text, column.parts[1].place.offset)


@operator("PLS-00371", "PLS-00382", "ORA-00904")
def declare_a_variable_twice(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        assert routine.body is not None
        assigned = {
            node.target.parts[0].value
            for node in descendants(routine.body)
            if isinstance(node, plsql.Assign) and isinstance(node.target, values.Reference)
        }
        for item in routine.body.declarations:
            if isinstance(item, plsql.Variable) and item.name.value in assigned:
                yield insert(item.place.offset, f"{item.name.written} number; ")


@operator(EQUIVALENT)
def declare_a_variable_that_nothing_names(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        assert routine.body is not None
        for item in routine.body.declarations[:1]:
            yield insert(item.place.offset, "l_not_named number; ")


@operator(EQUIVALENT)
def shadow_a_variable_in_a_block_of_its_own(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        for parameter in routine.parameters[:1]:
            name = parameter.name.written
            yield insert(_first_statement(routine), f"declare {name} number; begin {name} := 1; end; ")


# values and types


@operator("PLS-00363")
def assign_to_a_parameter_in(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        for parameter in routine.parameters:
            if parameter.mode in ("", "IN"):
                yield insert(_first_statement(routine), f"{parameter.name.written} := null; ")


@operator("PLS-00363")
def assign_to_a_constant_of_a_package(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "img_error.co_mixed_models := 1; ")


@operator("PLS-00363")
def assign_to_the_index_of_a_loop(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "for i in 1 .. 2 loop i := 1; end loop; ")


@operator("PLS-00382")
def take_a_number_for_a_condition(_text: str, tree: Statement) -> Iterator[Edit]:
    for branch in all_of(tree, plsql.Branch):
        yield insert(branch.condition.place.offset, "1 and ")


@operator("PLS-00382")
def give_a_number_a_truth_value(_text: str, tree: Statement) -> Iterator[Edit]:
    for item in all_of(tree, plsql.Variable):
        number = isinstance(item.datatype, BuiltinType) and item.datatype.name in ("NUMBER", "PLS_INTEGER")
        if number and isinstance(item.default, values.NumberLiteral):
            start = item.default.place.offset
            yield Edit(start, start + len(item.default.text), "true")


@operator(EQUIVALENT)
def put_a_condition_into_parentheses(text: str, tree: Statement) -> Iterator[Edit]:
    for branch in all_of(tree, plsql.Branch):
        start = branch.condition.place.offset
        end = text.index("then", start)
        yield Edit(start, end, f"({text[start:end]}) ")


# declarations


@operator("PLS-00218")
def forbid_null_without_a_default(text: str, tree: Statement) -> Iterator[Edit]:
    for item in all_of(tree, plsql.Variable):
        if item.default is None and not item.not_null:
            yield insert(text.index(";", item.place.offset), " not null")


@operator("PLS-00322")
def drop_the_value_of_a_constant(text: str, tree: Statement) -> Iterator[Edit]:
    for item in all_of(tree, plsql.Variable):
        if item.constant and isinstance(item.default, values.NumberLiteral):
            yield Edit(text.index(":=", item.place.offset), text.index(";", item.default.place.offset), "")


@operator("PLS-00103")
def state_the_length_of_a_parameter(text: str, tree: Statement) -> Iterator[Edit]:
    for parameter in all_of(tree, plsql.Parameter):
        kind = parameter.datatype
        if isinstance(kind, BuiltinType) and kind.name in ("NUMBER", "VARCHAR2"):
            yield insert(word_end(text, kind.place.offset), "(9)")


@operator("PLS-00323")
def add_a_parameter_to_the_body_alone(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        if routine.name.name.value == "VERSION":
            yield insert(word_end(text, routine.name.place.offset), "(p_more in number)")


@operator("PLS-00113")
def change_the_name_behind_end(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        assert routine.body is not None
        if routine.body.end_label is not None:
            yield respell(text, routine.body.end_label.place.offset)


@operator("PLS-00320")
def move_a_declaration_behind_its_use(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        assert routine.body is not None
        for item in routine.body.declarations[:1]:
            yield insert(item.place.offset, "l_early number := l_late; l_late number := 1; ")


@operator("PLS-00313")
def call_a_routine_before_its_declaration(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        text = "procedure early is begin late; end early; procedure late is begin null; end late; "
        yield insert(routine.place.offset, text)


@operator(EQUIVALENT)
def announce_a_routine_before_its_call(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        text = "procedure late; procedure early is begin late; end early; procedure late is begin null; end late; "
        yield insert(routine.place.offset, text)


# calls


@operator("PLS-00306")
def give_too_many_arguments(_text: str, tree: Statement) -> Iterator[Edit]:
    for call in _own_calls(tree):
        if all(isinstance(argument, values.Argument) and argument.name is None for argument in call.arguments):
            yield insert(call.arguments[0].place.offset, "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ")


@operator("PLS-00306")
def misspell_the_name_of_an_argument(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "img_error.throw(p_cods => 1); ")


@operator("PLS-00306")
def give_a_truth_value_for_a_number(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "img_error.throw(true); ")


@operator("PLS-00312")
def put_an_argument_by_position_behind_a_name(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "img_error.throw(p_code => 1, 'x'); ")


@operator("PLS-00703")
def name_an_argument_twice(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "img_error.throw(p_code => 1, p_code => 2); ")


# statements


@operator("PLS-00428")
def drop_into(text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        if block.into is not None:
            start = block.into.place.offset
            yield Edit(start, text.index("from", start), "")


@operator("ORA-00913")
def add_a_variable_to_into(_text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        into = block.into
        if into is not None and isinstance(into.targets[0], values.Reference) and not into.bulk:
            name = into.targets[0].parts[0].written
            if len(into.targets[0].parts) == 1 and len(block.items) == len(into.targets):
                yield insert(into.targets[0].place.offset, f"{name}, ")


@operator("ORA-00947")
def drop_a_variable_of_into(text: str, tree: Statement) -> Iterator[Edit]:
    for block in all_of(tree, queries.Select):
        into = block.into
        if into is not None and len(into.targets) > 1 and not into.bulk:
            yield Edit(into.targets[0].place.offset, into.targets[1].place.offset, "")


@operator("ORA-00904")
def misspell_the_alias_of_a_table(text: str, tree: Statement) -> Iterator[Edit]:
    aliases = [source.alias for source in all_of(tree, queries.TableSource) if source.alias is not None]
    used = {node.parts[0].value for node in all_of(tree, values.Reference) if len(node.parts) == 2}
    for alias in aliases:
        if alias.value in used and aliases.count(alias) == 1:
            yield respell(text, alias.place.offset)


@operator("PLS-00370")
def put_others_first(_text: str, tree: Statement) -> Iterator[Edit]:
    for handler in all_of(tree, plsql.Handler):
        if not handler.others:
            yield insert(handler.place.offset, "when others then null; ")


@operator("PLS-00483")
def handle_an_exception_twice(_text: str, tree: Statement) -> Iterator[Edit]:
    for handler in all_of(tree, plsql.Handler):
        if not handler.others:
            written = ".".join(part.written for part in handler.exceptions[0].parts)
            yield insert(handler.place.offset, f"when {written} then null; ")


@operator("PLS-00367")
def raise_again_outside_a_handler(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "raise; ")


@operator("PLS-00376")
def exit_outside_a_loop(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "exit; ")


@operator("PLS-00375")
def go_to_no_label(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "goto nowhere; ")


@operator("PLS-00503")
def drop_the_value_of_a_function(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree, "FUNCTION"):
        assert routine.body is not None
        for statement in routine.body.statements or ():
            if isinstance(statement, plsql.Return) and statement.value is not None:
                start = statement.value.place.offset
                yield Edit(start, text.index(";", start), "")


@operator("PLS-00372")
def return_a_value_from_a_procedure(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree, "PROCEDURE"):
        yield insert(_first_statement(routine), "return 1; ")


@operator("PLS-00231")
def call_a_nested_function_in_sql(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        text = (
            "declare l_one number; function nested return number is begin return 1; end nested; "
            "begin select nested into l_one from dual; end; "
        )
        yield insert(_first_statement(routine), text)


@operator("PLS-00204")
def use_decode_outside_sql(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "declare l_one number := decode(1, 1, 2); begin null; end; ")


# renaming, retyping, moving, swapping


def _end_of(text: str, routine: plsql.Routine) -> int:
    """The offset of the name behind a routine's END, or of its beginning where END has none."""
    assert routine.body is not None
    label = routine.body.end_label
    return word_end(text, label.place.offset) if label is not None else routine.place.offset


def _local_variables(routine: plsql.Routine) -> Iterator[plsql.Variable]:
    assert routine.body is not None
    for item in routine.body.declarations:
        if isinstance(item, plsql.Variable):
            yield item


def _is_public(tree: Statement, routine: plsql.Routine) -> bool:
    """Whether the package's specification declares a routine of this name, and the body has but one of it."""
    assert isinstance(tree, CreatePackageBody)
    entry = installed().find(tree.name.name.value)
    specification = entry.specification if isinstance(entry, PackageEntry) else None
    assert specification is not None
    name = routine.name.name.value
    public = {item.name.name.value for item in specification.declarations if isinstance(item, plsql.Routine)}
    bodies = [item for item in tree.block.declarations if isinstance(item, plsql.Routine)]
    return name in public and sum(item.name.name.value == name for item in bodies) == 1


@operator(EQUIVALENT)
def rename_a_variable_wherever_it_stands(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        start, end = routine.place.offset, _end_of(text, routine)
        for item in list(_local_variables(routine))[:1]:
            name = item.name.written
            yield Edit(start, end, re.sub(rf"\b{name}\b", f"{name}_renamed", text[start:end]))


@operator("PLS-00323", "PLS-00201", "ORA-00904")
def rename_a_parameter_at_its_declaration_alone(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        for parameter in routine.parameters[:1]:
            if text.count(parameter.name.written, _first_statement(routine), _end_of(text, routine)):
                yield respell(text, parameter.name.place.offset)


@operator("PLS-00323")
def retype_a_parameter_of_the_body_alone(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        for parameter in routine.parameters[:1]:
            kind = parameter.datatype
            if isinstance(kind, BuiltinType) and kind.name in ("NUMBER", "VARCHAR2") and _is_public(tree, routine):
                start = kind.place.offset
                yield Edit(start, word_end(text, start), "date")


@operator("PLS-00307", "PLS-00323", "PLS-00382")
def retype_the_result_of_the_body_alone(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree, "FUNCTION"):
        kind = routine.result
        if isinstance(kind, BuiltinType) and kind.name in ("NUMBER", "VARCHAR2") and _is_public(tree, routine):
            start = kind.place.offset
            yield Edit(start, word_end(text, start), "date")


@operator("PLS-00382")
def retype_a_number_with_a_value(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        for item in _local_variables(routine):
            kind = item.datatype
            number = isinstance(kind, BuiltinType) and kind.name in ("NUMBER", "PLS_INTEGER")
            if number and isinstance(item.default, values.NumberLiteral):
                yield Edit(kind.place.offset, word_end(text, kind.place.offset), "date")


@operator("PLS-00201", "PLS-00403")
def move_a_declaration_into_a_block_that_ends_before_its_use(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        assert routine.body is not None
        assigned = {
            node.target.parts[0].value
            for node in routine.body.statements or ()
            if isinstance(node, plsql.Assign) and isinstance(node.target, values.Reference)
        }
        for item in _local_variables(routine):
            if item.name.value in assigned:
                start, end = item.place.offset, _first_statement(routine)
                declared, rest = text[start:end].split(";", 1)
                yield Edit(start, end, f"{rest}declare {declared}; begin null; end; ")


@operator(EQUIVALENT)
def swap_two_arguments_by_name(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        text = "declare procedure p(a number, b boolean) is begin null; end; begin p(b => true, a => 1); end; "
        yield insert(_first_statement(routine), text)


@operator("PLS-00306")
def swap_a_truth_value_and_a_number(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        text = "declare procedure p(a number, b boolean) is begin null; end; begin p(true, 1); end; "
        yield insert(_first_statement(routine), text)


@operator("PLS-00306")
def drop_an_argument_that_is_needed(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "img_error.throw; ")


@operator("PLS-00382")
def shadow_a_variable_by_one_of_another_type(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        for parameter in routine.parameters[:1]:
            name = parameter.name.written
            yield insert(_first_statement(routine), f"declare {name} boolean; begin {name} := 1; end; ")


@operator("PLS-00487")
def shadow_a_package_by_a_variable(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        text = "declare img_error number; l_code number; begin l_code := img_error.co_mixed_models; end; "
        yield insert(_first_statement(routine), text)


@operator(EQUIVALENT)
def drop_the_name_behind_end(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        assert routine.body is not None
        label = routine.body.end_label
        if label is not None:
            yield Edit(label.place.offset, word_end(text, label.place.offset), "")


@operator("PLS-00103")
def drop_what_a_function_returns(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree, "FUNCTION"):
        if isinstance(routine.result, BuiltinType):
            start = text.index("return", routine.place.offset)
            yield Edit(start, word_end(text, routine.result.place.offset), "")


@operator("PLS-00103")
def drop_a_semicolon(text: str, tree: Statement) -> Iterator[Edit]:
    for item in all_of(tree, plsql.Assign):
        end = text.index(";", item.place.offset)
        yield Edit(end, end + 1, "")


@operator("PLS-00222")
def take_a_procedure_for_a_value(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "declare l_one number := img_error.throw(1); begin null; end; ")


@operator("PLS-00221")
def take_a_function_for_a_statement(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        text = "declare function f return number is begin return 1; end; begin f; end; "
        yield insert(_first_statement(routine), text)


@operator("PLS-00368")
def raise_a_variable(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield insert(_first_statement(routine), "declare l_one number; begin raise l_one; end; ")
