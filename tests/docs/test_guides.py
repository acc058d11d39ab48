"""The guides: each newcomer's commands, run as they stand, and the pasted examples."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
BLOCK = re.compile(r"^```bash( repository)?\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """An environment in which `wetread` is this one, and $OUT an empty folder."""
    place = tmp_path / "bin"
    place.mkdir()
    command = place / "wetread"
    command.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'import sys; from wetread.cli import main; sys.exit(main())' \"$@\"\n",
        encoding="utf-8",
    )
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "out").mkdir()
    found = dict(os.environ)
    found |= {"PATH": f"{place}:{found['PATH']}", "OUT": str(tmp_path / "out")}
    return found | {"PYTHONPATH": f"{ROOT / 'src'}:{found.get('PYTHONPATH', '')}"}


def test_there_is_a_guide_for_each_newcomer() -> None:
    names = [path.stem for path in GUIDES]
    assert names == ["engineer", "pacs", "radiologist", "regulatory", "student"]
    assert all(BLOCK.search(path.read_text("utf-8")) for path in GUIDES)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_newcomers_commands_run_as_they_stand(guide: Path, tmp_path: Path, shell: dict[str, str]) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    for in_repository, script in BLOCK.findall(guide.read_text("utf-8")):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=ROOT if in_repository else folder, env=shell, capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, f"{script}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"


def test_the_examples_can_be_pasted(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "examples.md").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == 5
    script = tmp_path / "pasted.py"
    script.write_text("\n\n".join(blocks), encoding="utf-8")
    path = f"{ROOT / 'src'}:{os.environ.get('PYTHONPATH', '')}"
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)], cwd=tmp_path, env=os.environ | {"PYTHONPATH": path},
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert len(done.stdout.splitlines()) == 4
    assert {"eda.html", "report.html", "sr.dcm"} <= {path.name for path in tmp_path.iterdir()}
