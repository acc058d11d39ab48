"""Rules on the films: how they were split, how many are positive, and what the others are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wetread.regulatory.lint.finding import Hit, Rule, Severity
from wetread.regulatory.lint.submission import Submission
from wetread.regulatory.lint.wording import look_alikes_in

__all__ = ["FILMS"]

# Counts are rounded and ratios are spoken loosely ("one in four"): less than this is no contradiction.
_LOOSE = 0.05
_HEALTHY = re.compile(
    r"\bhealthy\b|\bnormal\b|\bno findings?\b|\bwithout any (?:finding|disease|pathology)", re.IGNORECASE
)
_ALL = re.compile(r"\ball[- ]comers?\b|\bconsecutive\b|\bother (?:findings?|diseases?|patholog\w+)\b", re.IGNORECASE)


def _by_image(submission: Submission) -> Iterator[Hit]:
    if submission.split_unit == "image":
        yield Hit("split_unit", "Films were split one by one.")


def _patients_unstated(submission: Submission) -> Iterator[Hit]:
    if submission.disjoint is None and submission.split_unit != "patient":
        yield Hit("disjoint", "It is not said that no patient stands on two sides of the split.", silent=True)


def _patients_shared(submission: Submission) -> Iterator[Hit]:
    if submission.disjoint is False:
        yield Hit("disjoint", "Patients stand on two sides of the split.")


def _ratio(submission: Submission) -> Iterator[Hit]:
    for at, told in enumerate(submission.sets):
        if told.share is None or told.counted is None or abs(told.share - told.counted) <= _LOOSE:
            continue
        swapped = abs((1 - told.share) - told.counted) <= 2 * _LOOSE
        yield Hit(
            f"sets/{at}/share",
            f"The text says that {told.share:.0%} of the {told.name} set are positive; "
            f"{told.positives} of {told.films} are, {told.counted:.0%}."
            + (" The ratio looks like it was written the wrong way round." if swapped else ""),
        )


def _balance(submission: Submission) -> Iterator[Hit]:
    share = submission.training_share
    if share is None or submission.recalibrated or not 0.4 <= share <= 0.6:
        return
    real = submission.plan.prevalence
    if real is not None and abs(share - real) < 0.1:
        return
    shift = "" if real is None else _shift(share, real)
    yield Hit("training_share", f"Training showed {share:.0%} positives, and no recalibration is described.{shift}")


def _shift(share: float, real: float) -> str:
    """What an output of one half means at the real prevalence (the odds change by the ratio of the prior odds)."""
    if not 0 < real < 1:
        return ""
    odds = (real / (1 - real)) / (share / (1 - share))
    return f" At a prevalence of {real:.1%}, an output of 0.5 then means a probability of {odds / (1 + odds):.1%}."


def _word(submission: Submission) -> Iterator[Hit]:
    if "tuning" in submission.validation_means:
        yield Hit("validation_means", 'The set on which the network was tuned is called "validation" set.')


def _spectrum(submission: Submission) -> Iterator[Hit]:
    negatives = submission.plan.negatives
    if negatives and _HEALTHY.search(negatives) and not _ALL.search(negatives):
        yield Hit("plan/negatives", f'The films without pneumonia are "{negatives}".')


def _excluded(submission: Submission) -> Iterator[Hit]:
    if left_out := look_alikes_in(", ".join(submission.plan.excluded)):
        yield Hit("plan/excluded", f"Films with {', '.join(left_out)} are left out of the validation.")


def _shortcut(submission: Submission) -> Iterator[Hit]:
    if submission.shortcut_alarm and not submission.shortcut_answer:
        yield Hit(
            "shortcut_alarm", "Something other than the disease tells the label in these films, and nothing answers it."
        )


def _look_alikes(submission: Submission) -> Iterator[Hit]:
    if submission.results and not look_alikes_in(", ".join(submission.look_alikes)):
        yield Hit("look_alikes", "No figure is given for films with infiltration, consolidation or edema.", silent=True)


FILMS = (
    Rule(
        id="split-by-image",
        why="One patient has many films (in ChestX-ray14 more than three on average): split by film, the network is "
        "tested on patients whom it has seen, and the figure flatters.",
        ask="Was the split by patient?",
        severity=Severity.ERROR,
        check=_by_image,
    ),
    Rule(
        id="patients-unstated",
        why="Unless every patient stands on one side only, training has seen the test: say how it was made sure.",
        ask="Does every patient stand on one side of the split only?",
        severity=Severity.ERROR,
        check=_patients_unstated,
    ),
    Rule(
        id="patients-shared",
        why="A figure on patients who were trained on says nothing about new ones.",
        ask="Do patients stand on two sides?",
        severity=Severity.ERROR,
        check=_patients_shared,
    ),
    Rule(
        id="ratio-contradicts",
        why="F1, PPV and NPV depend on how many films are positive: with the wrong share beside them they cannot be "
        "read.",
        ask="Which share is right?",
        severity=Severity.ERROR,
        check=_ratio,
    ),
    Rule(
        id="balance-not-undone",
        why="A network that was shown as many positives as negatives says probabilities for a world in which every "
        "second patient has pneumonia. Map its output back to the prevalence where it will be used.",
        ask="Was the output mapped back to the real prevalence?",
        severity=Severity.ERROR,
        check=_balance,
    ),
    Rule(
        id="validation-means-tuning",
        why="For FDA, validation is the evidence that the device meets the needs of its users (21 CFR 820). Call the "
        'films for choosing epochs and thresholds "tuning", and keep "validation" and "test" for films that chose '
        "nothing.",
        ask='What does "validation" mean here?',
        severity=Severity.WARNING,
        check=_word,
    ),
    Rule(
        id="spectrum",
        why="Telling pneumonia from healthy chests is easier than telling it from the other illnesses of those who "
        "are filmed (spectrum bias): take patients as they come, with what looks alike among them.",
        ask="What do the films without pneumonia show?",
        severity=Severity.ERROR,
        check=_spectrum,
    ),
    Rule(
        id="look-alikes-excluded",
        why="They are what pneumonia is confused with, and nobody knows before the reading who has them: without them "
        "the study measures an easier task than the clinic sets.",
        ask="How would the clinic know whom to leave out?",
        severity=Severity.WARNING,
        check=_excluded,
    ),
    Rule(
        id="shortcut-unanswered",
        why="Where view, source, age or markers tell the label, a network can score well without looking at the "
        "lungs: show figures within the strata, or beside a baseline that knows only those.",
        ask="What shows that the network does not use it?",
        severity=Severity.ERROR,
        check=_shortcut,
    ),
    Rule(
        id="look-alikes-unreported",
        why="Infiltration, consolidation and edema share films and words with pneumonia: say how many of each are "
        "called positive, as the differential.",
        ask="How does the device call films with infiltration, consolidation or edema?",
        severity=Severity.WARNING,
        check=_look_alikes,
    ),
)
