"""A session that speaks Oracle SQL and PL/SQL: open it, execute statements, call routines, close it."""

from __future__ import annotations

from engine.results import Bind, EngineError, Invalid, Output, Result, UnknownRoutineError
from engine.session.session import Session

__all__ = [
    "Bind",
    "EngineError",
    "Invalid",
    "Output",
    "Result",
    "Session",
    "UnknownRoutineError",
]
