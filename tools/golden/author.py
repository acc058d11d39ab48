"""From a drawn picture to stored values: the grayscale chain written forwards from the standard, and searched backwards.

Nothing here comes from the reader. The chain (PS3.3 C.11.1, C.11.2, C.7.6.3.1.2) is computed for every value that the
bits can hold; each grey level of the picture is stored as the value whose presentation lies nearest to it. What is left
over is the encoding's own output step, and the file's tolerance follows from that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.golden.covering import LOSSY, Case

__all__ = ["BORDER", "Authored", "Table", "Voi", "author", "ds", "window"]

BORDER = 2
"""Rows and columns at every edge that hold padding where there is any; black in the drawing."""
_LEVELS = np.arange(256) / 255
_ENTRIES = 1024
_WIDEST = 1021  # stored values that carry a picture without loss: more would only make larger files
_SPARE = (254, 253)  # grey levels that the drawing uses not at all, or hardly, and that padding may take
_LARGE = 1_000_000
_ENDS = 510.0
"""A sigmoid comes within 1 / 510 of black and white at the ends of the range."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """A VOI lookup table: the value that its first entry stands for, its entries and their bits."""

    first: int
    entries: tuple[int, ...]
    bits: int
    signed: bool = False

    def __call__(self, modal: Floats) -> Floats:
        """PS3.3 C.11.2.1.1: beyond either end the end's entry holds; white is all bits set."""
        place = np.clip(np.rint(modal).astype(np.int64) - self.first, 0, len(self.entries) - 1)
        return np.asarray(np.array(self.entries)[place] / ((1 << self.bits) - 1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Voi:
    """The VOI step as it is computed, and what declares it in the file."""

    function: str
    centre: float = 0.0
    width: float = 1.0
    tables: tuple[Table, ...] = ()
    elements: dict[str, Any] = field(default_factory=dict)

    def __call__(self, modal: Floats) -> Floats:
        """Presentation values in [0, 1]."""
        if self.function == "LUT":
            return self.tables[0](modal)
        return window(modal, self.function, self.centre, self.width)


@dataclass(frozen=True, slots=True, eq=False)
class Authored:
    """A picture in stored values, int64 (rows, columns), with the elements that say what they mean.

    `presented`, float64 (rows, columns), is what they mean by the author's own chain; `rounding` the most that a grey
    level of the drawing differs from its presentation, `output_step` the widest gap between neighbouring presentation
    values that the encoding can give, and `steepest` the most that one stored value's error moves a presentation value.
    """

    values: NDArray[np.int64]
    presented: Floats
    rounding: float
    elements: dict[str, Any]
    tables: tuple[Table, ...]
    output_step: float
    steepest: float


def window(modal: Floats, function: str, centre: float, width: float) -> Floats:
    """PS3.3 C.11.2.1.2.1 (LINEAR, by its pseudo-code), C.11.2.1.3.1 (SIGMOID), C.11.2.1.3.2 (LINEAR_EXACT)."""
    if function == "SIGMOID":
        return np.asarray(1.0 / (1.0 + np.exp(-4.0 * (modal - centre) / width)), dtype=np.float64)
    if function == "LINEAR_EXACT":
        inside, low, high = (modal - centre) / width + 0.5, centre - width / 2, centre + width / 2
    else:
        inside = (modal - (centre - 0.5)) / (width - 1) + 0.5 if width > 1 else np.zeros_like(modal)
        low, high = centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2
    return np.where(modal <= low, 0.0, np.where(modal > high, 1.0, inside))


def ds(value: float) -> str:
    """A decimal string of at most 16 characters (PS3.5 6.2)."""
    return next(text for digits in range(15, 0, -1) if len(text := f"{value:.{digits}g}") <= 16)


def author(case: Case, picture: NDArray[np.float32]) -> Authored:
    """Store `picture`, float32 (rows, columns) of multiples of 1/255, as `case` says; AssertionError if it cannot be."""
    bits, signed = int(case["bits"]), case["sign"] == "signed"
    lowest = -(1 << (bits - 1)) if signed else 0
    codes = np.arange(lowest, lowest + (1 << bits), dtype=np.int64)
    slope, intercept, elements = _rescale(case["rescale"], int(codes[0] + codes[-1]))
    used = _used(case, codes)
    low, high = sorted(slope * float(used[end]) + intercept for end in (0, -1))
    voi = _voi(case, low, high, slope * np.array([codes[0], codes[-1]]) + intercept)
    shown = (
        (codes * slope + intercept - low) / (high - low) if case["voi"] == "none" else voi(codes * slope + intercept)
    )
    inverted = case["photometric"] == "MONOCHROME1"
    shown = 1 - shown if inverted else shown
    pads = _pads(case, codes, shown)
    allowed = (~np.isin(codes, pads)) & (((codes >= used[0]) & (codes <= used[-1])) | (case["voi"] != "none"))
    table, step = _nearest(codes[allowed], shown[allowed], inner=case["syntax"] in LOSSY)
    values = table[np.rint(picture * np.float32(255)).astype(np.uint8)]
    presented = shown[values - codes[0]]
    rounding = float(np.abs(presented - picture).max())
    if pads:
        elements["PixelPaddingValue"] = pads[0]
        if case["padding"] == "range":
            elements["PixelPaddingRangeLimit"] = pads[-1]
        border = _border(picture)
        values[border], presented[border] = np.resize(pads, int(border.sum())), 0
    if case["shape"] == "said":
        elements["PresentationLUTShape"] = "INVERSE" if inverted else "IDENTITY"
    elements |= voi.elements
    steepest = float(np.abs(np.diff(shown)).max())
    return Authored(values, presented, rounding, elements, voi.tables, step, steepest)


def _rescale(kind: str, ends: int) -> tuple[float, float, dict[str, Any]]:
    """`ends` is the sum of the least and the greatest stored value: a slope of -1 maps the range onto itself."""
    chosen = {
        "none": (1.0, 0.0),
        "intercept": (1.0, -1024.0),
        "negative": (-1.0, float(ends)),
        "fraction": (0.37, -7.25),
        "large": (1.0, float(_LARGE)),
    }[kind]
    if kind == "none":
        return *chosen, {}
    return *chosen, {"RescaleSlope": ds(chosen[0]), "RescaleIntercept": ds(chosen[1]), "RescaleType": "US"}


def _used(case: Case, codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The stored values that carry the picture: all of 8 bits, else some are left at both ends.

    A multiple of 255, and one, so that a straight line meets every grey level.
    """
    if case["bits"] == "8":
        return codes
    most = codes.size * 15 // 16 if case["syntax"] in LOSSY else min(codes.size * 3 // 4, _WIDEST)
    count = (most - 1) // 255 * 255 + 1
    start = (codes.size - count) // 2
    return codes[start : start + count]


def _voi(case: Case, low: float, high: float, ends: Floats) -> Voi:
    kind = case["voi"]
    if kind == "none":
        return Voi("NONE")
    if kind in ("lut8", "lut16", "luts", "window+lut"):
        bits, signed = 8 if kind == "lut8" else 16, bool(ends.min() < 0)
        tables = [_table(math.ceil(low), math.floor(high), bits, signed=signed)]
        if kind == "luts":
            tables.append(Table(tables[0].first, tables[0].entries[::-1], bits, signed))
        decoy = _declared("LINEAR", [(low + high) / 2], [(high - low) / 5]) if kind == "window+lut" else {}
        return Voi("LUT", tables=tuple(tables), elements=decoy)
    function = {"linear-exact": "LINEAR_EXACT", "sigmoid": "SIGMOID"}.get(kind, "LINEAR")
    widths = {"SIGMOID": 2 * (high - low) / math.log(_ENDS - 1), "LINEAR_EXACT": high - low, "LINEAR": high - low + 1}
    centre = float(ds((low + high + (function == "LINEAR")) / 2))
    width = float(ds(widths[function]))
    more = kind == "windows"
    elements = _declared(function, [centre, centre + width / 3][: 1 + more], [width, width / 4][: 1 + more])
    return Voi(function, centre, width, elements=elements)


def _declared(function: str, centres: Sequence[float], widths: Sequence[float]) -> dict[str, Any]:
    several = [[ds(one) for one in values] for values in (centres, widths)]
    told = [values if len(values) > 1 else values[0] for values in several]
    elements: dict[str, Any] = {"WindowCenter": told[0], "WindowWidth": told[1]}
    return (
        elements if function == "LINEAR" else {**elements, "VOILUTFunction": function}
    )  # LINEAR is what silence means


def _table(low: int, high: int, bits: int, *, signed: bool) -> Table:
    """A gentle S over the middle of the range; it meets every grey level where it has entries enough."""
    count = min(high - low + 1, _ENTRIES)
    first = low + (high - low + 1 - count) // 2
    assert (-32768 if signed else 0) <= first <= (32767 if signed else 65535)
    t = np.linspace(0, 1, count)
    white = (1 << bits) - 1
    curve = np.rint(white * (0.6 * t + 0.4 * t * t * (3 - 2 * t)))
    nearest = np.abs(curve[None, :] - _LEVELS[:, None] * white).argmin(axis=1)
    if np.unique(nearest).size == _LEVELS.size:
        curve[nearest] = np.rint(_LEVELS * white)
    return Table(first, tuple(int(entry) for entry in curve), bits, signed)


def _pads(case: Case, codes: NDArray[np.int64], shown: Floats) -> list[int]:
    """One or two neighbouring stored values that are padding: white if they were shown, or nearly so in 8 bits."""
    if case["padding"] == "none":
        return []
    count = 1 if case["padding"] == "value" else 2
    if case["bits"] == "8":
        found = [int(codes[np.abs(shown - level / 255).argmin()]) for level in _SPARE[:count]]
        return sorted(found)
    start = codes.size - count if shown[-1] > shown[0] else 0
    return [int(code) for code in codes[start : start + count]]


def _border(picture: NDArray[np.float32]) -> NDArray[np.bool_]:
    border = np.ones(picture.shape, dtype=np.bool_)
    border[BORDER:-BORDER, BORDER:-BORDER] = False
    assert not picture[border].any(), "padding is shown as air, and the drawing has none there"
    return border


def _nearest(codes: NDArray[np.int64], shown: Floats, *, inner: bool) -> tuple[NDArray[np.int64], float]:
    """For each grey level the stored value that shows it best, and the widest gap between neighbouring values shown.

    Where many values show the same (beyond a window), the one in their middle is taken, or the innermost for a lossy
    codec, which would ring at the jump.
    """
    order = np.argsort(shown, kind="stable")
    outputs, start, count = np.unique(shown[order], return_index=True, return_counts=True)
    right = np.clip(np.searchsorted(outputs, _LEVELS), 1, outputs.size - 1)
    nearest = np.where(_LEVELS - outputs[right - 1] <= outputs[right] - _LEVELS, right - 1, right)
    middle = codes[order[start + count // 2]]
    if inner:
        centre = codes[np.argmin(np.abs(shown - 0.5))]
        groups = [codes[order[begin : begin + size]] for begin, size in zip(start, count, strict=True)]
        middle = np.array([group[np.argmin(np.abs(group - centre))] for group in groups])
    step = float(np.diff(outputs).max())
    error = float(np.abs(outputs[nearest] - _LEVELS).max())
    assert error <= max(1 / 255, step / 2) + 1e-12, (
        f"the encoding misses a grey level by {error * 255:.2f} of 255 steps"
    )
    return np.asarray(middle[nearest], dtype=np.int64), step
