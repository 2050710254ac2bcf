"""Tokens of Oracle SQL and PL/SQL, each with its place in the source.

Lexical rules: Oracle Database PL/SQL Language Reference, "Lexical Units", and SQL Language
Reference, "Literals" (alternative quoting mechanism), "Comments" (hints) and "Database Object Naming Rules". Numbers of
errors: Database Error Messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from engine.errors import SourceError
from engine.words import fold

_Q_CLOSERS = {"[": "]", "{": "}", "(": ")", "<": ">"}
_OPERATORS = (
    "<=>", "<->", "<#>", "<<", ">>", ":=", "=>", "||", "**", "<>", "!=", "^=", "~=", "<=", ">=", "..",
    "(", ")", ",", ";", ".", "+", "-", "*", "/", "=", "<", ">", "%", ":", "@", "[", "]", "?", "|", "{", "}",
    "&", "$",
)  # fmt: skip
_BLANK = re.compile(r"(?:[\s\ufeff]+|--[^\n]*|/\*.*?\*/)+", re.DOTALL)
_BLANK_BUT_HINTS = re.compile(r"(?:[\s\ufeff]+|--(?!\+)[^\n]*|/\*(?!\+).*?\*/)+", re.DOTALL)
_HINT = re.compile(r"--\+([^\n]*)|/\*\+(.*?)\*/", re.DOTALL)
_LEXEME = re.compile(
    r"""(?P<q_string>[nN]?[qQ]')
    | (?P<string>[nN]?'[^']*+(?:''[^']*+)*+')
    | (?P<word>[^\W\d_][\w$\#]*)
    | (?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?:[fFdD](?![\w$\#]))?)
    | (?P<unclosed>/\*)
    | (?P<bind>:(?:[^\W_][\w$\#]*|"[^"\n\0]+"))
    | (?P<substitution>&&?[\w$\#]+\.?)
    | (?P<directive>\$\$?[^\W\d_][\w$\#]*)
    | (?P<quoted>")
    | (?P<operator>"""
    + "|".join(map(re.escape, _OPERATORS))
    + ")",
    re.VERBOSE,
)


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted identifier"
    NUMBER = "number"
    STRING = "string"
    BIND = "bind variable"
    SUBSTITUTION = "substitution variable"
    DIRECTIVE = "directive"
    HINT = "hint"
    OPERATOR = "operator"
    END = "end of input"


class Token(NamedTuple):
    """One lexical unit.

    `value` is the word in lower case, the identifier between the quotes, the content of a string
    literal with its quoting undone, the words of a hint, the name of a variable without its mark, or the text
    itself. `start` and `end` are offsets into the source; `line` and `column` count from 1.
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
    """Reads tokens one after the other, so that a caller can stop where its own rules take over.

    Hints are comments unless `hints` asks for them as tokens.
    """

    def __init__(self, text: str, source: str | None = None, line: int = 1, hints: bool = False) -> None:
        self.text = text
        self.source = source
        self.line = line
        self.line_start = 0
        self.pos = 0
        self.hints = hints

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
        token = Token(kind, value, self.line, self.pos - self.line_start + 1, self.pos, end)
        self.advance(end)
        return token

    def skip_blanks(self) -> None:
        """Go past white space and comments, but not past a hint that is asked for."""
        blank = (_BLANK_BUT_HINTS if self.hints else _BLANK).match(self.text, self.pos)
        if blank:
            self.advance(blank.end())

    def next(self) -> Token:
        """The next token; one of kind END at the end, again and again."""
        self.skip_blanks()
        text, start = self.text, self.pos
        if start >= len(text):
            return self._token(Kind.END, "", start)
        hint = _HINT.match(text, start) if self.hints and text[start] in "-/" else None
        if hint:
            return self._token(Kind.HINT, (hint[1] or hint[2] or "").strip(), hint.end())
        match = _LEXEME.match(text, start)
        if match is None:
            raise self._no_lexeme(text[start])
        end = match.end()
        group = match.lastgroup
        column = start - self.line_start + 1
        if group == "word":
            if not text[start].isalpha():
                raise self._no_lexeme(text[start])
            self.pos = end
            return Token(Kind.WORD, fold(match[0]), self.line, column, start, end)
        if group == "operator":
            self.pos = end
            return Token(Kind.OPERATOR, match[0], self.line, column, start, end)
        if group == "number":
            self.pos = end
            value = match[0].lower() if match[0][-1] in "fFdD" else match[0]
            return Token(Kind.NUMBER, value, self.line, column, start, end)
        if group == "string":
            return self._token(Kind.STRING, text[text.index("'", start) + 1 : end - 1].replace("''", "'"), end)
        return self._rare(group or "", match[0], end)

    def _rare(self, group: str, lexeme: str, end: int) -> Token:
        if group == "q_string":
            return self._q_string(end - 1)
        if group == "quoted":
            return self._quoted()
        if group == "bind":
            value = lexeme[2:-1] if lexeme[1] == '"' else fold(lexeme[1:])
            return self._token(Kind.BIND, value, end)
        if group == "substitution":
            return self._token(Kind.SUBSTITUTION, fold(lexeme.strip("&.")), end)
        if group == "directive":
            return self._token(Kind.DIRECTIVE, fold(lexeme), end)
        raise self.fail("comment not terminated properly: /* is not closed", 1742, "PLS-00111")

    def _no_lexeme(self, char: str) -> SourceError:
        if char == "'":
            return self.fail("quoted string not properly terminated", 1756)
        return self.fail(f"the character {char!r} has no meaning here", 911, "PLS-00103")

    def __iter__(self) -> Iterator[Token]:
        while True:
            token = self.next()
            yield token
            if token.kind is Kind.END:
                return

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


def tokenize(text: str, source: str | None = None, line: int = 1, hints: bool = False) -> list[Token]:
    """The tokens of `text`, closed by one of kind END; comments are left out, and hints unless they are asked for.

    `line` is the number of the text's first line in `source`. Raises SourceError at a literal,
    comment or quoted identifier that is not closed, and at a character Oracle has no use for.
    """
    return list(Scanner(text, source, line, hints))
