"""Directories that wrap labels and images and say nothing of them, as AI Hub's archives unpack; names in NFC."""

from __future__ import annotations

import re
import unicodedata
from fnmatch import translate
from functools import lru_cache

from loader.kinds import is_packed, without_ending

# As shell patterns, in any case. [[] stands for an opening bracket.
PATTERNS = (
    *("[[]라벨]*", "[[]원천]*"),
    *("TL_*", "VL_*", "TS_*", "VS_*", "TL", "VL", "TS", "VS"),
    *("라벨링데이터", "라벨데이터", "원천데이터"),
    *("Training", "Validation", "[0-9].Training", "[0-9].Validation", "[0-9][0-9].Training", "[0-9][0-9].Validation"),
    "Sample",
    *("label", "labels", "image", "images", "annotation", "annotations"),
)
_WRAPPER = re.compile("|".join(translate(unicodedata.normalize("NFC", pattern)) for pattern in PATTERNS), re.IGNORECASE)
# What such a name says of the kind of its content alone: labels and images of one set differ in it.
_MARK = re.compile(r"^(?:\[라벨\]|\[원천\]|(?:TL|TS|VL|VS)_)", re.IGNORECASE)

# Wrapping names that tell labels from images and nothing else.
_PLAIN = frozenset("라벨링데이터 라벨데이터 원천데이터 label labels image images annotation annotations".split())


@lru_cache(maxsize=10_000)
def is_wrapper(directory: str) -> bool:
    """Whether a directory, or an archive, of this name is taken out."""
    return _WRAPPER.match(without_ending(directory)) is not None


def unpacked(directories: tuple[str, ...]) -> tuple[str, ...]:
    """The directories without archives: what one holds counts as if it had been unpacked where it lies."""
    return tuple(directory for directory in directories if not is_packed(directory))


def remaining(directories: tuple[str, ...]) -> tuple[str, ...]:
    """The directories without those that wrap, and without archives."""
    return tuple(directory for directory in unpacked(directories) if not is_wrapper(directory))


def unmarked(directories: tuple[str, ...]) -> tuple[str, ...]:
    """The directories with what tells labels from images taken off: TL_door and TS_door are both door."""
    names = map(without_ending, directories)
    stripped = (_MARK.sub("", name) if is_wrapper(name) else name for name in names)
    return tuple(name for name in stripped if name and name.casefold() not in _PLAIN)
