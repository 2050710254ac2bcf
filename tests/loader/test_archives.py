"""ZIP and TAR read in place: names, contents, damage, and files that are made to do harm."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loader import content
from loader.archives import tars
from loader.archives.names import encoding_of
from loader.files import FileError
from loader.labels import Tree, walk
from tests.loader.archive_files import ENDINGS, packed, tarred, write, zipped

LIMIT = 1 << 30
FILES = [("라벨/도어/1.json", b"{}"), ("도어/1.png", bytes(range(256)) * 300), ("도어/empty.bmp", b"")]

part = st.text(st.sampled_from("가힣탱크aZ09 _-()가각"), min_size=1, max_size=8).map(
    lambda text: unicodedata.normalize("NFC", text)
)
names = st.lists(part, min_size=1, max_size=4).map("/".join)
trees = st.dictionaries(names, st.binary(max_size=3000), min_size=1, max_size=6)


def is_possible(files: dict[str, bytes]) -> bool:
    """Whether no name is another one's directory."""
    return not any(one != other and other.startswith(f"{one}/") for one in files for other in files)


def read_all(archive: Path) -> dict[str, bytes | str]:
    """The content of each file of an archive, or why it can not be read."""
    found: dict[str, bytes | str] = {}
    for name in content.contents(archive).names:
        try:
            found[name] = content.read(archive / name, LIMIT)
        except FileError as error:
            found[name] = str(error)
    return found


def everything(tree: Tree) -> list[str]:
    return [*(path for path, _ in tree.labels()), *tree.images(masks=True)]


# what is in them


