"""Golden files: Oracle text beside the PostgreSQL text that is emitted for it, and the rows that it gives.

A file of `golden/` has a section for each construct, with up to four fenced blocks:

    ## What is shown
    The page of Oracle's manual that the result is taken from.
    ```oracle
    select mod(11, 4) from dual
    ```
    ```postgres
    ...
    ```
    ```result
    3
    ```

`python -m tests.engine.emit.golden` writes the blocks `postgres` anew; the difference is to be read before it is
committed. A result is never written by a program: it is what the manual says. Values of a row are separated by ` | `;
of a block the result is what it puts out, of what fails the error. A block `query` may stand before the result: what is
asked after a change, whose rows and output the result has. What is refused needs no result; another section without one
says why in a line that begins with "No result:".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from engine.emit.catalogue import Catalog
from engine.emit.context import Context, Notes
from engine.emit.datatypes import emit_datatype
from engine.emit.emitter import emit
from engine.emit.packages import specification
from engine.emit.routines import in_unit
from engine.errors import SourceError
from engine.parser import parse
from engine.script import split
from engine.templates import templates
from engine.tree import ddl, units

FILES = Path(__file__).parent / "golden"
# The tables that the texts use: DDL and rows.
SCHEMA = FILES / "schema.sql"
_FENCE = re.compile(r"^```(oracle|postgres|query|result)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Golden:
    """A section of a file: its title, the Oracle text, what is emitted for it, and its rows (None where none stand).

    `queries` are asked after it; `without` tells that the file says why it has no result.
    """

    file: str
    title: str
    oracle: str
    postgres: str
    result: list[str] | None
    queries: tuple[str, ...] = ()
    without: bool = False

    def __str__(self) -> str:
        return f"{self.file}: {self.title}"


def sections(path: Path) -> list[Golden]:
    """The sections of a file."""
    found = []
    for section in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        blocks = dict(_FENCE.findall(section))
        result = blocks["result"].splitlines() if "result" in blocks else None
        title = section.partition("\n")[0]
        queries = tuple(statement.text for statement in split(blocks.get("query", ""), path.name))
        without = "\nNo result: " in section
        oracle, postgres = blocks["oracle"].rstrip(), blocks.get("postgres", "").rstrip()
        found.append(Golden(path.stem, title, oracle, postgres, result, queries, without))
    return found


def goldens() -> list[Golden]:
    """All sections of all files."""
    return [section for path in sorted(FILES.glob("*.md")) for section in sections(path)]


def schema_statements() -> list[str]:
    """The statements that make the tables and their rows."""
    return [statement.text for statement in split(SCHEMA.read_text(encoding="utf-8"), SCHEMA.name)]


def catalogue() -> Catalog:
    """The tables as the emitter knows them."""
    found = Catalog()
    context = Context(found, Notes())
    for text in schema_statements():
        statement = parse(text)
        if isinstance(statement, units.CreatePackage):
            made = specification(statement, in_unit(statement, context)).package
            found.packages[made.name] = made
        if isinstance(statement, ddl.CreateTable):
            table = context.known(statement.name.name)
            for item in statement.items:
                if isinstance(item, ddl.Column) and item.datatype is not None:
                    identity = isinstance(item.default, ddl.Identity)
                    kind = "bigint" if identity else emit_datatype(item.datatype, context)
                    found.columns.setdefault(table, {})[context.known(item.name)] = kind
                    if item.visibility == "INVISIBLE":
                        found.invisible.setdefault(table, set()).add(context.known(item.name))
    return found


def emitted(oracle: str, known: Catalog) -> str:
    """What is emitted for a text: what runs before it, itself, and what runs after it; or how it is refused."""
    try:
        statement = parse(oracle)
        dynamic = templates(statement, lambda text, line: parse(text, None, line))
        translation = emit(statement, known, oracle, templates=dynamic)
    except SourceError as error:
        return f"-- refused: {error.message}"
    parts = [*translation.before, *(rendered.text for rendered in translation.main), *translation.after]
    return ";\n".join("\n".join(line.rstrip() for line in part.splitlines()) for part in parts)


def rewrite(path: Path, known: Catalog) -> None:
    """Write the blocks `postgres` of a file anew, each behind its block `oracle`."""
    out: list[str] = []
    text = path.read_text(encoding="utf-8")
    at = 0
    for block in _FENCE.finditer(text):
        kept = text[at : block.start()] if block[1] == "postgres" else text[at : block.end()]
        out.append(kept)
        if block[1] == "oracle":
            out.append(f"```postgres\n{emitted(block[2].rstrip(), known)}\n```\n")
        at = block.end()
    path.write_text("".join([*out, text[at:]]), encoding="utf-8")


if __name__ == "__main__":
    for golden_file in sorted(FILES.glob("*.md")):
        rewrite(golden_file, catalogue())
