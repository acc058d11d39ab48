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
from wetread.radiograph import Facts, IntendedUse, eligibility

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


@pytest.mark.requirement("REQ-CALL")
def test_an_indeterminate_film_is_never_called(make_reading: Callable[..., Reading]) -> None:
    headlines = {wording.headline(make_reading(call=call, abstained=True)) for call in ("present", "absent")}
    assert headlines == {("Read:", "indeterminate – score lies within the threshold's own uncertainty")}


@pytest.mark.parametrize(
    ("message", "why", "what"),
    [
        ("This takes CR or DX. Send it.", "This takes CR or DX.", "Send it."),
        ("The part is 'ST. CHEST'. If wrong, correct it.", "The part is 'ST. CHEST'.", "If wrong, correct it."),
        ("The modality is 'CT'. Send a CR.", "The modality is 'CT'.", "Send a CR."),
        ("It is a lateral film. Send the frontal one. Soon.", "It is a lateral film.", "Send the frontal one. Soon."),
        ("It has 28 x 28. Send the original.", "It has 28 x 28.", "Send the original."),
        ("Not a film (CR, DX). Send one.", "Not a film (CR, DX).", "Send one."),
        ("Nothing can be seen on it.", "Nothing can be seen on it.", None),
    ],
)
def test_a_reason_is_why_and_what_next(message: str, why: str, what: str | None) -> None:
    general = "Look at the film and its header, have the cause put right, and send the film again."
    assert wording.why_and_next(Reason(Code.VIEW, message)) == (why, what or general)


def test_every_reason_of_the_header_says_what_to_do() -> None:
    use = IntendedUse(age_years=(18, 120), unknown_age="refuse")
    headers = (
        Facts(),
        Facts(
            modality="CT", sop_class_uid="1.2", presentation_intent="FOR PROCESSING", body_part="LEG", view="LATERAL"
        ),
        Facts(modality="DX", view_text="XX", view_tag="PatientPosition", age_years=3.0, frames=2, burned_in=True),
        Facts(species="CANINE", orientation=("L", "H"), view_conflict=("ViewPosition", "PatientPosition")),
        Facts(own_result=True, rows=2000, columns=2000, samples_per_pixel=3, constancy=True),
    )
    reasons = [reason for header in headers for reason in eligibility(header, use)]
    assert len({reason.code for reason in reasons}) >= 15
    general = wording.why_and_next(Reason(Code.VIEW, "Why."))[1]
    assert [reason.message for reason in reasons if wording.why_and_next(reason)[1] == general] == []


@given(st.text())
def test_no_word_of_a_reason_is_lost(message: str) -> None:
    why, what = wording.why_and_next(Reason(Code.VIEW, message))
    assert message in (why, f"{why} {what}")


@pytest.mark.requirement("REQ-WEAK-EVIDENCE")
def test_the_gravest_notices_are_loud() -> None:
    assert wording.LOUD[0] is Code.CONSTANCY
    assert {Code.AGE_ASSUMED, Code.WEAK_EVIDENCE} <= set(wording.LOUD)


@pytest.mark.requirement("REQ-NO-FALSE-CERTAINTY")
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
