"""Hard negatives and what can be guessed without looking at a lung."""

from __future__ import annotations

import json

import numpy as np
import pytest

from wetread.errors import ConfigError, DataError
from wetread.evaluation.record import plain
from wetread.evaluation.scored import Scored
from wetread.evaluation.scrutiny.negatives import TOGETHER, baselines, hard_negatives
from wetread.intervals import auroc, bootstrap_auroc


def made(
    seed: int = 0, *, films: int = 1500, patients: int = 500, by_view: float = 1.5
) -> tuple[Scored, dict[str, np.ndarray]]:
    """Films whose look-alikes score between healthy and sick ones, and whose view tells of the label."""
    rng = np.random.default_rng(seed)
    patient = rng.integers(0, patients, films)
    view = rng.choice(["AP", "PA"], films)
    label = rng.random(films) < 1 / (1 + np.exp(2 - by_view * (view == "AP")))
    effusion = rng.random(films) < 0.2
    score = 1.5 * label + 0.8 * effusion + rng.normal(size=films)
    site = rng.choice(["one", "two", "three"], patients)[patient]
    scored = Scored(
        np.arange(films).astype(str), patient.astype(str), label, score,
        groups={"view": view, "site": site}, name="made films",
    )  # fmt: skip
    return scored, {"Effusion": effusion, "No Finding": ~effusion & ~label}


@pytest.mark.requirement("REQ-LOOK-ALIKES")
def test_positives_meet_the_negatives_of_each_kind() -> None:
    scored, kinds = made()
    found = hard_negatives(scored, kinds, threshold=1.0, resamples=300)
    whole = bootstrap_auroc(scored.score, scored.label, scored.patient, resamples=300)
    assert found.auroc is not None
    assert found.auroc.value == pytest.approx(whole.value)
    for each in found.against:
        other = kinds[each.name] & ~scored.label
        keep = other | scored.label
        alone = bootstrap_auroc(scored.score[keep], scored.label[keep], scored.patient[keep], resamples=300)
        assert each.auroc is not None
        assert each.gap is not None
        assert each.specificity is not None
        assert (each.films, each.share) == (other.sum(), pytest.approx(other.sum() / scored.negatives))
        assert each.auroc.value == pytest.approx(alone.value)
        assert (each.auroc.low, each.auroc.high) == pytest.approx((alone.low, alone.high), abs=0.012)
        assert each.gap.value == pytest.approx(alone.value - whole.value)
        assert each.specificity.value == pytest.approx((scored.score[other] < 1).mean())
    hard, easy = found.against
    assert hard.gap is not None
    assert easy.gap is not None
    assert hard.gap.high < 0 < easy.gap.low


def test_all_negatives_as_a_kind_leave_no_gap() -> None:
    scored, _ = made()
    everything = hard_negatives(scored, {"all": np.ones(len(scored), bool)}, resamples=40).against[0]
    assert everything.gap is not None
    assert (everything.gap.value, everything.gap.low, everything.gap.high) == (0, 0, 0)
    assert everything.share == 1
    assert everything.specificity is None


def test_kinds_that_are_small_or_empty_say_so() -> None:
    scored, _ = made()
    few = np.isin(scored.patient, np.unique(scored.patient[~scored.label])[:9])
    found = hard_negatives(scored, {"Hernia": few, "Nothing": ~scored.label & False}, threshold=1, resamples=40)
    small, empty = found.against
    assert small.films > 5
    for each in (small, empty):
        assert each.auroc is None
        assert each.gap is None
        assert each.specificity is None
    assert small.note == "too few to say: 9 patients with Hernia as a negative film, at least 20 are needed"
    assert empty.lost == 40
    assert found.auroc is not None


def test_few_positives_leave_no_auroc_but_a_specificity() -> None:
    scored, kinds = made()
    rare = scored.label & (np.arange(len(scored)) < 20)
    found = hard_negatives(Scored(scored.film, scored.patient, rare, scored.score), kinds, threshold=1, resamples=40)
    assert found.auroc is None
    assert "with positive films" in found.note
    assert found.against[0].auroc is None
    assert found.against[0].specificity is not None


