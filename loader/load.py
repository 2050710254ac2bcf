"""Labels and images from a directory into the database."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from loader.config import ConfigurationError, existing_directory
from loader.database import Database, DatabaseError, Json
from loader.images import ImageError, read_image
from loader.labels import LabelError, Tree, printable, walk
from loader.layouts import LabelItem, Layout, aihub
from loader.layouts.remarks import labels_alone
from loader.model import Model
from loader.notes import Notes
from loader.progress import Progress

T = TypeVar("T")

# Label files go to the database so many at a time, facts of image files so many.
_LABEL_BATCH = 500
_FILE_BATCH = 2000
# Images that one thread claims, embeds and stores in one transaction.
_CLAIM = 16
# Images in one call of the network: larger ones are no faster on a CPU and use more memory.
_EMBED_BATCH = 4
# Errors that another loader on the same labels can cause, and that pass: a row of the same key was put in
# at the same moment (1), a deadlock (60).
_PASSING = (1, 60)
_ATTEMPTS = 5


@dataclass(slots=True)
class Summary:
    """What a load did. The counts of labels are those of img_store.summary; times are seconds.

    `decode_s`, `embed_s` and `database_s` are summed over the threads. `pending` is what waited for an
    embedding, `gone` the labels that were on disk once and are no more. `notes` are lines for people.
    """

    labels: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    retried: int = 0
    stored: int = 0
    failed: int = 0
    without_categories: int = 0
    pending: int = 0
    pruned: int = 0
    gone: list[str] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    total_s: float = 0.0
    database_s: float = 0.0
    decode_s: float = 0.0
    embed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Item:
    """An image to embed; `stat` is what its file was before it was read."""

    load_id: int
    path: str
    stat: os.stat_result | None = None


@dataclass(slots=True)
class _Batch:
    """What a thread claimed: vectors of the images that could be read, reasons for the others."""

    items: list[_Item] = field(default_factory=list)
    vectors: list[NDArray[np.float32]] = field(default_factory=list)
    failures: list[tuple[_Item, str]] = field(default_factory=list)


def load(
    database: Database,
    root: Path,
    model: Model,
    *,
    layout: Layout = aihub,
    source: str | None = None,
    replace_model: bool = False,
    workers: int | None = None,
    prune: bool = False,
    dry_run: bool = False,
) -> Summary:
    """Load every label below `root` with its image; bad ones are reported in the summary.

    `source` is the name under which the database knows the files, by default the root's absolute
    path. Each batch is committed by itself, so that a load that is cut short is gone on with by
    the next, and loaders may share the work. `prune` removes what is gone from disk; `dry_run` undoes
    everything and only says what there is to do. Raises ConfigurationError for a root that is no
    directory or holds no label, and DatabaseError.
    """
    begun = time.monotonic()
    tree = walk(existing_directory(root))
    notes = Notes()
    labels = labels_alone(layout(tree), notes)
    first = next(labels, None)
    if first is None:
        found = "".join(f"; {line}" for line in notes.lines())
        raise ConfigurationError(f"{root} holds no label file (*.json, or what --layout reads), at any depth{found}")
    summary = Summary()

    def keep() -> None:
        if not dry_run:
            database.commit()

    clock = _Clock()
    with clock:
        model_id = register_model(database, model, replace=replace_model)
        run_id = database.value("img_store.start_load", p_source=source or str(root.resolve()), p_model_id=model_id)
        keep()
    _put_labels(database, run_id, chain([first], labels), keep, clock)
    _put_files(database, run_id, tree, keep, clock)
    with clock:
        summary.pending = int(database.value("img_store.pending_count", p_run_id=run_id))
        summary.gone = [path for path, _ in database.rows("img_store.gone", p_run_id=run_id)]
        keep()  # no transaction stays open for as long as the images take
    if summary.pending and not dry_run:
        _embed_all(database, run_id, tree, model, workers or os.cpu_count() or 1, summary)
    with clock:
        if prune:
            summary.pruned = int(database.value("img_store.prune", p_run_id=run_id))
        database.call("img_store.finish_load", p_run_id=run_id)
        keep()
        (counts,) = database.rows("img_store.summary", p_run_id=run_id)
        for label_path, image_path, reason in database.rows("img_store.failures", p_run_id=run_id):
            summary.failures.append((label_path, f"{reason} ({image_path})" if image_path else reason))
        database.rollback()
    (
        summary.labels,
        summary.new,
        summary.changed,
        summary.unchanged,
        summary.retried,
        summary.stored,
        summary.failed,
        summary.without_categories,
    ) = counts
    summary.notes = list(notes.lines())
    summary.database_s += clock.seconds
    summary.total_s = time.monotonic() - begun
    return summary


def register_model(database: Database, model: Model, *, replace: bool = False) -> int:
    """The database's number of the model. Raises DatabaseError where another one made the embeddings."""
    return int(
        database.value(
            "img_store.use_model",
            p_name=model.name,
            p_file_hash=model.file_hash,
            p_dimension=model.dimension,
            p_preprocessing=model.preprocessing.to_json(),
            p_replace=int(replace),
        )
    )


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a load; the message says how far it had come."""


class _Clock:
    """Adds up the time spent inside its with statements."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.monotonic() - self._begun


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _put(database: Database, routine: str, **parameters: Any) -> None:
    """A call that is done again where another loader was in the way."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            database.call(routine, **parameters)
            return
        except DatabaseError as error:
            if error.code not in _PASSING or attempt == _ATTEMPTS:
                raise
            database.rollback()
            time.sleep(0.05 * attempt)


def _put_labels(
    database: Database, run_id: int, labels: Iterable[LabelItem], keep: Callable[[], None], clock: _Clock
) -> None:
    with Progress("labels", None, "labels") as progress:
        for batch in _batches(labels, _LABEL_BATCH):
            sent = Json(f"[{','.join(item.to_json() for item in batch)}]")
            with clock:
                _put(database, "img_store.put_labels", p_run_id=run_id, p_labels=sent)
                keep()
            progress.advance(len(batch))


def _put_files(database: Database, run_id: int, tree: Tree, keep: Callable[[], None], clock: _Clock) -> None:
    """Tell the database what the image files are now; it finds the changed ones."""
    for batch in _batches(tree.images(), _FILE_BATCH):
        facts = []
        for path in batch:
            try:
                stat = (tree.root / path).stat()
            except OSError:
                continue  # gone since the walk: found out when it is to be read
            facts.append({"path": printable(path), "size": stat.st_size, "mtime": stat.st_mtime_ns})
        with clock:
            files = Json(json.dumps(facts, ensure_ascii=False))
            _put(database, "img_store.put_files", p_run_id=run_id, p_files=files)
            keep()


def _embed_all(database: Database, run_id: int, tree: Tree, model: Model, workers: int, summary: Summary) -> None:
    """Claim, embed and store in `workers` threads, each with a session of its own, until nothing waits."""
    stop = threading.Event()
    with (
        Progress("embedding", summary.pending, "images") as progress,
        ThreadPoolExecutor(workers, thread_name_prefix="embed") as pool,
    ):
        threads = [_Worker(database, run_id, tree, model, stop, progress) for _ in range(workers)]
        futures = [pool.submit(worker.run) for worker in threads]
        try:
            try:
                for future in as_completed(futures):
                    future.result()
            finally:
                # After an error or Ctrl-C: each thread ends with the batch it has, and commits it.
                stop.set()
                wait(futures)
        except KeyboardInterrupt:
            raise Interrupted(f"{progress.done} of {summary.pending} images that waited are done") from None
        for worker in threads:
            summary.decode_s += worker.decode_s
            summary.embed_s += worker.embed_s
            summary.database_s += worker.clock.seconds


class _Worker:
    """One thread's work: batch after batch, each in one transaction of its own session."""

    def __init__(
        self, database: Database, run_id: int, tree: Tree, model: Model, stop: threading.Event, progress: Progress
    ) -> None:
        self.database = database
        self.run_id = run_id
        self.tree = tree
        self.model = model
        self.stop = stop
        self.progress = progress
        self.clock = _Clock()
        self.decode_s = 0.0
        self.embed_s = 0.0

    def run(self) -> None:
        """Until nothing is left that this session could claim. Raises DatabaseError."""
        with self.database.another() as session:
            while not self.stop.is_set():
                with self.clock:
                    claimed = session.some_rows(_CLAIM, "img_store.claim", p_run_id=self.run_id)
                if not claimed:
                    return
                batch = self._embed(claimed)
                try:
                    with self.clock:
                        _store(session, self.run_id, batch)
                except DatabaseError as error:
                    if error.code not in _PASSING:
                        raise
                    session.rollback()  # the images are free again, to be claimed once more
                    continue
                self.progress.advance(len(claimed))

    def _embed(self, claimed: Sequence[tuple[Any, ...]]) -> _Batch:
        batch = _Batch()
        for part in _batches(claimed, _EMBED_BATCH):
            begun = time.monotonic()
            pixels: list[NDArray[np.uint8]] = []
            for load_id, _label_path, file_name in part:
                item = _Item(load_id, "")
                try:
                    item = _Item(load_id, self.tree.find_image(file_name))
                    read, item = self._read(item)
                    pixels.append(read)
                    batch.items.append(item)
                except (ImageError, LabelError) as error:
                    batch.failures.append((item, str(error)))
            self.decode_s += time.monotonic() - begun
            if pixels:
                begun = time.monotonic()
                batch.vectors += list(self.model.embed(np.stack(pixels)))
                self.embed_s += time.monotonic() - begun
        return batch

    def _read(self, item: _Item) -> tuple[NDArray[np.uint8], _Item]:
        """The pixels of a file that stayed as it was while it was read."""
        path = self.tree.root / item.path
        try:
            before = path.stat()
            pixels = read_image(path, self.model.preprocessing)
            after = path.stat()
        except OSError as error:
            raise ImageError(f"the image can not be read: {error.strerror}") from error
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise ImageError("the image changed while it was read: load again")
        return pixels, _Item(item.load_id, item.path, before)


