"""Kernel votes in SQL against numpy, what a decision says of them, and what a fitted transform does not know."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from loader import kernel, linear
from loader.database import Database, DatabaseError
from loader.evaluation import evaluate, fit, fitted_folds
from loader.report import text_lines
from loader.rows import rows_of
from loader.transforms import Images, Settings, fitted
from tests.db.helpers import insert_image

SETTINGS: dict[str, Any] = {"shrinkage": 0.1, "outputs": 6, "width": 0.8, "ridge": 0.2}


@dataclass(frozen=True)
class Cloud:
    """Images of two parts and three classes, in the order in which they were stored."""

    numbers: NDArray[Any]
    parts: NDArray[Any]
    labels: NDArray[Any]
    vectors: NDArray[np.float32]

    def side(self, part: str, chosen: NDArray[np.bool_] | None = None) -> Images:
        """The labelled images of a part, of those that are chosen."""
        kept = (self.parts == part) if chosen is None else (self.parts == part) & chosen
        return Images(
            np.full(kept.sum(), None, object),
            self.numbers[kept],
            self.labels[kept],
            np.full(kept.sum(), np.nan),
            np.linalg.norm(self.vectors[kept], axis=1),
            linear.unit(self.vectors[kept]),
        )


def chances(trained: Images, asked: NDArray[np.float32]) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The classes, and their probabilities for each of `asked`."""
    (found,) = fitted(Settings("KERNEL", **SETTINGS), linear.Moments.of(trained.vectors), trained)
    assert found.votes is not None
    assert found.located is not None
    scores = found.votes.scores(linear.applied(found.rows, linear.unit(asked)), found.located)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return found.votes.classes, powers / powers.sum(axis=1, keepdims=True)


@pytest.fixture
def cloud(installed: Database) -> Cloud:
    random = np.random.default_rng(11)
    centres = {name: random.normal(size=12) for name in ("fair", "good", "불량")}
    stored = []
    for number in range(90):
        part, label = ("p", "q")[number % 2], list(centres)[random.integers(3)]
        vector = (centres[label] + 1.2 * random.normal(size=12)).astype(np.float32)
        stored.append((insert_image(installed, part, label, vector.tolist()), part, label, vector))
    installed.commit()
    numbers, parts, labels, vectors = zip(*stored, strict=True)
    return Cloud(np.array(numbers, object), np.array(parts), np.array(labels, object), np.stack(vectors))


def classify(db: Database, vector: NDArray[np.float32], part: str | None, **parameters: Any) -> Any:
    given = {f"p_{name}": value for name, value in parameters.items()}
    return json.loads(db.value("img_classify.classify", p_embedding=vector, p_part=part, p_transform="votes", **given))


def test_each_fold_is_answered_by_the_kernels_of_the_others(installed: Database, cloud: Cloud) -> None:
    run_id = evaluate(installed, method="kfold", folds=3, transform_kind="kernel", **SETTINGS)
    items = {
        row[0]: row[1:]
        for row in installed.execute(
            f"select image_id, fold, predicted, confidence from image_run_item where run_id = {run_id}"
        ).rows
    }
    folds = np.array([items[number][0] for number in cloud.numbers])
    assert sorted(set(folds)) == [1, 2, 3]
    for at, number in enumerate(cloud.numbers):
        classes, found = chances(cloud.side(cloud.parts[at], folds != folds[at]), cloud.vectors[at : at + 1])
        _, predicted, confidence = items[number]
        assert predicted == classes[found[0].argmax()]
        assert float(confidence) == pytest.approx(found[0].max(), abs=1e-5)
    # A fold's transform has done its work, the weights included.
    assert list(installed.execute("select count(*) from image_transform_weight").rows) == [(0,)]


def test_across_parts_one_fit_serves_all(installed: Database, cloud: Cloud) -> None:
    run_id = evaluate(installed, method="kfold", folds=2, within_part=False, transform_kind="kernel", **SETTINGS)
    assert list(installed.execute(f"select tested from vw_evaluation where run_id = {run_id}").rows) == [(90,)]


def test_a_named_fit_answers_and_says_which_images_decided(installed: Database, cloud: Cloud) -> None:
    fit(installed, "votes", "kernel", "quality", within_part=True, **SETTINGS)
    asked = np.random.default_rng(3).normal(size=12).astype(np.float32)
    answer = classify(installed, asked, "q", k=2)
    side = cloud.side("q")
    classes, found = chances(side, asked[None])
    best = int(found[0].argmax())
    assert answer["class"] == classes[best]
    assert answer["confidence"] == pytest.approx(found[0, best], abs=1e-5)
    fit_told = answer["fit"]
    assert (fit_told["transform"], fit_told["kind"], fit_told["decided_by"]) == ("votes", "KERNEL", "KERNEL")
    assert fit_told["stored_since_fit"] == 0

    (model,) = fitted(Settings("KERNEL", **SETTINGS), linear.Moments.of(side.vectors), side)
    assert model.votes is not None
    assert model.located is not None
    near = kernel.gaussian(linear.applied(model.rows, linear.unit(asked[None])), model.located, SETTINGS["width"])[0]
    votes = model.votes.weights[:, best] * near
    order = np.argsort(votes)
    expected = [*order[::-1][:2], *order[:2]]
    told = fit_told["explained"]
    assert [vote["image_id"] for vote in told["votes"]] == [side.numbers[at] for at in expected]
    assert [vote["vote"] for vote in told["votes"]] == pytest.approx(votes[expected], abs=1e-5)
    assert [vote["class"] for vote in told["votes"]] == side.labels[expected].tolist()
    assert told["share"] == pytest.approx(np.abs(votes[expected]).sum() / np.abs(votes).sum(), abs=1e-5)
    assert classify(installed, asked, "q", k=1000)["fit"]["explained"]["share"] == pytest.approx(1)


