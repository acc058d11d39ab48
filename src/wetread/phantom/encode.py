"""How a presentation picture becomes stored values: the grayscale chain of DICOM, turned round.

The chain that a reader applies is PS3.3 C.7.6.3.1 (bits), C.7.5.1.1.2 (padding), C.11.1 (rescale), C.11.2 (VOI LUT and
window functions) and C.7.6.3.1.2 with C.11.6 (photometric interpretation, presentation LUT shape).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError

__all__ = ["LOSSLESS_SYNTAXES", "LOSSY_SYNTAXES", "Encoding", "Stored", "encode"]

IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"
DEFLATED, RLE = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.5"
JPEG_LS, JPEG_LS_NEAR = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"
JPEG_2000, JPEG_2000_LOSSY = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"

LOSSLESS_SYNTAXES = (IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED, RLE, JPEG_LS, JPEG_2000)
"""Transfer syntax UIDs that keep every stored value (PS3.5 Annex A)."""
LOSSY_SYNTAXES = (JPEG_LS_NEAR, JPEG_2000_LOSSY)
"""Transfer syntax UIDs that change stored values: near-lossless JPEG-LS by at most 1.5/255 of presentation value at any
pixel; JPEG 2000 at a tenth of the size by at most 20/255 at any pixel and 3/255 root mean square (films of 320 rows and
more; measured 14/255 and 2.3/255)."""

_LEVELS = 256
_LUT_BITS = 16
"""The one width that CR, SC (8 or 16) and DX (10 to 16) share."""
_LUT_ENTRIES = 16384
_LARGEST_NEAR = 255
_SATURATION = 1023.0
"""A sigmoid never reaches 0 or 1: the ends are stored where it comes within 1 / 1024 of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """One way to store the picture. Every way holds the same presentation values.

    Parameters
    ----------
    photometric
        PhotometricInterpretation (0028,0004): "MONOCHROME1" (lowest value white) or "MONOCHROME2" (lowest value black).
    bits_stored
        BitsStored (0028,0101), 8 to 16. BitsAllocated is 8 for 8, else 16.
    signed
        PixelRepresentation (0028,0103): two's complement where True.
    rescale
        (RescaleSlope, RescaleIntercept), the slope not 0 and may be negative; None leaves the step out.
    voi
        "none" (full range of stored values), "linear", "linear_exact" or "sigmoid" (VOILUTFunction (0028,1056)), or
        "lut" (VOILUTSequence (0028,3010)). All but "none" and "sigmoid" keep unused stored values on either side of the
        range where there are more than 256, and store black and white outside the window.
    presentation_lut_shape
        PresentationLUTShape (2050,0020): "IDENTITY", "INVERSE", or None for none (a DX object then gets the one that it
        needs). With MONOCHROME1, INVERSE says the same inversion once more in other words; it is not a second one.
    padding
        True stores the collimated border as PixelPaddingValue (0028,0120), a value that would be white if not left out.
    pixel_aspect
        Height and width of a stored pixel relative to each other, each 1 to 4: (1, 2) stores every row of the
        picture twice, so that pixels are half as high as wide.
    transfer_syntax
        UID out of `LOSSLESS_SYNTAXES` or `LOSSY_SYNTAXES`.

    Raises
    ------
    ConfigError
        If the parts contradict each other or cannot hold the picture to within half of 1/255.
    """

    photometric: Literal["MONOCHROME1", "MONOCHROME2"] = "MONOCHROME2"
    bits_stored: int = 12
    signed: bool = False
    rescale: tuple[float, float] | None = None
    voi: Literal["none", "linear", "linear_exact", "sigmoid", "lut"] = "linear"
    presentation_lut_shape: Literal["IDENTITY", "INVERSE"] | None = None
    padding: bool = False
    pixel_aspect: tuple[int, int] = (1, 1)
    transfer_syntax: str = EXPLICIT_LITTLE

    def __post_init__(self) -> None:
        for refusal in (self._refuse_words(), self._refuse_numbers(), self._refuse_grayscale(), self._refuse_syntax()):
            if refusal is not None:
                raise ConfigError(refusal)

    @property
    def lossy(self) -> bool:
        """True where the transfer syntax changes stored values."""
        return self.transfer_syntax in LOSSY_SYNTAXES

    @property
    def inverted(self) -> bool:
        """True where high values are dark."""
        return self.photometric == "MONOCHROME1"

    @property
    def shape_needed(self) -> Literal["IDENTITY", "INVERSE"]:
        """The presentation LUT shape that agrees with the photometric interpretation (PS3.3 C.8.11.3.1.2)."""
        return "INVERSE" if self.inverted else "IDENTITY"

    def _refuse_words(self) -> str | None:
        if self.photometric not in ("MONOCHROME1", "MONOCHROME2"):
            return f"a film is MONOCHROME1 or MONOCHROME2, not {self.photometric!r}"
        if self.voi not in ("none", "linear", "linear_exact", "sigmoid", "lut"):
            return f"voi is none, linear, linear_exact, sigmoid or lut, not {self.voi!r}"
        if self.presentation_lut_shape not in (None, self.shape_needed):
            return f"{self.photometric} needs shape {self.shape_needed}; {self.presentation_lut_shape!r} contradicts it"
        return None

    def _refuse_numbers(self) -> str | None:
        if not 8 <= self.bits_stored <= 16:
            return f"a film is stored in 8 to 16 bits, not in {self.bits_stored}"
        if self.rescale is not None:
            slope, intercept = self.rescale
            if not (np.isfinite(slope) and np.isfinite(intercept)) or slope == 0:
                return (
                    f"a rescale slope is a number other than 0, and its intercept a number, not {slope} and {intercept}"
                )
            if any(float(decimal_string(number)) != number for number in self.rescale):
                return f"rescale {slope}, {intercept} does not fit into 16 characters of a decimal string: round it"
        if any(part not in (1, 2, 3, 4) for part in self.pixel_aspect):
            return f"a pixel aspect is two whole numbers from 1 to 4, not {self.pixel_aspect}"
        return None

    def _refuse_grayscale(self) -> str | None:
        if self.voi in ("sigmoid", "lut") and self.bits_stored < 10:
            return f"a curved VOI ({self.voi}) needs at least 10 bits to hold 256 steps, not {self.bits_stored}"
        if self.padding and (self.voi in ("none", "sigmoid") or self.bits_stored < 9):
            return "a padding value needs a stored value that the picture does not use: voi linear, linear_exact or lut, and at least 9 bits"
        if self.voi == "lut":
            slope, intercept = self.rescale or (1.0, 0.0)
            if abs(slope) != 1 or intercept != int(intercept):
                return "a VOI LUT maps whole numbers: rescale slope 1 or -1 and a whole intercept"
            low, high = _range(self)
            floor, ceiling = (-32768, 32767) if self.signed else (0, 65535)
            if low < floor or high > ceiling:
                return f"the first value mapped by a VOI LUT has the sign of the stored values: rescaled values {low:g} to {high:g} do not fit"
        return None

    def _refuse_syntax(self) -> str | None:
        if self.transfer_syntax not in LOSSLESS_SYNTAXES + LOSSY_SYNTAXES:
            return f"transfer syntax {self.transfer_syntax} is none that the phantom is written in: see LOSSLESS_SYNTAXES and LOSSY_SYNTAXES"
        if self.lossy and self.padding:
            return "a lossy transfer syntax does not keep a padding value"
        if self.lossy and self.signed:
            return "lossy films are stored unsigned: an error could turn the lowest value into the highest"
        if self.transfer_syntax == JPEG_LS_NEAR and self.voi == "none" and self.bits_stored == 16:
            return f"near-lossless JPEG-LS errs by up to {_LARGEST_NEAR} stored values (ISO/IEC 14495-1 C.2.3), and a grey level of 16 bits without a window is more: choose a window, or fewer bits"
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """A picture in stored values.

    Parameters
    ----------
    values
        (rows, columns), the smallest integer type that fits.
    attributes
        Attributes of the grayscale chain, by keyword.
    lut
        LUTDescriptor and LUTData of the VOI LUT, or None.
    step
        How many stored values lie on 1/255 of presentation value where the VOI step is steepest; at least 1.
    """

    values: NDArray[Any]
    attributes: dict[str, Any]
    lut: tuple[list[int], list[int]] | None
    step: float


