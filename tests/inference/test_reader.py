"""The clinical decision, with a network whose answer is known by hand."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toy
from wetread.bundle import Bundle, CardThreshold
from wetread.calibration import restate, sigmoid
from wetread.errors import Code, ConfigError, Reason
from wetread.inference import DISCLAIMER, Reader, Reading, refuse
from wetread.phantom import film as phantom
from wetread.radiograph import read as read_film


@pytest.fixture(scope="module")
def reader(toy_bundle: Bundle) -> Reader:
    return Reader(toy_bundle, None)


def with_card(bundle: Bundle, **changes: Any) -> Bundle:
    return Bundle(bundle.folder, toy.card(**changes), bundle.sha256, bundle.network)


def codes(reading: Reading) -> list[Code]:
    return [reason.code for reason in reading.reasons]


def notices(reading: Reading) -> list[Code]:
    return [notice.code for notice in reading.notices]


@pytest.mark.requirement("REQ-REFUSE-NO-NETWORK")
@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"modality": "CT"}, Code.MODALITY),
        ({"body_part": "RIBCAGE"}, Code.BODY_PART),
        ({"view": "LATERAL"}, Code.VIEW),
        ({"age_years": 4.0}, Code.AGE),
        ({"constancy": True}, Code.CONSTANCY),
        ({"own_result": True}, Code.OWN_RESULT),
    ],
)
def test_refused_by_the_header(reader: Reader, facts: dict[str, Any], code: Code) -> None:
    film = toy.radiograph(toy.split_film(300, 300, 0.5), **facts)
    reading = reader.read(film)
    assert (reading.status, codes(reading), reading.score, reading.attention) == ("refused", [code], None, None)
    assert reading.reasons == reader.reasons(film.facts)


@pytest.mark.requirement("REQ-POLARITY")
def test_refused_by_the_pixels(reader: Reader) -> None:
    blank = toy.radiograph(np.full((300, 300), 0.5))
    assert reader.reasons(blank.facts) == (), "its header is in order"
    assert codes(reader.read(blank)) == [Code.BLANK]


@pytest.mark.requirement("REQ-GATE-FIRST", "REQ-REFUSE-NO-NETWORK")
def test_a_refusal_starts_no_network(toy_bundle: Bundle) -> None:
    bundle = with_card(toy_bundle)
    Reader(bundle, None).read(toy.radiograph(np.zeros((300, 300))))
    assert "engine" not in vars(bundle)
    assert "_starting" not in vars(bundle)


@pytest.mark.requirement("REQ-CALL", "REQ-PROVENANCE")
@given(bright=st.floats(0.05, 0.95), rows=st.integers(200, 500), columns=st.integers(200, 500))
@settings(max_examples=25, deadline=None)
def test_the_numbers_belong_together(reader: Reader, bright: float, rows: int, columns: int) -> None:
    reading = reader.read(toy.radiograph(toy.split_film(rows, columns, bright)))
    card = reader.bundle.card
    assert reading.status == "read"
    assert reading.score is not None
    assert reading.prevalence == card.calibration.prevalence
    assert reading.probability == pytest.approx(card.calibration.probability(reading.score))
    assert reading.call == ("present" if reading.score >= card.threshold.score else "absent")
    low, high = card.threshold.interval
    assert reading.abstained is (low <= reading.score <= high)
    assert reading.threshold is not None
    assert (reading.threshold.score, reading.threshold.rule) == (card.threshold.score, card.threshold.rule)
    assert reading.evidence == card.evidence
    assert set(reading.hashes) == {"grayscale", "preprocess"}
    assert reading.model is not None
    assert (reading.model.name, reading.model.sha256) == ("toy", reader.bundle.sha256)
    assert reading.to_json()["disclaimer"] == DISCLAIMER


@pytest.mark.parametrize("bright", [0.25, 0.5, 0.75])
def test_the_score_is_the_networks(reader: Reader, bright: float) -> None:
    """A square film whose upper part is bright: the toy's logit is its gain times how far that part is from a half."""
    reading = reader.read(toy.radiograph(toy.split_film(480, 480, bright)))
    assert reading.score == pytest.approx(sigmoid(toy.GAIN * (bright - toy.MIDDLE)), abs=0.01)


@pytest.mark.requirement("REQ-CALL")
@pytest.mark.parametrize(
    ("threshold", "call", "abstained"),
    [
        (CardThreshold(0.40, "r", (0.35, 0.45)), "present", False),
        (CardThreshold(0.60, "r", (0.55, 0.65)), "absent", False),
        (CardThreshold(0.45, "r", (0.40, 0.55)), "present", True),
        (CardThreshold(0.55, "r", (0.45, 0.60)), "absent", True),
    ],
)
def test_the_call_is_the_thresholds(toy_bundle: Bundle, threshold: CardThreshold, call: str, abstained: bool) -> None:
    film = toy.radiograph(toy.split_film(480, 480, 0.5))  # scores 0.5
    reading = Reader(with_card(toy_bundle, threshold=threshold), None).read(film)
    assert (reading.call, reading.abstained) == (call, abstained)


