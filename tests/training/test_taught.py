"""Soft targets from another network's scores: whose scores reach whom."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError
from wetread.training import load_films
from wetread.training.config import DataConfig
from wetread.training.taught import targets
from wetread.truth import is_sealed

SEALED = next(str(number) for number in range(1, 99) if is_sealed("nih", str(number)))
OPEN = [str(number) for number in range(1, 999) if not is_sealed("nih", str(number))]
MINE, OTHERS = OPEN[:3], OPEN[3:303]
CONFIG = DataConfig(
    collection="nih", index="i.csv", taught=("Pneumonia", "Edema"), teacher="scores.csv.gz", reports="reports.csv"
)
Tables = Callable[..., Path]


def odds(value: float) -> str:
    """The probability whose log-odds are `value`."""
    return repr(float(1 / (1 + np.exp(-value))))


def film(patient: str, *, known: bool = True, findings: str = "No Finding", pneumonia: str = "0") -> dict[str, str]:
    return {
        "image_index": f"{patient}.png",
        "name_known": str(known),
        "finding_labels": findings,
        "pneumonia": pneumonia,
    }


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    """A function that writes both tables: a film of each other patient, and one for each of `mine`.

    Every second other film has pneumonia in its report, and log-odds of 1 against -1 for it; half of those 0.5 more.
    Log-odds of edema are three times as large and say the same.
    """

    def write(mine: dict[str, float], *, others: int = 300, mark: str = "Pneumonia") -> Path:
        seen = {patient: (place % 2 * 2 - 1) + 0.5 * (place % 4 > 1) for place, patient in enumerate(OTHERS[:others])}
        report = {patient: "Pneumonia" if place % 2 else "No Finding" for place, patient in enumerate(OTHERS)}
        with gzip.open(tmp_path / "scores.csv.gz", "wt", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["Image Index", f"prob_{mark}", "prob_Edema"])
            table.writerows([f"{name}.png", odds(value), odds(3 * value)] for name, value in {**seen, **mine}.items())
        with (tmp_path / "reports.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["Image Index", "Finding Labels", "Patient ID"])
            table.writerows([f"{name}.png", report.get(name, "Pneumonia"), name] for name in {**seen, **mine})
        return tmp_path

    return write


def found(data: Path, rows: list[dict[str, str]], patients: list[str]) -> NDArray[np.float32]:
    return targets(CONFIG, rows, patients, data)


def test_a_scored_film_gets_its_own_score_and_another_what_its_findings_are_worth(tables: Tables) -> None:
    data = tables({MINE[0]: 0.75})
    rows = [film(MINE[0]), film(MINE[1]), film(MINE[2], pneumonia="1")]
    own, without, with_pneumonia = found(data, rows, MINE)
    # Others: -1, 1, -0.5 and 1.5 equally often.
    mean, spread = 0.25, np.sqrt(np.mean(np.square(np.array([-1.25, 0.75, -0.75, 1.25]))))
    assert own == pytest.approx((0.75 - mean) / spread, abs=1e-4)
    assert without == pytest.approx((-0.75 - mean) / spread, abs=0.1)
    assert with_pneumonia == pytest.approx((1.25 - mean) / spread, abs=0.1)


def test_a_score_under_an_inferred_name_is_not_believed(tables: Tables) -> None:
    data = tables({MINE[0]: 4.0})
    sure, inferred = (found(data, [film(MINE[0], known=known)], MINE[:1])[0] for known in (True, False))
    assert sure > 3
    assert inferred < -0.5


def test_no_film_of_the_recipe_s_or_of_a_sealed_patient_reaches_the_regression(tables: Tables) -> None:
    rows = [film(MINE[0]), film(MINE[1])]
    before = found(tables({}), rows, MINE[:2])
    after = found(tables({MINE[0]: 5.0, SEALED: 50.0}), rows, MINE[:2])
    assert before[1] == after[1]
    assert before[0] != after[0], "its own score does reach its own target"
    assert found(tables({MINE[0]: 5.0}), rows[1:], MINE[1:2])[0] != before[1], "another patient's score reaches it"


def test_a_sealed_film_has_no_target(tables: Tables) -> None:
    soft = found(tables({SEALED: 1.0}), [film(SEALED), film(MINE[0])], [SEALED, MINE[0]])
    assert np.isnan(soft).tolist() == [True, False]


def test_a_score_of_nought_is_as_sure_as_can_be_and_no_surer(tables: Tables) -> None:
    data = tables({MINE[0]: -200.0, MINE[1]: -40.0})
    soft = found(data, [film(MINE[0]), film(MINE[1])], MINE[:2])
    assert np.isfinite(soft).all()
    assert soft[0] == soft[1]


def test_tables_that_cannot_teach(tables: Tables, tmp_path: Path) -> None:
    row, mine = [film(MINE[0])], MINE[:1]
    with pytest.raises(DataError, match=r"scores 99 films of other patients than the recipe's; 100 are needed"):
        found(tables({MINE[0]: 1.0}, others=99), row, mine)
    with pytest.raises(DataError, match=r"scores.csv.gz has no column prob_Pneumonia"):
        found(tables({}, mark="Hernia"), row, mine)
    data = tables({})
    with gzip.open(data / "scores.csv.gz", "at", encoding="utf-8") as file:
        file.write("1.png,much,0.5\n")
    with pytest.raises(DataError, match=r"film 1.png: a score is no number"):
        found(data, row, mine)
    data = tables({})
    with (data / "reports.csv").open("a", encoding="utf-8") as file:
        file.write("1.png,No Finding,P1\n")
    with pytest.raises(DataError, match=r"film 1.png: Patient ID is 'P1', not a number"):
        found(data, row, mine)
    (data / "scores.csv.gz").write_bytes(b"no gzip")
    with pytest.raises(DataError, match=r"scores.csv.gz cannot be read"):
        found(data, row, mine)
    (data / "scores.csv.gz").unlink()
    with pytest.raises(DataError, match=r"scores.csv.gz cannot be read"):
        found(data, row, mine)


def test_a_film_set_holds_the_soft_target_beside_the_label(tables: Tables) -> None:
    data = tables({MINE[0]: 0.75})
    rows = [film(MINE[0]), film(MINE[1], findings="Pneumonia", pneumonia="1"), film(SEALED)]
    patients = [MINE[0], MINE[1], SEALED]
    with (data / "i.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, ["file", "patient_id", *rows[0]])
        table.writeheader()
        table.writerows(
            {"file": f"{name}.png", "patient_id": name, **row} for name, row in zip(patients, rows, strict=True)
        )
    films = load_films(CONFIG, data)
    assert films.labels[:, 0].tolist() == [0, 1, 0]
    np.testing.assert_array_equal(films.labels[:, 1], found(data, rows, patients))
    assert load_films(replace(CONFIG, taught=(), teacher="", reports=""), data).labels.shape == (3, 1)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"taught": ()}, "belong together"),
        ({"teacher": ""}, "belong together"),
        ({"reports": ""}, "belong together"),
        ({"collection": "kermany"}, "collection nih"),
        ({"groups": ("Edema",)}, "takes the place of groups"),
    ],
)
def test_a_teacher_needs_all_its_parts(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        replace(CONFIG, **wrong)
