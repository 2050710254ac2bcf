"""Options that several commands take, and what reads their values."""

from __future__ import annotations

import argparse
import math
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from loader.arguments import Parser
from loader.depth import UNIT
from loader.parameters import Fitting, Splitting, Voting

if TYPE_CHECKING:
    from loader.layouts import Layout

# The widest whole numbers that the database keeps of k and folds, and of a seed.
SIX_DIGITS, TEN_DIGITS = 999_999, 9_999_999_999


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def add_command(
    commands: Commands, name: str, *, help: str, example: str, run: Callable[[argparse.Namespace], int], kept: str
) -> Parser:
    """A command whose --help ends with an example; `kept` is what Ctrl-C and SIGTERM leave."""
    command = commands.add_parser(name, help=help, epilog=f"example: python -m loader {example}")
    command.set_defaults(run=run, kept=kept)
    return command


def json_option(command: Parser, what: str) -> None:
    """--json: lines for programs."""
    command.add_argument("--json", action="store_true", help=f"one JSON object for each {what}")


def limit_option(command: Parser, default: int, what: str) -> None:
    """--limit: how many rows are shown."""
    command.add_argument(
        "--limit", type=positive, default=default, metavar="N", help=f"at most so many {what} (default: {default})"
    )


def whole(least: int, most: int) -> Callable[[str], int]:
    """What reads a whole number from least to most."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = most + 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}, not {text or 'empty'}")
        return value

    return read


def positive(text: str) -> int:
    """A whole number from 1."""
    return whole(1, SIX_DIGITS)(text)


def six_digits(text: str) -> int:
    """A whole number of at most six digits; the database says what it allows."""
    return whole(-SIX_DIGITS, SIX_DIGITS)(text)


def number(text: str) -> float:
    """A finite number."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"must be a number, not {text or 'empty'}")
    return value


def file_path(text: str) -> Path:
    """A file's name; a single - , which elsewhere stands for standard input or output, is none."""
    if text == "-":
        raise argparse.ArgumentTypeError("must be the name of a file: - does not stand for standard input or output")
    return Path(text)


