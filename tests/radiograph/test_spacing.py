from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset

from wetread.radiograph.spacing import aspect, spacing, square


def header(**elements: object) -> Dataset:
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


@pytest.mark.requirement("REQ-GEOMETRY")
@pytest.mark.parametrize(
    ("elements", "found"),
    [
        ({}, (None, None)),
        ({"PixelSpacing": [0.2, 0.3], "ImagerPixelSpacing": [0.1, 0.1]}, ((0.2, 0.3), "PixelSpacing")),
        ({"ImagerPixelSpacing": [0.15, 0.15]}, ((0.15, 0.15), "ImagerPixelSpacing")),
        ({"ImagerPixelSpacing": [0.15, 0.15], "EstimatedRadiographicMagnificationFactor": 1.5}, ((0.1, 0.1), "ImagerPixelSpacing")),
        ({"ImagerPixelSpacing": [0.15, 0.15], "EstimatedRadiographicMagnificationFactor": 0}, ((0.15, 0.15), "ImagerPixelSpacing")),
        ({"NominalScannedPixelSpacing": [0.17, 0.17]}, ((0.17, 0.17), "NominalScannedPixelSpacing")),
        ({"PixelSpacing": [0, 0], "ImagerPixelSpacing": [0.1, 0.1]}, ((0.1, 0.1), "ImagerPixelSpacing")),
        ({"PixelSpacing": [-1, 0.1]}, (None, None)),
        ({"PixelSpacing": [100, 100]}, (None, None)),
        ({"PixelSpacing": 0.2}, (None, None)),
    ],
)  # fmt: skip
def test_spacing_comes_from_the_most_trusted_tag(elements: dict[str, object], found: tuple[object, object]) -> None:
    pair, keyword = spacing(header(**elements))
    assert keyword == found[1]
    assert pair == (None if found[0] is None else pytest.approx(found[0]))


def test_aspect_is_height_over_width() -> None:
    assert aspect(header(), (0.2, 0.1)) == 2
    assert aspect(header(PixelAspectRatio=[2, 1]), (0.1, 0.1)) == 1
    assert aspect(header(PixelAspectRatio=[4, 3]), None) == pytest.approx(4 / 3)
    assert aspect(header(), None) == 1
    assert aspect(header(PixelAspectRatio=[0, 3]), None) == 1


@pytest.mark.requirement("REQ-GEOMETRY")
@pytest.mark.parametrize(("ratio", "shape"), [(2.0, (40, 30)), (0.5, (20, 60)), (1.25, (25, 30))])
def test_oblong_pixels_are_stretched_along_their_longer_side(ratio: float, shape: tuple[int, int]) -> None:
    film = np.add.outer(np.linspace(0, 0.5, 20), np.linspace(0, 0.5, 30)).astype(np.float32)
    pixels, pair, step = square(film, ratio, (0.2 * ratio, 0.2))
    assert pixels.shape == shape
    assert pixels.dtype == np.float32
    assert pair == pytest.approx((min(0.2, 0.2 * ratio),) * 2)
    assert step is not None
    assert step.parameters == {"ratio": ratio, "rows": shape[0], "columns": shape[1]}
    assert pixels.mean() == pytest.approx(film.mean(), abs=0.01)


@pytest.mark.parametrize("ratio", [1.0, 1.005])
def test_square_pixels_stay_as_they_are(ratio: float) -> None:
    film = np.zeros((4, 4), np.float32)
    assert square(film, ratio, None) == (film, None, None)


def test_a_ratio_that_cannot_be_is_passed_over() -> None:
    film = np.zeros((4, 4), np.float32)
    pixels, _, step = square(film, 10.0, None)
    assert pixels is film
    assert step is not None
    assert step.name == "aspect-ignored"
