"""A document as a page: numbers say where they come from, open fields stand out, nothing is run or asked for."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

from regulatory.render.written import TITLE, marked, pen, png
from wetread.regulatory.render import html
from wetread.regulatory.render.told import BANNER


class Page(HTMLParser):
    """What a browser would find: attributes by tag, and text by the tag around it."""

    def __init__(self, raw: bytes) -> None:
        super().__init__()
        self.found: dict[str, list[dict[str, str]]] = {}
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(raw.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.setdefault(tag, []).append({name: value or "" for name, value in attrs})
        if tag not in ("img", "br", "hr", "meta", "col", "link"):
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another"

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.texts[tag][-1] += data


def made() -> tuple[Page, str]:
    by = pen()
    raw = html(marked(by), TITLE, {"there": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}, by.claims)
    return Page(raw), raw.decode()


def test_every_tag_is_closed_in_its_order() -> None:
    page, _ = made()
    assert page.open == []


def test_the_same_document_gives_the_same_bytes() -> None:
    assert made()[1] == made()[1]


def test_title_and_banner_stand_once_in_the_head_of_the_page() -> None:
    page, _ = made()
    assert page.texts["h1"] == [TITLE]
    assert page.texts["title"] == [TITLE]
    assert [text for text in page.texts["p"] if text == BANNER] == [BANNER, BANNER]  # head and foot
    assert all(BANNER not in text for text in page.texts["blockquote"])


def test_every_number_leads_to_its_evidence() -> None:
    by = pen()
    page = Page(html(marked(by), TITLE, {}, by.claims))
    numbers = [each for each in page.found["a"] if "claim" in each.get("class", "").split()]
    ids = {each["id"] for each in page.found["li"] if "id" in each}
    assert len(numbers) >= len(by.claims)
    assert {each["href"].removeprefix("#") for each in numbers} == ids
    assert any("made:/auroc; SHA-256 abababababab; 1,234 films; method: a method" in each["title"] for each in numbers)


def test_an_open_field_and_a_gap_are_marked_as_such() -> None:
    page, _ = made()
    kinds = [(each["class"], text) for each, text in zip(page.found["mark"], page.texts["mark"], strict=True)]
    assert ("human", "[[HUMAN: purpose: what it is *for* [here]]]") in kinds
    assert ("missing", "[[NOT IN THE FOLDER: made:/nowhere]]") in kinds


def test_nothing_in_the_text_becomes_markup() -> None:
    page, _ = made()
    assert "script" not in page.found
    assert "<script>alert(1)</script>" in "".join(page.texts["p"])
    assert not any(each.get("href", "").startswith("javascript") for each in page.found["a"])
    assert [each["href"] for each in page.found["a"] if "rel" in each] == ["https://example.org/a?b=1&c=2"]


def test_pictures_lie_inside_and_a_missing_one_is_named() -> None:
    page, raw = made()
    (picture,) = page.found["img"]
    assert base64.b64decode(picture["src"].removeprefix("data:image/svg+xml;base64,")).startswith(b"<svg")
    assert picture["alt"] == "A picture of 1,234 films"
    assert "The picture <code>absent</code> is not in the folder." in raw


def test_a_png_is_told_as_one() -> None:
    by = pen()
    page = Page(html(marked(by), TITLE, {"there": png()}, by.claims))
    assert page.found["img"][0]["src"].startswith("data:image/png;base64,")


def test_headings_are_listed_and_can_be_reached() -> None:
    page, _ = made()
    assert page.texts["h2"][:3] == ["First part", "Second part", "Third part"]
    assert "nav" not in page.found
    more = html("".join(f"## Part {name}\n\nText.\n\n" for name in "abcd"), TITLE, {}, {})
    again = Page(more)
    anchors = {each["id"] for each in again.found["h2"] if "id" in each}
    assert [each["href"].removeprefix("#") for each in again.found["a"][1:]] == sorted(anchors)
    assert len(anchors) == 4


def test_a_list_keeps_its_first_number() -> None:
    page, _ = made()
    assert page.found["ol"][0]["start"] == "3"


def test_columns_share_the_whole_width() -> None:
    page, _ = made()
    widths = [float(re.findall(r"[\d.]+", each["style"])[0]) for each in page.found["col"]]
    assert abs(sum(widths) - 100) < 1


def test_a_per_cent_sign_stays_with_its_number() -> None:
    page, _ = made()
    assert "50.0\u00a0%" in page.texts["a"]


def test_the_page_leads_back_to_the_folder_s_index() -> None:
    page, _ = made()
    assert page.found["a"][0]["href"] == "../index.html"
