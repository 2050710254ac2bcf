"""Reads the tensors of a PyTorch state dict without PyTorch, and runs nothing that the file says.

The format is the one torch.save wrote before version 1.6: five pickles (a magic number, a protocol
number, facts about the machine, the dict, the keys of its storages) and behind them the storages,
each a count and its raw values. See torch/serialization.py, _legacy_load.

What a file can make this do is bounded: of classes it gets those of a state dict alone, of memory some times the
pickles' length, which has a limit, and its own size for the tensors, which lie within what was read.
"""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, NoReturn

import numpy as np
from numpy.typing import NDArray

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
# The pickles hold names and shapes: a megabyte is a state dict of ten thousand tensors.
_LARGEST_PICKLES = 4_000_000
_MOST_DIMENSIONS = 32
_LARGEST_FILE = 2_000_000_000
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


def _rebuild(storage: Any, offset: Any, shape: Any, stride: Any, _grad: bool = False, _hooks: Any = None) -> _Tensor:
    if not isinstance(storage, _Storage):
        raise TorchFileError("a tensor is not of a storage")
    return _Tensor(storage, _counts([offset])[0], _counts(shape), _counts(stride))


def _name(value: Any) -> str:
    """A name; of a tuple of tuples of tuples the text or the hash would take for ever."""
    if not isinstance(value, str | int):
        raise TorchFileError("a name in it is no text")
    return str(value)


def _counts(values: Any) -> tuple[int, ...]:
    if not isinstance(values, list | tuple) or not all(type(value) is int and value >= 0 for value in values):
        raise TorchFileError("a tensor's place or shape is not made of counts")
    return tuple(values)


class _Dict(OrderedDict[str, Any]):
    """An OrderedDict that begins empty: a copy of another one would cost a file a few bytes."""

    def __init__(self) -> None:
        super().__init__()


class _Limited:
    """A file of which so many bytes may still be read; it never makes room for what the file does not have."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file = file
        self.left = limit

    def read(self, count: int) -> bytes:
        if not 0 <= count <= self.left:
            raise TorchFileError(f"it says that {count} bytes follow, and at most {self.left} may")
        self.left -= count
        return self._file.read(count)

    def readline(self) -> bytes:
        line = self._file.readline(self.left)
        self.left -= len(line)
        return line


# What a state dict is written with, by pickle's protocol 2: plain values, containers, the memo, and calls. Without
# the opcodes that make other objects, set their attributes, or make room for what the file says is to come.
_OPCODES = (
    pickle.PROTO, pickle.STOP, pickle.MARK, pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE,
    pickle.BININT, pickle.BININT1, pickle.BININT2, pickle.LONG1, pickle.BINFLOAT,
    pickle.BINUNICODE, pickle.BINSTRING, pickle.SHORT_BINSTRING,
    pickle.EMPTY_TUPLE, pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3,
    pickle.EMPTY_LIST, pickle.APPEND, pickle.APPENDS, pickle.EMPTY_DICT,
    pickle.BINPUT, pickle.LONG_BINPUT, pickle.BINGET, pickle.LONG_BINGET,
    pickle.GLOBAL, pickle.REDUCE, pickle.BINPERSID,
)  # fmt: skip


# The unpickler that is written in Python: the one in C makes a table as long as the file says, by one opcode.
class _TensorUnpickler(pickle._Unpickler):
    """Accepts what a state dict needs and nothing else."""

    def load_setitems(self) -> None:
        """Put what stands after the mark into the dict before it, by name."""
        items = self.pop_mark()  # type: ignore[attr-defined]
        self._put(items)

    def load_setitem(self) -> None:
        """Put the last two values into the dict before them."""
        value, key = self.stack.pop(), self.stack.pop()  # type: ignore[attr-defined]
        self._put([key, value])

    def _put(self, items: list[Any]) -> None:
        into = self.stack[-1]  # type: ignore[attr-defined]
        if not isinstance(into, dict):
            raise TorchFileError("it puts values into something else than a dict")
        for key, value in zip(items[::2], items[1::2], strict=True):
            into[_name(key)] = value

    def load_build(self) -> None:
        """Pass over the state of an object: a state dict's own is about versions of modules."""
        self.stack.pop()  # type: ignore[attr-defined]

    def load_refused(self) -> NoReturn:
        """Refuse any other opcode."""
        raise TorchFileError("the file has an opcode which a state dict has no need of: it is not read")

    dispatch: ClassVar[dict[int, Any]] = {
        **dict.fromkeys(range(256), load_refused),
        **{code[0]: pickle._Unpickler.dispatch[code[0]] for code in _OPCODES},
        pickle.SETITEM[0]: load_setitem,
        pickle.SETITEMS[0]: load_setitems,
        pickle.BUILD[0]: load_build,
    }

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return _Dict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in _TYPES:
            return _TYPES[name]
        raise TorchFileError(f"the file wants {module}.{name}, which a state dict has no need of: it is not read")

    def persistent_load(self, pid: Any) -> _Storage:
        if not isinstance(pid, tuple) or len(pid) < 5 or pid[0] != "storage" or not isinstance(pid[1], np.dtype):
            raise TorchFileError("it refers to something else than a storage")
        return _Storage(_name(pid[2]), pid[1])


