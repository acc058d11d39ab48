"""The tool that makes a run's JUnit file small, and says what hangs loose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from requirements_plugin import known_requirements
from tools import junit_summary as tool

ROOT = Path(__file__).resolve().parents[1]


def junit(path: Path, *names: str, inside: str = "") -> str:
    told = "".join(f'<property name="requirement" value="{name}"/>' for name in names)
    case = f'<testcase classname="t" name="test_a" time="1"><properties>{told}</properties>{inside}</testcase>'
    path.write_text(f'<testsuite hostname="somewhere" timestamp="now">{case}</testsuite>', encoding="utf-8")
    return str(path)


def test_a_run_that_verifies_everything_passes_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"
    file = junit(tmp_path / "a.xml", *sorted(known_requirements()))
    assert tool.main([file, "--out", str(out), "--check"]) == 0
    told = json.loads(out.read_text(encoding="utf-8"))
    number = len(known_requirements())
    assert told["requirements"] == {
        "stated": number, "passed": number, "passed_in_part": 0, "skipped": 0, "failed": 0, "untested": 0,
    }  # fmt: skip
    assert "somewhere" not in out.read_text(encoding="utf-8")
    assert capsys.readouterr().err == ""


def test_parts_of_a_run_are_one_run(tmp_path: Path) -> None:
    out, (first, *others) = tmp_path / "out.json", sorted(known_requirements())
    files = [junit(tmp_path / "a.xml", first), junit(tmp_path / "b.xml", *others)]
    assert tool.main([*files, "--out", str(out), "--check"]) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["counts"]["cases"] == 2


@pytest.mark.parametrize(
    ("names", "inside", "said"),
    [
        (["REQ-BATCH"], "", "untested: REQ-VIEW"),
        (["REQ-NOWHERE"], "", "unknown requirement: REQ-NOWHERE"),
        ([], '<failure message="no"/>', "failed: REQ-VIEW"),
    ],
)
def test_what_hangs_loose_fails_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], names: list[str], inside: str, said: str
) -> None:
    file = junit(tmp_path / "a.xml", *(names or sorted(known_requirements())), inside=inside)
    assert tool.main([file, "--out", str(tmp_path / "out.json"), "--check"]) == 1
    assert said in capsys.readouterr().err
    assert tool.main([file, "--out", str(tmp_path / "out.json")]) == 0


def test_another_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.xml").write_text("no XML", encoding="utf-8")
    assert tool.main([str(tmp_path / "a.xml"), "--out", str(tmp_path / "out.json")]) == 2
    assert tool.main([str(tmp_path / "b.xml"), "--out", str(tmp_path / "out.json")]) == 2
    assert "no XML" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()
