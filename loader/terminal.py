"""What people are shown: text in which nothing can command a terminal, and a line that is overwritten."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
import unicodedata
from html import escape
from shutil import get_terminal_size
from typing import TextIO

# Characters that are not seen and change what is: C0, C1 and DEL (Cc), marks of direction, of width zero and tags
# (Cf, all of Bidi_Control among them), halves of a surrogate pair (Cs), and separators of lines and paragraphs
# (Zl, Zp). See The Unicode Standard, 4.5 (General Category), and UAX #9, 2 (directional formatting characters).
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters by their category, and blank on the screen: the fillers of Hangul.
_BLANK = frozenset({0x115F, 0x1160, 0x3164, 0xFFA0})


def is_hidden(character: str) -> bool:
    """Whether a character can change how others are shown, or hides itself."""
    return unicodedata.category(character) in _HIDDEN or ord(character) in _BLANK


class _Escapes(dict[int, "int | str"]):
    """What str.translate puts for each character; it grows with the characters that were met."""

    def __init__(self, kept: str) -> None:
        super().__init__({ord(character): ord(character) for character in kept})

    def __missing__(self, code: int) -> int | str:
        character = chr(code)
        self[code] = character.encode("unicode_escape").decode() if is_hidden(character) else code
        return self[code]


_LINE, _LINES = _Escapes(""), _Escapes("\n\t")


def shown(text: str, *, lines: bool = False) -> str:
    r"""The text with every hidden character escaped (\x1b, \u202e).

    `lines`: it may have several lines and tabs, which stay.
    """
    return text.translate(_LINES if lines else _LINE)


def shown_html(text: object) -> str:
    """A value as HTML that holds no markup and no hidden character; for elements and quoted attributes."""
    return escape(shown(str(text)), quote=True)


def shown_json(value: object) -> str:
    """A value as JSON on one line that reads back the same, hidden characters escaped."""
    text = json.dumps(value, ensure_ascii=False)
    hidden = {character for character in set(text) if is_hidden(character)}
    if not hidden:
        return text
    return re.sub("[" + re.escape("".join(sorted(hidden))) + "]", lambda found: json.dumps(found.group())[1:-1], text)


def say(text: str = "", file: TextIO | None = None, *, lines: bool = False) -> None:
    """Print text for people, on standard output if no other stream is given; hidden characters are escaped.

    `lines`: the text may have several lines; else one that it holds is escaped too.
    """
    with _status.lock:
        _status.erase()
        print(shown(text, lines=lines), file=file or sys.stdout, flush=True)
        _status.spoken = time.monotonic()


def warn(text: str, *, lines: bool = False) -> None:
    """Say it on standard error."""
    say(text, sys.stderr, lines=lines)


class StatusLine:
    """The last line of a terminal, which the next text overwrites.

    `lock` is held by whoever prints; `spoken` is when something was said last, by time.monotonic.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.spoken = 0.0
        self._stream: TextIO | None = None

    def show(self, text: str, stream: TextIO) -> None:
        """Put the text in place of what the line shows, cut to the terminal's width."""
        with self.lock:
            stream.write(f"\r{_cut(shown(text), get_terminal_size().columns - 1)}\x1b[K")
            stream.flush()
            self._stream = stream

    def erase(self) -> None:
        """Leave the line empty, if it shows something."""
        with self.lock:
            if self._stream is not None:
                self._stream.write("\r\x1b[K")
                self._stream.flush()
                self._stream = None


def places_of(character: str) -> int:
    """The places that a character takes on a terminal."""
    if character.isascii():
        return int(character.isprintable())
    # Only here: its tables take longer to load than a line of ASCII to write.
    from wcwidth import wcwidth

    return max(0, wcwidth(character))


def _cut(text: str, columns: int) -> str:
    width = 0
    for place, character in enumerate(text):
        width += places_of(character)
        if width > columns:
            return text[:place]
    return text


_status = StatusLine()


def status_line() -> StatusLine:
    """The one of this process."""
    return _status
