"""The driver's exceptions as DatabaseError, with their place in the Oracle text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import oracledb

from loader.database.base import DatabaseError, LostConnectionError

# Messages come in the session's language, so that only digits and quoted names are relied on.
_BLOCK_PLACE = re.compile(r"ORA-06550:[^\d\n]*(\d+)[^\d\n]+(\d+)[^\S\n]*:?\s*")
_FRAME = re.compile(r'\n?ORA-06512:[^"\d\n]*(?:"(?P<unit>[^"\n]+)"[^\d\n]*)?(?P<line>\d+)[^\n]*')
_HELP = re.compile(r"\s*Help: https?://\S+")
_BLOCK = re.compile(r"(?:\s+|--[^\n]*\n|/\*.*?\*/)*(?:begin|declare|call)\b", re.IGNORECASE | re.DOTALL)
# The parse offset crosses the network in 16 bits, of which one is the sign.
_LONGEST_PLACED = 32767
# Not connected, connection closed, idle for too long.
_LOST = ("DPY-1001", "DPY-4011", "DPY-4033")
# What the driver lets through when a value can not be encoded or decoded: text with half a surrogate pair, a year
# before Christ, a number out of range, JSON that is nested too deeply; or when the network breaks while it writes.
_FOREIGN = (ArithmeticError, OSError, RecursionError, ValueError)


@contextmanager
def reported(text: str = "", source: str | None = None, line: int = 1) -> Iterator[None]:
    """Raise whatever the driver raises inside as DatabaseError; `text` stands at `line` of `source`."""
    try:
        yield
    except oracledb.Error as error:
        raise database_error(error, text, source, line) from error
    except _FOREIGN as error:
        reason = str(error) or type(error).__name__
        # Of a network that breaks the values are not the cause.
        refused = not isinstance(error, OSError)
        raise DatabaseError(f"the driver can not pass a value on: {reason}", source=source, refused=refused) from error


def database_error(error: oracledb.Error, text: str = "", source: str | None = None, line: int = 1) -> DatabaseError:
    """Oracle's error with its place in the source text, or in the stored unit that raised it."""
    details = error.args[0] if error.args else error
    message = _HELP.sub("", str(getattr(details, "message", None) or error)).strip()
    code = getattr(details, "code", 0) or None
    full_code = getattr(details, "full_code", "")
    frames = list(_FRAME.finditer(message))
    message = _FRAME.sub("", message).strip()
    if getattr(details, "is_session_dead", False) or full_code in _LOST:
        return LostConnectionError(
            f"the connection to Oracle Database was lost ({' '.join(message.split())}): "
            "what was committed stays, run the command again",
            code=code,
        )
    at: int | None = None
    column: int | None = None
    place = _BLOCK_PLACE.search(message)
    if place:
        at, column = line + int(place[1]) - 1, int(place[2])
        message = _BLOCK_PLACE.sub("", message).strip()
    elif frames:
        source, at = _frame_place(frames[0], source, line)
    elif not _BLOCK.match(text):
        at, column = _parse_place(text, getattr(details, "offset", 0), line)
    trace = [_frame_text(frame, source, line) for frame in (frames if place else frames[1:])]
    return DatabaseError(message, code=code, source=source, line=at, column=column, trace=trace)


def _frame_place(frame: re.Match[str], source: str | None, line: int) -> tuple[str | None, int]:
    """A stored unit's name and line, or the line of the block that was sent."""
    number = int(frame["line"])
    return (_unit(frame), number) if frame["unit"] else (source, line + number - 1)


def _frame_text(frame: re.Match[str], source: str | None, line: int) -> str:
    name, number = _frame_place(frame, source, line)
    return f"at {name}, line {number}" if frame["unit"] else f"at line {number}"


def _unit(frame: re.Match[str]) -> str:
    """The unit's name without its owner's."""
    return frame["unit"].rpartition(".")[2]


def _parse_place(text: str, offset: int, line: int) -> tuple[int | None, int | None]:
    """The line and column of a parse offset, which counts bytes of UTF-8."""
    encoded = text.encode("utf-8", "surrogatepass")
    if not 0 < offset <= len(encoded) <= _LONGEST_PLACED:
        return None, None
    before = encoded[:offset].decode("utf-8", "ignore")
    return line + before.count("\n"), len(before) - before.rfind("\n")
