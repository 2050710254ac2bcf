"""Label layouts: each reads the labels of a tree and gives them in AI Hub's form.

A layout is a function from a Tree to LabelItems, and writing another one takes one such function:

    def mine(tree: Tree) -> Iterator[LabelItem]:
        yield LabelItem("anything/unique", "hash", label("x.png", part="tank", quality="good"))

The item's path is what the database knows the label by; its hash tells whether it changed.
"""

from __future__ import annotations

from loader.layouts.aihub import aihub
from loader.layouts.base import LabelItem, Layout, UnreadLabel, label
from loader.layouts.coco import coco
from loader.layouts.csv_table import table
from loader.layouts.folders import folders
from loader.layouts.mvtec import mvtec

LAYOUTS: dict[str, Layout] = {"aihub": aihub, "folders": folders, "mvtec": mvtec, "csv": table, "coco": coco}

__all__ = ["LAYOUTS", "LabelItem", "Layout", "UnreadLabel", "aihub", "coco", "folders", "label", "mvtec", "table"]
