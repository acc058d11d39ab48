"""Is this picture a frontal chest film the right way up? Judged from pixels alone, whatever the header says.

A short frozen network looks at the picture at 160 pixels. It answers with one logit for each kind of picture, one for a
film laid the wrong way round, and a distance from the frontal chest films that it was fitted on. All three have bounds,
which its card holds. Pure: no files, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.bundle.gate import GateBundle
from wetread.errors import Code, ConfigError, Reason
from wetread.preprocess import InputSpec, prepare_pixels
from wetread.radiograph import Radiograph
from wetread.radiograph.reduce import small

__all__ = ["KINDS", "SPEC", "Gate", "Verdict", "prepared"]

Float = NDArray[np.float32]

SPEC = InputSpec(160, 160, (0.5, 99.5))
"""How the gate's network wants a picture, after its even borders are cut off."""

_FLAT = 0.02  # a row or column that varies less than this is a border (letterbox, shutter) and not the picture
_LEAST = 0.25  # a cut that would leave less than this share of a side is not believed


# For each kind: the code, what the picture looks like, and what to do.
_SAID = {
    "lateral": (Code.NOT_FRONTAL, "a lateral film of the chest", "send the frontal film"),
    "ct": (Code.NOT_CHEST, "a slice of a CT", "send the radiograph"),
    "other-part": (Code.NOT_CHEST, "a radiograph of another part of the body", "send the frontal film of the chest"),
    "no-film": (Code.NOT_CHEST, "no radiograph: a page, a pattern, a drawing, a photograph or noise", "send the film"),
    "turned": (Code.NOT_UPRIGHT, "a chest film upside down or on its side", "turn it upright at the modality"),
    "inverted": (
        Code.POLARITY,
        "a chest film whose air is bright",
        "have PhotometricInterpretation checked; invert an image file",
    ),
    "cropped": (Code.CROPPED, "a part of a chest film", "send the whole film"),
    "saturated": (Code.SATURATED, "a film that is burned to white or black", "send the original film"),
    "montage": (Code.NOT_CHEST, "several pictures on one sheet", "send each film as its own file"),
    "screen": (Code.SCREEN_PHOTO, "a photograph of a screen or a light box", "send the film's own file"),
}
KINDS = ("frontal", *_SAID)
"""What a gate's network tells apart, in the order of its logits; the first is what may be read."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of one film.

    Parameters
    ----------
    reasons
        Why it may not be read; empty where it may.
    kind
        The likeliest kind of picture: one of `KINDS`.
    odds, distance, mirrored
        Log odds against a frontal chest film, distance from those that the gate was fitted on, and log odds that it
        lies mirrored; each is judged by a bound of the card.
    """

    reasons: tuple[Reason, ...]
    kind: str
    odds: float
    distance: float
    mirrored: float


class Gate:
    """Judges pictures with one released gate.

    Parameters
    ----------
    bundle
        As `wetread.bundle.gate.load_gate` opens it.

    Raises
    ------
    ConfigError
        If it tells other kinds apart than this version knows.
    """

    def __init__(self, bundle: GateBundle) -> None:
        if bundle.card.kinds != KINDS:
            raise ConfigError(f"gate {bundle.card.name} tells {bundle.card.kinds} apart; this version knows {KINDS}")
        self.bundle = bundle

    def warm(self) -> None:
        """Start the network in the background, for a film that will be judged as soon as it is decoded."""
        self.bundle.warm()

    def judge(self, film: Radiograph) -> Verdict:
        """Judge a film by its pixels alone; the same for a film and its reduced copy."""
        return self.judge_pixels(film.pixels)

    def judge_pixels(self, pixels: Float) -> Verdict:
        """The same for a bare picture, float32 (rows, columns) in [0, 1]."""
        logits, distances = self.bundle.engine.run(prepared(pixels)[None])
        return self._verdict(logits[0], float(distances.mean()))

    def _verdict(self, logits: Float, distance: float) -> Verdict:
        card = self.bundle.card
        told, mirrored = logits[: len(KINDS)].astype(np.float64), float(logits[len(KINDS)])
        others = np.exp(told[1:] - told[1:].max())
        odds = float(told[1:].max() + np.log(others.sum()) - told[0])
        strongest = int(others.argmax())
        kind = KINDS[0] if odds <= 0 else KINDS[1 + strongest]
        reasons: tuple[Reason, ...] = ()
        # Asked this way round, so that an answer that is no number lets nothing pass.
        if not odds <= (bound := card.bounds[strongest]):
            sure = bool(others[strongest] / others.sum() >= card.named)
            reasons = (_refusal(KINDS[1 + strongest] if sure else None, odds, bound),)
        elif not distance <= card.distance_bound:
            reasons = (_unlike(f"distance {distance:.2f}, allowed {card.distance_bound:.2f}"),)
        elif not mirrored <= card.mirrored_bound:
            reasons = (_mirrored(mirrored, card.mirrored_bound),)
        return Verdict(reasons, kind, odds, distance, mirrored)


def _refusal(kind: str | None, odds: float, bound: float) -> Reason:
    evidence = f"log odds against a frontal chest film {odds:.1f}, allowed {bound:.1f}"
    if kind is None:
        return _unlike(evidence)
    code, looks, advice = _SAID[kind]
    return Reason(code, f"the picture itself looks like {looks} ({evidence}): {advice}", "PixelData")


def _unlike(evidence: str) -> Reason:
    message = (
        f"the picture itself is unlike the frontal chest films that the gate was fitted on ({evidence}): look at it; "
        "send the frontal chest film, upright and whole"
    )
    return Reason(Code.NOT_CHEST, message, "PixelData")


def _mirrored(odds: float, bound: float) -> Reason:
    message = (
        f"the heart lies on the left of the picture (log odds {odds:.1f}, allowed {bound:.1f}): either the film lies "
        "mirrored or the patient has dextrocardia; check the side marker, and turn a mirrored film. A film of "
        "dextrocardia is not read: the reader was made without any"
    )
    return Reason(Code.MIRRORED_PICTURE, message, "PixelData")


def prepared(pixels: Float) -> Float:
    """The gate's own input: float32 (1, 160, 160), the same for a film and its reduced copy.

    Parameters
    ----------
    pixels
        float32 (rows, columns), 0 to 1.
    """
    picture = small(pixels)
    picture = picture[_span(np.ptp(picture, axis=1))]
    picture = picture[:, _span(np.ptp(picture, axis=0))]
    return prepare_pixels(np.ascontiguousarray(picture), SPEC)


def _span(variation: Float) -> slice:
    """From the first to the last line that varies; everything where little would be left."""
    alive = np.flatnonzero(variation > _FLAT)
    if alive.size == 0 or alive[-1] - alive[0] + 1 < _LEAST * variation.size:
        return slice(None)
    return slice(int(alive[0]), int(alive[-1]) + 1)
