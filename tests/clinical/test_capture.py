"""The secondary capture: nobody takes it for an original, and our own door refuses it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset

from clinical.conftest import COLUMNS, ROWS, gradient
from clinical.objects import WHEN, header, read_again, violations
from wetread.clinical import capture, drawing, facts, source
from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.errors import Code, Reason, SourceError
from wetread.inference.reading import Reading
from wetread.radiograph import Facts, IntendedUse, Radiograph, eligibility

Make = Callable[..., Reading]
YELLOW = (255, 209, 26)
UID = {"SOPInstanceUID": "1.2.3.4.1"}


def shown(of: Dataset | None = None, **changes: Any) -> Source:
    """A film of the gradient with its picture."""
    facts_of = Facts(rows=ROWS, columns=COLUMNS, **changes)
    return source.of(of or header(), Radiograph(gradient(), facts_of, source_uids=UID))


def built(reading: Reading, of: Source | None = None, **asked: Any) -> Dataset:
    return read_again(capture.build(reading, of or shown(), when=WHEN, **asked))


@pytest.mark.requirement("REQ-NOT-ORIGINAL")
def test_it_says_that_it_is_no_original(any_reading: Reading) -> None:
    made = built(any_reading)
    assert list(made.ImageType) == ["DERIVED", "SECONDARY", "WETREAD"]
    assert (made.BurnedInAnnotation, made.ConversionType, made.Modality) == ("YES", "WSD", "OT")
    assert "PixelSpacing" not in made
    assert made.SourceImageSequence[0].ReferencedSOPInstanceUID == "1.2.3.4.1"
    assert [line for line in facts.of(any_reading).lines if line not in made.ImageComments] == []
    pixels = made.pixel_array
    assert pixels.shape == (made.Rows, made.Columns, 3)
    for edge in (pixels[:8], pixels[-8:], pixels[:, :8], pixels[:, -8:]):
        assert {tuple(colour) for colour in edge.reshape(-1, 3).tolist()} == {YELLOW}


@pytest.mark.requirement("REQ-NOT-ORIGINAL", "REQ-PRELIMINARY")
def test_its_banner_is_drawn_from_the_words(any_reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    banners: list[str] = []
    kept = drawing.under_banner

    def spied(picture: Image.Image, banner: str, **asked: Any) -> Image.Image:
        banners.append(banner)
        return kept(picture, banner, **asked)

    monkeypatch.setattr(drawing, "under_banner", spied)
    built(any_reading)
    (banner,) = banners
    assert banner.startswith("wetread — PRELIMINARY, not reviewed by a person — a copy, not an original film — ")
    assert banner.endswith(facts.of(any_reading).headline)


@pytest.mark.requirement("REQ-OWN-RESULT")
def test_our_own_door_refuses_it(any_reading: Reading) -> None:
    made = built(any_reading)
    use = IntendedUse(age_years=(18, 120))
    assert Code.OWN_RESULT in {reason.code for reason in eligibility(made, use)}
    with pytest.raises(SourceError, match="itself a result"):
        source.of(made)
    del made.Manufacturer, made.ManufacturerModelName, made.SoftwareVersions  # as a careless archive leaves it
    assert Code.OWN_RESULT in {reason.code for reason in eligibility(made, use)}


@pytest.mark.requirement("REQ-ATTENTION")
def test_the_outline_lies_where_it_is(make_reading: Make) -> None:
    with_outline, without = (built(make_reading(), outline=wanted).pixel_array for wanted in (True, False))
    scale = 560 / ROWS
    height = round(ROWS * scale)
    top = next(row for row in range(len(with_outline)) if tuple(with_outline[row, 360]) != YELLOW)
    while tuple(with_outline[top, 12]) == YELLOW:  # below the banner
        top += 1
    left = (with_outline.shape[1] - round(COLUMNS * scale)) // 2
    differ = np.any(with_outline[top : top + height] != without[top : top + height], axis=2)
    rows, columns = np.nonzero(differ)
    at = np.stack([(columns + 0.5 - left) / scale - 0.5, (rows + 0.5) / scale - 0.5], axis=1)
    rings = [np.abs(np.linalg.norm(at - (c, r), axis=1) - radius) for r, c, radius in ((180, 170, 36), (110, 70, 16))]
    off = np.minimum(*rings)
    assert len(off) > 500
    assert off.max() < 4
    assert abs(float(np.median(off))) < 1.5


@pytest.mark.requirement("REQ-BURNED-IN")
def test_text_burned_into_the_film_is_not_shown(make_reading: Make, make_refusal: Make) -> None:
    burned = Reason(Code.BURNED_IN, "Text is burned into the film.", "BurnedInAnnotation")
    plain = shown()
    cases = [
        (make_reading(), shown(burned_in=True)),
        (make_reading(), source.of(header(BurnedInAnnotation="YES"), plain.film)),
        (make_refusal(burned), plain),
    ]
    for reading, of in cases:
        made = built(reading, of)
        assert made.Rows < built(reading, replace(plain, film=None)).Rows + 60
        assert not _holds_the_film(made)
    assert _holds_the_film(built(make_refusal(), plain))


def _holds_the_film(made: Dataset) -> bool:
    """Whether grays of the film's background (0.75 to 0.85 of white at its top) fill a part of the sheet."""
    pixels = made.pixel_array.astype(int)
    gray = (np.ptp(pixels, axis=2) == 0) & (pixels[..., 0] > 180) & (pixels[..., 0] < 225)
    return float(gray.mean()) > 0.05


