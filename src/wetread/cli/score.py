"""`wetread score`: the research door. Scores for a labelled set, without the clinical gate."""

from __future__ import annotations

import argparse
import csv
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from wetread.bundle import Bundle, find, load
from wetread.calibration import sigmoid
from wetread.cli.films import listed
from wetread.cli.talk import Progress, worst
from wetread.errors import IntegrityError, UsageError
from wetread.preprocess import prepare
from wetread.radiograph import Facts, Outcome, Radiograph, eligibility
from wetread.radiograph.many import Ask, Crew

__all__ = ["run", "scored"]

_COLUMNS = ("film_id", "score", "probability", "would_refuse")


def run(options: argparse.Namespace) -> int:
    """Score every film of the source; the exit status."""
    out = Path(options.out)
    # Where workers decode films, they have the processors.
    threads = None if Path(options.source).suffix.lower() == ".npz" else 1
    bundle = load(find(options.bundle), engine=options.engine, threads=threads)
    films = _films(Path(options.source), out, options.split, options.view)
    progress = Progress(len(films))
    statuses: list[int] = []
    if out.exists() and Path(options.source).exists() and out.samefile(options.source):
        raise UsageError(f"--out {out} is the source itself and would be lost: name another file")
    try:
        with out.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
            table = csv.writer(file)
            table.writerow(_COLUMNS)
            for film_id, row, unreadable in _rows(bundle, films):
                table.writerow((film_id, *row))
                statuses.append(unreadable)
                progress.step()
    except OSError as error:
        raise UsageError(f"scores cannot be written to {out}: {error.strerror}") from error
    progress.clear()
    failed = sum(status != 0 for status in statuses)
    lost = f", {failed} of them without a score (the column would_refuse says why)" if failed else ""
    print(
        f"wetread: {len(statuses)} films, model {bundle.card.name} {bundle.card.version}, written to {out}{lost}",
        file=sys.stderr,
    )
    return worst(statuses)


def scored(
    bundle: Bundle, sources: list[tuple[str, Path]], *, view: str
) -> Iterator[tuple[str, tuple[str, str, str], int]]:
    """Score files of films, without the clinical gate.

    Parameters
    ----------
    sources
        A film's name and its file.
    view
        Taken as stated for image files.

    Yields
    ------
    The film's name; score, probability and the first reason for which `predict` would refuse it, as written; 0, or 4
    where it cannot be read.
    """
    yield from _rows(bundle, _Films(list(sources), view))


def _rows(bundle: Bundle, films: _Films) -> Iterator[tuple[str, tuple[str, str, str], int]]:
    for film_id, outcome in films.read((bundle.card.input.height, bundle.card.input.width)):
        row, unreadable = _row(bundle, outcome)
        yield film_id, row, unreadable


def _row(bundle: Bundle, outcome: Outcome) -> tuple[tuple[str, str, str], int]:
    """Score, probability and the first reason for which `predict` would refuse; then 4 where the film is unreadable."""
    if outcome.error is not None:
        return ("", "", outcome.error.code), outcome.error.exit_status
    try:
        assert outcome.film is not None
        logits, _ = bundle.engine.run(prepare(outcome.film, bundle.card.input)[None])
        score = sigmoid(float(logits[0, 0]))
        reasons = eligibility(outcome.film, bundle.card.intended_use)
    except (UsageError, IntegrityError):  # no film of the set could be scored
        raise
    except Exception:  # noqa: BLE001  # one strange film must not cost the set its other films
        return ("", "", "bug"), 1
    refusal = reasons[0].code.value if reasons else ""
    return (f"{score:.6f}", f"{bundle.card.calibration.probability(score):.6f}", refusal), 0


