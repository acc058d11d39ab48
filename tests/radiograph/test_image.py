from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from PIL import Image

from radiograph.films import grey, ramp, steps
from wetread.errors import DecodeError, NotAFilmError, UsageError
from wetread.radiograph import read
from wetread.radiograph.image import is_image

EIGHT = ramp(8, (48, 40)).astype(np.uint8)
SIXTEEN = (ramp(12, (48, 40)) + 100).astype(np.uint16)


def saved(picture: np.ndarray | Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(file, kind, **options)
    return file.getvalue()


def tiff(picture: np.ndarray, photometric: int) -> bytes:
    """The least TIFF that holds the picture, in either photometric interpretation."""
    rows, columns = picture.shape
    bits, data = 8 * picture.dtype.itemsize, picture.tobytes()
    entries = (
        (256, columns),
        (257, rows),
        (258, bits),
        (259, 1),
        (262, photometric),
        (273, 8),
        (277, 1),
        (278, rows),
        (279, len(data)),
    )
    body = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    return struct.pack("<2sHI", b"II", 42, 8 + len(data)) + data + struct.pack("<H", len(entries)) + body + bytes(4)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_eight_bits_are_shown_as_they_are(kind: str) -> None:
    film = read(saved(EIGHT // 2, kind))
    assert np.allclose(film.pixels, (EIGHT // 2) / 255, atol=1e-6)
    assert steps(film)["scale"] == {"low": 0.0, "high": 255.0}
    assert steps(film)["decode"]["format"] == kind


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_run_from_their_least_to_their_greatest(kind: str) -> None:
    film = read(saved(SIXTEEN, kind))
    assert np.allclose(film.pixels, (SIXTEEN - 100.0) / 4095, atol=1e-6)
    assert steps(film)["full-range"] == {"low": 100.0, "high": 4195.0}


@pytest.mark.requirement("REQ-IMAGE-FILES")
def test_an_image_file_and_a_dicom_film_of_the_same_values_are_one_picture() -> None:
    assert np.array_equal(read(saved(EIGHT)).pixels, read(grey(EIGHT.astype(np.int64), 8)).pixels)
    assert np.allclose(read(saved(SIXTEEN)).pixels, read(grey(SIXTEEN.astype(np.int64), 16)).pixels)


@pytest.mark.parametrize("picture", [EIGHT, SIXTEEN])
def test_a_tiff_whose_zero_is_white_is_turned(picture: np.ndarray) -> None:
    assert np.allclose(read(tiff(picture, 0)).pixels, 1 - read(tiff(picture, 1)).pixels, atol=1e-6)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "LA", "CMYK"])
def test_grey_in_the_clothes_of_colour_is_read(mode: str) -> None:
    image = Image.fromarray(EIGHT).convert("RGB" if mode == "CMYK" else "L").convert(mode)
    film = read(saved(image, "TIFF" if mode == "CMYK" else "PNG"))
    assert np.allclose(film.pixels, EIGHT / 255, atol=1.5 / 255)


@pytest.mark.requirement("REQ-SINGLE-FILM")
def test_colour_is_no_film() -> None:
    colour = np.stack([EIGHT, 255 - EIGHT, EIGHT], axis=2)
    with pytest.raises(NotAFilmError, match="colour"):
        read(saved(colour))


def test_a_small_coloured_mark_is_colour_where_it_is_no_longer_small() -> None:
    nearly = np.stack([np.full((100, 100), 128, np.uint8)] * 3, axis=2)
    nearly[:2, :5, 0] = 255
    assert read(saved(nearly)).pixels.shape == (100, 100)
    nearly[:4, :5, 0] = 255
    with pytest.raises(NotAFilmError, match="colour"):
        read(saved(nearly))


@pytest.mark.parametrize(
    "image",
    [
        Image.fromarray(EIGHT).convert("1"),
        Image.fromarray(EIGHT.astype(np.float32)),
        Image.fromarray(EIGHT.astype(np.int32) - 1),
    ],
)
def test_other_kinds_of_pixels_are_no_film(image: Image.Image) -> None:
    with pytest.raises(NotAFilmError):
        read(saved(image, "TIFF"))


@pytest.mark.requirement("REQ-SINGLE-FILM")
def test_several_pages_are_no_film() -> None:
    file = BytesIO()
    Image.fromarray(EIGHT).save(file, "TIFF", save_all=True, append_images=[Image.fromarray(EIGHT)])
    with pytest.raises(NotAFilmError, match="2 pages"):
        read(file.getvalue())


@pytest.mark.requirement("REQ-LIMITS")
def test_an_image_that_claims_a_huge_size_is_refused_before_it_is_opened() -> None:
    png = bytearray(saved(EIGHT))
    png[16:24] = struct.pack(">II", 60000, 60000)
    png[29:33] = struct.pack(">I", crc32(bytes(png[12:29])))
    with pytest.raises((NotAFilmError, DecodeError)):
        read(bytes(png))


def test_a_turned_photograph_is_turned_back() -> None:
    exif = Image.Exif()
    exif[274] = 6
    film = read(saved(np.tile(np.arange(200, dtype=np.uint8), (64, 1)), "JPEG", quality=95, exif=exif))
    assert film.pixels.shape == (200, 64)
    assert film.pixels[0].mean() < film.pixels[-1].mean()
    assert steps(film)["orientation"] == {"exif": 6}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_file_cut_short_is_damaged(kind: str) -> None:
    content = saved(ramp(8, (200, 200)).astype(np.uint8), kind)
    with pytest.raises((DecodeError, NotAFilmError)):
        read(content[: len(content) // 2])


@pytest.mark.requirement("REQ-IMAGE-FILES")
def test_the_view_is_what_the_caller_states() -> None:
    film = read(saved(EIGHT), view="PA")
    assert (film.view, film.facts.view_tag, film.facts.kind) == ("PA", "stated", "image")
    assert (film.facts.rows, film.facts.columns, film.facts.frames, film.spacing_mm) == (48, 40, 1, None)
    assert read(saved(EIGHT)).view is None
    with pytest.raises(UsageError, match="UPSIDE"):
        read(saved(EIGHT), view="UPSIDE")


def test_a_dicom_file_whose_preamble_imitates_an_image_is_dicom() -> None:
    content = b"II*\0" + bytes(124) + b"DICM"
    assert not is_image(content)
    assert is_image(saved(EIGHT))


def test_the_collections_files_are_read_as_they_are(shared_data: Path) -> None:
    paths = [
        min((shared_data / folder).rglob(kind))
        for folder, kind in (("nih_384", "*.jpg"), ("nih_1024", "*.png"), ("kermany_224", "*.jpeg"))
    ]
    for path in paths:
        with Image.open(path) as image:
            expected = np.asarray(image.convert("L")) / 255
        assert np.allclose(read(path, view="PA").pixels, expected, atol=1e-6)
