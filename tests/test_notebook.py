"""docs/notebook.ipynb runs, on real pictures."""

from __future__ import annotations

from pathlib import Path

from loader.config import EmbeddedSettings, OracleSettings
from loader.database import Database
from loader.sample import write_sample
from tests.loader.tiny_model import write_tiny_model
from tests.notebook import code_cells, read, run


def test_the_notebook_runs(settings: OracleSettings | EmbeddedSettings, installed: Database, tmp_path: Path) -> None:
    write_sample(tmp_path / "Sample", 40)
    model = write_tiny_model(tmp_path / "tiny.onnx")
    shown = run(read(), SAMPLE=str(tmp_path / "Sample"), MODEL=str(model))
    assert "40 labels; failed: []\n" in shown
    assert any("right of 40, 95 % interval" in text for text in shown)
    assert shown[-2].endswith("True\n")


def test_the_notebook_holds_what_it_printed_when_it_was_written() -> None:
    cells = code_cells(read())
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    printed = [cell for cell in cells if "print(" in "".join(cell["source"])]
    assert printed
    assert all(cell["outputs"] for cell in printed)
