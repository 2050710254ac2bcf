"""What to run for a statement, with all the modules that emit a part of one."""

from __future__ import annotations

from collections.abc import Mapping

from engine.emit import (
    conditions,
    expressions,
    function_calls,
    json_constructors,
    json_functions,
    json_transform,
    literals,
    references,
    schema,
    select,
    statements,
)
from engine.emit.bound import BoundVariable
from engine.emit.catalogue import Catalog
from engine.emit.context import Bound, Context, Notes
from engine.emit.fragment import Fragment
from engine.emit.translation import Translation
from engine.emit.unit import Unit
from engine.templates import Templates
from engine.tree.base import Statement

# The modules that enter what they emit in the tables of dispatch.
ENTERED = (
    conditions,
    expressions,
    function_calls,
    json_constructors,
    json_functions,
    json_transform,
    literals,
    references,
    schema,
    select,
)


def emit(
    statement: Statement,
    catalogue: Catalog,
    text: str = "",
    source: str | None = None,
    bound: Mapping[str, BoundVariable] | None = None,
    templates: Templates | None = None,
) -> Translation:
    """What to run for a statement that was parsed and checked.

    `text` is its Oracle text, which the dictionary keeps, `source` the file that it stands in. `bound` are its bind
    variables, `templates` its statements of dynamic SQL. Raises NotSupported where it is outside what the engine runs,
    by the construct's name.
    """
    notes = Notes()
    binds = {name: Bound(Fragment(variable.value), variable.type) for name, variable in (bound or {}).items()}
    context = Context(
        catalogue, notes, text, source, binds=binds, bound=bound or {}, unit=Unit(templates=templates or {})
    )
    result = statements.translate(statement, context)
    result.before[:0] = notes.prerequisites
    if result.ddl:
        result.before[:0] = [f"select ora.keep_name({literals.quoted(name)})" for name in notes.long_names.values()]
        result.after.append("select ora.revive_views()")
    result.long_names = notes.long_names
    return result
