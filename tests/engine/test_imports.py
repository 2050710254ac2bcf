"""Which module may know which: the engine stands by itself, and what emits does not read."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
# A package of the engine, and those that its modules may not import.
FORBIDDEN = {
    "engine": ("loader", "tests", "bench"),
    "engine/tree": ("engine.lexer", "engine.parser", "engine.script"),
    "engine/check": ("engine.lexer", "engine.parser", "engine.emit", "engine.server", "engine.session"),
    "engine/emit": (
        "engine.lexer",
        "engine.parser",
        "engine.script",
        "engine.check",
        "engine.server",
        "engine.session",
    ),
    "engine/runtime": ("engine.lexer", "engine.parser", "engine.server", "engine.session"),
    "engine/server": ("engine.parser", "engine.check", "engine.emit", "engine.runtime", "engine.session"),
}


def imported(path: Path) -> set[str]:
    """The modules that a module imports, whatever of them it takes."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_the_packages_are_there() -> None:
    assert [package for package in FORBIDDEN if not (ROOT / package / "__init__.py").exists()] == []


def test_no_module_imports_what_it_may_not_know() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for package, forbidden in FORBIDDEN.items()
        for path in sorted((ROOT / package).rglob("*.py"))
        for name in sorted(imported(path))
        if name.startswith(tuple(f"{module}." for module in forbidden)) or name in forbidden
    ]
    assert wrong == []


def test_an_import_that_is_forbidden_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "m.py"
    module.write_text("def f():\n    from engine import parser\n    import loader.client\n")
    assert imported(module) == {"engine", "engine.parser", "loader.client"}
