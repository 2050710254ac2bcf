"""What EXIT and WHENEVER ask for: SQL*Plus User's Guide, "EXIT", "WHENEVER SQLERROR" and "WHENEVER OSERROR"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from loader.client.words import whole

EXITS = "EXIT [SUCCESS|FAILURE|WARNING|SQL.SQLCODE|0 to 255|:VARIABLE] [COMMIT|ROLLBACK]"
CONTINUES = "CONTINUE [COMMIT|ROLLBACK|NONE]"
# The exit status of the words on Unix.
_STATUS = {"success": 0, "failure": 1, "warning": 2}
LARGEST_STATUS = 255


class Cause(Enum):
    """What went wrong, as far as WHENEVER tells it apart: commands of SQL*Plus stop nothing."""

    SQL = "sqlerror"
    SYSTEM = "oserror"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Action:
    """What EXIT or WHENEVER asks for.

    `status` None: none was given. `sqlcode`: the last error's number. `end`: what becomes of the open transaction.
    """

    leave: bool
    status: int | None = None
    sqlcode: bool = False
    end: str = "none"


class Leave(Exception):
    """The script asked to leave."""

    def __init__(self, action: Action) -> None:
        super().__init__()
        self.action = action


# The value of a bind variable, None where there is none of the name or it is no number.
Value = Callable[[str], "int | None"]


def exit_action(words: Sequence[str], value: Value) -> Action | None:
    """What stands after EXIT; None where it is not understood."""
    words = [word.lower() for word in words]
    end = words.pop() if words[-1:] in (["commit"], ["rollback"]) else "commit"
    match words:
        case []:
            return Action(leave=True, end=end)
        case ["sql.sqlcode"]:
            return Action(leave=True, sqlcode=True, end=end)
        case [word] if word in _STATUS:
            return Action(leave=True, status=_STATUS[word], end=end)
        case [word]:
            number = value(word[1:]) if word.startswith(":") else whole(word)
            if number is not None and 0 <= number <= LARGEST_STATUS:
                return Action(leave=True, status=number, end=end)
    return None


def whenever(words: Sequence[str], value: Value) -> tuple[Cause, Action] | None:
    """What stands after WHENEVER; None where it is not understood."""
    causes = {cause.value: cause for cause in (Cause.SQL, Cause.SYSTEM)}
    cause = causes.get(words[0].lower()) if words else None
    if cause is None or len(words) < 2:
        return None
    if words[1].lower() == "exit":
        action = exit_action(words[2:], value)
        return None if action is None else (cause, action)
    end = words[2].lower() if len(words) == 3 else "none"
    if words[1].lower() != "continue" or len(words) > 3 or end not in ("commit", "rollback", "none"):
        return None
    return cause, Action(leave=False, end=end)