@dataclass(frozen=True, slots=True, eq=False)
class _Voi:
    """The VOI step turned round: rescaled value of each level, the attributes that declare it, width of its middle."""

    values: NDArray[np.float64]
    width: float
    attributes: dict[str, Any] = field(default_factory=dict)
    lut: tuple[list[int], list[int]] | None = None


def encode(picture: NDArray[np.float32], encoding: Encoding, border: NDArray[np.bool_]) -> Stored:
    """Store a presentation picture.

    Parameters
    ----------
    picture
        float32, (rows, columns), multiples of 1/255 in [0, 1].
    encoding
        How.
    border
        bool, (rows, columns): what lies outside the exposed field; used where the encoding has padding.

    Returns
    -------
    stored
        Values from which the chain gives back the picture to within 0.5 / 255.
    """
    levels = np.arange(_LEVELS) / (_LEVELS - 1)
    voi = _voi(encoding, 1 - levels if encoding.inverted else levels)
    attributes = dict(voi.attributes)
    slope, intercept = encoding.rescale or (1.0, 0.0)
    kind = np.dtype(f"{'i' if encoding.signed else 'u'}{1 if encoding.bits_stored == 8 else 2}")
    table = np.rint((voi.values - intercept) / slope).astype(kind)
    values = table[np.rint(picture * np.float32(_LEVELS - 1)).astype(np.uint8)]
    if encoding.rescale is not None:
        attributes["RescaleSlope"], attributes["RescaleIntercept"] = decimal_string(slope), decimal_string(intercept)
        attributes["RescaleType"] = "US"
    if encoding.padding:
        lowest, highest = _stored_range(encoding)
        attributes["PixelPaddingValue"] = highest if (slope > 0) != encoding.inverted else lowest
        values[border] = attributes["PixelPaddingValue"]
    high, wide = encoding.pixel_aspect
    values = np.repeat(np.repeat(values, wide, axis=0), high, axis=1)
    return Stored(np.ascontiguousarray(values), attributes, voi.lut, voi.width / abs(slope) / (_LEVELS - 1))


