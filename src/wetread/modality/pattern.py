"""Patterns over meanings: `cough|sputum & fever & !chronic` needs one of two, and fever, and nothing long.

A group `@hurt` stands for the words that concepts.toml gives it. A row or an emergency is found by any of its patterns.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from wetread.errors import DataError
from wetread.modality.lexicon import concepts

__all__ = ["Pattern", "closure", "parse", "vocabulary"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One of each set in `needs` must be there, nothing of `never`."""

    needs: tuple[frozenset[str], ...]
    never: frozenset[str]

    def holds(self, present: Set[str]) -> bool:
        """Whether these meanings fit."""
        return not self.never & present and all(group & present for group in self.needs)


def parse(lines: Iterable[str]) -> tuple[Pattern, ...]:
    """Patterns from the lines of a data file.

    >>> (pattern,) = parse(["cough|sputum & fever & !chronic"])
    >>> pattern.holds({"cough", "fever"}), pattern.holds({"cough", "fever", "chronic"}), pattern.holds({"cough"})
    (True, False, False)
    """
    found = []
    for line in lines:
        parts = [part.strip() for part in line.split("&")]
        needs = tuple(_group(part) for part in parts if not part.startswith("!"))
        never = frozenset[str]().union(*(_group(part[1:]) for part in parts if part.startswith("!")))
        if not needs:
            raise DataError(
                f"the pattern {line!r} of the modality table needs nothing: it would hold for every question"
            )
        found.append(Pattern(needs, never))
    return tuple(found)


def vocabulary(patterns: Iterable[Pattern], also: str) -> frozenset[str]:
    """Every meaning that a row explains: what its patterns need, what goes along, and all that these imply."""
    names = frozenset[str]().union(*(group for pattern in patterns for group in pattern.needs))
    return closure(names.union(*(_group(word) for word in also.split())) if also else names)


def closure(names: Iterable[str]) -> frozenset[str]:
    """These meanings with all that they imply."""
    implies = concepts().implies
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += implies.get(name, ())
    return frozenset(found)


def _group(text: str) -> frozenset[str]:
    known = concepts()
    names = set[str]()
    for word in text.split("|"):
        names |= set(known.groups[word[1:]]) if word.startswith("@") else {word}
    unknown = names - known.kinds.keys()
    if unknown:
        raise DataError(f"the modality table names {min(unknown)!r}, which its lexicon does not know")
    return frozenset(names)
