"""UIDs: the same reading gives the same one, anything changed another, and who the patient is does not matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pydicom.uid import UID

import wetread
from clinical.objects import header
from wetread.clinical import source, uids
from wetread.inference.reading import Reading

Make = Callable[..., Reading]


def derived(reading: Reading, **changes: str) -> str:
    return uids.derive("sr", reading, source.of(header(**changes)))


def test_it_is_a_uid_under_2_25(any_reading: Reading) -> None:
    made = derived(any_reading)
    assert UID(made).is_valid
    assert made.startswith("2.25.")
    assert int(made[5:]) < 1 << 128


@pytest.mark.requirement("REQ-REPLACES")
def test_time_spent_and_the_patients_name_do_not_change_it(make_reading: Make) -> None:
    assert derived(make_reading()) == derived(make_reading(timings_ms={"network": 3.0}))
    assert derived(make_reading()) == derived(make_reading(), PatientName="Roe^Jane", PatientID="other")
    assert derived(make_reading()) == derived(make_reading(score=0.613 + 1e-9))  # two machines differ by so little


@pytest.mark.requirement("REQ-REPLACES")
def test_anything_that_matters_changes_it(make_reading: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, film = make_reading(), source.of(header())
    assert plain.model is not None
    other = replace(plain.model, sha256="f" * 64)
    made = {
        derived(plain),
        derived(plain, SOPInstanceUID="1.2.3.4.9"),
        derived(make_reading(model=other)),
        derived(make_reading(score=0.614)),
        derived(make_reading(prevalence=0.05)),
        derived(make_reading(abstained=True)),
        uids.derive("cad-sr", plain, film),
        uids.derive("sr", plain, film, settings={"outline": False}),
        uids.derive("sr", plain, film, part="series"),
    }
    monkeypatch.setattr(wetread, "__version__", "99.0.0")
    made.add(derived(plain))
    assert len(made) == 10


def test_a_fixed_name_has_a_fixed_uid() -> None:
    """Receivers know this software by it: it never changes."""
    assert uids.fixed("implementation class") == uids.IMPLEMENTATION_CLASS_UID
    assert uids.fixed("a") != uids.fixed("b")
    assert len(uids.IMPLEMENTATION_VERSION) <= 16
