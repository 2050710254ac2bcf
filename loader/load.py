"""Labels and images from a directory into the database."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from loader.config import ConfigurationError
from loader.database import Database, DatabaseError, Json
from loader.images import ImageError, read_image
from loader.labels import LabelError, Tree, printable, read_label, walk
from loader.model import Model
from loader.progress import Progress

T = TypeVar("T")

# Label files go to the database so many at a time, embeddings so many in one transaction.
_LABEL_BATCH = 500
_STORE_BATCH = 64
# Images in one call of the network: larger ones are no faster on a CPU and use more memory.
_EMBED_BATCH = 4


@dataclass(slots=True)
class Summary:
    """What a load did. The counts of labels are those of img_store.summary; times are seconds.

    `decode_s` and `embed_s` are summed over the threads, `database_s` is the main thread's.
    """

    labels: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    retried: int = 0
    stored: int = 0
    failed: int = 0
    without_categories: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    total_s: float = 0.0
    database_s: float = 0.0
    decode_s: float = 0.0
    embed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Item:
    """An image to embed."""

    load_id: int
    path: str


@dataclass(slots=True)
class _Embedded:
    """A batch after the network: vectors of the images that could be read, reasons for the others."""

    items: list[_Item] = field(default_factory=list)
    vectors: list[NDArray[np.float32]] = field(default_factory=list)
    failures: list[tuple[_Item, str]] = field(default_factory=list)
    decode_s: float = 0.0
    embed_s: float = 0.0


def load(
    database: Database,
    root: Path,
    model: Model,
    *,
    source: str | None = None,
    replace_model: bool = False,
    workers: int | None = None,
) -> Summary:
    """Load every label below `root` with its image; bad ones are reported in the summary.

    `source` is the name under which the database knows the files, by default the root's absolute
    path. Each batch is committed by itself, so that a load that is cut short is gone on with by
    the next. Raises ConfigurationError for a root that is no directory or holds no label, and
    DatabaseError.
    """
    begun = time.monotonic()
    if not root.exists():
        raise ConfigurationError(f"{root} does not exist")
    if not root.is_dir():
        raise ConfigurationError(f"{root} is not a directory")
    tree = walk(root)
    if not tree.labels and not tree.problems:
        raise ConfigurationError(f"{root} holds no label file (*.json), at any depth")
    summary = Summary()
    clock = _Clock()
    with clock:
        model_id = database.value(
            "img_store.use_model",
            p_name=model.name,
            p_file_hash=model.file_hash,
            p_dimension=model.dimension,
            p_preprocessing=model.preprocessing.to_json(),
            p_replace=int(replace_model),
        )
        run_id = database.value("img_store.start_load", p_source=source or str(root.resolve()), p_model_id=model_id)
        database.commit()
    _put_labels(database, run_id, tree, clock)
    with clock:
        pending = list(database.rows("img_store.pending", p_run_id=run_id))
    items = list(_resolve(database, tree, pending, clock))
    with Progress("embedding", len(items), "images") as progress:
        for batch in _embed(root, items, model, workers or os.cpu_count() or 1):
            with clock:
                _store(database, run_id, batch)
            progress.advance(len(batch.items) + len(batch.failures))
            summary.decode_s += batch.decode_s
            summary.embed_s += batch.embed_s
    with clock:
        database.call("img_store.finish_load", p_run_id=run_id)
        database.commit()
        (counts,) = database.rows("img_store.summary", p_run_id=run_id)
        for label_path, image_path, reason in database.rows("img_store.failures", p_run_id=run_id):
            summary.failures.append((label_path, f"{reason} ({image_path})" if image_path else reason))
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
    summary.database_s = clock.seconds
    summary.total_s = time.monotonic() - begun
    return summary


class _Clock:
    """Adds up the time spent inside its with statements."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.monotonic() - self._begun