def test_a_film_that_was_not_decoded_has_words_alone(make_refusal: Make, tmp_path: Path) -> None:
    made = built(make_refusal(), source.of(header()))
    assert not _holds_the_film(made)
    assert violations(made, tmp_path) == []


@pytest.mark.requirement("REQ-NO-MIXING")
def test_another_films_picture_is_never_shown(make_reading: Make) -> None:
    theirs = Radiograph(gradient(), Facts(), source_uids={"SOPInstanceUID": "9.9.9"})
    with pytest.raises(SourceError, match="another patient's"):
        built(make_reading(), source.of(header(), theirs))
    smaller = Radiograph(gradient(100, 80), Facts(), source_uids=UID)
    with pytest.raises(SourceError, match="another size"):
        built(make_reading(), source.of(header(), smaller))


@pytest.mark.requirement("REQ-DICOM-RESULTS")
def test_dciodvfy_finds_no_error(any_reading: Reading, tmp_path: Path) -> None:
    lossy = {
        "LossyImageCompression": "01",
        "LossyImageCompressionRatio": "8",
        "LossyImageCompressionMethod": "ISO_10918_1",
    }
    for changes in ({}, {"BodyPartExamined": None, "PatientOrientation": None}, {"ImageLaterality": "R"}, lossy):
        made = built(any_reading, shown(header(**changes)))
        assert violations(made, tmp_path) == []
        assert made.get("LossyImageCompression") == changes.get("LossyImageCompression")


def test_dcmtk_sees_the_same_picture(make_reading: Make, tmp_path: Path) -> None:
    if shutil.which("dcmj2pnm") is None:
        pytest.skip("needs dcmj2pnm (Debian package dcmtk)")
    made = built(make_reading())
    made.save_as(tmp_path / "capture.dcm", enforce_file_format=True)
    subprocess.run(["dcmj2pnm", "+on", "capture.dcm", "capture.png"], cwd=tmp_path, check=True)
    with Image.open(tmp_path / "capture.png") as seen:
        assert np.array_equal(np.asarray(seen.convert("RGB")), made.pixel_array)


def test_uids_and_what_is_replaced(make_reading: Make, tmp_path: Path) -> None:
    first = built(make_reading())
    assert first == built(make_reading())
    assert first.SOPInstanceUID != built(make_reading(), outline=False).SOPInstanceUID
    newer = built(make_reading(score=0.7), replaces=Predecessor.of(first))
    assert newer.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == first.SOPInstanceUID
    assert violations(newer, tmp_path) == []
