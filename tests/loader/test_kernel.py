"""Kernel ridge regression: the weights are scikit-learn's, and the calibration does not see an image's own label."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

from loader import kernel
from loader.config import ConfigurationError
from loader.linear import Matrix, unit
from loader.targets import Targets


def clouds(seed: int, count: int, classes: str = "abc", spread: float = 0.8) -> tuple[Matrix, list[str]]:
    """Vectors of length 1 around a centre for each class."""
    random = np.random.default_rng(seed)
    labels = random.choice(list(classes), count).tolist()
    centres = {name: random.normal(size=8) for name in classes}
    rows = np.stack([centres[name] + spread * random.normal(size=8) for name in labels])
    return unit(rows.astype(np.float32)), labels


@pytest.mark.parametrize(("width", "ridge"), [(0.3, 0.1), (0.6, 0.3), (2.0, 1.0)])
def test_the_scores_are_those_of_scikit_learn(width: float, ridge: float) -> None:
    vectors, labels = clouds(1, 90)
    others, _ = clouds(2, 30)
    found = kernel.fit(vectors, Targets.of(labels), width=width, ridge=ridge)
    assert found.classes == ("a", "b", "c")
    for column, name in enumerate(found.classes):
        targets = [1.0 if label == name else -1.0 for label in labels]
        expected = KernelRidge(alpha=ridge, kernel="rbf", gamma=width).fit(vectors, targets).predict(others)
        np.testing.assert_allclose(found.scores(others, vectors)[:, column] / found.slope, expected, atol=1e-9)


def test_of_two_classes_one_has_the_others_weights_with_the_other_sign() -> None:
    vectors, labels = clouds(3, 40, "ab")
    weights = kernel.fit(vectors, Targets.of(labels)).weights
    np.testing.assert_allclose(weights[:, 0], -weights[:, 1], atol=1e-12)


def test_the_slope_is_that_of_scores_by_all_other_images() -> None:
    """Each image left out and all fitted again, as the closed form does not need to."""
    vectors, labels = clouds(4, 40)
    index = np.searchsorted(["a", "b", "c"], labels)
    scores = []
    for at in range(len(vectors)):
        kept = np.arange(len(vectors)) != at
        fitted = kernel.fit(
            vectors[kept], Targets.of([label for label, keep in zip(labels, kept, strict=True) if keep])
        )
        scores.append(fitted.scores(vectors[at : at + 1], vectors[kept])[0] / fitted.slope)

    def likelihood(slope: float) -> float:
        scaled = slope * np.array(scores)
        return float((scaled[np.arange(len(index)), index] - np.log(np.exp(scaled).sum(axis=1))).sum())

    slope = kernel.fit(vectors, Targets.of(labels)).slope
    assert 0 < slope < 100
    assert likelihood(slope) >= max(likelihood(slope * factor) for factor in (0.99, 1.01))


def test_the_confidence_is_calibrated() -> None:
    vectors, labels = clouds(5, 900, spread=1.6)
    fitted = kernel.fit(vectors[:600], Targets.of(labels[:600]))
    scaled = fitted.scores(vectors[600:], vectors[:600])
    chances = np.exp(scaled) / np.exp(scaled).sum(axis=1, keepdims=True)
    right = np.array(fitted.classes)[chances.argmax(axis=1)] == np.array(labels[600:])
    assert 0.5 < right.mean() < 0.95
    assert chances.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.05)


def test_labels_that_say_nothing_have_no_slope() -> None:
    vectors, _ = clouds(6, 60)
    labels = np.random.default_rng(7).choice(["a", "b"], 60).tolist()
    assert kernel.fit(vectors, Targets.of(labels)).slope < 1


@pytest.mark.parametrize("labels", [["a"], ["a"] * 5, ["a", "b"]])
def test_few_images_or_one_class(labels: list[str]) -> None:
    vectors, _ = clouds(8, len(labels))
    fitted = kernel.fit(vectors, Targets.of(labels))
    assert np.isfinite(fitted.weights).all()
    assert np.isfinite(fitted.slope)
    assert np.array(fitted.classes)[fitted.scores(vectors, vectors).argmax(axis=1)].tolist() == labels


def test_images_that_are_all_the_same() -> None:
    same = np.ones((6, 4)) / 2
    fitted = kernel.fit(same, Targets.of(list("aaaabb")))
    np.testing.assert_allclose(fitted.weights[:, 0].sum(), -fitted.weights[:, 1].sum())
    assert fitted.scores(same[:1], same).argmax() == 0


def test_more_images_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "MOST_IMAGES", 9)
    vectors, labels = clouds(9, 10)
    with pytest.raises(ConfigurationError, match="10 images are more than the 9 that KERNEL is fitted on"):
        kernel.fit(vectors, Targets.of(labels))


def test_the_slope_of_many_images_is_that_of_some(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, labels = clouds(10, 400)
    by_all = kernel.fit(vectors, Targets.of(labels))
    monkeypatch.setattr(kernel, "MOST_CALIBRATING", 200)
    by_half = kernel.fit(vectors, Targets.of(labels))
    np.testing.assert_allclose(by_half.weights / by_half.slope, by_all.weights / by_all.slope, rtol=1e-9)
    assert by_half.slope == pytest.approx(by_all.slope, rel=0.2)
    assert by_half.slope != by_all.slope
