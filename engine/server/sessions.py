"""Sessions on a server that may be busy with its own recovery."""

from __future__ import annotations

import re
import time
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from engine.server.host import announced, host
from engine.server.problems import ServerError

# How long a server may recover from the end of one of its processes, and how long it may be silent, in seconds.
_RECOVERY_S = 120.0
_ANSWER_S = 20
_POLL_S = 0.05
_PASSING = re.compile(r"the database system is (starting up|in recovery mode|not yet accepting|not accepting)")


def connect(conninfo: str, **options: Any) -> psycopg.Connection[TupleRow]:
    """Open a session, after the server's recovery where one is under way. Raises ServerError."""
    deadline = time.monotonic() + _RECOVERY_S
    with announced("waiting for the embedded server, which recovers"):
        while True:
            try:
                return psycopg.connect(conninfo, connect_timeout=_ANSWER_S, **options)
            except psycopg.errors.ConnectionTimeout as error:
                raise ServerError(
                    f"the embedded server does not answer within {_ANSWER_S} s: end it by `{host().stop}`, and "
                    "run this again"
                ) from error
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or not _PASSING.search(str(error)):
                    raise ServerError(
                        f"the embedded server gives no session: {' '.join(str(error).split())}"
                    ) from error
            time.sleep(_POLL_S)
