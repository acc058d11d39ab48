"""Who the question is about: age, sex, pregnancy, and how long it has lasted, from the words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from wetread.modality.data import load, words

__all__ = ["EVERYBODY", "Patient", "concepts_of_numbers", "read_patient"]

_OLDEST = 120.0
_UNIT = {"year": 1.0, "month": 1 / 12, "week": 7 / 365.25, "day": 1 / 365.25, "hour": 1 / 8766}
_WORDS: dict[str, list[float]] = load("language")["ages"]  # words that give an age, as years from and to
_FEMALE, _MALE, _PRONOUNS = words("female"), words("male"), words("pronouns")
_PREGNANT = re.compile(
    r"\bpregnan\w*|\bgravid\w*|\bantenatal|\bprenatal|\btrimester|\bf(?:o)?etus|\bgestation|\bunborn|\bmother to be\b"
    r"|\bexpecting (?:a |my |our |her |twin)|\bbaby bump"
    r"|\b(?:am|is|who is|she is|i am|currently) expecting\b|\bmy bump\b|\bin labou?r\b"
    r"|^expecting\b|\bexpecting$|\bexpecting (?:mother|mum|mom|woman|lady)|\bmaternity|\bexpectant"
)
_NOT_PREGNANT = re.compile(
    r"\b(?:not|never been|isn't|cannot be|can not be|no chance of being|nor|neither) (?:\w+ )?pregnan|\bno pregnan"
    r"|\bpregnancy test (?:is |was )?negative|\bnegative pregnancy test|\bget(?:ting)? pregnan|\btrying for|\bconceive"
    r"|\bbecom(?:e|ing) pregnan|\bpostpartum|\bafter (?:the |my |her )?pregnan|\bbefore (?:the |my |her )?pregnan"
    r"|\bnon ?pregnant"
    r"|\bpost ?menopaus|\bhysterectom|\bexclude pregnan|\bnot currently pregnan"
)
_UNBORN = re.compile(r"\b(?:trying for|having|want|expecting) (?:a|another) (?:baby|child)\b|\bbaby bump\b")
_LACTATING = re.compile(r"\bbreast ?feeding|\blactating|\bnursing (?:mother|mum|mom)|\bnursing my\b")
_WEEKS = re.compile(
    r"(?<!for )(?<!past )(?<!last )(?<!about )(?<!over )(?<!after )(?<!since )"
    r"(?<!than )(?<!every )(?<!in )(?<!these )(?<!previous )"
    r"\b(\d{1,2}) weeks?\b(?! (?:old|ago|of |now|later|after|post|since|cough|history|back"
    r"|and getting|without|long|duration))"
)


@dataclass(frozen=True, slots=True)
class Patient:
    """What is known of the patient: ages from and to in years, sex ("female", "male", ""), pregnant (None: not known).

    `assumed`: who says "I" and nothing of an age is taken for an adult, and that is told.
    """

    ages: tuple[float, float] = (0.0, _OLDEST)
    sex: str = ""
    pregnant: bool | None = None
    weeks: int | None = None
    assumed: bool = False

    @property
    def age_known(self) -> bool:
        """Whether anything at all is known of the age."""
        return self.ages != (0.0, _OLDEST) and not self.assumed

    @property
    def may_be_pregnant(self) -> bool:
        """Whether a pregnancy is possible as far as is known."""
        if self.pregnant is not None:
            return self.pregnant
        return self.sex != "male" and self.ages[0] < 55 and (self.ages[0] >= 11 or not self.age_known)


EVERYBODY = Patient()


def read_patient(text: str) -> Patient:
    """The patient, from a question in lower case with words parted by single spaces and numbers as figures.

    >>> read_patient("my 18 month old son").ages
    (1.5, 1.5)
    """
    ages = _years(text) or _from_words(_UNBORN.sub(" ", text))
    assumed = ages is None and _speaks_for_self(text)
    if assumed:
        ages = (18.0, _OLDEST)
    pregnant = _pregnancy(text, ages)
    if pregnant and ages is not None and ages[1] < 12:
        ages = None  # the child meant is the one to be born
    sex = "female" if pregnant else _sex(text)
    patient = Patient(ages or EVERYBODY.ages, sex, pregnant, None, assumed)
    if pregnant:
        patient = replace(patient, weeks=_gestation(text))
    if pregnant and ages is not None:
        patient = replace(patient, ages=(max(ages[0], 12.0), min(ages[1], 55.9)))
    if ages is None and pregnant:
        patient = replace(patient, ages=(18.0, 55.9), assumed=True)
    return patient


_NOT_AN_AGE = (
    r"(?! ?(?:week|month|day|hour|minute|kg|degree|%|cm|mm|pack|mg|x |c\b|f\b|pound|feet|foot|meter|metre|time"
    r"|year ago|_))"
)
_PERSON = r"male|female|man|woman|lady|gentleman|boy|girl|smoker|patient|adult"
_RELATIVE = r"child|wife|husband|mother|father|son|daughter|mum|mom|dad|grandma|grandmother|grandfather|grandpa"
_EXACT = (
    rf"\baged? (?:of )?(\d{{1,3}})\b{_NOT_AN_AGE}",
    rf"\b(\d{{1,3}}) (?:{_PERSON}|m|f|guy)\b",
    r"\b(?:i am|is|turned|turning|they are|at|now) (\d{1,3})\b"
    r"(?= ?(?:and|with|,|\.|\?|$|years|year|has|but|who|should|do|can))",
    r"^(\d{1,3}) year\b",
    rf"\b(\d{{1,3}}) years? (?:{_PERSON}|child|kid|pregnant)",
    r"(?:^|, )(\d{1,2})(?=,|\.|\?|$)",
    rf"\b(?:{_PERSON}|{_RELATIVE})\b,?(?: of| aged)? ?(\d{{1,3}})\b{_NOT_AN_AGE}",
)


def _years(text: str) -> tuple[float, float] | None:
    """An age in figures, exact or as a range."""
    match = re.search(r"\b(\d{1,3}) ?(year|month|week|day|hour)s? ?(?:old|of age)\b", text)
    if match:
        age = float(match[1]) * _UNIT[match[2]]
        return (age, age) if age < _OLDEST else None
    match = re.search(
        rf"\b(over|above|older than|under|below|younger than) (?:the age of )?(\d\d)\b{_NOT_AN_AGE}(?! \w+ ago)", text
    )
    if match:
        return (
            (float(match[2]), _OLDEST) if match[1] in ("over", "above", "older than") else (0.0, float(match[2]) - 0.1)
        )
    match = re.search(r"\bin (?:\w+ )?(\d0) ?s\b", text)
    if match:
        return float(match[1]), float(match[1]) + 9.9
    for pattern in _EXACT:
        match = re.search(pattern, text)
        if match and float(match[1]) < _OLDEST:
            return float(match[1]), float(match[1])
    return None


_SOMEBODY_ELSE = re.compile(
    r"\b(?:he|she|him|her|his|they|patient|son|daughter|brother|sister"
    r"|friend|neighbour|neighbor|partner|friends|colleague|one|twins|pet"
    r"|family|flatmate|roommate|boss|client|resident|pupil)\b"
)


def _from_words(text: str) -> tuple[float, float] | None:
    """An age from nouns: the narrowest of them, since "boy, a toddler" is a toddler."""
    ranges: list[tuple[float, float]] = [
        (_WORDS[word][0], _WORDS[word][1]) for word in re.findall("[a-z]+", text) if word in _WORDS
    ]
    if re.search(r"\bold (?:man|woman|lady|gentleman|person|people)\b", text):
        ranges.append((65.0, _OLDEST))
    if re.search(r"\byoung (?:man|woman|lady|adult|person)\b", text):
        ranges.append((16.0, 39.0))
    if re.search(r"\bmiddle aged?\b", text):
        ranges.append((40.0, 64.0))
    if ranges:
        return min(ranges, key=lambda found: found[1] - found[0])
    return None


def _speaks_for_self(text: str) -> bool:
    """Whether somebody asks about oneself."""
    return bool(re.search(r"\b(?:i|my|me)\b", text)) and not _SOMEBODY_ELSE.search(text)


def _sex(text: str) -> str:
    letter = re.search(r"\b\d{1,3} (m|f)\b", text)
    if letter:
        return {"m": "male", "f": "female"}[letter[1]]
    said = re.findall(r"[a-z]+", text)
    for chosen in ([word for word in said if word not in _PRONOUNS], said):
        female, male = any(w in _FEMALE for w in chosen), any(w in _MALE for w in chosen)
        if female != male:
            return "female" if female else "male"
    return ""


def _pregnancy(text: str, ages: tuple[float, float] | None) -> bool | None:
    if _NOT_PREGNANT.search(text):
        return False
    if _PREGNANT.search(text):
        return True
    if _LACTATING.search(text) and "lump" in text:
        return True
    match = _WEEKS.search(text)
    young = ages is not None and ages[1] < 10
    if (
        match
        and 4 <= int(match[1]) <= 42
        and not young
        and not re.search(r"\b(?:weeks? (?:old|ago)|preterm|premature|born)", text)
    ):
        return (
            True
            if re.search(
                rf"\b{match[1]} weeks?(?:$|[ ,.]+(?:and|with|bleed|scan|spot|pain|gone|along|,|\.|bad|baby|cramp|no))",
                text,
            )
            else None
        )
    return None


def _gestation(text: str) -> int | None:
    match = re.search(r"\b(\d{1,2}) weeks?\b", text)
    return int(match[1]) if match and int(match[1]) <= 42 else None


def concepts_of_numbers(text: str, patient: Patient) -> frozenset[str]:
    """Meanings that stand in figures: a fever, low oxygen, how long it has lasted, how far a pregnancy is."""
    found = set[str]()
    for match in re.finditer(r"\b(\d\d\d?(?:_\d)?) ?(?:degrees?|c\b|f\b|fever|temperature)", text):
        degrees = float(match[1].replace("_", "."))
        if 38 <= degrees <= 43 or 100.4 <= degrees <= 110:
            found.add("fever")
    for match in re.finditer(r"\b(?:temperature|fever)(?: \w+){0,2} (\d\d\d?(?:_\d)?)\b", text):
        degrees = float(match[1].replace("_", "."))
        if 38 <= degrees <= 43 or 100.4 <= degrees <= 110:
            found.add("fever")
    for match in re.finditer(r"\b(?:saturation|oxygen)(?: \w+){0,3} (\d\d)\b|\b(\d\d) ?%", text):
        if 50 <= int(match[1] or match[2]) <= 92 and ("saturation" in text or "oxygen" in text):
            found.add("low-oxygen")
    if re.search(r"\b(?:took|taken|swallowed|ate) \d{2,3} (?:\w+ ){0,2}(?:tablets?|pills?|capsules?)", text):
        found.add("swallowed-poison")
    if patient.weeks is None:
        found |= _lasting(text)
    if patient.pregnant:
        found.add("with-child")
    if patient.pregnant and patient.weeks is not None:
        found.add("trimester-first" if patient.weeks <= 13 else "trimester-late")
    return frozenset(found)


def _lasting(text: str) -> frozenset[str]:
    """How long it has lasted: `chronic` from eight weeks on, `acute` below two."""
    for match in re.finditer(
        r"\b(\d{1,2}|several|few|many|couple) (?:of )?(day|week|month|year)s?\b"
        r"(?! (?:old|of age|pregnan|gestation|scan|smok))",
        text,
    ):
        before = text[: match.start()].split()[-2:]
        if (
            any(word in ("aged", "pack", "next", "every", "per", "in") for word in before)
            or "ago" in text[match.end() : match.end() + 5]
        ):
            continue
        count = {"several": 5.0, "few": 3.0, "many": 9.0, "couple": 2.0}.get(match[1]) or float(match[1])
        days = count * _UNIT[match[2]] * 365.25
        if match[2] == "year" and not re.search(
            r"\b(?:for|past|last|over|since|these|about) (?:the )?(?:past |last )?$", text[: match.start()]
        ):
            continue
        if 21 <= days < 56:
            return frozenset(("lasting",))
        if days >= 56:
            return frozenset(("chronic",))
        if days < 14:
            return frozenset(("acute",))
    return frozenset()
