"""CONNECT BY over DUAL as a generator of rows: LEVEL is 1 for the first, and goes up while the condition holds."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment
from engine.emit.rownum import conditions, emit_limit, is_counter
from engine.tree import expressions as values
from engine.tree import queries as tree
from engine.tree.base import Expression

_ADVICE = "use a WITH query that reads itself"


@reads(
    tree.Hierarchy,
    "connect_by -connect_first",
    start_with="START WITH of a hierarchy",
    nocycle="NOCYCLE of a hierarchy",
)
def emit_levels(node: tree.Hierarchy, context: Context, select: tree.Select) -> Fragment:
    """What stands behind DUAL in FROM. The first row is there whatever the condition says."""
    found = list(conditions(node.connect_by))
    if not _is_dual(select, context) or not all(map(_ends, found)):
        raise context.not_supported("CONNECT BY of a hierarchy", node, _ADVICE)
    most = Fragment("greatest( 1 ,", emit_limit(found, context), ")::numeric")
    return Fragment(("cross join generate_series( 1::numeric ,", node), most, ") as connect_by ( level )")


def _is_dual(select: tree.Select, context: Context) -> bool:
    """Whether a block reads nothing but DUAL, which has one row."""
    if len(select.sources) != 1 or select.sources[0].joins:
        return False
    source = select.sources[0].source
    return isinstance(source, tree.TableSource) and context.known(source.name.name) == "dual"


def _ends(condition: Expression) -> bool:
    """Whether a condition ends the generation: LEVEL or ROWNUM is at most something."""
    match condition:
        case values.Comparison(operator="<" | "<=" | "=", left=left):
            return is_counter(left)
        case values.Comparison(operator=">" | ">=", right=right):
            return is_counter(right)
        case values.Between(operand=operand, negated=False):
            return is_counter(operand)
    return False
