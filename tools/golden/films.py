"""A case becomes a DICOM file: header, words, items. The drawing is one phantom, of two sizes."""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmwrite
from pydicom.encaps import encapsulate
from pydicom.uid import UID

from tools.golden.author import Authored, Table, author
from tools.golden.covering import NATIVE, Case
from tools.golden.encoders import UIDS, compress
from wetread.phantom import Encoding, film, picture

__all__ = [
    "ODD",
    "SEED",
    "SIZE",
    "drawing",
    "header",
    "lut_item",
    "place",
    "size_of",
    "to_bytes",
    "words_of",
    "write_case",
]

SEED, SIZE, ODD = 5, (200, 200), (201, 203)
"""The drawing is `wetread.phantom.picture(SEED, opacity=True, size=...)`: the smallest film that is read."""


@cache
def drawing(size: tuple[int, int] = SIZE) -> NDArray[np.float32]:
    """float32 (rows, columns), multiples of 1/255: what every film must show."""
    return picture(SEED, opacity=True, size=size)[0]


def size_of(case: Case) -> tuple[int, int]:
    """Rows and columns of a case."""
    return ODD if case["layout"] == "odd" else SIZE


def write_case(case: Case) -> tuple[bytes, Authored]:
    """The file, and what was authored."""
    authored = author(case, drawing(size_of(case)))
    bits = int(case["bits"])
    allocated, high_bit = _allocation(case)
    words = words_of(authored.values, bits, allocated, high_bit)
    ds = header(repr(case), size_of(case))
    ds.PhotometricInterpretation = case["photometric"]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = allocated, bits, high_bit
    ds.PixelRepresentation = int(case["sign"] == "signed")
    for keyword, value in authored.elements.items():
        setattr(ds, keyword, value)
    if authored.tables:
        ds.VOILUTSequence = [lut_item(table) for table in authored.tables]
    if case["layout"] == "planar":
        ds.PlanarConfiguration = 0
    if case["layout"] == "one-frame":
        ds.NumberOfFrames = 1
    if case["syntax"] in NATIVE:
        place(ds, words, case["syntax"])
    else:
        near = near_of(authored)
        stream = compress(authored.values, case["syntax"], bits=bits, words=words, high_bit=high_bit, near=near)
        _encapsulate(ds, stream, case)
    return to_bytes(ds), authored


def near_of(authored: Authored) -> int:
    """Error of a stored value that moves a presentation value by at most 1.5 steps of 255, and at least 1."""
    return max(1, int(1.5 / 255 / authored.steepest))


def header(identity: str, size: tuple[int, int]) -> Dataset:
    """A computed radiograph without its picture: what says how values are meant is left to the caller."""
    ds = film(SEED, opacity=True, sop_class="CR", size=size, encoding=Encoding(bits_stored=8, voi="none"))
    digest = hashlib.sha256(f"wetread golden {identity}".encode()).digest()
    ds.SOPInstanceUID = f"2.25.{int.from_bytes(digest[:16], 'big')}"
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    return ds


def _allocation(case: Case) -> tuple[int, int]:
    """BitsAllocated and HighBit."""
    bits, layout = int(case["bits"]), case["layout"]
    allocated = 8 if bits == 8 and layout != "shifted" else 16
    if layout == "wide":
        allocated *= 2
    return allocated, allocated - 1 if layout == "shifted" else bits - 1


def words_of(values: NDArray[np.int64], bits: int, allocated: int, high_bit: int) -> NDArray[np.unsignedinteger[Any]]:
    """The words that hold these values, unused bits 0 (PS3.5 8.1.1)."""
    return ((values & ((1 << bits) - 1)) << (high_bit + 1 - bits)).astype(f"u{allocated // 8}")


def lut_item(table: Table, **elements: Any) -> Dataset:
    """A VOI LUT sequence item; the first value mapped is signed where values can be negative (PS3.3 C.11.2.1.1)."""
    item = Dataset()
    count = len(table.entries) % (1 << 16)
    item.add_new("LUTDescriptor", "SS" if table.signed else "US", [count, table.first, table.bits])
    item.add_new("LUTData", "US", list(table.entries))
    for keyword, value in elements.items():
        setattr(item, keyword, value)
    return item


def place(ds: Dataset, words: NDArray[np.unsignedinteger[Any]], syntax: str = "explicit-le") -> None:
    """The words as a native picture."""
    order = ">" if syntax == "explicit-be" else "<"
    raw = words.astype(words.dtype.newbyteorder(order)).tobytes()
    ds.PixelData = raw + bytes(len(raw) % 2)
    ds["PixelData"].VR = "OB" if words.dtype.itemsize == 1 and syntax != "implicit-le" else "OW"
    ds["PixelData"].is_undefined_length = False
    ds.file_meta.TransferSyntaxUID = UID(UIDS[syntax])


def _encapsulate(ds: Dataset, stream: bytes, case: Case) -> None:
    fragments = 3 if case["items"] == "fragments" else 1
    ds.PixelData = encapsulate([stream], fragments_per_frame=fragments, has_bot=case["items"] == "filled-table")
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    ds.file_meta.TransferSyntaxUID = UID(UIDS[case["syntax"]])
    if case["syntax"] in ("jpeg-baseline", "jpeg-extended", "jpeg-ls-near", "jpeg2000-lossy", "htj2k-lossy"):
        ds.LossyImageCompression, ds.LossyImageCompressionRatio = "01", "4"


def to_bytes(ds: Dataset) -> bytes:
    """The file (PS3.10)."""
    buffer = BytesIO()
    dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()
