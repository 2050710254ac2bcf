"""Oracle's network format as python-oracledb 26.1.0 reads and writes it, seen from the server's side.

Each function says which of the driver's own functions it answers to: files below src/oracledb of that release. Numbers,
vectors and JSON are not written anew: they pass through the driver's own encoders (ThinConnImpl.encode_oson).
"""

from __future__ import annotations

import socket
import struct
from array import array
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from oracledb import thin_impl

# impl/thin/constants.pxi: packet and message types.
CONNECT, ACCEPT, DATA, MARKER = 1, 2, 6, 12
PROTOCOL, DATA_TYPES, FUNCTION, ERROR, ROW_HEADER, ROW_DATA, PARAMETER, STATUS = 1, 2, 3, 4, 6, 7, 8, 9
IO_VECTOR, LOB_DATA, DESCRIBE_INFO, PIGGYBACK, FAST_AUTH = 11, 14, 16, 17, 34
_RESET = 2
# base_impl.pxd: Oracle's numbers of its types.
VARCHAR, NUMBER, BINARY_INTEGER, LONG, ROWID, DATE, RAW, LONG_RAW = 1, 2, 3, 8, 11, 12, 23, 24
BINARY_DOUBLE, CURSOR, CLOB, BLOB, JSON, VECTOR, TIMESTAMP, TIMESTAMP_TZ = 101, 102, 112, 113, 119, 127, 180, 181
INTERVAL_YM, INTERVAL_DS, BOOLEAN = 182, 183, 252
# impl/thin/messages/base.pyx, _process_describe_info: rows with such columns are sent after a define only.
DEFINED = (CLOB, BLOB, JSON, VECTOR)
LOCATOR = bytes(40)
_codec = thin_impl.ThinConnImpl()
# impl/base/oson.pyx, OsonEncoder.encode: magic bytes, version, flags and size come before a scalar's node.
_OSON_HEAD = 8


class HungUp(Exception):
    """The other side closed the connection."""


def number_bytes(value: int | float | Decimal) -> bytes:
    """A NUMBER as impl/base/encoders.pyx, encode_number, writes it: the node's type and length come before it."""
    return bytes(_codec.encode_oson(value)[_OSON_HEAD + 2 :])


def number(data: bytes) -> Any:
    """A NUMBER as impl/base/decoders.pyx, decode_number, reads it; int where it is whole."""
    node = b"\x34" + bytes([len(data)]) + data
    value = _codec.decode_oson(b"\xffJZ\x01\x00\x16" + struct.pack(">H", len(node)) + node)
    return int(value) if value == value.to_integral_value() else value


def vector_bytes(value: array[Any]) -> bytes:
    """A VECTOR as impl/base/vector.pyx, VectorEncoder.encode, writes it: two bytes of type and a length precede it."""
    return bytes(_codec.encode_oson(value)[_OSON_HEAD + 6 :])


def vector(data: bytes) -> Any:
    """A VECTOR as impl/base/vector.pyx, VectorDecoder.decode, reads it."""
    node = b"\x7b\x01" + struct.pack(">I", len(data)) + data
    return _codec.decode_oson(b"\xffJZ\x01\x10\x16" + struct.pack(">I", len(node)) + node)


def oson(value: Any) -> bytes:
    """A JSON value as impl/base/oson.pyx, OsonEncoder, writes it."""
    return bytes(_codec.encode_oson(value))


def from_oson(data: bytes) -> Any:
    """A JSON value as impl/base/oson.pyx, OsonDecoder, reads it."""
    return _codec.decode_oson(data)


@dataclass(frozen=True, slots=True)
class Column:
    """What a query says of a column, or a call of a bind."""

    kind: int
    name: str = ""
    size: int = 4000
    charset_form: int = 1
    is_array: bool = False


@dataclass(slots=True)
class Raw:
    """A value that is encoded already, for what the driver can read and not write."""

    data: bytes


@dataclass(slots=True)
class RefCursor:
    """A cursor among the values; `cursor` is what the server keeps of it."""

    cursor: Any


class BreakError(Exception):
    """The client gave a call up."""


