"""`verify`: untouched it is silent, and each fault planted alone is found and named."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulatory.made import device_folder
from wetread.regulatory import device as device_module
from wetread.regulatory.build import build
from wetread.regulatory.compared import changed_numbers
from wetread.regulatory.device import load_device
from wetread.regulatory.fault import Fault
from wetread.regulatory.verify import verify

SOME = ("00-cover-index", "08-validation-plan")
PLAN = "md/08-validation-plan.md"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A device folder `device`, and the folder `out` built from it."""
    root = tmp_path_factory.mktemp("clean")
    write(root / "out", device_folder(root / "device"))
    return root


def write(out: Path, device: Path, only: tuple[str, ...] = SOME, formats: tuple[str, ...] = ("md",)) -> None:
    shutil.rmtree(out, ignore_errors=True)
    for name, content in build(load_device(device), draft=True, formats=formats, only=only).items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)


@pytest.fixture
def root(clean: Path, tmp_path: Path) -> Path:
    shutil.copytree(clean, tmp_path / "copy")
    return tmp_path / "copy"


def found(root: Path) -> tuple[Fault, ...]:
    return verify(root / "out", load_device(root / "device/device.yaml", tolerant=True))


def codes(root: Path) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for fault in found(root):
        told.setdefault(fault.code, []).append(fault.where)
    return told


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_untouched_folder_is_clean(root: Path) -> None:
    assert found(root) == ()


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_any_flipped_byte_of_any_file_is_found(clean: Path, data: st.DataObject) -> None:
    """The manifest's own bytes aside, of which some are words that nothing rests on."""
    files = sorted(path for path in (clean / "out").rglob("*") if path.is_file() and path.name != "manifest.json")
    path = data.draw(st.sampled_from(files))
    before = path.read_bytes()
    place, change = data.draw(st.integers(0, len(before) - 1)), data.draw(st.integers(1, 255))
    path.write_bytes(before[:place] + bytes([before[place] ^ change]) + before[place + 1 :])
    try:
        faults = verify(clean / "out")
    finally:
        path.write_bytes(before)
    assert path.relative_to(clean / "out").as_posix() in {fault.where for fault in faults}


@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_any_flipped_byte_of_any_evidence_is_found(clean: Path, data: st.DataObject) -> None:
    names = (
        "plan.json",
        "predictions.csv",
        "labels.csv",
        "cohort.json",
        "split/split.json",
        "split/films.csv",
        "bundle/card.json",
    )
    path = clean / "device" / data.draw(st.sampled_from(names))
    before = path.read_bytes()
    place, change = data.draw(st.integers(0, len(before) - 1)), data.draw(st.integers(1, 255))
    path.write_bytes(before[:place] + bytes([before[place] ^ change]) + before[place + 1 :])
    try:
        faults = verify(clean / "out", load_device(clean / "device/device.yaml", tolerant=True))
    finally:
        path.write_bytes(before)
    name = path.relative_to(clean / "device").parts[0].split(".")[0]
    assert name in {fault.where for fault in faults if fault.code in ("altered-evidence", "missing-evidence")}


def test_every_recorded_number_is_found_again_by_its_reference(clean: Path) -> None:
    device = load_device(clean / "device/device.yaml")
    raw = build(device, draft=True, formats=("md",))["claims.jsonl"]
    assert raw.count(b"share(") > 1
    assert list(changed_numbers(raw, device.artefacts)) == []


def test_without_the_device_file_the_folder_is_compared_with_itself(root: Path) -> None:
    assert verify(root / "out") == ()
    edit(root / "out" / PLAN, "sensitivity", "sensibility")
    assert [(fault.code, fault.where) for fault in verify(root / "out")] == [("altered-file", PLAN)]


def test_a_flipped_byte_in_the_predictions_is_found(root: Path) -> None:
    path = root / "device/predictions.csv"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    told = codes(root)
    assert told["altered-evidence"] == ["predictions"]


