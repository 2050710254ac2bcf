"""The translator as the engine's session calls it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.session.stored import Stored
from loader.embedded.bound import bound_variables
from loader.embedded.catalog import Catalog, Package
from loader.embedded.translate import Translation, translate


class StoredTranslator:
    """Translates against what is stored."""

    @property
    def files(self) -> Sequence[Path]:
        """The files that decide what it makes."""
        return sorted(Path(__file__).parent.glob("*.py"))

    def __call__(
        self, text: str, stored: Stored, source: str | None, line: int, binds: Mapping[str, Any]
    ) -> Translation:
        """Translate one statement."""
        return translate(text, _catalog(stored), source, line, bound_variables(binds))


@lru_cache(maxsize=4)
def _catalog(stored: Stored) -> Catalog:
    packages = {name: Package.from_json(name, value) for name, value in stored.packages.items()}
    rights = {name: value.get("rights", "security definer") for name, value in stored.packages.items()}
    alone = Package.from_json("", {"routines": stored.routines, "constants": {}, "exceptions": {}})
    return Catalog(packages, alone.routines, stored.columns, stored.invisible, stored.views, stored.unmerged, rights)


TRANSLATOR = StoredTranslator()
