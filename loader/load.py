"""Labels and images from a directory into the database."""

from __future__ import annotations

import json
import os
import shlex
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from pathlib import Path
from stat import S_ISREG
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from loader import content
from loader.config import ConfigurationError, existing_directory
from loader.database import Database, DatabaseError, Json, LostConnectionError
from loader.depth import Depth
from loader.images import ImageError, read_image
from loader.kinds import HEIF_ADVICE, HEIF_SUFFIXES
from loader.labels import LabelError, Tree, printable, walk
from loader.layouts import LabelItem, Layout, aihub
from loader.layouts.remarks import labels_alone
from loader.model import NOT_FINITE, Model
from loader.progress import Progress
from loader.source_depth import find_depth

T = TypeVar("T")

# Label files go to the database so many at a time, or as many as have so many characters: a value of Oracle's
# type JSON holds 32 MB in a form that may be four times as long as its text. Facts of image files go so many.
_LABEL_BATCH = 500
_LABEL_CHARACTERS = 8_000_000
_FILE_BATCH = 2000
# Images that one thread claims, embeds and stores in one transaction; the more the fewer round trips.
_CLAIM = 16
_LARGEST_CLAIM = 64
# Sessions at most where nothing else is asked for: a remote database grants a limited number.
_SESSIONS = 8
# Images in one call of the network: larger ones are no faster on a CPU and use more memory.
_EMBED_BATCH = 4
# Endings and archives that are named at the end.
_SHOWN = 10
# Errors that another loader on the same labels can cause, and that pass: a row of the same key was put in
# at the same moment (1), a deadlock (60).
_PASSING = (1, 60)
_ATTEMPTS = 8
# Images that another loader has claimed are waited for, seconds at a time: it may die, and they be free again. Where
# none is done for so many seconds, they are left to it.
_PAUSE_S = 0.2
_PATIENCE_S = 60.0
# The place of the count of failures in img_store.summary.
_FAILED = 6


