"""From modality values to presentation: VOI windows and lookup tables (PS3.3 C.11.1 and C.11.2), and when not to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset

from wetread.radiograph.decode import numbers

__all__ = ["Table", "Window", "first_table", "windows"]

Function = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Window:
    """One VOI window (PS3.3 C.11.2.1).

    Raises
    ------
    ValueError
        If the width is below what the function allows: 1 for LINEAR, above 0 for the others.
    """

    center: float
    width: float
    function: Function = "LINEAR"

    def __post_init__(self) -> None:
        if self.width < 1 if self.function == "LINEAR" else self.width <= 0:
            raise ValueError(f"a {self.function} window cannot be {self.width:g} wide")

    def __call__(self, values: Floats) -> Floats:
        """Presentation in [0, 1] of modality values."""
        if self.function == "SIGMOID":  # C.11.2.1.3.1; beyond 40 the exponential says nothing more and would overflow
            return np.asarray(1 / (1 + np.exp(np.clip(-4 * (values - self.center) / self.width, -40, 40))))
        if self.function == "LINEAR_EXACT":  # C.11.2.1.3.2
            return np.clip((values - self.center) / self.width + 0.5, 0, 1)
        if self.width == 1:  # C.11.2.1.2.1: the ramp has no length, and c - 0.5 itself is still dark
            return (values > self.center - 0.5).astype(np.float64)
        return np.clip((values - (self.center - 0.5)) / (self.width - 1) + 0.5, 0, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One lookup table (PS3.3 C.11.1.1, C.11.2.1.1).

    Parameters
    ----------
    first
        Value that the first entry stands for; below it the first entry holds, beyond the last the last.
    entries
        float64, the table's outputs, whole numbers.
    bits
        Bits of an output, as the descriptor says.
    """

    first: int
    entries: Floats
    bits: int

    def __call__(self, values: Floats) -> Floats:
        """Outputs for these values, which are rounded to whole numbers as a table needs."""
        place = np.clip(np.rint(values) - self.first, 0, self.entries.size - 1).astype(np.intp)
        return np.asarray(self.entries[place])

    @property
    def highest(self) -> float:
        """Output that stands for white.

        All bits set, as the standard says; but a table that leaves two bits or more unused was written for fewer bits
        than its descriptor claims, and would show a black film.
        """
        used = max(int(self.entries.max()), 1).bit_length()
        return float((1 << (used if used > self.bits or used <= self.bits - 2 else self.bits)) - 1)


def windows(dataset: Dataset) -> Iterator[Window | dict[str, Any]]:
    """The object's windows in their order; where one makes no sense, its values and `because` instead."""
    try:
        centers, widths = numbers(dataset, "WindowCenter"), numbers(dataset, "WindowWidth")
    except ValueError as error:
        yield {"because": str(error)}
        return
    named = str(dataset.get("VOILUTFunction") or "LINEAR").strip().upper()
    functions: dict[str, Function] = {"LINEAR": "LINEAR", "LINEAR_EXACT": "LINEAR_EXACT", "SIGMOID": "SIGMOID"}
    if len(centers) != len(widths):
        yield {"because": f"{len(centers)} window centers and {len(widths)} widths"}
    for center, width in zip(centers, widths, strict=False):
        try:
            yield Window(center, width, functions.get(named, "LINEAR"))
        except ValueError as error:
            yield {"center": center, "width": width, "because": str(error)}


def first_table(dataset: Dataset, keyword: str, *, signed: bool) -> Table | None:
    """The first table of ModalityLUTSequence or VOILUTSequence, or None where there is none.

    Parameters
    ----------
    signed
        Whether the values that go in can be negative: the descriptor's second value is then in two's complement.

    Raises
    ------
    ValueError
        If there is a table that cannot be understood.
    """
    if keyword not in dataset:
        return None
    try:
        items = list(dataset[keyword].value)
        if not items:
            return None
        count, first, bits = (int(number) for number in numbers(items[0], "LUTDescriptor"))
        entries = _entries(items[0], count % (1 << 16) or (1 << 16), _little(dataset))
    except Exception as error:  # pydicom converts on access and lets errors of many kinds through
        raise ValueError(f"the table of {keyword} cannot be understood") from error
    if signed and first > 0x7FFF:
        first -= 1 << 16
    return Table(first, entries, bits if 1 <= bits <= 16 else 16)


def _little(dataset: Dataset) -> bool:
    named = getattr(dataset, "file_meta", Dataset()).get("TransferSyntaxUID")
    return bool(named != uid.ExplicitVRBigEndian)


def _entries(item: Dataset, count: int, little: bool) -> Floats:
    """Table data as whole numbers: words, or bytes packed in pairs (PS3.3 C.11.1.1.1)."""
    data = item["LUTData"].value
    if isinstance(data, bytes | bytearray):
        packed = len(data) in (count, count + count % 2) and count > 1
        entries = np.frombuffer(data, np.uint8 if packed else np.dtype("<u2" if little else ">u2"))
    else:
        entries = np.atleast_1d(np.asarray(data, dtype=np.int64)) & 0xFFFF
        if entries.size in (count // 2, (count + 1) // 2) and entries.size < count:
            entries = np.stack([entries & 0xFF, entries >> 8], axis=1).ravel()
    if entries.size < count:
        raise ValueError(f"{entries.size} entries instead of {count}")
    return entries[:count].astype(np.float64)
