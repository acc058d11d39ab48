"""`wetread describe`: who is in a collection, and what gives its label away, as a page, JSON and figures."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from wetread.cli.collection import load_table, place_of
from wetread.cli.place import replaceable, write_folder
from wetread.cli.talk import Progress
from wetread.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    import polars as pl

    from wetread.cohort import Cohort, Pixels

__all__ = ["run"]

_OURS = ("report.html", "cohort.json", "figures")
_TITLES = {
    "nih": "NIH ChestX-ray14",
    "nih-sample": "NIH ChestX-ray14, sample list",
    "rsna": "RSNA Pneumonia Detection Challenge",
    "kermany": "Kermany paediatric chest radiographs",
    "medmnist": "PneumoniaMNIST",
}


def run(options: argparse.Namespace) -> int:
    """Describe a collection and write the report; the exit status."""
    place, out = place_of(options), Path(options.out)
    labels = None if options.labels is None else Path(options.labels)
    if options.collection == "medmnist" and options.images is not None:
        raise UsageError(
            "MedMNIST's films lie in one archive and are not measured: give the npz file with --labels alone"
        )
    replaceable(out, _OURS)
    from wetread.cohort import describe

    table, notes = load_table(options)
    pixels = _measured(table) if options.images is not None else None
    cohort = describe(
        table, pixels=pixels, name=options.name or _TITLES.get(options.collection, labels.stem if labels else place.name),
        about=_about(table, labels, notes),
    )  # fmt: skip
    write_folder(out, lambda: _files(cohort))
    for line in _told(cohort, out):
        print(line)
    return UnreadableError.exit_status if pixels is not None and pixels.unreadable else 0


def _measured(table: pl.DataFrame) -> Pixels:
    from wetread.cohort import measure

    progress = Progress(table.height - table["path"].null_count())
    try:
        return measure(table, step=progress.step)
    finally:
        progress.clear()


def _about(table: pl.DataFrame, labels: Path | None, notes: list[str]) -> dict[str, str]:
    from wetread.collections import list_hash

    about = {"List of films (SHA-256)": list_hash(table["film_id"])}
    if labels is not None:
        with labels.open("rb") as file:
            about["Labels"] = f"{labels.name}, SHA-256 {hashlib.file_digest(file, 'sha256').hexdigest()}"
    if notes:
        about["Noted on loading"] = "; ".join(notes)
    return about


def _files(cohort: Cohort) -> dict[str, bytes]:
    figures = cohort.plot()
    drawn = {
        f"figures/{name}.{kind}": getattr(figure, kind) for name, figure in figures.items() for kind in ("svg", "png")
    }
    return {"cohort.json": cohort.to_json().encode(), "report.html": cohort.to_html(figures).encode(), **drawn}


def _told(cohort: Cohort, out: Path) -> list[str]:
    from wetread.report.wording import count

    people = cohort.people
    sick = f"with pneumonia {count(people.positive, 'film')} of {count(people.positive_patients, 'patient')}"
    if people.label_unknown == people.films:
        sick = "pneumonia is said of none, neither way"
    told = [f"{cohort.name}: {count(people.films, 'film')} of {count(people.patients, 'patient')}; {sick}"]
    audit = cohort.shortcuts
    if audit is not None:
        ringing = [f"{one.name} (AUROC {one.auroc.value:.2f})" for one in audit.suspects if one.rings]
        told.append("shortcut alarm: " + (", ".join(ringing) if ringing else "silent"))
    return [*told, f"report: {out / 'report.html'}"]
