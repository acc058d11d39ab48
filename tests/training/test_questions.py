"""Which films each question asks about, what is positive in it, and what is compared with what."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from wetread.training.films import FilmSet
from wetread.training.questions import TRAINED_ON, Question, chexnet_scores, id_band, questions

# patient, label, view, radiologists' class, name in the collection, whether that name is sure
NIH = [
    ("13", 1, "PA", "Lung Opacity", "a.png", "True"),
    ("3999", 0, "AP", "Lung Opacity", "b.png", "True"),
    ("4000", 0, "PA", "Normal", "c.png", "False"),
    ("9999", 1, "AP", "Normal", "d.png", "True"),
    ("24999", 0, "PA", "No Lung Opacity / Not Normal", "e.png", "True"),
    ("25000", 1, "PA", "", "f.png", "True"),
    ("30000", 1, "", "", "", "False"),
]


def nih() -> FilmSet:
    patients, labels, views, read, names, sure = zip(*NIH, strict=True)
    return FilmSet(
        "nih",
        tuple(f"{place}.jpg" for place in range(len(NIH))),
        tuple(Path(f"{place}.jpg") for place in range(len(NIH))),
        patients,
        np.array(labels, np.float32)[:, None],
        {"view": views, "rsna_class": read, "image_index": names, "name_known": sure},
        np.zeros(len(NIH), bool),
    )


def kermany() -> FilmSet:
    kinds = ("NORMAL", "PNEUMONIA_BACTERIA", "PNEUMONIA_VIRUS", "NORMAL")
    names = tuple(f"{place}.jpg" for place in range(4))
    labels = np.array([0, 1, 1, 0], np.float32)[:, None]
    columns = {"label": kinds}
    return FilmSet("kermany", names, tuple(map(Path, names)), tuple("abcd"), labels, columns, np.zeros(4, bool))


def asked(films: FilmSet, part: str) -> Question:
    (found,) = [question for question in questions(films) if question.name == part]
    return found


def places(question: Question) -> list[int]:
    return np.flatnonzero(question.asked).tolist()


def test_the_primary_question_is_the_radiologists_opacity() -> None:
    first = questions(nih())[0]
    assert first.label == "Lung Opacity (radiologists, RSNA)"
    assert places(first) == [0, 1, 2, 3, 4]
    assert first.positive[first.asked].tolist() == [1, 1, 0, 0, 0]
    assert first.strata is None


def test_the_second_is_the_matched_label() -> None:
    second = questions(nih())[1]
    assert second.label == TRAINED_ON["nih"]
    assert places(second) == [0, 1, 2, 3, 4, 5]
    assert second.positive.tolist() == [1, 0, 0, 1, 0, 1, 1]
    assert second.strata is not None
    assert second.strata.tolist()[:6] == ["0 PA", "0 AP", "1 PA", "1 AP", "4 PA", "5 PA"]


def test_bands_begin_at_their_first_number() -> None:
    assert id_band(nih()).tolist() == ["0", "0", "1", "1", "4", "5", "5"]


@pytest.mark.parametrize(
    ("name", "films", "positive"),
    [
        ("all films", [0, 1, 2, 3, 4, 5, 6], [0, 3, 5, 6]),
        ("films read by radiologists, opacity against normal", [0, 1, 2, 3], [0, 1]),
        ("films read by radiologists, opacity against other abnormal", [0, 1, 4], [0, 1]),
        ("PA films read by radiologists", [0, 2, 4], [0]),
        ("AP films read by radiologists", [1, 3], [1]),
        ("PA films", [0, 2, 4, 5], [0, 5]),
        ("AP films", [1, 3], [3]),
    ],
)
def test_the_other_adult_questions(name: str, films: list[int], positive: list[int]) -> None:
    question = asked(nih(), name)
    assert places(question) == films
    assert np.flatnonzero(question.asked & (question.positive == 1)).tolist() == positive


@pytest.mark.parametrize(
    ("name", "films"),
    [
        ("all films", [0, 1, 2, 3]),
        ("bacterial pneumonia and normal films", [0, 1, 3]),
        ("viral pneumonia and normal films", [0, 2, 3]),
    ],
)
def test_the_children_s_questions(name: str, films: list[int]) -> None:
    question = asked(kermany(), name)
    assert places(question) == films
    assert question.label == TRAINED_ON["kermany"]
    assert question.positive.tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("films", [nih(), kermany()], ids=["nih", "kermany"])
def test_every_question_is_about_all_films_in_their_order(films: FilmSet) -> None:
    names = [(question.name, question.label) for question in questions(films)]
    assert len(set(names)) == len(names)
    for question in questions(films):
        assert question.asked.dtype == bool
        assert question.asked.shape == question.positive.shape == (len(films),)
        assert set(question.positive.tolist()) <= {0, 1}


def test_another_model_s_scores_by_the_film_s_sure_name(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    with gzip.open(tmp_path / "labels" / "reproduce_chexnet_preds.csv.gz", "wt", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("Image Index", "prob_Edema", "prob_Pneumonia"))
        table.writerows([("a.png", 0.9, 0.25), ("c.png", 0.9, 0.5), ("d.png", 0.9, 0.125), ("z.png", 0.9, 1.0)])
    scores = chexnet_scores(nih(), tmp_path)
    assert scores is not None
    # Film c has a score, but that it is this film is not sure.
    np.testing.assert_array_equal(scores, [0.25, np.nan, np.nan, 0.125, np.nan, np.nan, np.nan])
    assert chexnet_scores(kermany(), tmp_path) is None
    assert chexnet_scores(nih(), tmp_path / "labels") is None
