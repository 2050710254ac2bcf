"""What runs an ONNX file: ONNX Runtime, or OpenVINO where it is installed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from loader.config import ConfigurationError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Embed: TypeAlias = "Callable[[NDArray[np.uint8]], NDArray[np.float32]]"

ONNX_RUNTIME, OPENVINO, OPENVINO_BFLOAT16 = "onnxruntime", "openvino", "openvino-bfloat16"
# The input of every model.
IMAGE = "image"
RUNTIMES = (ONNX_RUNTIME, OPENVINO, OPENVINO_BFLOAT16)


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output: its type by NumPy's name, and its shape, None where an axis has any length."""

    name: str
    type: str
    shape: tuple[int | None, ...]

    def __str__(self) -> str:
        return f"{self.name} ({self.type}, {' x '.join('n' if axis is None else str(axis) for axis in self.shape)})"


@dataclass(frozen=True, slots=True)
class Runner:
    """A file ready to run: `embed` may be called from several threads at once.

    `metadata` is what the file says of itself; `provider` names what computes, for people. `size` is the pixels of a
    side that it takes, `dimension` the length of the vectors that it gives; None where the graph leaves it open.
    """

    embed: Embed
    metadata: dict[str, str]
    provider: str
    size: int | None
    dimension: int | None


def runner(path: Path, runtime: str = ONNX_RUNTIME, threads: int = 1) -> Runner:
    """Open an ONNX file; to embed, its input has to be "image" and its only output the embedding.

    `threads` are those one call may use (ONNX Runtime; OpenVINO gives each call one). Raises
    ConfigurationError for an unknown runtime, or one that is not installed or that this CPU can not run.
    """
    if runtime == ONNX_RUNTIME:
        return _onnxruntime(path, threads)
    if runtime in (OPENVINO, OPENVINO_BFLOAT16):
        return _openvino(path, bfloat16=runtime == OPENVINO_BFLOAT16)
    raise ConfigurationError(f"unknown runtime {runtime}: choose from {', '.join(RUNTIMES)}")


def _check_ports(path: Path, inputs: Sequence[Port], outputs: Sequence[Port]) -> tuple[int | None, int | None]:
    """The size of the images and the dimension of the vectors; every model takes and gives the same else.

    Raises ConfigurationError that names the input and output with their shapes.
    """
    match inputs, outputs:
        case (
            [Port(name="image", type="uint8", shape=(_, height, width, 3))],
            [Port(type="float32", shape=(_, dimension))],
        ) if height == width:
            return height, dimension
    raise ConfigurationError(
        f"{path} takes {_listed(inputs)} and gives {_listed(outputs)}; a model takes {IMAGE} (uint8, n x s x s x 3) "
        f"and gives one float32 vector of each image: python -m loader import-model {path} makes it one"
    )


def _listed(ports: Sequence[Port]) -> str:
    return ", ".join(map(str, ports)) or "nothing"


def _onnxruntime(path: Path, threads: int) -> Runner:
    # Only here, so that a command is quick that needs no network.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    available = onnxruntime.get_available_providers()
    wanted = [p for p in ("CUDAExecutionProvider", "CPUExecutionProvider") if p in available]
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=wanted)
    except Exception as error:
        # ONNX Runtime's exceptions have no common base of their own.
        raise ConfigurationError(f"{path} can not be run as an ONNX model: {error}") from error

    size, dimension = _check_ports(
        path, [_port(i) for i in session.get_inputs()], [_port(o) for o in session.get_outputs()]
    )

    def embed(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        try:
            result: list[Any] = session.run(None, {IMAGE: images})
        except Exception as error:
            raise ConfigurationError(f"{path} can not be run on {len(images)} images: {error}") from error
        embeddings: NDArray[np.float32] = result[0]
        return embeddings

    provider = session.get_providers()[0].removesuffix("ExecutionProvider")
    return Runner(
        embed, dict(session.get_modelmeta().custom_metadata_map), f"ONNX Runtime, {provider}", size, dimension
    )


def _port(argument: Any) -> Port:
    """Of ONNX Runtime's own description, whose axes of any length have a name or none."""
    kind = argument.type.removeprefix("tensor(").removesuffix(")")
    shape = tuple(axis if isinstance(axis, int) else None for axis in argument.shape or ())
    return Port(argument.name, {"float": "float32", "double": "float64"}.get(kind, kind), shape)


def _openvino(path: Path, *, bfloat16: bool) -> Runner:
    import numpy as np

    try:
        import openvino
    except ImportError as error:
        raise ConfigurationError("OpenVINO is not installed: pip install -e '.[openvino]'") from error
    core = openvino.Core()
    if bfloat16 and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        raise ConfigurationError("this CPU has no bfloat16 instructions: take --runtime openvino, which is exact")
    try:
        model = core.read_model(str(path))
        information = model.get_rt_info()
        own = information["framework"].items() if "framework" in information else ()
        metadata = {key: str(value.value) for key, value in own}
        size, dimension = _check_ports(path, *([_openvino_port(p) for p in ps] for ps in (model.inputs, model.outputs)))
        # One image a call: a shape that is known beforehand is faster than a batch of any size.
        model.reshape({IMAGE: [1, *(axis.get_length() for axis in list(model.input(IMAGE).partial_shape)[1:])]})
        compiled = core.compile_model(
            model,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": "bf16" if bfloat16 else "f32",
                "PERFORMANCE_HINT": "THROUGHPUT",
                "ENABLE_CPU_PINNING": False,
            },
        )
    except RuntimeError as error:
        raise ConfigurationError(f"{path} can not be run by OpenVINO: {error}") from error
    thread = threading.local()

    def embed(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        if not hasattr(thread, "request"):
            thread.request = compiled.create_infer_request()
        return np.concatenate([thread.request.infer({0: image[np.newaxis]})[0].copy() for image in images])

    return Runner(embed, metadata, f"OpenVINO, CPU, {'bfloat16' if bfloat16 else 'float32'}", size, dimension)


def _openvino_port(port: Any) -> Port:
    rank = port.partial_shape.rank
    axes = list(port.partial_shape) if rank.is_static else []
    shape = tuple(axis.get_length() if axis.is_static else None for axis in axes)
    return Port(port.any_name, port.element_type.to_dtype().name, shape)
