"""The drawn collection as a folder that looks like NIH's."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from wetread.errors import UsageError
from wetread.phantom import Opacity, picture
from wetread.practice.people import PEOPLE_COLUMNS, Film, draw_people

__all__ = ["draw_collection"]

_README = """Drawn films of patients who do not exist.

Made by `wetread data practice` ({films:,} films, seed {seed}), in the schema of NIH ChestX-ray14. For exercises and
tests: no figure taken here says anything about radiographs.

Data_Entry_2017_v2020.csv   what a label mined from reports would say, errors included
images/                     the films
truth.csv                   whether pneumonia was drawn: what nobody knows of a real film
readers.csv                 what three readers say, each with errors of their own
"""


def draw_collection(
    folder: Path,
    *,
    films: int = 600,
    seed: int = 1,
    size: int = 256,
    progress: Callable[[], None] | None = None,
) -> tuple[Film, ...]:
    """Draw a collection into a new or empty folder.

    Parameters
    ----------
    folder
        Gets `Data_Entry_2017_v2020.csv`, `images/` (8-bit PNG, `size` x `size`), `truth.csv`, `readers.csv`, `README.txt`.
    films, seed
        How many, and what they are drawn from: the same two give the same bytes of every table and picture.
    size
        Pixels of a side, 64 to 1024.
    progress
        Called after each film.

    Raises
    ------
    UsageError
        If the folder holds something, or a number is out of its range.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists and is not empty: name a new folder for the drawn collection")
    if not 64 <= size <= 1024:
        raise UsageError(f"a side of 64 to 1024 pixels, not {size}")
    people = draw_people(films, seed=seed)
    (folder / "images").mkdir(parents=True)
    for film in people:
        drawn(film, size).save(folder / "images" / film.name)
        if progress is not None:
            progress()
    _table(folder / "Data_Entry_2017_v2020.csv", PEOPLE_COLUMNS, (film.row for film in people))
    _table(
        folder / "truth.csv", ("film_id", "patient_id", "label"),
        ((film.name, str(film.patient), str(int(film.pneumonia))) for film in people),
    )  # fmt: skip
    _table(
        folder / "readers.csv", ("film", "patient", "reader", "value"),
        ((film.name, str(film.patient), name, "pneumonia" if called else "none")
         for film in people for name, called in zip("ABC", film.readers, strict=True)),
    )  # fmt: skip
    (folder / "README.txt").write_text(_README.format(films=films, seed=seed), encoding="utf-8")
    return people


def drawn(film: Film, size: int) -> Image.Image:
    """A film's picture: an opacity where pneumonia is, a fainter one with what resembles it."""
    rng = np.random.Generator(np.random.PCG64(film.seed))
    strength, radius = float(rng.uniform(0.5, 1.1)), float(rng.uniform(0.05, 0.11))
    faint = bool({"Consolidation", "Infiltration", "Mass"} & set(film.findings))
    opacity = None
    if film.pneumonia or faint:
        opacity = Opacity(
            side="left" if rng.random() < 0.5 else "right",
            height=float(rng.uniform(0.3, 0.85)),
            depth=float(rng.uniform(0.3, 0.8)),
            radius=radius if film.pneumonia else radius / 2,
            strength=strength if film.pneumonia else strength / 2,
        )
    pixels, _ = picture(film.seed, opacity=opacity, view=film.view, size=(size, size))
    return Image.fromarray(np.rint(pixels * 255).astype(np.uint8))


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(header)
        table.writerows(rows)
