"""The decision: care before tables, a row that fits, several with what tells them apart, or "I do not know"."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from wetread.errors import ConfigError
from wetread.modality.advice import Advice, Status
from wetread.modality.data import load, words
from wetread.modality.lexicon import concepts
from wetread.modality.meaning import Meaning, understand
from wetread.modality.patient import EVERYBODY, Patient
from wetread.modality.rank import Candidate, best, fitting, nearest
from wetread.modality.table import Emergency, Row, table
from wetread.modality.text import tokens

__all__ = ["recommend"]

_LONGEST = 1000  # characters
_OLDEST = 120
_GROWN = 18
_YOUNGEST = 12  # a mother; who is younger is the child to be born
_TAKEN = 0.25  # a single meaning among more words than this share that were not understood is no question
_FACTS = frozenset(("dating", "anomaly", "growth", "movements", "trimester-first", "trimester-late"))
_IMAGING = words("imaging")
_REASONS = {
    "treatment": "It asks about treatment: this table only says which examination answers a clinical question.",
    "knowledge": "It asks for general knowledge: this table only says which examination answers a clinical question.",
    "money": "It asks about cost or place: this table only says which examination answers a clinical question.",
    "reading": "It asks what a picture or report means: this table reads none. Whoever reported it can say.",
    "engineering": "It is no clinical question: this table only says which examination answers one.",
}


def recommend(question: str, *, age_years: float | None = None, pregnant: bool | None = None) -> tuple[Advice, ...]:
    """Which imaging examination answers a clinical question.

    Parameters
    ----------
    question
        In everyday or clinical English, at most 1,000 characters. It is not kept, sent or repeated.
    age_years
        Age in years, 0 to 120; None: what the question says. A month is 1/12.
    pregnant
        Whether the patient is pregnant; None: what the question says.

    Returns
    -------
    tuple of Advice
        Never empty. One "answer"; or several that "depend" on what `asks` says; or one "emergency", which goes before
        everything; or one "declined", with the table's nearest questions. The rules are told in ``docs/modality.md``.

    Raises
    ------
    ConfigError
        If the question is empty or too long, or the age is out of its range.

    Examples
    --------
    >>> [(advice.status, advice.row.id) for advice in recommend("hurt my wrist falling off a bike")]
    [('answer', 'wrist-hand')]
    >>> [advice.status for advice in recommend("what is the best pizza")]
    ['declined']
    """
    _check(question, age_years)
    if _animal(question):
        return (
            Advice(
                "declined", reason="It seems to be about an animal: every row here is for people. Ask a veterinarian."
            ),
        )
    meaning, cautions = _with_options(understand(question), age_years, pregnant)
    told = Advice(
        "declined",
        reason="-",
        cautions=cautions,
        understood=tuple(sorted(meaning.said)),
        absent=tuple(sorted(meaning.absent)),
        mended=meaning.mended,
    )
    emergency = _emergency(meaning)
    if emergency is not None:
        return (replace(told, status="emergency", emergency=emergency, reason=""),)
    reason = _beyond(meaning)
    if reason:
        return (replace(told, reason=reason),)
    return _decided(meaning, told)


def _check(question: str, age_years: float | None) -> None:
    if not question.strip():
        raise ConfigError("the question is empty: say what is wrong with whom, in a sentence")
    if len(question) > _LONGEST:
        raise ConfigError(f"the question has {len(question)} characters, more than {_LONGEST}: say it shorter")
    if age_years is not None and not 0 <= age_years <= _OLDEST:
        raise ConfigError(f"an age of {age_years:g} years is not possible: give 0 to {_OLDEST}, months as a fraction")


def _with_options(meaning: Meaning, age_years: float | None, pregnant: bool | None) -> tuple[Meaning, tuple[str, ...]]:
    """What was stated beside the question goes before what it seems to say; a contradiction is told."""
    patient, cautions = meaning.patient, []
    if age_years is not None:
        low, high = patient.ages
        if patient.age_known and not low - 1 <= age_years <= high + 1:
            cautions.append("The question's words fit another age than the stated one: the stated age was used.")
        patient = replace(patient, ages=(age_years, age_years))
    if pregnant is None and patient.pregnant is None and meaning.present & _FACTS:
        of_age = patient.ages if patient.ages[1] >= _YOUNGEST else (float(_YOUNGEST), 55.9)
        patient = replace(patient, pregnant=True, sex="female", ages=of_age)
    if pregnant is not None:
        if patient.pregnant is not None and patient.pregnant != pregnant:
            cautions.append(
                "The question's words about pregnancy contradict what was stated: what was stated was used."
            )
        if pregnant and patient.sex == "male":
            cautions.append("The question's words fit a man, but a pregnancy was stated: what was stated was used.")
        patient = replace(patient, pregnant=pregnant, sex="female" if pregnant else patient.sex)
    if patient.pregnant and "with-child" not in meaning.said:
        more = frozenset(("with-child",))
        meaning = replace(meaning, said=meaning.said | more, present=meaning.present | more, now=meaning.now | more)
    if pregnant is False:
        less = frozenset(("with-child",))
        meaning = replace(meaning, said=meaning.said - less, present=meaning.present - less, now=meaning.now - less)
    return replace(meaning, patient=patient), tuple(cautions)


# ---------------------------------------------------------------------------------------------------- what goes first


def _emergency(meaning: Meaning) -> Emergency | None:
    """The first sign of an emergency; what is said to be absent or of years ago is none."""
    now = meaning.now
    if "family-history" in now and not now & {"acute", "severe"}:  # a relative's, not the patient's
        return None
    for emergency in table().emergencies:
        low, high = emergency.ages
        if not low <= meaning.patient.ages[0] or not meaning.patient.ages[1] <= high:
            continue
        if emergency.pregnant is not None and emergency.pregnant != meaning.patient.pregnant:
            continue
        if not emergency.unless & now and any(pattern.holds(now) for pattern in emergency.patterns):
            return emergency
    return None


def _beyond(meaning: Meaning) -> str:
    """Why the question is none for this table; empty where it may be one."""
    for kind in ("reading", "engineering", "money"):
        if kind in meaning.beyond:
            return _REASONS[kind]
    if not meaning.said & _IMAGING:
        for kind in ("treatment", "knowledge"):
            if kind in meaning.beyond:
                return _REASONS[kind]
    return ""


@cache
def _animals() -> dict[str, tuple[str, ...]]:
    """Animals, words that only a veterinarian uses, and what an animal does to a person; as stems in a row."""
    return {
        name: tuple(f" {' '.join(token.stem for token in tokens(text))} " for text in texts)
        for name, texts in load("animals").items()
    }


def _animal(question: str) -> bool:
    """Whether the patient is an animal, and not somebody to whom an animal did something."""
    said = f" {' '.join(token.stem for token in tokens(question) if token.stem)} "
    said = re.sub(r" cat scan | hot dog | bird flu | cat ct | rat poison | cow milk | dog walk\w* ", " ", said)
    known = _animals()
    named = [animal for animal in known["animals"] if animal in said]
    if any(text in said for text in known["bystander"]):
        return False
    return bool(named) or any(text in said for text in known["always"])


# ------------------------------------------------------------------------------------------------------- what fits


def _decided(meaning: Meaning, told: Advice) -> tuple[Advice, ...]:
    candidates = fitting(meaning)
    weights = concepts().weights
    if meaning.share < _TAKEN and sum(weights[name] >= 1 for name in meaning.said) < 2:
        reason = "I do not know: one word of the question was understood, and the rest was not. Say it shorter."
        near = tuple(candidate.row.question for candidate in candidates[:3])
        return (replace(told, reason=reason, nearest=near),)
    if not candidates:
        return (_unknown(meaning, told),)
    chosen, why = best(candidates, meaning.patient)
    status: Status = "answer" if len(chosen) == 1 else "depends"
    return tuple(
        replace(
            told,
            status=status,
            row=candidate.row,
            reason=why,
            asks=_asks(candidate.row, meaning, why),
            cautions=(*told.cautions, *_cautions(candidate.row, meaning.patient)),
        )
        for candidate in chosen
    )


def _unknown(meaning: Meaning, told: Advice) -> Advice:
    """An honest refusal: for whom the table knows the question, or what comes near."""
    others: tuple[Candidate, ...] = fitting(replace(meaning, patient=EVERYBODY))
    if others:
        who = "; ".join(dict.fromkeys(candidate.row.who for candidate in others[:3]))
        reason = f"I do not know: the table answers this for others only ({who})."
        return replace(told, reason=reason, nearest=tuple(candidate.row.question for candidate in others[:3]))
    near = nearest(meaning)
    if meaning.strange:
        reason = "I do not know: the question has a medical word that the table does not know."
    elif not meaning.said:
        reason = "I do not know: nothing in the question is in the table."
    else:
        reason = (
            "I do not know: what was understood fits no question of the table. Say what happened, where, since when."
        )
    return replace(told, reason=reason, nearest=tuple(row.question for row in near))


def _asks(row: Row, meaning: Meaning, why: str) -> tuple[str, ...]:
    """What to ask back, less what has been said."""
    asked = load("asks")
    patient = meaning.patient
    answered = set[str]()
    if patient.ages[0] == patient.ages[1]:
        answered.add(asked["age"])
    if patient.pregnant is not None or not patient.may_be_pregnant:
        answered.add(asked["pregnancy"])
    if meaning.said & {"left", "right", "both"}:
        answered.add(asked["side"])
    if meaning.present & {"chronic", "acute"}:
        answered.add(asked["duration"])
    if patient.weeks is not None:
        answered.add(asked["weeks"])
    found = [ask for ask in row.asks if ask not in answered]
    first = row.examination
    beam = first is not None and first.radiation not in ("none", "very low")
    apart = "pregnant" in why and row.ages[1] > _GROWN
    if (beam or apart) and row.pregnant is not True and asked["pregnancy"] not in answered:
        found.append(asked["pregnancy"])
    if "age" in why or (patient.age_known and not (row.ages[0] <= patient.ages[0] and patient.ages[1] <= row.ages[1])):
        found.insert(0, asked["age"])
    return tuple(ask for ask in dict.fromkeys(found) if ask not in answered)


def _cautions(row: Row, patient: Patient) -> tuple[str, ...]:
    """What must be known for this patient."""
    found = []
    if patient.pregnant and row.pregnant is None and row.examination is not None and row.examination.pregnancy:
        found.append(f"Pregnant: {row.examination.pregnancy}")
    if not patient.age_known and row.ages != (0.0, float(_OLDEST)):
        found.append(f"The age was not said: this holds for {row.who}.")
    return tuple(found)
