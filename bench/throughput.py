"""Loading against the limit of the machine: the time to decode and to embed an image, spread over the cores."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from bench.result import Result
from loader.database.scratch import scratch_database
from loader.export import keras_to_onnx
from loader.images import read_image
from loader.layouts import label
from loader.load import load
from loader.model import Model

_IMAGES = 320


def _write(root: Path) -> list[Path]:
    """Photographs of a kind: smooth shapes and noise, 1024 x 768 JPEGs of some 200 kB."""
    random = np.random.default_rng(6)
    y, x = np.mgrid[0:768, 0:1024]
    paths = []
    (root / "labels" / "a" / "b").mkdir(parents=True)
    (root / "images").mkdir()
    for number in range(_IMAGES):
        waves = [127 + 80 * np.sin(x / random.uniform(20, 90) + y / random.uniform(20, 90)) for _ in range(3)]
        pixels = np.clip(np.stack(waves, -1) + random.normal(0, 12, (768, 1024, 3)), 0, 255).astype(np.uint8)
        path = root / "images" / f"{number}.jpg"
        Image.fromarray(pixels).save(path, quality=88)
        (root / "labels" / "a" / "b" / f"{number}.json").write_text(label(path.name, "part", "good"))
        paths.append(path)
    return paths


def _core_seconds_to_decode(model: Model, paths: list[Path]) -> float:
    begun = time.perf_counter()
    for path in paths:
        read_image(path, model.preprocessing)
    return (time.perf_counter() - begun) / len(paths)


def _core_seconds_to_embed(model: Model, cores: int) -> float:
    """Bare inference with every core busy, as it is in a load."""
    batch = np.random.default_rng(1).integers(0, 256, (4, 224, 224, 3), np.uint8)
    calls = 20 * cores
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(lambda _: model.embed(batch), range(cores)))
        begun = time.perf_counter()
        list(pool.map(lambda _: model.embed(batch), range(calls)))
        return (time.perf_counter() - begun) * cores / (calls * len(batch))


def run() -> Iterator[Result]:
    """DenseNet121 with random weights, which cost what others do."""
    cores = os.cpu_count() or 1
    spec = keras_to_onnx.NETWORKS["densenet121"]
    with tempfile.TemporaryDirectory(prefix="bench-") as directory, scratch_database() as database:
        root = Path(directory) / "Sample"
        root.mkdir()
        paths = _write(root)
        path = Path(directory) / "densenet121.onnx"
        keras_to_onnx.write(keras_to_onnx.random_densenet121(), "densenet121", path, spec.normalise, spec.preprocessing)
        model = Model(path)
        decode = _core_seconds_to_decode(model, paths)
        # Before and after, because a machine's speed drifts.
        before = _core_seconds_to_embed(model, cores)
        summary = load(database, root, model)
        after = _core_seconds_to_embed(model, cores)
        embed = (before + after) / 2
        limit = cores / (decode + embed)
        speed = summary.stored / summary.total_s
        yield Result(
            f"images a second, loading JPEGs of 1024 x 768 / the limit of {cores} cores",
            speed / limit,
            0.95,
            at_least=True,
            detail=f"{speed:.1f} / {limit:.1f}; decoding {1000 * decode:.1f} ms, network {1000 * embed:.1f} ms",
        )
