"""Small pictures for the report."""

from __future__ import annotations

import io
from pathlib import Path

from loader import images

_SIDE = 160


def thumbnail(path: Path) -> bytes | None:
    """A small JPEG of an image file; None where it is gone, damaged, too large, or no image of a known kind."""
    buffer = io.BytesIO()
    try:
        images.thumbnail(path, _SIDE).save(buffer, "JPEG", quality=80)
    except images.ImageError:
        return None
    return buffer.getvalue()
