"""The command line itself: what can be asked, and what an exit status means."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import SOURCE, Films, Run
from wetread import __version__
from wetread.bundle import Bundle
from wetread.cli import demo, main, predict
from wetread.cli.main import parser
from wetread.errors import AlteredError, ConfigError, NotAFilmError, UsageError

VERBS = ("demo", "predict", "score", "verify")


@pytest.mark.parametrize("verb", [(), *((verb,) for verb in VERBS)])
def test_help_of_each_verb(verb: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*verb, "--help"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"usage: {' '.join(('wetread', *verb))}")
    assert err == ""
    if not verb:
        assert all(name in out for name in VERBS)
        assert "5 an integrity check failed" in out


def test_every_option_says_what_it_is_for() -> None:
    (verbs,) = (action for action in parser()._actions if action.dest == "verb")
    for name, verb in (verbs.choices or {}).items():  # type: ignore[union-attr]
        silent = [action.dest for action in verb._actions if not action.help]
        assert silent == [], f"wetread {name}"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"wetread {__version__}\n"


@pytest.mark.requirement("REQ-EXIT-STATUS")
@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["guess"],
        ["predict"],
        ["predict", "--prevalence", "0", "a.dcm"],
        ["predict", "--prevalence", "1", "a.dcm"],
        ["predict", "--prevalence", "30", "a.dcm"],
        ["predict", "--prevalence", "nan", "a.dcm"],
        ["predict", "--prevalence", "often", "a.dcm"],
        ["predict", "--view", "SIDEWAYS", "a.dcm"],
        ["predict", "--unknown-age", "guess", "a.dcm"],
        ["predict", "--engine", "abacus", "a.dcm"],
        ["score", "folder"],
        ["score", "--bundle", "adult", "folder"],
        ["score", "--bundle", "adult", "--out", "x.csv", "--split", "some", "folder"],
    ],
)
def test_wrong_usage_is_2_and_said_on_standard_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "usage: wetread" in err


@pytest.mark.requirement("REQ-EXIT-STATUS")
@pytest.mark.parametrize("error", [UsageError, ConfigError, AlteredError, NotAFilmError])
def test_a_named_error_becomes_its_status(
    error: type[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Namespace) -> int:
        raise error("the reason why")

    monkeypatch.setattr(predict, "run", fail)
    assert main(["predict", "a.dcm"]) == error.exit_status
    assert capsys.readouterr().err == "wetread: the reason why\n"


@pytest.mark.requirement("REQ-NO-IDENTITY", "REQ-EXIT-STATUS")
def test_a_defect_is_1_and_tells_no_patient(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Namespace) -> int:
        raise KeyError("NAME^OF A PATIENT")

    monkeypatch.setattr(predict, "run", fail)
    assert main(["predict", "a.dcm"]) == 1
    err = capsys.readouterr().err
    assert "KeyError" in err
    assert "test_main" in err, "where it arose, for the report"
    assert "PATIENT" not in err
    assert "Traceback" not in err


def test_an_interruption_is_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(predict, "run", fail)
    assert main(["predict", "a.dcm"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_python_m_is_the_command(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"wetread {__version__}\n")


def started(*arguments: str | Path, **streams: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "wetread.cli", *map(str, arguments)]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(SOURCE)}, **streams)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="pipes break otherwise elsewhere")
@pytest.mark.parametrize("arguments", [["--help"], ["predict", "--json"]])
def test_a_reader_that_goes_away_is_no_error(arguments: list[str], toy_bundle: Bundle, films: Films) -> None:
    if "predict" in arguments:
        arguments = [*arguments, "--bundle", str(toy_bundle.folder), films.text, films.empty]
    done = started(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.stdout is not None
    assert done.stderr is not None
    done.stdout.close()
    assert b"rror" not in done.stderr.read()
    assert done.wait(60) == 0
    done.stderr.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_told(toy_bundle: Bundle, films: Films) -> None:
    with Path("/dev/full").open("wb") as full:
        done = started(
            "predict", "--json", "--bundle", toy_bundle.folder, films.text, stdout=full, stderr=subprocess.PIPE
        )
        _, err = done.communicate(timeout=60)
    assert done.returncode == 2
    assert b"the output cannot be written: No space left" in err
    assert b"Traceback" not in err


def test_closed_outputs_are_borne(toy_bundle: Bundle, films: Films, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["predict", "--bundle", str(toy_bundle.folder), films.text, films.empty]) == 4


def test_the_output_takes_any_file_name(toy_bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name in another encoding than ours, on a terminal that knows only ASCII."""
    name = tmp_path / os.fsdecode(b"r\xf6ntgen \xe2\x82\xac.dcm")
    name.write_text("no film")
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding="ascii"))
    assert main(["predict", "--bundle", str(toy_bundle.folder), str(name)]) == 4
    assert b"NOT READABLE" in buffer.getvalue()


@pytest.mark.requirement("REQ-DEMO")
def test_the_demo_does_everything_in_a_minute(
    with_toys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "demo"
    assert main(["demo", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert {file.name for file in out.iterdir()} == {"phantom.dcm", "reading.json", "film.png", "report.html"}
    assert "refused" in told, "as a patient's film"
    assert "CONSTANCY CHECK" in told
    assert str(out / "report.html") in told
    assert "not a diagnosis" in told


def test_the_demo_says_where_it_cannot_write(
    with_toys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("")
    assert main(["demo", "--out", str(tmp_path / "taken")]) == 2
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.requirement("REQ-DEMO")
def test_the_demo_does_not_call_a_refusal_a_reading(
    with_toys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = demo.phantom.film
    monkeypatch.setattr(demo.phantom, "film", lambda seed, **more: drawn(seed, age_years=12, **more))
    assert main(["demo", "--out", str(tmp_path)]) == 5
    assert "does not read its own constancy film" in capsys.readouterr().err
