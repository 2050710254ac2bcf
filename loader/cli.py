"""The command line: parses, calls and prints."""

from __future__ import annotations

import argparse
import math
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from loader import __version__, import_command, migrations
from loader.arguments import Parser, nearest, unreadable
from loader.config import (
    MODELS_DIRECTORY,
    ConfigurationError,
    EmbeddedSettings,
    database_settings,
    existing_directory,
    variables_help,
)
from loader.database import Database, DatabaseError, connect
from loader.depth import UNIT, Depth
from loader.private import private_file
from loader.statuses import BAD_FILES, INTERRUPTED, OK, WRONG_USAGE, statuses_help
from loader.terminal import say, shown_json, warn
from loader.usage import wrong_usage
from loader.waiting import announced

if TYPE_CHECKING:
    from loader.dump import Summary
    from loader.layouts import Layout

_SHOWN_FAILURES = 50
_SHOWN_SOURCES = 5
# What Ctrl-C and SIGTERM leave of an evaluation, which is committed as a whole.
_NO_RUN = "no run was stored"
_NOTHING = "nothing was changed"
# The widest whole numbers that the database keeps of k and folds, and of a seed.
_SIX_DIGITS, _TEN_DIGITS = 999_999, 9_999_999_999
# What the environment's file system says of a path that was typed wrongly, or may not be used.
_WRONG_PATH = (FileNotFoundError, FileExistsError, NotADirectoryError, IsADirectoryError, PermissionError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status, see statuses. SIGTERM leaves by SystemExit, see __main__."""
    try:
        options = _options(list(sys.argv[1:] if arguments is None else arguments))
    except SystemExit as left:
        return int(left.code or 0)
    run: Callable[[argparse.Namespace], int] | None = getattr(options, "run", None)
    if run is None:
        _parser()[0].print_help()
        return WRONG_USAGE
    try:
        return run(options)
    except ConfigurationError as error:
        warn(f"error: {error}")
        return WRONG_USAGE
    except (DatabaseError, migrations.MigrationError) as error:
        warn(f"error: {error.report() if isinstance(error, DatabaseError) else error}", lines=True)
        return BAD_FILES
    except KeyboardInterrupt as error:
        done = f": {error}" if str(error) else ""
        warn(f"\nstopped{done}; {options.kept}", lines=True)
        return INTERRUPTED
    except SystemExit:
        warn(f"stopped; {options.kept}")
        raise
    except BrokenPipeError:
        sys.stderr.close()
        return BAD_FILES
    except OSError as error:
        place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        warn(f"error: {place}{error.strerror or error}")
        return WRONG_USAGE if isinstance(error, _WRONG_PATH) else BAD_FILES


def _options(given: list[str]) -> argparse.Namespace:
    """The parsed command line. Raises SystemExit with 2, after one line that says what is wrong."""
    parser, commands = _parser()
    command = parser
    if given and not given[0].startswith("-"):
        if given[0] not in commands:
            _check_command(parser, given[0], list(commands))
            given.insert(0, "load")
        command = commands[given[0]]
    elif given and given[0] not in ("-h", "--help", "--version"):
        parser.error(f"unrecognized arguments: {given[0]}: options stand after a command or a directory")
    options, unknown = parser.parse_known_args(given)
    if unknown:
        command.error(f"unrecognized arguments: {' '.join(unknown)}{nearest(unknown[0], command.option_strings)}")
    if text := unreadable(options):
        command.error(text)
    return options


def _check_command(parser: Parser, word: str, commands: Sequence[str]) -> None:
    """A word that is no command is the directory to load, if it looks like one."""
    if word and (os.sep in word or "." in word or Path(word).exists()):
        return
    hint = nearest(word, commands) or f"; commands: {', '.join(commands)}"
    parser.error(f"{word or 'an empty word'} is neither a command nor a directory{hint}")


def _parser() -> tuple[Parser, dict[str, Parser]]:
    parser = Parser(
        prog="python -m loader",
        description="Loads labelled images into the database that classifies them: `python -m loader ./Sample`.",
        epilog=f"{variables_help()}\n\n{statuses_help()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"loader {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    load = commands.add_parser("load", help="load labels and images below a directory (the default command)")
    load.add_argument("root", type=Path, metavar="ROOT", help="the directory that holds labels and images")
    load.add_argument("--model", metavar="NAME", help="an exported model, or an ONNX file (default: densenet121)")
    load.add_argument(
        "--source",
        metavar="NAME",
        help="the name by which the database knows these files (default: their absolute path)",
    )
    load.add_argument(
        "--new-source",
        action="store_true",
        help="load these files beside another source that has the same labels",
    )
    _layout_option(load)
    load.add_argument(
        "--categories",
        type=_two_numbers,
        metavar="N,M",
        help="the directories below the root that are the categories, from 1 (layout aihub; default: see README)",
    )
    _bits_option(load)
    _runtime_option(load)
    load.add_argument("--prune", action="store_true", help="remove from the database what is gone from disk")
    load.add_argument("--verify", action="store_true", help="read all files, whatever their size and times")
    load.add_argument("--dry-run", action="store_true", help="only say what there is to do")
    load.add_argument("--replace-model", action="store_true", help="embed again what another model embedded")
    load.add_argument(
        "--unindexed",
        action="store_true",
        help="take a model whose vectors are too long for the database's vector index, though not for the database",
    )
    load.add_argument(
        "--workers",
        type=_positive,
        metavar="N",
        help="threads that decode and embed (default: the cores; at most 8 on Oracle)",
    )
    load.set_defaults(run=_load, kept="what was committed stays, and the next run goes on from there")

    install = commands.add_parser("install", help="install or upgrade the tables, views and packages of db/")
    install.add_argument("--dry-run", action="store_true", help="only say what would be done")
    install.set_defaults(
        run=_install, kept="the files that were applied stay, and the next installation goes on with the others"
    )

    status = commands.add_parser("status", help="say what is installed and pending, and what is loaded")
    status.set_defaults(run=_status, kept=_NOTHING)

    export = commands.add_parser("export", help="export a model to ONNX and compare it with Keras")
    export.add_argument("--model", metavar="NAME", help="densenet121 (default) or efficientnet-lite0")
    export.add_argument(
        "--recipe",
        type=_recipe,
        default="avg",
        metavar="NAME",
        help="avg (default), the end of the network averaged; or defects, its middle layers, see models/README.md",
    )
    export.add_argument("--weights", type=Path, metavar="FILE", help="a file of weights instead of the downloaded ones")
    export.add_argument(
        "--int8",
        type=Path,
        metavar="ROOT",
        help="quantise the exported model with the images below ROOT, and say what that gains and costs",
    )
    _layout_option(export)
    export.add_argument(
        "--demo",
        action="store_true",
        help="nothing where a model is there already; efficientnet-lite0 where densenet121's weights can not be had",
    )
    export.set_defaults(run=_export, kept="no model was written; one of that name that was there stays")

    import_command.add_to(commands)

    compare = commands.add_parser("compare", help="how alike, how often right and how fast another model or runtime is")
    compare.add_argument("root", type=Path, metavar="ROOT", help="the directory that holds labels and images")
    compare.add_argument("--model", metavar="NAME", help="the exact model (default: densenet121)")
    compare.add_argument("--other", metavar="NAME", help="the other, such as densenet121-int8 (default: the same)")
    _layout_option(compare)
    _runtime_option(compare)
    compare.set_defaults(run=_compare, kept=_NOTHING)

    sample = commands.add_parser("sample", help="write a sample of real images in AI Hub's layout")
    sample.add_argument("root", type=Path, nargs="?", default=Path("Sample"), metavar="ROOT", help="default: ./Sample")
    amount = sample.add_mutually_exclusive_group()
    amount.add_argument("--count", type=_positive, metavar="N", help="how many images (default: 400)")
    amount.add_argument("--all", action="store_true", help="all 2,624 of them")
    sample.set_defaults(run=_sample, kept="what was written stays, and the next run writes the rest")

    sql = commands.add_parser("sql", help="the SQL client: interactive, or a file or a statement")
    sql.add_argument("text", nargs="?", metavar="FILE|STATEMENT", help="what to run (default: read from the terminal)")
    sql.add_argument("values", nargs="*", metavar="VALUE", help="what &1, &2 ... stand for in the file")
    sql.set_defaults(run=_sql, kept="what was not committed was undone")

    classify = commands.add_parser("classify", help="classify new images by their nearest neighbours")
    classify.add_argument("images", type=Path, nargs="+", metavar="IMAGE")
    classify.add_argument("--model", metavar="NAME", help="the model that made the stored embeddings")
    _bits_option(classify)
    _runtime_option(classify)
    classify.add_argument("--part", help="their part (default: neighbours of any part)")
    _neighbour_options(classify)
    classify.add_argument("--transform", metavar="NAME", help="a transform that `fit` stored")
    _source_option(classify)
    classify.add_argument(
        "--min-confidence", type=_number, metavar="X", help="say unknown below this confidence (0 to 1)"
    )
    classify.add_argument(
        "--max-distance", type=_number, metavar="X", help="say unknown where no neighbour is as near as this"
    )
    classify.add_argument("--json", action="store_true", help="one JSON object for each image")
    classify.set_defaults(run=_classify, kept="nothing was stored")

    evaluate = commands.add_parser("evaluate", help="how often the neighbours are right: an evaluation, stored")
    _evaluation_options(evaluate)
    _neighbour_options(evaluate)
    evaluate.add_argument("--transform", metavar="KIND", help="centre, prototype, whiten or lda, fitted in each fold")
    evaluate.add_argument(
        "--shrinkage", type=_number, metavar="X", help="for whiten and lda, above 0 and at most 1 (default: 0.2)"
    )
    evaluate.add_argument(
        "--near-distance",
        type=_number,
        metavar="X",
        help="images within this cosine distance are copies of one another, 0 to 2 (default: 0.009)",
    )
    evaluate.set_defaults(run=_evaluate, kept=_NO_RUN)

    sweep = commands.add_parser("sweep", help="compare values of k, weightings and metrics")
    _evaluation_options(sweep)
    sweep.add_argument("--ks", type=_whole_list, metavar="LIST", help="values of k (default: 1,3,5,7,9,11,15,21,31,51)")
    sweep.add_argument("--metrics", metavar="LIST", help="of cosine, euclidean and dot (default: cosine)")
    sweep.add_argument("--target", help="quality (default), category1, category2 or part")
    sweep.set_defaults(run=_sweep, kept=_NO_RUN)

    fit = commands.add_parser("fit", help="fit a named transform on all labelled images, for classify")
    fit.add_argument("name", metavar="NAME")
    fit.add_argument("--kind", default="lda", help="lda (default), whiten, prototype or centre")
    fit.add_argument("--target", default="quality", help="quality (default), category1, category2 or part")
    fit.add_argument("--any-part", action="store_true", help="one for all parts, not one for each")
    _source_option(fit)
    fit.add_argument(
        "--shrinkage", type=_number, metavar="X", help="for whiten and lda, above 0 and at most 1 (default: 0.2)"
    )
    fit.set_defaults(run=_fit, kept="no transform was stored; one of that name that was there stays")

    report = commands.add_parser("report", help="write an evaluation as one HTML file, with its mistakes in pictures")
    report.add_argument(
        "run_id", type=_whole(1, _TEN_DIGITS), nargs="?", metavar="RUN", help="default: the last evaluation"
    )
    report.add_argument("--source", metavar="NAME", help="the last evaluation of this source alone")
    report.add_argument("--out", type=Path, default=Path("report.html"), metavar="FILE", help="default: report.html")
    report.add_argument("--mistakes", type=_positive, default=24, metavar="N", help="how many to show (default: 24)")
    report.set_defaults(run=_report, kept="no report was written; one of that name that was there stays")

    dump = commands.add_parser(
        "dump", help="write all that is stored to one file: labels, vectors, models, sources, runs"
    )
    dump.add_argument("file", type=Path, metavar="FILE", help="where to write it")
    dump.add_argument("--force", action="store_true", help="replace a file that is there")
    dump.set_defaults(run=_dump, kept="no dump was written; one of that name that was there stays")

    restore = commands.add_parser("restore", help="put a dump into an installed database that holds nothing")
    restore.add_argument("file", type=Path, metavar="FILE", help="what `dump` wrote")
    restore.set_defaults(
        run=_restore, kept="all of it was restored, or nothing: the same command says which, and goes on"
    )

    start = commands.add_parser("start", help="start the embedded server and keep it running")
    start.set_defaults(run=_start, kept="whether the server runs is said by: python -m loader status")
    stop = commands.add_parser("stop", help="stop the embedded server")
    stop.set_defaults(run=_stop, kept="whether the server runs is said by: python -m loader status")
    return parser, commands.choices


def _whole(least: int, most: int) -> Callable[[str], int]:
    """What reads a whole number from least to most."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = most + 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}, not {text or 'empty'}")
        return value

    return read


