"""Data types."""

from __future__ import annotations

from dataclasses import dataclass

from engine.tree.base import DataType, Expression, ObjectName


@dataclass(frozen=True, slots=True)
class BuiltinType(DataType):
    """A type of Oracle's own by its words in capitals, as TIMESTAMP WITH TIME ZONE.

    `sizes` holds what stands in parentheses: NUMBER(9, 2), NUMBER(*, 2), VARCHAR2(20 CHAR), JSON(VALUE). `unit` is
    BYTE, CHAR or empty.
    """

    name: str
    sizes: tuple[Expression, ...] = ()
    unit: str = ""
    character_set: str = ""


@dataclass(frozen=True, slots=True)
class IntervalType(DataType):
    """INTERVAL YEAR TO MONTH or INTERVAL DAY TO SECOND, with its precisions; the fields may be UNCONSTRAINED."""

    leading: str
    leading_precision: Expression | None
    trailing: str
    trailing_precision: Expression | None


@dataclass(frozen=True, slots=True)
class VectorType(DataType):
    """VECTOR [(dimension [, format [, storage]])]; a dimension or a format may be `*`."""

    dimension: Expression | None = None
    format: str = ""
    storage: str = ""


@dataclass(frozen=True, slots=True)
class NamedType(DataType):
    """A type that someone defined, in a schema, a package or a declarative part; `is_reference` for REF."""

    name: ObjectName
    sizes: tuple[Expression, ...] = ()
    unit: str = ""
    is_reference: bool = False


@dataclass(frozen=True, slots=True)
class AnchoredType(DataType):
    """The type of another thing: `attribute` is TYPE or ROWTYPE."""

    name: ObjectName
    attribute: str
