"""The names of the commands, with their abbreviations: SQL*Plus User's Guide, "SQL*Plus Command Reference"."""

from __future__ import annotations

import re

# Capitals are the letters that an abbreviation needs.
COMMANDS = (
    "ACCept", "DEFine", "DESCribe", "EXECute", "EXIT", "HELP", "List", "PRInt", "PROmpt", "QUIT", "REMark", "Run",
    "SET", "SHOw", "SPOol", "STArt", "UNDEFine", "VARiable", "WHENEVER",
)  # fmt: skip
# What SQL*Plus has and this client does not.
UNAVAILABLE = (
    "Append", "ARCHIVE", "ATTRibute", "BREak", "BTItle", "Change", "CLear", "COLumn", "COMPute", "CONNect", "COPY",
    "DEL", "DISConnect", "EDit", "GET", "HISTory", "HOst", "Input", "OERR", "PASSWord", "PAUse", "RECOVER", "REPFooter",
    "REPHeader", "SAVe", "SHUTDOWN", "STARTUP", "STORE", "TIMIng", "TTItle", "XQUERY",
)  # fmt: skip
_PREFIXES = {"@@": "start beside", "@": "start", "?": "help", "!": "host"}
_WORD = re.compile(r"[A-Za-z]+(?![\w$#])")


def _spellings(names: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for name in names:
        least = sum(letter.isupper() for letter in name)
        for size in range(least, len(name) + 1):
            found[name[:size].lower()] = name.lower()
    return found


_SPELLINGS = _spellings(UNAVAILABLE) | _spellings(COMMANDS)


def command_of(text: str) -> tuple[str, str] | None:
    """The command that a line calls, in its full spelling, and what follows it; None for an unknown one."""
    for prefix, command in _PREFIXES.items():
        if text.startswith(prefix):
            return command, text[len(prefix) :].strip()
    word = _WORD.match(text)
    name = _SPELLINGS.get(word.group().lower()) if word else None
    if word is None or name is None:
        return None
    return name, text[word.end() :].strip()
