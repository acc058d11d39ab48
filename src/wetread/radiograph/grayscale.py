"""The grayscale contract: from stored values to one honest picture, in the standard's order, with every step recorded.

    stored values     bits stored, high bit, signedness            PS3.5 8.1.1, PS3.3 C.7.6.3.1
    pixel padding     kept out of statistics, painted as air       PS3.3 C.7.5.1.1.2
    modality          ModalityLUTSequence, or rescale              PS3.3 C.11.1
    VOI               VOILUTSequence, or a window                  PS3.3 C.11.2
    presentation      photometric interpretation and LUT shape     PS3.3 C.7.6.3.1.2, C.11.6; PS3.4 N.2
    aspect            pixels made square                           PS3.3 C.7.6.3.1.7, 10.7.1

What the standard leaves open, or files get wrong, is decided here once:

- One inversion at most. MONOCHROME1 and PresentationLUTShape INVERSE each say that the least value is white; said
  together they say the same thing once (PS3.3 C.8.11.3 asks for exactly this pair). A pair that contradicts itself
  (MONOCHROME1 with IDENTITY, MONOCHROME2 with INVERSE) inverts too and is recorded; the pixels have the last word
  (`wetread.radiograph.polarity`).
- Without window and table, 8-bit values are shown as they are, as an 8-bit image file is; deeper ones from their least
  to their greatest unpadded value.
- A window that is impossible, or that leaves nothing of the film to be seen, is passed over, and that is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from wetread.errors import DecodeError
from wetread.radiograph.contract import GRAYSCALE_VERSION, contract_sha256
from wetread.radiograph.decode import Stored, numbers
from wetread.radiograph.elements import text
from wetread.radiograph.reduce import Enough, blockwise, halve, spare
from wetread.radiograph.spacing import Spacing, aspect, is_square, spacing, square
from wetread.radiograph.value import Step
from wetread.radiograph.windows import Table, first_table, windows

__all__ = ["GRAYSCALE_VERSION", "contract_sha256", "look_up", "present", "render", "sampled"]

_SAMPLE = 1 << 18  # pixels that judge whether a window shows the film
_BLOCK = 1 << 16  # pixels looked up at a time: small enough for the cache
_SEEN_SHARE = 0.02  # a window is passed over where fewer pixels than this are neither black nor white
_SEEN_SPREAD = 0.04  # or where all but the outermost 2 % at either end lie closer than this

Floats = NDArray[np.float64]
Words = NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, slots=True)
class _Scale:
    """No window: the straight line from black at `low` to white at `high`."""

    low: float
    high: float

    def __call__(self, values: Floats) -> Floats:
        return np.clip((values - self.low) / (self.high - self.low or 1.0), 0, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A film's picture, and what is known of it.

    Parameters
    ----------
    pixels
        float32 (rows, columns) in [0, 1], air dark and bone bright as the header has it.
    shape
        Rows and columns of the whole film.
    halvings
        How often `pixels` are halved.
    spacing
        (row, column) spacing of the whole film in millimetres, or None.
    steps
        The steps in the order in which they were applied.
    """

    pixels: NDArray[np.float32]
    shape: tuple[int, int]
    halvings: int
    spacing: Spacing | None
    steps: tuple[Step, ...]


def render(dataset: Dataset, picture: Stored, *, enough: Enough | None = None) -> Rendered:
    """The picture, its spacing and the steps that led to it.

    Parameters
    ----------
    dataset
        A grey, single-frame DICOM object.
    picture
        Its stored values.
    enough
        Frame of the network that will look, as in `wetread.radiograph.read`.

    Raises
    ------
    DecodeError
        If the rescale or a modality table is there and cannot be understood: intensities would be guessed.
    """
    steps = [Step("decode", dict(picture.encoding or {}))]
    every, place = _words(picture)
    values = picture.values(every)
    padded = _padding(dataset, picture, steps)(values)
    modality = _modality(dataset, picture, steps)
    modal = modality(values.astype(np.float64))

    def extent() -> Floats:
        """Modality values between which the film lies where nothing else says so."""
        if picture.bits <= 8:
            return modality(np.asarray([picture.lowest, picture.highest], dtype=np.float64))
        return np.asarray(modal[present(place, every.size) & ~padded])

    count = np.where(padded, 0, sampled(place, every.size))
    shown = _voi(dataset, modal, count, extent, steps)
    if _inverted(dataset, steps):
        shown = 1 - shown
    shown[padded] = 0
    found, keyword = spacing(dataset)
    ratio = aspect(dataset, found)
    shape = picture.shape
    if is_square(ratio):
        times = max(spare(shape, enough), picture.levels)
        pixels = look_up(shown.astype(np.float32), place, times - picture.levels)
    else:  # made square as a whole, and then halved
        whole, found, stretched = square(look_up(shown.astype(np.float32), place), ratio, found)
        steps += [stretched] if stretched else []
        shape = _size(whole)
        times = spare(shape, enough)
        pixels = halve(whole, times)
    steps += [Step("spacing", {"from": keyword, "row_mm": found[0], "column_mm": found[1]})] if found else []
    return Rendered(pixels, shape, times, found, tuple(steps))


