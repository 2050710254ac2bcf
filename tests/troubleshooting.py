"""docs/troubleshooting.md: each error of img_error with its text; cause and remedy are written there by hand.

python -m tests.troubleshooting            # what the page lacks, and what it has too much
python -m tests.troubleshooting --write    # numbers, names and texts as img_error has them
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from loader.config import DB_DIRECTORY

PAGE = Path(__file__).resolve().parents[1] / "docs" / "troubleshooting.md"
BEGIN = "<!-- from here on by python -m tests.troubleshooting --write, but for Cause and Do -->\n"
_NUMBER = re.compile(r"^  (co_\w+) +constant pls_integer := -(\d+);", re.M)
_TEXT = re.compile(r"when (co_\w+) then\s+((?:'(?:[^']|'')*'(?:\s*\|\|\s*)?)+)")
_SECTION = re.compile(r"^### ORA-(\d+): (\w+)\n\n> (.*)\n\nCause: (.*)\n\nDo: (.*)\n", re.M)


@dataclass(frozen=True, slots=True)
class Entry:
    """An error: its number without the sign, its exception, its text, and what the page says of it."""

    number: int
    name: str
    text: str
    cause: str = ""
    remedy: str = ""

    def section(self) -> str:
        """The error as the page shows it."""
        return f"### ORA-{self.number}: {self.name}\n\n> {self.text}\n\nCause: {self.cause}\n\nDo: {self.remedy}\n"


def errors(directory: Path = DB_DIRECTORY / "packages") -> list[Entry]:
    """The errors of img_error by number, without cause and remedy; what is filled in is shown as three points."""
    spec = (directory / "img_error.pks").read_text(encoding="utf-8")
    body = (directory / "img_error.pkb").read_text(encoding="utf-8")
    texts = {
        name: "".join(re.findall(r"'((?:[^']|'')*)'", text)).replace("''", "'") for name, text in _TEXT.findall(body)
    }
    return sorted(
        (
            Entry(int(number), name.replace("co_", "e_", 1), re.sub(r"%\d", "...", texts[name]))
            for name, number in _NUMBER.findall(spec)
        ),
        key=lambda entry: entry.number,
    )


def entries(page: str) -> list[Entry]:
    """What the page says of each error."""
    return [Entry(int(number), *rest) for number, *rest in _SECTION.findall(page)]


def written(page: str) -> str:
    """The page with img_error's numbers, names and texts; causes and remedies stay."""
    known = {entry.name: entry for entry in entries(page)}
    sections = []
    for error in errors():
        said = known.get(error.name, error)
        sections.append(Entry(error.number, error.name, error.text, said.cause, said.remedy).section())
    return page.partition(BEGIN)[0] + BEGIN + "\n" + "\n".join(sections)


def main(arguments: list[str]) -> int:
    page = PAGE.read_text(encoding="utf-8")
    if arguments == ["--write"]:
        page = written(page)
        PAGE.write_text(page, encoding="utf-8")
    missing = [entry for entry in entries(page) if not (entry.cause and entry.remedy)]
    for entry in missing:
        print(f"ORA-{entry.number} {entry.name}: say its cause and what to do")
    stale = page != written(page)
    if stale:
        print("the page is not as img_error has it: --write")
    return int(bool(missing) or stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
