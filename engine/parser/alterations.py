"""ALTER, DROP, TRUNCATE, RENAME, COMMENT, GRANT, REVOKE, PURGE."""

from __future__ import annotations

from collections.abc import Callable

from engine.lexer import Kind
from engine.parser import clauses, columns, expressions, partitions
from engine.parser.cursor import Cursor
from engine.parser.roles import Role
from engine.tree import ddl as tree
from engine.tree.base import Name, ObjectName, Statement

_UNITS = (
    "PACKAGE", "PROCEDURE", "FUNCTION", "TYPE", "TRIGGER", "VIEW", "MATERIALIZED VIEW", "SYNONYM", "PUBLIC SYNONYM",
    "LIBRARY",
)  # fmt: skip
_DROPPED = (
    "TABLE", "VIEW", "INDEX", "SEQUENCE", "PACKAGE BODY", "PACKAGE", "PROCEDURE", "FUNCTION", "TRIGGER", "TYPE BODY",
    "TYPE", "PUBLIC SYNONYM", "SYNONYM", "CONTEXT", "DIRECTORY", "USER", "ROLE", "MATERIALIZED VIEW", "TABLESPACE",
    "PUBLIC DATABASE LINK", "DATABASE LINK", "LIBRARY", "JAVA SOURCE", "JAVA CLASS", "DOMAIN", "PROFILE",
)  # fmt: skip


# ALTER


def alter(cursor: Cursor) -> Statement:
    """ALTER of anything."""
    place = cursor.place
    cursor.expect("alter")
    if cursor.accept("session"):
        return tree.AlterSession(place, clauses.words(cursor))
    if cursor.accept("table"):
        exists = cursor.accept("if", "exists")
        name = cursor.object_name()
        return tree.AlterTable(place, name, _actions(cursor), exists)
    if cursor.accept("index"):
        return _index(cursor)
    if cursor.accept("sequence"):
        exists = cursor.accept("if", "exists")
        name = cursor.object_name()
        return tree.AlterSequence(place, name, columns.sequence_options(cursor), exists)
    kind = cursor.accept_phrase(_UNITS)
    if kind:
        exists = cursor.accept("if", "exists")
        name = cursor.object_name()
        return tree.AlterUnit(place, kind, name, clauses.words(cursor), exists)
    if cursor.token.kind is Kind.WORD:
        raise cursor.unsupported(f"ALTER {cursor.token.value.upper()}")
    raise cursor.error("ORA-00940", "invalid ALTER command")


def _actions(cursor: Cursor) -> tuple[tree.AlterAction, ...]:
    found = []
    while cursor.token.kind is not Kind.END and not cursor.at_op(";"):
        found.append(_action(cursor))
    if not found:
        raise cursor.unexpected("what to alter", 2210)
    return tuple(found)


def _action(cursor: Cursor) -> tree.AlterAction:
    place = cursor.place
    options = clauses.options(cursor, clauses.ALTER_TABLE)
    if options:
        return tree.SetOptions(place, options)
    reader = _ACTIONS.get(cursor.token.value) if cursor.token.kind is Kind.WORD else None
    if reader is None:
        if cursor.token.kind is Kind.WORD:
            raise cursor.unsupported(f"ALTER TABLE ... {cursor.token.value.upper()}")
        raise cursor.error("ORA-01735", "invalid ALTER TABLE option")
    return reader(cursor)


def _add(cursor: Cursor) -> tree.AlterAction:
    place = cursor.place
    cursor.expect("add")
    if cursor.at("clustering") and cursor.ahead().is_word("by"):
        raise cursor.unsupported("ALTER TABLE ... ADD CLUSTERING")
    if cursor.at("partition") and cursor.ahead().kind is not Kind.OPERATOR:
        return tree.AlterPartition(place, "ADD", cursor.listed(partitions.partition))
    if cursor.at_op("("):
        return tree.AddItems(place, cursor.list_in_parentheses(columns.item), parenthesised=True)
    return tree.AddItems(place, (columns.item(cursor),))


def _modify(cursor: Cursor) -> tree.AlterAction:
    place = cursor.place
    cursor.expect("modify")
    if cursor.at("constraint") or cursor.at("primary", "key") or (cursor.at("unique") and cursor.ahead().is_op("(")):
        chosen = columns.choice(cursor)
        state = columns.state(cursor)
        if state is None:
            raise cursor.unexpected("the state of a constraint")
        return tree.ModifyConstraint(place, chosen, state)
    if cursor.at_any("partition", "subpartition", "lob", "nested", "opaque", "default"):
        raise cursor.unsupported(f"ALTER TABLE ... MODIFY {cursor.token.value.upper()}")
    if cursor.at_op("("):
        return tree.ModifyColumns(place, cursor.list_in_parentheses(columns.column), parenthesised=True)
    return tree.ModifyColumns(place, (columns.column(cursor),))


