"""What stands beside a number, and nothing from farther away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wetread.regulatory.around import around, software_of
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.pen import Pen

DATA = {
    "films": 9,
    "films_sha256": "whole",
    "rows": [
        {"films": 25, "positives": 3, "films_sha256": "row", "share": 0.1, "seed": 5, "method": "exact", "in": {"x": 1}}
    ],
    "auroc": {"value": 0.5, "low": 0.4, "high": 0.6, "method": "percentiles"},
}


def artefact(data: Any, kind: str = "other") -> Artefact:
    return Artefact(name="a", kind=kind, path=Path("a.json"), sha256="0" * 64, data=data)


@pytest.mark.parametrize(
    ("pointer", "told"),
    [
        ("/rows/0/share", {"n": {"films": 25, "positives": 3}, "data": "row", "seed": 5, "method": "exact"}),
        ("/rows/0/films", {"n": {"positives": 3}, "data": "row", "seed": 5, "method": "exact"}),
        ("/rows/0/in/x", {}),
        ("/auroc", {"n": {"films": 9}, "data": "whole", "method": "percentiles"}),
        ("/rows/0", {"n": {"films": 25, "positives": 3}, "data": "row", "seed": 5, "method": "exact"}),
        ("/gone", {"n": {"films": 9}, "data": "whole"}),
        ("/gone/further", {}),
    ],
)
def test_only_the_number_s_own_object_is_asked(pointer: str, told: dict[str, Any]) -> None:
    assert around(artefact(DATA), pointer) == told


def test_counts_are_whole_numbers() -> None:
    assert around(artefact({"films": True, "patients": 2.5, "seed": "1", "x": 1}), "/x") == {}


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("evaluation", {"settings": {"wetread": "0.3.0"}}, "wetread 0.3.0"),
        ("plan", {"wetread": "0.3.0"}, "wetread 0.3.0"),
        ("bundle", {"name": "b", "version": "1"}, "bundle b 1"),
        ("other", [], ""),
        ("other", {"settings": {}}, ""),
    ],
)
def test_the_version_is_the_evidence_s_own(kind: str, data: Any, said: str) -> None:
    assert software_of(artefact(data, kind)) == said


def test_what_a_document_says_comes_first() -> None:
    writing = Pen({"a": artefact(DATA)}, {})
    writing.num("a:/rows/0/share", method="another")
    (claim,) = writing.claims.values()
    assert (claim.method, claim.n, claim.data, claim.seed) == ("another", {"films": 25, "positives": 3}, "row", 5)
