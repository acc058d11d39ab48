"""Figures of who is in the data: ages, films a patient, findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.cohort.axes import HATCHED, percents, thousands
from wetread.report.drawing import BLUE, ORANGE, Drawn, draw, tidy
from wetread.report.wording import number, share

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wetread.cohort.findings import Findings
    from wetread.cohort.people import People

__all__ = ["draw_ages", "draw_findings", "draw_loads"]


def draw_ages(people: People) -> Drawn | None:
    """Films by age band; None where no age is known."""
    bands = [band for band in people.by_age if band.name != "unknown"]
    if not bands:
        return None

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar([band.name for band in bands], [band.films for band in bands], color=BLUE, width=0.8)
        axes.set_xlabel("age in years")
        axes.set_ylabel("films")
        thousands(axes, "y")
        tidy(axes, grid="y")

    top = max(bands, key=lambda band: band.films)
    return draw("ages", f"Films by age. Most, {number(top.films)}, are of patients of {top.name} years.", 2.6, paint)


def draw_loads(people: People) -> Drawn:
    """Shares of patients and of films by how many films the patient has."""
    bands, places = people.by_load, range(len(people.by_load))
    patients = [band.patients / people.patients for band in bands]
    films = [band.films / people.films for band in bands]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar([x - 0.2 for x in places], patients, 0.38, color=BLUE, label="of all patients")
        axes.bar([x + 0.2 for x in places], films, 0.38, label="of all films", **HATCHED)
        axes.set_xticks(list(places), [band.name for band in bands])
        axes.set_xlabel("films of the patient")
        axes.set_ylabel("share")
        percents(axes, "y")
        axes.legend()
        tidy(axes, grid="y")

    said = [
        f"{band.name}: {share(p)} of patients, {share(f)} of films"
        for band, p, f in zip(bands, patients, films, strict=True)
    ]
    return draw("films-per-patient", f"Patients by number of films. {'; '.join(said)}.", 2.6, paint)


def draw_findings(findings: Findings) -> Drawn | None:
    """Films and patients with each of the 20 most frequent findings; None where none is told."""
    each = findings.each[:20][::-1]
    if not each:
        return None

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        names = [finding.name.replace("_", " ") for finding in each]
        axes.barh(names, [finding.films for finding in each], color=BLUE, height=0.62, label="films")
        axes.scatter(
            [finding.patients for finding in each], names, color=ORANGE, marker="D", s=22, label="patients", zorder=3
        )
        axes.legend(loc="lower right")
        thousands(axes, "x")
        tidy(axes, grid="x")

    said = [f"{finding.name.replace('_', ' ')} {number(finding.films)}" for finding in each[::-1]]
    return draw("findings", f"Films with each finding: {', '.join(said)}.", 0.9 + 0.235 * len(each), paint)
