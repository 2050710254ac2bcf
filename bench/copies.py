"""How near a re-encoded copy is to its original, and how near the nearest other picture is: what p_near separates."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.result import Result
from loader.export import keras_to_onnx
from loader.images import read_image
from loader.linear import unit
from loader.model import AVG, DEFECTS, Model
from loader.sample import write_sample

# What this measures, and img_choice.measured_near_distance says, by recipe.
_NEAR = {AVG: 0.009, DEFECTS: 0.0015}
_COPIED = 200
# What it is to find; stronger compression moves a copy further than another picture is.
_LIGHT = {AVG: ("JPEG 95", "JPEG 90", "0.75 of its size"), DEFECTS: ("JPEG 95",)}
_QUALITIES = (95, 90, 75, 50)
_SIZES = (0.75, 0.5, 0.25)


def _variants(picture: Image.Image) -> Iterator[tuple[str, Image.Image]]:
    """The copies that people make of a picture: saved as JPEG, made smaller, or both."""
    for quality in _QUALITIES:
        yield f"JPEG {quality}", _saved(picture, quality)
    for size in _SIZES:
        smaller = picture.resize((round(picture.width * size), round(picture.height * size)), Image.Resampling.LANCZOS)
        yield f"{size:g} of its size", smaller
        yield f"{size:g} of its size, JPEG 75", _saved(smaller, 75)


def _saved(picture: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file)


def _embedded(model: Model, pictures: list[Path]) -> NDArray[np.float64]:
    vectors = [model.embed(read_image(path, model.preprocessing)[np.newaxis])[0] for path in pictures]
    return unit(np.stack(vectors))


def run() -> Iterator[Result]:
    """All 2,624 pictures of the ELPV data set, 200 of them copied in ten ways, EfficientNet-Lite0 by each recipe."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        root = Path(directory)
        write_sample(root / "Sample", None)
        originals = sorted((root / "Sample").rglob("*.png"))
        chosen = np.random.default_rng(1).choice(len(originals), _COPIED, replace=False)
        copies: dict[str, list[Path]] = {}
        for index in chosen:
            with Image.open(originals[index]) as picture:
                for number, (name, copy) in enumerate(_variants(picture)):
                    path = root / f"{index}-{number}.png"
                    copy.save(path)
                    copies.setdefault(name, []).append(path)
        for recipe, near in _NEAR.items():
            path = root / f"{recipe}.onnx"
            keras_to_onnx.export("efficientnet-lite0", path, recipe=recipe)
            yield from _measured(Model(path, threads=2), near, _LIGHT[recipe], originals, chosen, copies)


def _measured(
    model: Model,
    near: float,
    found: tuple[str, ...],
    originals: list[Path],
    chosen: NDArray[np.int64],
    copies: dict[str, list[Path]],
) -> Iterator[Result]:
    """The shares of copies and of other pictures within the limit of a model."""
    stored = _embedded(model, originals)
    light = []
    for name, paths in copies.items():
        distances = 1 - (_embedded(model, paths) * stored[chosen]).sum(axis=1)
        print(
            f"  {model.name}, {name}: {_percentiles(distances)}; {100 * np.mean(distances <= near):.1f} % within {near}"
        )
        if name in found:
            light.append(distances)
    between = 1 - stored @ stored.T
    np.fill_diagonal(between, np.inf)
    nearest = between.min(axis=1)
    print(
        f"  {model.name}, nearest other picture: {_percentiles(nearest)}; "
        f"{100 * np.mean(nearest <= near):.1f} % within {near}"
    )
    yield Result(
        f"{model.name}: copies within {near} of their original",
        float(np.mean(np.concatenate(light) <= near)),
        0.95,
        at_least=True,
        detail=f"{_COPIED} pictures, {', '.join(found)}",
    )
    yield Result(
        f"{model.name}: pictures whose nearest other one is within {near}",
        float(np.mean(nearest <= near)),
        0.055,
        at_least=False,
    )


def _percentiles(distances: NDArray[np.float64]) -> str:
    shares = (0.01, 0.05, 0.5, 0.95, 0.99, 1)
    return ", ".join(f"{100 * share:g} % {np.quantile(distances, share):.4f}" for share in shares)
