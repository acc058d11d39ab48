"""Who is in the drawn collection."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetread.errors import UsageError
from wetread.practice import draw_people


@given(st.integers(1, 300), st.integers(0, 1000))
def test_as_many_films_as_asked_for_each_with_a_name_of_its_own(films: int, seed: int) -> None:
    people = draw_people(films, seed=seed)
    assert len(people) == len({film.name for film in people}) == films
    assert all(film.name.startswith(f"{film.patient:08d}_{film.follow_up:03d}") for film in people)
    assert people == draw_people(films, seed=seed)


def test_it_has_what_a_real_collection_has() -> None:
    people = draw_people(6000, seed=2)
    films = Counter(film.patient for film in people)
    assert sum(count == 1 for count in films.values()) > len(films) / 3
    assert max(films.values()) > 8
    there = [film for film in people if film.pneumonia]
    labelled = [film for film in people if "Pneumonia" in film.findings]
    assert 0.08 < len(there) / len(people) < 0.2
    # The label misses a quarter and invents some; the sick are filmed at the bedside; infiltration comes along.
    found = sum(film.pneumonia for film in labelled)
    assert 0.7 < found / len(there) < 0.8
    assert 0.6 < found / len(labelled) < 0.9
    bedside = [sum(film.view == "AP" for film in some) / len(some) for some in (there, people)]
    assert bedside[0] > bedside[1] + 0.1
    beside = [sum("Infiltration" in film.findings for film in some) / len(some) for some in (there, people)]
    assert beside[0] > 2 * beside[1]


def test_readers_differ_and_none_is_right_always() -> None:
    people = draw_people(6000, seed=3)
    for reader in range(3):
        said = [film.readers[reader] == film.pneumonia for film in people]
        assert 0.85 < sum(said) / len(said) < 0.98
    assert any(len(set(film.readers)) == 2 for film in people)


@pytest.mark.parametrize(("films", "seed"), [(0, 1), (100_001, 1), (5, -1)])
def test_what_cannot_be_drawn_is_said(films: int, seed: int) -> None:
    with pytest.raises(UsageError, match="1 to 100,000 films"):
        draw_people(films, seed=seed)
