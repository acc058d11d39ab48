"""`wetread evaluate` and `wetread compare`: a whole report or none, and a clear word on what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evaluation.films_scored import course_batch, films
from wetread.cli import main
from wetread.collections import list_hash
from wetread.evaluation import Scored

QUICK = ["--resamples", "50"]


def table(folder: Path, name: str, scored: Scored, *, labels: bool = True) -> Path:
    head = ["film_id", "score", *(["patient_id", "label", "view", "finding"] if labels else [])]
    rows = [",".join(head)]
    for i in range(len(scored)):
        row = [scored.film[i], f"{scored.score[i]:.6f}"]
        if labels:
            row += [
                scored.patient[i],
                str(int(scored.label[i])),
                "PA" if i % 3 else "AP",
                "Effusion|Mass" if i % 2 else "No Finding",
            ]
        rows.append(",".join(row))
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def toy() -> Scored:
    return films(300)


@pytest.fixture
def scores(toy: Scored, tmp_path: Path) -> Path:
    return table(tmp_path, "scores.csv", toy)


def evaluated(scores: Path, *more: str) -> int:
    return main(["evaluate", "--scores", str(scores), "--out", str(scores.parent / "report"), *QUICK, *more])


@pytest.mark.requirement("REQ-EVALUATION-REPORT")
def test_a_report_is_written(scores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        evaluated(
            scores,
            "--group",
            "view",
            "--findings",
            "finding",
            "--probabilities",
            "--seed",
            "3",
            "--prevalence",
            "0.02",
            "--labels-right",
            "0.9",
            "0.95",
        )
        == 0
    )
    out = scores.parent / "report"
    assert sorted(file.name for file in out.iterdir()) == ["evaluation.json", "figures", "report.html"]
    read = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
    assert read["films"]["films"] == 300
    assert read["settings"]["seed"] == 3
    assert [at["prevalence"] for at in read["cuts"][0]["applied"]["worth"]["stated"]] == [0.02]
    assert {kind["name"] for kind in read["negatives"]["against"]} == {"Effusion", "Mass", "No Finding"}
    assert [covariate["name"] for covariate in read["groups"]["covariates"]] == ["view"]
    assert read["reliability"] is not None
    assert read["label_errors"]["reference"] == {"ppv": 0.9, "npv": 0.95}
    assert "scores.csv, SHA-256" in read["about"]["Scores"]
    films = [line.split(",")[0] for line in scores.read_text("utf-8").splitlines()[1:]]
    assert read["about"]["List of films (SHA-256)"] == list_hash(films)
    assert {file.suffix for file in (out / "figures").iterdir()} == {".svg", ".png"}
    said = capsys.readouterr().out
    assert "300 films of 150 patients" in said
    assert str(out / "report.html") in said


@pytest.mark.requirement("REQ-PREVALENCE")
def test_the_course_batch_is_loud(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluated(table(tmp_path, "scores.csv", course_batch())) == 0
    said = capsys.readouterr().out
    assert said.startswith("LOOK: This F1 is what calling every film positive gives\n")
    assert "best F1 0.817, of calling every film positive 0.815" in said


def test_tuning_films_choose_the_threshold(scores: Path, tmp_path: Path) -> None:
    other = films(300, seed=8)
    path = table(
        tmp_path,
        "tuning.csv",
        Scored(np.char.add("t", other.film), np.char.add("t", other.patient), other.label, other.score),
    )
    assert evaluated(scores, "--tuning-scores", str(path), "--rule", "sensitivity=0.9") == 0
    cut = json.loads((tmp_path / "report" / "evaluation.json").read_text(encoding="utf-8"))["cuts"][0]
    assert cut["stated"] is True
    assert cut["applied"]["tuned"]["tuned_on"] == "tuning.csv"
    assert cut["applied"]["tuned"]["target"] == 0.9
    assert cut["applied"]["overlap"] == {"same_list": False, "films": 0, "patients": 0}


def refused(scores: Path, status: int, why: str, capsys: pytest.CaptureFixture[str], *more: str) -> None:
    before = sorted(path.name for path in scores.parent.iterdir())
    assert evaluated(scores, *more) == status
    said = capsys.readouterr()
    assert why in said.err
    assert said.err.count("\n") < 4
    assert sorted(path.name for path in scores.parent.iterdir()) == before


def changed(scores: Path, row: int, column: int, value: str) -> Path:
    lines = scores.read_text(encoding="utf-8").splitlines()
    cells = lines[row].split(",")
    cells[column] = value
    lines[row] = ",".join(cells)
    scores.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return scores


BAD = {
    "a NaN score": (5, 1, "nan", 4, "row 6, column 'score': found 'nan'", ()),
    "no score": (5, 1, "", 4, "row 6, column 'score': found an empty cell", ()),
    "a label that is not binary": (5, 3, "2", 4, "row 6, column 'label': found '2', expected 1 or 0", ()),
    "an uncertain label": (5, 3, "-1", 4, "What is uncertain is decided by a reference standard first", ()),
    "a missing patient": (5, 2, "", 4, "row 6, column 'patient_id': found an empty cell", ()),
    "a film twice": (5, 0, "film0000", 4, "1 films stand there more than once, the first in rows 2 and 6", ()),
    "a score that is no probability": (5, 1, "1.2", 4, "found '1.2', expected a probability", ("--probabilities",)),
}


@pytest.mark.requirement("REQ-TABLES")
@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_is_refused(case: str, scores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row, column, value, status, why, more = BAD[case]
    refused(changed(scores, row, column, value), status, why, capsys, *more)


def test_columns_that_are_not_there(scores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(scores, 4, "no column 'logit'", capsys, "--score", "logit")
    refused(scores, 4, "no column 'person'", capsys, "--patient", "person")
    refused(scores, 4, "no column 'ward'", capsys, "--group", "ward")
    refused(scores, 4, "none.csv", capsys, "--labels", str(scores.parent / "none.csv"))


def test_one_class_only(scores: Path, toy: Scored, capsys: pytest.CaptureFixture[str]) -> None:
    table(scores.parent, "scores.csv", toy.where(toy.label))
    refused(scores, 4, "one class", capsys)


@pytest.mark.requirement("REQ-THRESHOLD")
def test_a_threshold_tuned_on_the_test_list(scores: Path, toy: Scored, capsys: pytest.CaptureFixture[str]) -> None:
    cut = ("--threshold", "0.4", "--tuned-on")
    refused(scores, 4, "override", capsys, *cut, str(scores))
    refused(scores, 4, "override", capsys, *cut, toy.list_hash)
    refused(scores, 4, "override", capsys, "--tuning-scores", str(scores))
    refused(scores, 2, "64 hexadecimal digits", capsys, *cut, str(scores.parent / "none"))
    assert evaluated(scores, *cut, str(scores), "--override", "only set there is") == 0
    assert "only set there is" in (scores.parent / "report" / "report.html").read_text(encoding="utf-8")
    assert "LOOK: A threshold is judged on films that it was tuned on" in capsys.readouterr().out


def test_patients_of_the_tuning_films_are_compared(
    scores: Path, toy: Scored, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    path = table(other, "tuning.csv", Scored(np.char.add("t", toy.film), toy.patient, toy.label, toy.score))
    refused(scores, 4, "150 patients on both sides", capsys, "--threshold", "0.4", "--tuned-on", str(path))


WRONG = [
    (["--override", "why"], "--override"),
    (["--tuned-on", "x"], "--tuned-on"),
    (["--rule", "youden"], "--rule"),
    (["--tuning-scores", "x", "--threshold", "1"], "one of them"),
    (["--split", "test"], "--collection"),
    (["--images", "x"], "--images"),
    (["--threshold", "nan"], "finite"),
    (["--prevalence", "1.5"], "between 0 and 1"),
    (["--rule", "best", "--tuning-scores", "x"], "no rule"),
    (["--rule", "youden=1", "--tuning-scores", "x"], "no number"),
    (["--labels-right", "1.2", "0.9"], "from 0 to 1"),
    (["--labels-right", "0.5", "0.5"], "says nothing of the truth"),
    (["--resamples", "-1"], "whole number"),
    (["--resamples", "0"], "resample"),
    (["--collection", "nih", "--group", "view"], "--group"),
    (["--positive", "YES"], "--positive"),
]


@pytest.mark.parametrize(("more", "why"), WRONG)
def test_wrong_usage_is_told(more: list[str], why: str, scores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(path.name for path in scores.parent.iterdir())
    assert evaluated(scores, *more) == 2
    assert why in capsys.readouterr().err
    assert sorted(path.name for path in scores.parent.iterdir()) == before


def test_scores_or_a_bundle(tmp_path: Path) -> None:
    assert main(["evaluate", "--out", str(tmp_path / "r")]) == 2
    assert main(["evaluate", "--bundle", "adult", "--out", str(tmp_path / "r")]) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.requirement("REQ-EVALUATION-REPORT")
def test_an_earlier_report_is_replaced_and_nothing_else(scores: Path) -> None:
    assert evaluated(scores, "--name", "First") == 0
    assert evaluated(scores, "--name", "Second") == 0
    out = scores.parent / "report"
    assert "<h1>Second</h1>" in (out / "report.html").read_text(encoding="utf-8")
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    assert evaluated(scores) == 2
    assert (out / "mine.txt").is_file()


def test_a_failure_while_writing_leaves_nothing(scores: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wetread.evaluation import Evaluation

    def full(_: object, figures: object = None) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Evaluation, "to_html", full)
    assert evaluated(scores) == 2
    assert [file.name for file in scores.parent.iterdir()] == ["scores.csv"]


HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)


def collection(folder: Path, count: int = 12) -> tuple[Path, Path]:
    """Films of noise under NIH's names, every third called ill; the last has no file."""
    images, rng, rows = folder / "images", np.random.default_rng(0), [HEADER]
    images.mkdir()
    for number in range(1, count + 1):
        name = f"{number:08}_000.png"
        rows.append(
            f"{name},{'No Finding' if number % 3 else 'Pneumonia|Edema'},0,{number},50,M,{'PA' if number % 2 else 'AP'},300,300,0.1,0.1"
        )
        if number < count:
            Image.fromarray(rng.integers(0, 255, (300, 300), dtype=np.uint8)).save(images / name)
    table = folder / "labels.csv"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return images, table


