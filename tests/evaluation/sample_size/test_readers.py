"""Readers and cases of a reader study: as published programs give them."""

from __future__ import annotations

from typing import Any

import pytest

from intervals.oracles import oracle
from wetread.errors import ConfigError, DataError
from wetread.evaluation.sample_size.readers import (
    Components,
    DbmComponents,
    dbm_power,
    reader_study_power,
    reader_study_size,
    reader_study_table,
)

MADE = Components(reader_by_test=0.0002, variance=0.0008, cov1=0.00035, cov2=0.00034, cov3=0.00024, cases=114)


def published() -> tuple[Any, Components]:
    entry = oracle("mrmc_power_or")
    given = entry["inputs"]
    return entry, Components(given["VarTR"], given["Var"], given["Cov1"], given["Cov2"], given["Cov3"], given["KStar"])


@pytest.mark.requirement("REQ-SAMPLE-SIZE")
def test_oracle_mrmc_power_or_random_readers_and_cases() -> None:
    entry, components = published()
    found = reader_study_power(components, 0.05, 6, 251)
    assert found.power == pytest.approx(entry["RRRC"]["power"], abs=1e-9)
    assert found.noncentrality == pytest.approx(entry["RRRC"]["ncp"], abs=1e-9)
    assert found.df == pytest.approx(entry["RRRC"]["df2"], abs=1e-9)
    assert found.critical == pytest.approx(entry["RRRC"]["fcrit"], abs=1e-9)


def test_oracle_mrmc_power_or_fixed_readers() -> None:
    entry, components = published()
    found = reader_study_power(components, 0.05, 6, 251, design="fixed readers")
    assert found.power == pytest.approx(entry["FRRC_power"], abs=1e-9)
    assert found.df is None


def test_oracle_mrmc_power_or_fixed_cases() -> None:
    entry, components = published()
    found = reader_study_power(components, 0.05, 6, 251, design="fixed cases")
    assert found.power == pytest.approx(entry["RRFC"]["power"], abs=1e-9)
    assert found.df == entry["RRFC"]["df2"]


def test_oracle_mrmc_power_or_cases_for_readers() -> None:
    entry, components = published()
    wanted = {int(readers): cases for readers, cases in entry["K_for_80pct"].items()}
    assert dict(reader_study_table(components, 0.05, sorted(wanted))) == wanted


@pytest.mark.parametrize(
    ("name", "effect"), [("dbm2004_effect_0.04380032_J6_K251", 0.04380032), ("dbm2004_effect_0.05_J6_K251", 0.05)]
)
def test_oracle_mrmc_power_or_older_route(name: str, effect: float) -> None:
    entry = oracle("mrmc_power_or")
    given = entry["dbm2004_effect_0.04380032_J6_K251"]["inputs"]
    components = DbmComponents(given["VarTR"], given["VarTC"], given["VarErr"])
    found = dbm_power(components, effect, 6, 251)
    assert found.power == pytest.approx(entry[name]["power"], abs=2e-9)
    if "ncp" in entry[name]:
        assert found.noncentrality == pytest.approx(entry[name]["ncp"], abs=1e-7)
        assert found.df == pytest.approx(entry[name]["df2"], abs=1e-7)


def test_the_number_of_cases_is_the_smallest() -> None:
    for design in ("random readers and cases", "fixed readers"):
        cases = reader_study_size(MADE, 0.05, 7, design=design)
        assert cases is not None
        assert reader_study_power(MADE, 0.05, 7, cases, design=design).power >= 0.8
        assert reader_study_power(MADE, 0.05, 7, cases - 1, design=design).power < 0.8


def test_few_readers_who_differ_cannot_be_made_up_for_by_cases() -> None:
    differing = Components(0.01, 0.0008, 0.00035, 0.00034, 0.00024, 114)
    assert reader_study_size(differing, 0.03, 3) is None
    assert reader_study_table(differing, 0.03, [3])[0] == (3, None)
    assert reader_study_size(differing, 0.03, 3, design="fixed readers") is not None


def test_who_generalises_further_needs_more() -> None:
    both, readers, cases = (
        reader_study_power(MADE, 0.04, 6, 150, design=design).power
        for design in ("random readers and cases", "fixed readers", "fixed cases")
    )
    assert both < min(readers, cases)
    assert reader_study_power(MADE, -0.04, 6, 150).power == reader_study_power(MADE, 0.04, 6, 150).power


def test_a_negative_component_counts_as_none() -> None:
    negative = Components(-0.001, 0.0008, 0.00035, 0.00024, 0.00034, 114)
    none = Components(0.0, 0.0008, 0.00035, 0.00024, 0.00024, 114)
    assert reader_study_power(negative, 0.05, 5, 100) == reader_study_power(none, 0.05, 5, 100)


def test_what_plans_no_study_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"no design 'random'.*choose one of"):
        reader_study_power(MADE, 0.05, 5, 100, design="random")
    with pytest.raises(ConfigError, match="needs at least 2 and 2"):
        reader_study_power(MADE, 0.05, 1, 100)
    assert reader_study_power(MADE, 0.05, 1, 100, design="fixed readers").power > 0.05
    with pytest.raises(ConfigError, match="effect is a difference"):
        reader_study_power(MADE, 0, 5, 100)
    with pytest.raises(ConfigError, match=r"power lies between 0.05 and 1"):
        reader_study_size(MADE, 0.05, 5, power=0.01)
    with pytest.raises(DataError, match="fits no data"):
        Components(0.0002, 0.0003, 0.0004, 0.0002, 0.0001, 114)
    with pytest.raises(DataError, match="at least 2 cases"):
        Components(0.0002, 0.0008, 0.0004, 0.0002, 0.0001, 1)
    with pytest.raises(DataError, match="no variance to plan with"):
        reader_study_power(Components(0, 0.001, 0.001, 0.0005, 0.0005, 50), 0.05, 5, 100)
