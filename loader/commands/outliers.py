"""outliers: stored pictures that are unlike the good ones."""

from __future__ import annotations

import argparse

from loader.arguments import Parser
from loader.commands.many_pairs import all_pairs_option, asking_first
from loader.commands.options import Commands, add_command, json_option, limit_option, number, six_digits, source_option
from loader.commands.printing import print_rows
from loader.commands.session import session
from loader.rows import Row, file_of
from loader.statuses import OK
from loader.terminal import say


def add(commands: Commands) -> None:
    """Add outliers to the parser."""
    command = add_command(
        commands,
        "outliers",
        help="stored pictures that are unlike the known good ones (or unlike all others), the furthest first",
        example="outliers --known-good good --false-alarms 0.01",
        run=_outliers,
        kept="nothing was changed",
    )
    command.add_argument(
        "--known-good", metavar="VALUE", help="the label of the good ones (default: all count as good)"
    )
    command.add_argument("--target", help="what the label says: quality (default), category1, category2 or part")
    command.add_argument("--part", help="only images of this part")
    source_option(command)
    command.add_argument("--any-part", action="store_true", help="compared with good ones of any part")
    command.add_argument("--k", type=six_digits, metavar="K", help="the mean distance of so many (default: 3)")
    false_alarms_option(command)
    all_pairs_option(command)
    limit_option(command, 50, "pictures")
    json_option(command, "picture")


def false_alarms_option(command: Parser) -> None:
    """--false-alarms: where the threshold lies."""
    command.add_argument(
        "--false-alarms",
        type=number,
        metavar="X",
        help="the share of good images that may be taken for outliers, above 0 and below 1 (default: 0.05)",
    )


def _outliers(options: argparse.Namespace) -> int:
    with session(options) as images:

        def found(all_pairs: bool) -> tuple[list[Row], list[Row]]:
            return images.outliers(
                options.known_good,
                false_alarms=options.false_alarms,
                limit=options.limit,
                part=options.part,
                target=options.target,
                k=options.k,
                source=options.source,
                within_part=not options.any_part,
                all_pairs=all_pairs,
            )

        pictures, figures = asking_first(images.database, found, all_pairs=options.all_pairs) or ([], [])
    shown = ("image_id", "part", "class", "score", "threshold", "is_outlier", "file")
    if not options.json:
        pictures = [row | {"file": file_of(row)} for row in pictures]
    print_rows(pictures, shown, as_json=options.json, nothing="there is no picture to compare")
    if not options.json:
        _say_figures(figures)
    return OK


def _say_figures(figures: list[Row]) -> None:
    """What the threshold means for each part."""
    for row in figures:
        if row["threshold"] is None:
            say(f"Part {row['scope']}: {row['good']} good images are too few for that rate of false alarms")
            continue
        say(
            f"Part {row['scope']}: threshold {row['threshold']:.4f}, {100 * row['false_alarm_rate']:.2f} % of "
            f"{row['good']} good images are beyond it"
        )
        if row["others"]:
            interval = (
                ""
                if row["auroc_low"] is None
                else f" (95 % interval {100 * row['auroc_low']:.2f} % to {100 * row['auroc_high']:.2f} %)"
            )
            say(
                f"  of {row['others']} images of other classes, which took no part, {100 * row['miss_rate']:.2f} % are "
                f"within it; AUROC {100 * row['auroc']:.2f} %{interval}"
            )
