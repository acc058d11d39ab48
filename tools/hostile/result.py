"""What is written down of a campaign, and the tables of its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from importlib import metadata
from typing import Any

from tools.hostile.campaign import Record, recipe
from tools.hostile.seeds import SYNTAXES

__all__ = ["summarise", "tables"]

_LIBRARIES = ("pydicom", "numpy", "pillow", "imagecodecs", "simplejpeg", "pylibjpeg-openjpeg", "pyjpegls")
_FAULTS = ("bug", "broken", "died", "timeout")
BOUND_MIB = {"calling process": 512, "worker": 2048}
"""Memory that neither may exceed: the worker's is its limit."""


def summarise(
    records: list[Record], seed: int, guard: dict[str, Any], cli: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """The result, in plain values."""
    codes = guard["codes"]
    kept = {key: value for key, value in guard.items() if key != "codes"}
    pixels = [record for record in records if record.pixels]
    return {
        "seed": seed,
        "mutants": len(records),
        "versions": {name: metadata.version(name) for name in _LIBRARIES},
        "seconds_breeding": round(seconds, 1),
        "parents_found": sum(bool(record.fresh) for record in records),
        "branches_beyond_the_seeds": sum(record.fresh for record in records),
        "decoding_reached": sum(record.decoded for record in records),
        "decoding_reached_by_syntax": _by(
            records, lambda one: [one.syntax], lambda one: "yes" if one.decoded else "no"
        ),
        "outcomes": dict(Counter(codes).most_common()),
        "outcomes_by_syntax": _by(records, lambda one: [one.syntax], lambda one: codes[one.index]),
        "outcomes_by_kind": _by(records, lambda one: sorted(set(one.kinds)), lambda one: codes[one.index]),
        "coded_pixels_alone": _by(pixels, lambda one: [one.syntax], lambda one: one.pixels),
        "coded_pixels_alone_by_kind": _by(
            [one for one in pixels if len(one.kinds) == 1],
            lambda one: [f"{one.syntax} / {one.kinds[0]}"],
            lambda one: one.pixels,
        ),
        "faults": [recipe(record) for record in records if record.outcome.startswith(_FAULTS)],
        "guard_differs": sum(_differs(record.outcome, codes[record.index]) for record in records),
        "guarded": {**kept, "outcomes": len(codes), "bound_mib": BOUND_MIB},
        "command": cli,
    }


def _differs(alone: str, guarded: str) -> bool:
    return alone != guarded


def _by(
    records: Iterable[Record], groups: Callable[[Record], list[str]], value: Callable[[Record], str]
) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for record in records:
        for group in groups(record):
            found.setdefault(group, Counter())[value(record)] += 1
    return {group: dict(sorted(count.items())) for group, count in sorted(found.items())}


def tables(result: dict[str, Any]) -> str:
    """Markdown: what came of the mutants, by transfer syntax, by what was done, and of damage to coded pixels alone."""
    return "\n".join([*_syntaxes(result), "", *_kinds(result), "", *_alone(result), ""])


def _head(first: str, columns: Iterable[str]) -> list[str]:
    names = list(columns)
    return [f"| {first} | {' | '.join(names)} |", f"|---|{'---:|' * len(names)}"]


def _syntaxes(result: dict[str, Any]) -> list[str]:
    codes, reached = list(result["outcomes"]), result["decoding_reached_by_syntax"]
    lines = _head("transfer syntax or format", ["mutants", "reached pixels", *codes])
    names = [*SYNTAXES, *(name for name in result["outcomes_by_syntax"] if name not in SYNTAXES)]
    for name in names:
        counts, pixels = result["outcomes_by_syntax"].get(name, {}), reached.get(name, {})
        cells = [sum(counts.values()), pixels.get("yes", 0), *(counts.get(code, 0) for code in codes)]
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    total = [result["mutants"], result["decoding_reached"], *result["outcomes"].values()]
    return [*lines, f"| all | {' | '.join(map(str, total))} |"]


def _kinds(result: dict[str, Any]) -> list[str]:
    codes = list(result["outcomes"])
    lines = _head("what was done (a mutant may have several)", ["mutants", *codes])
    for name, counts in result["outcomes_by_kind"].items():
        cells = [sum(counts.values()), *(counts.get(code, 0) for code in codes)]
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    return lines


def _alone(result: dict[str, Any]) -> list[str]:
    columns = ("refused", "same", "silent")
    lines = _head("coded pixels alone changed", ["mutants", "refused", "no pixel differs", "silent"])
    for name in [*SYNTAXES, *(name for name in result["coded_pixels_alone"] if name not in SYNTAXES)]:
        counts = result["coded_pixels_alone"].get(name, {})
        cells = [sum(counts.values()), *(counts.get(column, 0) for column in columns)]
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    return lines
