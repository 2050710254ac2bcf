"""Small pictures for people."""

from __future__ import annotations

import io
from pathlib import Path

from loader import images

SMALL = 160


def thumbnail(path: Path, longest: int = SMALL) -> bytes | None:
    """A JPEG of an image file, its longer side of at most `longest` pixels.

    None where the file is gone, damaged, too large, or no image of a known kind.
    """
    buffer = io.BytesIO()
    try:
        images.thumbnail(path, longest).save(buffer, "JPEG", quality=80)
    except images.ImageError:
        return None
    return buffer.getvalue()
