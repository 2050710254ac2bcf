"""A session on the server, and what must be there before the first statement: the database and the run-time SQL."""

from __future__ import annotations

import contextlib
import hashlib
from typing import Any, cast

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from engine import runtime
from engine.server import sessions

_SEARCH_PATH = "app,ora,public,pg_catalog"
# Held while the run-time SQL is brought up to date.
_LOCK = 20230423


def ensure_database(uri: str, database: str) -> None:
    """Make the database where there is none.

    C.UTF-8: strings sort by code point, as Oracle's default does, and case folding is Unicode's.
    """
    with sessions.connect(uri, autocommit=True) as connection:
        row = connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone()
        if row is None:
            # Another process may be quicker.
            with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(
                    sql.SQL(
                        "create database {} template template0 encoding 'UTF8' "
                        "locale_provider builtin builtin_locale 'C.UTF-8'"
                    ).format(sql.Identifier(database))
                )


def connect(uri: str, database: str, program: str) -> psycopg.Connection[TupleRow]:
    """A session in which unqualified names mean the user's objects first, then the run-time SQL's."""
    return sessions.connect(uri, dbname=database, options=f"-c search_path={_SEARCH_PATH}", application_name=program)


def ensure_runtime(connection: psycopg.Connection[TupleRow]) -> None:
    """Run the run-time SQL unless the database has this version of it."""
    text = runtime.text()
    digest = hashlib.sha256(text.encode()).hexdigest()
    connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    current = connection.execute(
        "select description from pg_namespace n join pg_description d on d.objoid = n.oid where nspname = 'ora'"
    ).fetchone()
    if current != (digest,):
        connection.execute("set local client_min_messages = warning")
        connection.execute(cast(Any, text), prepare=False)
        connection.execute(sql.SQL("comment on schema ora is {}").format(digest))
    connection.commit()
