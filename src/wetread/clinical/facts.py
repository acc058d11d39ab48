"""What every result of a reading says, once: finding, numbers, limits, reasons, algorithm, status, in plain ASCII."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import wetread
from wetread.clinical import wording
from wetread.clinical.concepts import Presence
from wetread.errors import Code, Reason
from wetread.inference.reading import DISCLAIMER, Reading, Threshold
from wetread.page import percent

__all__ = ["MANUFACTURER", "STATUS", "Algorithm", "Statement", "of", "plain"]

MANUFACTURER = "wetread"
STATUS = "Preliminary, not reviewed by a person"

_PLAIN = {
    0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0x2212: "-", 0x2018: "'", 0x2019: "'", 0x201C: '"',
    0x201D: '"', 0x2026: "...", 0x2265: ">=", 0x2264: "<=", 0x00D7: "x", 0x00B1: "+/-", 0x00B7: "-", 0x00B0: " degrees",
}  # fmt: skip


def plain(text: str) -> str:
    """Text in ASCII, which every character set of a film has; white space is single blanks.

    >>> plain("score lies at 28\u202f% – “no answer”")
    'score lies at 28 % - "no answer"'
    """
    apart = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    letters = (letter if letter.isascii() else "?" for letter in apart if not unicodedata.combining(letter))
    return " ".join("".join(letters).split())


@dataclass(frozen=True, slots=True)
class Algorithm:
    """What read the film.

    Parameters
    ----------
    name, version
        Of the model; of the software where no model was asked, because the header forbade it.
    software_version
        Of this package.
    sha256
        Of the bundle's manifest; None where no model was asked.
    parameters
        Names and values that the answer depends on.
    """

    name: str
    version: str
    software_version: str
    sha256: str | None
    parameters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What every result says, in the result's own form.

    Parameters
    ----------
    processed
        False where the film was refused: then there is no finding and there are reasons.
    finding
        "present", "absent", "indeterminate" (the score lies within the threshold's own interval), or None.
    headline, meaning
        In words: what was done and found; what that does and does not mean.
    score, probability, prevalence, threshold
        The reading's numbers, all in [0, 1]; None where the film was refused.
    reasons
        Why the film was not processed: code, sentence, tag.
    limits
        Sentences that must be known of this reading, the loudest first.
    algorithm
        What read the film.
    status, disclaimer
        Not reviewed; not a diagnosis.
    """

    processed: bool
    finding: Presence | None
    headline: str
    meaning: str
    score: float | None
    probability: float | None
    prevalence: float | None
    threshold: Threshold | None
    reasons: tuple[Reason, ...]
    limits: tuple[str, ...]
    algorithm: Algorithm
    status: str = STATUS
    disclaimer: str = DISCLAIMER
    constancy: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers as sentences; () where the film was refused."""
        if self.probability is None or self.prevalence is None or self.score is None or self.threshold is None:
            return ()
        low, high = self.threshold.interval
        return (
            plain(
                f"Probability of pneumonia {percent(self.probability)}, at a prevalence of {percent(self.prevalence)}."
            ),
            f"Score {self.score:.3f}, threshold {self.threshold.score:.3f} (95 % interval {low:.3f} to {high:.3f}).",
            f"The threshold was chosen by this rule: {plain(self.threshold.rule).rstrip('. ')}.",
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything as sentences, for a result that is prose."""
        algorithm = self.algorithm
        bundle = f", bundle SHA-256 {algorithm.sha256}" if algorithm.sha256 else ""
        why = tuple(f"{reason.message} [{reason.code.value}]" for reason in self.reasons)
        made = f"Made by {algorithm.name} {algorithm.version}{bundle}, software wetread {algorithm.software_version}."
        return (
            self.headline,
            self.meaning,
            *why,
            *self.numbers,
            *self.limits,
            made,
            f"{self.status}. {self.disclaimer}",
        )


def of(reading: Reading) -> Statement:
    """What every result of this reading says."""
    done, found = wording.headline(reading)
    finding: Presence | None = None
    if reading.status == "read":
        finding = "indeterminate" if reading.abstained else reading.call
    return Statement(
        processed=reading.status == "read",
        finding=finding,
        headline=plain(f"{'Not processed:' if reading.status == 'refused' else done} {found}"),
        meaning=plain(wording.meaning(reading)),
        score=reading.score,
        probability=reading.probability,
        prevalence=reading.prevalence,
        threshold=reading.threshold,
        reasons=tuple(_plain_reason(reason) for reason in reading.reasons),
        limits=_limits(reading),
        algorithm=_algorithm(reading),
        constancy=any(notice.code is Code.CONSTANCY for notice in reading.notices),
    )


def _plain_reason(reason: Reason) -> Reason:
    return Reason(reason.code, plain(reason.message), reason.tag)


def _limits(reading: Reading) -> tuple[str, ...]:
    """Loud notices, the model's evidence, what the outline is worth, and the other notices."""
    loud = [notice.message for code in wording.LOUD for notice in reading.notices if notice.code is code]
    quiet = [notice.message for notice in reading.notices if notice.code not in wording.LOUD]
    worth = reading.attention.worth if reading.attention and reading.attention.outlines else ""
    population = f"Meant for {reading.model.population}." if reading.status == "read" and reading.model else ""
    said = [*loud, population, reading.evidence or "", worth, *quiet]
    return tuple(dict.fromkeys(plain(one) for one in said if one.strip()))


def _algorithm(reading: Reading) -> Algorithm:
    model, threshold = reading.model, reading.threshold
    told: dict[str, str] = {"Software": f"wetread {wetread.__version__}"}
    if model is not None:
        told |= {"Bundle SHA-256": model.sha256, "Licence of the weights": model.licence}
    told |= {f"{name.capitalize()} SHA-256": value for name, value in sorted(reading.hashes.items())}
    if threshold is not None and reading.prevalence is not None:
        low, high = threshold.interval
        told |= {
            "Prevalence": f"{reading.prevalence:.6g}",
            "Threshold": f"{threshold.score:.6g}",
            "95 % interval of the threshold": f"{low:.6g} to {high:.6g}",
            "Rule of the threshold": threshold.rule,
        }
    return Algorithm(
        name=plain(f"{MANUFACTURER} {model.name}" if model else MANUFACTURER),
        version=plain(model.version if model else wetread.__version__),
        software_version=wetread.__version__,
        sha256=model.sha256 if model else None,
        parameters=tuple((name, plain(value)) for name, value in told.items()),
    )
