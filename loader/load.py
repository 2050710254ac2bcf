"""Labels and images from a directory into the database."""

from __future__ import annotations

import json
import os
import shlex
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from stat import S_ISREG
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from loader import content, stamps
from loader.batches import batched
from loader.config import ConfigurationError, existing_directory
from loader.corrections import overlay
from loader.corrections.loading import Corrections
from loader.database import Database, DatabaseError, Json, LostConnectionError
from loader.depth import Depth
from loader.find_again import find_again
from loader.halving import put_halved
from loader.images import ImageError, read_image
from loader.kinds import HEIF_ADVICE, HEIF_SUFFIXES
from loader.labels import LabelError, Tree, printable, walk
from loader.layouts import Layout, aihub
from loader.layouts.remarks import labels_alone
from loader.model import NOT_FINITE, Model, register_model
from loader.parameters import given
from loader.progress import Progress
from loader.put_labels import put_labels
from loader.source_depth import find_depth
from loader.terminal import warn
from loader.transaction import DEADLOCK, Clock, Transaction
from loader.vector_limits import check_dimension

# Facts of image files that go to the database at once.
_FILE_BATCH = 2000
# Images that one thread claims, embeds and stores in one transaction; the more the fewer round trips.
_CLAIM = 16
_LARGEST_CLAIM = 80
# Sessions at most where nothing else is asked for: a remote database grants a limited number.
_SESSIONS = 8
# Images in one call of the network: larger ones are no faster on a CPU and use more memory.
_EMBED_BATCH = 4
# Endings and archives that are named at the end.
_SHOWN = 10
# Images that another loader has claimed are waited for, seconds at a time: it may die, and they be free again. Where
# none is done for so many seconds, they are left to it.
_PAUSE_S = 0.2
_PATIENCE_S = 60.0
# The failures and the labels gone from disk that a summary lists, and the sizes of gone images that are remembered.
_LISTED = 1000
_SIZES = 10_000
# Of a path that the database stores, in characters.
_LONGEST_PATH = 1000


