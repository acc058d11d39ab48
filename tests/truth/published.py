"""Small tables that were printed in papers, and the results printed beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ORACLES = Path(__file__).resolve().parents[3] / "shared" / "oracles"

# Dawid and Skene, Applied Statistics 1979, table 1: one word a patient; observer 1 three times, then observers 2 to 5.
_ANAESTHETISTS = """
    1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 1111111 2223212 1211111
    1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222 1111111 1111111 1121121
    1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
"""
OBSERVERS = ("1", "1", "1", "2", "3", "4", "5")
PATIENTS = [tuple(int(answer) for answer in word) for word in _ANAESTHETISTS.split()]

# Fleiss, Psychological Bulletin 1971, table 1: how many of 14 raters gave each of five diagnoses.
FLEISS = (
    (0, 0, 0, 0, 14),
    (0, 2, 6, 4, 2),
    (0, 0, 3, 5, 6),
    (0, 3, 9, 2, 0),
    (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2),
    (6, 5, 2, 1, 0),
    (0, 2, 2, 3, 7),
)

# Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, part C: one word an observer, a dot where there is no read.
KRIPPENDORFF = (
    "123321412...",
    "1233224125.3",
    ".3332342251.",
    "12332441251.",
)


def krippendorff_rows() -> list[list[int | None]]:
    """One row a unit, one entry an observer."""
    return [[None if answer == "." else int(answer) for answer in unit] for unit in zip(*KRIPPENDORFF, strict=True)]


def oracle(name: str) -> Any:
    """One entry of the results that other programs printed; the test is skipped where they are not."""
    file = ORACLES / "statistics.json"
    if not file.is_file():
        pytest.skip("needs the oracles in ../shared/oracles")
    return json.loads(file.read_text("utf-8"))[name]
