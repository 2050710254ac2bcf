"""A real ONNX model in a few kilobytes: the mean of a grid of cells, mixed by a random matrix."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from loader.model import DIMENSION, NAME, PREPROCESSING, Preprocessing

SIZE, OUT = 32, 24


def write_tiny_model(path: Path, *, name: str = "tiny", seed: int = 1, dimension: int = OUT, size: int = SIZE) -> Path:
    """Write the model to `path`: uint8 images of `size` x `size`, a multiple of 4, to embeddings of `dimension`."""
    matrix = np.random.default_rng(seed).normal(size=((size // 4) ** 2 * 3, dimension)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["image"], ["pixels"], to=TensorProto.FLOAT),
            helper.make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2]),
            helper.make_node("AveragePool", ["planes"], ["cells"], kernel_shape=[4, 4], strides=[4, 4]),
            helper.make_node("Flatten", ["cells"], ["flat"]),
            helper.make_node("MatMul", ["flat", "matrix"], ["embedding"]),
        ],
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", size, size, 3])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", dimension])],
        [numpy_helper.from_array(matrix, "matrix")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    preprocessing = Preprocessing(size, "nearest", "none")
    helper.set_model_props(model, {NAME: name, DIMENSION: str(dimension), PREPROCESSING: preprocessing.to_json()})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString(deterministic=True))
    return path


if __name__ == "__main__":
    write_tiny_model(Path(sys.argv[1]))
