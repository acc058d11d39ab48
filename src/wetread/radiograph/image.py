"""Image files of collections (PNG, JPEG, TIFF; 8 or 16 bits of grey) through the same door as DICOM."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DecodeError, NotAFilmError, UsageError
from wetread.radiograph import views
from wetread.radiograph.decode import LARGEST, quiet
from wetread.radiograph.grayscale import look_up
from wetread.radiograph.polarity import polarity
from wetread.radiograph.reduce import Enough, spare
from wetread.radiograph.soundness import require_whole_jpeg
from wetread.radiograph.value import Facts, Radiograph, Step, View

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["is_image", "read_image"]

_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_TINT = 24  # difference between channels that a JPEG's own rounding does not reach
_TINTED = 0.001  # share of pixels that may differ by more
_ORIENTATION = 274  # EXIF
_PHOTOMETRIC = 262  # TIFF


def is_image(content: bytes) -> bool:
    """Whether the content begins as a PNG, JPEG or TIFF does and is not DICOM, whose preamble may imitate them."""
    return content.startswith(_STARTS) and content[128:132] != b"DICM"


def read_image(content: bytes, *, view: str | None = None, enough: Enough | None = None) -> Radiograph:
    """Read an image file.

    Parameters
    ----------
    content
        The file's bytes. Colour is accepted only where its channels are (nearly) equal; transparency is ignored.
    view
        "PA", "AP" or "LATERAL", as the caller states it.
    enough
        Frame of the network that will look, as in `wetread.radiograph.read`.

    Returns
    -------
    Radiograph
        8-bit values are shown as they are, deeper ones from their least to their greatest. No spacing: an image file's
        dots per inch say nothing of the patient.

    Raises
    ------
    NotAFilmError
        If it is no grey image of 8 or 16 bits with one page.
    DecodeError
        If it is damaged or cut short.
    UsageError
        If `view` names no projection.
    """
    stated = _view(view)
    with quiet():
        grey, steps = _grey(content)
    rows, columns = shape = grey.shape
    known = Facts(kind="image", view=stated, view_tag="stated" if stated else None, rows=rows, columns=columns)
    times = spare(shape, enough)
    pixels, scale = _scaled(grey, times)
    return Radiograph(
        pixels=pixels, facts=known, steps=(*steps, scale), polarity=polarity(pixels),
        reduction=1 << times, full_shape=shape if times else None,
    )  # fmt: skip


def _view(stated: str | None) -> View | None:
    if stated is None:
        return None
    projection, _ = views.of_words(stated)
    if projection is None or projection == "FRONTAL":
        raise UsageError(f"the stated view {stated[:16]!r} is none of PA, AP, LATERAL, OBLIQUE: state one of these")
    return projection


def _grey(content: bytes) -> tuple[NDArray[Any], list[Step]]:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        image = Image.open(BytesIO(content), formats=("PNG", "JPEG", "TIFF"))
        told: dict[str, Any] = {"format": image.format or "", "mode": image.mode}
        _require_one_page(image)
        image.load()
        if image.format == "JPEG":
            require_whole_jpeg(content)
        orientation = image.getexif().get(_ORIENTATION, 1) if image.format == "JPEG" else 1
        turned = ImageOps.exif_transpose(image) if orientation in range(2, 9) else image
        grey = _one_channel(turned)
        if image.format == "TIFF" and image.mode.startswith("I;16") and _tiff_tag(image, _PHOTOMETRIC) == 0:
            grey = np.asarray(65535 - grey, dtype=np.uint16)  # WhiteIsZero: Pillow turns only 8-bit pictures
            told["white_is_zero"] = True
    except NotAFilmError:
        raise
    except UnidentifiedImageError as error:
        raise NotAFilmError(
            "this begins like a PNG, JPEG or TIFF image and is none that can be opened: export the film again"
        ) from error
    except Exception as error:  # Pillow raises errors of many kinds on damaged files
        raise DecodeError(
            "the image is damaged, cut short, or in an encoding that is not read: export the film again"
        ) from error
    steps = [Step("decode", {**told, "bits": 8 * grey.dtype.itemsize})]
    return grey, steps if turned is image else [*steps, Step("orientation", {"exif": int(orientation)})]


def _require_one_page(image: Image) -> None:
    if image.width * image.height > LARGEST:
        raise NotAFilmError(f"the image claims {image.width} x {image.height} pixels: no radiograph is that large")
    pages = getattr(image, "n_frames", 1)
    if pages > 1:
        raise NotAFilmError(f"the image file holds {pages} pages: give each film as its own file")


def _tiff_tag(image: Image, tag: int) -> Any:
    return getattr(image, "tag_v2", {}).get(tag)


def _one_channel(image: Image) -> NDArray[Any]:
    """uint8 or uint16 (rows, columns)."""
    if image.mode == "L" or image.mode.startswith("I;16"):
        grey = np.asarray(image)
        return grey.astype(grey.dtype.newbyteorder("="), copy=False)
    if image.mode == "I":
        wide = np.asarray(image)
        if wide.min() < 0 or wide.max() > 0xFFFF:
            raise NotAFilmError("the image has more than 16 bits: export the film with 8 or 16 bits of grey")
        return wide.astype(np.uint16)
    if image.mode == "LA":
        return np.asarray(image.getchannel("L"))
    if image.mode in ("RGB", "RGBA", "P", "PA", "CMYK"):
        return _luma(image.convert("RGB"))
    raise NotAFilmError(f"images of mode {image.mode} are not read: export the film with 8 or 16 bits of grey")


def _luma(image: Image) -> NDArray[Any]:
    """Luma (ITU-R BT.601) of a colour image that holds grey."""
    channels = np.asarray(image).astype(np.int16)
    if (np.ptp(channels, axis=2) > _TINT).mean() > _TINTED:
        raise NotAFilmError(
            "the image is in colour: a radiograph is grey; export the film without colour or annotations"
        )
    return np.asarray(image.convert("L"))


def _scaled(grey: NDArray[Any], times: int) -> tuple[NDArray[np.float32], Step]:
    levels = np.arange(1 << (8 * grey.dtype.itemsize), dtype=np.float64)
    low, high = 0.0, 255.0
    if grey.dtype.itemsize > 1:  # 10 or 12 bits in 16 are common, so the scale is the picture's own
        low, high = float(grey.min()), float(grey.max())
    table = np.clip((levels - low) / (high - low or 1.0), 0, 1).astype(np.float32)
    return look_up(table, grey, times), Step(
        "scale" if grey.dtype.itemsize == 1 else "full-range", {"low": low, "high": high}
    )
