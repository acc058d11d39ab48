"""A reading's facts in words."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetread.clinical import wording
from wetread.errors import Code, Reason
from wetread.inference.reading import Reading

HEADLINES = {
    "present": "Read: pneumonia suspected",
    "absent": "Read: pneumonia not suspected",
    "indeterminate": "Read: indeterminate – score lies within the threshold's own uncertainty",
    "refused": "Not read: this film was refused",
}


@pytest.mark.parametrize("status", HEADLINES)
def test_every_status_has_its_own_words_and_tone(readings: dict[str, Reading], status: str) -> None:
    assert " ".join(wording.headline(readings[status])) == HEADLINES[status]
    assert len({wording.tone(reading) for reading in readings.values()}) == len(readings)
    assert len({wording.meaning(reading) for reading in readings.values()}) == len(readings)


def test_an_indeterminate_film_is_never_called(make_reading: Callable[..., Reading]) -> None:
    headlines = {wording.headline(make_reading(call=call, abstained=True)) for call in ("present", "absent")}
    assert headlines == {("Read:", "indeterminate – score lies within the threshold's own uncertainty")}


def codes_of(heading: str) -> list[Code]:
    """Codes by the group they stand in: refusals come before AGE_ASSUMED, notices from there on."""
    every = list(Code)
    first_notice = every.index(Code.AGE_ASSUMED)
    return every[:first_notice] if heading == "refusals" else every[first_notice:]


@pytest.mark.parametrize("code", codes_of("refusals"))
def test_every_refusal_has_advice_of_its_own(code: Code) -> None:
    unknown = wording.advice(Reason(Code.WEAK_EVIDENCE, "Never a refusal."))
    advice = wording.advice(Reason(code, "Because."))
    assert advice != unknown
    assert advice.endswith(".")


def test_loud_codes_are_notices() -> None:
    assert set(wording.LOUD) <= set(codes_of("notices"))
    assert {Code.AGE_ASSUMED, Code.WEAK_EVIDENCE, Code.CONSTANCY} <= set(wording.LOUD)


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.41, "Of 100 such films from adults, at a prevalence of 28 %, about 41 would"),
        (0.034, "Of 100 such films from adults, at a prevalence of 28 %, about 3 would"),
        (0.004, "Of 1000 such films from adults, at a prevalence of 28 %, about 4 would"),
        (0.9971, "Of 1000 such films from adults, at a prevalence of 28 %, about 997 would"),
        (0.0, "Of 10000 such films from adults, at a prevalence of 28 %, fewer than 1 would"),
        (1.0, "Of 10000 such films from adults, at a prevalence of 28 %, more than 9999 would"),
    ],
)
def test_a_probability_as_a_count_of_films(probability: float, words: str) -> None:
    sentence = wording.frequency(probability, 0.28, "adults").replace("\u202f", " ")
    assert sentence.startswith(words)
    assert sentence.endswith("carry the pneumonia label.")


@given(st.floats(0.0001, 0.9999))
def test_the_count_is_the_probability(probability: float) -> None:
    found = re.match(r"Of (\d+) such films .* about (\d+) would", wording.frequency(probability, 0.3, "adults"))
    assert found is not None
    of, count = map(int, found.groups())
    assert 0 < count < of
    assert count / of == pytest.approx(probability, abs=0.501 / of)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            {"name": "invert", "parameters": {}},
            "Bright and dark were exchanged, so that air is dark and bone is bright.",
        ),
        (
            {"name": "window", "parameters": {"center": 2048.0, "width": 4096.0, "function": "LINEAR", "offered": 2}},
            "Contrast was set by the film's own window: centre 2048, width 4096, LINEAR.",
        ),
        (
            {"name": "window", "center": 40, "width": 400, "function": "SIGMOID"},
            "Contrast was set by the film's own window: centre 40, width 400, SIGMOID.",
        ),
        (
            {"name": "full-range", "parameters": {"low": 0.0, "high": 1.0, "because": "no window"}},
            "Contrast was stretched over all values, 0 to 1: no window.",
        ),
        (
            {"name": "voi-lut-ignored", "parameters": {"entries": 4, "because": "it is flat"}},
            "Voi lut not used: it is flat.",
        ),
        ({"name": "window", "parameters": {"odd_one": 1}}, "Window: odd one 1."),
        ({"name": "sharpen", "parameters": {"by": 2.5}}, "Sharpen: by 2.5."),
        ({}, "Step."),
    ],
)
def test_a_grayscale_step_as_a_sentence(step: dict[str, object], words: str) -> None:
    assert wording.step(step) == words