@dataclass(slots=True)
class Summary:
    """What a load did itself. The counts of labels are those of img_store.summary; times are seconds.

    `decode_s`, `embed_s` and `database_s` are summed over the threads. `pending` is what waited for an
    embedding, `kept` those of them that had one of the same content, `gone` the labels that were on disk once and
    are no more, `contents` the rows of img_store.contents, `notes` lines for people, `doubts` those of what is likely
    wrong.
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
    kept: int = 0
    pruned: int = 0
    contents: list[tuple[str, str | None, str | None, int]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    total_s: float = 0.0
    database_s: float = 0.0
    decode_s: float = 0.0
    embed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Facts:
    """What tells whether an image has to be embedded again.

    Its bytes, the time of its change in nanoseconds since 1970, and how many bits of a sample count (0: all), for with
    another number the same file gives another picture.
    """

    size: int
    mtime: int
    bits: int

    @classmethod
    def of(cls, status: os.stat_result, bits: int) -> _Facts:
        """Of a file of which so many bits of a sample count."""
        return cls(status.st_size, status.st_mtime_ns, bits)

    def to_json(self, path: str, **more: Any) -> str:
        """As img_store.put_files and keep_embeddings take it."""
        return json.dumps({"path": path} | asdict(self) | more, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class _Item:
    """An image to embed; `facts` is what its file was before it was read."""

    load_id: int
    path: str
    facts: _Facts | None = None
    hash: str | None = None


@dataclass(slots=True)
class _Batch:
    """What a thread claimed: vectors of the images that could be read, reasons for the others."""

    items: list[_Item] = field(default_factory=list)
    kept: int = 0
    vectors: list[NDArray[np.float32]] = field(default_factory=list)
    failures: list[tuple[_Item, str]] = field(default_factory=list)


def load(
    database: Database,
    root: Path,
    model: Model,
    *,
    layout: Layout = aihub,
    source: str | None = None,
    new_source: bool = False,
    replace_model: bool = False,
    workers: int | None = None,
    prune: bool = False,
    dry_run: bool = False,
    bits: int | None = None,
) -> Summary:
    """Load every label below `root` with its image; bad ones are reported in the summary.

    `source` is the name under which the database knows the files, by default the root's absolute
    path. Each batch is committed by itself, so that a load that is cut short is gone on with by
    the next, and loaders may share the work. `prune` removes what is gone from disk; `dry_run` undoes
    everything and only says what there is to do. `bits` are those of a sample that count where an image has more
    than 8 and does not declare them; else the source's largest value decides (loader.source_depth). Raises
    ConfigurationError for a root that is no directory, holds no label, or whose labels are those of another source,
    unless `new_source`; and DatabaseError.
    """
    begun = time.monotonic()
    existing_directory(root)
    summary = Summary()
    transaction = _Transaction(database, dry_run)
    clock = _Clock()
    with clock:
        model_id = register_model(database, model, replace=replace_model)
        # Before the walk: what another loader meets from now on is not gone, whenever it was written.
        run_id = transaction.value(
            "img_store.start_load",
            p_source=source or str(root.resolve()),
            p_model_id=model_id,
            p_new_source=int(new_source),
        )
        transaction.keep()
    tree = walk(root)
    labels = labels_alone(layout(tree), tree.notes)
    first = next(labels, None)
    if first is None or tree.is_empty():
        _abandon(transaction, run_id)
        raise ConfigurationError(_no_label(root, tree))
    depth = find_depth(tree, bits)
    _put_labels(transaction, run_id, chain([first], labels), clock)
    _put_files(transaction, run_id, tree, clock)
    sizes: frozenset[int] = frozenset()
    with clock:
        ((pending, pending_gone, gone, moved_from, moved_labels),) = database.rows(
            "img_store.work_left", p_run_id=run_id
        )
        summary.pending = int(pending)
        if moved_from is not None:
            _abandon(transaction, run_id)
            raise ConfigurationError(
                f"{moved_labels} of {summary.pending} labels are those of source {moved_from}: if this root is that "
                f"one, moved, go on as that source (--source {shlex.quote(moved_from)}); "
                "else load it as another one (--new-source)"
            )
        if gone:
            sizes = frozenset(
                int(size) for _, _, size in database.rows("img_store.gone", p_run_id=run_id) if size is not None
            )
        transaction.keep()  # none stays open for as long as the images take
    if summary.pending and not dry_run:
        _embed_all(database, run_id, tree, model, depth, workers, sizes, summary.pending, summary)
    if pending_gone and not dry_run and not prune:
        # Last, since a label that was moved takes the image of one that is gone.
        _embed_all(database, run_id, tree, model, depth, workers, sizes, int(pending_gone), summary, gone=True)
    with clock:
        try:
            counts = _finish(transaction, run_id, prune, bool(gone), summary)
        except LostConnectionError:
            # This session was idle while the threads worked, which firewalls and profiles cut short.
            if dry_run:
                raise
            with database.another() as fresh:
                counts = _finish(_Transaction(fresh, dry_run), run_id, prune, bool(gone), summary)
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
    summary.notes = list(_notes(tree))
    summary.doubts = list(tree.doubts.lines())
    summary.database_s += clock.seconds
    summary.total_s = time.monotonic() - begun
    return summary


class _Transaction:
    """A session's work, which is kept or undone step by step, or in a dry run undone at the end alone."""

    def __init__(self, database: Database, dry_run: bool) -> None:
        self.database = database
        self._dry_run = dry_run

    def keep(self) -> None:
        """Commit, but in a dry run."""
        if not self._dry_run:
            self.database.commit()

    def end(self) -> None:
        """Commit, or undo a dry run."""
        if self._dry_run:
            self.database.rollback()
        else:
            self.database.commit()

    def put(self, routine: str, **parameters: Any) -> None:
        """A call of a procedure, see `repeat`."""
        self.repeat(lambda: self.database.call(routine, **parameters))

    def value(self, routine: str, **parameters: Any) -> Any:
        """A function's result, see `repeat`."""
        return self.repeat(lambda: self.database.value(routine, **parameters))

    def repeat(self, work: Callable[[], T]) -> T:
        """Work that is done again where another loader was in the way.

        A call that fails undoes itself; the locks of the calls before it are let go too, except in a dry run,
        whose own rows would be gone with them.
        """
        for attempt in range(1, _ATTEMPTS):
            try:
                return work()
            except DatabaseError as error:
                if error.code not in _PASSING:
                    raise
                if not self._dry_run:
                    self.database.rollback()
                time.sleep(0.05 * attempt)
        return work()


def _abandon(transaction: _Transaction, run_id: int) -> None:
    """Undo the run, or in a dry run the transaction."""
    transaction.put("img_store.abandon_load", p_run_id=run_id)
    transaction.end()


