"""Every threshold that parts the films of a set, from calling none to calling all, with the counts at each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ladder"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The k + 1 ways to call films of k different scores, steps in order from no film called to all.

    Parameters
    ----------
    cut
        float64 (k + 1,), falling: the threshold of each step, midway between the last film called and the next; the
        first lies just above the highest score.
    """

    cut: Float
    _order: NDArray[np.intp]
    _begin: NDArray[np.intp]
    _label: Bool

    @classmethod
    def of(cls, score: Float, label: Bool, *, floor: float | None = None, corners: bool = False) -> Self:
        """Steps of finite scores (n,) with labels (n,); the last cut is the lowest score, or midway to `floor`.

        With `corners`, only steps that call another positive film, and the last: others add nothing but false alarms,
        so that whatever rises with hits and falls with alarms is largest at one of these.
        """
        order = np.argsort(-score, kind="stable")
        s = score[order]
        begin = np.flatnonzero(np.append(True, s[1:] != s[:-1]))
        level = s[begin]
        below = np.append(level[1:], level[-1] if floor is None else min(floor, float(level[-1])))
        middle = level + (below - level) / 2
        # Between neighbouring numbers there is no middle: then the film's own score parts them.
        middle = np.where((middle > below) | (np.arange(level.size) == level.size - 1), middle, level)
        top, sorted_label = np.nextafter(level[0], np.inf), label[order]
        if corners:
            kept = np.append(np.add.reduceat(sorted_label, begin)[:-1] > 0, True)
            ends = np.append(begin[1:], score.size)[kept]
            middle, begin = middle[kept], np.append(0, ends[:-1])
        return cls(np.append(top, middle), order, begin, sorted_label)

    def counts(self, weights: Float) -> tuple[Float, Float]:
        """True and false positives at each step, each (b, k + 1), for copies of each film (b, n)."""
        w = weights[:, self._order]
        none = np.zeros((len(w), 1))
        called = np.add.reduceat(w, self._begin, axis=1)
        sick = np.flatnonzero(self._label)
        hits = np.zeros_like(called)
        step = np.searchsorted(self._begin, sick, side="right") - 1
        present, first = np.unique(step, return_index=True)
        if sick.size:
            hits[:, present] = np.add.reduceat(w[:, sick], first, axis=1)
        hits, alarms = np.cumsum(hits, axis=1), np.cumsum(called - hits, axis=1)
        return np.concatenate([none, hits], axis=1), np.concatenate([none, alarms], axis=1)
