"""Clauses of definitions that are words, numbers and names and hold no expression: how a thing is stored.

The table below lists them as patterns. A capital word stands for itself, `x` for one token (a number with the letter
of its unit is one), `()` for all between parentheses; what stands in brackets may be missing.
"""

from __future__ import annotations

from engine.lexer import Kind, Token
from engine.parser.cursor import Cursor
from engine.tree.ddl import Option

STORAGE = (
    "TABLESPACE SET x", "TABLESPACE x", "PCTFREE x", "PCTUSED x", "INITRANS x", "MAXTRANS x", "STORAGE ()",
    "LOGGING", "NOLOGGING", "FILESYSTEM_LIKE_LOGGING", "COMPRESS FOR OLTP", "COMPRESS FOR x [x]", "COMPRESS BASIC",
    "COMPRESS ADVANCED [LOW] [HIGH]", "COMPRESS [n]", "NOCOMPRESS", "ROW STORE COMPRESS [BASIC] [ADVANCED]",
    "COLUMN STORE COMPRESS [FOR] [QUERY] [ARCHIVE] [LOW] [HIGH]", "PARALLEL [n] [()]", "NOPARALLEL", "CACHE", "NOCACHE",
    "MONITORING", "NOMONITORING", "MONITORING USAGE", "NOMONITORING USAGE", "ENABLE ROW MOVEMENT",
    "DISABLE ROW MOVEMENT", "ON COMMIT PRESERVE ROWS",
    "ON COMMIT DELETE ROWS", "ON COMMIT PRESERVE DEFINITION", "ON COMMIT DROP DEFINITION", "ORGANIZATION INDEX",
    "ORGANIZATION HEAP", "ORGANIZATION EXTERNAL ()", "INCLUDING x", "OVERFLOW", "PCTTHRESHOLD x",
    "MAPPING TABLE", "NOMAPPING", "SEGMENT CREATION IMMEDIATE", "SEGMENT CREATION DEFERRED",
    "LOB () STORE AS [SECUREFILE] [BASICFILE] [name] [()]",
    "NESTED TABLE x STORE AS x [()] [RETURN] [AS] [VALUE] [LOCATOR]",
    "VARRAY x STORE AS [SECUREFILE] [BASICFILE] LOB [name] [()]",
    "XMLTYPE [COLUMN] [name] STORE AS [SECUREFILE] [BASICFILE] [OBJECT] [RELATIONAL] [BINARY] [XML] [CLOB] [x] [()]",
    "READ ONLY", "READ WRITE", "INMEMORY [()]", "NO INMEMORY", "RESULT_CACHE ()", "FLASHBACK ARCHIVE [name]",
    "NO FLASHBACK ARCHIVE", "ROWDEPENDENCIES", "NOROWDEPENDENCIES", "REJECT LIMIT x", "USING x",
    "NO DROP UNTIL x DAYS IDLE",
    "NO DELETE UNTIL x DAYS AFTER INSERT", "NO DELETE [LOCKED]", "HASHING USING x VERSION x", "DEFAULT COLLATION x",
    "MEMOPTIMIZE FOR READ", "ANNOTATIONS ()", "FOR EXCHANGE WITH TABLE x", "CLUSTER x ()",
)  # fmt: skip
INDEX = (
    *STORAGE, "LOCAL [()]", "GLOBAL", "REVERSE", "NOREVERSE", "ONLINE", "COMPUTE STATISTICS", "VISIBLE", "INVISIBLE",
    "UNUSABLE", "USABLE", "SORT", "NOSORT", "FILTER BY ()", "INDEXING FULL", "INDEXING PARTIAL",
)  # fmt: skip
ALTER_TABLE = (
    *STORAGE, "MOVE ONLINE", "MOVE PARTITION x [TABLESPACE] [name] [ONLINE]", "MOVE LOB () STORE AS [name] [()]",
    "MOVE",
    "SHRINK SPACE [COMPACT] [CASCADE]", "DEALLOCATE UNUSED", "ALLOCATE EXTENT [()]", "ENABLE ALL TRIGGERS",
    "DISABLE ALL TRIGGERS", "ENABLE TABLE LOCK", "DISABLE TABLE LOCK", "UPDATE INDEXES", "UPDATE GLOBAL INDEXES",
    "ADD SUPPLEMENTAL LOG DATA ()", "DROP SUPPLEMENTAL LOG DATA ()", "ADD SUPPLEMENTAL LOG GROUP x ()",
    "FORCE",
)  # fmt: skip
ALTER_INDEX = (
    *INDEX, "REBUILD PARTITION x", "REBUILD SUBPARTITION x", "REBUILD REVERSE", "REBUILD", "COALESCE [CLEANUP]",
    "ENABLE", "DISABLE", "COMPILE",
    "SHRINK SPACE [COMPACT] [CASCADE]", "PARAMETERS ()",
)  # fmt: skip
VIEW = ("BEQUEATH CURRENT_USER", "BEQUEATH DEFINER", "DEFAULT COLLATION x", "SHARING = x", "CONTAINER_MAP")
COLUMN = ("SORT", "ENCRYPT [USING x] [NO] [SALT]", "DECRYPT", "ANNOTATIONS ()")

