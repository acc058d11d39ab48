"""`wetread predict`: every input gets its answer, in order, and nothing of a patient goes anywhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, Sequence

import toy
from cli.conftest import SOURCE, Films, Run, patient_film
from radiograph import breaking
from schema import faults
from wetread import phantom
from wetread.bundle import Bundle, load
from wetread.calibration import restate
from wetread.cli import films as films_module
from wetread.cli import main
from wetread.cli.films import listed
from wetread.errors import UsageError
from wetread.radiograph import Outcome
from wetread.radiograph.many import Crew

Capture = pytest.CaptureFixture[str]
NAMED = ["read", "lateral", "between", "child", "phantom", "text", "empty", "cut", "missing"]
EXPECTED = ["read", "refused", "refused", "read", "refused", *4 * ["unreadable"]]
STATUS_OF = {"read": 0, "refused": 3, "unreadable": 4}


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def codes(line: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in line["reasons"]]


# ------------------------------------------------------------------------------------------------- what comes out


@pytest.mark.requirement("REQ-BATCH")
def test_a_mixed_batch_gets_one_valid_line_each_in_order(with_toys: Path, films: Films, capsys: Capture) -> None:
    named = [getattr(films, name) for name in NAMED]
    assert main(["predict", "--json", *named]) == 4
    out, err = capsys.readouterr()
    answers = lines(out)
    assert [answer["file"] for answer in answers] == named
    assert [answer["status"] for answer in answers] == EXPECTED
    assert [faults(answer, "line") for answer in answers] == [[]] * len(named)
    found = {name: codes(answer) for name, answer in zip(NAMED, answers, strict=True)}
    assert found["lateral"] == ["view"]
    assert found["between"] == ["age"]
    assert found["phantom"] == ["constancy"]
    assert found["text"] == found["empty"] == ["not-a-film"]
    assert found["cut"] == ["decode"]
    assert err == "wetread: 9 films: 2 read, 3 refused, 4 not readable\n"


@pytest.mark.requirement("REQ-EXIT-STATUS")
@pytest.mark.parametrize(("name", "status"), list(zip(NAMED, EXPECTED, strict=True)))
def test_the_status_of_one_film(with_toys: Path, films: Films, capsys: Capture, name: str, status: str) -> None:
    assert main(["predict", "--json", getattr(films, name)]) == STATUS_OF[status]
    (answer,) = lines(capsys.readouterr().out)
    assert answer["status"] == status


@pytest.mark.requirement("REQ-EXIT-STATUS")
@pytest.mark.parametrize(
    ("names", "status"),
    [(["read"], 0), (["read", "lateral"], 3), (["lateral", "text", "read"], 4), (["bug", "text", "lateral"], 1)],
)
def test_the_most_telling_status_wins(
    with_toys: Path, films: Films, capsys: Capture, monkeypatch: pytest.MonkeyPatch, names: list[str], status: int
) -> None:
    made = films_module._answer

    def fails_on_bug(path: Path, outcome: Outcome, *more: Any) -> films_module.Answer:
        if path.stem == "bug":
            outcome = replace(outcome, error=KeyError("NAME^OF A PATIENT"))  # type: ignore[arg-type]
        return made(path, outcome, *more)

    monkeypatch.setattr(films_module, "_answer", fails_on_bug)
    assert main(["predict", "--json", *(getattr(films, name) for name in names)]) == status
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == len(names), "a batch never stops at a bad film"
    assert "PATIENT" not in out + err


@pytest.mark.requirement("REQ-BATCH")
def test_a_folder_is_every_film_in_it_in_order(with_toys: Path, films: Films, capsys: Capture) -> None:
    assert main(["predict", "--json", str(films.folder)]) == 4
    found = [answer["file"] for answer in lines(capsys.readouterr().out)]
    assert found == sorted(map(str, films.folder.iterdir()))


@pytest.mark.requirement("REQ-MODEL-BY-AGE")
def test_age_chooses_the_model(with_toys: Path, films: Films, capsys: Capture) -> None:
    assert main(["predict", "--json", films.read, films.child]) == 0
    adult, child = lines(capsys.readouterr().out)
    assert (adult["model"]["name"], child["model"]["name"]) == ("adult", "paediatric")
    assert adult["model"]["sha256"] == load(with_toys / "adult").sha256


def test_the_words_for_people(with_toys: Path, films: Films, capsys: Capture) -> None:
    assert main(["predict", films.read, films.lateral, films.text]) == 4
    out, err = capsys.readouterr()
    read, numbers, *rest = out.splitlines()
    assert read.startswith(f"{films.read}: ")
    assert re.search(r"pneumonia SUSPECTED|pneumonia not suspected|INDETERMINATE", read)
    assert re.search(r"probability \d.* % where 30 % of films are positive; score 0\.\d{3}, threshold 0\.500", numbers)
    assert f"{films.lateral}: NOT READ, refused:" in rest
    assert any(line.startswith("    [view] The film is a lateral film") for line in rest)
    assert any(line.startswith(f"{films.text}: NOT READABLE [not-a-film]") for line in rest)
    assert "Model adult 0.0.1: for adults of paper. Measured on nothing: a toy." in rest
    assert rest[-1].endswith("not a diagnosis.")
    assert err == "wetread: 3 films: 1 read, 1 refused, 1 not readable\n"


@pytest.mark.requirement("REQ-TEXT-STAYS-TEXT")
def test_a_file_name_cannot_break_a_line_or_steer_the_terminal(
    with_toys: Path, tmp_path: Path, capsys: Capture
) -> None:
    name = tmp_path / "a\nb\x1b[2J\r.dcm"
    name.write_text("no film")
    assert main(["predict", str(name)]) == 4
    out = capsys.readouterr().out
    assert r"a\nb\x1b[2J\r.dcm: NOT READABLE" in out
    assert "\x1b" not in out
    assert main(["predict", "--json", str(name)]) == 4
    (answer,) = lines(capsys.readouterr().out)
    assert answer["file"] == str(name)


# ---------------------------------------------------------------------------------------------------- what is asked


@pytest.mark.requirement("REQ-PROBABILITY")
def test_another_prevalence(with_toys: Path, films: Films, capsys: Capture) -> None:
    assert main(["predict", "--json", films.read]) == 0
    (own,) = lines(capsys.readouterr().out)
    assert main(["predict", "--json", "--prevalence", "0.01", films.read]) == 0
    (stated,) = lines(capsys.readouterr().out)
    assert stated["prevalence"] == 0.01
    assert stated["probability"] == pytest.approx(restate(own["probability"], own["prevalence"], 0.01))
    assert (stated["score"], stated["call"]) == (own["score"], own["call"])


@pytest.mark.requirement("REQ-AGE-UNKNOWN")
def test_an_unknown_age_is_read_with_a_notice_or_refused(with_toys: Path, films: Films, capsys: Capture) -> None:
    assert main(["predict", "--json", films.ageless]) == 0
    (noticed,) = lines(capsys.readouterr().out)
    assert noticed["model"]["name"] == "adult"
    assert "age-assumed" in [notice["code"] for notice in noticed["notices"]]
    assert main(["predict", "--json", "--unknown-age", "refuse", films.ageless, films.read]) == 3
    refused, read = lines(capsys.readouterr().out)
    assert codes(refused) == ["age-unknown"]
    assert read["status"] == "read"


@pytest.mark.requirement("REQ-IMAGE-FILES")
def test_an_image_file_needs_its_view_stated(with_toys: Path, png: Path, capsys: Capture) -> None:
    assert main(["predict", "--json", str(png)]) == 3
    (refused,) = lines(capsys.readouterr().out)
    assert codes(refused) == ["view-unknown"]
    assert main(["predict", "--json", "--view", "PA", str(png)]) == 0
    (read,) = lines(capsys.readouterr().out)
    told = [notice["code"] for notice in read["notices"]]
    assert {"image-file", "view-stated", "age-assumed"} <= set(told)
    assert main(["predict", "--json", "--view", "LATERAL", str(png)]) == 3


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_the_bundle_and_engine_that_were_asked_for(
    toy_bundle: Bundle, films: Films, capsys: Capture, engine: str
) -> None:
    assert main(["predict", "--json", "--engine", engine, "--bundle", str(toy_bundle.folder), films.read]) == 0
    (answer,) = lines(capsys.readouterr().out)
    assert answer["model"]["name"] == "toy"


@pytest.mark.requirement("REQ-AGE")
def test_a_film_outside_the_asked_bundles_ages_is_refused(toy_bundle: Bundle, films: Films, capsys: Capture) -> None:
    assert main(["predict", "--json", "--bundle", str(toy_bundle.folder), films.child]) == 3
    (answer,) = lines(capsys.readouterr().out)
    assert codes(answer) == ["age"]


@pytest.mark.requirement("REQ-ALTERED")
def test_an_altered_bundle_reads_nothing(toy_bundle: Bundle, films: Films, tmp_path: Path, capsys: Capture) -> None:
    altered = Path(shutil.copytree(toy_bundle.folder, tmp_path / "altered"))
    content = bytearray((altered / "model.onnx").read_bytes())
    content[-1] ^= 1
    (altered / "model.onnx").write_bytes(content)
    assert main(["predict", "--json", "--bundle", str(altered), films.read, films.text]) == 5
    out, err = capsys.readouterr()
    assert out == ""
    assert "not the file that was released" in err


def test_a_network_that_cannot_run_is_no_bug_of_the_film(
    toy_bundle: Bundle, films: Films, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    broken = Bundle(toy_bundle.folder, toy_bundle.card, toy_bundle.sha256, b"no network")
    monkeypatch.setattr(films_module, "load", lambda *_, **__: broken)
    assert main(["predict", "--json", "--bundle", str(toy_bundle.folder), films.read]) == 5
    assert "no network" in capsys.readouterr().err


@pytest.mark.requirement("REQ-CLINICAL-MODEL")
def test_a_bundle_for_research_reads_no_patient(tmp_path: Path, films: Films, capsys: Capture) -> None:
    toy.bundle(tmp_path / "research", clinical=False)
    assert main(["predict", "--bundle", str(tmp_path / "research"), films.read]) == 2
    assert "score" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------------ listing


def test_results_of_an_earlier_run_are_no_films(with_toys: Path, films: Films, tmp_path: Path, capsys: Capture) -> None:
    shutil.copy(films.read, tmp_path)
    for _ in range(2):
        assert main(["predict", "--json", "--out", str(tmp_path / "results"), str(tmp_path)]) == 0
        assert len(capsys.readouterr().out.splitlines()) == 1


def test_listing_keeps_what_was_named_and_hides_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b/2.dcm", "b/10.dcm", "a.dcm", ".hidden.dcm"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = [path.relative_to(tmp_path).as_posix() for path in listed([str(tmp_path)])]
    assert found == ["a.dcm", "b/10.dcm", "b/2.dcm"]
    named = [str(tmp_path / ".hidden.dcm"), "missing.dcm", "n" * 300]
    assert [str(path) for path in listed(named)] == named


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_listing_a_strange_folder_neither_hangs_nor_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.dcm").write_bytes(b"")
    (tmp_path / os.fsdecode(b"\xff.dcm")).write_bytes(b"")
    (tmp_path / "link.dcm").symlink_to("a.dcm")
    (tmp_path / "itself.dcm").symlink_to("itself.dcm")
    (tmp_path / "nowhere.dcm").symlink_to("missing")
    (tmp_path / "above").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.dcm")
    (tmp_path / "closed").mkdir()
    scandir = os.scandir

    def scandir_as_no_root(place: str | os.PathLike[str]) -> Any:
        if Path(place).name == "closed":
            raise PermissionError(13, "Permission denied", os.fspath(place))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", scandir_as_no_root)
    found = [path.name for path in listed([str(tmp_path)])]
    assert found == sorted(["a.dcm", os.fsdecode(b"\xff.dcm"), "link.dcm", "closed"])
    named = [str(tmp_path / name) for name in ("itself.dcm", "nowhere.dcm", "pipe.dcm")]
    assert [str(path) for path in listed(named)] == named, "what is named is answered, whatever it is"
    assert [path.name for path in listed([str(tmp_path / "above")])] == found, "a link that is named is followed"


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no files"):
        list(listed([str(tmp_path)]))


# ------------------------------------------------------------------------------------------------- bad input of any kind


@pytest.mark.requirement("REQ-HOSTILE")
def test_no_input_whatever_brings_a_traceback(run: Run, toy_bundle: Bundle, films: Films, tmp_path: Path) -> None:
    """In a process of its own, so that nothing is caught by the tests' own net."""
    strange = tmp_path / os.fsdecode(b"\xff\xfe name.dcm")
    strange.write_bytes(b"DICM")
    random = np.random.default_rng(7)
    whole = Path(films.read).read_bytes()
    damaged = []
    for number in range(12):
        content = bytearray(whole)
        for place in random.integers(132, min(len(content), 2500), 40):
            content[place] = random.integers(0, 256)
        damaged.append(tmp_path / f"damaged-{number}.dcm")
        damaged[-1].write_bytes(content)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    named = [strange, *damaged, pipe, Path("/dev/null"), Path("n" * 300), Path(films.read)]
    done = run("predict", "--json", "--out", tmp_path / "out", "--bundle", toy_bundle.folder, *named)
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    answers = lines(done.stdout)
    assert [answer["file"].encode(errors="surrogateescape") for answer in answers] == [os.fsencode(n) for n in named]
    assert [faults(answer, "line") for answer in answers if "surrog" not in answer["file"]] == [[]] * len(named)
    assert all(codes(answer) != ["bug"] for answer in answers)
    assert answers[-1]["status"] == "read"
    assert done.stderr.splitlines()[-1].startswith(f"wetread: {len(named)} films: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--bundle", "no-such-bundle"],
        ["--bundle", "b" * 300],
        ["--out", "{file}"],
        ["--out", "{file}/below"],
    ],
)
def test_wrong_names_are_2_in_one_sentence(
    with_toys: Path, films: Films, capsys: Capture, arguments: list[str]
) -> None:
    given = [argument.format(file=films.text) for argument in arguments]
    assert main(["predict", *given, films.read]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1


@pytest.mark.requirement("REQ-CRASH")
def test_a_film_that_breaks_its_codec_costs_one_line(
    with_toys: Path, films: Films, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    breaking.install(monkeypatch)
    header = {"crash": {}, "refused": {"Modality": "CT"}}
    for name, elements in header.items():
        phantom.write(patient_film(ImageComments="BREAK segv", **elements), tmp_path / f"{name}.dcm")
    (tmp_path / "first.dcm").write_bytes(breaking.breaks("abort"))
    named = [str(tmp_path / "first.dcm"), films.read, str(tmp_path / "crash.dcm"), films.child]
    refused = str(tmp_path / "refused.dcm")
    for more in ([], ["--out", str(tmp_path / "out")]):
        assert main(["predict", "--json", *more, *named, refused]) == 4
        answers = lines(capsys.readouterr().out)
        assert [answer["status"] for answer in answers] == ["unreadable", "read", "unreadable", "read", "refused"]
        assert codes(answers[0]) == codes(answers[2]) == ["crash"]
        assert codes(answers[4]) == ["modality"], "the header says enough, whatever the picture would do"
        assert [faults(answer, "line") for answer in answers] == [[]] * 5


def test_a_page_changes_no_answer_and_shows_the_whole_film(with_toys: Path, tmp_path: Path, capsys: Capture) -> None:
    dataset = phantom.film(3, opacity=True, size=(1300, 1100), age_years=50)
    dataset.Manufacturer = "Somebody's X-rays"
    phantom.write(dataset, tmp_path / "film.dcm")
    told = []
    for more in ([], ["--out", str(tmp_path / "out")]):
        assert main(["predict", "--json", *more, str(tmp_path / "film.dcm")]) == 0
        (answer,) = lines(capsys.readouterr().out)
        told.append({key: answer[key] for key in ("score", "probability", "call", "attention", "steps", "hashes")})
    assert told[0] == told[1]
    with Crew(1) as crew:
        readers = films_module.Readers(bundle=None, engine="openvino")
        for picture, reduced in ((False, True), (True, False)):
            (given,) = films_module.answers([tmp_path / "film.dcm"], readers, crew, picture=picture)
            assert given.film is not None
            assert (given.film.reduction > 1) is reduced


def test_an_interruption_ends_the_command_and_its_workers(
    films: Films, behind_an_open_gate: Path, tmp_path: Path
) -> None:
    """As a terminal interrupts: every process of the group at once, in the middle of a slow film."""
    (tmp_path / "slow.dcm").write_bytes(breaking.breaks("sleep 60"))
    code = (
        "import pytest, sys; from radiograph import breaking; breaking.install(pytest.MonkeyPatch()); "
        "from pathlib import Path; from wetread.bundle import released; released._MODELS = Path(sys.argv.pop(1)); "
        "from wetread.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    path = os.pathsep.join([str(SOURCE), str(SOURCE.parent / "tests")])
    named = ["predict", "--json", films.read, str(tmp_path / "slow.dcm"), films.child]
    command = [sys.executable, "-c", code, str(behind_an_open_gate), *named]
    with subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["status"] == "read"
        os.killpg(running.pid, signal.SIGINT)
        _, err = running.communicate(timeout=20)
        assert running.returncode == 130
        assert err.strip().endswith("wetread: interrupted; what was finished is kept")
        with pytest.raises(ProcessLookupError):
            os.killpg(running.pid, 0)


# --------------------------------------------------------------------------------------------------------- results


def test_the_results_of_each_film(with_toys: Path, films: Films, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "deep" / "out"
    named = [films.read, films.lateral, films.text]
    assert main(["predict", "--json", "--out", str(out), *named]) == 4
    answers = lines(capsys.readouterr().out)
    assert [faults(answer, "line") for answer in answers] == [[], [], []]
    assert lines((out / "readings.jsonl").read_text()) == answers
    assert answers[2]["results"] is None
    for answer in answers[:2]:
        folder = Path(answer["results"])
        assert folder.parent == out
        assert re.fullmatch("[0-9a-f]{12}", folder.name), "named by the film's hash and nothing else"
        assert {file.name for file in folder.iterdir()} == {"reading.json", "film.png", "report.html"}
        reading = json.loads((folder / "reading.json").read_text())
        assert faults(reading) == []
        assert reading == {key: value for key, value in answer.items() if key not in ("file", "results")}
        assert (folder / "film.png").read_bytes().startswith(b"\x89PNG")


def test_the_words_name_the_page(with_toys: Path, films: Films, tmp_path: Path, capsys: Capture) -> None:
    assert main(["predict", "--out", str(tmp_path), films.read]) == 0
    (page,) = re.findall(r"^    page: (.*)$", capsys.readouterr().out, flags=re.MULTILINE)
    assert Path(page).is_file()


MARKER = "QZXW"


def identified() -> Dataset:
    """A film whose header identifies its patient wherever a header can."""
    dataset = patient_film(seed=9)
    identity = {
        "PatientName": f"{MARKER}NAME^{MARKER}GIVEN",
        "PatientID": f"{MARKER}0815",
        "OtherPatientIDs": f"{MARKER}OTHER",
        "PatientAddress": f"{MARKER}STREET",
        "PatientBirthDate": "19470811",
        "AccessionNumber": f"{MARKER}ACC",
        "InstitutionName": f"{MARKER}HOSPITAL",
        "ReferringPhysicianName": f"{MARKER}DOCTOR",
        "OperatorsName": f"{MARKER}OPERATOR",
        "StudyDescription": f"{MARKER}STUDY",
        "SeriesDescription": f"{MARKER}SERIES",
        "PatientComments": f"{MARKER}COMMENT",
        "ImageComments": f"{MARKER}COMMENT",
        "StudyID": f"{MARKER}ID",
    }
    for keyword, value in identity.items():
        setattr(dataset, keyword, value)
    request = Dataset()
    request.RequestedProcedureDescription = f"{MARKER}REQUEST"
    dataset.RequestAttributesSequence = Sequence([request])
    return dataset


def variants(folder: Path) -> list[Path]:
    """The identified film: read, refused, of a wrong header, cut short, and damaged in its picture."""
    read = identified()
    refused = identified()
    refused.Modality = "CT"
    wrong = identified()
    wrong.BitsStored = 40
    turned = identified()
    turned.PatientOrientation = ["H", "L"]
    files = []
    for name, dataset in {"1": read, "2": refused, "3": wrong, "4": turned}.items():
        files.append(folder / f"{name}.dcm")
        dataset.save_as(files[-1], enforce_file_format=True)
    whole = files[0].read_bytes()
    for name, content in {"5": whole[: len(whole) // 2], "6": whole[:1200], "7": whole[200:]}.items():
        files.append(folder / f"{name}.dcm")
        files[-1].write_bytes(content)
    return files


def told_of(marks: tuple[str, ...], text: bytes) -> list[str]:
    """Which of the marks stand in the bytes, as they are or in two bytes a character."""
    return [mark for mark in marks if mark.encode() in text or mark.encode("utf-16-le") in text]


@pytest.mark.requirement("REQ-NO-IDENTITY")
@pytest.mark.parametrize("json_lines", [True, False])
def test_nothing_of_a_patient_goes_anywhere(run: Run, toy_bundle: Bundle, tmp_path: Path, json_lines: bool) -> None:
    films = variants(tmp_path)
    assert MARKER.encode() in films[0].read_bytes()
    out = tmp_path / "out"
    arguments = ["predict", "--out", out, "--bundle", toy_bundle.folder, *(["--json"] if json_lines else []), *films]
    done = run(*arguments, PYTHONWARNINGS="always", PYTHONDEVMODE="1")
    assert done.returncode == 4, done.stderr
    marks = (MARKER, "19470811", "1947-08-11", "11.08.1947")
    assert told_of(marks, (done.stdout + done.stderr).encode()) == []
    written = [file for file in out.rglob("*") if file.is_file()]
    assert {file.name for file in written} == {"reading.json", "film.png", "report.html", "readings.jsonl"}
    for file in written:
        assert told_of((*marks, "0815"), file.read_bytes()) == [], file.name
        assert told_of(marks, str(file.relative_to(out)).encode()) == []


@pytest.mark.requirement("REQ-NO-IDENTITY")
def test_a_folder_of_results_tells_nothing_of_the_file_name(with_toys: Path, tmp_path: Path, capsys: Capture) -> None:
    film = tmp_path / f"{MARKER}NAME.dcm"
    phantom.write(patient_film(), film)
    assert main(["predict", "--json", "--out", str(tmp_path / "out"), str(film)]) == 0
    capsys.readouterr()
    written = list((tmp_path / "out").rglob("*"))
    assert [path for path in written if MARKER in path.relative_to(tmp_path).as_posix()] == []
    pages = [path for path in written if path.is_file() and path.name != "readings.jsonl"]
    assert [path.name for path in pages if told_of((MARKER,), path.read_bytes())] == []
    assert MARKER in (tmp_path / "out" / "readings.jsonl").read_text("utf-8"), "somewhere it must say which film it was"


# --------------------------------------------------------------------------------------------------------- progress


def test_progress_only_on_a_terminal(
    with_toys: Path, films: Films, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = ["predict", "--json", films.text, films.empty, films.missing]
    assert main(batch) == 4
    assert "\r" not in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(batch) == 4
    out, err = capsys.readouterr()
    assert "1 of 3 films" in err
    assert "2 of 3 films" in err
    assert "\r" not in out
    assert len(lines(out)) == 3
    assert main(["predict", "--json", films.text]) == 4
    assert capsys.readouterr().err == "", "one film is no batch"


def test_nothing_heavy_is_loaded_for_one_film(toy_bundle: Bundle, films: Films, run: Run) -> None:
    """Python itself tells what it imports; a library that only the workshop needs would cost every cold start."""
    done = run("predict", "--json", "--bundle", toy_bundle.folder, films.read, PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}
    assert {"openvino", "numpy", "wetread.inference.reader"} <= loaded, "the list is a real one"
    assert "pydicom" not in loaded, "films are parsed in the worker, whose imports run beside these"
    workshop = ["torch", "scipy", "polars", "matplotlib", "pynetdicom", "sklearn", "onnx", "onnxruntime", "pandas"]
    device_elsewhere = ["jinja2", "wetread.clinical", "wetread.phantom", "wetread.cli.score", "wetread.cli.demo"]
    assert [name for name in [*workshop, *device_elsewhere] if name in loaded] == []
