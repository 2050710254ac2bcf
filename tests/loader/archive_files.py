"""Archives of every kind that is read, made in memory."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

Files = Iterable[tuple[str, bytes]]

_MODES = {"tar": "w", "tar.gz": "w:gz", "tgz": "w:gz", "tar.bz2": "w:bz2", "tar.xz": "w:xz"}
ENDINGS = ("zip", *_MODES)


class Named(zipfile.ZipInfo):
    """A member whose name is written in another encoding and not marked as UTF-8, as Windows does."""

    encoding = "cp949"

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(self.encoding), self.flag_bits


def zipped(files: Files, *, encoding: str = "", method: int = zipfile.ZIP_DEFLATED, system: int = 0) -> bytes:
    """A ZIP; its names are in `encoding` where one is given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            info = Named(name) if encoding else zipfile.ZipInfo(name)
            if isinstance(info, Named):
                info.encoding = encoding
            info.compress_type, info.create_system = method, system
            archive.writestr(info, content)
    return out.getvalue()


def tarred(files: Files, ending: str = "tar", *, encoding: str = "utf-8", form: int = tarfile.GNU_FORMAT) -> bytes:
    """A TAR, compressed as its ending says."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=_MODES[ending], encoding=encoding, format=form) as archive:  # type: ignore[call-overload]
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def packed(files: Files, ending: str) -> bytes:
    """An archive of the kind that its ending says."""
    return zipped(files) if ending == "zip" else tarred(files, ending)


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
