"""docs/commands.md: what each command takes, as --help says it.

python -m tests.command_reference    # write it anew
"""

from __future__ import annotations

import argparse
from pathlib import Path

from loader import cli
from loader.arguments import Parser

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"
BEGIN = "## What each command takes\n"


def reference() -> str:
    """A table for each command that takes something, in the order of --help."""
    _, commands = cli._parser()
    sections = [_section(name, command) for name, command in commands.items()]
    return BEGIN + "\n" + "\n".join(section for section in sections if section)


def _section(name: str, command: Parser) -> str:
    rows = [
        f"| {_shown(action)} | {_meaning(action, command)} |"
        for action in command._actions
        if not isinstance(action, argparse._HelpAction)
    ]
    if not rows:
        return ""
    example = f"\n`{command.epilog.removeprefix('example: ')}`\n" if command.epilog else ""
    return f"### {name}\n{example}\n" + "\n".join(["| argument | meaning |", "| --- | --- |", *rows]) + "\n"


def _shown(action: argparse.Action) -> str:
    name = action.metavar or action.dest.upper().replace("_", "-")
    name = name if isinstance(name, str) else " ".join(name)
    if not action.option_strings:
        return f"`{name}`" if action.required else f"`[{name}]`"
    return f"`{action.option_strings[-1]}`" if action.nargs == 0 else f"`{action.option_strings[-1]} {name}`"


def _meaning(action: argparse.Action, command: Parser) -> str:
    text = (action.help or "") % {"prog": command.prog, "default": action.default}
    return text.replace("|", "\\|")


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page.partition(BEGIN)[0] + reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
