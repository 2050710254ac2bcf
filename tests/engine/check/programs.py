"""The programs of db/ as the checker reads them, and the schema that they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from engine.catalogue import MemoryCatalogue
from engine.check import Complaint, check
from engine.parser import parse
from engine.script import StatementKind, split
from engine.tree.base import Statement

DB = Path(__file__).parents[3] / "db"
SCHEMA = "IMAGES"


def files() -> list[Path]:
    """The files of db/install.sql in their order."""
    lines = (DB / "install.sql").read_text(encoding="utf-8").splitlines()
    return [DB / line.removeprefix("@@").split()[0] for line in lines if line.startswith("@@")]


def statements(path: Path) -> Iterator[tuple[str, Statement]]:
    """The texts and trees of a file's statements."""
    for found in split(path.read_text(encoding="utf-8"), str(path)):
        if found.kind is not StatementKind.COMMAND:
            yield found.text, parse(found.text, str(path), found.line)


def install() -> Iterator[tuple[Path, Complaint]]:
    """Check db/ as it is installed, and give the complaints."""
    catalogue = MemoryCatalogue(SCHEMA, complete=True)
    for path in files():
        for _, tree in statements(path):
            for complaint in check(tree, catalogue):
                yield path, complaint
            catalogue.apply(tree)


@cache
def installed() -> MemoryCatalogue:
    """The schema once db/ is installed."""
    catalogue = MemoryCatalogue(SCHEMA, complete=True)
    for path in files():
        for _, tree in statements(path):
            catalogue.apply(tree)
    return catalogue


@cache
def program(name: str) -> tuple[str, Statement]:
    """The text and the tree of a package's body."""
    return next(iter(statements(DB / name)))
