"""Reader sheets: blinded, seeded, and read back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.errors import ConfigError, DataError
from wetread.truth.sheets import Sheets, make_sheets, read_answers, read_reads

FILMS = [f"film-{k:03d}" for k in range(30)]
ANSWERS = ("present", "absent")


def made(repeats: int = 5, seed: int = 7) -> Sheets:
    return make_sheets(FILMS, ["ann", "ben"], answers=ANSWERS, seed=seed, repeats=repeats)


def shown(sheets: Sheets, reader: str) -> list[str]:
    """Films in the order in which a reader sees them."""
    film = {sheet: name for sheet, _, name, _ in sheets.mapping}
    return [film[sheet] for sheet in sheets.orders[reader]]


@settings(deadline=None, max_examples=40)
@given(st.integers(3, 40), st.integers(0, 13), st.integers(0, 2**40))
def test_every_film_once_and_repeats_far_apart(count: int, repeats: int, seed: int) -> None:
    repeats = min(repeats, count // 3)
    films = [f"f{k}" for k in range(count)]
    order = shown(make_sheets(films, ["ann"], answers=ANSWERS, seed=seed, repeats=repeats), "ann")
    assert len(order) == count + repeats
    assert set(order) == set(films)
    twice = {film for film in films if order.count(film) == 2}
    assert len(twice) == repeats
    for film in twice:
        first = order.index(film)
        assert order.index(film, first + 1) - first > count // 3


def test_seeds_decide_and_readers_are_apart() -> None:
    assert made().mapping == made().mapping
    assert made().mapping != made(seed=8).mapping
    assert shown(made(), "ann") != shown(made(), "ben")
    alone = make_sheets(FILMS[::-1], ["ben"], answers=ANSWERS, seed=7, repeats=5)
    assert alone.orders["ben"] == made().orders["ben"]  # neither other readers nor the order of the list matter
    assert shown(alone, "ben") == shown(made(), "ben")


def test_a_sheet_tells_nothing_of_the_film() -> None:
    text = made().sheet_csv("ann")
    assert "film" not in text
    assert "ben" not in text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["answer"] for row in rows] == [""] * 35
    names = [row["sheet"] for row in rows]
    assert len(set(names)) == 35
    ranks = np.argsort(np.argsort(names))
    films = np.argsort(np.argsort(shown(made(), "ann")))
    assert abs(np.corrcoef(ranks, films)[0, 1]) < 0.5
    assert not set(names) & set(made().orders["ben"])


def filled(folder: Path, sheets: Sheets, change: dict[str, str] | None = None) -> tuple[list[Path], Path]:
    """Sheets as readers return them: ann says present throughout, ben absent; and the mapping."""
    mapping = folder / "mapping.csv"
    mapping.write_text(sheets.mapping_csv(), encoding="utf-8")
    paths = []
    for reader, answer in (("ann", "present"), ("ben", "absent")):
        rows = [f"{sheet},{(change or {}).get(sheet, answer)}," for sheet in sheets.orders[reader]]
        path = folder / f"{reader}.csv"
        path.write_text("\n".join(["sheet,answer,comment", *rows]) + "\n", encoding="utf-8")
        paths.append(path)
    return paths, mapping


def test_answers_come_back_to_their_films(tmp_path: Path) -> None:
    sheets = made()
    empty = sheets.orders["ann"][3]
    paths, mapping = filled(tmp_path, sheets, {empty: "", sheets.orders["ben"][0]: " present "})
    reads = read_answers(paths, mapping, answers=ANSWERS, patients={FILMS[0]: "p1"})
    assert set(reads.films) == set(FILMS)
    assert reads.readers == ("ann", "ben")
    counts = reads.counts()
    assert counts.sum() == 69
    ann = counts[:, 0].sum(axis=0)
    assert ann.tolist() == [34, 0]
    film = shown(sheets, "ben")[0]
    assert counts[reads.films.index(film), 1, 0] == 1
    assert (reads.number == 1).sum() == 10
    assert reads.patients[reads.films.index(FILMS[0])] == "p1"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda rows: [*rows[:2], "SXXXXXXXX,present,"], r"ann.csv, row 3, column 'sheet': found 'SXXXXXXXX'"),
        (lambda rows: [*rows[:3], rows[1]], r"row 4, column 'sheet': found S\w+, which already stands in row 2"),
        (
            lambda rows: [rows[0], rows[1].replace("present", "yes")],
            r"row 2, column 'answer': found 'yes', expected one of",
        ),
        (lambda rows: rows[:-1], "1 sheets of 'ann' are not in the file"),
        (lambda rows: [row.replace("sheet,", "Blatt,") for row in rows], "no column 'sheet'"),
        (lambda rows: [row.replace(",", ";") for row in rows], "separated by semicolons"),
    ],
)
def test_what_is_wrong_in_a_sheet_is_named(tmp_path: Path, edit: object, message: str) -> None:
    paths, mapping = filled(tmp_path, made())
    rows = paths[0].read_text("utf-8").splitlines()
    paths[0].write_text("\n".join(edit(rows)) + "\n", encoding="utf-8")  # type: ignore[operator]
    with pytest.raises(DataError, match=message):
        read_answers(paths, mapping, answers=ANSWERS)


def test_sheets_of_two_readers_in_one_file_and_damaged_mappings_are_refused(tmp_path: Path) -> None:
    paths, mapping = filled(tmp_path, made())
    both = paths[0].read_text("utf-8") + paths[1].read_text("utf-8").partition("\n")[2]
    paths[0].write_text(both, encoding="utf-8")
    with pytest.raises(DataError, match="row 37, column 'sheet': found a sheet of 'ben' among those of 'ann'"):
        read_answers(paths, mapping, answers=ANSWERS)
    lines = mapping.read_text("utf-8").splitlines()
    mapping.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"row 72, column 'sheet': found S\w+ twice"):
        read_answers(paths[1:], mapping, answers=ANSWERS)
    mapping.write_text("\n".join([lines[0], lines[1].replace("ann", "").replace("ben", "")]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 2, column 'reader': found an empty cell"):
        read_answers(paths[1:], mapping, answers=ANSWERS)


def test_what_cannot_be_put_on_sheets_is_refused() -> None:
    with pytest.raises(DataError, match="'film-000' is there twice"):
        make_sheets([*FILMS, FILMS[0]], ["ann"], answers=ANSWERS, seed=1)
    with pytest.raises(DataError, match="each reader is named once"):
        make_sheets(FILMS, [], answers=ANSWERS, seed=1)
    with pytest.raises(ConfigError, match="at most 10 can be read twice"):
        make_sheets(FILMS, ["ann"], answers=ANSWERS, seed=1, repeats=11)
    with pytest.raises(ConfigError, match="two answers or more"):
        make_sheets(FILMS, ["ann"], answers=["present"], seed=1)
    with pytest.raises(DataError, match="no sheet for 'zoe'"):
        made().sheet_csv("zoe")


def test_a_long_table_of_reads(tmp_path: Path) -> None:
    path = tmp_path / "reads.csv"
    path.write_text("film,reader,answer,patient_id\nf1,ann,yes,p\nf1,ben,,p\nf2,ann,no,q\n", encoding="utf-8")
    reads = read_reads(path)
    assert (reads.films, reads.readers, reads.classes, reads.patients) == (
        ("f1", "f2"),
        ("ann", "ben"),
        ("no", "yes"),
        ("p", "q"),
    )
    with pytest.raises(
        DataError, match=r"reads.csv, row 2, column 'answer': found 'yes', expected one of present, absent"
    ):
        read_reads(path, answers=ANSWERS)
    path.write_text("film,reader,value\nf1,ann,yes\nf2,,no\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 3, column 'reader': found an empty cell"):
        read_reads(path)
    path.write_text("film,reader,value\nf1,ann,yes\nf1,ann,no\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"reads.csv: reader 'ann' has 2 reads of film 'f1'"):
        read_reads(path)
