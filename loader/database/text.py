"""Numbers and intervals as text, the same on both engines."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal


def number_text(value: Decimal) -> str:
    """Every digit of a number, without an exponent or zeros at the end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def interval_text(value: timedelta) -> str:
    """INTERVAL DAY TO SECOND as SQL*Plus shows it."""
    size = abs(value)
    hours, minutes, seconds = _clock(size)
    sign = "-" if value < timedelta(0) else "+"
    return f"{sign}{size.days:02d} {hours:02d}:{minutes:02d}:{seconds:02d}.{size.microseconds:06d}"


def iso_duration(value: timedelta) -> str:
    """The same by ISO 8601, as JSON_SERIALIZE writes it."""
    size = abs(value)
    hours, minutes, seconds = _clock(size)
    fraction = f".{size.microseconds:06d}".rstrip("0") if size.microseconds else ""
    return f"{'-' if value < timedelta(0) else ''}P{size.days}DT{hours}H{minutes}M{seconds}{fraction}S"


def _clock(size: timedelta) -> tuple[int, int, int]:
    minutes, seconds = divmod(size.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return hours, minutes, seconds
