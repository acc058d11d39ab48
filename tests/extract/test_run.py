"""The extraction as a whole: one row a file, nothing of a patient in any byte, and no kill that it does not survive."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import stat
import subprocess
import sys
import time
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from extract.archives import KEY, key_file, patient_film, save
from wetread.errors import AlteredError, UsageError
from wetread.extract import Options, Summary, extract

SOURCE = Path(__file__).resolve().parents[2] / "src"
SMALL = Options(size=64)

EXPECTED = [  # in the order of the paths of the archive `mixed`
    ("written", None),
    ("written", None),
    ("set-aside", "burned-in"),
    ("set-aside", "unstated"),
    ("set-aside", "secondary-capture"),
    ("refused", "body-part"),
    ("refused", "modality"),
    ("duplicate", "duplicate"),
    ("unreadable", "decode"),
    ("unreadable", "not-a-film"),
]


def run(source: Path, out: Path, options: Options = SMALL, *, key: Path, source_map: bool = False) -> Summary:
    return extract(source, out, options, key=key, source_map=source_map, workers=1)


def manifest(out: Path) -> pl.DataFrame:
    return pl.read_parquet(out / "manifest.parquet")


def pictures(out: Path) -> dict[str, bytes]:
    return {
        file.relative_to(out).as_posix(): file.read_bytes() for file in (out / "images").rglob("*") if file.is_file()
    }


def test_every_file_has_its_row_in_the_order_of_the_paths(mixed: Path, tmp_path: Path, key: Path) -> None:
    out = tmp_path / "out"
    told = run(mixed, out, key=key, source_map=True)
    table = manifest(out)
    assert list(zip(table["status"], table["reason_code"], strict=True)) == EXPECTED
    assert table["film_id"].is_unique().all()
    assert (told.files, told.written, told.refused, told.set_aside, told.unreadable, told.duplicates) == (
        10,
        2,
        2,
        3,
        2,
        1,
    )
    assert (told.patients, told.resumed, told.defects, told.key_made) == (1, 0, 0, False)
    assert table["patient_id"][0] == table["patient_id"][1] == KEY.name("patient", "", "PID-1")
    assert table["duplicate_of"][7] == table["film_id"][0]
    assert set(pictures(out)) == {name for name in table["picture"] if name is not None}
    for row in table.filter(pl.col("status") == "written").rows(named=True):
        with Image.open(out / row["picture"]) as picture:
            assert [picture.height, picture.width] == json.loads(row["transform"])["picture"]
            assert np.asarray(picture).std() > 10
    aside = pl.read_csv(out / "set_aside" / "films.csv")
    assert aside["reason_code"].to_list() == ["burned-in", "unstated", "secondary-capture"]
    mapped = pl.read_parquet(tmp_path / "source_map.parquet")
    assert mapped["film_id"].to_list() == table["film_id"].to_list()
    assert mapped["file"].to_list() == sorted(mapped["file"])
    assert mapped["file"][1] == "a/deep/er/2.dcm"
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "source_map.parquet").stat().st_mode) == 0o600


@pytest.mark.requirement("REQ-EXTRACT")
def test_what_is_uncertain_is_written_when_asked_for_and_what_is_burned_in_never(
    mixed: Path, tmp_path: Path, key: Path
) -> None:
    states = {}
    for name, options in {
        "unstated": Options(size=64, include_unstated=True),
        "uncertain": Options(size=64, include_uncertain=True, films="all"),
    }.items():
        run(mixed, tmp_path / name, options, key=key)
        states[name] = manifest(tmp_path / name)["status"].to_list()
    assert states["unstated"][2:6] == ["set-aside", "written", "set-aside", "refused"]
    assert states["uncertain"][2:7] == ["set-aside", "written", "written", "written", "refused"]


def test_ages_over_89_are_one_and_young_ones_are_years(tmp_path: Path, key: Path) -> None:
    ages = {"1": "089Y", "2": "090Y", "3": "105Y", "4": "007M", "5": None}
    for name, age in ages.items():
        save(patient_film(int(name), PatientAge=age), tmp_path / "in" / name)
    run(tmp_path / "in", tmp_path / "out", key=key)
    table = manifest(tmp_path / "out")
    assert table["age"].to_list() == ["89", "90+", "90+", "0", None]
    assert table["age_years"].to_list() == [89, 90, 90, 0, None]


def test_the_issuer_counts_and_intervals_stay(tmp_path: Path, key: Path) -> None:
    first, second = date(2019, 3, 30), date(2020, 2, 29)
    for name, issuer, day in (("1", "A", first), ("2", "A", second), ("3", "B", first)):
        told = day.strftime("%Y%m%d")
        film = patient_film(int(name), PatientID="77", IssuerOfPatientID=issuer, StudyDate=told, AcquisitionDate=told)
        save(film, tmp_path / "in" / name)
    run(tmp_path / "in", tmp_path / "out", key=key)
    table = manifest(tmp_path / "out")
    patients, dates = table["patient_id"].to_list(), table["study_date"].to_list()
    assert patients[0] == patients[1] != patients[2]
    assert dates[1] - dates[0] == second - first
    assert dates[0] != dates[2]
    assert first not in dates
    assert table["acquisition_date"].to_list() == dates
    assert timedelta(0) < first - dates[0] < timedelta(days=3653)


# ------------------------------------------------------------------------------------------ nothing of a patient

PLANTED = {
    "PatientName": "Zebrowski^Quentin", "PatientID": "QX-4711-0815", "OtherPatientNames": "Ypsilanti^Rosa",
    "PatientBirthDate": "19510317", "PatientBirthName": "Wachtmeister", "PatientAddress": "Elmstreet 13",
    "PatientTelephoneNumbers": "0151-998877", "PatientComments": "allergic to Quinolone", "MilitaryRank": "Brigadier",
    "AccessionNumber": "ACC8812345", "StudyID": "SID55512", "StudyDescription": "Thorax Zebrowski", "StudyDate": "20170613",
    "SeriesDate": "20170614", "AcquisitionDate": "20170615", "ContentDate": "20170616", "StudyTime": "131415.161718",
    "SeriesDescription": "Bettlunge", "InstitutionName": "Saint Winifred", "InstitutionAddress": "Abbey Lane 7",
    "ReferringPhysicianName": "Doktor^Mabuse", "OperatorsName": "Igorsson", "StationName": "ROOMSEVEN",
    "DeviceSerialNumber": "SN90817263", "ProtocolName": "ProtoZebra", "ImageComments": "left for Mr Zebrowski",
    "Manufacturer": "Zebrowski X-ray of Winifred", "ManufacturerModelName": "Modelzilla", "SoftwareVersions": "v77.zq",
    "RequestedProcedureDescription": "cough since Whitsun", "PerformedProcedureStepID": "PPS31415",
    "StudyInstanceUID": "1.2.826.0.1.3680043.10.1338.77.1111", "SeriesInstanceUID": "1.2.826.0.1.3680043.10.1338.77.2222",
    "SOPInstanceUID": "1.2.826.0.1.3680043.10.1338.77.3333", "FrameOfReferenceUID": "1.2.826.0.1.3680043.10.1338.77.4444",
    "WindowCenterWidthExplanation": "ZebraWindow", "LossyImageCompressionMethod": "ZEBRAMETHOD",
    "PresentationLUTShape": "ZEBRASHAPE", "IssuerOfPatientID": "Winifredian",
}  # fmt: skip
TYPED_ELSEWHERE = {  # where a refusal would quote it
    "BodyPartExamined": "KNEE OF ROSAMUND", "ViewPosition": "ROSAMUND", "Modality": "ROSAMUND",
    "PatientSpeciesDescription": "Dog of Rosamund", "PhotometricInterpretation": "ROSAMUND",
    "SOPClassUID": "1.2.826.0.1.3680043.10.1338.99.20170613",
}  # fmt: skip
SAID = """
    Zebrowski Quentin QX-4711 4711-0815 Ypsilanti 19510317 Wachtmeister Elmstreet 998877 Quinolone Brigadier ACC8812345
    SID55512 131415 161718 Bettlunge Winifred Abbey Mabuse Igorsson ROOMSEVEN SN90817263 ProtoZebra Modelzilla v77
    Whitsun PPS31415 3680043 1338 ZebraWindow ZebraMethod ZEBRASHAPE Rosamund Privatissimo Folderson Filesdottir
    20170613 20170614 20170615 20170616 2017-06-13 2017-06-14 2017-06-15 2017-06-16 1951-03-17
