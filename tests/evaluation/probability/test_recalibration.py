"""Maps from score to probability: what each finds, and what each keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from evaluation.sets import made_up
from wetread.calibration import restate
from wetread.errors import ConfigError, DataError
from wetread.evaluation import calibrate
from wetread.evaluation.probability.recalibration import KINDS, recalibrate, restated
from wetread.evaluation.scored import Scored

Float = NDArray[np.float64]


def sigmoid(z: Float) -> Float:
    return 1 / (1 + np.exp(-z))


def drawn(n: int, slope: float, intercept: float, seed: int = 0, films: int = 1) -> Scored:
    """Scores with labels that a line in the log-odds gives them; films of one patient share their luck."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-0.5, 1.3, n)
    label = np.repeat(rng.uniform(size=n // films), films) < sigmoid(slope * odds + intercept)
    return Scored(
        np.arange(n).astype(str), np.repeat(np.arange(n // films).astype(str), films), label, sigmoid(odds), True,
        name="local cases",
    )  # fmt: skip


def without_probability(s: Scored, score: Float) -> Scored:
    return Scored(s.film, s.patient, s.label, score, name="raw scores")


@pytest.mark.parametrize(
    ("kind", "slope", "intercept", "expected"),
    [
        ("in-the-large", 1.0, -0.8, (-0.8,)),
        ("temperature", 0.6, 0.0, (0.6,)),
        ("platt", 0.7, -0.5, (0.7, -0.5)),
        ("beta", 0.7, -0.5, (0.7, 0.7, -0.5)),
    ],
)
def test_what_was_put_in_is_found(kind: str, slope: float, intercept: float, expected: tuple[float, ...]) -> None:
    found = recalibrate(drawn(40_000, slope, intercept), kind)
    assert found.parameters == pytest.approx(expected, abs=0.15 if kind == "beta" else 0.06)


def test_isotonic_is_scikit_learns() -> None:
    s = made_up(150)
    rounded = Scored(s.film, s.patient, s.label, np.round(s.score, 2), True)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(rounded.score, rounded.label)
    asked = np.linspace(0, 1, 57)
    np.testing.assert_allclose(recalibrate(rounded, "isotonic").probabilities(asked), theirs.predict(asked), atol=1e-9)


def test_beta_is_an_unpenalised_logistic_regression() -> None:
    s = made_up(300)
    columns = np.column_stack([np.log(s.score), -np.log(1 - s.score)])
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(columns, s.label)
    np.testing.assert_allclose(recalibrate(s, "beta").parameters, [*theirs.coef_[0], *theirs.intercept_], rtol=1e-3)


def test_beta_never_falls() -> None:
    """A score whose upper half is upside down: one coefficient would be negative, and is 0."""
    rng = np.random.default_rng(0)
    p = rng.uniform(0.02, 0.98, 3000)
    truth = np.where(p < 0.6, p, 0.6 - 0.9 * (p - 0.6))
    s = Scored(np.arange(3000).astype(str), np.arange(3000).astype(str), rng.uniform(size=3000) < truth, p, True)
    found = recalibrate(s, "beta")
    assert min(found.parameters[:2]) == 0
    assert (np.diff(found.probabilities(np.linspace(0, 1, 50))) >= 0).all()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_every_map_rises_and_stays_a_probability(kind: str, seed: int) -> None:
    found = recalibrate(made_up(60, seed=seed), kind)
    p = found.probabilities(np.linspace(0, 1, 101))
    assert (np.diff(p) >= 0).all()
    assert p.min() >= 0
    assert p.max() <= 1


@pytest.mark.parametrize("kind", ["in-the-large", "platt", "beta", "isotonic"])
def test_the_mean_probability_is_the_prevalence(kind: str) -> None:
    s = made_up(100)
    found = recalibrate(s, kind)
    assert found.probabilities(s.score).mean() == pytest.approx(s.prevalence, abs=1e-6)
    assert found.prevalence == s.prevalence


def test_platt_is_the_devices() -> None:
    s = made_up(200)
    device = calibrate(s.score, s.label)
    found = recalibrate(s).for_device()
    assert (found.slope, found.intercept, found.prevalence) == pytest.approx(
        (device.slope, device.intercept, device.prevalence), abs=1e-3
    )
    for kind in ("none", "in-the-large", "temperature", "platt"):
        fitted = recalibrate(s, kind)
        same = [fitted.for_device().probability(score) for score in (0.1, 0.5, 0.93)]
        assert fitted.probabilities([0.1, 0.5, 0.93]) == pytest.approx(same, abs=1e-9)


def test_raw_scores_of_any_size_are_calibrated() -> None:
    s = drawn(4000, 0.8, 0.3)
    odds = np.log(s.score / (1 - s.score))
    plain = recalibrate(s).probabilities(s.score)
    for raw in (odds, 1e6 * odds + 3e7, 1e-5 * odds - 4):
        moved = without_probability(s, raw)
        np.testing.assert_allclose(recalibrate(moved).probabilities(raw), plain, atol=1e-6)
    step = recalibrate(without_probability(s, odds), "isotonic").probabilities(odds)
    np.testing.assert_allclose(step, recalibrate(s, "isotonic").probabilities(s.score), atol=1e-9)


def test_many_are_restated_as_one_is() -> None:
    p = np.array([0.001, 0.3, 0.6, 0.999])
    np.testing.assert_allclose(restated(p, 0.3, 0.01), [restate(float(x), 0.3, 0.01) for x in p])
    np.testing.assert_allclose(restated(restated(p, 0.3, 0.01), 0.01, 0.3), p)
    found = recalibrate(drawn(2000, 1, 0))
    np.testing.assert_allclose(
        found.probabilities([0.4], 0.05), restated(found.probabilities([0.4]), found.prevalence, 0.05)
    )


@pytest.mark.requirement("REQ-LOCAL-CALIBRATION")
def test_a_shift_of_prevalence_alone_is_mended_by_restating() -> None:
    """Negatives thinned out to a fifth: restated, the probabilities are right again."""
    s = drawn(60_000, 1, -1.5)
    keep = s.label | (np.random.default_rng(1).uniform(size=len(s)) < 0.2)
    thin = s.where(keep)
    p = restated(sigmoid(np.log(thin.score / (1 - thin.score)) - 1.5), s.prevalence, thin.prevalence)
    assert p.mean() == pytest.approx(thin.prevalence, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("histogram", lambda s: s, "choose one of none"),
        ("platt", lambda s: s.where(s.label), "no recalibration with one class only"),
        ("beta", lambda s: without_probability(s, s.score), "takes probabilities"),
        ("platt", lambda s: without_probability(s, np.zeros(len(s))), "all 80 scores are the same"),
        ("platt", lambda s: without_probability(s, -s.score), "does not rise with the label"),
        ("temperature", lambda s: Scored(s.film, s.patient, ~s.label, s.score, True), "does not rise with the label"),
        ("beta", lambda s: Scored(s.film, s.patient, ~s.label, s.score, True), "does not rise with the label"),
        ("platt", lambda s: without_probability(s, s.score + 5 * s.label), "the score parts the classes"),
    ],
)
def test_what_cannot_be_fitted_is_refused(kind: str, change: object, message: str) -> None:
    with pytest.raises((DataError, ConfigError), match=message):
        recalibrate(change(made_up(40)), kind)  # type: ignore[operator]


def test_what_a_map_cannot_take_is_refused() -> None:
    found = recalibrate(made_up())
    with pytest.raises(DataError, match=r"in \[0, 1\]"):
        found.probabilities([1.2])
    with pytest.raises(DataError, match="scores are finite"):
        found.probabilities([np.nan])
    with pytest.raises(ConfigError, match="new prevalence lies between"):
        found.probabilities([0.2], 1.0)
    with pytest.raises(ConfigError, match="fit 'platt'"):
        recalibrate(made_up(), "isotonic").for_device()
