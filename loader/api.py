"""The library: an image database that is loaded, asked and evaluated from Python.

The command line calls it and prints. What can be chosen, with ranges and defaults, is said and checked in the database:
parameters that are left out have the defaults of the packages.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, Unpack

import numpy as np
from numpy.typing import NDArray

from loader import classification, embedding_map, evaluation, migrations, novelty, report
from loader import dump as dump_module
from loader import export_data as export_module
from loader import load as load_module
from loader.config import ConfigurationError, EmbeddedSettings, OracleSettings
from loader.database import Bind, Database
from loader.database import connect as connect_database
from loader.images import ImageError
from loader.layouts import Layout, layout_of
from loader.model import Model, find, register_model
from loader.new_images import NewImage, Picture, read_images
from loader.parameters import Asking, Evaluating, Fitting, Judging, Sweeping, given
from loader.results import Decision, Embeddings, Evaluation, Neighbour, Status
from loader.rows import Row, named_rows, rows_of
from loader.run_comparison import compare_runs
from loader.spent import Spent
from loader.waiting import announced, telling

_P = ParamSpec("_P")
_T = TypeVar("_T")


def connect(
    where: str | os.PathLike[str] | OracleSettings | EmbeddedSettings | None = None,
    *,
    model: str | Path | Model | None = None,
    runtime: str = "onnxruntime",
    progress: bool = False,
) -> ImageDatabase:
    """Open an image database.

    `where` is the directory of an embedded database, or settings; by default what the environment names (see
    docs/library.md). `model` is a model's name, an ONNX file, or one that is open already; it is needed by what embeds
    pictures, and opened then. With `progress`, long work is told of on standard error. Raises ConfigurationError for
    half-set variables, DatabaseError where the database can not be reached.
    """
    settings = EmbeddedSettings(Path(where).expanduser().resolve()) if isinstance(where, str | os.PathLike) else where
    with telling(progress):
        database = connect_database(settings)
    return ImageDatabase(database, model=model, runtime=runtime, progress=progress)


def _told(
    method: Callable[Concatenate[ImageDatabase, _P], _T],
) -> Callable[Concatenate[ImageDatabase, _P], _T]:
    """The method, which tells of its waits only where the database was opened with progress."""

    @wraps(method)
    def call(self: ImageDatabase, /, *arguments: _P.args, **options: _P.kwargs) -> _T:
        with telling(self.progress):
            return method(self, *arguments, **options)

    return call


class ImageDatabase:
    """A session on a database of images. Use it in a with statement, in one thread.

    What changes something is committed by the method that does it. Every method raises DatabaseError with the
    database's own text where it refuses something, and ConfigurationError where something has to be done first.
    """

    def __init__(
        self,
        database: Database,
        *,
        model: str | Path | Model | None = None,
        runtime: str = "onnxruntime",
        progress: bool = False,
    ) -> None:
        self.database = database
        self.progress = progress
        # Where the time went, of pictures that were classified or judged.
        self.spent = Spent()
        self._model = model
        self._runtime = runtime

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the session."""
        self.database.close()

    @property
    def model(self) -> Model:
        """The model that embeds pictures, opened when it is first asked for. Raises ConfigurationError."""
        if not isinstance(self._model, Model):
            self._model = Model(find(None if self._model is None else str(self._model)), runtime=self._runtime)
        return self._model

    # what is installed and stored

    @_told
    def install(self, say: migrations.Say = lambda _: None) -> int:
        """Install or upgrade the tables, views and packages of db/; how many files were applied.

        `say` is given a line for each. Raises MigrationError.
        """
        with announced("installing the tables, views and packages of db/"):
            return migrations.install(self.database, say=say)

    def status(self) -> Status:
        """What is stored, and what is still to be installed."""
        pending: tuple[str, ...] = ()
        invalid: tuple[str, ...] = ()
        if self.database.owns_schema:
            pending = tuple(step.file.name for step in migrations.make_plan(self.database).steps)
            invalid = tuple(unit.report() for unit in migrations.invalid_units(self.database))
        if pending:
            return Status(0, 0, 0, (), pending, invalid)
        (counts,) = rows_of(self.database, "img_store.status")
        failures = tuple(rows_of(self.database, "img_store.all_failures"))
        return Status(int(counts["images"]), int(counts["embedded"]), int(counts["failed"]), failures, (), invalid)

    @_told
    def load(
        self,
        root: str | os.PathLike[str],
        *,
        layout: str | Layout = "aihub",
        source: str | None = None,
        new_source: bool = False,
        replace_model: bool = False,
        workers: int | None = None,
        prune: bool = False,
        dry_run: bool = False,
        bits: int | None = None,
        verify: bool = False,
        unindexed: bool = False,
    ) -> load_module.Summary:
        """Load labels and images below a directory; what could not be loaded is in the summary, with the reason.

        The options are those of `python -m loader load --help`.
        """
        with announced(f"loading {root}: comparing its files with the database"):
            return load_module.load(
                self.database,
                Path(root),
                self.model,
                layout=layout_of(layout) if isinstance(layout, str) else layout,
                source=source,
                new_source=new_source,
                replace_model=replace_model,
                workers=workers,
                prune=prune,
                dry_run=dry_run,
                bits=bits,
                verify=verify,
                unindexed=unindexed,
            )

    def sources(self) -> list[Row]:
        """The sources: source, labels, images, waiting, failed, loads, last_load_at."""
        return rows_of(self.database, "img_report.sources")

    def holdings(self, source: str) -> Row:
        """What a source holds: labels, images, embeddings, failures, loads, and the runs and transforms on it."""
        (held,) = rows_of(self.database, "img_source.holdings", source=source)
        return held

    @_told
    def forget(self, source: str) -> None:
        """Remove what a source brought in; its files on disk stay."""
        with announced(f"forgetting {source}"):
            self.database.call("img_source.forget", p_source=source)
            self.database.commit()

    # what a picture is

    def classify(self, picture: Picture, **options: Unpack[Asking]) -> Decision:
        """Classify a picture: a path, the bytes of a file, an array or an image of Pillow's. Raises ImageError."""
        (decision,) = self.classify_batch([picture], **options)
        if decision.answer is None:
            raise ImageError(f"{decision.name}: {decision.problem}")
        return decision

    @_told
    def classify_batch(self, pictures: Sequence[Picture], **options: Unpack[Asking]) -> list[Decision]:
        """Classify pictures at once; of one that can not be read the decision says why in `problem`."""
        return classification.classify(self.database, self.model, pictures, spent=self.spent, **options)

    def classify_each(
        self, pictures: Iterable[Picture], *, batch: int = 64, **options: Unpack[Asking]
    ) -> Iterator[Decision]:
        """Classify pictures as they come, so many at once, each batch by what is stored then."""
        remaining, first = iter(pictures), 1
        while taken := list(islice(remaining, batch)):
            with telling(self.progress):
                decisions = classification.classify(
                    self.database, self.model, taken, first=first, spent=self.spent, **options
                )
            yield from decisions
            first += len(taken)

    @_told
    def judge(
        self,
        pictures: Sequence[Picture],
        known_good: str,
        *,
        false_alarms: float | None = None,
        bits: int | None = None,
        **options: Unpack[Judging],
    ) -> list[Decision]:
        """Say whether pictures are like those of the class `known_good`: for where no defective one is known yet."""
        return novelty.judge(
            self.database,
            self.model,
            pictures,
            known_good,
            false_alarms=false_alarms,
            bits=bits,
            spent=self.spent,
            **options,
        )

    @_told
    def embed(self, pictures: Sequence[Picture], *, bits: int | None = None) -> NDArray[np.float32]:
        """The embeddings of pictures (n x dimension). Raises ImageError for one that can not be read."""
        images = read_images(self.model, pictures, bits)
        return np.array([_embedding(image) for image in images], np.float32).reshape(-1, self.model.dimension)

    def neighbours(
        self,
        picture: int | Picture,
        *,
        k: int | None = None,
        part: str | None = None,
        target: str | None = None,
        metric: str | None = None,
        source: str | None = None,
    ) -> list[Neighbour]:
        """The stored images nearest to a picture, or to the stored image of a number, by exact search."""
        if isinstance(picture, int):
            found = self._embeddings(image_id=picture)
            if not len(found):
                raise ConfigurationError(f"there is no image {picture} with a label and an embedding")
            vector, itself = found.vectors[0], picture
        else:
            register_model(self.database, self.model)
            vector, itself = self.embed([picture])[0], None
        options = {"k": k, "part": part, "target": target, "metric": metric, "source": source, "except": itself}
        rows = rows_of(self.database, "img_report.nearest_images", embedding=vector, **options)
        self.database.rollback()
        return [Neighbour.of(row) for row in rows]

    # what is stored, as data

    def images(self, *, source: str | None = None, part: str | None = None) -> list[Row]:
        """The stored images, a row for each with the columns of img_report.image_rows."""
        return rows_of(self.database, "img_report.image_rows", source=source, part=part)

    @_told
    def embeddings(self, *, source: str | None = None, part: str | None = None) -> Embeddings:
        """The stored embeddings, in the order of `images`."""
        with announced("reading the embeddings"):
            return self._embeddings(source=source, part=part)

    def _embeddings(self, **parameters: Any) -> Embeddings:
        return export_module.embeddings(self.database, **parameters)

    def query(self, sql: str, **binds: str | float | None) -> list[Row]:
        """The rows of a query, by the names of its columns in lower case; `binds` are its variables (:name)."""
        kinds = {name: "VARCHAR2" if isinstance(value, str) else "NUMBER" for name, value in binds.items()}
        bound = {name: Bind(kinds[name], value=value) for name, value in binds.items()}
        result = self.database.execute(sql, binds=bound)
        return named_rows([name.lower() for name in result.columns or ()], result.rows)

    @_told
    def export(
        self, directory: str | os.PathLike[str], format: str = "csv", *, run_id: int | None = None, force: bool = False
    ) -> dict[str, int]:
        """Write images, embeddings, predictions and neighbours as csv, parquet or npz; the rows of each table.

        See loader.export_data. `run_id` is the run whose predictions are written, by default the last evaluation.
        """
        return export_module.export_data(self.database, Path(directory), format, run_id=run_id, force=force)

    # how often it is right

    @_told
    def evaluate(self, **options: Unpack[Evaluating]) -> Evaluation:
        """Predict every image from others, and store the run (img_evaluate.evaluate)."""
        return self.evaluation(evaluation.evaluate(self.database, spent=self.spent, **options))

    def evaluation(self, run_id: int | None = None, *, source: str | None = None) -> Evaluation:
        """A stored run, by default the last evaluation (of this source alone)."""
        run_id = self.run_id(run_id, source=source)
        figures = report.summary(self.database, run_id)
        return Evaluation.of(run_id, figures, rows_of(self.database, "img_report.class_figures", run_id=run_id))

    def run_id(self, run_id: int | None = None, *, source: str | None = None) -> int:
        """This run's number, or the last evaluation's. Raises ConfigurationError where nothing was evaluated yet."""
        found = run_id or self.database.value("img_report.latest_run", p_source=source)
        if found is None:
            of_source, option = (f" of source {source}", " --source ...") if source else ("", "")
            raise ConfigurationError(f"there is no evaluation{of_source} yet: python -m loader evaluate{option}")
        return int(found)

    @_told
    def sweep(self, **options: Unpack[Sweeping]) -> tuple[int, list[Row]]:
        """Compare values of k, weightings and metrics; the run's number, and its ten best settings."""
        run_id = evaluation.sweep(self.database, **options)
        return run_id, rows_of(self.database, "img_report.settings", run_id=run_id, limit=10)

    @_told
    def fit(
        self,
        name: str,
        *,
        kind: str = "lda",
        target: str = "quality",
        within_part: bool = True,
        source: str | None = None,
        threshold: float | None = None,
        grades: str | None = None,
        **fitting: Unpack[Fitting],
    ) -> None:
        """Fit a named transform on all labelled images, for `transform` of classify.

        With a `threshold` the labels are numbers and so are the answers; by `grades` it holds those of another target
        against it, to tell two classes apart.
        """
        evaluation.fit(
            self.database,
            name,
            kind,
            target,
            within_part=within_part,
            source=source,
            threshold=threshold,
            grades=grades,
            **fitting,
        )

    def predictions(self, run_id: int | None = None) -> list[Row]:
        """What a run says of each image, a row with the columns of img_report.prediction_rows."""
        return rows_of(self.database, "img_report.prediction_rows", run_id=self.run_id(run_id))

    def compare(self, run_a: int, run_b: int) -> Row:
        """Two runs side by side, of different settings or models: the row of img_compare.result, with what follows.

        Its `sides` are the two rows of img_compare.sides, its `classes` those of img_compare.classes.
        """
        return compare_runs(self.database, run_a, run_b)

    @_told
    def report(
        self,
        path: str | os.PathLike[str],
        run_id: int | None = None,
        *,
        mistakes: int = 24,
        language: str = "en",
        against: int | None = None,
    ) -> int:
        """Write a run as one HTML file, in English (en) or Korean (ko); the run's number.

        It is compared with the run `against`, by default the last one before it of the same settings.
        """
        chosen = self.run_id(run_id)
        with announced(f"writing the report of run {chosen}, with its mistakes in pictures"):
            report.write(self.database, chosen, Path(path), mistakes=mistakes, language=language, against=against)
        return chosen

    def runs(self) -> list[Row]:
        """The stored evaluations, the last first."""
        return rows_of(self.database, "img_report.runs")

    def runs_older_than(self, days: int) -> list[int]:
        """The runs that began so many days ago or earlier."""
        return [int(run) for (run,) in self.database.rows("img_run.older", p_days=days)]

    @_told
    def forget_runs(self, run_ids: Iterable[int]) -> None:
        """Remove runs with their predictions: all of them, or none where one is not there."""
        given_runs = [{"p_run_id": run} for run in run_ids]
        with announced(f"removing {len(given_runs)} runs"):
            self.database.call_many("img_run.forget", given_runs)
            self.database.commit()

    @_told
    def forget_runs_older_than(self, days: int) -> None:
        """Remove the runs that began so many days ago or earlier."""
        with announced("removing runs"):
            self.database.call("img_run.forget_older", p_days=days)
            self.database.commit()

    @_told
    def make_map(self) -> Row:
        """Place the stored images in two dimensions, for the page Map; the row of img_map.state."""
        with announced("placing the stored images in two dimensions"):
            embedding_map.make(self.database)
        (state,) = rows_of(self.database, "img_map.state")
        return state

    # what a person should look at

    def suspects(self, run_id: int | None = None, *, limit: int = 20) -> list[Row]:
        """Labels that the neighbours contradict, the most doubtful first."""
        return rows_of(self.database, "img_review.suspects", run_id=self.run_id(run_id), limit=limit)

    def confusions(self, run_id: int | None = None, *, limit: int = 20, pairs: int = 3) -> list[Row]:
        """Which class is taken for which, each with the worst pairs of images."""
        rows = rows_of(self.database, "img_review.confusions", run_id=self.run_id(run_id), limit=limit, pairs=pairs)
        return [row | {"pairs": json.loads(row["pairs"] or "[]")} for row in rows]

    @_told
    def duplicates(
        self,
        *,
        near_distance: float | None = None,
        part: str | None = None,
        target: str | None = None,
        source: str | None = None,
        within_part: bool = True,
        limit: int = 50,
        all_pairs: bool = False,
    ) -> list[Row]:
        """Stored pictures that are nearly the same, those with different labels first.

        Raises DatabaseError 20161 for a part of more than 20,000 images without an index, unless `all_pairs`.
        """
        with announced("comparing the stored pictures with one another"):
            return rows_of(
                self.database,
                "img_review.near_duplicates",
                near_distance=near_distance,
                part=part,
                target=target,
                source=source,
                within_part=int(within_part),
                limit=limit,
                all_pairs=int(all_pairs),
            )

    @_told
    def outliers(
        self,
        known_good: str | None = None,
        *,
        false_alarms: float | None = None,
        within_part: bool = True,
        limit: int = 50,
        all_pairs: bool = False,
        **options: Unpack[Judging],
    ) -> tuple[list[Row], list[Row]]:
        """Stored pictures that are unlike the good ones (or unlike all others), and how well that tells them apart."""
        return novelty.outliers(
            self.database,
            known_good,
            false_alarms=false_alarms,
            within_part=within_part,
            limit=limit,
            all_pairs=all_pairs,
            **options,
        )

    def rejection_thresholds(
        self, run_id: int | None = None, *, error_rate: float | None = None, coverage: float | None = None
    ) -> list[Row]:
        """From which confidence and up to which distance to answer, for one of the two wishes."""
        return rows_of(
            self.database,
            "img_threshold.rejection",
            run_id=self.run_id(run_id),
            error_rate=error_rate,
            coverage=coverage,
        )

    def miss_threshold(self, class_name: str, miss_rate: float, run_id: int | None = None) -> Row:
        """From which confidence on another answer counts, so that at most so many of a class pass."""
        options = {"class": class_name, "miss_rate": miss_rate}
        (row,) = rows_of(self.database, "img_threshold.for_miss_rate", run_id=self.run_id(run_id), **options)
        return row

    def applied_thresholds(
        self, run_id: int | None = None, *, min_confidence: float | None = None, max_distance: float | None = None
    ) -> list[Row]:
        """What thresholds, of another run, give on this one: of all classes, and then of each."""
        return rows_of(
            self.database,
            "img_threshold.applied",
            run_id=self.run_id(run_id),
            min_confidence=min_confidence,
            max_distance=max_distance,
        )

    @_told
    def calibrate(self, run_id: int | None = None, *, name: str | None = None) -> list[Row]:
        """Make the confidence of an evaluation mean what it says; the figures before and after.

        Under `name` classify uses it: as `calibration`, or of LDA with the `transform` of that name.
        """
        found = self.run_id(run_id)
        with announced(f"calibrating run {found}"):
            self.database.value("img_calibrate.calibrate", **given(run_id=found, name=name))
        self.database.commit()
        return rows_of(self.database, "img_calibrate.figures", run_id=found)

    # all of it

    @_told
    def dump(self, path: str | os.PathLike[str], *, force: bool = False) -> dump_module.Summary:
        """Write all that is stored to one file."""
        return dump_module.dump(self.database, Path(path), force=force)

    @_told
    def restore(self, path: str | os.PathLike[str]) -> dump_module.Summary:
        """Put a dump into an installed database that holds nothing."""
        return dump_module.restore(self.database, Path(path))


def _embedding(image: NewImage) -> NDArray[np.float32]:
    if image.embedding is None:
        raise ImageError(f"{image.name}: {image.problem}")
    return image.embedding
