"""Which columns of an expression are fixed by other expressions: by those of GROUP BY, or of a select list."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, fields

from engine.check import aggregates, columns
from engine.check.checker import Checker
from engine.check.scopes import QueryScope
from engine.tree.base import DataType, Expression, Name, Node, ObjectName
from engine.tree.expressions import Argument, Call, Operation, Reference, Star, Unary
from engine.tree.queries import Query
from engine.tree.walk import bare, children

# Of these the columns are those of another row; whether GROUP BY fixes them is left open.
_OF_ANOTHER_ROW = ("PRIOR", "CONNECT_BY_ROOT")


@dataclass(slots=True)
class Keys:
    """Expressions of a query block that are fixed, in a form in which two spellings of one are equal.

    `loose` are names that could not be traced to a source; whatever ends in one may be the same. `lengths` are the
    numbers of operands of those that are operations.
    """

    checker: Checker
    block: QueryScope
    forms: set[Hashable] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)
    lengths: set[int] = field(default_factory=set)

    def add(self, node: Expression) -> None:
        """Take an expression for fixed; `*` stands for the columns of its sources."""
        if isinstance(node, Star):
            for form, _ in star_columns(self.block, node) or ():
                self.forms.add(form)
            return
        self.forms.add(self._form(node))
        plain = _value_of(node)
        if isinstance(plain, Reference) and columns.locate(self.block, plain.parts) is None:
            self.loose.add(plain.parts[-1].value)
        elif isinstance(plain, Operation):
            self.lengths.add(len(plain.operands))

    def uncovered(self, node: Expression) -> Iterator[Reference | Star]:
        """The columns of this block in an expression that are not fixed, where that can be told."""
        if isinstance(node, Star):
            yield from self._uncovered_star(node)
        else:
            yield from self._free(node)

    def _free(self, node: Node) -> Iterator[Reference]:
        if isinstance(node, Query | Name | ObjectName | DataType | Star):
            return
        if isinstance(node, Reference):
            if self._is_free(node):
                yield node
        elif not (
            aggregates.may_aggregate(self.checker, self.block, node)
            or (isinstance(node, Unary) and node.operator in _OF_ANOTHER_ROW)
            or self._form(node) in self.forms
        ):
            for child in self._parts(node):
                yield from self._free(child)

    def _is_free(self, node: Reference) -> bool:
        located = columns.locate(self.block, node.parts)
        if located is None or node.link or node.parts[-1].value in self.loose:
            return False
        ends = range(located.used, len(node.parts) + 1)
        return not any(_column_form(located, node.parts[:end]) in self.forms for end in ends)

    def _uncovered_star(self, star: Star) -> Iterator[Star]:
        listed = star_columns(self.block, star)
        if listed is not None and any(form not in self.forms and name not in self.loose for form, name in listed):
            yield star

    def _parts(self, node: Node) -> Iterable[Node]:
        """What stands below a node; operands that are fixed together, as `a + b` in `a + b + c`, are left out."""
        if isinstance(node, Call):
            return [child for child in children(node) if child is not node.function]
        return self._operands(node) if isinstance(node, Operation) else children(node)

    def _operands(self, node: Operation) -> Iterator[Expression]:
        index, count = 0, len(node.operands)
        while index < count:
            ends = (index + length for length in self.lengths if index + length <= count)
            taken = next((end for end in ends if self._run(node, index, end) in self.forms), 0)
            if not taken:
                yield node.operands[index]
            index = taken or index + 1

    def _run(self, node: Operation, start: int, end: int) -> Hashable:
        return self._form(Operation(node.place, node.operators[start : end - 1], node.operands[start:end]))

    def _form(self, node: Node) -> Hashable:
        """A node in a form that is equal for two spellings of one expression."""
        node = _value_of(node)
        if isinstance(node, Reference):
            located = columns.locate(self.block, node.parts)
            if located is not None:
                return _column_form(located, node.parts)
            return ("name", *(part.value for part in node.parts))
        if isinstance(node, Query):
            return node
        return (type(node), *(self._value(getattr(node, name)) for name in _compared(type(node))))

    def _value(self, value: object) -> Hashable:
        if isinstance(value, Node):
            return self._form(value)
        if isinstance(value, tuple):
            return tuple(self._value(item) for item in value)
        return value if isinstance(value, Hashable) else repr(value)


def _value_of(node: Node) -> Node:
    """An expression without parentheses, and the value of an argument by position."""
    return bare(node.value if isinstance(node, Argument) and node.name is None else node)


_COMPARED: dict[type[Node], tuple[str, ...]] = {}


def _compared(kind: type[Node]) -> tuple[str, ...]:
    found = _COMPARED.get(kind)
    if found is None:
        found = _COMPARED[kind] = tuple(item.name for item in fields(kind) if item.compare)
    return found


def _column_form(located: columns.Located, parts: tuple[Name, ...]) -> Hashable:
    """A column, and what JSON dot notation takes from it, by its source's place in FROM."""
    return ("column", located.source, *(part.value for part in parts[located.used - 1 :]))


def star_columns(block: QueryScope, star: Star) -> list[tuple[Hashable, str]] | None:
    """The columns that `*` or `t.*` stands for, as forms and names; None where they are unknown."""
    found: list[tuple[Hashable, str]] = []
    for index, source in enumerate(block.sources):
        if star.qualifier and source.name != star.qualifier[-1].value:
            continue
        if source.columns is None:
            return None
        found += [(("column", index, name), name) for name in source.columns if name not in source.hidden]
    return found
