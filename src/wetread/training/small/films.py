"""Small films with their patients, whom their archive does not name: each is found among the films it was made from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wetread.errors import DataError
from wetread.radiograph.reduce import halve
from wetread.training.config import DataConfig
from wetread.training.films import FilmSet, load_films, pictures
from wetread.training.small.recipe import SmallData

__all__ = ["SURE", "SmallFilms", "file_number", "load_small_films", "matched"]

Images = NDArray[np.uint8]
_SIDES = ("train", "val")
# Shares of the film's shorter side to its longer one: the archive holds the middle square of films up to twice as wide.
_SHARES = (*np.arange(0.5, 1.0, 0.02), 1.0, 1.04, 1.08, 1.14, 1.2)
SURE = 0.95
"""Correlation from which a film is surely the one that was found."""

_FILE = re.compile(r"(?:(?P<normal>IM|NORMAL2-IM)-(?P<number>\d+)|person(?P<person>\d+)_(?P<kind>bacteria|virus))")


@dataclass(frozen=True, eq=False)
class SmallFilms:
    """Films in the archive's order, training side first.

    Parameters
    ----------
    images, labels
        uint8 (films, 28, 28); int64 (films,), 0 or 1.
    sides, places
        "train" or "val", and the film's place in it.
    files, patients
        The film it was made from, and its patient; patients who share a film byte for byte are one.
    series, numbers
        What kind of number the source gave the film, and that number: both grow with time within a series.
    wide, likeness
        Width of the source film in heights, and its correlation with the small film.
    """

    images: Images
    labels: NDArray[np.int64]
    sides: NDArray[np.str_]
    places: NDArray[np.int64]
    files: NDArray[np.str_]
    patients: NDArray[np.str_]
    series: NDArray[np.str_]
    numbers: NDArray[np.int64]
    wide: NDArray[np.float64]
    likeness: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def names(self) -> tuple[str, ...]:
        """A film is named by its side and place: "train/17"."""
        return tuple(f"{side}/{place}" for side, place in zip(self.sides, self.places, strict=True))


def load_small_films(spec: SmallData, data: Path) -> SmallFilms:
    """Read the archive and find each film's patient.

    Raises
    ------
    DataError
        If a file is missing or not what it should be.
    """
    images, labels, sides, places = _archive(data / spec.archive)
    source = load_films(DataConfig(collection="kermany", index=spec.source), data)
    positive = source.labels[:, 0].astype(np.int64)
    found, share, likeness = matched(images, labels, [halve(film) for film in pictures(source.paths)], positive)
    told = [file_number(source.names[place]) for place in found]
    return SmallFilms(
        images, labels, sides, places,
        files=np.array(source.names)[found],
        patients=np.array(_together(source))[found],
        series=np.array([series for series, _ in told]),
        numbers=np.array([number for _, number in told]),
        wide=1 / share,
        likeness=likeness,
    )  # fmt: skip


def _archive(path: Path) -> tuple[Images, NDArray[np.int64], NDArray[np.str_], NDArray[np.int64]]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            images = [np.asarray(arrays[f"{side}_images"]) for side in _SIDES]
            labels = [np.asarray(arrays[f"{side}_labels"]).reshape(-1).astype(np.int64) for side in _SIDES]
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise DataError(f"{path} cannot be read as an archive of training and validation films: {error}") from error
    for side, films, known in zip(_SIDES, images, labels, strict=True):
        if films.dtype != np.uint8 or films.ndim != 3 or len(films) != len(known) or set(known) != {0, 1}:
            raise DataError(
                f"{path}: {side} is {films.dtype} {films.shape} with {len(known)} labels; it must be uint8 "
                "(films, rows, columns) with one label of 0 or 1 each, and both of them"
            )
    sides = np.repeat(_SIDES, [len(films) for films in images])
    places = np.concatenate([np.arange(len(films)) for films in images])
    return np.concatenate(images), np.concatenate(labels), sides, places


def matched(
    images: Images, labels: NDArray[np.int64], films: list[NDArray[np.float32]], positive: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """For each small film the film it was most likely made from, of those with the same label.

    Parameters
    ----------
    images, labels
        uint8 (n, side, side) and their labels.
    films, positive
        Source films, float32 squares however they were squashed, and their labels.

    Returns
    -------
    Place in `films`, the share of the longer side that the middle square takes (above 1: taller than wide), and the
    correlation of the grey levels, each (n,).
    """
    side = images.shape[1]
    place, share, best = np.zeros(len(images), np.int64), np.ones(len(images)), np.full(len(images), -1.0)
    small = _unit(images)
    pictures = [Image.fromarray(film) for film in films]
    for tried in _SHARES:
        squares = _unit(np.stack([_middle(picture, float(tried), side) for picture in pictures]))
        for label in (0, 1):
            ours, theirs = np.flatnonzero(labels == label), np.flatnonzero(positive == label)
            if not len(ours) or not len(theirs):
                continue
            likeness = small[ours] @ squares[theirs].T
            nearest = likeness.argmax(axis=1)
            reached = likeness[np.arange(len(ours)), nearest]
            better = reached > best[ours]
            now = ours[better]
            best[now], share[now], place[now] = reached[better], tried, theirs[nearest[better]]
    return place, share, best


def _middle(picture: Image.Image, share: float, side: int) -> NDArray[np.float32]:
    width, height = picture.width * min(1.0, share), picture.height / max(1.0, share)
    left, top = (picture.width - width) / 2, (picture.height - height) / 2
    box = (left, top, left + width, top + height)
    return np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR, box=box), np.float32)


def _unit(films: NDArray[np.float32] | Images) -> NDArray[np.float32]:
    """Rows of mean 0 and length 1."""
    flat = films.reshape(len(films), -1).astype(np.float32)
    flat = flat - flat.mean(axis=1, keepdims=True)
    unit: NDArray[np.float32] = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
    return unit


def file_number(name: str) -> tuple[str, int]:
    """What kind of number the source gave a film, and that number: ("IM", 115), ("virus", 1685).

    Raises
    ------
    DataError
        If the name tells none.
    """
    found = _FILE.search(Path(name).name)
    if found is None:
        raise DataError(f"film {name} has a name that tells no series and number")
    if found["normal"]:
        return found["normal"], int(found["number"])
    return found["kind"], int(found["person"])


def _together(source: FilmSet) -> list[str]:
    """Each film's patient, where patients who share a film are called by the first of their names."""
    parent = {patient: patient for patient in source.patients}

    def first(patient: str) -> str:
        while parent[patient] != patient:
            patient = parent[patient]
        return patient

    seen: dict[str, str] = {}
    for patient, digest in zip(source.patients, source.column("sha256"), strict=True):
        one, two = sorted((first(patient), first(seen.setdefault(digest, patient))))
        parent[two] = one
    return [first(patient) for patient in source.patients]
