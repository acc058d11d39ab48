"""The golden set's results as numbers (tests/golden/measured.json) and as a page (docs/encodings.md)."""

from __future__ import annotations

import json
import math
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from pydicom.uid import UID

from tools.golden.covering import FACTORS, LOSSY, NATIVE, possible
from tools.golden.encoders import ENCODERS, UIDS
from tools.golden.measure import (
    COARSE_PROBABILITY,
    LOSSLESS_PROBABILITY,
    LOSSY_PROBABILITY,
    Measured,
    faults,
    is_coarse,
    measure,
)
from tools.golden.reference import why_not
from tools.golden.store import FOLDER, LOSSY_BOUNDS, index
from wetread.errors import DecodeError
from wetread.radiograph import codecs

__all__ = ["MEASURED", "PAGE", "UNREAD", "check", "decoder_of", "page", "results", "told", "write"]

ROOT = Path(__file__).resolve().parents[2]
MEASURED = FOLDER / "measured.json"
PAGE = ROOT / "docs" / "encodings.md"

_PYDICOMS = {
    "jpeg2000": "pylibjpeg-openjpeg",
    "htj2k": "pylibjpeg-openjpeg",
    "jpeg": "pyjpegls",
}
"""The distribution behind pydicom's own plugin, by the first part of an encoding's name."""
_WITHIN = {
    "pylibjpeg-openjpeg": "OpenJPEG, BSD-2-Clause",
    "pyjpegls": "CharLS, BSD-3-Clause",
    "simplejpeg": "libjpeg-turbo, IJG and BSD-3-Clause",
    "imagecodecs": "libjpeg-turbo, IJG and BSD-3-Clause",
    "imagecodecs rle": "its own code",
}
UNREAD = {
    "JPEG, spectral selection and progression (processes 6 to 13)": "1.2.840.10008.1.2.4.55",
    "JPEG 2000 Part 2": "1.2.840.10008.1.2.4.92",
    "JPIP": "1.2.840.10008.1.2.4.94",
    "MPEG2": "1.2.840.10008.1.2.4.100",
    "MPEG-4 AVC/H.264": "1.2.840.10008.1.2.4.102",
    "HEVC/H.265": "1.2.840.10008.1.2.4.107",
    "JPEG XL": "1.2.840.10008.1.2.4.110",
    "Deflated Image Frame": "1.2.840.10008.1.2.8.1",
}
"""Encodings that no codec here reads, with a transfer syntax of each."""


def decoder_of(syntax: str) -> str | None:
    """The distribution that decodes a transfer syntax of the array; None where nothing is compressed."""
    if syntax in NATIVE:
        return None
    needs = codecs.DECODER_DEPENDENCIES.get(UID(UIDS[syntax]))
    return needs[-1] if needs else _PYDICOMS[syntax.partition("-")[0]]


def told(uid: str) -> str:
    """What the user is told of a film in an encoding that is not read."""
    try:
        codecs.decode_frame(b"\0" * 64, uid, rows=8, columns=8, bits_allocated=8, bits_stored=8)
    except DecodeError as error:
        return str(error)
    raise AssertionError(f"{uid} is read")


def results(measured: list[Measured]) -> dict[str, Any]:
    """Worst figures by transfer syntax, rounded up: grey levels in steps of 1/255, probabilities as they are."""
    found: dict[str, Any] = {}
    for name in [*UIDS, "traps"]:
        films = [film for film in measured if film.syntax == name]
        seen = [film.reference for film in films if film.reference is not None]
        found[name] = {
            "films": len(films),
            "largest": _up(255 * max(film.largest for film in films), 2),
            "root_mean_square": _up(255 * max(film.spread for film in films), 2),
            "own": _up(255 * max(film.own or 0 for film in films), 4),
            "probability": _up(max(film.probability or 0 for film in films), 4),
            "held_probability": _up(max((film.probability or 0 for film in films if not film.coarse), default=0.0), 4),
            "own_probability": _up(max(film.own_probability or 0 for film in films), 5),
            "dcmtk_films": len(seen),
            "dcmtk_largest": _up(255 * max(seen, default=0.0), 2),
        }
    return found


def _up(value: float, digits: int) -> float:
    return math.ceil(round(value, 9) * 10**digits) / 10**digits


def check() -> int:
    """Measure the whole set, say what is wrong, and keep the numbers where nothing is; the exit status."""
    measured = list(measure())
    wrong = {film.entry["film"]: found for film in measured if (found := faults(film))}
    for name, found in wrong.items():
        print(f"{name}: {'; '.join(found)}")
    if not wrong:
        MEASURED.write_text(json.dumps(results(measured), indent=1) + "\n", encoding="utf-8")
    print(f"{len(measured)} films read, {len(wrong)} with faults")
    return int(bool(wrong))


