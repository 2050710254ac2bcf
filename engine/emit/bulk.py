"""BULK COLLECT into associative arrays, by SELECT and by FETCH, and FORALL."""

from __future__ import annotations

from dataclasses import replace

from engine.emit import cursor_states
from engine.emit.catalogue import DefinedType
from engine.emit.collections import array_of, text_of, type_of_array
from engine.emit.context import Context, Variable
from engine.emit.dispatch import reads
from engine.emit.fragment import EMPTY, Fragment, Part, join
from engine.emit.plsql import compound, emit_statement
from engine.emit.queries import emit_query
from engine.emit.runs import Run, followed
from engine.emit.targets import changed_text
from engine.emit.unit import ROW_COUNT
from engine.emit.values import emit_expression
from engine.tree import dml, plsql, queries
from engine.tree import expressions as tree


def _bulk_targets(into: queries.Into, context: Context) -> list[tuple[Fragment, DefinedType]]:
    found = []
    for target in into.targets:
        name = target.parts[0] if isinstance(target, tree.Reference) and len(target.parts) == 1 else None
        array = array_of(name, context) if name is not None else None
        if name is None or array is None or type_of_array(array).keyed:
            raise context.not_supported("BULK COLLECT into this", target, "collect into arrays by PLS_INTEGER")
        found.append((changed_text(name, context), type_of_array(array)))
    return found


def _cell(kind: DefinedType) -> str:
    """The type of what stands in an array of PostgreSQL."""
    return kind.type.removesuffix("[]")


@reads(queries.Into, "targets bulk", limit="LIMIT of a query")
def _into(node: queries.Into, context: Context) -> list[tuple[Fragment, DefinedType]]:
    return _bulk_targets(node, context)


def emit_bulk_select(query: queries.Query, into: queries.Into, context: Context) -> Fragment:
    """SELECT ... BULK COLLECT INTO."""
    targets = _into(into, context)
    collected, columns = _collected(targets)
    rows = emit_query(_without_into(query), context)
    listed = join([text for text, _ in targets])
    count = _counted(targets, context)
    return Fragment(("select", query), collected, "into", listed, "from (", rows, f") as bulk {columns};", count)


def emit_bulk_change(changed: Fragment, into: queries.Into, context: Context) -> Fragment:
    """A statement that changes rows, with RETURNING ... BULK COLLECT INTO."""
    targets = _into(into, context)
    collected, columns = _collected(targets)
    listed = join([text for text, _ in targets])
    return Fragment(
        f"with bulk {columns} as (", changed, ") select", collected, "into", listed, "from bulk;",
        _counted(targets, context),
    )  # fmt: skip


def _collected(targets: list[tuple[Fragment, DefinedType]]) -> tuple[str, str]:
    """The rows of `bulk` as arrays, and the names of its columns."""
    names = [f"value_{number}" for number in range(1, len(targets) + 1)]
    collected = [
        f"coalesce(array_agg(row(bulk.{name if kind.boxed else '*'})::{_cell(kind)}), '{{}}')"
        for name, (_, kind) in zip(names, targets, strict=True)
    ]
    return ", ".join(collected), f"({', '.join(names)})" if targets[0][1].boxed else ""


def _counted(targets: list[tuple[Fragment, DefinedType]], context: Context) -> Part:
    if not context.unit.counts_rows:
        return ""
    return Fragment(f"{ROW_COUNT} := ora.element_count(", targets[0][0], ");")


def _without_into(query: queries.Query) -> queries.Query:
    body = query.body
    if isinstance(body, queries.Select):
        return replace(query, body=replace(body, into=None))
    if isinstance(body, queries.Compound) and isinstance(body.operands[0], queries.Select):
        first = replace(body.operands[0], into=None)
        return replace(query, body=replace(body, operands=(first, *body.operands[1:])))
    return query


def emit_bulk_fetch(cursor: Fragment, name: str, into: queries.Into, context: Context) -> Fragment:
    """FETCH ... BULK COLLECT INTO ... [LIMIT n], behind the check that the cursor is open."""
    targets = _bulk_targets(into, context)
    rows = [f'"fetched {number}"' for number in range(1, len(targets) + 1)]
    kinds = [kind.element.type if kind.element is not None else "" for _, kind in targets]
    declared = " ".join(f"{row} {kind};" for row, kind in zip(rows, kinds, strict=True))
    limit: list[Part] = []
    if into.limit is not None:
        limit = ['"fetch limit" integer :=', emit_expression(into.limit, context), ";"]
    appended: list[Part] = []
    for row, (text, kind) in zip(rows, targets, strict=True):
        value = f"row({row})::{_cell(kind)}" if kind.boxed else row
        appended += (text, ":= array_append(", text, f", {value} );")
    return Fragment(
        f"declare {declared} {cursor_states.FETCHED} bigint;",
        *limit,
        "begin",
        *(Fragment(text, ":= '{}';") for text, _ in targets),
        "loop",
        *(("exit when cardinality(", targets[0][0], ') >= "fetch limit";') if limit else ()),
        "fetch",
        cursor,
        f"into {', '.join(rows)}; {cursor_states.DIAGNOSED}",
        cursor_states.fetched(name, context),
        f"exit when {cursor_states.FETCHED} = 0;",
        *appended,
        cursor_states.counted(name, context),
        "end loop; end;",
    )


# FORALL


@compound.emits(
    plsql.ForAll,
    "variable kind low high collection statement",
    save_exceptions="SAVE EXCEPTIONS",
)
def _forall(node: plsql.ForAll, context: Context) -> Run:
    """A statement of SQL for each index; SQL%ROWCOUNT counts the rows of all."""
    if not isinstance(node.statement, dml.Insert | dml.Update | dml.Delete):
        raise context.not_supported("FORALL of another statement than INSERT, UPDATE or DELETE", node)
    inner = context.with_variables({context.known(node.variable): Variable("integer")})
    body = emit_statement(node.statement, inner)
    name = context.spelled(node.variable)
    loop = Fragment(("for", node), name, "in", _indexes(node, context), "loop", body.text)
    # PL/pgSQL wants the variable of a loop over rows declared.
    declared = Fragment(name, "integer;") if node.collection is not None else EMPTY
    if not context.unit.counts_rows:
        text = (
            Fragment("declare", declared, "begin", loop, "end loop; end;") if declared else Fragment(loop, "end loop;")
        )
        return Run(text, followed(body))
    text = Fragment(
        "declare",
        declared,
        '"all rows" bigint := 0; begin',
        loop,
        f'"all rows" := "all rows" + {ROW_COUNT}; end loop; {ROW_COUNT} := "all rows"; end;',
    )
    return Run(text, followed(body))


def _indexes(node: plsql.ForAll, context: Context) -> Fragment:
    """The bounds of a range, or the indexes that a collection has, between bounds if there are."""
    bounds = [emit_expression(one, context) for one in (node.low, node.high) if one is not None]
    if node.collection is None:
        return join(bounds, "..")
    match node.collection:
        case tree.Reference(parts=(name,)) if node.kind == "INDICES OF":
            array = array_of(name, context)
        case _:
            array = None
    if array is None or type_of_array(array).keyed:
        raise context.not_supported("FORALL over VALUES OF, or over INDICES OF this", node)
    within = Fragment("where i between", join(bounds, "and")) if bounds else EMPTY
    return Fragment("select i from ora.indexes(", text_of(name, array, context), ") as i", within)
