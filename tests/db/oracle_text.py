"""The files of db/ cut into tokens, SQL*Plus commands and hints, with the names that they declare.

Read for tests/db/constructs.py. SQL in literals (EXECUTE IMMEDIATE, statements that are printed) and the DDL that
scale.sql shows in comments are cut out as well.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from engine.lexer import Kind, Token, tokenize

SQL, PLSQL, SQLPLUS = "SQL", "PL/SQL", "SQL*Plus"

# SQL*Plus User's Guide and Reference, SQL*Plus Command Reference. Only where a line begins with them.
_COMMANDS = frozenset(
    "accept append archive attribute break btitle change clear column compute connect copy define del describe"
    " disconnect edit exec execute exit get help history host input list oraerr password pause ping print prompt quit"
    " recover remark rem repfooter repheader run save set show shutdown spool start startup store timing ttitle"
    " undefine variable whenever xquery".split()
)
_STORED_UNITS = ("package", "procedure", "function", "trigger", "type")
_PLSQL_BEGINS = re.compile(
    r"(declare|begin)\b|create\s+(or\s+replace\s+)?((if\s+not\s+exists|editionable|noneditionable)\s+)*"
    rf"({'|'.join(_STORED_UNITS)})\b",
    re.I,
)
_SUBSTITUTION = re.compile(r"&&?\w+\.?")
_HINT = re.compile(r"/\*\+(.*?)\*/|--\+([^\n]*)", re.S)
# What is shown and not run: DDL in comments, indented by six blanks. A size such as 700G is two tokens, since the
# lexer knows no such literal.
_SHOWN = re.compile(r"--(?= {6})")
_SIZE = re.compile(r"\b(\d+)([KMGT])\b")
_SQL_VERBS = ("select", "insert", "update", "delete", "merge", "with", "commit", "rollback", "savepoint", "lock")
_BEFORE_SQL = ("begin", "then", "else", "loop", "is", "for", "as")
_SQL_TEXT = re.compile(r"\s*(select|with|insert|update|delete|merge|create|alter|drop|grant|revoke|truncate|begin)\s")


@dataclass
class Stream:
    """Tokens that belong together, and whether SQL or PL/SQL reads each."""

    file: str
    tokens: list[Token]
    contexts: list[str]


@dataclass
class Source:
    """A file of db/: its tokens, and with their lines its SQL*Plus commands, hints and substitution variables."""

    file: str
    streams: list[Stream]
    commands: list[tuple[int, str]]
    hints: list[tuple[int, str]]
    substitutions: list[tuple[int, str]]


@dataclass
class Names:
    """What the project calls things: words that are no construct of Oracle's."""

    plain: set[str] = field(default_factory=set)
    routines: set[str] = field(default_factory=set)

    def add(self, other: Names) -> None:
        self.plain |= other.plain
        self.routines |= other.routines


def read(file: str, text: str) -> Source:
    """Cut a text; `file` is its path below db/."""
    lines = text.split("\n")
    if file == "scale.sql":
        lines = [_SHOWN.sub("", _SIZE.sub(r"\1 \2", line)) if _SHOWN.match(line) else line for line in lines]
    commands, ends = _take_commands(lines)
    substitutions: list[tuple[int, str]] = []
    if "/" not in file:
        for index, line in enumerate(lines):
            if not line.lstrip().startswith("--"):
                substitutions += [(index + 1, found[0]) for found in _SUBSTITUTION.finditer(line)]
                lines[index] = _SUBSTITUTION.sub("substitution", line)
        for number, command in commands:
            substitutions += [(number, found[0]) for found in _SUBSTITUTION.finditer(command)]
    body = "\n".join(lines)
    hints = [(body.count("\n", 0, at.start()) + 1, (at[1] or at[2]).strip()) for at in _HINT.finditer(body)]
    tokens = tokenize(body, file)[:-1]
    streams = [Stream(file, tokens, _contexts(tokens, ends)), *_dynamic(file, tokens)]
    for number, command in commands:
        called = re.match(r"exec(ute)?\s+(.*)", command, re.I)
        if called:
            found = tokenize(called[2] + ";", file, number)[:-1]
            streams.append(Stream(file, found, [PLSQL] * len(found)))
    return Source(file, streams, commands, hints, substitutions)


