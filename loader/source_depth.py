"""How many bits of a sample count in the images of a tree: one answer for all that do not declare it."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator

from loader.depth import Depth, Header, depth_of
from loader.images import deep_header, largest_value
from loader.labels import Tree

# Images of more than 8 bits that are looked at; always the same ones, spread by a hash of their paths.
_LOOKED_AT = 32


def find_depth(tree: Tree, bits: int | None = None) -> Depth:
    """The depth of the tree's images, by their largest values or as `bits` says; noted for each image, and said.

    An image whose value is larger than what was found is refused when it is read, never scaled in another way.
    """
    counts: dict[bool, int] = {False: 0, True: 0}
    samples: dict[bool, list[tuple[bytes, str]]] = {False: [], True: []}
    declared = 0
    for path, header in _deep(tree, masks=False):
        if header.bits is not None:
            declared += 1
            continue
        counts[header.floats] += 1
        sample = samples[header.floats]
        sample.append((hashlib.sha256(path.encode()).digest(), path))
        if len(sample) > 2 * _LOOKED_AT:
            samples[header.floats] = heapq.nsmallest(_LOOKED_AT, sample)
    depth = Depth(bits, bits)
    largest: dict[bool, float | None] = {False: None, True: None}
    if bits is None:
        for floats, sample in samples.items():
            largest[floats] = _largest(tree, (path for _, path in heapq.nsmallest(_LOOKED_AT, sample)))
        integers = largest[False]
        depth = depth_of(None if integers is None else int(integers), largest[True])
    if declared or any(counts.values()):
        for path, header in _deep(tree, masks=True):
            used = depth.bits(header)
            # Colours of 16 bits are what they always were: the others were embedded in another way once.
            if used is not None and not (header.colour and used == 16):
                tree.put_depth(path, used)
    _note(tree, depth, counts, largest, declared)
    return depth


def _deep(tree: Tree, *, masks: bool) -> Iterator[tuple[str, Header]]:
    root = str(tree.root)
    for path in tree.images(masks=masks):
        header = deep_header(f"{root}/{path}")
        if header is not None:
            yield path, header


def _largest(tree: Tree, paths: Iterable[str]) -> float | None:
    return max((value for path in paths if (value := largest_value(tree.root / path)) is not None), default=None)


def _note(tree: Tree, depth: Depth, counts: dict[bool, int], largest: dict[bool, float | None], declared: int) -> None:
    for floats, used in ((False, depth.integers), (True, depth.floats)):
        if counts[floats] and used is not None:
            found = largest[floats]
            why = "as --bits says" if found is None else f"for the largest value found is {found:g}"
            kind = "floats" if floats else "integers of more than 8 bits"
            scale = "are taken as 0 to 1" if used == 1 else f"are taken as {used} bits"
            tree.notes.add(f"images of {kind} {scale}, {why}", count=counts[floats])
    if declared:
        tree.notes.add("images of more than 8 bits declare how many count", count=declared)
