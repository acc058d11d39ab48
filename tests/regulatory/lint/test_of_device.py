from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wetread.errors import ConfigError
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device, load_device
from wetread.regulatory.lint import Submission, lint, of_device
from wetread.regulatory.lint.submission import Span

ROOT = Path(__file__).resolve().parents[3]
ADULT = ROOT / "regulatory" / "adult.yaml"

# What is true of this repository's own folder, and answered in its device file.
ANSWERED = {"adult-from-22", "f1-of-all-positive", "threshold-on-scored-set", "test-reused"}


@pytest.fixture(scope="module")
def adult() -> Device:
    return load_device(ADULT, tolerant=True)


def plain(folder: Path, **told: Any) -> Path:
    """A device file with as little as there may be."""
    path = folder / "device.yaml"
    base = {"schema": "wetread.device/1", "name": "small", "date": "2026-01-01", "claim": "detection"}
    path.write_text(yaml.safe_dump(base | told, sort_keys=False))
    return path


def rules(submission: Submission) -> set[str]:
    return {finding.rule for finding in lint(submission)}


def test_what_is_found_in_our_own_folder_is_true_and_answered(adult: Device) -> None:
    findings = lint(of_device(adult))
    assert {finding.rule for finding in findings} == ANSWERED
    assert [finding.rule for finding in findings if not finding.answer] == []


def test_our_own_folder_is_lowered_with_its_references(adult: Device) -> None:
    told = of_device(adult)
    assert told.origin == "device"
    assert told.claim.type == "triage"
    assert told.claim.ages == Span(low=18, high=120)
    assert told.split_unit == "patient"
    assert told.disjoint is True
    assert told.recalibrated is True
    assert told.shortcut_alarm is True
    assert told.shortcut_answer.startswith("honesty:/questions/")
    assert told.where("disjoint") == "honesty:/guard/patients_on_two_sides"
    assert told.where("metrics/0/value").startswith("bundle:/metrics/0")
    assert told.plan.uses == 3
    assert {"PA", "AP"} <= {metric.group for metric in told.metrics}
    assert all(metric.low is not None for metric in told.metrics if metric.value is not None)


@pytest.mark.parametrize(
    ("kind", "change", "rule"),
    [
        ("run", {"recipe": {"augmentation": {"flip": 0.5}}}, "laterality"),
        ("honesty", {"guard": {"patients_on_two_sides": 2}}, "patients-shared"),
    ],
)
def test_a_fault_of_the_evidence_is_found(adult: Device, kind: str, change: dict[str, Any], rule: str) -> None:
    assert rule in rules(of_device(with_data(adult, kind, change)))
    assert rule not in rules(of_device(adult))


def test_an_evaluation_may_answer_the_alarm_too(adult: Device) -> None:
    bare = replace(adult, artefacts={name: one for name, one in adult.artefacts.items() if one.kind != "honesty"})
    assert of_device(bare).shortcut_answer.startswith("development:/baselines/baselines/")
    without = replace(bare, artefacts={name: one for name, one in bare.artefacts.items() if one.kind != "evaluation"})
    assert "shortcut-unanswered" in rules(of_device(without))


def with_data(device: Device, kind: str, change: dict[str, Any]) -> Device:
    artefacts = {
        name: replace(one, data={**one.data, **change}) if one.kind == kind else one
        for name, one in device.artefacts.items()
    }
    return replace(device, artefacts=artefacts)


def test_a_card_without_its_parts_is_silent_about_them(adult: Device) -> None:
    bare = with_data(
        adult, "bundle", {"training": {}, "calibration": None, "threshold": {}, "metrics": [], "not_for": []}
    )
    told = of_device(replace(bare, artefacts={k: v for k, v in bare.artefacts.items() if v.kind != "evaluation"}))
    assert {"no-auc", "threshold-unexplained", "limitations-missing"} <= rules(told)
    assert told.training_share is None
    assert told.recalibrated is None


