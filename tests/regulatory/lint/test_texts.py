from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from wetread.regulatory.lint import Finding, lint, read

TEXTS = Path(__file__).parent / "texts"

# What a reviewer finds in each text.
EXPECTED: dict[str, set[str]] = {
    "good": set(),
    "free": set(),  # as good, far from the template
    "bad": {
        "ages-unreported", "ages-impossible", "ages-differ", "views-missing", "modalities-differ", "modality-foreign",
        "read-later", "replaces-reader", "disease-from-film", "limitations-missing", "hardware-as-limitation",
        "augmentation-as-preprocessing", "laterality", "split-by-image", "patients-unstated", "ratio-contradicts",
        "balance-not-undone", "validation-means-tuning", "spectrum", "look-alikes-unreported", "prevalence-missing",
        "f1-across-prevalences", "f1-of-all-positive", "accuracy-of-one-answer", "no-interval", "no-auc",
        "no-operating-point", "threshold-on-scored-set", "truth-from-reports", "plan-prevalence", "no-sample-size",
        "f1-alone", "no-criterion", "few-sites", "subgroups-unplanned",
    },
    "free_bad": {
        "accuracy-of-one-answer", "ages-differ", "ages-impossible", "ages-unreported", "agreement-unreported",
        "augmentation-as-preprocessing", "balance-not-undone", "disease-from-film", "f1-across-prevalences",
        "few-sites", "hardware-as-limitation", "laterality", "limitations-missing", "look-alikes-excluded",
        "look-alikes-unreported", "no-auc", "no-criterion", "no-interval", "no-operating-point", "no-sample-size",
        "patients-shared", "plan-prevalence", "population-incomplete", "ratio-contradicts", "readers-unblinded",
        "replaces-reader", "scored-on-training", "spectrum", "split-by-image", "subgroups-unplanned",
        "threshold-unexplained", "truth-tie", "validation-means-tuning", "views-differ", "views-unreported",
    },
    "mixed": {
        "adult-from-22", "disease-from-film", "views-unreported", "shortcut-unanswered", "balance-not-undone",
        "validation-means-tuning", "f1-across-prevalences", "readers-unblinded", "agreement-unreported", "f1-alone",
        "subgroups-unplanned",
    },
    "terse": {
        "adult-from-22",
        "limitations-missing", "section-empty", "disease-from-film", "balance-not-undone", "validation-means-tuning",
        "patients-unstated", "threshold-unexplained", "truth-of-one", "readers-unblinded", "plan-prevalence",
        "no-sample-size", "multiplicity", "few-sites", "subgroups-unplanned", "population-incomplete",
        "no-auc", "no-operating-point",
    },
    "prose": {
        "split-by-image", "patients-unstated", "validation-means-tuning", "threshold-on-scored-set", "no-interval",
    },
}  # fmt: skip


def findings(name: str) -> tuple[Finding, ...]:
    return lint(read(TEXTS / f"{name}.md"))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_text_gives_what_a_reviewer_finds_in_it_and_no_more(name: str) -> None:
    assert {finding.rule for finding in findings(name)} == EXPECTED[name]


def test_every_text_is_judged() -> None:
    assert {path.stem for path in TEXTS.glob("*.md")} == set(EXPECTED)


PLANTED = yaml.safe_load((TEXTS.parent / "planted_in_text.yaml").read_text())


@pytest.mark.parametrize("plant", PLANTED, ids=[str(at) for at in range(len(PLANTED))])
def test_a_fault_written_into_the_good_text_is_found_alone(tmp_path: Path, plant: dict[str, Any]) -> None:
    text = (TEXTS / "good.md").read_text()
    assert text.count(plant["stood"]) == 1
    (tmp_path / "planted.md").write_text(text.replace(plant["stood"], plant["stands"]))
    assert {finding.rule for finding in lint(read(tmp_path / "planted.md"))} == set(plant["rules"])