@dataclass(slots=True)
class Summary:
    """What a load did itself. The counts of labels are those of img_store.summary; times are seconds.

    `decode_s`, `embed_s` (of the `embedded` images) and `database_s` are summed over the threads. `pending` is what
    waited for an embedding (in a dry run, what is to be embedded), `kept` those that had one of the same content.
    `unread_labels` and `unread_images` are files that are as they were and were not read. `gone` are labels that were
    on disk once and are no more, `failures` what could not be loaded: at most 1,000 of each; `gone_count` and `failed`
    count them all. `contents` are the rows of img_store.contents, `notes` lines for people, `doubts` those of what is
    likely wrong.
    `corrected` counts labels with corrections (loader.corrections); `overtaken` names those that were not applied.
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
    embedded: int = 0
    pruned: int = 0
    unread_labels: int = 0
    unread_images: int = 0
    gone_count: int = 0
    contents: list[tuple[str, str | None, str | None, int]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    corrected: int = 0
    overtaken: list[str] = field(default_factory=list)
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
    stamp: str

    @classmethod
    def of(cls, status: os.stat_result, bits: int) -> _Facts:
        """Of a file of which so many bits of a sample count."""
        return cls(status.st_size, status.st_mtime_ns, bits, stamps.stamp_of(status))

    def to_json(self, path: str, stamp: str | None, **more: Any) -> str:
        """As img_store.put_files and keep_embeddings take it."""
        facts = {"path": path, "size": self.size, "mtime": self.mtime, "bits": self.bits, "stamp": stamp}
        return json.dumps(facts | more)


@dataclass(frozen=True, slots=True)
class _Item:
    """An image to embed; `facts` is what its file was before it was read, `stamp` what of it is to be kept."""

    load_id: int
    path: str
    facts: _Facts | None = None
    stamp: str | None = None
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
    verify: bool = False,
    unindexed: bool = False,
) -> Summary:
    """Load every label below `root` with its image; bad ones are reported in the summary.

    `source` is the name under which the database knows the files, by default the root's absolute
    path. Each batch is committed by itself, so that a load that is cut short is gone on with by
    the next, and loaders may share the work. `prune` removes what is gone from disk; `dry_run` undoes
    everything and only says what there is to do. `bits` are those of a sample that count where an image has more
    than 8 and does not declare them; else the source's largest value decides (loader.source_depth). `verify` reads
    the files that seem to be as they were, too. `unindexed` takes vectors that are too long for the engine's index.
    Raises ConfigurationError for a root that is no directory, holds no label, or whose labels are those of another
    source, unless `new_source`, and for a model whose vectors the database can not keep; and DatabaseError.
    """
    begun = time.monotonic()
    existing_directory(root)
    corrections = Corrections(overlay.read(root))
    summary = Summary()
    transaction = Transaction(database, dry_run)
    clock = Clock()
    source = source or str(root.resolve())
    check_dimension(database, model, unindexed=unindexed)
    with clock:
        model_id = register_model(database, model, replace=replace_model)
        later = transaction.value("img_store.time_to_come", p_source=source)
        # Before the walk: what another loader meets from now on is not gone, whenever it was written.
        run_id = transaction.value(
            "img_store.start_load",
            p_source=source,
            p_model_id=model_id,
            p_new_source=int(new_source),
            p_root=_told_root(root),
        )
        transaction.keep()
    try:
        tree = walk(root)
        labels = labels_alone(corrections.applied_to(layout(tree)), tree.notes)
        first = next(labels, None)
        if first is None or tree.is_empty():
            raise ConfigurationError(_no_label(root, tree))
        depth = find_depth(tree, bits)
    except ConfigurationError:
        _abandon(transaction, run_id)
        raise
    with clock:
        is_first = not database.value("img_store.stored_count", p_run_id=run_id)
    summary.unread_labels = put_labels(transaction, run_id, chain([first], labels), clock, read_all=verify or is_first)
    _note_corrections(transaction, source, corrections, clock, summary)
    summary.unread_images = _put_files(transaction, run_id, tree, clock, verify=verify, is_first=is_first)
    with clock:
        left = _work_left(transaction, run_id)
        sizes = _gone_sizes(database, run_id) if left.gone else frozenset()
        transaction.keep()  # none stays open for as long as the images take
    summary.pending = left.pending
    work = _Work(run_id, tree, model, depth, sizes)
    if dry_run and left.pending:
        summary.kept, summary.pending = _keep_alone(database, work)
    if left.pending and not dry_run:
        _embed_all(database, work, workers, left.pending, summary)
    if left.pending_gone and not dry_run and not prune:
        # Last, since a label that was moved takes the image of one that is gone.
        _embed_all(database, replace(work, gone=1), workers, left.pending_gone, summary)
    with clock:
        try:
            _finish(transaction, run_id, prune, left.gone > 0, summary)
        except LostConnectionError:
            # This session was idle while the threads worked, which firewalls and profiles cut short.
            if dry_run:
                raise
            with database.another() as fresh:
                _finish(Transaction(fresh, dry_run), run_id, prune, left.gone > 0, summary)
    summary.notes = list(_notes(tree))
    for say in tree.last_words:
        say()
    summary.doubts = list(tree.doubts.lines())
    if later is not None:
        summary.notes.append(
            f"the database's clock went back: by it these labels were last met at {later}, which is still to come; "
            "the load was right all the same"
        )
    summary.database_s += clock.seconds
    summary.total_s = time.monotonic() - begun
    return summary


def _told_root(root: Path) -> str | None:
    """The directory's absolute path, by which pages find the pictures; None for one that is no text to store."""
    path = str(root.resolve())
    return path if path.isprintable() and len(path) <= _LONGEST_PATH else None


def _abandon(transaction: Transaction, run_id: int) -> None:
    """Undo the run, or in a dry run the transaction."""
    transaction.put("img_store.abandon_load", p_run_id=run_id)
    transaction.end()


def _note_corrections(
    transaction: Transaction, source: str, corrections: Corrections, clock: Clock, summary: Summary
) -> None:
    """Let the database know the corrections of the source, and the summary what became of them."""
    summary.corrected = corrections.count
    summary.overtaken = corrections.remarks
    for batch in batched(corrections.overlay.all(), _FILE_BATCH):
        lines = Json(json.dumps([found.to_row() for found in batch]))
        with clock:
            transaction.put("img_correction.note", p_source=source, p_corrections=lines)
            transaction.keep()


