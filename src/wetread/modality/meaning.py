"""What a question says: meanings that are present, those said to be absent, those long past, and who it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wetread.modality.data import load, words
from wetread.modality.lexicon import Found, concepts, find, mend
from wetread.modality.patient import Patient, concepts_of_numbers, read_patient
from wetread.modality.pattern import closure
from wetread.modality.text import SKIP, Token, tokens

__all__ = ["Meaning", "understand"]

_DENIES = words("denies")
_ENDS = words("ends")
_SAY_NOTHING = SKIP | words("asking") | words("female") | words("male") | load("language")["ages"].keys()
_REACH = 7
_UNABLE = frozenset(("can", "will"))  # "cannot straighten her elbow" denies no elbow
_MEDICAL = re.compile(
    r"(?:itis|osis|oma|emia|aemia|pathy|ectomy|ostomy|otomy|plasty|scopy|graphy|algia|uria|penia"
    r"|megaly|plegia|rrhage|sarcoma|stenosis|plasia|trophy)$"
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question understood.

    Parameters
    ----------
    said
        Meanings that its own words say, not denied.
    present
        The same with all that they imply.
    absent
        Meanings that are denied.
    past
        Meanings that are said of long ago, or of somebody who died.
    beyond
        Kinds of question that this table is not for.
    mended
        Words of the lexicon that misspelt words were taken for.
    strange
        Number of words that look like medicine and that the lexicon does not know.
    patient
        Who it is about.
    share
        Share (0 to 1) that was understood of the words that are neither little nor about the patient.
    places
        Parts of the body that are named.
    now
        What is present, less what is of long ago.
    """

    said: frozenset[str]
    present: frozenset[str]
    absent: frozenset[str]
    past: frozenset[str]
    beyond: frozenset[str]
    mended: tuple[str, ...]
    strange: int
    patient: Patient
    share: float
    places: frozenset[str]
    now: frozenset[str]


def understand(question: str) -> Meaning:
    """Read a question."""
    tokened, mended = mend(tokens(question))
    text = " ".join(token.word for token in tokened).replace(" ,", ",").replace(" .", ".").replace(" ?", "?")
    patient = read_patient(text)
    found = find(tokened)
    denied = _denied(tokened, found)
    kinds = concepts().kinds
    said, within, absent, past = set[str](), set[str](), set[str](), set[str]()
    for match in found:
        if denied & set(match.places):
            if not match.inner:
                absent.add(match.concept)
            continue
        if match.inner:
            within.add(match.concept)
            continue
        said.add(match.concept)
        if _long_ago(tokened, match):
            past.add(match.concept)
    said |= concepts_of_numbers(text, patient)
    beyond = {name for name in said if kinds[name] == "beyond"}
    said -= beyond
    covered = {place for match in found for place in match.places}
    strange = sum(
        1
        for index, token in enumerate(tokened)
        if index not in covered and _MEDICAL.search(token.word) and len(token.word) > 6
    )
    content = [index for index, token in enumerate(tokened) if token.stem.isalpha() and token.word not in _SAY_NOTHING]
    present = closure(said | within)
    return Meaning(
        frozenset(said),
        present,
        frozenset(absent - said),
        frozenset(past),
        frozenset(beyond),
        mended,
        strange,
        patient,
        sum(index in covered for index in content) / len(content) if content else 1.0,
        frozenset(name for name in said | within if kinds[name] == "site"),
        closure((said | within) - past),
    )


def _denied(given: tuple[Token, ...], found: tuple[Found, ...]) -> set[int]:
    """Words that a denial reaches: from its cue to the end of the clause, over a comma only within a list with "or"."""
    used = {place for match in found for place in match.places}
    reached: set[int] = set()
    for index, token in enumerate(given):
        if token.word not in _DENIES or index in used or (index and given[index - 1].word in _UNABLE):
            continue
        for place in range(index + 1, min(index + 1 + _REACH, len(given))):
            word = given[place].word
            if word in _ENDS or (word == "and" and not _denial_follows(given, place)):
                break
            if word == "," and not _list_goes_on(given, place):
                break
            reached.add(place)
    return reached


def _denial_follows(given: tuple[Token, ...], place: int) -> bool:
    return place + 1 < len(given) and given[place + 1].word in _DENIES


def _list_goes_on(given: tuple[Token, ...], place: int) -> bool:
    """Whether after this comma an "or" still comes before the clause ends."""
    for token in given[place + 1 : place + 7]:
        if token.word in ("or", "nor"):
            return True
        if token.word in _ENDS:
            return False
    return False


def _long_ago(given: tuple[Token, ...], match: Found) -> bool:
    """Whether it is said of years ago, of a history, or of somebody who died of it."""
    before = " ".join(token.word for token in given[max(0, match.places[0] - 4) : match.places[0]])
    after = " ".join(token.word for token in given[match.places[-1] + 1 : match.places[-1] + 8])
    if re.search(
        r"\b(?:history of|previous|prior|past|former|died of|died from|risk of|prevent|after a|since the)$",
        re.sub(r" (?:a|an|the|my|her|his)$", "", before),
    ):
        return True
    if re.search(
        r"\b(?:\d+|several|few|many|two|three) (?:year|month)s? (?:ago|back|earlier)|\blast year\b|\byears ago\b", after
    ):
        return True
    return bool(re.search(r"\b(?:in|as a) (?:19|20)\d\d|\bas a child\b", after))
