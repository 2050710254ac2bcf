"""What a running statement tells the session at once: lines of DBMS_OUTPUT, and that it wants a commit."""

from __future__ import annotations

from psycopg.errors import Diagnostic

from engine.results import Output

_OUTPUT_STATE = "OUTLN"
_COMMIT_STATE = "COMIT"
_VARIABLE_STATE = "STATE"


class Notices:
    """Hears the notices of one session.

    `output` receives the lines while it is set. `commit_noted` says that a procedure asked for COMMIT: PostgreSQL can
    not do it inside one that runs in a transaction. `variables` are those of packages by their settings: the session's
    state, which no rollback changes.
    """

    def __init__(self) -> None:
        self.output: Output | None = None
        self.commit_noted = False
        self.variables: dict[str, str] = {}

    def hear(self, diagnostic: Diagnostic) -> None:
        """Take a notice of PostgreSQL's."""
        if diagnostic.sqlstate == _OUTPUT_STATE and self.output is not None:
            self.output(diagnostic.message_primary or "")
        elif diagnostic.sqlstate == _COMMIT_STATE:
            self.commit_noted = True
        elif diagnostic.sqlstate == _VARIABLE_STATE:
            self.variables[diagnostic.message_primary or ""] = diagnostic.message_detail or ""