def write() -> int:
    """Write the page; the exit status."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
    return 0


def page() -> str:
    """docs/encodings.md from the index, the measured numbers and what is installed."""
    numbers: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return (
        "\n\n".join(
            [
                "# Which encodings are read, and how truly",
                "Written by `python -m tools.golden table`; do not edit.",
                _set(),
                "## Codecs\n\n" + _codecs(),
                "## How truly\n\n" + _truth(numbers),
                "## DCMTK's picture\n\n" + _reference(numbers),
                "## What is not decoded\n\n" + _unread(),
                "## What cannot be stored\n\n" + _excluded(),
                "## Traps\n\n" + _traps(),
            ]
        )
        + "\n"
    )


def _rows(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows])


def _set() -> str:
    entries, (can, cannot) = index(), possible()
    factors = ", ".join(f"{name} ({len(values)})" for name, values in FACTORS.items())
    return (
        f"The grayscale golden set (`tests/golden`) is one phantom film stored in {len(entries['cases'])} ways, which "
        f"together hold every one of the {len(can)} pairs of values that can be stored together, of these factors: "
        f"{factors}. {len(cannot)} pairs cannot be (below). {len(entries['traps'])} further films are traps that real "
        "devices set. What each film must show is its drawing, computed without the reader; each film's parameters and "
        "SHA-256 are in `tests/golden/index.json`. `python -m tools.golden make` writes the set again (it needs DCMTK "
        "and the test dependencies), `check` measures it, `table` writes this page."
    )


def _codecs() -> str:
    pins = {}
    for line in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]:
        name = line[: min(line.index(mark) for mark in "<>=~" if mark in line)]
        pins[name] = line[len(name) :]
    rows = []
    for syntax in UIDS:
        library = decoder_of(syntax)
        pin, licence = (
            ("", "")
            if library is None
            else (f"`{pins[library]}`", f"{_licence(library)} ({_WITHIN.get(f'{library} {syntax}', _WITHIN[library])})")
        )
        rows.append([syntax, UIDS[syntax], library or "none needed", pin, licence, ENCODERS[syntax]])
    head = ["encoding", "transfer syntax", "decoded by", "version", "licence (and what it wraps)", "encoded here by"]
    return _rows(head, rows)


def _licence(name: str) -> str:
    about = metadata.metadata(name)
    expression = about.get("License-Expression") or about.get("License") or ""
    classifiers = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if line.startswith("License")
    ]
    return expression.splitlines()[0] if 0 < len(expression.splitlines()) <= 2 else (classifiers or ["unknown"])[0]


def _truth(numbers: dict[str, Any]) -> str:
    rows = []
    for name, found in numbers.items():
        bound = "1, or half the encoding's own step"
        if name in LOSSY_BOUNDS:
            bound = f"{LOSSY_BOUNDS[name][0]:g}; {LOSSY_BOUNDS[name][1]:g} rms"
        own = "" if name in LOSSY or name == "traps" else f"{found['own']:.4f}"
        change = f"{found['probability']:.4f}"
        rows.append(
            [
                name,
                str(found["films"]),
                f"{found['largest']:.2f}",
                f"{found['root_mean_square']:.2f}",
                bound,
                own,
                change,
            ]
        )
    entries = index()["cases"]
    lossless = [entry for entry in entries if entry["case"]["syntax"] not in LOSSY]
    coarse = [entry for entry in lossless if is_coarse(entry)]
    held = max(found["held_probability"] for name, found in numbers.items() if name not in LOSSY)
    head = [
        "encoding",
        "films",
        "worst",
        "worst rms",
        "allowed",
        "worst against its stored values",
        "worst change of probability",
    ]
    text = (
        "Grey levels in steps of 1/255, against the drawing. The encoding's own step is the widest gap between the grey "
        "levels that its stored values, rescale and window can give: 8 bits under a sigmoid have too few for the drawing, "
        "and round it before any reader sees it. The column after that therefore compares with what the stored values "
        "mean by a second implementation of the chain. Probabilities are the released adult bundle's, in constancy mode, "
        "against the same drawing stored plainly in 8 bits: "
        f"allowed are {LOSSLESS_PROBABILITY:g} for the {len(lossless) - len(coarse)} lossless films that hold the drawing's "
        f"levels (worst {held:.4f}), {COARSE_PROBABILITY:g} for the {len(coarse)} whose encoding rounds them (against what their stored values "
        f"mean, {LOSSLESS_PROBABILITY:g} as well), and {LOSSY_PROBABILITY:g} for lossy ones."
    )
    return text + "\n\n" + _rows(head, rows)


def _reference(numbers: dict[str, Any]) -> str:
    entries = [*index()["cases"], *index()["traps"]]
    reasons: dict[str, int] = {}
    for entry in entries:
        because = why_not(entry)
        if because is not None:
            reasons[because] = reasons.get(because, 0) + 1
    count = sum(found["dcmtk_films"] for found in numbers.values())
    worst = max(found["dcmtk_largest"] for found in numbers.values())
    text = (
        f"`dcm2pnm`, `dcmj2pnm` and `dcml2pnm` of DCMTK, 16 bits out, show {count} of the {len(entries)} films as this reader "
        f"does, to {worst:.2f} of 255 steps at the worst (it rounds down to its output's levels). The others need what "
        "DCMTK does not do, or does otherwise:"
    )
    return text + "\n\n" + _rows(["why not compared", "films"], [[why, str(number)] for why, number in reasons.items()])


def _unread() -> str:
    return _rows(
        ["encoding", "transfer syntax", "what the user is told"],
        [[name, uid, told(uid)] for name, uid in UNREAD.items()],
    )


def _excluded() -> str:
    _, cannot = possible()
    reasons: dict[str, list[str]] = {}
    for pair, reason in cannot.items():
        reasons.setdefault(reason, []).append(" with ".join(f"{factor} {value}" for factor, value in pair))
    return _rows(["why", "pairs"], [[reason, "; ".join(pairs)] for reason, pairs in reasons.items()])


def _traps() -> str:
    return _rows(
        ["film", "imitates"],
        [[entry["film"].removeprefix("traps/").removesuffix(".dcm"), entry["imitates"]] for entry in index()["traps"]],
    )
