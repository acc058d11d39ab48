"""Advice as text that a clinician can read in a terminal."""

from __future__ import annotations

import textwrap

from wetread.modality.advice import DEVICE, NOTICE, Advice
from wetread.modality.table import Examination, Row

__all__ = ["listing", "text"]

_WIDTH = 110
_LABEL = 16
_URGENCY = {
    "emergency": "now, with the team at the patient",
    "urgent": "the same day or the next",
    "soon": "within days to two weeks",
    "routine": "routine",
}
_EVIDENCE = {
    "read": "this advice was confirmed in a source that was read",
    "secondary": "this advice is known through an account of the source, not from it",
    "memory": "UNCONFIRMED: this advice was written from memory",
}
_READ = {
    "recommendation": "its text read",
    "abstract": "its abstract read",
    "summary": "an account of it read",
    "nothing": "not read",
}


def text(advices: tuple[Advice, ...]) -> str:
    """All advice on one question, with what was understood and the notice."""
    first = advices[0]
    parts = [_told(first)]
    if first.status == "emergency":
        parts.append(_emergency(first))
    elif first.status == "declined":
        parts.append(_declined(first))
    elif first.status == "depends":
        parts.append(_wrapped(f"{len(advices)} rows fit. {first.reason}"))
    parts += [_row(advice) for advice in advices if advice.row is not None]
    return "\n\n".join([*(part for part in parts if part), _wrapped(NOTICE)])


def listing(rows: tuple[Row, ...]) -> str:
    """Every question of the table with its first examination, evidence and sources."""
    lines = []
    for row in rows:
        first = f"{row.examination.modality} {row.examination.name}" if row.examination else "no imaging"
        lines.append(f"{row.region}/{row.id}: {row.question}")
        lines.append(f"    first: {first}; evidence: {_EVIDENCE[row.evidence]}")
        lines += [f"    source: {s.title} <{s.link}> ({_READ[s.read]}, checked {s.checked})" for s in row.sources]
    return "\n".join(lines)


def _wrapped(line: str, label: str = "") -> str:
    return textwrap.fill(
        line,
        _WIDTH,
        initial_indent=f"  {label:<{_LABEL}}" if label else "",
        subsequent_indent=" " * (_LABEL + 2) if label else "",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _told(advice: Advice) -> str:
    """What was understood: whoever asks sees at once where a word was taken wrongly."""
    parts = []
    if advice.understood:
        parts.append("Understood: " + ", ".join(advice.understood))
    if advice.absent:
        parts.append("said to be absent: " + ", ".join(advice.absent))
    if advice.mended:
        parts.append("spelling mended to: " + ", ".join(advice.mended))
    return _wrapped("; ".join(parts) + ".") if parts else ""


def _emergency(advice: Advice) -> str:
    assert advice.emergency is not None
    return "\n".join(
        [
            f"EMERGENCY: {advice.emergency.name}.",
            _wrapped(advice.emergency.do),
            _wrapped("No table decides this: pictures are chosen by the team that takes over."),
        ]
    )


def _declined(advice: Advice) -> str:
    lines = [_wrapped(advice.reason)]
    if advice.nearest:
        lines.append("The table's nearest questions (not an answer to yours):")
        lines += [_wrapped(f"- {question}") for question in advice.nearest]
    return "\n".join(lines)


def _row(advice: Advice) -> str:
    row = advice.row
    assert row is not None
    first = row.examination
    lines = [_wrapped(row.question), _wrapped(row.who, "for")]
    lines += [_wrapped(caution, "note") for caution in advice.cautions]
    lines.append(_wrapped(_named(first) if first else "NO IMAGING is right at first", "examination"))
    lines.append(_wrapped(_URGENCY[row.urgency], "urgency"))
    lines.append(_wrapped(row.why, "why"))
    if first:
        lines += _safety(first)
        if first.volume:
            lines.append(_wrapped("Slices of a volume: no single 2-D picture gives this answer.", "limit"))
    lines.append(_wrapped(row.cannot, "a film cannot"))
    lines.append(_wrapped(row.none, "no imaging"))
    lines += [
        _wrapped(f"{_named(examination)}: {when}", f"then {number}")
        for number, (examination, when) in enumerate(row.then, 1)
    ]
    if row.device:
        lines.append(_wrapped(DEVICE, "wetread"))
    lines += [_wrapped(ask, "ask") for ask in advice.asks]
    lines.append(_wrapped(_EVIDENCE[row.evidence], "evidence"))
    lines += [_wrapped(f"{s.title} <{s.link}> ({_READ[s.read]}, {s.checked})", "source") for s in row.sources]
    return "\n".join(lines)


def _named(examination: Examination) -> str:
    views = ", ".join(meaning for _, meaning in examination.views)
    codes = [
        f"{examination.modality} {examination.modality_meaning}",
        *([f"{examination.procedure[1]} {examination.procedure[0]}"] if examination.procedure else []),
        f"{examination.body_part[1]} {examination.body_part[0]}",
        *([views] if views else []),
    ]
    return f"{examination.name} [{'; '.join(codes)}]"


def _safety(examination: Examination) -> list[str]:
    lines = [_wrapped(f"{examination.radiation}: {examination.dose}", "radiation")]
    if examination.pregnancy:
        lines.append(_wrapped(examination.pregnancy, "pregnancy"))
    if examination.contrast:
        lines.append(_wrapped(examination.contrast, "contrast"))
    return lines