@pytest.mark.requirement("REQ-CALL")
def test_a_score_at_the_threshold_is_present(toy_bundle: Bundle, reader: Reader) -> None:
    film = toy.radiograph(toy.split_film(480, 480, 0.3))
    score = reader.read(film).score
    assert score is not None
    for at, call in ((score, "present"), (math.nextafter(score, 1), "absent")):
        card = {"threshold": CardThreshold(at, "r", (at, at))}
        assert Reader(with_card(toy_bundle, **card), None).read(film).call == call


@pytest.mark.requirement("REQ-PROBABILITY")
@given(prevalence=st.floats(0.001, 0.999))
@settings(max_examples=25, deadline=None)
def test_another_prevalence_restates_the_probability_alone(reader: Reader, prevalence: float) -> None:
    film = toy.radiograph(toy.split_film(300, 300, 0.4))
    own, other = reader.read(film), reader.read(film, prevalence=prevalence)
    assert own.probability is not None
    assert own.prevalence is not None
    assert other.prevalence == prevalence
    assert other.probability == pytest.approx(restate(own.probability, own.prevalence, prevalence))
    assert (other.score, other.call, other.abstained) == (own.score, own.call, own.abstained)


@pytest.mark.requirement("REQ-PROBABILITY")
@pytest.mark.parametrize("prevalence", [0.0, 1.0, -0.1, 2.0, float("nan")])
def test_a_prevalence_that_is_none_is_refused(reader: Reader, prevalence: float) -> None:
    with pytest.raises(ConfigError, match="prevalence"):
        reader.read(toy.radiograph(toy.split_film(300, 300, 0.4)), prevalence=prevalence)


@pytest.mark.requirement("REQ-WEAK-EVIDENCE")
def test_weak_evidence_is_told_with_every_reading(toy_bundle: Bundle, reader: Reader) -> None:
    film = toy.radiograph(toy.split_film(300, 300, 0.4))
    assert Code.WEAK_EVIDENCE in notices(Reader(with_card(toy_bundle, weak_evidence=True), None).read(film))
    assert Code.WEAK_EVIDENCE not in notices(reader.read(film))


@pytest.mark.requirement("REQ-CLINICAL-MODEL")
def test_a_bundle_that_is_not_clinical_reads_no_patient(toy_bundle: Bundle) -> None:
    bundle = with_card(toy_bundle, clinical=False)
    with pytest.raises(ConfigError, match="score"):
        Reader(bundle, None)
    logits, _ = bundle.engine.run(np.zeros((1, 1, 96, 96), np.float32))
    assert logits.shape == (1, 1), "it still runs, for score"


@pytest.mark.requirement("REQ-CLINICAL-MODEL")
def test_a_bundle_of_another_finding_reads_no_pneumonia(toy_bundle: Bundle) -> None:
    with pytest.raises(ConfigError, match="effusion"):
        Reader(with_card(toy_bundle, outputs=("effusion", "pneumonia")), None)


@pytest.mark.requirement("REQ-CONSTANCY")
def test_constancy_takes_the_phantom_and_nothing_else(reader: Reader) -> None:
    drawn = read_film(phantom(3, size=(320, 262)))
    assert codes(reader.read(drawn)) == [Code.CONSTANCY]
    reading = reader.read(drawn, constancy=True)
    assert reading.status == "read"
    assert notices(reading)[0] == Code.CONSTANCY
    patient = toy.radiograph(toy.split_film(300, 300, 0.4))
    assert codes(reader.read(patient, constancy=True)) == [Code.CONSTANCY]


@pytest.mark.requirement("REQ-CONSTANCY")
def test_constancy_widens_no_other_gate(reader: Reader) -> None:
    child = read_film(phantom(3, size=(320, 262), age_years=4))
    assert codes(reader.read(child, constancy=True)) == [Code.AGE]


def test_time_is_measured_where_a_watch_is_handed_in(reader: Reader) -> None:
    film = toy.radiograph(toy.split_film(300, 300, 0.4))
    watch = itertools.count()
    timed = reader.read(film, stopwatch=lambda: float(next(watch)))
    assert timed.timings_ms == {"preprocess": 1000.0, "network": 1000.0}
    assert reader.read(film).timings_ms == {}


@pytest.mark.requirement("REQ-DETERMINISM")
def test_the_same_film_gives_the_same_reading(reader: Reader) -> None:
    film = toy.radiograph(np.random.default_rng(1).random((260, 310)))
    assert reader.read(film).to_json() == reader.read(film).to_json()


@pytest.mark.requirement("REQ-AGE-UNKNOWN")
def test_a_refusal_assumes_no_age() -> None:
    noticed = (Reason(Code.AGE_ASSUMED, "AGE UNKNOWN."), Reason(Code.MIRRORED, "The picture is mirrored."))
    refused = refuse((Reason(Code.BODY_PART, "The body part is another."),), noticed)
    assert notices(refused) == [Code.MIRRORED]
