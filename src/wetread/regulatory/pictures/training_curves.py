"""How a run went: loss by pass of each fit, and what was watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.errors import DataError
from wetread.regulatory.device import Device
from wetread.regulatory.evidence.run import Fit, fits, history
from wetread.regulatory.evidence.values import bare, numbers
from wetread.report.drawing import BLUE, GREEN, ORANGE, SOFT, Drawn, tidy
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]

_WATCHED = {"auroc": "AUROC", "average_precision": "average precision"}


def ready(device: Device) -> bool:
    """Whether a run with its passes is in the folder."""
    return history(device) is not None


def draw(device: Device) -> Drawn:
    """Losses above, watched figures below; the final fit thick, those of the folds thin.

    Raises
    ------
    DataError
        If no run in the folder has passes.
    """
    table = history(device)
    if table is None:
        raise DataError("no run in the folder has a history of passes: add the run folder of `wetread train`")
    made = fits(table)

    def paint(figure: Figure) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        for fit in made:
            _losses(upper, device, fit)
            _watched(lower, device, fit)
        _dress(upper, "loss a label")
        _dress(lower, "films watched")
        lower.set_xlabel("pass over the films")

    last = next((fit for fit in made if fit.name == "final"), made[-1])
    alt = (
        f"Loss by pass: at the end of the {last.name} fit {bare(device, last.last, 'train_loss'):.3f} on films fitted on and "
        f"{bare(device, last.last, 'tune_loss'):.3f} on films watched; the pass that was kept is marked."
    )
    return drawn("training-curves", alt, 4.6, paint)


def _losses(axes: Axes, device: Device, fit: Fit) -> None:
    told = fit.name == "final"
    wide, shade = (1.8, 1.0) if told else (0.8, 0.45)
    passes = numbers(device, fit.passes, "pass")
    axes.plot(passes, numbers(device, fit.passes, "train_loss"), color=SOFT, linestyle="--", linewidth=wide, alpha=shade,
              label="films fitted on (augmented)" if told else None)  # fmt: skip
    axes.plot(passes, numbers(device, fit.passes, "tune_loss"), color=BLUE, linewidth=wide, alpha=shade,
              label="films watched" if told else None)  # fmt: skip
    axes.scatter([bare(device, fit.best, "pass")], [bare(device, fit.best, "tune_loss")], color=ORANGE, zorder=3,
                 s=34 if told else 14, label="pass that was kept" if told else None)  # fmt: skip


def _watched(axes: Axes, device: Device, fit: Fit) -> None:
    told = fit.name == "final"
    for colour, (name, words) in zip((BLUE, GREEN), _WATCHED.items(), strict=True):
        axes.plot(numbers(device, fit.passes, "pass"), numbers(device, fit.passes, name), color=colour,
                  linewidth=1.8 if told else 0.8, alpha=1.0 if told else 0.45, label=words if told else None)  # fmt: skip


def _dress(axes: Axes, label: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_ylabel(label)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()
    tidy(axes, grid="y")
