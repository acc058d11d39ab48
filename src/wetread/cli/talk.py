"""Words for people at a terminal: an answer a film, progress, a summary, and the exit status of a batch."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

from wetread.cli.films import Answer
from wetread.inference import Reading
from wetread.page import percent

__all__ = ["Progress", "about", "printable", "sentence", "summary", "worst"]

# The most telling first: a defect, a broken model, an unreadable film, a refused one.
_ORDER = (1, 5, 4, 3)


def worst(statuses: Iterable[int]) -> int:
    """Exit status of a batch: the first of 1, 5, 4, 3 that any film has, else 0.

    >>> worst([0, 3, 4, 0])
    4
    """
    seen = set(statuses)
    return next((status for status in _ORDER if status in seen), 0)


def printable(name: str) -> str:
    r"""A file's name as one line of plain text: what would break the line or steer the terminal is written as an escape.

    >>> printable("a\nb\x1b[2J.dcm")
    'a\\nb\\x1b[2J.dcm'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in name)


def sentence(given: Answer) -> str:
    """One film's answer in words: what came of it on the first line, what must be known of it indented below."""
    name, reading = printable(given.file), given.reading
    if reading is None:
        return f"{name}: NOT READABLE [{given.code}]: {given.message}"
    if reading.status == "refused":
        reasons = [f"    [{reason.code.value}] {reason.message}" for reason in reading.reasons]
        return "\n".join([f"{name}: NOT READ, refused:", *reasons])
    notes = [f"    note [{notice.code.value}] {notice.message}" for notice in reading.notices]
    return "\n".join([f"{name}: {_found(reading)}", f"    {_numbers(reading)}", *notes])


def _found(reading: Reading) -> str:
    if reading.abstained:
        return "INDETERMINATE: the score lies within the threshold's own interval; take it as no answer"
    return "pneumonia SUSPECTED" if reading.call == "present" else "pneumonia not suspected (this does not rule it out)"


def _numbers(reading: Reading) -> str:
    if reading.probability is None or reading.prevalence is None or reading.threshold is None or reading.model is None:
        raise ValueError("a reading that was read has its numbers")  # Reading itself holds this on construction
    low, high = reading.threshold.interval
    return (
        f"probability {_percent(reading.probability)} where {_percent(reading.prevalence)} of films are positive; "
        f"score {reading.score:.3f}, threshold {reading.threshold.score:.3f} ({low:.3f} to {high:.3f}); "
        f"model {reading.model.name} {reading.model.version}"
    )


def _percent(share: float) -> str:
    return percent(share).replace("\u202f", " ")  # a terminal's font may lack the narrow space


def about(readings: Iterable[Reading]) -> list[str]:
    """What is known of each model that read, once."""
    seen = {
        (reading.model.name, reading.model.version): f"{reading.model.population}. {reading.evidence}"
        for reading in readings
        if reading.model is not None
    }
    return [f"Model {name} {version}: for {told}" for (name, version), told in seen.items()]


def summary(given: Iterable[int]) -> str:
    """How many films came out how, by their exit statuses.

    >>> summary([0, 3, 3, 4])
    '4 films: 1 read, 2 refused, 1 not readable'
    """
    statuses = list(given)
    kinds = {0: "read", 3: "refused", 4: "not readable", 1: "met a defect of the program"}
    counts = {word: statuses.count(status) for status, word in kinds.items()}
    return f"{len(statuses)} films: " + ", ".join(f"{count} {word}" for word, count in counts.items() if count)


class Progress:
    """How far a batch is, on standard error, where that is a terminal and the batch is more than one film."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._begun = total, 0, time.monotonic()
        self._shown = total > 1 and sys.stderr is not None and sys.stderr.isatty()

    def step(self) -> None:
        """One more film is done."""
        self._done += 1
        if self._shown and self._done < self._total:
            left = (time.monotonic() - self._begun) / self._done * (self._total - self._done)
            print(f"\r{self._done} of {self._total} films, {left:.0f} s left ", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away before something else is printed."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
