"""Columns and constraints of CREATE TABLE and ALTER TABLE."""

from __future__ import annotations

from engine.lexer import Kind
from engine.parser import clauses, datatypes, expressions, indexes
from engine.parser.cursor import Cursor
from engine.parser.roles import Role
from engine.tree import ddl as tree
from engine.tree.base import DataType, Name

_STATES = (
    "NOT DEFERRABLE", "DEFERRABLE", "INITIALLY IMMEDIATE", "INITIALLY DEFERRED", "RELY", "NORELY", "ENABLE", "DISABLE",
    "VALIDATE", "NOVALIDATE", "PRECHECK", "NOPRECHECK",
)  # fmt: skip
_COLUMN_OPTIONS = ("sort", "encrypt", "decrypt", "annotations")
_SEQUENCE = (
    "START WITH LIMIT VALUE", "START WITH", "INCREMENT BY", "MAXVALUE", "NOMAXVALUE", "MINVALUE", "NOMINVALUE", "CYCLE",
    "NOCYCLE", "CACHE", "NOCACHE", "ORDER", "NOORDER", "KEEP", "NOKEEP", "SCALE EXTEND", "SCALE NOEXTEND", "SCALE",
    "NOSCALE", "SHARD", "NOSHARD", "SESSION", "GLOBAL", "RESTART",
)  # fmt: skip
_WITH_VALUE = ("START WITH", "INCREMENT BY", "MAXVALUE", "MINVALUE", "CACHE")


def item(cursor: Cursor) -> tree.Column | tree.Constraint:
    """A column, or a constraint of the table."""
    if at_constraint(cursor):
        return table_constraint(cursor)
    if cursor.at("supplemental", "log"):
        raise cursor.unsupported("SUPPLEMENTAL LOG in a table")
    return column(cursor)


def at_constraint(cursor: Cursor) -> bool:
    """Whether a constraint of a table stands here; each of these words may be a column's name but for its follower."""
    if cursor.at("constraint"):
        return cursor.ahead().kind in (Kind.WORD, Kind.QUOTED) and cursor.ahead(2).kind is Kind.WORD
    return (
        cursor.at("primary", "key")
        or cursor.at("foreign", "key")
        or (cursor.at_any("unique", "check") and cursor.ahead().is_op("("))
    )


def column(cursor: Cursor) -> tree.Column:
    """A column with all that is said of it."""
    place, name = cursor.place, cursor.name()
    if name.quoted and name.value == "ROWID":
        raise cursor.error("ORA-00904", '"ROWID": invalid identifier', cursor.tokens[cursor.index - 1])
    datatype = _datatype(cursor)
    visibility, default, collation = "", None, None
    options: list[tree.Option] = []
    constraints: list[tree.Constraint] = []
    while True:
        if not visibility and cursor.at_any("visible", "invisible"):
            visibility = cursor.take().value.upper()
        elif default is None and cursor.at_any("default", "generated", "as"):
            default = _default(cursor)
        elif collation is None and cursor.accept("collate"):
            collation = cursor.any_name()
        elif cursor.at_any(*_COLUMN_OPTIONS):
            options += clauses.options(cursor, clauses.COLUMN)
        elif _at_column_constraint(cursor):
            constraints.append(_column_constraint(cursor))
        else:
            return tree.Column(
                place, name, datatype, visibility, default, tuple(constraints), collation, tuple(options)
            )


def _datatype(cursor: Cursor) -> DataType | None:
    token = cursor.token
    if cursor.at("domain") and cursor.ahead().kind in (Kind.WORD, Kind.QUOTED):
        raise cursor.unexpected("a data type")
    is_type = token.kind is Kind.QUOTED or (token.kind is Kind.WORD and not _begins_property(cursor))
    return datatypes.datatype(cursor) if is_type else None


def _begins_property(cursor: Cursor) -> bool:
    return _at_column_constraint(cursor) or cursor.at_any(
        "visible", "invisible", "default", "generated", "as", "collate", "encrypt", "decrypt", "sort", "annotations"
    )


def _default(cursor: Cursor) -> tree.ColumnDefault | tree.Identity | tree.Generated:
    place = cursor.place
    if cursor.accept("default"):
        on_null = cursor.accept_phrase(("ON NULL FOR INSERT AND UPDATE", "ON NULL FOR INSERT ONLY", "ON NULL"))
        return tree.ColumnDefault(place, expressions.expression(cursor), on_null)
    generation = "ALWAYS"
    always = cursor.accept("generated")
    if always:
        generation = cursor.accept_phrase(("ALWAYS", "BY DEFAULT ON NULL FOR INSERT AND UPDATE",
            "BY DEFAULT ON NULL FOR INSERT ONLY", "BY DEFAULT ON NULL", "BY DEFAULT"))  # fmt: skip
    cursor.expect("as")
    if always and cursor.accept("identity"):
        return tree.Identity(place, generation, _identity_options(cursor))
    value = cursor.in_parentheses(expressions.expression)
    return tree.Generated(place, value, cursor.accept_any("virtual", "materialized"), always)


