"""How search grows with the number of images: exact and by the index, beside faiss and scikit-learn.

`python -m bench scale` prints a table and writes bench/scale.svg. Vectors have 1,024 floats in five parts of ten
clusters; within a cluster they vary in 16 directions and a little noise, as embeddings of a network do, which have
far fewer degrees of freedom than dimensions. (With noise in all directions alone every neighbour is as far as any
other, and no graph finds the nearest.)
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import faiss
import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
import numpy as np
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
Vectors = NDArray[np.float32]


@dataclass(slots=True)
class Row:
    """What was measured with so many images. Times in milliseconds but for load, build and leave-one-out (s)."""

    images: int
    rows_a_second: float = 0.0
    build_s: float = 0.0
    megabytes: float = 0.0
    exact: tuple[float, float] = (0.0, 0.0)
    approximate: tuple[float, float] = (0.0, 0.0)
    exact_any: tuple[float, float] = (0.0, 0.0)
    approximate_any: tuple[float, float] = (0.0, 0.0)
    recall: float = 0.0
    loo_exact_s: float | None = None
    loo_index_s: float = 0.0
    loo_images: int = 0
    single_ms: float = 0.0
    faiss_flat: float = 0.0
    faiss_hnsw: float = 0.0
    faiss_recall: float = 0.0
    sklearn: float = 0.0


def _vectors(count: int, seed: int = 4) -> tuple[Vectors, NDArray[np.int64], NDArray[np.int64]]:
    """Vectors, the part of each, and its cluster."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(_PARTS, _CLUSTERS, _DIMENSION)).astype(np.float32)
    basis = random.normal(size=(_PARTS, _CLUSTERS, _DIRECTIONS, _DIMENSION)).astype(np.float32) / _DIRECTIONS**0.5
    parts = np.arange(count) % _PARTS
    clusters = random.integers(_CLUSTERS, size=count)
    made = np.empty((count, _DIMENSION), np.float32)
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


def _measure(count: int) -> Row:
    row = Row(count)
    vectors, parts, clusters = _vectors(count)
    random = np.random.default_rng(9)
    chosen = random.integers(count, size=_QUERIES)
    noise = 0.1 * random.normal(size=(_QUERIES, _DIMENSION))
    queries = [
        (np.abs(vectors[at] + noise[number]).astype(np.float32), f"part{parts[at]}") for number, at in enumerate(chosen)
    ]
    with scratch_database() as database:
        begun = time.perf_counter()
        copy_images(database, zip(parts.tolist(), clusters.tolist(), vectors, strict=True))
        row.rows_a_second = count / (time.perf_counter() - begun)
        analyze_images(database)

        def classify(**how: object) -> Callable[[Vectors, str], object]:
            return lambda vector, part: database.value(
                "img_classify.classify", p_embedding=vector, p_part=part, p_k=_K, **how
            )

        def nearest(vector: Vectors, part: str) -> object:
            return database.value("img_index.nearest", p_embedding=vector, p_part=part, p_k=1)

        def classify_any(**how: object) -> Callable[[Vectors, str], object]:
            return lambda vector, _: database.value("img_classify.classify", p_embedding=vector, p_k=_K, **how)

        row.exact = _percentiles(classify(), queries)
        row.exact_any = _percentiles(classify_any(), queries)
        if count <= 10_000:
            row.loo_exact_s = _evaluate(database)
        begun = time.perf_counter()
        database.call("img_index.create_index", p_parallel=os.cpu_count() or 1)
        row.build_s = time.perf_counter() - begun
        database.commit()
        ((megabytes,),) = database.execute("select megabytes from vw_vector_index").rows
        row.megabytes = float(megabytes)
        row.approximate = _percentiles(classify(p_approximate=1), queries)
        row.approximate_any = _percentiles(classify_any(p_approximate=1), queries)
        row.single_ms, _ = _percentiles(nearest, queries)
        row.loo_index_s = _evaluate(database, p_approximate=1)
        row.loo_images = int((parts == 0).sum())
        report = database.value("img_index.accuracy_report", p_samples=50, p_k=_K)
        ((recall,),) = database.execute(
            f"select recall from vw_vector_accuracy where report_id = {report} and target_accuracy = 95"
        ).rows
        row.recall = float(recall)
    _peers(row, vectors, parts, clusters, queries)
    return row