def _finish(transaction: _Transaction, run_id: int, prune: bool, some_gone: bool, summary: Summary) -> Sequence[int]:
    """End the run; its counts."""
    database = transaction.database

    def work() -> Sequence[int]:
        # After the embedding: the labels that were moved are not gone any more.
        summary.gone = [path for path, *_ in database.rows("img_store.gone", p_run_id=run_id)] if some_gone else []
        if prune:
            summary.pruned = int(database.value("img_store.prune", p_run_id=run_id))
        database.call("img_store.finish_load", p_run_id=run_id)
        (counts,) = database.rows("img_store.summary", p_run_id=run_id)
        if counts[_FAILED]:
            summary.failures = [
                (label_path, f"{reason} ({image_path})" if image_path else reason)
                for label_path, image_path, reason in database.rows("img_store.failures", p_run_id=run_id)
            ]
        summary.contents = [
            (kind, part, quality, int(images))
            for kind, part, quality, images in database.rows("img_store.contents", p_run_id=run_id)
        ]
        transaction.end()
        return counts

    return transaction.repeat(work)


def _no_label(root: Path, tree: Tree) -> str:
    found = [*tree.notes.lines(), *([_packed(tree)] if tree.archives else [])]
    found += [f"{printable(path)}: {reason}" for path, reason in tree.problems[:_SHOWN]]
    return "; ".join([f"{root} holds no label file (*.json, or what --layout reads), at any depth", *found])


def _packed(tree: Tree) -> str:
    names = ", ".join(printable(path) for path in sorted(tree.archives)[:_SHOWN])
    return f"{len(tree.archives)} archives are packed still: unpack them ({names})"


def _notes(tree: Tree) -> Iterator[str]:
    """What a person should know of the tree beside the labels."""
    yield from tree.notes.lines()
    if masks := tree.masks():
        yield f"{masks} images are masks (ground_truth, masks, _mask, _GT, _label): left out where no label names one"
    if tree.archives:
        yield _packed(tree)
    # A table is what a layout may have read.
    others = [(ending, count) for ending, count in tree.passed_over.most_common() if ending != ".csv"]
    if others:
        listed = ", ".join(f"{printable(ending)} {count}" for ending, count in others[:_SHOWN])
        heif = any(ending in HEIF_SUFFIXES for ending, _ in others)
        yield (
            f"{sum(count for _, count in others)} files are no labels and no images that can be read: {listed}"
            + (", ..." if len(others) > _SHOWN else "")
            + (f"; HEIC is read by an extra: {HEIF_ADVICE}" if heif else "")
        )


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


def _label_batches(items: Iterable[LabelItem]) -> Iterator[list[str]]:
    """Labels as img_store.put_labels takes them, by number and by length."""
    batch: list[str] = []
    length = 0
    for item in items:
        text = item.to_json()
        if batch and (len(batch) == _LABEL_BATCH or length + len(text) > _LABEL_CHARACTERS):
            yield batch
            batch, length = [], 0
        batch.append(text)
        length += len(text)
    if batch:
        yield batch


def _put_labels(transaction: _Transaction, run_id: int, labels: Iterable[LabelItem], clock: _Clock) -> None:
    with Progress("labels", None, "labels") as progress:
        for batch in _label_batches(labels):
            with clock:
                transaction.put("img_store.put_labels", p_run_id=run_id, p_labels=Json(f"[{','.join(batch)}]"))
                transaction.keep()
            progress.advance(len(batch))


def _put_files(transaction: _Transaction, run_id: int, tree: Tree, clock: _Clock) -> None:
    """Tell the database what the image files are now; it finds the changed ones."""
    for batch in _batches(tree.images(masks=True), _FILE_BATCH):
        facts = []
        for path in batch:
            try:
                stat = content.status(tree.root / path)
            except OSError:
                continue  # gone since the walk: found out when it is to be read
            facts.append(_Facts.of(stat, tree.depth(path)).to_json(printable(path)))
        with clock:
            files = Json(f"[{','.join(facts)}]")
            transaction.put("img_store.put_files", p_run_id=run_id, p_files=files)
            transaction.keep()


