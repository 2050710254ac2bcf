"""One picture at a time, as a camera gives them: what the database adds to decoding and the network, and a cold start.

`BENCH_PACE` is the number of vectors behind the index (default: 100,000).
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from bench import processes
from bench.data import analyze_images, copy_images, elpv_model
from bench.result import Result
from loader.classification import classify
from loader.database.embedded import EmbeddedDatabase
from loader.database.scratch import scratch_database
from loader.images import read_image
from loader.load import load
from loader.model import Model
from loader.sample import write_sample

_BEHIND_THE_INDEX = int(os.environ.get("BENCH_PACE", "100000"))
_PICTURES, _STARTS, _K = 100, 5, 5


def _added_ms(
    database: EmbeddedDatabase, model: Model, paths: Sequence[Path], *, approximate: bool
) -> tuple[float, float]:
    """The medians, in milliseconds, of decoding and network, and of what classifying takes beyond them, in turn."""
    alone, whole = [], []
    for path in paths:
        begun = time.perf_counter()
        model.embed(read_image(path, model.preprocessing)[np.newaxis])
        read = time.perf_counter()
        classify(database, model, [path], k=_K, approximate=approximate)
        alone.append(read - begun)
        whole.append(time.perf_counter() - read)
    return 1000 * median(alone), 1000 * (median(whole) - median(alone))


def _pace(what: str, most_ms: float, measured: tuple[float, float]) -> Result:
    alone, added = measured
    return Result(
        f"one picture, {what}: beyond decoding and network, median",
        added,
        most_ms,
        at_least=False,
        unit="ms",
        detail=f"decoding and network {alone:.1f} ms",
    )


def _fill(database: EmbeddedDatabase, model: Model) -> None:
    """Clustered vectors of the model's dimension, and the vector index on them."""
    random = np.random.default_rng(4)
    centres = random.normal(size=(5, 10, model.dimension)).astype(np.float32)

    def vectors() -> Iterator[tuple[int, int, np.typing.NDArray[np.float32]]]:
        for number in range(_BEHIND_THE_INDEX):
            part, cluster = number % 5, int(random.integers(10))
            noise = random.normal(size=model.dimension).astype(np.float32)
            yield part, cluster, np.abs(centres[part, cluster] + noise)

    copy_images(database, vectors())
    analyze_images(database)
    database.execute("begin img_index.create_index; end;")
    database.commit()


def _seconds(start: Callable[[], None], before: Callable[[], None]) -> float:
    """The median time of a command, after something that is not measured."""
    taken = []
    for _ in range(_STARTS):
        before()
        begun = time.perf_counter()
        start()
        taken.append(time.perf_counter() - begun)
    return median(taken)


def _cold_starts(database: Path, picture: Path, model: Path) -> Iterator[Result]:
    """The command from its start to its end, with the server running and without."""

    def run() -> None:
        processes.run(database, "classify", picture, "--model", model, "--k", str(_K))

    run()
    for what, most_s, before in (
        ("stopped", 1.0, lambda: processes.run(database, "stop")),
        ("running", 0.7, lambda: processes.run(database, "start")),
    ):
        yield Result(
            f"`classify` of one picture from a cold start, the server {what}",
            _seconds(run, before),
            most_s,
            at_least=False,
            unit="s",
        )
    processes.run(database, "stop")


def run() -> Iterator[Result]:
    """All 2,624 pictures of the ELPV data set with EfficientNet-Lite0 at 224 pixels; then vectors behind an index."""
    with tempfile.TemporaryDirectory(prefix="bench-") as path:
        directory = Path(path)
        root = directory / "Sample"
        write_sample(root, None)
        model = elpv_model(directory)
        pictures = sorted(root.rglob("*.png"))
        some = pictures[:: len(pictures) // _PICTURES]
        with scratch_database() as database:
            stored = load(database, root, model).stored
            yield _pace(f"plain cosine among {stored:,}", 5, _added_ms(database, model, some, approximate=False))
        with scratch_database() as database:
            _fill(database, model)
            yield _pace(
                f"by the index among {_BEHIND_THE_INDEX:,}", 15, _added_ms(database, model, some, approximate=True)
            )
        own = directory / "database"
        processes.run(own, "install")
        processes.run(own, "load", root, "--model", model.path)
        yield from _cold_starts(own, pictures[0], model.path)
