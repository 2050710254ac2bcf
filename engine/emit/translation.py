"""What is to be run for one Oracle statement."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.emit.fragment import Rendered


@dataclass(slots=True)
class Translation:
    """What to run, in order, for one Oracle statement.

    `before` and `after` are PostgreSQL statements of the engine's own; `main` is the translated
    text with its places. Where `main` fails because a view can not be replaced in place, `retry`
    runs instead. `block` tells of a PL/SQL block that a user typed, which leaves values in its bind variables,
    `ends_transactions` of one that does COMMIT or ROLLBACK itself and so can not run inside a transaction.
    `long_names` are the names that PostgreSQL knows by a short form, by
    that form. `ddl` tells that Oracle would commit before and after. `done` is what the SQL
    client says afterwards; `{count}` stands for the number of rows.
    """

    main: list[Rendered]
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    retry: list[Rendered] = field(default_factory=list)
    ddl: bool = False
    query: bool = False
    block: bool = False
    transaction: str = ""
    done: str = ""
    ends_transactions: bool = False
    long_names: dict[str, str] = field(default_factory=dict)
