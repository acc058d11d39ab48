"""The device file: every wrong word in it is named with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulatory.made import PLAIN, device_folder, write_device
from wetread.errors import AlteredError, ConfigError, DataError
from wetread.regulatory.device import ClaimType, load_device

REPOSITORY = Path(__file__).resolve().parents[2]


def device(folder: Path, **changes: Any) -> Path:
    plain = PLAIN | {"test_list": None} | changes
    return write_device(folder / "device.yaml", {key: value for key, value in plain.items() if value is not None})


def test_a_whole_device_file_is_read(tmp_path: Path) -> None:
    found = load_device(device_folder(tmp_path))
    assert (found.name, found.date, found.claim) == ("paper reader", "2026-11-22", ClaimType.TRIAGE)
    assert [each.name for each in found.of_kind("evaluation")] == ["evaluation"]
    assert found.artefacts["device"].data["name"] == "paper reader"
    assert {"guidance", "standards", "predicates", "codes"} <= {each.name for each in found.of_kind("reference")}
    assert found.lost == {}


@pytest.mark.parametrize("file", sorted(path.name for path in (REPOSITORY / "regulatory").glob("*.yaml")
                                        if path.read_text(encoding="utf-8").find("wetread.device/1") >= 0))  # fmt: skip
def test_the_repository_s_own_device_files_are_read(file: str) -> None:
    found = load_device(REPOSITORY / "regulatory" / file)
    assert len(found.of_kind("bundle")) == 1


def test_a_date_may_stand_without_quotation_marks(tmp_path: Path) -> None:
    path = device(tmp_path)
    path.write_text(path.read_text().replace("'2026-11-22'", "2026-11-22"))
    assert load_device(path).date == "2026-11-22"


def test_anchors_and_merges_are_fine(tmp_path: Path) -> None:
    path = device(tmp_path)
    path.write_text(path.read_text() + "facts: {a: &a {b: 1}, c: {<<: *a, d: 2}}\n")
    assert load_device(path).plain["facts"]["c"] == {"b": 1, "d": 2}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"schema": "wetread.device/2"}, "schema"),
        ({"claim": "cure"}, "claim: 'cure'"),
        ({"name": ""}, "name: text"),
        ({"name": 7}, "name: text"),
        ({"date": "2026-13-01"}, "date: a date"),
        ({"date": "22 November"}, "date: a date"),
        ({"colour": "blue"}, "colour: no such key"),
        ({"indications": {"ages": [1, 2]}}, "indications.ages: no such key"),
        ({"indications": {"ages_years": [18]}}, "indications.ages_years"),
        ({"indications": {"ages_years": [60, 18]}}, "indications.ages_years"),
        ({"indications": {"ages_years": [18, 300]}}, "indications.ages_years"),
        ({"indications": {"views": ["PA", "OBLIQUE"]}}, "indications.views: 'OBLIQUE'"),
        ({"indications": ["PA"]}, "indications: a table"),
        ({"users": "radiologists"}, "users: a list"),
        ({"said": {"contact": 5}}, "said.contact: text"),
        ({"said": ["x"]}, "said: a table"),
        ({"sponsor": {"name": ["x"]}}, "sponsor.name: text"),
        ({"validation": [1]}, "validation: a table"),
        ({"validation": {"a": {"b": [float("inf")]}}}, "validation.a.b.0: a finite number"),
        ({"evidence": {"x": {"kind": "magic", "path": "x"}}}, "evidence.x.kind: 'magic'"),
        ({"evidence": {"x": {"kind": "cohort"}}}, "evidence.x.path: it is missing"),
        ({"evidence": {"x": {"kind": "cohort", "path": "x", "sha": "0"}}}, "evidence.x.sha: no such key"),
        ({"evidence": {"x": "x.json"}}, "evidence.x: a table"),
        ({"evidence": {"device": {"kind": "cohort", "path": "x"}}}, "evidence.device"),
        ({"evidence": {"guidance": {"kind": "cohort", "path": "x"}}}, "evidence.guidance"),
        ({"evidence": {"My File": {"kind": "cohort", "path": "x"}}}, "evidence.My File"),
        ({"test_list": "nobody"}, "test_list: 'nobody'"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_named_with_its_place(tmp_path: Path, changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_device(device(tmp_path, **changes))
    assert place in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("missing", ["name", "date", "claim"])
def test_what_must_be_there_is_asked_for(tmp_path: Path, missing: str) -> None:
    with pytest.raises(ConfigError, match=missing):
        load_device(device(tmp_path, **{missing: None}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "no YAML"),
        ("schema: wetread.device/1\nname: a\nname: b\n", "line 3: 'name' stands twice"),
        ("schema: wetread.device/1\nfacts: {a: 1, a: 2}\n", "stands twice"),
        ("- a\n", "wetread.device/1"),
        ("", "wetread.device/1"),
        ("\x00", "no YAML"),
        ("!!python/object/apply:os.system [true]\n", "no YAML"),
        ("a: " + "[" * 3000, "no YAML"),
    ],
)
def test_what_is_no_device_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "device.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said):
        load_device(path)


def test_a_missing_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_device(tmp_path / "none.yaml")
    (tmp_path / "huge.yaml").write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(ConfigError, match="1024 KiB"):
        load_device(tmp_path / "huge.yaml")


def test_missing_evidence_stops_unless_asked_otherwise(tmp_path: Path) -> None:
    path = device_folder(tmp_path)
    (tmp_path / "cohort.json").unlink()
    with pytest.raises(DataError, match=r"evidence cohort \(cohort\): cohort.json cannot be read"):
        load_device(path)
    found = load_device(path, tolerant=True)
    assert list(found.lost) == ["cohort"]
    assert "cohort" not in found.artefacts


def test_an_altered_bundle_is_told_as_such(tmp_path: Path) -> None:
    path = device_folder(tmp_path)
    (tmp_path / "bundle/model.onnx").write_bytes(b"other weights")
    with pytest.raises(AlteredError, match=r"model\.onnx is not the file"):
        load_device(path)


@given(st.text(max_size=200))
def test_no_text_makes_more_than_a_named_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "device.yaml"
    path.write_text("schema: wetread.device/1\n" + text, encoding="utf-8", newline="")
    with pytest.raises(ConfigError):
        load_device(path)
