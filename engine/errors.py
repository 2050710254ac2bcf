"""What the engine has to say about a source text."""

from __future__ import annotations


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


class NotSupported(SourceError):
    """Oracle may well accept the text; the engine does not. `construct` is the name of what it refuses.

    `advice` says what a user can write in its place.
    """

    def __init__(self, construct: str, line: int, column: int, source: str | None = None, advice: str = "") -> None:
        self.construct = construct
        message = f"the embedded engine does not run {construct}"
        super().__init__(f"{message}; {advice}" if advice else message, line, column, source)