@pytest.mark.requirement("REQ-LOOK-ALIKES")
def test_a_view_that_tells_the_label_is_told() -> None:
    scored, _ = made(films=3000, patients=900, by_view=2.5)
    found = baselines(scored, resamples=200)
    by_name = {each.name: each for each in found.baselines}
    assert set(by_name) == {"view", "site", TOGETHER}
    assert found.baselines[0].auroc.value == max(each.auroc.value for each in found.baselines)
    shares = np.where(scored.groups["view"] == "AP", 1.0, 0.0)
    assert by_name["view"].auroc.value == pytest.approx(auroc(shares, scored.label)[0], abs=0.01)
    assert by_name["view"].auroc.low > 0.65
    assert by_name["site"].auroc.low < 0.5
    assert found.auroc is not None
    for each in found.baselines:
        assert each.difference.value == pytest.approx(found.auroc.value - each.auroc.value)
        assert each.difference.low <= each.difference.value <= each.difference.high


@pytest.mark.requirement("REQ-LOOK-ALIKES")
def test_a_score_that_only_reads_the_view_is_worth_nothing_within_it() -> None:
    scored, _ = made(films=3000, patients=900, by_view=2.5)
    rng = np.random.default_rng(3)
    view_only = (scored.groups["view"] == "AP") + rng.normal(scale=0.2, size=len(scored))
    found = baselines(Scored(scored.film, scored.patient, scored.label, view_only, groups=scored.groups), resamples=200)
    view = next(each for each in found.baselines if each.name == "view")
    assert found.auroc is not None
    assert found.auroc.value > 0.65
    assert view.within is not None
    assert view.within.low < 0.5 < view.within.high
    assert view.within.value == pytest.approx(auroc(view_only, scored.label, strata=scored.groups["view"])[0])
    assert view.difference.low < 0 or view.difference.value < 0.05


def test_no_patient_is_guessed_from_himself() -> None:
    """A covariate that names the patient would know everything within a split by film; out of fold it knows nothing."""
    scored, _ = made(films=900, patients=30)
    knowing = Scored(scored.film, scored.patient, scored.label, scored.score, groups={"room": scored.patient})
    assert baselines(knowing, resamples=20).baselines[0].auroc.value == 0.5


def test_few_patients_say_nothing() -> None:
    scored, _ = made(films=60, patients=15)
    found = baselines(scored, resamples=20)
    assert found.auroc is None
    assert found.baselines == ()
    assert found.note.startswith("too few to say: 15 patients") or "with positive films" in found.note


def test_seeds_and_json() -> None:
    scored, kinds = made()
    assert baselines(scored, resamples=30) == baselines(scored, resamples=30)
    assert baselines(scored, resamples=30) != baselines(scored, resamples=30, seed=1)
    assert json.dumps(plain(baselines(scored, resamples=30)))
    assert (
        json.loads(json.dumps(plain(hard_negatives(scored, kinds, resamples=30))))["against"][0]["name"] == "Effusion"
    )


def test_what_cannot_be_answered_is_refused() -> None:
    scored, _ = made()
    with pytest.raises(ConfigError, match="no covariate age; the films have: view, site"):
        baselines(scored, ["age"])
    with pytest.raises(DataError, match="Effusion says yes or no"):
        hard_negatives(scored, {"Effusion": np.ones(3, bool)})
    with pytest.raises(DataError, match="Effusion says yes or no"):
        hard_negatives(scored, {"Effusion": np.full(len(scored), 0.5)})
    with pytest.raises(DataError, match="all 3 films are negative"):
        hard_negatives(Scored(*map(np.array, (["a", "b", "c"], ["p", "q", "r"], [0, 0, 0], [0.1, 0.2, 0.3]))), {})
    with pytest.raises(ConfigError, match="minimum is 0"):
        baselines(scored, minimum=0)
