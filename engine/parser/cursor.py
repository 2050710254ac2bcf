"""The state of a parse: the tokens of one statement, the place reached, and what complaints are made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from engine.errors import NotSupported, SourceError
from engine.lexer import Kind, Scanner, Token, tokenize
from engine.parser.roles import Role
from engine.tree.base import Name, ObjectName, Place
from engine.words import HINTED, LONGEST_NAME, PLSQL_RESERVED, SQL_RESERVED, UNREAD_CLAUSES, capitals

T = TypeVar("T")

# How deep expressions, queries, blocks and lists of statements may stand in each other. The parser takes at most eight
# frames for each, and those who read the tree about as many, of the thousand that Python has.
DEEPEST = 64
# The longest string literal, in bytes: in SQL where MAX_STRING_SIZE is STANDARD (error help, ORA-01704), and in PL/SQL.
_SQL_LITERAL, _PLSQL_LITERAL = 4000, 32767


class _Counter:
    """Counts how many of a thing stand in each other, in a `with` statement."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> None:
        self.count += 1

    def __exit__(self, *_: object) -> None:
        self.count -= 1


class Cursor:
    """Where a parse stands. One cursor is handed from function to function; it never goes back.

    `in_unit` tells that the text is PL/SQL; within `sql` a statement of SQL in it is read.
    """

    def __init__(self, text: str, source: str | None = None, line: int = 1, in_unit: bool = False) -> None:
        self.text = text
        self.source = source
        self.in_unit = in_unit
        self.sql = _Counter()
        self._depth = _Counter()
        self.read(self._tokens(line))

    def _tokens(self, line: int) -> list[Token]:
        try:
            tokens = tokenize(self.text, self.source, line, hints=True)
        except SourceError as error:
            if self.in_unit and error.in_plsql:
                raise SourceError(error.in_plsql, error.line, error.column, error.source, 6550) from error
            raise
        return [
            token
            for index, token in enumerate(tokens)
            if token.kind is not Kind.HINT or (index and tokens[index - 1].is_word(*HINTED))
        ]

    # reading

    def read(self, tokens: list[Token]) -> None:
        """Read these tokens from here on."""
        self.tokens = tokens
        self.index = 0
        self.token = tokens[0]

    @property
    def in_sql(self) -> bool:
        """Whether SQL is being read, alone or inside a PL/SQL unit."""
        return not self.in_unit or self.sql.count > 0

    @property
    def place(self) -> Place:
        """The place of the token at hand."""
        return Place(self.token.line, self.token.column, self.token.start)

    def ahead(self, count: int = 1) -> Token:
        """The token `count` places on; the END token past the end."""
        return self.tokens[min(self.index + count, len(self.tokens) - 1)]

    def take(self) -> Token:
        """The token at hand; the cursor goes on."""
        token = self.token
        if token.kind is not Kind.END:
            self.index += 1
            self.token = self.tokens[self.index]
        return token

    def at(self, *words: str) -> bool:
        """Whether these words stand here, one after the other."""
        token = self.token
        if token.kind is not Kind.WORD or token.value != words[0]:
            return False
        return len(words) == 1 or all(self.ahead(i).is_word(words[i]) for i in range(1, len(words)))

    def at_any(self, *words: str) -> bool:
        """Whether one of these words stands here."""
        return self.token.kind is Kind.WORD and self.token.value in words

    def at_op(self, *operators: str) -> bool:
        """Whether one of these operators stands here."""
        return self.token.kind is Kind.OPERATOR and self.token.value in operators

    def accept(self, *words: str) -> bool:
        """Take these words where they stand here."""
        if not self.at(*words):
            return False
        for _ in words:
            self.take()
        return True

    def accept_any(self, *words: str) -> str:
        """Take one of these words where it stands here; it in capitals, or an empty string."""
        return self.take().value.upper() if self.at_any(*words) else ""

    def accept_phrase(self, phrases: tuple[str, ...]) -> str:
        """Take one of these phrases (in capitals, longer ones first) where it stands here; it, or an empty string."""
        for phrase in phrases:
            if self.accept(*phrase.lower().split()):
                return phrase
        return ""

    def accept_op(self, operator: str) -> bool:
        """Take this operator where it stands here."""
        if not self.at_op(operator):
            return False
        self.take()
        return True

    def expect(self, *words: str) -> None:
        """Take these words; an error where something else stands."""
        for word in words:
            if not self.at(word):
                raise self.unexpected(word.upper())
            self.take()

    def expect_any(self, *words: str) -> str:
        """Take one of these words, and give it in capitals."""
        return self.accept_any(*words) or self._fail_for(" or ".join(words).upper())

    def expect_op(self, operator: str) -> None:
        """Take this operator; an error where something else stands."""
        if not self.accept_op(operator):
            raise self.unexpected(f"'{operator}'")

    def _fail_for(self, wanted: str) -> str:
        raise self.unexpected(wanted)

    def listed(self, item: Callable[[Cursor], T]) -> tuple[T, ...]:
        """One or more items separated by commas."""
        items = [item(self)]
        while self.accept_op(","):
            items.append(item(self))
        return tuple(items)

    def in_parentheses(self, item: Callable[[Cursor], T]) -> T:
        """An item between parentheses."""
        self.expect_op("(")
        found = item(self)
        self.expect_op(")")
        return found

    def list_in_parentheses(self, item: Callable[[Cursor], T]) -> tuple[T, ...]:
        """One or more items between parentheses, separated by commas."""
        return self.in_parentheses(lambda cursor: cursor.listed(item))

    def optional_list(self, item: Callable[[Cursor], T]) -> tuple[T, ...]:
        """Items between parentheses, where a parenthesis stands here."""
        return self.list_in_parentheses(item) if self.at_op("(") else ()

    def list_behind(self, item: Callable[[Cursor], T], *words: str) -> tuple[T, ...]:
        """Items between parentheses behind these words, where the words stand here."""
        return self.list_in_parentheses(item) if self.accept(*words) else ()

    def deeper(self) -> _Counter:
        """Around what may stand in itself: an error where that nests too deep."""
        if self._depth.count >= DEEPEST:
            message = f"this nests more than {DEEPEST} levels deep, which is the most that this engine reads"
            raise SourceError(message, self.token.line, self.token.column, self.source)
        return self._depth

    def split_bind(self) -> None:
        """Read a bind variable as a colon and what follows: `'a':b` in JSON_OBJECT is lexed as a bind."""
        start = self.token
        scanner = Scanner(self.text, self.source, start.line)
        scanner.pos, scanner.line_start = start.start + 1, start.start - start.column + 1
        following = scanner.next()
        end = self.index
        while self.tokens[end].end <= following.end and self.tokens[end].kind is not Kind.END:
            end += 1
        colon = Token(Kind.OPERATOR, ":", start.line, start.column, start.start, start.start + 1)
        self.tokens[self.index : end] = [colon, following]
        self.token = colon

    # complaints

    def error(self, number: str, message: str, token: Token | None = None) -> SourceError:
        """What Oracle refuses at `token` or here, by its own number: ORA-nnnnn, or PLS-nnnnn of the PL/SQL compiler.

        Inside a program unit both come as ORA-06550, and what SQL refuses has the mark of its compiler.
        """
        token = token or self.token
        plsql = number.startswith("PLS-")
        text = f"PL/SQL: {number}: {message}" if self.in_unit and not plsql else f"{number}: {message}"
        code = 6550 if self.in_unit or plsql else int(number.removeprefix("ORA-"))
        return SourceError(text, token.line, token.column, self.source, code)

    def unsupported(self, construct: str, token: Token | None = None) -> NotSupported:
        """A refusal: Oracle may well accept this, the engine does not."""
        token = token or self.token
        return NotSupported(construct, token.line, token.column, self.source)

    def unexpected(self, wanted: str, number: int = 0) -> SourceError:
        """An error that says what stands here and what should; `number` is SQL's where it has one for that."""
        token = self.token
        if token.kind is Kind.DIRECTIVE and not self.in_unit:
            return self.unsupported(f"conditional compilation ({token.value.upper()})")
        if token.kind is Kind.SUBSTITUTION:
            return self.unsupported(f"the substitution variable &{token.value}, which a client replaces")
        if token.is_op("{", "?"):
            return self.unsupported(f"the sign {token.value}")
        for clause in UNREAD_CLAUSES:
            if self.at(*clause.lower().split()):
                return self.unsupported(f"the clause {clause}")
        if not self.in_sql:
            return self.error("PLS-00103", f"Encountered the symbol {token.describe()} when expecting {wanted}")
        if not number:
            number = _MISSING.get(wanted, 907 if wanted == "')'" else 922)
        return self.error(f"ORA-{number:05d}", f"{token.describe()} stands where {wanted} is expected")

    # names

    def at_name(self) -> bool:
        """Whether a name may stand here: a quoted one, or a word that is not reserved."""
        return self.token.kind is Kind.QUOTED or (self.token.kind is Kind.WORD and not self.is_reserved(self.token))

    def is_reserved(self, token: Token) -> bool:
        """Whether a word can not be a name here, by SQL's list or by PL/SQL's.

        TYPE is on PL/SQL's list, and yet the compiler takes it for the name of a parameter, an attribute or a field.
        """
        if token.kind is not Kind.WORD:
            return False
        return token.value in SQL_RESERVED if self.in_sql else token.value in PLSQL_RESERVED and token.value != "type"

    def name(self, role: Role = Role.COLUMN) -> Name:
        """The identifier that stands here; `role` decides how SQL refuses a reserved word."""
        token = self.token
        if token.kind is Kind.WORD and self.is_reserved(token):
            raise self.reserved(role, token)
        return self.any_name(role)

    def any_name(self, role: Role = Role.COLUMN) -> Name:
        """The identifier that stands here, be it a reserved word."""
        token = self.token
        if token.kind is Kind.WORD:
            value = capitals(token.value)
        elif token.kind is Kind.QUOTED:
            value = token.value
        else:
            raise self.unexpected("a name", 1747 if token.kind is Kind.STRING else 0)
        self._check_length(token, role)
        self.take()
        written = self.text[token.start : token.end]
        return Name(Place(token.line, token.column, token.start), written, value)

    def reserved(self, role: Role, token: Token) -> SourceError:
        """The refusal of a reserved word that stands for a name."""
        if self.in_sql:
            return self.error(f"ORA-{role.number:05d}", role.message(token.value), token)
        return self.error(
            "PLS-00103",
            f'Encountered the symbol "{token.value.upper()}", a reserved word, when expecting an identifier',
            token,
        )

    def _check_length(self, token: Token, role: Role) -> None:
        if token.end - token.start <= LONGEST_NAME // 4:  # no character takes more than four bytes
            return
        written = self.text[token.start : token.end].strip('"')
        size = len(written.encode())
        if size <= LONGEST_NAME:
            return
        if self.in_unit and role is not Role.UNIT:
            raise self.error("PLS-00114", f"identifier '{written}' too long: {size} bytes, of at most 128", token)
        raise self.error("ORA-00972", f"identifier is too long: {written} has {size} bytes, of at most 128", token)

    def check_literal(self, token: Token) -> None:
        """An error where a string literal is too long."""
        if token.end - token.start <= _SQL_LITERAL // 4:
            return
        size = len(token.value.encode())
        if self.in_unit and size > _PLSQL_LITERAL:
            raise self.error("PLS-00172", f"string literal too long: it has {size} bytes, of at most 32767", token)
        if self.in_sql and size > _SQL_LITERAL:
            raise self.error("ORA-01704", f"string literal too long: it has {size} bytes, of at most 4000", token)

    def unit_name(self) -> ObjectName:
        """The name of a stored unit: SQL reads it, outside the unit, and PL/SQL's reserved words are none either."""
        outer, self.in_unit = self.in_unit, False
        place, last = self.place, self.token
        found = self.object_name(Role.UNIT)
        self.in_unit = outer
        if found.link:
            raise self.error("ORA-04050", "invalid or missing procedure, function, or package name", last)
        if len(found.parts) == 1 and self.is_reserved(last):
            raise self.reserved(Role.UNIT, last)
        return ObjectName(place, found.parts)

    def object_name(self, role: Role = Role.TABLE) -> ObjectName:
        """`[schema .] name [@ link]`, of as many parts as are there."""
        place = self.place
        parts = [self.name(role)]
        while self.at_op(".") and self.ahead().kind in (Kind.WORD, Kind.QUOTED):
            self.take()
            parts.append(self.any_name() if not self.in_sql else self.name(Role.QUALIFIED))
        return ObjectName(place, tuple(parts), self.link())

    def link(self) -> tuple[Name, ...]:
        """`@ link` where it stands here: a name with its domain."""
        if not self.at_op("@") or self.ahead().kind not in (Kind.WORD, Kind.QUOTED):
            return ()
        self.take()
        parts = [self.any_name()]
        while self.accept_op("."):
            parts.append(self.any_name())
        return tuple(parts)


# SQL's numbers for what is missing (Database Error Messages).
_MISSING = {
    "')'": 907, "'('": 906, "','": 917, "FROM": 923, "BY": 924, "INTO": 925, "VALUES": 926, "'='": 927,
    "SELECT": 928, "an expression": 936, "AS": 905, "SET": 971, "ON": 969, "THEN": 905, "TABLE": 903,
    "TO": 946, "a name": 904, "a data type": 902, "IS": 905, "IN": 905, "END": 905, "an operator": 920, "AND": 905,
}  # fmt: skip
