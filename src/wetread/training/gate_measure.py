"""How often a gate refuses what: counts with exact intervals, tuning and evaluation halves apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.errors import UnreadableError
from wetread.inference.gate import Gate, Verdict
from wetread.intervals import proportion
from wetread.radiograph import read
from wetread.training.gate_films import PARTS, Film, gate_half, loaded, make
from wetread.training.gate_pages import photograph
from wetread.truth import list_hash

__all__ = ["Judged", "count", "drawn", "films", "halves", "shared_dicom", "table"]

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """One picture's verdict: the row it counts in, its half, its public name, and what the eye saw ("" for nothing)."""

    row: str
    half: str
    name: str
    verdict: Verdict
    seen: str = ""

    @property
    def refused(self) -> bool:
        """Whether the gate refuses it."""
        return bool(self.verdict.reasons)


def halves(gate: Gate, data: Path) -> list[Judged]:
    """The gate films of both halves."""
    return [
        Judged(f"{kind}, covid-chestxray", half, path.stem, gate.judge(read(path)))
        for half in ("tuning", "evaluation")
        for kind, path in gate_half(data, half)
    ]


def films(gate: Gate, found: Iterable[Film]) -> list[Judged]:
    """Real frontal films of NIH and Kermany as they are."""
    return [
        Judged(f"frontal, {film.collection}", film.half, film.name, gate.judge_pixels(loaded(film.path)), film.seen)
        for film in found
    ]


def large(gate: Gate, data: Path, found: Iterable[Film]) -> list[Judged]:
    """The untouched NIH films of 1024 pixels whose small copies are development films, in those films' halves."""
    known = {film.name: film for film in found}
    paths = sorted((data / "nih_1024").glob("*.png"))
    return [
        Judged("frontal, nih 1024", known[path.stem].half, path.stem, gate.judge(read(path)), known[path.stem].seen)
        for path in paths
        if path.stem in known
    ]


_CHEST = ("RG1_J2KI", "966_fixed", "gdcm-CR-MONO1-10-chest", "rsna_cr_pa", "test1", "test2", "test3")


def shared_dicom(gate: Gate, data: Path) -> list[Judged]:
    """DICOM files of several makers: chest films, and the hips, legs and test patterns among them. None was fitted."""
    judged = []
    for path in sorted((data / "dicom").glob("*.dcm")):
        if path.stem in ("test4", "test5", "test6", "Fake_MONOHR1"):  # test1's pixels again; a film inverted on purpose
            continue
        try:
            film = read(path)
        except UnreadableError:
            continue
        row = "frontal, DICOM of several makers" if path.stem in _CHEST else "hips, legs, SMPTE (DICOM)"
        judged.append(Judged(row, "evaluation", path.stem, gate.judge(film)))
    return judged


def drawn(gate: Gate, found: list[Film], *, seed: int, numbers: int) -> list[Judged]:
    """Pictures of every part with another seed, over films of the evaluation half; and photographs never fitted."""
    mine = [film for film in found if film.half == "evaluation" and not film.seen]
    judged = [
        Judged(part, "evaluation", str(number), gate.judge_pixels(make(seed, part, number, mine)))
        for part in PARTS
        for number in range(numbers)
    ]
    for number in range(numbers):
        picture = photograph(np.random.default_rng([seed, number]), held=True)
        judged.append(Judged("photographs never fitted", "evaluation", str(number), gate.judge_pixels(picture)))
    return judged


def mirrored(gate: Gate, found: Iterable[Film]) -> list[Judged]:
    """Evaluation films laid mirrored."""
    return [
        Judged(
            f"mirrored, {film.collection}",
            film.half,
            film.name,
            gate.judge_pixels(np.ascontiguousarray(loaded(film.path)[:, ::-1])),
        )
        for film in found
        if film.half == "evaluation" and not film.seen
    ]


def count(judged: list[Judged]) -> list[dict[str, Any]]:
    """One row for each kind and half: refused of films, with the exact 95 % interval, and by which code."""
    rows: list[dict[str, Any]] = []
    for key in dict.fromkeys((one.row, one.half) for one in judged):
        mine = [one for one in judged if (one.row, one.half) == key and not one.seen]
        apart = [one for one in judged if (one.row, one.half) == key and one.seen]
        refused = sum(one.refused for one in mine)
        interval = proportion(refused, len(mine))
        codes = [one.verdict.reasons[0].code.value for one in mine if one.refused]
        rows.append(
            {
                "row": key[0],
                "half": key[1],
                "films": len(mine),
                "refused": refused,
                "share": interval.value,
                "low": interval.low,
                "high": interval.high,
                "codes": {code: codes.count(code) for code in sorted(set(codes))},
                "films_sha256": list_hash([one.name for one in mine]),
                "not_as_filed": len(apart),
                "not_as_filed_refused": sum(one.refused for one in apart),
            }
        )
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as a table in Markdown."""
    lines = ["| pictures | half | refused | of | share (95 % interval) |", "|---|---|---|---|---|"]
    for row in rows:
        share = f"{100 * row['share']:.1f} % ({100 * row['low']:.1f} to {100 * row['high']:.1f})"
        lines.append(f"| {row['row']} | {row['half']} | {row['refused']} | {row['films']} | {share} |")
    return "\n".join(lines) + "\n"
