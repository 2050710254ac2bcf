"""Say what a wait is for when it takes long."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds of silence that nobody takes for a hang.
PATIENCE_S = 2.0


@contextmanager
def announced(what: str) -> Iterator[None]:
    """Print `what` on stderr, once, if the block is still running after PATIENCE_S."""
    timer = threading.Timer(PATIENCE_S, lambda: print(what, file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
