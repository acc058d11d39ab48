"""A second, plain implementation of the grayscale chain, written from the standard for the phantom's tests alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset


def presented(ds: Dataset) -> NDArray[np.float64]:
    """Presentation values of a decoded film, (rows, columns), 0 dark to 1 bright; pixel aspect undone by dropping copies."""
    stored = ds.pixel_array.astype(np.float64)
    slope, intercept = float(ds.get("RescaleSlope", 1)), float(ds.get("RescaleIntercept", 0))
    lowest = -(2 ** (ds.BitsStored - 1)) if ds.PixelRepresentation else 0
    ends = sorted(slope * end + intercept for end in (lowest, lowest + 2**ds.BitsStored - 1))
    level = _voi(ds, stored * slope + intercept, ends[0], ends[1])
    if ds.PhotometricInterpretation == "MONOCHROME1":
        level = 1 - level
    if "PixelPaddingValue" in ds:
        level[stored == ds.PixelPaddingValue] = 0
    down, across = (round(length) for length in _copies(ds))
    return level[::down, ::across]


def _voi(ds: Dataset, x: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    if "VOILUTSequence" in ds:
        entries, first, bits = ds.VOILUTSequence[0].LUTDescriptor
        data = ds.VOILUTSequence[0].LUTData
        table = np.frombuffer(data, dtype="<u2") if isinstance(data, bytes) else np.array(data)
        assert len(table) == entries
        index = np.clip(x - first, 0, entries - 1).astype(int)
        return np.asarray(table[index] / (2**bits - 1), dtype=np.float64)
    if "WindowCenter" not in ds:
        return (x - low) / (high - low)
    centre, width, function = float(ds.WindowCenter), float(ds.WindowWidth), ds.VOILUTFunction
    if function == "SIGMOID":
        return np.asarray(1 / (1 + np.exp(-4 * (x - centre) / width)), dtype=np.float64)
    if function == "LINEAR_EXACT":
        return np.clip((x - centre) / width + 0.5, 0, 1)
    assert function == "LINEAR"
    return np.clip((x - (centre - 0.5)) / (width - 1) + 0.5, 0, 1)


def _copies(ds: Dataset) -> tuple[float, float]:
    """How many stored rows and columns stand for one of the picture: pixels are that much finer than square ones."""
    spacing = ds.get("PixelSpacing") or ds.get("ImagerPixelSpacing") or ds.get("PixelAspectRatio")
    high, wide = (float(length) for length in spacing)
    shorter = high / wide
    return (1 / shorter, 1.0) if shorter <= 1 else (1.0, shorter)
