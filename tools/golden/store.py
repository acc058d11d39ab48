"""The golden set on disk: one archive a transfer syntax and one of traps, and an index with every film's hash.

Archives are tar.xz: a solid archive holds the many films that differ in their header alone for little more than one, and
is read by the standard library. Hashes are those of the films, not of the archives, which depend on the compressor.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.golden.covering import FACTORS, LOSSY, cover, possible
from tools.golden.encoders import ENCODERS, UIDS
from tools.golden.films import SEED, drawing, size_of, to_bytes, write_case
from tools.golden.traps import TRAPS, stretched

__all__ = ["FOLDER", "INDEX", "LOSSY_BOUNDS", "authored", "films", "index", "make"]

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "golden"
INDEX = FOLDER / "index.json"

LOSSY_BOUNDS = {
    "jpeg-baseline": (20.0, 3.0),
    "jpeg-extended": (16.0, 2.5),
    "jpeg-ls-near": (2.0, 1.0),
    "jpeg2000-lossy": (12.0, 2.0),
    "htj2k-lossy": (6.0, 1.5),
}
"""What a lossy stream may change here, in steps of 1/255: any pixel, and root mean square."""


def index() -> dict[str, Any]:
    """The index as it was written."""
    read: dict[str, Any] = json.loads(INDEX.read_text(encoding="utf-8"))
    return read


def films() -> Iterator[tuple[dict[str, Any], bytes]]:
    """Every entry of the index with its film, in order."""
    entries = index()
    found: dict[str, bytes] = {}
    for entry in [*entries["cases"], *entries["traps"]]:
        archive = entry["film"].partition("/")[0]
        if entry["film"] not in found:
            with tarfile.open(FOLDER / f"{archive}.tar.xz") as tar:
                members = {f"{archive}/{member.name}": tar.extractfile(member) for member in tar.getmembers()}
                found = {name: file.read() for name, file in members.items() if file is not None}
        yield entry, found[entry["film"]]


def authored(entry: dict[str, Any]) -> NDArray[np.float64]:
    """What this film must show, from its drawing alone."""
    rows, columns = entry["size"]
    return stretched(drawing((rows, columns)), tuple(entry.get("stretch", (1, 1))))


def make() -> dict[str, Any]:
    """Write the archives and the index; the same again from the same encoders."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    cases, archives = _cases()
    traps = []
    for trap in TRAPS:
        content = to_bytes(trap.make())
        archives.setdefault("traps", {})[f"{trap.name}.dcm"] = content
        about = {"imitates": trap.imitates, "size": trap.size, "tolerance": 1 / 255}
        about |= {"stretch": trap.stretch} if trap.stretch != (1, 1) else {}
        about |= {} if trap.reference else {"no_reference": trap.because}
        traps.append({"film": f"traps/{trap.name}.dcm", "sha256": hashlib.sha256(content).hexdigest(), **about})
    can, cannot = possible()
    told = {
        "drawing": {"function": "wetread.phantom.picture", "seed": SEED, "opacity": True},
        "factors": FACTORS,
        "encoders": ENCODERS,
        "pairs": {"possible": len(can), "excluded": len(cannot)},
        "cases": cases,
        "traps": traps,
    }
    for name, members in archives.items():
        _pack(FOLDER / f"{name}.tar.xz", members)
    INDEX.write_text(_json(told), encoding="utf-8")
    return told


def _cases() -> tuple[list[dict[str, Any]], dict[str, dict[str, bytes]]]:
    archives: dict[str, dict[str, bytes]] = {name: {} for name in UIDS}
    cases = []
    for case in cover():
        content, stored = write_case(case)
        syntax = case["syntax"]
        name = f"{len(archives[syntax]) + 1:02d}.dcm"
        archives[syntax][name] = content
        entry: dict[str, Any] = {"film": f"{syntax}/{name}", "sha256": hashlib.sha256(content).hexdigest()}
        entry |= {
            "size": size_of(case),
            "output_step": round(stored.output_step, 6),
            "rounding": round(stored.rounding, 6),
        }
        entry["tolerance"] = round(max(1 / 255, stored.output_step / 2), 6)
        if syntax in LOSSY:
            entry["tolerance"] = round(LOSSY_BOUNDS[syntax][0] / 255, 6)
        cases.append({**entry, "case": case})
    return cases, archives


def _pack(path: Path, members: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:xz", preset=9) as tar:
        for name, content in members.items():
            about = tarfile.TarInfo(name)  # time, owner and mode are the same for ever
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))


def _json(told: dict[str, Any]) -> str:
    """JSON with one line a film."""
    parts = []
    for key, value in told.items():
        if isinstance(value, list):
            lines = ",\n    ".join(json.dumps(one) for one in value)
            parts.append(f"  {json.dumps(key)}: [\n    {lines}\n  ]")
        else:
            parts.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
