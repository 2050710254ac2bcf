"""What a file is by its name: an image, a mask, an archive, a piece of one, or something else."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.util import find_spec

# By which an image is recognised among other files; one that a label names may have any.
_SUFFIXES = frozenset(
    ".jpg .jpeg .jpe .jfif .png .apng .bmp .dib .tif .tiff .webp .gif .avif .jp2 .j2k .jpx .jpf .pgm .ppm .pbm .pnm"
    " .pfm .tga .pcx .qoi .sgi .ico".split()
)
# Read by the package pillow-heif alone.
HEIF_SUFFIXES = frozenset([".heic", ".heif", ".hif"])
HEIF = find_spec("pillow_heif") is not None
HEIF_ADVICE = "pip install -e '.[heic]'"
_ARCHIVE = re.compile(r"\.(zip|tar|tar\.(gz|bz2|xz|zst)|tgz|tbz2|txz|gz|7z|rar|zst)$", re.IGNORECASE)
# Those that are read in place.
_PACKED = re.compile(r"\.(zip|tar|tar\.(gz|bz2|xz)|tgz|tbz2|txz)$", re.IGNORECASE)
_INSIDE = re.compile(f"{_PACKED.pattern[:-1]}(?=/)", re.IGNORECASE)
# What split archives are called, and in the first group the whole: of x.z01 the last piece is x.zip.
_PIECE = re.compile(
    r"(.+)\.part\d+|(.+)\.z\d\d|(.+\.(?:zip|7z|tar|tar\.\w+|tgz))\.\d{3}|(.+)\.part\d+\.rar", re.IGNORECASE
)
# What systems leave beside the files of their users.
LITTER = frozenset(["__MACOSX", "Thumbs.db", "ehthumbs.db", "desktop.ini", "Desktop.ini", "$RECYCLE.BIN"])
# The corrections of the labels below a root, in the root itself.
CORRECTIONS = "corrections.jsonl"
_MASK_DIRECTORIES = frozenset(["ground_truth", "Masks", "masks"])
# KolektorSDD calls its masks _label, KolektorSDD2 _GT, MVTec AD _mask.
_MASK_NAME = re.compile(r"(.+)_(?:mask|GT|label)$")


def suffix_of(path: str) -> str:
    """The ending of a file's name, in small letters and with its dot; empty where it has none."""
    return os.path.splitext(path)[1].lower()  # noqa: PTH122, a Path for each of many files takes long


def is_image(name: str) -> bool:
    """Whether a file's name is that of an image that can be read here."""
    suffix = suffix_of(name)
    return suffix in _SUFFIXES or (HEIF and suffix in HEIF_SUFFIXES)


def is_archive(name: str) -> bool:
    """Whether a file's name is that of an archive."""
    return _ARCHIVE.search(name) is not None


def is_packed(name: str) -> bool:
    """Whether a file's name is that of an archive that is read in place."""
    return _PACKED.search(name) is not None


def places_in_archives(path: str) -> Iterator[tuple[str, str]]:
    """Each way to take a path for that of an archive and of a file in it, by the names of its directories."""
    for found in _INSIDE.finditer(path):
        yield path[: found.end()], path[found.end() + 1 :]


def without_ending(name: str) -> str:
    """The name of an archive that is read in place, without its ending."""
    return _PACKED.sub("", name)


def whole_of(name: str) -> str | None:
    """The archive of which a file is a piece by its name, None where it is none."""
    found = _PIECE.fullmatch(name)
    if found is None:
        return None
    parts, first_of_zip, numbered, first_of_rar = found.groups()
    if first_of_zip:
        return f"{first_of_zip}.zip"
    if first_of_rar:
        return f"{first_of_rar}.rar"
    return numbered or (parts if is_archive(parts) else None)


def is_left_out(name: str) -> bool:
    """Whether a file or directory is none of the user's: hidden, or left there by a system."""
    return name.startswith(".") or name in LITTER


def stem(name: str) -> str:
    """The name without the ending of an image; other endings belong to the name."""
    suffix = suffix_of(name)
    return name[: -len(suffix)] if suffix in _SUFFIXES or suffix in HEIF_SUFFIXES else name


def is_mask_directory(name: str) -> bool:
    """Whether a directory holds masks, which say where a defect is and are no pictures of parts."""
    return name in _MASK_DIRECTORIES


def masked(name: str) -> str | None:
    """The stem of the image whose mask a file is by its name, None where it is none: x of x_mask.png.

    Only where there is an image of that stem is it a mask: a class may be called so (with_mask).
    """
    found = _MASK_NAME.fullmatch(stem(name))
    return found[1] if found else None
