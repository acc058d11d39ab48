"""Figures beside their baselines."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from training.made import write_film
from wetread.cohort import crude_baseline
from wetread.errors import DataError
from wetread.intervals import auroc
from wetread.training.films import FilmSet
from wetread.training.measure import baselines, crude_table, measure, measure_all, own_label
from wetread.training.questions import Question
from wetread.truth import list_hash

Float = NDArray[np.float64]


@pytest.fixture(autouse=True)
def small_forest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wetread.training.measure.crude_baseline", partial(crude_baseline, trees=20))


def made(collection: str = "kermany", n: int = 60, seed: int = 0) -> FilmSet:
    """Two films a patient; for nih with view, id band and readers' class."""
    rng = np.random.default_rng(seed)
    patients = np.repeat(np.arange(n // 2), 2)
    label = rng.integers(0, 2, n // 2)[patients]
    names = tuple(f"{place:03d}.png" for place in range(n))
    opacity = np.where(rng.uniform(size=n) < 0.8, label, 1 - label)
    columns = {
        "label": tuple(np.where(label, "PNEUMONIA_VIRUS", "NORMAL").tolist()),
        "view": tuple(np.where(rng.uniform(size=n) < 0.3 + 0.4 * label, "AP", "PA").tolist()),
        "rsna_class": tuple(np.where(opacity == 1, "Lung Opacity", "Normal").tolist()),
    }
    ids = tuple(str(1 + 900 * patient) for patient in patients)
    paths = tuple(map(Path, names))
    labels = label.astype(np.float32)[:, None]
    return FilmSet(collection, names, paths, ids, labels, columns, np.zeros(n, bool))


def everything(films: FilmSet) -> Question:
    return Question("all", "label", np.ones(len(films), bool), films.labels[:, 0].astype(np.int64))


def scores_of(films: FilmSet, gain: float, seed: int = 1) -> Float:
    return np.random.default_rng(seed).normal(gain * films.labels[:, 0])


def test_a_question_s_figures() -> None:
    films = made()
    network, crude = scores_of(films, 2.0), scores_of(films, 0.3, seed=2)
    found = measure(films, everything(films), network, {"crude statistics": crude})
    positives = int(films.labels.sum())
    assert found["films"] == 60
    assert found["patients"] == 30
    assert found["positives"] == positives
    assert found["films_sha256"] == list_hash(films.names)
    assert found["auroc"]["value"] == pytest.approx(auroc(network, films.labels[:, 0])[0], abs=1e-4)
    assert found["auroc"]["low"] < found["auroc"]["value"] < found["auroc"]["high"]
    beside = found["beside"]["crude statistics"]
    assert beside["network"] == found["auroc"]
    assert beside["auroc"]["value"] == pytest.approx(auroc(crude, films.labels[:, 0])[0], abs=1e-4)
    assert beside["difference"]["value"] == pytest.approx(
        beside["network"]["value"] - beside["auroc"]["value"], abs=2e-4
    )


@pytest.mark.requirement("REQ-HONESTY")
def test_a_difference_is_the_network_minus_the_other() -> None:
    films = made()
    better, worse = scores_of(films, 3.0), -scores_of(films, 3.0, seed=2)
    ahead = measure(films, everything(films), better, {"other": worse})["beside"]["other"]["difference"]
    behind = measure(films, everything(films), worse, {"other": better})["beside"]["other"]["difference"]
    assert ahead["low"] > 0
    assert behind["high"] < 0
    assert (behind["value"], behind["low"], behind["high"]) == pytest.approx(
        (-ahead["value"], -ahead["high"], -ahead["low"]), abs=2e-4
    )


def test_only_the_films_asked_about_count() -> None:
    films = made()
    half = np.arange(60) < 40
    network = scores_of(films, 1.0)
    question = Question("half", "label", half, films.labels[:, 0].astype(np.int64))
    found = measure(films, question, network, {})
    assert found["films"] == 40
    assert found["films_sha256"] == list_hash(films.names[:40])
    assert found["auroc"]["value"] == pytest.approx(auroc(network[:40], films.labels[:40, 0])[0], abs=1e-4)
    # What other films scored, or that they have no score, changes nothing.
    network[40:] = np.nan
    assert measure(films, question, network, {}) == found


def test_a_film_asked_about_without_a_score_is_no_figure_but_an_error() -> None:
    films = made()
    network = scores_of(films, 1.0)
    network[3] = np.nan
    with pytest.raises(DataError, match="1 of 60 films asked about have no finite score"):
        measure(films, everything(films), network, {})


def test_films_without_the_other_s_score_leave_that_comparison_only() -> None:
    films = made()
    network, other = scores_of(films, 1.0), scores_of(films, 0.5, seed=2)
    other[::3] = np.nan
    found = measure(films, everything(films), network, {"other": other})
    both = np.isfinite(other)
    beside = found["beside"]["other"]
    assert found["films"] == 60
    assert beside["films"] == int(both.sum()) == 40
    assert beside["films_sha256"] == list_hash([name for name, sure in zip(films.names, both, strict=True) if sure])
    assert beside["network"]["value"] == pytest.approx(auroc(network[both], films.labels[both, 0])[0], abs=1e-4)
    assert beside["network"] != found["auroc"]


@pytest.mark.parametrize("positives", [4, 56])
def test_fewer_than_five_of_a_class_give_no_figure(positives: int) -> None:
    films = made()
    question = Question("few", "label", np.ones(60, bool), (np.arange(60) < positives).astype(np.int64))
    found = measure(films, question, scores_of(films, 1.0), {"other": scores_of(films, 0.5)})
    assert found["too_few"] is True
    assert found["positives"] == positives
    assert "auroc" not in found
    assert "beside" not in found


def test_another_with_too_few_scores_is_left_out() -> None:
    films = made()
    other = np.full(60, np.nan)
    other[:8] = 0.5
    assert measure(films, everything(films), scores_of(films, 1.0), {"other": other})["beside"] == {}


def test_too_few_patients_for_an_interval_give_none() -> None:
    films = made()
    # Six positive films of one patient: more than a third of the resamples leave that patient out.
    patients = tuple("p" if place < 6 else str(place) for place in range(60))
    one = FilmSet("kermany", films.names, films.paths, patients, films.labels, films.columns, films.is_sealed)
    question = Question("one patient", "label", np.ones(60, bool), (np.arange(60) < 6).astype(np.int64))
    assert measure(one, question, scores_of(films, 1.0), {})["auroc"] is None


def test_strata_reach_both_sides_of_a_comparison() -> None:
    films = made("nih")
    view = films.column("view")
    knows_the_view = (view == "AP").astype(float)
    question = everything(films)
    free = measure(films, question, knows_the_view, {"other": knows_the_view})
    within = Question("within", "label", question.asked, question.positive, view)
    bound = measure(films, within, knows_the_view, {"other": knows_the_view})
    assert free["auroc"]["value"] > 0.6
    assert bound["auroc"]["value"] == 0.5
    assert bound["beside"]["other"]["auroc"]["value"] == 0.5


def test_baselines_of_each_collection() -> None:
    films = made("nih")
    fold = (np.arange(60) // 2) % 3
    crude = np.random.default_rng(0).normal(films.labels[:, :1] * 4, 1, (60, 9))
    found = baselines(films, crude, fold, 0)
    assert set(found) == {
        "crude statistics",
        "view alone",
        "missing metadata alone",
        "patient-id band alone",
    }
    assert all(scores.shape == (60,) and np.isfinite(scores).all() for scores in found.values())
    assert auroc(found["crude statistics"], films.labels[:, 0])[0] > 0.9
    assert set(baselines(made(), crude, fold, 0)) == {"crude statistics"}


def test_baselines_of_a_question_s_own_label_are_scored_where_it_asks() -> None:
    films = made("nih")
    fold = (np.arange(60) // 2) % 3
    asked = np.arange(60) >= 10
    positive = (films.column("rsna_class") == "Lung Opacity").astype(np.int64)
    crude = np.random.default_rng(0).normal(positive[:, None] * 4, 1, (60, 9))
    question = Question("read", "Lung Opacity", asked, positive)
    found = own_label(films, question, crude, fold, 0)
    assert set(found) == {"crude statistics, fitted on this label", "view alone, fitted on this label"}
    for scores in found.values():
        np.testing.assert_array_equal(np.isfinite(scores), asked)
    assert auroc(found["crude statistics, fitted on this label"][asked], positive[asked])[0] > 0.9


@pytest.mark.parametrize("asked", [np.zeros(60, bool), (np.arange(60) // 2) % 3 == 1], ids=["no film", "one fold"])
def test_a_question_without_other_folds_has_no_baseline_of_its_own(asked: NDArray[np.bool_]) -> None:
    films = made("nih")
    question = Question("few", "Lung Opacity", asked, films.labels[:, 0].astype(np.int64))
    assert own_label(films, question, np.zeros((60, 9)), (np.arange(60) // 2) % 3, 0) == {}


@pytest.mark.requirement("REQ-HONESTY")
def test_all_questions_with_their_baselines() -> None:
    films = made("nih")
    fold = (np.arange(60) // 2) % 2
    crude = np.random.default_rng(0).normal(0, 1, (60, 9))
    found = measure_all(films, scores_of(films, 1.0), {"other": scores_of(films, 0.2)}, crude, fold, seed=0)
    first, second = found[0], found[1]
    assert "Lung Opacity" in first["label"]
    assert set(first["beside"]) == {
        "other",
        "crude statistics, fitted on this label",
        "view alone, fitted on this label",
    }
    assert set(second["beside"]) == {"other"}, "fitted on this label already"


def test_all_questions_on_some_films_alone() -> None:
    """The sealed films are measured alone, beside baselines that were fitted on the others."""
    films = made("nih")
    away = np.arange(60) >= 30
    crude = np.random.default_rng(0).normal(0, 1, (60, 9))
    network = np.where(away, scores_of(films, 1.0), np.nan)
    found = measure_all(films, network, {}, crude, away.astype(np.int64), seed=0, asked=away)
    everyone = next(question for question in found if question["name"] == "all films")
    assert everyone["films"] == 30
    assert everyone["films_sha256"] == list_hash(films.names[30:])


def test_the_crude_table_is_read_from_the_films(tmp_path: Path) -> None:
    rows = [write_film(tmp_path, f"{seed}.png", seed, opaque=seed > 1) for seed in range(4)]
    paths = tuple(tmp_path / row["file"] for row in rows)
    films = FilmSet("kermany", tuple("0123"), paths, tuple("0123"), np.zeros((4, 1), np.float32), {}, np.zeros(4, bool))
    table = crude_table(films)
    assert table.shape == (4, 9)
    assert table[2:, 0].mean() > table[:2, 0].mean(), "the opaque are brighter"
