"""The sealed films are scored once per release, and every time is written down."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from training.made import persons
from wetread.errors import DataError, LeakError
from wetread.training.films import FilmSet
from wetread.training.seal import Ledger, write_seal
from wetread.truth import is_sealed, list_hash

DAY = date(2026, 1, 31)


def made(collection: str = "kermany") -> FilmSet:
    patients = [
        f"NORMAL/{name}" for sealed in (False, True) for name in persons(sealed=sealed, label="NORMAL", count=3)
    ]
    names = tuple(f"{place}.png" for place in range(6))
    return FilmSet(
        collection,
        names,
        tuple(Path(name) for name in names),
        tuple(patients),
        np.zeros((6, 1), np.float32),
        {"file": names},
        np.array([False] * 3 + [True] * 3),
    )


def test_a_first_use_is_written(tmp_path: Path) -> None:
    ledger, films = Ledger(tmp_path / "new" / "ledger.jsonl"), made()
    assert ledger.entries() == []
    ledger.use("tiny", "1.0.0", "aa", films, DAY)
    assert ledger.entries() == [
        {
            "use": 1,
            "collection": "kermany",
            "bundle": "tiny",
            "version": "1.0.0",
            "model_sha256": "aa",
            "films": 6,
            "films_sha256": list_hash(films.names),
            "date": "2026-01-31",
        }
    ]


@pytest.mark.requirement("REQ-SEAL")
def test_uses_are_counted_by_collection_and_never_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.use("tiny", "1", "aa", made(), DAY)
    first = path.read_text("utf-8")
    ledger.use("tiny", "2", "bb", made(), DAY)
    ledger.use("other", "1", "cc", made("nih"), DAY)
    assert path.read_text("utf-8").startswith(first)
    assert [entry["use"] for entry in Ledger(path).entries()] == [1, 2, 1]


@pytest.mark.requirement("REQ-SEAL")
@pytest.mark.parametrize(
    ("name", "version", "weights"),
    [("tiny", "1", "aa"), ("tiny", "1", "bb"), ("tiny", "2", "aa"), ("other", "9", "aa")],
    ids=["the same", "same release, other weights", "same weights, other version", "same weights, other name"],
)
def test_a_second_look_is_refused_and_not_written(name: str, version: str, weights: str, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.use("tiny", "1", "aa", made(), DAY)
    with pytest.raises(LeakError, match=r"bundle tiny 1, .* sealed films on 2026-01-31: once is all.*results/tiny"):
        ledger.use(name, version, weights, made(), date(2026, 2, 1))
    assert len(ledger.entries()) == 1


@pytest.mark.requirement("REQ-SEAL")
def test_a_ledger_that_cannot_be_understood_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text('{"use": 1\n', encoding="utf-8")
    with pytest.raises(DataError, match="line 1"):
        Ledger(path).use("tiny", "1", "aa", made(), DAY)
    assert path.read_text("utf-8") == '{"use": 1\n'


def test_the_seal_s_list_names_patients_and_hashes_alone(tmp_path: Path) -> None:
    films = made()
    write_seal(films, tmp_path / "splits" / "kermany.json")
    plain = json.loads((tmp_path / "splits" / "kermany.json").read_text("utf-8"))
    assert plain["patients"] == sorted(films.patients[3:])
    assert all(is_sealed("kermany", patient) for patient in plain["patients"])
    assert plain["films"] == 3
    assert plain["films_sha256"] == list_hash(films.names[3:])
    assert "wetread-seal-1:kermany:PATIENT" in plain["rule"]
    assert "0.15" in plain["rule"]
    assert set(plain) == {"collection", "rule", "films", "patients", "films_sha256"}
