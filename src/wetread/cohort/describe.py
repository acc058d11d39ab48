"""The whole exploratory analysis as one value: every number once, ready for JSON and for the page."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wetread.cohort.audit import Audit, audit
from wetread.cohort.comorbidity import Comorbidity, comorbidity
from wetread.cohort.course import Course, course
from wetread.cohort.films import coded
from wetread.cohort.findings import Findings, findings
from wetread.cohort.leak import SplitLeak, split_leak
from wetread.cohort.people import People, people
from wetread.cohort.prevalence import Prevalence, prevalence
from wetread.cohort.profiles import Profiles, profiles
from wetread.cohort.quality import Copies, Quality, copies, qualities
from wetread.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from wetread.cohort.films import Films
    from wetread.cohort.pixels import Pixels
    from wetread.report.drawing import Drawn

__all__ = ["Cohort", "PixelSummary", "describe"]

SCHEMA = "wetread.cohort/1"


@dataclass(frozen=True, slots=True)
class PixelSummary:
    """What the films' pixels say: how many were measured, their quality, copies and profiles."""

    measured: int
    unreadable: dict[str, int]
    without_file: int
    copies: Copies
    quality: tuple[Quality, ...]
    as_input: Profiles
    as_filed: Profiles


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who is in a table of films: plain numbers and intervals, made by `describe`.

    Parameters
    ----------
    name
        What the page calls the table.
    about
        Facts that the caller adds: the file of labels, its hash, the list that the numbers hold for.
    people, findings, prevalence, comorbidity, course, split_leak
        What the metadata say.
    shortcuts
        The audit; None where it was not asked for, or too few patients have a label.
    pixels
        None where the pixels were not looked at.
    """

    name: str
    people: People
    findings: Findings
    prevalence: Prevalence
    comorbidity: Comorbidity
    course: Course
    split_leak: SplitLeak
    shortcuts: Audit | None = None
    pixels: PixelSummary | None = None
    about: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Every number, as JSON."""
        everything = {"schema": SCHEMA} | dataclasses.asdict(self)
        return json.dumps(everything, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def to_html(self, figures: Mapping[str, Drawn] | None = None) -> str:
        """One self-contained page that reads like a report; `figures` are those of `plot`, drawn anew if not given."""
        from wetread.cohort.report import page

        return page(self, self.plot() if figures is None else figures)

    def plot(self) -> dict[str, Drawn]:
        """The figures by name: each with its SVG and PNG file as bytes, and what it shows in words."""
        from wetread.cohort.figures import drawn

        return drawn(self)


def describe(
    table: pl.DataFrame | pl.LazyFrame, *, pixels: Pixels | None = None, name: str | None = None,
    about: Mapping[str, str] | None = None, shortcuts: bool = True, resamples: int = 1000, seed: int = 0,
) -> Cohort:  # fmt: skip
    """Describe a table of films (`wetread.collections.load`).

    Parameters
    ----------
    table
        One row a film. A lazy table, such as `polars.scan_parquet` gives, is read a batch at a time and never whole:
        memory grows by about 20 bytes a film, and with the number of patients.
    pixels
        What `measure` found in the films of this table.
    name, about
        For the page; the name is by default that of the collection.
    shortcuts
        Whether to run the shortcut audit, which takes most of the time.
    resamples, seed
        Of the audit's bootstrap over patients; the seed also draws the example split and the permutations.

    Raises
    ------
    DataError
        If the table lacks a column, holds no film, or `pixels` are of another table.
    """
    films = coded(table)
    if pixels is not None and (not len(pixels) or int(pixels.rows.max()) >= len(films)):
        raise DataError("the measured pixels are not of this table: measure its films again")
    return Cohort(
        name=name or ", ".join(films.sources),
        people=people(films),
        findings=findings(films),
        prevalence=prevalence(films),
        comorbidity=comorbidity(films),
        course=course(films),
        split_leak=split_leak(films, seed=seed),
        shortcuts=_audit(films, pixels, resamples, seed) if shortcuts else None,
        pixels=None if pixels is None else _summary(films, pixels, seed),
        about=dict(about or {}),
    )


def _audit(films: Films, pixels: Pixels | None, resamples: int, seed: int) -> Audit | None:
    if pixels is None:
        return audit(films, resamples=resamples, seed=seed)
    return audit(films, crude=pixels.crude, measured=_measured(films, pixels), resamples=resamples, seed=seed)


def _measured(films: Films, pixels: Pixels) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    import numpy as np

    measured = np.zeros(len(films), bool)
    measured[pixels.rows] = True
    return measured


def _summary(films: Films, pixels: Pixels, seed: int) -> PixelSummary:
    as_input, as_filed = profiles(films, pixels, seed=seed)
    return PixelSummary(
        len(pixels), pixels.unreadable, pixels.without_file, copies(films, pixels), qualities(films, pixels), as_input,
        as_filed,
    )  # fmt: skip
