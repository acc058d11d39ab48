"""The page on reader studies: what its code prints is what it says, and its picture is of these numbers."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from PIL import Image

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_worked_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (DOCS / "readers.md").read_text("utf-8")
    blocks = re.findall(r"```pycon\n(.*?)```", text, flags=re.DOTALL)
    whole = doctest.DocTestParser().get_doctest("".join(blocks), {}, "readers.md", None, None)
    said: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(whole, out=said.append)
    assert result.failed == 0, "".join(said)
    assert result.attempted > 30
    described = []
    for picture in (tmp_path / "readers.png", DOCS / "pictures" / "readers.png"):
        with Image.open(picture) as image:
            described.append(image.info["Description"])
    assert described[0] == described[1], "the picture is of other numbers: run the page's code and keep its readers.png"
