"""Readers of evidence: pointers that resolve, rows by content, words as the device means them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulatory.documents.folders import landed, of_run
from regulatory.made import PLAIN, write_device
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device, load_device
from wetread.regulatory.evidence import found, items, reference
from wetread.regulatory.evidence.bundle import ages, card, metrics, words
from wetread.regulatory.evidence.cohort import co_findings, cohorts
from wetread.regulatory.evidence.gate import gate, rows
from wetread.regulatory.evidence.recipe import recipe
from wetread.regulatory.evidence.values import bare, spread
from wetread.regulatory.pen import Pen, plain


def artefact(data: Any) -> Artefact:
    return Artefact(name="made", kind="other", path=Path("made.json"), sha256="0" * 64, data=data)


def device(folder: Path, kind: str, data: Any) -> Device:
    (folder / "it.json").write_text(json.dumps(data), encoding="utf-8")
    evidence = {"it": {"kind": kind, "path": "it.json"}}
    plain_file = {name: told for name, told in PLAIN.items() if name != "test_list"} | {"evidence": evidence}
    return load_device(write_device(folder / "device.yaml", plain_file))


@given(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=4), st.integers(-(10**12), 10**12))
def test_a_pointer_of_any_tokens_leads_to_what_stands_there(tokens: list[str], value: int) -> None:
    data: Any = value
    for token in reversed(tokens):
        data = {token: data}
    made = artefact(data)
    assert found(made, *tokens) == value
    assert plain(Pen({"made": made}, {}).num(reference(made, *tokens))) == f"{value:,}"


@given(st.lists(st.one_of(st.integers(), st.dictionaries(st.just("name"), st.text(max_size=3), min_size=1))))
def test_items_are_the_objects_of_a_list_each_with_its_own_reference(rows_: list[Any]) -> None:
    made = artefact({"rows": rows_})
    told = list(items(made, "rows"))
    assert [row for _, row in told] == [row for row in rows_ if isinstance(row, dict)]
    for ref, row in told:
        assert found(made, *ref.partition(":")[2].split("/")[1:]) == row


def test_what_is_no_list_has_no_items() -> None:
    assert not list(items(artefact({"rows": 3}), "rows"))
    assert not list(items(artefact(None)))


@pytest.mark.parametrize(
    ("told", "expected"),
    [([18, 120], "18 years and over"), ([18, None], "18 years and over"), ([1, 6], "1 to under 6 years"), (None, ""),
     ([1], ""), ("18", "")],
)  # fmt: skip
def test_ages_end_where_the_device_ends_them(told: Any, expected: str) -> None:
    made = artefact({"ages": told})
    assert plain(ages(Pen({"made": made}, {}), "made:/ages", told)) == expected


def test_words_join_terms_as_people_do() -> None:
    assert words(["CR", "DX", "RF"], last="and") == "CR, DX and RF"
    assert words("CR") == ""


def test_metrics_of_a_card_are_sealed_or_not_by_their_name() -> None:
    bundle = card(landed("adult"))
    assert bundle is not None
    told = list(metrics(bundle))
    assert len(told) == len(bundle.data["metrics"])
    for row, one in zip(told, bundle.data["metrics"], strict=True):
        assert row.is_sealed == one["name"].endswith("sealed")
        assert row.about["n"] == {"films": one["films"], "positives": one["positives"]}
        assert row.about["data"] == one["films_sha256"]


def test_a_run_s_recipe_counts_before_the_file_that_it_was_made_from(tmp_path: Path) -> None:
    told = recipe(landed("adult"))
    assert told is not None
    assert told.is_resolved
    assert told.artefact.name == "run"
    alone = recipe(device(tmp_path, "recipe", {"fit": {"batch": 8}, "augmentation": {"turn_degrees": 3, "flip": 0}}))
    assert alone is not None
    assert not alone.is_resolved
    assert alone.method == "tail", "a recipe that does not say is of the method that is its default"
    assert alone.changes == ["turn_degrees"]
    assert alone.ref("fit", "batch") == "it:/fit/batch"


def test_changes_of_strength_nothing_are_no_augmentation(tmp_path: Path) -> None:
    told = recipe(of_run(tmp_path))
    assert told is not None
    assert told.changes == ["turn_degrees", "gamma"]


def test_co_findings_come_by_how_often_they_go_with_the_label() -> None:
    view = next(view for view in cohorts(landed("adult")) if view.role == "training")
    both = [bare(landed("adult"), ref, "both") for _, ref in co_findings(view)]
    assert both == sorted(both, reverse=True)
    assert min(both) > 0


def test_only_rows_that_chose_no_bound_are_told_of_the_gate() -> None:
    evaluation = gate(landed("adult"))
    assert evaluation is not None
    told = rows(evaluation)
    assert {found(evaluation, *row.ref.partition(":")[2].split("/")[1:], "half") for row in told} == {"evaluation"}
    passing = [row.must_pass for row in told]
    assert passing == sorted(passing, reverse=True), "what must pass stands first"
    assert not next(row for row in told if row.name == "phantom").is_real


def test_numbers_to_draw_with_are_numbers_or_nan() -> None:
    adult = landed("adult")
    value, low, high = spread(adult, "bundle:/metrics/0")
    assert low < value < high
    for nothing in ("bundle:/name", "bundle:/clinical", "nowhere:/at/all", "bundle:/no/such/place"):
        assert bare(adult, nothing) != bare(adult, nothing)