class Reader:
    """The client's requests, packet after packet."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._data = b""
        self._position = 0
        # impl/thin/packet.pyx, WriteBuffer._send_packet: lengths have two bytes before the connection is accepted.
        self.large = False

    def _receive(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            try:
                part = self._connection.recv(count - len(parts))
            except OSError as error:
                raise HungUp from error
            if not part:
                raise HungUp
            parts += part
        return bytes(parts)

    def packet(self) -> int:
        """Wait for a packet; its type."""
        head = self._receive(8)
        size = struct.unpack(">I", head[:4])[0] if self.large else struct.unpack(">H", head[:2])[0]
        body = self._receive(size - 8)
        self._data, self._position = (body[2:] if head[4] == DATA else body), 0
        if head[4] == MARKER:
            self.skip_rest()
            if body[2] == _RESET:
                raise BreakError
            return self.packet()
        return head[4]

    def raw(self, count: int) -> bytes:
        """So many bytes, from as many packets as they take (impl/thin/packet.pyx, WriteBuffer._write_more_data)."""
        parts = bytearray()
        while len(parts) < count:
            if self._position == len(self._data):
                self.packet()
            part = self._data[self._position : self._position + count - len(parts)]
            self._position += len(part)
            parts += part
        return bytes(parts)

    def skip_rest(self) -> None:
        """Leave out what is left of the packet."""
        self._position = len(self._data)

    def u8(self) -> int:
        """A byte."""
        return self.raw(1)[0]

    def u16(self) -> int:
        """Two bytes, the larger first."""
        return int.from_bytes(self.raw(2))

    def ub(self) -> int:
        """impl/base/buffer.pyx, write_ub2, write_ub4 and write_ub8: a length, and as many bytes."""
        return int.from_bytes(self.raw(self.u8() & 0x7F))

    def text(self) -> bytes | None:
        """impl/base/buffer.pyx, _write_raw_bytes_and_length: one length, or pieces where there are more than 252."""
        length = self.u8()
        if length != 254:
            return self.raw(length) if length else None
        parts = bytearray()
        while piece := self.ub():
            parts += self.raw(piece)
        return bytes(parts)

    def sized(self) -> bytes | None:
        """impl/base/buffer.pyx, write_bytes_with_two_lengths."""
        return self.text() if self.ub() else None


@dataclass(slots=True)
class Writer:
    """A response, which is sent as one packet."""

    data: bytearray = field(default_factory=bytearray)

    def u8(self, *values: int) -> Writer:
        """Bytes as they are."""
        self.data += bytes(values)
        return self

    def ub(self, *values: int) -> Writer:
        """impl/base/buffer.pyx, read_ub2, read_ub4 and read_ub8."""
        for value in values:
            size = (value.bit_length() + 7) // 8
            self.data += bytes([size]) + value.to_bytes(size)
        return self

    def text(self, value: bytes | None) -> Writer:
        """impl/base/buffer.pyx, read_raw_bytes_and_length; impl/thin/packet.pyx for the form in pieces."""
        if not value:
            self.data.append(0)
        elif len(value) <= 252:
            self.data += bytes([len(value)]) + value
        else:
            self.data.append(254)
            self.ub(len(value))
            self.data += value
            self.data.append(0)
        return self

    def sized(self, value: str | bytes | None) -> Writer:
        """impl/base/buffer.pyx, read_str_with_length and read_bytes_with_length."""
        encoded = value.encode() if isinstance(value, str) else value
        self.ub(len(encoded or b""))
        return self.text(encoded) if encoded else self

    def send(self, connection: socket.socket, kind: int = DATA, large: bool = True) -> None:
        """As one packet (impl/thin/transport.pyx, extract_packet)."""
        body = (b"\0\0" if kind == DATA else b"") + bytes(self.data)
        size = len(body) + 8
        head = struct.pack(">I", size) if large else struct.pack(">HH", size, 0)
        connection.sendall(head + bytes([kind, 0, 0, 0]) + body)


def write_describe(to: Writer, columns: list[Column]) -> None:
    """impl/thin/messages/base.pyx, _process_describe_info and _process_metadata."""
    to.ub(1000, len(columns))
    if columns:
        to.u8(0)
    for position, column in enumerate(columns, start=1):
        text = column.kind in (VARCHAR, CLOB, LONG)
        scale = 0x81 if column.kind == NUMBER else 0
        to.u8(column.kind, 0, 0, scale)
        to.ub(column.size, 0, 0).sized(None).ub(0, 873 if text else 0).u8(column.charset_form if text else 0)
        to.ub(column.size if text else 0, 0).u8(1, 0)
        to.sized(column.name).sized(None).sized(None).ub(position, 0)
        to.sized(None).sized(None).ub(0)
        to.ub(0).u8(0, 0)
    to.sized(None).ub(0, 0, 0, 0).sized(None)


def write_value(to: Writer, column: Column, value: Any) -> None:
    """impl/thin/messages/base.pyx, _process_column_data, by the column's type."""
    kind = column.kind
    if isinstance(value, Raw):
        value = value.data
    if kind in (JSON, VECTOR):
        if value is None:
            to.ub(0)
            return
        data = value if isinstance(value, bytes) else oson(value) if kind == JSON else vector_bytes(value)
        # impl/thin/packet.pyx, read_oson and read_vector: as a LOB whose data come with its locator.
        to.ub(len(LOCATOR), len(data), 0).text(data).text(LOCATOR)
    else:
        to.text(_plain(column, value))


