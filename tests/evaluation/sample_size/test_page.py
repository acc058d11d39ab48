"""The page on sizes: what its code prints is what it says, and its picture is of these numbers."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PIL import Image

from wetread.evaluation.sample_size import goal_size
from wetread.evaluation.sample_size.drawing import plot

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_worked_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (DOCS / "sample-size.md").read_text("utf-8")
    blocks = re.findall(r"```pycon\n(.*?)```", text, flags=re.DOTALL)
    whole = doctest.DocTestParser().get_doctest("".join(blocks), {}, "sample-size.md", None, None)
    said: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(whole, out=said.append)
    assert result.failed == 0, "".join(said)
    assert result.attempted > 30
    described = []
    for picture in (tmp_path / "sample-size.png", DOCS / "pictures" / "sample-size.png"):
        with Image.open(picture) as image:
            described.append(image.info["Description"])
    assert described[0] == described[1], "the picture is of other numbers: run the page's code and keep its picture"


def test_the_picture_draws_the_numbers_that_it_is_given() -> None:
    goal = goal_size(0.90, 0.80)
    figure = Figure()
    plot(goal, ((3, None), (5, 60), (6, 40)), figure)
    left, right = figure.axes
    assert left.lines[0].get_xdata().tolist() == list(goal.films)  # type: ignore[union-attr]
    assert left.lines[0].get_ydata().tolist() == list(goal.powers)  # type: ignore[union-attr]
    assert {text.get_text() for text in left.texts} == {"first: 107", "stable: 113"}
    assert right.lines[0].get_xydata().tolist() == [[5, 60], [6, 40]]  # type: ignore[attr-defined]
    assert right.lines[1].get_marker() == "x"
    assert list(right.lines[1].get_xdata()) == [3]
    assert [text.get_text() for text in right.texts] == ["60", "40", "never"]
