"""What a network's file offers, held against what its user says of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper

from loader.config import ConfigurationError
from loader.export.import_settings import LAYOUTS, ImportSettings, Three

# The operator sets that the nodes around a network are of.
_OLDEST_OPSET = 9
_FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE)
_LISTED = 10

Shape = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output as the file declares it."""

    name: str
    type: int
    shape: Shape

    @classmethod
    def of(cls, value: onnx.ValueInfoProto) -> Port:
        """The port of a graph's input or output."""
        tensor = value.type.tensor_type
        dimensions = tensor.shape.dim
        shape = tuple(d.dim_value if d.HasField("dim_value") else d.dim_param or "?" for d in dimensions)
        return cls(value.name, tensor.elem_type, shape)

    def __str__(self) -> str:
        kind = helper.tensor_dtype_to_np_dtype(self.type).name if self.type else "of unknown type"
        return f"{self.name} ({kind}, {shown(self.shape)})"


def shown(shape: Shape) -> str:
    """A shape for people."""
    return " x ".join(map(str, shape)) or "of unknown shape"


def read_network(file: Path) -> onnx.ModelProto:
    """The network in the file. Raises ConfigurationError."""
    try:
        model = onnx.load(str(file))
    except (OSError, DecodeError, ValueError, onnx.checker.ValidationError) as error:
        raise ConfigurationError(f"{file} can not be read as an ONNX model: {error}") from error
    if not model.graph.node:
        raise ConfigurationError(f"{file} can not be read as an ONNX model: it has no graph")
    opset = max((entry.version for entry in model.opset_import if not entry.domain), default=1)
    if opset < _OLDEST_OPSET:
        raise ConfigurationError(f"{file} is of operator set {opset}: export it again, with {_OLDEST_OPSET} or later")
    return model


@dataclass(frozen=True, slots=True)
class Plan:
    """How the network is fed: its input, and the name of the output that is taken.

    `normalise` are scale, mean and standard deviation, None where the input takes bytes.
    """

    input: Port
    output: str
    size: int
    channels_first: bool
    normalise: tuple[float, Three, Three] | None

    def channel_axis(self, rank: int) -> int:
        """Where the channels of features are: of tokens (n x t x d) last, of a map as in the input."""
        return 1 if rank == 2 or (rank == 4 and self.channels_first) else rank - 1


def plan_for(model: onnx.ModelProto, settings: ImportSettings) -> Plan:
    """How to feed the network. Raises ConfigurationError that names the input with its shape."""
    port = _input(model, settings)
    layout = _layout(port, settings.layout)
    size = _size(port, layout, settings)
    return Plan(port, _output(model, settings), size, layout == LAYOUTS[0], _normalise(port, settings))


def _input(model: onnx.ModelProto, settings: ImportSettings) -> Port:
    """The input that takes the images."""
    constants = {tensor.name for tensor in model.graph.initializer}
    ports = [Port.of(value) for value in model.graph.input if value.name not in constants]
    listed = ", ".join(map(str, ports[:_LISTED])) or "none"
    if settings.input is None:
        if len(ports) != 1:
            raise ConfigurationError(f"say by --input which of the network's inputs takes images: {listed}")
        port = ports[0]
    else:
        found = [port for port in ports if port.name == settings.input]
        if not found:
            raise ConfigurationError(f"the network has no input {settings.input}: {listed}")
        port = found[0]
    if len(port.shape) != 4:
        raise ConfigurationError(f"the input {port} takes no images: those have four axes, such as n x 3 x 224 x 224")
    if port.type not in (*_FLOATS, TensorProto.UINT8):
        raise ConfigurationError(f"the input {port} takes neither floats nor bytes (uint8)")
    if isinstance(port.shape[0], int) and port.shape[0] != 1:
        raise ConfigurationError(
            f"the input {port} takes {port.shape[0]} images at once, no more and no fewer: export the network with a "
            "first axis that is dynamic, or 1"
        )
    return port


def _layout(port: Port, wanted: str | None) -> str:
    """Where the channels are: nchw or nhwc."""
    fits = [name for name, axis in zip(LAYOUTS, (1, 3), strict=True) if port.shape[axis] == 3]
    possible = fits or [n for n, axis in zip(LAYOUTS, (1, 3), strict=True) if isinstance(port.shape[axis], str)]
    if wanted is None and len(possible) == 1:
        return possible[0]
    if not possible:
        raise ConfigurationError(f"the input {port} has no axis of 3 channels, red, green and blue")
    if wanted is None:
        raise ConfigurationError(f"the input {port} does not tell where its channels are: say --layout nchw or nhwc")
    if wanted not in possible:
        raise ConfigurationError(f"the input {port} is not of the layout {wanted}")
    return wanted


def _size(port: Port, layout: str, settings: ImportSettings) -> int:
    """The pixels of a side."""
    sides = port.shape[2:] if layout == LAYOUTS[0] else port.shape[1:3]
    fixed = {side for side in sides if isinstance(side, int)}
    if len(fixed) > 1:
        raise ConfigurationError(f"the input {port} takes images that are not square")
    size = next(iter(fixed), settings.size)
    if size is None:
        raise ConfigurationError(f"the input {port} takes images of any size: say --size N")
    if settings.size not in (None, size):
        raise ConfigurationError(f"the input {port} takes images of {size} pixels, not --size {settings.size}")
    if settings.shorter_side is not None and settings.shorter_side < size:
        raise ConfigurationError(f"--shorter-side {settings.shorter_side} is less than the {size} pixels of {port}")
    return size


def _normalise(port: Port, settings: ImportSettings) -> tuple[float, Three, Three] | None:
    if port.type == TensorProto.UINT8:
        if settings.mean is not None or settings.std is not None:
            raise ConfigurationError(f"the input {port} takes bytes as they are: --mean and --std are for floats")
        return None
    if settings.mean is None or settings.std is None:
        raise ConfigurationError(
            f"the input {port} takes numbers: say by --mean and --std how it was trained to see them, such as --mean "
            "0.485,0.456,0.406 --std 0.229,0.224,0.225; 0,0,0 and 1,1,1 only divide the bytes by --scale (255)"
        )
    return settings.scale, settings.mean, settings.std


def _output(model: onnx.ModelProto, settings: ImportSettings) -> str:
    """The name of the output, or of any value inside the network, that is the vector or its features."""
    ports = [Port.of(value) for value in model.graph.output]
    if settings.output is None:
        if len(ports) != 1:
            raise ConfigurationError(
                f"say by --output which of the network's outputs is the vector: {', '.join(map(str, ports[:_LISTED]))}"
            )
        return ports[0].name
    if not any(settings.output in node.output for node in model.graph.node):
        raise ConfigurationError(
            f"the network has no output {settings.output}: {', '.join(map(str, ports[:_LISTED]))}; a value inside it "
            "can be named as well"
        )
    return settings.output
