"""The words of a command's argument."""

from __future__ import annotations

import re

_DIGITS = 12
_WORD = re.compile(r"'[^']*'|\"[^\"]*\"|\S+")


def words_of(argument: str) -> list[str]:
    """The words between blanks; one in quotes may hold blanks, and keeps its quotes."""
    return _WORD.findall(argument)


def unquoted(word: str) -> str:
    """The word without the quotes around it."""
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"" else word


def whole(word: str) -> int | None:
    """The whole number that a word is, of no more digits than anything here may have; None for anything else."""
    return int(word) if word.isdecimal() and len(word) <= _DIGITS else None
