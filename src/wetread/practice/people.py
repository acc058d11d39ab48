"""Who is in the drawn collection: patients, their films, what is seen on each, and what the label and readers say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from wetread.errors import UsageError

__all__ = ["PEOPLE_COLUMNS", "Film", "draw_people"]

PEOPLE_COLUMNS = (
    "Image Index", "Finding Labels", "Follow-up #", "Patient ID", "Patient Age", "Patient Gender", "View Position",
    "OriginalImageWidth", "OriginalImageHeight", "OriginalImagePixelSpacing_x", "OriginalImagePixelSpacing_y",
)  # fmt: skip
"""Header of NIH's table of 2020."""

_PATIENTS = 30_805  # the real collection's numbers, so that its official lists divide the drawn one too
_MOST_FILMS = 24

# Share of films that show a finding, at no and at full severity. Pneumonia is ten times as frequent as in NIH's table,
# so that a small collection holds enough of it.
_FINDINGS = {
    "Infiltration": (0.10, 0.30), "Effusion": (0.05, 0.30), "Atelectasis": (0.06, 0.20), "Nodule": (0.06, 0.04),
    "Mass": (0.04, 0.06), "Pneumothorax": (0.03, 0.08), "Consolidation": (0.02, 0.14), "Edema": (0.01, 0.12),
    "Cardiomegaly": (0.02, 0.05), "Pleural_Thickening": (0.03, 0.03), "Emphysema": (0.02, 0.03),
    "Fibrosis": (0.02, 0.01), "Hernia": (0.002, 0.002),
}  # fmt: skip
_PNEUMONIA = (0.05, 0.30)
_TOGETHER = {"Infiltration": 0.35, "Consolidation": 0.22, "Edema": 0.2, "Effusion": 0.1}  # added where pneumonia is
# How the label errs: mined from reports, it misses pneumonia that is there and names some that is not.
_LABEL_MISSES, _LABEL_INVENTS = 0.25, 0.03
# Sensitivity and specificity of three readers for what is drawn.
_READERS = ((0.90, 0.95), (0.82, 0.97), (0.75, 0.88))


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One film of the drawn collection.

    Attributes
    ----------
    name
        File name as NIH writes it: the patient's number and the follow-up's.
    patient, follow_up
        The patient's number, 1 to 30,805, and the film's among the patient's, from 0.
    age_years, sex, view
        Whole years; "M" or "F"; "PA", or "AP" for a bedside film.
    findings
        What the label says, in NIH's words; empty where it says "No Finding".
    pneumonia
        What is truly there, and drawn.
    readers
        Whether each of three readers calls it pneumonia.
    seed
        Of the film's picture.
    """

    name: str
    patient: int
    follow_up: int
    age_years: int
    sex: str
    view: Literal["PA", "AP"]
    findings: tuple[str, ...]
    pneumonia: bool
    readers: tuple[bool, bool, bool]
    seed: int

    @property
    def row(self) -> tuple[str, ...]:
        """The film's row of the table, in the order of `PEOPLE_COLUMNS`."""
        said = "|".join(self.findings) or "No Finding"
        about = (str(self.follow_up), str(self.patient), str(self.age_years), self.sex, self.view)
        return (self.name, said, *about, "2500", "2048", "0.171", "0.171")


def draw_people(films: int, *, seed: int) -> tuple[Film, ...]:
    """Draw that many films of as many patients as it takes, in the order of their names.

    Raises
    ------
    UsageError
        If fewer than 1 or more than 100,000 films are asked for, or the seed is negative.
    """
    if not 1 <= films <= 100_000 or seed < 0:
        raise UsageError(f"1 to 100,000 films from a seed that is not negative, not {films:,} from {seed}")
    rng = np.random.Generator(np.random.PCG64(seed))
    numbers = iter(rng.permutation(np.arange(1, _PATIENTS + 1)).tolist())
    drawn: list[Film] = []
    while len(drawn) < films:
        drawn += _patient(rng, next(numbers), films - len(drawn))
    return tuple(sorted(drawn, key=lambda film: film.name))


def _patient(rng: np.random.Generator, number: int, most: int) -> Iterator[Film]:
    severity = float(rng.beta(1, 2.5))
    count = min(most, _MOST_FILMS, int(rng.geometric(0.62 - 0.45 * severity)))
    age = int(np.clip(rng.normal(47, 17), 1, 94))
    sex = "M" if rng.random() < 0.56 else "F"
    for follow_up in range(count):
        now = float(np.clip(severity + rng.normal(0, 0.15), 0, 1))
        there = rng.random() < _between(_PNEUMONIA, now)
        view: Literal["PA", "AP"] = "AP" if rng.random() < 0.12 + 0.75 * now + 0.1 * there else "PA"
        labelled = rng.random() >= _LABEL_MISSES if there else rng.random() < _LABEL_INVENTS
        findings = tuple(
            name
            for name, shares in _FINDINGS.items()
            if rng.random() < _between(shares, now) + (_TOGETHER.get(name, 0) if there else 0)
        )
        called = [rng.random() < (sensitivity if there else 1 - specificity) for sensitivity, specificity in _READERS]
        yield Film(
            name=f"{number:08d}_{follow_up:03d}.png",
            patient=number,
            follow_up=follow_up,
            age_years=min(age + follow_up // 4, 95),
            sex=sex,
            view=view,
            findings=tuple(sorted((*findings, "Pneumonia"))) if labelled else tuple(sorted(findings)),
            pneumonia=there,
            readers=(called[0], called[1], called[2]),
            seed=int(rng.integers(1 << 31)),
        )


def _between(shares: tuple[float, float], severity: float) -> float:
    return shares[0] + (shares[1] - shares[0]) * severity
