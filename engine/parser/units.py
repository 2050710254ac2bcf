"""CREATE of packages, routines, object types and triggers; the kind has been read where it is not said otherwise."""

from __future__ import annotations

from engine.lexer import Kind
from engine.parser import blocks, calls, datatypes, declarations, expressions, routines, statements
from engine.parser.cursor import Cursor
from engine.tree import plsql
from engine.tree import units as tree
from engine.tree.base import Expression, Name, ObjectName, Place, Statement

_MODIFIERS = (
    "NOT OVERRIDING", "NOT FINAL", "NOT INSTANTIABLE", "NOT PERSISTABLE", "OVERRIDING", "FINAL", "INSTANTIABLE",
    "PERSISTABLE",
)  # fmt: skip
_ROLES = ("MAP MEMBER", "ORDER MEMBER", "MEMBER", "STATIC", "CONSTRUCTOR")


def anonymous_block(cursor: Cursor) -> Statement:
    """A block, its labels before it."""
    place = cursor.place
    labels = statements.labels(cursor)
    if not cursor.at_any("begin", "declare"):
        raise cursor.unexpected("BEGIN or DECLARE")
    found = blocks.block(cursor, labels)
    cursor.expect_op(";")
    return tree.AnonymousBlock(place, found)


# packages and routines


def package(cursor: Cursor, place: Place, creation: tree.Creation) -> Statement:
    """A package's specification or body."""
    is_body = cursor.at("body") and cursor.ahead().kind in (Kind.WORD, Kind.QUOTED) and cursor.accept("body")
    name = cursor.unit_name()
    if cursor.at("wrapped"):
        raise cursor.unsupported("wrapped text")
    options = routines.options(cursor)
    cursor.expect_any("is", "as")
    inner = cursor.place
    declared = declarations.declarations(cursor)
    if is_body:
        block = blocks.initialisation(cursor, inner, declared)
        cursor.expect_op(";")
        return tree.CreatePackageBody(place, creation, name, block)
    cursor.expect("end")
    end = blocks.end_name(cursor)
    cursor.expect_op(";")
    return tree.CreatePackage(place, creation, name, options, declared, end)


def procedure(cursor: Cursor, place: Place, creation: tree.Creation) -> Statement:
    """A stored procedure."""
    return tree.CreateRoutine(place, creation, routines.stored(cursor, "PROCEDURE"))


def function(cursor: Cursor, place: Place, creation: tree.Creation) -> Statement:
    """A stored function."""
    return tree.CreateRoutine(place, creation, routines.stored(cursor, "FUNCTION"))


# object types


def object_type(cursor: Cursor, place: Place, creation: tree.Creation) -> Statement:
    """CREATE TYPE or TYPE BODY."""
    if cursor.at("body") and cursor.ahead().kind in (Kind.WORD, Kind.QUOTED):
        cursor.take()
        return _type_body(cursor, place, creation)
    name = cursor.unit_name()
    force = cursor.accept("force")
    oid = expressions.text(cursor) if cursor.accept("oid") else None
    options = routines.options(cursor)
    definition: tree.ObjectType | plsql.NestedTable | plsql.Varray | None = None
    if cursor.accept("under"):
        definition = _object(cursor, cursor.object_name())
    elif cursor.accept_any("is", "as"):
        definition = _definition(cursor)
    cursor.accept_op(";")
    return tree.CreateType(place, creation, name, definition, options, force, oid)


def _definition(cursor: Cursor) -> tree.ObjectType | plsql.NestedTable | plsql.Varray:
    if cursor.accept("object"):
        return _object(cursor, None)
    found = declarations.collection(cursor)
    if isinstance(found, plsql.NestedTable | plsql.Varray):
        return found
    raise cursor.unsupported("this kind of CREATE TYPE")


def _object(cursor: Cursor, supertype: ObjectName | None) -> tree.ObjectType:
    place = cursor.place
    members = cursor.optional_list(_member)
    return tree.ObjectType(place, supertype, members, _modifiers(cursor))


def _modifiers(cursor: Cursor) -> tuple[str, ...]:
    found = []
    while phrase := cursor.accept_phrase(_MODIFIERS):
        found.append(phrase)
    return tuple(found)


def _member(cursor: Cursor) -> tree.ObjectAttribute | tree.Method:
    place = cursor.place
    if cursor.at("pragma"):
        raise cursor.unsupported("PRAGMA RESTRICT_REFERENCES in an object type")
    starts = cursor.at_any(
        "not", "overriding", "final", "instantiable", "map", "order", "member", "static", "constructor"
    )
    if starts and cursor.ahead().kind is Kind.WORD:
        method = _method(cursor, end=False)
        if method is not None:
            return method
    name = cursor.name()
    return tree.ObjectAttribute(place, name, datatypes.datatype(cursor))


