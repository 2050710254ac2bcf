"""Picture files that Pillow can not write, made by hand."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

_COLOURS = {1: 0, 2: 4, 3: 2, 4: 6}


def png16(samples: NDArray[Any], significant: int | None = None) -> bytes:
    """A PNG of 16 bits a sample, height x width x 1 to 4, with a chunk sBIT where `significant` is given."""
    height, width, bands = samples.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, _COLOURS[bands], 0, 0, 0))
    declared = b"" if significant is None else chunk(b"sBIT", bytes([significant] * bands))
    pixels = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    return b"\x89PNG\r\n\x1a\n" + header + declared + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def tiff(
    samples: NDArray[Any], bits: int = 16, *, photometric: int = 1, order: str = "<", tags: dict[int, int] | None = None
) -> bytes:
    """An uncompressed TIFF: height x width of 12 or 16 bits, or height x width x 3 of 16."""
    height, width = samples.shape[:2]
    bands = 1 if samples.ndim == 2 else samples.shape[2]
    if bits == 12:
        pairs = samples.reshape(-1, 2).astype(int).tolist()
        data = b"".join(bytes([p >> 4, (p & 15) << 4 | q >> 8, q & 255]) for p, q in pairs)
    else:
        data = samples.astype(f"{order}u2").tobytes()
    fields = {256: (3, width), 257: (3, height), 258: (3, bits), 259: (3, 1), 262: (3, photometric), 273: (4, 0)}
    fields |= {277: (3, bands), 278: (3, height), 279: (4, len(data))}
    fields |= {tag: (3, value) for tag, value in (tags or {}).items()}
    start = 8 + 2 + 12 * len(fields) + 4
    entries = b""
    for tag, (kind, value) in sorted(fields.items()):
        count = bands if tag in (258, 281) else 1
        if count == 3:
            value = start
        elif tag == 273:
            value = start + (6 if bands == 3 else 0)
        packed = struct.pack(f"{order}H2x" if kind == 3 and count == 1 else f"{order}I", value)
        entries += struct.pack(f"{order}HHI", tag, kind, count) + packed
    extra = struct.pack(f"{order}HHH", bits, bits, bits) if bands == 3 else b""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}IH", 8, len(fields)) + entries + b"\0" * 4 + extra + data


def ramp(highest: int, shape: tuple[int, ...] = (16, 16)) -> NDArray[np.uint16]:
    """Values from 0 to `highest`, spread evenly."""
    count = int(np.prod(shape))
    return np.round(np.linspace(0, highest, count)).astype(np.uint16).reshape(shape)
