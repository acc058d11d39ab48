"""The picture of a reader study: what each reader gained, and what holds for other readers and other patients."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from wetread.evaluation.readers.inference import Difference
    from wetread.evaluation.readers.mrmc import Analysis, Mrmc

__all__ = ["plot"]

_INK, _SOFT, _BLUE, _ORANGE = "#16202a", "#51606d", "#0072b2", "#d55e00"  # the last two from Okabe and Ito (2008)


class _Axes(Protocol):
    """What is used of matplotlib's axes, which this room does not import."""

    def plot(self, *args: object, **kwargs: object) -> object: ...
    def errorbar(self, *args: object, **kwargs: object) -> object: ...
    def axvline(self, *args: object, **kwargs: object) -> object: ...
    def axhline(self, *args: object, **kwargs: object) -> object: ...
    def set_yticks(self, *args: object, **kwargs: object) -> object: ...
    def set_xlabel(self, *args: object, **kwargs: object) -> object: ...
    def set_title(self, *args: object, **kwargs: object) -> object: ...
    def legend(self, *args: object, **kwargs: object) -> object: ...
    def set_ylim(self, *args: object, **kwargs: object) -> object: ...


class Canvas(Protocol):
    """What is used of a matplotlib figure."""

    def subplots(self, *args: int, **kwargs: bool) -> tuple[_Axes, _Axes]: ...


def plot(found: Mrmc, figure: Canvas) -> None:
    """Draw a study of two tests or more into an empty matplotlib figure: figures of merit left, differences right.

    Left, each reader's figure of merit under each test and the mean with its interval for other readers and patients
    (for these readers where there is one). Right, the first test less the second: each reader with the interval over
    cases, then the mean under each of the three inferences. Nothing is computed here.
    """
    left, right = figure.subplots(1, 2)
    analysis = found.analysis
    _values(found, analysis, left)
    if len(analysis.tests) > 1:
        _differences(found, analysis, right)


def _values(found: Mrmc, analysis: Analysis, axes: _Axes) -> None:
    rows = [*analysis.readers, "mean"]
    main = analysis.random_readers_random_cases or analysis.fixed_readers
    shapes = ("o", "s", "^", "D", "v", "P")
    for number, test in enumerate(analysis.tests):
        shape, colour = shapes[number % len(shapes)], (_BLUE, _ORANGE, _INK)[number % 3]
        shift = 0.12 * (number - (len(analysis.tests) - 1) / 2)
        places = [row + shift for row in range(len(analysis.readers))]
        axes.plot(analysis.value[number], places, shape, color=colour, markersize=5, label=test)
        mean = main.single[number].estimate
        _whisker(axes, mean.value, mean.low, mean.high, len(analysis.readers) + shift, shape, colour)
    axes.axhline(len(analysis.readers) - 0.5, color=_SOFT, linewidth=0.6)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel(found.merit)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(analysis.tests), frameon=False, fontsize=8)


def _differences(found: Mrmc, analysis: Analysis, axes: _Axes) -> None:
    first, second = analysis.tests[:2]
    shown: list[tuple[str, Difference, str]] = [
        (one.reader, one, _SOFT) for one in found.per_reader if (one.first, one.second) == (first, second)
    ]
    kinds = (
        ("other readers,\nother patients", analysis.random_readers_random_cases),
        ("these readers,\nother patients", analysis.fixed_readers),
        ("other readers,\nthese patients", analysis.fixed_cases),
    )
    shown += [(words, kind.differences[0], _INK) for words, kind in kinds if kind is not None]
    for row, (_, one, colour) in enumerate(shown):
        _whisker(axes, one.estimate.value, one.estimate.low, one.estimate.high, row, "o", colour)
    axes.axvline(0, color=_SOFT, linewidth=0.8)
    axes.axhline(len(analysis.readers) - 0.5, color=_SOFT, linewidth=0.6)
    axes.set_yticks(range(len(shown)), [words for words, _, _ in shown], fontsize=8)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlabel(f"{first} less {second}")
    axes.set_title(f"difference, {100 * shown[0][1].estimate.level:g} % interval", fontsize=8)


def _whisker(axes: _Axes, value: float, low: float, high: float, row: float, shape: str, colour: str) -> None:
    if math.isnan(low):
        axes.plot([value], [row], shape, color=colour, markersize=5)
        return
    axes.errorbar(
        [value], [row], xerr=[[value - low], [high - value]], fmt=shape, color=colour, markersize=5, capsize=2
    )
