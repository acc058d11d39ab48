"""The control submission, and one fault for every rule to plant in it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
CONTROL: dict[str, Any] = yaml.safe_load((HERE / "control.yaml").read_text())
COURSE: dict[str, Any] = yaml.safe_load((HERE / "course_example.yaml").read_text())

# For each rule, places of the control and what stands there instead; None takes a key away.
PLANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "ages-missing": ({"claim/ages": None},),
    "ages-impossible": ({"sets/0/ages": [22, 414]}, {"sets/2/ages": [22, 121]}),
    "children": ({"sets/0/ages": [1, 90]}, {"plan/ages": [10, 90]}, {"claim/ages": [22, 90], "sets/2/ages": [17, 90]}),
    "adult-from-22": ({"claim/ages": [18, 90], "plan/ages": [18, 90]}, {"claim/ages": [21, 90], "plan/ages": [21, 90]}),
    "ages-unreported": ({"claim/ages": [1, 90], "plan/ages": [1, 90]},),
    "ages-differ": ({"plan/ages": [22, 80]}, {"plan/ages": [30, None]}),
    "views-missing": ({"claim/views": []},),
    "views-differ": ({"plan/views": ["AP"]}, {"plan/views": ["PA", "AP", "LATERAL"]}),
    "modalities-differ": ({"plan/modalities": ["DX"]},),
    "modality-foreign": ({"claim/modalities": ["CR", "DX", "CT"], "plan/modalities": ["CR", "DX", "CT"]},),
    "read-later": ({"claim/later": True},),
    "replaces-reader": ({"claim/replaces": True},),
    "clearance-claimed": ({"claim/cleared": True},),
    "disease-from-film": ({"claim/finding": "pneumonia"},),
    "limitations-missing": ({"limitations": []},),
    "hardware-as-limitation": ({"limitations": ["not for children", "no GPU is needed"]},),
    "section-empty": ({"empty": ["Device Limitations"]},),
    "augmentation-as-preprocessing": (
        {"preprocessing/1": "random rotation up to 5 degrees"},
        {"preprocessing/1": "augmentation by small zooms"},
    ),
    "laterality": (
        {"augmentation/0": "horizontal flip"},
        {"augmentation/0": "horizontal_flip = True"},
        {"augmentation/0": "vertical flips"},
        {"augmentation/0": "flip with probability 0.5"},
    ),
    "split-by-image": ({"split_unit": "image"},),
    "patients-unstated": ({"split_unit": None, "disjoint": None},),
    "patients-shared": ({"disjoint": False},),
    "ratio-contradicts": ({"sets/0/share": "3:7", "sets/0/positives": 1400}, {"sets/1/share": 0.5}),
    "balance-not-undone": ({"training_share": "50:50", "recalibrated": None},),
    "validation-means-tuning": ({"validation_means": ["tuning"]}, {"validation_means": ["clinical", "tuning"]}),
    "spectrum": ({"plan/negatives": "healthy volunteers"}, {"plan/negatives": "normal films only"}),
    "look-alikes-excluded": ({"plan/excluded": ["films with edema"]},),
    "shortcut-unanswered": ({"shortcut_answer": ""},),
    "look-alikes-unreported": ({"look_alikes": []},),
    "prevalence-missing": tuple({f"metrics/{at}/n": None, f"metrics/{at}/positives": None} for at in (5, 6, 7)),
    "f1-across-prevalences": (
        {"comparisons/0/theirs_prevalence": 0.3},
        {"comparisons/0/theirs_prevalence": None},
        {"comparisons/0/ours_prevalence": None},
    ),
    "f1-of-all-positive": (
        {"metrics/7/value": 0.19, "metrics/7/low": 0.12, "metrics/7/high": 0.25},
        {"metrics/7/value": 0.25, "metrics/7/low": 0.17, "metrics/7/high": 0.33},
    ),
    "accuracy-of-one-answer": ({"metrics/8/value": 0.91, "metrics/8/low": 0.89},),
    "no-interval": ({"metrics/0/low": None}, {"metrics/3/low": None, "metrics/3/high": None}),
    "no-auc": ({f"metrics/{at}/name": "average precision" for at in (0, 1, 2)},),
    "no-operating-point": ({"metrics/3/name": "likelihood ratio"}, {"metrics/4/name": "likelihood ratio"}),
    "views-unreported": ({"metrics/1/group": ""}, {"metrics/1/group": "women", "metrics/2/group": "men"}),
    "predictive-values-enriched": ({f"metrics/{at}/positives": 400 for at in (5,)},),
    "threshold-on-scored-set": ({"threshold_scored_on": "tuning"},),
    "threshold-unexplained": ({"threshold_rule": ""},),
    "scored-on-training": ({"metrics/3/set": "training"},),
    "truth-unstated": ({"truth": {}},),
    "truth-without-rule": ({"truth/rule": ""}, {"truth/rule": "", "truth/readers": None}),
    "truth-tie": ({"truth/readers": 4, "truth/rule": "majority vote", "truth/adjudication": ""},),
    "truth-of-one": ({"truth/readers": 1},),
    "truth-from-reports": ({"truth/method": "reports"},),
    "readers-unblinded": ({"truth/blinded": None}, {"truth/blinded": False}),
    "agreement-unreported": ({"truth/agreement": None}, {"truth/agreement": False}),
    "plan-prevalence": ({"plan/prevalence": None},),
    "no-sample-size": ({"plan/sample_size": None},),
    "population-incomplete": ({"plan/sexes": []}, {"plan/body_part": ""}, {"plan/modalities": []}, {"plan/ages": None}),
    "f1-alone": ({"plan/endpoints": ["f1"]},),
    "no-criterion": ({"plan/criterion": ""},),
    "multiplicity": ({"plan/multiplicity": ""},),
    "few-sites": ({"plan/sites": None}, {"plan/sites": 2}),
    "subgroups-unplanned": ({"plan/subgroups": []},),
    "test-reused": ({"plan/uses": 2},),
}


def changed(plain: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy with other things at some places."""
    told = copy.deepcopy(plain)
    for place, value in changes.items():
        *path, last = place.split("/")
        at: Any = told
        for part in path:
            at = at[int(part)] if isinstance(at, list) else at[part]
        if value is None and isinstance(at, dict):
            at.pop(last, None)
        else:
            at[int(last) if isinstance(at, list) else last] = value
    return told
