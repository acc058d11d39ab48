"""Encodings drawn by chance, for property tests."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from wetread.errors import ConfigError
from wetread.phantom import LOSSLESS_SYNTAXES, Encoding

SQUARE = ((1, 1),)
ANY_ASPECT = ((1, 1), (1, 2), (2, 1), (3, 1))


@st.composite
def encodings(draw: st.DrawFn, aspects: tuple[tuple[int, int], ...] = ANY_ASPECT) -> Encoding:
    """Lossless encodings without contradiction: what the constructor refuses is drawn again."""
    slope = draw(st.sampled_from([1.0, -1.0, 2.0, -0.25, 0.1]))
    parts = {
        "photometric": draw(st.sampled_from(["MONOCHROME1", "MONOCHROME2"])),
        "bits_stored": draw(st.integers(8, 16)),
        "signed": draw(st.booleans()),
        "rescale": draw(st.none() | st.just((slope, float(draw(st.integers(-2000, 70000)))))),
        "voi": draw(st.sampled_from(["none", "linear", "linear_exact", "sigmoid", "lut"])),
        "presentation_lut_shape": draw(st.sampled_from([None, "IDENTITY", "INVERSE"])),
        "padding": draw(st.booleans()),
        "pixel_aspect": draw(st.sampled_from(aspects)),
        "transfer_syntax": draw(st.sampled_from(LOSSLESS_SYNTAXES)),
    }
    try:
        return Encoding(**parts)
    except ConfigError:
        assume(False)
        raise
