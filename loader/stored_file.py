"""The file of a stored image, by the root of its source and the path that the database has."""

from __future__ import annotations

from pathlib import Path

from loader.content import status
from loader.labels import printable


def stored_file(root: str, image_path: str) -> Path | None:
    """Where the file lies below `root`, also as a member of an archive; None where it is not there.

    The database has a path as loader.labels.printable spells it, which a disk may spell otherwise: letters taken apart
    (NFD), or bytes that are no UTF-8. A path that leaves the root, by `..` or by a link, is not there.
    """
    directory = Path(root)
    parts = Path(image_path).parts
    if not parts or ".." in parts or Path(image_path).is_absolute():
        return None
    path = directory.joinpath(*parts)
    if not _is_there(path):
        spelled = _as_spelled(directory, parts)
        if spelled is None or not _is_there(spelled):
            return None
        path = spelled
    return path if path.resolve().is_relative_to(directory.resolve()) else None


def _is_there(path: Path) -> bool:
    try:
        status(path)
    except (OSError, ValueError):
        return False
    return True


def _as_spelled(directory: Path, parts: tuple[str, ...]) -> Path | None:
    """The path whose names on disk are told as `parts`."""
    for part in parts:
        if (directory / part).exists():
            directory /= part
            continue
        if not directory.is_dir():
            directory /= part  # within an archive
            continue
        found = next((entry for entry in directory.iterdir() if printable(entry.name) == part), None)
        if found is None:
            return None
        directory = found
    return directory
