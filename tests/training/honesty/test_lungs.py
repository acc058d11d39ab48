"""Roughly where the lungs are: held against a synthetic film, whose lungs are known by how it was drawn."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from wetread.errors import DataError
from wetread.training.honesty.ablation import KINDS, altered
from wetread.training.honesty.lungs import SIDE, LungAtlas, dark_areas

Float = NDArray[np.float32]


def chest(seed: int, *, whitened: bool = False) -> tuple[Float, NDArray[np.bool_]]:
    """A body in dark air with two dark lungs, somewhat elsewhere each time; one may be white. With the lungs' truth."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:256, :256] / 256
    film = np.full((256, 256), 0.05)
    body = np.abs(columns - 0.5) < 0.45
    film[body] = (0.55 + 0.7 * (0.5 - np.abs(columns - 0.5)) + 0.1 * rows)[body]
    truth = np.zeros(film.shape, bool)
    down, size = rng.uniform(0.43, 0.53), rng.uniform(0.9, 1.1)
    for side, middle in enumerate((0.31, 0.69)):
        lung = ((rows - down) / (0.31 * size)) ** 2 + ((columns - middle) / (0.13 * size)) ** 2 < 1
        truth |= lung
        if not (whitened and side == 0):
            film[lung] = 0.3
    film += rng.normal(0, 0.02, film.shape)
    return film.clip(0, 1).astype(np.float32), truth


def small(truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return truth.reshape(SIDE, 2, SIDE, 2).mean(axis=(1, 3)) > 0.5


def overlap(mask: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Dice."""
    return float(2 * (mask & truth).sum() / (mask.sum() + truth.sum()))


@pytest.fixture(scope="module")
def atlas() -> LungAtlas:
    return LungAtlas((chest(seed)[0] for seed in range(24)), least=20)


@pytest.mark.parametrize("seed", range(100, 104))
def test_lungs_of_a_clear_film(atlas: LungAtlas, seed: int) -> None:
    film, truth = chest(seed)
    mask, own = atlas.mask(film)
    assert own
    assert overlap(mask, small(truth)) > 0.75  # the margin comes on top of lungs drawn with sharp rims
    assert (mask & small(truth)).sum() > 0.97 * small(truth).sum()


@pytest.mark.parametrize("seed", range(200, 203))
def test_a_white_lung_is_where_those_of_others_are(atlas: LungAtlas, seed: int) -> None:
    film, truth = chest(seed, whitened=True)
    assert dark_areas(film) is None
    mask, own = atlas.mask(film)
    assert not own
    assert (mask & small(truth)).sum() > 0.85 * small(truth).sum()


def test_pictures_without_lungs_make_no_average() -> None:
    noise = [np.random.default_rng(seed).uniform(0, 1, (256, 256)).astype(np.float32) for seed in range(3)]
    with pytest.raises(DataError, match="two lungs were found on 0 of 3 films"):
        LungAtlas(noise, least=1)


@pytest.mark.requirement("REQ-HONESTY")
def test_alterations_keep_what_they_say_and_take_the_rest() -> None:
    film, truth = chest(5)
    deep = np.zeros(film.shape, bool)
    deep[90:140, 70:85] = True  # well inside the right lung
    far = np.zeros(film.shape, bool)
    far[230:, :] = True
    assert truth[deep].all()
    kinds = altered(film, small(truth))
    assert tuple(kinds) == KINDS
    np.testing.assert_allclose(kinds["lungs only"][deep], film[deep], atol=1e-4)
    np.testing.assert_allclose(kinds["lungs taken out"][far], film[far], atol=1e-4)
    for kind, gone in (("lungs only", far), ("lungs taken out", deep), ("outline only", far), ("outline only", deep)):
        assert np.ptp(kinds[kind][gone]) < 1e-3
        assert kinds[kind].shape == film.shape
    # The exposure of what is taken out stays.
    assert kinds["lungs taken out"][deep].mean() == pytest.approx(film[truth].mean(), abs=0.08)
