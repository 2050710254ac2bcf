"""Wraps a network into a graph that takes RGB bytes (n x s x s x 3) and gives vectors (n x d) of float32.

The nodes put around it exist unchanged in every operator set from 9 on, so that a network keeps its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, compose, helper, numpy_helper

from loader.export.import_settings import AVERAGE, TOKEN, Three

INPUT, OUTPUT = "image", "embedding"
# Before every name of the network, so that none is one of the names here.
_PREFIX = "network/"
_IR_VERSION = 8


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What is put around a network of one input and one output.

    `type` is the input's (an ONNX element type). `normalise` are scale, mean and standard deviation, None where the
    network takes bytes. `rank` and `dimension` are the output's rank and the vector's length. `one_by_one` runs it
    for one image after the other, where it takes no more at once.
    """

    size: int
    type: int
    channels_first: bool
    reverse_channels: bool
    normalise: tuple[float, Three, Three] | None
    pooling: str
    rank: int
    dimension: int
    one_by_one: bool


def cut_out(model: onnx.ModelProto, inputs: str, output: str) -> tuple[onnx.ModelProto, list[str]]:
    """What of the model computes `output` from `inputs`, and the names of other inputs that this needs."""
    graph = model.graph
    wanted = {output}
    nodes = []
    for node in reversed(graph.node):
        if not wanted.isdisjoint(node.output):
            nodes.append(node)
            wanted |= set(_names_used(node))
    constants = {tensor.name for tensor in graph.initializer} | {t.values.name for t in graph.sparse_initializer}
    missing = [port.name for port in graph.input if port.name in wanted - constants - {inputs}]
    cut = helper.make_graph(
        nodes[::-1],
        graph.name or "network",
        [port for port in graph.input if port.name == inputs],
        [next((p for p in graph.output if p.name == output), onnx.ValueInfoProto(name=output))],
        [tensor for tensor in graph.initializer if tensor.name in wanted],
        sparse_initializer=[tensor for tensor in graph.sparse_initializer if tensor.values.name in wanted],
    )
    return _model(cut, model), missing


def _names_used(node: onnx.NodeProto) -> Iterator[str]:
    """The values that a node reads, those that its branches and loops read from around it among them."""
    yield from node.input
    for attribute in node.attribute:
        for graph in (attribute.g, *attribute.graphs):
            for inner in graph.node:
                yield from _names_used(inner)
            yield from (port.name for port in graph.output)


def _model(graph: onnx.GraphProto, like: onnx.ModelProto) -> onnx.ModelProto:
    return helper.make_model(
        graph,
        opset_imports=like.opset_import,
        functions=like.functions,
        # From version 4 on, constants need not stand among the inputs.
        ir_version=max(like.ir_version, _IR_VERSION),
    )


class _Steps:
    """Nodes and constants in the making, one after the other; each step's value has a name."""

    def __init__(self, network: onnx.GraphProto) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.tensors = list(network.initializer)

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add a node; the name of its value."""
        name = output or f"step {len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, value: NDArray[Any]) -> str:
        """Add a constant; its name."""
        name = f"constant {len(self.tensors)}"
        self.tensors.append(numpy_helper.from_array(value, name))
        return name

    def reshape(self, value: str, shape: list[int]) -> str:
        """Add a reshaping; the name of its value."""
        return self.add("Reshape", value, self.constant(np.array(shape, np.int64)))


def wrap(network: onnx.ModelProto, wrapping: Wrapping) -> onnx.ModelProto:
    """The network, as cut_out gives it, behind its normalisation and before its pooling."""
    inner = compose.add_prefix(network, _PREFIX)
    (entrance,), (result,) = inner.graph.input, inner.graph.output
    size, dimension = wrapping.size, wrapping.dimension
    source = "one image" if wrapping.one_by_one else INPUT

    steps = _Steps(inner.graph)
    pixels = steps.reshape(source, [1 if wrapping.one_by_one else -1, size, size, 3])
    steps.add("Identity", _normalised(steps, pixels, wrapping), output=entrance.name)
    steps.nodes += inner.graph.node
    vectors = _pooled(steps, steps.add("Cast", result.name, to=TensorProto.FLOAT), wrapping)
    if wrapping.one_by_one:
        vector = steps.reshape(vectors, [dimension])
        body = _graph(steps, (source, [size, size, 3]), (vector, [dimension]), inner.graph)
        steps = _Steps(onnx.GraphProto())
        steps.add("Scan", INPUT, output=OUTPUT, body=body, num_scan_inputs=1)
    else:
        steps.add("Reshape", vectors, steps.constant(np.array([-1, dimension], np.int64)), output=OUTPUT)
    ports = (INPUT, ["n", size, size, 3]), (OUTPUT, ["n", dimension])
    return _model(_graph(steps, *ports, onnx.GraphProto() if wrapping.one_by_one else inner.graph), inner)


_Shape = list[Any]


def _graph(
    steps: _Steps, source: tuple[str, _Shape], result: tuple[str, _Shape], network: onnx.GraphProto
) -> onnx.GraphProto:
    return helper.make_graph(
        steps.nodes,
        "embedding",
        [helper.make_tensor_value_info(source[0], TensorProto.UINT8, source[1])],
        [helper.make_tensor_value_info(result[0], TensorProto.FLOAT, result[1])],
        steps.tensors,
        sparse_initializer=network.sparse_initializer,
    )


def _normalised(steps: _Steps, pixels: str, wrapping: Wrapping) -> str:
    """The pixels (n x s x s x 3) as the network takes them."""
    value = pixels
    if wrapping.reverse_channels:
        value = steps.add("Gather", value, steps.constant(np.array([2, 1, 0], np.int64)), axis=3)
    if wrapping.normalise is not None:
        scale, mean, std = wrapping.normalise
        value = steps.add("Cast", value, to=TensorProto.FLOAT)
        value = steps.add("Sub", value, steps.constant(np.array(mean, np.float32) * np.float32(scale)))
        value = steps.add("Div", value, steps.constant(np.array(std, np.float32) * np.float32(scale)))
    if wrapping.channels_first:
        value = steps.add("Transpose", value, perm=[0, 3, 1, 2])
    return steps.add("Cast", value, to=wrapping.type)


def _pooled(steps: _Steps, features: str, wrapping: Wrapping) -> str:
    """The features as n x d, or with axes of length 1 behind."""
    if wrapping.pooling == TOKEN:
        return steps.add("Gather", features, steps.constant(np.array(0, np.int64)), axis=1)
    if wrapping.pooling == AVERAGE:
        # Features stand first after a network that takes channels first, and last among tokens.
        if wrapping.rank == 3 or not wrapping.channels_first:
            features = steps.add("Transpose", features, perm=[0, wrapping.rank - 1, *range(1, wrapping.rank - 1)])
        return steps.add("GlobalAveragePool", features)
    return features
