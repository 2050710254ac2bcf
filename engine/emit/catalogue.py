"""What the translator must know of the objects that a text refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """A formal parameter; `type` is PostgreSQL's name of it, `mode` is in, out or inout.

    `is_clob` tells CLOB from VARCHAR2, which are text alike.
    """

    name: str
    mode: str
    type: str
    has_default: bool = False
    is_clob: bool = False


@dataclass(frozen=True, slots=True)
class Routine:
    """A procedure (`returns` is None) or a function.

    `returns_clob` tells a result that is CLOB from one that is VARCHAR2. `package` is the package's name, empty for
    a stand-alone routine. `effects` are what its own text does, in
    order: `dml:table`, `lock:` (SELECT FOR UPDATE), `ddl:`, `read:table`, and `call:package.routine`; None while its
    body has not been seen.
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    returns: str | None = None
    private: bool = False
    effects: tuple[str, ...] | None = None
    package: str = ""
    returns_clob: bool = False

    @property
    def is_function(self) -> bool:
        """Whether it returns a value."""
        return self.returns is not None

    def accepts(self, positional: int, named: set[str]) -> bool:
        """Whether a call with these arguments fits."""
        if positional > len(self.parameters):
            return False
        rest = self.parameters[positional:]
        if not named <= {parameter.name for parameter in rest}:
            return False
        return all(parameter.has_default or parameter.name in named for parameter in rest)


@dataclass(frozen=True, slots=True)
class DefinedType:
    """A type that PL/SQL defines, by PostgreSQL's name of it.

    `fields` are the types of a record's fields. An array has the type of its elements; where they are `boxed`, each
    stands in a record of one field, so that an element that is null differs from one that is missing. An array that is
    `keyed` by texts is a JSON object. One that is `bounded` is a nested table or a VARRAY: its indexes run from 1, and
    it is null until it is made. `limit` is that of a VARRAY.
    """

    type: str
    fields: Mapping[str, str] | None = None
    element: DefinedType | None = None
    boxed: bool = False
    keyed: bool = False
    bounded: bool = False
    limit: int | None = None

    def to_json(self) -> dict[str, Any]:
        """A form that JSON can hold, for from_json."""
        element = self.element.to_json() if self.element is not None else None
        own = {"boxed": self.boxed, "keyed": self.keyed, "bounded": self.bounded, "limit": self.limit}
        return {"type": self.type, "fields": self.fields, "element": element} | own

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> DefinedType:
        """The type that to_json described."""
        element = cls.from_json(value["element"]) if value["element"] is not None else None
        return cls(**(value | {"element": element}))


@dataclass(slots=True)
class Package:
    """The members of a package: its constants by type, its exceptions by SQLSTATE, and the types that it defines.

    Its variables are among the constants, as what reads them is a function too.
    """

    name: str
    routines: list[Routine] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    exceptions: dict[str, str] = field(default_factory=dict)
    types: dict[str, DefinedType] = field(default_factory=dict)
    variables: dict[str, DefinedType] = field(default_factory=dict)

    def find(self, name: str) -> list[Routine]:
        """The routines of that name, more than one where it is overloaded."""
        return [routine for routine in self.routines if routine.name == name]

    def to_json(self) -> dict[str, Any]:
        """A form that JSON can hold, for from_json."""
        return {
            "constants": self.constants,
            "exceptions": self.exceptions,
            "types": {name: defined.to_json() for name, defined in self.types.items()},
            "variables": {name: defined.to_json() for name, defined in self.variables.items()},
            "routines": [
                {
                    "name": routine.name,
                    "returns": routine.returns,
                    "returns_clob": routine.returns_clob,
                    "private": routine.private,
                    "effects": routine.effects,
                    "parameters": [[p.name, p.mode, p.type, p.has_default, p.is_clob] for p in routine.parameters],
                }
                for routine in self.routines
            ],
        }

    @classmethod
    def from_json(cls, name: str, value: dict[str, Any]) -> Package:
        """The package that to_json described."""
        routines = [
            Routine(
                item["name"],
                tuple(Parameter(*parameter) for parameter in item["parameters"]),
                item["returns"],
                item["private"],
                tuple(item["effects"]) if item.get("effects") is not None else None,
                name,
                item.get("returns_clob", False),
            )
            for item in value["routines"]
        ]
        types = {name: DefinedType.from_json(defined) for name, defined in value.get("types", {}).items()}
        variables = {name: DefinedType.from_json(defined) for name, defined in value.get("variables", {}).items()}
        return cls(name, routines, dict(value["constants"]), dict(value["exceptions"]), types, variables)


# The supplied packages that the compatibility schema has. put_line and put are overloaded by the
# type of their argument, which PostgreSQL resolves: no parameter type is stated for them.
def _supplied(name: str, *routines: Routine) -> Package:
    return Package(name, [replace(routine, package=name, effects=()) for routine in routines])


_SUPPLIED = {
    package.name: package
    for package in (
        _supplied(
            "dbms_output",
            Routine("put_line", (Parameter("a", "in", ""),)),
            Routine("put", (Parameter("a", "in", ""),)),
            Routine("new_line"),
            Routine("enable", (Parameter("buffer_size", "in", "numeric", True),)),
            Routine("disable"),
        ),
        _supplied("dbms_utility", Routine("get_time", returns="integer")),
        _supplied(
            "dbms_vector",
            Routine(
                "index_accuracy_query",
                (
                    Parameter("owner_name", "in", "text"),
                    Parameter("index_name", "in", "text"),
                    Parameter("qv", "in", "vector"),
                    Parameter("top_k", "in", "numeric"),
                    Parameter("target_accuracy", "in", "numeric"),
                ),
                returns="text",
            ),
        ),
    )
}


@dataclass(slots=True)
class Catalog:
    """The packages, stand-alone routines, and column types known at the time of a translation.

    `columns` maps a table or view to its columns' PostgreSQL types, in order; `invisible` names
    the columns that SELECT * leaves out.
    `rights` holds each package's AUTHID as PostgreSQL says it.
    """

    packages: dict[str, Package] = field(default_factory=dict)
    routines: list[Routine] = field(default_factory=list)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    invisible: dict[str, set[str]] = field(default_factory=dict)
    views: set[str] = field(default_factory=set)
    rights: dict[str, str] = field(default_factory=dict)

    def package(self, name: str) -> Package | None:
        """The package of that name, a supplied one or one that was created."""
        return self.packages.get(name) or _SUPPLIED.get(name)

    def effects(self, routine: Routine, current: Package | None = None) -> list[str]:
        """What a call of the routine does, what it calls included, in order: dml, lock, ddl, read.

        "unknown:" stands for a routine whose body has not been seen. `current` is the package being compiled.
        """
        found: list[str] = []
        seen: set[str] = set()

        def visit(routine: Routine) -> None:
            for effect in ("unknown:",) if routine.effects is None else routine.effects:
                kind, _, name = effect.partition(":")
                if kind != "call":
                    found.append(effect)
                elif name not in seen:
                    seen.add(name)
                    for callee in self._named(name, current):
                        visit(callee)

        visit(routine)
        return found

    def _named(self, name: str, current: Package | None) -> list[Routine]:
        """The routines of a qualified name; `.name` is a stand-alone one."""
        package_name, _, member = name.partition(".")
        if not package_name:
            return [routine for routine in self.routines if routine.name == member]
        package = current if current and current.name == package_name else self.package(package_name)
        return package.find(member) if package else []