def _peers(
    row: Row,
    vectors: Vectors,
    parts: NDArray[np.int64],
    clusters: NDArray[np.int64],
    queries: list[tuple[Vectors, str]],
) -> None:
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

    row.faiss_flat, _ = _percentiles(lambda vector, part: flat[part].search(normal(vector), _K), queries)
    row.faiss_hnsw, _ = _percentiles(lambda vector, _: graph.search(normal(vector), _K), queries)
    row.sklearn, _ = _percentiles(lambda vector, part: classifier[part].predict(vector[np.newaxis]), queries)
    exact = faiss.IndexFlatIP(_DIMENSION)
    exact.add(unit)
    hits = [
        len(set(graph.search(normal(vector), _K)[1][0]) & set(exact.search(normal(vector), _K)[1][0]))
        for vector, _ in queries
    ]
    row.faiss_recall = sum(hits) / (_K * len(queries))


def _table(rows: list[Row]) -> Iterator[str]:
    def line(name: str, show: Callable[[Row], str]) -> str:
        return "| " + " | ".join([name, *(show(row) for row in rows)]) + " |"

    yield line("images", lambda row: f"{row.images:,}")
    yield "| --- |" + " --- |" * len(rows)
    yield line("copied into the table, rows a second", lambda row: f"{row.rows_a_second:,.0f}")
    yield line("HNSW built in", lambda row: f"{row.build_s:.1f} s")
    yield line("its size", lambda row: f"{row.megabytes:,.0f} MB")

    def both(times: tuple[float, float]) -> str:
        return f"{times[0]:.1f} / {times[1]:.1f} ms"

    yield line("classify within a part, exact, p50 / p95", lambda row: both(row.exact))
    yield line("classify within a part, by the index, p50 / p95", lambda row: both(row.approximate))
    yield line("classify among all, exact, p50 / p95", lambda row: both(row.exact_any))
    yield line("classify among all, by the index, p50 / p95", lambda row: both(row.approximate_any))
    yield line("recall@10 by the index, target accuracy 95", lambda row: f"{100 * row.recall:.1f} %")
    yield line(
        "leave-one-out of one part, exact", lambda row: f"{row.loo_exact_s:.1f} s" if row.loo_exact_s else "not run"
    )
    yield line("leave-one-out of one part, by the index", lambda row: f"{row.loo_index_s:.1f} s")
    yield line("faiss IndexFlatIP within a part, p50", lambda row: f"{row.faiss_flat:.2f} ms")
    yield line(
        "faiss IndexHNSWFlat among all, p50, recall@10",
        lambda row: f"{row.faiss_hnsw:.2f} ms, {100 * row.faiss_recall:.1f} %",
    )
    yield line("scikit-learn KNeighborsClassifier within a part, p50", lambda row: f"{row.sklearn:.1f} ms")


def _chart(rows: list[Row], path: Path) -> None:
    figure, axes = plt.subplots(figsize=(7, 4.5))
    images = [row.images for row in rows]
    lines: list[tuple[str, Callable[[Row], float], str, str]] = [
        ("classify, exact, among all", lambda row: row.exact_any[0], "o-", "#a4262c"),
        ("classify, exact, within a part", lambda row: row.exact[0], "o-", "#d98b8f"),
        ("classify, by the HNSW index", lambda row: row.approximate_any[0], "o-", "#0b6e4f"),
        ("scikit-learn, exact, within a part", lambda row: row.sklearn, "s--", "#c47f00"),
        ("faiss, exact, within a part", lambda row: row.faiss_flat, "^--", "#1f5fa8"),
        ("faiss, HNSW", lambda row: row.faiss_hnsw, "v--", "#6b4fa0"),
    ]
    for name, value, style, colour in lines:
        axes.plot(images, [value(row) for row in rows], style, color=colour, label=name)
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
    yield Result(
        f"leave-one-out by the index of {last.loo_images} images / as many single searches",
        last.loo_index_s / (last.loo_images * last.single_ms / 1000),
        2,
        at_least=False,
        detail=f"{last.loo_index_s:.1f} s; one search {last.single_ms:.2f} ms",
    )
    # For comparison: no target.
    for what, ours, name, theirs in (
        ("classify by the index", last.approximate_any[0], "faiss IndexHNSWFlat", last.faiss_hnsw),
        ("classify within a part, exact", last.exact[0], "faiss IndexFlatIP", last.faiss_flat),
        ("classify within a part, exact", last.exact[0], "scikit-learn KNeighborsClassifier", last.sklearn),
    ):
        print(f"{what} / {name}, p50: {ours / theirs:.1f} x  [{ours:.1f} ms / {theirs:.2f} ms]")
