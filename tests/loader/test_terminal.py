"""What people are shown holds nothing that commands a terminal."""

from __future__ import annotations

import io
import json
import re
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loader import waiting
from loader.client import table
from loader.private import private_file
from loader.progress import Progress
from loader.terminal import say, shown, shown_html, shown_json
from loader.waiting import announced

# All of Bidi_Control (Unicode, PropList.txt), by number: the classes of characters are checked by category too.
BIDI_CONTROL = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
HOSTILE = "\x1b[31m\x1b]0;title\x07\r\x9b2J\u202eevil\u2066\u200b\ufeff\U000e0041\u2028"
ANY = st.text(st.characters(exclude_categories=[]))


def harmless(text: str) -> bool:
    return not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") or ord(c) in BIDI_CONTROL for c in text)


@given(ANY)
@example(HOSTILE)
@example("".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), *BIDI_CONTROL, 0xAD, 0xFEFF])))
def test_nothing_hidden_is_shown(text: str) -> None:
    assert harmless(shown(text))
    assert harmless(shown(text, lines=True).replace("\n", "").replace("\t", ""))
    assert harmless(shown_html(text))
    assert harmless(shown_json({"class": text}))
    assert json.loads(shown_json({"class": text})) == {"class": text}
    assert all(map(harmless, table(["X"], [(text,)], 80)))
    assert all(harmless(line) for line in table([text], [[text], [[text]]], 80))


@given(ANY)
def test_text_without_such_characters_stays(text: str) -> None:
    if harmless(text) and not set(text) & set("\u115f\u1160\u3164\uffa0"):
        assert shown(text) == text


def test_what_is_said_is_one_line_unless_it_may_be_more() -> None:
    out = io.StringIO()
    say("a\nerror: forged\t양품", out)
    say("a\nb", out, lines=True)
    assert out.getvalue() == "a\\nerror: forged\\t양품\na\nb\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def until(stream: io.StringIO, text: str) -> None:
    deadline = time.monotonic() + 60
    while text not in stream.getvalue():
        assert time.monotonic() < deadline, stream.getvalue()
        time.sleep(0.01)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PATIENCE_S", 0.01)


def test_in_a_pipe_a_wait_says_once_what_it_is_for(impatient: None) -> None:
    pipe = io.StringIO()
    with announced("outer", pipe), announced("inner \x1b[2J", pipe):
        until(pipe, "inner")
        time.sleep(0.1)
    assert pipe.getvalue() == "inner \\x1b[2J\n"


def test_on_a_terminal_it_is_one_line_that_is_gone_at_the_end(impatient: None) -> None:
    terminal = Terminal()
    with announced("first", terminal) as wait:
        until(terminal, "first")
        wait.now("second")
        until(terminal, "second")
        say("a line between", terminal)
        until(terminal, "line between\n\rsecond")
    shown_last = terminal.getvalue().rpartition("\r")[2]
    assert shown_last == "\x1b[K"
    assert "\n" not in terminal.getvalue().replace("a line between\n", "")
    assert re.search(r"\rsecond \(\d+ s\)\x1b\[K\r\x1b\[Ka line between\n", terminal.getvalue())


def test_a_short_wait_is_silent() -> None:
    pipe = io.StringIO()
    with announced("short", pipe):
        pass
    assert pipe.getvalue() == ""


def test_progress_names_what_and_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loader.progress._INTERVAL_S", 0.0)
    monkeypatch.setattr("loader.progress.PATIENCE_S", 0.0)
    pipe = io.StringIO()
    with Progress("embedding", 2, "images", pipe) as progress:
        progress.advance()
        progress.advance()
    assert pipe.getvalue().splitlines()[-1] == "embedding: 2 of 2 images"


@pytest.mark.skipif(sys.platform == "win32", reason="modes are Unix's")
def test_private_files_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "own" / "history"
    path.parent.mkdir(mode=0o755)
    path.write_text("kept")
    path.chmod(0o644)
    assert private_file(path).read_text() == "kept"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    link = tmp_path / "own" / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="link"):
        private_file(link)
    assert not (tmp_path / "elsewhere").exists()
