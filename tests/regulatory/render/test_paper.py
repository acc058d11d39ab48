"""A document as a PDF: its text can be read, its headings are bookmarks, and nothing runs off the page."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from regulatory.render.written import TITLE, marked, pen, png
from wetread.regulatory.render import pdf
from wetread.regulatory.render.told import BANNER

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs the Debian package poppler-utils")
LONG = "| Name | Text |\n| --- | --- |\n" + "| row | a sentence that says something |\n" * 120


def raw() -> bytes:
    by = pen()
    return pdf(marked(by), TITLE, {"there": png(4000, 3000)}, by.claims)


def read(tool: str, content: bytes, folder: Path, *options: str) -> str:
    file = folder / "made.pdf"
    file.write_bytes(content)
    last = [] if tool == "pdfinfo" else ["-"]
    return subprocess.run([tool, *options, str(file), *last], capture_output=True, check=True).stdout.decode()


def test_the_same_document_gives_the_same_bytes() -> None:
    assert raw() == raw()


def test_it_is_a_pdf_of_a_fixed_day() -> None:
    content = raw()
    assert content.startswith(b"%PDF-")
    assert set(re.findall(rb"/(?:CreationDate|ModDate) \(D:(\d{8})", content)) == {b"20000101"}


@needs_poppler
def test_its_text_can_be_read_with_every_letter(tmp_path: Path) -> None:
    text = " ".join(read("pdftotext", raw(), tmp_path, "-layout").split())
    for part in (TITLE, "1,234 films", "a < b | *c* [d]", "0.812 (0.750 to 0.900)", "Another one", "y = 2"):
        assert part in text
    assert "[[HUMAN: owner: who answers | for it]]" in text
    assert "[[NOT IN THE FOLDER: made:/nowhere]]" in text
    assert not any(0xE000 <= ord(letter) <= 0xF8FF for letter in text)


@needs_poppler
def test_a_hyphen_is_never_lost(tmp_path: Path) -> None:
    words = ["`REQ-GATE-UPRIGHT-AND-MORE`", "RISK-MISSED-PNEUMONIA-OF-A-CHILD", "one-of-many"] * 5
    table = "| " + " | ".join("abcde") + " |\n" + "| --- " * 5 + "|\n| " + " | ".join([", ".join(words)] * 5) + " |\n"
    text = "".join(read("pdftotext", pdf(table, TITLE, {}, {}), tmp_path, "-raw").split())
    assert text.count("REQ-GATE-UPRIGHT-AND-MORE") == 25
    assert text.count("RISK-MISSED-PNEUMONIA-OF-A-CHILD") == 25


@needs_poppler
def test_every_page_bears_the_banner_and_its_number(tmp_path: Path) -> None:
    pages = read("pdftotext", pdf(LONG, TITLE, {}, {}), tmp_path, "-layout").split("\f")[:-1]
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert BANNER in page
        assert f"page {number} of {len(pages)}" in " ".join(page.split())


@needs_poppler
def test_a_long_table_repeats_its_header(tmp_path: Path) -> None:
    pages = read("pdftotext", pdf(LONG, TITLE, {}, {}), tmp_path, "-layout").split("\f")[:-1]
    assert all(re.search(r"Name\s+Text", page) for page in pages)
    assert sum(page.count("a sentence that says something") for page in pages) == 120


@needs_poppler
def test_a_wide_table_stays_on_the_page(tmp_path: Path) -> None:
    cells = ["ab" * 32, "0.71 (0.65 to 0.77)", "a sentence with several words in it"] * 4
    table = (
        "| " + " | ".join(["Header"] * 12) + " |\n" + "| --- " * 12 + "|\n" + ("| " + " | ".join(cells) + " |\n") * 3
    )
    words = read("pdftotext", pdf(table, TITLE, {}, {}), tmp_path, "-bbox")
    ends = [float(end) for end in re.findall(r'<word [^>]*xMax="([\d.]+)"', words)]
    starts = [float(start) for start in re.findall(r'<word xMin="([\d.-]+)"', words)]
    assert max(ends) <= 595 - 40
    assert min(starts) >= 40


@needs_poppler
def test_a_cell_longer_than_a_page_is_split(tmp_path: Path) -> None:
    table = f"| a | b |\n| --- | --- |\n| x | {'word ' * 3000}last |\n"
    text = read("pdftotext", pdf(table, TITLE, {}, {}), tmp_path, "-raw")
    assert text.split().count("word") == 3000
    assert "last" in text


@needs_poppler
def test_a_row_that_a_page_holds_is_not_split(tmp_path: Path) -> None:
    row = "| first{0} " + "word " * 60 + "| second |\n"
    table = "| a | b |\n| --- | --- |\n" + "".join(row.format(index) for index in range(40))
    pages = read("pdftotext", pdf(table, TITLE, {}, {}), tmp_path, "-raw").split("\f")[:-1]
    assert len(pages) > 2
    assert all(page.count("word") == 60 * page.count("first") for page in pages)


def test_headings_are_bookmarks_whatever_level_is_left_out() -> None:
    content = pdf("#### Deep\n\n## Shallow\n\n### Middle\n", "Made", {}, {})
    assert re.findall(rb"/Title \((\w+)\)", content).count(b"Deep") == 1
    assert content.count(b"/Parent") >= 4


def test_a_missing_picture_stops_nothing() -> None:
    assert pdf("![caption](../figures/absent.svg)", "Made", {}, {}).startswith(b"%PDF-")
