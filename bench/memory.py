"""Resident memory of a load, by the number of images."""

from __future__ import annotations

import io
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from bench import processes
from bench.result import Result
from loader.layouts import label
from tests.loader.tiny_model import write_tiny_model

_COUNTS = (1_000, 10_000, 100_000)


def write_tree(root: Path, count: int) -> None:
    """Labels and pictures of 16 x 16, a thousand in a directory."""
    random = np.random.default_rng(1)
    pictures = []
    for _ in range(50):
        buffer = io.BytesIO()
        Image.fromarray(random.integers(0, 256, (16, 16, 3), np.uint8)).save(buffer, "PNG")
        pictures.append(buffer.getvalue())
    for number in range(count):
        directory = f"{number // 1000:03d}"
        if number % 1000 == 0:
            (root / "labels" / "a" / "b" / directory).mkdir(parents=True)
            (root / "images" / directory).mkdir(parents=True)
        name = f"picture-{number:07d}"
        (root / "images" / directory / f"{name}.png").write_bytes(pictures[number % len(pictures)])
        text = label(f"{name}.png", "part", "good")
        (root / "labels" / "a" / "b" / directory / f"{name}.json").write_text(text)


def _resident(directory: Path, root: Path, model: Path) -> list[float]:
    """Megabytes of the loader's process, ten times a second."""
    processes.run(directory, "install")
    loader = processes.start(directory, root, "--model", model, stderr=subprocess.PIPE)
    assert loader.stderr is not None
    reader = threading.Thread(target=loader.stderr.read)
    reader.start()
    process = psutil.Process(loader.pid)
    curve = []
    while loader.poll() is None:
        curve.append(process.memory_info().rss / 2**20)
        time.sleep(0.1)
    reader.join()
    assert loader.returncode == 0
    return curve


def run() -> Iterator[Result]:
    """Pictures of 16 x 16 and a tiny network, so that 100,000 take a minute; its vectors have 1,024 floats."""
    peaks = {}
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as path:
        directory = Path(path)
        model = write_tiny_model(directory / "tiny.onnx", dimension=1_024)
        for count in _COUNTS:
            root = directory / f"{count}"
            write_tree(root, count)
            begun = time.perf_counter()
            curve = _resident(directory / f"database-{count}", root, model)
            seconds = time.perf_counter() - begun
            peaks[count] = max(curve)
            shown = ", ".join(f"{value:.0f}" for value in curve[:: max(1, len(curve) // 12)])
            print(f"  {count} images: at most {peaks[count]:.0f} MB in {seconds:.0f} s; over time {shown}")
    first, last = _COUNTS[0], _COUNTS[-1]
    yield Result(
        f"resident memory of loading {last} images / {first}",
        peaks[last] / peaks[first],
        1.25,
        at_least=False,
        detail=f"{peaks[last]:.0f} MB / {peaks[first]:.0f} MB",
    )
