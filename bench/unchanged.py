"""A second load of files that did not change: files a second, labels and images, from the walk to the summary."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.memory import write_tree
from bench.result import Result
from loader import stamps
from loader.database.scratch import scratch_database
from loader.load import load
from loader.model import Model
from tests.loader.tiny_model import write_tiny_model

_IMAGES, _LOADS = 50_000, 3


def run() -> Iterator[Result]:
    """Tiny pictures and a tiny network: the first load is not what is measured."""
    with tempfile.TemporaryDirectory(prefix="bench-") as path, scratch_database() as database:
        directory = Path(path)
        root = directory / "root"
        write_tree(root, _IMAGES)
        model = Model(write_tiny_model(directory / "tiny.onnx", dimension=8))
        # Until the files are old enough to be known by their stamps.
        while any(stamps.lasting("", file.stat(), stamps.now()) is None for file in _newest(root)):
            time.sleep(0.1)
        assert load(database, root, model).stored == _IMAGES
        session = psutil.Process(database.session.connection.info.backend_pid)
        seconds, processor = [], []
        for _ in range(_LOADS):
            before, begun = _processor_s(session), time.perf_counter()
            summary = load(database, root, model)
            seconds.append(time.perf_counter() - begun)
            processor.append(_processor_s(session) - before)
            assert (summary.unread_labels, summary.unread_images) == (_IMAGES, _IMAGES)
        yield Result(
            f"unchanged files a second, {_IMAGES} labels and {_IMAGES} images",
            2 * _IMAGES / min(processor),
            20_000,
            at_least=True,
            unit="files/s",
            detail=f"by processor time of loader and database; by the clock {2 * _IMAGES / min(seconds):.0f} files/s",
        )


def _newest(root: Path) -> Iterator[Path]:
    for top, _, names in os.walk(root):
        yield from (Path(top) / name for name in names[-1:])


def _processor_s(session: psutil.Process) -> float:
    times = session.cpu_times()
    return time.process_time() + times.user + times.system