def test_the_plan_in_the_device_file_is_held_against_its_indications(tmp_path: Path) -> None:
    indications = {"ages_years": [22, 80], "views": ["PA", "AP"], "modalities": ["DX"], "finding": "pneumonia"}
    described = {
        "population": {
            "ages_years": [10, 80],
            "views": ["PA"],
            "modalities": ["CR"],
            "negatives": "healthy volunteers",
        },
        "truth": {"method": "readers", "readers": 3},
        "endpoints": ["F1"],
    }
    told = of_device(
        load_device(plain(tmp_path, indications=indications, validation={"sites": 1, "described": described}))
    )
    assert {
        "children", "views-differ", "modalities-differ", "spectrum", "truth-without-rule", "f1-alone", "few-sites",
        "plan-prevalence", "no-sample-size", "disease-from-film",
    } <= rules(told)  # fmt: skip
    assert told.where("plan/views") == "device:/validation"


def test_an_empty_device_file_gives_findings_and_no_traceback(tmp_path: Path) -> None:
    found = lint(of_device(load_device(plain(tmp_path))))
    assert {"ages-missing", "no-auc", "plan-prevalence", "truth-unstated"} <= {finding.rule for finding in found}
    assert {finding.where for finding in found if finding.rule == "ages-missing"} == {"device:/indications/ages_years"}


def test_what_people_wrote_is_read_for_what_it_must_not_say(tmp_path: Path) -> None:
    said = {
        "benefits": "An FDA-approved aid that replaces the radiologist.",
        "workflow": "Negative films are de-prioritised.",
    }
    told = of_device(load_device(plain(tmp_path, said=said)))
    assert {"clearance-claimed", "replaces-reader", "read-later"} <= rules(told)


def test_an_answer_to_no_rule_is_refused_with_the_one_that_is_meant(tmp_path: Path) -> None:
    device = load_device(plain(tmp_path, answers={"no-interval": "They follow.", "few-site": "A third one is sought."}))
    with pytest.raises(ConfigError, match=r"device.yaml: answers.few-site: no rule .*: few-sites is meant\?"):
        of_device(device)


def test_a_ledger_of_several_lists_counts_the_one_of_the_card(adult: Device) -> None:
    (ledger,) = adult.of_kind("ledger")
    assert len(ledger.data) > 3
    assert of_device(adult).plan.uses == 3


def test_ages_of_the_training_films_come_from_the_report_on_the_same_list(adult: Device, tmp_path: Path) -> None:
    data = copy.deepcopy(next(one.data for one in adult.of_kind("cohort") if one.name == "cohort"))
    training = next(one for one in adult.of_kind("bundle")).data["training"]
    data["about"] = {"List of films (SHA-256)": training["films_sha256"]}
    data["people"]["ages"] |= {"least": 0.0, "most": 130.0}
    report = Artefact(name="mine", kind="cohort", path=tmp_path, sha256="", data=data, place="mine.json")
    others = {name: one for name, one in adult.artefacts.items() if one.kind != "cohort"}
    told = of_device(replace(adult, artefacts={**others, "mine": report}))
    assert told.sets[0].ages == Span(low=0, high=130)
    assert {"children", "ages-impossible"} <= rules(told)
    assert told.where("sets/0/ages") == "mine:/people/ages"


_ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(),
    st.text(max_size=3),
    st.just([]),
    st.just({}),
    st.just([1]),
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_evidence_of_any_shape_is_lowered(adult: Device, data: st.DataObject) -> None:
    kind = data.draw(
        st.sampled_from(["bundle", "evaluation", "honesty", "cohort", "plan", "split", "run", "recipe", "ledger"])
    )
    artefacts = dict(adult.artefacts)
    for name, one in artefacts.items():
        if one.kind == kind:
            artefacts[name] = replace(one, data=broken(one.data, data))
    told = of_device(replace(adult, artefacts=artefacts))
    assert all(finding.says for finding in lint(told))


def broken(value: Any, data: st.DataObject) -> Any:
    """The value with something odd in one place."""
    told = json.loads(json.dumps(value))
    at: Any = told
    for _ in range(data.draw(st.integers(0, 6))):
        keys = sorted(at) if isinstance(at, dict) else range(min(len(at), 5)) if isinstance(at, list) else []
        if not keys:
            return told
        key = data.draw(st.sampled_from(list(keys)))
        if isinstance(at[key], dict | list) and data.draw(st.booleans()):
            at = at[key]
        else:
            at[key] = data.draw(_ODD)
            return told
    return data.draw(_ODD)
