"""The command line: parses, calls and prints."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from loader import __version__, import_command, migrations
from loader.arguments import Parser, nearest, unreadable
from loader.commands import (
    calibrate,
    classify,
    compare,
    correct,
    dump,
    embedding_map,
    evaluate,
    export_data,
    load,
    outliers,
    review,
    runs,
    serve,
    sources,
    thresholds,
    tune,
)
from loader.commands.options import chosen_layout, layout_option, positive
from loader.commands.session import database_session
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

    load.add(commands)

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

    compare.add(commands)

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
    evaluate.add(commands)
    tune.add(commands)
    review.add(commands)
    correct.add(commands)
    outliers.add(commands)
    embedding_map.add(commands)
    thresholds.add(commands)
    calibrate.add(commands)
    sources.add(commands)
    runs.add(commands)
    serve.add(commands)
    dump.add(commands)
    export_data.add(commands)

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


def _install(options: argparse.Namespace) -> int:
    with database_session(options) as database:
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

    with database_session(options) as database:
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
            from loader.database import hosting

            kept = hosting.is_kept_running(settings.directory)
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
    with database_session(options) as database:
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


def _embedded_directory() -> Path:
    settings = database_settings()
    if not isinstance(settings, EmbeddedSettings):
        raise ConfigurationError(
            "start and stop are for the embedded server, and the environment names Oracle Database"
        )
    return settings.directory


def _start(_: argparse.Namespace) -> int:
    from loader.database import hosting

    directory = _embedded_directory()
    hosting.start(directory)
    say(f"the embedded server in {directory} runs until `python -m loader stop`")
    return OK


def _stop(_: argparse.Namespace) -> int:
    from loader.database import hosting

    directory = _embedded_directory()
    stopped = hosting.stop(directory)
    say(f"the embedded server in {directory} " + ("was stopped" if stopped else "was not running"))
    return OK
