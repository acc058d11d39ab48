"""How well rows fit what was understood, and which of them are as good as the best."""

from __future__ import annotations

from dataclasses import dataclass

from wetread.modality.lexicon import concepts
from wetread.modality.meaning import Meaning
from wetread.modality.patient import Patient
from wetread.modality.table import Row, table

__all__ = ["Candidate", "best", "fitting", "nearest"]

_LEAST = 0.5  # share of what was understood, by weight, that a row must explain
_PENALTY = 0.8  # what an unexplained meaning costs, beside an explained one's gain
_STRANGE = 3.5  # weight of a medical word that the lexicon does not know: more than that of a disease
_ELSEWHERE = 3.0  # a row that explains none of the places that were named is about another place
_PER_NEED = 0.3  # a pattern that asks for more is the more particular one
_CLOSE = 1.4  # rows within this score of the best are as good
_FERTILE = 45  # years up to which a row for pregnant women is offered unasked
_MOST = 4  # more rows as good as the best are no answer


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row whose pattern holds: its score, and the share of what was understood that it explains (0 to 1)."""

    row: Row
    score: float
    share: float


def fitting(meaning: Meaning) -> tuple[Candidate, ...]:
    """Rows whose pattern holds for this patient and that explain enough, best first; beaten ones are left out."""
    found = []
    for row in table().rows:
        if row.unless & meaning.present or not _for(row, meaning.patient):
            continue
        needs = [len(pattern.needs) for pattern in row.patterns if pattern.holds(meaning.present)]
        if not needs:
            continue
        explained, left = _weigh(row, meaning)
        share = explained / (explained + left) if explained else 0.0
        if share >= _LEAST:
            found.append(Candidate(row, explained - _PENALTY * left + _PER_NEED * max(needs), share))
    beaten = {name for candidate in found for name in candidate.row.beats}
    kept = [candidate for candidate in found if candidate.row.id not in beaten]
    return tuple(sorted(kept or found, key=lambda candidate: -candidate.score))


def _weigh(row: Row, meaning: Meaning) -> tuple[float, float]:
    """Weight of what was said that the row explains, and of what it does not."""
    known = concepts()
    explained = left = 0.0
    for name in meaning.said:
        weight = known.weights[name]
        if name in row.words:
            explained += weight
        elif any(other in row.words and known.kinds[other] != "site" for other in known.implies.get(name, ())):
            explained, left = explained + weight / 2, left + weight / 2
        else:
            left += weight
    elsewhere = bool(meaning.places) and not meaning.places & row.words
    return explained, left + _STRANGE * meaning.strange + _ELSEWHERE * elsewhere


def _for(row: Row, patient: Patient) -> bool:
    """Whether the row can be meant for this patient, as far as the patient is known."""
    low, high = row.ages
    if not (patient.ages[0] < high and patient.ages[1] >= low):
        return False
    if row.sex and patient.sex and row.sex != patient.sex:
        return False
    if row.stated and not (patient.sex == row.sex if row.sex else patient.age_known and patient.ages[1] < 18):
        return False
    if row.pregnant is True:
        likely = patient.may_be_pregnant and patient.ages[0] < _FERTILE
        return (patient.pregnant is True or likely) and (
            patient.pregnant is True or row.region != "pregnancy" or row.topic == "embolism"
        )
    return not (row.pregnant is False and patient.pregnant is True)


def best(candidates: tuple[Candidate, ...], patient: Patient) -> tuple[tuple[Candidate, ...], str]:
    """The best row, or all that are as good, and what tells them apart.

    Rows of the best one's topic for other people stay in as long as it is not known which of these people it is.
    """
    top = candidates[0]
    close = [
        candidate
        for candidate in candidates
        if candidate.score >= top.score - _CLOSE
        or (candidate.row.topic == top.row.topic and _other_people(candidate.row, top.row))
    ]
    if patient.pregnant and any(c.row.pregnant is True and c.row.topic == top.row.topic for c in close):
        close = [c for c in close if c.row.pregnant is True or c.row.topic != top.row.topic]
        top = close[0]
    if patient.pregnant is None:  # a pregnant woman's row only beside the one for everybody else
        others = [candidate for candidate in close if candidate.row.pregnant is not True]
        paired = {candidate.row.topic for candidate in others}
        close = [
            c for c in close if c.row.pregnant is not True or (c.row.topic in paired and patient.may_be_pregnant)
        ] or close
    close = [c for c in close if c is top or not _same_answer(c.row, top.row)]
    kin = [candidate for candidate in close if candidate.row.topic == top.row.topic]
    close = kin if len(kin) > 1 and len({c.row.topic for c in close[:_MOST]}) == 1 else close[:_MOST]
    if len(close) == 1:
        return tuple(close), ""
    return tuple(close), _apart([candidate.row for candidate in close], patient)


def _other_people(row: Row, other: Row) -> bool:
    """Whether two rows are for different people by age, sex or pregnancy."""
    return (
        _other_ages(row, other)
        or bool(row.sex and other.sex and row.sex != other.sex)
        or (row.pregnant is not other.pregnant)
    )


def _other_ages(row: Row, other: Row) -> bool:
    """Whether one row is for younger people than the other, even where the two overlap by a few years."""
    (low, high), (other_low, other_high) = row.ages, other.ages
    return (low < other_low and high < other_high) or (low > other_low and high > other_high)


def _same_answer(row: Row, top: Row) -> bool:
    """Whether a row of the same topic, for another sex or in pregnancy, begins with the same examination."""
    return (
        row.topic == top.topic
        and row.ages[0] < top.ages[1]
        and top.ages[0] < row.ages[1]
        and row.examination == top.examination
    )


def _apart(rows: list[Row], patient: Patient) -> str:
    """What tells these rows apart, in words."""
    told = []
    if any(_other_ages(a, b) for a in rows for b in rows) and patient.ages[0] != patient.ages[1]:
        told.append("the age")
    if len({row.sex for row in rows if row.sex}) > 1:
        told.append("the sex")
    if len({row.pregnant for row in rows if row.pregnant is not None}) > 1:
        told.append("whether she is pregnant")
    if not told:
        told.append("which of these questions is meant")
    return f"It depends on {' and '.join(told)}."


def nearest(meaning: Meaning) -> tuple[Row, ...]:
    """Up to three rows that share most with what was said, where that is anything but a test or a course."""
    weights = concepts().weights
    shared = [
        (sum(weights[name] for name in meaning.said if name in row.words and weights[name] > 1), index, row)
        for index, row in enumerate(table().rows)
        if _for(row, meaning.patient)
    ]
    return tuple(row for value, _, row in sorted(shared, key=lambda found: (-found[0], found[1]))[:3] if value > 0)
