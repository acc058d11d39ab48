"""Rules on what is done to the film before the network sees it."""

from __future__ import annotations

from collections.abc import Iterator

from wetread.regulatory.lint.finding import Hit, Rule, Severity
from wetread.regulatory.lint.submission import Submission
from wetread.regulatory.lint.wording import augments, flips

__all__ = ["STEPS"]


def _augmentation(submission: Submission) -> Iterator[Hit]:
    for at, step in enumerate(submission.preprocessing):
        if augments(step):
            yield Hit(f"preprocessing/{at}", f'"{step}" stands among the preprocessing steps.')


def _laterality(submission: Submission) -> Iterator[Hit]:
    told = (("preprocessing", submission.preprocessing), ("augmentation", submission.augmentation))
    for where, steps in told:
        for at, step in enumerate(steps):
            if how := flips(step):
                turned = "puts the heart on the right" if how == "sideways" else "puts the diaphragm at the top"
                yield Hit(f"{where}/{at}", f'"{step}" {turned}.')


STEPS = (
    Rule(
        id="augmentation-as-preprocessing",
        why="Preprocessing is what every film in the clinic goes through, the same each time; augmentation is a "
        "training device. Shown in one block, the film of a patient would be turned at random before it is read.",
        ask="Does the clinical reader do this too?",
        severity=Severity.ERROR,
        check=_augmentation,
    ),
    Rule(
        id="laterality",
        why="A chest is not symmetric: a mirrored film shows the heart and stomach of another patient (situs "
        "inversus), and the network learns that sides do not matter. The clinic's film is never mirrored.",
        ask="Is the film mirrored?",
        severity=Severity.ERROR,
        check=_laterality,
    ),
)
