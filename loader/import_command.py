"""The command import-model: an ONNX network that was made elsewhere becomes a model."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from loader.config import MODELS_DIRECTORY, ConfigurationError
from loader.statuses import OK
from loader.terminal import say
from loader.waiting import announced

# As the database keeps a model's name.
_LONGEST_NAME = 100
_HELP = {
    "input": "the input that takes images (default: the only one)",
    "output": "the output, or a value inside the network, that is the vector (default: the only output)",
    "layout": "nchw or nhwc (default: where the input has its 3 channels)",
    "channels": "rgb (default) or bgr",
    "scale": "what the bytes are divided by before mean and std (default: 255)",
    "mean": "three numbers, in the network's order of channels",
    "std": "three numbers, in the network's order of channels",
    "pooling": "none (default), average over positions or tokens, or token: the first one, the class token",
    "size": "pixels of a side, where the input does not say it",
    "shorter_side": "resize the shorter side to N and cut the centre out (default: resize the whole image)",
    "interpolation": "nearest, bilinear or bicubic (default)",
}


def add_to(commands: Any) -> None:
    """Add the command to argparse's subparsers."""
    parser = commands.add_parser("import-model", help="take in an ONNX network of your own: models/README.md says how")
    parser.add_argument("file", type=Path, metavar="FILE", help="the ONNX file")
    parser.add_argument("--name", metavar="NAME", help="the model's name (default: the file's)")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="a JSON file with the settings below")
    parser.add_argument("--force", action="store_true", help="replace a model of that name")
    for name, text in _HELP.items():
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="VALUE", help=text)
    parser.set_defaults(run=_run, kept="no model was written; one of that name that was there stays")


def _run(options: argparse.Namespace) -> int:
    try:
        from loader.export.import_model import import_model
    except ImportError as error:
        raise ConfigurationError(
            f"the import needs onnx ({error.name} is missing): pip install -e '.[export]', or make venv"
        ) from error
    from loader.export.import_settings import read_settings
    from loader.model import INT8

    settings = read_settings({name: getattr(options, name) for name in _HELP}, options.settings)
    if not options.file.is_file():
        raise ConfigurationError(f"the file {options.file} does not exist")
    name = options.name or options.file.stem
    if "/" in name or not name.isprintable() or name.endswith(INT8) or not 0 < len(name) <= _LONGEST_NAME:
        raise ConfigurationError(
            f"--name: {name or 'empty'} is no name of a model: at most {_LONGEST_NAME} characters without /, and not "
            f"{INT8} at the end"
        )
    path = MODELS_DIRECTORY / f"{name}.onnx"
    if path.exists() and not options.force:
        raise ConfigurationError(f"{path} is there already: choose another --name, or replace it by --force")
    with announced(f"wrapping {options.file} and comparing the two"):
        found = import_model(options.file, name, settings, path)
    say(f"Takes {found.taken}, gives {found.given}")
    if found.one_by_one:
        say("It takes one image at a time, and several one after the other")
    say(f"{path}: {found.dimension} dimensions, smallest cosine to the network itself {found.cosine:.7f}")
    say(f"Use it by --model {name}")
    return OK
