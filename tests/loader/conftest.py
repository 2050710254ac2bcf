"""A small exported model and small trees of labels and images."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from loader.model import Model
from tests.loader.tiny_model import write_tiny_model


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a test writes are old enough to be known by their stamps, as a user's are."""
    monkeypatch.setattr("loader.stamps.now", lambda: time.time_ns() + 3600 * 10**9)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty directory to load."""
    path = tmp_path / "root"
    path.mkdir()
    return path


@pytest.fixture(scope="session")
def tiny_model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny.onnx")


@pytest.fixture(scope="session")
def tiny_model(tiny_model_path: Path) -> Model:
    return Model(tiny_model_path)


Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a label and its image below tmp_path/root; the label's path."""

    def write(
        label_path: str,
        image: str | None = None,
        *,
        part: str = "tank",
        quality: str = "good",
        file_name: str | None = None,
        label: Any = None,
        seed: int | None = None,
    ) -> Path:
        root = tmp_path / "root"
        path = root / label_path
        path.parent.mkdir(parents=True, exist_ok=True)
        image = image or f"images/{path.stem}.png"
        image_path = root / image
        image_path.parent.mkdir(parents=True, exist_ok=True)
        random = np.random.default_rng(sum(image.encode()) if seed is None else seed)
        Image.fromarray(random.integers(0, 256, (40, 30, 3), np.uint8)).save(image_path)
        if label is None:
            attributes = {"part": part, "quality": quality, "categories": ["own"]}
            label = {
                "images": [{"file_name": image_path.name if file_name is None else file_name}],
                "annotations": [{"attributes": attributes}],
            }
        path.write_text(label if isinstance(label, str) else json.dumps(label, ensure_ascii=False), encoding="utf-8")
        return path

    return write
