"""Scores and labels from tables as people have them: joined and counted, or refused with file, row and column."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from wetread.cli.inputs import Columns, Joined, joined, labels_of_collection, labels_of_table, scores_of_table
from wetread.errors import DataError, UsageError

SCORES = "film_id,score\na.png,0.9\nb.png,0.2\nc.png,0.4\n"
LABELS = "film_id,patient_id,label,sex,age,finding\na.png,1,1,F,3,Edema|Pneumonia\nb.png,1,0,M,44,No Finding\nc.png,2,0,,80,\n"


PLAIN = Columns()


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    content = text.encode(encoding)
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def both(scores: Path, labels: Path, columns: Columns = PLAIN, **more: bool) -> Joined:
    first, told = scores_of_table(scores, columns, **more)
    second, notes = labels_of_table(labels, columns)
    found = joined(first, second, name="toy", probabilities=more.get("probabilities", False))
    return Joined(found.scored, found.findings, (*told, *notes, *found.told))


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    return written(tmp_path, "scores.csv", SCORES)


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return written(tmp_path, "labels.csv", LABELS)


def test_both_tables_become_films(scores: Path, labels: Path) -> None:
    found = both(scores, labels, Columns(groups=("sex",), age="age", findings="finding"))
    films = found.scored
    assert films.film.tolist() == ["a.png", "b.png", "c.png"]
    assert films.patient.tolist() == ["1", "1", "2"]
    assert films.label.tolist() == [True, False, False]
    assert films.score.tolist() == [0.9, 0.2, 0.4]
    assert {name: values.tolist() for name, values in films.groups.items()} == {
        "sex": ["F", "M", ""], "age band": ["0-17", "40-59", "80 and over"],
    }  # fmt: skip
    assert {name: mask.tolist() for name, mask in found.findings.items()} == {
        "Edema": [True, False, False], "No Finding": [False, True, False],
    }  # fmt: skip
    assert found.told == ()


ENCODINGS = {
    "gzipped": ("scores.csv.gz", "utf-8"),
    "with a byte order mark": ("scores.csv", "utf-8-sig"),
    "UTF-16": ("scores.csv", "utf-16"),
    "latin-1": ("scores.csv", "latin-1"),
}


@pytest.mark.parametrize("case", ENCODINGS)
def test_encodings(case: str, tmp_path: Path) -> None:
    name, encoding = ENCODINGS[case]
    accented = "é" if encoding == "latin-1" else ""
    path = written(tmp_path, name, SCORES.replace("a.png", f"{accented}a.png"), encoding)
    films, _ = scores_of_table(path, Columns())
    assert films["film"].to_list() == [f"{accented}a.png", "b.png", "c.png"]
    assert films["score"].to_list() == [0.9, 0.2, 0.4]


def test_parquet_is_the_same(tmp_path: Path, scores: Path, labels: Path) -> None:
    first, second = tmp_path / "s.parquet", tmp_path / "l.parquet"
    pl.read_csv(scores).write_parquet(first)
    listed = pl.col("finding").str.split("|")
    pl.read_csv(labels).with_columns(listed, label=pl.col("label") == 1).write_parquet(second)
    columns = Columns(groups=("sex",), findings="finding")
    ours, theirs = both(first, second, columns), both(scores, labels, columns)
    assert ours.scored.label.tolist() == theirs.scored.label.tolist()
    assert ours.scored.score.tolist() == theirs.scored.score.tolist()
    assert ours.scored.list_hash == theirs.scored.list_hash
    assert {name: mask.tolist() for name, mask in ours.findings.items()} == {
        name: mask.tolist() for name, mask in theirs.findings.items()
    }


def test_parquet_refuses_the_same(tmp_path: Path) -> None:
    path = tmp_path / "s.parquet"
    pl.DataFrame({"film_id": ["a", "b"], "score": [0.1, float("nan")]}).write_parquet(path)
    with pytest.raises(DataError, match=r"row 3, column 'score'"):
        scores_of_table(path, Columns())
    with pytest.raises(DataError, match="no column 'probability'"):
        scores_of_table(path, Columns(score="probability"))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="cannot be read as parquet"):
        scores_of_table(path, Columns())


def test_films_that_fall_out_are_counted(tmp_path: Path, labels: Path) -> None:
    scores = written(tmp_path, "scores.csv", SCORES.replace("c.png", "z.png") + "y.png,\n")
    found = both(scores, labels, leave_out=True)
    assert found.scored.film.tolist() == ["a.png", "b.png"]
    assert found.told == (
        "1 of 4 films of scores.csv have no score and were left out",
        "1 of 3 films with a score have no label and were left out",
        "1 of 3 films with a label have no score and are not in this evaluation",
    )


def test_names_are_joined_without_folders_where_nothing_else_fits(tmp_path: Path, labels: Path) -> None:
    scores = written(tmp_path, "scores.csv", "film_id,score\nx/a.jpg,0.9\nx/b.jpg,0.2\n")
    found = both(scores, labels)
    assert found.scored.film.tolist() == ["a", "b"]
    assert "without folders" in found.told[0]
    twice = written(tmp_path, "scores.csv", "film_id,score\nx/a.jpg,0.9\ny/a.jpg,0.2\n")
    with pytest.raises(DataError, match="name some films twice"):
        both(twice, labels)


def test_nothing_in_common_is_refused(tmp_path: Path, labels: Path) -> None:
    with pytest.raises(DataError, match="none of 1 films with a score"):
        both(written(tmp_path, "scores.csv", "film_id,score\nq,0.9\n"), labels)


def test_words_as_labels(tmp_path: Path, scores: Path) -> None:
    words = LABELS.replace(",1,1,", ",1,PNEUMONIA,").replace(",1,0,", ",1,NORMAL,").replace(",2,0,", ",2,NORMAL,")
    labels = written(tmp_path, "labels.csv", words)
    with pytest.raises(DataError, match=r"row 2, column 'label': found 'PNEUMONIA', expected 1 or 0.*--positive"):
        both(scores, labels)
    assert both(scores, labels, Columns(positive="PNEUMONIA")).scored.label.tolist() == [True, False, False]
    with pytest.raises(UsageError, match="holds 'NORMAL', 'PNEUMONIA'"):
        both(scores, labels, Columns(positive="pneumonia"))
    third = written(tmp_path, "labels.csv", words.replace(",2,NORMAL,", ",2,UNSURE,"))
    with pytest.raises(UsageError, match="one other; it holds 'NORMAL', 'PNEUMONIA', 'UNSURE'"):
        both(scores, third, Columns(positive="PNEUMONIA"))


SCORES_REFUSED = {
    "a score that is NaN": (SCORES.replace("0.2", "NaN"), r"row 3, column 'score': found 'NaN'.*--leave-out-unscored"),
    "no score": (SCORES.replace("0.2", ""), r"row 3, column 'score': found an empty cell"),
    "an infinite score": (SCORES.replace("0.2", "inf"), r"row 3, column 'score': found 'inf', expected a finite"),
    "a decimal comma": (SCORES.replace("0.2", '"0,2"'), r"row 3, column 'score': found '0,2'"),
    "a film twice": (SCORES + "a.png,0.1\n", r"column 'film_id': 1 films stand there more than once, .*rows 2 and 5"),
    "a film without a name": (SCORES.replace("b.png", " "), r"row 3, column 'film_id'"),
    "no column of scores": (SCORES.replace("score", "logit"), r"no column 'score'"),
    "semicolons": (SCORES.replace(",", ";"), r"separated by semicolons|no column"),
    "nothing": ("", "is empty"),
}


@pytest.mark.parametrize("case", SCORES_REFUSED)
def test_scores_that_are_refused(case: str, tmp_path: Path) -> None:
    text, why = SCORES_REFUSED[case]
    with pytest.raises(DataError, match=why):
        scores_of_table(written(tmp_path, "scores.csv", text), Columns())


def test_scores_called_probabilities(tmp_path: Path) -> None:
    path = written(tmp_path, "scores.csv", SCORES.replace("0.2", "-1.2"))
    assert scores_of_table(path, Columns())[0]["score"].to_list() == [0.9, -1.2, 0.4]
    with pytest.raises(DataError, match=r"row 3, column 'score': found '-1.2', expected a probability"):
        scores_of_table(path, Columns(), probabilities=True)


LABELS_REFUSED = {
    "a label that is neither": (LABELS.replace(",1,0,", ",1,2,"), r"row 3, column 'label': found '2'"),
    "no label": (LABELS.replace(",1,0,", ",1,,"), r"row 3, column 'label': found an empty cell"),
    "no patient": (LABELS.replace("b.png,1,", "b.png,,"), r"row 3, column 'patient_id'.*--each-film-its-own-patient"),
    "no column of patients": (LABELS.replace("patient_id", "case"), r"no column 'patient_id'"),
    "a film twice": (LABELS + "a.png,1,1,,,\n", r"rows 2 and 5"),
    "an age that is none": (LABELS.replace(",44,", ",old,"), r"row 3, column 'age': found 'old'"),
}


@pytest.mark.parametrize("case", LABELS_REFUSED)
def test_labels_that_are_refused(case: str, tmp_path: Path) -> None:
    text, why = LABELS_REFUSED[case]
    with pytest.raises(DataError, match=why):
        labels_of_table(written(tmp_path, "labels.csv", text), Columns(age="age"))


def test_a_refusal_names_no_film_and_no_patient(tmp_path: Path) -> None:
    labels = LABELS.replace("a.png,1", "SECRET.png,HIDDEN") + "SECRET.png,HIDDEN,1,,,\n"
    with pytest.raises(DataError) as error:
        labels_of_table(written(tmp_path, "labels.csv", labels), Columns())
    assert "SECRET" not in str(error.value)
    assert "HIDDEN" not in str(error.value)


def test_too_many_groups(tmp_path: Path) -> None:
    rows = "".join(f"f{n},p{n},{n % 2},{n}\n" for n in range(60))
    with pytest.raises(UsageError, match="60 different values"):
        labels_of_table(
            written(tmp_path, "l.csv", f"film_id,patient_id,label,serial\n{rows}"), Columns(groups=("serial",))
        )


def test_films_of_their_own_patients(tmp_path: Path, scores: Path) -> None:
    labels = written(tmp_path, "labels.csv", LABELS.replace("patient_id", "other"))
    assert both(scores, labels, Columns(own_patient=True)).scored.patients == 3


def test_a_collection(tmp_path: Path) -> None:
    head = (
        "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
        "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
    )
    rows = [
        "00000001_000.png,Pneumonia|Edema,0,1,57,M,PA,2682,2749,0.143,0.143",
        "00000002_000.png,No Finding,0,2,17,F,AP,2894,2729,0.143,0.143",
        "00000003_000.png,Pneumonia,0,3,85,F,AP,2894,2729,0.143,0.143",
    ]
    labels = written(tmp_path, "l.csv", "\n".join([head, *rows]) + "\n")
    films, _ = labels_of_collection("nih", labels, labels)
    scores = pl.DataFrame({"film": ["00000001_000", "00000002_000", "00000003_000"], "score": [0.5, 0.4, 0.3]})
    found = joined(scores, films, name="toy")
    assert found.scored.label.tolist() == [True, False, True]
    assert found.scored.groups["view"].tolist() == ["PA", "AP", "AP"]
    assert found.scored.groups["sex"].tolist() == ["male", "female", "female"]
    assert found.scored.groups["age band"].tolist() == ["40-59", "0-17", "80 and over"]
    assert {name: mask.tolist() for name, mask in found.findings.items()} == {
        "Edema": [True, False, False], "No Finding": [False, True, False],
    }  # fmt: skip
    assert all(mask.dtype == np.bool_ for mask in found.findings.values())
