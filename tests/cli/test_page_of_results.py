"""The commands on docs/results.md do and print what stands there; that page and docs/viewers.md name every kind."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from cli.conftest import Films
from wetread.cli import main
from wetread.clinical.kinds import KINDS
from wetread.clinical.profiles import PROFILES, SEEN

DOCS = Path(__file__).resolve().parents[2] / "docs"
RESULTS, VIEWERS = ((DOCS / name).read_text(encoding="utf-8") for name in ("results.md", "viewers.md"))


def test_the_commands_of_the_page(
    with_toys: Path, films: Films, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(films.read, tmp_path / "film.dcm")
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```console\n(.*?)```", RESULTS, re.DOTALL)
    parts = re.split(r"^\$ wetread (.*)\n", block, flags=re.MULTILINE)[1:]
    commands = dict(zip(parts[::2], parts[1::2], strict=True))
    assert [command.split()[0] for command in commands] == ["predict", "explain"]
    for command, printed in commands.items():
        words = [str(path) for word in shlex.split(command) for path in (sorted(Path().glob(word)) or [word])]
        assert main(words) == 0
        said = capsys.readouterr().out.splitlines()
        assert printed.splitlines() != []
        assert [line for line in printed.splitlines() if line not in said] == []


def test_every_kind_and_set_is_told() -> None:
    assert [name for name in KINDS if f"`{name}`" not in RESULTS or f"`{name}`" not in VIEWERS] == []
    assert [name for name in PROFILES if f"`{name}`" not in RESULTS] == []


def test_every_program_that_was_tried_is_told() -> None:
    programs = {re.findall(r"[A-Za-z]+ [\d.]+", seen.program)[0] for seen in SEEN} - {"Poppler 22.12"}
    assert len(programs) >= 2
    assert [program for program in programs if program not in VIEWERS] == []
