"""dump and restore: all that is stored, as one file."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from loader.commands.options import Commands, file_path
from loader.commands.session import session
from loader.config import ConfigurationError
from loader.database import DatabaseError
from loader.statuses import OK
from loader.terminal import say, warn

if TYPE_CHECKING:
    from loader.dump import Summary


def add(commands: Commands) -> None:
    """Add dump and restore to the parser."""
    dump = commands.add_parser(
        "dump", help="write all that is stored to one file: labels, vectors, models, sources, runs"
    )
    dump.add_argument("file", type=file_path, metavar="FILE", help="where to write it")
    dump.add_argument("--force", action="store_true", help="replace a file that is there")
    dump.set_defaults(run=_dump, kept="no dump was written; one of that name that was there stays")

    restore = commands.add_parser("restore", help="put a dump into an installed database that holds nothing")
    restore.add_argument("file", type=file_path, metavar="FILE", help="what `dump` wrote")
    restore.set_defaults(
        run=_restore, kept="all of it was restored, or nothing: the same command says which, and goes on"
    )


def _dump(options: argparse.Namespace) -> int:
    with session(options) as images, _dump_errors():
        written = images.dump(options.file, force=options.force)
    for note in written.notes:
        warn(f"note: {note}")
    say(f"{options.file}: {_amount(written)}")
    return OK


def _restore(options: argparse.Namespace) -> int:
    with session(options) as images, _dump_errors():
        restored = images.restore(options.file)
    if not restored.restored:
        say("the database holds all of it already, and nothing else: nothing was changed")
        return OK
    for note in restored.notes:
        warn(f"note: {note}")
    say(f"restored: {_amount(restored)}")
    return OK


@contextmanager
def _dump_errors() -> Iterator[None]:
    """A file that can not be taken in is a bad item; one of a newer format is wrong usage."""
    from loader.dump_file import DumpError, NewerDumpError

    try:
        yield
    except NewerDumpError as error:
        raise ConfigurationError(str(error)) from error
    except DumpError as error:
        raise DatabaseError(str(error)) from error


def _amount(summary: Summary) -> str:
    """How much was dumped or restored, and how fast."""
    rows = sum(summary.rows.values())
    megabytes = summary.bytes / 1_000_000
    seconds = max(summary.seconds, 0.001)
    return (
        f"{summary.rows.get('IMAGE_DEMO1', 0)} images, {summary.rows.get('IMAGE_RUN', 0)} runs; {rows} rows, "
        f"{megabytes:.1f} MB in {seconds:.1f} s ({rows / seconds:,.0f} rows/s, {megabytes / seconds:.1f} MB/s)"
    )
