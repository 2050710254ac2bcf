"""Small ONNX networks as other tools write them: floats in, features out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

SIZE, FEATURES = 16, 6


def foreign_model(
    path: Path,
    *,
    batch: str | int = "batch",
    layout: str = "nchw",
    size: int | str = SIZE,
    kind: int = TensorProto.FLOAT,
    outputs: tuple[str, ...] = ("map",),
    opset: int = 17,
    reshape_to: int | None = None,
) -> Path:
    """Write a convolution with its features as a map, as tokens (the whole map's mean first), and as a vector.

    `reshape_to` bakes that many images into a Reshape, as a careless export does. `outputs` are those declared, of
    map, tokens, vector and classes.
    """
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    random = np.random.default_rng(3)
    weights = random.normal(size=(FEATURES, 3, 4, 4)).astype(dtype)
    steps = [helper.make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2])] if layout == "nhwc" else []
    planes = "planes" if steps else "pixels"
    cells = SIZE // 4 if isinstance(size, str) else size // 4
    steps += [
        helper.make_node("Conv", [planes, "weights"], ["raw"], strides=[4, 4]),
        helper.make_node("Relu", ["raw"], ["map_first"]),
        helper.make_node("GlobalAveragePool", ["map_first"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["vector"]),
        helper.make_node("Reshape", ["map_first", "flat"], ["rows"]),
        helper.make_node("Reshape", ["mean", "single"], ["token"]),
        helper.make_node("Concat", ["token", "rows"], ["tokens_first"], axis=2),
        helper.make_node("Transpose", ["tokens_first"], ["tokens"], perm=[0, 2, 1]),
        helper.make_node("ArgMax", ["vector"], ["classes"], axis=1),
    ]
    axes = [0, 2, 3, 1] if layout == "nhwc" else [0, 1, 2, 3]
    steps.append(helper.make_node("Transpose", ["map_first"], ["map"], perm=axes))
    first = 0 if reshape_to is None else reshape_to
    constants = {
        "weights": weights,
        "flat": np.array([first, FEATURES, -1], np.int64),
        "single": np.array([0, FEATURES, 1], np.int64),
    }
    map_shape = [batch, cells, cells, FEATURES] if layout == "nhwc" else [batch, FEATURES, cells, cells]
    shapes: dict[str, tuple[int, list[Any]]] = {
        "map": (kind, map_shape),
        "tokens": (kind, [batch, cells * cells + 1, FEATURES]),
        "vector": (kind, [batch, FEATURES]),
        "classes": (TensorProto.INT64, [batch, 1]),
    }
    shape = [batch, size, size, 3] if layout == "nhwc" else [batch, 3, size, size]
    graph = helper.make_graph(
        steps,
        "foreign",
        [helper.make_tensor_value_info("pixels", kind, shape)],
        [helper.make_tensor_value_info(name, *shapes[name]) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), path)


def save(model: ModelProto, path: Path) -> Path:
    path.write_bytes(model.SerializeToString())
    return path
