"""The gate's judgement, with an engine whose answers are known by hand, and as it ships."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toy
from requirements_plugin import for_reason
from wetread.bundle import Bundle
from wetread.bundle.gate import GateBundle, GateCard, load_gate
from wetread.errors import Code, ConfigError
from wetread.inference import Reader
from wetread.inference.gate import KINDS, Gate, Verdict, prepared
from wetread.phantom.scene import picture as phantom
from wetread.radiograph.reduce import halve
from wetread.training import gate_drawn, gate_pages

CODES = {
    "lateral": Code.NOT_FRONTAL,
    "ct": Code.NOT_CHEST,
    "other-part": Code.NOT_CHEST,
    "no-film": Code.NOT_CHEST,
    "turned": Code.NOT_UPRIGHT,
    "inverted": Code.POLARITY,
    "cropped": Code.CROPPED,
    "saturated": Code.SATURATED,
    "montage": Code.NOT_CHEST,
    "screen": Code.SCREEN_PHOTO,
}


class Told:
    """An engine that answers what it was told to."""

    def __init__(self, logits: Any, distance: float) -> None:
        self.logits, self.distance = np.asarray([logits], np.float32), distance

    def run(self, batch: Any) -> tuple[Any, Any]:
        assert batch.shape == (1, 1, 160, 160)
        return self.logits, np.full((1, 1, 5, 5), self.distance, np.float32)


def card(**changes: Any) -> GateCard:
    known: dict[str, Any] = {
        "name": "toy gate",
        "version": "0.0.1",
        "kinds": KINDS,
        "bounds": (1.0,) * (len(KINDS) - 1),
        "named": 0.7,
        "distance_bound": 2.0,
        "mirrored_bound": 5.0,
        "fitted_on": {},
        "evidence": "a toy",
        "licence": "Apache-2.0",
        "attribution": "drawn",
    }
    return GateCard(**(known | changes))


def gate(logits: dict[str, float], distance: float = 1.0, mirrored: float = 0.0, **changes: Any) -> Gate:
    bundle = GateBundle(Path(), card(**changes), "0" * 64, b"")
    told = [logits.get(kind, -9.0) for kind in KINDS] + [mirrored]
    vars(bundle)["engine"] = Told(told, distance)
    return Gate(bundle)


def judged(made: Gate) -> Verdict:
    return made.judge(toy.radiograph(toy.split_film(300, 260, 0.5)))


@pytest.mark.requirement("REQ-GATE-PASSES")
def test_a_frontal_film_passes() -> None:
    verdict = judged(gate({"frontal": 4.0}))
    assert (verdict.reasons, verdict.kind) == ((), "frontal")
    assert verdict.odds < 0


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.requirement(*for_reason(CODES[kind]))) for kind in KINDS[1:]]
)
def test_each_kind_has_its_code_and_says_its_evidence(kind: str) -> None:
    verdict = judged(gate({kind: 6.0}))
    (reason,) = verdict.reasons
    assert (reason.code, reason.tag, verdict.kind) == (CODES[kind], "PixelData", kind)
    assert "allowed 1.0" in reason.message
    assert f"{verdict.odds:.1f}" in reason.message


def test_no_kind_is_named_where_two_are_as_likely() -> None:
    (reason,) = judged(gate({"lateral": 6.0, "ct": 6.0})).reasons
    assert reason.code is Code.NOT_CHEST
    assert "unlike" in reason.message
    assert "lateral" not in reason.message


@given(odds=st.floats(-8, 8))
@settings(max_examples=40, deadline=None)
def test_the_bound_decides(odds: float) -> None:
    verdict = judged(gate({"lateral": odds, "frontal": 0.0, **dict.fromkeys(KINDS[2:], -99.0)}))
    assert verdict.odds == pytest.approx(odds, abs=1e-4)
    assert bool(verdict.reasons) is (verdict.odds > 1.0)


@pytest.mark.requirement("REQ-GATE-CHEST")
def test_distance_alone_refuses_and_names_nothing() -> None:
    (reason,) = judged(gate({"frontal": 4.0}, distance=2.5)).reasons
    assert reason.code is Code.NOT_CHEST
    assert "distance 2.50, allowed 2.00" in reason.message
    assert judged(gate({"frontal": 4.0}, distance=2.0)).reasons == ()


@pytest.mark.requirement("REQ-GATE-FIRST")
@pytest.mark.parametrize("broken", [{"logits": {"frontal": np.nan}}, {"distance": np.nan}, {"mirrored": np.nan}])
def test_an_answer_that_is_no_number_lets_nothing_pass(broken: dict[str, Any]) -> None:
    assert judged(gate(**{"logits": {"frontal": 5.0}, **broken})).reasons


@pytest.mark.requirement("REQ-GATE-MIRRORED")
def test_a_mirrored_film_may_be_dextrocardia() -> None:
    (reason,) = judged(gate({"frontal": 4.0}, mirrored=5.5)).reasons
    assert reason.code is Code.MIRRORED_PICTURE
    assert "dextrocardia" in reason.message
    assert judged(gate({"frontal": 4.0}, mirrored=5.0)).reasons == ()


@pytest.mark.requirement("REQ-GATE-FIRST")
def test_a_gate_of_other_kinds_is_refused() -> None:
    with pytest.raises(ConfigError, match="tells"):
        gate({}, kinds=("frontal", "cat"), bounds=(1.0,))


@given(rows=st.integers(200, 1600), columns=st.integers(200, 1600), seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_a_reduced_copy_is_prepared_alike(rows: int, columns: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).random((rows, columns), dtype=np.float32)
    frame = prepared(pixels)
    assert (frame.shape, frame.dtype) == ((1, 160, 160), np.float32)
    if max(rows, columns) >= 1024:
        np.testing.assert_array_equal(frame, prepared(halve(pixels)))


def test_even_borders_are_cut_off() -> None:
    picture = phantom(3, size=(300, 260))[0][8:-8, 8:-8]
    framed = np.pad(picture, ((40, 25), (60, 0)), constant_values=1.0)
    np.testing.assert_array_equal(prepared(picture), prepared(framed))


# ------------------------------------------------------------------------------------------------ with a reader


@pytest.mark.requirement("REQ-GATE-FIRST")
def test_the_reader_asks_the_gate_before_the_network(toy_bundle: Bundle) -> None:
    film = toy.radiograph(toy.split_film(300, 300, 0.5))
    bundle = Bundle(toy_bundle.folder, toy_bundle.card, toy_bundle.sha256, toy_bundle.network)
    reading = Reader(bundle, gate({"lateral": 6.0})).read(film)
    assert (reading.status, [reason.code for reason in reading.reasons]) == ("refused", [Code.NOT_FRONTAL])
    assert "_starting" not in vars(bundle), "the network was not started"


def test_the_header_speaks_first(toy_bundle: Bundle) -> None:
    film = toy.radiograph(toy.split_film(300, 300, 0.5), view="LATERAL")
    assert [r.code for r in Reader(toy_bundle, gate({"lateral": 6.0})).read(film).reasons] == [Code.VIEW]


def test_its_time_is_told_and_no_notice(toy_bundle: Bundle) -> None:
    film = toy.radiograph(toy.split_film(300, 300, 0.5))
    ticks = iter(range(10))
    reading = Reader(toy_bundle, gate({"frontal": 4.0})).read(film, stopwatch=lambda: float(next(ticks)))
    assert reading.timings_ms == {"gate": 1000, "preprocess": 1000, "network": 1000}
    assert Code.UNGATED not in [notice.code for notice in reading.notices]


@pytest.mark.requirement("REQ-GATE-FIRST")
def test_without_a_gate_every_reading_says_so(toy_bundle: Bundle) -> None:
    film = toy.radiograph(toy.split_film(300, 300, 0.5))
    assert Code.UNGATED in [notice.code for notice in Reader(toy_bundle, None).read(film).notices]


def test_the_constancy_film_is_not_judged(toy_bundle: Bundle) -> None:
    film = toy.radiograph(toy.split_film(300, 300, 0.5), constancy=True)
    reading = Reader(toy_bundle, gate({"no-film": 6.0})).read(film, constancy=True)
    assert reading.status == "read"
    assert Code.UNGATED not in [notice.code for notice in reading.notices]


# --------------------------------------------------------------------------------------------------- as it ships


@pytest.fixture(scope="module")
def shipped() -> Gate:
    return Gate(load_gate())


@pytest.mark.requirement("REQ-GATE-CHEST")
@pytest.mark.parametrize("seed", range(4))
def test_the_phantom_is_a_drawing(shipped: Gate, seed: int) -> None:
    assert shipped.judge_pixels(phantom(seed, opacity=seed % 2 == 0)[0]).reasons


@pytest.mark.requirement("REQ-GATE-CHEST")
@pytest.mark.parametrize(
    "draw",
    [
        gate_pages.page,
        gate_pages.plot,
        gate_pages.pattern,
        gate_pages.noisy,
        gate_pages.texture,
        gate_pages.drawing,
        gate_drawn.limb,
        gate_drawn.hand,
        gate_drawn.pelvis,
        gate_drawn.skull,
        gate_drawn.spine,
        gate_drawn.lateral_drawing,
    ],
    ids=lambda draw: draw.__name__,
)
def test_what_is_no_chest_film_is_refused(shipped: Gate, draw: Any) -> None:
    verdicts = [shipped.judge_pixels(draw(np.random.default_rng([77, seed]))) for seed in range(8)]
    assert [verdict.kind for verdict in verdicts if not verdict.reasons] == []


@pytest.mark.requirement("REQ-GATE-CHEST")
def test_an_even_picture_with_a_speck_is_refused(shipped: Gate) -> None:
    for shade in (0.0, 0.5, 1.0):
        pixels = np.full((400, 400), shade, np.float32)
        pixels[200:204, 200:204] = 1 - shade
        assert shipped.judge_pixels(pixels).reasons
