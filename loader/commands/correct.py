"""correct: another quality or part for stored pictures, kept beside their files, and its undo."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from loader.commands.options import Commands, add_command
from loader.commands.session import session
from loader.config import ConfigurationError
from loader.statuses import BAD_FILES, OK
from loader.terminal import say, warn

if TYPE_CHECKING:
    from loader.corrections.correcting import Outcome


def add(commands: Commands) -> None:
    """Add correct to the parser."""
    command = add_command(
        commands,
        "correct",
        help="correct the labels of stored pictures, in a file beside them that each load reads",
        example="correct Sample/images/0001.jpg --quality bad",
        run=_correct,
        kept="what was said to be corrected stays so",
    )
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="pictures, or their label files")
    command.add_argument("--quality", help="the quality that they have")
    command.add_argument("--part", help="the part that they are of")
    command.add_argument("--of", metavar="PART", help="which part is meant, of labels that have several")
    command.add_argument("--undo", action="store_true", help="take back the last correction of each")
    command.add_argument("--by", metavar="NAME", help="who corrects (default: the user of this machine)")
    command.add_argument(
        "--in-label", action="store_true", help="write the label files themselves, where they describe one part each"
    )


def _correct(options: argparse.Namespace) -> int:
    from loader.corrections.correcting import NotStoredError, Wish, correct, undo
    from loader.corrections.finding import images_of
    from loader.labels import LabelError

    wish = Wish(options.part, options.quality, options.of, options.in_label)
    if options.undo == (wish != Wish()):
        raise ConfigurationError("say --quality or --part, or --undo alone")
    by = options.by if options.by is not None else _user()
    with session(options) as images:
        found = images_of(images.database, options.paths)
        files = {image_id: path for path, image_ids in found.items() for image_id in image_ids}
        try:
            outcome = undo(images.database, files, by) if options.undo else correct(images.database, files, wish, by)
        except LabelError as error:
            raise ConfigurationError(str(error)) from error
        except NotStoredError as error:
            warn(f"error: {error}")
            return BAD_FILES
    return _told(outcome, files, [path for path, image_ids in found.items() if not image_ids], undone=options.undo)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise ConfigurationError("--by: say who corrects, for this user has no name") from error


def _told(outcome: Outcome, files: dict[int, Path], unknown: list[Path], *, undone: bool) -> int:
    """Say what became of each file; the exit status."""
    for path in unknown:
        warn(f"{path}: no image of this file is stored: load its directory first (python -m loader ROOT)")
    for image_id, reason in outcome.refused:
        warn(f"{files[image_id]}: {reason}")
    for image_id, correction in outcome.done:
        before: dict[str, str | None] = dict(correction.was)
        after: dict[str, str | None] = dict(correction.changes)
        if undone:
            before, after = after, before
        changes = ", ".join(f"{name} {before[name] or 'nothing'} -> {after[name] or 'nothing'}" for name in after)
        say(f"{files[image_id]}: {changes}")
    say(
        f"{len(outcome.done)} {'corrections taken back' if undone else 'labels corrected'}"
        + (f", {len(outcome.unchanged)} said so already" if outcome.unchanged else "")
    )
    return BAD_FILES if outcome.refused or unknown else OK
