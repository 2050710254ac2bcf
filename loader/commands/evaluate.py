"""evaluate, sweep, fit and report: how often the neighbours are right."""

from __future__ import annotations

import argparse
from pathlib import Path

from loader.commands.options import (
    TEN_DIGITS,
    Commands,
    evaluation_options,
    file_path,
    fitting,
    neighbour_options,
    number,
    number_options,
    positive,
    source_option,
    splitting,
    timing_option,
    transform_options,
    voting,
    whole,
    whole_list,
)
from loader.commands.run_choice import run_argument
from loader.commands.session import session
from loader.config import ConfigurationError
from loader.statuses import OK
from loader.terminal import say, warn

# What Ctrl-C and SIGTERM leave of an evaluation, which is committed as a whole.
_NO_RUN = "no run was stored"


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    evaluate = commands.add_parser("evaluate", help="how often the neighbours are right: an evaluation, stored")
    evaluation_options(evaluate)
    neighbour_options(evaluate)
    evaluate.add_argument(
        "--transform", metavar="KIND", help="centre, prototype, whiten, lda, kernel or joint, fitted in each fold"
    )
    transform_options(evaluate)
    number_options(evaluate)
    evaluate.add_argument(
        "--near-distance",
        type=number,
        metavar="X",
        help="images within this cosine distance are copies of one another, 0 to 2 (default: that of the model)",
    )
    timing_option(evaluate)
    evaluate.set_defaults(run=_evaluate, kept=_NO_RUN)

    sweep = commands.add_parser("sweep", help="compare values of k, weightings and metrics")
    evaluation_options(sweep)
    sweep.add_argument("--ks", type=whole_list, metavar="LIST", help="values of k (default: 1,3,5,7,9,11,15,21,31,51)")
    sweep.add_argument("--metrics", metavar="LIST", help="of cosine, euclidean and dot (default: cosine)")
    sweep.add_argument("--target", help="quality (default), category1, category2 or part")
    sweep.set_defaults(run=_sweep, kept=_NO_RUN)

    fit = commands.add_parser("fit", help="fit a named transform on all labelled images, for classify")
    fit.add_argument("name", metavar="NAME", help="what classify --transform calls it")
    fit.add_argument("--kind", default="lda", help="lda (default), kernel, joint, whiten, prototype or centre")
    fit.add_argument("--target", default="quality", help="quality (default), category1, category2 or part")
    fit.add_argument("--any-part", action="store_true", help="one for all parts, not one for each")
    source_option(fit)
    transform_options(fit)
    number_options(fit)
    fit.set_defaults(run=_fit, kept="no transform was stored; one of that name that was there stays")

    report = commands.add_parser("report", help="write an evaluation as one HTML file, with its mistakes in pictures")
    run_argument(report)
    report.add_argument(
        "--out", type=file_path, default=Path("report.html"), metavar="FILE", help="default: report.html"
    )
    report.add_argument("--mistakes", type=positive, default=24, metavar="N", help="how many to show (default: 24)")
    report.add_argument("--language", default="en", metavar="NAME", help="en (default), or ko for Korean")
    report.add_argument(
        "--against",
        type=whole(1, TEN_DIGITS),
        metavar="RUN",
        help="the run to compare with (default: the last one before it of the same settings)",
    )
    report.set_defaults(run=_report, kept="no report was written; one of that name that was there stays")


def _evaluate(options: argparse.Namespace) -> int:
    from loader.report import text_lines

    with session(options) as images:
        run = images.evaluate(
            **fitting(options),
            transform_kind=options.transform,
            threshold=options.threshold,
            grades=options.grades,
            approximate=options.approximate or None,
            near_distance=options.near_distance,
            **voting(options),
            **splitting(options),
        )
        options.kept = _kept_run(run.run_id)
        for line in text_lines(images.database, run.run_id):
            say(line)
        if options.timing:
            for line in images.spent.lines():
                warn(line)
    return OK


def _kept_run(run_id: int) -> str:
    return f"the run is stored: python -m loader report {run_id}"


def _sweep(options: argparse.Namespace) -> int:
    from loader.client import table

    with session(options) as images:
        run_id, rows = images.sweep(ks=options.ks, metrics=options.metrics, target=options.target, **splitting(options))
        options.kept = _kept_run(run_id)
    heads = ["Metric", "Weighting", "k", "Tested", "Correct", "Accuracy", "Balanced accuracy"]
    cells = [
        (
            row["metric"].lower(),
            row["weighting"].lower(),
            *(row[name] for name in ("k", "tested", "correct")),
            *(f"{row[name]:.4f}" for name in ("accuracy", "balanced_accuracy")),
        )
        for row in rows
    ]
    say(f"Run {run_id}: the ten best settings (all of them: the view vw_sweep, by place)")
    for line in table(heads, cells, 80):
        say(line)
    return OK


def _fit(options: argparse.Namespace) -> int:
    with session(options) as images:
        images.fit(
            options.name,
            kind=options.kind,
            target=options.target,
            within_part=not options.any_part,
            source=options.source,
            threshold=options.threshold,
            grades=options.grades,
            **fitting(options),
        )
    say(f"{options.kind.lower()} {options.name} is stored: python -m loader classify IMAGE --transform {options.name}")
    return OK


def _report(options: argparse.Namespace) -> int:
    if options.out.is_dir() or not options.out.parent.is_dir():
        raise ConfigurationError(f"--out: {options.out} can not be written: name a file in a directory that exists")
    with session(options) as images:
        run_id = images.run_id(options.run_id, source=options.source)
        images.report(
            options.out, run_id, mistakes=options.mistakes, language=options.language, against=options.against
        )
    say(f"run {run_id} is in {options.out}")
    return OK