def _recipe(text: str) -> str:
    from loader.model import RECIPES

    if text not in RECIPES:
        raise argparse.ArgumentTypeError(f"must be {' or '.join(RECIPES)}, not {text or 'empty'}")
    return text


def _positive(text: str) -> int:
    return _whole(1, _SIX_DIGITS)(text)


def _six_digits(text: str) -> int:
    return _whole(-_SIX_DIGITS, _SIX_DIGITS)(text)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"must be a number, not {text or 'empty'}")
    return value


def _two_numbers(text: str) -> tuple[int, int]:
    try:
        first, second = (_positive(number) for number in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be two numbers such as 2,3, not {text}") from error
    return first, second


def _bits(text: str) -> int:
    if not text.isdecimal() or not (int(text) == UNIT or 8 <= int(text) <= 32):
        raise argparse.ArgumentTypeError(f"must be 8 to 32, or 1 for values from 0 to 1, not {text or 'empty'}")
    return int(text)


def _bits_option(command: Parser) -> None:
    command.add_argument(
        "--bits",
        type=_bits,
        metavar="N",
        help="bits of a sample that count in images of more than 8 that do not declare them, 1 for values from 0 to 1 "
        "(load: by default 10, 12, 14 or 16, by the largest value)",
    )


def _whole_list(text: str) -> str:
    for word in text.split(","):
        _positive(word.strip())
    return text


def _layout_option(command: Parser) -> None:
    command.add_argument(
        "--layout",
        default="aihub",
        metavar="NAME",
        help="of the labels: aihub (default), folders (part/quality/x.jpg), mvtec (MVTec AD and VisA), csv or coco",
    )
    command.add_argument(
        "--encoding", metavar="NAME", help="of CSV files, such as cp949 (default: UTF-8, UTF-16 or CP949, as it fits)"
    )
    command.add_argument(
        "--columns",
        metavar="LIST",
        help="the headings of CSV files: file=...,part=...,quality=... (default: those words, or 파일, 부품, 품질)",
    )


def _layout(options: argparse.Namespace) -> Layout:
    from loader.layouts import LAYOUTS, aihub
    from loader.layouts.csv_table import table_with

    if options.layout not in LAYOUTS:
        raise ConfigurationError(f"unknown layout {options.layout}: choose from {', '.join(LAYOUTS)}")
    chosen = getattr(options, "categories", None)
    if chosen is not None and options.layout != "aihub":
        raise ConfigurationError("--categories is for the layout aihub: the others name the categories themselves")
    if options.encoding is None and options.columns is None:
        return partial(aihub, chosen=chosen) if chosen else LAYOUTS[options.layout]
    if options.layout != "csv":
        raise ConfigurationError("--encoding and --columns are for --layout csv")
    return table_with(options.encoding, options.columns)


def _runtime_option(command: Parser) -> None:
    command.add_argument(
        "--runtime",
        default="onnxruntime",
        metavar="NAME",
        help="onnxruntime (default), openvino (as exact), or openvino-bfloat16 (a model of its own, less exact)",
    )


def _neighbour_options(command: Parser) -> None:
    command.add_argument("--k", type=_six_digits, metavar="K", help="how many neighbours vote (default: 5)")
    command.add_argument("--weighting", help="majority (default), inverse (of distance) or softmax")
    command.add_argument("--temperature", type=_number, metavar="X", help="for softmax, above 0 (default: 0.07)")
    command.add_argument("--metric", help="cosine (default), euclidean or dot")
    command.add_argument("--target", help="quality (default), category1, category2 or part")
    command.add_argument(
        "--approximate", action="store_true", help="search by the vector index, which img_index.create_index makes"
    )
    command.add_argument(
        "--target-accuracy",
        type=_six_digits,
        metavar="N",
        help="search by the vector index, to find N per cent of the true neighbours (1 to 100)",
    )


def _evaluation_options(command: Parser) -> None:
    command.add_argument(
        "--method",
        help="loo (leave one out, default), kfold, logo (leave one group out), time (the newest from the older) or "
        "path (a directory from all others)",
    )
    command.add_argument("--part", help="only images of this part")
    _source_option(command)
    command.add_argument("--any-part", action="store_true", help="neighbours of any part, not the image's own")
    command.add_argument("--folds", type=_six_digits, metavar="N", help="how many folds kfold makes (default: 10)")
    command.add_argument(
        "--seed",
        type=_whole(-_TEN_DIGITS, _TEN_DIGITS),
        metavar="N",
        help="another seed makes other folds (default: 1)",
    )
    command.add_argument(
        "--group-path",
        metavar="PATH",
        help="for logo: where the label names its group, such as $.images[0].item; for time: where it names the time "
        "(default: when the image file was changed)",
    )
    command.add_argument(
        "--test-share", type=_number, metavar="X", help="for time: the share of the images to test (default: 0.2)"
    )
    command.add_argument("--test-path", metavar="DIRECTORY", help="for path: test what is in this directory")


def _source_option(command: Parser) -> None:
    command.add_argument("--source", metavar="NAME", help="only images of this source (default: of all)")


@contextmanager
def _session(options: argparse.Namespace) -> Iterator[Database]:
    """A session. Raises ConfigurationError where the database says that the options are wrong."""
    with announced("opening the database"):
        database = connect()
    warn(f"Database: {database.description}")
    with database:
        try:
            yield database
        except DatabaseError as error:
            text = wrong_usage(error, vars(options), database)
            if text is None:
                raise
            raise ConfigurationError(text) from error


def _load(options: argparse.Namespace) -> int:
    from loader.load import load
    from loader.model import Model, find

    layout = _layout(options)
    existing_directory(options.root)
    if options.dry_run:
        options.kept = _NOTHING
    model = Model(find(options.model), runtime=options.runtime)
    with _session(options) as database:
        warn(f"Model: {model.name}, {model.dimension} dimensions, {model.path}, on {model.provider}")
        with announced(f"loading {options.root}: comparing its files with the database"):
            summary = load(
                database,
                options.root,
                model,
                layout=layout,
                source=options.source,
                new_source=options.new_source,
                prune=options.prune,
                dry_run=options.dry_run,
                replace_model=options.replace_model,
                workers=options.workers,
                bits=options.bits,
                verify=options.verify,
                unindexed=options.unindexed,
            )
    for path, reason in summary.failures[:_SHOWN_FAILURES]:
        warn(f"{options.root / path}: {reason}")
    if summary.failed > _SHOWN_FAILURES:
        warn(f"... and {summary.failed - _SHOWN_FAILURES} more: python -m loader status, or the view vw_image_failure")
    say(
        f"{summary.labels} labels: {summary.new} new, {summary.changed} changed, {summary.unchanged} unchanged, "
        f"{summary.retried} tried again"
    )
    if summary.unread_labels or summary.unread_images:
        say(
            f"{summary.unread_labels} label files and {summary.unread_images} image files were not read: their size "
            "and times are as they were (--verify reads them)"
        )
    if summary.without_categories and options.layout == "aihub":
        say(f"{summary.without_categories} images have no category: neither their directories nor their labels say one")
    for note in summary.notes:
        say(note)
    if summary.gone_count:
        for path in summary.gone[:_SHOWN_FAILURES]:
            warn(f"gone from disk: {options.root / path}")
        say(
            f"{summary.gone_count} labels that were loaded are gone from disk: "
            + ("removed" if options.prune and not options.dry_run else "kept (--prune removes them)")
        )
    if not options.dry_run:
        if summary.kept:
            say(f"{summary.kept} images keep their embedding: moved, touched or just written, of the same content")
        _print_contents(summary.contents)
    for doubt in summary.doubts:
        say(doubt)
    if options.dry_run:
        say(
            f"{summary.pending} images to embed, {summary.kept} that were only moved or touched keep their embedding, "
            f"{summary.failed} labels are bad; nothing was changed (--dry-run)"
        )
        return BAD_FILES if summary.failed else OK
    speed = f", {summary.stored / summary.total_s:.0f} images a second" if summary.stored else ""
    say(
        f"{summary.stored} images embedded and stored, {summary.failed} failed, in {summary.total_s:.1f} s{speed} "
        f"(in all threads: decoding {summary.decode_s:.1f} s, network {summary.embed_s:.1f} s, "
        f"database {summary.database_s:.1f} s)"
    )
    return BAD_FILES if summary.failed else OK


def _print_contents(rows: Sequence[tuple[str, str | None, str | None, int]]) -> None:
    """Parts and qualities of the source, and what is doubtful: the rows of img_store.contents."""
    from loader.client import table

    classes = [(part or "-", quality or "-", images) for kind, part, quality, images in rows if kind == "CLASS"]
    if classes:
        for line in table(["Part", "Quality", "Images"], classes, 120):
            say(line)
    others = [name for kind, name, *_ in rows if kind == "IDENTICAL"]
    for kind, name, _, images in rows:
        if kind == "MORE":
            say(f"... and {name} more pairs of part and quality, {images} images")
        elif kind == "UNLABELLED":
            say(f"{images} images without part or quality: nothing is compared with them")
        elif kind == "IDENTICAL" and name in others[:_SHOWN_SOURCES]:
            say(f"{images} images are identical to ones of source {name}")
    if len(others) > _SHOWN_SOURCES:
        say(f"... and some to ones of {len(others) - _SHOWN_SOURCES} further sources")


def _install(options: argparse.Namespace) -> int:
    with _session(options) as database:
        if options.dry_run:
            options.kept = _NOTHING
            plan = migrations.make_plan(database)
            for step in plan.steps:
                say(f"would apply {step.file.name} ({step.reason})")
            say(f"{len(plan.steps)} files to apply")
            return OK
        with announced("installing the tables, views and packages of db/"):
            applied = migrations.install(database, say=say)
        say(f"{applied} files applied" if applied else "everything is installed already")
    return OK


def _status(options: argparse.Namespace) -> int:
    from loader.client import table

    with _session(options) as database:
        if not database.owns_schema:
            say("what is installed and pending is the schema owner's to see")
            _print_loaded(database)
            return OK
        plan = migrations.make_plan(database)
        rows = [
            (
                e.installed_at,
                e.installed_by,
                e.file_name,
                e.duration_ms,
                "done" if e.success else f"failed: {e.error_text}",
            )
            for e in plan.history
        ]
        if rows:
            for line in table(
                ["Installed (UTC)" if database.fingerprint else "Installed", "By", "File", "ms", "Result"], rows, 120
            ):
                say(line)
        if isinstance(settings := database_settings(), EmbeddedSettings):
            from loader.embedded import server

            kept = server.is_kept_running(settings.directory)
            say(
                "the embedded server "
                + ("runs until `python -m loader stop`" if kept else "runs while a command uses it")
            )
        for step in plan.steps:
            say(f"pending: {step.file.name} ({step.reason})")
        for unit in migrations.invalid_units(database):
            say(f"does not compile: {unit.report()}", lines=True)
        if plan.steps:
            say("run `python -m loader install` (or `make install-db`)")
            return OK
        say("nothing is pending")
        _print_loaded(database)
    return OK


def _print_loaded(database: Database) -> None:
    for images, embedded, failed in database.rows("img_store.status"):
        say(f"{images} images, {embedded} with an embedding; {failed} labels could not be loaded")
    for source, path, reason, changed_at in database.rows("img_store.all_failures"):
        say(f"  {source}/{path}: {reason} ({changed_at})")


def _export(options: argparse.Namespace) -> int:
    if options.demo and (present := sorted(MODELS_DIRECTORY.glob("*.onnx"))):
        say(f"Model: {', '.join(path.name for path in present)} is there already")
        return OK
    if options.int8 is not None:
        return _export_int8(options)
    try:
        from loader.export.keras_to_onnx import ExportError, export
        from loader.model import DEFAULT, model_name
    except ImportError as error:
        raise ConfigurationError(
            f"the export needs TensorFlow and tf2onnx ({error.name} is missing): "
            "pip install -e '.[export]', or make venv"
        ) from error
    network = options.model or DEFAULT
    name = model_name(network, options.recipe)
    try:
        try:
            with announced(_exporting(name)):
                parity = export(network, _model_path(name), options.weights, options.recipe)
        except ExportError as error:
            if not options.demo:
                raise
            warn(f"{error}\nThe demo goes on with efficientnet-lite0, a smaller network, instead.", lines=True)
            network = "efficientnet-lite0"
            name = model_name(network, options.recipe)
            with announced(_exporting(name)):
                parity = export(network, _model_path(name), recipe=options.recipe)
    except ExportError as error:
        warn(f"error: {error}", lines=True)
        return WRONG_USAGE
    say(
        f"{_model_path(name)}: largest difference from Keras {parity.difference:.1e}, "
        f"smallest cosine {parity.cosine:.7f}"
    )
    return OK


def _exporting(name: str) -> str:
    return f"exporting {name} and comparing it with Keras"


def _export_int8(options: argparse.Namespace) -> int:
    from loader.model import AVG, DEFAULT, INT8, find, model_name

    layout = _layout(options)
    source = find(options.model if options.recipe == AVG else model_name(options.model or DEFAULT, options.recipe))
    try:
        from loader.export.quantise import export_int8
    except ImportError as error:
        raise ConfigurationError(
            f"the export needs onnx ({error.name} is missing): pip install -e '.[export]', or make venv"
        ) from error
    path = source.with_name(f"{source.stem}{INT8}.onnx")
    with announced(f"quantising {source.name} with images below {options.int8}, and comparing the two"):
        comparison = export_int8(source, existing_directory(options.int8), path, layout)
    say(f"{path}: compared with {source.name}")
    for line in comparison.lines():
        say(line)
    say(f"Use it by --model {path.stem}; it is a model of its own, and images are embedded anew (--replace-model)")
    return OK


def _compare(options: argparse.Namespace) -> int:
    from loader.comparison import compare, sample_images
    from loader.model import Model, find

    layout = _layout(options)
    root = existing_directory(options.root)
    exact = Model(find(options.model))
    other = Model(find(options.other) if options.other else exact.path, runtime=options.runtime)
    say(f"{other.name} ({other.provider}) compared with {exact.name} ({exact.provider})")
    with announced("comparing them on images and labels of a database made for it"):
        images = sample_images(root, exact.preprocessing)
        compared = compare(exact, other, images, root, layout)
    for line in compared.lines():
        say(line)
    return OK


def _model_path(name: str) -> Path:
    return MODELS_DIRECTORY / f"{name}.onnx"


def _sample(options: argparse.Namespace) -> int:
    from loader.sample import DEFAULT_COUNT, LICENCE, write_sample

    if options.root.exists():
        existing_directory(options.root)
    say(LICENCE, lines=True)
    with announced(f"writing pictures and labels to {options.root}"):
        count = write_sample(options.root, None if options.all else options.count or DEFAULT_COUNT)
    say(f"{count} images and labels in {options.root}")
    return OK


def _sql(options: argparse.Namespace) -> int:
    from loader.client import Client

    text, source = options.text, None
    if text is not None and Path(text).suffix.lower() in (".sql", ".pks", ".pkb") and "\n" not in text:
        source = text
        try:
            text = Path(text).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else f"it is not UTF-8, {error}"
            raise ConfigurationError(f"{source} can not be read: {reason}") from error
    with _session(options) as database:
        client = Client(database)
        if text is None and sys.stdin.isatty():
            from loader.client.interactive import interact

            interact(client, _history())
        else:
            client.run(_lines_of_input() if text is None else text, source, options.values)
    return client.status


def _lines_of_input() -> Iterator[str]:
    """The lines of standard input, each as soon as it is there."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"standard input is not UTF-8, line {number}: {error}") from error


def _history() -> Path | None:
    """What was typed into the SQL client: private, since statements hold data and passwords.

    None where no file can be kept, which is said.
    """
    settings = database_settings()
    base = settings.directory if isinstance(settings, EmbeddedSettings) else Path.home()
    place = base / ".loader" / "sql_history"
    try:
        path = private_file(place)
        former = base / ".loader_sql_history"
        if former.exists() and not path.stat().st_size:
            former.replace(path)
            private_file(path)
    except OSError as error:
        warn(f"warning: what is typed is not kept in {place}: {error.strerror or error}")
        return None
    return path


def _classify(options: argparse.Namespace) -> int:
    from loader.classification import classify
    from loader.client import table
    from loader.model import Model, find

    model = Model(find(options.model), runtime=options.runtime)
    with _session(options) as database:
        decisions = classify(
            database,
            model,
            options.images,
            part=options.part,
            min_confidence=options.min_confidence,
            max_distance=options.max_distance,
            depth=Depth(options.bits, options.bits),
            source=options.source,
            **_neighbour_parameters(options),
        )
    bad = [decision for decision in decisions if decision.answer is None]
    if options.json:
        for decision in decisions:
            answer = {"problem": decision.problem} if decision.answer is None else decision.answer
            say(shown_json({"image": decision.name} | answer))
    else:
        rows = []
        for decision in decisions:
            if decision.answer is not None:
                neighbours = ", ".join(
                    f"{n['image_id'] or 'class'} {n['class']} {float(n['distance']):.4f}"
                    for n in decision.answer["neighbours"] or []
                )
                confidence = f"{float(decision.answer['confidence'] or 0):.3f}"
                rows.append((decision.name, decision.answer["class"], confidence, neighbours))
        for line in (
            ()
            if not rows
            else table(["Image", "Class", "Confidence", "Neighbours (image, class, distance)"], rows, 200)
        ):
            say(line)
    for decision in bad:
        warn(f"{decision.name}: {decision.problem}")
    return BAD_FILES if bad else OK


def _neighbour_parameters(options: argparse.Namespace) -> dict[str, object]:
    return {
        "k": options.k,
        "weighting": options.weighting,
        "temperature": options.temperature,
        "metric": options.metric,
        "target": options.target,
        "transform": options.transform,
        "approximate": 1 if options.approximate else None,
        "target_accuracy": options.target_accuracy,
    }


def _evaluation_parameters(options: argparse.Namespace) -> dict[str, object]:
    return {
        "method": options.method,
        "part": options.part,
        "within_part": 0 if options.any_part else None,
        "folds": options.folds,
        "seed": options.seed,
        "group_path": options.group_path,
        "test_share": options.test_share,
        # In the Unicode form in which the database keeps paths.
        "test_path": options.test_path and unicodedata.normalize("NFC", options.test_path),
        "source": options.source,
    }


def _evaluate(options: argparse.Namespace) -> int:
    from loader.evaluation import evaluate
    from loader.report import text_lines

    with _session(options) as database:
        run_id = evaluate(
            database,
            shrinkage=options.shrinkage,
            near_distance=options.near_distance,
            **_neighbour_parameters(options),
            **_evaluation_parameters(options),
        )
        options.kept = _kept_run(run_id)
        for line in text_lines(database, run_id):
            say(line)
    return OK


def _kept_run(run_id: int) -> str:
    return f"the run is stored: python -m loader report {run_id}"


def _sweep(options: argparse.Namespace) -> int:
    from loader.client import table

    given = {"ks": options.ks, "metrics": options.metrics, "target": options.target} | _evaluation_parameters(options)
    with _session(options) as database:
        with announced("comparing settings: the neighbours of every image are looked up once for each metric"):
            run_id = database.value("img_classify.sweep", **{f"p_{k}": v for k, v in given.items() if v is not None})
            database.commit()
        options.kept = _kept_run(run_id)
        rows = [
            (metric.lower(), weighting.lower(), k, tested, correct, f"{accuracy:.4f}", f"{balanced:.4f}")
            for metric, weighting, k, tested, correct, accuracy, balanced in database.rows(
                "img_report.settings", p_run_id=run_id, p_limit=10
            )
        ]
        heads = ["Metric", "Weighting", "k", "Tested", "Correct", "Accuracy", "Balanced accuracy"]
        say(f"Run {run_id}: the ten best settings (all of them: the view vw_sweep, by place)")
        for line in table(heads, rows, 80):
            say(line)
    return OK


def _fit(options: argparse.Namespace) -> int:
    from loader.evaluation import fit

    with _session(options) as database:
        fit(
            database,
            options.name,
            options.kind,
            options.target,
            within_part=not options.any_part,
            shrinkage=options.shrinkage,
            source=options.source,
        )
    say(f"{options.kind.lower()} {options.name} is stored: python -m loader classify IMAGE --transform {options.name}")
    return OK


def _report(options: argparse.Namespace) -> int:
    from loader.report import write

    if options.out.is_dir() or not options.out.parent.is_dir():
        raise ConfigurationError(f"--out: {options.out} can not be written: name a file in a directory that exists")
    with _session(options) as database:
        run_id = options.run_id or database.value("img_report.latest_run", p_source=options.source)
        if run_id is None:
            of_source, option = (f" of source {options.source}", " --source ...") if options.source else ("", "")
            raise ConfigurationError(f"there is no evaluation{of_source} yet: python -m loader evaluate{option}")
        with announced(f"writing the report of run {run_id}, with its mistakes in pictures"):
            write(database, run_id, options.out, mistakes=options.mistakes)
    say(f"run {run_id} is in {options.out}")
    return OK


def _dump(options: argparse.Namespace) -> int:
    from loader.dump import dump

    with _session(options) as database, _dump_errors():
        written = dump(database, options.file, force=options.force)
    for note in written.notes:
        warn(f"note: {note}")
    say(f"{options.file}: {_amount(written)}")
    return OK


def _restore(options: argparse.Namespace) -> int:
    from loader.dump import restore

    with _session(options) as database, _dump_errors():
        restored = restore(database, options.file)
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
        f"{summary.rows.get('IMAGE_DEMO1', 0)} images, {summary.rows.get('CLASSIFICATION_RUN', 0)} runs; {rows} rows, "
        f"{megabytes:.1f} MB in {seconds:.1f} s ({rows / seconds:,.0f} rows/s, {megabytes / seconds:.1f} MB/s)"
    )


def _embedded_directory() -> Path:
    settings = database_settings()
    if not isinstance(settings, EmbeddedSettings):
        raise ConfigurationError(
            "start and stop are for the embedded server, and the environment names Oracle Database"
        )
    return settings.directory


def _start(_: argparse.Namespace) -> int:
    from loader.embedded import server

    directory = _embedded_directory()
    try:
        server.start(directory)
    except server.ServerError as error:
        raise DatabaseError(str(error)) from error
    say(f"the embedded server in {directory} runs until `python -m loader stop`")
    return OK


def _stop(_: argparse.Namespace) -> int:
    from loader.embedded import server

    directory = _embedded_directory()
    try:
        stopped = server.stop(directory)
    except server.ServerError as error:
        raise DatabaseError(str(error)) from error
    say(f"the embedded server in {directory} " + ("was stopped" if stopped else "was not running"))
    return OK
