"""Two loaders on one root against one, beside two bare processes that decode and embed against one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import processes
from bench.result import Result
from loader.config import PROJECT
from loader.export import keras_to_onnx
from loader.sample import write_sample

_IMAGES = 1600
_REPETITIONS = 5


def _seconds(started: Sequence[subprocess.Popen[bytes]], begun: float) -> float:
    """From `begun` until the last of the processes ended."""
    assert [process.wait() for process in started] == [0] * len(started)
    return time.perf_counter() - begun


def _loaders(count: int, directory: Path, root: Path, model: Path) -> float:
    """The seconds of `count` loaders of one thread each that share a new database, the start included."""
    database = directory / "database"
    processes.run(database, "install")
    processes.run(database, "start")
    try:
        begun = time.perf_counter()
        arguments = (root, "--model", model, "--workers", "1")
        return _seconds([processes.start(database, *arguments) for _ in range(count)], begun)
    finally:
        processes.run(database, "stop")
        shutil.rmtree(database)


def _bare(count: int, root: Path, model: Path) -> float:
    """The same of `count` processes that decode and embed a part each."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "bench.bare", str(model), str(root)]
    parts = [subprocess.Popen([*command, str(part), str(count)], cwd=PROJECT) for part in range(count)]
    return _seconds(parts, begun)


def run() -> Iterator[Result]:
    """Each repetition measures all four, so that a machine whose speed drifts is the same for them."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        directory = Path(name)
        root, model = directory / "Sample", directory / "efficientnet-lite0.onnx"
        write_sample(root, _IMAGES)
        keras_to_onnx.export("efficientnet-lite0", model)
        for number in range(1, _REPETITIONS + 1):
            bare = _bare(1, root, model), _bare(2, root, model)
            ours = _loaders(1, directory, root, model), _loaders(2, directory, root, model)
            reached, possible = ours[0] / ours[1], bare[0] / bare[1]
            yield Result(
                f"what a second loader gains / what a second bare process gains, {number} of {_REPETITIONS}",
                reached / possible,
                0.95,
                at_least=True,
                detail=f"{ours[0]:.1f} s / {ours[1]:.1f} s = {reached:.2f} x; "
                f"bare {bare[0]:.1f} s / {bare[1]:.1f} s = {possible:.2f} x",
            )
