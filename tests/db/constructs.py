"""The constructs of Oracle SQL and PL/SQL in a text, found by the rows of db/ORACLE.md.

A row of db/ORACLE.md is a pattern as well: the parts of its first column that stand between backticks are matched
against the tokens of db/. Within one, `…` stands for any tokens up to the next one of the pattern in the same
parentheses, N for a number, TEXT for a literal, NAME for a word. Of the patterns that match at a place the longest is
taken. Parts with a comma between them are forms of one construct. A part after … goes on with the one before, and
counts where that one was found: in the same file, or, of a dictionary view's columns, in the same statement.

What no pattern covers and what is no name of the project's own either is a construct that nobody has looked up.

    python -m tests.db.constructs           prints what has no row, and rows without a use
    python -m tests.db.constructs --write   fills in the column "Used in"
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from engine.lexer import Kind, Token, tokenize
from tests.db.oracle_text import PLSQL, SQL, SQLPLUS, Names, Source, Stream, names, read, tables

DB = Path(__file__).resolve().parents[2] / "db"
TABLE = DB / "ORACLE.md"

_ALLOWED = {"SQL": {SQL}, "PL/SQL": {PLSQL}, "both": {SQL, PLSQL}, "SQL*Plus": {SQLPLUS}}
_AS_TEXT = ("SQL*Plus commands", "Hints")  # sections whose patterns are compared as text
_SEPARATORS = ("(", ")", ",", ";", ".")


@dataclass(frozen=True)
class Part:
    """A pattern: tokens one after the other, with gaps (None) between them.

    `head` is the pattern that this one goes on with, or its own text.
    """

    text: str
    items: tuple[Token | None, ...]
    head: str

    @property
    def weight(self) -> int:
        return sum(item is not None for item in self.items)

    def match(self, tokens: list[Token], at: int) -> list[int] | None:
        """The indexes of the tokens that the pattern covers when it begins at `at`."""
        return self._rest(tokens, at, 0)

    def _rest(self, tokens: list[Token], at: int, place: int) -> list[int] | None:
        if place == len(self.items):
            return []
        item = self.items[place]
        if item is not None:
            if at < len(tokens) and _fits(item, tokens[at]):
                rest = self._rest(tokens, at + 1, place + 1)
                return None if rest is None else [at, *rest]
            return None
        depth = 0
        while at < len(tokens):
            if depth == 0:
                rest = self._rest(tokens, at, place + 1)
                if rest is not None:
                    return rest
            if tokens[at].is_op("("):
                depth += 1
            elif tokens[at].is_op(")"):
                depth -= 1
            if depth < 0 or tokens[at].is_op(";"):
                return None
            at += 1
        return None


def _fits(item: Token, token: Token) -> bool:
    if item.kind is Kind.WORD and item.value in ("N", "NAME", "TEXT"):
        kind = {"N": Kind.NUMBER, "NAME": Kind.WORD, "TEXT": Kind.STRING}[item.value]
        if token.kind is Kind.STRING and not _is_plain(token):
            return False
        return token.kind is kind or (item.value == "N" and token.kind is Kind.BIND)
    if item.kind is not token.kind:
        return False
    if item.kind is Kind.QUOTED:
        return True
    if item.kind is Kind.NUMBER and "e" in item.value.lower():
        return "e" in token.value.lower()
    return item.value == token.value


def _is_plain(literal: Token) -> bool:
    """Whether a literal is written with nothing but its two quotes: no q'[...]', no n'...'."""
    return literal.end - literal.start == len(literal.value) + literal.value.count("'") + 2


def part(text: str, head: str) -> Part:
    """The pattern that a text of db/ORACLE.md stands for."""
    items: list[Token | None] = []
    for number, piece in enumerate(text.split("…")):
        if number:
            items.append(None)
        for token in tokenize(piece)[:-1]:
            written = piece[token.start : token.end]
            is_class = written in ("N", "NAME", "TEXT")
            items.append(Token(token.kind, written, 0, 0, 0, 0) if is_class else token)
    # A gap at the end of a pattern says nothing.
    while items and items[-1] is None:
        items.pop()
    return Part(text, tuple(items), head)


def _parts(construct: str, is_text: bool) -> list[Part]:
    """The parts of a row's first column; those of commands and hints are compared as text, without tokens."""
    found: list[Part] = []
    between = ""
    for number, piece in enumerate(re.split(r"`([^`]+)`", construct)):
        if number % 2 == 0:
            between = piece
            continue
        head = found[-1].head if "…" in between else piece
        found.append(Part(piece, (), head) if is_text else part(piece, head))
    return found


@dataclass
class Row:
    """A row of db/ORACLE.md."""

    line: int
    section: str
    construct: str
    allowed: str
    used_in: list[str]
    page: str
    since: str
    shown: str
    note: str
    parts: list[Part]


