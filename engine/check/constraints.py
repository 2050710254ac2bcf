"""Constraints, defaults and computed values of a table's columns."""

from __future__ import annotations

from collections.abc import Iterable

from engine.check import expressions, sources
from engine.check.checker import Checker
from engine.check.columns import quoted
from engine.check.keys import NO_KEYS
from engine.check.scopes import QueryScope, RowSource, Scope, ScopeKind
from engine.check.types import UNKNOWN, Family, Type
from engine.tree import ddl
from engine.tree import expressions as values
from engine.tree.base import Expression, Name
from engine.tree.walk import names_of_block, of_block

# What a CHECK condition may not ask, as its answer changes with no row (SQL Language Reference, "constraint").
_CHANGING = frozenset(
    "CURRENT_DATE CURRENT_TIMESTAMP LEVEL LOCALTIMESTAMP ROWNUM SYSDATE SYSTIMESTAMP UID USER".split()
)


class Constraints:
    """The constraints, defaults and expressions of a table's columns, as they stand in CREATE and ALTER TABLE."""

    def __init__(self, checker: Checker, table: RowSource, has_primary_key: bool = False) -> None:
        self.checker = checker
        self.table = table
        self.block = QueryScope(ScopeKind.QUERY, Scope(ScopeKind.UNIT), sources=[table])
        self.has_primary_key = has_primary_key

    def check(self, items: Iterable[ddl.Column | ddl.Constraint]) -> None:
        """Check the items of a table in their order."""
        items = tuple(items)
        self._names(items)
        for item in items:
            if isinstance(item, ddl.Constraint):
                self._constraint(item, None)
                continue
            self._null(item)
            if isinstance(item.default, ddl.ColumnDefault):
                self._default(item.default)
            elif isinstance(item.default, ddl.Generated):
                expressions.type_of(self.checker, self.block, item.default.expression)
            for constraint in item.constraints:
                self._constraint(constraint, item.name)

    def _names(self, items: Iterable[ddl.Column | ddl.Constraint]) -> None:
        """Complain of two constraints of one name."""
        seen: set[str] = set()
        for item in items:
            for constraint in (item,) if isinstance(item, ddl.Constraint) else item.constraints:
                if constraint.name is not None and constraint.name.value in seen:
                    self.checker.complain("ORA-02264", constraint.name)
                if constraint.name is not None:
                    seen.add(constraint.name.value)

    def _null(self, column: ddl.Column) -> None:
        stated = [constraint for constraint in column.constraints if isinstance(constraint, ddl.NotNull)]
        if len(stated) > 1:
            self.checker.complain("ORA-02258", stated[1])

    def _constraint(self, constraint: ddl.Constraint, column: Name | None) -> None:
        if isinstance(constraint, ddl.Unique):
            self._key(constraint, constraint.columns or ((column,) if column is not None else ()))
        elif isinstance(constraint, ddl.ForeignKey):
            self._foreign_key(constraint, constraint.columns or ((column,) if column is not None else ()))
        elif isinstance(constraint, ddl.Check):
            self._check(constraint.condition, column)

    def _key(self, constraint: ddl.Unique, names: tuple[Name, ...]) -> None:
        if constraint.primary and self.has_primary_key:
            self.checker.complain("ORA-02260", constraint)
        self.has_primary_key = self.has_primary_key or constraint.primary
        for name in names:
            kind = self._column(name)
            if kind.family in NO_KEYS:
                self.checker.complain("ORA-02329", name, kind.base)

    def _foreign_key(self, constraint: ddl.ForeignKey, names: tuple[Name, ...]) -> None:
        for name in names:
            kind = self._column(name)
            if kind.family is Family.VECTOR:
                self.checker.complain("ORA-02331", name, kind.base)
        if [part.value for part in constraint.table.parts] != [self.table.name]:
            sources.table(self.checker, self.block, constraint.table)
        if constraint.referenced and len(constraint.referenced) != len(names):
            self.checker.complain("ORA-02256", constraint)

    def _column(self, name: Name) -> Type:
        """The type of a column of the table; complains where it has none of that name."""
        if self.table.columns is None:
            return UNKNOWN
        if name.value not in self.table.columns:
            self.checker.complain("ORA-00904", name, quoted((name,)))
        return self.table.columns.get(name.value, UNKNOWN)

    def _check(self, condition: Expression, column: Name | None) -> None:
        checker, before = self.checker, len(self.checker.complaints)
        expressions.condition(checker, self.block, condition)
        if len(checker.complaints) > before:
            return
        for node in of_block(condition):
            if isinstance(node, values.Subquery | values.Exists):
                checker.complain("ORA-02251", node)
        for name in names_of_block(condition):
            self._checked_name(name, column)

    def _checked_name(self, node: values.Reference, column: Name | None) -> None:
        name = node.parts[-1].value
        columns = self.table.columns
        if columns is None:
            return
        if name not in columns:
            if len(node.parts) == 1 and name in _CHANGING:
                self.checker.complain("ORA-02436", node)
        elif columns[name].family is Family.VECTOR:
            self.checker.complain("ORA-02331", node, columns[name].base)
        elif column is not None and name != column.value and len(node.parts) == 1:
            self.checker.complain("ORA-02438", node)

    def _default(self, default: ddl.ColumnDefault) -> None:
        for node in names_of_block(default.value):
            if len(node.parts) == 1 and node.parts[0].value in (self.table.columns or ()):
                self.checker.complain("ORA-00984", node)