"""
WORDS = SAID.split()


def planted(folder: Path) -> Path:
    """An archive in which every place that can name a patient does."""
    for number, typed in enumerate([{}, *({name: value} for name, value in TYPED_ELSEWHERE.items())]):
        film = patient_film(4, **PLANTED)
        film.SOPInstanceUID = film.file_meta.MediaStorageSOPInstanceUID = f"{PLANTED['SOPInstanceUID']}.{number}"
        block = film.private_block(0x0011, "Privatissimo", create=True)
        block.add_new(1, "LO", "Privatissimo Zebrowski")
        film.AnatomicRegionSequence = None
        for name, value in typed.items():
            setattr(film, name, value)
        film.file_meta.MediaStorageSOPClassUID = film.SOPClassUID
        save(film, folder / "Folderson^Ada" / f"Filesdottir_{number}.dcm")
    cut = (folder / "Folderson^Ada" / "Filesdottir_0.dcm").read_bytes()[:-4000]
    (folder / "Folderson^Ada" / "Filesdottir_cut.dcm").write_bytes(cut)
    return folder


def every_byte(out: Path) -> bytes:
    """All files with their names, the manifest also as plain text, in lower case."""
    parts = []
    for file in sorted(out.rglob("*")):
        parts.append(str(file.relative_to(out)).encode())
        if file.is_file():
            parts.append(file.read_bytes())
    parts.append(json.dumps(manifest(out).to_dicts(), default=str).encode())
    return b"\n".join(parts).lower()


def found_in(content: bytes) -> list[str]:
    return [
        word
        for word in WORDS
        if any(word.lower().encode(encoding) in content for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
    ]


@pytest.mark.requirement("REQ-EXTRACT")
def test_no_name_number_date_or_text_of_a_source_is_in_any_byte(
    tmp_path: Path, key: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    archive, out = planted(tmp_path / "in"), tmp_path / "out"
    everything = Options(size=64, films="all", include_uncertain=True)
    told = run(archive, out, everything, key=key)
    assert told.written >= 2, "what is written is searched too"
    assert told.refused >= 3
    assert told.unreadable >= 1
    assert found_in(every_byte(out)) == []
    uids = re.findall(rb"(?<![\d.])[0-2](?:\.\d+){4,}", every_byte(out))
    assert uids
    assert {uid for uid in uids if not uid.startswith((b"2.25.", b"1.2.840.10008."))} == set()
    table = manifest(out)
    assert not {date(2017, 6, day) for day in (13, 14, 15, 16)} & {*table["study_date"], *table["acquisition_date"]}
    assert found_in(json.dumps(told.to_json()).lower().encode()) == []
    assert found_in("".join(capfd.readouterr()).lower().encode()) == []


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """The same search over the archive itself: every word was really planted."""
    archive = planted(tmp_path / "in")
    content = b"\n".join(
        str(file).encode() + (file.read_bytes() if file.is_file() else b"") for file in archive.rglob("*")
    ).lower()
    dashed = [word for word in WORDS if re.fullmatch(r"\d{4}-\d\d-\d\d", word)]
    assert sorted(found_in(content)) == sorted(set(WORDS) - set(dashed))


# ----------------------------------------------------------------------------------- stopped, and gone on with


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighteen films, six wrong files."""
    root = tmp_path_factory.mktemp("many")
    for number in range(18):
        save(patient_film(number + 1, PatientID=f"P{number // 3}"), root / f"d{number % 4}" / f"{number:02d}.dcm")
    for number in range(6):
        (root / f"d{number % 4}" / f"{number}.txt").write_text(f"no film {number}")
    return root


