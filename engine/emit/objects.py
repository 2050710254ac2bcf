"""Views, comments, and what takes objects away."""

from __future__ import annotations

from engine.emit.context import Context
from engine.emit.definitions import Change, Definition, call, definitions, plain_name
from engine.emit.dispatch import reads
from engine.emit.fragment import EMPTY, Fragment
from engine.emit.literals import quoted
from engine.tree import ddl as tree
from engine.tree.base import Name
from engine.tree.expressions import TextLiteral

# What DROP of a kind calls, and the words that may stand behind it.
_DROPPED: dict[str, tuple[str, tuple[str, ...]]] = {
    "TABLE": ("ora.drop_table", ("CASCADE CONSTRAINTS", "PURGE")),
    "VIEW": ("ora.drop_view", ()),
    "INDEX": ("ora.drop_index", ()),
    "PACKAGE": ("ora.drop_package", ()),
    "PACKAGE BODY": ("ora.drop_package_body", ()),
}
# What PostgreSQL drops by the same words.
_SAME = ("SEQUENCE", "PROCEDURE", "FUNCTION")
# What has a text in the dictionary.
_WITH_TEXT = ("VIEW", "PROCEDURE", "FUNCTION", "PACKAGE")


@definitions.emits(tree.Drop, "kind name if_exists words")
def _drop(node: tree.Drop, context: Context) -> Definition:
    name = plain_name(node.name, context)
    function, words = _DROPPED.get(node.kind, ("", ()))
    other = [word for word in node.words if word not in words]
    if other or (not function and node.kind not in _SAME):
        raise context.not_supported(f"DROP {node.kind} {' '.join(other)}".rstrip(), node)
    done = f"{node.kind.capitalize()} dropped."
    if not function:
        opening = f"drop {node.kind.lower()} {'if exists' if node.if_exists else ''}".rstrip()
        # With a routine go its local subprograms, and what is kept of it.
        literal = context.name_literal(context.known(name))
        after = (f"ora.drop_routine({literal})",) if node.kind in ("PROCEDURE", "FUNCTION") else ()
        changes = (Change(Fragment((opening, node), context.spelled(name))), *_forgotten(node, name, context))
        return Definition(changes, done, after)
    arguments = [context.name_literal(context.known(name)), str(node.if_exists)]
    if node.kind == "TABLE":
        arguments.append(str("CASCADE CONSTRAINTS" in node.words))
    return Definition((call(function, ", ".join(arguments), node), *_forgotten(node, name, context)), done)


def _forgotten(node: tree.Drop, name: Name, context: Context) -> tuple[Change, ...]:
    """What the dictionary no longer keeps; a package's body is the package's concern."""
    if node.kind not in _WITH_TEXT:
        return ()
    arguments = f"{quoted(node.kind)}, {context.name_literal(context.known(name))}"
    return (call("ora.forget_text", arguments, node),)


@definitions.emits(tree.Truncate, "name", words="a clause of TRUNCATE")
def _truncate(node: tree.Truncate, context: Context) -> Definition:
    name = plain_name(node.name, context)
    return Definition((Change(Fragment(("truncate table", node), context.spelled(name))),), "Table truncated.")


@definitions.emits(tree.Comment, "kind name text")
def _comment(node: tree.Comment, context: Context) -> Definition:
    if node.kind not in ("TABLE", "COLUMN"):
        raise context.not_supported(f"COMMENT ON {node.kind}", node)
    word, *names = node.kind.lower(), *node.name.parts
    if node.name.link or len(names) != (2 if word == "column" else 1):
        raise context.not_supported("a schema name or a database link", names[0], "leave it out")
    if word == "table" and context.known(names[0]) in context.catalogue.views:
        word = "view"
    target = Fragment(context.spelled(names[0]), *((".", context.spelled(names[1])) if len(names) > 1 else ()))
    text = quoted(node.text.value) if isinstance(node.text, TextLiteral) else EMPTY
    return Definition((Change(Fragment((f"comment on {word}", node), target, "is", text)),), "Comment created.")


@reads(tree.ViewColumn, "name", visibility="INVISIBLE in a view", constraints="a constraint of a view")
def view_column(node: tree.ViewColumn, _: Context) -> Name:
    """A column's name in CREATE VIEW."""
    return node.name


definitions.refuse(
    {
        tree.AlterSession: "ALTER SESSION",
        tree.AlterUnit: "ALTER of a unit or a view",
        tree.CreateSynonym: "CREATE SYNONYM",
        tree.CreateContext: "CREATE CONTEXT",
        tree.CreateDirectory: "CREATE DIRECTORY",
        tree.CreateUser: "CREATE USER",
        tree.Rename: "RENAME",
        tree.Grant: "GRANT or REVOKE",
        tree.Purge: "PURGE",
    }
)
