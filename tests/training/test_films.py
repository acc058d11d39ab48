"""The films of a collection, laid out in one order."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.made import Row, persons, write_film, write_table
from wetread.errors import DataError
from wetread.training.config import DataConfig
from wetread.training.films import load_films, pixels
from wetread.training.run import development
from wetread.training.small.recipe import is_small
from wetread.training.tune import TuneRecipe, load_recipe
from wetread.truth import is_sealed, list_hash

NIH = DataConfig(
    collection="nih",
    index="made/index.csv",
    minimum_age=18,
    auxiliary=("Effusion", "Mass"),
    groups=("Pneumonia", "Edema"),
    exclude=("4.png",),
)
# Patient 1 and 13 are open, 100 is sealed; patient 2 shares a film's bytes with 100.
ROWS: list[Row] = [
    {"file": "0.png", "pneumonia": "1", "finding_labels": "Pneumonia|Mass", "age": "64.0", "patient_id": "1"},
    {"file": "1.png", "pneumonia": "0", "finding_labels": "No Finding", "age": "", "patient_id": "00000013"},
    {"file": "2.png", "pneumonia": "0", "finding_labels": "Edema", "age": "17.9", "patient_id": "13"},
    {"file": "3.png", "pneumonia": "0", "finding_labels": "Edema|Effusion", "age": "18.0", "patient_id": "100"},
    {"file": "4.png", "pneumonia": "0", "finding_labels": "Massive", "age": "50", "patient_id": "1"},
    {"file": "5.png", "pneumonia": "0", "finding_labels": "Massive", "age": "50", "patient_id": "1"},
]


def made(tmp_path: Path, rows: list[Row] = ROWS) -> Path:
    return write_table(tmp_path / "made", rows)


def changed(place: int, **values: Any) -> list[Row]:
    return [row | values if number == place else row for number, row in enumerate(ROWS)]


def test_films_in_the_order_of_their_table(tmp_path: Path) -> None:
    films = load_films(NIH, made(tmp_path))
    assert films.names == ("0.png", "1.png", "3.png", "5.png")
    assert len(films) == 4
    assert films.paths[0] == tmp_path / "made" / "0.png"
    assert films.patients == ("1", "13", "100", "1")
    assert films.is_sealed.tolist() == [False, False, True, False]
    assert films.collection == "nih"


def test_labels_are_pneumonia_then_the_others_then_the_group(tmp_path: Path) -> None:
    labels = load_films(NIH, made(tmp_path)).labels
    assert labels.dtype == np.float32
    # pneumonia, Effusion, Mass, any of Pneumonia and Edema: "Massive" is no "Mass"
    assert labels.tolist() == [[1, 0, 1, 1], [0, 0, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0]]


def test_without_auxiliary_labels_there_is_one(tmp_path: Path) -> None:
    plain = DataConfig(collection="nih", index="made/index.csv")
    films = load_films(plain, made(tmp_path))
    assert films.labels.shape == (6, 1)
    assert len(films) == 6, "no age limit, no film left out"


def test_columns_are_text(tmp_path: Path) -> None:
    films = load_films(NIH, made(tmp_path))
    assert films.column("age").tolist() == ["64.0", "", "18.0", "50"]


def test_taking_films_takes_all_that_belongs_to_them(tmp_path: Path) -> None:
    films = load_films(NIH, made(tmp_path))
    by_place, by_truth = films.take(np.array([2, 0])), films.take(films.is_sealed)
    assert by_place.names == ("3.png", "0.png")
    assert by_place.patients == ("100", "1")
    assert by_place.labels.tolist() == [[0, 1, 0, 1], [1, 0, 1, 1]]
    assert by_place.columns["age"] == ("18.0", "64.0")
    assert by_place.is_sealed.tolist() == [True, False]
    assert by_truth.names == ("3.png",)
    assert len(films.take(np.zeros(4, bool))) == 0


def test_persons_of_different_kinds_are_different_patients(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"file": f"{label}.png", "pneumonia": int(label != "NORMAL"), "label": label, "patient_id": "person1"}
        for label in ("NORMAL", "PNEUMONIA_VIRUS")
    ]
    films = load_films(DataConfig(collection="kermany", index="made/index.csv"), made(tmp_path, rows))
    assert films.patients == ("NORMAL/person1", "PNEUMONIA_VIRUS/person1")


def kermany(tmp_path: Path) -> Path:
    """Open person a with films 0 and 1, of which 1 has the bytes of a sealed person's film 2; open person b, film 3."""
    a, b = persons(sealed=False, label="NORMAL", count=2)
    (away,) = persons(sealed=True, label="NORMAL", count=1)
    rows: list[Row] = []
    for place, (person, seed) in enumerate([(a, 0), (a, 1), (away, 1), (b, 3)]):
        row = write_film(tmp_path / "made", f"{place}.png", seed, opaque=False)
        rows.append(row | {"pneumonia": 0, "label": "NORMAL", "patient_id": person})
    return made(tmp_path, rows)


