"""README in both languages, and docs/: what a reader finds there is there."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from loader import cli
from loader.config import PROJECT
from tests import command_reference, troubleshooting

README, KOREAN = PROJECT / "README.md", PROJECT / "README.ko.md"
PAGES = sorted(path for path in PROJECT.rglob("*.md") if not {".venv", "Sample"} & set(path.parts))


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(text: str) -> list[list[str]]:
    """The lines of each code block without their comments and the words of people."""
    found = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [[re.split(r"\s+(?:#|--) ", line)[0] for line in block.splitlines()] for block in found]


def test_readme_is_short() -> None:
    assert len(text_of(README).splitlines()) <= 150


def test_the_two_readmes_have_the_same_headings_commands_links_and_figures() -> None:
    english, korean = text_of(README), text_of(KOREAN)
    levels = [re.findall(r"^(#+) ", text, re.MULTILINE) for text in (english, korean)]
    assert levels[0] == levels[1]
    assert blocks(english) == blocks(korean)
    links = [re.findall(r"\]\(([^)]+)\)", text) for text in (english, korean)]
    assert [link for link in links[0] if link != KOREAN.name] == [link for link in links[1] if link != README.name]
    figures = [sorted(re.findall(r"\d[\d,.]*\d|\d", text)) for text in (english, korean)]
    assert figures[0] == figures[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_lead_to_files(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text_of(page)):
        assert (page.parent / link).exists(), link


def test_every_page_of_docs_is_linked_from_readme() -> None:
    linked = set(re.findall(r"\]\((docs/[^)]+)\)", text_of(README)))
    assert linked == {f"docs/{page.name}" for page in (PROJECT / "docs").iterdir() if page.suffix in (".md", ".ipynb")}


def test_the_table_of_commands_is_that_of_help() -> None:
    parser, _ = cli._parser()
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    rows = [f"| `{command.dest}` | {command.help} |" for command in commands._choices_actions]
    assert "\n".join(rows) in text_of(PROJECT / "docs/commands.md")


def test_what_each_command_takes_is_that_of_help() -> None:
    assert text_of(command_reference.PAGE).endswith(command_reference.reference())


def test_every_argument_says_what_it_is_for() -> None:
    _, commands = cli._parser()
    for name, command in commands.items():
        for action in command._actions:
            assert action.help, (name, action.dest)


def test_troubleshooting_has_every_error_with_its_text_a_cause_and_a_remedy() -> None:
    page = text_of(troubleshooting.PAGE)
    assert page == troubleshooting.written(page)
    found = troubleshooting.entries(page)
    assert [entry.number for entry in found] == [error.number for error in troubleshooting.errors()]
    assert [entry.name for entry in found if not (entry.cause and entry.remedy)] == []


def test_an_error_that_the_page_lacks_is_seen() -> None:
    page = text_of(troubleshooting.PAGE)
    first, second, *_ = troubleshooting.entries(page)
    shorter = page.replace(second.section(), "").replace(first.text, "another text")
    assert shorter != troubleshooting.written(shorter)
    restored = troubleshooting.entries(troubleshooting.written(shorter))
    assert restored[0] == first
    assert (restored[1].text, restored[1].cause) == (second.text, "")