@pytest.mark.parametrize("ending", ["md", "html", "json"])
def test_an_edited_digit_is_found_with_document_line_and_number(root: Path, ending: str) -> None:
    write(root / "out", root / "device/device.yaml", formats=("md", "html"))
    name = f"{ending}/08-validation-plan.{ending}"
    recorded = [json.loads(line) for line in (root / "out/claims.jsonl").read_text(encoding="utf-8").splitlines()]
    stable = next(each for each in recorded if each["reference"] == "plan:/goals/0/result/stable")
    printed = str(stable["printed"])
    path = root / "out" / name
    lines = path.read_text(encoding="utf-8").split("\n")
    place = next(number for number, line in enumerate(lines) if re.search(rf"(?<![\d.]){printed}(?![\d.])", line))
    lines[place] = re.sub(rf"(?<![\d.]){printed}(?![\d.])", f"{int(printed) + 1}", lines[place], count=1)
    path.write_text("\n".join(lines), encoding="utf-8")
    told = found(root)
    assert {(fault.code, fault.where) for fault in told} == {
        ("altered-file", name), ("altered-text", f"{name}, line {place + 1}")
    }  # fmt: skip
    (message,) = [fault.message for fault in told if fault.code == "altered-text"]
    assert f"{int(printed) + 1}" in message
    assert ending == "json" or f"plan:/goals/0/result/stable is {printed}" in message


def test_lines_that_came_and_went_are_found(root: Path) -> None:
    path = root / "out" / PLAN
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([*lines[:4], "Cleared.", *lines[4:-6]]), encoding="utf-8")
    where = [fault.where for fault in found(root) if fault.code == "altered-text"]
    assert where[0] == f"{PLAN}, line 5"
    assert len(where) == 2


def test_an_edited_digit_is_found_although_the_manifest_was_mended(root: Path) -> None:
    edit(root / "out" / PLAN, "0.", "1.")
    manifest = json.loads((root / "out/manifest.json").read_text())
    for each in manifest["outputs"]:
        content = (root / "out" / each["file"]).read_bytes()
        each |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    (root / "out/manifest.json").write_text(json.dumps(manifest))
    assert codes(root) == {"stale-file": [PLAN]}


def test_an_edited_record_is_found_in_the_chain(root: Path) -> None:
    edit(root / "out/claims.jsonl", '"printed": "', '"printed": "9')
    told = codes(root)
    assert told["broken-chain"] == ["claims.jsonl, line 2"]
    assert told["altered-file"] == ["claims.jsonl"]
    assert "changed-number" in told


def test_a_deleted_analysis_plan_is_found(root: Path) -> None:
    (root / "device/plan.json").unlink()
    told = codes(root)
    assert told["missing-evidence"] == ["plan"]
    assert told["plan-missing"] == ["lock"]


def test_an_altered_analysis_plan_is_found(root: Path) -> None:
    edit(root / "device/plan.json", '"power"', '"power "')
    told = codes(root)
    assert told["altered-evidence"] == ["plan"]
    assert told["plan-changed"] == ["plan"]


def test_what_validation_asks_may_not_change_after_the_lock(root: Path) -> None:
    edit(root / "device/device.yaml", "prevalence: 0.1", "prevalence: 0.2")
    assert codes(root)["plan-changed"] == ["device"]


def test_a_swapped_test_list_is_found(root: Path) -> None:
    split = root / "device/split"
    facts = json.loads((split / "split.json").read_text())
    facts["sides"]["train"], facts["sides"]["test"] = facts["sides"]["test"], facts["sides"]["train"]
    (split / "split.json").write_text(json.dumps(facts))
    told = codes(root)
    assert told["altered-evidence"] == ["split"]
    assert told["list-swapped"] == ["split"]


def test_altered_films_of_the_split_are_found(root: Path) -> None:
    edit(root / "device/split/films.csv", "test", "tset")
    told = codes(root)
    assert told["missing-evidence"] == ["split"]


