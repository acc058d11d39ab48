"""The counts of a report, on tables small enough to count by hand, and on all of NIH."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cohort.films_table import fair, sick, table
from wetread.cohort.comorbidity import comorbidity
from wetread.cohort.course import course
from wetread.cohort.films import coded
from wetread.cohort.findings import findings
from wetread.cohort.leak import split_leak
from wetread.cohort.people import people
from wetread.cohort.prevalence import prevalence

TOY = table(
    {"patient_id": "1", "follow_up": 0, "age_years": 9.9},
    sick("Edema", patient_id="1", follow_up=1, age_years=10.0, view="AP"),
    {"patient_id": "1", "follow_up": 2, "findings": ["Edema"], "age_years": 10.0},
    sick(patient_id="2", follow_up=0, sex="M", age_years=85.0),
    sick("Edema", "Mass", patient_id="2", follow_up=1, sex="M", age_years=85.0),
    {"patient_id": "3", "sex": None, "age_years": None, "view": None, "follow_up": None, "findings": None},
)


@pytest.mark.requirement("REQ-COHORT")
def test_people() -> None:
    found = people(coded(TOY))
    assert (found.films, found.patients, found.positive, found.positive_patients) == (6, 3, 3, 2)
    assert {band.name: (band.films, band.positive) for band in found.by_age} == {
        "0-9": (1, 0), "10-19": (2, 1), "80+": (2, 2), "unknown": (1, 0),
    }  # fmt: skip
    assert found.missing == {"age": 1, "sex": 1, "view": 1, "all three": 1}
    assert found.missing_positive["all three"] == 0
    assert found.films_per_patient == {"median": 2.0, "mean": 2.0, "most": 3.0}
    assert found.single == 1
    assert found.ages.median_positive == 85.0
    assert found.sex_changes == 0


def test_a_patient_of_two_sexes_is_counted() -> None:
    assert people(coded(table({"sex": "F"}, {"sex": "M"}, {"sex": None}))).sex_changes == 1


def test_a_table_without_ages_has_none() -> None:
    assert people(coded(table({"age_years": None}))).ages.median is None


@pytest.mark.requirement("REQ-COHORT")
def test_findings() -> None:
    found = findings(coded(TOY))
    assert [(one.name, one.films, one.patients) for one in found.each] == [("Edema", 3, 2), ("Mass", 1, 1)]
    assert (found.clear, found.untold, found.alone) == (1, 1, 1)
    assert found.with_others == ((0, 1), (1, 1), (2, 1))
    assert found.per_film == {"with the label": 1.0, "with other findings": 1.0}


@pytest.mark.requirement("REQ-COHORT")
def test_prevalence_counts_films_whose_label_is_said() -> None:
    found = prevalence(coded(table({"label": None}, sick(patient_id="2"), {"patient_id": "3", "view": "AP"})))
    assert found.overall is not None
    assert (found.overall.films, found.overall.positive) == (2, 1)
    assert {cell.view: cell.share.value for cell in found.by_view} == {"PA": 1.0, "AP": 0.0}
    assert len(found.cells) == 2
    assert prevalence(coded(table({"label": None}))).overall is None


@pytest.mark.requirement("REQ-COHORT")
def test_comorbidity() -> None:
    found = comorbidity(coded(TOY))
    edema = found.pairs[0]
    assert (edema.name, edema.films, edema.both, edema.both_patients) == ("Edema", 3, 2, 2)
    assert edema.expected == pytest.approx(3 * 3 / 5)  # the film of which nothing is said is left out
    assert edema.lift == pytest.approx(2 / (9 / 5))
    assert edema.odds_ratio is not None
    assert edema.odds_ratio.value == pytest.approx((2 / 1) / (1 / 1))
    assert found.names == ("Pneumonia", "Edema", "Mass")
    assert found.together[0] == (3, 2, 1)
    assert found.lifts[1][2] == pytest.approx(1 * 5 / (3 * 1))
    assert found.lifts[0][0] is None


def test_the_matrix_agrees_with_the_pairs() -> None:
    found = comorbidity(coded(fair(200)))
    lifts = dict(zip(found.names, found.lifts[0], strict=True))
    for pair in found.pairs:
        assert lifts[pair.name] == pytest.approx(pair.lift)


def test_course() -> None:
    found = course(coded(TOY))
    assert (found.films, found.with_follow_up, found.sick, found.first_at_first_film) == (5, 2, 2, 1)
    assert (found.films_before, found.films_after, found.once) == (1, 2, 1)
    assert found.before == {"no finding": 1, "another finding": 0, "nothing said": 0}
    assert found.again is not None
    assert found.again.value == 0.5
    assert [stage.name for stage in found.stages] == ["0", "1", "2"]


def test_the_order_of_rows_does_not_change_the_course() -> None:
    assert course(coded(TOY[[4, 2, 0, 5, 3, 1]])) == course(coded(TOY))


def test_the_course_is_the_same_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    films = coded(fair(120))
    whole = course(films)
    monkeypatch.setattr("wetread.cohort.course._AT_ONCE", 13)
    assert course(films) == whole


def test_without_follow_up_numbers_there_is_no_course() -> None:
    assert course(coded(table({"follow_up": None}))).films == 0


def test_draws_leak_about_what_is_expected_of_them() -> None:
    films = coded(fair(400))
    found = split_leak(films)
    draws = [split_leak(films, seed=seed).share for seed in range(200)]
    assert np.mean(draws) == pytest.approx(found.expected, abs=0.01)
    assert max(draws) <= 1
    single = split_leak(coded(table(*({"patient_id": str(i)} for i in range(10)))))
    assert (single.leaked, single.share, single.expected) == (0, 0.0, 0.0)


@pytest.mark.requirement("REQ-COHORT")
def test_nih_as_its_labels_say(shared_data: Path) -> None:
    from wetread.cohort import describe
    from wetread.collections import load

    labels = shared_data / "labels" / "Data_Entry_2017_v2020.csv.gz"
    cohort = describe(load("nih", labels), shortcuts=False)
    who = cohort.people
    assert (who.films, who.patients, who.positive, who.positive_patients) == (112_120, 30_805, 1_431, 1_008)
    assert who.films_per_patient["median"] == 1
    assert who.films_per_patient["most"] == 184
    assert cohort.findings.alone == 322
    both = {pair.name: pair.both for pair in cohort.comorbidity.pairs}
    expected = {"Infiltration": 605, "Edema": 340, "Effusion": 269, "Atelectasis": 262, "Consolidation": 123}
    assert {name: both[name] for name in expected} == expected
    views = {cell.view: round(100 * cell.share.value, 2) for cell in cohort.prevalence.by_view}
    assert views == {"AP": 1.79, "PA": 0.94}
    assert cohort.split_leak.expected == pytest.approx(0.8265, abs=5e-4)
    assert cohort.split_leak.share == pytest.approx(0.82, abs=0.005)
