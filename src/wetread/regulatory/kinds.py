"""The kinds of evidence: what each is, and how it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["KINDS", "OURS", "Kind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of evidence.

    Attributes
    ----------
    what
        What it is, in words.
    made
        How it comes to be, for whoever lacks it.
    folder
        Where the evidence may be a folder: the file in it whose hash stands for it, "" where it is always a file.
    data
        Where the numbers stand in that folder, where that is another file.
    text
        Whether it is opened and parsed (JSON, JSON lines, TOML, YAML); tables of scores and labels are hashed only.
    """

    what: str
    made: str
    folder: str = ""
    data: str = ""
    text: bool = True


KINDS: Mapping[str, Kind] = {
    "bundle": Kind(
        what="released model", made="wetread package RUN --out BUNDLE", folder="manifest.json", data="card.json"
    ),
    "recipe": Kind(what="training recipe", made="the file that `wetread train` was given"),
    "run": Kind(what="training run", made="wetread train CONFIG --out RUN", folder="run.json"),
    "history": Kind(what="passes of a training run", made="wetread train, as history.csv of its run", text=False),
    "package": Kind(what="what was measured when a bundle was made of a run", made="wetread package RUN --out BUNDLE"),
    "figures": Kind(what="figures of a released bundle, cross-validated and sealed", made="tools/bundles.py"),
    "honesty": Kind(what="what the figures are worth beside simpler guesses", made="tools/honesty.py"),
    "cohort": Kind(what="cohort report", made="wetread describe COLLECTION --out DIR", folder="cohort.json"),
    "noise": Kind(what="how wrong text-mined labels are", made="wetread truth noise", folder="noise.json"),
    "agreement": Kind(what="agreement of readers", made="wetread truth agreement"),
    "truth": Kind(what="reference standard", made="wetread truth consensus"),
    "readers": Kind(what="reader study", made="a multi-reader study (docs/readers.md)"),
    "radiologist": Kind(what="readers, labels and networks held against each other", made="tools/honesty.py"),
    "split": Kind(what="split or list of films by patient", made="wetread truth split", folder="split.json"),
    "evaluation": Kind(
        what="evaluation of scores",
        made="wetread evaluate --scores FILE --labels FILE --out DIR",
        folder="evaluation.json",
    ),
    "comparison": Kind(what="comparison of two scores", made="wetread compare A B --out DIR", folder="comparison.json"),
    "predictions": Kind(what="scores of films", made="wetread score SOURCE --out scores.csv", text=False),
    "labels": Kind(what="labels of films", made="the table that `wetread evaluate` was given", text=False),
    "threshold": Kind(what="record of how a threshold was chosen", made="the tuning of the threshold"),
    "gate": Kind(what="the gate on pixels, measured", made="tools/gate.py"),
    "hostile": Kind(what="broken films, counted", made="tools/hostile"),
    "leaks": Kind(what="the leak guard, measured", made="tools/measure_leaks.py"),
    "resume": Kind(what="training killed and gone on with", made="tools/resume_check.py"),
    "requirements": Kind(what="requirements", made="a person, with a marker on each test that verifies one"),
    "risks": Kind(what="register of risks", made="a person"),
    "junit": Kind(
        what="results of the last test run",
        made="`make unit`, then tools/junit_summary.py; or the JUnit file of any run (pytest --junitxml)",
    ),
    "changelog": Kind(what="versions and what changed", made="a person, as CHANGELOG.md"),
    "project": Kind(
        what="settings of the project, its import contracts among them", made="a person, as pyproject.toml"
    ),
    "sbom": Kind(what="software bill of materials", made="tools/sbom.py"),
    "plan": Kind(what="sample sizes of the analysis plan", made="wetread documents plan DEVICE --out plan.json"),
    "lock": Kind(what="seal of plan and test list", made="wetread documents lock DEVICE --out lock.json"),
    "ledger": Kind(what="ledger of uses of the test list", made="wetread documents use DEVICE --ledger FILE"),
    "other": Kind(what="further result file", made="a person"),
}
"""Every kind that a device file may name."""

OURS = ("device", "reference")
"""Kinds that the loader adds by itself: the device file, and the data on guidance, standards and predicates."""