def test_a_copy_of_a_sealed_film_is_sealed(tmp_path: Path) -> None:
    films = load_films(DataConfig(collection="kermany", index="made/index.csv"), kermany(tmp_path))
    assert films.is_sealed.tolist() == [False, True, True, False]
    assert not is_sealed("kermany", films.patients[1]), "by the bytes alone"


@pytest.mark.requirement("REQ-SEAL")
def test_development_holds_no_sealed_patient_and_no_copy(tmp_path: Path) -> None:
    """A patient one of whose films is a copy of a sealed one stands on neither side with the other films."""
    films = development(load_films(DataConfig(collection="kermany", index="made/index.csv"), kermany(tmp_path)))
    assert films.names == ("3.png",)
    assert not films.is_sealed.any()


WRONG = {
    "label": (changed(1, pneumonia="yes"), "film 1.png: pneumonia is 'yes', not 0 or 1"),
    "no label": (changed(1, pneumonia=""), "film 1.png: pneumonia is '', not 0 or 1"),
    "age": (changed(1, age="041Y"), "film 1.png: age is '041Y'"),
    "patient": (changed(1, patient_id="x13"), "film 1.png: patient_id is 'x13'"),
    "no patient": (changed(1, patient_id=""), "film 1.png: patient_id is ''"),
    "twice": (changed(1, file="0.png"), "film 0.png stands twice"),
    "nothing to exclude": (changed(4, file="6.png"), "leaves out 4.png, which is not in"),
}


@pytest.mark.parametrize(("rows", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_row_is_named(rows: list[Row], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        load_films(NIH, made(tmp_path, rows))


@pytest.mark.parametrize("column", ["file", "pneumonia", "patient_id", "age", "finding_labels"])
def test_a_missing_column_is_named(column: str, tmp_path: Path) -> None:
    rows = [{name: value for name, value in row.items() if name != column} for row in ROWS]
    with pytest.raises(DataError, match=rf"index.csv has no column .*{column}"):
        load_films(NIH, made(tmp_path, rows))


def test_a_missing_column_is_named_for_the_other_collection(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"index.csv has no column .*label"):
        load_films(DataConfig(collection="kermany", index="made/index.csv"), made(tmp_path))


def test_a_table_that_is_not_there_or_empty(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be opened"):
        load_films(NIH, tmp_path)
    made(tmp_path)
    table = tmp_path / "made" / "index.csv"
    table.write_text(table.read_text("utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="no rows"):
        load_films(NIH, tmp_path)
    table.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="is no table of text in UTF-8"):
        load_films(NIH, tmp_path)


def test_pictures_in_order_through_the_same_door(tmp_path: Path) -> None:
    for seed in range(5):
        write_film(tmp_path, f"{seed}.png", seed, opaque=seed % 2 == 1)
    found = pixels([tmp_path / f"{seed}.png" for seed in range(5)])
    assert len(found) == 5
    assert all(picture.dtype == np.float32 and picture.shape == (64, 64) for picture in found)
    np.testing.assert_array_equal(found[3], pixels([tmp_path / "3.png"])[0])
    assert found[1][38, 19] > found[0][38, 19] + 0.2


def test_a_film_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone.png cannot be read"):
        pixels([tmp_path / "gone.png"])
    (tmp_path / "text.png").write_text("no film", encoding="utf-8")
    with pytest.raises(DataError, match=r"text.png cannot be read"):
        pixels([tmp_path / "text.png"])


def test_the_seal_s_lists_hold_what_the_recipes_seal(shared_data: Path) -> None:
    """The published lists are those that the rule gives on the real tables today."""
    root = Path(__file__).resolve().parents[2]
    for path in sorted((root / "configs").glob("*.toml")):
        if is_small(path):  # its collection's own test side is kept away instead
            continue
        config = load_recipe(path)
        if isinstance(config, TuneRecipe):  # reads its table otherwise, and keeps the same patients away
            continue
        films = load_films(config.data, shared_data)
        away = films.take(films.is_sealed)
        published = json.loads((root / "data_splits" / f"{config.data.collection}.json").read_text("utf-8"))
        assert published["patients"] == sorted(set(away.patients))
        assert published["films_sha256"] == list_hash(away.names)
        kept = development(films)
        assert not set(kept.patients) & set(published["patients"])
        assert len(kept) > 4 * len(away)


def test_a_moved_collection_is_found(tmp_path: Path) -> None:
    made(tmp_path / "here")
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    assert load_films(NIH, tmp_path / "there").names == load_films(NIH, tmp_path / "here").names
