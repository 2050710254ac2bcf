"""What a network that was made elsewhere expects of an image, as its user says it: by options, or in a JSON file."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loader.config import ConfigurationError
from loader.model import RESAMPLES

LAYOUTS = ("nchw", "nhwc")
RGB, BGR = "rgb", "bgr"
NONE, AVERAGE, TOKEN = "none", "average", "token"
POOLINGS = (NONE, AVERAGE, TOKEN)
_LARGEST_SIZE = 4096

Three = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """How to feed a network, and what of it is the vector.

    An image is resized to `size` x `size`, or its shorter side to `shorter_side` and its centre cut out; its channels
    are put into the network's order; then (x / scale - mean) / std, with mean and std in that order of channels. What
    is None is taken from the file, where it says so.
    """

    input: str | None = None
    output: str | None = None
    layout: str | None = None
    channels: str = RGB
    scale: float = 255.0
    mean: Three | None = None
    std: Three | None = None
    pooling: str = NONE
    size: int | None = None
    shorter_side: int | None = None
    interpolation: str = "bicubic"


def read_settings(options: Mapping[str, str | None], file: Path | None = None) -> ImportSettings:
    """The settings of the options that are given, and of the file where they are not. Raises ConfigurationError."""
    values = _of_file(file) if file is not None else {}
    for name, text in options.items():
        if text is not None:
            values[name] = _read(name, text, f"--{name.replace('_', '-')}:")
    return ImportSettings(**values)


def _of_file(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file} can not be read as JSON: {error}") from error
    if not isinstance(found, dict):
        raise ConfigurationError(f"{file} holds no JSON object of settings ({', '.join(_READERS)})")
    for name in found:
        if name not in _READERS:
            raise ConfigurationError(f"{file} has an unknown setting {name}: choose from {', '.join(_READERS)}")
    return {name: _read(name, _as_text(value), f"{file}: {name}") for name, value in found.items()}


def _as_text(value: Any) -> str:
    """A value of the file as an option would have it."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _read(name: str, text: str, where: str) -> Any:
    try:
        return _READERS[name](text)
    except ValueError as error:
        raise ConfigurationError(f"{where} must be {error}, not {text or 'empty'}") from error


def _name(text: str) -> str:
    if not text:
        raise ValueError("a name")
    return text


def _one_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"{', '.join(allowed[:-1])} or {allowed[-1]}")
        return text

    return read


def _numbers(text: str, count: int, what: str, *, positive: bool) -> tuple[float, ...]:
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) != count or not all(math.isfinite(v) and (v > 0 or not positive) for v in values):
        raise ValueError(what)
    return values


def _pixels(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _LARGEST_SIZE:
        raise ValueError(f"a whole number from 1 to {_LARGEST_SIZE}")
    return int(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "input": _name,
    "output": _name,
    "layout": _one_of(LAYOUTS),
    "channels": _one_of((RGB, BGR)),
    "scale": lambda text: _numbers(text, 1, "a number above 0", positive=True)[0],
    "mean": lambda text: _numbers(text, 3, "three numbers such as 0.485,0.456,0.406", positive=False),
    "std": lambda text: _numbers(text, 3, "three numbers above 0 such as 0.229,0.224,0.225", positive=True),
    "pooling": _one_of(POOLINGS),
    "size": _pixels,
    "shorter_side": _pixels,
    "interpolation": _one_of(RESAMPLES),
}
