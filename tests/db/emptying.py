"""Whether the tests may empty the Oracle schema that the environment names: they delete every image in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from loader.config import DB_DIRECTORY
from loader.database import Database

VARIABLE = "TEST_SCHEMA_MAY_BE_EMPTIED"
# What the migration runner remembers; the tests leave it as it is.
_HISTORY = {"IMG_SCHEMA_HISTORY", "IMG_SCHEMA_LOCK"}


def product_objects() -> dict[str, str]:
    """The product's tables, views and packages with their kind, from the script that removes them all."""
    script = (DB_DIRECTORY / "uninstall.sql").read_text(encoding="utf-8")
    found = re.findall(r"^drop (table|view|package) if exists (\w+)", script, re.MULTILINE)
    return {name.upper(): kind.upper() for kind, name in found}


def reason_to_stop(schema: str, objects: Iterable[str], filled: Collection[str], allowed: str | None) -> str | None:
    """Why the tests must not run in this schema; None where they may.

    `objects` are the names of what the schema holds, `filled` those of the product's tables that have rows, `allowed`
    is what the variable says: the name of a schema that may be emptied.
    """
    if allowed is not None and allowed.strip().upper() == schema.upper():
        return None
    foreign = sorted(name for name in objects if name not in product_objects() and not name.startswith("VECTOR$"))
    holds = [f"{name} has rows" for name in sorted(set(filled) - _HISTORY)] + [
        f"{name} is not ours" for name in foreign
    ]
    if not holds:
        return None
    shown = "; ".join(holds[:5]) + (f"; and {len(holds) - 5} more" if len(holds) > 5 else "")
    return (
        f"the tests delete every image of the schema that they run in, and {schema} is not empty: {shown}. "
        f"Make a user of its own for them (db/create_user.sql), or set {VARIABLE}={schema}"
    )


def reason_to_stop_here(database: Database, schema: str, allowed: str | None) -> str | None:
    """The same for an Oracle Database, read from its dictionary."""
    objects = [
        str(name)
        for (name,) in database.execute(
            "select object_name from all_objects where owner = sys_context('userenv', 'current_schema')"
            "   and object_type in ('TABLE', 'VIEW', 'PACKAGE', 'PROCEDURE', 'FUNCTION', 'TRIGGER', 'TYPE', 'SYNONYM')"
            "   and generated = 'N'"
        ).rows
    ]
    tables = [name for name, kind in product_objects().items() if kind == "TABLE" and name in objects]
    filled = [name for name in tables if list(database.execute(f"select 1 from {name} where rownum = 1").rows)]
    return reason_to_stop(schema, objects, filled, allowed)
