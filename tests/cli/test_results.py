"""`wetread predict --results`: a film's results whole or not at all, and never another film's."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydicom import dcmread

from cli.conftest import Films, patient_film
from schema import faults
from wetread.cli import main, results
from wetread.cli.films import Answer
from wetread.clinical import presentation
from wetread.clinical.kinds import KINDS, chosen
from wetread.errors import Code, Reason
from wetread.inference.reading import Reading

Capture = pytest.CaptureFixture[str]
WHEN = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
FILES = [kind.name + kind.suffix for kind in KINDS.values()]
REFUSED = Reading(
    status="refused", reasons=(Reason(Code.VIEW, "A lateral film. Send the frontal one.", "ViewPosition"),)
)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def saved(path: Path, **changes: Any) -> Path:
    patient_film(**changes).save_as(path, enforce_file_format=True)
    return path


def answer(path: Path, reading: Reading = REFUSED) -> Answer:
    return Answer(str(path), sha256(path.read_bytes()).hexdigest()[:12], 3, reading)


def test_every_result_of_films_that_are_read_and_refused(
    with_toys: Path, films: Films, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    named = [films.read, films.lateral, films.text]
    assert main(["predict", "--json", "--out", str(out), "--results", "all", *named]) == 4  # the text file
    read, lateral, text = lines(capsys.readouterr().out)
    assert [faults(line, "line") for line in (read, lateral, text)] == [[], [], []]
    for line in (read, lateral):
        assert line["objects"]["written"] == FILES
        assert line["objects"]["missing"] == {}
        place = Path(line["results"])
        assert sorted(path.name for path in place.iterdir()) == sorted(
            [*FILES, "film.png", "reading.json", "report.html"]
        )
        made = dcmread(place / "sr.dcm")
        assert made.StudyInstanceUID == dcmread(line["file"]).StudyInstanceUID
    assert "objects" not in text
    assert lines((out / "readings.jsonl").read_text()) == [read, lateral, text]


def test_an_image_file_has_a_page_and_no_objects(with_toys: Path, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "film.png"
    Image.new("L", (300, 320), 80).save(path)
    out = tmp_path / "out"
    assert main(["predict", "--out", str(out), "--results", "sr,pdf", "--view", "PA", str(path)]) == 4
    said = capsys.readouterr().out
    assert "not made: sr, pdf: an image file names no patient, no study and no film" in said
    (place,) = [one for one in out.iterdir() if one.is_dir()]
    assert not {"sr.dcm", "pdf.dcm"} & {one.name for one in place.iterdir()}
    assert (place / "report.html").exists()


@pytest.mark.requirement("REQ-BATCH", "REQ-SOURCE")
def test_a_film_without_a_study_costs_its_objects_and_not_the_batch(
    with_toys: Path, films: Films, tmp_path: Path, capsys: Capture
) -> None:
    bad = saved(tmp_path / "bad.dcm", StudyInstanceUID="")
    assert (
        main(["predict", "--json", "--out", str(tmp_path / "out"), "--results", "sr,priority", str(bad), films.read])
        == 4
    )
    first, second = lines(capsys.readouterr().out)
    assert first["status"] == "read"
    assert first["objects"]["written"] == []
    assert set(first["objects"]["missing"]) == {"sr", "priority"}
    assert "StudyInstanceUID" in first["objects"]["missing"]["sr"]
    assert second["objects"]["written"] == ["sr.dcm", "priority.json"]


def test_results_need_a_folder_and_a_name(films: Films, tmp_path: Path, capsys: Capture) -> None:
    assert main(["predict", "--results", "sr", films.read]) == 2
    assert "--results needs --out" in capsys.readouterr().err
    assert main(["predict", "--out", str(tmp_path / "out"), "--results", "dvd", films.read]) == 2
    assert "dvd is no kind of result" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.requirement("REQ-IDENTITY")
def test_what_was_repaired_is_said_and_never_the_value(tmp_path: Path) -> None:
    path = saved(tmp_path / "film.dcm", PatientIdentityRemoved="YES")
    made = results.make(answer(path), chosen("sr"), tmp_path / "place", when=WHEN)
    assert ("PatientIdentityRemoved", "does not say by which method (PS3.3 C.7.1.1): left out") in made.notes
    assert any(line.startswith("    header [PatientIdentityRemoved]: ") for line in made.lines())


@pytest.mark.requirement("REQ-REPLACES")
def test_the_same_reading_leaves_an_object_as_it_is_and_another_one_replaces_it(tmp_path: Path) -> None:
    path, place, kinds = saved(tmp_path / "film.dcm"), tmp_path / "place", chosen("sr,gsps,capture,pdf,cad-sr")
    results.make(answer(path), kinds, place, when=WHEN)
    before = {one.name: one.read_bytes() for one in place.iterdir()}
    results.make(answer(path), kinds, place, when=LATER)
    assert {one.name: one.read_bytes() for one in place.iterdir()} == before
    other = Reading(status="refused", reasons=(Reason(Code.BODY_PART, "A hand. Send the chest.", "BodyPartExamined"),))
    results.make(answer(path, other), kinds, place, when=LATER)
    for name, content in before.items():
        assert uid(content) in str(dcmread(place / name)), name
        assert uid(content) != uid((place / name).read_bytes())


def uid(content: bytes) -> str:
    return str(dcmread(BytesIO(content)).SOPInstanceUID)


@pytest.mark.requirement("REQ-WHOLE-FILES")
def test_a_damaged_or_foreign_file_in_its_place_is_written_anew(tmp_path: Path) -> None:
    path, place, kinds = saved(tmp_path / "film.dcm"), tmp_path / "place", chosen("sr")
    results.make(answer(path), kinds, place, when=WHEN)
    whole = (place / "sr.dcm").read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"no DICOM", path.read_bytes()):
        (place / "sr.dcm").write_bytes(damaged)
        results.make(answer(path), kinds, place, when=WHEN)
        assert (place / "sr.dcm").read_bytes() == whole


@pytest.mark.requirement("REQ-SOURCE")
def test_a_file_that_changed_meanwhile_has_no_results(tmp_path: Path) -> None:
    path, place = saved(tmp_path / "film.dcm"), tmp_path / "place"
    given = answer(path)
    saved(path, PatientName="Somebody^Else")
    made = results.make(given, chosen("all"), place, when=WHEN)
    assert set(made.missing) == set(KINDS)
    assert "changed while it was read" in made.missing["sr"]
    assert (made.exit_status, made.written) == (4, ())
    path.unlink()
    assert "second time" in results.make(given, chosen("sr"), place, when=WHEN).missing["sr"]
    assert not place.exists() or not list(place.iterdir())


@pytest.mark.requirement("REQ-BATCH", "REQ-WHOLE-FILES")
def test_a_defect_costs_one_result_and_removes_its_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, place, kinds = saved(tmp_path / "film.dcm"), tmp_path / "place", chosen("sr,gsps")
    results.make(answer(path), kinds, place, when=WHEN)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("Somebody^Else")

    monkeypatch.setattr(presentation, "build", broken)
    made = results.make(answer(path), kinds, place, when=WHEN)
    assert made.written == ("sr.dcm",)
    assert made.missing == {"gsps": "a defect of the program (RuntimeError); please report it"}
    assert made.exit_status == 1
    assert [one.name for one in place.iterdir()] == ["sr.dcm"]


def test_a_header_that_breaks_its_parser_costs_its_own_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, place, kinds = saved(tmp_path / "film.dcm"), tmp_path / "place", chosen("sr,priority")
    results.make(answer(path), kinds, place, when=WHEN)

    def broken(*_: object) -> None:
        raise RecursionError("Somebody^Else")

    monkeypatch.setattr("wetread.radiograph.door.open_dataset", broken)
    made = results.make(answer(path), kinds, place, when=WHEN)
    assert set(made.missing.values()) == {"a defect of the program (RecursionError); please report it"}
    assert (made.exit_status, list(place.iterdir())) == (1, [])


@pytest.mark.requirement("REQ-WHOLE-FILES")
def test_nothing_is_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, place, kinds = saved(tmp_path / "film.dcm"), tmp_path / "place", chosen("sr,priority")
    results.make(answer(path), kinds, place, when=WHEN)
    before = {one.name: one.read_bytes() for one in place.iterdir()}

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("wetread.cli.results.os.fsync", full)
    other = Reading(status="refused", reasons=(Reason(Code.BODY_PART, "A hand. Send the chest.", "BodyPartExamined"),))
    with pytest.raises(OSError, match="No space"):
        results.make(answer(path, other), kinds, place, when=WHEN)
    assert {one.name: one.read_bytes() for one in place.iterdir()} == before
