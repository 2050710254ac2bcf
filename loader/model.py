"""An exported model: an ONNX file that says of itself what it is, run by ONNX Runtime."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from loader.config import MODELS_DIRECTORY, ConfigurationError

# Keys of the ONNX file's metadata, written by the export and read here.
NAME, DIMENSION, PREPROCESSING = "name", "dimension", "preprocessing"
DEFAULT = "densenet121"


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What is done to an image before the network: RGB, resized to `size` x `size` by `resample`.

    `normalisation` names what the graph itself does to the bytes; it is here to be recorded.
    """

    size: int
    resample: str
    normalisation: str

    def to_json(self) -> str:
        """As it is recorded in the file and in the database."""
        return json.dumps({"size": self.size, "resample": self.resample, "normalisation": self.normalisation})

    @classmethod
    def from_json(cls, text: str) -> Preprocessing:
        """What to_json wrote."""
        value = json.loads(text)
        return cls(int(value["size"]), str(value["resample"]), str(value["normalisation"]))


class Model:
    """A model ready to embed. Safe to call from several threads at once.

    `threads` are those one call may use; with several callers, one each is fastest.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        self.path = path
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        available = onnxruntime.get_available_providers()
        wanted = [p for p in ("CUDAExecutionProvider", "CPUExecutionProvider") if p in available]
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=wanted)
            metadata = self._session.get_modelmeta().custom_metadata_map
            self.name: str = metadata[NAME]
            self.dimension = int(metadata[DIMENSION])
            self.preprocessing = Preprocessing.from_json(metadata[PREPROCESSING])
        except KeyError as error:
            raise ConfigurationError(
                f"{path} says no {error.args[0]} in its metadata: export it by `python -m loader export`"
            ) from error
        except Exception as error:
            # ONNX Runtime's exceptions have no common base of their own.
            raise ConfigurationError(f"{path} can not be run as an ONNX model: {error}") from error
        self.provider: str = self._session.get_providers()[0].removesuffix("ExecutionProvider")
        self.file_hash = hashlib.sha256(path.read_bytes()).hexdigest()

    def embed(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embeddings (n x dimension) of RGB images (n x size x size x 3)."""
        result: list[Any] = self._session.run(None, {"image": images})
        embeddings: NDArray[np.float32] = result[0]
        return embeddings


def find(name: str | None = None, directory: Path = MODELS_DIRECTORY) -> Path:
    """The ONNX file of a model: a path, a name in `directory`, or where none is given densenet121.

    Without a name, the only model there is serves where densenet121 was not exported. Raises
    ConfigurationError that names the command to run.
    """
    if name is not None and (name.endswith(".onnx") or "/" in name):
        if not Path(name).is_file():
            raise ConfigurationError(f"the model file {name} does not exist")
        return Path(name)
    wanted = directory / f"{name or DEFAULT}.onnx"
    if wanted.is_file():
        return wanted
    present = sorted(directory.glob("*.onnx"))
    if name is None and len(present) == 1:
        return present[0]
    listed = f" (there is {', '.join(path.stem for path in present)}: choose one by --model)" if present else ""
    raise ConfigurationError(
        f"no model {name or DEFAULT} in {directory}{listed}: export it by `python -m loader export"
        f"{f' --model {name}' if name else ''}`"
    )
