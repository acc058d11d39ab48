"""A document as a Word file: read again, it has real headings, tables, fields and pictures, and bears no time."""

from __future__ import annotations

import zipfile
from io import BytesIO

import docx as library
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn

from regulatory.render.written import TITLE, marked, pen, png
from wetread.regulatory.render import docx
from wetread.regulatory.render.told import BANNER


def raw() -> bytes:
    by = pen()
    return docx(marked(by), TITLE, {"there": png(4000, 3000)}, by.claims)


def made() -> Document:
    return library.Document(BytesIO(raw()))


def styled(document: Document, style: str) -> list[str]:
    return [each.text for each in document.paragraphs if each.style is not None and each.style.name == style]


def test_the_same_document_gives_the_same_bytes() -> None:
    assert raw() == raw()


def test_no_part_bears_a_time_of_its_making() -> None:
    with zipfile.ZipFile(BytesIO(raw())) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = made().core_properties
    assert properties.created == properties.modified
    assert properties.created is not None
    assert properties.created.year == 1980
    assert (properties.title, properties.author) == (TITLE, "wetread")


def test_headings_are_headings() -> None:
    document = made()
    assert styled(document, "Heading 1") == [TITLE]
    assert styled(document, "Heading 2") == ["First part", "Second part", "Third part"]
    assert styled(document, "Heading 4") == ["Fourth level"]


def test_banner_and_page_numbers_stand_on_every_page() -> None:
    section = made().sections[0]
    assert section.header.paragraphs[0].text == BANNER
    instructions = [each.text for each in section.footer._element.iter(qn("w:instrText"))]
    assert instructions == ["PAGE", "NUMPAGES"]


def test_a_table_has_a_header_row_that_repeats() -> None:
    (table,) = made().tables
    assert [cell.text for cell in table.rows[0].cells] == ["What", "Value"]
    assert [cell.text for cell in table.rows[1].cells] == ["films", "1,234 films"]
    assert table.rows[2].cells[1].text == "a < b | *c* [d]"
    repeats = [row._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None for row in table.rows]
    assert repeats == [True] + [False] * (len(table.rows) - 1)


def test_a_wide_table_stays_between_the_margins() -> None:
    wide = "\n".join(["| " + " | ".join(["A longer header"] * 12) + " |", "|" + " --- |" * 12])
    document = library.Document(BytesIO(docx(wide, TITLE, {}, {})))
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    assert sum(column.width or 0 for column in document.tables[0].columns) <= room


def test_open_fields_and_gaps_are_highlighted_and_nothing_else() -> None:
    document = made()
    paragraphs = [*document.paragraphs, *(cell.paragraphs[0] for row in document.tables[0].rows for cell in row.cells)]
    runs = [run for paragraph in paragraphs for run in paragraph.runs]
    lit = [run.text for run in runs if run.font.highlight_color == WD_COLOR_INDEX.YELLOW]
    assert lit == [
        "[[HUMAN: purpose: what it is *for* [here]]]",
        "[[HUMAN: owner: who answers | for it]]",
        "[[NOT IN THE FOLDER: made:/nowhere]]",
    ]


def test_lists_count_for_themselves() -> None:
    twice = docx("1. a\n2. b\n\ntext\n\n7. c\n", TITLE, {}, {})
    document = library.Document(BytesIO(twice))
    numbered = [each for each in document.paragraphs if each.style is not None and each.style.name == "List Number"]
    ids = [each._p.pPr.numPr.numId.val for each in numbered]  # type: ignore[union-attr]
    assert ids[0] == ids[1] != ids[2]
    starts = {
        int(num.get(qn("w:numId"))): int(start.get(qn("w:val")))
        for num in document.part.numbering_part.element.iter(qn("w:num"))
        for start in num.iter(qn("w:startOverride"))
    }
    assert [starts[number] for number in ids] == [1, 1, 7]


def test_a_picture_fits_the_page_and_is_described() -> None:
    document = made()
    (shape,) = document.inline_shapes
    section = document.sections[0]
    assert shape.width <= section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    assert abs(shape.width / shape.height - 4 / 3) < 0.01
    assert shape._inline.docPr.get("descr") == "A picture of 1,234 films"
    assert styled(document, "Caption") == ["A picture of 1,234 films", "Another one"]
    assert "The picture absent is not in the folder." in [each.text for each in document.paragraphs]


def test_a_link_leads_where_it_says() -> None:
    document = made()
    targets = [each.target_ref for each in document.part.rels.values() if each.is_external]
    assert targets == ["https://example.org/a?b=1&c=2"]


def test_no_mark_is_left_in_the_text() -> None:
    with zipfile.ZipFile(BytesIO(raw())) as archive:
        text = archive.read("word/document.xml").decode()
    assert not any(0xE000 <= ord(letter) <= 0xF8FF for letter in text)