def _batches(items: Sequence[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _put_labels(database: Database, run_id: int, tree: Tree, clock: _Clock) -> None:
    found: list[tuple[str, str | None]] = [(path, None) for path in tree.labels]
    found += tree.problems
    with Progress("labels", len(found), "labels") as progress:
        for batch in _batches(found, _LABEL_BATCH):
            labels = [_label_item(tree, path, problem) for path, problem in batch]
            with clock:
                database.call("img_store.put_labels", p_run_id=run_id, p_labels=Json(f"[{','.join(labels)}]"))
                database.commit()
            progress.advance(len(batch))


def _label_item(tree: Tree, path: str, problem: str | None) -> str:
    """What img_store.put_labels is told of one label, as JSON text."""
    if problem is None:
        try:
            label = read_label(tree.root / tree.labels[path])
        except LabelError as error:
            problem = str(error)
        else:
            return f'{{"path": {json.dumps(path)}, "hash": "{label.hash}", "label": {label.text}}}'
    return json.dumps({"path": path, "hash": "-", "problem": problem})


def _resolve(database: Database, tree: Tree, pending: Sequence[tuple[Any, ...]], clock: _Clock) -> Iterator[_Item]:
    """The file of each image that waits; where there is none, the database is told."""
    failures: list[dict[str, Any]] = []
    for load_id, _label_path, file_name in pending:
        try:
            path = tree.find_image(file_name)
        except LabelError as error:
            failures.append({"p_load_id": load_id, "p_reason": str(error)[:1000]})
        else:
            yield _Item(load_id, path)
    with clock:
        database.call_many("img_store.put_failure", failures)
        database.commit()


def _embed(root: Path, items: Sequence[_Item], model: Model, workers: int) -> Iterator[_Embedded]:
    """Decode and embed in `workers` threads; batches come out in the order of `items`.

    No more than a few batches for each thread are ever in memory.
    """

    def work(batch: list[_Item]) -> _Embedded:
        result = _Embedded()
        pixels: list[NDArray[np.uint8]] = []
        begun = time.monotonic()
        for item in batch:
            try:
                pixels.append(read_image(root / item.path, model.preprocessing))
                result.items.append(item)
            except ImageError as error:
                result.failures.append((item, str(error)))
        result.decode_s = time.monotonic() - begun
        if pixels:
            begun = time.monotonic()
            result.vectors = list(model.embed(np.stack(pixels)))
            result.embed_s = time.monotonic() - begun
        return result

    gathered = _Embedded()
    with ThreadPoolExecutor(workers, thread_name_prefix="embed") as pool:
        waiting: deque[Future[_Embedded]] = deque()
        batches = _batches(items, _EMBED_BATCH)
        try:
            while True:
                for batch in islice(batches, 4 * workers - len(waiting)):
                    waiting.append(pool.submit(work, batch))
                if not waiting:
                    break
                done = waiting.popleft().result()
                gathered.items += done.items
                gathered.vectors += done.vectors
                gathered.failures += done.failures
                gathered.decode_s += done.decode_s
                gathered.embed_s += done.embed_s
                if len(gathered.items) + len(gathered.failures) >= _STORE_BATCH:
                    yield gathered
                    gathered = _Embedded()
        finally:
            pool.shutdown(cancel_futures=True)
    if gathered.items or gathered.failures:
        yield gathered


def _store(database: Database, run_id: int, batch: _Embedded) -> None:
    """One transaction for the batch; where the database refuses a row, that one is noted as failed."""
    rows = [
        {
            "p_load_id": item.load_id,
            "p_run_id": run_id,
            "p_embedding": vector,
            "p_image_path": printable(item.path),
        }
        for item, vector in zip(batch.items, batch.vectors, strict=True)
    ]
    failures = [
        {"p_load_id": item.load_id, "p_reason": reason[:1000], "p_image_path": printable(item.path)}
        for item, reason in batch.failures
    ]
    try:
        database.call_many("img_store.put_embedding", rows)
    except DatabaseError:
        database.rollback()
        failures += _store_singly(database, rows)
    database.call_many("img_store.put_failure", failures)
    database.commit()


def _store_singly(database: Database, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Store one row after the other; what img_error refuses is returned as failures, the rest raises."""
    failures = []
    for row in rows:
        try:
            database.call("img_store.put_embedding", **row)
            database.commit()
        except DatabaseError as error:
            database.rollback()
            if error.code is None or not 20000 <= error.code <= 20999:
                raise
            failures.append(
                {"p_load_id": row["p_load_id"], "p_reason": error.message, "p_image_path": row["p_image_path"]}
            )
    return failures
