"""Types that PL/SQL defines: records are composite types, associative arrays are arrays or JSON objects."""

from __future__ import annotations

from dataclasses import replace

from engine.emit.catalogue import DefinedType
from engine.emit.composites import composite
from engine.emit.context import Context
from engine.emit.datatypes import defined_type, emit_datatype, whole_number
from engine.emit.dispatch import Emitters, reads
from engine.tree import plsql as tree
from engine.tree.base import DataType, Name, Node
from engine.tree.types import BuiltinType

_INTEGERS = ("PLS_INTEGER", "BINARY_INTEGER")
_TEXTS = ("VARCHAR2", "VARCHAR", "NVARCHAR2", "STRING")

_definitions = Emitters[DefinedType]("a type")


@reads(tree.TypeDeclaration, "name definition")
def define(node: tree.TypeDeclaration, context: Context) -> tuple[Name, DefinedType]:
    """A type's name, and what it is."""
    return node.name, _definitions(node.definition, context)


@reads(tree.Subtype, "name datatype", low="a range of a SUBTYPE", high="a range of a SUBTYPE",
       not_null="a SUBTYPE that is NOT NULL")  # fmt: skip
def define_subtype(node: tree.Subtype, context: Context) -> tuple[Name, DefinedType]:
    """Another name of a type."""
    kind = emit_datatype(node.datatype, context)
    return node.name, defined_type(node.datatype, context) or DefinedType(kind)


@_definitions.emits(tree.RefCursor, "-result")
def _ref_cursor(_: tree.RefCursor, __: Context) -> DefinedType:
    return DefinedType("refcursor")


@_definitions.emits(tree.RecordType, "fields")
def _record(node: tree.RecordType, context: Context) -> DefinedType:
    fields = dict(_field(field, context) for field in node.fields)
    listed = ", ".join(f"{context.spell(name)} {kind}" for name, kind in fields.items())
    return DefinedType(composite("record", listed, context), fields)


@reads(tree.Field, "name datatype", not_null="a field that is NOT NULL", default="a default of a field")
def _field(node: tree.Field, context: Context) -> tuple[str, str]:
    return context.known(node.name), _part(emit_datatype(node.datatype, context), node, context)


@_definitions.emits(tree.AssociativeArray, "element index", not_null="elements that are NOT NULL")
def _array(node: tree.AssociativeArray, context: Context) -> DefinedType:
    index = node.index.name if isinstance(node.index, BuiltinType) else ""
    if index in _TEXTS:
        element = _element(node.element, context)
        if element.element is not None:
            raise context.not_supported("an array of arrays by texts", node)
        return DefinedType("jsonb", element=element, keyed=True)
    if index not in _INTEGERS:
        raise context.not_supported("INDEX BY another type than PLS_INTEGER and VARCHAR2", node.index)
    return _of_elements(node.element, node, context)


@_definitions.emits(tree.NestedTable, "element", not_null="elements that are NOT NULL")
def _nested_table(node: tree.NestedTable, context: Context) -> DefinedType:
    return replace(_of_elements(node.element, node, context), bounded=True)


@_definitions.emits(tree.Varray, "limit element", not_null="elements that are NOT NULL")
def _varray(node: tree.Varray, context: Context) -> DefinedType:
    limit = int(whole_number(node.limit, context))
    return replace(_of_elements(node.element, node, context), bounded=True, limit=limit)


def _element(node: DataType, context: Context) -> DefinedType:
    kind = emit_datatype(node, context)
    return defined_type(node, context) or DefinedType(kind)


def _of_elements(datatype: DataType, node: Node, context: Context) -> DefinedType:
    """An array of PostgreSQL: of records, or of boxes for values."""
    element = _element(datatype, context)
    if is_record(element):
        return DefinedType(f"{element.type}[]", element=element)
    cell = composite("cell", f"value {_part(element.type, node, context)}", context)
    return DefinedType(f"{cell}[]", element=element, boxed=True)


def is_record(kind: DefinedType) -> bool:
    """Whether a type is that of records, be it a table's rows."""
    return kind.type.startswith("app.") or kind.fields is not None


def _part(kind: str, node: Node, context: Context) -> str:
    """The type of a part of a type; a row of a table would keep the table from being dropped."""
    if kind == "record" or kind.startswith("app."):
        raise context.not_supported("%ROWTYPE in a type", node, "list the columns as fields")
    return kind


_definitions.refuse({tree.Enumeration: "an enumeration"})
