"""OpenVINO, bfloat16 and int8 beside ONNX Runtime in float32."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from loader.config import ConfigurationError
from loader.database import Database
from loader.model import Model, find
from tests.loader.test_cli import Loader, loader
from tests.loader.test_commands import loaded

__all__ = ["loaded", "loader"]

IMAGES = np.random.default_rng(3).integers(0, 256, (5, 32, 32, 3), np.uint8)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(((a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)).min())


def test_openvino_gives_the_same_embeddings(tiny_model_path: Path) -> None:
    pytest.importorskip("openvino")
    exact = Model(tiny_model_path)
    other = Model(tiny_model_path, runtime="openvino")
    assert (other.name, other.dimension, other.file_hash) == (exact.name, exact.dimension, exact.file_hash)
    np.testing.assert_allclose(other.embed(IMAGES), exact.embed(IMAGES), rtol=1e-4, atol=1e-3)


def test_bfloat16_is_a_model_of_its_own(tiny_model_path: Path) -> None:
    openvino = pytest.importorskip("openvino")
    if "BF16" not in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        with pytest.raises(ConfigurationError, match="no bfloat16"):
            Model(tiny_model_path, runtime="openvino-bfloat16")
        return
    exact = Model(tiny_model_path)
    other = Model(tiny_model_path, runtime="openvino-bfloat16")
    assert other.name == "tiny-bfloat16"
    assert cosine(other.embed(IMAGES), exact.embed(IMAGES)) > 0.999


def test_an_unknown_runtime(loader: Loader, loaded: Path, tiny_model_path: Path) -> None:
    done = loader(loaded, "--model", tiny_model_path, "--runtime", "abacus")
    assert done.returncode == 2
    assert "unknown runtime abacus: choose from onnxruntime, openvino, openvino-bfloat16" in done.stderr


@pytest.mark.filterwarnings("ignore")
def test_int8_is_measured_and_a_model_of_its_own(
    loader: Loader, loaded: Path, installed: Database, tiny_model_path: Path, tmp_path: Path
) -> None:
    pytest.importorskip("onnx")
    model = tmp_path / "models" / "tiny.onnx"
    model.parent.mkdir()
    shutil.copy(tiny_model_path, model)
    done = loader("export", "--int8", loaded, "--model", model)
    assert done.returncode == 0, done.stderr
    assert "12 images were tested by both: both right 12, A alone 0, B alone 0, neither 0" in done.stdout
    assert "Network alone: " in done.stdout

    quantised = Model(model.with_name("tiny-int8.onnx"))
    assert quantised.name == "tiny-int8"
    found, expected = quantised.embed(IMAGES), Model(model).embed(IMAGES)
    assert 0.99 < cosine(found, expected) < 1
    # Never taken unasked, and never mixed with the other.
    with pytest.raises(ConfigurationError, match="no model densenet121"):
        find(None, model.parent / "none")
    assert find(None, model.parent) == model
    refused = loader(loaded, "--model", quantised.path)
    assert refused.returncode == 1
    assert "--replace-model" in refused.stderr
    again = loader("export", "--int8", loaded, "--model", quantised.path)
    assert again.returncode == 2
    assert "is quantised already" in again.stderr


def test_a_runtime_is_compared_before_it_is_used(loader: Loader, loaded: Path, tiny_model_path: Path) -> None:
    pytest.importorskip("openvino")
    done = loader("compare", loaded, "--model", tiny_model_path, "--runtime", "openvino")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "A: tiny (ONNX Runtime, CPU); B: tiny (OpenVINO, CPU, float32)"
    assert lines[1] == "Cosine of the two embeddings: smallest 1.0000, mean 1.0000"
    assert lines[2].startswith("Network alone: B ")
    # Both were embedded, and each pace is its own.
    paces = next(line for line in lines if line.startswith("ms an image to embed")).split()[-2:]
    assert paces[0] != paces[1]
    assert "not known" not in done.stdout


def test_int8_without_images(loader: Loader, tmp_path: Path, tiny_model_path: Path) -> None:
    pytest.importorskip("onnx")
    (tmp_path / "empty").mkdir()
    done = loader("export", "--int8", tmp_path / "empty", "--model", tiny_model_path)
    assert done.returncode == 2
    assert "there is no image below" in done.stderr
    assert not list(tiny_model_path.parent.glob("*int8*"))
