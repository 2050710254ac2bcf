"""Random and mutated statements: `python -m tests.engine.fuzz [COUNT [SEED]]`.

Each must give a tree that comes back from its text with every token, and of which the checker has something to say, or
which the emitter translates or refuses, or an error of the engine. Prints what else happened.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

from engine.catalogue import MemoryCatalogue
from engine.check import check
from engine.emit.emitter import emit
from engine.errors import NotSupported, SourceError
from engine.lexer import Kind, tokenize
from engine.parser import parse
from engine.templates import templates
from tests.engine.check.programs import installed
from tests.engine.emit.golden import catalogue, goldens, schema_statements
from tests.engine.printing import text_of
from tests.engine.test_round_trip import DATABASE, PAGES, TEXTS, statements
from tests.engine.tokens import difference

CHECKED = sorted((Path(__file__).parent / "check" / "texts").glob("*.sql"))
SEEDS = [
    *(statement.text for path in [*TEXTS, *CHECKED, *DATABASE, *PAGES] for statement in statements(path)),
    *(golden.oracle for golden in goldens()),
    *schema_statements(),
]
SHORT = [text for text in SEEDS if len(text) < 3000]
_LOOSE = [
    "(",
    ")",
    ",",
    ";",
    ".",
    "'",
    '"',
    "/*",
    "--",
    "&",
    "$",
    "@",
    "%",
    "|",
    "[",
    "]",
    "{",
    "<<",
    ":",
    "\0",
    "é",
    "1e",
]


def pieces(text: str) -> list[str]:
    """The text of each token."""
    return [text[token.start : token.end] for token in tokenize(text) if token.kind is not Kind.END]


WORDS = sorted({piece for text in SHORT for piece in pieces(text) if len(piece) < 30})


def mutated(chance: random.Random) -> str:
    """A statement with some tokens taken out, doubled, exchanged, put in from elsewhere, or cut short."""
    found = pieces(chance.choice(SHORT))
    for _ in range(chance.choice([1, 1, 2, 3, 5, 10])):
        at = chance.randrange(len(found) + 1)
        match chance.randrange(7):
            case 0:
                del found[at : at + 1]
            case 1:
                found[at:at] = found[at : at + 1]
            case 2:
                found[at:at] = [chance.choice(WORDS)]
            case 3:
                found[at : at + 1] = [chance.choice(WORDS)]
            case 4:
                other = pieces(chance.choice(SHORT))
                begin = chance.randrange(len(other))
                found[at:at] = other[begin : begin + chance.randrange(1, 8)]
            case 5:
                found[at:at] = [chance.choice(_LOOSE)]
            case _:
                del found[chance.randrange(len(found) + 1) :]
    return " ".join(found)


def made_up(chance: random.Random) -> str:
    """Words in any order, or characters."""
    if chance.random() < 0.2:
        return "".join(chr(chance.choice([chance.randrange(32, 127), chance.randrange(0x3000)])) for _ in range(40))
    return " ".join(chance.choice(WORDS) for _ in range(chance.randrange(1, 60)))


FORESEEN = ("wrong", "refused", "read", "not emitted", "emitted")


def outcome(text: str) -> str:
    """What becomes of a text, in a word."""
    try:
        tree = parse(text)
    except NotSupported:
        return "refused"
    except SourceError:
        return "wrong"
    printed = text_of(tree)
    lost = difference(text, printed).keys() - {"(", ")"}
    if parse(printed) != tree or lost:
        return f"comes back as {printed}"
    check(tree, installed())
    if check(tree, MemoryCatalogue()):
        return "read"
    try:
        emit(tree, catalogue(), text, templates=templates(tree, lambda inner, line: parse(inner, line=line)))
    except SourceError:
        return "not emitted"
    return "emitted"


def main(count: int, seed: int) -> int:
    """Try so many texts; the number that did something unforeseen."""
    chance = random.Random(seed)
    outcomes: Counter[str] = Counter()
    bad, slowest = 0, 0.0
    for _ in range(count):
        text = made_up(chance) if chance.random() < 0.2 else mutated(chance)
        began = time.perf_counter()
        try:
            found = outcome(text)
        except Exception as error:
            found = repr(error)
        slowest = max(slowest, time.perf_counter() - began)
        outcomes[found if found in FORESEEN else "bad"] += 1
        if found not in FORESEEN:
            bad += 1
            print(f"{found[:300]}\n  {text[:600]}")
    print(dict(outcomes), f"slowest {slowest:.3f} s")
    return bad


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*[*arguments, *[30_000, 1][len(arguments) :]]) > 0)
