"""Two scores of the same films: the difference has the interval, and a comparison with itself finds nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from evaluation.films_scored import films
from wetread.errors import ConfigError, DataError
from wetread.evaluation import Comparison, Scored, compare, evaluate
from wetread.evaluation.discrimination.delong import paired_difference
from wetread.evaluation.readers.paired import mcnemar


def pair(each: int = 2) -> tuple[Scored, Scored]:
    good = films(400, apart=2.0, each=each)
    noise = np.random.default_rng(4).normal(size=400)
    odds = np.log(good.score / (1 - good.score)) + 1.5 * noise
    return good, replace(good, score=1 / (1 + np.exp(-odds)), name="worse")


@pytest.fixture(scope="module")
def both() -> tuple[Scored, Scored]:
    return pair()


@pytest.fixture(scope="module")
def found(both: tuple[Scored, Scored]) -> Comparison:
    return compare(*both, thresholds=(0.5, 0.6), names=("new", "old"), resamples=300)


def test_differences_are_those_of_the_two_alone(both: tuple[Scored, Scored], found: Comparison) -> None:
    one, two = (evaluate(scored, resamples=20).headline.find("auroc").value for scored in both)
    apart = found.difference.find("auroc").stated
    assert apart.value == pytest.approx(one - two, abs=1e-12)
    assert apart.low < apart.value < apart.high
    closed = paired_difference(*both)
    assert found.area is not None
    assert found.area.difference.value == pytest.approx(closed.difference.value, abs=1e-12)
    assert found.area.p == pytest.approx(closed.p, abs=1e-12)
    assert found.area.p < 0.05


@pytest.mark.requirement("REQ-VERSION-BRIDGE")
def test_calls_are_counted_film_by_film(both: tuple[Scored, Scored], found: Comparison) -> None:
    one, two = both[0].score >= 0.5, both[1].score >= 0.6
    for calls, side in zip(found.calls, (both[0].label, ~both[0].label), strict=True):
        assert (calls.both, calls.first, calls.second, calls.neither) == (
            (one & two & side).sum(), (one & ~two & side).sum(), (~one & two & side).sum(), (~one & ~two & side).sum(),
        )  # fmt: skip
        assert calls.difference.value == pytest.approx((calls.first - calls.second) / side.sum())
        assert calls.difference.low < calls.difference.value < calls.difference.high
        assert "Obuchowski" in calls.test


def test_one_film_a_patient_has_the_plain_test() -> None:
    calls = compare(*pair(each=1), thresholds=(0.5, 0.6), resamples=20).calls[0]
    assert calls.p == mcnemar(calls.first, calls.second).p_mid
    assert calls.difference.method == "score (Tango)"
    assert calls.difference.value == pytest.approx(
        (calls.first - calls.second) / (calls.both + calls.first + calls.second + calls.neither)
    )


def test_a_score_against_itself(both: tuple[Scored, Scored]) -> None:
    same = compare(both[0], both[0], thresholds=(0.5, 0.5), names=("a", "b"), resamples=50)
    assert same.difference.find("auroc").value == 0
    assert same.correlation == pytest.approx((1, 1, 1))
    assert [calls.p for calls in same.calls] == [1, 1]
    assert [alarm.code for alarm in same.alarms if alarm.code == "no-difference-shown"]
    assert "No difference is shown" in same.to_html()


def test_the_order_of_films_says_nothing(both: tuple[Scored, Scored]) -> None:
    moved = both[1].where(np.random.default_rng(2).permutation(400))
    assert compare(both[0], moved, resamples=50).to_json() == compare(*both, resamples=50).to_json()


def test_other_films_are_refused(both: tuple[Scored, Scored]) -> None:
    with pytest.raises(DataError, match="not the same films"):
        compare(both[0], both[1].where(np.arange(399)), resamples=20)
    with pytest.raises(DataError, match="label"):
        compare(both[0], replace(both[1], label=~both[1].label), resamples=20)
    with pytest.raises(ConfigError, match="two thresholds"):
        compare(*both, thresholds=(0.5,), resamples=20)


def test_the_page_and_the_json(found: Comparison) -> None:
    page = found.to_html().replace("\u202f", " ")
    apart = found.difference.find("auroc").stated
    assert f"AUROC {apart.value:.3f} (95 % interval {apart.low:.3f} to {apart.high:.3f}) more" in page
    assert "new is surely better than old" in page
    assert "Net reclassification is not given" in page
    assert "no clearance" in page
    assert set(found.plot()) == {"roc", "differences"}
    assert not re.search(r'(src|href)="(?!#|data:)', page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    read = json.loads(found.to_json())
    assert read["schema"] == "wetread.comparison/1"
    assert read["names"] == ["new", "old"]
    assert len(read["calls"]) == 2
    assert "reclassification" not in found.to_json()


def test_degenerate_scores_are_answered(both: tuple[Scored, Scored]) -> None:
    flat = replace(both[0], score=np.full(400, 0.5), name="flat")
    made = compare(flat, flat, thresholds=(0.4, 0.6), resamples=30)
    assert all(np.isnan(made.correlation))
    assert made.to_html()
    json.loads(made.to_json())