@dataclass(frozen=True, slots=True)
class _Left:
    """What there is to do: images that wait, those whose label is gone, and all labels that are gone."""

    pending: int
    pending_gone: int
    gone: int


def _work_left(transaction: Transaction, run_id: int) -> _Left:
    """Raises ConfigurationError, and gives up the run, where the labels are those of another source."""
    ((pending, pending_gone, gone, moved_from, moved_labels),) = transaction.database.rows(
        "img_store.work_left", p_run_id=run_id
    )
    if moved_from is not None:
        _abandon(transaction, run_id)
        raise ConfigurationError(
            f"{moved_labels} of {pending} labels are those of source {moved_from}: if this root is that one, moved, "
            f"go on as that source (--source {shlex.quote(moved_from)}); else load it as another one (--new-source)"
        )
    return _Left(int(pending), int(pending_gone), int(gone))


def _gone_sizes(database: Database, run_id: int) -> frozenset[int] | None:
    """The bytes of the images whose labels are gone; None for more sizes than are worth the memory."""
    sizes: set[int] = set()
    for _, _, size in database.rows("img_store.gone", p_run_id=run_id):
        if size is not None:
            sizes.add(int(size))
        if len(sizes) > _SIZES:
            return None
    return frozenset(sizes)


def _finish(transaction: Transaction, run_id: int, prune: bool, some_gone: bool, summary: Summary) -> None:
    """End the run, and read what it did."""
    database = transaction.database

    def work() -> None:
        if some_gone:
            # After the embedding: the labels that were moved are not gone any more.
            paths = (path for path, *_ in database.rows("img_store.gone", p_run_id=run_id))
            summary.gone = list(islice(paths, _LISTED))
            summary.gone_count = len(summary.gone) + sum(1 for _ in paths)
        if prune:
            summary.pruned = int(database.value("img_store.prune", p_run_id=run_id))
        embed_ms = 1000 * summary.embed_s / summary.embedded if summary.embedded else None
        database.call("img_store.finish_load", **given(run_id=run_id, embed_ms=embed_ms))
        (counts,) = database.rows("img_store.summary", p_run_id=run_id)
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
        if summary.failed:
            summary.failures = [
                (label_path, f"{reason} ({image_path})" if image_path else reason)
                for label_path, image_path, reason in database.some_rows(_LISTED, "img_store.failures", p_run_id=run_id)
            ]
        summary.contents = [
            (kind, part, quality, int(images))
            for kind, part, quality, images in database.rows("img_store.contents", p_run_id=run_id)
        ]
        transaction.end()

    transaction.repeat(work)


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


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a load; the message says how far it had come."""


def _put_files(transaction: Transaction, run_id: int, tree: Tree, clock: Clock, *, verify: bool, is_first: bool) -> int:
    """Tell the database what the image files are now; how many of its images are as they were.

    It finds those that changed, and all with `verify`.
    """
    known = 0
    root = str(tree.root)
    for batch in batched(tree.images(masks=True), _FILE_BATCH):
        facts = []
        for path in batch:
            try:
                found = _Facts.of(content.status(f"{root}/{path}"), tree.depth(path))
            except OSError:
                continue  # gone since the walk: found out when it is to be read
            facts.append(found.to_json(printable(path), None if verify else found.stamp))
        files = Json(f"[{','.join(facts)}]")
        with clock:
            rows = transaction.rows("img_store.put_files", p_run_id=run_id, p_files=files)
            transaction.keep()
        if not is_first:
            tree.add_fresh(path for (path,) in rows)
        known += len(facts) - len(rows)
    if not is_first:
        with clock:
            find_again(transaction, run_id, tree, known)
            transaction.keep()
    return known


@dataclass(frozen=True, slots=True)
class _Work:
    """What the threads share. `gone_sizes` are the bytes of the images whose labels are gone, None for any: one of them
    may have moved. `gone` is 1 for the images whose labels are gone, else those of the others are claimed.
    """

    run_id: int
    tree: Tree
    model: Model
    depth: Depth
    gone_sizes: frozenset[int] | None
    gone: int = 0


def _keep_alone(database: Database, work: _Work) -> tuple[int, int]:
    """Find the images that wait, and embed none: how many keep their embedding, and how many are to be embedded.

    For a dry run, whose transaction undoes it all.
    """
    worker = _Worker(database, _CLAIM, work, threading.Event(), None)
    claimed = database.rows("img_store.claim", p_run_id=work.run_id, p_gone=work.gone)
    for part in batched(claimed, _CLAIM):
        worker.keep_alone(part)
    ((left, *_),) = database.rows("img_store.work_left", p_run_id=work.run_id)
    return worker.kept, int(left)


def _embed_all(database: Database, work: _Work, workers: int | None, pending: int, summary: Summary) -> None:
    """Claim, embed and store in threads, each with a session of its own, until none of the `pending` ones waits."""
    stop = threading.Event()
    wanted = workers or min(os.cpu_count() or 1, _SESSIONS if database.remote else sys.maxsize)
    claim = min(_LARGEST_CLAIM, max(_CLAIM, pending // (2 * wanted))) if database.remote else _CLAIM
    with ExitStack() as stack:
        sessions = _sessions(database, min(wanted, -(-pending // claim)), stack)
        progress = stack.enter_context(Progress("embedding", pending, "images"))
        pool = stack.enter_context(ThreadPoolExecutor(len(sessions), thread_name_prefix="embed"))
        threads = [_Worker(session, claim, work, stop, progress) for session in sessions]
        left, since = pending, time.monotonic()
        try:
            while left:
                _run(pool, threads, stop)
                before, left = left, _count_left(sessions[0], work)
                if left != before:
                    since = time.monotonic()
                elif time.monotonic() - since > _PATIENCE_S:
                    warn(f"{left} images are in the hands of another session: load again later")
                    break
                if left:
                    time.sleep(_PAUSE_S)
        except KeyboardInterrupt:
            raise Interrupted(f"{progress.done} of {pending} images that waited are done") from None
        for worker in threads:
            summary.kept += worker.kept
            summary.embedded += worker.embedded
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


def _count_left(session: Database, work: _Work) -> int:
    """How many images wait still: those that another loader has claimed, and those whose labels it is taking in."""
    ((pending, pending_gone, *_),) = session.rows("img_store.work_left", p_run_id=work.run_id)
    left = int(pending_gone if work.gone else pending)
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
            warn(f"{len(sessions)} of {wanted} sessions were granted: {error.message}")
            break
    return sessions


class _Worker:
    """One thread's work: batch after batch, each in one transaction of its own session."""

    def __init__(
        self, session: Database, claim: int, work: _Work, stop: threading.Event, progress: Progress | None
    ) -> None:
        self.session = session
        self.claim = claim
        self.work = work
        self.kept = 0
        self.embedded = 0
        self.stop = stop
        self.progress = progress
        self.clock = Clock()
        self.decode_s = 0.0
        self.embed_s = 0.0

    def run(self) -> None:
        """Until nothing is left that this session could claim. Raises DatabaseError."""
        session = self.session
        while not self.stop.is_set():
            with self.clock:
                claimed = session.some_rows(
                    self.claim, "img_store.claim", p_run_id=self.work.run_id, p_gone=self.work.gone
                )
            if not claimed:
                return
            try:
                batch = self._embed(claimed)
                with self.clock:
                    _store(session, self.work.run_id, batch)
            except DatabaseError as error:
                if error.code != DEADLOCK:
                    raise
                session.rollback()  # the images are free again, to be claimed once more
                continue
            self.kept += batch.kept
            if self.progress is not None:
                self.progress.advance(len(claimed))
            if len(claimed) < self.claim:
                return

    def keep_alone(self, claimed: Sequence[tuple[Any, ...]]) -> None:
        """Store what is embedded already, and note what is not to be found; read nothing else."""
        batch = _Batch()
        known, _ = self._find(claimed, batch, hash_all=False)
        if known:
            self.kept += len(self._keep(known))
        _put_failures(self.session, self.work.run_id, batch.failures)

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
        for part in batched(others, _EMBED_BATCH):
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
                batch.vectors += list(self.work.model.embed(np.stack(pixels)))
                self.embed_s += time.monotonic() - begun
                self.embedded += len(pixels)
        return batch

    def _find(
        self, claimed: Sequence[tuple[Any, ...]], batch: _Batch, *, hash_all: bool = True
    ) -> tuple[list[_Item], list[_Item]]:
        """The images: those that the database may have embedded already, and the others."""
        tree, sizes = self.work.tree, self.work.gone_sizes
        known: list[_Item] = []
        others: list[_Item] = []
        for load_id, label_path, file_name, stored_size in claimed:
            item = _Item(load_id, "")
            try:
                item = _Item(load_id, tree.find_image(file_name, label_path))
                path = tree.root / item.path
                read_at = stamps.now()
                status = content.status(path)
                may_be_known = status.st_size == stored_size or sizes is None or status.st_size in sizes
                # A pipe or a device may have no end.
                hashed = content.sha256(path) if S_ISREG(status.st_mode) and (hash_all or may_be_known) else None
                facts = _Facts.of(status, tree.depth(item.path))
                item = _Item(load_id, item.path, facts, stamps.lasting(facts.stamp, status, read_at), hashed)
            except OSError as error:
                batch.failures.append((item, f"the image can not be read: {error.strerror}"))
            except (ImageError, LabelError) as error:
                batch.failures.append((item, str(error)))
            else:
                (known if item.hash and may_be_known else others).append(item)
        return known, others

    def _keep(self, items: list[_Item]) -> set[int]:
        """Of images that may have been embedded already the numbers of those that were, and are stored so."""
        kept: set[int] = set()

        def keep(part: Sequence[_Item]) -> None:
            facts = [
                item.facts.to_json(printable(item.path), item.stamp, load_id=int(item.load_id), hash=item.hash)
                for item in part
                if item.facts
            ]
            images = Json(f"[{','.join(facts)}]")
            rows = self.session.rows("img_store.keep_embeddings", p_run_id=self.work.run_id, p_images=images)
            kept.update(load_id for (load_id,) in rows)

        # What is refused is embedded anew; where the database refuses that too, the failure is noted.
        for _ in put_halved(items, keep):
            pass
        return kept

    def _read(self, item: _Item) -> NDArray[np.uint8]:
        """The pixels of a file that stayed as it was since it was found."""
        work = self.work
        path = work.tree.root / item.path
        try:
            pixels = read_image(path, work.model.preprocessing, work.depth, work.tree.notes)
            after = content.status(path)
        except OSError as error:
            raise ImageError(f"the image can not be read: {error.strerror}") from error
        if item.facts != _Facts.of(after, work.tree.depth(item.path)):
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
            "p_image_stamp": item.stamp,
        }
        for item, vector in zip(batch.items, batch.vectors, strict=True)
        if np.isfinite(vector).all()
    ]
    items = {item.load_id: item for item in batch.items}
    refused = [
        (items[cast(int, row["p_load_id"])], error.message)
        for row, error in put_halved(rows, lambda part: database.call_many("img_store.put_embedding", part))
    ]
    _put_failures(database, run_id, [*batch.failures, *_not_finite(batch), *refused])
    # What a crash undoes waits to be embedded again; the end of the load makes all of it last.
    database.commit(wait=False)


def _put_failures(database: Database, run_id: int, failures: Sequence[tuple[_Item, str]]) -> None:
    """Note the failures; where the database refuses an image's path as well, without it."""
    rows = [
        {
            "p_load_id": item.load_id,
            "p_run_id": run_id,
            "p_reason": reason[:1000],
            "p_image_path": printable(item.path) or None,
        }
        for item, reason in failures
    ]
    for row, _ in put_halved(rows, lambda part: database.call_many("img_store.put_failure", part)):
        database.call("img_store.put_failure", **(row | {"p_image_path": None}))


def _not_finite(batch: _Batch) -> list[tuple[_Item, str]]:
    """The images whose vector no database takes, with the reason."""
    pairs = zip(batch.items, batch.vectors, strict=True)
    return [(item, NOT_FINITE) for item, vector in pairs if not np.isfinite(vector).all()]
