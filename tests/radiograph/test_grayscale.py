from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from radiograph.films import MONOCHROME1, MONOCHROME2, grey, ramp, steps, table
from wetread.errors import DecodeError
from wetread.radiograph import Radiograph, read
from wetread.radiograph.grayscale import GRAYSCALE_VERSION, contract_sha256, look_up, sampled
from wetread.radiograph.windows import Window

FILM = ramp(12)


def shown(values: np.ndarray = FILM, bits: int = 12, **elements: Any) -> Radiograph:
    return read(grey(values, bits, **elements))


def close(one: Radiograph | np.ndarray, other: Radiograph | np.ndarray, atol: float = 1e-6) -> bool:
    first, second = (film.pixels if isinstance(film, Radiograph) else film for film in (one, other))
    return bool(np.allclose(first, second, atol=atol))


@pytest.mark.requirement("REQ-FULL-RANGE")
def test_a_film_without_a_window_runs_from_its_least_to_its_greatest_value() -> None:
    film = shown(FILM // 2 + 100)
    assert close(film, (FILM // 2) / 2047)
    assert steps(film)["full-range"] == {"low": 100.0, "high": 2147.0, "because": "the file has no window and no table"}
    assert [step.name for step in film.steps] == ["decode", "full-range", "identity"]


def test_eight_bits_without_a_window_are_shown_as_they_are() -> None:
    assert close(shown(FILM // 32, 8), (FILM // 32) / 255)
    assert close(shown(FILM // 32, 8, RescaleSlope=-1, RescaleIntercept=7), 1 - (FILM // 32) / 255)


@pytest.mark.requirement("REQ-GRAYSCALE")
def test_the_window_works_on_rescaled_values() -> None:
    film = shown(RescaleSlope=0.5, RescaleIntercept=-100, WindowCenter=400, WindowWidth=600)
    assert close(film, Window(400, 600)(FILM * 0.5 - 100))
    assert steps(film)["rescale"] == {"slope": 0.5, "intercept": -100.0}
    assert steps(film)["window"] == {"center": 400.0, "width": 600.0, "function": "LINEAR", "offered": 1}


@pytest.mark.requirement("REQ-GRAYSCALE")
@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_each_window_function_is_applied(function: Any) -> None:
    film = shown(WindowCenter=1000, WindowWidth=900, VOILUTFunction=function)
    assert close(film, Window(1000, 900, function)(FILM.astype(float)))


def test_the_first_window_that_shows_the_film_is_used() -> None:
    film = shown(WindowCenter=[5, -9000, 1000, 2000], WindowWidth=[0, 10, 800, 900])
    assert close(film, Window(1000, 800)(FILM.astype(float)))
    ignored = [step.parameters for step in film.steps if step.name == "window-ignored"]
    assert [one["width"] for one in ignored] == [0.0, 10.0]
    assert "cannot be 0 wide" in ignored[0]["because"]
    assert "black and white" in ignored[1]["because"]
    assert steps(film)["window"]["offered"] == 4


@pytest.mark.requirement("REQ-FULL-RANGE")
@pytest.mark.parametrize(
    ("window", "because"),
    [
        ({"WindowCenter": 40, "WindowWidth": 0}, "wide"),
        ({"WindowCenter": -5000, "WindowWidth": 400}, "black and white"),
        ({"WindowCenter": 9000, "WindowWidth": 400}, "black and white"),
        ({"WindowCenter": 2048, "WindowWidth": 1}, "black and white"),
        ({"WindowCenter": 2048, "WindowWidth": 900000}, "one shade"),
        ({"WindowCenter": [1, 2], "WindowWidth": None}, "2 window centers"),
    ],
)
def test_a_window_that_shows_nothing_is_replaced_by_the_full_range(window: dict[str, Any], because: str) -> None:
    given = {keyword: value for keyword, value in window.items() if value is not None}
    film = shown(**given)
    assert close(film, FILM / 4095)
    assert because in steps(film)["window-ignored"]["because"]
    assert steps(film)["full-range"]["because"] == "no window or table shows the film"


def test_a_narrow_but_honest_window_is_kept() -> None:
    film = shown(WindowCenter=2000, WindowWidth=200)
    assert close(film, Window(2000, 200)(FILM.astype(float)))


def test_a_flat_film_keeps_its_window_and_stays_flat() -> None:
    flat = np.full((16, 16), 700)
    assert np.unique(shown(flat, WindowCenter=1000, WindowWidth=100).pixels).tolist() == [0]
    assert np.unique(shown(flat).pixels).tolist() == [0]


@pytest.mark.requirement("REQ-GRAYSCALE")
def test_a_modality_table_comes_before_the_window() -> None:
    curve = [int(value) for value in np.round(np.sqrt(np.arange(4096)) * 1000)]
    film = shown(ModalityLUTSequence=[table(0, curve)], WindowCenter=30000, WindowWidth=40000)
    assert close(film, Window(30000, 40000)(np.array(curve, float)[FILM]))
    assert steps(film)["modality-lut"] == {"entries": 4096, "first": 0, "bits": 16}


def test_a_modality_table_of_a_signed_film_starts_below_zero() -> None:
    rising = list(range(4096))
    film = shown(FILM - 2048, ModalityLUTSequence=[table(-2048, rising)])
    assert close(film, FILM / 4095)


@pytest.mark.requirement("REQ-GRAYSCALE")
def test_a_voi_table_is_preferred_to_a_window() -> None:
    curve = [int(value) for value in np.round((np.arange(4096) / 4095) ** 2 * 65535)]
    film = shown(VOILUTSequence=[table(0, curve)], WindowCenter=5, WindowWidth=5)
    assert close(film, np.array(curve)[FILM] / 65535)
    assert steps(film)["voi-lut"] == {"entries": 4096, "first": 0, "bits": 16, "white": 65535.0, "offered": 1}


def test_a_voi_table_takes_rescaled_values() -> None:
    film = shown(
        RescaleSlope=1, RescaleIntercept=-1000, VOILUTSequence=[table(65536 - 1000, list(range(4096)), bits=12)]
    )
    assert close(film, FILM / 4095)


@pytest.mark.requirement("REQ-FULL-RANGE")
@pytest.mark.parametrize("item", [table(0, [5, 5, 5]), Dataset()])
def test_a_voi_table_that_shows_nothing_is_passed_over(item: Dataset) -> None:
    film = shown(VOILUTSequence=[item], WindowCenter=1000, WindowWidth=900)
    assert close(film, Window(1000, 900)(FILM.astype(float)))
    assert "voi-lut-ignored" in steps(film)


def test_a_modality_that_cannot_be_understood_is_no_picture() -> None:
    with pytest.raises(DecodeError, match="ModalityLUTSequence"):
        shown(ModalityLUTSequence=[Dataset()])


def test_a_slope_of_zero_is_passed_over() -> None:
    film = shown(RescaleSlope=0, RescaleIntercept=3)
    assert close(film, FILM / 4095)
    assert steps(film)["rescale-ignored"]["slope"] == 0


@pytest.mark.requirement("REQ-GRAYSCALE")
@pytest.mark.parametrize(
    ("photometric", "shape", "inverted", "contradictory"),
    [
        (MONOCHROME2, None, False, False),
        (MONOCHROME2, "IDENTITY", False, False),
        (MONOCHROME1, None, True, False),
        (MONOCHROME1, "INVERSE", True, False),
        (MONOCHROME1, "IDENTITY", True, True),
        (MONOCHROME2, "INVERSE", True, True),
        (None, None, False, False),
    ],
)
def test_there_is_one_inversion_at_most(
    photometric: str | None, shape: str | None, inverted: bool, contradictory: bool
) -> None:
    film = shown(PhotometricInterpretation=photometric, **({"PresentationLUTShape": shape} if shape else {}))
    assert close(film, 1 - FILM / 4095 if inverted else FILM / 4095)
    step = steps(film)["invert" if inverted else "identity"]
    assert step.get("contradictory", False) is contradictory
    assert step["photometric_interpretation"] == photometric or (
        photometric is None and "assumed" in step["photometric_interpretation"]
    )


def test_the_relation_to_dose_is_recorded_and_changes_nothing() -> None:
    film = shown(PixelIntensityRelationshipSign=-1)
    assert close(film, FILM / 4095)
    assert steps(film)["identity"]["pixel_intensity_relationship_sign"] == -1


films = st.tuples(st.integers(0, 50), st.sampled_from([8, 10, 12, 16]))
settle = settings(max_examples=25, deadline=None)


@pytest.mark.requirement("REQ-GRAYSCALE")
@settle
@given(films, st.sampled_from(["none", "LINEAR", "LINEAR_EXACT", "SIGMOID"]), st.floats(0.3, 0.7), st.floats(0.2, 1.5))
def test_a_negative_marked_as_such_is_the_same_picture(
    film: tuple[int, int], function: str, center: float, width: float
) -> None:
    seed, bits = film
    top = (1 << bits) - 1
    values, middle = ramp(bits, (32, 32), seed), center * top
    window: dict[str, Any] = (
        {} if function == "none" else {"WindowWidth": f"{width * top:.6g}", "VOILUTFunction": function}
    )
    # LINEAR is centred half a value lower than the others (C.11.2.1.2), so its mirror image is one higher.
    mirrored = top - middle + (1 if function == "LINEAR" else 0)
    positive = shown(values, bits, **window, **({"WindowCenter": f"{middle:.10g}"} if window else {}))
    negative = shown(
        top - values,
        bits,
        PhotometricInterpretation=MONOCHROME1,
        **window,
        **({"WindowCenter": f"{mirrored:.10g}"} if window else {}),
    )
    assert close(positive, negative, 1e-5)


@settle
@given(films, st.integers(-5000, 5000), st.sampled_from([0.25, 1.0, 3.5]))
def test_a_negative_slope_is_an_inversion(film: tuple[int, int], intercept: int, slope: float) -> None:
    seed, bits = film
    values = ramp(bits, (32, 32), seed)
    falling = shown(values, bits, RescaleSlope=-slope, RescaleIntercept=intercept)
    assert close(falling, shown(values, bits, PhotometricInterpretation=MONOCHROME1), 1e-5)
    assert close(falling, 1 - shown(values, bits).pixels, 1e-5)


@pytest.mark.requirement("REQ-PADDING")
@settle
@given(films, st.booleans(), st.booleans(), st.booleans())
def test_padding_never_changes_the_rest(film: tuple[int, int], white: bool, windowed: bool, inverted: bool) -> None:
    seed, bits = film
    bits = max(bits, 10)
    top = (1 << bits) - 1
    values = ramp(bits, (32, 32), seed) // 2 + top // 4
    elements: dict[str, Any] = {"PhotometricInterpretation": MONOCHROME1 if inverted else MONOCHROME2}
    if windowed:
        elements |= {"WindowCenter": top // 2, "WindowWidth": top // 2}
    plain = shown(values, bits, **elements)
    padding = top if white else 0
    padded = shown(np.pad(values, 5, constant_values=padding), bits, PixelPaddingValue=padding, **elements)
    assert close(padded.pixels[5:-5, 5:-5], plain)
    padded_only = padded.pixels.copy()
    padded_only[5:-5, 5:-5] = 0
    assert not padded_only.any()
    assert steps(padded)["padding"] == {"low": padding, "high": padding}


@pytest.mark.requirement("REQ-PADDING")
def test_padding_may_be_a_range_in_either_order() -> None:
    for low, high in ((10, 20), (20, 10)):
        film = shown(PixelPaddingValue=low, PixelPaddingRangeLimit=high)
        inside = (FILM >= 10) & (FILM <= 20)
        assert not film.pixels[inside].any()
        assert film.pixels[~inside].max() == 1
        assert steps(film)["padding"] == {"low": 10, "high": 20}


def test_padding_in_the_wrong_sign_is_understood() -> None:
    values = FILM - 2048
    values[:4] = -2000
    ds = grey(values, 12)
    ds.add_new("PixelPaddingValue", "US", 65536 - 2000)
    film = read(ds)
    assert steps(film)["padding"] == {"low": -2000, "high": -2000}
    assert not film.pixels[:4].any()


def test_padding_that_no_pixel_can_have_is_passed_over() -> None:
    film = shown(PixelPaddingValue=65535)
    assert close(film, FILM / 4095)
    assert "padding-ignored" in steps(film)


@pytest.mark.requirement("REQ-PADDING")
def test_a_film_of_nothing_but_padding_is_black() -> None:
    assert not shown(np.full((8, 8), 7), PixelPaddingValue=7).pixels.any()


def test_values_of_more_than_sixteen_bits_pass_the_same_chain() -> None:
    values = ramp(20) - (1 << 19)
    assert close(shown(values, 20, PhotometricInterpretation=MONOCHROME1), 1 - ramp(20) / ((1 << 20) - 1), 1e-5)
    assert close(shown(values, 20, WindowCenter=0, WindowWidth=200000), Window(0, 200000)(values.astype(float)), 1e-5)


@pytest.mark.requirement("REQ-GEOMETRY")
def test_oblong_pixels_become_square_and_the_spacing_follows() -> None:
    film = shown(PixelSpacing=[0.4, 0.2])
    assert film.pixels.shape == (128, 64)
    assert film.spacing_mm == pytest.approx((0.2, 0.2))
    assert steps(film)["aspect"] == {"ratio": 2.0, "rows": 128, "columns": 64}
    assert steps(film)["spacing"] == {"from": "PixelSpacing", "row_mm": 0.2, "column_mm": 0.2}
    assert shown(PixelAspectRatio=[1, 2]).pixels.shape == (64, 128)


@pytest.mark.requirement("REQ-GRAYSCALE")
def test_the_steps_stand_in_the_order_of_the_standard_and_are_plain_data() -> None:
    film = shown(PixelPaddingValue=0, RescaleSlope=2, RescaleIntercept=1, WindowCenter=4000, WindowWidth=6000, PhotometricInterpretation=MONOCHROME1, PixelSpacing=[0.2, 0.1])  # fmt: skip
    assert [step.name for step in film.steps] == [
        "decode",
        "padding",
        "rescale",
        "window",
        "invert",
        "aspect",
        "spacing",
    ]
    again = json.loads(json.dumps([step.parameters for step in film.steps]))
    assert again == [step.parameters for step in film.steps]


def test_the_contract_has_one_name() -> None:
    assert GRAYSCALE_VERSION.startswith("wetread.grayscale/")
    assert contract_sha256() == contract_sha256()
    assert len(bytes.fromhex(contract_sha256())) == 32


@pytest.mark.parametrize("shape", [(1, 1), (3, 50_000), (300, 300)])
def test_looking_up_is_indexing(shape: tuple[int, int]) -> None:
    words = np.random.default_rng(0).integers(0, 1 << 16, shape).astype(np.uint16)
    entries = np.random.default_rng(1).random(1 << 16).astype(np.float32)
    assert np.array_equal(look_up(entries, words), entries[words])
    assert np.array_equal(look_up(entries, words.T), entries[words.T])


def test_a_sample_of_a_large_film_keeps_its_shares() -> None:
    words = np.zeros((2048, 1024), np.uint8)
    words[:, ::2] = 9
    count = sampled(words, 256)
    assert count.sum() < words.size / 4
    assert count[9] / count.sum() == pytest.approx(0.5, abs=0.01)


@pytest.mark.requirement("REQ-GRAYSCALE")
def test_a_real_film_that_says_it_twice_is_inverted_once(shared_data: Path) -> None:
    film = read(shared_data / "dicom" / "966_fixed.dcm")
    assert [step.name for step in film.steps] == ["decode", "rescale", "window", "invert", "spacing"]
    assert steps(film)["invert"]["presentation_lut_shape"] == "INVERSE"
    assert film.polarity > 1
    assert film.spacing_mm == pytest.approx((0.16, 0.16))


def test_the_modality_table_of_a_real_object_is_applied(shared_data: Path) -> None:
    film = read(shared_data / "dicom" / "mlut_18.dcm")
    assert steps(film)["modality-lut"] == {"entries": 4096, "first": -2048, "bits": 16}


def test_one_hip_in_four_encodings_is_one_picture(shared_data: Path) -> None:
    hips = [read(shared_data / "dicom" / f"RG2_{name}.dcm") for name in ("J2KR", "RLE", "JPLL", "JPLY_fixed")]
    assert np.array_equal(hips[0].pixels, hips[1].pixels)
    assert np.array_equal(hips[0].pixels, hips[2].pixels)
    assert np.abs(hips[0].pixels - hips[3].pixels).mean() * 255 < 1.5
