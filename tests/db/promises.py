"""What the specs of db/packages promise, and what their bodies do: errors raised and columns of cursors.

A body's errors are those that it names (img_error.co_...) and those of all routines that it calls. A routine that
handles every error of a block (when others) raises none of that block's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_ROUTINE = re.compile(r"^  (?:function|procedure) (\w+)", re.M)
_COMMENT = re.compile(r"/\*\*(.*?)\*/", re.S)
_LINE_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
# begin ... exception when others then: what is called in it is not passed on.
_HANDLED = re.compile(r"^( {4,})begin\n(?:(?!\1begin\n|\1end;).*\n)*?\1exception\n\1  when others then", re.M)
_AS_OF = re.compile(r"as of (?:(img_\w+)\.)?(\w+)(?:, but ((?:e_\w+(?:,[\s*]+)?)+))?")


@dataclass
class Promise:
    """What the comment of a public routine says; `columns` is what it says of a cursor."""

    errors: set[str]
    columns: str | None


@dataclass
class Body:
    """What the text of a routine does by itself: errors it names, routines it calls, columns of the cursor it opens."""

    errors: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    columns: list[str] | None = None


def promises(directory: Path) -> dict[str, Promise]:
    """The promises of all public routines, by package.routine."""
    found: dict[str, Promise] = {}
    texts: dict[str, str] = {}
    for path in sorted(directory.glob("*.pks")):
        for name, comment in commented(path.read_text(encoding="utf-8")):
            text = re.sub(r"\n\s*\* ?", " ", comment)
            tags = re.findall(r"@(\w+)\s+([^@]*)", text)
            key = f"{path.stem}.{name}"
            texts[key] = " ".join(words for tag, words in tags if tag == "exception")
            returned = next((words for tag, words in tags if tag == "return"), "")
            found[key] = Promise(set(), returned if re.match(r"(one row|rows) of ", returned) else None)
    for key in found:
        found[key].errors = _errors(key, texts)
    return found


def names(promised: str) -> set[str]:
    """The columns that a promise lists: its words up to the first that is no name, without what is in parentheses."""
    listed = re.sub(r"\([^)]*\)", "", re.sub(r"^(one row|rows) of ", "", promised))
    found = set()
    for item in re.split(r",\s*(?:and )?| and ", listed):
        if not re.fullmatch(r"\w+", item.strip()):
            break
        found.add(item.strip())
    return found


def in_order(columns: list[str], promised: str) -> bool:
    """Whether a promise names these columns, one after the other."""
    words = iter(re.findall(r"\w+", promised))
    return all(column in words for column in columns)


def _errors(key: str, texts: dict[str, str]) -> set[str]:
    text = texts[key]
    as_of = _AS_OF.search(text)
    if as_of:
        package = as_of[1] or key.split(".")[0]
        return _errors(f"{package}.{as_of[2]}", texts) - set(re.findall(r"e_\w+", as_of[3] or ""))
    return set(re.findall(r"\be_\w+", text))


def commented(text: str) -> Iterator[tuple[str, str]]:
    """Each routine of a spec with the comment right above it."""
    for routine in _ROUTINE.finditer(text):
        above = text[: routine.start()].rstrip()
        comment = [found for found in _COMMENT.finditer(above) if found.end() == len(above)]
        yield routine[1], comment[0][1] if comment else ""


def bodies(directory: Path) -> dict[str, Body]:
    """The routines of all package bodies, private ones too, by package.routine."""
    texts: dict[str, str] = {}
    for path in sorted(directory.glob("*.pkb")):
        text = _LINE_COMMENT.sub("", path.read_text(encoding="utf-8"))
        for routine in _ROUTINE.finditer(text):
            end = text.index(f"\n  end {routine[1]};", routine.start())
            texts[f"{path.stem}.{routine[1]}"] = text[routine.start() : end]
    found = {key: _body(key, text, texts.keys()) for key, text in texts.items()}
    for key, text in texts.items():
        if found[key].columns is None:
            found[key].columns = _forwarded(key, text, found)
    return found


def _forwarded(key: str, text: str, known: dict[str, Body]) -> list[str] | None:
    """The columns of the cursor that a routine returns as another one opened it, where all it may call agree."""
    package = key.split(".")[0]
    others = [known.get(f"{package}.{name}") for name in re.findall(r"\breturn (\w+);", text)]
    columns = [other.columns for other in others if other is not None and other.columns is not None]
    return columns[0] if columns and all(found == columns[0] for found in columns) else None


def _body(key: str, text: str, known: object) -> Body:
    package = key.split(".")[0]
    text = re.sub(r"'[^'\n]*'", "''", text)
    passed_on = _HANDLED.sub("", text)
    assert isinstance(known, type({}.keys()))
    called = {found for found in re.findall(r"\bimg_\w+\.\w+", passed_on) if found in known}
    called |= {f"{package}.{word}" for word in re.findall(r"(?<![.\w])\w+", passed_on) if f"{package}.{word}" in known}
    return Body(
        errors={f"e_{error}" for error in re.findall(r"img_error\.co_(\w+)", text)},
        calls=called - {key, "img_error.throw", "img_error.message"},
        columns=_columns(text),
    )


def _columns(text: str) -> list[str] | None:
    """The names of the columns of the cursor that a routine opens first."""
    opened = re.search(r"open \w+ for\s*\n( +)(?=select|with)(?:.*?\n\1)??select (?:distinct )?(.*)", text, re.S)
    if opened is None:
        return None
    items, depth, item = [], 0, ""
    for word in re.findall(r"\w+|[^\w\s]", opened[2]):
        depth += (word == "(") - (word == ")")
        if depth == 0 and word in (",", "from"):
            items.append(item)
            item = ""
            if word == "from":
                break
        elif word != ")" or depth == 0:
            item = word
    return items


def raised(key: str, known: dict[str, Body]) -> set[str]:
    """The errors of a routine and of all that it calls."""
    seen: set[str] = set()
    waiting = [key]
    while waiting:
        routine = waiting.pop()
        if routine not in seen:
            seen.add(routine)
            waiting += known[routine].calls
    return {error for routine in seen for error in known[routine].errors}
