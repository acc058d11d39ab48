"""The DICOM object: valid, the same each time, and the same picture after a round trip through a file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest

from phantom.chain import presented
from wetread.errors import ConfigError, UsageError
from wetread.phantom import LOSSLESS_SYNTAXES, LOSSY_SYNTAXES, Encoding, film, picture, write

SIZE = (128, 104)
WAYS = {
    "window": Encoding(),
    "inverted and padded": Encoding(photometric="MONOCHROME1", padding=True),
    "eight bits": Encoding(bits_stored=8),
    "sigmoid": Encoding(voi="sigmoid"),
    "table": Encoding(voi="lut", bits_stored=14),
    "exact": Encoding(voi="linear_exact", bits_stored=16),
    "oblong pixels": Encoding(pixel_aspect=(1, 2)),
}
CR_WAYS = {
    "plain": Encoding(voi="none"),
    "signed": Encoding(signed=True, rescale=(1.0, 2048.0)),
    "signed table": Encoding(signed=True, voi="lut", bits_stored=16),
    "negative slope": Encoding(photometric="MONOCHROME1", rescale=(-1.0, 4095.0), voi="lut"),
    "shape": Encoding(photometric="MONOCHROME1", presentation_lut_shape="INVERSE"),
}
KNOWN_WARNINGS = {
    "ViewPosition": "a secondary capture has no place for the view, and real ones say it all the same",
    "PresentationLUTShape": "not of the CR or SC object, and real ones have it",
}


@pytest.mark.parametrize("syntax", LOSSLESS_SYNTAXES)
@pytest.mark.parametrize("way", [*WAYS, *CR_WAYS])
def test_file_holds_the_picture(tmp_path: Path, syntax: str, way: str) -> None:
    encoding = (WAYS | CR_WAYS)[way]
    parts = {name: getattr(encoding, name) for name in Encoding.__slots__} | {"transfer_syntax": syntax}  # type: ignore[attr-defined]
    write(film(6, size=SIZE, sop_class="CR", encoding=Encoding(**parts)), tmp_path / "film.dcm")
    ds = pydicom.dcmread(tmp_path / "film.dcm")
    assert ds.file_meta.TransferSyntaxUID == syntax
    assert np.abs(presented(ds) - picture(6, size=SIZE)[0]).max() <= 0.5 / 255 + 1e-9


@pytest.mark.parametrize("sop_class", ["CR", "DX", "SC"])
@pytest.mark.parametrize("syntax", LOSSLESS_SYNTAXES + LOSSY_SYNTAXES)
def test_file_is_the_same_each_time(tmp_path: Path, sop_class: str, syntax: str) -> None:
    for name in ("first", "second"):
        write(
            film(6, opacity=True, size=SIZE, sop_class=sop_class, encoding=Encoding(transfer_syntax=syntax)),
            tmp_path / name,
        )  # type: ignore[arg-type]
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


@pytest.mark.parametrize(
    ("sop_class", "way"),
    [(sop_class, way) for sop_class in ("CR", "DX", "SC") for way in WAYS]
    + [(sop_class, way) for sop_class in ("CR", "SC") for way in CR_WAYS],
)
@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (Debian package dicom3tools) is not installed")
def test_objects_are_valid(tmp_path: Path, sop_class: str, way: str) -> None:
    for syntax in (LOSSLESS_SYNTAXES[1], LOSSLESS_SYNTAXES[-1]):
        encoding = (WAYS | CR_WAYS)[way]
        parts = {name: getattr(encoding, name) for name in Encoding.__slots__} | {"transfer_syntax": syntax}  # type: ignore[attr-defined]
        _assert_valid(film(1, size=SIZE, sop_class=sop_class, encoding=Encoding(**parts)), tmp_path / "film.dcm")  # type: ignore[arg-type]


@pytest.mark.parametrize("sop_class", ["CR", "DX", "SC"])
@pytest.mark.parametrize("syntax", LOSSY_SYNTAXES)
@pytest.mark.parametrize("age_years", [None, 0.5, 120])
@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (Debian package dicom3tools) is not installed")
def test_lossy_objects_are_valid(tmp_path: Path, sop_class: str, syntax: str, age_years: float | None) -> None:
    ds = film(
        1, view="AP", size=SIZE, sop_class=sop_class, age_years=age_years, encoding=Encoding(transfer_syntax=syntax)
    )  # type: ignore[arg-type]
    _assert_valid(ds, tmp_path / "film.dcm")


def _assert_valid(ds: pydicom.Dataset, path: Path) -> None:
    write(ds, path)
    done = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False)
    said = (done.stdout + done.stderr).splitlines()
    assert any("Image" in line for line in said), "dciodvfy names the object that it recognised"
    assert not [line for line in said if line.startswith("Error")]
    assert not [
        line for line in said if line.startswith("Warning") and not any(known in line for known in KNOWN_WARNINGS)
    ]


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (Debian package dicom3tools) is not installed")
def test_the_validity_check_can_fail(tmp_path: Path) -> None:
    ds = film(1, size=SIZE)
    del ds.PresentationLUTShape
    with pytest.raises(AssertionError, match="PresentationLUTShape"):
        _assert_valid(ds, tmp_path / "film.dcm")


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        (Encoding(signed=True), "unsigned"),
        (Encoding(rescale=(-1.0, 4095.0)), "slope 1"),
        (Encoding(rescale=(1.0, 10.0)), "slope 1"),
        (Encoding(voi="none"), "window"),
    ],
)
def test_dx_rules(encoding: Encoding, word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        film(1, size=SIZE, sop_class="DX", encoding=encoding)
    assert film(1, size=SIZE, sop_class="CR", encoding=encoding).Rows == SIZE[0]


def test_dx_says_one_inversion_in_both_words() -> None:
    assert film(1, size=SIZE).PresentationLUTShape == "IDENTITY"
    ds = film(1, size=SIZE, encoding=Encoding(photometric="MONOCHROME1"))
    assert (ds.PhotometricInterpretation, ds.PresentationLUTShape) == ("MONOCHROME1", "INVERSE")
    assert (ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType) == (1, 0, "US")


def test_header() -> None:
    ds = film(9, view="AP", size=SIZE, age_years=50)
    assert (ds.Manufacturer, ds.ManufacturerModelName) == ("wetread phantom", "constancy film")
    assert (ds.BodyPartExamined, ds.ViewPosition, ds.PatientAge) == ("CHEST", "AP", "050Y")
    assert list(ds.PatientOrientation) == ["L", "F"]
    assert list(ds.ImageType) == ["ORIGINAL", "PRIMARY", ""]
    assert all(
        ds[keyword].value.startswith("2.25.") for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
    )
    assert film(9, size=SIZE, age_years=0.5).PatientAge == "006M"
    assert "PatientAge" not in film(9, size=SIZE, age_years=None)


def test_different_films_have_different_uids() -> None:
    films = [
        film(1, size=SIZE),
        film(2, size=SIZE),
        film(1, size=SIZE, opacity=True),
        film(1, size=SIZE, sop_class="CR"),
        film(1, size=SIZE, encoding=Encoding(bits_stored=10)),
    ]
    assert len({ds.SOPInstanceUID for ds in films}) == len({ds.SeriesInstanceUID for ds in films}) == len(films)
    assert films[0].StudyInstanceUID == films[2].StudyInstanceUID != films[1].StudyInstanceUID


@pytest.mark.parametrize("wrong", [{"sop_class": "CT"}, {"age_years": -1}, {"age_years": 400}, {"view": "LL"}])
def test_refuses_impossible_arguments(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        film(1, **{"size": SIZE, **wrong})  # type: ignore[arg-type]


def test_compressed_films_are_smaller() -> None:
    native = len(film(1, size=SIZE).PixelData)
    assert native == 2 * SIZE[0] * SIZE[1]
    for syntax in (*LOSSLESS_SYNTAXES[5:], *LOSSY_SYNTAXES):
        assert 1000 < len(film(1, size=SIZE, encoding=Encoding(transfer_syntax=syntax)).PixelData) < 0.7 * native
    assert len(film(1, size=(65, 65), encoding=Encoding(bits_stored=8)).PixelData) == 65 * 65 + 1
