"""The state of one check, which is handed from function to function."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.catalogue import Catalogue
from engine.check.complaints import Complaints
from engine.check.scopes import Scope, Symbol
from engine.tree.base import Node, Place


@dataclass(slots=True)
class Checker:
    """What is asked, and where complaints go.

    `in_unit` tells that the text is a PL/SQL unit, so that SQL in it is static SQL. `own` is the name of the package
    that is checked, `elaborating` the objects that are being elaborated, so that none is asked for itself.
    """

    catalogue: Catalogue
    complaints: Complaints
    in_unit: bool
    own: str = ""
    elaborating: set[str] = field(default_factory=set)

    def complain(self, number: str, at: Node | Place, *words: str) -> None:
        """Complain under this number at a node's place."""
        self.complaints.add(number, at.place if isinstance(at, Node) else at, *words)


@dataclass(slots=True)
class Setting:
    """What holds for the statements at hand: the routine, whether a handler or a loop is around them, labels to go to.

    `result` is the routine's kind of RETURN: a function's symbol, None in a block and a procedure; `in_routine` tells.
    """

    scope: Scope
    routine: Symbol | None = None
    in_handler: bool = False
    loops: tuple[frozenset[str], ...] = ()
    labels: frozenset[str] = frozenset()
