"""Tokens of Oracle SQL and PL/SQL, each with its place in the source.

Lexical rules: Oracle Database PL/SQL Language Reference, "Lexical Units", and SQL Language
Reference, "Literals" (alternative quoting mechanism) and "Database Object Naming Rules". Numbers of errors:
Database Error Messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from loader.plsql.words import fold

_DIGITS = frozenset("0123456789")
_Q_CLOSERS = {"[": "]", "{": "}", "(": ")", "<": ">"}
_OPERATORS = (
    "<=>", "<->", "<#>", "<<", ">>", ":=", "=>", "||", "**", "<>", "!=", "^=", "~=", "<=", ">=", "..",
    "(", ")", ",", ";", ".", "+", "-", "*", "/", "=", "<", ">", "%", ":", "@", "[", "]", "?", "|",
)  # fmt: skip


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted identifier"
    NUMBER = "number"
    STRING = "string"
    BIND = "bind variable"
    OPERATOR = "operator"
    END = "end of input"


class SourceError(ValueError):
    """A complaint about a place in an Oracle source text.

    `line` and `column` count from 1; `source` is the file's name, or None for typed text. `code` is the number
    of Oracle's error without its sign, 6550 for one of the PL/SQL compiler, or None where the complaint has none;
    `message` then begins with that number. `in_plsql` is the message where the text is a PL/SQL unit, if it differs.
    """

    def __init__(
        self,
        message: str,
        line: int,
        column: int,
        source: str | None = None,
        code: int | None = None,
        in_plsql: str | None = None,
    ) -> None:
        self.message = message
        self.code = code
        self.line = line
        self.column = column
        self.source = source
        self.in_plsql = in_plsql
        super().__init__(f"{source or 'line'}:{line}:{column}: {message}")


@dataclass(frozen=True, slots=True)
class Token:
    """One lexical unit.

    `value` is the word in lower case, the identifier between the quotes, the content of a string
    literal with its quoting undone, or the text itself. `start` and `end` are offsets into the
    source; `line` and `column` count from 1.
    """

    kind: Kind
    value: str
    line: int
    column: int
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Whether this is one of these keywords or plain identifiers (given in lower case)."""
        return self.kind is Kind.WORD and self.value in words

    def is_op(self, *operators: str) -> bool:
        """Whether this is one of these operators or delimiters."""
        return self.kind is Kind.OPERATOR and self.value in operators

    def describe(self) -> str:
        """The token as an error message names it."""
        if self.kind is Kind.END:
            return "the end of the statement"
        if self.kind is Kind.STRING:
            return "a string literal"
        if self.kind is Kind.QUOTED:
            return f'"{self.value}"'
        return f"{self.value!r}" if self.kind is not Kind.WORD else self.value.upper()


