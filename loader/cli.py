"""The command line: parses, calls and prints."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from loader import __version__, migrations
from loader.config import (
    MODELS_DIRECTORY,
    ConfigurationError,
    EmbeddedSettings,
    database_settings,
    existing_directory,
    variables_help,
)
from loader.database import Database, DatabaseError, connect

if TYPE_CHECKING:
    from loader.layouts import Layout

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
    except KeyboardInterrupt as error:
        done = f": {error}" if str(error) else ""
        print(f"\nstopped{done}; what was committed stays, and the next run goes on from there", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return BAD_FILES


def _parser() -> tuple[argparse.ArgumentParser, set[str]]:
    parser = argparse.ArgumentParser(
        prog="python -m loader",
        description="Loads labelled images into the database that classifies them: `python -m loader ./Sample`.",
        epilog=variables_help(),
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
    _runtime_option(load)
    load.add_argument("--prune", action="store_true", help="remove from the database what is gone from disk")
    load.add_argument("--dry-run", action="store_true", help="only say what there is to do")
    load.add_argument("--replace-model", action="store_true", help="embed again what another model embedded")
    load.add_argument(
        "--workers",
        type=_positive,
        metavar="N",
        help="threads that decode and embed (default: the cores; at most 8 on Oracle)",
    )
    load.set_defaults(run=_load)

    install = commands.add_parser("install", help="install or upgrade the tables, views and packages of db/")
    install.add_argument("--dry-run", action="store_true", help="only say what would be done")
    install.set_defaults(run=_install)

    status = commands.add_parser("status", help="say what is installed and pending, and what is loaded")
    status.set_defaults(run=_status)

    export = commands.add_parser("export", help="export a model to ONNX and compare it with Keras")
    export.add_argument("--model", metavar="NAME", help="densenet121 (default) or efficientnet-lite0")
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
    export.set_defaults(run=_export)

    compare = commands.add_parser("compare", help="how alike, how often right and how fast another model or runtime is")
    compare.add_argument("root", type=Path, metavar="ROOT", help="the directory that holds labels and images")
    compare.add_argument("--model", metavar="NAME", help="the exact model (default: densenet121)")
    compare.add_argument("--other", metavar="NAME", help="the other, such as densenet121-int8 (default: the same)")
    _layout_option(compare)
    _runtime_option(compare)
    compare.set_defaults(run=_compare)

    sample = commands.add_parser("sample", help="write a sample of real images in AI Hub's layout")
    sample.add_argument("root", type=Path, nargs="?", default=Path("Sample"), metavar="ROOT", help="default: ./Sample")
    amount = sample.add_mutually_exclusive_group()
    amount.add_argument("--count", type=_positive, metavar="N", help="how many images (default: 400)")
    amount.add_argument("--all", action="store_true", help="all 2,624 of them")
    sample.set_defaults(run=_sample)

    sql = commands.add_parser("sql", help="the SQL client: interactive, or a file or a statement")
    sql.add_argument("text", nargs="?", metavar="FILE|STATEMENT", help="what to run (default: read from the terminal)")
    sql.set_defaults(run=_sql)

    classify = commands.add_parser("classify", help="classify new images by their nearest neighbours")
    classify.add_argument("images", type=Path, nargs="+", metavar="IMAGE")
    classify.add_argument("--model", metavar="NAME", help="the model that made the stored embeddings")
    _runtime_option(classify)
    classify.add_argument("--part", help="their part (default: neighbours of any part)")
    _neighbour_options(classify)
    classify.add_argument("--transform", metavar="NAME", help="a transform that `fit` stored")
    classify.add_argument("--min-confidence", type=float, metavar="X", help="below it the class is unknown (0 to 1)")
    classify.add_argument("--max-distance", type=float, metavar="X", help="with no neighbour as near it is unknown")
    classify.add_argument("--json", action="store_true", help="one JSON object for each image")
    classify.set_defaults(run=_classify)

    evaluate = commands.add_parser("evaluate", help="how often the neighbours are right: an evaluation, stored")
    _evaluation_options(evaluate)
    _neighbour_options(evaluate)
    evaluate.add_argument("--transform", metavar="KIND", help="centre, prototype, whiten or lda, fitted in each fold")
    evaluate.add_argument("--shrinkage", type=float, metavar="X", help="of whiten and lda, 0 to 1 (default: 0.2)")
    evaluate.set_defaults(run=_evaluate)

    sweep = commands.add_parser("sweep", help="compare values of k, weightings and metrics")
    _evaluation_options(sweep)
    sweep.add_argument("--ks", metavar="LIST", help="default: 1,3,5,7,9,11,15,21,31,51")
    sweep.add_argument("--metrics", metavar="LIST", help="of cosine, euclidean and dot (default: cosine)")
    sweep.add_argument("--target", help="quality (default), category1, category2 or part")
    sweep.set_defaults(run=_sweep)

    fit = commands.add_parser("fit", help="fit a named transform on all labelled images, for classify")
    fit.add_argument("name", metavar="NAME")
    fit.add_argument("--kind", default="lda", help="lda (default), whiten, prototype or centre")
    fit.add_argument("--target", default="quality", help="quality (default), category1, category2 or part")
    fit.add_argument("--any-part", action="store_true", help="one for all parts, not one for each")
    fit.add_argument("--shrinkage", type=float, metavar="X", help="of whiten and lda, 0 to 1 (default: 0.2)")
    fit.set_defaults(run=_fit)

    report = commands.add_parser("report", help="write an evaluation as one HTML file, with its mistakes in pictures")
    report.add_argument("run_id", type=int, nargs="?", metavar="RUN", help="default: the last evaluation")
    report.add_argument("--out", type=Path, default=Path("report.html"), metavar="FILE", help="default: report.html")
    report.add_argument("--mistakes", type=_positive, default=24, metavar="N", help="how many to show (default: 24)")
    report.set_defaults(run=_report)

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


def _layout_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--layout", default="aihub", help="of the labels: aihub (default), folders (part/quality/x.jpg), csv or coco"
    )


def _layout(options: argparse.Namespace) -> Layout:
    from loader.layouts import LAYOUTS

    if options.layout not in LAYOUTS:
        raise ConfigurationError(f"unknown layout {options.layout}: choose from {', '.join(LAYOUTS)}")
    return LAYOUTS[options.layout]


def _runtime_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--runtime",
        default="onnxruntime",
        metavar="NAME",
        help="onnxruntime (default), openvino (as exact), or openvino-bfloat16 (a model of its own, less exact)",
    )


def _neighbour_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--k", type=int, metavar="K", help="how many neighbours vote (default: 5)")
    command.add_argument("--weighting", help="majority (default), inverse (of distance) or softmax")
    command.add_argument("--temperature", type=float, metavar="X", help="of softmax (default: 0.07)")
    command.add_argument("--metric", help="cosine (default), euclidean or dot")
    command.add_argument("--target", help="quality (default), category1, category2 or part")
    command.add_argument("--approximate", action="store_true", help="by the vector index (see img_index)")
    command.add_argument("--target-accuracy", type=int, metavar="N", help="likewise, to find N per cent of neighbours")


def _evaluation_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--method", help="loo (leave one out, default), kfold, or logo (leave one group out)")
    command.add_argument("--part", help="only images of this part")
    command.add_argument("--any-part", action="store_true", help="neighbours of any part, not the image's own")
    command.add_argument("--folds", type=int, metavar="N", help="of kfold (default: 10)")
    command.add_argument("--seed", type=int, metavar="N", help="of kfold (default: 1)")
    command.add_argument(
        "--group-path", metavar="PATH", help="of logo: where the label names the group, $.images[0].item"
    )


def _connect() -> Database:
    database = connect()
    print(f"Database: {database.description}", file=sys.stderr)
    return database


def _load(options: argparse.Namespace) -> int:
    from loader.load import load
    from loader.model import Model, find

    layout = _layout(options)
    existing_directory(options.root)
    model = Model(find(options.model), runtime=options.runtime)
    with _connect() as database:
        print(f"Model: {model.name}, {model.dimension} dimensions, {model.path}, on {model.provider}", file=sys.stderr)
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
    if summary.gone:
        for path in summary.gone[:_SHOWN_FAILURES]:
            print(f"gone from disk: {options.root / path}", file=sys.stderr)
        print(
            f"{len(summary.gone)} labels that were loaded are gone from disk: "
            + ("removed" if options.prune and not options.dry_run else "kept (--prune removes them)")
        )
    if options.dry_run:
        print(
            f"{summary.pending} images to embed (those that were only moved or touched keep their embedding), "
            f"{summary.failed} labels are bad; nothing was changed (--dry-run)"
        )
        return BAD_FILES if summary.failed else OK
    if summary.kept:
        print(f"{summary.kept} images were moved, renamed or touched, and keep their embedding")
    _print_contents(summary.contents)
    speed = f", {summary.stored / summary.total_s:.0f} images a second" if summary.stored else ""
    print(
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
            print(line)
    for kind, name, _, images in rows:
        if kind == "MORE":
            print(f"... and {name} more pairs of part and quality, {images} images")
        elif kind == "UNLABELLED":
            print(f"{images} images without part or quality: nothing is compared with them")
        elif kind == "IDENTICAL":
            print(f"{images} images are identical to ones of source {name}")


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
        if not database.owns_schema:
            print("what is installed and pending is the schema owner's to see")
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
                print(line)
        if isinstance(settings := database_settings(), EmbeddedSettings):
            from loader.embedded import server

            kept = server.is_kept_running(settings.directory)
            print(
                "the embedded server "
                + ("runs until `python -m loader stop`" if kept else "runs while a command uses it")
            )
        for step in plan.steps:
            print(f"pending: {step.file.name} ({step.reason})")
        for unit in migrations.invalid_units(database):
            print(f"does not compile: {unit.report()}")
        if plan.steps:
            print("run `python -m loader install` (or `make install-db`)")
            return OK
        print("nothing is pending")
        _print_loaded(database)
    return OK


def _print_loaded(database: Database) -> None:
    for images, embedded, failed in database.rows("img_store.status"):
        print(f"{images} images, {embedded} with an embedding; {failed} labels could not be loaded")
    for source, path, reason, changed_at in database.rows("img_store.all_failures"):
        print(f"  {source}/{path}: {reason} ({changed_at})")


def _export(options: argparse.Namespace) -> int:
    if options.demo and (present := sorted(MODELS_DIRECTORY.glob("*.onnx"))):
        print(f"Model: {', '.join(path.name for path in present)} is there already")
        return OK
    if options.int8 is not None:
        return _export_int8(options)
    try:
        from loader.export.keras_to_onnx import ExportError, export
        from loader.model import DEFAULT
    except ImportError as error:
        raise ConfigurationError(
            f"the export needs TensorFlow and tf2onnx ({error.name} is missing): "
            "pip install -e '.[export]', or make venv"
        ) from error
    name = options.model or DEFAULT
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


def _export_int8(options: argparse.Namespace) -> int:
    from loader.model import INT8, find

    layout = _layout(options)
    source = find(options.model)
    try:
        from loader.export.quantise import export_int8
    except ImportError as error:
        raise ConfigurationError(
            f"the export needs onnx ({error.name} is missing): pip install -e '.[export]', or make venv"
        ) from error
    path = source.with_name(f"{source.stem}{INT8}.onnx")
    comparison = export_int8(source, existing_directory(options.int8), path, layout)
    print(f"{path}: compared with {source.name}")
    for line in comparison.lines():
        print(line)
    print(f"Use it by --model {path.stem}; it is a model of its own, and images are embedded anew (--replace-model)")
    return OK


def _compare(options: argparse.Namespace) -> int:
    from loader.comparison import compare, sample_images
    from loader.model import Model, find

    layout = _layout(options)
    root = existing_directory(options.root)
    exact = Model(find(options.model))
    other = Model(find(options.other) if options.other else exact.path, runtime=options.runtime)
    print(f"{other.name} ({other.provider}) compared with {exact.name} ({exact.provider})")
    images = sample_images(root, exact.preprocessing)
    for line in compare(exact, other, images, root, layout).lines():
        print(line)
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
    return client.status


def _classify(options: argparse.Namespace) -> int:
    import json

    from loader.classification import classify
    from loader.client import table
    from loader.model import Model, find

    model = Model(find(options.model), runtime=options.runtime)
    with _connect() as database:
        decisions = classify(
            database,
            model,
            options.images,
            part=options.part,
            min_confidence=options.min_confidence,
            max_distance=options.max_distance,
            **_neighbour_parameters(options),
        )
    bad = [decision for decision in decisions if decision.answer is None]
    if options.json:
        for decision in decisions:
            answer = {"problem": decision.problem} if decision.answer is None else decision.answer
            print(json.dumps({"image": decision.name} | answer, ensure_ascii=False))
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
        for line in table(["Image", "Class", "Confidence", "Neighbours (image, class, distance)"], rows, 200):
            print(line)
    for decision in bad:
        print(f"{decision.name}: {decision.problem}", file=sys.stderr)
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
    }


def _evaluate(options: argparse.Namespace) -> int:
    from loader.evaluation import evaluate
    from loader.report import text_lines

    with _connect() as database:
        run_id = evaluate(
            database,
            shrinkage=options.shrinkage,
            **_neighbour_parameters(options),
            **_evaluation_parameters(options),
        )
        for line in text_lines(database, run_id):
            print(line)
    return OK


def _sweep(options: argparse.Namespace) -> int:
    from loader.client import table

    given = {"ks": options.ks, "metrics": options.metrics, "target": options.target} | _evaluation_parameters(options)
    with _connect() as database:
        run_id = database.value("img_classify.sweep", **{f"p_{k}": v for k, v in given.items() if v is not None})
        database.commit()
        rows = [
            (metric.lower(), weighting.lower(), k, tested, correct, f"{accuracy:.4f}", f"{balanced:.4f}")
            for metric, weighting, k, tested, correct, accuracy, balanced in database.rows(
                "img_report.settings", p_run_id=run_id, p_limit=10
            )
        ]
        heads = ["Metric", "Weighting", "k", "Tested", "Correct", "Accuracy", "Balanced accuracy"]
        print(f"Run {run_id}: the ten best settings (all of them: the view vw_sweep, by place)")
        for line in table(heads, rows, 80):
            print(line)
    return OK


def _fit(options: argparse.Namespace) -> int:
    from loader.evaluation import fit

    with _connect() as database:
        fit(
            database,
            options.name,
            options.kind,
            options.target,
            within_part=not options.any_part,
            shrinkage=options.shrinkage,
        )
    print(
        f"{options.kind.lower()} {options.name} is stored: python -m loader classify IMAGE --transform {options.name}"
    )
    return OK


def _report(options: argparse.Namespace) -> int:
    from loader.report import write

    with _connect() as database:
        run_id = options.run_id or database.value("img_report.latest_run")
        if run_id is None:
            raise ConfigurationError("there is no evaluation yet: python -m loader evaluate")
        write(database, run_id, options.out, mistakes=options.mistakes)
    print(f"run {run_id} is in {options.out}")
    return OK


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
    print(f"the embedded server in {directory} runs until `python -m loader stop`")
    return OK


def _stop(_: argparse.Namespace) -> int:
    from loader.embedded import server

    directory = _embedded_directory()
    try:
        stopped = server.stop(directory)
    except server.ServerError as error:
        raise DatabaseError(str(error)) from error
    print(f"the embedded server in {directory} " + ("was stopped" if stopped else "was not running"))
    return OK