class _Films:
    """Films with their ids, a few at a time: a set may be larger than memory."""

    def __init__(self, sources: list[tuple[str, Any]], view: str) -> None:
        self._sources, self._view = sources, view

    def __len__(self) -> int:
        return len(self._sources)

    def read(self, frame: tuple[int, int]) -> Iterator[tuple[str, Outcome]]:
        """Each film as far as a network of this frame needs it."""
        if self._sources and not isinstance(self._sources[0][1], Path):
            for film_id, image in self._sources:
                yield film_id, Outcome("", film=_radiograph(image, self._view))
            return
        # The view is stated for image files alone: a DICOM header speaks for itself.
        ask = Ask(view=self._view, enough=frame, images_only=True)
        with Crew() as crew:
            outcomes = crew.read((source for _, source in self._sources), ask)
            for (film_id, _), outcome in zip(self._sources, outcomes, strict=True):
                yield film_id, outcome


def _films(source: Path, out: Path, split: str | None, view: str) -> _Films:
    try:
        is_folder, is_file = source.is_dir(), source.is_file()
    except OSError as error:
        raise UsageError(f"{source} cannot be opened: {error.strerror}") from error
    if is_folder:
        files = [file for file in listed([str(source)]) if file.resolve() != out.resolve()]
        return _Films([(str(file.relative_to(source)), file) for file in files], view)
    if not is_file:
        raise UsageError(f"there is no {source}: name a folder of images, a CSV, or a MedMNIST npz")
    if source.suffix.lower() == ".npz":
        return _Films([(str(index), image) for index, image in enumerate(_images(source, split))], view)
    if source.suffix.lower() == ".csv":
        return _Films([(name, source.parent / name) for name in _listed(source)], view)
    raise UsageError(f"{source} is no folder, no CSV and no npz; to read single films use: wetread predict")


def _listed(table: Path) -> list[str]:
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            if "file" not in (rows.fieldnames or ()):
                raise UsageError(f"{table} has no column named file; it has {', '.join(rows.fieldnames or ['none'])}")
            names = [row["file"] for row in rows]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{table} is no CSV in UTF-8: {error}") from error
    except OSError as error:
        raise UsageError(f"{table} cannot be opened: {error.strerror}") from error
    if not names:
        raise UsageError(f"{table} names no film")
    for line, name in enumerate(names, start=2):
        if not name:
            raise UsageError(f"{table}, line {line}: the column file is empty")
    return names


def _images(archive: Path, split: str | None) -> np.ndarray[Any, np.dtype[Any]]:
    try:
        with archive.open("rb") as file:  # NumPy itself would leave a damaged archive open
            arrays = np.load(file, allow_pickle=False)
            if isinstance(arrays, np.ndarray):
                raise UsageError(f"{archive} is one bare array: save it as an npz with an array called test_images")
            with closing(arrays):
                name = _name_of_images(archive, arrays.files, split)
                images: np.ndarray[Any, np.dtype[Any]] = arrays[name]
    except (ValueError, OSError, EOFError, BadZipFile, zlib.error, NotImplementedError) as error:
        raise UsageError(f"{archive} is no npz archive of arrays that can be read ({type(error).__name__})") from error
    if images.ndim != 3 or images.dtype != np.uint8:
        raise UsageError(
            f"{name} in {archive} is {images.dtype} {images.shape}; it must be uint8 (films, rows, columns)"
        )
    if images.size == 0:
        raise UsageError(f"{name} in {archive} holds no films")
    return images


def _name_of_images(archive: Path, names: list[str], split: str | None) -> str:
    sets = [name for name in names if name.endswith("_images")]
    if split is None and len(sets) != 1:
        raise UsageError(f"{archive} holds {', '.join(sets) or 'no images'}: choose one with --split")
    name = f"{split}_images" if split else sets[0]
    if name not in sets:
        raise UsageError(f"{archive} holds no {name}; it has {', '.join(sets) or 'no images'}")
    return name


def _radiograph(image: np.ndarray[Any, np.dtype[np.uint8]], view: str) -> Radiograph:
    rows, columns = image.shape
    facts = Facts(kind="image", view=view, view_tag="stated", rows=rows, columns=columns)  # type: ignore[arg-type]  # argparse holds it to the three
    return Radiograph(image.astype(np.float32) / np.float32(255), facts)
