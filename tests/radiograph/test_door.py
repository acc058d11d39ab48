from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.uid import ImplicitVRLittleEndian, JPEG2000Lossless

from radiograph.films import grey, ramp
from wetread.errors import DecodeError, NoPixelsError, NotAFilmError, UnreadableError, UsageError
from wetread.phantom import Encoding, film, picture
from wetread.radiograph.door import open_dataset, read

VALUES = ramp(12)


def written(ds: Dataset) -> bytes:
    file = BytesIO()
    ds.save_as(file, enforce_file_format=True)
    return file.getvalue()


def bare(ds: Dataset, *, implicit: bool) -> bytes:
    """The data set alone: no preamble, no mark, no meta header."""
    file = DicomBytesIO()
    file.is_little_endian, file.is_implicit_VR = True, implicit
    write_dataset(file, ds)
    return file.getvalue()


CONTENT = written(grey(VALUES))


@pytest.mark.requirement("REQ-READ-DICOM")
def test_a_path_its_name_its_bytes_and_its_dataset_give_one_picture(tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(CONTENT)
    expected = VALUES / 4095
    for source in (path, str(path), CONTENT, open_dataset(path), grey(VALUES)):
        assert np.allclose(read(source).pixels, expected, atol=1e-6)


@pytest.mark.requirement("REQ-READ-DICOM")
def test_the_picture_comes_with_what_is_known_of_it() -> None:
    known = read(grey(VALUES, PixelSpacing=[0.2, 0.2], ViewPosition="AP", PatientSex="F", PatientAge="040Y"))
    assert (known.view, known.sex, known.age_years) == ("AP", "F", 40)
    assert known.spacing_mm == (0.2, 0.2)
    assert known.source_uids == {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.1", "SOPInstanceUID": "1.2.3.4"}
    assert known.facts.kind == "dicom"
    assert read(grey(VALUES), view="PA").facts.view_tag == "stated"
    with pytest.raises(UsageError):
        read(grey(VALUES), view="SIDEWAYS")


def test_the_dataset_is_left_as_it_is() -> None:
    ds = grey(VALUES, WindowCenter=1000, WindowWidth=900)
    before = ds.to_json()
    read(ds)
    assert ds.to_json() == before


@pytest.mark.parametrize("implicit", [True, False])
def test_a_file_without_its_head_is_read(implicit: bool) -> None:
    content = bare(grey(VALUES), implicit=implicit)
    assert np.array_equal(read(content).pixels, read(CONTENT).pixels)


def test_a_compressed_file_without_its_head_is_read() -> None:
    ds = grey(VALUES)
    ds.compress(JPEG2000Lossless, generate_instance_uid=False)
    assert np.array_equal(read(bare(ds, implicit=False)).pixels, read(CONTENT).pixels)


def test_a_file_without_its_preamble_is_read() -> None:
    for cut in (128, 132):
        assert np.array_equal(read(CONTENT[cut:]).pixels, read(CONTENT).pixels)


@pytest.mark.requirement("REQ-NOT-A-FILM")
@pytest.mark.parametrize("content", [b"", b"x", b"not a film at all" * 20, bytes(4096), b"%PDF-1.7" + bytes(900), b"\x08\x00\x05\x00" + b"\xff" * 300, b"GIF89a" + bytes(50)])  # fmt: skip
def test_what_is_no_film_says_so(content: bytes) -> None:
    with pytest.raises(NotAFilmError):
        read(content)
    with pytest.raises(NotAFilmError):
        open_dataset(content)


@pytest.mark.requirement("REQ-NOT-A-FILM")
def test_a_file_that_is_not_there_says_so_without_its_name(tmp_path: Path) -> None:
    for source in (tmp_path / "SURNAME_NAME.dcm", tmp_path, "SURNAME\0"):
        with pytest.raises(NotAFilmError, match="cannot be opened") as caught:
            read(source)
        assert "SURNAME" not in str(caught.value)


@pytest.mark.requirement("REQ-NO-PIXELS")
def test_a_report_has_no_picture() -> None:
    with pytest.raises(NoPixelsError):
        read(written(grey(VALUES, PixelData=None)))


def test_a_film_cut_short_is_damaged() -> None:
    with pytest.raises(DecodeError, match="cut short"):
        read(CONTENT[: len(CONTENT) * 2 // 3])
    ds = grey(VALUES)
    ds.compress(JPEG2000Lossless, generate_instance_uid=False)
    whole = written(ds)
    with pytest.raises(DecodeError, match="cut short"):
        read(whole[: len(whole) * 2 // 3])
    with pytest.raises(DecodeError, match="cut short"):
        open_dataset(bytes(128) + b"DICM")


@pytest.mark.requirement("REQ-HOSTILE")
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_gives_a_film_or_a_named_error(data: st.DataObject) -> None:
    """Bytes changed in the header, where every element is parsed; and a cut anywhere."""
    damaged = bytearray(CONTENT)
    for _ in range(data.draw(st.integers(0, 6))):
        damaged[data.draw(st.integers(0, 700))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(damaged))))
    try:
        known = read(bytes(damaged[:cut]))
    except UnreadableError as error:
        assert str(error)  # noqa: PT017
        return
    assert known.pixels.dtype == np.float32


@pytest.mark.requirement("REQ-ENCODINGS")
@pytest.mark.parametrize(
    "encoding",
    [
        Encoding(),
        Encoding(photometric="MONOCHROME1", voi="lut"),
        Encoding(
            photometric="MONOCHROME1", presentation_lut_shape="INVERSE", bits_stored=16, signed=True, voi="sigmoid"
        ),
        Encoding(bits_stored=10, padding=True, voi="linear_exact", rescale=(-2, 500)),
        Encoding(bits_stored=8, voi="none", transfer_syntax=ImplicitVRLittleEndian),
    ],
)
def test_the_phantom_is_one_picture_in_every_encoding(encoding: Encoding) -> None:
    expected, _ = picture(5, size=(256, 210))
    known = read(film(5, size=(256, 210), sop_class="CR", encoding=encoding))
    assert np.abs(known.pixels - expected).max() <= 1 / 255
    assert known.polarity > 1


HEAVY = ("torch", "scipy", "polars", "matplotlib", "pynetdicom", "imagecodecs", "sklearn", "openvino")


def test_a_film_is_read_without_loading_heavy_libraries(tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(CONTENT)
    code = f"import sys; from wetread.radiograph import read; read({str(path)!r}); print([name for name in {HEAVY} if name in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
