"""docs/notebook.ipynb: its cells run one after the other, and what they print.

python -m tests.notebook SAMPLE MODEL     # run it on a sample, and write its outputs into the file
"""

from __future__ import annotations

import ast
import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).resolve().parents[1] / "docs" / "notebook.ipynb"
# The cell whose values a caller may replace, by the tag that papermill gives it.
_PARAMETERS = "parameters"


def read() -> dict[str, Any]:
    """The notebook, format 4."""
    notebook: dict[str, Any] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return notebook


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells that are run."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run(notebook: dict[str, Any], **parameters: Any) -> list[str]:
    """Run the code cells in one namespace; what each printed, and the value of its last expression."""
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for cell in code_cells(notebook):
        shown.append(_run(ast.parse("".join(cell["source"])), names))
        if _PARAMETERS in cell["metadata"].get("tags", ()):
            names |= parameters
    return shown


def _run(tree: ast.Module, names: dict[str, Any]) -> str:
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with redirect_stdout(io.StringIO()) as out:
        exec(compile(tree, "cell", "exec"), names)  # noqa: S102
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
            if value is not None:
                print(repr(value))
    return out.getvalue()


def main(sample: str, model: str) -> None:
    notebook = read()
    outputs = iter(run(notebook, SAMPLE=sample, MODEL=model))
    for number, cell in enumerate(code_cells(notebook), 1):
        text = next(outputs).splitlines(keepends=True)
        cell["execution_count"] = number
        cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": text}] if text else []
    NOTEBOOK.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
