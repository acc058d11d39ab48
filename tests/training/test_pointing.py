"""What an attention map is worth against readers' boxes, by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wetread.preprocess import InputSpec
from wetread.training.films import FilmSet
from wetread.training.pointing import pointing_game, worth

SPEC = InputSpec(height=128, width=128)


def made(boxes: list[str] | None) -> FilmSet:
    n = len(boxes) if boxes is not None else 2
    names = tuple(f"{place}.jpg" for place in range(n))
    columns = {} if boxes is None else {"rsna_boxes_xywh_1024": tuple(boxes)}
    return FilmSet(
        "nih", names, tuple(map(Path, names)), names, np.zeros((n, 1), np.float32), columns, np.zeros(n, bool)
    )


def maps(*strongest: tuple[int, int]) -> NDArray[np.float32]:
    """One map of 4 x 4 cells for each film; a cell is 256 pixels of the film."""
    found = np.full((len(strongest), 4, 4), -1.0, np.float32)
    for place, cell in enumerate(strongest):
        found[(place, *cell)] = 0.5
    return found


def test_hits_and_shares_by_hand() -> None:
    films = made(
        [
            "[[500, 100, 300, 300]]",  # cell (0, 2) is centred on row 127.5, column 639.5: inside; the centre is not
            "",
            "[[100, 500, 300, 300]]",  # the same box turned: rows and columns must not be mixed up
            "[[0, 0, 10, 10], [256, 512, 512, 256]]",  # cell (2, 1) is in the second; so is the centre (512, 512)
            "[]",
        ]
    )
    found = pointing_game(films, maps((0, 2), (0, 0), (0, 2), (2, 1), (1, 1)), SPEC)
    assert found is not None
    assert found["films"] == 3
    assert found["map_hits"] == 2
    assert found["centre_hits"] == 1
    area = 1024 * 1024
    expected = np.mean([90_000 / area, 90_000 / area, (512 * 256 + 100) / area])
    assert found["covered_share"] == pytest.approx(expected, abs=0.002)


def test_overlapping_boxes_are_covered_once() -> None:
    found = pointing_game(made(["[[0, 0, 512, 1024], [256, 0, 512, 1024]]"]), maps((0, 0)), SPEC)
    assert found == {"films": 1, "map_hits": 1, "centre_hits": 1, "covered_share": 0.75}


def test_a_map_of_another_grid_points_at_the_same_place() -> None:
    evidence = np.zeros((1, 7, 7), np.float32)
    evidence[0, 6, 0] = 1  # the lowest left of 7 x 7 cells: centred 73 pixels from both edges of the film
    for box, hits in (("[[60, 940, 30, 30]]", 1), ("[[0, 0, 512, 512]]", 0), ("[[512, 512, 512, 512]]", 0)):
        found = pointing_game(made([box]), evidence, InputSpec(height=224, width=224))
        assert found is not None
        assert found["map_hits"] == hits


def test_films_without_boxes_have_no_game() -> None:
    assert pointing_game(made(None), maps((0, 0), (0, 0)), SPEC) is None
    assert pointing_game(made(["", "[]"]), maps((0, 0), (0, 0)), SPEC) is None


@pytest.mark.requirement("REQ-ATTENTION")
def test_the_card_s_sentence() -> None:
    said = worth({"films": 80, "map_hits": 20, "centre_hits": 8, "covered_share": 0.153})
    assert "80 films" in said
    assert "25%" in said
    assert "10%" in said
    assert "15%" in said
    assert "no localisation" in said
    assert "not measured" in worth(None)