def _stored_range(encoding: Encoding) -> tuple[int, int]:
    lowest = -(1 << (encoding.bits_stored - 1)) if encoding.signed else 0
    return lowest, lowest + (1 << encoding.bits_stored) - 1


def _headroom(encoding: Encoding) -> int:
    """Stored values left unused at either end."""
    return 0 if encoding.voi in ("none", "sigmoid") else ((1 << encoding.bits_stored) - _LEVELS) // 8


def _range(encoding: Encoding) -> tuple[float, float]:
    """Lowest and highest value after rescale that carries the picture."""
    lowest, highest = _stored_range(encoding)
    slope, intercept = encoding.rescale or (1.0, 0.0)
    ends = [slope * (lowest + _headroom(encoding)) + intercept, slope * (highest - _headroom(encoding)) + intercept]
    return min(ends), max(ends)


def _voi(encoding: Encoding, levels: NDArray[np.float64]) -> _Voi:
    """Values after rescale that the VOI step turns into `levels`."""
    low, high = _range(encoding)
    if encoding.voi == "sigmoid":  # PS3.3 C.11.2.1.3.1
        width = float(decimal_string((high - low) / (np.log(_SATURATION) / 2)))
        kept = np.clip(levels, 1 / (_SATURATION + 1), _SATURATION / (_SATURATION + 1))
        values = (low + high) / 2 - width / 4 * np.log(1 / kept - 1)
        return _Voi(np.clip(values, low, high), width, _window("SIGMOID", (low + high) / 2, width))
    if encoding.voi == "lut":
        return _lut(encoding, levels, int(low), int(high))
    values = low + levels * (high - low)
    outside = _headroom(encoding) // 2 * abs((encoding.rescale or (1.0, 0.0))[0])
    values[levels == 0] -= outside
    values[levels == 1] += outside
    if encoding.voi == "none":
        return _Voi(values, high - low)
    if encoding.voi == "linear":  # PS3.3 C.11.2.1.2.1: a window of width w spans w - 1, about its centre less one half
        return _Voi(values, high - low, _window("LINEAR", (low + high + 1) / 2, high - low + 1))
    return _Voi(values, high - low, _window("LINEAR_EXACT", (low + high) / 2, high - low))  # PS3.3 C.11.2.1.3.2


def _window(function: str, centre: float, width: float) -> dict[str, Any]:
    return {"WindowCenter": decimal_string(centre), "WindowWidth": decimal_string(width), "VOILUTFunction": function}


def _lut(encoding: Encoding, levels: NDArray[np.float64], low: int, high: int) -> _Voi:
    """A gently S-shaped table over the middle of the range; values beyond it take its first and last entry."""
    entries = min(high - low + 1, _LUT_ENTRIES)
    first = low + (high - low + 1 - entries) // 2
    t = np.linspace(0, 1, entries)
    top = (1 << _LUT_BITS) - 1
    table = np.rint(top * (0.4 * t + 0.6 * t * t * (3 - 2 * t))).astype(np.int64)
    middles = (table[1:] + table[:-1]) / 2  # the entry nearest to a level
    values = first + np.searchsorted(middles, levels * top).astype(np.float64)
    outside = _headroom(encoding) // 2
    values[levels == 0] = first - outside
    values[levels == 1] = first + entries - 1 + outside
    return _Voi(values, (entries - 1) / 1.3, lut=([entries, first, _LUT_BITS], table.tolist()))


def decimal_string(value: float) -> str:
    """Text of at most 16 characters for a DS attribute, with as many digits as fit (PS3.5 6.2)."""
    shortest = repr(float(value)).removesuffix(".0")
    texts = (shortest, *(f"{value:.{digits}g}" for digits in range(15, 0, -1)))
    return next(text for text in texts if len(text) <= 16)
