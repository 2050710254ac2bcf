"""How much of a code base the parser reads: `python -m tests.engine.foreign [NAME=VALUE ...] DIRECTORY ...`.

Prints how many statements there are, how many are read, which constructs are refused by their names, and what is
called wrong. In place of a substitution variable stands the value given for it, or a name. Where a demonstration
leaves out the `/` between a block and the next statement, it is put there.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import NotSupported, SourceError
from engine.parser import parse
from engine.script import Statement, StatementKind, split

SUFFIXES = frozenset(".sql .pks .pkb .pls .plb .pck .pkg .prc .fnc .trg .tps .tpb .typ .vw .tab .seq .syn".split())
_SUBSTITUTION = re.compile(r"&&?(\w+)\.?")
_DEFINE = re.compile(r"^[ \t]*def(?:ine)?[ \t]+(\w+)[ \t]*=[ \t]*'?(\w*)'?[ \t]*$", re.IGNORECASE | re.MULTILINE)
# A point alone ends what is typed, and a command behind # is run at once (SQL*Plus User's Guide and Reference).
_POINT = re.compile(r"^\.[ \t]*$", re.MULTILINE)
_IMMEDIATE = re.compile(r"^#.*$", re.MULTILINE)
_BLANKS = r"[ \t]*\n(?=(?:[ \t]*\n|--.*\n)*[ \t]*\n(?:[ \t]*\n|--.*\n)*"
_UNSEPARATED = (
    re.compile(rf"^(end;){_BLANKS}(?:declare|begin|select|insert)\b)", re.IGNORECASE | re.MULTILINE),
    re.compile(
        rf"^((?!--).*[^;\s]){_BLANKS}(?:declare|select|insert|pause|clear|set|spool)\b)", re.IGNORECASE | re.MULTILINE
    ),
)


@dataclass
class Count:
    """What became of the statements of some files."""

    statements: int = 0
    read: int = 0
    lines: int = 0
    seconds: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def report(self, name: str) -> Iterator[str]:
        """The lines to print."""
        share = 100 * self.read / max(self.statements, 1)
        yield f"{name}: {self.read} of {self.statements} statements are read ({share:.1f} %)"
        yield f"  {self.lines} lines, {self.lines / max(self.seconds, 1e-9):.0f} a second"
        yield from (f"  refused {count} times: {construct}" for construct, count in self.refused.most_common())
        yield from (f"  wrong: {message}" for message in self.wrong)


def text_of(path: Path, values: dict[str, str]) -> str:
    """A file's text, of whatever encoding, with values in place of substitution variables."""
    data = path.read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    text = text.replace("\r\n", "\n")
    defined = {name.lower(): value for name, value in _DEFINE.findall(text)}
    text = _SUBSTITUTION.sub(lambda found: (defined | values).get(found[1].lower(), f"v{found[1]}"), text)
    text = _IMMEDIATE.sub("", _POINT.sub("/", text))
    for unseparated in _UNSEPARATED:
        text = unseparated.sub(r"\1\n/\n", text)
    return text


def read(directory: Path, values: dict[str, str]) -> Count:
    """Parse all statements of all files below a directory."""
    count = Count()
    for path in sorted(directory.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        text = text_of(path, values)
        count.lines += text.count("\n")
        began = time.perf_counter()
        try:
            for statement in split(text, str(path.relative_to(directory))):
                if statement.kind is not StatementKind.COMMAND:
                    _parse(count, statement, str(path.relative_to(directory)))
        except SourceError as error:
            count.statements += 1
            _note(count, error)
        count.seconds += time.perf_counter() - began
    return count


def _parse(count: Count, statement: Statement, source: str) -> None:
    count.statements += 1
    try:
        parse(statement.text, source, statement.line)
        count.read += 1
    except SourceError as error:
        _note(count, error)


def _note(count: Count, error: SourceError) -> None:
    if isinstance(error, NotSupported):
        count.refused[error.construct] += 1
    else:
        count.wrong.append(str(error))


if __name__ == "__main__":
    given = dict(argument.lower().split("=", 1) for argument in sys.argv[1:] if "=" in argument)
    for argument in sys.argv[1:]:
        if "=" not in argument:
            print("\n".join(read(Path(argument), given).report(argument)))
