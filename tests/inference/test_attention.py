"""Where the evidence lies: on the film's own pixels, whichever way the film stands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import toy
from wetread.bundle import Bundle
from wetread.inference import Reader
from wetread.inference.attention import attention
from wetread.preprocess import InputSpec, to_source

SPEC = InputSpec(160, 192)
SHAPES = st.tuples(st.integers(40, 700), st.integers(40, 700))
CELLS = arrays.arrays(np.float32, (5, 6), elements=st.floats(-20, 20, width=32))


def inside(point: tuple[float, float], outline: tuple[tuple[float, float], ...]) -> bool:
    """Whether a point lies inside a closed outline: a ray from it crosses the outline an odd number of times."""
    row, column = point
    crossed = False
    for (r0, c0), (r1, c1) in zip(outline, outline[1:] + outline[:1], strict=True):
        if (r0 > row) != (r1 > row) and column < c0 + (row - r0) / (r1 - r0) * (c1 - c0):
            crossed = not crossed
    return crossed


@pytest.mark.requirement("REQ-ATTENTION")
@given(cells=CELLS, shape=SHAPES)
@settings(max_examples=60, deadline=None)
def test_heat_and_outlines_keep_to_the_film(cells: np.ndarray, shape: tuple[int, int]) -> None:
    found = attention(cells, shape, SPEC, "nothing")
    assert (found.heat.shape, found.heat.dtype, found.worth) == (shape, np.float32, "nothing")
    assert found.heat.min() >= 0
    assert found.heat.max() <= 1
    for outline in found.outlines:
        points = np.array(outline)
        assert points.shape[0] >= 3
        assert (points >= 0).all()
        assert (points <= np.array(shape) - 1).all()


@pytest.mark.requirement("REQ-ATTENTION")
@pytest.mark.parametrize("value", [-3.0, 0.0, 7.5])
@pytest.mark.parametrize("shape", [(300, 200), (200, 300)])
def test_a_map_without_differences_has_no_outline(value: float, shape: tuple[int, int]) -> None:
    found = attention(np.full((5, 6), value, np.float32), shape, SPEC, "nothing")
    assert found.outlines == ()
    assert found.heat.shape == shape
    assert not found.heat.any()


@pytest.mark.requirement("REQ-ATTENTION")
@pytest.mark.parametrize("shape", [(400, 250), (250, 400), (320, 320), (1000, 400)])
@pytest.mark.parametrize("cell", [(0, 1), (1, 0), (1, 1), (1, 2), (2, 1)])
def test_the_outline_encloses_what_was_planted(
    toy_bundle: Bundle, shape: tuple[int, int], cell: tuple[int, int]
) -> None:
    """A bright spot at a cell's own place on a dark film, through preprocessing, network and back, lies in the outline.

    Where the spot would lie beside the film it is moved to the film's nearest edge.
    """
    centre = (np.array([cell]) + 0.5) * toy.CELL - 0.5
    reach = max(shape) / (toy.SPEC.height / toy.CELL)  # film pixels that one cell of the network spans
    half = round(reach / 4)
    row, column = np.clip(to_source(centre, shape, toy.SPEC)[0].round().astype(int), half, np.array(shape) - half)
    pixels = np.zeros(shape, np.float32)
    pixels[row - half : row + half, column - half : column + half] = 1
    found = Reader(toy_bundle, None).read(toy.radiograph(pixels)).attention
    assert found is not None
    (outline,) = found.outlines
    assert inside((float(row), float(column)), outline)
    hottest = np.unravel_index(int(found.heat.argmax()), shape)
    assert np.abs(np.array(hottest) - (row, column)).max() < reach


def test_one_hot_cell_is_outlined_around_its_own_centre() -> None:
    """A frame that the film fills: cell (1, 3) of 5 x 6 has its centre at row 1.5/5 and column 3.5/6 of the film."""
    cells = np.zeros((5, 6), np.float32)
    cells[1, 3] = 4
    (outline,) = attention(cells, (1600, 1920), SPEC, "nothing").outlines
    points = np.array(outline)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    assert middle == pytest.approx([1.5 / 5 * 1600 - 0.5, 3.5 / 6 * 1920 - 0.5], abs=4)


def test_heat_beside_the_film_is_cut_off() -> None:
    """A tall film leaves black to its left and right in the frame: evidence there is not on the film."""
    cells = np.zeros((5, 6), np.float32)
    cells[2, 0] = 4
    found = attention(cells, (1000, 250), SPEC, "nothing")
    assert found.heat.max() < 0.5
    assert found.outlines == ()


def test_outlines_come_the_largest_first() -> None:
    cells = np.zeros((5, 6), np.float32)
    cells[0, 0] = 4
    cells[3:, 3:] = 4
    outlines = attention(cells, (800, 960), SPEC, "nothing").outlines
    areas = [np.prod(np.ptp(np.array(outline), axis=0)) for outline in outlines]
    assert len(areas) == 2
    assert areas[0] > areas[1]


@given(seed=st.integers(0, 999), shape=st.tuples(st.integers(500, 1600), st.integers(500, 1600)))
@settings(max_examples=20, deadline=None)
def test_outlines_are_those_of_the_whole_heat(seed: int, shape: tuple[int, int]) -> None:
    """They are drawn from a small copy: on the whole heat they run along half its strength."""
    cells = np.random.default_rng(seed).normal(size=(5, 6)).astype(np.float32)
    found = attention(cells, shape, SPEC, "nothing")
    rim = 0.03 * np.array(shape)
    for outline in found.outlines:
        points = np.array(outline)
        away = points[((points > rim) & (points < np.array(shape) - rim)).all(axis=1)]
        place = tuple(away.round().astype(int).T)
        assert np.abs(found.heat[place] - 0.5).max(initial=0) < 0.12


def test_the_heat_is_made_when_asked_for_and_once() -> None:
    found = attention(np.eye(5, 6, dtype=np.float32), (400, 300), SPEC, "nothing")
    assert "heat" not in vars(found)
    assert found.heat is found.heat
