"""`wetread documents`: built, looked through, altered, verified, sealed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from regulatory.made import device_folder
from wetread.cli import main

SOME = ["--document", "08-validation-plan", "--document", "00-cover-index"]


@pytest.fixture
def device(tmp_path: Path) -> Path:
    return device_folder(tmp_path / "device")


def run(*words: object) -> int:
    return main(["documents", *map(str, words)])


def test_a_draft_is_built_in_every_format_and_verified(
    device: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run("build", "--draft", device, "--out", out, *SOME) == 0
    assert "2 documents" in capsys.readouterr().out
    for kind in ("md", "html", "docx", "pdf", "json"):
        assert (out / kind / f"08-validation-plan.{kind}").stat().st_size > 1000
    assert (out / "index.html").read_text(encoding="utf-8").count("08-validation-plan") >= 5
    assert run("verify", out, device) == 0
    assert "nothing was altered" in capsys.readouterr().out
    assert run("verify", out) == 0


def test_an_altered_folder_has_exit_status_five_and_every_fault(
    device: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run("build", "--draft", device, "--out", out, "--formats", "md", *SOME) == 0
    (out / "md/00-cover-index.md").unlink()
    (device.parent / "plan.json").unlink()
    assert run("verify", out, device) == 5
    told = capsys.readouterr().out
    assert "[missing-file]" in told
    assert "evidence plan" in told
    assert "faults" in told.splitlines()[-1]


def test_recomputation_finds_a_flattered_figure(
    device: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = device.parent / "evaluation.json"
    evaluation = json.loads(path.read_text())
    evaluation["best"]["f1"] = 0.99
    path.write_text(json.dumps(evaluation))
    out = tmp_path / "out"
    assert run("build", "--draft", device, "--out", out, "--formats", "md", *SOME) == 0
    assert run("verify", out, device) == 0  # built from the altered file, and true to it
    assert run("verify", out, device, "--recompute") == 5
    assert "evaluation:/best/f1" in capsys.readouterr().out
    assert run("verify", out, "--recompute") == 2


def test_a_folder_that_is_no_draft_lists_what_stands_in_its_way(
    device: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("build", device, "--out", tmp_path / "out") == 2
    assert "is open" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_another_s_folder_is_never_replaced_and_an_earlier_build_is(device: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "md").mkdir()
    assert run("build", "--draft", device, "--out", out, *SOME) == 2
    assert list(out.iterdir()) == [out / "md"]
    (out / "md").rmdir()
    for _ in range(2):
        assert run("build", "--draft", device, "--out", out, "--formats", "md", *SOME) == 0
    (out / "notes.txt").write_text("mine")
    assert run("build", "--draft", device, "--out", out, "--formats", "md", *SOME) == 2
    assert (out / "notes.txt").read_text() == "mine"


def test_gaps_are_told_as_text_and_as_json(device: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("gaps", device) == 0
    text = capsys.readouterr().out
    assert "required: said." in text
    assert "in the way of a folder that is no draft" in text.splitlines()[-1]
    assert run("gaps", device, "--json") == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "wetread.gaps/1"


def test_gaps_of_a_submission_that_somebody_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "FDA_Submission.md"
    path.write_text("# FDA Submission\n\n**Final Threshold and Explanation:** F1 of 0.8 on the validation set.\n")
    assert run("gaps", path) == 0
    assert "findings" in capsys.readouterr().out.splitlines()[-1]
    assert run("gaps", path, "--json") == 0
    assert json.loads(capsys.readouterr().out)["findings"]
    assert run("gaps", tmp_path / "none.md") == 2


def test_a_lock_is_written_once_and_before_anything_is_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = device_folder(tmp_path / "late")
    assert run("lock", late, "--out", tmp_path / "late.json") == 4
    assert "holds scores of films of the test list" in capsys.readouterr().err
    early = device_folder(tmp_path / "early", without=("predictions", "evaluation", "lock", "ledger"))
    assert run("lock", early, "--out", tmp_path / "lock.json") == 0
    assert json.loads((tmp_path / "lock.json").read_text())["schema"] == "wetread.lock/1"
    assert run("lock", early, "--out", tmp_path / "lock.json") == 2


def test_uses_of_the_test_films_are_counted(device: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = tmp_path / "ledger.jsonl"
    assert [run("use", device, "--ledger", ledger) for _ in range(2)] == [0, 0]
    assert "use 2 of the test films" in capsys.readouterr().out
    assert len(ledger.read_text().splitlines()) == 2


def test_a_plan_is_computed(device: Path, tmp_path: Path) -> None:
    assert run("plan", device, "--out", tmp_path / "plan.json") == 0
    assert json.loads((tmp_path / "plan.json").read_text())["schema"] == "wetread.plan/1"


@pytest.mark.parametrize("kinds", ["odt", "", "md,"])
def test_unknown_formats_are_refused(device: Path, tmp_path: Path, kinds: str) -> None:
    status = run("build", "--draft", device, "--out", tmp_path / "out", "--formats", kinds, *SOME)
    assert status == (0 if kinds == "md," else 2)


def test_a_wrong_device_file_is_told_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "device.yaml"
    path.write_text("schema: wetread.device/1\nname: x\ndate: 2026-11-22\nclaim: cure\n")
    for action in (
        ["build", "--draft", path, "--out", tmp_path / "out"],
        ["gaps", path],
        ["lock", path, "--out", tmp_path / "l"],
    ):
        assert run(*action) == 2
        assert "claim: 'cure'" in capsys.readouterr().err


def test_without_the_workshop_s_libraries_it_says_what_to_install(device: Path) -> None:
    launch = "import sys; sys.modules['yaml'] = None; from wetread.cli import main; sys.exit(main(sys.argv[1:]))"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
    done = subprocess.run(
        [sys.executable, "-c", launch, "documents", "gaps", str(device)], capture_output=True, text=True, env=environment, check=False
    )  # fmt: skip
    assert done.returncode == 2
    assert "this needs yaml: install wetread[workshop]" in done.stderr


def test_a_field_that_no_document_asks_for_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    device = device_folder(tmp_path / "device", said={"sponser": "A company."})
    assert run("build", "--draft", device, "--out", tmp_path / "out", "--formats", "md") == 0
    assert "said.sponser: no document asks for this field" in capsys.readouterr().err
