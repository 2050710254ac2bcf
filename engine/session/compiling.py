"""From the text of a statement to what PostgreSQL runs for it: read, held to Oracle's rules, emitted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from engine.catalogue import Catalogue, package_constant
from engine.check import check
from engine.emit.bound import ClientVariable, bound_variables
from engine.emit.catalogue import Catalog
from engine.emit.emitter import emit
from engine.emit.translation import Translation
from engine.parser import no_constants, parse
from engine.templates import templates


def compiled(
    text: str,
    known: Catalog,
    installed: Catalogue | None = None,
    source: str | None = None,
    line: int = 1,
    binds: Mapping[str, ClientVariable] | None = None,
) -> Translation:
    """What to run for a statement that stands at `line` of `source`. Raises SourceError.

    It is checked against what is `installed`, unless that is None. A block leaves the values of `binds` in PostgreSQL's
    settings ora.bind_0, ora.bind_1 and so on, as text.
    """
    constants = partial(package_constant, installed) if installed is not None else no_constants
    statement = parse(text, source, line, constants)
    if installed is not None:
        complaints = check(statement, installed)
        if complaints:
            raise complaints[0].error(source)
    dynamic = templates(statement, lambda inner, at: parse(inner, source, at), source)
    return emit(statement, known, text, source, bound_variables(binds or {}), dynamic)
