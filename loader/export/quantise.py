"""Quantises a model to int8 with the user's own images, and measures what that gains and costs."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from loader.comparison import Comparison, compare, sample_images
from loader.config import ConfigurationError
from loader.database.scratch import scratch_database
from loader.drafts import draft
from loader.layouts import Layout
from loader.model import INT8, NAME, Model


def export_int8(source: Path, root: Path, path: Path, layout: Layout) -> Comparison:
    """Quantise the model `source` with images below `root` and write it to `path`; how it compares.

    Raises ConfigurationError where there is no image or no label to work with, or the model is quantised already.
    """
    exact = Model(source)
    if exact.name.endswith(INT8):
        raise ConfigurationError(f"{source} is quantised already")
    images = sample_images(root, exact.preprocessing)
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft(path) as place, scratch_database() as database:
        quantise(source, images, place)
        return compare(database, exact, Model(place), root, layout, k=1)


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
