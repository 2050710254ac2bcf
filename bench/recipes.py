"""What the recipe defects gains over avg, and costs: functional and defective solar cells told apart.

The ELPV data set, defect probability at least 0.5 against below, within the cell type, EfficientNet-Lite0. Both
recipes are evaluated by the same folds, one after the other in one database.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.result import Result
from loader.database.embedded import EmbeddedDatabase
from loader.database.scratch import scratch_database
from loader.evaluation import evaluate
from loader.export import keras_to_onnx
from loader.load import load
from loader.model import AVG, DEFECTS, RECIPES, Model
from loader.sample import write_sample

_SEEDS = (1, 2, 3)
_SHRINKAGES = (0.1, 0.2)
_PLAIN = "nearest neighbour, leave-one-out"
_RUNS: dict[str, dict[str, Any]] = {
    _PLAIN: {"k": 1},
    **{
        f"LDA, shrinkage {shrinkage}, 10-fold, seed {seed}": {
            "method": "kfold",
            "transform_kind": "lda",
            "seed": seed,
            "shrinkage": shrinkage,
        }
        for shrinkage in _SHRINKAGES
        for seed in _SEEDS
    },
}


def _evaluated(database: EmbeddedDatabase, recipe: str) -> dict[str, tuple[int, float]]:
    """The number and the accuracy (per cent) of each run."""
    found = {}
    for name, parameters in _RUNS.items():
        run_id = evaluate(database, target="category1", **parameters)
        ((accuracy, low, high),) = database.execute(
            f"select accuracy, accuracy_low, accuracy_high from vw_evaluation where run_id = {run_id}"
        ).rows
        print(
            f"  {recipe}, {name}: {100 * accuracy:.2f} % (95 %: {100 * low:.2f} to {100 * high:.2f})",
            flush=True,
        )
        found[name] = (run_id, 100 * float(accuracy))
    return found


def _embedding_ms(models: dict[str, Model]) -> dict[str, float]:
    """Milliseconds that the network takes for an image on one thread: the least of ten rounds, taken in turn."""
    least = dict.fromkeys(models, float("inf"))
    random = np.random.default_rng(1)
    for _ in range(10):
        for recipe, model in models.items():
            size = model.preprocessing.size
            images = random.integers(0, 256, (4, size, size, 3), np.uint8)
            begun = time.perf_counter()
            model.embed(images)
            least[recipe] = min(least[recipe], 1000 * (time.perf_counter() - begun) / len(images))
    return least


def run() -> Iterator[Result]:
    """Accuracy of each recipe by seed, McNemar's test between them, and what the network costs."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory, scratch_database() as database:
        root = Path(directory) / "Sample"
        write_sample(root, None)
        models = {}
        for recipe in RECIPES:
            path = Path(directory) / f"{recipe}.onnx"
            keras_to_onnx.export("efficientnet-lite0", path, recipe=recipe)
            models[recipe] = Model(path)
        runs = {}
        for recipe, model in models.items():
            load(database, root, model, replace_model=True)
            runs[recipe] = _evaluated(database, recipe)
        for name in _RUNS:
            (before, _), (after, _) = runs[AVG][name], runs[DEFECTS][name]
            compared = json.loads(database.value("img_evaluate.mcnemar", p_run_a=before, p_run_b=after))
            print(
                f"  {name}: {compared['only_b']} right by defects alone, {compared['only_a']} by avg alone, "
                f"McNemar's test p = {compared['p_value']:.2g}"
            )
        means = {recipe: _mean(found) for recipe, found in runs.items()}
        cost = _embedding_ms(models)
    print(
        "  network, one thread, an image: " + ", ".join(f"{recipe} {ms:.1f} ms" for recipe, ms in cost.items()),
        flush=True,
    )
    yield Result(
        "accuracy of the recipe defects less that of avg, LDA, mean of seeds and shrinkages",
        means[DEFECTS] - means[AVG],
        1.0,
        at_least=True,
        unit="points",
        detail=f"{means[AVG]:.2f} % and {means[DEFECTS]:.2f} %",
    )


def _mean(found: dict[str, tuple[int, float]]) -> float:
    return float(np.mean([accuracy for name, (_, accuracy) in found.items() if name != _PLAIN]))
