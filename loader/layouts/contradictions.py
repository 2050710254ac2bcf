"""Labels that say another thing than the directories they lie in: the rule, and how often it is so."""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from loader.labels import Tree, nfc, printable
from loader.values import cleaned
from loader.wrappers import remaining

# Words for quality, in any case, that mean the same.
_QUALITIES = (
    frozenset("양품 정상 good ok normal pass".split()),
    frozenset("불량 불량품 비정상 bad ng defect defective abnormal fail".split()),
)
_SHOWN = 3

Said = Mapping[str, Iterable[str | None]]


class Contradictions:
    """What the labels of a tree say, by their directories; kept on disk, since each may have its own.

    A label and its directories differ where the label says one value (of its part, quality or own categories) that
    no directory bears, and a directory bears another value of the same kind: one that some label of the tree says,
    or, where the label's value is a usual word for quality (good, 불량), another of these words. Case does not matter,
    words that mean the same are one value, and directories that wrap and archives say nothing.
    """

    def __init__(self) -> None:
        # A file without a name: SQLite removes it when it is closed.
        self._index = sqlite3.connect("", check_same_thread=False)
        weakref.finalize(self, self._index.close)
        self._index.execute(
            "create table said (directories text, said text, labels integer, example text,"
            " primary key (directories, said)) without rowid"
        )

    def add(self, path: str, said: Said, shown: str = "") -> None:
        """Note what a label says by kind of value. It lies at `path`, and people know it as `shown`."""
        directory = nfc(path).rpartition("/")[0]
        if not directory:
            return
        kept = json.dumps({kind: sorted({value for value in values if value}) for kind, values in said.items()})
        self._index.execute(
            "insert into said values (?, ?, 1, ?) on conflict do update set labels = labels + 1",
            (directory, kept, shown or path),
        )

    def note(self, tree: Tree) -> None:
        """Say how many labels differ from their directories, with some of them."""
        known: dict[str, set[str]] = defaultdict(set)
        for (text,) in self._index.execute("select distinct said from said"):
            for kind, values in json.loads(text).items():
                known[kind].update(map(_meaning, values))
        count, examples = 0, list[str]()
        for directory, text, labels, example in self._index.execute("select * from said order by example"):
            found = next(_differing(directory, json.loads(text), known), None)
            if found:
                count += labels
                if len(examples) < _SHOWN:
                    examples.append(f"{printable(example)} ({found})")
        if count:
            tree.doubts.add("labels where directory and label differ", "; ".join(examples), count)


def _differing(directory: str, said: dict[str, list[str]], known: Mapping[str, set[str]]) -> Iterator[str]:
    """Each value that the directories contradict, in words."""
    names = {_meaning(name): cleaned(name) for name in remaining(tuple(directory.split("/")))}
    for kind, values in said.items():
        meanings = {_meaning(value) for value in values}
        others = [meaning for meaning in names if meaning not in meanings]
        for value in values:
            meaning = _meaning(value)
            other = next((name for name in others if name in known[kind] or _are_qualities(name, meaning)), None)
            if meaning not in names and other is not None:
                yield f"directory {printable(names[other])}, {kind} {printable(value)}"


def _meaning(text: str) -> str:
    """What a value is compared by; usual words for quality are the first of those that mean the same."""
    word = cleaned(text).casefold()
    return next((min(words) for words in _QUALITIES if word in words), word)


def _are_qualities(*meanings: str) -> bool:
    return all(any(meaning in words for words in _QUALITIES) for meaning in meanings)