@dataclass(frozen=True)
class Use:
    """A row's pattern at a place of db/."""

    row: int
    part: str
    file: str
    line: int
    context: str


@dataclass(frozen=True)
class Unknown:
    """Words of db/ that no row covers."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


def rows(text: str) -> list[Row]:
    """The rows of db/ORACLE.md, or of a text of its form."""
    found: list[Row] = []
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("## "):
            section = line[3:].strip()
        if not line.startswith("| `"):
            continue
        # A pipe within a cell is written \| as Markdown has it.
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 7:
            raise ValueError(f"ORACLE.md:{number}: {len(cells)} cells in place of 7")
        construct, allowed, used_in, page, since, shown, note = cells
        parts = _parts(construct, section in _AS_TEXT)
        files = re.findall(r"[\w/]+\.\w+", used_in)
        found.append(Row(number, section, construct, allowed, files, page, since, shown, note, parts))
    return found


@dataclass
class Findings:
    """What a look at db/ brought."""

    uses: list[Use] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)


def collect(texts: dict[str, str], table: list[Row], only: str | None = None) -> Findings:
    """Hold texts (by their path below db/) against the rows of a table; `only` names the one to be held."""
    sources = [read(file, text) for file, text in texts.items()]
    views = {row.parts[0].text for row in table if row.section == "Dictionary views"}
    known_tables = tables(sources) | views | {"dual"}
    shared = Names()
    own: dict[str, Names] = {}
    for source in sources:
        own[source.file] = Names()
        for stream in source.streams:
            own[source.file].add(names(stream, known_tables))
        if not source.file.endswith(".pkb"):  # what a body declares is its own
            shared.add(own[source.file])
    findings = Findings()
    for source in sources:
        if only not in (None, source.file):
            continue
        own[source.file].add(shared)
        _lines(source, table, findings)
        for stream in source.streams:
            _match(stream, table, own[source.file], findings)
    return findings


def _lines(source: Source, table: list[Row], findings: Findings) -> None:
    """SQL*Plus commands, substitution variables and hints."""
    commands = [(row, p) for row in table if row.section == "SQL*Plus commands" for p in row.parts]
    for number, command in source.commands:
        _note(findings, source.file, number, command, [c for c in commands if _is_command(c[1].text, command)], SQLPLUS)
    variables = [c for c in commands if c[1].text.startswith("&")]
    for number, variable in source.substitutions:
        _note(findings, source.file, number, variable, variables, SQLPLUS)
    hints = [(row, p) for row in table if row.section == "Hints" for p in row.parts]
    for number, text in source.hints:
        for name in re.findall(r"([\w$]+)\s*(?:\([^)]*\))?", text.lower()):
            fits = [h for h in hints if h[1].text.partition("(")[0] == name]
            _note(findings, source.file, number, f"hint {name}", fits, SQL)


def _is_command(pattern: str, command: str) -> bool:
    pieces = [piece for piece in re.split(r"\s+|(…)", pattern) if piece]
    expression = r"\s*".join(".*" if piece == "…" else re.escape(piece) for piece in pieces)
    return re.fullmatch(expression, command, re.I) is not None


def _note(findings: Findings, file: str, line: int, text: str, fits: list[tuple[Row, Part]], context: str) -> None:
    for row, p in fits:
        findings.uses.append(Use(row.line, p.text, file, line, context))
    if not fits:
        findings.unknown.append(Unknown(file, line, text))


class _Patterns:
    """The patterns that can begin at a token of a stream."""

    def __init__(self, table: list[Row], stream: Stream) -> None:
        self.stream = stream
        self._by_head: dict[tuple[Kind, str], list[tuple[Row, Part]]] = {}
        self._of_class: list[tuple[Row, Part]] = []
        for row in table:
            for p in row.parts:
                head = p.items[0] if p.items else None
                if head is None:
                    continue
                if head.value in ("N", "NAME", "TEXT") or head.kind in (Kind.NUMBER, Kind.QUOTED):
                    self._of_class.append((row, p))
                else:
                    self._by_head.setdefault((head.kind, head.value), []).append((row, p))
        self._statements: list[int] = []
        for token in stream.tokens:
            self._statements.append((self._statements[-1] if self._statements else 0) + token.is_op(";"))
        # Where its head stands, in the file or in the statement, a further part of a row counts.
        self._in_file: set[tuple[int, str]] = set()
        self._in_statement: set[tuple[int, str, int]] = set()
        for at in range(len(stream.tokens)):
            for row, p in self._possible(at):
                if p.head == p.text and p.match(stream.tokens, at) is not None:
                    self._in_file.add((row.line, p.head))
                    self._in_statement.add((row.line, p.head, self._statements[at]))

    def _possible(self, at: int) -> list[tuple[Row, Part]]:
        token = self.stream.tokens[at]
        return self._by_head.get((token.kind, token.value), []) + self._of_class

    def _counts(self, row: Row, p: Part, at: int) -> bool:
        if row.section != "Dictionary views":
            return (row.line, p.head) in self._in_file
        # A column of a dictionary view is one in a statement on that view, or the field of a loop's record.
        is_field = self.stream.contexts[at] == PLSQL and at > 0 and self.stream.tokens[at - 1].is_op(".")
        near = (row.line, p.head, self._statements[at]) in self._in_statement
        return near or (is_field and (row.line, p.head) in self._in_file)

    def longest(self, at: int) -> tuple[list[tuple[Row, Part, list[int]]], list[Row]]:
        """The longest patterns that fit at a token, with what they cover; and rows that its context does not allow."""
        best: list[tuple[Row, Part, list[int]]] = []
        elsewhere: list[Row] = []
        for row, p in self._possible(at):
            places = p.match(self.stream.tokens, at) if self._counts(row, p, at) else None
            if places is None:
                continue
            is_column = row.section == "Dictionary views" and p.head != p.text
            if self.stream.contexts[at] not in _ALLOWED[row.allowed] and not is_column:
                elsewhere.append(row)
            elif not best or best[0][1].weight < p.weight:
                best = [(row, p, places)]
            elif best[0][1].weight == p.weight:
                best.append((row, p, places))
        return best, elsewhere


def _match(stream: Stream, table: list[Row], known: Names, findings: Findings) -> None:
    tokens = stream.tokens
    patterns = _Patterns(table, stream)
    covered: set[int] = set()
    for at, token in enumerate(tokens):
        if at in covered:
            continue
        best, elsewhere = patterns.longest(at)
        for row, p, places in best:
            findings.uses.append(Use(row.line, p.text, stream.file, token.line, stream.contexts[at]))
            covered.update(places)
        if elsewhere and not best and not _is_own(tokens, at, known):
            text = f"{elsewhere[0].construct} is of {elsewhere[0].allowed}, not of {stream.contexts[at]}"
            findings.unknown.append(Unknown(stream.file, token.line, text))
            covered.add(at)
    for at, token in enumerate(tokens):
        if at not in covered and not _is_own(tokens, at, known):
            findings.unknown.append(Unknown(stream.file, token.line, _around(tokens, at)))


def _is_own(tokens: list[Token], at: int, known: Names) -> bool:
    """Whether a token that no row covers needs none: a name of the project's, a plain literal, a separator."""
    token = tokens[at]
    if token.kind is Kind.OPERATOR:
        return token.value in _SEPARATORS
    if token.kind is Kind.NUMBER:
        return token.value.replace(".", "").isdigit()
    if token.kind is Kind.STRING:
        return _is_plain(token)
    if token.kind is not Kind.WORD:
        return token.kind is Kind.BIND
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    previous = tokens[at - 1] if at else None
    if token.value == "substitution":
        return True
    if following is not None and following.is_op("("):
        if token.value in known.routines:
            return True
        is_table = previous is not None and previous.is_word("into", "references", "on", "table", "exists")
        return is_table and token.value in known.plain
    return token.value in known.plain or token.value in known.routines


