"""Loads labelled images into the database that classifies them: the command line, and the library.

    import loader

    with loader.connect(model="efficientnet-lite0") as images:
        images.load("Sample")
        print(images.classify("new.png").class_name)

docs/library.md goes on from here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loader.api import ImageDatabase, connect
    from loader.config import ConfigurationError, EmbeddedSettings, OracleSettings
    from loader.database import DatabaseError
    from loader.dump_file import DumpError
    from loader.images import ImageError
    from loader.migrations import MigrationError
    from loader.model import Model
    from loader.results import ClassFigures, Decision, Embeddings, Evaluation, Neighbour, Status

__version__ = "0.1.0"

# Where each public name stands; it is imported when it is first asked for, so that the command line starts at once.
_PLACES = {
    "ClassFigures": "results",
    "ConfigurationError": "config",
    "DatabaseError": "database",
    "Decision": "results",
    "DumpError": "dump_file",
    "EmbeddedSettings": "config",
    "Embeddings": "results",
    "Evaluation": "results",
    "ImageDatabase": "api",
    "ImageError": "images",
    "MigrationError": "migrations",
    "Model": "model",
    "Neighbour": "results",
    "OracleSettings": "config",
    "Status": "results",
    "connect": "api",
}

__all__ = [
    "ClassFigures",
    "ConfigurationError",
    "DatabaseError",
    "Decision",
    "DumpError",
    "EmbeddedSettings",
    "Embeddings",
    "Evaluation",
    "ImageDatabase",
    "ImageError",
    "MigrationError",
    "Model",
    "Neighbour",
    "OracleSettings",
    "Status",
    "__version__",
    "connect",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"loader.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
