"""suspects, confusions and duplicates: which pictures a person should look at."""

from __future__ import annotations

import argparse

from loader.commands.many_pairs import all_pairs_option, asking_first
from loader.commands.options import Commands, add_command, json_option, limit_option, number, positive, source_option
from loader.commands.printing import print_rows
from loader.commands.run_choice import run_argument
from loader.commands.session import session
from loader.rows import COLUMNS, Row, file_of
from loader.statuses import OK
from loader.terminal import say


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    command = add_command(
        commands,
        "suspects",
        help="labels that the neighbours contradict, the most doubtful first",
        example="suspects --limit 20",
        run=_suspects,
        kept="nothing was changed",
    )
    run_argument(command)
    limit_option(command, 20, "labels")
    json_option(command, "label")
    command = add_command(
        commands,
        "confusions",
        help="which class is taken for which, with the worst pairs of images",
        example="confusions --pairs 5",
        run=_confusions,
        kept="nothing was changed",
    )
    run_argument(command)
    limit_option(command, 20, "pairs of classes")
    command.add_argument("--pairs", type=positive, default=3, metavar="N", help="of each so many images (default: 3)")
    json_option(command, "pair of classes")
    _add_duplicates(commands)


def _add_duplicates(commands: Commands) -> None:
    command = add_command(
        commands,
        "duplicates",
        help="stored pictures that are nearly the same, those with different labels first",
        example="duplicates --part tank --near-distance 0.02",
        run=_duplicates,
        kept="nothing was changed",
    )
    command.add_argument("--part", help="only images of this part")
    source_option(command)
    command.add_argument("--any-part", action="store_true", help="pairs across parts too")
    command.add_argument("--target", help="quality (default), category1, category2 or part: the label that may differ")
    command.add_argument(
        "--near-distance",
        type=number,
        metavar="X",
        help="up to this cosine distance, 0 to 2 (default: that of the model)",
    )
    all_pairs_option(command)
    limit_option(command, 50, "pairs")
    json_option(command, "pair")


def _suspects(options: argparse.Namespace) -> int:
    with session(options) as images:
        run_id = images.run_id(options.run_id, source=options.source)
        rows = images.suspects(run_id, limit=options.limit)
    _say_run(run_id, options)
    shown = ("image_id", "part", "actual", "predicted", "actual_share", "file")
    print_rows(_with_files(rows, options), shown, as_json=options.json, nothing="no image was tested")
    return OK


def _confusions(options: argparse.Namespace) -> int:
    with session(options) as images:
        run_id = images.run_id(options.run_id, source=options.source)
        rows = images.confusions(run_id, limit=options.limit, pairs=options.pairs)
    shown = COLUMNS["img_review.confusions"][:-1]
    _say_run(run_id, options)
    print_rows(rows, shown, as_json=options.json, nothing="no class was taken for another")
    if not options.json:
        for row in rows:
            say(f"\n{row['actual']} taken for {row['predicted']}, the most confident first:", lines=True)
            pairs = [pair | {"file": file_of(pair), "nearest": file_of(pair, "other_")} for pair in row["pairs"]]
            print_rows(pairs, ("confidence", "file", "nearest", "distance"), as_json=False, nothing="")
    return OK


def _duplicates(options: argparse.Namespace) -> int:
    with session(options) as images:

        def pairs(all_pairs: bool) -> list[Row]:
            return images.duplicates(
                near_distance=options.near_distance,
                part=options.part,
                target=options.target,
                source=options.source,
                within_part=not options.any_part,
                limit=options.limit,
                all_pairs=all_pairs,
            )

        rows = asking_first(images.database, pairs, all_pairs=options.all_pairs) or []
    found = rows[0]["pairs"] if rows else 0
    if not options.json and found > len(rows):
        say(f"{found} pairs; the first {len(rows)} of them, those with different labels first (--limit shows more)")
    for row in rows:
        row |= {} if options.json else {"file": file_of(row), "other_file": file_of(row, "other_")}
    shown = ("distance", "image_id", "actual", "file", "other_image_id", "other_actual", "other_file")
    print_rows(rows, shown, as_json=options.json, nothing="no two pictures are as near")
    return OK


def _with_files(rows: list[Row], options: argparse.Namespace) -> list[Row]:
    """The rows with the column that a table shows in place of three; JSON has the three."""
    return rows if options.json else [row | {"file": file_of(row)} for row in rows]


def _say_run(run_id: int, options: argparse.Namespace) -> None:
    if not options.json:
        say(f"Run {run_id}:")
