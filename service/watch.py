"""A directory that is watched: pictures that appear in it are classified, each once.

The directory is listed again and again. The notices that a system gives of its own files (inotify) say nothing of what
other machines write to a shared directory, which is where cameras write, and can be lost when many files come at once.
"""

from __future__ import annotations

import hashlib
import io
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG

from loader.database import DatabaseError
from loader.files import FileError, read_with_status
from loader.kinds import is_image, is_left_out
from loader.labels import printable
from loader.terminal import shown
from service.classifier import Answer, Upload
from service.gate import ClosingError, FullError
from service.sessions import NoSessionError

# How often the directory is listed, in seconds.
_LOOK_S = 0.5
# The pause is so many times as long as a listing takes, so that a directory of very many files costs a tenth of a core.
_LISTING_SHARE = 10
# A file that stayed as it was for so long, in seconds, is taken for whole ...
SETTLED_S = 0.5
# ... and one that can not be read yet for broken after so long.
BROKEN_S = 10.0
# Pictures that are classified at once, of so many bytes together: others get their turn between.
_BATCH = 4
_BATCH_BYTES = 64_000_000
# Answers that are kept for the page, and names of files that are no pictures.
_KEPT = 200
_NAMED = 20
# Files that are remembered, so that none is answered twice; beyond that those are forgotten that are gone.
_REMEMBERED = 200_000

Decide = Callable[[Sequence[Upload]], list[Answer]]


@dataclass(slots=True)
class _File:
    """What is known of a file: its size and time of change, since when it has been so, and what was read of it."""

    facts: tuple[int, int]
    since: float
    retry_at: float = 0.0
    is_answered: bool = False
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """An answer about a picture of the directory; the later the answer, the higher its number."""

    number: int
    path: Path
    at: str
    digest: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Standing:
    """How the watch stands.

    `waiting` are pictures that are not answered yet, `others` names of files that are no pictures, of `others_count`.
    `problem` says why nothing is answered now; empty where all is well.
    """

    directory: str
    answered: int = 0
    waiting: int = 0
    others: tuple[str, ...] = ()
    others_count: int = 0
    problem: str = ""


