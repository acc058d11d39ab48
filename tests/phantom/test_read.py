"""The room that reads pixels sees the picture that was authored, whatever the encoding."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phantom.encodings import SQUARE, encodings
from wetread.errors import Code
from wetread.phantom import LOSSLESS_SYNTAXES, LOSSY_SYNTAXES, Encoding, film, picture, write
from wetread.radiograph import IntendedUse, eligibility, read

SIZE = (200, 164)
STEP = 1 / 255
ADULT = IntendedUse(age_years=(18, 120))
SopClass = Literal["CR", "DX", "SC"]


@pytest.mark.requirement("REQ-ENCODINGS")
@settings(max_examples=60, deadline=None)
@given(encoding=encodings(aspects=SQUARE), sop_class=st.sampled_from(["CR", "SC"]), as_file=st.booleans())
def test_any_encoding_reads_as_authored(
    encoding: Encoding, sop_class: SopClass, as_file: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ds = film(4, size=SIZE, sop_class=sop_class, encoding=encoding)
    path = tmp_path_factory.getbasetemp() / "film.dcm"
    if as_file:
        write(ds, path)
    got = read(path if as_file else ds)
    assert np.abs(got.pixels - picture(4, size=SIZE)[0]).max() <= STEP


@pytest.mark.requirement("REQ-READ-DICOM")
@pytest.mark.parametrize("syntax", LOSSLESS_SYNTAXES)
@pytest.mark.parametrize("sop_class", ["CR", "DX", "SC"])
def test_every_class_in_every_lossless_syntax(syntax: str, sop_class: SopClass, tmp_path: Path) -> None:
    authored, _ = picture(5, opacity=True, size=SIZE)
    for encoding in (
        Encoding(transfer_syntax=syntax),
        Encoding(transfer_syntax=syntax, photometric="MONOCHROME1", padding=True, voi="lut"),
        Encoding(transfer_syntax=syntax, photometric="MONOCHROME1", bits_stored=16, voi="sigmoid"),
        Encoding(transfer_syntax=syntax, bits_stored=8, voi="linear_exact"),
    ):
        write(film(5, opacity=True, size=SIZE, sop_class=sop_class, encoding=encoding), tmp_path / "film.dcm")
        assert np.abs(read(tmp_path / "film.dcm").pixels - authored).max() <= STEP


@pytest.mark.requirement("REQ-ENCODINGS")
@pytest.mark.parametrize("syntax", LOSSY_SYNTAXES)
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_lossy_reads_within_its_bound(syntax: str, photometric: Literal["MONOCHROME1", "MONOCHROME2"]) -> None:
    authored, _ = picture(5, opacity=True, size=(320, 262))
    got = read(
        film(5, opacity=True, size=(320, 262), encoding=Encoding(photometric=photometric, transfer_syntax=syntax))
    ).pixels
    error = np.abs(got - authored)
    assert error.max() <= (1.5 * STEP + 1e-6 if syntax == LOSSY_SYNTAXES[0] else 20 * STEP)
    assert np.sqrt((error**2).mean()) < 3 * STEP


@pytest.mark.parametrize("aspect", [(1, 2), (2, 1), (1, 3)])
@pytest.mark.parametrize("sop_class", ["CR", "DX", "SC"])
def test_oblong_pixels_are_made_square(aspect: tuple[int, int], sop_class: SopClass) -> None:
    """The reader blends along the side that it stretches, so the picture is the same in its large features only."""
    authored, _ = picture(5, size=SIZE)
    got = read(film(5, size=SIZE, sop_class=sop_class, encoding=Encoding(pixel_aspect=aspect))).pixels
    times = max(aspect)
    assert got.shape == (SIZE[0] * times, SIZE[1] * times)
    small = got.reshape(SIZE[0], times, SIZE[1], times).mean(axis=(1, 3))
    assert np.abs(small - authored).mean() < 2 * STEP


@pytest.mark.requirement("REQ-CONSTANCY")
@pytest.mark.parametrize("view", ["PA", "AP"])
@pytest.mark.parametrize("sop_class", ["CR", "DX", "SC"])
def test_only_its_being_synthetic_stands_between_it_and_a_reading(
    view: Literal["PA", "AP"], sop_class: SopClass
) -> None:
    got = read(film(2, opacity=True, view=view, sop_class=sop_class, age_years=50))
    assert (got.view, got.age_years, got.facts.constancy) == (view, 50, True)
    assert not got.facts.laterality_mirrored
    assert got.polarity > 1, "the pixels themselves say that air is dark"
    assert got.spacing_mm == pytest.approx((0.42, 0.42), abs=0.001)
    assert [reason.code for reason in eligibility(got, ADULT)] == [Code.CONSTANCY]


@pytest.mark.requirement("REQ-AGE")
def test_a_child_is_refused_for_an_adult_reader() -> None:
    codes = [reason.code for reason in eligibility(read(film(2, size=(640, 525), age_years=4)), ADULT)]
    assert codes == [Code.CONSTANCY, Code.AGE]
