"""Fitting the map from score to probability."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from wetread.calibration import Calibration
from wetread.errors import DataError
from wetread.evaluation import calibrate

ORACLES = Path(__file__).resolve().parents[4] / "shared" / "oracles"
Float = NDArray[np.float64]


def sigmoid(z: Float) -> Float:
    return 1 / (1 + np.exp(-z))


def simulated(slope: float, intercept: float, n: int, seed: int = 0) -> tuple[Float, NDArray[np.int64]]:
    """Scores, and labels drawn with the probability that a calibration of this slope and intercept gives them."""
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(-0.5, 1.5, n)
    labels = (rng.uniform(size=n) < sigmoid(slope * log_odds + intercept)).astype(np.int64)
    return sigmoid(log_odds), labels


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.6, -1.0), (1.8, 0.7), (0.3, 2.0)])
def test_known_slope_and_intercept_are_found(slope: float, intercept: float) -> None:
    scores, labels = simulated(slope, intercept, 40_000)
    found = calibrate(scores, labels)
    assert found.slope == pytest.approx(slope, abs=0.06)
    assert found.intercept == pytest.approx(intercept, abs=0.06)
    assert found.prevalence == pytest.approx(labels.mean())


def test_published_slope_and_intercept() -> None:
    """val.prob of R's rms on twenty films."""
    if not (ORACLES / "statistics.json").is_file():
        pytest.skip("needs the oracles in ../shared/oracles")
    oracle = json.loads((ORACLES / "statistics.json").read_text("utf-8"))["calibration"]
    found = calibrate(oracle["p"], oracle["y"])
    assert found.slope == pytest.approx(oracle["slope"], abs=1e-4)
    assert found.intercept == pytest.approx(oracle["intercept_with_slope"], abs=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_mean_probability_is_the_prevalence(seed: int) -> None:
    """Calibration in the large: a property of the maximum-likelihood intercept."""
    scores, labels = simulated(0.7, -1.2, 500, seed)
    found = calibrate(scores, labels)
    probabilities = [found.probability(score) for score in scores]
    assert np.mean(probabilities) == pytest.approx(labels.mean(), abs=1e-4)


def test_no_other_line_is_likelier() -> None:
    scores, labels = simulated(0.8, 0.4, 400)
    found = calibrate(scores, labels)

    def log_likelihood(slope: float, intercept: float) -> float:
        p = np.array([Calibration(slope, intercept, 0.5).probability(score) for score in scores])
        return float(np.sum(labels * np.log(p) + (1 - labels) * np.log(1 - p)))

    best = log_likelihood(found.slope, found.intercept)
    for step in (-0.05, 0.05):
        assert log_likelihood(found.slope + step, found.intercept) < best
        assert log_likelihood(found.slope, found.intercept + step) < best


def test_calibrating_again_changes_nothing() -> None:
    scores, labels = simulated(0.5, -0.7, 2000)
    first = calibrate(scores, labels)
    again = calibrate([first.probability(score) for score in scores], labels)
    assert (again.slope, again.intercept) == pytest.approx((1, 0), abs=1e-3)


def test_the_order_of_films_does_not_matter() -> None:
    scores, labels = simulated(1.2, 0.1, 300)
    order = np.random.default_rng(5).permutation(300)
    one, other = calibrate(scores, labels), calibrate(scores[order], labels[order])
    assert (one.slope, one.intercept) == pytest.approx((other.slope, other.intercept), abs=1e-3)


def test_scores_of_exactly_0_and_1_are_taken() -> None:
    scores, labels = simulated(1.0, 0.0, 300)
    found = calibrate(np.round(scores), labels)
    assert np.mean([found.probability(score) for score in np.round(scores)]) == pytest.approx(labels.mean(), abs=1e-3)


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        ([0.1, 0.9, 0.5], [1, 1, 1], "needs both classes; all 3 labels are 1"),
        ([0.1, 0.9], [0, 0], "needs both classes; all 2 labels are 0"),
        ([], [], "one finite score and one label"),
        ([0.1, 0.9], [0, 1, 1], "one finite score and one label"),
        ([0.1, np.nan], [0, 1], "one finite score and one label"),
        ([0.1, 0.9], [0, 2], "one finite score and one label"),
        ([0.1, 0.9], [0, np.nan], "one finite score and one label"),
        ([-2.0, 3.0, 1.0], [0, 1, 0], r"scores in \[0, 1\]"),
        ([0.9, 0.7, 0.8, 0.2, 0.1, 0.75], [0, 0, 1, 1, 1, 0], "does not rise with the label"),
        ([0.9, 0.9, 0.9, 0.9], [0, 1, 0, 0], "all 4 scores are the same"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(scores: ArrayLike, labels: ArrayLike, message: str) -> None:
    with pytest.raises(DataError, match=message):
        calibrate(scores, labels)


def test_scores_that_part_the_classes_have_no_slope() -> None:
    """The likelihood then grows with the slope without end, and where a search stops is chance."""
    with pytest.raises(DataError, match="every positive above every negative"):
        calibrate([0.1, 0.2, 0.3, 0.6, 0.7], [0, 0, 0, 1, 1])