class Scanner:
    """Reads tokens one after the other, so that a caller can stop where its own rules take over."""

    def __init__(self, text: str, source: str | None = None, line: int = 1) -> None:
        self.text = text
        self.source = source
        self.line = line
        self.line_start = 0
        self.pos = 0

    def fail(self, message: str, number: int, in_plsql: str = "") -> SourceError:
        """A complaint about the place reached: the number that SQL gives it, and the PL/SQL compiler's."""
        return SourceError(
            f"ORA-{number:05d}: {message}",
            self.line,
            self.pos - self.line_start + 1,
            self.source,
            number,
            f"{in_plsql}: {message}" if in_plsql else None,
        )

    def advance(self, end: int) -> None:
        """Go on to offset `end`, counting lines."""
        newlines = self.text.count("\n", self.pos, end)
        if newlines:
            self.line += newlines
            self.line_start = self.text.rindex("\n", self.pos, end) + 1
        self.pos = end

    def _token(self, kind: Kind, value: str, end: int) -> Token:
        column = self.pos - self.line_start + 1
        token = Token(kind, value, self.line, column, self.pos, end)
        self.advance(end)
        return token

    def skip_blanks(self) -> None:
        """Go past white space and comments."""
        text, size = self.text, len(self.text)
        while self.pos < size:
            char = text[self.pos]
            if char.isspace() or char == "\ufeff":
                self.advance(self.pos + 1)
            elif text.startswith("--", self.pos):
                end = text.find("\n", self.pos)
                self.advance(size if end < 0 else end)
            elif text.startswith("/*", self.pos):
                end = text.find("*/", self.pos + 2)
                if end < 0:
                    raise self.fail("comment not terminated properly: /* is not closed", 1742, "PLS-00111")
                self.advance(end + 2)
            else:
                return

    def next(self) -> Token:
        """The next token; one of kind END at the end, again and again."""
        self.skip_blanks()
        text, size = self.text, len(self.text)
        if self.pos >= size:
            return self._token(Kind.END, "", size)
        char = text[self.pos]
        following = text[self.pos + 1 : self.pos + 2]
        if char == "'":
            return self._string(self.pos)
        if char == '"':
            return self._quoted()
        if char in _DIGITS or (char == "." and following and following in _DIGITS):
            return self._number()
        if char.isalpha():
            return self._word()
        if char == ":" and following.isalnum():
            end = self._word_end(self.pos + 1)
            return self._token(Kind.BIND, text[self.pos + 1 : end].lower(), end)
        operator = next((o for o in _OPERATORS if text.startswith(o, self.pos)), None)
        if operator is None and char == "&":
            text = "& begins a variable of SQL*Plus: run this script in SQL*Plus or SQLcl, which know them"
            raise self.fail(text, 911, "PLS-00103")
        if operator is None:
            raise self.fail(f"the character {char!r} has no meaning here", 911, "PLS-00103")
        return self._token(Kind.OPERATOR, operator, self.pos + len(operator))

    def __iter__(self) -> Iterator[Token]:
        while True:
            token = self.next()
            yield token
            if token.kind is Kind.END:
                return

    def _word_end(self, end: int) -> int:
        text, size = self.text, len(self.text)
        while end < size and (text[end].isalnum() or text[end] in "_$#"):
            end += 1
        return end

    def _string(self, quote: int) -> Token:
        """An ordinary literal whose opening quote is at `quote` (a prefix may stand before it)."""
        text, end = self.text, quote + 1
        while True:
            end = text.find("'", end)
            if end < 0:
                raise self.fail("quoted string not properly terminated", 1756)
            if text.startswith("''", end):
                end += 2
                continue
            break
        return self._token(Kind.STRING, text[quote + 1 : end].replace("''", "'"), end + 1)

    def _q_string(self, quote: int) -> Token:
        text = self.text
        opener = text[quote + 1 : quote + 2]
        if not opener or opener.isspace():
            raise self.fail("a q-quoted literal needs a delimiter right after its quote", 911, "PLS-00103")
        closer = _Q_CLOSERS.get(opener, opener) + "'"
        end = text.find(closer, quote + 2)
        if end < 0:
            raise self.fail(
                f"quoted string not properly terminated: a literal opened by q'{opener} is not closed by {closer}", 1756
            )
        return self._token(Kind.STRING, text[quote + 2 : end], end + 2)

    def _quoted(self) -> Token:
        end = self.text.find('"', self.pos + 1)
        if end < 0 or "\n" in self.text[self.pos : end]:
            raise self.fail("missing double quote in identifier", 1740, "PLS-00112")
        if end == self.pos + 1:
            raise self.fail("illegal zero-length identifier", 1741, "PLS-00103")
        if self.text.startswith('"', end + 1):
            raise self.fail("a quoted identifier can not hold a double quote", 911, "PLS-00106")
        if "\0" in self.text[self.pos : end]:
            raise self.fail("a quoted identifier can not hold the character of code 0", 911, "PLS-00103")
        return self._token(Kind.QUOTED, self.text[self.pos + 1 : end], end + 1)

    def _number(self) -> Token:
        text, size, end = self.text, len(self.text), self.pos
        while end < size and text[end] in _DIGITS:
            end += 1
        # `1..10` is a range, not the number `1.`
        if end < size and text[end] == "." and not text.startswith("..", end):
            end += 1
            while end < size and text[end] in _DIGITS:
                end += 1
        if end < size and text[end] in "eE":
            exponent = end + 1
            if exponent < size and text[exponent] in "+-":
                exponent += 1
            if exponent < size and text[exponent] in _DIGITS:
                end = exponent
                while end < size and text[end] in _DIGITS:
                    end += 1
        value = text[self.pos : end]
        if end < size and text[end] in "fFdD" and not text[end + 1 : end + 2].isalnum():
            end += 1
            value = text[self.pos : end].lower()
        if end < size and (text[end].isalpha() or text[end] in "_$#"):
            raise self.fail("a number runs into a letter", 911, "PLS-00103")
        return self._token(Kind.NUMBER, value, end)

    def _word(self) -> Token:
        text, end = self.text, self._word_end(self.pos)
        word = fold(text[self.pos : end])
        if text.startswith("'", end):
            if word in ("q", "nq"):
                return self._q_string(end)
            if word == "n":
                return self._string(end)
        return self._token(Kind.WORD, word, end)


def tokenize(text: str, source: str | None = None, line: int = 1) -> list[Token]:
    """The tokens of `text`, closed by one of kind END; comments and hints are left out.

    `line` is the number of the text's first line in `source`. Raises SourceError at a literal,
    comment or quoted identifier that is not closed, and at a character Oracle has no use for.
    """
    return list(Scanner(text, source, line))
