"""What the checker says of a code base that is known to compile: `python -m tests.engine.check.foreign DIRECTORY ...`.

All that the files create is put into a catalogue first, whatever its order; then each statement is checked. What the
catalogue has not stays unknown, so that nothing but what the files themselves show is complained of. So do names under
which two files create different things, as demonstrations do that each stand alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from engine.catalogue import MemoryCatalogue
from engine.check import check
from engine.errors import SourceError
from engine.parser import parse
from engine.script import StatementKind, split
from engine.tree import ddl, units
from engine.tree.base import Statement
from tests.engine.foreign import SUFFIXES, text_of

_NO_CREATION = (ddl.Drop, ddl.Rename, ddl.AlterTable)


def trees(directory: Path) -> Iterator[tuple[Path, Statement]]:
    """What the parser reads of the files below a directory."""
    for path in sorted(directory.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        try:
            statements = list(split(text_of(path, {}), str(path)))
        except SourceError:
            continue
        for statement in statements:
            if statement.kind is StatementKind.COMMAND:
                continue
            try:
                yield path, parse(statement.text, str(path), statement.line)
            except SourceError:
                continue


def _created(tree: Statement) -> str | None:
    """The name of what a statement creates or alters; None for a body, which adds to what has its name already."""
    if isinstance(tree, units.CreateRoutine):
        return tree.routine.name.name.value
    if isinstance(tree, ddl.CreateTable | ddl.AlterTable | ddl.CreateView | units.CreatePackage | units.CreateType):
        return tree.name.name.value
    return None


def report(directory: Path) -> Iterator[str]:
    """The complaints about a code base, and how many statements were checked."""
    found = list(trees(directory))
    catalogue = MemoryCatalogue()
    makers: dict[str, list[Statement]] = {}
    for _, tree in found:
        name = _created(tree)
        if name is not None and tree not in makers.setdefault(name, []):
            makers[name].append(tree)
        if not isinstance(tree, _NO_CREATION):
            catalogue.apply(tree)
    for name, statements in makers.items():
        if len(statements) > 1:
            catalogue.remove(name)
    for path, tree in found:
        for complaint in check(tree, catalogue):
            place = complaint.place
            yield f"{path.relative_to(directory)}:{place.line}:{place.column}: {complaint.message}"
    yield f"{len(found)} statements checked"


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print("\n".join(report(Path(argument))))
