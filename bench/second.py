"""Whether the recipe defects is a fluke of solar cells: avg against defects on clothes, see bench.clothes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.clothes import COUNT, TOPS, write_clothes
from bench.result import Result
from loader.database.scratch import scratch_database
from loader.evaluation import evaluate
from loader.export import keras_to_onnx
from loader.load import load
from loader.model import AVG, DEFECTS, Model
from loader.report_answer import share
from loader.run_comparison import compare_runs, comparison_lines

_SEEDS = (1, 2, 3)
_QUESTIONS: dict[str, dict[str, Any]] = {
    "ten kinds": {"within_part": False},
    "shirt or T-shirt": {"only_part": TOPS},
}
_SETTINGS: dict[str, dict[str, Any]] = {
    "nearest neighbour, leave-one-out": {"k": 1},
    **{f"LDA, 10-fold, seed {seed}": {"method": "kfold", "transform_kind": "lda", "seed": seed} for seed in _SEEDS},
}
_FITTED = [name for name, setting in _SETTINGS.items() if "transform_kind" in setting]


def run() -> Iterator[Result]:
    """Each question and setting: the accuracy of both recipes, their difference, and McNemar's test."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory, scratch_database() as database:
        root = Path(directory) / "Clothes"
        write_clothes(root)
        runs: dict[tuple[str, str, str], int] = {}
        for recipe in (AVG, DEFECTS):
            path = Path(directory) / f"{recipe}.onnx"
            keras_to_onnx.export("efficientnet-lite0", path, recipe=recipe)
            loaded = load(database, root, Model(path), replace_model=True)
            if loaded.stored != COUNT:
                raise RuntimeError(f"{loaded.stored} of {COUNT} pictures were stored")
            for question, asked in _QUESTIONS.items():
                for name, setting in _SETTINGS.items():
                    runs[recipe, question, name] = evaluate(database, **asked, **setting)
        for question in _QUESTIONS:
            gains = []
            for name in _SETTINGS:
                compared = compare_runs(database, runs[AVG, question, name], runs[DEFECTS, question, name])
                accuracies = " and ".join(
                    f"{recipe} {share(side['accuracy'])} (95 %: {share(side['accuracy_low'])} to "
                    f"{share(side['accuracy_high'])})"
                    for recipe, side in zip((AVG, DEFECTS), compared["sides"], strict=True)
                )
                *_, difference, conclusion = comparison_lines(compared)
                print(f"  {question}, {name}: {accuracies}\n    {difference}\n    {conclusion}", flush=True)
                if name in _FITTED:
                    gains.append(100 * float(compared["difference"]))
            yield Result(
                f"{question}: accuracy of the recipe defects less that of avg, LDA, mean of seeds",
                float(np.mean(gains)),
                0.0,
                at_least=True,
                unit="points",
            )