def test_a_bundle_scores_a_collection_first(models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    images, labels = collection(tmp_path)
    (images / "00000005_000.png").write_bytes(b"no picture")
    arguments = [
        "evaluate",
        "--bundle",
        str(models / "adult"),
        "--collection",
        "nih",
        "--images",
        str(tmp_path),
        "--labels",
        str(labels),
    ]
    assert (
        main([*arguments, "--out", str(tmp_path / "report"), *QUICK]) == 4
    )  # one film could not be read, the others are judged
    read = json.loads((tmp_path / "report" / "evaluation.json").read_text(encoding="utf-8"))
    assert read["films"]["films"] == 10
    told = " ".join(read["told"])
    for words in (
        "1 of 12 films with a label have no file",
        "1 of 11 films could not be read",
        "by the hash of their list alone",
    ):
        assert words in told
    assert read["cuts"][0]["stated"] is True
    assert read["cuts"][0]["applied"]["tuned"]["rule"].startswith("the card's: ")
    assert read["about"]["Model"].startswith("adult ")
    assert "Traceback" not in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------------- compare


def compared(first: Path, second: Path, *more: str) -> int:
    return main(["compare", str(first), str(second), "--out", str(first.parent / "comparison"), *QUICK, *more])


def test_two_tables_are_compared(scores: Path, toy: Scored, capsys: pytest.CaptureFixture[str]) -> None:
    worse = Scored(toy.film, toy.patient, toy.label, np.random.default_rng(0).uniform(size=300))
    second = table(scores.parent, "worse.csv", worse, labels=False)
    assert compared(scores, second, "--thresholds", "0.5", "0.5") == 0
    out = scores.parent / "comparison"
    assert sorted(file.name for file in out.iterdir()) == ["comparison.json", "figures", "report.html"]
    read = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert read["names"] == ["scores", "worse"]
    assert read["thresholds"] == [0.5, 0.5]
    assert "difference" in capsys.readouterr().out


def test_tables_of_other_films(scores: Path, toy: Scored, capsys: pytest.CaptureFixture[str]) -> None:
    fewer = table(scores.parent, "fewer.csv", toy.where(np.arange(290)), labels=False)
    assert compared(scores, fewer) == 4
    assert "10 of them stand in one table alone" in capsys.readouterr().err
    assert not (scores.parent / "comparison").exists()
    assert compared(scores, fewer, "--common") == 0
    read = json.loads((scores.parent / "comparison" / "comparison.json").read_text(encoding="utf-8"))
    assert read["films"]["films"] == 290
    assert "10 films that only one of them scored were left out" in read["told"]
    assert compared(scores, scores, "--second-score", "logit") == 4


# ----------------------------------------------------------------------------------------------------- real films


def test_a_chexnet_reproduction(shared_data: Path, tmp_path: Path) -> None:
    labels = shared_data / "labels"
    out = tmp_path / "report"
    arguments = [
        "evaluate", "--scores", str(labels / "reproduce_chexnet_preds.csv.gz"), "--film", "Image Index", "--score", "prob_Pneumonia",
        "--probabilities", "--collection", "nih", "--labels", str(labels / "Data_Entry_2017_v2020.csv.gz"), "--out", str(out), "--resamples", "200",
    ]  # fmt: skip
    assert main(arguments) == 0
    page = (out / "report.html").read_text(encoding="utf-8").replace("\u202f", " ")
    first = page[: page.index('class="part"')]
    for words in (
        "22,433 films of 6,187 patients", "AUROC 0.762", "Average precision 0.044", "any threshold reaches here is 0.096",
        "consolidation, edema, effusion or atelectasis) the AUROC is 0.645", "without any finding it is 0.830", "By view: AP 0.753", "PA 0.737",
    ):  # fmt: skip
        assert words in first, words
    assert re.search(r"Scores run from \S+ to 0\.202 and", page)
