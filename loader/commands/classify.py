"""classify: what new images are, by the images that are nearest."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from loader.commands.options import (
    Commands,
    add_command,
    bits_option,
    json_option,
    neighbour_options,
    number,
    runtime_option,
    source_option,
    timing_option,
    voting,
)
from loader.commands.outliers import false_alarms_option
from loader.commands.session import database_session
from loader.config import ConfigurationError
from loader.rows import file_of
from loader.statuses import BAD_FILES, OK
from loader.terminal import say, shown_json, warn
from loader.usage import option_name

if TYPE_CHECKING:
    from loader.database import Database
    from loader.model import Model
    from loader.results import Decision
    from loader.spent import Spent

_REJECTING = ("min_confidence", "max_distance")


def add(commands: Commands) -> None:
    """Add classify to the parser."""
    command = add_command(
        commands,
        "classify",
        help="classify new images by their nearest neighbours",
        example="classify new/*.png --part tank --k 3",
        run=_classify,
        kept="nothing was stored",
    )
    command.add_argument("images", type=Path, nargs="+", metavar="IMAGE", help="files to classify")
    command.add_argument("--model", metavar="NAME", help="the model that made the stored embeddings")
    bits_option(command)
    runtime_option(command)
    command.add_argument("--part", help="their part (default: neighbours of any part)")
    neighbour_options(command)
    command.add_argument("--transform", metavar="NAME", help="a transform that `fit` stored")
    command.add_argument("--calibration", metavar="NAME", help="of the votes, by `calibrate`: what they are worth")
    source_option(command)
    command.add_argument(
        "--min-confidence", type=number, metavar="X", help="say unknown below this confidence (0 to 1)"
    )
    command.add_argument(
        "--max-distance", type=number, metavar="X", help="say unknown where no neighbour is as near as this"
    )
    command.add_argument(
        "--known-good",
        metavar="VALUE",
        help="say whether the image is like those of this label, by their distances to one another: for where no "
        "defective image is known yet",
    )
    false_alarms_option(command)
    json_option(command, "image")
    timing_option(command)


def _classify(options: argparse.Namespace) -> int:
    from loader.model import Model, find
    from loader.spent import Spent, since_start

    if options.known_good is not None:
        _check_known_good(options)
    elif options.false_alarms is not None:
        raise ConfigurationError("--false-alarms is for --known-good")
    spent = Spent()
    spent.seconds["loading the program"] = since_start()
    path = find(options.model)

    def opened() -> Model:
        with spent.on("opening the model"):
            model = Model(path, runtime=options.runtime)
            # What reads pictures is loaded beside the database, too.
            import_module("loader.new_images")
            return model

    # Side by side: a server that is not running starts, and its client is loaded, while the model is read.
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(opened)
        with ExitStack() as stack:
            with spent.on("opening the database"):
                database = stack.enter_context(database_session(options))
            decisions = _decisions(database, opening.result(), options, spent)
    if options.json:
        for decision in decisions:
            say(shown_json({"image": decision.name} | (decision.answer or {"problem": decision.problem})))
    else:
        for line in _lines(decisions):
            say(line)
    if options.timing:
        for line in spent.lines():
            warn(line)
    return _named_problems(decisions)


def _check_known_good(options: argparse.Namespace) -> None:
    """Raises ConfigurationError for an option that means nothing where images are held against the good ones."""
    for name in (
        "weighting",
        "temperature",
        "metric",
        "transform",
        "calibration",
        "approximate",
        "target_accuracy",
        *_REJECTING,
    ):
        if getattr(options, name) not in (None, False):
            raise ConfigurationError(f"{option_name(name)} is not for --known-good, which has its own threshold")


def _decisions(database: Database, model: Model, options: argparse.Namespace, spent: Spent) -> list[Decision]:
    if options.known_good is not None:
        from loader.novelty import judge

        return judge(
            database,
            model,
            options.images,
            options.known_good,
            false_alarms=options.false_alarms,
            bits=options.bits,
            spent=spent,
            part=options.part,
            k=options.k,
            target=options.target,
            source=options.source,
        )
    from loader.classification import classify

    return classify(
        database,
        model,
        options.images,
        spent=spent,
        part=options.part,
        min_confidence=options.min_confidence,
        max_distance=options.max_distance,
        bits=options.bits,
        source=options.source,
        transform=options.transform,
        calibration=options.calibration,
        approximate=options.approximate,
        **voting(options),
    )


def _lines(decisions: Sequence[Decision]) -> Iterator[str]:
    from loader.client import table

    answered = [decision for decision in decisions if decision.answer is not None]
    if answered:
        heads = ["Image", "Class", *_figures(answered[0])]
        heads += ["Neighbours (image, class, distance)", "Nearest file"]
        yield from table(heads, [(decision.name, *_cells(decision)) for decision in answered], 200)
    yield from _fit_lines(answered)
    for decision in answered:
        for stored in decision.stored:
            labels = ", ".join(filter(None, (stored["part"], stored["quality"])))
            image = f"image {stored['image_id']}, {file_of(stored)}"
            yield f"{decision.name} is stored already: {image} ({labels or 'no label'})"


def _fit_lines(decisions: Sequence[Decision]) -> Iterator[str]:
    """What decisions by a fitted transform rest on, and how old it is."""
    told = [(d.name, d.best, d.answer["fit"]) for d in decisions if d.answer and d.answer.get("fit")]
    for name, best, fit in told:
        if fit["decided_by"] == "NEIGHBOURS":
            name_of_fit = fit["transform"]
            yield f"{name}: by plain neighbours, since {name_of_fit} was fitted without the class {best}"
        elif fit["explained"]:
            votes = ", ".join(f"{v['image_id']} {v['class']} {v['vote']:+.3f}" for v in fit["explained"]["votes"])
            share = fit["explained"]["share"] or 0
            yield f"{name}: votes for and against {best}: {votes}; these are {100 * share:.0f} % of all votes"
    if told and told[0][2]["stored_since_fit"]:
        fit = told[0][2]
        yield (
            f"{fit['stored_since_fit']} images were stored since {fit['transform']} was fitted, without a part in it: "
            f"python -m loader fit {fit['transform']} --kind {fit['kind'].lower()} fits it again"
        )


def _figures(decision: Decision) -> list[str]:
    """The headings of what stands beside the class."""
    if decision.score is not None:
        return ["Score", "Threshold"]
    return ["Confidence"] if decision.value is None else ["Number"]


def _cells(decision: Decision) -> tuple[str | None, ...]:
    """Class, confidence (or score and threshold), neighbours and the nearest image's file."""
    neighbours = decision.neighbours
    listed = ", ".join(f"{n.image_id or 'class'} {n.class_name} {n.distance:.4f}" for n in neighbours)
    nearest = (neighbours[0].image_path if neighbours else None) or ""
    if decision.score is not None:
        return decision.class_name, f"{decision.score:.4f}", f"{decision.threshold:.4f}", listed, nearest
    figure = f"{decision.confidence or 0:.3f}" if decision.value is None else f"{decision.value:.4g}"
    return decision.class_name, figure, listed, nearest


def _named_problems(decisions: Sequence[Decision]) -> int:
    """The status, after what could not be read was named."""
    bad = [decision for decision in decisions if decision.answer is None]
    for decision in bad:
        warn(f"{decision.name}: {decision.problem}")
    return BAD_FILES if bad else OK