class Watch:
    """Watches a directory and all below it, and has `decide` answer each picture of it once, the oldest first.

    What lies there in the beginning is answered as well, so that nothing is missed that came while no service ran.
    """

    def __init__(self, directory: Path, decide: Decide, most_bytes: int, clock: Callable[[], float] = time.monotonic):
        self._directory = directory
        self._decide = decide
        self._most_bytes = most_bytes
        self._clock = clock
        self._files: dict[str, _File] = {}
        self._answers: deque[Watched] = deque(maxlen=_KEPT)
        self._standing = Standing(printable(str(directory)))
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    # what pages ask

    def standing(self) -> Standing:
        """How it stands now."""
        return self._standing

    def after(self, number: int, most: int) -> list[Watched]:
        """The answers after that number, the last first, at most so many."""
        with self._lock:
            return [found for found in reversed(self._answers) if found.number > number][:most]

    def find(self, number: int) -> Watched | None:
        """The answer of a number; None where it is kept no more."""
        with self._lock:
            return next((found for found in self._answers if found.number == number), None)

    # the work

    def start(self) -> None:
        """Begin to watch."""
        self._ending.clear()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, when the pictures that are under way are answered."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        pause = _LOOK_S
        while not self._ending.wait(pause):
            begun = time.monotonic()
            listed = self._listed()
            pause = max(_LOOK_S, _LISTING_SHARE * (time.monotonic() - begun))
            self._look_at(listed)

    def look(self) -> None:
        """List the directory once, and answer what is whole."""
        self._look_at(self._listed())

    def _listed(self) -> dict[str, os.stat_result] | None:
        """The files that lie there now; None where the directory is away."""
        try:
            return dict(_files_below(self._directory))
        except OSError as error:
            self._tell(problem=f"the directory can not be read: {error.strerror}", waiting=0)
            return None

    def _look_at(self, listed: dict[str, os.stat_result] | None) -> None:
        if listed is None:
            return
        ready, others, waiting = self._sorted(listed)
        self._tell(
            problem="",
            waiting=waiting + len(ready),
            others=tuple(printable(name) for name in others[:_NAMED]),
            others_count=len(others),
        )
        for batch in _batches(ready, listed):
            if self._ending.is_set() or not self._answer(batch):
                return
        self._forget(listed)

    def _sorted(self, listed: dict[str, os.stat_result]) -> tuple[list[str], list[str], int]:
        """The pictures that are whole, the oldest first; the files that are no pictures; how many wait to be whole."""
        now = self._clock()
        ready, others, waiting = list[str](), list[str](), 0
        for name, status in listed.items():
            facts = status.st_size, status.st_mtime_ns
            known = self._files.get(name)
            if known is None or known.facts != facts:
                self._files[name] = _File(facts, now, digest=known.digest if known else "")
                waiting += is_image(name)
            elif not is_image(name):
                others.append(name)
            elif not known.is_answered:
                if now - known.since >= SETTLED_S and now >= known.retry_at:
                    ready.append(name)
                else:
                    waiting += 1
        ready.sort(key=lambda name: (listed[name].st_mtime_ns, name))
        return ready, sorted(others), waiting

    def _answer(self, names: list[str]) -> bool:
        """Answer these pictures; whether the next ones can be."""
        uploads: list[Upload] = []
        asked: list[tuple[str, str]] = []
        for name in names:
            known = self._files[name]
            try:
                content, status = read_with_status(self._directory / name, self._most_bytes)
            except FileError as error:
                self._failed(name, str(error))
                continue
            digest = hashlib.sha256(content).hexdigest()
            if (status.st_size, status.st_mtime_ns) != known.facts:
                known.since = self._clock()  # it changed since it was listed
            elif digest == known.digest:
                known.is_answered = True  # touched, and the same
            else:
                uploads.append(Upload(name, io.BytesIO(content)))
                asked.append((name, digest))
        if not uploads:
            return True
        try:
            answers = self._decide(uploads)
        except FullError:
            self._tell(problem="more requests wait than the service takes")
            return False
        except (ClosingError, NoSessionError):
            return False
        except DatabaseError as error:
            self._tell(problem=shown(error.message.partition("\n")[0]))
            return False
        for (name, digest), answer in zip(asked, answers, strict=True):
            if answer.problem is None or not self._waits(name):
                self._put(name, digest, answer)
        return True

    def _failed(self, name: str, reason: str) -> None:
        """A file that can not be opened: it may be gone, or be written still."""
        if (self._directory / name).exists() and not self._waits(name):
            self._put(name, "", Answer(printable(name), None, reason))

    def _waits(self, name: str) -> bool:
        """Whether a picture that can not be read may become whole: then it is tried again."""
        known, now = self._files[name], self._clock()
        known.retry_at = now + SETTLED_S
        return now - known.since < BROKEN_S

    def _put(self, name: str, digest: str, answer: Answer) -> None:
        known = self._files[name]
        known.is_answered, known.digest = True, digest
        at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        with self._lock:
            answered = self._standing.answered + 1
            self._answers.append(Watched(answered, self._directory / name, at, digest, answer))
            self._standing = replace(self._standing, answered=answered, waiting=max(0, self._standing.waiting - 1))

    def _tell(self, **changed: object) -> None:
        with self._lock:
            self._standing = replace(self._standing, **changed)  # type: ignore[arg-type]

    def _forget(self, listed: dict[str, os.stat_result]) -> None:
        """Forget files that are gone, when many are remembered: a share that comes back is not answered again."""
        if len(self._files) > _REMEMBERED:
            self._files = {name: known for name, known in self._files.items() if name in listed}


def _files_below(directory: Path) -> Iterator[tuple[str, os.stat_result]]:
    """The regular files below a directory by their path in it, hidden ones left out. Raises OSError for the directory.

    Links are not followed.
    """
    stack = [""]
    while stack:
        below = stack.pop()
        try:
            with os.scandir(directory / below) as entries:
                for entry in entries:
                    if is_left_out(entry.name):
                        continue
                    name = f"{below}{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(f"{name}/")
                    elif (status := _status(entry)) is not None and S_ISREG(status.st_mode):
                        yield name, status
        except OSError:
            if not below:
                raise


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    """None for a file that is gone since it was listed."""
    try:
        return entry.stat(follow_symlinks=False)
    except OSError:
        return None


def _batches(names: list[str], listed: dict[str, os.stat_result]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for name in names:
        length = listed[name].st_size
        if batch and (len(batch) == _BATCH or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(name)
        size += length
    if batch:
        yield batch
