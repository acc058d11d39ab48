"""What a card says of its own figures."""

from __future__ import annotations

from typing import Any

import pytest

from wetread.training.release import _evidence, _is_weak, _metrics

Figures = dict[str, Any]


def interval(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high}


def question(name: str, low: float, *, own: float | None = None) -> Figures:
    """A question whose paired interval over the crude baseline begins at `low`; over the harder one at `own`."""
    beside = {"crude statistics": {"auroc": interval(0.60, 0.5, 0.7), "difference": interval(0.12, low, 0.2)}}
    if own is not None:
        beside["crude statistics, fitted on this label"] = {
            "auroc": interval(0.65, 0.5, 0.8),
            "difference": interval(0.07, own, 0.2),
        }
    about = {"name": name, "label": "opacity", "films": 400, "patients": 300, "positives": 80, "films_sha256": "aa"}
    return about | {"auroc": interval(0.72, 0.66, 0.78), "beside": beside}


def few(name: str) -> Figures:
    return {"name": name, "label": "opacity", "films": 9, "positives": 3, "films_sha256": "bb", "too_few": True}


def figures(*asked: Figures, sealed: Figures | None = None) -> Figures:
    return {"cross_validated": list(asked), "sealed": [sealed or few("sealed films")]}


def test_a_network_that_beats_a_guess_on_both_questions_says_so() -> None:
    found = figures(question("read films", 0.05), question("matched films", 0.01), question("third", -0.5))
    assert not _is_weak(found)
    words = _evidence(found)
    assert "400 films (read films), 80 positive for opacity: AUROC 0.72 (95 % interval 0.66 to 0.78)" in words
    assert "has 0.60, difference +0.12 (+0.05 to +0.20). " in words
    assert "no advantage" not in words


@pytest.mark.requirement("REQ-RELEASE")
def test_no_advantage_on_the_first_question_is_said() -> None:
    found = figures(question("read films", -0.01), question("matched films", 0.01))
    assert _is_weak(found)
    assert "(-0.01 to +0.20), so no advantage over that guess is shown here. " in _evidence(found)


def test_no_advantage_on_the_second_question_is_said() -> None:
    found = figures(question("read films", 0.05), question("matched films", 0.0))
    assert _is_weak(found)
    words = _evidence(found)
    assert "no advantage over such a guess is shown" in words
    assert words.index("matched films") < words.index("no advantage") < words.index("sealed test")


@pytest.mark.requirement("REQ-RELEASE")
def test_the_harder_baseline_decides() -> None:
    """A forest that was fitted on the readers' label is a harder rival than one that was not."""
    found = figures(question("read films", 0.05, own=-0.02), question("matched films", 0.01))
    assert _is_weak(found)
    words = _evidence(found)
    assert "nine crude statistics, fitted on this label has 0.65, difference +0.07 (-0.02" in words
    assert "no advantage over that guess is shown here" in words


@pytest.mark.requirement("REQ-WEAK-EVIDENCE")
@pytest.mark.parametrize("place", [0, 1])
def test_what_could_not_be_measured_is_weak(place: int) -> None:
    asked = [question("read films", 0.05), question("matched films", 0.05)]
    asked[place] = few("few films")
    assert _is_weak(figures(*asked))
    words = _evidence(figures(*asked))
    assert ("3 positive for opacity: too few for a figure" in words) == (place == 0)
    unknown = [question("read films", 0.05), question("matched films", 0.05)]
    unknown[place]["auroc"] = None
    for beside in unknown[place]["beside"].values():
        beside["auroc"] = beside["difference"] = None
    assert _is_weak(figures(*unknown))
    assert _evidence(figures(*unknown))


def test_the_sealed_figure_or_that_there_is_none() -> None:
    asked = (question("read films", 0.05), question("matched films", 0.05))
    assert "holds too few such films (9, 3 positive)" in _evidence(figures(*asked))
    sealed = question("read films", 0.05) | {"films": 70, "positives": 16}
    words = _evidence(figures(*asked, sealed=sealed))
    assert "Sealed test: 0.72 (95 % interval 0.66 to 0.78) on 70 films, 16 positive." in words


@pytest.mark.requirement("REQ-RELEASE")
def test_every_measured_figure_stands_on_the_card() -> None:
    found = figures(question("read films", 0.05), few("few films"), sealed=question("sealed films", 0.05))
    first, second = _metrics(found)
    assert first.name == "AUROC, opacity, cross-validated"
    assert (first.set, first.value, first.low, first.high) == ("read films", 0.72, 0.66, 0.78)
    assert (first.films, first.positives, first.films_sha256) == (400, 80, "aa")
    assert second.name == "AUROC, opacity, sealed"


def test_no_figure_below_one_is_told_as_one() -> None:
    near = question("read films", 0.05) | {"auroc": interval(0.997, 0.9961, 0.9982)}
    words = _evidence(figures(near, question("matched films", 0.05)))
    assert "AUROC 0.997 (95 % interval 0.996 to 0.998)" in words


def test_the_worst_of_the_sets_that_look_different_stands_on_the_card() -> None:
    def held(auroc: float) -> Figures:
        about = {"films": 90, "positives": 60, "films_sha256": "cc", "auroc": interval(auroc, 0.9, 0.98)}
        right = {"sensitivity": interval(0.97, 0, 1), "specificity": interval(0.88, 0, 1)}
        return about | right | {"accuracy where 62.5% are positive": interval(0.94, 0, 1)}

    plain = figures(question("read films", 0.05), question("matched films", 0.05))
    assert "Fitted without" not in _evidence(plain)
    sets = {"out of fold": held(0.5), "held out: wide films": held(0.96), "held out: hard films": held(0.95)}
    found = plain | {"shifts": {"sets": sets}}
    words = _evidence(found)
    assert "(hard films): 0.95 (95 % interval 0.90 to 0.98) on 90 such films" in words
    assert "sensitivity 97%, specificity 88%, and 94% of calls right where 62.5 % are positive." in words
    told = [(metric.set, metric.value) for metric in _metrics(found) if "without such films" in metric.name]
    assert told == [("held out: wide films", 0.96), ("held out: hard films", 0.95)]
