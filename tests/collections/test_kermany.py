"""Kermany's collection: who a patient is, from the folders and from an index."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from wetread.collections import load
from wetread.collections.kermany import _walked
from wetread.errors import DataError

FILMS = {
    "train/NORMAL/IM-0115-0001.jpeg": "NORMAL/IM-0115",
    "train/NORMAL/NORMAL2-IM-0913-0001-0002.jpeg": "NORMAL/NORMAL2-IM-0913",
    "train/PNEUMONIA/person7_bacteria_24.jpeg": "PNEUMONIA_BACTERIA/person7",
    "train/PNEUMONIA/person7_bacteria_25.jpeg": "PNEUMONIA_BACTERIA/person7",
    "val/PNEUMONIA/person7_virus_11.jpeg": "PNEUMONIA_VIRUS/person7",
    "test/NORMAL/NORMAL-1003233-0001.jpeg": "NORMAL/1003233",
    "test/PNEUMONIA/BACTERIA-1008087-0001.jpeg": "PNEUMONIA_BACTERIA/1008087",
}


def make(root: Path, names: list[str] | None = None) -> Path:
    for name in names or list(FILMS):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    return root


@pytest.mark.parametrize("inner", [".", "chest_xray"])
def test_class_kind_and_person_are_the_patient(tmp_path: Path, inner: str) -> None:
    make(tmp_path / inner)
    (tmp_path / inner / "train" / "NORMAL" / ".DS_Store").write_bytes(b"")
    table = load("kermany", tmp_path)
    assert dict(table.select("film_id", "patient_id").rows()) == FILMS
    assert table["split"].to_list() == ["train"] * 4 + ["val"] + ["test"] * 2
    assert table["label"].to_list() == [False, False, True, True, True, False, True]
    assert table["findings"].to_list()[4] == ["PNEUMONIA", "VIRUS"]
    assert all(Path(path).is_file() for path in table["path"])
    assert load("kermany", tmp_path, lists=None)["split"].null_count() == 7


def test_a_name_without_a_patient_is_told(tmp_path: Path) -> None:
    make(tmp_path, ["train/PNEUMONIA/scan.jpeg"])
    with pytest.raises(DataError, match=r"scan\.jpeg: no patient can be read"):
        load("kermany", tmp_path)


def test_another_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not Kermany's collection"):
        load("kermany", tmp_path)
    (tmp_path / "train" / "NORMAL").mkdir(parents=True)
    with pytest.raises(DataError, match="has no film"):
        load("kermany", tmp_path)


def test_a_wrong_index_is_told(tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text("file,label,patient_id,split\na.jpeg,HEALTHY,p1,train\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"index.csv, row 2, column 'label': found 'HEALTHY', expected one of NORMAL"):
        load("kermany", tmp_path)


def test_the_index_and_the_folders_agree(shared_data: Path) -> None:
    notes: list[str] = []
    indexed = load("kermany", shared_data / "kermany_224", notes=notes)
    walked, _ = _walked(shared_data / "kermany_224")
    assert (indexed.height, indexed["patient_id"].n_unique(), int(indexed["label"].sum())) == (5232, 3669, 3883)
    order = ["film_id", "patient_id", "label", "split", "findings", "path"]
    assert indexed.select(order).sort("film_id").equals(walked.select(order).sort("film_id"))
    copies = indexed.filter(pl.col("flags").list.contains("exact-duplicate"))
    assert (copies.height, copies["sha256"].n_unique()) == (50, 24)
    assert any("50 films are byte for byte copies in 24 groups" in note for note in notes)
