"""`wetread documents plan` writes what was asked and computed, before any other evidence is there."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from wetread.cli import documents_plan
from wetread.errors import ConfigError

DEVICE = """schema: wetread.device/1
name: made
date: 2026-01-02
claim: triage
validation:
  prevalence: 0.1
  goals:
    - {of: sensitivity, expected: 0.88, goal: 0.80}
    - {of: specificity, expected: 0.90, goal: 0.80}
evidence:
  plan: {kind: plan, path: not-there-yet.json}
"""


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    documents_plan.add(parser.add_subparsers(dest="action"))
    return parser.parse_args(["plan", *words])


def test_it_writes_the_plan_and_says_what_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    device, out = tmp_path / "device.yaml", tmp_path / "plan.json"
    device.write_text(DEVICE)
    assert documents_plan.run(options(str(device), "--out", str(out))) == 0
    told = json.loads(out.read_text())
    assert told["schema"] == "wetread.plan/1"
    assert [size["result"]["stable"] for size in told["goals"]] == [185, 113]
    said = capsys.readouterr().out
    assert "sensitivity 0.88 against 0.8: 173 films first, 185 stable" in said
    assert "1,850 films" in said
    first = out.read_bytes()
    documents_plan.run(options(str(device), "--out", str(out)))
    assert out.read_bytes() == first


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("schema: wetread.device/1\nname: x\n", "asks for no plan"),
        ("schema: something\n", "wetread.device/1"),
        ("[1, 2", "no YAML"),
        (DEVICE.replace("goal: 0.80", "goal: 0.95"), "goals, entry 1"),
    ],
)
def test_a_file_that_asks_for_nothing_is_refused(tmp_path: Path, text: str, word: str) -> None:
    device = tmp_path / "device.yaml"
    device.write_text(text)
    with pytest.raises(ConfigError, match=word):
        documents_plan.run(options(str(device), "--out", str(tmp_path / "plan.json")))
    assert not (tmp_path / "plan.json").exists()


def test_a_missing_device_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        documents_plan.run(options(str(tmp_path / "none.yaml"), "--out", str(tmp_path / "plan.json")))


def test_the_example_of_the_docs_is_a_plan(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "sample-size.md").read_text("utf-8")
    example = page[page.index("```yaml\n") + 8 :].partition("```")[0]
    device, out = tmp_path / "device.yaml", tmp_path / "plan.json"
    device.write_text(f"schema: wetread.device/1\n{example}")
    assert documents_plan.run(options(str(device), "--out", str(out))) == 0
    told = json.loads(out.read_text())
    assert all(told[kind] for kind in ("goals", "precision", "areas", "groups", "f1", "readers"))
    assert told["asked"]["described"]["truth"]["readers"] == 3
