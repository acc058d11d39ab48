"""Every way of storing the picture gives the picture back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phantom.chain import presented
from phantom.encodings import encodings
from wetread.errors import ConfigError
from wetread.phantom import LOSSLESS_SYNTAXES, LOSSY_SYNTAXES, Encoding, film, picture

SIZE = (96, 80)
HALF_A_STEP = 0.5 / 255 + 1e-9


@settings(max_examples=60, deadline=None)
@given(encoding=encodings(), sop_class=st.sampled_from(["CR", "SC"]))
def test_any_encoding_gives_the_same_picture(encoding: Encoding, sop_class: str) -> None:
    authored, _ = picture(4, size=SIZE)
    got = presented(film(4, size=SIZE, sop_class=sop_class, encoding=encoding))  # type: ignore[arg-type]
    assert got.shape == SIZE
    assert np.abs(got - authored).max() <= HALF_A_STEP


@pytest.mark.parametrize("syntax", LOSSLESS_SYNTAXES)
@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("sop_class", ["CR", "DX", "SC"])
def test_every_lossless_syntax(syntax: str, bits: int, photometric: str, sop_class: str) -> None:
    authored, _ = picture(5, opacity=True, size=SIZE)
    encoding = Encoding(photometric=photometric, bits_stored=bits, transfer_syntax=syntax)  # type: ignore[arg-type]
    ds = film(5, opacity=True, size=SIZE, sop_class=sop_class, encoding=encoding)  # type: ignore[arg-type]
    assert ds.file_meta.TransferSyntaxUID == syntax
    assert ds.LossyImageCompression == "00"
    assert np.abs(presented(ds) - authored).max() <= HALF_A_STEP


@pytest.mark.parametrize("syntax", LOSSY_SYNTAXES)
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_lossy_stays_within_its_bound(syntax: str, bits: int) -> None:
    size = (320, 262)
    authored, _ = picture(5, opacity=True, size=size)
    ds = film(5, opacity=True, size=size, encoding=Encoding(bits_stored=bits, transfer_syntax=syntax))
    assert ds.LossyImageCompression == "01"
    assert float(ds.LossyImageCompressionRatio) > 1
    error = np.abs(presented(ds) - authored)
    assert error.max() > 0
    most, spread = (1.5, 1) if syntax == LOSSY_SYNTAXES[0] else (20, 3)
    assert error.max() <= most / 255 + 1e-9
    assert np.sqrt((error**2).mean()) <= spread / 255


@pytest.mark.parametrize("voi", ["none", "linear", "linear_exact", "sigmoid", "lut"])
@pytest.mark.parametrize("bits", [8, 15, 16])
@pytest.mark.parametrize("syntax", LOSSY_SYNTAXES)
def test_what_a_lossy_encoding_allows_can_be_written(syntax: str, bits: int, voi: str) -> None:
    try:
        encoding = Encoding(bits_stored=bits, voi=voi, transfer_syntax=syntax)  # type: ignore[arg-type]
    except ConfigError:
        assert (syntax, bits, voi) == (LOSSY_SYNTAXES[0], 16, "none") or (bits == 8 and voi in ("sigmoid", "lut"))
        return
    assert film(1, size=SIZE, sop_class="CR", encoding=encoding).file_meta.TransferSyntaxUID == syntax


def test_unpadded_border_would_be_white() -> None:
    """A reader that forgets the padding value sees a white frame: the test film tells it from one that does not."""
    for photometric in ("MONOCHROME1", "MONOCHROME2"):
        ds = film(1, size=SIZE, sop_class="CR", encoding=Encoding(photometric=photometric, padding=True))  # type: ignore[arg-type]
        assert presented(ds)[0, 0] == 0
        del ds.PixelPaddingValue
        assert presented(ds)[0, 0] == 1


def test_window_leaves_values_outside() -> None:
    ds = film(1, size=SIZE, encoding=Encoding(bits_stored=12))
    low = float(ds.WindowCenter) - 0.5 - (float(ds.WindowWidth) - 1) / 2
    assert ds.pixel_array.min() < low, "air lies below the window, so that clipping is needed"


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ({"photometric": "RGB"}, "MONOCHROME"),
        ({"bits_stored": 7}, "bits"),
        ({"bits_stored": 17}, "bits"),
        ({"voi": "gamma"}, "voi"),
        ({"rescale": (0.0, 1.0)}, "slope"),
        ({"rescale": (float("nan"), 1.0)}, "slope"),
        ({"rescale": (1 / 3, 0.0)}, "decimal string"),
        ({"photometric": "MONOCHROME1", "presentation_lut_shape": "IDENTITY"}, "contradicts"),
        ({"photometric": "MONOCHROME2", "presentation_lut_shape": "INVERSE"}, "contradicts"),
        ({"voi": "sigmoid", "bits_stored": 9}, "10 bits"),
        ({"voi": "lut", "bits_stored": 8}, "10 bits"),
        ({"voi": "lut", "rescale": (0.5, 0.0)}, "whole"),
        ({"voi": "lut", "rescale": (1.0, -1024.0)}, "sign"),
        ({"voi": "none", "padding": True}, "padding"),
        ({"bits_stored": 8, "padding": True}, "padding"),
        ({"pixel_aspect": (0, 1)}, "aspect"),
        ({"transfer_syntax": "1.2.840.10008.1.2.4.50"}, "syntax"),
        ({"transfer_syntax": LOSSY_SYNTAXES[0], "padding": True}, "padding"),
        ({"transfer_syntax": LOSSY_SYNTAXES[1], "signed": True}, "unsigned"),
        ({"transfer_syntax": LOSSY_SYNTAXES[0], "bits_stored": 16, "voi": "none"}, "255 stored values"),
    ],
)
def test_contradictions_are_refused(parts: dict[str, object], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        Encoding(**parts)  # type: ignore[arg-type]
