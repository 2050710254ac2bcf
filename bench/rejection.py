"""How many unrelated pictures are rejected, and how many solar cells with them, by the threshold that a run proposes.

Half of the ELPV data set is stored (EfficientNet-Lite0). A leave-one-out evaluation of it proposes max_distance for
97 % coverage. Then the other half is classified, and pictures of other things: noise, handwritten digits
(scikit-learn's load_digits) and pieces of its two photographs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits, load_sample_images

from bench.data import elpv_model
from bench.result import Result
from loader.classification import classify
from loader.database.scratch import scratch_database
from loader.evaluation import evaluate
from loader.load import load
from loader.sample import write_sample

# For at most 5 % of rejected cells: 95 % rejected 66 of 1,312 that were not seen before, 5.03 %.
_COVERAGE = 0.97
_EACH = 100
_KINDS = ("noise", "digits", "photographs")


def _unrelated(directory: Path) -> Iterator[tuple[str, Path]]:
    """Pictures of other things, by kind."""
    random = np.random.default_rng(1)
    digits, photographs = load_digits().images, load_sample_images().images
    for number in range(_EACH):
        height, width = (int(size) for size in random.integers(100, 300, 2))
        photograph = photographs[number % len(photographs)]
        top = int(random.integers(photograph.shape[0] - height))
        left = int(random.integers(photograph.shape[1] - width))
        digit = Image.fromarray((digits[number] * 15.9).astype(np.uint8))
        pictures = {
            "noise": Image.fromarray(random.integers(0, 256, (300, 300), np.uint8)),
            "digits": digit.resize((300, 300), Image.Resampling.BICUBIC),
            "photographs": Image.fromarray(photograph[top : top + height, left : left + width]),
        }
        for kind, picture in pictures.items():
            path = directory / f"{kind}-{number}.png"
            picture.save(path)
            yield kind, path


def run() -> Iterator[Result]:
    """The shares that are rejected, at the threshold of 95 % coverage."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, scratch_database() as database:
        directory = Path(name)
        root = directory / "Sample"
        write_sample(root, None)
        labels = sorted((root / "labels").rglob("*.json"))
        held_back = {path.stem for path in labels[1::2]}
        for path in labels[1::2]:
            path.unlink()
        model = elpv_model(directory)
        load(database, root, model)
        run_id = evaluate(database, target="category1")
        proposed = {
            kind: value
            for kind, value, *_ in database.rows("img_threshold.rejection", p_run_id=run_id, p_coverage=_COVERAGE)
        }
        limit = float(proposed["MAX_DISTANCE"])
        print(f"  max_distance for {100 * _COVERAGE:g} % coverage: {limit:.4f}", flush=True)

        def rejected(paths: list[Path], part: str) -> int:
            decisions = classify(database, model, paths, part=part, target="category1", max_distance=limit)
            return sum(decision.answer is not None and decision.answer["class"] == "unknown" for decision in decisions)

        cells = {
            part: [p for p in sorted((root / "images" / part).iterdir()) if p.stem in held_back]
            for part in ("mono", "poly")
        }
        refused = sum(rejected(paths, part) for part, paths in cells.items())
        count = sum(map(len, cells.values()))
        yield Result(
            "solar cells that were not seen before, rejected", refused / count, 0.05, False, "", f"{refused} of {count}"
        )
        others: dict[str, list[Path]] = {}
        for kind, path in _unrelated(directory):
            others.setdefault(kind, []).append(path)
        for kind in _KINDS:
            for part in cells:
                share = rejected(others[kind], part) / _EACH
                yield Result(
                    f"{kind} taken to be cells of {part}, rejected", share, 0.95, True, "", f"{_EACH} pictures"
                )
