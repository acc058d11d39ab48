"""What readers saw on films with a mined label, class by class."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wetread.errors import DataError
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import found
from wetread.regulatory.evidence.noise import classes, noise
from wetread.regulatory.evidence.values import bare
from wetread.report.drawing import SERIES, Drawn, tidy
from wetread.report.drawing import draw as drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "ready"]


def ready(device: Device) -> bool:
    """Whether a study of label noise with readers' classes is in the folder."""
    study = noise(device)
    return study is not None and any(True for _ in classes(study))


def draw(device: Device) -> Drawn:
    """Shares of readers' classes among the films of each mined label that were read again.

    Raises
    ------
    DataError
        If no such study is in the folder.
    """
    study = noise(device)
    rows = list(classes(study)) if study else []
    if not study or not rows:
        raise DataError("no study of label noise in the folder says what readers saw")
    seen = list(dict.fromkeys(name for label, _ in rows for name in found(study, "classes", label, "classes") or {}))
    shares = {name: [_share(device, ref, name) for _, ref in rows] for name in seen}

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        left = [0.0] * len(rows)
        for place, name in enumerate(seen):
            values = [0.0 if math.isnan(value) else 100 * value for value in shares[name]]
            axes.barh([label for label, _ in rows], values, left=left, color=SERIES[place % len(SERIES)], label=name,
                      hatch=("", "//", "..")[place % 3], edgecolor="white", linewidth=0.6)  # fmt: skip
            left = [a + b for a, b in zip(left, values, strict=True)]
        axes.invert_yaxis()
        axes.set_xlabel("share of the films that were read again, %")
        axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.25), ncols=len(seen), fontsize=7.5, columnspacing=1.2)
        tidy(axes)

    first, top = rows[0][0], seen[0]
    alt = f"What readers saw on films of each mined label: of {first} films {100 * shares[top][0]:.0f} % show {top}."
    return drawn("label-noise", alt, 2.6, paint)


def _share(device: Device, ref: str, name: str) -> float:
    return bare(device, f"{ref}/classes", name.replace("~", "~0").replace("/", "~1"))
