"""The pictures of stored images as JPEG, made from the files below their sources' roots."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from loader.content import status
from loader.stored_file import stored_file
from loader.thumbnail import thumbnail

# Of a picture in a grid, and of one that fills the screen: its longer side in pixels.
SMALL, LARGE = 240, 1600
# Small pictures that are kept, of about 8 kB each.
_KEPT = 4096


def small(root: str, image_path: str) -> bytes | None:
    """A picture for a grid; None where the file is not there or is no picture."""
    path = stored_file(root, image_path)
    if path is None:
        return None
    try:
        found = status(path)
    except OSError:
        return None
    return _small(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=_KEPT)
def _small(path: Path, mtime: int, size: int) -> bytes | None:  # noqa: ARG001, a changed file is another
    return thumbnail(path, SMALL)


def large(root: str, image_path: str) -> bytes | None:
    """A picture to look at closely; None as in `small`."""
    path = stored_file(root, image_path)
    return None if path is None else thumbnail(path, LARGE)
