"""Document 08: the sizes that are printed are the oracles', and whatever is missing shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from intervals.oracles import oracle
from regulatory.made import VALIDATION, device_folder
from wetread.evaluation.sample_size.planned import planned
from wetread.regulatory.device import load_device
from wetread.regulatory.digits import bare
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.written import Written, write

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = next(document for document in DOCUMENTS if document.id == "08-validation-plan")


def told(folder: Path, validation: Mapping[str, Any] = VALIDATION, **changes: Any) -> Written:
    """Document 08 of the made folder, its plan computed from `validation`."""
    device = device_folder(folder, validation=dict(validation), **changes)
    if (folder / "plan.json").exists():
        (folder / "plan.json").write_text(planned(validation).to_json(), "utf-8")
    return write(DOCUMENT, load_device(device))


def line(found: Written, *cells: str) -> str:
    """The table's row that holds all these cells."""
    rows = [row for row in found.text.splitlines() if row.startswith("|")]
    return next((row for row in rows if all(f" {cell} |" in row for cell in cells)), f"no row with {cells}")


@pytest.mark.requirement("REQ-DOCUMENT-NUMBERS", "REQ-SAMPLE-SIZE")
def test_printed_goals_are_the_oracles(tmp_path: Path) -> None:
    published = oracle("performance_goal_exact")
    goals = {(0.88, 0.80): "p1=.88,p0=.80", (0.90, 0.80): "p1=.90,p0=.80", (0.85, 0.75): "p1=.85,p0=.75"}
    asked = [{"of": "sensitivity", "expected": p1, "goal": p0} for p1, p0 in goals]
    found = told(tmp_path, {"prevalence": 0.1, "goals": asked})
    for (p1, p0), name in goals.items():
        row = line(found, f"{p1:.0%}".replace("%", " %"), f"{p0:.0%}".replace("%", " %"))
        assert f"| {published[name]['first']} |" in row
        assert f"| {published[name]['stable']} |" in row


@pytest.mark.requirement("REQ-DOCUMENT-NUMBERS", "REQ-SAMPLE-SIZE")
def test_printed_precision_areas_f1_and_readers_are_the_oracles(tmp_path: Path) -> None:
    given = oracle("mrmc_power_or")["inputs"]
    components = {
        "reader_by_test": given["VarTR"], "variance": given["Var"], "cov1": given["Cov1"], "cov2": given["Cov2"],
        "cov3": given["Cov3"], "cases": given["KStar"],
    }  # fmt: skip
    found = told(
        tmp_path,
        {
            "precision": [
                {"of": "sensitivity", "expected": 0.9, "half_width": 0.05, "prevalence": 0.1},
                {"of": "sensitivity", "expected": 0.8, "half_width": 0.07, "prevalence": 0.2},
            ],
            "groups": [{"first": 0.70, "second": 0.75, "sides": 1, "quantile_decimals": 3}],
            "f1": [{"sensitivity": 0.8, "specificity": 0.9, "prevalence": 0.1, "half_width": 0.05}],
            "readers": [
                {"effect": 0.05, "readers": 6, "cases": 251, "components": components, "table": [6, 8, 10, 12]}
            ],
        },
    )  # fmt: skip
    buderer, areas = oracle("buderer"), oracle("hanley_mcneil")["n_per_group_one_sided_0.05_power0.8"]
    for name in ("sens0.9_w0.05_prev0.1", "sens0.8_w0.07_prev0.2"):
        assert line(found, f"{buderer[name]['n_pos']:.1f}", f"{buderer[name]['n_total']:,.1f}").startswith(
            "| sensitivity"
        )
    assert line(found, f"{areas['0.70_vs_0.75']:.1f}", "0.70", "0.75").startswith("| AUROC")
    f1 = oracle("f1")["n_halfwidth0.05_se.8_sp.9_prev.1"]
    assert line(found, f"{f1['D']:.1f}", f"{f1['n']:,.1f}", f"{f1['F1']:.3f}").startswith("| F1")
    readers = oracle("mrmc_power_or")
    assert line(found, f"{readers['RRRC']['power']:.4f}", "251").startswith("| random readers and cases")
    for count, cases in readers["K_for_80pct"].items():
        assert line(found, "80 %", str(cases)) == f"| {count} | 80 % | {cases} |"


@pytest.mark.requirement("REQ-DOCUMENT-NUMBERS")
def test_the_committed_plan_is_what_the_device_file_asks() -> None:
    asked = yaml.safe_load((ROOT / "regulatory/adult.yaml").read_text("utf-8"))["validation"]
    kept = json.loads((ROOT / "regulatory/plan.json").read_text("utf-8"))
    fresh = json.loads(planned(asked).to_json())
    assert {key: kept[key] for key in kept if key != "wetread"} == {
        key: fresh[key] for key in fresh if key != "wetread"
    }, "run `wetread documents plan regulatory/adult.yaml --out regulatory/plan.json`"


def test_evidence_below_its_goal_is_said(tmp_path: Path) -> None:
    found = told(tmp_path).text
    section = found[found.index("## 12") : found.index("## 13")]
    assert "| specificity | 80 % | 90 % |" in section
    assert "sealed test" in section
    evaluation = json.loads((tmp_path / "evaluation.json").read_text("utf-8"))
    rates = evaluation["cuts"][0]["applied"]["worth"]
    for rate in ("sensitivity", "specificity"):
        high, row = rates[rate]["stated"]["high"], next(r for r in section.splitlines() if r.startswith(f"| {rate} "))
        assert ("surely below the goal" in row) == (high < 0.8)


def test_a_plan_of_other_wishes_is_out_of_date(tmp_path: Path) -> None:
    device = device_folder(tmp_path, validation=VALIDATION | {"prevalence": 0.2})
    assert "The plan is out of date" in write(DOCUMENT, load_device(device)).text
    assert "The plan is out of date" not in told(tmp_path / "fresh").text


@pytest.mark.requirement("REQ-DOCUMENT-GAPS")
def test_without_plan_and_validation_the_gaps_show(tmp_path: Path) -> None:
    found = told(tmp_path, {}, without=("plan", "lock", "ledger", "evaluation"))
    assert "Not in the folder: the sample sizes of the plan" in found.text
    assert "Not in the folder: a lock of the plan" in found.text
    assert "The ledger holds no use" in found.text
    assert {"plan_population", "plan_truth", "plan_criterion", "plan_approval"} <= set(found.pen.open_fields)
    assert "the sample sizes of the plan" in found.pen.missing


@pytest.mark.parametrize(
    ("claim", "says", "says_not"),
    [
        ("triage", "time from the arrival of the examination to the notification", "## 14 Reader study"),
        ("detection", "When a mark counts".lower(), "Time to notification"),
        ("detection-and-diagnosis", "both find and diagnose better", "Time to notification"),
    ],
)
def test_the_claim_changes_endpoints(tmp_path: Path, claim: str, says: str, says_not: str) -> None:
    found = told(tmp_path, claim=claim).text
    assert says in found
    assert says_not not in found


def test_no_digit_is_typed_by_hand(tmp_path: Path) -> None:
    names = [document.id for document in DOCUMENTS]
    assert bare(told(tmp_path).marked, DOCUMENT.id, names) == ()
    assert bare(told(tmp_path / "bare", {}, without=("plan", "lock", "ledger")).marked, DOCUMENT.id, names) == ()
