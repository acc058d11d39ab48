"""Worklist priority as data: what a worklist should do with this reading, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from wetread.clinical import facts, people, uids
from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.errors import Code
from wetread.inference.reading import Reading

__all__ = ["NEVER_BACK", "SCHEMA", "Priority", "build", "of"]

SCHEMA = "wetread.priority/1"
NEVER_BACK = (
    "No film moves back in the list because of this reading, and an order's own higher priority stands: a film that "
    "is called absent, indeterminate or not processed is read in its turn."
)


@dataclass(frozen=True, slots=True)
class Priority:
    """What a worklist should do with a film.

    There is no way down: a reading can ask that a film be read sooner, or ask for nothing.

    Parameters
    ----------
    action
        "forward": read it sooner than its turn. "keep": leave it where it stands.
    reasons
        Why, in sentences; ASCII.
    """

    action: Literal["forward", "keep"]
    reasons: tuple[str, ...]

    @property
    def hl7(self) -> tuple[str, str]:
        """Code and text of HL7 table 0485, as in TQ1-9: ("A", "ASAP") or ("R", "Routine")."""
        return ("A", "ASAP") if self.action == "forward" else ("R", "Routine")

    @property
    def fhir(self) -> tuple[str, str]:
        """Code and display of http://hl7.org/fhir/request-priority: ("asap", "ASAP") or ("routine", "Routine")."""
        return ("asap", "ASAP") if self.action == "forward" else ("routine", "Routine")

    @property
    def dicom(self) -> str:
        """Requested Procedure Priority (0040,1003): "HIGH" or "ROUTINE"."""
        return "HIGH" if self.action == "forward" else "ROUTINE"

    @property
    def text(self) -> str:
        """In one line."""
        what = "Read sooner." if self.action == "forward" else "Keep its place in the list."
        return " ".join((what, *self.reasons, NEVER_BACK))

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "action": self.action,
            "reasons": list(self.reasons),
            "never": NEVER_BACK,
            "at_least": {"dicom": self.dicom, "hl7": self.hl7[0], "fhir": self.fhir[0]},
        }


def of(reading: Reading) -> Priority:
    """The priority that follows from a reading.

    Only a film that is called present, by a model that was shown to be worth it, is moved forward: every film moved
    forward makes others wait.

    >>> from wetread.errors import Reason
    >>> of(Reading(status="refused", reasons=(Reason(Code.VIEW, "A lateral film."),))).action
    'keep'
    """
    seen = {notice.code for notice in reading.notices}
    if Code.CONSTANCY in seen:
        return Priority("keep", ("This is a test film of no patient.",))
    if reading.status == "refused":
        codes = ", ".join(reason.code.value for reason in reading.reasons)
        return Priority(
            "keep",
            (f"The film was not processed ({codes}): nothing is known of it, so it stays at its normal priority.",),
        )
    if reading.abstained:
        return Priority("keep", ("The score lies within the threshold's own interval: this is no answer.",))
    if reading.call == "absent":
        return Priority("keep", ("Pneumonia is not suspected, which does not rule it out, nor anything else.",))
    if Code.WEAK_EVIDENCE in seen:
        return Priority(
            "keep",
            (
                "Pneumonia is suspected, but this model was not shown to be better than a guess from crude picture "
                "statistics: to move the film forward would make others wait without a proven gain.",
            ),
        )
    return Priority("forward", ("Pneumonia is suspected. A person has to confirm it.",))


def build(reading: Reading, source: Source, *, when: datetime, replaces: Predecessor | None = None) -> dict[str, Any]:
    """The priority as a JSON object that a worklist can match with its order.

    It names no patient: accession number, study and film say what it is about. A later one for the same film holds.

    Raises
    ------
    ConfigError
        If `when` has no zone.
    """
    accession = people.order(source).accession
    statement = facts.of(reading)
    uid = uids.derive("priority", reading, source)
    return {
        "schema": SCHEMA,
        "uid": uid,
        "replaces": replaces.sop_uid if replaces and replaces.sop_uid != uid else None,
        "when": source.moment(when).datetime,
        "accession_number": accession.value if accession else None,
        "study_uid": source.study_uid,
        "film_uid": source.sop_uid,
        **of(reading).to_json(),
        "finding": statement.finding,
        "algorithm": {
            "name": statement.algorithm.name,
            "version": statement.algorithm.version,
            "software": statement.algorithm.software_version,
            "sha256": statement.algorithm.sha256,
        },
        "said": list(statement.lines),
        "status": "preliminary",
    }
