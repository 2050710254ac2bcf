"""Cursors: OPEN, FETCH, CLOSE, and the attributes of a cursor."""

from __future__ import annotations

from engine.emit import cursor_states
from engine.emit.bulk import emit_bulk_fetch
from engine.emit.context import Context
from engine.emit.cursor_states import cursor_name
from engine.emit.dispatch import reads
from engine.emit.dynamic import dynamic_rows
from engine.emit.fragment import Fragment, Part, join
from engine.emit.places import emit_assignment, place_type
from engine.emit.plsql import simple
from engine.emit.queries import emit_query
from engine.emit.targets import emit_target
from engine.emit.unit import ROW_COUNT, CursorParameter
from engine.emit.values import emit_expression
from engine.tree import expressions as values
from engine.tree import plsql as tree
from engine.tree.base import Expression, Name
from engine.tree.queries import Into, Query
from engine.words import fold

Arguments = tuple[values.Argument | values.Association | values.IteratorAssociation, ...]
_INVALID = "raise exception using errcode = '34000', message = ora.message_of('34000');"
# SQL%ROWCOUNT and its relatives, of the last statement of SQL.
_OF_SQL = {
    "ROWCOUNT": ROW_COUNT,
    "FOUND": f"({ROW_COUNT} > 0)",
    "NOTFOUND": f"({ROW_COUNT} = 0)",
    "ISOPEN": "false",
}


def cursor_of(node: Expression) -> tuple[Name | None, Arguments]:
    """The name and the arguments of `c` or `c (arguments)`; no name where it is neither."""
    match node:
        case values.Reference(parts=(name,), link=()):
            return name, ()
        case values.Call(function=values.Reference(parts=(name,), link=()), arguments=arguments):
            return name, arguments
    return None, ()


def cursor_call(name: Name, arguments: Arguments, context: Context) -> Fragment:
    """A cursor that is declared, with its arguments; a parameter that gets none has its default."""
    parameters = context.cursors[context.known(name)].parameters
    given: dict[str, Expression] = {}
    for index, argument in enumerate(arguments):
        if not isinstance(argument, values.Argument):
            raise context.not_supported("a qualified expression as an argument", name)
        if index >= len(parameters):
            raise context.fail(f"the cursor {name.value} has {len(parameters)} parameters", name)
        given[context.known(argument.name) if argument.name else parameters[index].name] = argument.value
    listed = [_argument(parameter, given, name, context) for parameter in parameters]
    return Fragment(context.spelled(name), *(("(", join(listed), ")") if listed else ()))


def _argument(parameter: CursorParameter, given: dict[str, Expression], name: Name, context: Context) -> Fragment:
    value = given.get(parameter.name, parameter.default)
    if value is None:
        raise context.fail(f"the cursor {name.value} needs a value of {parameter.name.upper()}", name)
    return emit_expression(value, context)


@simple.emits(tree.Open, "cursor")
def _open(node: tree.Open, context: Context) -> Fragment:
    name, arguments = cursor_of(node.cursor)
    if name is None:
        raise context.not_supported("OPEN of this cursor", node)
    known = context.known(name)
    if known not in context.cursors:
        raise context.not_supported("OPEN of a cursor variable without a query", node, "use OPEN ... FOR a query")
    return Fragment(("open", node), cursor_call(name, arguments, context), ";", cursor_states.opened(known, context))


# The text and the arguments of USING have become a template.
@simple.emits(tree.OpenFor, "cursor source -using")
def _open_for(node: tree.OpenFor, context: Context) -> Fragment:
    if isinstance(node.source, Query):
        return _opened(node, emit_query(node.source, context), context)
    declared, rows = dynamic_rows(node, context)
    run = _opened(node, rows, context)
    return Fragment(("declare", node), declared, "begin", run, "end;") if declared else run