def _take_commands(lines: list[str]) -> tuple[list[tuple[int, str]], list[int]]:
    """Blank out SQL*Plus commands and the lines of `/`; the commands, and the lines at which PL/SQL ended."""
    commands: list[tuple[int, str]] = []
    ends: list[int] = []
    is_plsql, ended = False, True
    for index, line in enumerate(lines):
        bare = re.sub(r"--.*", "", line).strip()
        word = re.match(r"@@?|\w+", bare)
        if ended and word and (word[0].startswith("@") or word[0].lower() in _COMMANDS):
            commands.append((index + 1, bare.rstrip(";")))
            lines[index] = ""
        elif bare == "/":
            lines[index] = ""
            ends.append(index + 1)
            is_plsql, ended = False, True
        elif bare:
            if ended:
                is_plsql = _PLSQL_BEGINS.match(bare) is not None
            ended = not is_plsql and bare.endswith(";")
    return commands, ends


def _contexts(tokens: list[Token], ends: list[int]) -> list[str]:
    """Of each token, whether SQL or PL/SQL reads it; `ends` are the lines at which PL/SQL ends."""
    contexts: list[str] = []
    at, plsql_to, start = 0, 0, True
    while at < len(tokens):
        token = tokens[at]
        if start and token.line > plsql_to:
            words = [t.value for t in tokens[at : at + 8]]
            is_unit = words[0] == "create" and any(w in _STORED_UNITS for w in words[1:7]) and "view" not in words[1:4]
            if words[0] in ("begin", "declare") or is_unit:
                following = bisect.bisect_right(ends, token.line)
                plsql_to = ends[following] if following < len(ends) else tokens[-1].line
        in_plsql = token.line <= plsql_to
        previous = tokens[at - 1] if at else None
        opens = previous is not None and (previous.is_op(";", "(") or previous.is_word(*_BEFORE_SQL))
        if in_plsql and not (token.is_word(*_SQL_VERBS) and opens):
            contexts.append(PLSQL)
            start = token.is_op(";")
            at += 1
            continue
        in_parentheses = in_plsql and previous is not None and previous.is_op("(")
        depth = 0
        while at < len(tokens):
            if tokens[at].is_op("("):
                depth += 1
            elif tokens[at].is_op(")"):
                if depth == 0 and in_parentheses:
                    break
                depth -= 1
            contexts.append(SQL)
            at += 1
            if tokens[at - 1].is_op(";"):
                break
        start = True
    return contexts


def _dynamic(file: str, tokens: list[Token]) -> Iterator[Stream]:
    """SQL in literals: each run of literals joined by `||` that begins like a statement and is run or printed."""
    at = 0
    while at < len(tokens):
        previous = tokens[at - 1] if at else tokens[at]
        is_sql = tokens[at].kind is Kind.STRING and _SQL_TEXT.match(tokens[at].value.lower())
        is_run = previous.is_word("immediate", "for") or previous.is_op(":=")
        if not is_sql or not (is_run or (previous.is_op("(") and tokens[at - 2].is_word("put_line"))):
            at += 1
            continue
        text, depth = "", 0
        begins, lines = [0], [tokens[at].line]
        while at < len(tokens) and not (depth == 0 and tokens[at].is_op(";", ")", ",")):
            token = tokens[at]
            if depth == 0 and token.is_word("into", "using"):
                break
            if token.is_op("("):
                depth += 1
            elif token.is_op(")"):
                depth -= 1
            elif depth == 0 and token.kind is Kind.STRING:
                begins.append(len(text))
                lines.append(token.line)
                text += token.value
            elif depth == 0 and token.kind in (Kind.WORD, Kind.NUMBER) and not tokens[at + 1].is_op("."):
                text += "1"  # a value that is put in: which one can not be seen here
            at += 1
        found = [
            Token(t.kind, t.value, lines[bisect.bisect_right(begins, t.start) - 1], t.column, t.start, t.end)
            for t in tokenize(text, file)[:-1]
        ]
        yield Stream(file, found, [SQL] * len(found))


