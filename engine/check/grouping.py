"""GROUP BY, HAVING, DISTINCT and ORDER BY: what may stand beside aggregates, and what rows may be sorted by."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check import aggregates
from engine.check.checker import Checker
from engine.check.coverage import Keys
from engine.check.scopes import QueryScope
from engine.tree import queries as tree
from engine.tree.base import Expression, Node
from engine.tree.expressions import NumberLiteral, Reference, Row, SortKey, Star


def check_block(checker: Checker, block: QueryScope, select: tree.Select) -> None:
    """Check where a block's aggregates stand, and what stands beside them."""
    _check_places(checker, block, select)
    aggregated = any(aggregates.contains(checker, block, item.expression) for item in select.items)
    if select.group_by is not None:
        _check_grouped(checker, block, select)
    elif aggregated:
        keys = Keys(checker, block)
        for item in select.items:
            for column in keys.uncovered(item.expression):
                checker.complain("ORA-00937", column)
    if select.group_by is None and select.having is not None:
        for column in _not_aliases(select, Keys(checker, block).uncovered(select.having)):
            _complain_of_ungrouped(checker, column)


def _check_places(checker: Checker, block: QueryScope, select: tree.Select) -> None:
    grouped = select.group_by is not None
    aggregates.check_none(checker, block, select.where)
    if select.hierarchy is not None:
        aggregates.check_none(checker, block, select.hierarchy.connect_by)
        aggregates.check_none(checker, block, select.hierarchy.start_with)
    for element in select.group_by.elements if select.group_by is not None else ():
        aggregates.check_none(checker, block, element)
    for item in select.items:
        aggregates.check_nesting(checker, block, item.expression, grouped)
    aggregates.check_no_analytic(checker, select.having)


def _check_grouped(checker: Checker, block: QueryScope, select: tree.Select) -> None:
    keys = group_keys(checker, block, select)
    position = any(isinstance(element, NumberLiteral) for element in elements_of(select))
    for item in select.items:
        for column in keys.uncovered(item.expression):
            if position:
                checker.complain("ORA-03162", column, _text(column))
            else:
                _complain_of_ungrouped(checker, column)
    if select.having is not None:
        for column in _not_aliases(select, keys.uncovered(select.having)):
            _complain_of_ungrouped(checker, column)


def group_keys(checker: Checker, block: QueryScope, select: tree.Select) -> Keys:
    """The expressions that GROUP BY fixes; an element may be the alias of an item of the select list."""
    keys = Keys(checker, block)
    aliases = _aliases(select)
    for element in elements_of(select):
        keys.add(element)
        if isinstance(element, Reference) and len(element.parts) == 1:
            for expression in aliases.get(element.parts[0].value, ()):
                keys.add(expression)
    return keys


def elements_of(select: tree.Select) -> list[Expression]:
    """What GROUP BY groups by, one by one."""
    return list(_elements(select.group_by.elements)) if select.group_by is not None else []


def _elements(given: tuple[Expression, ...]) -> Iterator[Expression]:
    """The expressions of GROUP BY, ROLLUP, CUBE and GROUPING SETS taken apart."""
    for element in given:
        if isinstance(element, tree.GroupingSet):
            yield from _elements(element.elements)
        elif isinstance(element, Row):
            yield from _elements(element.items)
        else:
            yield element


def _aliases(select: tree.Select) -> dict[str, list[Expression]]:
    found: dict[str, list[Expression]] = {}
    for item in select.items:
        if item.alias is not None:
            found.setdefault(item.alias.value, []).append(item.expression)
    return found


def _not_aliases(select: tree.Select, found: Iterator[Reference | Star]) -> Iterator[Reference | Star]:
    """Columns but for names that are aliases of the select list too, which HAVING and ORDER BY may mean."""
    aliases = _aliases(select)
    for column in found:
        if not (isinstance(column, Reference) and len(column.parts) == 1 and column.parts[0].value in aliases):
            yield column


def _complain_of_ungrouped(checker: Checker, column: Reference | Star) -> None:
    checker.complain("ORA-00979", column, _text(column))


def _text(column: Reference | Star) -> str:
    if isinstance(column, Star):
        return "*"
    return ".".join(f'"{part.value}"' for part in column.parts)


# ORDER BY


def check_order(checker: Checker, block: QueryScope, select: tree.Select, order_by: tuple[SortKey, ...]) -> None:
    """Check what the rows of a block are sorted by, where they are grouped or distinct."""
    if select.quantifier in ("DISTINCT", "UNIQUE"):
        keys = Keys(checker, block)
        for item in select.items:
            keys.add(item.expression)
        number = "ORA-01791"
    elif select.group_by is not None:
        keys = group_keys(checker, block, select)
        number = "ORA-00979"
    else:
        return
    if any(_hides_columns(block, item.expression) for item in select.items):
        return
    for key in order_by:
        for column in _not_aliases(select, keys.uncovered(key.expression)):
            checker.complain(number, column, _text(column))


def _hides_columns(block: QueryScope, node: Node) -> bool:
    """Whether an item is `*` over sources of which not all columns are known."""
    return isinstance(node, Star) and any(source.columns is None for source in block.sources)


def check_aliases(checker: Checker, select: tree.Select, order_by: tuple[SortKey, ...]) -> None:
    """Complain of a name in ORDER BY that several items of the select list have, and that are not the same."""
    aliases = _aliases(select)
    for key in order_by:
        node = key.expression
        if isinstance(node, Reference) and len(node.parts) == 1:
            found = aliases.get(node.parts[0].value, [])
            if any(other != found[0] for other in found[1:]):
                checker.complain("ORA-00960", node, _text(node))


def check_positions(checker: Checker, order_by: tuple[SortKey, ...], count: int) -> None:
    """Complain of a number in ORDER BY that is that of no column."""
    for key in order_by:
        value = key.expression
        if isinstance(value, NumberLiteral) and value.text.isdigit() and not 1 <= int(value.text) <= count:
            checker.complain("ORA-01785", value)
