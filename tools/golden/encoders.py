"""Encoders, for the making of the golden set only: DCMTK's programs, OpenJPEG, OpenJPH, libjpeg-turbo.

Where there are two, the one whose library the reader does not decode with is taken: JPEG lossless from DCMTK's IJG codec,
HTJ2K from OpenJPH, RLE from DCMTK.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import generate_frames
from pydicom.uid import ExplicitVRLittleEndian

__all__ = ["ENCODERS", "UIDS", "compress", "htj2k", "jpeg2000", "through_dcmtk"]

UIDS = {
    "implicit-le": "1.2.840.10008.1.2",
    "explicit-le": "1.2.840.10008.1.2.1",
    "explicit-be": "1.2.840.10008.1.2.2",
    "deflated": "1.2.840.10008.1.2.1.99",
    "rle": "1.2.840.10008.1.2.5",
    "jpeg-baseline": "1.2.840.10008.1.2.4.50",
    "jpeg-extended": "1.2.840.10008.1.2.4.51",
    "jpeg-lossless": "1.2.840.10008.1.2.4.57",
    "jpeg-lossless-sv1": "1.2.840.10008.1.2.4.70",
    "jpeg-ls": "1.2.840.10008.1.2.4.80",
    "jpeg-ls-near": "1.2.840.10008.1.2.4.81",
    "jpeg2000-lossless": "1.2.840.10008.1.2.4.90",
    "jpeg2000-lossy": "1.2.840.10008.1.2.4.91",
    "htj2k-lossless": "1.2.840.10008.1.2.4.201",
    "htj2k-rpcl": "1.2.840.10008.1.2.4.202",
    "htj2k-reversible": "1.2.840.10008.1.2.4.203",
    "htj2k-lossy": "1.2.840.10008.1.2.4.203",
}
"""Transfer syntax UIDs by the array's names; HTJ2K's third may be either reversible or not."""

ENCODERS = {
    **dict.fromkeys(("implicit-le", "explicit-le", "explicit-be", "deflated"), "pydicom"),
    "rle": "DCMTK dcmcrle",
    "jpeg-baseline": "libjpeg-turbo (imagecodecs)",
    "jpeg-extended": "libjpeg-turbo (imagecodecs)",
    "jpeg-lossless": "DCMTK dcmcjpeg, predictor 6",
    "jpeg-lossless-sv1": "DCMTK dcmcjpeg, predictor 1",
    "jpeg-ls": "DCMTK dcmcjpls",
    "jpeg-ls-near": "DCMTK dcmcjpls",
    "jpeg2000-lossless": "OpenJPEG (pylibjpeg-openjpeg)",
    "jpeg2000-lossy": "OpenJPEG (pylibjpeg-openjpeg)",
    **dict.fromkeys(("htj2k-lossless", "htj2k-rpcl", "htj2k-reversible", "htj2k-lossy"), "OpenJPH (imagecodecs)"),
}

_PROGRAMS = {
    "rle": ["dcmcrle"],
    "jpeg-lossless": ["dcmcjpeg", "+el", "+sv", "6"],
    "jpeg-lossless-sv1": ["dcmcjpeg", "+e1"],
    "jpeg-ls": ["dcmcjpls", "+el"],
    "jpeg-ls-near": ["dcmcjpls", "+en", "+un"],
}
_JPEG_QUALITY = 95
_RATIO = 4.0
"""Size of the samples against that of a lossy JPEG 2000 stream."""


def compress(
    values: NDArray[np.int64], syntax: str, *, bits: int, words: NDArray[np.unsignedinteger], high_bit: int, near: int
) -> bytes:
    """One frame's stream.

    Parameters
    ----------
    values, bits
        Stored values, and the bits that they fill.
    syntax
        By the array's name.
    words, high_bit
        The same in the words that a native picture would hold, uint8, uint16 or uint32.
    near
        The greatest error of a stored value that near-lossless JPEG-LS may make, and the base quantisation step of a
        lossy HTJ2K stream.
    """
    signed = bool(values.min() < 0)
    if syntax in _PROGRAMS:
        more = ["+md", str(near)] if syntax == "jpeg-ls-near" else []
        return through_dcmtk([*_PROGRAMS[syntax], *more], words, bits, high_bit)
    if high_bit >= bits:  # the samples are shifted: the stream holds whole words
        values, bits = words.astype(np.int64), 8 * words.dtype.itemsize
        signed = False
    if syntax.startswith("jpeg2000"):
        return jpeg2000(values, bits, signed=signed, ratio=_RATIO if syntax == "jpeg2000-lossy" else None)
    if syntax.startswith("htj2k"):
        return htj2k(values, bits, signed=signed, step=near if syntax == "htj2k-lossy" else None)
    from imagecodecs import jpeg8_encode

    if syntax == "jpeg-baseline":
        return bytes(jpeg8_encode(values.astype(np.uint8), level=_JPEG_QUALITY))
    return bytes(jpeg8_encode(values.astype(np.uint16), level=_JPEG_QUALITY, bitspersample=12))


def through_dcmtk(command: list[str], words: NDArray[np.unsignedinteger], bits: int, high_bit: int) -> bytes:
    """The stream that one of DCMTK's encoders makes of these words; CalledProcessError where it refuses."""
    plain = Dataset()
    plain.file_meta = FileMetaDataset()
    plain.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    plain.SOPClassUID, plain.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1", "2.25.1"
    plain.Rows, plain.Columns = words.shape
    plain.SamplesPerPixel, plain.PhotometricInterpretation, plain.PixelRepresentation = 1, "MONOCHROME2", 0
    plain.BitsAllocated, plain.BitsStored, plain.HighBit = 8 * words.dtype.itemsize, bits, high_bit
    raw = words.astype(words.dtype.newbyteorder("<")).tobytes()
    plain.PixelData = raw + bytes(len(raw) % 2)
    plain["PixelData"].VR = "OB" if words.dtype.itemsize == 1 else "OW"
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "plain.dcm", Path(folder) / "packed.dcm"
        plain.save_as(source, enforce_file_format=True)
        subprocess.run([*command, "+ff", str(source), str(target)], check=True, capture_output=True)
        packed = dcmread(target)
        return next(generate_frames(packed.PixelData, number_of_frames=1))


