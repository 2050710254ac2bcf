"""A sample of real images in AI Hub's layout: solar cells of the ELPV data set."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from loader.config import ConfigurationError

DEFAULT_COUNT = 400
LICENCE = (
    "2,624 electroluminescence images of solar cells (Deitsch et al. 2019, Buerhop-Lutz et al. 2018), package "
    "elpv-dataset.\nThe pictures are licensed CC BY-NC-SA 4.0: use them, name their authors, do not sell them."
)
_SEED = 7
# The grade that an expert gave a cell: the probability that it is defective.
_GRADES = {0.0: "0.00", 0.3333333333333333: "0.33", 0.6666666666666666: "0.67", 1.0: "1.00"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A solar cell: its picture, its grade as text, and its type, mono or poly."""

    image: Path
    grade: str
    kind: str

    @property
    def verdict(self) -> str:
        """functional or defective: which side of one half the defect probability is on."""
        return "defective" if float(self.grade) > 0.5 else "functional"


def read_cells() -> list[Cell]:
    """All cells of the data set, in its own order. Raises ConfigurationError where it is not installed."""
    spec = find_spec("elpv_dataset")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError("the package elpv-dataset is not installed: pip install elpv-dataset, or make venv")
    data = Path(spec.submodule_search_locations[0]) / "data"
    with (data / "labels.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter=" ", skipinitialspace=True) if row]
    return [Cell(data / path, _GRADES[float(probability)], kind) for path, probability, kind, *_ in rows]


def stratified(cells: Sequence[Cell], count: int) -> list[Cell]:
    """`count` cells in which every type and grade has its share, the same ones every time."""
    groups: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[cell.kind, cell.grade].append(cell)
    chosen: list[Cell] = []
    left, pool = count, len(cells)
    for _, group in sorted(groups.items()):
        share = round(left * len(group) / pool)
        chosen += random.Random(_SEED).sample(group, share)  # noqa: S311
        left, pool = left - share, pool - len(group)
    return sorted(chosen, key=lambda cell: cell.image.name)


def write_sample(root: Path, count: int | None = DEFAULT_COUNT) -> int:
    """Write `count` cells (all where None) below `root`, and remove others of an earlier sample.

    labels/<functional|defective>/<mono|poly>/cell0001.json beside images/<mono|poly>/cell0001.png,
    with the cell's type as part and the defect probability as quality. Gives the number written.
    """
    cells = read_cells()
    if count is not None and not 1 <= count <= len(cells):
        raise ConfigurationError(f"a sample has 1 to {len(cells)} images, not {count}")
    chosen = cells if count is None else stratified(cells, count)
    wanted: set[Path] = {root / "LICENCE.txt"}
    root.mkdir(parents=True, exist_ok=True)
    (root / "LICENCE.txt").write_text(LICENCE + "\n", encoding="utf-8")
    for cell in chosen:
        image = root / "images" / cell.kind / cell.image.name
        label = root / "labels" / cell.verdict / cell.kind / f"{cell.image.stem}.json"
        for path in (image, label):
            path.parent.mkdir(parents=True, exist_ok=True)
            wanted.add(path)
        if not image.exists():
            draft = image.with_suffix(".part")
            shutil.copyfile(cell.image, draft)
            draft.replace(image)  # a copy that was cut short is made again
        label.write_text(json.dumps(_label(cell), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for old in (*root.glob("labels/*/*/cell*.json"), *root.glob("images/*/cell*.p*")):
        if old not in wanted:
            old.unlink()
    return len(chosen)


def _label(cell: Cell) -> dict[str, object]:
    attributes = {"part": cell.kind, "quality": cell.grade, "categories": []}
    return {
        "images": [{"id": 1, "file_name": cell.image.name, "width": 300, "height": 300}],
        "annotations": [{"id": 1, "image_id": 1, "attributes": attributes}],
    }
