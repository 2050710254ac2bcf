"""Statements that say what runs: IF, CASE, loops, EXIT, labels."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from engine.emit import cursor_states
from engine.emit.blocks import label
from engine.emit.collection_loops import collection_loop, has_next
from engine.emit.context import Context, Variable
from engine.emit.cursors import Arguments, cursor_call, cursor_of
from engine.emit.dispatch import reads
from engine.emit.fragment import EMPTY, Fragment, Part, join
from engine.emit.plsql import compound, emit_statement, emit_statements, simple
from engine.emit.queries import emit_query
from engine.emit.runs import Run, followed, noted
from engine.emit.values import emit_expression
from engine.tree import expressions as values
from engine.tree import plsql as tree
from engine.tree.base import Expression, Name, Statement


def _value(node: Expression, context: Context) -> Run:
    """An expression that is computed before other statements run."""
    run = noted(node, context, partial(emit_expression, node))
    return Run(run.text, followed(run))


def _branches(before: Iterable[Run], after: Iterable[Run], text: Fragment) -> Run:
    """Text of which the parts of `before` run first, and then one of those of `after`."""
    return Run(text, tuple(write for run in (*before, *after) for write in run.writes))


@compound.emits(tree.Labelled, "-labels statement")
def _labelled(node: tree.Labelled, context: Context) -> Run:
    # Only GOTO, which is refused, could go to these labels.
    return emit_statement(node.statement, context)


@compound.emits(tree.If, "branches otherwise")
def _if(node: tree.If, context: Context) -> Run:
    conditions: list[Run] = []
    bodies: list[Run] = []
    text: list[Part] = []
    for word, branch in zip(("if", *["elsif"] * len(node.branches)), node.branches, strict=False):
        condition, body = _branch(branch, context)
        conditions.append(condition)
        bodies.append(body)
        text += [(word, branch), condition.text, "then", body.text]
    if node.otherwise is not None:
        bodies.append(emit_statements(node.otherwise, context))
        text += ["else", bodies[-1].text]
    return _branches(conditions, bodies, Fragment(*text, "end if;"))


@reads(tree.Branch, "condition statements")
def _branch(node: tree.Branch, context: Context) -> tuple[Run, Run]:
    return _value(node.condition, context), emit_statements(node.statements, context)


@compound.emits(tree.CaseStatement, "selector branches otherwise -labels -end_label")
def _case(node: tree.CaseStatement, context: Context) -> Run:
    selector = [_value(node.selector, context)] if node.selector is not None else []
    conditions, bodies = [*selector], []
    text: list[Part] = [("case", node), *(run.text for run in selector)]
    for branch in node.branches:
        choices, body = _case_branch(branch, context)
        conditions += choices
        bodies.append(body)
        text += [("when", branch), join([choice.text for choice in choices]), "then", body.text]
    if node.otherwise is not None:
        bodies.append(emit_statements(node.otherwise, context))
        text += ["else", bodies[-1].text]
    return _branches(conditions, bodies, Fragment(*text, "end case;"))


@reads(tree.CaseBranch, "choices statements")
def _case_branch(node: tree.CaseBranch, context: Context) -> tuple[list[Run], Run]:
    return [_value(choice, context) for choice in node.choices], emit_statements(node.statements, context)


# loops


def _looped(
    opening: Fragment, before: Run, statements: tuple[Statement, ...], context: Context, begun: Part = ""
) -> Run:
    """A loop behind its opening, in which `before` is computed; each round begins with what is `begun`."""
    body = emit_statements(statements, context)
    return Run(Fragment(opening, "loop", begun, body.text, "end loop ;"), (*before.writes, *followed(body)))


@compound.emits(tree.Loop, "statements labels -end_label")
def _loop(node: tree.Loop, context: Context) -> Run:
    opening = Fragment(label(node.labels, context))
    run = emit_statements(node.statements, context)
    return Run(Fragment(opening, ("loop", node), run.text, "end loop ;"), followed(run))


@compound.emits(tree.While, "condition statements labels -end_label")
def _while(node: tree.While, context: Context) -> Run:
    condition = _value(node.condition, context)
    opening = Fragment(label(node.labels, context), ("while", node), condition.text)
    return _looped(opening, condition, node.statements, context)


@compound.emits(tree.QueryFor, "variable query statements labels -end_label")
def _query_for(node: tree.QueryFor, context: Context) -> Run:
    query = noted(node, context, partial(emit_query, node.query))
    return _rows_loop(node, node.variable, query, context)


def _rows_loop(node: tree.QueryFor | tree.For, variable: Name, rows: Run, context: Context, cursor: str = "") -> Run:
    """A loop over rows, of a cursor where it has a name.

    PL/pgSQL wants its record declared; a block of its own keeps it local.
    """
    name = context.spelled(variable)
    inner = context.with_variables({context.known(variable): Variable("record")})
    body = emit_statements(node.statements, inner)
    text = Fragment(
        ("declare", node),
        name,
        "record; begin",
        cursor_states.opened(cursor, context),
        label(node.labels, context),
        ("for", node),
        name,
        "in",
        rows.text,
        "loop",
        cursor_states.looped(cursor, context),
        body.text,
        "end loop ; end;",
    )
    return Run(text, (*followed(rows), *followed(body)))


@compound.emits(tree.For, "iterator statements labels -end_label")
def _for(node: tree.For, context: Context) -> Run:
    names, control = _iterator(node.iterator, context)
    if isinstance(control, values.Collection):
        return _over_collection(node, names, control, context)
    if len(names) > 1:
        raise context.not_supported("a FOR loop with several variables", names[1])
    if isinstance(control, values.Stepped):
        return _counting(node, names[0], control, context)
    if isinstance(control, values.Single):
        name, arguments = _cursor(control, context)
        rows = noted(node, context, partial(cursor_call, name, arguments))
        return _rows_loop(node, names[0], rows, context, context.known(name))
    raise context.not_supported("a FOR loop of this form", control)


@reads(values.Iterator, "variables controls")
def _iterator(node: values.Iterator, context: Context) -> tuple[tuple[Name, ...], values.IteratorControl]:
    if len(node.controls) > 1:
        raise context.not_supported("a FOR loop with several controls", node)
    return tuple(_loop_variable(variable, context) for variable in node.variables), node.controls[0]


@reads(
    values.IterandDeclaration, "name", mutability="MUTABLE of a loop's variable", datatype="a loop's variable's type"
)
def _loop_variable(node: values.IterandDeclaration, _: Context) -> Name:
    return node.name


@reads(values.Stepped, "low high step reverse while_ when")
def _bounds(node: values.Stepped, context: Context) -> Fragment:
    low, high = emit_expression(node.low, context), emit_expression(node.high, context)
    step = Fragment("by", emit_expression(node.step, context)) if node.step is not None else EMPTY
    # PL/pgSQL counts down from its first bound, PL/SQL from its second.
    return Fragment("reverse", high, "..", low, step) if node.reverse else Fragment(low, "..", high, step)


def _counting(node: tree.For, variable: Name, control: values.Stepped, context: Context) -> Run:
    bounds = noted(control, context, partial(_bounds, control))
    opening = Fragment(label(node.labels, context), ("for", node), context.spelled(variable), "in", bounds.text)
    inner = context.with_variables({context.known(variable): Variable("integer")})
    begun = noted(control, inner, partial(_predicates, control))
    return _looped(opening, Run(EMPTY, followed(bounds) + followed(begun)), node.statements, inner, begun.text)


def _predicates(control: values.Stepped, context: Context) -> Fragment:
    """WHILE ends a loop and WHEN passes over a round; neither does what is asked where it is NULL."""
    parts: list[Part] = []
    for word, condition in (("exit", control.while_), ("continue", control.when)):
        if condition is not None:
            parts += ((f"{word} when (", condition), emit_expression(condition, context), ") is not true;")
    return Fragment(*parts)


def _over_collection(node: tree.For, names: tuple[Name, ...], control: values.Collection, context: Context) -> Run:
    declared, begun, inner = collection_loop(control, context, names)
    opening = Fragment(declared, label(node.labels, context), has_next())
    run = _looped(opening, Run(EMPTY), node.statements, inner, begun)
    return Run(Fragment(run.text, "end;"), run.writes)


@reads(values.Single, "expression", repeat="REPEAT in FOR", reverse="REVERSE of a cursor", while_="WHILE in FOR",
       when="WHEN in FOR")  # fmt: skip
def _cursor(node: values.Single, context: Context) -> tuple[Name, Arguments]:
    """`c` or `c (arguments)` of a cursor that is declared."""
    name, arguments = cursor_of(node.expression)
    if name is None or context.known(name) not in context.cursors:
        raise context.not_supported("a FOR loop over one value", node)
    return name, arguments


# leaving


@simple.emits(tree.Exit, "label when")
def _exit(node: tree.Exit, context: Context) -> Fragment:
    return _leave("exit", node, context)


@simple.emits(tree.Continue, "label when")
def _continue(node: tree.Continue, context: Context) -> Fragment:
    return _leave("continue", node, context)


def _leave(word: str, node: tree.Exit | tree.Continue, context: Context) -> Fragment:
    name = context.spelled(node.label) if node.label is not None else EMPTY
    when = Fragment("when", emit_expression(node.when, context)) if node.when is not None else EMPTY
    return Fragment((word, node), name, when, ";")


@simple.emits(tree.Null)
def _null(node: tree.Null, _: Context) -> Fragment:
    return Fragment(("null ;", node))
