"""EfficientNet-Lite0 in Keras, with the ImageNet weights of a PyTorch state dict.

The network is that of https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
(relu6, no squeeze-and-excitation, the stem and head not scaled).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from loader.export.torch_file import Tensors, TorchFileError, read_tensors

DIMENSION = 1280
_EPSILON = 1e-3
# repeats, kernel, stride, expansion, filters
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


def network(size: int) -> keras.Model:
    """The network from normalised pixels (size x size x 3) to embeddings of 1280, with random weights."""
    inputs = keras.Input((size, size, 3), name="normalised")
    x = keras.layers.Conv2D(32, 3, 2, padding="same", use_bias=False, name="_conv_stem")(inputs)
    x = _normalise(x, "_bn0", activate=True)
    index, filters_in = 0, 32
    for repeats, kernel, stride, expansion, filters in _STAGES:
        for repeat in range(repeats):
            x = _block(x, f"_blocks.{index}.", kernel, stride if repeat == 0 else 1, expansion, filters_in, filters)
            index, filters_in = index + 1, filters
    x = keras.layers.Conv2D(DIMENSION, 1, use_bias=False, name="_conv_head")(x)
    x = _normalise(x, "_bn1", activate=True)
    x = keras.layers.GlobalAveragePooling2D(name="embedding")(x)
    return keras.Model(inputs, x, name="efficientnet-lite0")


def _normalise(x: Any, name: str, *, activate: bool) -> Any:
    x = keras.layers.BatchNormalization(epsilon=_EPSILON, name=name)(x)
    return keras.layers.ReLU(6.0, name=f"{name}_relu6")(x) if activate else x


def _block(x: Any, name: str, kernel: int, stride: int, expansion: int, filters_in: int, filters: int) -> Any:
    shortcut = x
    if expansion != 1:
        x = keras.layers.Conv2D(filters_in * expansion, 1, use_bias=False, name=f"{name}_expand_conv")(x)
        x = _normalise(x, f"{name}_bn0", activate=True)
    x = keras.layers.DepthwiseConv2D(kernel, stride, padding="same", use_bias=False, name=f"{name}_depthwise_conv")(x)
    x = _normalise(x, f"{name}_bn1", activate=True)
    x = keras.layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_project_conv")(x)
    x = _normalise(x, f"{name}_bn2", activate=False)
    if stride == 1 and filters_in == filters:
        x = keras.layers.Add(name=f"{name}_add")([shortcut, x])
    return x


def load_weights(model: keras.Model, path: Path) -> None:
    """Put the weights of the state dict in `path` into `model`, every one of them.

    Raises TorchFileError where the file lacks a tensor or has one of another shape.
    """
    tensors = read_tensors(path)
    for layer in model.layers:
        if layer.weights:
            layer.set_weights(_weights_of(layer, tensors, path))


def _weights_of(layer: Any, tensors: Tensors, path: Path) -> list[NDArray[Any]]:
    if isinstance(layer, keras.layers.BatchNormalization):
        names = ["weight", "bias", "running_mean", "running_var"]
        values = [_tensor(tensors, f"{layer.name}.{name}", path) for name in names]
    elif isinstance(layer, keras.layers.DepthwiseConv2D):
        # out x 1 x height x width to height x width x out x 1
        values = [_tensor(tensors, f"{layer.name}.weight", path).transpose(2, 3, 0, 1)]
    else:
        values = [_tensor(tensors, f"{layer.name}.weight", path).transpose(2, 3, 1, 0)]
    for value, weight in zip(values, layer.weights, strict=True):
        if value.shape != tuple(weight.shape):
            raise TorchFileError(f"{path}: {layer.name} has the shape {value.shape}, not {tuple(weight.shape)}")
    return [np.ascontiguousarray(value, np.float32) for value in values]


def _tensor(tensors: Tensors, name: str, path: Path) -> NDArray[Any]:
    if name not in tensors:
        raise TorchFileError(f"{path} has no tensor {name}: it is not EfficientNet-Lite0")
    return tensors[name]
