"""Small films made here for the tests of the pixels: what the standard lets a header say, and what it does not."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRBigEndian, ExplicitVRLittleEndian

MONOCHROME1, MONOCHROME2 = "MONOCHROME1", "MONOCHROME2"


def grey(values: NDArray[Any], bits: int = 12, *, big: bool = False, **elements: Any) -> Dataset:
    """A film whose words are these values, with any further elements; None takes one out."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRBigEndian if big else ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID, ds.Modality = ComputedRadiographyImageStorage, "1.2.3.4", "CR"
    ds.Rows, ds.Columns = values.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, MONOCHROME2
    ds.BitsAllocated = 8 if bits <= 8 else 16 if bits <= 16 else 32
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits - 1, int(values.min() < 0)
    kind = f"{'>' if big else '<'}{'i' if ds.PixelRepresentation else 'u'}{ds.BitsAllocated // 8}"
    data = values.astype(kind).tobytes()
    ds.PixelData = data + bytes(len(data) % 2)
    ds["PixelData"].VR = "OB" if bits <= 8 else "OW"
    for keyword, value in elements.items():
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    return ds


def compressed(ds: Dataset, frame: bytes, syntax: str) -> Dataset:
    """The film with this codestream as its picture."""
    ds.PixelData = encapsulate([frame])
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    ds.file_meta.TransferSyntaxUID = syntax
    return ds


def table(first: int, entries: list[int] | bytes, bits: int = 16, count: int | None = None, vr: str = "US") -> Dataset:
    """An item of ModalityLUTSequence or VOILUTSequence."""
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [count or len(entries), first, bits])
    item.add_new("LUTData", "OW" if isinstance(entries, bytes) else vr, entries)
    return item


def ramp(bits: int = 12, shape: tuple[int, int] = (64, 64), seed: int = 0) -> NDArray[np.int64]:
    """Every grey level from the least to the greatest, in a shuffled order."""
    even = np.linspace(0, (1 << bits) - 1, shape[0] * shape[1]).round().astype(np.int64)
    return np.random.default_rng(seed).permutation(even).reshape(shape)


def steps(film: Any) -> dict[str, dict[str, Any]]:
    """The film's steps by name."""
    return {step.name: step.parameters for step in film.steps}
