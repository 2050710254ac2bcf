"""What the library gives back: decisions, neighbours, evaluations, embeddings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from loader.rows import Row


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A stored image near another one, or the mean of a class where classes are compared (`image_id` is None then).

    `class_name` is its label of the target, `distance` that of the metric. `source` and `image_path` say which file it
    is; both are None where no load put it in.
    """

    place: int
    image_id: int | None
    class_name: str
    distance: float
    part: str | None = None
    source: str | None = None
    image_path: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """From a row of a cursor, or an object of the packages' JSON."""
        number = row["image_id"]
        return cls(
            int(row["place"]),
            None if number is None else int(number),
            row["class"],
            float(row["distance"]),
            row.get("part"),
            row.get("source_name"),
            row.get("image_path"),
        )

    @property
    def path(self) -> Path | None:
        """The picture's file, where the source is named by its directory."""
        return Path(self.source) / self.image_path if self.source and self.image_path else None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the database says of a picture.

    `answer` is the JSON of img_classify.classify or of img_novelty.judged, with `stored`: rows of the stored images
    that are this very file. It is None for a picture that could not be read; `problem` says why.
    """

    name: str
    answer: dict[str, Any] | None
    problem: str = ""

    def _said(self, key: str) -> Any:
        return None if self.answer is None else self.answer.get(key)

    @property
    def class_name(self) -> str | None:
        """The class, `unknown` below the confidence or beyond the distance asked for; None with a problem."""
        return self._said("class")  # type: ignore[no-any-return]

    @property
    def best(self) -> str | None:
        """The class that won the vote, also where the answer is `unknown`."""
        return self._said("best")  # type: ignore[no-any-return]

    @property
    def confidence(self) -> float | None:
        """The winner's share of the votes, 0 to 1; None of a picture held against the good ones."""
        return _number(self._said("confidence"))

    @property
    def value(self) -> float | None:
        """The number that a graded transform answers with; None of others."""
        return _number(self._said("value"))

    @property
    def score(self) -> float | None:
        """Of a picture held against the good ones: the mean distance of those that are nearest."""
        return _number(self._said("score"))

    @property
    def threshold(self) -> float | None:
        """The largest score that is no outlier."""
        return _number(self._said("threshold"))

    @property
    def neighbours(self) -> tuple[Neighbour, ...]:
        """What the decision rests on, the nearest first."""
        return tuple(Neighbour.of(found) for found in self._said("neighbours") or ())

    @property
    def stored(self) -> tuple[Row, ...]:
        """The stored images that are this very file: image_id, part, quality, source_name, label_path, image_path."""
        return tuple(self._said("stored") or ())


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How often a run is right about one class; shares are 0 to 1, None where nothing can be said."""

    class_name: str
    support: int
    predicted: int
    precision: float | None
    recall: float | None
    f1: float | None
    miss_rate: float | None
    false_alarm_rate: float | None

    @classmethod
    def of(cls, row: Row) -> Self:
        """From a row of img_report.class_figures."""
        figures = (_number(row[name]) for name in ("precision_share", "recall", "f1", "miss_rate", "false_alarm_rate"))
        return cls(row["class"], int(row["support"]), int(row["predicted"]), *figures)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A stored run: how often it is right, and what that is to be held against. Shares are 0 to 1.

    `accuracy_low` and `accuracy_high` are the ends of its 95 % interval, `majority_share` is what always saying the
    commonest class would give. `row` has everything else that the view vw_evaluation says of the run.
    """

    run_id: int
    target: str
    method: str
    images: int
    tested: int
    correct: int
    accuracy: float | None
    accuracy_low: float | None
    accuracy_high: float | None
    balanced_accuracy: float | None
    macro_f1: float | None
    calibration_error: float | None
    majority_share: float | None
    chance_share: float | None
    classes: tuple[ClassFigures, ...]
    row: Row = field(repr=False)

    @classmethod
    def of(cls, run_id: int, row: Row, classes: list[Row]) -> Self:
        """From the rows of img_report.run_summary and class_figures."""
        return cls(
            run_id=run_id,
            target=row["target"],
            method=row["method"],
            images=int(row["images"]),
            tested=int(row["tested"]),
            correct=int(row["correct"]),
            accuracy=_number(row["accuracy"]),
            accuracy_low=_number(row["accuracy_low"]),
            accuracy_high=_number(row["accuracy_high"]),
            balanced_accuracy=_number(row["balanced_accuracy"]),
            macro_f1=_number(row["macro_f1"]),
            calibration_error=_number(row["expected_calibration_error"]),
            majority_share=_number(row["majority_share"]),
            chance_share=_number(row["chance_share"]),
            classes=tuple(ClassFigures.of(found) for found in classes),
            row=row,
        )


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Stored embeddings: `vectors` (n x dimension, float32), and the image of each row in `image_ids` (n, int64)."""

    image_ids: NDArray[np.int64]
    vectors: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.image_ids)


@dataclass(frozen=True, slots=True)
class Status:
    """What is stored, and what is still to be installed.

    `failures` are rows of source_name, label_path, reason and changed_at. `pending` are files of db/ that an
    installation would apply, `invalid` what does not compile; both are empty for a user who is not the schema's owner.
    """

    images: int
    embedded: int
    failed: int
    failures: tuple[Row, ...]
    pending: tuple[str, ...]
    invalid: tuple[str, ...]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
