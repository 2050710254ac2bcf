"""The parser of the command line: what is wrong is said in one line."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Iterable
from typing import NoReturn

from loader.statuses import WRONG_USAGE
from loader.terminal import warn
from loader.usage import option_name

_ARGUMENT = re.compile(r"^argument ([^:]+): ")


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and ends with status 2."""

    def error(self, message: str) -> NoReturn:
        """End with status 2 after one line on standard error."""
        more = "" if message.endswith("?") else f" (see {self.prog} --help)"
        warn(f"error: {_ARGUMENT.sub(_named, message)}{more}")
        raise SystemExit(WRONG_USAGE)

    @property
    def option_strings(self) -> list[str]:
        """The long options."""
        return [text for action in self._actions for text in action.option_strings if text.startswith("--")]


def _named(found: re.Match[str]) -> str:
    return f"{found[1]}: "


def nearest(word: str, known: Iterable[str]) -> str:
    """A question that offers the known word which is most like this one; nothing where none is."""
    found = difflib.get_close_matches(word.partition("=")[0].lower(), list(known), n=1)
    return f": did you mean {found[0]}?" if found else ""


def unreadable(options: argparse.Namespace) -> str | None:
    """What is said of an option whose bytes are not UTF-8; paths may hold any bytes."""
    for name, value in vars(options).items():
        if isinstance(value, str):
            try:
                value.encode()
            except UnicodeEncodeError:
                return f"{option_name(name)}: {value!r} is not valid UTF-8"
    return None
