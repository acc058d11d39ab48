"""What the lint says: rules, and what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from wetread.regulatory.lint.submission import Submission

__all__ = ["Finding", "Hit", "Rule", "Severity"]


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"  # a figure or statement that misleads, or something that every reviewer asks for is missing
    WARNING = "warning"  # it may be right; whoever knows must say


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule met.

    Parameters
    ----------
    place
        Where in the submission, such as "metrics/0/value".
    says
        One or two sentences on this case, with its arithmetic.
    silent
        Whether it was found because nothing is said: a reader of text may have overlooked it.
    """

    place: str
    says: str
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes
    ----------
    id
        Stable, in words: "no-interval".
    why
        The sentence that explains it to somebody who has not met it before.
    ask
        The question put where a text is silent, or unsure.
    severity
        Of what it finds.
    check
        Gives its hits.
    """

    id: str
    why: str
    ask: str
    severity: Severity
    check: Callable[[Submission], Iterable[Hit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a submission should not be sent with.

    Attributes
    ----------
    rule, severity
        Which, and how much it weighs.
    says
        What was found here.
    why
        Why it matters.
    where
        The place: a line of a text, a place of a description, a file of evidence.
    answer
        What the authors answer; "" while open.
    """

    rule: str
    severity: Severity
    says: str
    why: str
    where: str
    answer: str = ""

    @property
    def text(self) -> str:
        """The finding in one paragraph."""
        told = f"{self.severity} {self.rule} ({self.where}): {self.says} {self.why}"
        return f"{told} Answered: {self.answer}" if self.answer else told
