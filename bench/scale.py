"""How search grows with the number of images: exact and by the index, beside faiss and scikit-learn.

`python -m bench scale` prints a table and writes bench/scale.svg. `BENCH_SCALE=1000000` asks for other numbers of
images. Above 100,000 the peers, which keep everything in this process, and leave-one-out are not run.

Vectors have 1,024 floats in five parts of ten clusters; within a cluster they vary in 16 directions and a little
noise, as embeddings of a network do, which have far fewer degrees of freedom than dimensions. (With noise in all
directions alone every neighbour is as far as any other, and no graph finds the nearest.)
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import faiss
import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
import numpy as np
import psutil
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier

from bench.data import analyze_images, copy_images, elpv_database
from bench.result import Result
from loader.config import PROJECT
from loader.database.embedded import EmbeddedDatabase
from loader.database.scratch import scratch_database

_COUNTS = tuple(int(count) for count in os.environ.get("BENCH_SCALE", "1000,10000,100000").split(","))
_DIMENSION, _PARTS, _CLUSTERS, _DIRECTIONS = 1_024, 5, 10, 16
_QUERIES, _K = 60, 10
_ALL_IN_MEMORY = 100_000
Vectors = NDArray[np.float32]


@dataclass(slots=True)
class Row:
    """What was measured with so many images. Times in milliseconds but for load, build and leave-one-out (s)."""

    images: int
    rows_a_second: float = 0.0
    build_s: float = 0.0
    megabytes: float = 0.0
    table_megabytes: float = 0.0
    build_megabytes: float = 0.0
    exact: tuple[float, float] = (0.0, 0.0)
    approximate: tuple[float, float] = (0.0, 0.0)
    exact_any: tuple[float, float] = (0.0, 0.0)
    approximate_any: tuple[float, float] = (0.0, 0.0)
    recall: float = 0.0
    loo_exact_s: float | None = None
    loo_index_s: float | None = None
    loo_images: int = 0
    single_ms: float = 0.0
    peers: Peers | None = None


@dataclass(slots=True)
class Peers:
    """Median milliseconds of the same search by libraries."""

    faiss_flat: float
    faiss_hnsw: float
    faiss_recall: float
    sklearn: float


def _vectors(count: int, path: Path, seed: int = 4) -> tuple[Vectors, NDArray[np.int64], NDArray[np.int64]]:
    """Vectors, in a file, the part of each, and its cluster."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(_PARTS, _CLUSTERS, _DIMENSION)).astype(np.float32)
    basis = random.normal(size=(_PARTS, _CLUSTERS, _DIRECTIONS, _DIMENSION)).astype(np.float32) / _DIRECTIONS**0.5
    parts = np.arange(count) % _PARTS
    clusters = random.integers(_CLUSTERS, size=count)
    made = np.lib.format.open_memmap(path, "w+", np.float32, (count, _DIMENSION))
    for at in range(count):
        place = parts[at], clusters[at]
        varied = random.normal(size=_DIRECTIONS).astype(np.float32) @ basis[place]
        made[at] = np.abs(centres[place] + varied + 0.1 * random.normal(size=_DIMENSION))
    return made, parts, clusters


