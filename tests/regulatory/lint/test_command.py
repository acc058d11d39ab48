from __future__ import annotations

import json
from pathlib import Path

import pytest

from regulatory.lint.planted import HERE
from wetread.cli import main


def test_gaps_reads_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["documents", "gaps", str(HERE / "texts" / "mixed.md")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "11 findings"
    assert sum(line.startswith("error f1-across-prevalences (line ") for line in lines) == 1


def test_gaps_reads_a_description_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["documents", "gaps", "--json", str(HERE / "course_example.yaml")]) == 0
    told = json.loads(capsys.readouterr().out)
    rules = {finding["rule"] for finding in told["findings"]}
    assert {"laterality", "ratio-contradicts", "threshold-on-scored-set"} <= rules
    assert all(finding["why"] and finding["where"] for finding in told["findings"])


def test_gaps_has_nothing_to_say_of_the_control(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["documents", "gaps", str(HERE / "control.yaml")]) == 0
    assert capsys.readouterr().out == "no finding\n"


def test_a_wrong_description_is_a_message_and_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wrong.yaml").write_text("schema: wetread.submission/1\nclaim: {veiws: [PA]}\n")
    assert main(["documents", "gaps", str(tmp_path / "wrong.yaml")]) == 2
    assert "claim: 'veiws' is not known there" in capsys.readouterr().err
