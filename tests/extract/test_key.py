"""Pseudonyms: the same under one key, others under another, and nothing of the source in them."""

from __future__ import annotations

import os
import stat
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import UID

from extract.archives import KEY
from wetread.errors import ConfigError, UsageError
from wetread.extract.key import Key, load_key, make_key

OTHER = Key(b"another secret of thirty-two bytes")
words = st.text(max_size=20)
days = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1))


@pytest.mark.requirement("REQ-EXTRACT")
@given(words, words)
def test_a_pseudonym_is_stable_within_a_key_and_foreign_to_another(issuer: str, patient: str) -> None:
    name = KEY.name("patient", issuer, patient)
    assert name == Key(bytes(range(32))).name("patient", issuer, patient)
    assert name != OTHER.name("patient", issuer, patient)
    assert name != KEY.name("study", issuer, patient)
    assert len(name) == 32
    assert set(name) <= set("0123456789abcdef")


@given(st.lists(words, max_size=3), st.lists(words, max_size=3))
def test_no_two_lists_of_parts_are_one(first: list[str], second: list[str]) -> None:
    """Issuer "A" with number "BC" is another person than issuer "AB" with number "C"."""
    assert (KEY.name("patient", *first) == KEY.name("patient", *second)) == (first == second)


@given(words)
def test_a_uid_is_a_uuid_under_2_25(value: str) -> None:
    found = KEY.uid("uid", value)
    assert UID(found).is_valid
    assert found.startswith("2.25.")
    number = uuid.UUID(int=int(found.removeprefix("2.25.")))
    assert (number.version, number.variant) == (8, uuid.RFC_4122)
    assert found == KEY.uid("uid", value) != OTHER.uid("uid", value)


@given(words, days, days)
def test_dates_move_and_their_intervals_stay(patient: str, first: date, second: date) -> None:
    moved = [KEY.shifted(day, "patient", "", patient) for day in (first, second)]
    assert moved[0] is not None
    assert moved[1] is not None
    assert moved[1] - moved[0] == second - first
    assert timedelta(days=1) <= first - moved[0] <= timedelta(days=3652)


def test_patients_move_by_different_days() -> None:
    assert len({KEY.days("patient", "", str(number)) for number in range(200)}) > 150


def test_a_date_at_the_calendars_beginning_is_dropped() -> None:
    assert KEY.shifted(date(1, 1, 1), "somebody") is None
    assert KEY.shifted(None, "somebody") is None


def test_a_key_is_made_once_kept_to_its_owner_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "set.key"
    made = make_key(path)
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_key(path).name("x", "y") == made.name("x", "y")
    assert path.read_text().strip() not in repr(made)
    with pytest.raises(UsageError, match="cannot be written"):
        make_key(path)
    assert load_key(path).name("x", "y") == made.name("x", "y")


@pytest.mark.parametrize(
    ("text", "error"),
    [("", ConfigError), ("abcd" * 15, ConfigError), ("not hex " * 16, UsageError), ("é" * 64, UsageError)],
)
def test_what_is_no_key_is_refused(text: str, error: type[Exception], tmp_path: Path) -> None:
    path = tmp_path / "bad.key"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(error):
        load_key(path)


@pytest.mark.requirement("REQ-EXTRACT")
@pytest.mark.skipif(os.name != "posix", reason="permissions are another matter elsewhere")
def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "open.key"
    make_key(path)
    path.chmod(0o640)
    with pytest.raises(UsageError, match="chmod 600"):
        load_key(path)
