"""What runs an ONNX file: ONNX Runtime, or OpenVINO where it is installed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from loader.config import ConfigurationError

Embed = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

ONNX_RUNTIME, OPENVINO, OPENVINO_BFLOAT16 = "onnxruntime", "openvino", "openvino-bfloat16"
RUNTIMES = (ONNX_RUNTIME, OPENVINO, OPENVINO_BFLOAT16)


@dataclass(frozen=True, slots=True)
class Runner:
    """A file ready to run: `embed` may be called from several threads at once.

    `metadata` is what the file says of itself; `provider` names what computes, for people.
    """

    embed: Embed
    metadata: dict[str, str]
    provider: str


def runner(path: Path, runtime: str = ONNX_RUNTIME, threads: int = 1) -> Runner:
    """Open an ONNX file whose input is "image" and whose only output is the embedding.

    `threads` are those one call may use (ONNX Runtime; OpenVINO gives each call one). Raises
    ConfigurationError for an unknown runtime, or one that is not installed or that this CPU can not run.
    """
    if runtime == ONNX_RUNTIME:
        return _onnxruntime(path, threads)
    if runtime in (OPENVINO, OPENVINO_BFLOAT16):
        return _openvino(path, bfloat16=runtime == OPENVINO_BFLOAT16)
    raise ConfigurationError(f"unknown runtime {runtime}: choose from {', '.join(RUNTIMES)}")


def _onnxruntime(path: Path, threads: int) -> Runner:
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

    def embed(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        result: list[Any] = session.run(None, {"image": images})
        embeddings: NDArray[np.float32] = result[0]
        return embeddings

    provider = session.get_providers()[0].removesuffix("ExecutionProvider")
    return Runner(embed, dict(session.get_modelmeta().custom_metadata_map), f"ONNX Runtime, {provider}")


def _openvino(path: Path, *, bfloat16: bool) -> Runner:
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
        # One image a call: a shape that is known beforehand is faster than a batch of any size.
        model.reshape({"image": [1, *(d.get_length() for d in list(model.input("image").partial_shape)[1:])]})
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

    return Runner(embed, metadata, f"OpenVINO, CPU, {'bfloat16' if bfloat16 else 'float32'}")