def _plain(column: Column, value: Any) -> bytes | None:
    """impl/base/decoders.pyx, the decode_ function of the type."""
    match value:
        case None:
            return None
        case bytes():
            return value
        case bool():
            return b"\x01\x01" if value else b"\x00"
        case datetime():
            return timestamp_bytes(value)
        case timedelta():
            return interval_bytes(value)
        case float() if column.kind == BINARY_DOUBLE:
            (bits,) = struct.unpack(">Q", struct.pack(">d", value))
            return struct.pack(">Q", bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63))
        case int() | float() | Decimal():
            return number_bytes(value)
    return str(value).encode("utf-16-be" if column.charset_form == 2 else "utf-8")


def timestamp_bytes(value: datetime) -> bytes:
    """impl/base/decoders.pyx, decode_date: century and year with 100 added, times with 1, then nanoseconds."""
    century, year = divmod(value.year, 100)
    head = bytes([century + 100, year + 100, value.month, value.day])
    return (
        head + bytes([value.hour + 1, value.minute + 1, value.second + 1]) + struct.pack(">I", value.microsecond * 1000)
    )


def interval_bytes(value: timedelta) -> bytes:
    """impl/base/decoders.pyx, decode_interval_ds: days and nanoseconds with 2^31 added, the rest with 60."""
    sign = -1 if value < timedelta(0) else 1
    size = abs(value)
    minutes, seconds = divmod(size.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return (
        struct.pack(">I", 2**31 + sign * size.days)
        + bytes([60 + sign * hours, 60 + sign * minutes, 60 + sign * seconds])
        + struct.pack(">I", 2**31 + sign * size.microseconds * 1000)
    )


def read_bind_columns(source: Reader, count: int) -> list[Column]:
    """impl/thin/messages/base.pyx, _write_column_metadata."""
    columns = []
    for _ in range(count):
        kind, flags = source.u8(), source.u8()
        source.raw(2)
        size = source.ub()
        source.ub()
        source.ub()
        source.sized()
        source.ub()
        source.ub()
        form = source.u8()
        source.ub()
        source.ub()
        columns.append(Column(kind, size=size, charset_form=form, is_array=bool(flags & 0x40)))
    return columns


def read_bind(source: Reader, column: Column) -> Any:
    """impl/thin/messages/base.pyx, _write_bind_params_row and _write_bind_params_column."""
    if column.is_array:
        return [_read_scalar(source, column) for _ in range(source.ub())]
    return _read_scalar(source, column)


def _read_scalar(source: Reader, column: Column) -> Any:
    kind = column.kind
    if kind in (JSON, VECTOR):
        # impl/thin/packet.pyx, write_oson and write_vector: a locator of 40 bytes, then the data.
        if not source.ub():
            return None
        source.raw(41)
        document = source.text() or b""
        return from_oson(document) if kind == JSON else vector(document)
    if kind == CURSOR:
        source.u8()
        source.ub()
        return None
    # impl/thin/packet.pyx, write_lob_with_length: a locator with two lengths.
    data = source.sized() if kind in (CLOB, BLOB) else source.text()
    if data is None:
        return None
    if kind in (NUMBER, BINARY_INTEGER):
        return number(data)
    if kind in (VARCHAR, LONG):
        return data.decode("utf-16-be" if column.charset_form == 2 else "utf-8")
    if kind == BOOLEAN:
        return data[-1] == 1
    if kind == BINARY_DOUBLE:
        (bits,) = struct.unpack(">Q", data)
        return struct.unpack(">d", struct.pack(">Q", bits ^ (1 << 63 if bits >> 63 else 0xFFFFFFFFFFFFFFFF)))[0]
    return data