def _plain(file: _Limited) -> Any:
    return _TensorUnpickler(file).load()


def read_tensors(path: Path) -> Tensors:
    """The tensors of the state dict in `path`, by name. Raises TorchFileError or OSError."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > _LARGEST_FILE:
                raise TorchFileError(f"it has {size:,} bytes, more than the limit of {_LARGEST_FILE:,}")
            pickles = _Limited(file, min(size, _LARGEST_PICKLES))
            if _plain(pickles) != _MAGIC or _plain(pickles) != _PROTOCOL:
                raise TorchFileError("it was not written by torch.save in its format of before version 1.6")
            _plain(pickles)
            tensors = _plain(pickles)
            if not isinstance(tensors, dict) or not all(isinstance(tensor, _Tensor) for tensor in tensors.values()):
                raise TorchFileError("it holds something else than tensors by name")
            storages = _storages(_plain(pickles), tensors, _Limited(file, size - file.tell()))
            return {_name(name): _view(tensor, storages[tensor.storage.key]) for name, tensor in tensors.items()}
    except TorchFileError as error:
        raise TorchFileError(f"{path}: {error}") from error
    except _DAMAGED as error:
        raise TorchFileError(f"{path} is no complete PyTorch state dict: {error}") from error


# What the unpickler raises for a file that is none; a recursion is one that is nested too deeply.
_DAMAGED = (
    pickle.UnpicklingError, EOFError, LookupError, AttributeError, TypeError, ValueError, ArithmeticError,
    RecursionError, AssertionError,
)  # fmt: skip


def _storages(keys: Any, tensors: dict[str, _Tensor], file: _Limited) -> dict[str, NDArray[Any]]:
    """The values of each storage, by its key."""
    types = {tensor.storage.key: tensor.storage.dtype for tensor in tensors.values()}
    storages = {}
    for key in map(_name, keys):
        count = int(np.frombuffer(file.read(8), "<i8")[0])
        storages[key] = np.frombuffer(file.read(count * types[key].itemsize), types[key])
    return storages


def _view(tensor: _Tensor, storage: NDArray[Any]) -> NDArray[Any]:
    """The tensor in its storage. Raises TorchFileError where it would reach beyond, or be larger."""
    if len(tensor.shape) != len(tensor.stride) or len(tensor.shape) > _MOST_DIMENSIONS:
        raise TorchFileError("a tensor's shape and strides do not go together")
    values = prod(tensor.shape)
    last = tensor.offset + sum((n - 1) * step for n, step in zip(tensor.shape, tensor.stride, strict=True))
    if (values and (last >= storage.size or values > storage.size)) or tensor.offset > storage.size:
        raise TorchFileError("a tensor reaches beyond its storage")
    if not values:
        return np.empty(tensor.shape, storage.dtype)
    size = storage.itemsize
    return np.lib.stride_tricks.as_strided(
        storage[tensor.offset :], tensor.shape, [step * size for step in tensor.stride], writeable=False
    )
