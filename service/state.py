"""What the routes share."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from loader.rows import Row
from service.added import Added
from service.chore import Chore
from service.classifier import Classifier
from service.decision_log import DecisionLog
from service.gate import Gate
from service.kept import Kept
from service.metrics import Metrics
from service.refit import Refit
from service.sessions import Sessions
from service.settings import Settings
from service.watch import Watch


@dataclass(frozen=True, slots=True)
class State:
    """One service."""

    settings: Settings
    sessions: Sessions
    gate: Gate
    classifier: Classifier
    metrics: Metrics
    choices: Kept[dict[str, list[Row]]]
    map_maker: Chore
    # Of what the service was not started with there is none.
    watch: Watch | None = None
    added: Added | None = None
    refit: Refit | None = None
    log: DecisionLog | None = None


def service_of(request: Request) -> State:
    """The service that a request is for."""
    state: State = request.app.state.service
    return state
