"""`wetread truth split` and `wetread truth leaks`: a saved split, and each kind of planted leak stopped."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from wetread import phantom
from wetread.cli import main
from wetread.truth.split import Split

SIZE = (256, 210)
PATIENTS = 12


def film(seed: int) -> Image.Image:
    """A phantom with structures of its own: phantoms are drawn after one skeleton, and are near copies of each other."""
    drawn, _ = phantom.picture(seed, size=SIZE)
    own = gaussian_filter(np.random.default_rng(seed).normal(size=SIZE), 4)
    return Image.fromarray(np.rint(np.clip(drawn + 0.1 * own / own.std(), 0, 1) * 255).astype(np.uint8))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two films each of some patients and its table, and beside it a split of them."""
    folder = tmp_path_factory.mktemp("drawn") / "films"
    folder.mkdir()
    rows = ["film_id,patient_id,label,view"]
    for seed in range(2 * PATIENTS):
        film(seed).save(folder / f"f{seed:02}.png")
        rows.append(f"f{seed:02}.png,patient-{seed // 2},{seed % 2},PA")
    (folder / "films.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    out = str(folder.parent / "split")
    assert main(["truth", "split", "csv", "--images", str(folder), "--out", out, "--seed", "3"]) == 0
    return folder


@pytest.fixture
def films(drawn: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    shutil.copytree(drawn.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "films"


@pytest.fixture
def divided(films: Path) -> Split:
    return Split.load(films.parent / "split")


def leaks(films: Path, *more: str) -> int:
    return main(["truth", "leaks", "csv", "--images", str(films), "--split", str(films.parent / "split"), *more])


def one_of(split: Split, side: str) -> str:
    return str(split.films.filter(side=side)["film_id"][0])


# ------------------------------------------------------------------------------------------------------------ leaks


def test_films_of_different_patients_pass(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert leaks(drawn, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["leaks"], found["films"], found["split"]) == ([], 2 * PATIENTS, "by-patient")
    assert found["list_sha256"] == Split.load(drawn.parent / "split").list_sha256
    assert found["compared"] == dict.fromkeys(["patient", "bytes", "pixels", "near"], 2 * PATIENTS)


def plant_patient(films: Path, known: str, other: str) -> None:
    """The table names one patient for two films of two sides."""
    table = films / "films.csv"
    rows = [row.split(",") for row in table.read_text("utf-8").splitlines()]
    patient = next(row[1] for row in rows if row[0] == known)
    text = "\n".join(",".join([row[0], patient, *row[2:]] if row[0] == other else row) for row in rows)
    table.write_text(text + "\n", encoding="utf-8")


def plant_bytes(films: Path, known: str, other: str) -> None:
    shutil.copyfile(films / known, films / other)


def plant_pixels(films: Path, known: str, other: str) -> None:
    with Image.open(films / known) as image:
        image.save(films / other, "PNG", compress_level=1)
    assert (films / known).read_bytes() != (films / other).read_bytes()


def plant_near(films: Path, known: str, other: str) -> None:
    with Image.open(films / known) as image:
        image.resize((image.width // 2, image.height // 2)).save(films / other, "JPEG", quality=50)


PLANTED = {
    "patient": (plant_patient, "the same patient"),
    "bytes": (plant_bytes, "the same file"),
    "pixels": (plant_pixels, "the same pixels"),
    "near": (plant_near, "nearly the same picture"),
}


@pytest.mark.requirement("REQ-SPLIT")
@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_leak_is_stopped_and_named(
    kind: str, films: Path, divided: Split, capsys: pytest.CaptureFixture[str]
) -> None:
    plant, words = PLANTED[kind]
    known, other = one_of(divided, "train"), one_of(divided, "test")
    plant(films, known, other)
    pairs = films.parent / "pairs.csv"
    assert leaks(films, "--out", str(pairs)) == 4
    told = capsys.readouterr()
    assert f"films of two sides show {words}: 1 pair, " in told.err
    assert "patient-" not in told.out + told.err, "a patient is named"
    (leak,) = csv.DictReader(pairs.read_text("utf-8").splitlines())
    named = {leak["first"]: leak["first_side"], leak["second"]: leak["second_side"]}
    side = dict(divided.films.select("film_id", "side").rows())
    assert leak["kind"] == kind
    assert {side[name] for name in named} == {"train", "test"}
    if (
        kind != "patient"
    ):  # of a patient the first film on each side is told, which need not be the one that was planted
        assert named == {known: "train", other: "test"}
    for name in named:
        assert name in told.err
        assert f"{name} (" in told.out
    assert f"{words}: 1 pair ({2 * PATIENTS} films compared)" in told.out


def test_pairs_are_allowed_by_hand_or_kept_together_by_the_next_split(
    films: Path, divided: Split, capsys: pytest.CaptureFixture[str]
) -> None:
    known, other = one_of(divided, "train"), one_of(divided, "test")
    plant_near(films, known, other)
    pairs, again = str(films.parent / "pairs.csv"), films.parent / "again"
    assert leaks(films, "--out", pairs) == 4
    capsys.readouterr()
    assert leaks(films, "--json", "--allow", pairs) == 0
    assert json.loads(capsys.readouterr().out)["leaks"] == []
    assert main(["truth", "split", "csv", "--images", str(films), "--out", str(again), "--together", pairs]) == 0
    sides = dict(Split.load(again).films.select("film_id", "side").rows())
    assert sides[known] == sides[other]
    assert main(["truth", "leaks", "csv", "--images", str(films), "--split", str(again)]) == 0
    capsys.readouterr()
    Path(pairs).write_text("one,two\na,b\n", encoding="utf-8")
    assert leaks(films, "--allow", pairs) == 4
    assert "pairs.csv" in capsys.readouterr().err


def test_metadata_alone_say_what_was_not_compared(
    films: Path, divided: Split, capsys: pytest.CaptureFixture[str]
) -> None:
    plant_bytes(films, one_of(divided, "train"), one_of(divided, "test"))
    command = ["truth", "leaks", "csv", "--labels", str(films / "films.csv"), "--split", str(films.parent / "split")]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert f"the same patient: none ({2 * PATIENTS} films compared)" in told
    assert "the same pixels: NOT COMPARED" in told
    assert "nearly the same picture: NOT COMPARED" in told


def test_a_film_that_cannot_be_read_is_named_and_the_rest_compared(
    films: Path, divided: Split, capsys: pytest.CaptureFixture[str]
) -> None:
    (films / one_of(divided, "tune")).write_bytes(b"no picture")
    assert leaks(films) == 4
    told = capsys.readouterr()
    assert f"not readable, and so not compared: 1\n    {one_of(divided, 'tune')}: " in told.out
    assert f"the same pixels: none (only {2 * PATIENTS - 1} of {2 * PATIENTS} films compared)" in told.out
    plant_bytes(films, one_of(divided, "train"), one_of(divided, "test"))
    assert leaks(films) == 4
    assert "the same file: 1 pair" in capsys.readouterr().err


def test_films_that_table_and_split_do_not_share_are_counted(
    films: Path, divided: Split, capsys: pytest.CaptureFixture[str]
) -> None:
    table = films / "films.csv"
    lost = one_of(divided, "train")
    table.write_text(table.read_text("utf-8").replace(f"{lost},", "new.png,"), encoding="utf-8")
    assert main(["truth", "leaks", "csv", "--labels", str(table), "--split", str(films.parent / "split")]) == 0
    told = capsys.readouterr().err
    assert "1 films of the table are on no side" not in told
    assert "1 film of the table is on no side: left out" in told
    assert f"1 of the split's {2 * PATIENTS} films is not in the table: NOT compared" in told
    table.write_text("film_id,patient_id\nx,y\n", encoding="utf-8")
    assert main(["truth", "leaks", "csv", "--labels", str(table), "--split", str(films.parent / "split")]) == 4
    assert "none of the split's films is in the table" in capsys.readouterr().err


def test_an_altered_split_is_refused(films: Path, divided: Split, capsys: pytest.CaptureFixture[str]) -> None:
    saved = films.parent / "split" / "films.csv"
    saved.write_text(saved.read_text("utf-8").replace("tune", "test"), encoding="utf-8")
    assert leaks(films) == 5
    assert "is not the list of films" in capsys.readouterr().err
    assert divided.sides["tune"].films > 0


def test_dicom_films_are_compared_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "archive", tmp_path / "split"
    for seed in range(2):
        dataset = phantom.film(seed, size=(96, 80))
        dataset.PatientID = f"SECRET{seed}"
        folder.mkdir(exist_ok=True)
        phantom.write(dataset, folder / f"{seed}.dcm")
    command = ["dicom", "--images", str(folder)]
    assert main(["truth", "split", *command, "--out", str(out), "--shares", "a=0.5,b=0.5"]) == 0
    assert "no label" in capsys.readouterr().out
    assert main(["truth", "leaks", *command, "--split", str(out)]) == 4
    told = capsys.readouterr()
    assert "nearly the same picture: 1 pair (2 films compared)" in told.out
    assert "SECRET" not in told.out + told.err
    assert "SECRET" not in (out / "split.json").read_text("utf-8") + (out / "films.csv").read_text("utf-8")


# ------------------------------------------------------------------------------------------------------------ split


def test_a_split_is_saved_and_told_a_line_a_side(films: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = films.parent / "deep" / "split"
    command = ["truth", "split", "csv", "--images", str(films), "--out", str(out), "--balanced"]
    more = ["--shares", "train=0.5,test=0.5", "--strata", "label", "--seed", "9"]
    assert main([*command, *more]) == 0
    lines = capsys.readouterr().out.splitlines()
    made = Split.load(out)
    assert (made.name, made.rule["seed"], made.rule["strata"]) == ("by-patient", 9, ["label"])
    assert lines[0] == f"split by-patient: {2 * PATIENTS} films of csv; list {made.list_sha256}"
    assert [line.split(":")[0] for line in lines[1:3]] == ["train", "test"]
    for line, side in zip(lines[1:3], made.sides.values(), strict=True):
        assert f": {side.films} films, {side.patients} patients, prevalence 50.0 % ({side.positives} of" in line
        assert line.endswith(side.list_sha256)
    chosen = hashlib.sha256("\n".join(sorted(made.balanced)).encode()).hexdigest()
    assert lines[3] == f"balanced sample of the training side: {PATIENTS} films; list {chosen}"
    assert sorted(file.name for file in out.parent.iterdir()) == ["split"]
    assert main([*command, *more]) == 2
    assert "not a new folder" in capsys.readouterr().err
    assert Split.load(out).films.equals(made.films)


HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)


def nih(folder: Path, patients: Iterator[int]) -> str:
    rows = [f"{number:08}_000.png,No Finding,0,{number},57,M,PA,2682,2749,0.143,0.143" for number in patients]
    (folder / "labels.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return str(folder / "labels.csv")


def test_the_official_lists_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = nih(tmp_path, iter(range(1, 60)))
    assert main(["truth", "split", "nih", "--labels", labels, "--out", str(tmp_path / "s"), "--official"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("split nih-official: 59 films of nih; list ")
    assert "(NIH's official lists, a part of their films)" in told.splitlines()[0]
    assert [line.split(":")[0] for line in told.splitlines()[1:]] == ["train_val", "test"]
    more = ["--official", "--tune", "0.2", "--out", str(tmp_path / "t")]
    assert main(["truth", "split", "nih", "--labels", labels, *more]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[1:]] == ["train", "tune", "test"]
    assert lines[3] == told.splitlines()[2], "the published test list stays as it is"
    assert main(["truth", "leaks", "nih", "--labels", labels]) == 0
    assert "split nih's own lists" in capsys.readouterr().out
    assert main(["truth", "split", "nih", "--labels", labels, "--out", str(tmp_path / "u")]) == 0
    assert "official" not in capsys.readouterr().out


def test_lists_with_a_copy_on_two_sides_are_told(films: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = films / "own.csv"
    rows = ["film_id,patient_id,split,sha256", f"a,1,train,{'0' * 64}", f"b,2,test,{'0' * 64}"]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert main(["truth", "split", "csv", "--labels", str(table), "--official", "--out", str(films / "own")]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("split csv-own: 2 films")
    assert "1 pair of films is the same file on two sides" in told.err
    assert main(["truth", "leaks", "csv", "--labels", str(table)]) == 4
    rows[2] = f"b,1,test,{'1' * 64}"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert main(["truth", "split", "csv", "--labels", str(table), "--official", "--out", str(films / "two")]) == 4
    assert "1 patient stands on two sides, one of them with the films a (train) and b (test)" in capsys.readouterr().err
    assert not (films / "two").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--official", "--shares", "a=0.5,b=0.5"], "--shares and --together have no place"),
        (["--tune", "0.1"], "--tune is the share of an --official"),
        (["--official", "--tune", "0"], "between 0 and 1"),
        (["--official", "--tune", "nan"], "between 0 and 1"),
        (["--official", "--strata", "label"], "--strata has no place"),
        (["--shares", "a=0.5,b=0.4"], "sum to 1"),
        (["--shares", "a=nan,b=0.4"], "sum to 1"),
        (["--shares", "a=0.5,a=0.5"], "'a' is given twice"),
        (["--shares", "half"], "not of the form name=0.7"),
        (["--strata", "hospital"], "found 'hospital'"),
        (["--seed", "-1"], "not a whole number"),
    ],
)
def test_wrong_usage_is_told_and_nothing_written(
    more: list[str], said: str, drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "split"
    assert main(["truth", "split", "csv", "--images", str(drawn), "--out", str(out), *more]) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_a_collection_that_is_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["truth", "split", "nih", "--out", str(tmp_path / "s")]) == 2
    assert main(["truth", "leaks", "nih"]) == 2
    assert "name the collection's table" in capsys.readouterr().err
    labels = nih(tmp_path, iter([1, 2]))
    assert main(["truth", "leaks", "nih", "--labels", labels, "--split", str(tmp_path / "none")]) == 4
    assert "holds no split" in capsys.readouterr().err


def test_a_split_of_real_films_holds_and_a_real_copy_is_found(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Films of the collection as its table has them, and one of them reduced and recompressed in another's place."""
    source = shared_data / "nih_384"
    rows = list(csv.reader((source / "index.csv").read_text("utf-8").splitlines()))
    chosen = [row for place, row in enumerate(rows[1:]) if row[0] and place % 30 == 0]
    (tmp_path / "f" / "images").mkdir(parents=True)
    for row in chosen:
        shutil.copyfile(source / row[0], tmp_path / "f" / row[0])
    with (tmp_path / "f" / "index.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([rows[0], *chosen])
    common = ["csv", "--images", str(tmp_path / "f")]
    assert main(["truth", "split", *common, "--out", str(tmp_path / "s")]) == 0
    assert main(["truth", "leaks", *common, "--split", str(tmp_path / "s")]) == 0
    made = Split.load(tmp_path / "s")
    known, other = one_of(made, "train"), one_of(made, "test")
    content = BytesIO()
    Image.open(tmp_path / "f" / known).convert("L").resize((200, 200)).save(content, "JPEG", quality=50)
    (tmp_path / "f" / other).write_bytes(content.getvalue())
    capsys.readouterr()
    assert main(["truth", "leaks", *common, "--split", str(tmp_path / "s")]) == 4
    err = capsys.readouterr().err
    assert "nearly the same picture: 1 pair" in err
    assert known in err
    assert other in err