def _drop_action(cursor: Cursor) -> tree.AlterAction:
    place = cursor.place
    cursor.expect("drop")
    if cursor.at("constraint") or cursor.at("primary", "key") or (cursor.at("unique") and cursor.ahead().is_op("(")):
        return _drop_constraint(cursor)
    if cursor.at_any("partition", "subpartition"):
        return _named_partitions(cursor, "DROP")
    if cursor.accept("unused", "columns"):
        return tree.DropColumns(place, "DROP UNUSED", ())
    return _drop_columns(cursor, "DROP")


def _drop_constraint(cursor: Cursor) -> tree.AlterAction:
    place = cursor.place
    exists = False
    if cursor.at("constraint", "if"):
        cursor.take()
        cursor.expect("if", "exists")
        exists = True
        chosen = tree.ConstraintChoice(place, "CONSTRAINT", cursor.name(Role.CONSTRAINT))
    else:
        chosen = columns.choice(cursor)
    return tree.DropConstraint(
        place, chosen, exists, _phrases(cursor, ("CASCADE", "KEEP INDEX", "DROP INDEX", "ONLINE"))
    )


def _drop_columns(cursor: Cursor, verb: str) -> tree.AlterAction:
    place = cursor.place
    parenthesised = not cursor.accept("column")
    names = cursor.list_in_parentheses(Cursor.name) if parenthesised else (cursor.name(),)
    words = _phrases(cursor, ("CASCADE CONSTRAINTS", "INVALIDATE", "ONLINE"))
    return tree.DropColumns(place, verb, names, parenthesised, words)


def _set(cursor: Cursor) -> tree.AlterAction:
    if cursor.ahead().is_word("unused"):
        cursor.take(), cursor.take()
        return _drop_columns(cursor, "SET UNUSED")
    raise cursor.unsupported(f"ALTER TABLE ... SET {cursor.ahead().value.upper()}")


def _rename_action(cursor: Cursor) -> tree.AlterAction:
    place = cursor.place
    cursor.expect("rename")
    if cursor.accept("to"):
        return tree.RenameItem(place, "", None, cursor.name(Role.TABLE))
    if cursor.at("lob") and cursor.ahead().is_op("("):
        raise cursor.unsupported("ALTER TABLE ... RENAME LOB")
    kind = cursor.expect_any("column", "constraint", "partition", "subpartition")
    old = cursor.name()
    cursor.expect("to")
    return tree.RenameItem(place, kind, old, cursor.name())


def _enable(cursor: Cursor) -> tree.AlterAction:
    place = cursor.place
    verb = cursor.take().value.upper()
    verb = f"{verb} {cursor.accept_any('validate', 'novalidate')}".strip()
    chosen = columns.choice(cursor)
    cascade = cursor.accept("cascade")
    return tree.EnableConstraint(place, verb, chosen, columns.state(cursor), cascade)


def _truncate_partition(cursor: Cursor) -> tree.AlterAction:
    cursor.expect("truncate")
    return _named_partitions(cursor, "TRUNCATE")


def _named_partitions(cursor: Cursor, verb: str) -> tree.AlterAction:
    place, kind = cursor.place, cursor.expect_any("partition", "subpartition")
    if kind == "SUBPARTITION" or cursor.at("for"):
        raise cursor.unsupported(f"ALTER TABLE ... {verb} {kind}{' FOR' if cursor.at('for') else ''}")
    found = cursor.listed(lambda c: tree.Partition(c.place, c.name()))
    words = _phrases(cursor, ("UPDATE GLOBAL INDEXES", "UPDATE INDEXES", "INVALIDATE GLOBAL INDEXES", "DROP STORAGE",
        "REUSE STORAGE", "CASCADE"))  # fmt: skip
    return tree.AlterPartition(place, verb, found, words)


