"""Readings of every status, made by hand, and a film that is nobody's: gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import cos, pi, sin
from typing import Any

import numpy as np
import pytest

from wetread.errors import Code, Reason
from wetread.inference.reading import Attention, ModelIdentity, Reading, Threshold
from wetread.preprocess import InputSpec
from wetread.radiograph.value import Facts, Radiograph

ROWS, COLUMNS = 300, 250


def gradient(rows: int = ROWS, columns: int = COLUMNS) -> np.ndarray:
    """A smooth film with dark lungs on a bright ground, so that lines are judged on both."""
    y, x = np.mgrid[0 : 1 : rows * 1j, 0 : 1 : columns * 1j]
    lungs = sum(np.exp(-(((x - centre) / 0.13) ** 2) - ((y - 0.48) / 0.27) ** 2) for centre in (0.3, 0.7))
    return np.clip(0.85 - 0.72 * lungs - 0.1 * y, 0, 1).astype(np.float32)


def ring(row: float, column: float, radius: float, points: int = 40) -> tuple[tuple[float, float], ...]:
    angles = [2 * pi * number / points for number in range(points)]
    return tuple((row + radius * sin(angle), column + radius * cos(angle)) for angle in angles)


MODEL = ModelIdentity("adult", "1.2.0", "0123456789abcdef" * 4, "CC0-1.0", "adults, 18 years and over")
NOTICES = (
    Reason(Code.NO_VOI, "The file has no window: its full range was used.", "WindowCenter"),
    Reason(Code.WEAK_EVIDENCE, "This model is not shown to do better than nine crude statistics of the film."),
    Reason(Code.AGE_ASSUMED, "The file gives no age: an adult is assumed.", "PatientAge"),
)
STEPS = (
    {"name": "decode", "parameters": {"bits": 12}},
    {"name": "rescale", "parameters": {"slope": -1.0, "intercept": 4095.0}},
    {"name": "window", "parameters": {"center": 2048.0, "width": 4096.0, "function": "LINEAR"}},
    {"name": "invert", "parameters": {"photometric_interpretation": "MONOCHROME1"}},
)


def reading(**changes: Any) -> Reading:
    """A film that was read and called present, but for the changes."""
    present = Reading(
        status="read",
        notices=NOTICES,
        probability=0.41,
        prevalence=0.28,
        score=0.613,
        threshold=Threshold(0.412, "sensitivity of at least 0.90, patient-wise cross-validation", (0.362, 0.471)),
        call="present",
        abstained=False,
        attention=Attention(
            np.zeros((8, 8), np.float32),
            (ROWS, COLUMNS),
            InputSpec(height=256, width=256),
            "Against readers' boxes it touched the opacity in 61 % of 142 films.",
            (ring(180, 170, 36), ring(110, 70, 16)),
        ),
        model=MODEL,
        evidence="AUROC 0.71 (95 % CI 0.66 to 0.76) for radiologists' lung opacity on 466 films, by patient.",
        steps=STEPS,
        hashes={"grayscale": "a" * 64},
        timings_ms={"read_file": 120.4, "network": 18.6, "attention": 1.23},
    )
    return replace(present, **changes)


def refused(*reasons: Reason) -> Reading:
    """A film that was refused."""
    stock = (Reason(Code.BODY_PART, "This is a film of the RIBCAGE, not of the chest.", "BodyPartExamined"),)
    return Reading(status="refused", reasons=reasons or stock, model=MODEL)


STATUSES: dict[str, Callable[[], Reading]] = {
    "present": reading,
    "absent": lambda: reading(call="absent", score=0.121, probability=0.034),
    "indeterminate": lambda: reading(abstained=True, score=0.431, probability=0.22),
    "refused": refused,
}


@pytest.fixture
def film() -> Radiograph:
    facts = Facts(modality="DX", view="PA", rows=ROWS, columns=COLUMNS, age_years=77.0, sex="F")
    return Radiograph(gradient(), facts)


@pytest.fixture(params=list(STATUSES))
def any_reading(request: pytest.FixtureRequest) -> Reading:
    return STATUSES[request.param]()


@pytest.fixture
def make_reading() -> Callable[..., Reading]:
    return reading


@pytest.fixture
def make_refusal() -> Callable[..., Reading]:
    return refused


@pytest.fixture
def readings() -> dict[str, Reading]:
    return {status: make() for status, make in STATUSES.items()}
