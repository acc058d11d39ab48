"""Numbers in sentences: ages, shares of positives, counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wetread.regulatory.lint.submission import Span
from wetread.regulatory.lint.wording import denied

__all__ = ["ages_in", "count_in", "counts_in", "number", "share_in"]

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "several": None, "multiple": None,
}  # fmt: skip
_AGE_WORD = re.compile(r"\bages?\b|\baged\b|\byears?\b|\byrs?\b|\by/?o\b|year[- ]olds?", re.IGNORECASE)
_RANGE = re.compile(
    r"(?<![\d.])(\d{1,3})\s*(?:years?(?: old)?\s*)?(?:-|–|—|to|and|until|till|through|up to)\s*(\d{1,3})(?!\.?\d"
    r"|\s*%|\s*x\b)",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"(?:over|above|older than|at least|from|>=?|≥|minimum(?: age)?(?: of)?)\s*(\d{1,3})\b"
    r"|\b(\d{1,3})\s*(?:years?(?: of age| old)?)?\s*"
    r"(?:and|or)\s*(?:over|older|above|up)\b|\b(\d{1,3})\s*\+|\bage\w*\s*(?:>=?|≥)\s*(\d{1,3})",
    re.IGNORECASE,
)
_ALL_AGES = re.compile(
    r"\b(?:all|any|every|whatever) ages?\b|\bof any age\b|regardless of (?:\w+ (?:and|or) )?age", re.IGNORECASE
)
_REMOVED = re.compile(r"\bremov|\bexclud|\bfilter|\bdrop|\boutlier|\bdiscard|\berror", re.IGNORECASE)
_POSITIVE = r"(?:pneumonia|consolidation|opacit(?:y|ies)|positives?|diseased?|sick|ill)"
_NEGATIVE = r"(?:non[- ]?pneumonia|no[- ]pneumonia|without pneumonia|negatives?|healthy|normal|other|control)"
_CASES = (
    r"(?:chest[- ]|frontal |consecutive |healthy |normal |female |male |x-?ray |radiograph\w* |digital |adult "
    r"|de-identified "
    r"|unique |different |new |total |dicom )*"
    r"(?:images?|films?|x-?rays?|samples|cases|radiographs|patients|subjects|studies|scans|records|people|individuals"
    r"|exams|adults|participants|volunteers)"
)
_PERCENT = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d+)?)\s*%")
_OF_PERCENT = re.compile(
    rf"(?:prevalence|(?:share|proportion|rate|percentage) of {_POSITIVE}|{_POSITIVE}(?: cases| films| images)?\s*"
    r"(?:is|are|was|were|make up|account for|[:=(]))[^.%\d]{0,40}?(\d{1,3}(?:\.\d+)?)\s*%",
    re.IGNORECASE,
)
_FILMS = re.compile(rf"\b(?:{_CASES}|data(?:set)?|set|them|which|those screened)\b", re.IGNORECASE)
_MAKE_UP = re.compile(
    r"\bpositives?\b[^.%\d]{0,40}\bmake up\b[^.%\d]{0,15}(\d{1,2})(?:\s*-\s*\d{1,2})?\s*%", re.IGNORECASE
)
_AT_PREVALENCE = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d+)?)\s*%\s*prev[ae]l[ae]nce", re.IGNORECASE)
_PREVALENCE = re.compile(r"\bprev[ae]l[ae]nce\b[^.%\d]{0,40}?(0?\.\d+)(?![\d%]|\s*%)", re.IGNORECASE)
_PAIR = re.compile(
    rf"\b({_NEGATIVE}|{_POSITIVE})\b\W+(?:(?:to|and|or|versus|vs|cases|films|images)\W+){{0,3}}({_NEGATIVE}"
    rf"|{_POSITIVE})\b",
    re.IGNORECASE,
)
_NOT_SHARE = re.compile(
    rf"{_NEGATIVE}|\bnon|accura|precis|recall|predict|sensitiv|specific|confiden|\bCI\b|interval|training"
    rf"|validation|randomly|selected",
    re.IGNORECASE,
)
_RATIO = re.compile(
    r"(?<![\d.])(\d{1,3}(?:\.\d+)?)\s*%?\s*(?:[:/]|-|–|\bto\b)\s*(\d{1,3}(?:\.\d+)?)(?!\.?\d)", re.IGNORECASE
)
_EVEN = re.compile(
    r"(?<!im)(?<!un)(?<!-)\b(?:balanced|equally|evenly|equal (?:number|amount|share|proportion)s?"
    r"|equal in (?:number|size)|balanc(?:e|ing) the (?:number|class\w*|data\w*|positive\w*)|half (?:of|with|are"
    r"|were|have|positive|pneumonia))\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    rf"(?<![\d.,])(\d{{1,3}}(?:,\d{{3}})+|\d{{2,7}})(?:\s*(?:-|–|to)\s*(?:\d{{1,3}}(?:,\d{{3}})+"
    rf"|\d{{2,7}}))?\s+{_CASES}\b",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"(?:sample size|number of (?:samples|images|patients|films|x-?rays)|size of the (?:data)?set|dataset size"
    r"|\bsize)\b\D{0,25}(\d{1,3}(?:,\d{3})+|\d{2,7})",
    re.IGNORECASE,
)


def number(text: str) -> int | None:
    """A small number in digits or words; None for "several".

    >>> number("three"), number("1,430"), number("several")
    (3, 1430, None)
    """
    return _WORDS[text.lower()] if text.lower() in _WORDS else int(text.replace(",", ""))


def ages_in(text: str) -> Span | None:
    """The ages that a sentence names.

    >>> str(ages_in("men and women aged 20 to 60")), ages_in("rotated by 0 to 20 degrees")
    ('20 to 60 years', None)
    """
    if _ALL_AGES.search(text):
        return Span(low=0)
    if not _AGE_WORD.search(text) or (_REMOVED.search(text) and not re.search(r"includ|rang|between", text)):
        return _adults(text)
    for found in _RANGE.finditer(text):
        low, high = int(found[1]), int(found[2])
        if low < high and _near_age(text, found.start(), found.end()) and not denied(text, found.start(), found.end()):
            return Span(low=low, high=high)
    for found in _FROM.finditer(text):
        if _near_age(text, found.start(), found.end()) and not denied(text, found.start(), found.end()):
            return Span(low=int(next(part for part in found.groups() if part)))
    return _adults(text)


def _adults(text: str) -> Span | None:
    found = re.search(r"\badults?\b", text, re.IGNORECASE)
    mixed = re.search(r"\bchild|\bpa?ediatric|\binfant", text, re.IGNORECASE)
    return Span(low=18) if found and not mixed and not denied(text, found.start(), found.end()) else None


def _near_age(text: str, start: int, end: int) -> bool:
    return bool(_AGE_WORD.search(text[max(0, start - 45) : end + 10]))


def share_in(text: str, *, sure: bool = False) -> float | None:
    """The share of positives that a sentence names; "1:3" is positives to negatives unless it names them the other way.

    >>> share_in("20/80 split between positive and negative cases"), share_in("80 % training, 20 % validation")
    (0.2, None)
    >>> share_in("a negative to positive ratio of 3:1"), share_in("25% pneumonia cases")
    (0.25, 0.25)

    Parameters
    ----------
    sure
        Whether the sentence is known to speak of positives ("balanced" alone will do).
    """
    speaks = sure or bool(re.search(rf"\b{_POSITIVE}\b|prev[ae]l[ae]nce", text, re.IGNORECASE))
    if not speaks:
        return None
    if decimal := _PREVALENCE.search(text):
        return float(decimal[1])
    if at := _AT_PREVALENCE.search(text):
        return float(at[1]) / 100
    for found in (*_of_positives(text), *_OF_PERCENT.finditer(text), *_MAKE_UP.finditer(text)):
        if float(found[1]) <= 100 and not _NOT_SHARE.search(text[found.start() : found.end() + 10]):
            return float(found[1]) / 100
    if (ratio := _ratio_in(text)) is not None:
        return ratio
    even = _EVEN.search(text)
    return 0.5 if even and not denied(text, even.start(), even.end()) else None


def _of_positives(text: str) -> Iterator[re.Match[str]]:
    """Percentages followed by a word for positives before any for negatives: "25% of the cases have pneumonia"."""
    for found in _PERCENT.finditer(text):
        tail = re.split(r"%|[.;](?:\s|$)", text[found.end() : found.end() + 90])[0]
        positive = re.search(rf"\b{_POSITIVE}\b", tail, re.IGNORECASE)
        # "80 % of all positive cases" went into a set, or were found: that is no share of positives.
        if positive and tail.lstrip().startswith("of ") and not _FILMS.search(tail[: positive.start()]):
            continue
        # "80 % of the images with pneumonia were assigned to training": of the positives, again.
        if positive and re.match(
            r"\s*(?:cases |images )?(?:have been|has been|were|was|went)\b", tail[positive.end() :]
        ):
            continue
        if positive and not _NOT_SHARE.search(tail[: positive.end()]):
            yield found


def _ratio_in(text: str) -> float | None:
    for found in _RATIO.finditer(text):
        first, second = float(found[1]), float(found[2])
        near = text[max(0, found.start() - 70) : found.end() + 70]
        named = re.search(rf"\b{_POSITIVE}\b", near, re.IGNORECASE) and re.search(
            rf"ratio|split|distribut|balanc|{_NEGATIVE}", near, re.IGNORECASE
        )
        if not named or first + second == 0 or not _plausible(first, second) or _AGE_WORD.search(near):
            continue
        if _of_sides(text, found.start(), found.end()):
            continue
        swapped = _negatives_first(text, found.start(), found.end())
        return (second if swapped else first) / (first + second)
    return None


def _negatives_first(text: str, start: int, end: int) -> bool:
    """Whether the words around a ratio name negatives before positives, by the pair that stands nearest to it."""
    pairs = [found for found in _PAIR.finditer(text) if start - 70 <= found.start() <= end + 70]
    if pairs:
        nearest = min(pairs, key=lambda found: max(start - found.end(), found.start() - end))
        return re.fullmatch(_NEGATIVE, nearest[1], re.IGNORECASE) is not None
    near = text[max(0, start - 70) : end + 70]
    negative = re.search(rf"{_NEGATIVE}\b", near, re.IGNORECASE)
    positive = re.search(rf"(?<!non-)(?<!non )(?<!no )(?<!without )\b{_POSITIVE}\b", near, re.IGNORECASE)
    return negative is not None and positive is not None and negative.start() < positive.start()


def _of_sides(text: str, start: int, end: int) -> bool:
    """Whether a ratio is of training to validation films: "split 80:20 in favour of training"."""
    sides = re.search(r"train|validation|\btest", text[end : end + 45], re.IGNORECASE)
    return bool(sides) and not re.search(rf"\b{_POSITIVE}", text[max(0, start - 25) : end + 25], re.IGNORECASE)


def _plausible(first: float, second: float) -> bool:
    """Percentages that sum to a hundred, or a ratio of small numbers with a one in it."""
    return abs(first + second - 100) < 1 or (min(first, second) == 1 and max(first, second) <= 99)


def count_in(text: str) -> int | None:
    """How many films or patients a sentence names.

    >>> count_in("It consisted of 1,430 chest x-ray images"), count_in("sample size: 1600"), count_in("resized to 224")
    (1430, 1600, None)
    """
    found = _SIZE.search(text) or _COUNT.search(text)
    return int(found[1].replace(",", "")) if found else None


def counts_in(text: str) -> tuple[int, int] | None:
    """Films and positives among them, where both classes are counted.

    >>> counts_in("69 positive and 31 negative films"), counts_in("100 images, 20 of them positive")
    ((100, 69), (100, 20))
    """
    amount = r"(?<![\d.,/:-])(\d{1,3}(?:,\d{3})+|\d{1,6})(?!\s*%|[\d.]|\s*[:/])"
    positive = re.search(
        rf"{amount}\s+(?:of (?:them|these|which|the (?:images|films|cases)) )?(?:are |were |is |was "
        rf"|with )?{_POSITIVE}\b",
        text,
        re.IGNORECASE,
    )
    negative = re.search(rf"{amount}\s+(?:of (?:them|these|which) )?(?:are |were )?{_NEGATIVE}\b", text, re.IGNORECASE)
    if positive is None:
        return None
    ill = int(positive[1].replace(",", ""))
    if negative is not None:
        return ill + int(negative[1].replace(",", "")), ill
    films = count_in(text)
    return (films, ill) if films is not None and films > ill else None