def _opened(node: tree.OpenFor, rows: Fragment, context: Context) -> Fragment:
    target, state = emit_target(node.cursor, context), cursor_states.opened(_name(node.cursor, context), context)
    # A cursor variable that is open is closed first, as on Oracle.
    return Fragment(
        ("perform ora.close_open(", node),
        target,
        ");",
        target,
        ":= null; open",
        target,
        "for",
        rows,
        ";",
        state,
    )


@simple.emits(tree.Close, "cursor")
def _close(node: tree.Close, context: Context) -> Fragment:
    cursor = _cursor(node.cursor, context)
    return Fragment(_check_open(cursor, node), "close", cursor, ";", cursor, ":= null;")


def _cursor(node: Expression, context: Context) -> Fragment:
    """A cursor that is declared, or a cursor variable."""
    match node:
        case values.Reference(parts=(name,)) if context.known(name) in context.cursors:
            return context.spelled(name)
    return emit_target(node, context)


def _name(node: Expression, context: Context) -> str:
    """The name of a cursor; "" where it is none of a single name."""
    match node:
        case values.Reference(parts=(name,)):
            return context.known(name)
        case values.Bind(name=name):
            return fold(name)
    return ""


def _check_open(cursor: Fragment, node: tree.Fetch | tree.Close) -> Fragment:
    return Fragment(("if", node), cursor, "is null then", _INVALID, "end if;")


# FETCH


@simple.emits(tree.Fetch, "cursor into")
def _fetch(node: tree.Fetch, context: Context) -> Fragment:
    cursor, name = _cursor(node.cursor, context), _name(node.cursor, context)
    if node.into.bulk:
        return Fragment(_check_open(cursor, node), emit_bulk_fetch(cursor, name, node.into, context))
    targets = _targets(node.into, context)
    kinds = [_type(target, context) for target in targets]
    rows = [f'"fetched {number}"' for number in range(1, len(targets) + 1)]
    declared = "".join(f"{row} {kind}; " for row, kind in zip(rows, kinds, strict=True))
    # Where there is no row, the targets stay as they are.
    assigned: list[Part] = []
    for target, row in zip(targets, rows, strict=True):
        assigned.append(emit_assignment(target, row, context))
    return Fragment(
        _check_open(cursor, node),
        f"declare {declared}{cursor_states.FETCHED} bigint; begin fetch",
        cursor,
        f"into {', '.join(rows)}; {cursor_states.DIAGNOSED}",
        cursor_states.fetched(name, context),
        f"if {cursor_states.FETCHED} > 0 then",
        *assigned,
        cursor_states.counted(name, context),
        "end if; end;",
    )


@reads(Into, "targets", bulk="BULK COLLECT", limit="LIMIT of one row")
def _targets(node: Into, _: Context) -> tuple[Expression, ...]:
    return node.targets


def _type(target: Expression, context: Context) -> str:
    kind = place_type(target, context)
    if not kind:
        raise context.not_supported("FETCH into a value whose type is not known", target, "fetch into a variable")
    return kind


# attributes


@emit_expression.emits(values.CursorAttribute, "cursor attribute")
def _attribute(node: values.CursorAttribute, context: Context) -> Fragment:
    name = cursor_name(node, context)
    if name == "sql" and node.attribute in _OF_SQL:
        return Fragment((_OF_SQL[node.attribute], node))
    variable = context.variables.get(name)
    is_cursor = name in context.cursors or (variable is not None and variable.type == cursor_states.REF_CURSOR)
    text = _of_cursor(name, node, context) if is_cursor else ""
    if not text:
        raise context.not_supported(f"the attribute %{node.attribute} of this", node)
    return Fragment((text, node))


def _of_cursor(name: str, node: values.CursorAttribute, context: Context) -> str:
    found = cursor_states.found_variable(name, context)
    match node.attribute:
        case "FOUND":
            return found
        case "NOTFOUND":
            return f"(not {found})"
        case "ROWCOUNT":
            return cursor_states.count_variable(name, context)
        case "ISOPEN":
            return f"({context.spell(name)} is not null)"
    return ""
