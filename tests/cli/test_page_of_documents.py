"""docs/documents.md: its commands run, its example is a device file, and its tables name all there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from regulatory.made import device_folder
from wetread.cli import main
from wetread.regulatory import device_fields
from wetread.regulatory.kinds import KINDS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/documents.md").read_text(encoding="utf-8")
COMMANDS = [line.strip() for line in PAGE.splitlines() if line.startswith("    wetread documents ")]


def first_column(heading: str) -> set[str]:
    """The words in code of the first column of the table below a heading."""
    part = PAGE.split(f"\n{heading}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def run(command: str, **places: Any) -> int:
    words = shlex.split(command)[1:]
    return main([str(places.get(word, word)) for word in words])


def test_the_first_commands_run_on_the_repository_s_own_device(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"regulatory/adult.yaml": ROOT / "regulatory/adult.yaml", "folder": tmp_path / "folder"}
    gaps, build, verify = COMMANDS[:3]
    assert run(gaps, **places) == 0
    assert run(build + " --formats md", **places) == 0
    assert run(verify, **places) == 0
    assert "nothing was altered" in capsys.readouterr().out


def test_the_steps_of_the_seal_run_in_their_order(tmp_path: Path) -> None:
    before = ("plan", "lock", "ledger", "predictions", "evaluation")
    plan, lock, use = COMMANDS[3:6]
    places = {name: tmp_path / name for name in ("plan.json", "lock.json", "ledger.jsonl")}
    for step, (command, there) in enumerate(((plan, before), (lock, before[1:]), (use, before[2:]))):
        device = device_folder(tmp_path / str(step), without=there)
        for made in places.values():
            if made.exists():
                (device.parent / made.name).write_bytes(made.read_bytes())
        assert run(command, DEVICE=device, **places) == 0
    assert all(made.exists() for made in places.values())


def test_the_example_is_a_device_file() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    plain = yaml.safe_load(block)
    device_fields.check("the example", plain | {"date": str(plain["date"])})
    assert set(plain["evidence"]) >= {plain["test_list"]}
    assert {told["kind"] for told in plain["evidence"].values()} <= set(KINDS)


def test_every_key_is_told() -> None:
    assert first_column("## The device file") == set(device_fields.KEYS)


def test_every_kind_is_told() -> None:
    assert first_column("## Evidence") == set(KINDS)


def test_every_fault_is_told() -> None:
    sources = [*(ROOT / "src/wetread/regulatory").glob("*.py")]
    codes = {
        code for file in sources for code in re.findall(r'Fault\(\s*"([a-z-]+)"', file.read_text(encoding="utf-8"))
    }
    codes |= {"altered-evidence", "altered-reference"}
    assert len(codes) > 15
    assert first_column("## Is it still what the evidence says") == codes