def jpeg2000(
    values: NDArray[np.int64], bits: int, *, signed: bool, ratio: float | None = None, boxes: bool = False
) -> bytes:
    """A JPEG 2000 codestream (or JP2 file) of `bits`, reversible unless a compression ratio is given."""
    from openjpeg.utils import encode_array

    kind = np.dtype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}")
    options = {} if ratio is None else {"compression_ratios": [ratio]}
    return bytes(encode_array(values.astype(kind), bits_stored=bits, codec_format=int(boxes), **options))


def htj2k(values: NDArray[np.int64], bits: int, *, signed: bool, step: int | None = None) -> bytes:
    """A high-throughput JPEG 2000 codestream in the progression of RPCL, with tile-part lengths.

    OpenJPH is given 8 or 16 bits here. A reversible stream of fewer is the same stream with another depth in its SIZ
    segment, for the depth decides nothing there but the level shift of unsigned samples (ISO/IEC 15444-1 G.1): that is
    added before. A stream that is quantised, by `step` stored values, keeps its 8 or 16 bits.
    """
    from imagecodecs import htj2k_encode

    width = 8 if bits <= 8 else 16
    kind = np.dtype(f"{'i' if signed else 'u'}{width // 8}")
    if step is not None:
        return bytes(htj2k_encode(values.astype(kind), level=step / (1 << width), reversible=False, tlm=True))
    shift = 0 if signed else (1 << (width - 1)) - (1 << (bits - 1))
    stream = bytearray(htj2k_encode((values + shift).astype(kind), reversible=True, tlm=True))
    assert stream[4 + 38] & 0x7F == width - 1, "Ssiz stands elsewhere"
    stream[4 + 38] = (0x80 if signed else 0) | (bits - 1)
    return bytes(stream)