def reference(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the reference data in the place of our own."""
    shutil.copytree(device_module.REFERENCE, root / "reference", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    monkeypatch.setattr(device_module, "REFERENCE", root / "reference")
    return root / "reference/guidance.yaml"


def test_a_changed_guidance_entry_is_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = reference(root, monkeypatch)
    assert found(root) == ()
    edit(path, "status: final", "status: withdrawn")
    told = codes(root)
    assert told["altered-reference"] == ["guidance"]
    assert "altered-evidence" not in told


def test_a_stale_guidance_entry_is_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = reference(root, monkeypatch)
    edit(path, 'checked_on: "2026-11-21"', 'checked_on: "2024-01-01"')
    write(root / "out", root / "device/device.yaml")
    told = found(root)
    assert [fault.code for fault in told] == ["stale-reference"]
    assert told[0].where.startswith("guidance:/entries/")
    assert "2024-01-01" in told[0].message


def test_changed_evidence_names_the_numbers_and_documents(root: Path) -> None:
    write(root / "out", root / "device/device.yaml", ("09-standalone-performance",))
    evaluation = json.loads((root / "device/evaluation.json").read_text())
    area = evaluation["area"]["interval"]
    area["value"] = 0.99
    (root / "device/evaluation.json").write_text(json.dumps(evaluation, indent=1, ensure_ascii=False) + "\n")
    told = found(root)
    assert [fault.where for fault in told if fault.code == "altered-evidence"] == ["evaluation"]
    changed = [fault for fault in told if fault.code == "changed-number" and "/area/interval" in fault.where]
    assert changed
    assert all("0.99" in fault.message for fault in changed)
    assert all("09-standalone-performance" in fault.where for fault in changed)


@pytest.mark.parametrize(
    ("plant", "code", "where"),
    [
        (lambda out: (out / PLAN).unlink(), "missing-file", PLAN),
        (lambda out: (out / "md/99-extra.md").write_text("x"), "extra-file", "md/99-extra.md"),
        (lambda out: (out / "index.txt").symlink_to("/"), "extra-file", "index.txt"),
        (lambda out: (out / "manifest.json").unlink(), "manifest", "manifest.json"),
        (lambda out: (out / "manifest.json").write_text("{}"), "manifest", "manifest.json"),
        (lambda out: (out / "claims.jsonl").unlink(), "missing-file", "claims.jsonl"),
    ],
)
def test_files_that_come_and_go_are_named(root: Path, plant: Callable[[Path], object], code: str, where: str) -> None:
    plant(root / "out")
    assert where in codes(root)[code]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda told: told.update(draft=False), "draft"),
        (lambda told: told["documents"][0].update(open=[]), "documents"),
        (lambda told: told["device"].update(claim="detection"), "device"),
        (lambda told: told["claims"].update(count=1), "claims"),
    ],
)
def test_a_manifest_that_says_better_things_is_found(root: Path, change: Callable[[Any], object], where: str) -> None:
    told = json.loads((root / "out/manifest.json").read_text(encoding="utf-8"))
    change(told)
    (root / "out/manifest.json").write_text(json.dumps(told), encoding="utf-8")
    assert codes(root) == {"manifest": [f"manifest.json:/{where}"]}


def test_a_cut_chain_is_found(root: Path) -> None:
    path = root / "out/claims.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-3]))
    (where,) = codes(root)["broken-chain"]
    assert where.startswith("claims.jsonl, line ")


def test_all_faults_are_listed(root: Path) -> None:
    (root / "out" / PLAN).unlink()
    (root / "device/plan.json").unlink()
    (root / "out/md/more.md").write_text("x")
    assert {"missing-file", "extra-file", "missing-evidence", "plan-missing"} <= set(codes(root))


def test_another_version_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(root / "out/manifest.json", '"wetread": "', '"wetread": "9.')
    assert codes(root) == {"other-version": ["manifest.json"]}


def test_evidence_added_since_is_told(root: Path) -> None:
    path = root / "device/device.yaml"
    shutil.copy(root / "device/cohort.json", root / "device/more.json")
    edit(path, "evidence:\n", "evidence:\n  more: {kind: cohort, path: more.json}\n")
    assert codes(root)["new-evidence"] == ["more"]
