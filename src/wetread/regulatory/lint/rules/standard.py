"""Rules on the reference standard of the planned study."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wetread.regulatory.lint.finding import Hit, Rule, Severity
from wetread.regulatory.lint.submission import Submission

__all__ = ["STANDARD"]

_VOTE = re.compile(r"majorit|vote|voting|most of", re.IGNORECASE)


def _unstated(submission: Submission) -> Iterator[Hit]:
    truth = submission.truth
    if not (truth.method or truth.readers or truth.rule):
        yield Hit("truth", "The plan does not say what the device will be measured against.", silent=True)


def _without_rule(submission: Submission) -> Iterator[Hit]:
    truth = submission.truth
    if truth.method == "readers" and not truth.rule:
        many = "Several" if truth.readers is None else f"{truth.readers}"
        if truth.readers != 1:
            yield Hit(
                "truth/rule", f"{many} readers are named, and no rule that makes one answer of theirs.", silent=True
            )


def _tie(submission: Submission) -> Iterator[Hit]:
    truth = submission.truth
    if truth.readers and truth.readers % 2 == 0 and _VOTE.search(truth.rule) and not truth.adjudication:
        yield Hit("truth/adjudication", f"{truth.readers} readers vote, and nothing settles a tie.")


def _single(submission: Submission) -> Iterator[Hit]:
    if submission.truth.method == "readers" and submission.truth.readers == 1:
        yield Hit("truth/readers", "One reader is the standard.")


def _reports(submission: Submission) -> Iterator[Hit]:
    if submission.truth.method == "reports":
        yield Hit("truth/method", "Labels mined from reports are to be the standard of the validation.")


def _blinding(submission: Submission) -> Iterator[Hit]:
    truth = submission.truth
    if truth.method == "readers" and not truth.blinded:
        said = "It is not said that the readers do" if truth.blinded is None else "The readers do"
        end = " not see the device's output." if truth.blinded is None else " see the device's output."
        yield Hit("truth/blinded", said + end, silent=truth.blinded is None)


def _agreement(submission: Submission) -> Iterator[Hit]:
    truth = submission.truth
    if truth.method == "readers" and truth.readers != 1 and not truth.agreement:
        yield Hit(
            "truth/agreement",
            "The readers' agreement is not reported, nor planned to be.",
            silent=truth.agreement is None,
        )


STANDARD = (
    Rule(
        id="truth-unstated",
        why="A figure means what its reference standard means.",
        ask="What is the reference standard?",
        severity=Severity.ERROR,
        check=_unstated,
    ),
    Rule(
        id="truth-without-rule",
        why="Readers of pneumonia often disagree: two of three, all three, or a third for the disputed give different "
        "positives, so the rule must stand before the readings.",
        ask="How do the readings become one answer?",
        severity=Severity.ERROR,
        check=_without_rule,
    ),
    Rule(
        id="truth-tie",
        why="An even number of votes can tie: name who decides then, before it happens.",
        ask="Who decides a tie?",
        severity=Severity.WARNING,
        check=_tie,
    ),
    Rule(
        id="truth-of-one",
        why="One reader's errors cannot be told from the device's: take at least three, or two and an adjudicator.",
        ask="Who checks the one reader?",
        severity=Severity.WARNING,
        check=_single,
    ),
    Rule(
        id="truth-from-reports",
        why="Labels mined from reports are wrong too often to measure a device by: they serve to train.",
        ask="Who reads the test films?",
        severity=Severity.ERROR,
        check=_reports,
    ),
    Rule(
        id="readers-unblinded",
        why="Readers who see the device's answer drift towards it, and the standard with them.",
        ask="Do the readers see the device's output?",
        severity=Severity.WARNING,
        check=_blinding,
    ),
    Rule(
        id="agreement-unreported",
        why="Where readers agree poorly no device can be shown to be better than that: report agreement (kappa and "
        "AC1) with the prevalence.",
        ask="How well do the readers agree?",
        severity=Severity.WARNING,
        check=_agreement,
    ),
)
