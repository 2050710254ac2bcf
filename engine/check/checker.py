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

    `in_unit` tells that the text is a PL/SQL unit, so that SQL in it is static SQL. `elaborating` are the objects that
    are being elaborated, so that none is asked for itself.
    """

    catalogue: Catalogue
    complaints: Complaints
    in_unit: bool
    elaborating: set[str] = field(default_factory=set)

    def complain(self, number: str, at: Node | Place, *words: str) -> None:
        """Complain under this number at a node's place."""
        self.complaints.add(number, at.place if isinstance(at, Node) else at, *words)


@dataclass(slots=True)
class Setting:
    """What holds for the statements at hand.

    `routine` is that in whose body they stand, None in a block of its own. `loops` are the loops around them, each by
    its labels, from outside to inside. `labels` are those that GOTO can reach.
    """

    scope: Scope
    routine: Symbol | None = None
    in_handler: bool = False
    loops: tuple[frozenset[str], ...] = ()
    labels: frozenset[str] = frozenset()
