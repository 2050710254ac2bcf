"""Reading a token list: what every part of the translator builds on."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

from loader.embedded.catalog import Catalog
from loader.embedded.fragment import Fragment
from loader.plsql.lexer import Kind, SourceError, Token, tokenize

T = TypeVar("T")
_HINT = re.compile(r"/\*\+(.*?)\*/", re.DOTALL)

# Words that PostgreSQL reserves and Oracle lets a column or table be called.
_RESERVED_BY_POSTGRES = frozenset(
    """analyse analyze array asymmetric authorization both case cast collate collation concurrently
    constraint cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user deferrable do end except false foreign freeze full ilike
    initially inner isnull join lateral leading left limit localtime localtimestamp natural notnull
    offset only outer overlaps placing primary references returning right session_user similar some
    symmetric tablesample trailing true using variadic verbose when window""".split()
)
# Words that end an expression, a table name or an alias: none of them can be an identifier here.
RESERVED = frozenset(
    """all and any as asc begin between by case check connect create cross current delete desc
    distinct drop else elsif end exception exclusive exists fetch for from full group having if in
    inner insert intersect into is join left like loop lock minus natural not null of offset on or
    order outer right select set size start table then to union unique update using values view
    when where while with""".split()
)


class Unsupported(SourceError):
    """The text is outside the subset of Oracle SQL and PL/SQL that the embedded engine runs."""


class Parser:
    """A cursor over the tokens of one statement."""

    # Whether a PL/SQL block or program unit is being read.
    in_unit = False

    def __init__(self, text: str, catalog: Catalog, source: str | None = None, line: int = 1) -> None:
        self.text = text
        self.tokens = tokenize(text, source, line)
        self.index = 0
        self.catalog = catalog
        self.source = source
        # Statements that must have run before the translated one does.
        self.prerequisites: list[str] = []

    # reading

    @property
    def token(self) -> Token:
        """The token at hand."""
        return self.tokens[self.index]

    def ahead(self, count: int = 1) -> Token:
        """The token `count` places on; the END token past the end."""
        return self.tokens[min(self.index + count, len(self.tokens) - 1)]

    def take(self) -> Token:
        """The token at hand; the cursor goes on."""
        token = self.token
        if token.kind is not Kind.END:
            self.index += 1
        return token

    def at(self, *words: str) -> bool:
        """Whether these words stand here, one after the other."""
        return all(self.ahead(i).is_word(word) for i, word in enumerate(words))

    def accept(self, *words: str) -> Token | None:
        """Take these words where they stand here; the first of them, or None."""
        if not self.at(*words):
            return None
        token = self.token
        self.index += len(words)
        return token

    def accept_op(self, operator: str) -> Token | None:
        """Take this operator where it stands here."""
        return self.take() if self.token.is_op(operator) else None

    def expect(self, *words: str) -> Token:
        """Take these words; an error where something else stands."""
        for word in words:
            if not self.token.is_word(word):
                raise self.unexpected(word.upper())
            token = self.take()
        return token

    def expect_op(self, operator: str) -> Token:
        """Take this operator; an error where something else stands."""
        if not self.token.is_op(operator):
            raise self.unexpected(f"'{operator}'")
        return self.take()

    def listed(self, item: Callable[[], T]) -> list[T]:
        """One or more items separated by commas."""
        items = [item()]
        while self.accept_op(","):
            items.append(item())
        return items

    def expect_end(self) -> None:
        """An error unless the statement is used up."""
        self.accept_op(";")
        if self.token.kind is not Kind.END:
            raise self.unsupported(f"{self.token.describe()} at this place")

    def hinted(self, first: Token, word: str) -> bool:
        """Whether an optimizer hint from `first` up to here has this word."""
        tokens = self.tokens[self.tokens.index(first) : self.index + 1]
        gaps = (self.text[left.end : right.start] for left, right in pairwise(tokens))
        return any(word in hint[1].lower() for gap in gaps if (hint := _HINT.search(gap)))

    # complaints

    def fail(self, message: str, token: Token | None = None) -> SourceError:
        """An error of the source text at `token`, or at the token at hand."""
        token = token or self.token
        return SourceError(message, token.line, token.column, self.source)

    def refuse(self, number: str, message: str, token: Token | None = None) -> SourceError:
        """What Oracle refuses at `token`, by its own number: ORA-nnnnn, or PLS-nnnnn of the PL/SQL compiler.

        Inside a program unit both come as ORA-06550, and what SQL refuses has the mark of its compiler.
        """
        token = token or self.token
        plsql = number.startswith("PLS-")
        text = f"PL/SQL: {number}: {message}" if self.in_unit and not plsql else f"{number}: {message}"
        code = 6550 if self.in_unit or plsql else int(number.removeprefix("ORA-"))
        return SourceError(text, token.line, token.column, self.source, code)

    def unsupported(self, construct: str, token: Token | None = None, advice: str = "") -> Unsupported:
        """A refusal: Oracle may well accept this, the embedded engine does not."""
        token = token or self.token
        message = f"the embedded engine does not run {construct}"
        return Unsupported(message + (f"; {advice}" if advice else ""), token.line, token.column, self.source)

    def unexpected(self, wanted: str) -> SourceError:
        """An error that says what stands here and what should."""
        return self.fail(f"{self.token.describe()} found where {wanted} is expected")

    # names

    def at_name(self) -> bool:
        """Whether an identifier that is no reserved word stands here."""
        return self.token.kind is Kind.QUOTED or (self.token.kind is Kind.WORD and self.token.value not in RESERVED)

    def name(self) -> Token:
        """An identifier, its value folded as PostgreSQL will know it.

        Oracle folds plain identifiers to upper case and PostgreSQL to lower case, so "IMAGE_ID" is
        image_id here. "image_id", which Oracle keeps apart from IMAGE_ID, is refused.
        """
        if not self.at_name():
            raise self.unexpected("a name")
        token = self.take()
        if token.kind is Kind.QUOTED:
            value = token.value
            if value == value.upper():
                value = value.lower()
            elif value == value.lower():
                raise self.unsupported(
                    f'the quoted lower-case name "{value}"', token, "drop the quotes or use capitals"
                )
            return Token(Kind.QUOTED, value, token.line, token.column, token.start, token.end)
        return token

    @staticmethod
    def spell(name: str) -> str:
        """A name as PostgreSQL text, in quotes where it needs them."""
        plain = name.isascii() and name.replace("_", "a").isalnum() and name == name.lower()
        if plain and not name[0].isdigit() and name not in _RESERVED_BY_POSTGRES:
            return name
        return '"' + name.replace('"', '""') + '"'

    def spelled(self, token: Token) -> Fragment:
        """A name at its place in the source."""
        return Fragment((self.spell(token.value), token))

    @staticmethod
    def literal(value: str) -> str:
        """A PostgreSQL string literal; Oracle's empty string is NULL."""
        if value == "":
            return "null::text"
        return "'" + value.replace("'", "''") + "'::text"
