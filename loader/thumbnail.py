"""Small pictures for the report."""

from __future__ import annotations

import io
import stat
import warnings
from pathlib import Path

from PIL import Image

from loader.images import LARGEST_PIXELS

_SIDE = 160


def thumbnail(path: Path) -> bytes | None:
    """A small JPEG of an image file; None where it is gone, damaged, too large, or no image of a known kind."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None  # a pipe or a device may never end
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                if image.width * image.height > LARGEST_PIXELS:
                    return None
                image.thumbnail((_SIDE, _SIDE))
                buffer = io.BytesIO()
                image.convert("RGB").save(buffer, "JPEG", quality=80)
    except Exception:
        # Pillow's decoders raise nearly anything for a damaged file: SyntaxError, struct.error, ...
        return None
    return buffer.getvalue()
