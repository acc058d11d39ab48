"""From a collection to films with labels and sides."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from training.films import spec, write_films
from wetread.errors import ConfigError, DataError, LeakError
from wetread.training.table import load_table
from wetread.truth import is_sealed, split_by_patient


def test_films_have_labels_sides_and_units(tmp_path: Path) -> None:
    table = load_table(spec(), write_films(tmp_path, 16, per_patient=2))
    assert table.films == tuple(f"film{number}.png" for number in range(16))
    assert table.outputs == ("pneumonia",)
    assert table.labels.dtype == np.float32
    assert table.labels[:, 0].tolist() == [0, 0, 1, 1] * 4
    assert table.paths[3] == tmp_path / "own" / "film3.png"
    assert all(table.sides[one] == table.sides[one + 1] for one in range(0, 16, 2))
    assert sorted(set(table.sides)) == ["train", "tune"]
    assert table.rows["split"].to_list() == table.sides.tolist()
    assert table.counts()["train"]["labels"]["pneumonia"] == {"positive": 4, "negative": 4, "unsaid": 0}


def test_many_outputs_are_findings_and_any_of_several(tmp_path: Path) -> None:
    data = write_films(tmp_path, 16)
    table = load_table(spec(outputs=("pneumonia", "mass", "Mass|Edema"), seed=3), data)
    mass = [float(number % 2 == 1 and number % 3 == 0) for number in range(16)]
    assert table.labels[:, 1].tolist() == mass
    assert table.labels[:, 2].tolist() == table.labels[:, 0].tolist()
    assert load_table(spec(outputs=("*",), seed=3), data).outputs == ("Edema", "Mass")


def test_a_misspelt_finding_is_told_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no film has the finding 'masss' .*findings here: Edema, Mass"):
        load_table(spec(outputs=("pneumonia", "masss")), write_films(tmp_path))


def test_missing_labels_are_refused_left_out_or_masked(tmp_path: Path) -> None:
    data = write_films(tmp_path, 16, changes={3: {"label": ""}, 5: {"label": "", "findings": ""}})
    outputs = ("pneumonia", "Edema")
    with pytest.raises(DataError, match=r"2 of 16 films lack a label, the first of them film3.png \(pneumonia\)"):
        load_table(spec(outputs=outputs), data)
    out = load_table(spec(outputs=outputs, missing="leave-out"), data)
    assert (len(out), out.left_out) == (14, {"no label": 2})
    masked = load_table(spec(outputs=outputs, missing="mask"), data)
    assert (len(masked), masked.left_out) == (15, {"no label": 1})
    assert np.isnan(masked.labels[masked.films.index("film3.png")]).tolist() == [True, False]


def test_no_label_at_all_is_no_table(tmp_path: Path) -> None:
    data = write_films(tmp_path, 8, changes={number: {"label": ""} for number in range(8)})
    with pytest.raises(DataError, match="no film has a label for pneumonia"):
        load_table(spec(missing="leave-out"), data)


def test_one_class_only_stops_before_anything_is_read(tmp_path: Path) -> None:
    data = write_films(tmp_path, 8, changes={number: {"label": "0"} for number in range(8)})
    with pytest.raises(DataError, match=r"no film of the side 'train' is positive for 'pneumonia' \(4 films\)"):
        load_table(spec(), data)


def test_only_the_first_output_must_be_there_to_tune_on(tmp_path: Path) -> None:
    changes = {number: {"findings": "Hernia" if number == 1 else "Edema", "split": "train"} for number in (1, 3)}
    data = write_films(tmp_path, 16, changes=changes)
    table = load_table(spec(split="official", outputs=("pneumonia", "Hernia")), data)
    assert table.counts()["tune"]["labels"]["Hernia"]["positive"] == 0
    with pytest.raises(DataError, match="side 'tune' is positive for 'Hernia'"):
        load_table(spec(split="official", outputs=("Hernia", "pneumonia")), data)


def test_films_are_left_out_for_a_reason_that_is_counted(tmp_path: Path) -> None:
    changes = {0: {"age": "7"}, 1: {"view": "LATERAL"}, 2: {"view": ""}, 3: {"age": ""}}
    data = write_films(tmp_path, 16, changes=changes)
    (tmp_path / "own" / "film4.png").unlink()
    table = load_table(spec(minimum_age=18, views=("PA", "AP"), exclude=("film5.png",), seed=1), data)
    assert table.left_out == {"excluded by name": 1, "no file": 1, "younger than 18 years": 1, "view not PA or AP": 2}
    assert "film3.png" in table.films
    with pytest.raises(ConfigError, match=r"exclude names nobody\.png"):
        load_table(spec(exclude=("nobody.png",)), data)


def test_sealed_patients_and_copies_of_their_films_are_left_out(tmp_path: Path) -> None:
    away = next(f"p{number}" for number in range(100) if is_sealed("nih", f"p{number}"))
    same = {"sha256": "a" * 64}
    changes = {number: {"patient_id": f"open{number}"} for number in range(16)}
    changes[2] = {"patient_id": away} | same
    changes[6] |= same
    changes[8] = {"patient_id": changes[6]["patient_id"]}
    sealed = sum(is_sealed("nih", f"open{number}") for number in range(16) if number not in (2, 8))
    table = load_table(spec(seal="nih"), write_films(tmp_path, 16, changes=changes))
    assert not {"film2.png", "film6.png", "film8.png"} & set(table.films)
    assert table.left_out["sealed"] >= 3
    assert table.left_out["sealed"] <= 3 + sealed


def test_patients_with_the_same_file_are_one_unit(tmp_path: Path) -> None:
    same = {"sha256": "b" * 64}
    data = write_films(tmp_path, 16, changes={1: same, 9: same})
    for seed in range(6):
        table = load_table(spec(seed=seed), data)
        assert table.units[1] == table.units[9]
        assert table.sides[1] == table.sides[9]
        fold = table.folds(4, seed)
        assert fold[1] == fold[9]


def test_folds_keep_units_together_and_leave_the_test_side_out(tmp_path: Path) -> None:
    data = write_films(tmp_path, 24, per_patient=2)
    table = load_table(spec(shares=(0.5, 0.25, 0.25)), data)
    fold = table.folds(3)
    assert set(fold[table.sides == "test"]) == {-1}
    assert set(fold[table.sides != "test"]) == {0, 1, 2}
    assert all(fold[one] == fold[one + 1] for one in range(0, 24, 2))


def test_an_official_split_is_kept_and_its_earlier_side_gives_way(tmp_path: Path) -> None:
    same = {"sha256": "c" * 64}
    data = write_films(tmp_path, 16, changes={0: same, 12: same})
    table = load_table(spec(split="official"), data)
    assert table.left_out == {"patient with a copy of a held-out film": 1}
    assert "film0.png" not in table.films
    assert [film for film, side in zip(table.films, table.sides, strict=True) if side == "tune"] == [
        f"film{number}.png" for number in range(12, 16)
    ]


def test_an_official_training_side_gives_up_a_share_for_tuning(tmp_path: Path) -> None:
    changes = {number: {"split": "train_val" if number < 16 else "test"} for number in range(20)}
    table = load_table(spec(split="official", shares=(0.75, 0.25, 0.0)), write_films(tmp_path, 20, changes=changes))
    assert {side: told["films"] for side, told in table.counts().items()} == {"train": 12, "tune": 4, "test": 4}


def test_an_official_split_that_parts_a_patient_is_refused(tmp_path: Path) -> None:
    data = write_films(tmp_path, 16, changes={0: {"patient_id": "p15"}})
    with pytest.raises(LeakError, match="stands on two sides"):
        load_table(spec(split="official"), data)


def test_a_saved_split_is_followed(tmp_path: Path) -> None:
    data = write_films(tmp_path, 16)
    first = load_table(spec(), data)
    saved = split_by_patient(first.rows.head(15), shares={"train": 0.6, "tune": 0.4}, seed=5)
    saved.save(tmp_path / "split")
    table = load_table(spec(split="split"), data)
    assert table.left_out == {"not in the split": 1}
    assert dict(zip(table.films, table.sides.tolist(), strict=True)) == dict(
        saved.films.select("film_id", "side").rows()
    )


def test_a_split_without_a_side_to_tune_on_is_refused(tmp_path: Path) -> None:
    first = load_table(spec(), write_films(tmp_path, 16))
    split_by_patient(first.rows, shares={"train": 0.6, "test": 0.4}).save(tmp_path / "split")
    with pytest.raises(DataError, match=r"has the sides test, train; needed are train \(or train_val\) and tune"):
        load_table(spec(split="split"), tmp_path)


def test_the_hash_tells_labels_and_sides_apart_and_no_order(tmp_path: Path) -> None:
    data = write_films(tmp_path, 16)
    table = load_table(spec(), data)
    assert table.take(np.arange(16)[::-1]).sha256() == table.sha256()
    other = load_table(spec(seed=9), data)
    assert other.sides.tolist() != table.sides.tolist()
    assert other.sha256() != table.sha256()
    table.labels[0, 0] = np.nan
    assert table.sha256() != load_table(spec(), data).sha256()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"collection": "mine"}, "collection is 'mine', not one of nih,"),
        ({"missing": "guess"}, "missing is 'guess'"),
        ({"copies": "no"}, "copies is 'no'"),
        ({"seal": "rsna"}, "seal is 'rsna', not one of empty, nih, kermany"),
        ({"root": ""}, "root names a collection's folder"),
        ({"outputs": ()}, "outputs are one or more different names"),
        ({"outputs": ("a", "a")}, "outputs are one or more different names"),
        ({"columns": ("label",)}, "columns are written as ours=theirs"),
        ({"shares": (0.8, 0.1, 0.0)}, "sum to 1"),
        ({"shares": (1.0, 0.0, 0.0)}, "the first two above 0"),
    ],
)
def test_a_recipe_that_contradicts_itself_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        spec(**change)


def test_the_shared_nih_films_have_fourteen_findings(shared_data: Path) -> None:
    table = load_table(
        spec(
            collection="nih", root="nih_384", labels="labels/Data_Entry_2017_v2020.csv.gz", outputs=("*",), seal="nih",
            shares=(0.8, 0.2, 0.0),
        ),
        shared_data,
    )  # fmt: skip
    assert len(table.outputs) == 14
    assert table.outputs[0] == "Atelectasis"
    assert not any(is_sealed("nih", patient) for patient in table.patients)
    assert table.labels[:, table.outputs.index("Pneumonia")].tolist() == table.rows["label"].cast(int).to_list()
