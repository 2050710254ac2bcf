"""JSON files read strictly: numbers stay as they are spelled, and a name that stands twice in an object is noticed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from loader import content as sources
from loader.files import LARGEST_LABEL, FileError
from loader.labels import LabelError


class Spelled(str):
    """A number of JSON as it is spelled, so that no digit is lost between the file and the database."""

    __slots__ = ()


class Repeated(dict[str, Any]):
    """An object of JSON in which the name `repeated` stands twice: what it says is open."""

    repeated = ""


Pairs = list[tuple[str, Any]]


def read_file(path: Path, largest: int = LARGEST_LABEL) -> bytes:
    """The content of a file of at most `largest` bytes. Raises LabelError where it can not be read."""
    return read_with_status(path, largest)[0]


def read_with_status(path: Path, largest: int = LARGEST_LABEL) -> tuple[bytes, os.stat_result]:
    """The same, with what the system says of the file. Raises LabelError."""
    try:
        return sources.read_with_status(path, largest)
    except FileError as error:
        raise LabelError(f"the label can not be read: {error}") from error


def noticed(pairs: Pairs) -> dict[str, Any]:
    """The members of an object, as Repeated where a name stands twice."""
    members = dict(pairs)
    if len(members) < len(pairs):
        found = Repeated(members)
        seen: set[str] = set()
        found.repeated = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        return found
    return members


def parse(content: bytes, members: Callable[[Pairs], Any] = noticed) -> tuple[str, Any]:
    """The text of a JSON file in UTF-8, and its value; `members` makes the objects.

    Raises LabelError with line and column.
    """
    if not content.strip():
        raise LabelError("the label is empty")
    try:
        text = content.decode("utf-8-sig")
        value = json.loads(
            text, parse_constant=_refuse, parse_int=Spelled, parse_float=Spelled, object_pairs_hook=members
        )
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LabelError(f"the label is not UTF-8: byte {error.start}, line {line}") from error
    except json.JSONDecodeError as error:
        raise LabelError(f"the label is not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except ValueError as error:
        raise LabelError(f"the label is not JSON that a database can keep: {error}") from error
    except RecursionError as error:
        raise LabelError("the label is nested too deeply") from error
    return text, value


def repeated_name(value: Any) -> str | None:
    """A name that stands twice in one object of `value`, or None."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case Repeated() as members:
                return members.repeated
            case dict() as members:
                waiting += members.values()
            case list() as elements:
                waiting += elements
    return None


def write(value: Any) -> str:
    """JSON text of a value, its numbers as they were spelled. Any depth, without recursion."""
    written: list[str] = []
    waiting: list[Any] = [value]
    while waiting:
        match waiting.pop():
            case Spelled() as text:
                written.append(text)
            case dict() as members:
                pieces: list[Any] = []
                for name, member in members.items():
                    pieces += [Spelled(f"{', ' if pieces else ''}{json.dumps(name, ensure_ascii=False)}: "), member]
                waiting += [Spelled("}"), *reversed(pieces), Spelled("{")]
            case list() as elements:
                pieces = []
                for element in elements:
                    pieces += [Spelled(", "), element] if pieces else [element]
                waiting += [Spelled("]"), *reversed(pieces), Spelled("[")]
            case other:
                written.append(json.dumps(other, ensure_ascii=False))
    return "".join(written)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
