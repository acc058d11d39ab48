"""Films for a study of the AUROC: as published programs give them, and as simulated studies need them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from intervals.oracles import oracle
from wetread.errors import ConfigError, DataError
from wetread.evaluation.sample_size.areas import (
    Pilot,
    area_power,
    area_size,
    hanley_mcneil_error,
    paired_areas_power,
    paired_areas_size,
    two_groups_size,
)
from wetread.intervals import auroc


def asah(first: str, second: str) -> Pilot:
    delong = oracle("delong_asah")
    covariances = {frozenset(name.split("_")): value for name, value in delong["cov"].items()}
    return Pilot(
        delong["auc"][first], delong["auc"][second], delong["var"][first], delong["var"][second],
        covariances[frozenset((first, second))], 41, 72,
    )  # fmt: skip


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
@pytest.mark.parametrize(("entry", "ratio"), [("auc0.8_vs_0.5_power0.9_alpha0.05", 1), ("same_kappa3", 3)])
def test_oracle_auc_sample_size_one_curve(entry: str, ratio: float) -> None:
    published = oracle("auc_sample_size")[entry]
    found = area_size(0.8, ratio=ratio, power=0.9)
    assert found.positives == pytest.approx(published["ncases"], abs=1e-9)
    assert found.negatives == pytest.approx(published["ncontrols"], abs=1e-9)
    assert found.films == math.ceil(published["ncases"]) + math.ceil(published["ncontrols"])


def test_oracle_auc_sample_size_two_curves() -> None:
    published = oracle("auc_sample_size")["two_roc_wfns_s100b_power0.9_delong"]
    found = paired_areas_size(asah("wfns", "s100b"), power=0.9)
    assert found.positives == pytest.approx(published["ncases"], abs=1e-9)
    assert found.negatives == pytest.approx(published["ncontrols"], abs=2e-9)


def test_oracle_auc_sample_size_power_of_two_curves() -> None:
    published = oracle("auc_sample_size")["two_roc_s100b_ndka_power"]
    assert paired_areas_power(asah("s100b", "ndka")) == pytest.approx(published, abs=1e-11)


def test_oracle_hanley_mcneil_standard_error() -> None:
    published = oracle("hanley_mcneil")["se"]
    found = hanley_mcneil_error(published["auc"], published["npos"], published["nneg"])
    assert found == pytest.approx(published["value"], abs=1e-15)


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
@pytest.mark.parametrize(("first", "second"), [(0.70, 0.75), (0.80, 0.85), (0.85, 0.90), (0.90, 0.95)])
def test_oracle_hanley_mcneil_two_groups(first: float, second: float) -> None:
    published = oracle("hanley_mcneil")["n_per_group_one_sided_0.05_power0.8"][f"{first:.2f}_vs_{second:.2f}"]
    found = two_groups_size(first, second, sides=1, digits=3)
    assert found.positives == found.negatives == pytest.approx(published, abs=1e-6)
    assert two_groups_size(first, second, sides=1).positives == pytest.approx(published, rel=1e-3)


@given(st.floats(0.55, 0.97), st.floats(0.2, 8), st.sampled_from([1, 2]), st.floats(0.3, 0.99))
def test_size_and_power_of_one_area_are_inverse(area: float, ratio: float, sides: int, power: float) -> None:
    found = area_size(area, ratio=ratio, power=power, sides=sides)
    assume(min(found.positives, found.negatives) >= 1)
    assert area_power(area, found.positives, found.negatives, sides=sides) == pytest.approx(power, abs=1e-9)


def test_size_and_power_of_two_areas_are_inverse() -> None:
    pilot = Pilot(0.80, 0.75, 0.0012, 0.0014, 0.0007, 60, 240)
    films = paired_areas_size(pilot, power=0.8)
    assert films.negatives == pytest.approx(4 * films.positives)
    assert paired_areas_power(pilot, positives=math.ceil(films.positives)) == pytest.approx(0.8, abs=0.005)
    assert paired_areas_power(pilot) < 0.5


def test_studies_of_that_size_find_what_they_look_for_about_as_often() -> None:
    size = area_size(0.75, null=0.5, power=0.8)
    positives, negatives = math.ceil(size.positives), math.ceil(size.negatives)
    rng = np.random.default_rng(1)
    shift = math.sqrt(2) * 0.67449  # two normals so far apart have an AUROC of 0.75
    labels = np.repeat([1, 0], (positives, negatives))
    null_error = math.sqrt((positives + negatives + 1) / (12 * positives * negatives))
    won = np.mean(
        [
            abs(float(auroc(rng.normal(size=labels.size) + shift * labels, labels)[0]) - 0.5) / null_error > 1.96
            for _ in range(1500)
        ]
    )
    assert won == pytest.approx(0.8, abs=0.06)


def test_more_is_needed_for_less() -> None:
    assert area_size(0.7).films > area_size(0.8).films
    assert area_size(0.8, null=0.7).films > area_size(0.8).films
    assert area_size(0.8, sides=1).films < area_size(0.8).films
    assert hanley_mcneil_error(0.8, 100, 400) == pytest.approx(hanley_mcneil_error(0.8, 25, 100) / 2, rel=0.01)


def test_what_plans_no_study_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"expected AUROC lies between 0.5 and 1, not at 0.4"):
        area_size(0.4)
    with pytest.raises(ConfigError, match="AUROC to exceed lies from"):
        area_size(0.7, null=0.8)
    with pytest.raises(ConfigError, match="1 or 2 sides"):
        area_size(0.7, sides=3)
    with pytest.raises(ConfigError, match="power lies between 0 and 1, not at 80"):
        area_size(0.7, power=80)
    with pytest.raises(ConfigError, match="without any films"):
        area_size(0.7, power=0.04)
    with pytest.raises(ConfigError, match="two different AUROCs"):
        two_groups_size(0.8, 0.8)
    with pytest.raises(ConfigError, match="films of both classes, not 0 positive"):
        hanley_mcneil_error(0.8, 0, 10)
    with pytest.raises(DataError, match="fit no data"):
        Pilot(0.8, 0.7, 0.001, 0.001, 0.002, 10, 10)
    with pytest.raises(ConfigError, match="no number of films tells them apart"):
        paired_areas_size(Pilot(0.8, 0.8, 0.001, 0.001, 0.0005, 10, 10))
    with pytest.raises(ConfigError, match="rise and fall together"):
        paired_areas_size(Pilot(0.8, 0.7, 0.001, 0.001, 0.001, 10, 10))
