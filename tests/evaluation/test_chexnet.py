"""A published CheXNet reproduction's scores on 22,433 films, against numbers that were computed independently."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from wetread.evaluation.bootstrap.resample import Headline, Points, headline
from wetread.evaluation.discrimination.delong import area
from wetread.evaluation.discrimination.precision import best_f1
from wetread.evaluation.discrimination.roc import sensitivity_at, specificity_at
from wetread.evaluation.scored import Scored
from wetread.evaluation.scrutiny.negatives import baselines, hard_negatives
from wetread.evaluation.scrutiny.subgroups import subgroups

OPACITIES = {"Infiltration", "Consolidation", "Edema", "Effusion", "Atelectasis"}
Films = tuple[Scored, list[set[str]]]


def table(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@pytest.fixture(scope="module")
def films(shared_data: Path) -> Films:
    labels = table(shared_data / "labels" / "Data_Entry_2017_v2020.csv.gz")
    scores = table(shared_data / "labels" / "reproduce_chexnet_preds.csv.gz")
    rows = {row["Image Index"]: row for row in labels}
    names = [row["Image Index"] for row in scores]
    findings = [set(rows[name]["Finding Labels"].split("|")) for name in names]
    scored = Scored(
        np.array(names),
        np.array([rows[name]["Patient ID"] for name in names]),
        np.array(["Pneumonia" in found for found in findings]),
        np.array([float(row["prob_Pneumonia"]) for row in scores]),
        True,
        {"view": np.array([rows[name]["View Position"] for name in names])},
        "CheXNet reproduction",
    )
    return scored, findings


@pytest.fixture(scope="module")
def found(films: Films) -> Headline:
    return headline(films[0], points=Points((0.5,), (0.9, 0.8), (0.9, 0.8)), resamples=1000)


def test_films(films: Films) -> None:
    scored, _ = films
    assert (len(scored), scored.patients, scored.positives) == (22433, 6187, 260)
    assert scored.score.max() == pytest.approx(0.202, abs=5e-4)


def test_auroc_and_its_interval(films: Films, found: Headline) -> None:
    estimate = found.find("auroc")
    assert estimate.value == pytest.approx(0.762, abs=5e-4)
    closed = area(films[0]).interval
    # Limits of 1,000 resamples move by about 0.0013 from seed to seed.
    for interval in (estimate.percentile, estimate.bca, closed):
        assert (interval.low, interval.high) == pytest.approx((0.733, 0.790), abs=0.005)


def test_average_precision_and_its_interval(found: Headline) -> None:
    """The independent limits came from resamples whose copies of a film were counted one by one, not as one step.

    That takes off what copies of positive films add; BCa takes it off too, the plain percentiles do not.
    """
    estimate = found.find("average_precision")
    assert estimate.value == pytest.approx(0.044, abs=5e-4)
    assert (estimate.bca.low, estimate.bca.high) == pytest.approx((0.033, 0.059), abs=0.0025)
    assert (estimate.percentile.low, estimate.percentile.high) == pytest.approx((0.034, 0.062), abs=0.0025)


def test_the_best_f1_and_where_it_is(films: Films, found: Headline) -> None:
    best = best_f1(films[0])
    assert (best.f1, best.threshold) == (pytest.approx(0.096, abs=5e-4), pytest.approx(0.068, abs=5e-4))
    assert best.f1_all_positive == pytest.approx(2 * 260 / (22433 + 260))
    interval = found.find("best_f1").percentile
    assert (interval.low, interval.high) == pytest.approx((0.080, 0.133), abs=0.004)


def test_nothing_is_called_at_one_half(found: Headline) -> None:
    assert found.find("called", 0.5).value == 0
    assert found.find("sensitivity", 0.5).value == 0
    assert np.isnan(found.find("ppv", 0.5).value)


def test_points_on_the_curve(films: Films, found: Headline) -> None:
    for share, sensitivity, specificity in ((0.9, 0.41, 0.33), (0.8, 0.58, 0.59)):
        assert found.find("sensitivity_at_specificity", share).value == pytest.approx(sensitivity, abs=5e-3)
        assert found.find("specificity_at_sensitivity", share).value == pytest.approx(specificity, abs=5e-3)
        assert sensitivity_at(films[0], share).sensitivity == found.find("sensitivity_at_specificity", share).value
        assert specificity_at(films[0], share).specificity == found.find("specificity_at_sensitivity", share).value


def test_calibration(found: Headline) -> None:
    assert found.find("brier").value == pytest.approx(0.01127, abs=5e-6)
    assert found.find("brier_skill").value == pytest.approx(0.016, abs=5e-4)


@pytest.mark.requirement("REQ-LOOK-ALIKES")
def test_hard_and_easy_negatives_and_each_view(films: Films) -> None:
    scored, findings = films
    opaque = np.array([bool(names & OPACITIES) for names in findings])
    nothing = np.array([names == {"No Finding"} for names in findings])
    view = scored.groups["view"]
    for keep, expected in (
        (scored.label | opaque, 0.645), (scored.label | nothing, 0.830), (view == "PA", 0.737), (view == "AP", 0.753),
    ):  # fmt: skip
        assert area(scored.where(keep)).interval.value == pytest.approx(expected, abs=5e-4)


def test_groups_look_alikes_and_the_view_alone(films: Films) -> None:
    """The same figures by the tables of groups and hard negatives, and what the view by itself reaches."""
    scored, findings = films
    kinds = {
        "look-alikes": np.array([bool(names & OPACITIES) for names in findings]),
        "No Finding": np.array([names == {"No Finding"} for names in findings]),
    }
    hard = hard_negatives(scored, kinds, resamples=200)
    areas = {each.name: each.auroc.value for each in hard.against if each.auroc}
    assert areas == {"look-alikes": pytest.approx(0.645, abs=5e-4), "No Finding": pytest.approx(0.830, abs=5e-4)}
    (view,) = subgroups(scored, resamples=200).covariates
    areas = {group.name: group.auroc.value for group in view.groups if group.auroc}
    assert areas == {"AP": pytest.approx(0.753, abs=5e-4), "PA": pytest.approx(0.737, abs=5e-4)}
    assert view.interactions[0].p is not None
    assert view.interactions[0].p > 0.05
    alone = baselines(scored, resamples=200).baselines[0]
    assert alone.auroc.value == pytest.approx(0.563, abs=0.015)
    assert alone.difference.low > 0.1
