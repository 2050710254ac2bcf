"""compare: two models, two ways to run one, or two runs, side by side."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from loader.commands.options import (
    Commands,
    chosen_layout,
    evaluation_options,
    fitting,
    layout_option,
    positive,
    runtime_option,
    six_digits,
    splitting,
    transform_options,
    two_numbers,
)
from loader.commands.session import session, usage_told
from loader.config import ConfigurationError, existing_directory
from loader.parameters import given
from loader.statuses import OK
from loader.terminal import say
from loader.waiting import announced


def add(commands: Commands) -> None:
    """Add compare to the parser."""
    command = commands.add_parser(
        "compare", help="two models, or two runs, side by side: how often right, how fast, and what follows"
    )
    command.add_argument(
        "root", type=Path, nargs="?", metavar="ROOT", help="the directory that holds labels and images to compare on"
    )
    command.add_argument(
        "--runs", type=two_numbers, metavar="A,B", help="two stored runs, by their numbers, in place of ROOT"
    )
    command.add_argument("--model", metavar="NAME", help="model A (default: densenet121)")
    command.add_argument("--other", metavar="NAME", help="model B, such as densenet121-int8 (default: the same)")
    amount = command.add_mutually_exclusive_group()
    amount.add_argument("--count", type=positive, metavar="N", help="how many of the labels (default: 500)")
    amount.add_argument("--all", action="store_true", help="all of the labels")
    layout_option(command)
    runtime_option(command)
    command.add_argument("--target", help="quality (default), category1, category2 or part")
    command.add_argument("--k", type=six_digits, metavar="K", help="how many neighbours vote (default: 1)")
    evaluation_options(command)
    command.add_argument(
        "--transform", metavar="KIND", help="centre, prototype, whiten, lda or kernel, fitted in each fold"
    )
    transform_options(command)
    command.set_defaults(run=_compare, kept="nothing was changed")


def _compare(options: argparse.Namespace) -> int:
    if (options.root is None) == (options.runs is None):
        raise ConfigurationError("name a directory to compare two models on, or two runs by --runs")
    return _compare_models(options) if options.runs is None else _compare_runs(options)


def _compare_models(options: argparse.Namespace) -> int:
    from loader.comparison import LABELS, compare
    from loader.database.scratch import scratch_database
    from loader.model import Model, find

    layout = chosen_layout(options)
    root = existing_directory(options.root)
    a = Model(find(options.model))
    b = Model(find(options.other) if options.other else a.path, runtime=options.runtime)
    say(f"A: {a.name} ({a.provider}); B: {b.name} ({b.provider})")
    labels = None if options.all else options.count or LABELS
    evaluating = _evaluating(options)
    if evaluating["k"] is None:
        evaluating["k"] = 1
    with (
        announced("comparing them on images and labels of a database made for it"),
        scratch_database() as database,
        usage_told(options, database),
    ):
        compared = compare(database, a, b, root, layout, labels, **evaluating)
    for line in compared.lines():
        say(line)
    return OK


def _evaluating(options: argparse.Namespace) -> dict[str, Any]:
    """How both models are evaluated: parameters of loader.evaluation.evaluate."""
    asked = {"target": options.target, "k": options.k, "transform_kind": options.transform}
    return {**asked, **splitting(options), **fitting(options)}


def _compare_runs(options: argparse.Namespace) -> int:
    from loader.run_comparison import comparison_lines

    asked = given(**_evaluating(options), model=options.model, other=options.other, count=options.count)
    if asked or options.all:
        raise ConfigurationError("--runs compares two runs as they are: leave models and settings out")
    with session(options) as images:
        compared = images.compare(*options.runs)
    for line in comparison_lines(compared):
        say(line)
    return OK
