"""Tables of figures, honesty and readers: every row by what it holds, and nothing where nothing was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.documents import honesty_tables as tables
from wetread.regulatory.pen import Pen, plain


def span(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.1, "high": value + 0.1}


def question(name: str, auroc: float, **beside: float) -> dict[str, Any]:
    counts = {"films": 40, "patients": 30, "positives": 10, "films_sha256": "a" * 64}
    each = {
        guess: counts
        | {
            "name": name,
            "label": "opacity",
            "auroc": span(its),
            "network": span(auroc),
            "difference": span(auroc - its),
        }
        for guess, its in beside.items()
    }
    return counts | {"name": name, "label": "opacity", "auroc": span(auroc), "beside": each}


FIGURES = {
    "cross_validated": [
        question("all films", 0.8, **{"view alone": 0.6, "band 7 alone": 0.5}),
        question("PA films", 0.7),
    ],
    "sealed": [],
}
HONESTY = {
    "films_sha256": "a" * 64,
    "told_by_score": [
        {"name": "view", "films": 40, "having": 12, "auroc": span(0.6), "surely": True},
        {"name": "sex", "films": 40, "having": 20, "auroc": span(0.5), "surely": False},
    ],
    "ablation": {
        "films": 40, "whole films": span(0.8),
        "as fitted": {"lungs only": {"auroc": span(0.7), "lost": span(0.1)}},
        "fitted anew": {"lungs/none": {"auroc": span(0.6), "lost": span(0.2)}},
    },
    "boxes": {"films": 9, "pointing": {"map": span(0.3), "centre": span(0.1), "average_box": span(0.4), "over_average_box": span(-0.1), "chance": 0.2}},
    "shuffle": {"runs": 20, "mean": 0.5, "lowest": 0.4, "highest": 0.6, "network": 0.8, "p": 0.048},
    "parity": {"films": 48, "pairs": [{"first": "A", "second": "B", "score": 1.5e-7, "logit": 6e-7, "map": 2e-6}]},
}  # fmt: skip
PANEL = {
    "attending": {"films": 100, "standard_positive": 25, "sensitivity": span(0.8), "specificity": span(0.9), "kappa": span(0.7)},
    "chexnet": {"films": 50, "auroc": span(0.7)},
    "network": {"films": 40, "standard_positive": 10, "sensitivity": span(0.5), "specificity": span(0.6), "kappa": None},
}  # fmt: skip


def held(kind: str, data: Any) -> tuple[Artefact, Pen]:
    made = Artefact(name=kind, kind=kind, path=Path(f"{kind}.json"), sha256="0" * 64, data=data)
    return made, Pen({kind: made}, {})


def test_figures_print_counts_and_intervals() -> None:
    figures, pen = held("figures", FIGURES)
    text = plain(tables.figure_rows(figures, "cross_validated", pen))
    assert "| all films | opacity | 40 | 30 | 10 | 0.800 (0.700 to 0.900) |" in text
    assert tables.figure_rows(figures, "sealed", pen) == ""
    claim = next(claim for claim in pen.claims.values() if claim.id == "figures:/cross_validated/0/auroc")
    assert (claim.split, claim.n["films"], claim.data) == ("out of fold", 40, "a" * 64)


def test_guesses_stand_beside_their_question() -> None:
    figures, pen = held("figures", FIGURES)
    told = tables.beside_all(figures, "cross_validated", pen)
    assert [plain(title) for title, _ in told] == ["all films, opacity"]
    text = plain(told[0][1])
    assert "| view alone | 40 | 0.600 (0.500 to 0.700) | 0.800 (0.700 to 0.900) | 0.200 (0.100 to 0.300) |" in text
    assert "| `band 7 alone` | 40 |" in text
    assert tables.beside_all(figures, "cross_validated", pen, most=0) == []


def test_honesty_prints_what_was_measured() -> None:
    honesty, pen = held("honesty", HONESTY)
    told = plain(tables.told_by_score(honesty, pen))
    assert "| view | 40 | 12 | 0.600 (0.500 to 0.700) | yes |" in told
    assert "| sex | 40 | 20 | 0.500 (0.400 to 0.600) | no |" in told
    ablation = plain(tables.ablation(honesty, pen))
    assert "| whole films | as fitted | 0.800 (0.700 to 0.900) | — |" in ablation
    assert "| lungs/none | fitted anew | 0.600 (0.500 to 0.700) | 0.200 (0.100 to 0.300) |" in ablation
    boxes = plain(tables.boxes(honesty, pen))
    assert "| strongest point in a box | 0.300 (0.200 to 0.400) |" in boxes
    assert boxes.endswith("| 0.200 |")
    assert "Fitted 20 times" in plain(tables.shuffle(honesty, pen))
    assert "| A and B | 0.00000015 |" in plain(tables.parity(honesty, pen))
    assert pen.missing == {}


@pytest.mark.parametrize("maker", ["told_by_score", "ablation", "boxes", "shuffle", "parity"])
def test_what_was_not_measured_is_no_table(maker: str) -> None:
    for data in ({}, {"told_by_score": [], "ablation": None, "boxes": None, "shuffle": None, "parity": None}):
        honesty, pen = held("honesty", data)
        assert getattr(tables, maker)(honesty, pen) == ""
        assert pen.missing == {}


def test_readers_stand_with_their_prevalence() -> None:
    panel, pen = held("radiologist", PANEL)
    text = plain(tables.readers(panel, pen))
    assert "| 100 | 25.0 % | 80.0 % (70.0 % to 90.0 %) | 90.0 % (80.0 % to 100.0 %) | 0.700 (0.600 to 0.800) |" in text
    assert text.splitlines()[-1].endswith("| — |")
    assert len(text.splitlines()) == 4
    assert tables.readers(*held("radiologist", {})) == ""