def _size(picture: NDArray[Any]) -> tuple[int, int]:
    rows, columns = picture.shape
    return rows, columns


def look_up(table: NDArray[np.float32], words: Words, times: int = 0) -> NDArray[np.float32]:
    """float32 picture of the table's entries at these words, halved so often (`wetread.radiograph.reduce`)."""

    def shown(begin: int, end: int) -> NDArray[np.float32]:
        # numpy widens indices to 8 bytes: in blocks they stay in the cache
        return table.take(words[begin:end], mode="clip")

    return blockwise(words.shape, times, shown)


def present(words: Words, size: int) -> NDArray[np.bool_]:
    """Which of the words 0 to `size` - 1 the picture holds, in every one of its pixels."""
    flat = words.reshape(-1)
    seen = np.zeros(size, dtype=bool)
    for start in range(0, flat.size, _BLOCK):
        seen[flat[start : start + _BLOCK]] = True
    return seen


def sampled(words: Words, size: int) -> NDArray[np.int64]:
    """How often each of the words 0 to `size` - 1 occurs in an even sample of the picture."""
    flat = words.reshape(-1)
    stride = max(1, flat.size // _SAMPLE) | 1  # odd, so that it does not walk down the same few columns
    return np.bincount(flat[::stride], minlength=size)


def _words(picture: Stored) -> tuple[Words, Words]:
    """Every word the picture could hold (up to 16 bits) or does hold, and for each pixel the place of its word there."""
    if picture.words.dtype.itemsize <= 2:
        return np.arange(1 << (8 * picture.words.dtype.itemsize), dtype=picture.words.dtype), picture.words
    every, place = np.unique(picture.words, return_inverse=True)
    return every, place.reshape(picture.words.shape).astype(np.uint32)


def _padding(dataset: Dataset, picture: Stored, steps: list[Step]) -> Callable[[NDArray[np.int64]], NDArray[np.bool_]]:
    """Which stored values are padding: PixelPaddingValue (0028,0120), or from it to PixelPaddingRangeLimit (0028,0121)."""
    try:
        given = [*numbers(dataset, "PixelPaddingValue")[:1], *numbers(dataset, "PixelPaddingRangeLimit")[:1]]
    except ValueError as error:
        steps.append(Step("padding-ignored", {"because": str(error)}))
        given = []
    width = 8 * picture.words.dtype.itemsize
    bounds = [_as_stored(int(value), width, picture.signed) for value in given]
    if "PixelPaddingValue" not in dataset:
        bounds = []
    if any(not picture.lowest <= bound <= picture.highest for bound in bounds):
        steps.append(Step("padding-ignored", {"values": bounds, "because": "no stored value of this film can be it"}))
        bounds = []
    if not bounds:
        return lambda values: np.zeros(values.shape, dtype=bool)
    low, high = min(bounds), max(bounds)
    steps.append(Step("padding", {"low": low, "high": high}))
    return lambda values: (values >= low) & (values <= high)


def _as_stored(value: int, width: int, signed: bool) -> int:
    """A padding value in the sign of the pixels: the header's own VR (US or SS) is often the wrong one."""
    value &= (1 << width) - 1
    return value - (1 << width) if signed and value >> (width - 1) else value


def _modality(dataset: Dataset, picture: Stored, steps: list[Step]) -> Callable[[Floats], Floats]:
    try:
        table = first_table(dataset, "ModalityLUTSequence", signed=picture.signed)
        slopes, intercepts = numbers(dataset, "RescaleSlope"), numbers(dataset, "RescaleIntercept")
    except ValueError as error:
        raise DecodeError(
            f"{error}: what the stored values mean is unknown; send the film again from its source"
        ) from error
    if table is not None:
        steps.append(Step("modality-lut", {"entries": table.entries.size, "first": table.first, "bits": table.bits}))
        return table
    slope, intercept = (slopes or (1.0,))[0], (intercepts or (0.0,))[0]
    if slope == 0:
        steps.append(
            Step(
                "rescale-ignored", {"slope": slope, "intercept": intercept, "because": "a slope of 0 leaves no picture"}
            )
        )
        return lambda values: values
    if slopes or intercepts:
        steps.append(Step("rescale", {"slope": slope, "intercept": intercept}))
    return lambda values: values * slope + intercept


def _voi(
    dataset: Dataset, modal: Floats, count: NDArray[np.int64], extent: Callable[[], Floats], steps: list[Step]
) -> Floats:
    """Presentation values of all modality values, by the first table or window that shows the film."""
    table = _voi_table(dataset, modal, steps)
    if table is not None:
        return table(modal) / table.highest
    offered = list(windows(dataset))
    for window in offered:
        if isinstance(window, dict):
            steps.append(Step("window-ignored", window))
            continue
        shown = window(modal)
        because = _unseen(shown[count > 0], modal[count > 0], count[count > 0])
        told: dict[str, Any] = {"center": window.center, "width": window.width, "function": window.function}
        if because is None:
            steps.append(Step("window", {**told, "offered": len(offered)}))
            return shown
        steps.append(Step("window-ignored", {**told, "because": because}))
    scale = extent()
    straight = _Scale(float(scale.min()), float(scale.max())) if scale.size else _Scale(0.0, 1.0)
    because = "no window or table shows the film" if offered else "the file has no window and no table"
    steps.append(Step("full-range", {"low": straight.low, "high": straight.high, "because": because}))
    return straight(modal)


def _voi_table(dataset: Dataset, modal: Floats, steps: list[Step]) -> Table | None:
    try:
        table = first_table(dataset, "VOILUTSequence", signed=bool(modal.size and modal.min() < 0))
    except ValueError as error:
        steps.append(Step("voi-lut-ignored", {"because": str(error)}))
        return None
    if table is None:
        return None
    told = {"entries": table.entries.size, "first": table.first, "bits": table.bits, "white": table.highest}
    if np.ptp(table.entries) == 0:
        steps.append(Step("voi-lut-ignored", {**told, "because": "every entry is the same"}))
        return None
    steps.append(Step("voi-lut", {**told, "offered": len(dataset["VOILUTSequence"].value)}))
    return table


def _unseen(shown: Floats, modal: Floats, count: NDArray[np.int64]) -> str | None:
    """Why a window does not show the film, or None where it does, or where there is nothing to be seen."""
    if modal.size == 0 or np.ptp(modal) == 0:
        return None
    if count[(shown > 1 / 512) & (shown < 511 / 512)].sum() < _SEEN_SHARE * count.sum():
        return "it leaves the film black and white: it was not made for these values"
    order = np.argsort(shown)
    reached = np.cumsum(count[order]) / count.sum()
    low, high = (shown[order][min(int(np.searchsorted(reached, share)), shown.size - 1)] for share in (0.02, 0.98))
    if high - low < _SEEN_SPREAD:
        return "it leaves the film one shade of grey: it was not made for these values"
    return None


def _inverted(dataset: Dataset, steps: list[Step]) -> bool:
    """Whether the least value is white, and the step that says who said so."""
    photometric, shape = (_word(dataset, keyword) for keyword in ("PhotometricInterpretation", "PresentationLUTShape"))
    told: dict[str, Any] = {"photometric_interpretation": photometric or "MONOCHROME2 assumed"}
    if shape:
        told["presentation_lut_shape"] = shape
    try:
        sign = numbers(dataset, "PixelIntensityRelationshipSign")
    except ValueError:
        sign = ()
    if sign:
        told["pixel_intensity_relationship_sign"] = int(sign[0])
    inverted = photometric == "MONOCHROME1" or shape == "INVERSE"
    contradictory = (photometric == "MONOCHROME1" and shape == "IDENTITY") or (
        photometric != "MONOCHROME1" and shape == "INVERSE"
    )
    steps.append(
        Step("invert" if inverted else "identity", {**told, **({"contradictory": True} if contradictory else {})})
    )
    return inverted


def _word(dataset: Dataset, keyword: str) -> str:
    return (text(dataset, keyword) or "").upper()
