"""Quantises a model to int8 with the user's own images, and measures what that gains and costs."""

from __future__ import annotations

import hashlib
import heapq
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from loader.config import ConfigurationError
from loader.embedded.scratch import scratch_database
from loader.images import ImageError, read_image
from loader.labels import Tree, walk
from loader.layouts import LabelItem, Layout
from loader.load import load
from loader.model import INT8, NAME, Model, Preprocessing

# Images that calibrate, and labels with their images that are compared.
CALIBRATION, COMPARED = 64, 500
# A gain in speed below this is not worth another model.
WORTHWHILE = 2.0
_BATCH = 4


@dataclass(frozen=True, slots=True)
class Trial:
    """A quantised model beside the exact one.

    `cosine_least` and `cosine_mean` compare the two embeddings of the same images, at most CALIBRATION of them.
    `exact_right` and `int8_right` of `tested` images have their nearest neighbour's quality (leave-one-out, within
    the part); `p_value` is McNemar's. `exact_speed` and `int8_speed` are images a second of the networks alone, on
    all cores.
    """

    cosine_least: float
    cosine_mean: float
    tested: int
    exact_right: int
    int8_right: int
    p_value: float
    exact_speed: float
    int8_speed: float

    @property
    def gain(self) -> float:
        """How many times faster int8 is."""
        return self.int8_speed / self.exact_speed


def export_int8(source: Path, root: Path, path: Path, layout: Layout) -> Trial:
    """Quantise the model `source` with images below `root` and write it to `path`; how it compares.

    The images are chosen by a hash of their paths: always the same ones, spread over all. Raises
    ConfigurationError where there is no image or no label to work with, or the model is quantised already.
    """
    exact = Model(source)
    if exact.name.endswith(INT8):
        raise ConfigurationError(f"{source} is quantised already")
    tree = walk(root)
    images = list(_calibration_images(tree, exact.preprocessing))
    if not images:
        raise ConfigurationError(f"there is no image below {root} to calibrate with")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as directory:
        draft = Path(directory) / path.name
        quantise(source, images, draft)
        trial = _compare(exact, Model(draft), images, root, layout)
        draft.replace(path)
    return trial


def quantise(source: Path, images: Iterable[NDArray[np.uint8]], path: Path) -> None:
    """Write an int8 form of `source` to `path`: static, weights per channel, ranges as `images` show them.

    Weights and activations become QuantizeLinear and DequantizeLinear pairs, which ONNX Runtime fuses into
    integer convolutions.
    """

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._images = iter(images)

        def get_next(self) -> dict[str, Any] | None:
            image = next(self._images, None)
            return None if image is None else {"image": image[np.newaxis]}

    prepared = path.with_suffix(".prepared.onnx")
    level = logging.root.level
    logging.root.setLevel(logging.ERROR)  # it advises to do what is done here
    try:
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(path),
            Reader(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    finally:
        logging.root.setLevel(level)
        prepared.unlink(missing_ok=True)
    graph = onnx.load(str(path))
    properties = {entry.key: entry.value for entry in onnx.load(str(source)).metadata_props}
    onnx.helper.set_model_props(graph, properties | {NAME: properties[NAME] + INT8})
    path.write_bytes(graph.SerializeToString(deterministic=True))


def _by_hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _calibration_images(tree: Tree, preprocessing: Preprocessing) -> Iterator[NDArray[np.uint8]]:
    """Some of the images of a tree; files that are no images are passed over."""
    count = 0
    # Some more than are needed, since not every file is an image.
    for path in heapq.nsmallest(4 * CALIBRATION, tree.images(), key=_by_hash):
        try:
            yield read_image(tree.root / path, preprocessing)
        except ImageError:
            continue
        count += 1
        if count == CALIBRATION:
            return


def _compare(exact: Model, int8: Model, images: list[NDArray[np.uint8]], root: Path, layout: Layout) -> Trial:
    batches = [np.stack(images[at : at + _BATCH]) for at in range(0, len(images), _BATCH)]
    (before, exact_speed), (after, int8_speed) = (_embed(model, batches) for model in (exact, int8))
    cosines = (before * after).sum(axis=1) / np.linalg.norm(before, axis=1) / np.linalg.norm(after, axis=1)

    def some(tree: Tree) -> Iterator[LabelItem]:
        return iter(heapq.nsmallest(COMPARED, layout(tree), key=lambda item: _by_hash(item.path)))

    # The database's own leave-one-out, over the same labels with either model.
    with scratch_database() as database:
        runs = []
        for model in (exact, int8):
            load(database, root, model, layout=some, replace_model=True)
            runs.append(database.value("img_classify.evaluate", p_k=1))
        counts = json.loads(database.value("img_classify.mcnemar", p_run_a=runs[0], p_run_b=runs[1]))
        database.rollback()
    return Trial(
        cosine_least=float(cosines.min()),
        cosine_mean=float(cosines.mean()),
        tested=sum(int(counts[key]) for key in ("both_right", "only_a", "only_b", "both_wrong")),
        exact_right=int(counts["both_right"] + counts["only_a"]),
        int8_right=int(counts["both_right"] + counts["only_b"]),
        p_value=float(counts["p_value"]),
        exact_speed=exact_speed,
        int8_speed=int8_speed,
    )


def _embed(model: Model, batches: list[NDArray[np.uint8]]) -> tuple[NDArray[np.float32], float]:
    """The embeddings, and images a second with every core busy: the best of three rounds."""
    cores = os.cpu_count() or 1
    embed: Callable[[NDArray[np.uint8]], NDArray[np.float32]] = model.embed
    best = float("inf")
    with ThreadPoolExecutor(cores) as pool:
        for _ in range(3):
            begun = time.perf_counter()
            found = list(pool.map(embed, batches))
            best = min(best, time.perf_counter() - begun)
    embeddings = np.concatenate(found)
    return embeddings, len(embeddings) / best
