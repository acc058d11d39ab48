"""Every rule, applied to one submission."""

from __future__ import annotations

from collections.abc import Sequence

from wetread.regulatory.lint.finding import Finding, Hit, Rule, Severity
from wetread.regulatory.lint.rules import RULES
from wetread.regulatory.lint.submission import Submission

__all__ = ["lint"]


def lint(submission: Submission, rules: Sequence[Rule] = RULES) -> tuple[Finding, ...]:
    """What the submission should not be sent with.

    Parameters
    ----------
    submission
        What it says.
    rules
        In the order in which findings are listed.

    Returns
    -------
    tuple of Finding
        Errors and warnings, answered ones too. Where a *text* is silent the finding is a warning phrased as a question,
        because the reader of the text may have overlooked it.
    """
    return tuple(
        _finding(submission, rule, hit)
        for rule in rules
        for hit in rule.check(submission)
        if not submission.listed(hit.place, submission.unknown)
    )


def _finding(submission: Submission, rule: Rule, hit: Hit) -> Finding:
    unsure = (hit.silent and submission.origin == "text") or submission.listed(hit.place, submission.guessed)
    return Finding(
        rule=rule.id,
        severity=Severity.WARNING if unsure else rule.severity,
        says=f"{rule.ask} {hit.says}" if unsure else hit.says,
        why=rule.why,
        where=submission.where(hit.place),
        answer=submission.answers.get(rule.id, ""),
    )
