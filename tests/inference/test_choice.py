"""Which model a film belongs to, by the patient's age."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetread.errors import Code
from wetread.inference import choose
from wetread.radiograph import Facts, IntendedUse, eligibility, notices

USES = {"adult": IntendedUse(age_years=(18, 120)), "paediatric": IntendedUse(age_years=(1, 6))}
STRICT = {"adult": IntendedUse(age_years=(18, 120), unknown_age="refuse"), "paediatric": USES["paediatric"]}


def facts(age: float | None) -> Facts:
    return Facts(
        modality="DX",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.1.1",
        body_part="CHEST",
        view="PA",
        age_years=age,
        age_tag="PatientAge" if age is not None else None,
        rows=1000,
        columns=900,
    )


@pytest.mark.requirement("REQ-MODEL-BY-AGE")
@pytest.mark.parametrize("uses", [USES, STRICT])
@pytest.mark.parametrize(
    ("age", "name"), [(18, "adult"), (81, "adult"), (119.9, "adult"), (1, "paediatric"), (5.99, "paediatric")]
)
def test_an_age_within_a_population_chooses_its_model(uses: dict[str, IntendedUse], age: float, name: str) -> None:
    assert choose(facts(age), uses, default="adult") == (name, ())
    assert eligibility(facts(age), uses[name]) == ()


@pytest.mark.requirement("REQ-MODEL-BY-AGE")
@pytest.mark.parametrize("uses", [USES, STRICT])
@pytest.mark.parametrize("age", [0.0, 0.9, 6.0, 12.0, 17.99, 120.0])
def test_an_age_between_populations_is_refused_by_name(uses: dict[str, IntendedUse], age: float) -> None:
    name, reasons = choose(facts(age), uses, default="adult")
    assert name == "adult"
    assert [(reason.code, reason.tag) for reason in reasons] == [(Code.AGE, "PatientAge")]
    assert "adult from 18" in reasons[0].message
    assert "paediatric from 1 to under 6" in reasons[0].message


@pytest.mark.requirement("REQ-AGE-UNKNOWN")
@pytest.mark.parametrize("default", ["adult", "paediatric"])
def test_an_unknown_age_goes_to_the_default(default: str) -> None:
    assert choose(facts(None), USES, default=default) == (default, ())


@pytest.mark.requirement("REQ-AGE-UNKNOWN")
def test_the_setting_decides_what_becomes_of_an_unknown_age() -> None:
    assert eligibility(facts(None), USES["adult"]) == ()
    assert Code.AGE_ASSUMED in [notice.code for notice in notices(facts(None), USES["adult"])]
    assert [reason.code for reason in eligibility(facts(None), STRICT["adult"])] == [Code.AGE_UNKNOWN]


@pytest.mark.requirement("REQ-MODEL-BY-AGE")
@given(age=st.floats(0, 130))
def test_a_chosen_model_is_always_meant_for_the_age(age: float) -> None:
    name, reasons = choose(facts(age), USES, default="adult")
    low, high = USES[name].age_years
    assert (low <= age < high) is (reasons == ())