def two_numbers(text: str) -> tuple[int, int]:
    """Two whole numbers from 1, separated by a comma."""
    try:
        first, second = (positive(number) for number in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be two numbers such as 2,3, not {text}") from error
    return first, second


def bits(text: str) -> int:
    """Bits of a sample, or 1 for values from 0 to 1."""
    if not text.isdecimal() or not (int(text) == UNIT or 8 <= int(text) <= 32):
        raise argparse.ArgumentTypeError(f"must be 8 to 32, or 1 for values from 0 to 1, not {text or 'empty'}")
    return int(text)


def bits_option(command: Parser) -> None:
    """--bits: what counts in images of more than 8 bits."""
    command.add_argument(
        "--bits",
        type=bits,
        metavar="N",
        help="bits of a sample that count in images of more than 8 that do not declare them, 1 for values from 0 to 1 "
        "(load: by default 10, 12, 14 or 16, by the largest value)",
    )


def whole_list(text: str) -> str:
    """Whole numbers from 1, separated by commas, as they were typed."""
    for word in text.split(","):
        positive(word.strip())
    return text


def layout_option(command: Parser) -> None:
    """--layout, and what CSV files need besides."""
    command.add_argument(
        "--layout",
        default="aihub",
        metavar="NAME",
        help="of the labels: aihub (default), folders (part/quality/x.jpg), mvtec (MVTec AD and VisA), csv or coco",
    )
    command.add_argument(
        "--encoding", metavar="NAME", help="of CSV files, such as cp949 (default: UTF-8, UTF-16 or CP949, as it fits)"
    )
    command.add_argument(
        "--columns",
        metavar="LIST",
        help="the headings of CSV files: file=...,part=...,quality=... (default: those words, or 파일, 부품, 품질)",
    )


def chosen_layout(options: argparse.Namespace) -> Layout:
    """The layout that the options name. Raises ConfigurationError."""
    from loader.layouts import layout_of

    return layout_of(
        options.layout,
        categories=getattr(options, "categories", None),
        encoding=options.encoding,
        columns=options.columns,
    )


def runtime_option(command: Parser) -> None:
    """--runtime: what runs the model."""
    command.add_argument(
        "--runtime",
        default="onnxruntime",
        metavar="NAME",
        help="onnxruntime (default), openvino (as exact), or openvino-bfloat16 (a model of its own, less exact)",
    )


def transform_options(command: Parser) -> None:
    """What transforms are fitted with; see loader.transforms.Settings."""
    command.add_argument(
        "--shrinkage", type=number, metavar="X", help="for whiten, lda and kernel, above 0, at most 1 (default: 0.2)"
    )
    command.add_argument(
        "--dimensions", type=positive, metavar="N", help="for whiten and kernel: so many of them (default: 128)"
    )
    command.add_argument(
        "--kernel-width",
        type=number,
        metavar="X",
        help="for kernel and joint: votes fall off by exp(-X d^2) (default: 0.5)",
    )
    command.add_argument(
        "--ridge",
        type=number,
        metavar="X",
        help="for kernel and joint: the larger, the more alike the votes (default: 0.1)",
    )


def number_options(command: Parser) -> None:
    """Labels that are numbers, or grades that stand beside the classes."""
    command.add_argument(
        "--threshold",
        type=number,
        metavar="X",
        help="the labels are numbers, predicted as such; those of at least X are one class",
    )
    command.add_argument(
        "--grades",
        metavar="TARGET",
        help="the labels of this target, such as quality, are numbers that tell the two classes apart from --threshold "
        "on (kernel and joint)",
    )


def fitting(options: argparse.Namespace) -> Fitting:
    """What transform_options read."""
    return {
        "shrinkage": options.shrinkage,
        "outputs": options.dimensions,
        "width": options.kernel_width,
        "ridge": options.ridge,
    }


def timing_option(command: Parser) -> None:
    """--timing: where the time goes."""
    command.add_argument("--timing", action="store_true", help="say at the end where the time went")


def neighbour_options(command: Parser) -> None:
    """How neighbours are found and vote."""
    command.add_argument("--k", type=six_digits, metavar="K", help="how many neighbours vote (default: 5)")
    command.add_argument("--weighting", help="majority (default), inverse (of distance) or softmax")
    command.add_argument("--temperature", type=number, metavar="X", help="for softmax, above 0 (default: 0.07)")
    command.add_argument("--metric", help="cosine (default), euclidean or dot")
    command.add_argument("--target", help="quality (default), category1, category2 or part")
    command.add_argument(
        "--approximate", action="store_true", help="search by the vector index, which img_index.create_index makes"
    )
    command.add_argument(
        "--target-accuracy",
        type=six_digits,
        metavar="N",
        help="search by the vector index, to find N per cent of the true neighbours (1 to 100)",
    )


def evaluation_options(command: Parser) -> None:
    """What an evaluation covers, and how it splits the images."""
    command.add_argument(
        "--method",
        help="loo (leave one out, default), kfold, logo (leave one group out), time (the newest from the older) or "
        "path (a directory from all others)",
    )
    command.add_argument("--part", help="only images of this part")
    source_option(command)
    command.add_argument("--any-part", action="store_true", help="neighbours of any part, not the image's own")
    command.add_argument("--folds", type=six_digits, metavar="N", help="how many folds kfold makes (default: 10)")
    command.add_argument(
        "--seed",
        type=whole(-TEN_DIGITS, TEN_DIGITS),
        metavar="N",
        help="another seed makes other folds (default: 1)",
    )
    command.add_argument(
        "--group-path",
        metavar="PATH",
        help="for logo: where the label names its group, such as $.images[0].item; for time: where it names the time "
        "(default: when the image file was changed)",
    )
    command.add_argument(
        "--test-share", type=number, metavar="X", help="for time: the share of the images to test (default: 0.2)"
    )
    command.add_argument("--test-path", metavar="DIRECTORY", help="for path: test what is in this directory")


def source_option(command: Parser) -> None:
    """--source: only images of one source."""
    command.add_argument("--source", metavar="NAME", help="only images of this source (default: of all)")


def voting(options: argparse.Namespace) -> Voting:
    """What neighbour_options read."""
    return {
        "k": options.k,
        "weighting": options.weighting,
        "temperature": options.temperature,
        "metric": options.metric,
        "target": options.target,
        "target_accuracy": options.target_accuracy,
    }


def splitting(options: argparse.Namespace) -> Splitting:
    """What evaluation_options read."""
    return {
        "method": options.method,
        "only_part": options.part,
        "within_part": False if options.any_part else None,
        "folds": options.folds,
        "seed": options.seed,
        "group_path": options.group_path,
        "test_share": options.test_share,
        # In the Unicode form in which the database keeps paths.
        "test_path": options.test_path and unicodedata.normalize("NFC", options.test_path),
        "source": options.source,
    }
