"""The file of a dump: what is written is read back, and what was cut off, altered or made up is refused in one line."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from array import array
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from loader.dump_file import FORMAT, MANIFEST, Dump, DumpError, Manifest, NewerDumpError, Table, Writer

ROWS = [
    '{"image_id": 1, "metadata": {"part": "탱크", "n": 1.10}}',
    '{"image_id": 2}',
    '{"image_id": 3, "a": "\\u2028"}',
]
VECTORS = [array("f", [0.1, -3.4028235e38, 1e-45]), None, array("f", [float("nan"), float("inf"), -0.0])]


def manifest(tables: list[Table], **changed: Any) -> Manifest:
    return replace(Manifest(FORMAT, 8, "0.1.0", "embedded", "2026-01-01T00:00:00Z", tables), **changed)


def written(path: Path, **changed: Any) -> bytes:
    """A dump of one table; its bytes."""
    with path.open("wb+") as file, Writer(file) as writer:
        count, rows = writer.rows("IMAGE_DEMO1", ROWS)
        _, vectors = writer.vectors("IMAGE_DEMO1", VECTORS)
        writer.seal(manifest([Table("IMAGE_DEMO1", count, 3, rows, vectors)], **changed))
    return path.read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written(tmp_path_factory.mktemp("whole") / "d.zip")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch") / "d.zip"


def read(path: Path) -> list[tuple[list[str], list[bytes | None]]]:
    """All that a dump holds."""
    with Dump(path) as dump:
        return [
            (list(dump.rows(table)), [None if v is None else v.tobytes() for v in dump.vectors(table)])
            for table in dump.manifest.tables
        ]


def refused(path: Path) -> str:
    """The message with which the file is refused: one line that names the file."""
    with pytest.raises(DumpError) as error:
        read(path)
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)
    return str(error.value)


def sealed(path: Path, members: dict[str, bytes], comment: bytes = bytes(64)) -> Path:
    """A file with a right checksum and any members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.comment = comment
    content = buffer.getvalue()[:-64]
    path.write_bytes(content + hashlib.sha256(content).hexdigest().encode())
    return path


def test_every_row_and_bit_comes_back(whole: bytes, scratch: Path) -> None:
    scratch.write_bytes(whole)
    assert read(scratch) == [(ROWS, [None if v is None else v.tobytes() for v in VECTORS])]


def test_other_tools_can_read_it(whole: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert archive.comment == hashlib.sha256(whole[:-64]).hexdigest().encode()
        assert [json.loads(line)["image_id"] for line in archive.open("image_demo1.jsonl")] == [1, 2, 3]
        frames = archive.read("image_demo1.vectors")
    with_vectors = frames[:16] + frames[20:]
    found = np.frombuffer(with_vectors, [("dimensions", "<u4"), ("vector", "<f4", 3)])
    assert list(found["dimensions"]) == [3, 3]
    assert found["vector"].tobytes() == b"".join(v.tobytes() for v in VECTORS if v is not None)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_cut_is_refused(whole: bytes, scratch: Path, data: st.DataObject) -> None:
    scratch.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert "no dump" in refused(scratch)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_flipped_bit_is_refused(whole: bytes, scratch: Path, data: st.DataObject) -> None:
    altered = bytearray(whole)
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    altered[bit // 8] ^= 1 << bit % 8
    scratch.write_bytes(altered)
    assert "no dump" in refused(scratch)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
@example(b"")
@example(b"PK\x03\x04")
@example(b"PK\x03\x04" + bytes(100))
def test_any_bytes_are_refused(scratch: Path, content: bytes) -> None:
    scratch.write_bytes(content)
    refused(scratch)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_an_archive_that_is_broken_inside_is_refused(whole: bytes, scratch: Path, data: st.DataObject) -> None:
    """With a checksum that fits: nobody's accident, and no traceback either, nor more rows than it says."""
    altered = bytearray(whole[:-64])
    for _ in range(data.draw(st.integers(1, 4))):
        altered[data.draw(st.integers(4, len(altered) - 1))] = data.draw(st.integers(0, 255))
    scratch.write_bytes(bytes(altered) + hashlib.sha256(altered).hexdigest().encode())
    try:
        found = read(scratch)
    except DumpError as error:
        assert str(error).startswith(f"{scratch}: ")
    else:
        assert all(len(rows) == len(vectors) for rows, vectors in found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([*asdict(manifest([])), "more"]), JSON) | JSON)
@example({"format": True})
@example(asdict(manifest([])) | {"tables": [5]})
@example(asdict(manifest([])) | {"tables": [{"table_name": "X"}]})
@example(asdict(manifest([])) | {"schema_version": "8"})
def test_any_manifest_is_refused(scratch: Path, value: Any) -> None:
    refused(sealed(scratch, {MANIFEST: json.dumps(value).encode()}))


def test_a_newer_format_is_refused_by_name(scratch: Path) -> None:
    # Whatever else a later format may say.
    sealed(scratch, {MANIFEST: json.dumps({"format": FORMAT + 1, "streams": []}).encode()})
    with pytest.raises(
        NewerDumpError, match=f"it has format {FORMAT + 1}, and this loader reads formats up to {FORMAT}"
    ):
        read(scratch)


TABLE = Table("T", 1, None, "", "")


@pytest.mark.parametrize(
    ("rows", "vectors", "message"),
    [
        (b"{}", b"\0\0\0\0", "line 1 is not ended"),
        (b"{}\n{}\n", b"\0\0\0\0", "2 rows, and dump.json says 1"),
        (b"", b"\0\0\0\0", "0 rows, and dump.json says 1"),
        (b"\xff\n", b"\0\0\0\0", "no dump: .*utf-8"),
        (b"{}\n", b"\1\0\0", "no dump"),
        (b"{}\n", b"\1\0\0\0\0\0", "vector 1 is cut off"),
        (b"{}\n", b"\xff\xff\xff\xff", "vector 1 has 4294967295 dimensions"),
        (b"{}\n", b"", "0 rows, and dump.json says 1"),
        (b"{}\n", None, "no item named 't.vectors'"),
    ],
)
def test_rows_that_do_not_fit_are_refused(rows: bytes, vectors: bytes | None, message: str, tmp_path: Path) -> None:
    members = {MANIFEST: json.dumps(asdict(manifest([TABLE]))).encode(), "t.jsonl": rows}
    if vectors is not None:
        members["t.vectors"] = vectors
    path = sealed(tmp_path / "d.zip", members)
    with pytest.raises(DumpError, match=message):
        read(path)


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path, message in (
        (tmp_path / "fifo", "it is a FIFO"),
        (tmp_path, "it is a directory"),
        (tmp_path / "n", "No such"),
    ):
        with pytest.raises(DumpError, match=message):
            read(path)


@pytest.mark.parametrize("vector", [array("d", [1.0]), array("b", [1]), [1.0]])
def test_vectors_of_other_numbers_are_refused(vector: object, tmp_path: Path) -> None:
    with (
        (tmp_path / "d.zip").open("wb+") as file,
        Writer(file) as writer,
        pytest.raises(DumpError, match=r"image_demo1 has a vector that is not FLOAT32.*to_vector"),
    ):
        writer.vectors("IMAGE_DEMO1", [array("f", [1.0]), vector])


def test_a_writer_that_is_given_up_leaves_no_whole_dump(tmp_path: Path) -> None:
    def broken() -> Any:
        yield "{}"
        raise OSError("no more")

    path = tmp_path / "d.zip"
    with pytest.raises(OSError, match="no more"), path.open("wb+") as file, Writer(file) as writer:
        writer.rows("T", broken())
    refused(path)