_CONSTRAINTS = ("constraint", "primary", "unique", "foreign", "check", "partition", "nested")
_BEFORE_NAME = ("package", "body", "view", "index", "constraint", "table", "sequence", "user")
_AFTER_ALIAS = ("where", "join", "left", "cross", "group", "order", "on", "union", "loop", "using", "set", "fetch")
_CASTS = ("cast", "treat", "json_serialize", "xmlcast")
_DECLARATIONS = ("pragma", "procedure", "function", "cursor", "type", "subtype", "begin", "end")
_END = Token(Kind.OPERATOR, ";", 0, 0, 0, 0)


def tables(sources: list[Source]) -> set[str]:
    """Tables, views and queries of WITH, after whose name an alias may stand."""
    found: set[str] = set()
    for source in sources:
        for stream in source.streams:
            for previous, token, following in zip(stream.tokens, stream.tokens[1:], stream.tokens[2:], strict=False):
                is_query = following.is_word("as") and (previous.is_word("with") or previous.is_op(","))
                if token.kind is Kind.WORD and (previous.is_word("table", "view", "exists") or is_query):
                    found.add(token.value)
    return found


def names(stream: Stream, known_tables: set[str]) -> Names:
    """The names that a stream declares: tables, columns, aliases, routines, parameters, variables, labels."""
    found = Names()
    tokens = stream.tokens
    qualifiers = {t.value for t, dot in pairwise(tokens) if dot.is_op(".")}
    owners: list[str] = []  # for each open parenthesis the word that says what is in it
    declaring = False
    for at, token in enumerate(tokens):
        previous = tokens[at - 1] if at else _END
        before = tokens[at - 2] if at > 1 else _END
        following = tokens[at + 1] if at + 1 < len(tokens) else _END
        if token.is_op("("):
            is_named = before.is_word("table", "exists", "procedure", "function", "cursor")
            owners.append(before.value if is_named else previous.value)
        elif token.is_op(")") and owners:
            owners.pop()
        if token.kind is not Kind.WORD:
            continue
        word, context = token.value, stream.contexts[at]
        owner = owners[-1] if owners else ""
        is_first = previous.is_op("(", ",")
        if previous.is_word("procedure", "function", "cursor", "type", "subtype"):
            found.routines.add(word)
            continue
        is_alias = (
            context == SQL and not following.is_op("(") and (previous.is_op(")") or previous.value in known_tables)
        )
        ends = following.is_op(",", ")", ";") or following.is_word(*_AFTER_ALIAS)
        if (
            (previous.is_word(*_BEFORE_NAME) and word not in ("body", "if"))
            or (previous.is_word("exists") and before.is_word("if", "not"))
            or (previous.is_word("partition") and following.is_word("values"))
            or (previous.is_word("to") and [t.value for t in tokens[max(0, at - 4) : at - 2]] == ["rename", "column"])
            or (is_first and owner in ("table", "exists", "add", "modify", "columns") and word not in _CONSTRAINTS)
            or (is_first and owner in ("procedure", "function", "cursor"))
            or (context == PLSQL and previous.is_word("for") and following.is_word("in"))
            or following.is_word("exception")
            or previous.is_op("<<")
            or ((previous.is_word("with") or previous.is_op(",")) and _begins_query(tokens, at + 1))
            or (previous.is_word("as") and owner not in _CASTS and not before.is_word("always", "default") and (
                following.is_op(",", ")", ";") or following.is_word("from", "into")
            ))
            or (is_alias and (word in qualifiers or (previous.is_op(")") and ends)))
        ):  # fmt: skip
            found.plain.add(word)
        if context != PLSQL:
            continue
        if token.is_word("is", "as", "declare"):
            declaring = True
        elif token.is_word("begin"):
            declaring = False
        elif previous.is_word("end") and word in found.routines:
            declaring = True
        elif declaring and following.kind is Kind.WORD and _declares(previous, word):
            found.plain.add(word)
    return found


def _begins_query(tokens: list[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at].is_word("as") and tokens[at + 1].is_op("(")


def _declares(previous: Token, word: str) -> bool:
    begins = previous.is_op(";") or previous.is_word("is", "as", "declare")
    return begins and word not in _DECLARATIONS