def _identity_options(cursor: Cursor) -> tuple[tree.SequenceOption, ...]:
    return cursor.in_parentheses(sequence_options) if cursor.at_op("(") else ()


def sequence_options(cursor: Cursor) -> tuple[tree.SequenceOption, ...]:
    """The options of a sequence that stand here."""
    found: list[tree.SequenceOption] = []
    while True:
        place = cursor.place
        phrase = cursor.accept_phrase(_SEQUENCE)
        if not phrase:
            return tuple(found)
        value = None
        if phrase in _WITH_VALUE:
            value = expressions.expression(cursor, expressions.ADDITIVE)
        found.append(tree.SequenceOption(place, phrase, value))


# constraints


def _at_column_constraint(cursor: Cursor) -> bool:
    return cursor.at_any("constraint", "not", "null", "unique", "primary", "references", "check")


def _column_constraint(cursor: Cursor) -> tree.Constraint:
    name = cursor.name(Role.CONSTRAINT) if cursor.accept("constraint") else None
    place = cursor.place
    if cursor.at("not", "null") or cursor.at("null"):
        nullable = not cursor.accept("not")
        cursor.expect("null")
        return tree.NotNull(place, nullable, name=name, state=state(cursor))
    if cursor.accept("unique"):
        return tree.Unique(place, primary=False, name=name, state=state(cursor))
    if cursor.accept("primary", "key"):
        return tree.Unique(place, primary=True, name=name, state=state(cursor))
    if cursor.at("references"):
        return _references(cursor, (), name)
    if cursor.accept("check"):
        condition = cursor.in_parentheses(expressions.expression)
        return tree.Check(place, condition, name=name, state=state(cursor))
    raise cursor.unexpected("a constraint", 2253)


def table_constraint(cursor: Cursor) -> tree.Constraint:
    """A constraint of a table."""
    name = cursor.name(Role.CONSTRAINT) if cursor.accept("constraint") else None
    place = cursor.place
    if cursor.accept("unique"):
        return tree.Unique(place, False, _names(cursor), name=name, state=state(cursor))
    if cursor.accept("primary", "key"):
        return tree.Unique(place, True, _names(cursor), name=name, state=state(cursor))
    if cursor.accept("foreign", "key"):
        return _references(cursor, _names(cursor), name)
    if cursor.accept("check"):
        condition = cursor.in_parentheses(expressions.expression)
        return tree.Check(place, condition, name=name, state=state(cursor))
    raise cursor.unexpected("a constraint", 2253)


def _names(cursor: Cursor) -> tuple[Name, ...]:
    return cursor.list_in_parentheses(Cursor.name)


def _references(cursor: Cursor, columns: tuple[Name, ...], name: Name | None) -> tree.Constraint:
    place = cursor.place
    cursor.expect("references")
    table = cursor.object_name()
    referenced = _names(cursor) if cursor.at_op("(") else ()
    on_delete = ""
    if cursor.accept("on", "delete"):
        on_delete = cursor.accept_phrase(("CASCADE", "SET NULL"))
        if not on_delete:
            raise cursor.unexpected("CASCADE or SET NULL", 905)
    return tree.ForeignKey(place, columns, table, referenced, on_delete, name=name, state=state(cursor))


def state(cursor: Cursor) -> tree.ConstraintState | None:
    """What may follow a constraint, where it stands here."""
    place = cursor.place
    words: list[str] = []
    using, exceptions = None, None
    while True:
        if cursor.at("using", "index"):
            using = _using_index(cursor)
        elif cursor.accept("exceptions", "into"):
            exceptions = cursor.object_name()
        elif cursor.at_any("enable", "disable") and cursor.ahead().is_word("row", "all", "table", "storage"):
            break
        elif phrase := cursor.accept_phrase(_STATES):
            words.append(phrase)
        else:
            break
    if not words and using is None and exceptions is None:
        return None
    return tree.ConstraintState(place, tuple(words), using, exceptions)


def _using_index(cursor: Cursor) -> tree.UsingIndex:
    place = cursor.place
    cursor.expect("using", "index")
    if cursor.at_op("("):
        return tree.UsingIndex(place, create=cursor.in_parentheses(indexes.create_within))
    options = clauses.options(cursor, clauses.INDEX)
    name = None
    if not options and cursor.at_name() and not cursor.at_any("enable", "disable", "rely", "novalidate", "exceptions"):
        name = cursor.object_name(Role.INDEX)
    return tree.UsingIndex(place, name, None, options)


def choice(cursor: Cursor) -> tree.ConstraintChoice:
    """CONSTRAINT name, PRIMARY KEY or UNIQUE (columns)."""
    place = cursor.place
    if cursor.accept("primary", "key"):
        return tree.ConstraintChoice(place, "PRIMARY KEY")
    if cursor.accept("unique"):
        return tree.ConstraintChoice(place, "UNIQUE", None, _names(cursor))
    cursor.expect("constraint")
    return tree.ConstraintChoice(place, "CONSTRAINT", cursor.name(Role.CONSTRAINT))
