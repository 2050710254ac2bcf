"""Reads the tensors of a PyTorch state dict without PyTorch, and runs nothing that the file says.

The format is the one torch.save wrote before version 1.6: five pickles (a magic number, a protocol
number, facts about the machine, the dict, the keys of its storages) and behind them the storages,
each a count and its raw values. See torch/serialization.py, _legacy_load.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_TYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8"), "DoubleStorage": np.dtype("<f8")}

Tensors = dict[str, NDArray[Any]]


class TorchFileError(ValueError):
    """The file is no state dict of the kind that can be read here."""


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    dtype: np.dtype[Any]


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


def _rebuild(
    storage: _Storage, offset: int, shape: Sequence[int], stride: Sequence[int], _grad: bool = False, _hooks: Any = None
) -> _Tensor:
    return _Tensor(storage, offset, tuple(shape), tuple(stride))


class _TensorUnpickler(pickle.Unpickler):
    """Accepts what a state dict needs and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in _TYPES:
            return _TYPES[name]
        raise TorchFileError(f"the file wants {module}.{name}, which a state dict has no need of: it is not read")

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key, _location, _count, *_view = pid
        if kind != "storage" or not isinstance(dtype, np.dtype):
            raise TorchFileError(f"unknown reference {pid!r}")
        return _Storage(str(key), dtype)


def _plain(file: BinaryIO) -> Any:
    return _TensorUnpickler(file).load()


def read_tensors(path: Path) -> Tensors:
    """The tensors of the state dict in `path`, by name. Raises TorchFileError or OSError."""
    with path.open("rb") as file:
        try:
            if _plain(file) != _MAGIC or _plain(file) != _PROTOCOL:
                raise TorchFileError("it was not written by torch.save in its format of before version 1.6")
            _plain(file)
            tensors = _plain(file)
            storages = {}
            by_key = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
            for key in _plain(file):
                count = int(np.frombuffer(file.read(8), "<i8")[0])
                dtype = by_key[str(key)].dtype
                storages[str(key)] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
        except TorchFileError as error:
            raise TorchFileError(f"{path}: {error}") from error
        except (pickle.UnpicklingError, EOFError, IndexError, KeyError, AttributeError, TypeError, ValueError) as error:
            raise TorchFileError(f"{path} is no complete PyTorch state dict: {error}") from error
    return {name: _view(tensor, storages[tensor.storage.key]) for name, tensor in tensors.items()}


def _view(tensor: _Tensor, storage: NDArray[Any]) -> NDArray[Any]:
    size = storage.itemsize
    return np.lib.stride_tricks.as_strided(
        storage[tensor.offset :], tensor.shape, [step * size for step in tensor.stride], writeable=False
    )
