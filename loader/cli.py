"""The command line: parses, calls and prints."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from loader import __version__, migrations
from loader.config import (
    MODELS_DIRECTORY,
    ConfigurationError,
    EmbeddedSettings,
    database_settings,
)
from loader.database import Database, DatabaseError, connect

OK, BAD_FILES, WRONG_USAGE = 0, 1, 2
_SHOWN_FAILURES = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status.

    0: all went well. 1: some files were bad, or a statement failed. 2: wrong usage or configuration.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser, commands = _parser()
    if given and not given[0].startswith("-") and given[0] not in commands:
        given.insert(0, "load")
    options = parser.parse_args(given)
    if not hasattr(options, "run"):
        parser.print_help()
        return WRONG_USAGE
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except ConfigurationError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_USAGE
    except (DatabaseError, migrations.MigrationError) as error:
        print(f"error: {error.report() if isinstance(error, DatabaseError) else error}", file=sys.stderr)
        return BAD_FILES
    except KeyboardInterrupt:
        print("\nstopped; what was committed stays, and the next run goes on from there", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return BAD_FILES


def _parser() -> tuple[argparse.ArgumentParser, set[str]]:
    parser = argparse.ArgumentParser(
        prog="python -m loader",
        description="Loads labelled images into the database that classifies them: `python -m loader ./Sample`.",
        epilog=(
            "Oracle Database is used where PYTHON_USERNAME, PYTHON_PASSWORD and PYTHON_CONNECTSTRING are set, "
            "an embedded PostgreSQL where none of them is (in .embedded, or EMBEDDED_DB_DIR)."
        ),
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
    load.add_argument("--replace-model", action="store_true", help="embed again what another model embedded")
    load.add_argument(
        "--workers", type=_positive, metavar="N", help="threads that decode and embed (default: the cores)"
    )
    load.set_defaults(run=_load)

    install = commands.add_parser("install", help="install or upgrade the tables, views and packages of db/")
    install.add_argument("--dry-run", action="store_true", help="only say what would be done")
    install.set_defaults(run=_install)

    status = commands.add_parser("status", help="say what is installed and pending, and what is loaded")
    status.set_defaults(run=_status)

    export = commands.add_parser("export", help="export a model to ONNX and compare it with Keras")
    export.add_argument("--model", default="densenet121", help="densenet121 (default) or efficientnet-lite0")
    export.add_argument("--weights", type=Path, metavar="FILE", help="a file of weights instead of the downloaded ones")
    export.add_argument(
        "--demo",
        action="store_true",
        help="nothing where a model is there already; efficientnet-lite0 where densenet121's weights can not be had",
    )
    export.set_defaults(run=_export)

    sample = commands.add_parser("sample", help="write a sample of real images in AI Hub's layout")
    sample.add_argument("root", type=Path, nargs="?", default=Path("Sample"), metavar="ROOT", help="default: ./Sample")
    amount = sample.add_mutually_exclusive_group()
    amount.add_argument("--count", type=_positive, metavar="N", help="how many images (default: 400)")
    amount.add_argument("--all", action="store_true", help="all 2,624 of them")
    sample.set_defaults(run=_sample)

    sql = commands.add_parser("sql", help="the SQL client: interactive, or a file or a statement")
    sql.add_argument("text", nargs="?", metavar="FILE|STATEMENT", help="what to run (default: read from the terminal)")
    sql.set_defaults(run=_sql)

    start = commands.add_parser("start", help="start the embedded server and keep it running")
    start.set_defaults(run=_start)
    stop = commands.add_parser("stop", help="stop the embedded server")
    stop.set_defaults(run=_stop)
    return parser, set(commands.choices)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return value


def _connect() -> Database:
    database = connect()
    print(f"Database: {database.description}", file=sys.stderr)
    return database


def _load(options: argparse.Namespace) -> int:
    from loader.load import load
    from loader.model import Model, find

    if not options.root.is_dir():
        raise ConfigurationError(
            f"{options.root} {'is not a directory' if options.root.exists() else 'does not exist'}"
        )
    model = Model(find(options.model))
    with _connect() as database:
        print(f"Model: {model.name}, {model.dimension} dimensions, {model.path}, on {model.provider}", file=sys.stderr)
        summary = load(
            database,
            options.root,
            model,
            source=options.source,
            replace_model=options.replace_model,
            workers=options.workers,
        )
    for path, reason in summary.failures[:_SHOWN_FAILURES]:
        print(f"{options.root / path}: {reason}", file=sys.stderr)
    if len(summary.failures) > _SHOWN_FAILURES:
        print(
            f"... and {len(summary.failures) - _SHOWN_FAILURES} more: "
            "python -m loader status, or the view vw_image_failure",
            file=sys.stderr,
        )
    print(
        f"{summary.labels} labels: {summary.new} new, {summary.changed} changed, {summary.unchanged} unchanged, "
        f"{summary.retried} tried again"
    )
    if summary.without_categories:
        print(
            f"{summary.without_categories} labels lie less than three directories deep: their own categories were kept"
        )
    speed = f", {summary.stored / summary.total_s:.0f} images a second" if summary.stored else ""
    print(
        f"{summary.stored} images embedded and stored, {summary.failed} failed, in {summary.total_s:.1f} s{speed} "
        f"(database {summary.database_s:.1f} s; in all threads: decoding {summary.decode_s:.1f} s, "
        f"network {summary.embed_s:.1f} s)"
    )
    return BAD_FILES if summary.failed else OK


def _install(options: argparse.Namespace) -> int:
    with _connect() as database:
        if options.dry_run:
            plan = migrations.make_plan(database)
            for step in plan.steps:
                print(f"would apply {step.file.name} ({step.reason})")
            print(f"{len(plan.steps)} files to apply")
            return OK
        applied = migrations.install(database)
        print(f"{applied} files applied" if applied else "everything is installed already")
    return OK


def _status(_: argparse.Namespace) -> int:
    from loader.client import table

    with _connect() as database:
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
                print(line)
        for step in plan.steps:
            print(f"pending: {step.file.name} ({step.reason})")
        if plan.steps:
            print("run `python -m loader install` (or `make install-db`)")
            return OK
        print("nothing is pending")
        for images, embedded, failed in database.rows("img_store.status"):
            print(f"{images} images, {embedded} with an embedding; {failed} labels could not be loaded")
        for source, path, reason, changed_at in database.rows("img_store.all_failures"):
            print(f"  {source}/{path}: {reason} ({changed_at})")
    return OK


def _export(options: argparse.Namespace) -> int:
    if options.demo and (present := sorted(MODELS_DIRECTORY.glob("*.onnx"))):
        print(f"Model: {', '.join(path.name for path in present)} is there already")
        return OK
    try:
        from loader.export.keras_to_onnx import ExportError, export
    except ImportError as error:
        raise ConfigurationError(
            f"the export needs TensorFlow and tf2onnx ({error.name} is missing): "
            "pip install -e '.[export]', or make venv"
        ) from error
    name = options.model
    try:
        try:
            parity = export(name, _model_path(name), options.weights)
        except ExportError as error:
            if not options.demo:
                raise
            print(f"{error}\nThe demo goes on with efficientnet-lite0, a smaller network, instead.", file=sys.stderr)
            name = "efficientnet-lite0"
            parity = export(name, _model_path(name))
    except ExportError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_USAGE
    print(
        f"{_model_path(name)}: largest difference from Keras {parity.difference:.1e}, "
        f"smallest cosine {parity.cosine:.7f}"
    )
    return OK


def _model_path(name: str) -> Path:
    return MODELS_DIRECTORY / f"{name}.onnx"


def _sample(options: argparse.Namespace) -> int:
    from loader.sample import DEFAULT_COUNT, LICENCE, write_sample

    print(LICENCE)
    count = write_sample(options.root, None if options.all else options.count or DEFAULT_COUNT)
    print(f"{count} images and labels in {options.root}")
    return OK


def _sql(options: argparse.Namespace) -> int:
    from loader.client import Client

    source = None
    text = options.text
    if text is not None and Path(text).suffix.lower() in (".sql", ".pks", ".pkb") and "\n" not in text:
        source = text
        try:
            text = Path(text).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{source} can not be read: {error}") from error
    elif text is None and not sys.stdin.isatty():
        text = sys.stdin.read()
    with _connect() as database:
        client = Client(database)
        if text is None:
            settings = database_settings()
            base = settings.directory if isinstance(settings, EmbeddedSettings) else Path.home()
            client.interact(base / ".loader_sql_history")
        else:
            client.run(text, source)
    return BAD_FILES if client.failed else OK


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
    server.start(directory)
    print(f"the embedded server in {directory} runs until `python -m loader stop`")
    return OK


def _stop(_: argparse.Namespace) -> int:
    from loader.embedded import server

    directory = _embedded_directory()
    print(f"the embedded server in {directory} " + ("was stopped" if server.stop(directory) else "was not running"))
    return OK
