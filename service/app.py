"""The application: its routes, its guards, and what it opens and closes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import anyio.to_thread
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware

from loader import __version__, embedding_map
from loader.database import Database
from loader.model import Model
from loader.rows import Row, rows_of
from service import api, corrections, decisions, failures, line, pages, pictures, runs, system
from service import embedding_map as map_pages
from service.added import Added
from service.chore import Chore
from service.classifier import Answer, Classifier, Upload
from service.decision_log import DecisionLog, Origin
from service.gate import Gate
from service.kept import Kept
from service.metrics import Counting, Metrics
from service.refit import Refit
from service.security import Guard
from service.sessions import Sessions
from service.settings import Settings
from service.state import State
from service.watch import Watch

_STATIC = Path(__file__).parent / "static"
# Sessions beside those of the pictures that are classified: for pages.
_FOR_PAGES = 4
# Threads of requests beside those that classify or wait for it.
_THREADS_FOR_PAGES = 24
# How old the counts beside the conditions of the grid may be, in seconds.
_KEPT_S = 30.0
# How long a stop waits for the requests that are under way, in seconds.
PATIENCE_S = 30.0
# Without a token: what tells nothing, and the page that asks for one.
_OPEN = frozenset({"/health", "/login", "/static/style.css", "/figures.css", "/static/pages.js", "/static/icon.svg"})


def create_app(settings: Settings, connect: Callable[[], Database], model: Model) -> FastAPI:
    """The application, over sessions that `connect` opens and pictures that `model` embeds."""
    sessions = Sessions(connect, settings.workers + _FOR_PAGES)
    gate = Gate(settings.workers, settings.waiting)
    metrics = Metrics()
    log = _log(settings, connect, model, metrics)
    classifier = Classifier(model, sessions, gate, settings.decision, log)

    def choices() -> dict[str, list[Row]]:
        with sessions.one() as database:
            rows = rows_of(database, "img_service.choices")
        return {name: list(group) for name, group in groupby(rows, key=itemgetter("name"))}

    def make_map() -> None:
        with connect() as database:
            embedding_map.make(database)

    name = settings.decision.get("transform")
    state = State(
        settings,
        sessions,
        gate,
        classifier,
        metrics,
        Kept(choices, _KEPT_S),
        Chore(make_map),
        watch=_watch(settings, classifier, metrics),
        added=Added(settings.added, model, sessions, gate, settings.decision.get("bits")) if settings.added else None,
        refit=Refit(name, connect, sessions) if name else None,
        log=log,
    )
    background = [each for each in (log, state.watch) if each is not None]

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = (
            settings.workers + settings.waiting + _THREADS_FOR_PAGES
        )
        gate.open()
        for each in background:
            each.start()
        yield
        await anyio.to_thread.run_sync(gate.close, PATIENCE_S)
        for each in reversed(background):
            await anyio.to_thread.run_sync(each.stop)
        await anyio.to_thread.run_sync(sessions.close)
        await anyio.to_thread.run_sync(state.map_maker.wait, PATIENCE_S)

    app = FastAPI(
        title="Image classification in the database",
        version=__version__,
        summary="Classifies pictures by the labelled pictures that the database holds.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = state
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    for module in (api, pages, line, decisions, pictures, corrections, map_pages, runs, system):
        app.include_router(module.router)
    failures.add_to(app)

    app.add_middleware(Counting, metrics=state.metrics)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.hosts)
    app.add_middleware(Guard, token=settings.token, most_bytes=settings.most_bytes, open_paths=_OPEN)
    return app


def _log(settings: Settings, connect: Callable[[], Database], model: Model, metrics: Metrics) -> DecisionLog | None:
    if settings.log_days is None:
        return None
    facts = {"model_name": model.name, "transform_name": settings.decision.get("transform")}
    return DecisionLog(connect, settings.log_days, facts, metrics.logged, metrics.not_logged)


def _watch(settings: Settings, classifier: Classifier, metrics: Metrics) -> Watch | None:
    if settings.watch is None:
        return None

    def decide(uploads: Sequence[Upload]) -> list[Answer]:
        answers, seconds = classifier.decide(uploads, settings.watch_part, Origin.WATCHED)
        metrics.count(answers, seconds)
        return answers

    return Watch(settings.watch, decide, settings.most_bytes)
