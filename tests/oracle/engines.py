"""What answers behind the stand-in: a script of answers, or the embedded engine with the product's own packages."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from loader.database import DatabaseError, Json
from loader.database.embedded import EmbeddedDatabase
from tests.oracle import wire
from tests.oracle.server import Answer, Rows, ServerError
from tests.oracle.wire import Column, RefCursor

# The blocks that loader/database/oracle.py makes.
_CALL = re.compile(
    r"(declare (t_\w+ clob := :\w+; j_\w+ json; )+)?begin (select json\(t_\w+\) into j_\w+ from dual; )*"
    r"(if :is_first = 1 then savepoint (?P<savepoint>\w+); end if; )?(?P<result>:result := )?"
    r"(?P<routine>\w+\.\w+)\((?P<arguments>[^()]*)\); end;"
)
_ARGUMENT = re.compile(r"(\w+) => (?::|j_)(\w+)")

Reply = Answer | ServerError | Exception | Callable[[dict[str, Any]], Answer]


def table(columns: Sequence[Column], *rows: Sequence[Any], then: Exception | None = None) -> Answer:
    """A query's answer; `then` is raised where its rows end."""

    def drawn() -> Iterator[Sequence[Any]]:
        yield from rows
        if then is not None:
            raise then

    return Answer(rows=Rows(list(columns), drawn()))


class Script:
    """Answers by the first pattern that the statement holds; what no pattern meets changes nothing."""

    def __init__(self) -> None:
        self._replies: list[tuple[str, Reply]] = []
        self.done: list[str] = []

    def on(self, pattern: str, reply: Reply) -> Script:
        """Answer statements that hold `pattern`; a function is given the binds."""
        self._replies.insert(0, (pattern, reply))
        return self

    def run(self, text: str, binds: dict[str, Any]) -> Answer:
        """The reply to a statement."""
        self.done.append(text)
        for pattern, reply in self._replies:
            if re.search(pattern, text, re.IGNORECASE | re.DOTALL):
                if isinstance(reply, Exception):
                    raise reply
                return reply(binds) if callable(reply) else reply
        return Answer()

    def commit(self) -> None:
        """Noted."""
        self.done.append("commit")

    def rollback(self) -> None:
        """Noted."""
        self.done.append("rollback")

    def close(self) -> None:
        """Nothing to do."""


def signatures(*rows: tuple[str, int, str | None, str]) -> Answer:
    """ALL_ARGUMENTS as the loader asks it: routine, position, argument's name and type, of package img_test."""
    return arguments(("img_test", *row) for row in rows)


def arguments(rows: Iterable[Sequence[Any]]) -> Answer:
    """The same of any package."""
    columns = [
        Column(wire.VARCHAR, "PACKAGE_NAME"),
        Column(wire.VARCHAR, "OBJECT_NAME"),
        Column(wire.NUMBER, "POSITION", 22),
        Column(wire.VARCHAR, "ARGUMENT_NAME"),
        Column(wire.VARCHAR, "DATA_TYPE"),
    ]
    return table(columns, *rows)


class Product:
    """The packages of db/ on the embedded engine, called by the blocks that the loader sends to Oracle."""

    def __init__(self, directory: Path) -> None:
        self._database = EmbeddedDatabase(directory)
        self._postgres = self._database.session.connection
        self._savepoints: set[str] = set()

    def run(self, text: str, binds: dict[str, Any]) -> Answer:
        """Run a block of the loader's, its query of ALL_ARGUMENTS, or what it says of sessions and transactions."""
        try:
            if "all_arguments" in text:
                return arguments(self._arguments())
            if call := _CALL.fullmatch(text):
                return self._call(call, binds)
            if text.startswith("alter session set"):
                return Answer()
            if text == "set transaction read only":
                self._database.begin_snapshot()
                return Answer()
            if text.startswith("rollback to savepoint"):
                if text.split()[-1] not in self._savepoints:
                    raise ServerError(1086, "ORA-01086: savepoint never established in this session or is invalid")
                self._postgres.execute(text.encode())
                return Answer()
        except DatabaseError as error:
            stack = "\nORA-06512: at line 1"
            raise ServerError(error.code or 600, f"{error.message}{stack}") from error
        raise NotImplementedError(text)

    def _call(self, call: re.Match[str], binds: dict[str, Any]) -> Answer:
        if call["savepoint"] and binds["is_first"] == 1:
            self._postgres.execute(f"savepoint {call['savepoint']}".encode())
            self._savepoints.add(call["savepoint"])
        named = {name: binds[bind] for name, bind in _ARGUMENT.findall(call["arguments"])}
        routine = self._database.session.routine(call["routine"])
        types = {parameter.name: parameter.type for parameter in routine.parameters}
        given = {name: _given(types[name], value) for name, value in named.items()}
        if not call["result"]:
            self._database.call(call["routine"], **given)
            return Answer()
        value = self._database.value(call["routine"], **given)
        if routine.returns == "refcursor":
            return Answer(out={"result": RefCursor(self._cursor(value))})
        return Answer(out={"result": json.loads(value) if routine.returns == "jsonb" and value else value})

    def _cursor(self, name: str) -> Rows:
        fetch = f'from "{name}"'
        described = self._postgres.execute(f"fetch 0 {fetch}".encode()).description or []
        columns = [Column(_kind(column.type_display), column.name.upper()) for column in described]

        def drawn() -> Iterator[Sequence[Any]]:
            # One by one: FOR UPDATE locks what is fetched.
            while row := self._postgres.execute(f"fetch 1 {fetch}".encode(), binary=True).fetchone():
                yield [
                    json.loads(value, parse_float=Decimal) if column.kind == wire.JSON and value is not None else value
                    for column, value in zip(columns, row, strict=True)
                ]

        return Rows(columns, drawn())

    def _arguments(self) -> Iterator[Sequence[Any]]:
        for package in self._database.session.stored.catalogue.packages.values():
            for routine in package.routines:
                if routine.returns:
                    yield package.name, routine.name, 0, None, _oracle_name(routine.returns)
                for position, parameter in enumerate(routine.parameters, start=1):
                    yield package.name, routine.name, position, parameter.name, _oracle_name(parameter.type)

    def commit(self) -> None:
        """Keep the changes."""
        self._database.commit()
        self._savepoints.clear()

    def rollback(self) -> None:
        """Undo them."""
        self._database.rollback()
        self._savepoints.clear()

    def close(self) -> None:
        """End the session, and with it what was not committed."""
        self._database.close()


def _given(kind: str, value: Any) -> Any:
    """A bind as the embedded engine's interface takes it."""
    if kind == "jsonb" and value is not None:
        return Json(value)
    if isinstance(value, array):
        return np.asarray(value, np.float32)
    return value


def _oracle_name(kind: str) -> str:
    """What ALL_ARGUMENTS calls a type."""
    return {"refcursor": "REF CURSOR", "jsonb": "JSON", "text": "CLOB", "double precision": "BINARY_DOUBLE"}.get(
        kind, "VECTOR" if kind.startswith("vector") else "VARCHAR2" if "char" in kind else "NUMBER"
    )


def _kind(display: str) -> int:
    """The type of a column by PostgreSQL's name of its own."""
    kinds = {"numeric": wire.NUMBER, "int8": wire.NUMBER, "int4": wire.NUMBER, "jsonb": wire.JSON}
    kinds |= {"float8": wire.BINARY_DOUBLE, "timestamptz": wire.TIMESTAMP, "timestamp": wire.TIMESTAMP}
    return kinds.get(display.partition("(")[0], wire.VECTOR if display.startswith("vector") else wire.VARCHAR)
