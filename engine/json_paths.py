"""Paths of SQL/JSON, read and spelled as PostgreSQL's (JSON Developer's Guide, "SQL/JSON Path Expressions").

The two languages write most of a path alike. What differs is `has substring` and `eq_regex`, and the item methods.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

# Item methods by their names, with PostgreSQL's type of what JSON_VALUE gives of them.
METHODS = {
    "string": "text",
    "number": "numeric",
    "double": "double precision",
    "boolean": "boolean",
    "abs": "numeric",
    "ceiling": "numeric",
    "floor": "numeric",
    "size": "numeric",
    "type": "text",
}
# What the manual has and PostgreSQL has not, or has with another meaning.
_REFUSED_WORDS = ("like", "in", "between", "has")
_DEEPEST = 50
_COMPARISONS = frozenset(("==", "!=", "<>", "<", "<=", ">", ">="))
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<name>[^\W\d]\w*)
    | (?P<sign>\.\.|==|!=|<>|<=|>=|&&|\|\||[$@.*\[\]()?!<>,-])
    )""",
    re.VERBOSE,
)


class JsonPathError(Exception):
    """A path that is none: ORA-40442."""


class UnsupportedPathError(Exception):
    """A part of a path that PostgreSQL has no means for; the message names it."""


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A path that was read.

    `text` is the path as PostgreSQL writes it, `method` the item method that it ends with or "", `variables` are the
    names behind `$` that PASSING must give. `steps` are its members as `.name` and `.*` and its positions as `[n]` and
    `[*]`; None where it has other steps too.
    """

    text: str
    method: str
    variables: tuple[str, ...]
    steps: tuple[str, ...] | None


def read_path(text: str) -> JsonPath:
    """Read a path. Raises JsonPathError and UnsupportedPathError."""
    reader = _Reader(_tokens(text))
    mode = f"{reader.take()} " if reader.at_word("lax", "strict") else ""
    reader.expect("$")
    spelled = mode + "$" + reader.steps(outermost=True)
    if reader.token[1]:
        reader.fail()
    return JsonPath(spelled, reader.method, tuple(reader.variables), tuple(reader.simple) if reader.is_simple else None)


def item_method(text: str) -> str:
    """The item method that a path ends with; "" where it ends with none, or is none."""
    try:
        return read_path(text).method
    except (JsonPathError, UnsupportedPathError):
        return ""


def member(name: str) -> str:
    """A step to a member of any name."""
    return '."' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise JsonPathError
        found.append((match.lastgroup or "", match[match.lastgroup or 0]))
        at = match.end()
    return [*found, ("end", "")]


class _Reader:
    """Goes over the tokens of a path once, and spells what it reads."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self.method = ""
        self.variables: list[str] = []
        self.simple: list[str] = []
        self.is_simple = True

    @property
    def token(self) -> tuple[str, str]:
        """The kind and the text of what comes next."""
        return self._tokens[self._at]

    def take(self) -> str:
        """The next token's text; go on behind it."""
        self._at += 1
        return self._tokens[self._at - 1][1]

    def at_word(self, *words: str) -> bool:
        """Whether one of these words comes next."""
        return self.token[0] == "name" and self.token[1] in words

    def accept(self, sign: str) -> bool:
        """Take a sign where it comes next."""
        found = self.token == ("sign", sign)
        self._at += found
        return found

    def expect(self, sign: str) -> None:
        """Take a sign, which must come next."""
        if not self.accept(sign):
            self.fail()

    def fail(self) -> NoReturn:
        """Complain of the syntax."""
        raise JsonPathError

    # steps

    def steps(self, *, outermost: bool = False) -> str:
        """The steps that stand here. The outermost ones are those of the path itself, not of a filter in it."""
        out = ""
        while not (outermost and self.method):
            if self.accept("."):
                step = self._behind_dot(outermost)
            elif self.accept("["):
                step = self._positions()
            elif self.accept("?"):
                self.expect("(")
                step = f"?({self._condition()})"
                self.expect(")")
            elif self.token == ("sign", ".."):
                raise UnsupportedPathError("`..` in a JSON path")
            else:
                break
            out += step
            if outermost:
                self._note(step)
        return out

    def _note(self, step: str) -> None:
        if re.fullmatch(r'\.\w+|\.\*|\."(?:[^"\\])*"|\[(?:\d+|\*)\]', step):
            self.simple.append(step)
        else:
            self.is_simple = False

    def _behind_dot(self, outermost: bool) -> str:
        kind, text = self.token
        if self.accept("*"):
            return ".*"
        if kind == "text":
            return "." + self._literal(self.take())
        if kind != "name":
            self.fail()
        self.take()
        if not self.accept("("):
            return "." + text
        self.expect(")")
        if text not in METHODS:
            raise UnsupportedPathError(f"the item method {text}()")
        if outermost:
            self.method = text
        return f".{text}()"

    def _positions(self) -> str:
        if self.accept("*"):
            self.expect("]")
            return "[*]"
        found = [self._range()]
        while self.accept(","):
            found.append(self._range())
        self.expect("]")
        return f"[{', '.join(found)}]"

    def _range(self) -> str:
        first = self._position()
        if self.at_word("to"):
            self.take()
            return f"{first} to {self._position()}"
        return first

    def _position(self) -> str:
        if self.at_word("last"):
            self.take()
            return f"last - {self._whole()}" if self.accept("-") else "last"
        return self._whole()

    def _whole(self) -> str:
        if self.token[0] != "number" or not self.token[1].isdigit():
            self.fail()
        return self.take()

    # filters

    def _condition(self) -> str:
        if self._depth == _DEEPEST:
            raise UnsupportedPathError(f"a JSON path with more than {_DEEPEST} conditions in each other")
        self._depth += 1
        found = self._joined("||", lambda: self._joined("&&", self._negated))
        self._depth -= 1
        return found

    def _joined(self, sign: str, read: Callable[[], str]) -> str:
        found = [read()]
        while self.accept(sign):
            found.append(read())
        return f" {sign} ".join(found)

    def _negated(self) -> str:
        if self.accept("!"):
            return "!" + self._grouped()
        if self.token == ("sign", "(") or self.at_word("exists"):
            return self._grouped()
        return self._comparison()

    def _grouped(self) -> str:
        if self.at_word("exists"):
            self.take()
            self.expect("(")
            found = self._path()
            self.expect(")")
            return f"exists({found})"
        self.expect("(")
        found = self._condition()
        self.expect(")")
        return f"({found})"

    def _path(self) -> str:
        if self.token[1] not in ("@", "$"):
            self.fail()
        return self.take() + self.steps()

    def _comparison(self) -> str:
        left = self._operand()
        if self.token[1] in _COMPARISONS:
            operator = self.take()
            return f"{left} {operator} {self._operand()}"
        return left + self._text_predicate()

    def _text_predicate(self) -> str:
        word = self.take() if self.token[0] == "name" else self.fail()
        if word == "starts" and self.at_word("with"):
            self.take()
            return f" starts with {self._operand()}"
        if word == "has" and self.at_word("substring"):
            self.take()
            return f' like_regex {self._pattern()} flag "q"'
        if word == "like_regex":
            return f" like_regex {self._pattern()}"
        if word == "eq_regex":
            pattern = self._pattern()
            return f' like_regex "^(?:{pattern[1:-1]})$"'
        if word in _REFUSED_WORDS:
            raise UnsupportedPathError(f"{word} in a filter of a JSON path")
        return self.fail()

    def _pattern(self) -> str:
        if self.token[0] != "text":
            raise UnsupportedPathError("a pattern in a JSON path that is no literal")
        return self._literal(self.take())

    def _operand(self) -> str:
        kind, text = self.token
        if self.accept("-"):
            return "-" + (self.take() if self.token[0] == "number" else self.fail())
        if kind == "number" or self.at_word("true", "false", "null"):
            return self.take()
        if kind == "text":
            return self._literal(self.take())
        if text == "$" and self._tokens[self._at + 1][0] == "name":
            self.take()
            self.variables.append(self.take())
            return f'$"{self.variables[-1]}"'
        return self._path()

    def _literal(self, text: str) -> str:
        """A string between double quotes."""
        return text if text[0] == '"' else '"' + text[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
