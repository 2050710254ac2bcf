"""Substitution variables: DEFINE, &name, &&name and the arguments &1, &2 of a script.

SQL*Plus User's Guide, "Using Substitution Variables".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

# Asks for a value by a prompt; None where nobody can be asked.
Ask = Callable[[str], "str | None"]

_NAME = r"[\w$#]+"


class SubstitutionError(Exception):
    """A variable has no value, and nobody can be asked for one."""


class Variables:
    """The variables of a session by their names in capitals.

    `prefix` is the character that calls one, empty after SET DEFINE OFF.
    """

    def __init__(self, ask: Ask) -> None:
        self.prefix = "&"
        self._values: dict[str, str] = {}
        self._ask = ask

    def define(self, name: str, value: str) -> None:
        """Give a variable its value."""
        self._values[name.upper()] = value

    def undefine(self, name: str) -> bool:
        """Forget a variable; whether there was one."""
        return self._values.pop(name.upper(), None) is not None

    def value(self, name: str) -> str | None:
        """The value of a variable, or None."""
        return self._values.get(name.upper())

    def all(self) -> dict[str, str]:
        """Every variable, in the order of the names."""
        return dict(sorted(self._values.items()))

    def define_arguments(self, arguments: Sequence[str]) -> None:
        """Give &1, &2 and so on the arguments of a script; those that it was not given keep their values."""
        for place, argument in enumerate(arguments, 1):
            self.define(str(place), argument)

    def replaced(self, text: str) -> str:
        """The text with the values in the places of the variables. Raises SubstitutionError."""
        if not self.prefix or self.prefix not in text:
            return text
        prefix = re.escape(self.prefix)
        # A point ends a variable's name, and is no part of the text.
        return re.sub(rf"({prefix}{{1,2}})({_NAME})\.?", self._replacement, text)

    def _replacement(self, found: re.Match[str]) -> str:
        name = found[2]
        value = self.value(name)
        if value is not None:
            return value
        value = self._ask(f"Enter value for {name.lower()}: ")
        if value is None:
            raise SubstitutionError(
                f"SP2-0135: symbol {name.lower()} is UNDEFINED: DEFINE {name.lower()} = VALUE first, "
                f"or SET DEFINE OFF where {self.prefix} is meant as it stands"
            )
        if len(found[1]) == 2 or name.isdigit():
            self.define(name, value)
        return value
