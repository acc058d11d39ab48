"""Sets of films that look different."""

from __future__ import annotations

import numpy as np
import pytest

from training.small.made import picture, small
from wetread.training.small.films import SmallFilms
from wetread.training.small.shifts import CHANGES, held_out

SERIES = np.array(["IM", "IM", "NORMAL2-IM", "NORMAL2-IM", "bacteria", "bacteria", "virus", "virus"])
NUMBERS = np.array([120, 700, 400, 1400, 60, 900, 90, 900])


def eight(wide: list[float]) -> SmallFilms:
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    text = np.array([str(place) for place in range(8)])
    images = np.zeros((8, 28, 28), np.uint8)
    return SmallFilms(
        images, labels, np.array(["train"] * 8), np.arange(8), text, text, SERIES, NUMBERS, np.array(wide), np.ones(8)
    )


def test_each_set_is_what_its_name_says() -> None:
    films = eight([1.2, 1.4, 1.2, 1.2, 1.6, 1.6, 1.6, 1.6])
    fold = np.array([0, 1, 0, 1, 0, 1, 1, 1])
    crude = np.array([0.1, 0.2, 0.3, 0.9, 0.8, 0.9, 0.9, 0.9])
    sets = {name: np.flatnonzero(away).tolist() for name, away in held_out(films, fold, crude).items()}
    assert sets == {
        "earliest numbers": [0, 2, 4, 6],
        "other series of normal films": [0, 1, 4],
        "wide normal films": [1, 4],
        "normal films that crude statistics take for ill": [3, 4],
    }


@pytest.mark.parametrize("name", CHANGES)
def test_changed_films_are_films(name: str) -> None:
    films = np.stack([small(picture(seed, opaque=False)) for seed in range(3)])
    before = films.copy()
    changed = CHANGES[name](films)
    assert changed.shape == films.shape
    assert changed.dtype == np.uint8
    np.testing.assert_array_equal(films, before)
    same = np.array_equal(changed, films)
    assert same == (name == "as they are")
    for film, copy in zip(films, changed, strict=True):
        assert np.corrcoef(film.ravel(), copy.ravel())[0, 1] > 0.6


def test_exposures_go_their_way() -> None:
    films = np.stack([small(picture(seed, opaque=False)) for seed in range(3)])
    assert CHANGES["darker (power 1.5)"](films).mean() < films.mean() - 5
    assert CHANGES["brighter (power 0.67)"](films).mean() > films.mean() + 5
    assert CHANGES["contrast 0.7"](films).std() < 0.8 * films.std()
