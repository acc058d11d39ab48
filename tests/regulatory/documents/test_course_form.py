"""The course's form: its sections in its order, true of the code, with the numbers of the evidence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from regulatory.documents.folders import LANDED, ROOT, empty, landed, landed_text, of_run, section, written
from wetread.errors import Code

FORM = (
    "**Your name:**",
    "**Name of your device:**",
    "## Algorithm Description",
    "### 1. General Information",
    "**Intended Use Statement:**",
    "**Indications for Use:**",
    "**Device Limitations:**",
    "**Clinical Impact of Performance:**",
    "### 2. Algorithm Design and Function",
    "(../figures/flow-chart.svg)",
    "**DICOM Checking Steps:**",
    "**Preprocessing Steps:**",
    "**CNN Architecture:**",
    "### 3. Algorithm Training",
    "**Parameters:**",
    "Types of augmentation used during training",
    "Batch size",
    "earning rate",
    "Layers of pre-existing architecture that were frozen",
    "Layers of pre-existing architecture that were fine-tuned",
    "Layers added to pre-existing architecture",
    "**Training performance:**",
    "**Precision-recall curve:**",
    "**Final Threshold and Explanation:**",
    "### 4. Databases",
    "### 5. Ground Truth",
    "### 6. FDA Validation Plan",
    "**Patient Population Description for FDA Validation Dataset:**",
    "**Ground Truth Acquisition Methodology:**",
    "**Algorithm Performance Standard:**",
)


@pytest.mark.parametrize("name", LANDED)
def test_its_sections_stand_in_the_order_of_the_form(name: str) -> None:
    text, at = landed_text(name, "FDA"), 0
    for part in FORM:
        assert part in text[at:], part
        at = text.index(part, at)


def test_an_empty_folder_gives_the_same_form_with_visible_gaps(tmp_path: Path) -> None:
    found = written(empty(tmp_path), "FDA")
    for part in FORM:
        if part.startswith("#") or part.endswith(":**"):
            assert part in found.text, part
    assert len(found.pen.missing) > 8
    assert not found.pen.claims.keys() - {
        key for key, claim in found.pen.claims.items() if claim.id.startswith("codes:")
    }


def test_every_reason_for_a_refusal_stands_among_the_checking_steps() -> None:
    steps = section(landed_text("adult", "FDA"), "**DICOM Checking Steps:**")
    told = set(re.findall(r"`([a-z-]+)`", steps))
    assert {code.value for code in Code} <= told


def test_augmentation_stands_with_training_and_not_with_preprocessing() -> None:
    text = landed_text("paediatric", "FDA")
    steps = section(text, "**Preprocessing Steps:**")
    assert "Nothing is augmented here" in text
    assert "degrees" not in steps
    assert "a small turn" in section(text, "**Parameters:**")


def test_the_adult_reader_says_why_it_has_no_loss_curve() -> None:
    text = landed_text("adult", "FDA")
    assert "There is no course of training to be drawn" in section(text, "**Training performance:**")
    assert "training-curves" not in landed_pictures("adult")


def landed_pictures(name: str) -> list[str]:
    return written(landed(name), "FDA").pen.figures


def test_a_run_draws_its_curves_and_names_its_layers(tmp_path: Path) -> None:
    found = written(of_run(tmp_path), "FDA")
    assert "training-curves" in found.pen.figures
    parameters = section(found.text, "**Parameters:**")
    for words in ("24", "0.0003", "1,001 parameters; layers: 2 (`stem.0`, `blocks.0.expand.0`)", "2,002", "3,003"):
        assert words in parameters
    assert "| final fit | 4 | 3 | 0.420 | 0.470 |" in section(found.text, "**Training performance:**")
    assert "Read by two physicians" in found.text


def test_recall_precision_and_f1_are_those_of_the_counts_behind_them() -> None:
    counts = json.loads((ROOT / "results/adult/development.json").read_text("utf-8"))["cuts"][0]["applied"]["worth"]
    recall = counts["tp"] / (counts["tp"] + counts["fn"])
    precision = counts["tp"] / (counts["tp"] + counts["fp"])
    f1 = 2 * recall * precision / (recall + precision)
    rows = section(landed_text("adult", "FDA"), "**Final Threshold and Explanation:**")
    for what, value in (("Recall (sensitivity)", recall), ("Precision (PPV)", precision), ("F1", f1)):
        line = next(line for line in rows.splitlines() if line.startswith(f"| {what} |"))
        assert f"{value:.3f}" in line.split("|")[-2]


def test_no_f1_stands_without_its_prevalence() -> None:
    for name in LANDED:
        text = landed_text(name, "FDA")
        tables = [block for block in text.split("\n\n") if block.startswith("|") and "F1" in block]
        assert len(tables) == 3
        assert all("revalence" in block for block in tables)


def test_figures_of_chexnet_come_with_the_sentence_that_they_do_not_compare() -> None:
    told = section(landed_text("adult", "FDA"), "**Algorithm Performance Standard:**")
    assert "0.387 (0.330 to 0.442)" in told
    assert "0.435 (0.387 to 0.481)" in told
    assert "420 films" in told
    assert "cannot be compared with figures of films of another prevalence" in told
    claims = written(landed("adult"), "FDA").pen.claims.values()
    assert any(claim.id == "radiologist:/published/network" for claim in claims), "through the evidence, not typed"


def test_training_and_sealed_films_are_described_apart_with_ratio_ages_and_views() -> None:
    text = landed_text("adult", "FDA")
    training = text[
        text.index("**Description of Training Dataset:**") : text.index("**Description of Dataset kept aside")
    ]
    for words in ("| Films | 1,191 | 971 |", "one to 2.35", "| View | AP |", "| Sex | F |", "| Infiltration |"):
        assert words in training
    assert "validation" in section(text, "### 4. Databases")
    assert "tuning here" in text


def test_the_course_calls_tuning_validation_and_the_form_does_not() -> None:
    text = landed_text("adult", "FDA")
    for line in text.splitlines():
        if "validation" in line.lower():
            allowed = (
                "FDA Validation",
                'a "validation" set',
                "document on validation",
                "Cross-validated",
                "cross-validat",
            )
            assert any(words in line for words in allowed), line
