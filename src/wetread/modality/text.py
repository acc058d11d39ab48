"""A question as words: cut apart, brought to one form, reduced to stems, and mended where a letter is wrong."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from wetread.modality.data import load, words

__all__ = ["SKIP", "Token", "distance", "stem", "tokens"]

SKIP = words("skip")  # little words that a phrase of the lexicon may be interrupted by
_DROPPED = words("dropped")  # never part of a phrase
_STOPS = ".;?!,:()"
_LARGEST_TENS = 20
_NUMBERS: dict[str, int] = load("language")["numbers"]
_COUNTED = words("counted")
_SPLIT: dict[str, str] = load("language")["split"]
_IRREGULAR: dict[str, str] = load("language")["irregular"]


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a question: as written in one form, its stem, and the sentence that it stands in.

    A token whose `word` is one of ``.;?!,`` is a mark and has an empty stem.
    """

    word: str
    stem: str
    sentence: int


def _plain(question: str) -> str:
    """Lower case without accents, one kind of apostrophe, hyphens as spaces."""
    flat = unicodedata.normalize("NFKD", question.lower())
    flat = "".join(c for c in flat if not unicodedata.combining(c))
    flat = re.sub("[\u2018\u2019`\u00b4]", "'", flat)
    flat = re.sub("[\u2010-\u2015_-]", " ", flat)
    flat = re.sub(r"(\d)([a-z])", r"\1 \2", flat)  # 45f, 3cm, 38c
    flat = re.sub(r"\bb12\b|\bt ?([12])dm\b", r"type \1 diabetes", flat)
    return re.sub(r"(?<=\d)[.,](?=\d)", "_", flat)  # 38.5 stays one word


def _words(question: str) -> list[str]:
    found: list[str] = []
    for piece in re.findall(r"[a-z]/[a-z]\b/?|[a-z]+(?:'[a-z]+)?|\d+(?:_\d+)?|%|[.;?!,:()]", _plain(question)):
        word = re.sub(r"'s$", "", piece)
        if word.endswith("n't") and word not in _SPLIT:
            found += [word[:-3], "not"]
        elif "'" in word and word not in _SPLIT:
            found += word.split("'")[:1]
        else:
            found += _SPLIT.get(word, word).split()
    return found


def tokens(question: str, *, phrase: bool = False) -> tuple[Token, ...]:
    """The words of a question in order, with marks between sentences.

    Parameters
    ----------
    question
        Any text.
    phrase
        It is a phrase of the lexicon: articles and possessives are left out, and marks too.
    """
    found: list[Token] = []
    sentence = 0
    for word in _numbered(_words(question)):
        if word in _STOPS:
            sentence += word not in ",:()"
            if not phrase:
                found.append(Token("," if word in ":()" else word, "", sentence))
            continue
        if phrase and word in _DROPPED:
            continue
        found.append(Token(word, stem(word), sentence))
    return tuple(found)


def _numbered(given: list[str]) -> list[str]:
    """Numbers in words before a unit of time become figures: "two year old", but not "one eye"."""
    out: list[str] = []
    for index, word in enumerate(given):
        after = given[index + 1].rstrip("s") if index + 1 < len(given) else ""
        tens, ones = _NUMBERS.get(word, 0), _NUMBERS.get(after, 0)
        if tens >= _LARGEST_TENS and 0 < ones < 10:
            out.append(str(tens + ones))
            given[index + 1] = ""
        elif tens and (after in _COUNTED or (index and given[index - 1] in ("age", "aged", "is", "am"))):
            out.append(str(tens))
        elif word:
            out.append(word)
    return out


@cache
def stem(word: str) -> str:
    """What is left of an English word without its usual endings; the same for the lexicon and for the question.

    >>> stem("swallowed"), stem("coughing"), stem("swollen"), stem("knees"), stem("weakness")
    ('swallow', 'cough', 'swell', 'kne', 'weak')
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.isalpha():
        return word
    for ending, instead in (
        ("ness", ""),
        ("ies", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("ed", ""),
        ("ly", ""),
        ("ful", ""),
    ):
        rest = word.removesuffix(ending) + instead
        if word.endswith(ending) and len(rest) >= 3 and re.search("[aeiouy]", rest):
            return _final(_undoubled(rest) if ending in ("ing", "ed") else rest)
    if re.search("(?:s|x|z|ch|sh)es$", word):
        return _final(word[:-2])
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return _final(word[:-1])
    return _final(word)


def _undoubled(rest: str) -> str:
    return rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest


def _final(rest: str) -> str:
    if rest.endswith("e") and len(rest) > 3:
        rest = rest[:-1]
    if rest.endswith("y") and len(rest) > 3 and rest[-2] not in "aeiou":
        rest = rest[:-1] + "i"
    return rest


def distance(first: str, second: str, most: int) -> int:
    """Edits (letter put in, left out, changed, or two neighbours swapped) between two words, or `most` + 1 if more.

    >>> distance("anckle", "ankle", 2), distance("wirst", "wrist", 2), distance("chest", "knee", 2)
    (1, 1, 3)
    """
    if abs(len(first) - len(second)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
