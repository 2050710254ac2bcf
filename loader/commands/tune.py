"""tune: which transform, settings and votes are right most often, measured on folds that chose nothing."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from loader.commands.options import Commands, add_command, number, number_options, six_digits, source_option, whole_list
from loader.commands.session import database_session
from loader.config import ConfigurationError
from loader.statuses import OK
from loader.terminal import say

if TYPE_CHECKING:
    from loader.agreement import Difference
    from loader.candidates import Candidate
    from loader.database import Database
    from loader.tuning import Tuned

_SHOWN = 5


def add(commands: Commands) -> None:
    """Add tune to the parser."""
    command = add_command(
        commands,
        "tune",
        help="choose transform, settings and votes by nested cross-validation, and say what they are worth",
        example="tune --target category1 --budget 10",
        run=_tune,
        kept="the runs of the seeds that were done are stored",
    )
    command.add_argument("--target", default="quality", help="quality (default), category1, category2 or part")
    command.add_argument("--part", help="only images of this part")
    source_option(command)
    command.add_argument("--any-part", action="store_true", help="neighbours of any part, not the image's own")
    command.add_argument("--folds", type=six_digits, default=10, metavar="N", help="how many folds (default: 10)")
    command.add_argument(
        "--seeds",
        type=whole_list,
        default="1,2,3",
        metavar="LIST",
        help="other seeds make other folds (default: 1,2,3)",
    )
    number_options(command)
    command.add_argument(
        "--budget",
        type=number,
        default=20.0,
        metavar="MINUTES",
        help="for the search: what it does not reach is not tried, the simplest is tried first (default: 20)",
    )


def _tune(options: argparse.Namespace) -> int:
    from loader.tuning import tune

    if options.budget < 0:
        raise ConfigurationError(f"--budget must be 0 or more minutes, not {options.budget:g}")
    with database_session(options) as database:
        runs = tune(
            database,
            target=options.target,
            seeds=[int(seed) for seed in options.seeds.split(",")],
            folds=options.folds,
            budget_s=60 * options.budget,
            only_part=options.part,
            within_part=False if options.any_part else None,
            source=options.source,
            threshold=options.threshold,
            grades=options.grades,
        )
        for line in _lines(database, runs, options):
            say(line)
    return OK


def _lines(database: Database, runs: Sequence[Tuned], options: argparse.Namespace) -> Iterator[str]:
    from loader.client import table
    from loader.tuning import chosen_most

    plain, tuned = [run.plain_run_id for run in runs], [run.run_id for run in runs]
    rows = [
        (str(run.seed), _figure(database, [run.plain_run_id]), _figure(database, [run.run_id]), str(run.run_id))
        for run in runs
    ]
    rows.append(("mean", _figure(database, plain), _figure(database, tuned), ""))
    yield from table(["Seed", "Nearest neighbour", "Chosen for each fold", "Run"], rows, 120)
    yield from _differences([difference for run in runs for difference in run.differences])
    choices = [choice for run in runs for choice in run.choices.values()]
    for candidate, folds in Counter(choice.candidate for choice in choices).most_common(_SHOWN):
        yield f"chosen for {folds} of {len(choices)} folds: {candidate.options()}"
    everything, least = max(choice.all for choice in choices), min(choice.tried for choice in choices)
    if least < everything:
        yield f"the budget allowed {least} of {everything} candidates in some folds: a larger --budget tries all"
    yield _next_step(chosen_most(runs), options)


def _differences(differences: Sequence[Difference]) -> Iterator[str]:
    """What the database answers in another way than the loader by the same fits: near ties, unless there is a fault."""
    for kind, found in (
        ("a near tie, which rounding decides", [difference for difference in differences if difference.near_tie]),
        ("NO near tie: please report it", [difference for difference in differences if not difference.near_tie]),
    ):
        for difference in found[:_SHOWN]:
            yield (
                f"image {difference.image_id}: the database and the loader answer differently, {kind} (margin "
                f"{difference.margin:.1e}, confidence {difference.confidence:.4f})"
            )
        if len(found) > _SHOWN:
            yield f"and {len(found) - _SHOWN} more like this"


def _figure(database: Database, runs: Sequence[int]) -> str:
    """The mean accuracy of runs, with its 95 % interval."""
    from loader.tuning import mean_accuracy

    mean = mean_accuracy(database, runs)
    return f"{100 * mean['accuracy']:.2f} % ({100 * mean['accuracy_low']:.2f} to {100 * mean['accuracy_high']:.2f})"


def _next_step(chosen: Candidate, options: argparse.Namespace) -> str:
    """What to type to go on with what most folds chose."""
    from loader.candidates import BY_GRADES

    if chosen.settings.kind == "PLAIN":
        return f"no transform is needed: python -m loader classify IMAGE --target {options.target} {chosen.options()}"
    settings, _, votes = chosen.options().partition(" --k ")
    across = " --any-part" if options.any_part else ""
    settings = settings.replace("--transform", "--kind").replace(BY_GRADES, f"--grades {options.grades}")
    if options.threshold is not None and (options.grades is None or chosen.settings.by_grades):
        settings += f" --threshold {options.threshold:g}"
    use = f"classify IMAGE --target {options.target} --transform NAME" + (f" --k {votes}" if votes else "")
    return (
        f"to go on with it: python -m loader fit NAME --target {options.target}{across} {settings}, "
        f"then python -m loader {use}"
    )
