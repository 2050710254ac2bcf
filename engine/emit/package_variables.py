"""Variables of packages: the state of a session, which PostgreSQL keeps in settings of its own.

A function of the package's schema reads one, and gives it its first value when it is read first. A statement that
changes some gets PL/pgSQL variables in their place, and what these hold in the end is kept.
"""

from __future__ import annotations

import hashlib

from engine.emit.catalogue import DefinedType, Package
from engine.emit.context import Context, StandIn, Variable
from engine.emit.fragment import Fragment
from engine.emit.stand_ins import stand_in

_DIGITS = 16


def variable_of(package: Package, name: str, context: Context) -> Variable:
    """A variable of a package as expressions and targets see it."""
    kind = package.variables[name]
    read = f"({context.spell(package.name)}.{context.spell(name)}())"
    return Variable(kind.type, Fragment(read), kind, setting=_setting(package.name, name))


def variables_of(package: Package, context: Context) -> dict[str, Variable]:
    """Those of a package by their names."""
    return {name: variable_of(package, name, context) for name in package.variables}


def _setting(package: str, name: str) -> str:
    """PostgreSQL's setting that keeps a variable; a name of Oracle's may be none of PostgreSQL's settings."""
    return f"ora.state_{hashlib.sha256(f'{package}.{name}'.encode()).hexdigest()[:_DIGITS]}"


def reading_function(package: Package, name: str, kind: DefinedType, first: Fragment, context: Context) -> Fragment:
    """What reads a variable, whose first value is an assignment (`:= ...`) or nothing."""
    setting = _setting(package.name, name)
    head = f"create or replace function {context.spell(package.name)}.{context.spell(name)}() returns {kind.type}"
    return Fragment(
        f"{head} language plpgsql stable as $state$ declare kept constant text := current_setting('{setting}', true);",
        "begin if left(kept, 1) = 'n' then return null; end if;",
        f"if left(kept, 1) = 'v' then return substr(kept, 2)::{kind.type}; end if;",
        f"declare first {kind.type}",
        first,
        f"; begin perform ora.keep_state('{setting}', first::text); return first; end; end $state$",
    )


def forgotten(package: Package) -> list[str]:
    """What makes a package's variables begin anew."""
    return [f"select ora.forget_state('{_setting(package.name, name)}')" for name in package.variables]


def changed(variable: Variable, context: Context) -> Fragment:
    """The PL/pgSQL variable that stands for a package's in a statement that changes it."""
    context.effect("state:")
    name = f'"{variable.setting}"'
    kept = Fragment(f"perform ora.keep_state('{variable.setting}', {name}::text);")
    return stand_in(variable.setting, StandIn(name, variable.type, variable.text, kept), context)