def _phrases(cursor: Cursor, phrases: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    while phrase := cursor.accept_phrase(phrases):
        found.append(phrase)
    return tuple(found)


_ACTIONS: dict[str, Callable[[Cursor], tree.AlterAction]] = {
    "add": _add,
    "modify": _modify,
    "drop": _drop_action,
    "set": _set,
    "rename": _rename_action,
    "enable": _enable,
    "disable": _enable,
    "truncate": _truncate_partition,
}


def _index(cursor: Cursor) -> Statement:
    place = cursor.place
    exists = cursor.accept("if", "exists")
    name = cursor.object_name(Role.INDEX)
    new_name = cursor.name(Role.INDEX) if cursor.accept("rename", "to") else None
    options = clauses.options(cursor, clauses.ALTER_INDEX)
    if not options and new_name is None:
        raise cursor.unsupported(f"ALTER INDEX ... {cursor.token.value.upper()}")
    return tree.AlterIndex(place, name, new_name, options, exists)


# DROP and others


def drop(cursor: Cursor) -> Statement:
    """DROP of anything."""
    place = cursor.place
    cursor.expect("drop")
    kind = cursor.accept_phrase(_DROPPED)
    if not kind:
        if cursor.token.kind is Kind.WORD:
            raise cursor.unsupported(f"DROP {cursor.token.value.upper()}")
        raise cursor.error("ORA-00950", "invalid DROP option")
    if kind == "MATERIALIZED VIEW" and cursor.at("log", "on"):
        raise cursor.unsupported("DROP MATERIALIZED VIEW LOG")
    exists = cursor.accept("if", "exists")
    roles = {"INDEX": Role.INDEX, "VIEW": Role.VIEW, "TABLE": Role.TABLE, "SEQUENCE": Role.TABLE}
    name = cursor.object_name(roles.get(kind, Role.UNIT))
    words = _phrases(
        cursor,
        ("CASCADE CONSTRAINTS", "CASCADE", "PURGE", "FORCE", "VALIDATE", "ONLINE", "PRESERVE TABLE",
         "INCLUDING CONTENTS AND DATAFILES", "INCLUDING CONTENTS"),
    )  # fmt: skip
    return tree.Drop(place, kind, name, exists, words)


def truncate(cursor: Cursor) -> Statement:
    """TRUNCATE TABLE."""
    place = cursor.place
    cursor.expect("truncate")
    if cursor.at("cluster"):
        raise cursor.unsupported("TRUNCATE CLUSTER")
    cursor.expect("table")
    name = cursor.object_name()
    words = _phrases(cursor, ("PRESERVE MATERIALIZED VIEW LOG", "PURGE MATERIALIZED VIEW LOG", "DROP ALL STORAGE",
        "DROP STORAGE", "REUSE STORAGE", "CASCADE"))  # fmt: skip
    return tree.Truncate(place, name, words)


def rename(cursor: Cursor) -> Statement:
    """RENAME old TO new."""
    place = cursor.place
    cursor.expect("rename")
    old = cursor.name(Role.TABLE)
    cursor.expect("to")
    return tree.Rename(place, old, cursor.name(Role.TABLE))


def comment(cursor: Cursor) -> Statement:
    """COMMENT ON."""
    place = cursor.place
    cursor.expect("comment", "on")
    kind = cursor.accept_phrase(
        ("TABLE", "COLUMN", "MATERIALIZED VIEW", "OPERATOR", "INDEXTYPE", "EDITION", "AUDIT POLICY", "MINING MODEL")
    )
    if not kind:
        raise cursor.unexpected("TABLE or COLUMN")
    name = cursor.object_name()
    cursor.expect("is")
    return tree.Comment(place, kind, name, expressions.text(cursor))


def purge(cursor: Cursor) -> Statement:
    """PURGE."""
    place = cursor.place
    cursor.expect("purge")
    kind = cursor.expect_any("table", "index", "recyclebin", "dba_recyclebin")
    return tree.Purge(place, kind, cursor.object_name() if kind in ("TABLE", "INDEX") else None)


# privileges


def grant(cursor: Cursor) -> Statement:
    """GRANT or REVOKE."""
    place, verb = cursor.place, cursor.take().value.upper()
    privileges = cursor.listed(_privilege)
    kind, name = "", None
    if cursor.accept("on"):
        kind = cursor.accept_phrase(("DIRECTORY", "USER", "EDITION", "MINING MODEL", "JAVA SOURCE", "JAVA RESOURCE",
            "SQL TRANSLATION PROFILE", "SCHEMA"))  # fmt: skip
        name = cursor.object_name()
    cursor.expect("to" if verb == "GRANT" else "from")
    grantees = cursor.listed(_grantee)
    words = _phrases(cursor, ("WITH ADMIN OPTION", "WITH GRANT OPTION", "WITH HIERARCHY OPTION", "WITH DELEGATE OPTION",
        "CASCADE CONSTRAINTS", "FORCE", "CONTAINER = ALL", "CONTAINER = CURRENT"))  # fmt: skip
    return tree.Grant(place, verb, privileges, kind, name, grantees, words)


def _privilege(cursor: Cursor) -> tree.Privilege:
    place, words = cursor.place, []
    if cursor.token.kind is Kind.QUOTED:
        words.append(cursor.any_name().written)
    while cursor.token.kind is Kind.WORD and not cursor.at_any("on", "to", "from"):
        words.append(cursor.take().value.upper())
    if not words:
        raise cursor.unexpected("a privilege", 990)
    found = cursor.list_in_parentheses(Cursor.name) if cursor.at_op("(") else ()
    return tree.Privilege(place, " ".join(words), found)


def _grantee(cursor: Cursor) -> tree.Grantee:
    place = cursor.place
    kind = cursor.accept_any("package", "procedure", "function") if cursor.ahead().kind is Kind.WORD else ""
    name = _grantee_name(cursor)
    password = ""
    if cursor.accept("identified", "by"):
        if cursor.token.kind not in (Kind.WORD, Kind.QUOTED, Kind.NUMBER, Kind.STRING):
            raise cursor.unexpected("a password", 988)
        password = clauses.written(cursor, cursor.take())
    return tree.Grantee(place, name, kind, password)


def _grantee_name(cursor: Cursor) -> ObjectName:
    place = cursor.place
    parts: list[Name] = [cursor.any_name()]
    while cursor.accept_op("."):
        parts.append(cursor.any_name())
    return ObjectName(place, tuple(parts))
