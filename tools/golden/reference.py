"""DCMTK's picture of a film, for the steps that it implements."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.golden.author import BORDER

__all__ = ["PROGRAMS", "available", "inside", "seen", "why_not"]

PROGRAMS = {
    **dict.fromkeys(("implicit-le", "explicit-le", "explicit-be", "deflated", "rle", "traps"), "dcm2pnm"),
    **dict.fromkeys(("jpeg-baseline", "jpeg-extended", "jpeg-lossless", "jpeg-lossless-sv1"), "dcmj2pnm"),
    **dict.fromkeys(("jpeg-ls", "jpeg-ls-near"), "dcml2pnm"),
}
_VOI = {
    **dict.fromkeys(("linear", "windows", "sigmoid"), ("+Wi", "1")),
    **dict.fromkeys(("lut8", "lut16", "luts", "window+lut"), ("+Wl", "1")),
    "none": ("+Wm",),
}


def available() -> bool:
    """Whether DCMTK's programs are here."""
    return all(shutil.which(program) for program in PROGRAMS.values())


def why_not(entry: dict[str, Any]) -> str | None:
    """The step of this film that DCMTK does not implement, or None."""
    if "no_reference" in entry:
        return str(entry["no_reference"])
    syntax = entry["film"].partition("/")[0]
    if "jpeg2000" in entry["film"] or "htj2k" in entry["film"]:
        return "DCMTK has no JPEG 2000"
    case = entry.get("case", {})
    if case.get("voi") == "linear-exact":
        return "DCMTK does not do LINEAR_EXACT"
    if case.get("voi") == "none" and case.get("padding") != "none":
        return "DCMTK counts padding into the film's range"
    if case.get("rescale") == "fraction":
        return "DCMTK rounds rescaled values to whole numbers"
    if syntax == "jpeg-extended" and int(case["bits"]) < 12:
        return "DCMTK drops the bits of a lossy overshoot, which turns white into black"
    if syntax == "jpeg-ls-near" and case["layout"] == "wide":
        return "DCMTK refuses a JPEG-LS stream of 8 bits for words of 16"
    return None


def inside(entry: dict[str, Any], pixels: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """The picture without its padded border, which DCMTK shows."""
    padded = entry.get("case", {}).get("padding", "none") != "none"
    return pixels[BORDER:-BORDER, BORDER:-BORDER] if padded else pixels


def seen(entry: dict[str, Any], content: bytes) -> NDArray[np.float64]:
    """DCMTK's presentation values, (rows, columns) in [0, 1], of 16 bits; CalledProcessError where it refuses."""
    from PIL import Image

    program = PROGRAMS[entry["film"].partition("/")[0]]
    voi = _VOI[_kind(entry, content)]
    if entry["film"] == "traps/zeros-behind-the-stream.dcm":
        program = "dcmj2pnm"
    elif entry["film"] == "traps/jpeg-ls-of-its-own-precision.dcm":
        program = "dcml2pnm"
    with tempfile.TemporaryDirectory() as folder:
        film, picture = Path(folder) / "film.dcm", Path(folder) / "film.png"
        film.write_bytes(content)
        subprocess.run([program, "+on2", *voi, str(film), str(picture)], check=True, capture_output=True)
        with Image.open(picture) as image:
            return np.asarray(image, dtype=np.float64) / 65535


def _kind(entry: dict[str, Any], content: bytes) -> str:
    if "case" in entry:
        return str(entry["case"]["voi"])
    from io import BytesIO

    from pydicom import dcmread

    ds = dcmread(BytesIO(content), stop_before_pixels=True)
    if ds.get("VOILUTSequence"):
        return "lut16"
    return "linear" if "WindowCenter" in ds else "none"
