"""Evaluations as evidence: sealed or not, which threshold flatters, how often the test list was used."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from regulatory.made import device_folder
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device, load_device
from wetread.regulatory.evidence.evaluation import evaluations, sealed_digest
from wetread.regulatory.evidence.ledger import last_use, uses
from wetread.regulatory.evidence.lists import ABOUT, chosen_here, lists


def changed(folder: Path, change: dict[str, Any], **keys: Any) -> Device:
    """The made device, its evaluation's top-level keys replaced."""
    device = device_folder(folder, **keys)
    file = folder / "evaluation.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | change), "utf-8")
    return load_device(device)


@pytest.mark.requirement("REQ-SEAL")
def test_an_evaluation_of_the_test_list_is_sealed(tmp_path: Path) -> None:
    one = evaluations(load_device(device_folder(tmp_path)))[0]
    assert (one.sealed, one.standing) == (True, "sealed test")
    assert one.about["n"]["films"] == 300
    assert one.about["split"] == "sealed test"
    assert len(one.about["data"]) == 64


@pytest.mark.requirement("REQ-SEAL")
def test_other_films_or_no_list_make_a_development_estimate(tmp_path: Path) -> None:
    plain = json.loads((device_folder(tmp_path).parent / "evaluation.json").read_text("utf-8"))
    other = changed(tmp_path / "other", {"films": plain["films"] | {"list_hash": "0" * 64}})
    assert evaluations(other)[0].standing == "development estimate"
    without = load_device(device_folder(tmp_path / "without", without=("split", "lock", "ledger")))
    assert sealed_digest(without) is None
    assert evaluations(without)[0].standing == "development estimate"


def test_a_list_is_known_by_the_hash_under_about_too(tmp_path: Path) -> None:
    plain = json.loads((device_folder(tmp_path).parent / "evaluation.json").read_text("utf-8"))
    digest = plain["films"]["list_hash"]
    films = plain["films"] | {"list_hash": "0" * 64}
    found = changed(tmp_path / "about", {"films": films, "about": {ABOUT: digest}})
    assert evaluations(found)[0].sealed
    assert lists(found.artefacts["evaluation"]) == {digest, "0" * 64}


def test_a_list_that_the_card_measured_as_sealed_is_a_part_of_the_test(tmp_path: Path) -> None:
    device = device_folder(tmp_path)
    plain = json.loads((tmp_path / "evaluation.json").read_text("utf-8"))
    plain["films"]["list_hash"] = "1" * 64
    (tmp_path / "evaluation.json").write_text(json.dumps(plain), "utf-8")
    loaded = load_device(device)
    card = loaded.artefacts["bundle"]
    metrics = [{"name": "AUROC, made, sealed", "films_sha256": "1" * 64}]
    known = Artefact(
        name="bundle", kind="bundle", path=card.path, sha256=card.sha256, data=card.data | {"metrics": metrics}
    )
    assert evaluations(loaded)[0].standing == "development estimate"
    loaded = replace(loaded, artefacts={**loaded.artefacts, "bundle": known})
    assert evaluations(loaded)[0].standing == "part of the sealed test"


def test_the_sealed_one_comes_first(tmp_path: Path) -> None:
    device = device_folder(tmp_path)
    plain = json.loads((tmp_path / "evaluation.json").read_text("utf-8"))
    plain["films"] |= {"list_hash": "2" * 64, "name": "tuning films"}
    (tmp_path / "development.json").write_text(json.dumps(plain), "utf-8")
    text = device.read_text("utf-8").replace(
        "evidence:\n", "evidence:\n  development: {kind: evaluation, path: development.json}\n"
    )
    device.write_text(text, "utf-8")
    loaded = load_device(device)
    assert [one.artefact.name for one in evaluations(loaded)] == ["evaluation", "development"]


def test_estimates_are_found_by_name_and_place(tmp_path: Path) -> None:
    one = evaluations(load_device(device_folder(tmp_path)))[0]
    rows = {row["name"]: ref for ref, row in one.rows("headline", "estimates")}
    found = one.estimate("sensitivity", one.cuts[0].threshold)
    assert found is not None
    assert found.rpartition("/")[0] == rows["sensitivity"]
    assert one.estimate("no such number") is None
    assert one.estimate("sensitivity", 0.123456) is None


@pytest.mark.requirement("REQ-SEAL")
@pytest.mark.parametrize(
    ("overlap", "tuned", "flatters"),
    [
        ({"same_list": False, "films": 0, "patients": 0}, "a" * 64, False),
        ({"same_list": False, "films": None, "patients": None}, "", False),
        ({"same_list": True, "films": 300, "patients": 150}, "a" * 64, True),
        ({"same_list": False, "films": 1, "patients": None}, "a" * 64, True),
        ({"same_list": False, "films": 0, "patients": 2}, "a" * 64, True),
        ({"same_list": False, "films": None, "patients": None}, "b" * 64, True),
    ],
)
def test_a_threshold_chosen_on_these_films_flatters(overlap: dict[str, Any], tuned: str, flatters: bool) -> None:
    data = {
        "films": {"list_hash": "b" * 64},
        "cuts": [{"stated": True, "applied": {"overlap": overlap, "tuned": {"threshold": 0.5, "list_hash": tuned}}}],
    }
    held = Artefact(name="evaluation", kind="evaluation", path=Path("evaluation.json"), sha256="0" * 64, data=data)
    assert chosen_here(held, 0) is flatters


@pytest.mark.requirement("REQ-SEAL")
def test_only_uses_of_the_test_list_count(tmp_path: Path) -> None:
    device = device_folder(tmp_path)
    ledger = tmp_path / "ledger.jsonl"
    line = json.loads(ledger.read_text("utf-8").splitlines()[-1])
    more = [{**line, "use": 1, "films_sha256": "3" * 64}, {**line, "use": 2}]
    ledger.write_text("".join(json.dumps(row) + "\n" for row in [line, *more]), "utf-8")
    loaded = load_device(device)
    assert [row["use"] for _, row in uses(loaded)] == [1, 2]
    assert last_use(loaded) == "ledger:/2"
    assert last_use(load_device(device_folder(tmp_path / "none", without=("ledger",)))) is None
