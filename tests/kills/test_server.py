"""The server under random kills; `python -m tests.kills.server --count 500` runs more of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills.server import Killer

ROUNDS = 20


@pytest.mark.timeout(900)
def test_random_kills(tmp_path: Path, embedded_only: None) -> None:
    killer = Killer(tmp_path, seed=12)
    try:
        for number in range(ROUNDS):
            killer.round(number)
    finally:
        killer.finish()
    assert sum(killer.phases.values()) == ROUNDS