def _embed_all(
    database: Database,
    run_id: int,
    tree: Tree,
    model: Model,
    depth: Depth,
    workers: int | None,
    gone_sizes: frozenset[int],
    pending: int,
    summary: Summary,
    *,
    gone: bool = False,
) -> None:
    """Claim, embed and store in threads, each with a session of its own, until nothing waits.

    `gone_sizes` are the bytes of the images whose labels are gone: one of them may have moved. `pending` is how many
    wait: those whose labels are there, or with `gone` the others.
    """
    stop = threading.Event()
    wanted = workers or min(os.cpu_count() or 1, _SESSIONS if database.remote else sys.maxsize)
    claim = min(_LARGEST_CLAIM, max(_CLAIM, pending // (2 * wanted))) if database.remote else _CLAIM
    with ExitStack() as stack:
        sessions = _sessions(database, min(wanted, -(-pending // claim)), stack)
        progress = stack.enter_context(Progress("embedding", pending, "images"))
        pool = stack.enter_context(ThreadPoolExecutor(len(sessions), thread_name_prefix="embed"))
        threads = [
            _Worker(session, claim, run_id, tree, model, depth, gone_sizes, stop, progress, gone=gone)
            for session in sessions
        ]
        left, since = pending, time.monotonic()
        try:
            while left:
                _run(pool, threads, stop)
                before, left = left, _count_left(sessions[0], run_id, gone=gone)
                if left != before:
                    since = time.monotonic()
                elif time.monotonic() - since > _PATIENCE_S:
                    print(f"{left} images are in the hands of another session: load again later", file=sys.stderr)
                    break
                if left:
                    time.sleep(_PAUSE_S)
        except KeyboardInterrupt:
            raise Interrupted(f"{progress.done} of {pending} images that waited are done") from None
        for worker in threads:
            summary.kept += worker.kept
            summary.decode_s += worker.decode_s
            summary.embed_s += worker.embed_s
            summary.database_s += worker.clock.seconds


def _run(pool: ThreadPoolExecutor, threads: Sequence[_Worker], stop: threading.Event) -> None:
    """Let the threads work until none finds anything to claim."""
    futures = [pool.submit(worker.run) for worker in threads]
    try:
        for future in as_completed(futures):
            future.result()
    except BaseException:
        # After an error or Ctrl-C: each thread ends with the batch it has, and commits it.
        stop.set()
        raise
    finally:
        wait(futures)


def _count_left(session: Database, run_id: int, *, gone: bool) -> int:
    """How many images wait still: those that another loader has claimed, and those whose labels it is taking in."""
    ((pending, pending_gone, *_),) = session.rows("img_store.work_left", p_run_id=run_id)
    left = int(pending_gone if gone else pending)
    if left:
        session.commit()  # none stays open for a pause
    return left


def _sessions(database: Database, wanted: int, stack: ExitStack) -> list[Database]:
    """As many sessions as the database grants, at least one; the stack closes them. Raises DatabaseError for none."""
    sessions: list[Database] = []
    for _ in range(wanted):
        try:
            sessions.append(stack.enter_context(database.another()))
        except DatabaseError as error:
            if not sessions:
                raise
            print(f"{len(sessions)} of {wanted} sessions were granted: {error.message}", file=sys.stderr)
            break
    return sessions


class _Worker:
    """One thread's work: batch after batch, each in one transaction of its own session."""

    def __init__(
        self,
        session: Database,
        claim: int,
        run_id: int,
        tree: Tree,
        model: Model,
        depth: Depth,
        gone_sizes: frozenset[int],
        stop: threading.Event,
        progress: Progress,
        *,
        gone: bool,
    ) -> None:
        self.session = session
        self.claim = claim
        self.run_id = run_id
        self.tree = tree
        self.model = model
        self.depth = depth
        self.gone_sizes = gone_sizes
        self.gone = int(gone)
        self.kept = 0
        self.stop = stop
        self.progress = progress
        self.clock = _Clock()
        self.decode_s = 0.0
        self.embed_s = 0.0

    def run(self) -> None:
        """Until nothing is left that this session could claim. Raises DatabaseError."""
        session = self.session
        while not self.stop.is_set():
            with self.clock:
                claimed = session.some_rows(self.claim, "img_store.claim", p_run_id=self.run_id, p_gone=self.gone)
            if not claimed:
                return
            try:
                batch = self._embed(claimed)
                with self.clock:
                    _store(session, self.run_id, batch)
            except DatabaseError as error:
                if error.code not in _PASSING:
                    raise
                session.rollback()  # the images are free again, to be claimed once more
                continue
            self.kept += batch.kept
            self.progress.advance(len(claimed))
            if len(claimed) < self.claim:
                return

    def _embed(self, claimed: Sequence[tuple[Any, ...]]) -> _Batch:
        batch = _Batch()
        begun = time.monotonic()
        known, others = self._find(claimed, batch)
        self.decode_s += time.monotonic() - begun
        if known:
            with self.clock:
                kept = self._keep(known)
            batch.kept = len(kept)
            others += [item for item in known if item.load_id not in kept]
        for part in _batches(others, _EMBED_BATCH):
            begun = time.monotonic()
            pixels: list[NDArray[np.uint8]] = []
            for item in part:
                try:
                    pixels.append(self._read(item))
                    batch.items.append(item)
                except ImageError as error:
                    batch.failures.append((item, str(error)))
            self.decode_s += time.monotonic() - begun
            if pixels:
                begun = time.monotonic()
                batch.vectors += list(self.model.embed(np.stack(pixels)))
                self.embed_s += time.monotonic() - begun
        return batch

    def _find(self, claimed: Sequence[tuple[Any, ...]], batch: _Batch) -> tuple[list[_Item], list[_Item]]:
        """The images: those that the database may have embedded already, and the others."""
        known: list[_Item] = []
        others: list[_Item] = []
        for load_id, label_path, file_name, stored_size in claimed:
            item = _Item(load_id, "")
            try:
                item = _Item(load_id, self.tree.find_image(file_name, label_path))
                path = self.tree.root / item.path
                stat = content.status(path)
                bits = self.tree.depth(item.path)
                # A pipe or a device may have no end.
                hashed = content.sha256(path) if S_ISREG(stat.st_mode) else None
                item = _Item(load_id, item.path, _Facts.of(stat, bits), hashed)
            except OSError as error:
                batch.failures.append((item, f"the image can not be read: {error.strerror}"))
            except (ImageError, LabelError) as error:
                batch.failures.append((item, str(error)))
            else:
                may_be_known = stat.st_size == stored_size or stat.st_size in self.gone_sizes
                (known if item.hash and may_be_known else others).append(item)
        return known, others

    def _keep(self, items: list[_Item]) -> set[int]:
        """Of images that may have been embedded already the numbers of those that were, and are stored so."""
        facts = [
            item.facts.to_json(printable(item.path), load_id=int(item.load_id), hash=item.hash)
            for item in items
            if item.facts
        ]
        images = Json(f"[{','.join(facts)}]")
        rows = self.session.rows("img_store.keep_embeddings", p_run_id=self.run_id, p_images=images)
        return {load_id for (load_id,) in rows}

    def _read(self, item: _Item) -> NDArray[np.uint8]:
        """The pixels of a file that stayed as it was since it was found."""
        path = self.tree.root / item.path
        try:
            pixels = read_image(path, self.model.preprocessing, self.depth, self.tree.notes)
            after = content.status(path)
        except OSError as error:
            raise ImageError(f"the image can not be read: {error.strerror}") from error
        if item.facts != _Facts.of(after, self.tree.depth(item.path)):
            raise ImageError("the image changed while it was read: load again")
        return pixels


def _store(database: Database, run_id: int, batch: _Batch) -> None:
    """The batch in one transaction; where the database refuses a row, that one is noted as failed."""
    rows = [
        {
            "p_load_id": item.load_id,
            "p_run_id": run_id,
            "p_embedding": vector,
            "p_image_path": printable(item.path),
            "p_image_size": item.facts.size if item.facts else None,
            "p_image_mtime": item.facts.mtime if item.facts else None,
            "p_image_hash": item.hash,
            "p_image_bits": item.facts.bits if item.facts else 0,
        }
        for item, vector in zip(batch.items, batch.vectors, strict=True)
        if np.isfinite(vector).all()
    ]
    failures = [
        {
            "p_load_id": item.load_id,
            "p_run_id": run_id,
            "p_reason": reason[:1000],
            "p_image_path": printable(item.path) or None,
        }
        for item, reason in [*batch.failures, *_not_finite(batch)]
    ]
    try:
        database.call_many("img_store.put_embedding", rows)
    except DatabaseError as error:
        if not error.refuses_row:
            raise
        failures += _store_singly(database, rows)
    database.call_many("img_store.put_failure", failures)
    database.commit()


def _not_finite(batch: _Batch) -> list[tuple[_Item, str]]:
    """The images whose vector no database takes, with the reason."""
    pairs = zip(batch.items, batch.vectors, strict=True)
    return [(item, NOT_FINITE) for item, vector in pairs if not np.isfinite(vector).all()]


def _store_singly(database: Database, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Store one row after the other, again or not; what the packages refuse is returned as failures."""
    failures = []
    for row in rows:
        try:
            database.call("img_store.put_embedding", **row)
        except DatabaseError as error:
            if not error.refuses_row:
                raise
            failures.append(
                {key: row[key] for key in ("p_load_id", "p_run_id", "p_image_path")}
                | {"p_reason": error.message[:1000]}
            )
    return failures
