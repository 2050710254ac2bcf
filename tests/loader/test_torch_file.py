"""Files of weights that mean harm."""

from __future__ import annotations

import pickle
import re
import struct
import tracemalloc
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.config import PROJECT
from loader.export.torch_file import TorchFileError, read_tensors

_MAGIC, _PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
_HEAD = b"".join(pickle.dumps(value, 2) for value in (_MAGIC, _PROTOCOL, {"little_endian": True}))
_FLOATS = np.arange(6, dtype="<f4")


def state_dict(offset: object = 0, shape: object = (2, 3), stride: object = (3, 1), count: int = 6) -> bytes:
    """A file as torch.save wrote it, of one tensor, weight, of these facts."""
    tensor = (
        b"\x80\x02ccollections\nOrderedDict\n)Rq\x00X\x06\x00\x00\x00weightctorch._utils\n_rebuild_tensor_v2\n("
        b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06NtQ"
        + _value(offset)
        + _value(shape)
        + _value(stride)
        + b"\x89ccollections\nOrderedDict\n)RtRs}X\x09\x00\x00\x00_metadata}sb."
    )
    return _HEAD + tensor + pickle.dumps(["0"], 2) + struct.pack("<q", count) + _FLOATS.tobytes()


def _value(value: object) -> bytes:
    return pickle.dumps(value, 2)[2:-1].replace(b"q\x00", b"")


def read(path: Path, content: bytes) -> object:
    path.write_bytes(content)
    return read_tensors(path)


def test_a_tensor_is_read(tmp_path: Path) -> None:
    found = read_tensors(_written(tmp_path, state_dict()))
    assert list(found) == ["weight"]
    assert found["weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
    turned = read_tensors(_written(tmp_path, state_dict(shape=(3, 2), stride=(1, 3))))
    assert turned["weight"].tolist() == [[0, 3], [1, 4], [2, 5]]


def _written(directory: Path, content: bytes) -> Path:
    path = directory / "weights.pth"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (state_dict(shape=(2, 4)), "reaches beyond"),
        (state_dict(offset=1), "reaches beyond"),
        (state_dict(shape=(1000, 1000), stride=(0, 0)), "reaches beyond"),
        (state_dict(offset=-1), "not made of counts"),
        (state_dict(stride=(-1, 1)), "not made of counts"),
        (state_dict(shape=(2, 3), stride=(3,)), "do not go together"),
        (state_dict(count=1 << 40), "bytes follow"),
        (state_dict(count=-1), "bytes follow"),
        (_HEAD + pickle.dumps({"weight": 1}, 2), "something else than tensors"),
        # The memo's entry number 2 ** 31, a text, an array and a number of gigabytes, in files of some bytes.
        (b"\x80\x02Nr\x00\x00\x00\x80.", "was not written"),
        (b"\x80\x02X\xff\xff\xff\x7f.", "bytes follow"),
        (b"\x80\x02\x96\x00\x00\x00\x00\x01\x00\x00\x00.", "no need of"),
        (b"\x80\x02\x8b\xff\xff\xff\x7f.", "no need of"),
        # The state of a type is set, and of an object that is made without its constructor.
        (_HEAD + b"\x80\x02ctorch\nFloatStorage\n}b.", "something else than tensors"),
        (_HEAD + b"\x80\x02ccollections\nOrderedDict\n)\x81.", "no need of"),
        # A dict that is copied by a few bytes.
        (_HEAD + b"\x80\x02ccollections\nOrderedDict\n}\x85R.", "no complete"),
        # A key whose hash takes for ever.
        (_HEAD + b"\x80\x02})" + b"q\x00h\x00\x86" * 60 + b"Ns.", "is no text"),
        (_HEAD + b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.", "which a state dict has no need of"),
    ],
)
def test_what_reaches_further_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = _written(tmp_path, content)
    tracemalloc.start()
    try:
        with pytest.raises(TorchFileError, match=message):
            read_tensors(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_state_dict_of_another_kind_of_object_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TorchFileError):
        read_tensors(_written(tmp_path, _HEAD + pickle.dumps(OrderedDict(weight=Path("x")), 2)))


@given(st.data())
def test_damaged_files_are_refused_or_read(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = bytearray(state_dict())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        for tensor in read_tensors(_written(tmp_path_factory.getbasetemp(), bytes(content))).values():
            assert tensor.size <= len(content)
            tensor.copy()
    except TorchFileError:
        pass


def test_nothing_else_reads_what_python_wrote() -> None:
    """Files from elsewhere are unpickled by this module alone, which takes tensors."""
    modules = "pickle|marshal|shelve|joblib|dill"
    words = re.compile(rf"^\s*(?:import|from) (?:{modules})\b|np\.load\(|allow_pickle=True", re.M)
    found = [
        path.name
        for path in sorted((PROJECT / "loader").rglob("*.py"))
        if words.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["torch_file.py"]