def _percentiles(ask: Callable[[Vectors, str], object], queries: list[tuple[Vectors, str]]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds, after some to warm up."""
    times = []
    for number, (vector, part) in enumerate(queries):
        begun = time.perf_counter()
        ask(vector, part)
        if number >= _QUERIES // 6:
            times.append(1000 * (time.perf_counter() - begun))
    return float(np.percentile(times, 50)), float(np.percentile(times, 95))


def _evaluate(database: EmbeddedDatabase, **parameters: object) -> float:
    begun = time.perf_counter()
    database.value("img_classify.evaluate", p_k=1, p_part="part0", **parameters)
    seconds = time.perf_counter() - begun
    database.rollback()
    return seconds


@contextlib.contextmanager
def _peak_memory(database: EmbeddedDatabase) -> Iterator[list[float]]:
    """The most megabytes that the server's processes had while the block ran, pages that they share counted once."""
    server = psutil.Process(database.session.connection.info.backend_pid).parent()
    assert server is not None
    peak, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(10):
            processes = [server, *server.children()]
            used = 0.0
            for process in processes:
                with contextlib.suppress(psutil.Error):
                    used += process.memory_full_info().pss / 1e6
            peak[0] = max(peak[0], used)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _measure(count: int) -> Row:
    row = Row(count)
    with tempfile.TemporaryDirectory(prefix="bench-") as directory, scratch_database() as database:
        vectors, parts, clusters = _vectors(count, Path(directory) / "vectors.npy")
        random = np.random.default_rng(9)
        chosen = random.integers(count, size=_QUERIES)
        noise = 0.1 * random.normal(size=(_QUERIES, _DIMENSION))
        queries = [
            (np.abs(vectors[at] + noise[number]).astype(np.float32), f"part{parts[at]}")
            for number, at in enumerate(chosen)
        ]
        begun = time.perf_counter()
        copy_images(database, zip(parts.tolist(), clusters.tolist(), vectors, strict=True))
        row.rows_a_second = count / (time.perf_counter() - begun)
        analyze_images(database)
        ((size,),) = database.session.connection.execute("select pg_total_relation_size('app.image_demo1')")
        row.table_megabytes = size / 1e6
        _say(count, f"copied, {row.rows_a_second:,.0f} rows a second, {row.table_megabytes:,.0f} MB")
        _search(database, row, queries, int((parts == 0).sum()))
        if count <= _ALL_IN_MEMORY:
            row.peers = _peers(vectors, parts, clusters, queries)
    return row


def _say(count: int, what: str) -> None:
    print(f"  {count:,} images: {what}", flush=True)


def _search(database: EmbeddedDatabase, row: Row, queries: list[tuple[Vectors, str]], in_a_part: int) -> None:
    """Exact search, the making of the index, search by the index, and the share that it finds."""

    def classify(**how: object) -> Callable[[Vectors, str], object]:
        return lambda vector, part: database.value(
            "img_classify.classify", p_embedding=vector, p_part=part, p_k=_K, **how
        )

    def nearest(vector: Vectors, part: str) -> object:
        return database.value("img_index.nearest", p_embedding=vector, p_part=part, p_k=1)

    def classify_any(**how: object) -> Callable[[Vectors, str], object]:
        return lambda vector, _: database.value("img_classify.classify", p_embedding=vector, p_k=_K, **how)

    row.exact = _percentiles(classify(), queries)
    _say(row.images, f"exact within a part {row.exact[0]:.1f} / {row.exact[1]:.1f} ms")
    row.exact_any = _percentiles(classify_any(), queries)
    _say(row.images, f"exact among all {row.exact_any[0]:.1f} / {row.exact_any[1]:.1f} ms")
    if row.images <= 10_000:
        row.loo_exact_s = _evaluate(database)
    begun = time.perf_counter()
    with _peak_memory(database) as peak:
        database.call("img_index.create_index", p_parallel=os.cpu_count() or 1)
        row.build_s = time.perf_counter() - begun
    row.build_megabytes = peak[0]
    database.commit()
    ((megabytes,),) = database.execute("select megabytes from vw_vector_index").rows
    row.megabytes = float(megabytes)
    _say(row.images, f"index made in {row.build_s:.0f} s, {row.megabytes:,.0f} MB, at most {peak[0]:,.0f} MB of memory")
    row.approximate = _percentiles(classify(p_approximate=1), queries)
    row.approximate_any = _percentiles(classify_any(p_approximate=1), queries)
    _say(
        row.images, f"by the index {row.approximate[0]:.1f} ms within a part, {row.approximate_any[0]:.1f} ms among all"
    )
    row.single_ms, _ = _percentiles(nearest, queries)
    if row.images <= _ALL_IN_MEMORY:
        row.loo_index_s = _evaluate(database, p_approximate=1)
    row.loo_images = in_a_part
    report = database.value("img_index.accuracy_report", p_samples=50, p_k=_K)
    ((recall,),) = database.execute(
        f"select recall from vw_vector_accuracy where report_id = {report} and target_accuracy = 95"
    ).rows
    row.recall = float(recall)


def _peers(
    vectors: Vectors,
    parts: NDArray[np.int64],
    clusters: NDArray[np.int64],
    queries: list[tuple[Vectors, str]],
) -> Peers:
    """The same search in memory, by libraries, one thread: within the part where it is exact, as ours is."""
    faiss.omp_set_num_threads(1)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    flat: dict[str, faiss.IndexFlatIP] = {}
    classifier: dict[str, KNeighborsClassifier] = {}
    for part in range(_PARTS):
        mine = parts == part
        flat[f"part{part}"] = faiss.IndexFlatIP(_DIMENSION)
        flat[f"part{part}"].add(unit[mine])
        classifier[f"part{part}"] = KNeighborsClassifier(_K, metric="cosine", algorithm="brute", n_jobs=1).fit(
            vectors[mine], clusters[mine] % 2
        )
    graph = faiss.IndexHNSWFlat(_DIMENSION, 16, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction = 200
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    graph.add(unit)
    faiss.omp_set_num_threads(1)
    # What our target accuracy of 95 is on pgvector.
    graph.hnsw.efSearch = 100

    def normal(vector: Vectors) -> Vectors:
        return (vector / np.linalg.norm(vector))[np.newaxis]

    exact = faiss.IndexFlatIP(_DIMENSION)
    exact.add(unit)
    hits = [
        len(set(graph.search(normal(vector), _K)[1][0]) & set(exact.search(normal(vector), _K)[1][0]))
        for vector, _ in queries
    ]
    return Peers(
        faiss_flat=_percentiles(lambda vector, part: flat[part].search(normal(vector), _K), queries)[0],
        faiss_hnsw=_percentiles(lambda vector, _: graph.search(normal(vector), _K), queries)[0],
        faiss_recall=sum(hits) / (_K * len(queries)),
        sklearn=_percentiles(lambda vector, part: classifier[part].predict(vector[np.newaxis]), queries)[0],
    )


def _table(rows: list[Row]) -> Iterator[str]:
    def line(name: str, show: Callable[[Row], str]) -> str:
        return "| " + " | ".join([name, *(show(row) for row in rows)]) + " |"

    yield line("images", lambda row: f"{row.images:,}")
    yield "| --- |" + " --- |" * len(rows)
    yield line("copied into the table, rows a second", lambda row: f"{row.rows_a_second:,.0f}")
    yield line("HNSW built in", lambda row: f"{row.build_s:.1f} s")
    yield line("its size", lambda row: f"{row.megabytes:,.0f} MB")
    yield line("the table's size", lambda row: f"{row.table_megabytes:,.0f} MB")
    yield line("memory of the server while the index is made", lambda row: f"{row.build_megabytes:,.0f} MB")

    def both(times: tuple[float, float]) -> str:
        return f"{times[0]:.1f} / {times[1]:.1f} ms"

    yield line("classify within a part, exact, p50 / p95", lambda row: both(row.exact))
    yield line("classify within a part, by the index, p50 / p95", lambda row: both(row.approximate))
    yield line("classify among all, exact, p50 / p95", lambda row: both(row.exact_any))
    yield line("classify among all, by the index, p50 / p95", lambda row: both(row.approximate_any))
    yield line("recall@10 by the index, target accuracy 95", lambda row: f"{100 * row.recall:.1f} %")
    yield line("leave-one-out of one part, exact", lambda row: _or_not_run(row.loo_exact_s))
    yield line("leave-one-out of one part, by the index", lambda row: _or_not_run(row.loo_index_s))

    def peer(name: str, show: Callable[[Peers], str]) -> str:
        return line(name, lambda row: show(row.peers) if row.peers else "not run")

    yield peer("faiss IndexFlatIP within a part, p50", lambda peers: f"{peers.faiss_flat:.2f} ms")
    yield peer(
        "faiss IndexHNSWFlat among all, p50, recall@10",
        lambda peers: f"{peers.faiss_hnsw:.2f} ms, {100 * peers.faiss_recall:.1f} %",
    )
    yield peer("scikit-learn KNeighborsClassifier within a part, p50", lambda peers: f"{peers.sklearn:.1f} ms")


def _or_not_run(seconds: float | None) -> str:
    return "not run" if seconds is None else f"{seconds:.1f} s"


def _chart(rows: list[Row], path: Path) -> None:
    figure, axes = plt.subplots(figsize=(7, 4.5))
    lines: list[tuple[str, Callable[[Row], float | None], str, str]] = [
        ("classify, exact, among all", lambda row: row.exact_any[0], "o-", "#a4262c"),
        ("classify, exact, within a part", lambda row: row.exact[0], "o-", "#d98b8f"),
        ("classify, by the HNSW index", lambda row: row.approximate_any[0], "o-", "#0b6e4f"),
        ("scikit-learn, exact, within a part", lambda row: row.peers.sklearn if row.peers else None, "s--", "#c47f00"),
        ("faiss, exact, within a part", lambda row: row.peers.faiss_flat if row.peers else None, "^--", "#1f5fa8"),
        ("faiss, HNSW", lambda row: row.peers.faiss_hnsw if row.peers else None, "v--", "#6b4fa0"),
    ]
    for name, value, style, colour in lines:
        shown = [(row.images, value(row)) for row in rows if value(row) is not None]
        axes.plot(*zip(*shown, strict=True), style, color=colour, label=name)
    axes.set(xscale="log", yscale="log", xlabel="images, in five parts", ylabel="one search, median, ms")
    axes.grid(which="both", alpha=0.25)
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _real() -> Iterator[str]:
    """All pictures of the ELPV data set, EfficientNet-Lite0."""
    with elpv_database() as (database, _):
        for kind in ("HNSW", "IVF"):
            database.call("img_index.create_index", p_kind=kind)
            yield f"  2,624 real embeddings of 1,280 floats, {kind}:"
            lines: list[str] = []
            database.execute("begin img_index.measure(200, 10); end;", output=lines.append)
            yield from (f"    {line}" for line in lines)
            database.call("img_index.drop_index")
            database.commit()


def run() -> Iterator[Result]:
    """1,000, 10,000 and 100,000 images, unless BENCH_SCALE says other numbers, separated by commas."""
    rows = [_measure(count) for count in _COUNTS]
    for line in _table(rows):
        print(line)
    if len(rows) > 1:
        _chart(rows, PROJECT / "bench" / "scale.svg")
    for line in _real():
        print(line)
    last = rows[-1]
    yield Result(
        f"recall@10 by the index, {last.images} x {_DIMENSION}, target accuracy 95",
        last.recall,
        0.99,
        at_least=True,
        unit="",
    )
    yield Result(
        f"classify among all, exact / by the index, p50, {last.images} x {_DIMENSION}",
        last.exact_any[0] / last.approximate_any[0],
        20,
        at_least=True,
        detail=f"{last.exact_any[0]:.1f} ms / {last.approximate_any[0]:.1f} ms",
    )
    if last.loo_index_s is not None:
        yield Result(
            f"leave-one-out by the index of {last.loo_images} images / as many single searches",
            last.loo_index_s / (last.loo_images * last.single_ms / 1000),
            2,
            at_least=False,
            detail=f"{last.loo_index_s:.1f} s; one search {last.single_ms:.2f} ms",
        )
    if last.peers is None:
        return
    # For comparison: no target.
    for what, ours, name, theirs in (
        ("classify by the index", last.approximate_any[0], "faiss IndexHNSWFlat", last.peers.faiss_hnsw),
        ("classify within a part, exact", last.exact[0], "faiss IndexFlatIP", last.peers.faiss_flat),
        ("classify within a part, exact", last.exact[0], "scikit-learn KNeighborsClassifier", last.peers.sklearn),
    ):
        print(f"{what} / {name}, p50: {ours / theirs:.1f} x  [{ours:.1f} ms / {theirs:.2f} ms]")