@pytest.mark.parametrize("ending", ENDINGS)
@settings(deadline=None)
@given(files=trees.filter(is_possible))
def test_what_was_packed_is_read_in_any_order(
    ending: str, files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    archive = write(tmp_path_factory.getbasetemp() / f"packed.{ending}", packed(files.items(), ending))
    found = content.contents(archive)
    assert sorted(found.names) == sorted(files)
    assert (found.damage, found.outside, found.others, found.doubled) == ("", [], 0, 0)
    for name in reversed(found.names):
        assert content.read(archive / name, LIMIT) == files[name]
        assert content.sha256(archive / name) == hashlib.sha256(files[name]).hexdigest()
        assert content.status(archive / name).st_size == len(files[name])


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_is_read_piece_by_piece_from_any_place(ending: str, tmp_path: Path) -> None:
    data = bytes(range(256)) * 2000
    archive = write(tmp_path / f"x.{ending}", packed([("a", b"first"), ("b/c", data)], ending))
    with content.opened(archive / "b/c", LIMIT) as file:
        assert file.read(10) == data[:10]
        assert file.seek(-100, io.SEEK_END) == len(data) - 100
        assert file.read() == data[-100:]
        assert file.seek(300_000) == 300_000
        assert file.read(500) == data[300_000:300_500]
        file.seek(5)
        assert file.peek(3)[:3] == data[5:8]
        file.seek(len(data) + 50)
        assert file.read() == b""


def test_the_beginning_of_a_large_file_is_read_without_the_rest(tmp_path: Path) -> None:
    packed_bytes = bytearray(zipped([("x.png", bytes(range(256)) * 40_000)]))
    packed_bytes[len(packed_bytes) // 2] ^= 0xFF
    archive = write(tmp_path / "x.zip", bytes(packed_bytes))
    with content.opened(archive / "x.png", LIMIT) as file:
        assert file.read(25) == bytes(range(25))
        with pytest.raises(FileError, match="the archive is damaged"):
            file.read()


def test_a_compressed_tar_is_read_in_one_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[str] = []

    def counted(ending: str) -> Callable[[BinaryIO], BinaryIO]:
        def opener(file: BinaryIO, real: Callable[[BinaryIO], BinaryIO] = tars._OPENERS[ending]) -> BinaryIO:
            passes.append(ending)
            return real(file)

        return opener

    for ending in list(tars._OPENERS):
        monkeypatch.setitem(tars._OPENERS, ending, counted(ending))
    for ending in ("tar.gz", "tar.xz"):
        write(tmp_path / f"x.{ending}", tarred([(f"{n}.png", bytes([n]) * 5000) for n in range(9)], ending))
    tree = walk(tmp_path)
    for path in [*reversed(list(tree.images())), *tree.images()]:
        number = int(Path(path).stem)
        assert content.read(tmp_path / path, LIMIT) == bytes([number]) * 5000
    assert sorted(passes) == ["gz", "xz"]


def test_an_archive_that_changed_is_read_anew(tmp_path: Path) -> None:
    for size in (3, 5000, 4):
        for ending in ENDINGS:
            archive = write(tmp_path / f"x.{ending}", packed([("pad", b"." * size), ("a", b"%d" % size)], ending))
            assert content.read(archive / "a", LIMIT) == b"%d" % size


def test_a_directory_that_is_called_like_an_archive_is_one(tmp_path: Path) -> None:
    write(tmp_path / "x.zip" / "a.json", b"{}")
    assert everything(walk(tmp_path)) == ["x.zip/a.json"]
    assert content.read(tmp_path / "x.zip/a.json", LIMIT) == b"{}"


def test_the_last_of_a_name_counts_links_are_left_out_and_litter_is_none(tmp_path: Path) -> None:
    out = io.BytesIO(tarred([("a.json", b"1"), ("./a.json", b"2"), ("__MACOSX/a.json", b""), ("b/._a.json", b"")]))
    with tarfile.open(fileobj=out, mode="a") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("same", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "a.json"
            archive.addfile(info)
    write(tmp_path / "x.tar", out.getvalue())
    tree = walk(tmp_path)
    assert everything(tree) == ["x.tar/a.json"]
    assert content.read(tmp_path / "x.tar/a.json", LIMIT) == b"2"
    assert list(tree.notes.lines()) == [
        "3 links in archives were left out, such as x.tar",
        "1 files stand twice in an archive: the last one was taken, such as x.tar",
    ]
    assert tree.problems == []


@pytest.mark.parametrize("ending", ["zip", "tar", "tgz"])
def test_a_name_that_leads_outside_is_refused_and_an_absolute_one_lies_inside(ending: str, tmp_path: Path) -> None:
    write(
        tmp_path / f"x.{ending}", packed([("../../evil.json", b"1"), ("/etc/x.json", b"2"), ("a.json", b"3")], ending)
    )
    tree = walk(tmp_path)
    assert everything(tree) == [f"x.{ending}/a.json", f"x.{ending}/etc/x.json"]
    assert tree.problems == [(f"x.{ending}/../../evil.json", "its name leads outside the archive")]
    with pytest.raises(FileError, match="no such file in the archive"):
        content.read(tmp_path / f"x.{ending}/../../evil.json", LIMIT)


def test_what_lies_unpacked_beside_an_archive_is_not_read_twice(tmp_path: Path) -> None:
    write(tmp_path / "TL_1.zip", zipped(FILES))
    write(tmp_path / "here.tar", tarred(FILES))
    write(tmp_path / "TL_1" / FILES[0][0], b"edited")
    write(tmp_path / FILES[1][0], FILES[1][1])
    tree = walk(tmp_path)
    assert everything(tree) == [
        *("TL_1/라벨/도어/1.json", "here.tar/라벨/도어/1.json"),
        *("TL_1.zip/도어/empty.bmp", "here.tar/도어/empty.bmp", "도어/1.png"),
    ]
    assert list(tree.notes.lines()) == [
        "3 files of archives were left out: they lie unpacked beside them, such as TL_1.zip"
    ]


# names


@settings(deadline=None)
@given(files=st.dictionaries(names, st.just(b"x"), min_size=1, max_size=6).filter(is_possible))
def test_names_that_windows_wrote_in_korea(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    # Short names may be UTF-8 as well: those of the whole archive decide.
    files = {f"라벨링데이터/{name}": data for name, data in files.items()}
    base = tmp_path_factory.getbasetemp()
    windows = write(base / "windows.zip", zipped(files.items(), encoding="cp949"))
    unmarked = write(base / "unmarked.zip", zipped(files.items(), encoding="utf-8", system=3))
    tape = write(base / "windows.tar", tarred(files.items(), encoding="cp949"))
    for archive in (windows, unmarked, tape):
        assert sorted(content.contents(archive).names) == sorted(files), archive.name
        assert all(content.read(archive / name, LIMIT) == b"x" for name in files)


@pytest.mark.parametrize(
    ("name", "on_windows", "encoding"),
    [
        ("짜.jpg".encode("cp949"), True, "cp949"),  # UTF-8 as well, of another letter
        ("é.jpg".encode(), False, "utf-8"),
        ("도어".encode(), True, "utf-8"),
        ("도어".encode("cp949"), False, "cp949"),
        (b"\xff\xff.jpg", True, "cp437"),
        (b"a.jpg", True, "utf-8"),
    ],
)
def test_names_that_may_be_of_several_encodings(name: bytes, on_windows: bool, encoding: str) -> None:
    assert encoding_of([name, b"plain"], on_windows=on_windows) == encoding


def test_backslashes_between_the_parts_of_a_name(tmp_path: Path) -> None:
    write(tmp_path / "x.zip", zipped([("도어\\단차\\", b""), ("도어\\단차\\1.json", b"{}")], encoding="cp949"))
    assert everything(walk(tmp_path)) == ["x.zip/도어/단차/1.json"]


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_in_a_tar(form: int, tmp_path: Path) -> None:
    name = "/".join(["아주 긴 이름" * 5] * 6) + ".json"
    write(tmp_path / "x.tar", tarred([(name, b"{}")], form=form))
    assert everything(walk(tmp_path)) == [f"x.tar/{name}"]


# what can not be read


def with_flags(content_: bytes, flag: int, only: str = "") -> bytes:
    """A ZIP of which members, or one of them, have another flag."""
    out = bytearray(content_)
    with zipfile.ZipFile(io.BytesIO(content_)) as archive:
        at = archive.start_dir
        for info in archive.infolist():
            length = sum(struct.unpack_from("<HHH", out, at + 28))
            if only in ("", info.filename):
                out[at + 8] |= flag
            at += 46 + length
    return bytes(out)


def test_one_file_with_a_password_costs_that_one(tmp_path: Path) -> None:
    archive = write(tmp_path / "x.zip", with_flags(zipped([("a.json", b"1"), ("b.json", b"2")]), 1, "a.json"))
    assert read_all(archive) == {"a.json": "it is protected by a password: unpack it", "b.json": b"2"}


def test_an_archive_with_a_password_is_refused_once(tmp_path: Path) -> None:
    write(tmp_path / "x.zip", with_flags(zipped([("a.json", b"1"), ("b.json", b"2")]), 1))
    tree = walk(tmp_path)
    assert everything(tree) == []
    assert tree.problems == [("x.zip", "the archive's 2 files are protected by a password: unpack it")]


def test_a_method_that_is_not_read_is_named(tmp_path: Path) -> None:
    archive = write(tmp_path / "x.zip", zipped([("a.json", b"1" * 99)], method=zipfile.ZIP_LZMA))
    assert read_all(archive) == {"a.json": "it is compressed by LZMA, which is not read here: unpack it"}


@pytest.mark.parametrize(
    ("pieces", "how"),
    [
        (["TS.zip.part0", "TS.zip.part1073741824"], "cat them, in the order of their numbers, to TS.zip"),
        (["TS.tar.gz.001", "TS.tar.gz.002", "TS.tar.gz.003"], "cat them, in the order of their numbers, to TS.tar.gz"),
        (["TS.z01", "TS.z02", "TS.zip"], "zip -s 0 TS.zip --out whole.zip"),
        (["TS.part1.rar", "TS.part2.rar"], "cat them, in the order of their numbers, to TS.rar"),
    ],
)
def test_pieces_of_an_archive_are_one_problem(pieces: list[str], how: str, tmp_path: Path) -> None:
    for name in pieces:
        write(tmp_path / "원천" / name, b"PK")
    tree = walk(tmp_path)
    listed = ", ".join(pieces)
    assert tree.problems == [
        (
            f"원천/{pieces[0]}",
            f"an archive is there in {len(pieces)} pieces ({listed}): put them together first ({how})",
        )
    ]
    assert everything(tree) == []


def test_pieces_beside_the_whole_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / "TS.zip", zipped(FILES))
    write(tmp_path / "TS.zip.part0", b"PK")
    tree = walk(tmp_path)
    assert len(everything(tree)) == 3
    assert tree.problems == []
    assert list(tree.notes.lines()) == [
        "1 pieces of archives were left out: the whole lies beside them, such as TS.zip.part0"
    ]


def test_an_archive_that_is_no_regular_file_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.zip")
    (tmp_path / "y.tar").symlink_to("/dev/zero")
    assert walk(tmp_path).problems == [
        ("x.zip", "the archive can not be read: it is a FIFO, no regular file"),
        ("y.tar", "the archive can not be read: it is a device, no regular file"),
    ]


def test_an_archive_in_an_archive_is_named(tmp_path: Path) -> None:
    inner = zipped(FILES)
    for ending in ("tar", "tgz"):
        write(tmp_path / f"x.{ending}", packed([("in.zip", inner), ("in.tar.part0", b""), ("a.json", b"{}")], ending))
    tree = walk(tmp_path)
    assert sorted(tree.archives) == [
        f"x.{ending}/in.{inner}" for ending in ("tar", "tgz") for inner in ("tar.part0", "zip")
    ]
    assert [path for path, _ in tree.labels()] == ["x.tar/a.json", "x.tgz/a.json"]


# damage


@pytest.mark.parametrize("ending", ENDINGS)
@settings(deadline=None)
@given(cut=st.integers(0, 4000), flips=st.lists(st.integers(0, 4000), max_size=3))
def test_a_damaged_archive_gives_right_bytes_or_a_reason(
    ending: str, cut: int, flips: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = {f"{name}.bin": hashlib.shake_128(name.encode()).digest(900) for name in "abc"}
    damaged = bytearray(packed(files.items(), ending)[: cut or None])
    for at in flips:
        damaged[at % len(damaged)] ^= 0x55
    archive = write(tmp_path_factory.getbasetemp() / f"damaged.{ending}", bytes(damaged))
    found = read_all(archive)
    right = [name for name, data in found.items() if files.get(name) == data]
    # A TAR has no checksum of what it holds, and that of gzip stands at its end.
    if not flips or not (ending == "tar" or (ending in ("tar.gz", "tgz") and cut)):
        assert all(isinstance(data, str) or name in right or name not in files for name, data in found.items())
    if len(right) < len(files):
        assert content.contents(archive).damage or flips


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tar.xz"])
def test_of_an_archive_that_is_cut_off_the_whole_files_are_read(ending: str, tmp_path: Path) -> None:
    files = [(f"{n}.bin", hashlib.shake_128(b"%d" % n).digest(60_000)) for n in range(4)]
    whole = packed(files, ending)
    archive = write(tmp_path / f"x.{ending}", whole[: len(whole) * 7 // 10])
    found = content.contents(archive)
    assert 0 < len(found.names) < 4
    assert found.damage == f"the archive is damaged after {len(found.names)} files: it is cut off"
    assert all(content.read(archive / name, LIMIT) == dict(files)[name] for name in found.names)


def test_a_header_that_can_not_be_read_is_not_taken_for_the_end(tmp_path: Path) -> None:
    damaged = bytearray(tarred([("a", b"1"), ("b", b"2"), ("c", b"3")]))
    damaged[1024 + 5] ^= 0xFF
    found = content.contents(write(tmp_path / "x.tar", bytes(damaged)))
    assert (found.names, found.damage) == (["a"], "the archive is damaged after 1 files: a header can not be read")


def test_a_wrong_checksum_of_a_gzip_file_refuses_all_of_it(tmp_path: Path) -> None:
    damaged = bytearray(tarred(FILES, "tar.gz"))
    damaged[-6] ^= 0xFF
    found = content.contents(write(tmp_path / "x.tar.gz", bytes(damaged)))
    assert found.names == []
    assert "CRC check failed" in found.damage


# files that are made to do harm


def test_a_file_that_holds_more_than_it_tells(tmp_path: Path) -> None:
    lying = bytearray(zipped([("a", b"0" * 10_000_000)]))
    with zipfile.ZipFile(io.BytesIO(lying)) as archive:
        struct.pack_into("<I", lying, archive.start_dir + 24, 100)
    assert read_all(write(tmp_path / "x.zip", bytes(lying))) == {
        "a": "the archive is damaged: the member is longer than it should be"
    }
    struct.pack_into("<I", lying, lying.rindex(b"PK\1\2") + 24, 900_000_000)
    (reason,) = read_all(write(tmp_path / "y.zip", bytes(lying))).values()
    assert "bytes can not hold the 900,000,000 that are told" in str(reason)


def test_members_that_share_their_bytes(tmp_path: Path) -> None:
    plain = zipped([("a", b"0" * 50_000), ("b", b"1" * 50_000)])
    shared = bytearray(plain)
    second = shared.rindex(b"PK\1\2")
    struct.pack_into("<I", shared, second + 42, 0)
    found = content.contents(write(tmp_path / "x.zip", bytes(shared)))
    assert found.names == []
    assert "members lie upon each other" in found.damage


def test_a_large_member_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    archive = write(tmp_path / "x.zip", zipped([("a", b"0" * 3_000_000)]))
    with pytest.raises(FileError, match="it has 3 MB, more than the limit of 2 MB"):
        content.read(archive / "a", 2_000_000)


@pytest.mark.parametrize("size", [b"\xff" * 12, b"\xff" * 11 + b"\0", b"\x80" + b"\xff" * 11, b"77777777777\0"])
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
@pytest.mark.parametrize("compressed", [False, True])
def test_lengths_that_lead_backwards_or_to_nowhere(kind: bytes, size: bytes, compressed: bool, tmp_path: Path) -> None:
    header = bytearray(tarred([("a", b"")])[:512])
    header[124:136] = size
    header[156:157] = kind
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    evil = tarred([("first", b"1")])[:1024] + bytes(header) + b"\0" * 10_240
    if compressed:
        evil = zlib.compress(evil, wbits=31)
    archive = write(tmp_path / ("x.tar.gz" if compressed else "x.tar"), evil)
    assert content.contents(archive).damage.startswith("the archive is damaged after ")
    found = read_all(archive)
    assert found.pop("first") == b"1"
    assert all("more than the limit" in str(reason) for reason in found.values())


def test_headers_within_headers(tmp_path: Path) -> None:
    (header, body) = (tarred([("x" * 200, b"")], form=tarfile.PAX_FORMAT)[at : at + 512] for at in (0, 512))
    chain = (header + body) * 3000 + b"\0" * 1024
    found = content.contents(write(tmp_path / "x.tar", chain))
    assert found.names == []
    assert found.damage


def test_a_bomb_of_zeros_takes_neither_disk_nor_memory(tmp_path: Path) -> None:
    found = content.contents(write(tmp_path / "x.tar.gz", zlib.compress(b"\0" * 50_000_000, wbits=31)))
    assert (found.names, found.damage) == ([], "")  # an archive of nothing, and padding


def test_no_room_to_unpack_is_said_and_what_was_unpacked_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from loader.archives import spool

    write(tmp_path / "x.tar.gz", tarred(FILES, "tar.gz"))
    monkeypatch.setattr(spool, "_LOOKED_AT", 0)
    monkeypatch.setattr(spool, "_LEFT_FREE", 1 << 60)
    ((path, reason),) = walk(tmp_path).problems
    assert path == "x.tar.gz"
    assert reason.startswith("the archive can not be read: there is no room to unpack it in the temporary directory")
