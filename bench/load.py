"""Loading, against embedding one by one with Keras from a search of the tree for each image."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np

from bench.result import Result
from loader.database.scratch import scratch_database
from loader.export import keras_to_onnx
from loader.load import load
from loader.model import Model
from loader.sample import write_sample

_IMAGES = 120


def _one_by_one(root: Path, network: Any) -> int:
    """The way of a first script: for each label, walk the tree for its image, then predict."""
    done = 0
    for directory, _, names in os.walk(root):
        for name in names:
            if not name.endswith(".json"):
                continue
            label = json.loads((Path(directory) / name).read_text(encoding="utf-8"))
            wanted = label["images"][0]["file_name"]
            found = next(Path(d) / wanted for d, _, files in os.walk(root) if wanted in files)
            image = keras.utils.img_to_array(keras.utils.load_img(found, target_size=(224, 224)))
            network.predict(keras.applications.densenet.preprocess_input(image[np.newaxis]), verbose=0)
            done += 1
    return done


def run() -> Iterator[Result]:
    """DenseNet121 with random weights, which cost what others do."""
    spec = keras_to_onnx.NETWORKS["densenet121"]
    network = keras_to_onnx.random_densenet121()
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        root = Path(directory) / "Sample"
        write_sample(root, _IMAGES)
        path = Path(directory) / "densenet121.onnx"
        keras_to_onnx.write(network, "densenet121", path, spec.normalise, spec.preprocessing)
        model = Model(path)
        with scratch_database() as database:
            begun = time.perf_counter()
            summary = load(database, root, model)
            ours = summary.stored / (time.perf_counter() - begun)
        network.predict(np.zeros((1, 224, 224, 3), np.float32), verbose=0)  # builds its graph
        begun = time.perf_counter()
        keras_speed = _one_by_one(root, network) / (time.perf_counter() - begun)
        yield Result(
            "images a second, loading end to end / Keras one by one",
            ours / keras_speed,
            3,
            at_least=True,
            detail=f"DenseNet121, {_IMAGES} PNG of 300 x 300: {ours:.1f} / {keras_speed:.1f}",
        )
