"""How a figure leaves: files on white, an element that follows the page's theme, the same every time."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from wetread.report import Drawn, draw
from wetread.report.drawing import BLUE, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def paint(figure: Figure) -> None:
    axes = figure.subplots()
    axes.plot([1, 2], [3, 4], color=BLUE)
    axes.fill_between([1, 2], [3, 3], [4, 4], hatch="//", color=BLUE)
    axes.set_title("less < more")
    tidy(axes, grid="y")


def drawn(name: str = "slope") -> Drawn:
    return draw(name, 'A slope, "up" & <on>', 2.0, paint)


def test_the_same_twice() -> None:
    first, second = drawn(), drawn()
    assert first.svg == second.svg
    assert first.inline == second.inline
    assert first.png == second.png == first.png


def test_files_are_on_white_and_the_element_is_on_nothing() -> None:
    made = drawn()
    background = ElementTree.fromstring(made.svg).find(".//*[@id='patch_1']/*")
    assert background is not None
    assert background.attrib["style"] == "fill: #ffffff"
    assert "#ffffff" not in made.inline.split("</g>")[0]
    png = np.asarray(Image.open(BytesIO(made.png)).convert("RGBA"))
    assert png[0, 0].tolist() == [255, 255, 255, 255]


def test_the_element_has_the_themes_colours_one_title_and_names_of_its_own() -> None:
    made, other = drawn(), drawn("other")
    assert "var(--one)" in made.inline
    assert BLUE not in made.inline.lower()
    assert re.findall("<title[^>]*>(.*?)</title>", made.inline) == ["A slope, &quot;up&quot; &amp; &lt;on&gt;"]
    assert "less &lt; more" in made.inline
    first, second = (set(re.findall(r'\bid="([^"]+)"', one.inline)) for one in (made, other))
    assert first
    assert not first & second
    for target in re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', made.inline):
        assert "".join(target) in first
    assert made.__html__() == made.inline
