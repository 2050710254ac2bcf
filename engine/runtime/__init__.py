"""The run-time SQL: what translated statements call and PostgreSQL lacks, and the data dictionary, file by file."""

from __future__ import annotations

from pathlib import Path

from engine.runtime import conditions

_DIRECTORY = Path(__file__).resolve().parent
# In the order in which they run: each rests on those before it.
_FILES = (
    "schemas",
    "names",
    "units",
    "views",
    "vectors",
    "vector_indexes",
    "tables",
    "conversions",
    "operators",
    "numbers",
    "text",
    "number_formats",
    "datetimes",
    "date_formats",
    "date_texts",
    "dates",
    "booleans",
    "listagg",
    "json",
    "json_transform",
    "errors",
    "output",
    "collections",
    "object_times",
    "dictionary",
    "dictionary_units",
    "dictionary_of_all",
)


def files(directory: Path = _DIRECTORY) -> list[Path]:
    """The files in the order in which they run."""
    return [directory / f"{name}.sql" for name in _FILES]


def text() -> str:
    """All of it, and the table of errors; every statement can be repeated."""
    return "\n".join([*(path.read_text(encoding="utf-8") for path in files()), conditions.sql()])