def _around(tokens: list[Token], at: int) -> str:
    near = tokens[max(0, at - 3) : at + 4]
    return " ".join(f"[{t.value}]" if t is tokens[at] else (t.value or "''") for t in near)


def texts_of_db(directory: Path = DB) -> dict[str, str]:
    """The SQL and PL/SQL of db/, by path below it."""
    files = sorted(p for p in directory.rglob("*") if p.suffix in (".sql", ".pks", ".pkb"))
    return {p.relative_to(directory).as_posix(): p.read_text(encoding="utf-8") for p in files}


def with_uses(text: str, findings: Findings) -> str:
    """The text of the table with the column "Used in" filled in: three files at most, and how many more."""
    lines = text.splitlines(keepends=True)
    for row in rows(text):
        first = row.parts[0].text
        files = sorted({u.file for u in findings.uses if u.row == row.line and u.part == first})
        said = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
        cells = re.split(r"(?<!\\)\|", lines[row.line - 1])
        cells[3] = f" {said} "
        lines[row.line - 1] = "|".join(cells)
    return "".join(lines)


def main(arguments: list[str]) -> int:
    text = TABLE.read_text(encoding="utf-8")
    table = rows(text)
    findings = collect(texts_of_db(), table)
    for unknown in findings.unknown:
        print(unknown)
    for row in table:
        for p in row.parts:
            if not any(u.row == row.line and u.part == p.text for u in findings.uses):
                print(f"ORACLE.md:{row.line}: not used: {p.text}")
    if arguments == ["--write"]:
        TABLE.write_text(with_uses(text, findings), encoding="utf-8")
    return 1 if findings.unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
