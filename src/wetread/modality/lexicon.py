"""What words mean: phrases of the lexicon found in a question, with what is said to be absent or long past."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from wetread.modality.data import load, ordinary
from wetread.modality.data import words as denials
from wetread.modality.text import SKIP, Token, distance, tokens

__all__ = ["Concepts", "Found", "concepts", "find", "mend"]

_WINDOW = 7  # words between the first and the last of a pattern that may stand in any order
_BREAKS = frozenset(("but", ".", ";", "?", "!"))
_STILL = ("site", "symptom", "test", "purpose")
_SHORTEST, _LONG = 5, 9  # letters of a word that is mended at all, and of one that may have two mistakes


@dataclass(frozen=True, slots=True)
class Phrase:
    """Stems in order, or in any order (`loose`); `exact` words must stand as they are."""

    concept: str
    stems: tuple[str, ...]
    loose: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class Concepts:
    """The lexicon: kind and weight of each meaning, what it implies, groups, and phrases by their first stem."""

    kinds: dict[str, str]
    weights: dict[str, float]
    implies: dict[str, tuple[str, ...]]
    groups: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[Phrase, ...]]
    loose: tuple[Phrase, ...]
    spelling: dict[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """One meaning at one place: the indices of its words among the tokens.

    `inner`: it stands inside a longer phrase ("hip" in "hip replacement"): there, but not what is being said.
    """

    concept: str
    places: tuple[int, ...]
    inner: bool = False


@cache
def concepts() -> Concepts:
    """The lexicon that ships, read once."""
    data, more = load("lexicon"), load("concepts")
    kinds = {name: kind for kind, names in data.items() for name in names}
    phrases = [_phrase(name, text) for names in data.values() for name, texts in names.items() for text in texts]
    first: dict[str, list[Phrase]] = defaultdict(list)
    for phrase in phrases:
        if not phrase.loose:
            first[phrase.stems[0]].append(phrase)
    return Concepts(
        kinds,
        {name: more["weight"][kind] for name, kind in kinds.items()},
        {name: tuple(others) for name, others in more["implies"].items()},
        {name: tuple(text.split("|")) for name, text in more["group"].items()},
        {stem: tuple(found) for stem, found in first.items()},
        tuple(phrase for phrase in phrases if phrase.loose),
        _spelling(data),
    )


def _phrase(concept: str, text: str) -> Phrase:
    if text.startswith("="):
        return Phrase(concept, (text[1:],), loose=False, exact=True)
    loose = "+" in text
    words = tokens(text.replace("+", " "), phrase=True)
    return Phrase(concept, tuple(token.stem for token in words), loose, exact=False)


def _spelling(data: dict[str, Any]) -> dict[str, str]:
    """Words long enough to be mended, by their spelling, with their stems."""
    words: dict[str, str] = {}
    for names in data.values():
        for texts in names.values():
            for text in texts:
                for token in tokens(text.replace("+", " ").replace("=", ""), phrase=True):
                    if len(token.word) >= _SHORTEST and token.word.isalpha() and token.word not in SKIP:
                        words[token.word] = token.stem
    return words


def mend(words: tuple[Token, ...]) -> tuple[tuple[Token, ...], tuple[str, ...]]:
    """Words with small mistakes put right, and what they were taken for.

    A word of five letters or more that neither the lexicon nor ordinary language knows is taken for the one word of the
    lexicon that is a single mistake away (two from nine letters on) and begins with the same letter, or
    has lost its first. Where two words are
    as near, none is taken.
    """
    spelling = concepts().spelling
    stems = set(spelling.values())
    out: list[Token] = []
    taken: list[str] = []
    for token in words:
        known = token.stem in stems or token.word in spelling or token.word in ordinary() or token.word in SKIP
        if known or len(token.word) < _SHORTEST or not token.word.isalpha():
            out.append(token)
            continue
        word = _nearest(token.word, spelling)
        if word is None:
            out.append(token)
            continue
        out.append(Token(word, spelling[word], token.sentence))
        taken.append(word)
    return tuple(out), tuple(dict.fromkeys(taken))


def _nearest(word: str, spelling: dict[str, str]) -> str | None:
    most = 2 if len(word) >= _LONG else 1
    near: dict[int, dict[str, str]] = defaultdict(dict)
    for candidate, candidate_stem in spelling.items():
        if candidate[0] != word[0] and candidate[:2] != word[1::-1] and candidate[1:2] != word[0]:
            continue
        if (edits := distance(word, candidate, most)) <= most:
            near[edits].setdefault(candidate_stem, candidate)
    if not near:
        return None
    best = near[min(near)]
    return next(iter(best.values())) if len(best) == 1 else None


def find(words: tuple[Token, ...]) -> tuple[Found, ...]:
    """Every meaning in the words: the longest phrases first, what they cover is not read again.

    Meanings of kind noise cover their words and are left out of the result.
    """
    kinds = concepts().kinds
    matches = [match for index in range(len(words)) for match in _at(words, index)]
    matches.sort(key=lambda match: (-len(match.places), kinds[match.concept] != "noise"))
    kept: list[Found] = []
    inner: list[Found] = []
    for match in matches:
        inside = set(match.places)
        covers = [
            other
            for other in kept
            if inside < set(other.places) or (inside <= set(other.places) and _kind(other) == "noise")
        ]
        if not covers:
            kept.append(match)
        elif all(_shows(words, other, match) for other in covers):
            inner.append(replace(match, inner=True))
    blocked = {
        place: match.concept
        for match in kept
        if _kind(match) == "noise" or (len(match.places) > 1 and (_kind(match) == "disease" or _denies(words, match)))
        for place in match.places
    }
    stems = {token.stem for token in words}
    loosely = (_loosely(words, phrase, blocked) for phrase in concepts().loose if stems.issuperset(phrase.stems))
    kept += [found for found in loosely if found is not None]
    return (*(match for match in kept if _kind(match) != "noise"), *inner)


def _kind(match: Found) -> str:
    return concepts().kinds[match.concept]


def _shows(words: tuple[Token, ...], cover: Found, match: Found) -> bool:
    """Whether a meaning inside a longer phrase still counts: a place or complaint does, unless the phrase denies it."""
    if _kind(cover) in ("noise", "beyond") or _kind(match) not in _STILL:
        return False
    if _kind(cover) == "site" and _kind(match) == "site":
        return False
    return not _denies(words, cover)


def _denies(words: tuple[Token, ...], match: Found) -> bool:
    """Whether a phrase has a denial in it ("no pain")."""
    return any(words[place].word in denials("denies") for place in match.places)


def _at(words: tuple[Token, ...], start: int) -> list[Found]:
    """Phrases that begin at this word."""
    known = concepts().phrases
    token = words[start]
    found = []
    for phrase in (*known.get(token.stem, ()), *known.get(token.word, ())):
        if phrase.exact:
            if token.word == phrase.stems[0]:
                found.append(Found(phrase.concept, (start,)))
            continue
        if token.stem != phrase.stems[0]:
            continue
        places = _follow(words, start, phrase.stems)
        if places:
            found.append(Found(phrase.concept, places))
    return list(dict.fromkeys(found))


def _follow(words: tuple[Token, ...], start: int, stems: tuple[str, ...]) -> tuple[int, ...]:
    places, index = [start], start + 1
    for wanted in stems[1:]:
        while index < len(words) and words[index].stem != wanted and words[index].word in SKIP:
            index += 1
        if index >= len(words) or words[index].stem != wanted:
            return ()
        places.append(index)
        index += 1
    return tuple(places)


def _loosely(words: tuple[Token, ...], phrase: Phrase, blocked: dict[int, str]) -> Found | None:
    """The stems in any order, close together within one sentence."""
    content = [
        index
        for index, token in enumerate(words)
        if token.word in _BREAKS or (token.stem and token.word not in SKIP and token.word not in ("and", "or"))
        or token.stem in phrase.stems
    ]  # fmt: skip
    own = (phrase.concept, *concepts().implies.get(phrase.concept, ()))
    for begin in range(len(content)):
        places: dict[str, int] = {}
        for index in content[begin : begin + _WINDOW]:
            token = words[index]
            if token.word in _BREAKS:
                break
            if token.stem in phrase.stems and token.stem not in places and blocked.get(index, own[0]) in own:
                places[token.stem] = index
            if len(places) == len(set(phrase.stems)):
                return Found(phrase.concept, tuple(sorted(places.values())))
    return None
