"""The one look: text is escaped, nothing is left blank, nothing is asked of a server, and colours can be read."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetread import page

TEMPLATES = Path(page.__file__).parent / "templates"
EMPTY_REFUSAL = {
    "constancy": False,
    "done": "Not read:",
    "found": "refused",
    "tone": "stop",
    "meaning": "",
    "name": "",
    "when": "",
    "loud": [],
    "quiet": [],
    "model": None,
    "short_hash": "",
    "evidence": "",
    "step_names": [],
    "steps": [],
    "timings": [],
    "disclaimer": "Not a diagnosis.",
    "film": None,
    "film_facts": "",
    "film_withheld": False,
    "outlined": False,
    "worth": "",
    "reasons": [],
}


def test_the_room_is_cheap_to_import() -> None:
    code = "import sys, wetread.page; print(sorted({'jinja2', 'PIL', 'numpy'} & set(sys.modules)))"
    environment = os.environ | {"PYTHONPATH": str(Path(page.__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"


@pytest.mark.requirement("REQ-TEXT-STAYS-TEXT")
def test_values_are_escaped() -> None:
    html = page.render("refusal.html", EMPTY_REFUSAL | {"name": '<script>alert("x")</script>', "loud": ["a < b & c"]})
    assert "<script" not in html
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in html
    assert "a &lt; b &amp; c" in html


@pytest.mark.parametrize("missing", ["disclaimer", "reasons", "loud"])
def test_a_missing_value_is_an_error(missing: str) -> None:
    data = {key: value for key, value in EMPTY_REFUSAL.items() if key != missing}
    with pytest.raises(jinja2.UndefinedError, match=missing):
        page.render("refusal.html", data)


def test_a_missing_template_is_an_error() -> None:
    with pytest.raises(jinja2.TemplateNotFound):
        page.render("nowhere.html", {})


def test_the_base_alone_is_no_page() -> None:
    with pytest.raises(jinja2.TemplateRuntimeError, match="Required block"):
        page.render("base.html", {})


@pytest.mark.requirement("REQ-NO-TRAFFIC")
def test_the_page_says_its_language_and_forbids_requests() -> None:
    html = page.render("refusal.html", EMPTY_REFUSAL)
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "default-src 'none'" in html
    assert '<meta charset="utf-8">' in html


@pytest.mark.requirement("REQ-NO-TRAFFIC")
@pytest.mark.parametrize("file", sorted(path.name for path in TEMPLATES.iterdir()))
def test_no_template_reaches_outside(file: str) -> None:
    text = (TEMPLATES / file).read_text(encoding="utf-8")
    assert re.findall(r"https?://|//[\w.]+/|@import|url\(|<script|<link|\| *safe|autoescape", text) == []


def test_a_picture_is_a_data_uri() -> None:
    assert page.picture(b"\x89PNG\r\n\x1a\nrest").startswith("data:image/png;base64,iVBORw0KGgp")


def test_other_bytes_are_no_picture() -> None:
    with pytest.raises(ValueError, match="PNG"):
        page.picture(b"\xff\xd8\xff\xe0 a JPEG")


@pytest.mark.requirement("REQ-NO-FALSE-CERTAINTY")
@given(st.floats(0, 1))
def test_a_percentage_is_near_its_share_and_never_falsely_certain(share: float) -> None:
    text = page.percent(share)
    assert text.endswith("\u202f%")
    number = float(re.sub(r"[^0-9.]", "", text))
    assert number == pytest.approx(100 * share, abs=0.51)
    assert (number in (0, 100)) == (share in (0, 1))
    if 0.0001 <= share < 0.5:
        assert number == pytest.approx(100 * share, rel=0.06)


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_a_share_outside_its_range_has_no_percentage(share: float) -> None:
    with pytest.raises(ValueError, match="lies in"):
        page.percent(share)


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2.2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


PAIRS = [
    *itertools.product(("ink", "soft", "link"), ("paper", "wash")),
    *((text, f"{tone}-wash") for tone in ("alert", "calm", "doubt", "stop", "warn") for text in (tone, "ink")),
]


@pytest.mark.requirement("REQ-PAGE")
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(theme: int, text: str, ground: str) -> None:
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    blocks = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]
    colours = blocks[theme]
    assert contrast(colours[text], colours[ground]) >= 4.5
