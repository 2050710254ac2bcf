"""What a session asks of the translation of an Oracle statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from engine.session.results import Bind
from engine.session.stored import Stored


class Rendered(Protocol):
    """A text for PostgreSQL whose line n stands on line `first_line` + n - 1 of the source."""

    @property
    def text(self) -> str:
        """What to run."""

    @property
    def first_line(self) -> int:
        """The source's line of the first."""

    def place(self, offset: int) -> tuple[int, int] | None:
        """The source's line and column of the character at `offset`, where one is known."""


class Translation(Protocol):
    """What to run, in order, for one Oracle statement.

    `before` and `after` are PostgreSQL statements of the engine's own. Where `main` fails because a view can not be
    replaced in place, `retry` runs instead. `ddl` tells that what is stored changes, `query` that there are rows,
    `block` that values are left in bind variables; `transaction` is commit, rollback or nothing. `done` is what a SQL
    client says afterwards; `{count}` stands for the number of rows. `long_names` are those that PostgreSQL knows by a
    short form, by that form.
    """

    @property
    def main(self) -> Sequence[Rendered]: ...  # noqa: D102
    @property
    def before(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def after(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def retry(self) -> Sequence[Rendered]: ...  # noqa: D102
    @property
    def ddl(self) -> bool: ...  # noqa: D102
    @property
    def query(self) -> bool: ...  # noqa: D102
    @property
    def block(self) -> bool: ...  # noqa: D102
    @property
    def transaction(self) -> str: ...  # noqa: D102
    @property
    def done(self) -> str: ...  # noqa: D102
    @property
    def long_names(self) -> Mapping[str, str]: ...  # noqa: D102


class Translator(Protocol):
    """Makes of an Oracle statement what PostgreSQL is to run."""

    @property
    def files(self) -> Sequence[Path]:
        """The files that decide what it makes, beside those of the engine's parser."""

    def __call__(
        self, text: str, stored: Stored, source: str | None, line: int, binds: Mapping[str, Bind]
    ) -> Translation:
        """Translate one statement that stands at `line` of `source`. Raises SourceError.

        A block leaves the values of `binds` in PostgreSQL's settings ora.bind_0, ora.bind_1 and so on, as text.
        """
