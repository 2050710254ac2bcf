"""One picture at a time, as a camera gives them: what the database adds to decoding and the network, and a cold start.

Each is told by the time that passed and by processor time, which other work on the machine hardly changes.

`BENCH_PACE` is the number of vectors behind the index (default: 100,000).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

import numpy as np
import psutil

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
# What a process that embeds a picture and asks the database can not do without.
_IMPORTS = "import numpy, onnxruntime, PIL.Image, psycopg"


@dataclass(frozen=True, slots=True)
class _Pace:
    """Of one picture, in milliseconds: medians of what decoding and network take, of what classifying takes beyond
    them, and of a bare query for the nearest; and the mean processor time of client and server beyond the first."""

    alone: float
    added: float
    bare: float
    processor: float


def _processor_s(database: EmbeddedDatabase) -> float:
    """The processor time of this process and of its session's in the server."""
    server = psutil.Process(database.session.connection.info.backend_pid).cpu_times()
    return time.process_time() + server.user + server.system


def _measured(database: EmbeddedDatabase, model: Model, paths: Sequence[Path], *, approximate: bool) -> _Pace:
    """One picture after the other: decoded and embedded alone, then classified."""
    alone, whole, bare, vectors = [], [], [], []
    alone_processor, before = 0.0, _processor_s(database)
    for path in paths:
        begun, processor = time.perf_counter(), time.process_time()
        vectors.append(model.embed(read_image(path, model.preprocessing)[np.newaxis])[0])
        read = time.perf_counter()
        alone_processor += time.process_time() - processor
        classify(database, model, [path], k=_K, approximate=approximate)
        alone.append(read - begun)
        whole.append(time.perf_counter() - read)
    processor = _processor_s(database) - before - 2 * alone_processor
    # As the index has it: of one dimension.
    nearest = (
        f"select image_id from app.image_demo1 order by embedding::vector({model.dimension}) <=> %b::vector limit {_K}"
    )
    for vector in vectors:
        begun = time.perf_counter()
        database.session.connection.execute(nearest, [vector]).fetchall()
        bare.append(time.perf_counter() - begun)
    database.rollback()
    added = median(whole) - median(alone)
    return _Pace(*(1000 * s for s in (median(alone), added, median(bare), processor / len(paths))))


def _results(what: str, most_ms: float, pace: _Pace) -> Iterator[Result]:
    for measure, value in (("median", pace.added), ("processor time of client and server", pace.processor)):
        yield Result(
            f"one picture, {what}: beyond decoding and network, {measure}",
            value,
            most_ms,
            at_least=False,
            unit="ms",
            detail=f"decoding and network {pace.alone:.1f} ms, a bare query for the {_K} nearest {pace.bare:.1f} ms",
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


def _seconds(start: Callable[[], object], before: Callable[[], None]) -> tuple[float, float]:
    """The medians of the time that a command takes, and of its processor time, after something that is not measured."""
    passed, processor = [], []
    for _ in range(_STARTS):
        before()
        spent, begun = getrusage(RUSAGE_CHILDREN), time.perf_counter()
        start()
        passed.append(time.perf_counter() - begun)
        after = getrusage(RUSAGE_CHILDREN)
        processor.append(after.ru_utime + after.ru_stime - spent.ru_utime - spent.ru_stime)
    return median(passed), median(processor)


def _cold_starts(database: Path, picture: Path, model: Path) -> Iterator[Result]:
    """The command from its start to its end, with the server running and without."""

    def run() -> None:
        processes.run(database, "classify", picture, "--model", model, "--k", str(_K))

    run()
    bare = _seconds(lambda: subprocess.run([sys.executable, "-c", _IMPORTS], check=True), lambda: None)
    for what, most_s, before in (
        ("stopped", 1.0, lambda: processes.run(database, "stop")),
        ("running", 0.7, lambda: processes.run(database, "start")),
    ):
        times = zip(("median", "processor time"), _seconds(run, before), bare, strict=True)
        for measure, seconds, imports in times:
            yield Result(
                f"`classify` of one picture from a cold start, the server {what}, {measure}",
                seconds,
                most_s,
                at_least=False,
                unit="s",
                detail=f"`{_IMPORTS}` alone {imports:.2f} s",
            )
    processes.run(database, "stop")


def run() -> Iterator[Result]:
    """All 2,624 pictures of the ELPV data set with EfficientNet-Lite0; cold starts; then vectors behind an index."""
    with tempfile.TemporaryDirectory(prefix="bench-") as path:
        directory = Path(path)
        root = directory / "Sample"
        write_sample(root, None)
        model = elpv_model(directory)
        pictures = sorted(root.rglob("*.png"))
        some = pictures[:: len(pictures) // _PICTURES]
        with scratch_database() as database:
            stored = load(database, root, model).stored
            pace = _measured(database, model, some, approximate=False)
            yield from _results(f"plain cosine among {stored:,}", 5, pace)
        own = directory / "database"
        processes.run(own, "install")
        processes.run(own, "load", root, "--model", model.path)
        yield from _cold_starts(own, pictures[0], model.path)
        with scratch_database() as database:
            _fill(database, model)
            pace = _measured(database, model, some, approximate=True)
            yield from _results(f"by the index among {_BEHIND_THE_INDEX:,}", 15, pace)
