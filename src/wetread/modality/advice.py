"""One piece of advice: a row of the table, a call to care, or an honest refusal; as a value and as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from wetread.errors import DataError
from wetread.modality.table import Emergency, Examination, Row

__all__ = ["DEVICE", "NOTICE", "SCHEMA", "Advice", "Status", "to_json"]

SCHEMA = "wetread.modality/1"
NOTICE = (
    "Decision support, not an order: a clinician who knows the patient decides. "
    "Not cleared or approved by any authority."
)
Status = Literal["answer", "depends", "declined", "emergency"]
_EVIDENCE = {
    "read": "confirmed in a source that was read",
    "secondary": "known through an account of the source, not from it",
    "memory": "from memory, unconfirmed",
}
DEVICE = (
    "wetread reads frontal chest films (PA, AP) for pneumonia: adults, and children of 1 to 5 years. It gives a "
    "calibrated probability or a refusal. It reads no lateral film, finds nothing else on a film, tells no germ, and "
    "rules nothing out."
)


@dataclass(frozen=True, slots=True)
class Advice:
    """What is advised for one question.

    Parameters
    ----------
    status
        "answer": this row fits. "depends": one of several rows, and `asks` tells them apart. "declined": the table
        does not know, `reason` says why. "emergency": to care now, `emergency` says what and how.
    row
        The row, with "answer" and "depends" alone.
    emergency
        What it may be, with "emergency" alone.
    reason
        Why it is declined, or what "depends" depends on; else empty.
    asks
        What to ask back.
    cautions
        What must be known of this patient: pregnancy, age, contradictions.
    understood, absent, mended
        Meanings that were found, those said to be absent, and words that misspelt ones were taken for. Never the
        question itself: it may name somebody.
    nearest
        Questions of the table that come near, where it is declined.
    """

    status: Status
    row: Row | None = None
    emergency: Emergency | None = None
    reason: str = ""
    asks: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        whole = {
            "answer": self.row is not None and self.emergency is None,
            "depends": self.row is not None and self.emergency is None and bool(self.reason),
            "declined": self.row is None and self.emergency is None and bool(self.reason),
            "emergency": self.row is None and self.emergency is not None,
        }
        if not whole.get(self.status, False):
            raise DataError(
                f"advice of status {self.status!r} is not whole: it has the wrong of row, emergency and reason"
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        told: dict[str, Any] = {"status": self.status, "reason": self.reason, "asks": list(self.asks)}
        told["cautions"] = list(self.cautions)
        if self.row is not None:
            told["row"] = _row(self.row)
        if self.emergency is not None:
            told["emergency"] = {"id": self.emergency.id, "name": self.emergency.name, "do": self.emergency.do}
        if self.nearest:
            told["nearest"] = list(self.nearest)
        return told


def to_json(advices: tuple[Advice, ...]) -> str:
    """Advice as one JSON object of schema ``wetread.modality/1``.

    The object has `schema`, `notice`, what was understood (`understood`, `absent`, `mended`) and the list `advice`.

    Raises
    ------
    DataError
        If there is no advice at all.
    """
    if not advices:
        raise DataError("there is no advice to write: `recommend` always gives one")
    first = advices[0]
    told = {
        "schema": SCHEMA,
        "status": first.status,
        "understood": list(first.understood),
        "absent": list(first.absent),
        "mended": list(first.mended),
        "advice": [advice.to_dict() for advice in advices],
        "notice": NOTICE,
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _row(row: Row) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": row.id,
        "region": row.region,
        "question": row.question,
        "who": row.who,
        "ages": list(row.ages),
        "examination": _examination(row.examination) if row.examination else None,
        "urgency": row.urgency,
        "why": row.why,
        "cannot": row.cannot,
        "no_imaging_when": row.none,
        "then": [_examination(examination) | {"when": when} for examination, when in row.then],
        "sources": [
            {"title": source.title, "link": source.link, "read": source.read, "checked": source.checked}
            for source in row.sources
        ],
        "evidence": row.evidence,
        "evidence_meaning": _EVIDENCE[row.evidence],
    }
    if row.sex:
        told["sex"] = row.sex
    if row.device:
        told["device"] = DEVICE
    return told


def _examination(examination: Examination) -> dict[str, Any]:
    return {
        "name": examination.name,
        "modality": _code(examination.modality, "DCM", examination.modality_meaning),
        "procedure": _code(examination.procedure[0], "SCT", examination.procedure[1])
        if examination.procedure
        else None,
        "body_part": _code(examination.body_part[0], "SCT", examination.body_part[1]),
        "views": [_code(code, "SCT", meaning) for code, meaning in examination.views],
        "radiation": {"class": examination.radiation, "meaning": examination.dose},
        "pregnancy": examination.pregnancy,
        "contrast": examination.contrast,
        "slices_of_a_volume": examination.volume,
    }


def _code(value: str, scheme: str, meaning: str) -> dict[str, str]:
    return {"value": value, "scheme": scheme, "meaning": meaning}
