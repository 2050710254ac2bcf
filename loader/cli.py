"""The command line: parses, calls and prints."""

from __future__ import annotations

import argparse
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from loader import __version__, import_command, migrations
from loader.arguments import Parser, nearest, unreadable
from loader.commands import classify, outliers, review, runs, sources, thresholds
from loader.commands.options import (
    bits_option,
    chosen_layout,
    evaluation_options,
    layout_option,
    neighbour_options,
    neighbour_parameters,
    number,
    positive,
    runtime_option,
    source_option,
    two_numbers,
    whole_list,
)
from loader.commands.run_choice import chosen_run, run_argument
from loader.commands.session import session
from loader.config import (
    MODELS_DIRECTORY,
    ConfigurationError,
    EmbeddedSettings,
    database_settings,
    existing_directory,
    variables_help,
)
from loader.database import Database, DatabaseError
from loader.private import private_file
from loader.statuses import BAD_FILES, INTERRUPTED, OK, WRONG_USAGE, statuses_help
from loader.terminal import say, warn
from loader.waiting import announced

if TYPE_CHECKING:
    from loader.dump import Summary

_SHOWN_FAILURES = 50
_SHOWN_SOURCES = 5
# What Ctrl-C and SIGTERM leave of an evaluation, which is committed as a whole.
_NO_RUN = "no run was stored"
_NOTHING = "nothing was changed"
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
    layout_option(load)
    load.add_argument(
        "--categories",
        type=two_numbers,
        metavar="N,M",
        help="the directories below the root that are the categories, from 1 (layout aihub; default: see docs/load.md)",
    )
    bits_option(load)
    runtime_option(load)
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
        type=positive,
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
    layout_option(export)
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
    layout_option(compare)
    runtime_option(compare)
    compare.set_defaults(run=_compare, kept=_NOTHING)

    sample = commands.add_parser("sample", help="write a sample of real images in AI Hub's layout")
    sample.add_argument("root", type=Path, nargs="?", default=Path("Sample"), metavar="ROOT", help="default: ./Sample")
    amount = sample.add_mutually_exclusive_group()
    amount.add_argument("--count", type=positive, metavar="N", help="how many images (default: 400)")
    amount.add_argument("--all", action="store_true", help="all 2,624 of them")
    sample.set_defaults(run=_sample, kept="what was written stays, and the next run writes the rest")

    sql = commands.add_parser("sql", help="the SQL client: interactive, or a file or a statement")
    sql.add_argument("text", nargs="?", metavar="FILE|STATEMENT", help="what to run (default: read from the terminal)")
    sql.add_argument("values", nargs="*", metavar="VALUE", help="what &1, &2 ... stand for in the file")
    sql.set_defaults(run=_sql, kept="what was not committed was undone")

    classify.add(commands)

    evaluate = commands.add_parser("evaluate", help="how often the neighbours are right: an evaluation, stored")
    evaluation_options(evaluate)
    neighbour_options(evaluate)
    evaluate.add_argument("--transform", metavar="KIND", help="centre, prototype, whiten or lda, fitted in each fold")
    evaluate.add_argument(
        "--shrinkage", type=number, metavar="X", help="for whiten and lda, above 0 and at most 1 (default: 0.2)"
    )
    evaluate.add_argument(
        "--near-distance",
        type=number,
        metavar="X",
        help="images within this cosine distance are copies of one another, 0 to 2 (default: 0.009)",
    )
    evaluate.set_defaults(run=_evaluate, kept=_NO_RUN)

    sweep = commands.add_parser("sweep", help="compare values of k, weightings and metrics")
    evaluation_options(sweep)
    sweep.add_argument("--ks", type=whole_list, metavar="LIST", help="values of k (default: 1,3,5,7,9,11,15,21,31,51)")
    sweep.add_argument("--metrics", metavar="LIST", help="of cosine, euclidean and dot (default: cosine)")
    sweep.add_argument("--target", help="quality (default), category1, category2 or part")
    sweep.set_defaults(run=_sweep, kept=_NO_RUN)

    fit = commands.add_parser("fit", help="fit a named transform on all labelled images, for classify")
    fit.add_argument("name", metavar="NAME")
    fit.add_argument("--kind", default="lda", help="lda (default), whiten, prototype or centre")
    fit.add_argument("--target", default="quality", help="quality (default), category1, category2 or part")
    fit.add_argument("--any-part", action="store_true", help="one for all parts, not one for each")
    source_option(fit)
    fit.add_argument(
        "--shrinkage", type=number, metavar="X", help="for whiten and lda, above 0 and at most 1 (default: 0.2)"
    )
    fit.set_defaults(run=_fit, kept="no transform was stored; one of that name that was there stays")

    report = commands.add_parser("report", help="write an evaluation as one HTML file, with its mistakes in pictures")
    run_argument(report)
    report.add_argument("--out", type=Path, default=Path("report.html"), metavar="FILE", help="default: report.html")
    report.add_argument("--mistakes", type=positive, default=24, metavar="N", help="how many to show (default: 24)")
    report.set_defaults(run=_report, kept="no report was written; one of that name that was there stays")

    review.add(commands)
    outliers.add(commands)
    thresholds.add(commands)
    sources.add(commands)
    runs.add(commands)

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


