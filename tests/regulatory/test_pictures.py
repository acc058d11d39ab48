"""Pictures: the same bytes each time, the evidence's numbers, and an error where there is nothing to draw."""

from __future__ import annotations

from pathlib import Path

import pytest

from regulatory.documents.folders import LANDED, empty, landed, of_run
from wetread.errors import DataError
from wetread.regulatory.pictures import PICTURES, can_draw
from wetread.regulatory.pictures.rooms import LAYERS

MINE = ("flow-chart", "rooms", "network", "training-curves", "demographics", "co-findings", "shortcuts", "label-noise")
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("picture", MINE)
def test_a_picture_is_drawn_twice_to_the_same_bytes(picture: str, tmp_path: Path) -> None:
    device = of_run(tmp_path) if picture == "training-curves" else landed("adult")
    assert can_draw(picture, device)
    first, second = PICTURES[picture](device), PICTURES[picture](device)
    assert first.name == picture
    assert first.svg == second.svg
    assert first.png == second.png
    assert first.alt


@pytest.mark.parametrize("picture", MINE)
def test_without_evidence_a_picture_says_so_or_draws_the_software_alone(picture: str, tmp_path: Path) -> None:
    device = empty(tmp_path)
    if picture in ("flow-chart", "rooms"):
        assert can_draw(picture, device)
        assert PICTURES[picture](device).svg
    else:
        assert not can_draw(picture, device)
        with pytest.raises(DataError):
            PICTURES[picture](device)


@pytest.mark.parametrize("name", LANDED)
def test_the_flow_chart_shows_the_card_s_own_terms(name: str) -> None:
    device = landed(name)
    card = device.artefacts["bundle"].data
    text = PICTURES["flow-chart"](device).svg.decode()
    assert f"{card['input']['height']} × {card['input']['width']} pixels" in text
    assert f"{card['threshold']['score']:.3f}" in text
    assert " or ".join(card["intended_use"]["views"]) in text
    order = (
        "Header checks",
        "Decoding",
        "Grayscale chain",
        "Gate on pixels",
        "Preprocessing, no augmentation",
        "Network",
    )
    places = [text.index(title) for title in order]
    assert places == sorted(places)


def test_the_training_curves_mark_the_pass_that_was_kept(tmp_path: Path) -> None:
    drawn = PICTURES["training-curves"](of_run(tmp_path))
    assert "0.520 on films watched" in drawn.alt
    assert "pass that was kept" in drawn.svg.decode()


def test_the_rooms_are_those_of_the_import_contract() -> None:
    contract = (ROOT / "pyproject.toml").read_text("utf-8").partition("layers = [")[2].partition("]")[0]
    layers = [
        {room.strip(' "()') for room in line.strip().rstrip(",").strip('"').split("|")}
        for line in contract.splitlines() if line.strip()
    ]  # fmt: skip
    assert [{name for name, _ in layer} for layer in LAYERS] == layers
