"""A stand-in for the database server: python-oracledb connects to it and is the real one, to the last line.

It speaks what wire.py says, and keeps no data: an Engine answers the statements. It counts requests, each of which is
one round trip: impl/thin/protocol.pyx, Protocol._process_message, sends one and waits for its response.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from oracledb.thin_impl import decrypt_cbc, encrypt_cbc

from tests.oracle import wire
from tests.oracle.wire import BreakError, Column, HungUp, Reader, RefCursor, Writer

# impl/thin/constants.pxi: TTC functions.
_AUTH_ONE, _AUTH_TWO, _EXECUTE, _FETCH, _REEXECUTE, _REEXECUTE_AND_FETCH = 118, 115, 94, 5, 4, 78
_COMMIT, _ROLLBACK, _LOGOFF, _PING, _CLOSE_CURSORS, _SET_SCHEMA, _LOB = 14, 15, 9, 147, 105, 152, 96
# impl/thin/constants.pxi: LOB operations.
_LOB_CREATE, _LOB_READ, _LOB_WRITE = 0x0110, 0x0002, 0x0040
# impl/thin/constants.pxi: execute options.
_BIND, _DEFINE, _EXECUTE_OPTION, _FETCH_OPTION = 0x08, 0x10, 0x20, 0x40
_INPUT, _OUTPUT, _BOTH = 32, 16, 48
_NO_MORE_ROWS = 1403
# impl/thin/constants.pxi, TNS_ACCEPT_FLAG_FAST_AUTH: a connection takes three requests since release 23.
_FAST_AUTH = 0x10000000
# impl/thin/constants.pxi, TNS_MAX_CONNECT_DATA: longer connect data come in a packet of their own.
_CONNECT_DATA = 230
_BIND_NAME = re.compile(r"'[^']*'|:(\w+)")
_NAMES = {
    _EXECUTE: "execute",
    _REEXECUTE: "execute",
    _REEXECUTE_AND_FETCH: "execute",
    _FETCH: "fetch",
    _COMMIT: "commit",
    _ROLLBACK: "rollback",
    _LOGOFF: "logoff",
    _PING: "ping",
    _LOB: "lob",
}


class ServerError(Exception):
    """An error of the database: the session's language decides its text, the parse offset counts bytes."""

    def __init__(self, code: int, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offset = offset


class CutOff(Exception):
    """The network breaks: the client finds its connection closed."""


@dataclass(slots=True)
class Rows:
    """What a query gives: columns, and rows of which no more are drawn than the client asks for."""

    columns: list[Column]
    rows: Iterator[Sequence[Any]]


@dataclass(slots=True)
class Answer:
    """What a statement gives: rows of a query, values of OUT binds by name, and how many rows changed."""

    rows: Rows | None = None
    out: dict[str, Any] = field(default_factory=dict)
    row_count: int = 0


class Engine(Protocol):
    """One session's database."""

    def run(self, text: str, binds: dict[str, Any]) -> Answer:
        """Run a statement once; a block in executemany is run once for each row. Raises ServerError."""

    def commit(self) -> None:
        """Keep the changes."""

    def rollback(self) -> None:
        """Undo them."""

    def close(self) -> None:
        """The session ends."""


@dataclass(slots=True)
class _Cursor:
    """What the server keeps of an open cursor."""

    number: int
    text: str = ""
    names: list[str] = field(default_factory=list)
    binds: list[Column] = field(default_factory=list)
    directions: list[int] = field(default_factory=list)
    rows: Rows | None = None


class Server:
    """Listens on a port of this machine until it is closed; each connection gets an engine of its own."""

    def __init__(self, engine: Callable[[], Engine], user: str = "images") -> None:
        self._engine = engine
        self.user = user
        self.password = "secret"  # noqa: S105
        self.requests: list[str] = []
        self.statements: list[tuple[str, list[dict[str, Any]]]] = []
        # What large objects hold that an answer gives as locators.
        self.lobs: dict[bytes, str] = {}
        # Connections that are granted; more are refused as a listener refuses them.
        self.granted = 1_000
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._sessions: list[socket.socket] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def dsn(self) -> str:
        """The connect string; disable_oob as no urgent data are answered here."""
        return f"127.0.0.1:{self._socket.getsockname()[1]}/FREEPDB1"

    def round_trips(self, name: str | None = None) -> int:
        """How many requests came since the last forget, of one name or in all."""
        return len(self.requests) if name is None else self.requests.count(name)

    def forget(self) -> None:
        """Count from here."""
        self.requests.clear()
        self.statements.clear()

    def cut(self) -> None:
        """Break every connection."""
        for session in self._sessions:
            with contextlib.suppress(OSError):
                session.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening and break what is connected."""
        self._socket.close()
        self.cut()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._sessions.append(connection)
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(HungUp, OSError), connection:
            _Session(self, connection, self._engine).serve()


class _Session:
    def __init__(self, server: Server, connection: socket.socket, engine: Callable[[], Engine]) -> None:
        self.server = server
        self.connection = connection
        self.reader = Reader(connection)
        self.make_engine = engine
        self.engine: Engine | None = None
        self.cursors: dict[int, _Cursor] = {}
        self.lobs: dict[bytes, str] = {}
        self.number = 0

    def serve(self) -> None:
        """Answer until the client hangs up."""
        try:
            if not self._connect():
                return
            while True:
                try:
                    self._request()
                except BreakError:
                    self._reset()
        except CutOff:
            self.connection.shutdown(socket.SHUT_RDWR)
        finally:
            if self.engine is not None:
                self.engine.close()

    # connecting

    def _count(self, name: str) -> None:
        self.server.requests.append(name)

    def _connect(self) -> bool:
        """impl/thin/messages/connect.pyx, ConnectMessage.process."""
        self.reader.packet()
        if int.from_bytes(self.reader.raw(18)[16:]) > _CONNECT_DATA:
            self.reader.packet()
        self.reader.skip_rest()
        self._count("connect")
        self.server.connections += 1
        if self.server.connections > self.server.granted:
            # impl/thin/protocol.pyx, _receive_packet: two bytes, and the listener's text with its length.
            text = b"(DESCRIPTION=(ERR=12516))"
            Writer().u8(0, 0).u8(*len(text).to_bytes(2)).u8(*text).send(self.connection, 4, large=False)
            return False
        accept = Writer().u8(*(319).to_bytes(2)).u8(*bytes(2 + 10 + 1 + 9))
        accept.u8(*(65536).to_bytes(4)).u8(*bytes(5)).u8(*_FAST_AUTH.to_bytes(4))
        accept.send(self.connection, wire.ACCEPT, large=False)
        self.reader.large = True
        return True

    def _reset(self) -> None:
        """impl/thin/protocol.pyx, Protocol._reset: a marker of that kind, then the error of the call."""
        Writer().u8(1, 0, 2).send(self.connection, wire.MARKER)
        to = Writer()
        _write_end(to, ServerError(1013, "ORA-01013: User requested cancel of current operation."))
        to.send(self.connection)

    def _request(self) -> None:
        kind = self.reader.u8()
        if kind == wire.FAST_AUTH:
            self._fast_authorize()
        else:
            self._function(kind)

    def _fast_authorize(self) -> None:
        """impl/thin/messages/fast_auth.pyx, FastAuthMessage: three messages of which the last asks for the verifier."""
        self._count("fast authorization")
        to = Writer()
        self.reader.raw(3)
        self._protocol(to)
        self.reader.raw(6)
        self._data_types(to)
        self.reader.raw(2)
        self.reader.u8()
        self._authorize(_AUTH_ONE, to)

    def _protocol(self, to: Writer) -> None:
        """impl/thin/messages/protocol.pyx, ProtocolMessage."""
        self.reader.raw(3)
        while self.reader.u8():
            pass
        # impl/thin/capabilities.pyx: field version 24 is 23.4's; 32,767 bytes in a VARCHAR2.
        compile_caps = bytearray(55)
        compile_caps[7] = 24
        runtime_caps = bytearray(13)
        runtime_caps[6] = 0x04
        to.u8(wire.PROTOCOL, 6, 0).u8(*b"stand-in\0").u8(*(873).to_bytes(2, "little"), 1, 0, 0)
        to.u8(*(11).to_bytes(2), *bytes(9), *(2000).to_bytes(2))
        to.text(bytes(compile_caps)).text(bytes(runtime_caps))

    def _data_types(self, to: Writer) -> None:
        """impl/thin/messages/data_types.pyx, DataTypesMessage."""
        self.reader.raw(6)
        self.reader.text()
        self.reader.text()
        while self.reader.u16():
            self.reader.raw(6)
        to.u8(wire.DATA_TYPES, 0, 0)

    def _function(self, kind: int) -> None:
        """impl/thin/messages/base.pyx, _write_function_code: piggybacks, then the function itself."""
        while kind == wire.PIGGYBACK:
            self._piggyback(self.reader.u8())
            kind = self.reader.u8()
        code = self.reader.u8()
        self.reader.u8()
        self.reader.ub()
        if code == _AUTH_TWO:
            self._count("authorization")
            self._authorize(code, Writer())
            return
        self._count(_NAMES[code])
        if code == _LOB:
            self._lob()
        elif code in (_EXECUTE, _REEXECUTE, _REEXECUTE_AND_FETCH):
            self._execute() if code == _EXECUTE else self._reexecute()
        elif code == _FETCH:
            cursor, count = self.cursors[self.reader.ub()], self.reader.ub()
            self._guarded(lambda to: self._rows(to, cursor, count), cursor)
        else:
            self._guarded(lambda _: self._transaction(code))

    def _transaction(self, code: int) -> None:
        assert self.engine is not None
        if code == _COMMIT:
            self.engine.commit()
        elif code in (_ROLLBACK, _LOGOFF):
            self.engine.rollback()

    def _piggyback(self, code: int) -> None:
        self.reader.u8()
        self.reader.ub()
        self.reader.u8()
        if code == _CLOSE_CURSORS:
            for _ in range(self.reader.ub()):
                self.cursors.pop(self.reader.ub(), None)
        elif code == _SET_SCHEMA:
            self.reader.sized()
        elif code == _LOB:
            # impl/thin/messages/base.pyx, _write_close_temp_lobs_piggyback: the locators come last.
            size = self.reader.ub()
            self.reader.u8()
            for _ in range(3):
                self.reader.ub()
            self.reader.raw(3)
            self.reader.ub()
            self.reader.u8()
            for _ in range(3):
                self.reader.ub()
            self.reader.u8()
            for _ in range(3):
                self.reader.u8()
                self.reader.ub()
            for _ in range(size // len(wire.LOCATOR)):
                self.lobs.pop(self.reader.raw(len(wire.LOCATOR)))
        else:
            raise NotImplementedError(f"piggyback {code}")

    def _lob(self) -> None:
        """impl/thin/messages/lob_op.pyx, _write_message and _process_return_parameters."""
        reader = self.reader
        reader.u8()
        size = reader.ub()
        reader.u8()
        for _ in range(3):
            reader.ub()
        reader.raw(3)
        operation = reader.ub()
        reader.raw(2)
        reader.ub()
        reader.ub()
        with_amount = reader.u8()
        reader.raw(6)
        locator = reader.raw(size)
        to = Writer()
        if operation == _LOB_CREATE:
            reader.ub()
            self.number += 1
            # impl/thin/lob.pyx, free_lob: the flag of a temporary one is the first bit of the eighth byte.
            locator = bytes(7) + b"\x01" + self.number.to_bytes(32)
            self.lobs[locator] = ""
            to.u8(wire.PARAMETER, *locator).ub(0).u8(0)
        elif operation == _LOB_WRITE:
            reader.u8()
            self.lobs[locator] += (reader.text() or b"").decode()
            to.u8(wire.PARAMETER, *locator)
        elif operation == _LOB_READ:
            if with_amount:
                reader.ub()
            text = self.server.lobs[locator].encode()
            to.u8(wire.LOB_DATA).text(text).u8(wire.PARAMETER, *locator).ub(len(text))
        else:
            raise NotImplementedError(f"LOB operation {operation}")
        _write_end(to, None)
        to.send(self.connection)

    def _authorize(self, code: int, to: Writer) -> None:
        """impl/thin/messages/auth.pyx, AuthMessage: the 11g verifier, whose server side is the same arithmetic."""
        self.reader.u8()
        self.reader.ub()
        self.reader.ub()
        self.reader.u8()
        count = self.reader.ub()
        self.reader.raw(2)
        user = (self.reader.text() or b"").decode()
        given = {}
        for _ in range(count):
            name = (self.reader.sized() or b"").decode()
            given[name] = (self.reader.sized() or b"").decode()
            self.reader.ub()
        if code == _AUTH_ONE:
            salt = secrets.token_bytes(10)
            self.verifier = hashlib.sha1(self.server.password.encode() + salt).digest() + bytes(4)  # noqa: S324
            self.key_part = secrets.token_bytes(48)
            encrypted = encrypt_cbc(self.verifier, self.key_part)[:48]
            self._parameters(to, {"AUTH_SESSKEY": encrypted.hex(), "AUTH_VFR_DATA": salt.hex()})
            return
        other = decrypt_cbc(self.verifier, bytes.fromhex(given["AUTH_SESSKEY"]))
        mixed = bytes(self.key_part[i] ^ other[i] for i in range(16, 40))
        halves = [hashlib.md5(part).digest() for part in (mixed[:16], mixed[16:])]  # noqa: S324
        key = b"".join(halves)[:24]
        password = decrypt_cbc(key, bytes.fromhex(given["AUTH_PASSWORD"]))[16:]
        if user.lower() != self.server.user or password[: -password[-1]] != self.server.password.encode():
            _write_end(to, ServerError(1017, "ORA-01017: invalid credential or not authorized; logon denied"))
            to.send(self.connection)
            return
        self.engine = self.make_engine()
        self._parameters(
            to,
            {
                "AUTH_SVR_RESPONSE": encrypt_cbc(key, secrets.token_bytes(16) + b"SERVER_TO_CLIENT")[:32].hex(),
                "AUTH_SESSION_ID": "1",
                "AUTH_SERIAL_NUM": "1",
                "AUTH_MAX_OPEN_CURSORS": "300",
                # impl/thin/messages/auth.pyx, _get_version_tuple: 23.7.0.25.1.
                "AUTH_VERSION_NO": str(23 << 24 | 7 << 16 | 25 << 4 | 1),
            },
        )

    def _parameters(self, to: Writer, values: dict[str, str]) -> None:
        to.u8(wire.PARAMETER).ub(len(values))
        for name, value in values.items():
            to.sized(name).sized(value).ub(0x1B25 if name == "AUTH_VFR_DATA" else 0)
        to.u8(wire.STATUS).ub(0, 0).send(self.connection)

    # statements

    def _guarded(self, act: Callable[[Writer], ServerError | None], cursor: _Cursor | None = None) -> None:
        """Send what the action writes, and what became of it."""
        to = Writer()
        try:
            end = act(to)
        except ServerError as error:
            end = error
        _write_end(to, end, cursor)
        to.send(self.connection)

    def _execute(self) -> None:
        """impl/thin/messages/execute.pyx, _write_execute_message."""
        reader = self.reader
        options, number = reader.ub(), reader.ub()
        reader.u8()
        length = reader.ub()
        reader.raw(1)
        reader.ub()
        reader.raw(2)
        reader.ub()
        row_count = reader.ub()
        reader.ub()
        reader.u8()
        bind_count = reader.ub()
        reader.raw(5)
        reader.u8()
        defines = reader.ub()
        reader.ub()
        reader.raw(3)
        reader.ub()
        reader.u8()
        reader.ub()
        reader.ub()
        reader.raw(1)
        reader.ub()
        reader.raw(2)
        reader.ub()
        reader.u8()
        reader.ub()
        reader.u8()
        reader.u8()
        reader.ub()
        text = (reader.text() or b"").decode() if length else ""
        control = [reader.ub() for _ in range(13)]
        if number:
            cursor = self.cursors[number]
        else:
            self.number += 1
            cursor = self.cursors[self.number] = _Cursor(self.number, text, _bind_names(text))
        if options & _DEFINE:
            wire.read_bind_columns(reader, defines)
            self._guarded(lambda to: self._rows(to, cursor, row_count), cursor)
        elif not options & _EXECUTE_OPTION:
            self._guarded(lambda to: self._rows(to, cursor, row_count), cursor)
        else:
            executions = 1 if cursor.rows else max(control[1], 1)
            if bind_count and options & _BIND:
                cursor.binds = wire.read_bind_columns(reader, bind_count)
                cursor.directions = []
            rows = self._bind_rows(cursor, executions if bind_count else 0, with_outputs=True)
            self._run(cursor, rows, executions, row_count if options & _FETCH_OPTION else 0)

    def _reexecute(self) -> None:
        """impl/thin/messages/execute.pyx, _write_reexecute_message: OUT binds are not sent again."""
        cursor, executions = self.cursors[self.reader.ub()], self.reader.ub()
        self.reader.ub()
        self.reader.ub()
        sent = [direction for direction in cursor.directions if direction != _OUTPUT]
        fetched = executions if cursor.rows else 0
        executions = 1 if cursor.rows else executions
        rows = self._bind_rows(cursor, executions if sent or (cursor.binds and not cursor.directions) else 0)
        self._run(cursor, rows, executions, fetched)

    def _bind_rows(self, cursor: _Cursor, count: int, with_outputs: bool = False) -> list[dict[str, Any]]:
        rows = []
        for _ in range(count):
            self.reader.u8()
            values = {}
            for index, (name, column) in enumerate(zip(cursor.names, cursor.binds, strict=True)):
                if with_outputs or not cursor.directions or cursor.directions[index] != _OUTPUT:
                    value = wire.read_bind(self.reader, column)
                    values[name] = self.lobs[value] if column.kind == wire.CLOB and value else value
            rows.append(values)
        return rows

    def _run(self, cursor: _Cursor, rows: list[dict[str, Any]], executions: int, fetched: int) -> None:
        self.server.statements.append((cursor.text, rows))
        self._guarded(lambda to: self._answer(to, cursor, rows or [{}] * executions, fetched), cursor)

    def _answer(self, to: Writer, cursor: _Cursor, rows: list[dict[str, Any]], fetched: int) -> ServerError:
        assert self.engine is not None
        answer = Answer()
        changed = 0
        for index, binds in enumerate(rows):
            try:
                answer = self.engine.run(cursor.text, binds)
            except ServerError as error:
                # impl/thin/messages/execute.pyx, ExecuteMessage.process: the rows before the failing one are told.
                return _end(error, index)
            changed += answer.row_count
        if answer.rows is not None:
            cursor.rows = answer.rows
            to.u8(wire.DESCRIBE_INFO).text(b"\0")
            wire.write_describe(to, answer.rows.columns)
            # impl/thin/messages/base.pyx, _process_describe_info: rows with large objects wait for a define.
            if fetched and not any(column.kind in wire.DEFINED for column in answer.rows.columns):
                return self._rows(to, cursor, fetched)
            return _end(None, 0)
        if cursor.binds:
            self._write_outputs(to, cursor, answer.out)
        return _end(None, changed)

    def _write_outputs(self, to: Writer, cursor: _Cursor, out: dict[str, Any]) -> None:
        """impl/thin/messages/base.pyx, _process_io_vector and _process_row_data."""
        cursor.directions = [
            (_BOTH if name in out and self._sent_both(name) else _OUTPUT) if name in out else _INPUT
            for name in cursor.names
        ]
        to.u8(wire.IO_VECTOR, 0).ub(len(cursor.binds), 0, 1, 0, 0, 0).u8(*cursor.directions)
        if out:
            to.u8(wire.ROW_DATA)
        for name, column in zip(cursor.names, cursor.binds, strict=True):
            if name not in out:
                continue
            values = out[name] if column.is_array else [out[name]]
            if column.is_array:
                to.ub(len(values))
            for value in values:
                if isinstance(value, RefCursor):
                    self._write_cursor(to, value)
                else:
                    wire.write_value(to, column, value)
                to.ub(0)

    @staticmethod
    def _sent_both(name: str) -> bool:
        # The one IN OUT parameter that the loader meets: the number of lines of DBMS_OUTPUT.GET_LINES.
        return name == "2"

    def _write_cursor(self, to: Writer, value: RefCursor) -> None:
        """impl/thin/messages/base.pyx, _process_column_data, CURSOR: a length, the description, its number."""
        self.number += 1
        self.cursors[self.number] = _Cursor(self.number, rows=value.cursor)
        to.u8(1)
        wire.write_describe(to, value.cursor.columns)
        to.ub(self.number)

    def _rows(self, to: Writer, cursor: _Cursor, count: int) -> ServerError:
        """impl/thin/messages/base.pyx, _process_row_header and _process_row_data; 1403 says that no more come."""
        assert cursor.rows is not None
        columns = cursor.rows.columns
        for index in range(count):
            try:
                row = next(cursor.rows.rows, None)
            except ServerError as error:
                return _end(error, index)
            if row is None:
                return _end(ServerError(_NO_MORE_ROWS, "ORA-01403: no data found"), index)
            if index == 0:
                to.u8(wire.ROW_HEADER, 0).ub(0, 0, 0, 0, 0, 0)
            to.u8(wire.ROW_DATA)
            for column, value in zip(columns, row, strict=True):
                if isinstance(value, RefCursor):
                    self._write_cursor(to, value)
                    continue
                # A large object that was defined as LONG comes as LONG, with an indicator and a code after it.
                wire.write_value(to, column, value)
                if column.kind in (wire.CLOB, wire.BLOB, wire.LONG, wire.LONG_RAW):
                    to.ub(0, 0)
        return _end(None, count)


def _bind_names(text: str) -> list[str]:
    """impl/thin/statement.pyx, _add_bind: each name once, in order; those in texts are none."""
    return list(dict.fromkeys(name for name in _BIND_NAME.findall(text) if name))


class _End(ServerError):
    def __init__(self, error: ServerError | None, row_count: int) -> None:
        super().__init__(error.code if error else 0, error.message if error else "", error.offset if error else 0)
        self.row_count = row_count


def _end(error: ServerError | None, row_count: int) -> ServerError:
    return _End(error, row_count)


def _write_end(to: Writer, error: ServerError | None, cursor: _Cursor | None = None) -> None:
    """impl/thin/messages/base.pyx, Message._process_error_info."""
    code = error.code if error else 0
    row_count = error.row_count if isinstance(error, _End) else 0
    to.u8(wire.ERROR).ub(0, 0, 0, 0, 0, 0, cursor.number if cursor else 0, error.offset if error else 0)
    to.u8(0, 0, 0, 0, 0, 0).ub(0, 0).u8(0).ub(0, 0)
    to.ub(0).u8(0, 0).ub(0, 0).sized(None).ub(0, 0, 0)
    to.ub(code, row_count, 0, 0)
    if error and code:
        to.text(error.message.encode())