_UNITS = ("k", "m", "g", "t", "p", "e")


def options(cursor: Cursor, patterns: tuple[str, ...]) -> tuple[Option, ...]:
    """As many of these clauses as stand here."""
    found = []
    while (one := option(cursor, patterns)) is not None:
        found.append(one)
    return tuple(found)


def option(cursor: Cursor, patterns: tuple[str, ...]) -> Option | None:
    """One of these clauses, where one stands here."""
    place, best = cursor.place, ""
    if cursor.token.kind is not Kind.WORD:
        return None
    for pattern in patterns:
        words = _fixed(pattern)
        if len(words) > len(_fixed(best)) and cursor.at(*words):
            best = pattern
    if not best:
        return None
    found: list[str] = []
    for part in best.split():
        _part(cursor, part, found)
    return Option(place, tuple(found))


def _fixed(pattern: str) -> list[str]:
    """The words at a pattern's beginning, as the lexer gives them."""
    words = []
    for part in pattern.split():
        if not part[0].isupper():
            break
        words.append(part.lower())
    return words


def _part(cursor: Cursor, part: str, found: list[str]) -> None:
    optional = part.startswith("[")
    part = part.strip("[]")
    if part == "()":
        if not optional or cursor.at_op("("):
            raw_parentheses(cursor, found)
    elif part == "x":
        if not optional or cursor.token.kind in (Kind.WORD, Kind.NUMBER, Kind.QUOTED):
            size(cursor, found)
    elif part == "n":
        if cursor.token.kind is Kind.NUMBER:
            size(cursor, found)
    elif part == "name":
        if cursor.token.kind is Kind.QUOTED or (cursor.at_name() and not _option_begins(cursor)):
            found.append(written(cursor, cursor.take()))
    elif part == "=":
        cursor.expect_op(part)
        found.append(part)
    elif not optional or cursor.at(part.lower()):
        cursor.expect(part.lower())
        found.append(part)


def _option_begins(cursor: Cursor) -> bool:
    return any(cursor.at(*_fixed(pattern)) for pattern in ALTER_TABLE)


def size(cursor: Cursor, found: list[str]) -> None:
    """One token, a number with its unit."""
    token = cursor.take()
    if token.kind not in (Kind.WORD, Kind.QUOTED, Kind.NUMBER, Kind.STRING):
        raise cursor.unexpected("a name or a number")
    found.append(written(cursor, token))
    if token.kind is Kind.NUMBER and cursor.at_any(*_UNITS) and cursor.token.start == token.end:
        found[-1] += cursor.take().value.upper()


def raw_parentheses(cursor: Cursor, found: list[str]) -> None:
    """All from `(` to its `)`, as written."""
    if not cursor.at_op("("):
        raise cursor.unexpected("'('")
    depth = 0
    while True:
        token = cursor.take()
        if token.kind is Kind.END:
            raise cursor.unexpected("')'")
        found.append(written(cursor, token))
        depth += token.is_op("(") - token.is_op(")")
        if depth == 0:
            return


def written(cursor: Cursor, token: Token) -> str:
    """A token as it is written, words in capitals."""
    text = cursor.text[token.start : token.end]
    return text.upper() if token.kind is Kind.WORD else text


def words(cursor: Cursor) -> tuple[str, ...]:
    """All that is left of the statement, as written."""
    found = []
    while cursor.token.kind is not Kind.END and not cursor.at_op(";"):
        found.append(written(cursor, cursor.take()))
    return tuple(found)