def test_a_joint_pools_the_probabilities_of_its_members(installed: Database, cloud: Cloud) -> None:
    fit(installed, "votes", "joint", "quality", within_part=True, width=0.8, ridge=0.2)
    asked = np.random.default_rng(3).normal(size=12).astype(np.float32)
    side = cloud.side("q")
    scores = []
    settings = Settings("JOINT", width=0.8, ridge=0.2)
    for found in fitted(settings, linear.Moments.of(side.vectors), side):
        assert found.votes is not None
        assert found.located is not None
        scores.append(found.votes.scores(linear.applied(found.rows, linear.unit(asked[None])), found.located)[0])
    assert len(scores) == 6
    powers = np.exp(np.mean(scores, axis=0))
    answer = classify(installed, asked, "q")
    assert answer["class"] == sorted(set(side.labels))[powers.argmax()]
    assert answer["confidence"] == pytest.approx(powers.max() / powers.sum(), abs=1e-5)
    assert (answer["fit"]["kind"], answer["fit"]["decided_by"]) == ("JOINT", "JOINT")
    # A class that no member knows is answered by plain neighbours, and the members go with the joint.
    insert_image(installed, "q", "scratch", asked.tolist())
    assert classify(installed, asked, "q", k=1)["fit"]["decided_by"] == "NEIGHBOURS"
    fit(installed, "votes", "centre", "quality", within_part=True)
    assert list(installed.execute("select count(*) from image_transform").rows) == [(1,)]


@pytest.mark.parametrize("kind", ["whiten", "lda", "kernel", "joint"])
def test_folds_are_fitted_to_the_same_bits_however_many_at_a_time(cloud: Cloud, kind: str) -> None:
    side = cloud.side("p")
    side = replace(side, folds=np.arange(len(side)) % 5)
    settings = Settings.checked(kind, outputs=6)
    serial, parallel = (list(fitted_folds(settings, side, range(5), workers=workers)) for workers in (1, 3))
    for one, other in zip(serial, parallel, strict=True):
        for a, b in zip(one, other, strict=True):
            assert [(row.intercept, row.coefficients.tobytes()) for row in a.rows] == [
                (row.intercept, row.coefficients.tobytes()) for row in b.rows
            ]
            assert (a.votes is None) == (b.votes is None) == (kind in ("whiten", "lda"))
            if a.votes and b.votes:
                assert a.votes.weights.tobytes() == b.votes.weights.tobytes()


def test_a_run_says_with_what_its_folds_were_fitted(installed: Database, cloud: Cloud) -> None:
    run_id = evaluate(installed, method="kfold", folds=3, transform_kind="kernel", **SETTINGS)
    lines = list(text_lines(installed, run_id))
    told = "KERNEL, classes compared, shrinkage 0.1, 6 dimensions, kernel width 0.8, ridge 0.2"
    assert any(told in line for line in lines)
    (row,) = rows_of(installed, "img_report.runs")
    again = {name: type_of(row[column]) for name, (column, type_of) in COLUMNS.items()}
    assert again == {**SETTINGS, "seed": 1, "folds": 3}
    assert (
        row["accuracy"]
        == rows_of(
            installed,
            "img_report.run_summary",
            run_id=evaluate(installed, method="kfold", transform_kind="kernel", **again),
        )[0]["accuracy"]
    )


COLUMNS: dict[str, tuple[str, Any]] = {
    "shrinkage": ("shrinkage", float),
    "outputs": ("outputs", int),
    "width": ("kernel_width", float),
    "ridge": ("ridge", float),
    "seed": ("seed", int),
    "folds": ("folds", int),
}


def test_one_statement_answers_many_as_it_answers_one(installed: Database, cloud: Cloud) -> None:
    fit(installed, "votes", "kernel", "quality", within_part=True, **SETTINGS)
    batch = installed.value("img_classify.open_batch", p_transform="votes", p_k=3)
    asked = np.random.default_rng(4).normal(size=(6, 12)).astype(np.float32)
    for at, vector in enumerate(asked):
        installed.call("img_classify.add_item", p_run_id=batch, p_name=str(at), p_part="pq"[at % 2], p_embedding=vector)
    installed.call("img_classify.classify_batch", p_run_id=batch)
    for name, decision in installed.rows("img_classify.decisions", p_run_id=batch):
        found, alone = json.loads(decision), classify(installed, asked[int(name)], "pq"[int(name) % 2], k=3)
        assert found["class"] == alone["class"]
        assert found["confidence"] == pytest.approx(alone["confidence"], abs=1e-9)
        assert [v["image_id"] for v in found["fit"]["explained"]["votes"]] == [
            v["image_id"] for v in alone["fit"]["explained"]["votes"]
        ]


