"""BULK COLLECT into associative arrays, by SELECT and by FETCH, and FORALL."""

from __future__ import annotations

from dataclasses import replace

from engine.emit import cursor_states
from engine.emit.catalogue import DefinedType
from engine.emit.collections import array_of, text_of, type_of_array
from engine.emit.context import Context, Variable
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment, Part, join
from engine.emit.plsql import compound, emit_statement
from engine.emit.queries import emit_query
from engine.emit.runs import Run, followed
from engine.emit.targets import check_changed
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
        check_changed(name, context)
        found.append((text_of(name, array, context), type_of_array(array)))
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
    names = [f"value_{number}" for number in range(1, len(targets) + 1)]
    collected = [
        f"coalesce(array_agg(row(bulk.{name if kind.boxed else '*'})::{_cell(kind)}), '{{}}')"
        for name, (_, kind) in zip(names, targets, strict=True)
    ]
    columns = f"({', '.join(names)})" if targets[0][1].boxed else ""
    rows = emit_query(_without_into(query), context)
    count = Fragment(f"{ROW_COUNT} := ora.element_count(", targets[0][0], ");") if context.unit.counts_rows else ""
    listed = join([text for text, _ in targets])
    return Fragment(
        ("select", query), ", ".join(collected), "into", listed, "from (", rows, f") as bulk {columns};", count
    )


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
    "variable low high statement",
    kind="FORALL over INDICES OF or VALUES OF",
    collection="FORALL over a collection",
    save_exceptions="SAVE EXCEPTIONS",
)
def _forall(node: plsql.ForAll, context: Context) -> Run:
    """A statement of SQL for each index; SQL%ROWCOUNT counts the rows of all."""
    if not isinstance(node.statement, dml.Insert | dml.Update | dml.Delete) or node.low is None or node.high is None:
        raise context.not_supported("FORALL of another statement than INSERT, UPDATE or DELETE", node)
    bounds = Fragment(emit_expression(node.low, context), "..", emit_expression(node.high, context))
    inner = context.with_variables({context.known(node.variable): Variable("integer")})
    body = emit_statement(node.statement, inner)
    loop = Fragment(("for", node), context.spelled(node.variable), "in", bounds, "loop", body.text)
    if not context.unit.counts_rows:
        return Run(Fragment(loop, "end loop;"), followed(body))
    text = Fragment(
        'declare "all rows" bigint := 0; begin',
        loop,
        f'"all rows" := "all rows" + {ROW_COUNT}; end loop; {ROW_COUNT} := "all rows"; end;',
    )
    return Run(text, followed(body))
