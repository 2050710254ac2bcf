"""Commands under random kills; `python -m tests.kills.commands --count 500` runs more of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills.commands import ExportKiller, Killer

pytestmark = pytest.mark.usefixtures("embedded_only")


@pytest.mark.timeout(900)
def test_random_kills_of_commands(tmp_path: Path) -> None:
    killer = Killer(tmp_path, seed=29)
    try:
        for name in [*killer.commands] * 3 + ["load", "prune"]:
            killer.round(name)
    finally:
        killer.finish()
    assert sum(killer.phases.values()) == 29


@pytest.mark.timeout(300)
def test_a_random_kill_of_an_export(tmp_path: Path) -> None:
    pytest.importorskip("loader.export.keras_to_onnx", reason="TensorFlow is not installed")
    killer = ExportKiller(tmp_path, seed=1)
    killer.round("export")
    assert sum(killer.phases.values()) == 1
