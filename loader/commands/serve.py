"""serve: the web application and HTTP service."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from loader.commands.options import (
    Commands,
    add_command,
    bits_option,
    neighbour_options,
    number,
    runtime_option,
    source_option,
    voting,
    whole,
)
from loader.commands.session import database_session
from loader.config import ConfigurationError, existing_directory
from loader.parameters import Asking
from loader.statuses import OK
from loader.terminal import warn

# The token is no option: what is typed on a command line is seen by every user of the machine.
TOKEN_VARIABLE = "LOADER_SERVICE_TOKEN"  # noqa: S105, its name


def add(commands: Commands) -> None:
    """Add serve to the parser."""
    command = add_command(
        commands,
        "serve",
        help="pages to look at pictures and runs, and POST /classify for the line; needs pip install -e '.[service]'",
        example="serve --port 8080",
        run=_serve,
        kept="the service stopped",
    )
    command.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)")
    command.add_argument("--port", type=whole(1, 65535), default=8000, metavar="N", help="default: 8000")
    command.add_argument("--model", metavar="NAME", help="the model that made the stored embeddings")
    bits_option(command)
    runtime_option(command)
    neighbour_options(command)
    command.add_argument("--transform", metavar="NAME", help="a transform that `fit` stored")
    command.add_argument("--calibration", metavar="NAME", help="of the votes, by `calibrate`: what they are worth")
    source_option(command)
    command.add_argument("--min-confidence", type=number, metavar="X", help="say unknown below this confidence")
    command.add_argument("--max-distance", type=number, metavar="X", help="say unknown beyond this distance")
    command.add_argument("--watch", type=Path, metavar="DIR", help="classify the pictures that appear below DIR")
    command.add_argument("--watch-part", metavar="NAME", help="the part of those pictures")
    command.add_argument(
        "--added", type=Path, metavar="DIR", help="let people label pictures in the pages, and keep them below DIR"
    )
    command.add_argument(
        "--log-decisions",
        type=whole(1, 36500),
        metavar="DAYS",
        help="log each decision in the database, and remove it after DAYS days",
    )
    command.add_argument(
        "--workers", type=whole(1, 64), default=2, metavar="N", help="requests that are worked on at once (default: 2)"
    )
    command.add_argument(
        "--waiting", type=whole(0, 1000), default=32, metavar="N", help="requests that may wait (default: 32)"
    )


def _serve(options: argparse.Namespace) -> int:
    try:
        import uvicorn

        from service.app import create_app
        from service.settings import Settings
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"serve needs the package {error.name}: pip install -e '.[service]' -c constraints.txt"
        ) from error
    from loader.database import connect
    from loader.model import Model, find

    settings = Settings(
        host=options.host,
        port=options.port,
        token=os.environ.get(TOKEN_VARIABLE) or None,
        workers=options.workers,
        waiting=options.waiting,
        watch=options.watch and existing_directory(options.watch),
        watch_part=options.watch_part,
        added=options.added,
        log_days=options.log_decisions,
        decision=Asking(
            part=None,
            source=options.source,
            transform=options.transform,
            calibration=options.calibration,
            approximate=options.approximate,
            min_confidence=options.min_confidence,
            max_distance=options.max_distance,
            bits=options.bits,
            **voting(options),
        ),
    )
    model = Model(find(options.model), runtime=options.runtime)
    with database_session(options) as database:
        database.value("img_store.version")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    warn(f"Serving http://{host}:{settings.port}/ with the model {model.name}; Ctrl-C stops")
    config = uvicorn.Config(
        create_app(settings, connect, model),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=30,
    )
    uvicorn.Server(config).run()
    return OK
