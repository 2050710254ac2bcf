"""Blocks and their exception handlers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.emit.context import Context, Variable
from engine.emit.declarations import declare_all
from engine.emit.dispatch import reads
from engine.emit.endings import ends_by_raising
from engine.emit.exceptions import condition
from engine.emit.fragment import EMPTY, Fragment, Part, join
from engine.emit.plsql import compound, emit_statements
from engine.emit.references import ERROR_CONTEXT, ERROR_FIELDS, ERROR_VALUES
from engine.emit.runs import Run, Write
from engine.tree import plsql as tree
from engine.tree.base import Name, Statement
from engine.tree.dml import Commit
from engine.tree.expressions import Reference
from engine.tree.walk import descendants


@compound.emits(tree.Block, "declarations statements handlers labels -end_label -declare")
def _block(node: tree.Block, context: Context) -> Run:
    run = emit_block(node, context)
    return Run(Fragment(run.text, ";"), run.writes)


def emit_block(
    node: tree.Block, context: Context, *, named: Part = "", declared: Part = "", commits: bool = False
) -> Run:
    """A block without the semicolon behind it.

    `named` is a label of the engine's own, `declared` stands before its own declarations. A block that `commits` may
    end its statements by COMMIT.
    """
    own, inner = declare_all(node.declarations, context.with_variables(_qualifiers(node.labels, context)))
    if node.handlers:
        inner = replace(inner, guards=(*inner.guards, node))
    declarations = Fragment(declared, own)
    before = Fragment(named, label(node.labels, context))
    opening = Fragment(before, ("declare", node), declarations, "begin")
    if not declarations:
        opening = Fragment(before, ("begin", node))
    body, ending = _body(node.statements or (), inner, commits=commits)
    handlers = _handlers(node.handlers, body, inner)
    return Run(Fragment(opening, body.text, ending, handlers.text, "end"), body.writes + handlers.writes)


def label(labels: tuple[tree.Label, ...], context: Context) -> Fragment:
    """The label of a block or a loop."""
    if len(labels) > 1:
        raise context.not_supported("two labels of one statement", labels[1])
    return Fragment(*(Fragment("<<", context.spelled(label_name(one, context)), ">>") for one in labels))


@reads(tree.Label, "name")
def label_name(node: tree.Label, _: Context) -> Name:
    """The name between << and >>."""
    return node.name


def _qualifiers(labels: tuple[tree.Label, ...], context: Context) -> dict[str, Variable]:
    """A label stands before the names of its block like a record before its fields."""
    names = [label_name(one, context) for one in labels]
    return {context.known(name): Variable("", context.spelled(name)) for name in names}


def _body(nodes: tuple[Statement, ...], context: Context, *, commits: bool) -> tuple[Run, Fragment]:
    """The statements of a block, and the COMMIT that ends them, if it may.

    Only there it can be kept for the session to do when the outermost call has ended well.
    """
    if not commits or not nodes or not isinstance(nodes[-1], Commit):
        return emit_statements(nodes, context), EMPTY
    run = emit_statements(nodes[:-1], context)
    return run, _noted_commit(nodes[-1], context)


@reads(Commit, comment="COMMIT COMMENT", write="COMMIT WRITE")
def _noted_commit(node: Commit, context: Context) -> Fragment:
    context.effect("ddl:")
    return Fragment(("perform ora.note_commit();", node))


# exception handlers


def _handlers(nodes: tuple[tree.Handler, ...], body: Run, context: Context) -> Run:
    if not nodes:
        return Run(EMPTY)
    inner = replace(context, in_handler=True)
    runs = [_handler(node, inner) for node in nodes]
    if not all(ends_by_raising(node.statements) for node in nodes):
        _check_undone(body.writes, context)
    text = Fragment("exception", *(run.text for run in runs))
    return Run(text, tuple(write for run in runs for write in run.writes))


@reads(tree.Handler, "exceptions statements others")
def _handler(node: tree.Handler, context: Context) -> Run:
    conditions = join([(condition(name, context), name.parts[0]) for name in node.exceptions], "or")
    run = emit_statements(node.statements, context)
    text = _with_error(node, run.text)
    return Run(Fragment(("when", node), "others" if node.others else conditions, "then", text), run.writes)


def _with_error(node: tree.Handler, text: Fragment) -> Fragment:
    """A handler's statements, with what is known of the error where they ask for SQLCODE or SQLERRM."""
    asked = any(isinstance(one, Reference) and one.parts[0].value in ERROR_VALUES for one in descendants(node))
    if not asked:
        return text
    names = [f'"error {name}"' for name in ERROR_FIELDS]
    kept = [f"{ERROR_CONTEXT} = pg_exception_context", *(f"{name} = {_item(name)}" for name in names)]
    declared = "".join(f"{name} text; " for name in (ERROR_CONTEXT, *names))
    return Fragment(f"declare {declared} begin get stacked diagnostics {', '.join(kept)};", text, "end;")


def _item(variable: str) -> str:
    """PostgreSQL's word for what is kept in a variable."""
    name = variable.strip('"').removeprefix("error ")
    return "pg_exception_detail" if name == "detail" else f"{name}_name"


def _check_undone(writes: Iterable[Write], context: Context) -> None:
    """Refuse what a handler would undo here and would leave in place on Oracle.

    PL/pgSQL undoes everything a block changed before its handler runs; Oracle undoes only the statement that failed.
    The two agree where a change is the last thing that the block does.
    """
    for write in writes:
        if not write.last:
            raise context.not_supported(
                "an exception handler that goes on after a block which changed rows",
                write.at,
                "let the change be the block's last statement, alone, or end the handler with RAISE",
            )