def _store(database: Database, run_id: int, batch: _Batch) -> None:
    """The batch in one transaction; where the database refuses a row, that one is noted as failed."""
    rows = [
        {
            "p_load_id": item.load_id,
            "p_run_id": run_id,
            "p_embedding": vector,
            "p_image_path": printable(item.path),
            "p_image_size": item.stat.st_size if item.stat else None,
            "p_image_mtime": item.stat.st_mtime_ns if item.stat else None,
        }
        for item, vector in zip(batch.items, batch.vectors, strict=True)
    ]
    failures = [
        {"p_load_id": item.load_id, "p_reason": reason[:1000], "p_image_path": printable(item.path) or None}
        for item, reason in batch.failures
    ]
    try:
        database.call_many("img_store.put_embedding", rows)
    except DatabaseError as error:
        if not _is_refusal(error):
            raise
        failures += _store_singly(database, rows)
    database.call_many("img_store.put_failure", failures)
    database.commit()


def _is_refusal(error: DatabaseError) -> bool:
    """Whether the packages refused a row, and not something broke."""
    return error.code is not None and 20000 <= error.code <= 20999


def _store_singly(database: Database, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Store one row after the other, again or not; what the packages refuse is returned as failures."""
    failures = []
    for row in rows:
        try:
            database.call("img_store.put_embedding", **row)
        except DatabaseError as error:
            if not _is_refusal(error):
                raise
            failures.append(
                {"p_load_id": row["p_load_id"], "p_reason": error.message, "p_image_path": row["p_image_path"]}
            )
    return failures
