"""The picture: the same for the same seed, right about itself, and shaped like a chest."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.errors import ConfigError, UsageError
from wetread.phantom import Opacity, picture

SMALL = (320, 262)


@pytest.mark.parametrize("view", ["PA", "AP"])
def test_same_seed_same_picture(view: str) -> None:
    first, truth = picture(7, opacity=True, view=view, size=SMALL)  # type: ignore[arg-type]
    second, again = picture(7, opacity=True, view=view, size=SMALL)  # type: ignore[arg-type]
    assert np.array_equal(first, second)
    assert (truth.opacity, truth.centre) == (again.opacity, again.centre)
    assert not np.array_equal(first, picture(8, opacity=True, view=view, size=SMALL)[0])  # type: ignore[arg-type]


def test_views_differ() -> None:
    assert not np.array_equal(picture(7, view="PA", size=SMALL)[0], picture(7, view="AP", size=SMALL)[0])


@pytest.mark.parametrize("size", [(64, 64), SMALL, (400, 300), (300, 400)])
def test_eight_bits_hold_the_picture(size: tuple[int, int]) -> None:
    pixels, truth = picture(3, opacity=True, size=size)
    assert (pixels.shape, pixels.dtype) == (size, np.float32)
    steps = np.rint(pixels * 255)
    assert np.array_equal((steps / np.float32(255)).astype(np.float32), pixels)
    assert (steps.min(), steps.max()) == (0, 255)
    assert truth.right_lung.shape == truth.left_lung.shape == size


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**40),
    side=st.sampled_from(["left", "right"]),
    height=st.floats(0, 1),
    depth=st.floats(0, 1),
    radius=st.floats(0.02, 0.15),
    view=st.sampled_from(["PA", "AP"]),
)
def test_opacity_is_where_truth_says_and_nowhere_else(
    seed: int, side: str, height: float, depth: float, radius: float, view: str
) -> None:
    asked = Opacity(side, height, depth, radius)  # type: ignore[arg-type]
    plain, _ = picture(seed, view=view, size=SMALL)  # type: ignore[arg-type]
    ill, truth = picture(seed, opacity=asked, view=view, size=SMALL)  # type: ignore[arg-type]
    assert (truth.opacity, truth.side) == (asked, side)
    assert truth.centre is not None
    assert truth.radius is not None
    row, column = truth.centre
    lung = truth.left_lung if side == "left" else truth.right_lung
    assert lung[int(row), int(column)]
    rows, columns = np.indices(plain.shape)
    distance = np.hypot(rows - row, columns - column)
    change = ill - plain
    assert not change[distance > truth.radius].any()
    assert change.min() >= 0
    assert change[(distance < truth.radius / 2) & lung].mean() > 0.02


def test_opacity_of_the_seed_lies_in_a_lung() -> None:
    for seed in range(6):
        _, truth = picture(seed, opacity=True, size=SMALL)
        assert truth.centre is not None
        row, column = (int(value) for value in truth.centre)
        assert (truth.left_lung if truth.side == "left" else truth.right_lung)[row, column]
    plain = picture(5, size=SMALL)[1]
    assert plain.opacity is plain.centre is plain.radius is plain.side is None
    assert np.array_equal(picture(5, opacity=False, size=SMALL)[0], picture(5, size=SMALL)[0])


@pytest.mark.parametrize("view", ["PA", "AP"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_is_a_chest(seed: int, view: str) -> None:
    pixels, truth = picture(seed, view=view, size=SMALL)  # type: ignore[arg-type]
    rows, columns = SMALL
    lungs = truth.right_lung | truth.left_lung
    right, left = (np.flatnonzero(mask.any(axis=0)) for mask in (truth.right_lung, truth.left_lung))
    assert right.max() < columns / 2 < left.min(), "the patient's right lung lies on the left of the picture"
    assert 0.15 < lungs.mean() < 0.45
    middle = pixels[rows // 3 : rows // 2, columns // 2 - 5 : columns // 2 + 5].mean()
    abdomen = pixels[-rows // 10 : -8, columns // 3 : -columns // 3].mean()
    air = pixels[8:16, 8 : columns // 6].mean()
    assert air < 0.05 < pixels[lungs].mean() < middle - 0.2 < abdomen
    base = {
        side: np.flatnonzero(mask.any(axis=1)).max()
        for side, mask in (("right", truth.right_lung), ("left", truth.left_lung))
    }
    assert base["right"] <= base["left"], "the right dome is the higher one"
    heart = pixels[int(rows * 0.6), :]
    midline = columns // 2
    assert heart[midline + columns // 7] > heart[midline - columns // 7] + 0.1, "the heart bulges to the patient's left"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"seed": -1}, "seed"),
        ({"view": "LATERAL"}, "view"),
        ({"size": (20, 800)}, "rows"),
        ({"size": (800, 9000)}, "columns"),
    ],
)
def test_refuses_what_it_cannot_draw(arguments: dict[str, object], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        picture(**{"seed": 1, **arguments})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [{"side": "both"}, {"height": 1.5}, {"depth": -0.1}, {"radius": 0.5}, {"strength": 0.0}, {"height": float("nan")}],
)
def test_refuses_an_impossible_opacity(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        Opacity(**wrong)  # type: ignore[arg-type]


def test_default_size_is_quick() -> None:
    picture(1)
    start = time.process_time()
    pixels, _ = picture(2, opacity=True)
    assert time.process_time() - start < 1.0, (
        "0.2 s on an idle core; processor time, so that a busy machine does not matter"
    )
    assert pixels.shape == (1024, 840)
