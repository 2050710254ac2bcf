"""Label layouts: each reads the labels of a tree and gives them in AI Hub's form.

A layout is a function from a Tree to LabelItems, and writing another one takes one such function:

    def mine(tree: Tree) -> Iterator[LabelItem]:
        yield LabelItem("anything/unique", "hash", label("x.png", part="tank", quality="good"))

The item's path is what the database knows the label by; its hash tells whether it changed.
"""

from __future__ import annotations

from functools import partial

from loader.config import ConfigurationError
from loader.layouts.aihub import aihub
from loader.layouts.base import LabelItem, Layout, UnreadLabel, label
from loader.layouts.coco import coco
from loader.layouts.csv_table import table, table_with
from loader.layouts.folders import folders
from loader.layouts.mvtec import mvtec

LAYOUTS: dict[str, Layout] = {"aihub": aihub, "folders": folders, "mvtec": mvtec, "csv": table, "coco": coco}

__all__ = [
    "LAYOUTS",
    "LabelItem",
    "Layout",
    "UnreadLabel",
    "aihub",
    "coco",
    "folders",
    "label",
    "layout_of",
    "mvtec",
    "table",
]


def layout_of(
    name: str,
    *,
    categories: tuple[int, int] | None = None,
    encoding: str | None = None,
    columns: str | None = None,
) -> Layout:
    """The layout of this name, with the options of `python -m loader load`. Raises ConfigurationError."""
    if name not in LAYOUTS:
        raise ConfigurationError(f"unknown layout {name}: choose from {', '.join(LAYOUTS)}")
    if categories is not None and name != "aihub":
        raise ConfigurationError("--categories is for the layout aihub: the others name the categories themselves")
    if encoding is None and columns is None:
        return partial(aihub, chosen=categories) if categories else LAYOUTS[name]
    if name != "csv":
        raise ConfigurationError("--encoding and --columns are for --layout csv")
    return table_with(encoding, columns)
