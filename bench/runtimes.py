"""What runs the network: OpenVINO, bfloat16 and int8 against ONNX Runtime in float32, loading end to end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.result import Result
from loader.database.scratch import scratch_database
from loader.export import keras_to_onnx
from loader.export.quantise import quantise
from loader.images import read_image
from loader.linear import cosines
from loader.load import load
from loader.model import Model
from loader.sample import write_sample

_IMAGES, _CALIBRATION, _ROUNDS = 240, 64, 2


def run() -> Iterator[Result]:
    """DenseNet121 with random weights, which cost what others do; PNG pictures of 300 x 300."""
    spec = keras_to_onnx.NETWORKS["densenet121"]
    with tempfile.TemporaryDirectory(prefix="bench-") as path:
        directory = Path(path)
        root = directory / "Sample"
        write_sample(root, _IMAGES)
        exact = directory / "densenet121.onnx"
        keras_to_onnx.write(
            keras_to_onnx.random_densenet121(), "densenet121", exact, spec.normalise, spec.preprocessing
        )
        pictures = sorted(root.rglob("*.png"))
        images = [read_image(picture, spec.preprocessing) for picture in pictures[:_CALIBRATION]]
        int8 = directory / "densenet121-int8.onnx"
        quantise(exact, images, int8)
        models = {
            "ONNX Runtime, float32": Model(exact),
            "OpenVINO, float32": Model(exact, runtime="openvino"),
            "OpenVINO, bfloat16": Model(exact, runtime="openvino-bfloat16"),
            "ONNX Runtime, int8": Model(int8),
        }
        speeds = dict.fromkeys(models, 0.0)
        # In turn, and the best of each: a machine's speed drifts.
        for _ in range(_ROUNDS):
            for name, model in models.items():
                with scratch_database() as database:
                    summary = load(database, root, model)
                speeds[name] = max(speeds[name], summary.stored / summary.total_s)
        reference = np.stack(images[:8])
        base, *others = models
        expected = models[base].embed(reference)
        for name, target in zip(others, (1.0, 1.8, 2.0), strict=True):
            found = models[name].embed(reference)
            yield Result(
                f"images a second, loading by {name} / by {base}",
                speeds[name] / speeds[base],
                target,
                at_least=True,
                detail=f"{speeds[name]:.1f} / {speeds[base]:.1f}; smallest cosine {cosines(expected, found).min():.7f}",
            )
