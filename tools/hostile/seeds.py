"""The films that are broken: small phantoms in every transfer syntax that the reader decodes, and image files."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian

from tools.golden.encoders import htj2k, jpeg2000
from wetread.phantom import Encoding, film
from wetread.radiograph.decode import stored

__all__ = ["SYNTAXES", "Seed", "seeds"]

SIZE = (224, 208)
"""Rows and columns: just large enough that a reader does not refuse the film as a thumbnail."""
SYNTAXES = {
    "implicit-le": "1.2.840.10008.1.2", "explicit-le": "1.2.840.10008.1.2.1", "explicit-be": "1.2.840.10008.1.2.2",
    "deflated": "1.2.840.10008.1.2.1.99", "rle": "1.2.840.10008.1.2.5", "jpeg-baseline": "1.2.840.10008.1.2.4.50",
    "jpeg-extended": "1.2.840.10008.1.2.4.51", "jpeg-lossless": "1.2.840.10008.1.2.4.57",
    "jpeg-lossless-sv1": "1.2.840.10008.1.2.4.70", "jpeg-ls": "1.2.840.10008.1.2.4.80",
    "jpeg-ls-near": "1.2.840.10008.1.2.4.81", "jpeg2000-lossless": "1.2.840.10008.1.2.4.90",
    "jpeg2000": "1.2.840.10008.1.2.4.91", "htj2k-lossless": "1.2.840.10008.1.2.4.201",
    "htj2k": "1.2.840.10008.1.2.4.203",
}  # fmt: skip
_NATIVE = ("implicit-le", "explicit-le", "explicit-be", "deflated")
_KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("DX", {}),
    ("CR", {"photometric": "MONOCHROME1", "voi": "lut"}),
    ("SC", {"rescale": (-2.0, 500.0), "voi": "sigmoid"}),
)


@dataclass(frozen=True)
class Seed:
    """A well-formed file: the name of its transfer syntax, or of its image format, and its bytes."""

    syntax: str
    name: str
    content: bytes


def seeds() -> list[Seed]:
    """The corpus, the same in every run."""
    found = []
    for number, (name, uid) in enumerate(SYNTAXES.items()):
        bits = 8 if name == "jpeg-baseline" else 12
        for turn in range(2):
            kind, options = _KINDS[0 if bits == 8 else (number + turn) % len(_KINDS)]
            view = {"view": "AP"} if turn and bits == 8 else {}
            found.append(Seed(name, f"{name} {kind}", _film(name, uid, kind, bits, 10 * number + turn, options, view)))
    return [*found, *_images()]


def _film(name: str, uid: str, kind: str, bits: int, seed: int, options: dict[str, Any], view: dict[str, Any]) -> bytes:
    syntax = uid if name in _NATIVE else str(ExplicitVRLittleEndian)
    encoding = Encoding(bits_stored=bits, transfer_syntax=syntax, **options)
    ds = film(seed, size=SIZE, sop_class=kind, encoding=encoding, **view)
    # As a maker's own film: the phantom's name would have it refused before it is decoded.
    ds.Manufacturer, ds.ManufacturerModelName, ds.SeriesDescription = "Maker", "Model", "Chest"
    if name not in _NATIVE:
        _compress(ds, name, stored(ds).values(), bits)
        ds.file_meta.TransferSyntaxUID = UID(uid)
    file = BytesIO()
    ds.save_as(file, enforce_file_format=True)
    return file.getvalue()


def _compress(ds: Dataset, name: str, values: NDArray[np.int64], bits: int) -> None:
    frame = _frame(name, values, bits)
    if frame is None:
        syntax = {"rle": SYNTAXES["rle"], "jpeg-ls": SYNTAXES["jpeg-ls"]}[name]
        ds.compress(syntax, generate_instance_uid=False)
        return
    half = len(frame) // 2 // 2 * 2
    # A frame may lie in several fragments (PS3.5 A.4); lossy films here do, so that both roads are broken.
    frames = [frame[:half], frame[half:]] if name in ("jpeg2000", "jpeg-baseline") else [frame]
    joined = encapsulate(frames, has_bot=False) if len(frames) > 1 else encapsulate(frames)
    ds.PixelData = joined
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True


def _frame(name: str, values: NDArray[np.int64], bits: int) -> bytes | None:
    from imagecodecs import jpeg8_encode, jpegls_encode

    words = values.astype(np.uint8 if bits <= 8 else np.uint16)
    if name == "jpeg-baseline":
        return bytes(jpeg8_encode(words, level=90))
    if name == "jpeg-extended":
        return bytes(jpeg8_encode(words, level=95, bitspersample=12))
    if name.startswith("jpeg-lossless"):
        return bytes(jpeg8_encode(words, lossless=True, bitspersample=bits))
    if name == "jpeg-ls-near":
        return bytes(jpegls_encode(words, level=2))
    if name.startswith("jpeg2000"):
        return jpeg2000(values, bits, signed=False, ratio=None if name.endswith("lossless") else 8.0)
    if name.startswith("htj2k"):
        return htj2k(values, bits, signed=False, step=None if name.endswith("lossless") else 4)
    return None


def _images() -> list[Seed]:
    from PIL import Image

    from wetread.phantom import picture

    found = []
    for number, (kind, options) in enumerate((("png", {}), ("jpeg", {"quality": 92}), ("tiff", {}))):
        grey = np.rint(picture(200 + number, size=SIZE)[0] * 255).astype(np.uint8)
        deep = (grey.astype(np.uint16) << 4) | 7
        for name, pixels in ((f"{kind} 8", grey), (f"{kind} 16", deep)):
            if kind == "jpeg" and name.endswith("16"):
                continue
            file = BytesIO()
            Image.fromarray(pixels).save(file, kind.upper(), **options)
            found.append(Seed(kind, name, file.getvalue()))
    file = BytesIO()
    Image.fromarray(grey).save(file, "TIFF", compression="tiff_lzw")
    return [*found, Seed("tiff", "tiff lzw", file.getvalue())]