@pytest.fixture(scope="module")
def undisturbed(many: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    run(many, folder / "out", key=key_file(folder))
    return folder / "out"


def same(out: Path, other: Path) -> bool:
    return manifest(out).equals(manifest(other)) and pictures(out) == pictures(other)


@pytest.mark.requirement("REQ-EXTRACT")
def test_killed_at_any_moment_it_goes_on_to_the_same_end(
    many: Path, undisturbed: Path, tmp_path: Path, key: Path
) -> None:
    out, dice, rows = tmp_path / "out", random.Random(3), []
    command = [sys.executable, "-m", "wetread.cli", "extract", str(many), str(out), "--size", "64", "--key", str(key)]
    for lines in (1, 4, 12):
        process = subprocess.Popen(
            [*command, "--workers", "1"], env=os.environ | {"PYTHONPATH": str(SOURCE)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            if (out / "journal.jsonl").exists() and (out / "journal.jsonl").read_bytes().count(b"\n") > lines:
                time.sleep(dice.uniform(0, 0.02))
                break
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        rows.append((out / "journal.jsonl").read_bytes().count(b"\n") - 1)
        assert not (out / "manifest.parquet").exists()
    assert 0 < rows[0] <= rows[1] <= rows[2] < 24
    told = run(many, out, key=key)
    assert told.resumed >= rows[2] - 1
    assert told.files == 24
    assert same(out, undisturbed)


def test_torn_journal_and_lost_pictures_are_made_good(many: Path, undisturbed: Path, tmp_path: Path, key: Path) -> None:
    out = tmp_path / "out"
    run(many, out, key=key)
    content = (out / "journal.jsonl").read_bytes()
    (out / "journal.jsonl").write_bytes(content[: len(content) * 2 // 3])
    victims = sorted(out.rglob("*.png"))[:3]
    victims[0].unlink()
    victims[1].write_bytes(victims[1].read_bytes()[:-5])
    victims[2].write_bytes(bytes(victims[2].stat().st_size))
    (victims[0].parent / ".half.part").write_bytes(b"half")
    orphan = out / "images" / "00" / f"{'0' * 32}.png"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"of no row")
    told = run(many, out, key=key)
    assert 0 < told.resumed < 24
    assert same(out, undisturbed)


def test_a_finished_set_is_told_again_without_work(many: Path, undisturbed: Path, tmp_path: Path, key: Path) -> None:
    out = tmp_path / "out"
    run(many, out, key=key)
    before = {file: file.stat().st_mtime_ns for file in out.rglob("*.png")}
    told = run(many, out, key=key)
    assert told.resumed == told.files == 24
    assert before == {file: file.stat().st_mtime_ns for file in out.rglob("*.png")}
    assert same(out, undisturbed)


def test_films_that_came_changed_or_went_are_followed(tmp_path: Path, key: Path) -> None:
    archive, out = tmp_path / "in", tmp_path / "out"
    for number in (1, 2, 3):
        save(patient_film(number), archive / f"{number}.dcm")
    run(archive, out, key=key)
    first = manifest(out)
    (archive / "1.dcm").unlink()
    save(patient_film(2, PatientID="PID-OTHER"), archive / "2.dcm")
    save(patient_film(4), archive / "4.dcm")
    told = run(archive, out, key=key)
    table = manifest(out)
    assert (told.files, told.resumed) == (3, 1)
    assert table["film_id"][1] == first["film_id"][2]
    assert table["patient_id"][0] == KEY.name("patient", "", "PID-OTHER")
    assert set(pictures(out)) == set(table["picture"])


def test_what_may_have_been_the_machines_fault_is_tried_again(tmp_path: Path, key: Path) -> None:
    archive, out = tmp_path / "in", tmp_path / "out"
    save(patient_film(1), archive / "1.dcm")
    save(patient_film(2), archive / "2.dcm")
    run(archive, out, key=key)
    whole, journal = manifest(out), out / "journal.jsonl"
    head, first, second = (json.loads(line) for line in journal.read_text().splitlines())
    failed = {name: second[name] for name in ("mark", "film_id", "source_hash", "flags")}
    failed |= {
        "status": "unreadable",
        "reason_code": "crash",
        "reason_codes": ["crash"],
        "reason_message": "broke down",
    }
    journal.write_text("".join(json.dumps(line) + "\n" for line in (head, first, failed)))
    told = run(archive, out, key=key)
    assert (told.resumed, told.written, told.unreadable) == (1, 2, 0)
    assert manifest(out).equals(whole)


def test_two_runs_at_once_are_refused(mixed: Path, tmp_path: Path, key: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    out = tmp_path / "out"
    out.mkdir()
    with (out / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="another run"):
            run(mixed, out, key=key)
    assert [file.name for file in out.iterdir()] == [".lock"]


def test_other_options_another_key_and_another_source_are_refused(
    mixed: Path, many: Path, tmp_path: Path, key: Path
) -> None:
    out = tmp_path / "out"
    run(mixed, out, key=key)
    before = every_byte(out)
    with pytest.raises(UsageError, match="size 64, not 32"):
        run(mixed, out, Options(size=32), key=key)
    with pytest.raises(UsageError, match="another source"):
        run(many, out, key=key)
    with pytest.raises(UsageError, match="another key"):
        run(mixed, out, key=key_of(tmp_path / "other.key", b"\1" * 32))
    with pytest.raises(UsageError, match="begun with a key"):
        run(mixed, out, key=tmp_path / "lost.key")
    assert not (tmp_path / "lost.key").exists()
    assert every_byte(out) == before


def key_of(path: Path, secret: bytes) -> Path:
    path.write_text(secret.hex())
    path.chmod(0o600)
    return path


def test_a_damaged_journal_is_told(mixed: Path, tmp_path: Path, key: Path) -> None:
    out = tmp_path / "out"
    run(mixed, out, key=key)
    lines = (out / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (out / "journal.jsonl").write_bytes(b"".join([lines[0], b"damaged\n", *lines[2:]]))
    with pytest.raises(AlteredError, match="line 2"):
        run(mixed, out, key=key)


# --------------------------------------------------------------------------------------------------- its place


def test_the_key_is_made_beside_and_never_inside(mixed: Path, tmp_path: Path) -> None:
    told = extract(mixed, tmp_path / "set", SMALL, workers=1)
    assert told.key_made
    assert told.key == tmp_path / "set.key"
    secret = told.key.read_bytes().strip()
    assert secret not in every_byte(tmp_path / "set")
    assert bytes.fromhex(secret.decode()) not in every_byte(tmp_path / "set")
    with pytest.raises(UsageError, match="would be given away"):
        extract(mixed, tmp_path / "new", SMALL, key=tmp_path / "new" / "k")


def test_out_and_key_inside_the_archive_are_not_read_as_films(tmp_path: Path) -> None:
    archive = tmp_path / "in"
    save(patient_film(1), archive / "1.dcm")
    for _ in range(2):
        told = extract(archive, archive / "set", SMALL, source_map=True, workers=1)
        assert (told.files, told.written) == (1, 1)


def test_foreign_folders_are_left_alone(mixed: Path, tmp_path: Path, key: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds thesis"):
        run(mixed, tmp_path / "mine", key=key)
    with pytest.raises(UsageError, match="lies in"):
        run(mixed, mixed.parent, key=key)
    with pytest.raises(UsageError, match="no folder"):
        run(mixed / "a" / "1.dcm", tmp_path / "out", key=key)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no files"):
        run(tmp_path / "empty", tmp_path / "out2", key=key)
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_an_image_file_is_no_film_of_an_archive(tmp_path: Path, key: Path) -> None:
    (tmp_path / "in").mkdir()
    Image.fromarray(np.zeros((300, 300), np.uint8)).save(tmp_path / "in" / "holiday.png")
    run(tmp_path / "in", tmp_path / "out", Options(size=64, films="all", include_uncertain=True), key=key)
    assert manifest(tmp_path / "out").select("status", "reason_code").row(0) == ("refused", "image-file")


@pytest.mark.requirement("REQ-ONE-PREPROCESSING")
def test_pictures_are_those_of_the_clinics_road(tmp_path: Path, key: Path) -> None:
    """The product's own grayscale: an inverted film comes out as the other, air dark."""
    from wetread.phantom import Encoding, film
    from wetread.radiograph import read

    for number, photometric in enumerate(("MONOCHROME1", "MONOCHROME2")):
        made = film(5, size=(256, 210), encoding=Encoding(photometric=photometric))  # type: ignore[arg-type]
        made.Manufacturer, made.SOPInstanceUID = "Philips", f"1.2.3.{number}"
        made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
        save(made, tmp_path / "in" / f"{number}.dcm")
    run(tmp_path / "in", tmp_path / "out", Options(size=256, bits=16), key=key)
    first, second = (np.asarray(Image.open(BytesIO(content))) for content in pictures(tmp_path / "out").values())
    assert np.abs(first.astype(float) - second).max() <= 65535 / 255
    whole = read(tmp_path / "in" / "1.dcm").pixels
    assert np.abs(first / 65535 - whole).max() <= 1.1 / 255
