"""The skeletons: honest with whatever evidence there is, right for each claim, and open where people have to write."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from regulatory.made import EVIDENCE, device_folder
from wetread.errors import WetreadError
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import ClaimType, Device, load_device
from wetread.regulatory.digits import bare
from wetread.regulatory.documents import DOCUMENTS, Document
from wetread.regulatory.kinds import KINDS
from wetread.regulatory.pen import plain
from wetread.regulatory.reference.facts import entries
from wetread.regulatory.written import Written, write

IDS = (
    "00-cover-index",
    "03-classification",
    "10-reader-study-plan",
    "13-cybersecurity",
    "14-human-factors",
    "15-change-control-plan",
    "17-monitoring-plan",
    "19-standards-and-guidance",
)
SKELETONS = tuple(document for document in DOCUMENTS if document.id in IDS)
INDICATIONS = {
    "finding": "airspace opacity suggestive of pneumonia",
    "ages_years": [18, 120],
    "views": ["PA", "AP"],
    "modalities": ["CR", "DX"],
    "body_parts": ["CHEST"],
}
READERS = {
    "effect": 0.05,
    "readers": 6,
    "cases": 251,
    "table": [6, 8],
    "components": {
        "reader_by_test": 0.00020040252,
        "variance": 0.00080228827,
        "cov1": 0.00034661371,
        "cov2": 0.00034407483,
        "cov3": 0.00023902837,
        "cases": 114,
    },
    "source": "a pilot",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Device:
    folder = tmp_path_factory.mktemp("empty")
    return load_device(device_folder(folder, without=tuple(EVIDENCE), validation=None, indications=None, users=None))


@cache
def claimed(whole: Path, claim: ClaimType) -> Device:
    return load_device(device_folder(whole / claim, claim=str(claim), indications=INDICATIONS))


def document(name: str) -> Document:
    return next(each for each in SKELETONS if each.id.startswith(name))


def text(name: str, device: Device) -> str:
    return " ".join(write(document(name), device).text.split())


def part(name: str, heading: str, device: Device) -> str:
    """What stands under a heading, as one line."""
    found = re.search(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", write(document(name), device).text, re.MULTILINE | re.DOTALL
    )
    assert found is not None, f"{name} has no part {heading!r}"
    return " ".join(found[1].split())


def clean(written: Written, device: Device) -> list[str]:
    names = [each.id for each in DOCUMENTS] + list(entries(device.artefacts["predicates"]))
    return [str(each) for each in bare(written.body, written.document.id, names)]


@pytest.mark.parametrize("skeleton", SKELETONS, ids=lambda each: each.id)
@pytest.mark.parametrize("claim", ClaimType)
def test_every_skeleton_is_written_for_every_claim(skeleton: Document, claim: ClaimType, whole: Path) -> None:
    device = claimed(whole, claim)
    written = write(skeleton, device)
    assert clean(written, device) == []
    assert any(written.pen.open_fields.values())
    assert written.body.lstrip().startswith("## ")
    assert "None" not in re.sub(r"`[^`]*`", "", plain(written.body))


@pytest.mark.parametrize("skeleton", SKELETONS, ids=lambda each: each.id)
def test_a_folder_without_evidence_gives_gaps_and_no_number(skeleton: Document, empty: Device) -> None:
    written = write(skeleton, empty)
    assert clean(written, empty) == []
    told = {claim.id.partition(":")[0] for claim in written.pen.claims.values()}
    assert told <= {"device", "codes", "estar", "guidance", "predicates", "standards"}


@pytest.mark.parametrize("skeleton", SKELETONS, ids=lambda each: each.id)
def test_only_documents_of_the_claim_change_with_it(skeleton: Document, whole: Path) -> None:
    texts = {write(skeleton, claimed(whole, claim)).text for claim in ClaimType}
    assert len(texts) == (3 if skeleton.by_claim else 1)


@pytest.mark.parametrize("skeleton", SKELETONS, ids=lambda each: each.id)
def test_no_skeleton_claims_clearance_or_gives_this_device_a_number(skeleton: Document, whole: Path) -> None:
    for claim in ClaimType:
        told = write(skeleton, claimed(whole, claim)).text
        assert not re.search(r"(?i)\bFDA[- ](?:cleared|approved)|\bthis device (?:is|was|has been) cleared", told)
        numbers = set(re.findall(r"\bK\d{6}\b", told))
        assert numbers <= {*entries(claimed(whole, claim).artefacts["predicates"]), "K250831"}


def test_the_cover_lists_every_document_and_every_piece_of_evidence(whole: Path) -> None:
    device = claimed(whole, ClaimType.TRIAGE)
    told = write(document("00"), device).text
    for each in DOCUMENTS:
        assert f"| `{each.id}` | {each.title} |" in told
    for name, evidence in EVIDENCE.items():
        assert f"| `{name}` | {KINDS[evidence['kind']].what} | `{evidence['path']}` |" in told
        assert device.artefacts[name].sha256[:12] in told


def test_the_cover_says_where_each_attachment_goes(whole: Path) -> None:
    told = part("00", "Where each document goes in the electronic template", claimed(whole, ClaimType.TRIAGE))
    assert "version 7.0" in told
    assert "| Classification | yes | drafted here, finished by people | `03-classification` |" in told
    assert "| Software and firmware | Risk management file | `12-risk-file` |" in told
    assert "| Software and firmware | Life cycle, configuration and maintenance | written by people" in told


def test_the_cover_names_what_is_usual_and_missing(whole: Path, empty: Device) -> None:
    missing = part("00", "Evidence that the documents were written from", claimed(whole, ClaimType.TRIAGE))
    assert "software bill of materials (made by:" in missing
    assert "cohort report (made by:" not in missing
    assert "cohort report (made by:" in part("00", "Evidence that the documents were written from", empty)


@pytest.mark.parametrize(
    ("claim", "regulation", "codes", "others"),
    [
        (ClaimType.TRIAGE, "21 CFR 892.2080", ("QFM", "QAS"), ("MYN", "QBS")),
        (ClaimType.DETECTION, "21 CFR 892.2070", ("MYN",), ("QFM", "QBS")),
        (ClaimType.DIAGNOSIS, "21 CFR 892.2090", ("QBS", "QDQ"), ("QFM", "MYN")),
    ],
)
def test_the_claim_gives_regulation_and_codes(
    claim: ClaimType, regulation: str, codes: tuple[str, ...], others: tuple[str, ...], whole: Path
) -> None:
    told = part("03", "Claim, regulation and product code", claimed(whole, claim))
    assert f"| Regulation | {regulation}, " in told
    assert all(f"**{code}**:" in told for code in codes)
    assert not any(f"**{code}**:" in told for code in others)


@pytest.mark.parametrize("claim", ClaimType)
def test_the_null_result_and_the_ways_that_are_open_are_told(claim: ClaimType, whole: Path) -> None:
    told = part("03", "What nobody has cleared yet", claimed(whole, claim))
    assert "No product code for the detection or triage of pneumonia" in told
    assert "**Q-Submission first.**" in told
    assert ("**claim the sign.**" in told) == (claim is ClaimType.DETECTION)
    assert ("**other disease-specific findings.**" in told) == (claim is ClaimType.DIAGNOSIS)


def test_the_subject_stands_beside_candidates_of_its_claim(whole: Path) -> None:
    triage, detection = (
        part("03", "Comparison with candidates for a predicate", claimed(whole, claim))
        for claim in (ClaimType.TRIAGE, ClaimType.DETECTION)
    )
    assert "| Property | This device | K211733 |" in triage
    assert "K241620" not in triage
    assert "| Property | This device | K241620 | K210666 |" in detection
    assert "| Findings | airspace opacity suggestive of pneumonia | nodule, pleural space" in detection
    assert "| Films | PA or AP, CR or DX |" in detection
    assert "| Patients | 18 to 120 years | adults | adults |" in detection
    assert "No cleared device of this claim" in part(
        "03", "Comparison with candidates for a predicate", claimed(whole, ClaimType.DIAGNOSIS)
    )


def test_every_special_control_has_its_row_and_its_answer(whole: Path) -> None:
    for claim in ClaimType:
        device = claimed(whole, claim)
        told = part("03", "Special controls", device)
        for control in device.artefacts["codes"].data["entries"][claim]["controls"].values():
            assert control["asks"] in told
            assert all(f"`{name}`" in told for name in control["documents"])


def test_an_outline_that_localises_nothing_is_told_where_the_claim_is_one_of_marks(whole: Path) -> None:
    told = [text("03", claimed(whole, claim)).count("What the device marks today") for claim in ClaimType]
    assert dict(zip(ClaimType, told, strict=True)) == {
        ClaimType.TRIAGE: 0,
        ClaimType.DETECTION: 1,
        ClaimType.DIAGNOSIS: 1,
    }


def test_triage_plans_times_and_detection_plans_readers(whole: Path) -> None:
    triage, detection, diagnosis = (text("10", claimed(whole, claim)) for claim in ClaimType)
    assert "## Time to notification" in triage
    assert "fully crossed" not in triage
    for told in (detection, diagnosis):
        assert "fully crossed" in told
        assert "Time to notification" not in told
    assert "for detection and for the named finding" in diagnosis


def test_sizes_of_a_reader_study_come_from_the_plan(tmp_path: Path, whole: Path) -> None:
    from wetread.evaluation.sample_size.planned import planned

    folder = tmp_path / "planned"
    file = device_folder(folder, claim="detection", without=("lock", "ledger"))
    (folder / "plan.json").write_text(planned({"power": 0.8, "alpha": 0.05, "readers": [READERS]}).to_json())
    told = part("10", "Number of readers and cases", load_device(file))
    for row in ("| 0.8923 |", "| 6 | 170 |", "| 8 | 134 |", "| Variance components from | a pilot |"):
        assert row in told
    assert "Not in the folder: sample sizes for a reader study" in text("10", claimed(whole, ClaimType.DETECTION))


def test_the_bill_of_materials_is_counted_and_listed(tmp_path: Path) -> None:
    file = device_folder(tmp_path, evidence=EVIDENCE | {"sbom": {"kind": "sbom", "path": "sbom.json"}})
    components = [
        {"name": "a-library", "version": "1.2.3", "licenses": [{"license": {"id": "MIT"}}]},
        {"name": "another", "version": "4.5", "licenses": [{"expression": "BSD-3-Clause OR MIT"}]},
        {"name": "third", "licenses": [{"license": {"text": {"content": "long"}}}]},
    ]
    sbom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}
    (tmp_path / "sbom.json").write_text(json.dumps(sbom))
    told = part("13", "Bill of materials", load_device(file))
    assert "CycloneDX 1.6, with 3 components" in told
    for row in ("| a-library | 1.2.3 | MIT |", "| another | 4.5 | BSD-3-Clause OR MIT |", "| third | – | not told |"):
        assert row in told


def test_broken_films_are_counted_from_their_file(tmp_path: Path) -> None:
    file = device_folder(tmp_path, evidence=EVIDENCE | {"hostile": {"kind": "hostile", "path": "hostile.json"}})
    campaign = {
        "seed": 3, "mutants": 4321, "decoding_reached": 1234, "faults": ["one"], "guard_differs": 2,
        "guarded": {"outcomes": 4320, "tracebacks": 1, "limits": {"seconds": 30.0, "megabytes": 2048},
                    "parent_mib": 30, "worker_mib": 112},
        "command": {"files": 4319, "lines": 4318, "without_reason": 5},
        "coded_pixels_alone": {"rle": {"silent": 5, "refused": 25}, "jpeg-ls": {"refused": 35},
                               "implicit-le": {"silent": 14, "refused": 1}},
    }  # fmt: skip
    (tmp_path / "hostile.json").write_text(json.dumps(campaign))
    told = part("13", "Tests", load_device(file))
    for each in ("4,321 films", "1,234 of them", "a promise): 1.", "30 seconds", "4,320", "4,319 files", "4,318 lines"):
        assert each in told
    assert "5 of 65 were read as if they were whole" in told
    assert "2 outcomes that differ" in told


def test_a_change_is_measured_against_the_figures_of_the_card(whole: Path, empty: Device) -> None:
    device = claimed(whole, ClaimType.TRIAGE)
    told = part("15", "The device that changes would start from", device)
    assert "| AUROC | tuning films | 0.800 (0.750 to 0.850) | 240 |" in told
    assert str(device.artefacts["bundle"].data["version"]) in told
    assert "Not in the folder: a released model" in part("15", "The device that changes would start from", empty)


def test_every_modification_is_described_assessed_and_traced(whole: Path) -> None:
    device = claimed(whole, ClaimType.TRIAGE)
    for heading in ("Description of modifications", "Impact assessment", "Traceability"):
        assert sorted(set(re.findall(r"\bM-[A-Z]\b", part("15", heading, device)))) == ["M-A", "M-B", "M-C", "M-D"]


def test_baselines_are_those_of_the_evidence(whole: Path, empty: Device) -> None:
    device = claimed(whole, ClaimType.TRIAGE)
    told = part("17", "Baselines", device)
    card, people = device.artefacts["bundle"].data, device.artefacts["cohort"].data["people"]
    assert f"| Threshold on the score | {card['threshold']['score']:.4f} |" in told
    for row in people["by_view"]:
        assert f"| View: {row['name']} | {row['films']} | {100 * row['films'] / people['films']:.1f} % |" in told
    gaps = write(document("17"), empty).pen.missing
    assert len(gaps) == 3


def test_old_entries_are_named_and_drafts_are_told(tmp_path: Path, whole: Path) -> None:
    fresh = part("19", "How to read this list", claimed(whole, ClaimType.TRIAGE))
    assert "No entry is older" in fresh
    later = load_device(device_folder(tmp_path, date="2027-06-01"))
    assert "`guidance:/entries/ai-lifecycle`, last looked up on 2026-11-21" in part(
        "19", "How to read this list", later
    )
    assert "A draft is not for implementation: Artificial Intelligence-Enabled" in text("19", later)


def test_all_that_is_from_memory_is_listed_to_be_looked_up(whole: Path) -> None:
    device = claimed(whole, ClaimType.TRIAGE)
    told = write(document("19"), device).text.partition("## To be looked up")[2]
    wanted = {
        entry["title"]
        for name in ("guidance", "standards")
        for entry in device.artefacts[name].data["entries"].values()
        if entry["mark"] == "memory"
    }
    assert set(re.findall(r"^- (.*)$", told, re.MULTILINE)) == wanted
    assert len(wanted) > 5


def test_the_register_s_risks_stand_in_human_factors(tmp_path: Path, whole: Path) -> None:
    file = device_folder(tmp_path, evidence=EVIDENCE | {"risks": {"kind": "risks", "path": "risks.yaml"}})
    risk = "- {id: RISK-X, hazard: A hazard, sequence: What led to it, situation: s, harm: h, controls: []}"
    (tmp_path / "risks.yaml").write_text(f"schema: wetread.risks/1\nrisks:\n{risk}\n")
    assert "| `RISK-X` | A hazard | What led to it |" in part("14", "Risks in the register", load_device(file))
    assert "a register of risks" in write(document("14"), claimed(whole, ClaimType.TRIAGE)).pen.missing


def test_patients_whom_the_authority_counts_as_children_are_told(tmp_path: Path, whole: Path) -> None:
    assert "**Ages.** This device is indicated from 18 years on; the age that counts as adult is 22" in text(
        "03", claimed(whole, ClaimType.TRIAGE)
    )
    indications = {"finding": "a sign", "ages_years": [22, None], "views": ["PA"]}
    older = load_device(device_folder(tmp_path, indications=indications))
    assert "**Ages.**" not in text("03", older)
    assert "| Patients | 22 years and over |" in text("03", older)


JUNK: tuple[object, ...] = (
    [], 3, "text", {"components": 5}, {"components": [{"name": "x", "version": "1", "licenses": 3}]},
    {"coded_pixels_alone": [1]}, {"coded_pixels_alone": {"rle": 4}}, {"readers": [{"result": 5}]},
    {"readers": [{"result": {"table": 7}}]}, {"risks": [{"id": 1}]}, {"rows": [{"row": "frontal", "half": "evaluation"}]},
    {"people": {"by_view": [{"name": "PA"}]}},
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("sbom", "13"),
        ("hostile", "13"),
        ("plan", "10"),
        ("readers", "10"),
        ("risks", "14"),
        ("gate", "17"),
        ("cohort", "17"),
        ("figures", "17"),
    ],
)
def test_evidence_of_another_shape_is_a_gap_or_a_named_error(kind: str, name: str, whole: Path) -> None:
    device = claimed(whole, ClaimType.DETECTION)
    others = {key: each for key, each in device.artefacts.items() if each.kind != kind}
    for junk in JUNK:
        odd = Artefact(name="odd", kind=kind, path=Path("odd.json"), sha256="0" * 64, data=junk)
        told = _written_or_named(document(name), replace(device, artefacts=others | {"odd": odd}))
        assert "odd" in told


def _written_or_named(skeleton: Document, device: Device) -> str:
    """The evidence's name if the document was written with it, or the error that names it."""
    try:
        return "odd" if write(skeleton, device).body else "nothing was written"
    except WetreadError as error:
        return str(error)
