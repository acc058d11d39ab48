"""Tables of a released bundle's figures, of what they are worth, and of readers beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.evidence import found, items, reference
from wetread.regulatory.evidence.figures import FigureRow, beside, rows
from wetread.regulatory.evidence.honesty import ablations, about, parts
from wetread.regulatory.evidence.radiologist import comparisons
from wetread.regulatory.pen import Pen

__all__ = ["ablation", "beside_all", "boxes", "figure_rows", "parity", "readers", "shuffle", "told_by_score"]

_INTERVAL = "(95 % interval)"


def figure_rows(artefact: Artefact, part: str, pen: Pen) -> str:
    """Every question of a part: films, label, counts and AUROC."""
    lines = [
        [
            pen.num(f"{row.ref}/name"), pen.num(f"{row.ref}/label"), *_counts(row, pen),
            pen.num(f"{row.ref}/auroc", 3, **row.about),
        ]
        for row in rows(artefact, part)
    ]  # fmt: skip
    header = ["Films", "Label", "Number", "Patients", "Positive", f"AUROC {_INTERVAL}"]
    return pen.table(header, lines) if lines else ""


def _counts(row: FigureRow, pen: Pen) -> list[str]:
    return [pen.num(f"{row.ref}/{name}", **row.about) for name in ("films", "patients", "positives")]


def beside_all(artefact: Artefact, part: str, pen: Pen, *, most: int | None = None) -> list[tuple[str, str]]:
    """For each question (the first `most`) its title and the table of what stands beside it."""
    told = []
    for row in list(rows(artefact, part))[:most]:
        lines = [
            [
                f"`{name}`" if _digits(name) else name,
                pen.num(f"{beside(row, name)}/films", **row.about), pen.num(f"{beside(row, name)}/auroc", 3, **row.about),
                pen.num(f"{beside(row, name)}/network", 3, **row.about),
                pen.num(f"{beside(row, name)}/difference", 3, **row.about),
            ]
            for name in row.beside
        ]  # fmt: skip
        header = ["Guess", "Films", f"Its AUROC {_INTERVAL}", "The network's there", f"Network less guess {_INTERVAL}"]
        title = f"{pen.num(f'{row.ref}/name')}, {pen.num(f'{row.ref}/label')}"
        if lines:
            told.append((title, pen.table(header, lines)))
    return told


def _digits(name: str) -> bool:
    return any(character.isdigit() for character in name)


def told_by_score(artefact: Artefact, pen: Pen) -> str:
    """What else the score tells, that is not the finding."""
    lines = []
    for ref, row in items(artefact, "told_by_score"):
        counts = [pen.num(f"{ref}/{name}") for name in ("films", "having")]
        surely = "yes" if row.get("surely") else "no"
        lines.append([pen.num(f"{ref}/name"), *counts, pen.num(f"{ref}/auroc", 3, **about(artefact)), surely])
    header = ["Told apart by the score", "Films", "Having it", f"AUROC {_INTERVAL}", "Surely not by chance"]
    return pen.table(header, lines) if lines else ""


def ablation(artefact: Artefact, pen: Pen) -> str:
    """What is left of the AUROC when the score sees a part of the film alone."""
    known = about(artefact, "ablation")
    lines = [
        [shown, fitted, pen.num(f"{ref}/auroc", 3, **known), pen.num(f"{ref}/lost", 3, **known)]
        for fitted, shown, ref, _ in ablations(artefact)
    ]
    if not lines:
        return ""
    whole = pen.num(reference(artefact, "ablation", "whole films"), 3, **known)
    header = ["Shown", "Network", f"AUROC {_INTERVAL}", f"Lost against whole films {_INTERVAL}"]
    return pen.table(header, [["whole films", "as fitted", whole, "—"], *lines])


def boxes(artefact: Artefact, pen: Pen) -> str:
    """Whether the network's attention lies where radiologists drew boxes, beside the film's centre and an average box."""
    known, lines = about(artefact, "boxes"), []
    titles = {
        "pointing": "strongest point in a box",
        "overlap": "overlap with the boxes",
        "energy": "share of the map in boxes",
    }
    for name, ref, row in parts(artefact, "boxes"):
        if "map" in row:
            cells = [
                pen.num(f"{ref}/{column}", 3, **known) if row.get(column) is not None else "—"
                for column in ("map", "centre", "average_box", "over_average_box")
            ]
            lines.append([titles.get(name, name), *cells, pen.num(f"{ref}/chance", 3, **known)])
    header = ["", f"The map {_INTERVAL}", "The film's centre", "An average box", "Map less average box", "By lot"]
    return pen.table(header, lines) if lines else ""


def shuffle(artefact: Artefact, pen: Pen) -> str:
    """The network beside networks that were fitted on labels dealt at random."""
    told = found(artefact, "shuffle")
    if not isinstance(told, Mapping) or told.get("network") is None:
        return ""
    ref = reference(artefact, "shuffle")
    numbers = {name: pen.num(f"{ref}/{name}", digits) for name, digits in (("runs", 0), ("mean", 3), ("lowest", 3),
               ("highest", 3), ("network", 3), ("p", 3)) if told.get(name) is not None}  # fmt: skip
    return (
        f"Fitted {numbers['runs']} times on labels dealt at random among the patients, the same recipe reaches an AUROC of "
        f"{numbers['mean']} on average ({numbers['lowest']} to {numbers['highest']}) against those labels; fitted on the "
        f"true ones {numbers['network']} (p = {numbers['p']}: the share of exchanges, the true labels among them, that reach it)."
        if len(numbers) == 6
        else ""
    )


def parity(artefact: Artefact, pen: Pen) -> str:
    """How far engines differ on the same films."""
    lines = [
        [f"{pen.num(f'{ref}/first')} and {pen.num(f'{ref}/second')}",
         *(pen.num(f"{ref}/{name}", 8) if row.get(name) is not None else "—" for name in ("score", "logit", "map"))]
        for ref, row in items(artefact, "parity", "pairs")
    ]  # fmt: skip
    header = ["Engines", "Largest difference of the score", "Of the log-odds", "Of the map"]
    return pen.table(header, lines) if lines else ""


def readers(artefact: Artefact, pen: Pen) -> str:
    """Readers, labels and the device: agreement, kappa, sensitivity and specificity on the films they share."""
    lines = []
    for title, ref, row in comparisons(artefact):
        cells: list[str] = [
            pen.num(f"{ref}/films"),
            pen.derived("share", f"{ref}/standard_positive", f"{ref}/films", unit="%"),
        ]
        cells += [_rate(pen, ref, row, name) for name in ("sensitivity", "specificity")]
        kappa = pen.num(f"{ref}/kappa", 3) if row.get("kappa") is not None else "—"
        lines.append([title, *cells, kappa])
    header = ["", "Films", "Positive", f"Sensitivity {_INTERVAL}", f"Specificity {_INTERVAL}", f"Kappa {_INTERVAL}"]
    return pen.table(header, lines) if lines else ""


def _rate(pen: Pen, ref: str, row: Mapping[str, Any], name: str) -> str:
    return pen.num(f"{ref}/{name}", 1, "%") if row.get(name) is not None else "—"
