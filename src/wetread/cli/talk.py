"""Words for people at a terminal: one sentence a film, progress, and the exit status of a batch."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

from wetread.cli.films import Answer

__all__ = ["Progress", "sentence", "worst"]

# The most telling first: a defect, a broken model, an unreadable film, a refused one.
_ORDER = (1, 5, 4, 3)


def worst(statuses: Iterable[int]) -> int:
    """Exit status of a batch: the first of 1, 5, 4, 3 that any film has, else 0.

    >>> worst([0, 3, 4, 0])
    4
    """
    seen = set(statuses)
    return next((status for status in _ORDER if status in seen), 0)


def sentence(given: Answer) -> str:
    """One film's answer in words."""
    reading = given.reading
    if reading is None:
        return f"{given.file}: not readable ({given.code}): {given.message}"
    if reading.status == "refused":
        told = " ".join(f"[{reason.code.value}] {reason.message}" for reason in reading.reasons)
        return f"{given.file}: refused: {told}"
    assert reading.probability is not None
    assert reading.prevalence is not None
    assert reading.threshold is not None
    call = "indeterminate (within the threshold's own interval)" if reading.abstained else reading.call
    lines = [
        f"{given.file}: pneumonia {call}: probability {reading.probability:.1%} at a prevalence of {reading.prevalence:.1%};"
        f" score {reading.score:.3f}, threshold {reading.threshold.score:.3f}; model {reading.model and reading.model.name}"
    ]
    lines += [f"    note [{notice.code.value}] {notice.message}" for notice in reading.notices]
    return "\n".join(lines)


class Progress:
    """How far a batch is, on standard error, where that is a terminal and the batch is long."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._begun = total, 0, time.monotonic()
        self._shown = total > 1 and sys.stderr.isatty()

    def step(self) -> None:
        """One more film is done."""
        self._done += 1
        if self._shown:
            left = (time.monotonic() - self._begun) / self._done * (self._total - self._done)
            print(f"\r{self._done} of {self._total} films, {left:.0f} s left ", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away before something else is printed."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
