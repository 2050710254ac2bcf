"""Reading a token list: what every part of the translator builds on."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

from engine.emit.catalogue import Catalog
from engine.emit.names import spell, stored_name
from engine.errors import SourceError
from engine.lexer import Kind, Token, tokenize
from engine.words import LONGEST_NAME, PLSQL_RESERVED, SQL_RESERVED, capitals, fold
from loader.embedded.fragment import Fragment
from loader.embedded.names import STOP_WORDS, Place

T = TypeVar("T")
_HINT = re.compile(r"/\*\+(.*?)\*/", re.DOTALL)

# Text that PL/SQL's own compiler reads: a block, or CREATE of a stored unit.
_UNIT = re.compile(
    r"\s*(?:begin\b|declare\b|<<|create\s+(?:or\s+replace\s+)?(?:(?:non)?editionable\s+)?"
    r"(?:package|procedure|function)\b)",
    re.IGNORECASE,
)
# The longest string literal, in bytes: in SQL where MAX_STRING_SIZE is STANDARD (error help, ORA-01704), and in PL/SQL.
_SQL_LITERAL, _PLSQL_LITERAL = 4000, 32767


class Unsupported(SourceError):
    """The text is outside the subset of Oracle SQL and PL/SQL that the embedded engine runs."""


class Parser:
    """A cursor over the tokens of one statement."""

    # Whether a PL/SQL block or program unit is being read, and in how many SQL statements of it, one in the other.
    in_unit = False
    sql_depth = 0

    def __init__(self, text: str, catalog: Catalog, source: str | None = None, line: int = 1) -> None:
        self.text = text
        self.source = source
        self.tokens = self._tokens(line)
        self.index = 0
        self.catalog = catalog
        # The names met that are too long for PostgreSQL, by the short forms that it is given.
        self.long_names: dict[str, str] = {}
        # Statements that must have run before the translated one does.
        self.prerequisites: list[str] = []

    def _tokens(self, line: int) -> list[Token]:
        unit = bool(_UNIT.match(self.text))
        try:
            tokens = tokenize(self.text, self.source, line)
        except SourceError as error:
            if unit and error.in_plsql:
                raise SourceError(error.in_plsql, error.line, error.column, error.source, 6550) from error
            raise
        for index, token in enumerate(tokens):
            if token.kind is Kind.SUBSTITUTION:
                message = "& begins a variable of SQL*Plus: run this script in SQL*Plus or SQLcl, which know them"
                raise SourceError(message, token.line, token.column, self.source)
            # No character takes more than four bytes, so that a short name needs no counting.
            if token.end - token.start > LONGEST_NAME // 4 and token.kind in (Kind.WORD, Kind.QUOTED):
                self._check_length(token, unit and not _names_unit(tokens, index))
        return tokens

    def _check_length(self, token: Token, in_unit: bool) -> None:
        written = self.text[token.start : token.end].strip('"')
        size = len(written.encode())
        if size <= LONGEST_NAME:
            return
        self.in_unit = in_unit
        if in_unit:
            raise self.refuse("PLS-00114", f"identifier '{written}' too long: {size} bytes, of at most 128", token)
        raise self.refuse("ORA-00972", f"identifier is too long: {written} has {size} bytes, of at most 128", token)

    # reading

    @property
    def in_sql(self) -> bool:
        """Whether SQL is being read, alone or inside a PL/SQL unit."""
        return not self.in_unit or self.sql_depth > 0

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
        if token.kind is Kind.STRING and token.end - token.start > _SQL_LITERAL // 4:
            self._check_literal(token)
        return token

    def _check_literal(self, token: Token) -> None:
        size = len(token.value.encode())
        if self.in_unit and size > _PLSQL_LITERAL:
            raise self.refuse("PLS-00172", f"string literal too long: it has {size} bytes, of at most 32767", token)
        if self.in_sql and size > _SQL_LITERAL:
            raise self.refuse("ORA-01704", f"string literal too long: it has {size} bytes, of at most 4000", token)

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
        """Whether a name stands here, where one may stand and need not."""
        return self.token.kind is Kind.QUOTED or (self.token.kind is Kind.WORD and self.token.value not in STOP_WORDS)

    def name(self, place: Place = Place.COLUMN) -> Token:
        """The identifier that stands here, its value folded as the engine knows it.

        `place` says what it names in SQL, which decides how a reserved word is refused. Oracle folds plain
        identifiers to upper case and PostgreSQL to lower case, so "IMAGE_ID" is image_id here. "image_id",
        which Oracle keeps apart from IMAGE_ID, is refused.
        """
        token = self.token
        if token.kind is Kind.QUOTED:
            self.take()
            value = token.value
            if value == capitals(value):
                value = fold(value)
            elif value == fold(value):
                raise self.unsupported(
                    f'the quoted lower-case name "{value}"', token, "drop the quotes or use capitals"
                )
            return Token(Kind.QUOTED, value, token.line, token.column, token.start, token.end)
        if token.kind is not Kind.WORD:
            raise self.unexpected("a name")
        if self.is_reserved(token):
            raise self.reserved(place, token)
        return self.take()

    def is_reserved(self, token: Token) -> bool:
        """Whether a word can not be a name here, by SQL's list or by PL/SQL's."""
        return token.kind is Kind.WORD and token.value in (SQL_RESERVED if self.in_sql else PLSQL_RESERVED)

    def reserved(self, place: Place, token: Token) -> SourceError:
        """The refusal of a reserved word that stands for a name."""
        if self.in_sql:
            return self.refuse(place.number, place.message(token.value), token)
        return self.refuse(
            "PLS-00103",
            f'Encountered the symbol "{token.value.upper()}", a reserved word, when expecting an identifier',
            token,
        )

    def stored(self, name: str) -> str:
        """The name that PostgreSQL knows; remembers which name a short form stands for."""
        stored = stored_name(name)
        if stored != name:
            self.long_names[stored] = name
        return stored

    def spell(self, name: str) -> str:
        """A name as PostgreSQL text, in quotes where it needs them."""
        return spell(self.stored(name))

    def name_literal(self, name: str) -> str:
        """The name that PostgreSQL knows, as a string literal for a function of the engine's own."""
        return "'" + self.stored(name).replace("'", "''") + "'"

    def spelled(self, token: Token) -> Fragment:
        """A name at its place in the source."""
        return Fragment((self.spell(token.value), token))

    @staticmethod
    def literal(value: str) -> str:
        """A PostgreSQL string literal; Oracle's empty string is NULL."""
        if value == "":
            return "null::text"
        return "'" + value.replace("'", "''") + "'::text"


def _names_unit(tokens: list[Token], index: int) -> bool:
    """Whether a token is the name behind CREATE ... PACKAGE [BODY], PROCEDURE or FUNCTION, which SQL reads."""
    if not tokens[0].is_word("create") or index > 7:
        return False
    before = tokens[index - 1]
    return before.is_word("package", "procedure", "function") or (
        before.is_word("body") and tokens[index - 2].is_word("package")
    )
