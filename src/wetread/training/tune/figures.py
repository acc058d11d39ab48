"""The figures of a run: how it went, how well films are told apart, and films read right and wrong with what spoke for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetread.report.drawing import BLUE, GREEN, ORANGE, SERIES, SOFT, Drawn, draw, tidy
from wetread.report.wording import share
from wetread.training.tune.judge import curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Shown", "drawn", "films_figure"]

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Float = NDArray[np.float64]

Shown = tuple[str, float, NDArray[np.float32], NDArray[np.float32]]
"""A film to show: what it is and was called, its score, picture (rows, columns) and map (rows, columns)."""


def drawn(history: Rows, score: Float, positive: NDArray[np.bool_], watched: str) -> dict[str, Drawn]:
    """Losses, the watched figure, precision against recall, and F1 over the threshold, by name.

    Parameters
    ----------
    history
        Rows of each fit.
    score, positive
        Of films that were not fitted on: float64 in [0, 1], and bool.
    watched
        What decided which pass was the best.
    """
    made = [_losses(history), _precision(score, positive), _f1(score, positive)]
    if watched != "loss":
        made.insert(1, _watched(history, watched))
    return {figure.name: figure for figure in made}


def _losses(history: Rows) -> Drawn:
    from matplotlib.ticker import MaxNLocator

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for name, rows in history.items():
            passes, wide = [row["pass"] for row in rows], 1.8 if name == "final" else 0.8
            shade = 1.0 if name == "final" else 0.5
            told = name == "final"
            axes.plot(passes, [row["train_loss"] for row in rows], color=SOFT, linewidth=wide, alpha=shade,
                      linestyle="--", label="films fitted on (augmented)" if told else None)  # fmt: skip
            axes.plot(passes, [row["tune_loss"] for row in rows], color=BLUE, linewidth=wide, alpha=shade,
                      label="films watched" if told else None)  # fmt: skip
            best = [row for row in rows if row["best"]][-1:]
            axes.scatter([row["pass"] for row in best], [row["tune_loss"] for row in best], color=ORANGE, zorder=3,
                         s=34 if told else 14, label="best pass, which is kept" if told else None)  # fmt: skip
        axes.set_xlabel("pass over the films")
        axes.set_ylabel("loss a label")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend()
        tidy(axes, grid="y")

    last = history["final"][-1]
    alt = (
        f"Loss by pass: at the end {last['train_loss']:.3f} on films fitted on and {last['tune_loss']:.3f} on films "
        "watched, in the final fit (thick) and in those of the folds (thin)."
    )
    return draw("losses", alt, 2.9, paint)


def _watched(history: Rows, watched: str) -> Drawn:
    label = {"auroc": "AUROC", "average_precision": "average precision"}[watched]

    from matplotlib.ticker import MaxNLocator

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for place, (name, rows) in enumerate(history.items()):
            told = name == "final"
            axes.plot([row["pass"] for row in rows], [row[watched] for row in rows], marker="." if len(rows) < 3 else None,
                      color=BLUE if told else SERIES[1 + place % (len(SERIES) - 1)], linewidth=1.8 if told else 0.8, label=name)  # fmt: skip
        axes.set_xlabel("pass over the films")
        axes.set_ylabel(f"{label} of films watched")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend()
        tidy(axes, grid="y")

    said = [f"{name} {max(row[watched] for row in rows):.3f}" for name, rows in history.items()]
    return draw(
        "watched", f"{label} of the films watched by pass; the best of each fit: {', '.join(said)}.", 2.6, paint
    )


def _precision(score: Float, positive: NDArray[np.bool_]) -> Drawn:
    recall, precision, _ = curve(score, positive)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    best, rate = int(np.argmax(f1)), float(positive.mean())

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.step(recall, precision, where="post", color=BLUE, linewidth=1.4, label="this run")
        axes.axhline(rate, color=SOFT, linestyle=":", linewidth=1, label="drawn by lot: the prevalence")
        axes.scatter(recall[best], precision[best], color=ORANGE, s=38, zorder=3, label=f"best F1, {f1[best]:.3f}")
        axes.scatter(1, rate, color=GREEN, marker="D", s=38, zorder=3, clip_on=False,
                     label=f"every film called, F1 {2 * rate / (1 + rate):.3f}")  # fmt: skip
        axes.set_xlim(0, 1.01)
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("share of positive films called (recall)")
        axes.set_ylabel("share of calls that are right (precision)")
        axes.legend(loc="lower left")
        tidy(axes)

    alt = f"Precision against recall where {share(rate)} of films are positive; the best F1 is {f1[best]:.3f}."
    return draw("precision", alt, 3.3, paint)


def _f1(score: Float, positive: NDArray[np.bool_]) -> Drawn:
    recall, precision, threshold = curve(score, positive)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    rate = float(positive.mean())
    everyone = 2 * rate / (1 + rate)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.step(threshold, f1, where="pre", color=BLUE, linewidth=1.4, label="called at and above the threshold")
        axes.axhline(everyone, color=SOFT, linestyle=":", linewidth=1.2, label="every film called positive")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("threshold on the score")
        axes.set_ylabel("F1")
        axes.legend(loc="lower left")
        tidy(axes, grid="y")

    return draw(
        "f1",
        f"F1 over the threshold, at most {f1.max():.3f}; calling every film positive has {everyone:.3f}.",
        2.6,
        paint,
    )


def _centres(side: int, cells: int) -> Float:
    """Where the cells of a map lie along a side of the film, in its pixels, with its two edges."""
    middle = (np.arange(cells) + 0.5) * side / cells - 0.5
    return np.concatenate([[-0.5], middle, [side - 0.5]])


def films_figure(shown: Sequence[Shown]) -> Drawn:
    """Films with an outline of where the map is above half of its highest value; none where nothing speaks for a finding."""
    columns = 3
    rows = -(-len(shown) // columns)

    def paint(figure: Figure) -> None:
        cells = np.atleast_1d(figure.subplots(rows, columns)).ravel()
        for cell in cells:
            cell.set_axis_off()
        for cell, (told, score, picture, evidence) in zip(cells, shown, strict=False):
            cell.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            if evidence.max() > 0 and min(evidence.shape) > 1:
                # A rim of nothing closes outlines that run along the film's edge.
                down, across = (
                    _centres(side, cells) for side, cells in zip(picture.shape, evidence.shape, strict=True)
                )
                level = evidence.max() / 2
                cell.contour(across, down, np.pad(evidence, 1, constant_values=min(0.0, evidence.min())),
                             levels=[level], colors=ORANGE, linewidths=1.2)  # fmt: skip
            cell.set_title(f"{told}\nscore {score:.2f}", fontsize=8)

    said = "; ".join(f"{told}, score {score:.2f}" for told, score, _, _ in shown)
    return draw("films", f"Films that were not fitted on: {said}.", 0.2 + 2.1 * rows, paint)