def _recipe(text: str) -> str:
    from loader.model import RECIPES

    if text not in RECIPES:
        raise argparse.ArgumentTypeError(f"must be {' or '.join(RECIPES)}, not {text or 'empty'}")
    return text


def _load(options: argparse.Namespace) -> int:
    from loader.load import load
    from loader.model import Model, find

    layout = chosen_layout(options)
    existing_directory(options.root)
    if options.dry_run:
        options.kept = _NOTHING
    model = Model(find(options.model), runtime=options.runtime)
    with session(options) as database:
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
    with session(options) as database:
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

    with session(options) as database:
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
            from loader.database import embedded

            kept = embedded.is_kept_running(settings.directory)
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

    layout = chosen_layout(options)
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

    layout = chosen_layout(options)
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
    with session(options) as database:
        client = Client(database)
        if text is None and sys.stdin.isatty():
            from loader.client.interactive import interact

            interact(client, _history())
        else:
            client.run(_lines_of_input() if text is None else text, source, options.values)
    return client.status


def _lines_of_input() -> Iterator[str]:
    """The lines of standard input, each as soon as it is there."""
    for place, line in enumerate(sys.stdin.buffer, 1):
        try:
            yield line.decode("utf-8-sig" if place == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"standard input is not UTF-8, line {place}: {error}") from error


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


def _evaluation_parameters(options: argparse.Namespace) -> dict[str, object]:
    return {
        "method": options.method,
        "only_part": options.part,
        "within_part": False if options.any_part else None,
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

    with session(options) as database:
        run_id = evaluate(
            database,
            shrinkage=options.shrinkage,
            transform_kind=options.transform,
            approximate=options.approximate or None,
            near_distance=options.near_distance,
            **neighbour_parameters(options),
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
    with session(options) as database:
        with announced("comparing settings: the neighbours of every image are looked up once for each metric"):
            run_id = database.value("img_evaluate.sweep", **{f"p_{k}": v for k, v in given.items() if v is not None})
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

    with session(options) as database:
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
    with session(options) as database:
        run_id = chosen_run(database, options)
        with announced(f"writing the report of run {run_id}, with its mistakes in pictures"):
            write(database, run_id, options.out, mistakes=options.mistakes)
    say(f"run {run_id} is in {options.out}")
    return OK


def _dump(options: argparse.Namespace) -> int:
    from loader.dump import dump

    with session(options) as database, _dump_errors():
        written = dump(database, options.file, force=options.force)
    for note in written.notes:
        warn(f"note: {note}")
    say(f"{options.file}: {_amount(written)}")
    return OK


def _restore(options: argparse.Namespace) -> int:
    from loader.dump import restore

    with session(options) as database, _dump_errors():
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
        f"{summary.rows.get('IMAGE_DEMO1', 0)} images, {summary.rows.get('IMAGE_RUN', 0)} runs; {rows} rows, "
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
    from loader.database import embedded

    directory = _embedded_directory()
    embedded.start(directory)
    say(f"the embedded server in {directory} runs until `python -m loader stop`")
    return OK


def _stop(_: argparse.Namespace) -> int:
    from loader.database import embedded

    directory = _embedded_directory()
    stopped = embedded.stop(directory)
    say(f"the embedded server in {directory} " + ("was stopped" if stopped else "was not running"))
    return OK
