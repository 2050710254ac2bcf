"""Two runs beside each other, against scipy, scikit-learn and numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix

from loader.database import Database, DatabaseError
from loader.evaluation import evaluate
from loader.rows import Row, rows_of
from tests.db.helpers import insert_image

UNKNOWN_RUN, OTHER_TARGET, NO_COMMON_IMAGE = 20102, 20121, 20185


def put_run(
    db: Database, actual: Sequence[str], predicted: Sequence[str | None], hashes: Sequence[str | None] = (), **run: str
) -> int:
    """A run with these predictions of images 1, 2 ..., put in by hand; `hashes` are those of the pictures."""
    columns = {
        "method": "'KFOLD'", "target": "'QUALITY'", "k": "1", "weighting": "'MAJORITY'", "temperature": "1",
        "metric": "'COSINE'", "within_part": "1", "images": str(len(actual)),
        "tested": str(sum(answer is not None for answer in predicted)),
    } | run  # fmt: skip
    db.execute(f"insert into image_run ({', '.join(columns)}) values ({', '.join(columns.values())})")
    ((run_id,),) = db.execute("select max(run_id) from image_run").rows
    for place, (label, answer) in enumerate(zip(actual, predicted, strict=True), start=1):
        values = [
            f"{run_id}, {place}, {place}, {place}, 'p', '{label}'",
            "null" if answer is None else f"'{answer}'",
            f"'{hashes[place - 1]}'" if hashes and hashes[place - 1] else "null",
        ]
        db.execute(
            "insert into image_run_item (run_id, item_id, image_id, item_no, part, actual, predicted, image_hash)"
            f" values ({', '.join(values)})"
        )
    return int(run_id)


def result(db: Database, run_a: int, run_b: int) -> Row:
    (row,) = rows_of(db, "img_compare.result", run_a=run_a, run_b=run_b)
    return row


def sides(db: Database, run_a: int, run_b: int) -> list[Row]:
    return rows_of(db, "img_compare.sides", run_a=run_a, run_b=run_b)


def right(only_a: int, only_b: int, both: int, neither: int) -> tuple[list[str], list[str], list[str]]:
    """The labels, and the answers of two runs of which so many are right."""
    a = "r" * only_a + "w" * only_b + "r" * both + "w" * neither
    b = "w" * only_a + "r" * only_b + "r" * both + "w" * neither
    return ["r"] * len(a), list(a), list(b)


@pytest.mark.parametrize(
    "counts", [(0, 0, 4, 0), (1, 0, 0, 0), (0, 0, 0, 3), (3, 9, 5, 1), (12, 12, 0, 0), (0, 40, 1, 9), (30, 8, 60, 2)]
)
def test_the_difference_its_interval_and_its_probability(
    counts: tuple[int, int, int, int], installed: Database
) -> None:
    only_a, only_b, both, neither = counts
    actual, a, b = right(*counts)
    run_a, run_b = (put_run(installed, actual, predicted) for predicted in (a, b))
    found = result(installed, run_a, run_b)
    assert [found[name] for name in ("only_a", "only_b", "both_right", "both_wrong")] == list(counts)
    assert (found["images"], found["left_out_a"], found["left_out_b"]) == (len(actual), 0, 0)
    gains = np.array([1] * only_b + [-1] * only_a + [0] * (both + neither))
    assert float(found["difference"]) == pytest.approx(gains.mean())
    p_value = binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert float(found["p_value"]) == pytest.approx(p_value)
    # Bonett and Price: the plain interval of the mean gain, with an image more for each side.
    adjusted = np.append(gains, [1, -1])
    half = 1.959963984540054 * adjusted.std() / np.sqrt(len(adjusted))
    ends = np.clip(adjusted.mean() + np.array([-half, half]), -1, 1)
    assert [float(found[end]) for end in ("difference_low", "difference_high")] == pytest.approx(ends, abs=1e-6)
    assert found["better"] == (None if p_value >= 0.05 else "B" if only_b > only_a else "A")
    for side, only in zip(sides(installed, run_a, run_b), (only_a, only_b), strict=True):
        interval = binomtest(both + only, len(actual)).proportion_ci(method="wilson")
        assert float(side["accuracy"]) == pytest.approx((both + only) / len(actual))
        assert [float(side[end]) for end in ("accuracy_low", "accuracy_high")] == pytest.approx(
            list(interval), abs=1e-6
        )


def test_the_interval_covers_what_it_says(installed: Database) -> None:
    """Of many samples with a true difference of 0.06, about 95 % have it within the interval."""
    random = np.random.default_rng(5)
    shares = (0.08, 0.14, 0.78)  # of A alone, B alone, and the others
    covered = []
    for only_a, only_b, others in random.multinomial(60, shares, 400):
        ((low, high),) = installed.execute(
            f"select img_interval.difference_low({only_a}, {only_b}, {only_a + only_b + others}),"
            f" img_interval.difference_high({only_a}, {only_b}, {only_a + only_b + others}) from dual"
        ).rows
        covered.append(low <= 0.06 <= high)
    assert 0.92 < np.mean(covered) < 0.99


def test_each_class_has_its_errors_on_both_sides(installed: Database) -> None:
    random = np.random.default_rng(3)
    names = ["가", "b", "c", "D"]
    actual = random.choice(names[:3], 90).tolist()
    a, b = (np.where(random.random(90) < 0.6, actual, random.choice(names, 90)).tolist() for _ in range(2))
    run_a, run_b = (put_run(installed, actual, predicted) for predicted in (a, b))
    found = {row["class"]: row for row in rows_of(installed, "img_compare.classes", run_a=run_a, run_b=run_b)}
    assert list(found) == ["D", "b", "c", "가"]
    for side, predicted in (("a", a), ("b", b)):
        matrix = confusion_matrix(actual, predicted, labels=names)
        for place, name in enumerate(names):
            images, taken, hits = matrix[place].sum(), matrix[:, place].sum(), matrix[place, place]
            row = found[name]
            assert row["images"] == images
            assert row[f"miss_rate_{side}"] == (pytest.approx(1 - hits / images) if images else None)
            assert row[f"false_alarm_rate_{side}"] == pytest.approx((taken - hits) / (90 - images))


def put_model(db: Database, name: str, dimension: int) -> str:
    """The model_id of a model."""
    db.execute(
        "insert into image_model (name, file_hash, dimension, preprocessing)"
        f" values ('{name}', '{name}', {dimension}, '{{}}')"
    )
    ((model_id,),) = db.execute(f"select model_id from image_model where name = '{name}'").rows
    return str(model_id)


ALIKE, DIFFERENT = (2, 3, 5, 0), (1, 30, 40, 5)
COSTS = "A and B can not be told apart on these images: take the one that costs less"
FASTER = "A and B can not be told apart on these images: take the faster, "
MORE = " is right more often: the difference is larger than chance explains"


@pytest.mark.parametrize(
    ("counts", "cost_a", "cost_b", "faster", "conclusion"),
    [
        (ALIKE, ("10", "1"), ("20", "2"), "A", FASTER + "A"),
        (ALIKE, ("10", "9"), ("10", "1"), "B", FASTER + "B"),
        (ALIKE, ("10", "1"), ("10.5", "1"), None, COSTS),
        (ALIKE, ("10", "1"), ("null", "1"), None, COSTS),
        (ALIKE, ("10", "null"), ("99", "1"), None, COSTS),
        (DIFFERENT, ("1", "1"), ("9", "9"), "A", "B" + MORE),
        ((DIFFERENT[1], DIFFERENT[0], 40, 5), ("9", "9"), ("1", "1"), "B", "A" + MORE),
    ],
)
def test_what_follows_is_said(
    counts: tuple[int, int, int, int],
    cost_a: tuple[str, str],
    cost_b: tuple[str, str],
    faster: str | None,
    conclusion: str,
    installed: Database,
) -> None:
    actual, *both = right(*counts)
    runs = [
        put_run(
            installed,
            actual,
            predicted,
            model_id=put_model(installed, name, dimension),
            embed_ms=embed,
            decision_ms=decision,
        )
        for predicted, name, dimension, (embed, decision) in zip(
            both, ("small", "large"), (1280, 1272), (cost_a, cost_b), strict=True
        )
    ]
    found = result(installed, *runs)
    assert (found["faster"], found["conclusion"]) == (faster, conclusion)
    a, b = sides(installed, *runs)
    assert (a["side"], a["run_id"], a["model"], a["dimension"]) == ("A", runs[0], "small", 1280)
    assert (b["side"], b["model"], b["embedding_bytes"]) == ("B", "large", 4 * 1272 * len(actual))
    costs = [None if cost == "null" else float(cost) for cost in (*cost_a, *cost_b)]
    assert [a["embed_ms"], a["decision_ms"], b["embed_ms"], b["decision_ms"]] == costs


def test_pictures_are_found_again_by_content_and_label(installed: Database) -> None:
    first = put_run(installed, "rrrsr", "rsrsr", ["h1", "h2", "h3", "h4", None])
    # Loaded anew in another order: h2 has another label, h3 is gone, h5 is new; image 5 was put in by hand.
    second = put_run(installed, "srsrr", "rrrsr", ["h4", "h1", "h2", "h5", None])
    found = list(
        installed.execute(
            "select image_id, image_id_b, actual, predicted_a, predicted_b, hit_a, hit_b from vw_compared_item"
            f" where run_a = {first} and run_b = {second} order by image_id"
        ).rows
    )
    assert found == [(1, 2, "r", "r", "r", 1, 1), (4, 1, "s", "s", "r", 1, 0), (5, 5, "r", "r", "r", 1, 1)]
    assert [result(installed, first, second)[name] for name in ("images", "left_out_a", "left_out_b")] == [3, 2, 2]
    (changed,) = rows_of(installed, "img_service.changed_decisions", run_a=first, run_b=second)
    assert (changed["image_id"], changed["predicted_a"], changed["predicted_b"]) == (4, "s", "r")


def test_copies_of_a_picture_go_with_one_another_once(installed: Database) -> None:
    first = put_run(installed, "rrrs", "rsrs", ["h", "h", "h", "h"])
    second = put_run(installed, "srr", ["r", "r", None], ["h", "h", "h"])
    found = installed.execute(
        "select image_id, image_id_b, predicted_a, predicted_b from vw_compared_item"
        f" where run_a = {first} and run_b = {second} order by image_id"
    )
    assert list(found.rows) == [(1, 2, "r", "r"), (4, 1, "s", "r")]


@pytest.mark.parametrize("routine", ["result", "sides", "classes"])
def test_what_can_not_be_compared(routine: str, installed: Database) -> None:
    one = put_run(installed, "r", "r", ["h1"])
    unlike = put_run(installed, "r", "r", ["h2"])
    other = put_run(installed, "r", "r", ["h1"], target="'PART'")
    for pair, code in (((one, other + 1), UNKNOWN_RUN), ((one, other), OTHER_TARGET), ((one, unlike), NO_COMMON_IMAGE)):
        with pytest.raises(DatabaseError) as caught:
            rows_of(installed, f"img_compare.{routine}", run_a=pair[0], run_b=pair[1])
        assert caught.value.code == code


def test_a_run_says_how_long_an_embedding_and_a_decision_took(installed: Database, query: Any) -> None:
    model = put_model(installed, "m", 2)
    installed.execute("insert into image_source (name) values ('s')")
    for x in range(6):
        insert_image(installed, "p", "ab"[x % 2], [1, x % 2 + x / 10])
    insert_image(installed, "alone", "a", [1, 0])
    installed.execute(f"update image_demo1 set model_id = {model}")
    runs = []
    for pace in ("5", "null", "7"):  # the second load found all as it was
        installed.execute(
            f"insert into image_load_run (source_id, model_id, embed_ms) select source_id, {model}, {pace}"
            " from image_source"
        )
        runs.append(evaluate(installed, k=1, only_part="alone" if pace == "7" else None))
    found = query("select embed_ms, decision_ms, tested from image_run order by run_id")
    assert [embed_ms for embed_ms, _, _ in found] == [5, 5, 7]
    assert [tested for _, _, tested in found] == [6, 6, 0]
    assert found[0][1] > 0
    assert found[2][1] is None