@pytest.mark.parametrize("kind", ["kernel", "lda", "prototype"])
def test_a_class_that_the_fit_does_not_know_is_answered_by_neighbours(
    installed: Database, cloud: Cloud, kind: str
) -> None:
    fit(installed, "votes", kind, "quality", within_part=True)
    odd = np.zeros(12, np.float32)
    odd[0] = 9
    known = cloud.vectors[0]
    before = classify(installed, odd, "p", k=3)
    assert before["fit"]["decided_by"] == kind.upper()
    new = [insert_image(installed, "p", "scratched", (odd + shift).tolist()) for shift in (0, 0.01, 0.02)]
    after = classify(installed, odd, "p", k=3)
    assert after["class"] == "scratched"
    assert [neighbour["image_id"] for neighbour in after["neighbours"]] == new
    assert after["fit"]["decided_by"] == "NEIGHBOURS"
    assert after["fit"]["stored_since_fit"] == 3
    assert after["fit"]["explained"] is None
    unmoved = classify(installed, known, "p", k=3)
    assert unmoved["fit"]["decided_by"] == kind.upper()
    assert unmoved["class"] in ("fair", "good", "불량")

    batch = installed.value("img_classify.open_batch", p_transform="votes", p_k=3)
    for name, vector in (("odd", odd), ("known", known)):
        installed.call("img_classify.add_item", p_run_id=batch, p_name=name, p_part="p", p_embedding=vector)
    installed.call("img_classify.classify_batch", p_run_id=batch)
    rows = {name: json.loads(text) for name, text in installed.rows("img_classify.decisions", p_run_id=batch)}
    assert rows["odd"]["class"] == "scratched"
    assert rows["odd"]["fit"]["decided_by"] == "NEIGHBOURS"
    assert rows["known"]["class"] == unmoved["class"]
    assert rows["known"]["fit"]["decided_by"] == kind.upper()


def test_without_a_transform_there_is_nothing_fitted_to_speak_of(installed: Database, cloud: Cloud) -> None:
    answer = json.loads(installed.value("img_classify.classify", p_embedding=cloud.vectors[0], p_part="p"))
    assert answer["fit"] is None


def test_a_transform_into_a_space_says_how_old_it_is(installed: Database, cloud: Cloud) -> None:
    fit(installed, "votes", "whiten", "quality", within_part=True)
    insert_image(installed, "p", "good", cloud.vectors[0].tolist())
    insert_image(installed, "p", None, cloud.vectors[1].tolist())
    assert classify(installed, cloud.vectors[0], "p")["fit"] == {
        "transform": "votes",
        "kind": "WHITEN",
        "decided_by": "WHITEN",
        "stored_since_fit": 1,
        "explained": None,
    }


def test_its_images_may_go_and_the_fit_stays(installed: Database, cloud: Cloud) -> None:
    fit(installed, "votes", "kernel", "quality", within_part=True, **SETTINGS)
    before = classify(installed, cloud.vectors[3], "q")
    installed.execute(f"delete from image_demo1 where image_id in ({cloud.numbers[1]}, {cloud.numbers[5]})")
    after = classify(installed, cloud.vectors[3], "q")
    assert after["confidence"] == pytest.approx(before["confidence"], abs=1e-12)


def test_the_confidence_is_calibrated_as_of_lda(installed: Database, cloud: Cloud) -> None:
    run_id = evaluate(installed, method="kfold", folds=3, transform_kind="kernel", **SETTINGS)
    fit(installed, "votes", "kernel", "quality", within_part=True, **SETTINGS)
    before = classify(installed, cloud.vectors[3], "q")
    temperature = float(installed.value("img_calibrate.calibrate", p_run_id=run_id, p_name="votes"))
    after = classify(installed, cloud.vectors[3], "q")
    assert after["class"] == before["class"]
    if temperature > 1:
        assert after["confidence"] < before["confidence"]
    else:
        assert after["confidence"] >= before["confidence"]
    fit(installed, "votes", "lda", "quality", within_part=True)
    with pytest.raises(DatabaseError) as caught:
        installed.value("img_calibrate.calibrate", p_run_id=run_id, p_name="votes")
    assert caught.value.code == 20152


def test_sql_alone_says_that_it_needs_the_loader(installed: Database, cloud: Cloud) -> None:
    for call in ("img_evaluate.evaluate", "img_transform.fit_named"):
        parameters = (
            {"p_method": "kfold", "p_transform_kind": "kernel"}
            if call.endswith("evaluate")
            else {"p_name": "votes", "p_kind": "kernel"}
        )
        with pytest.raises(DatabaseError) as caught:
            if call.endswith("evaluate"):
                installed.value(call, **parameters)
            else:
                installed.call(call, **parameters)
        assert caught.value.code == 20118
