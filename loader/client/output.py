"""Where the client writes: the screen, or what stands in its place, and the file of SPOOL."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from shutil import get_terminal_size
from typing import TextIO, cast

from loader.terminal import say, shown

# Makes lines for a screen of so many columns, or for a file where that is None.
Render = Callable[["int | None"], Iterator[str]]


class Output:
    """Texts for people, each on the screen and in the spool file.

    `silent` tells that nothing is to be seen on the screen: SET TERMOUT OFF in a script.
    """

    def __init__(self, out: TextIO | None = None, errors: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self.errors = errors or sys.stderr
        self.silent = False
        self._spool: TextIO | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether somebody looks at the output."""
        return self.out.isatty()

    def line(self, text: str = "") -> None:
        """A text of one line or more; control characters are escaped."""
        if not self.silent:
            say(text, self.out, lines=True)
        self._spooled(shown(text, lines=True))

    def error(self, text: str) -> None:
        """Say that something failed."""
        self.out.flush()
        say(f"ERROR {text}", self.errors, lines=True)
        self._spooled(shown(f"ERROR {text}", lines=True))

    def rendered(self, render: Render) -> None:
        """Lines that are laid out for the screen's width, and for the spool file by no width."""
        width = get_terminal_size().columns if self.is_terminal and not self.silent else None
        if self._spool is None or width is None:
            for text in render(width):
                self.line(text)
            return
        for text in render(width):
            say(text, self.out, lines=True)
        for text in render(None):
            self._spooled(shown(text, lines=True))

    def data(self, lines: Iterable[str]) -> None:
        """Lines for a program: as they are, but for what a terminal must not be sent."""
        for text in lines:
            if self.is_terminal:
                self.line(text)
                continue
            if not self.silent:
                print(text, file=self.out)
            self._spooled(text)
        self.out.flush()

    # SPOOL

    @property
    def spooling(self) -> bool:
        """Whether there is a spool file."""
        return self._spool is not None

    def spool(self, path: Path, mode: str) -> None:
        """Write to this file as well from now on. Raises OSError."""
        opened = cast(TextIO, path.open(mode, encoding="utf-8"))
        self.stop_spooling()
        self._spool = opened

    def stop_spooling(self) -> None:
        """Close the spool file, if there is one."""
        if self._spool is not None:
            self._spool.close()
            self._spool = None

    def _spooled(self, text: str) -> None:
        if self._spool is not None:
            self._spool.write(text + "\n")