def _method(cursor: Cursor, *, end: bool) -> tree.Method:
    place = cursor.place
    modifiers = _modifiers(cursor)
    role = cursor.accept_phrase(_ROLES)
    if not role:
        raise cursor.unexpected("MEMBER, STATIC or CONSTRUCTOR")
    return tree.Method(place, modifiers, routines.routine(cursor, role=role, end=end))


def _type_body(cursor: Cursor, place: Place, creation: tree.Creation) -> Statement:
    name = cursor.unit_name()
    if cursor.at("wrapped"):
        raise cursor.unsupported("wrapped text")
    cursor.expect_any("is", "as")
    methods = []
    while not cursor.at("end"):
        methods.append(_method(cursor, end=True))
    cursor.expect("end")
    end = blocks.end_name(cursor)
    cursor.expect_op(";")
    return tree.CreateTypeBody(place, creation, name, tuple(methods), end)


# triggers


def trigger(cursor: Cursor, place: Place, creation: tree.Creation) -> Statement:
    """CREATE TRIGGER."""
    with cursor.sql:
        name = cursor.unit_name()
        timing = cursor.accept_phrase(("BEFORE", "AFTER", "INSTEAD OF", "FOR"))
        if not timing:
            raise cursor.unexpected("BEFORE, AFTER or INSTEAD OF")
        events = [_event(cursor)]
        while cursor.accept("or"):
            events.append(_event(cursor))
        cursor.expect("on")
        column = None
        if cursor.accept("nested", "table"):
            column = cursor.name()
            cursor.expect("of")
        target = cursor.object_name()
        if cursor.accept_op("."):
            raise cursor.unsupported("this trigger")
        referencing = _referencing(cursor)
        each_row = cursor.accept("for", "each", "row")
        order = _order(cursor)
        state = cursor.accept_any("enable", "disable")
        condition = cursor.in_parentheses(expressions.expression) if cursor.accept("when") else None
    run = _trigger_body(cursor)
    return tree.CreateTrigger(
        place,
        creation,
        name,
        timing,
        tuple(events),
        target,
        run,
        column,
        referencing,
        each_row,
        order,
        state,
        condition,
    )


def _event(cursor: Cursor) -> tree.TriggerEvent:
    place, words = cursor.place, []
    if cursor.token.kind is not Kind.WORD:
        raise cursor.unexpected("an event")
    while cursor.token.kind is Kind.WORD and not cursor.at_any("on", "or", "of"):
        words.append(cursor.take().value.upper())
    columns = cursor.listed(Cursor.name) if cursor.accept("of") else ()
    return tree.TriggerEvent(place, " ".join(words), columns)


def _referencing(cursor: Cursor) -> tuple[tree.Referencing, ...]:
    found = []
    if cursor.accept("referencing"):
        while cursor.at_any("old", "new", "parent"):
            place, what = cursor.place, cursor.take().value.upper()
            cursor.accept("as")
            found.append(tree.Referencing(place, what, cursor.any_name()))
    return tuple(found)


def _order(cursor: Cursor) -> tuple[plsql.RoutineOption, ...]:
    place = cursor.place
    word = cursor.accept_any("follows", "precedes")
    if not word:
        return ()
    names = cursor.listed(lambda c: plsql.Accessor(c.place, "", c.object_name()))
    return (plsql.RoutineOption(place, word, names=names),)


def _trigger_body(cursor: Cursor) -> plsql.Block | tree.CompoundTrigger | Expression:
    place = cursor.place
    if cursor.accept("call"):
        return calls.followed(cursor, expressions.reference(cursor))
    if cursor.accept("compound", "trigger"):
        found: plsql.Block | tree.CompoundTrigger = _compound(cursor, place)
    else:
        found = blocks.block(cursor, statements.labels(cursor))
    cursor.expect_op(";")
    return found


def _compound(cursor: Cursor, place: Place) -> tree.CompoundTrigger:
    declared = []
    while not _at_timing(cursor) and not cursor.at("end"):
        declared.append(declarations.declaration(cursor))
    points = []
    while _at_timing(cursor):
        inner = cursor.place
        timing = cursor.accept_phrase(_POINTS)
        cursor.expect("is")
        block = blocks.body(cursor, ends_with=timing)
        cursor.expect_op(";")
        points.append(tree.TimingPoint(inner, timing, block))
    cursor.expect("end")
    end: Name | None = blocks.end_name(cursor)
    return tree.CompoundTrigger(place, tuple(declared), tuple(points), end)


_POINTS = ("BEFORE STATEMENT", "BEFORE EACH ROW", "AFTER EACH ROW", "AFTER STATEMENT", "INSTEAD OF EACH ROW")


def _at_timing(cursor: Cursor) -> bool:
    return any(cursor.at(*point.lower().split()) for point in _POINTS)
