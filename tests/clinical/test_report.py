"""The report of every status: what must be on the page is there, once and escaped, and nothing that must not be."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

import wetread
from wetread.clinical import report
from wetread.errors import Code, Reason
from wetread.inference.reading import DISCLAIMER, Reading, Threshold
from wetread.radiograph.value import Radiograph

WHEN = datetime(2026, 3, 4, 14, 5, tzinfo=UTC)
VOID = {"meta", "img", "br", "link", "hr", "input", "rect", "line", "path"}


class Page(HTMLParser):
    """Tags, attributes and visible text of a page; every element must be closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.pieces: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.headings.append((tag, ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag in ("th", "td", "li", "text"):
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not {"style", "title", "desc"} & set(self.open):
            self.pieces.append(data)
        if self.open and {"h1", "h2", "h3"} & set(self.open):
            tag, text = self.headings[-1]
            self.headings[-1] = (tag, text + data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).replace("\u202f", " ").split())

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.found if found == tag]


def page_of(reading: Reading, film: Radiograph | None, name: str = "film.dcm") -> Page:
    return Page(report.build(reading, film, when=WHEN, name=name).html)


HEADLINES = {
    "present": "Read: pneumonia suspected",
    "absent": "Read: pneumonia not suspected",
    "indeterminate": "Read: indeterminate – score lies within the threshold's own uncertainty",
    "refused": "Not read: this film was refused",
}


@pytest.mark.requirement("REQ-PAGE")
@pytest.mark.parametrize("status", HEADLINES)
def test_the_headline_says_the_status(readings: dict[str, Reading], film: Radiograph, status: str) -> None:
    page = page_of(readings[status], film)
    first = [" ".join(text.split()) for tag, text in page.headings if tag == "h1"]
    assert first == [HEADLINES[status]]
    assert page.headings[0][0] == "h1"


@pytest.mark.requirement("REQ-PAGE", "REQ-PRELIMINARY")
def test_every_page_is_complete_by_itself(any_reading: Reading, film: Radiograph) -> None:
    html = report.build(any_reading, film, when=WHEN, name="film.dcm").html
    page = Page(html)
    assert DISCLAIMER in page.text
    assert "2026-03-04 14:05 UTC" in page.text
    assert page.attributes("html") == [{"lang": "en"}]
    assert page.attributes("script") == page.attributes("link") == []
    assert all(
        (image["src"] or "").startswith("data:image/png;base64,") and image["alt"] for image in page.attributes("img")
    )
    assert [key for _, attributes in page.found for key in attributes if key.startswith("on")] == []
    assert re.findall(r"(?:src|href|action)=\"(?!data:)", html) == []


@pytest.mark.requirement("REQ-PROVENANCE", "REQ-ATTENTION", "REQ-CARD")
def test_a_reading_says_what_a_clinician_needs(make_reading: Callable[..., Reading], film: Radiograph) -> None:
    text = page_of(make_reading(), film).text
    for words in (
        "Of 100 such films from adults, 18 years and over, at a prevalence of 28 %, about 41 would carry the pneumonia label.",
        "score 0.613",
        "threshold 0.412 (0.362–0.471: indeterminate)",
        "sensitivity of at least 0.90, patient-wise cross-validation",
        "touched the opacity in 61 % of 142 films",
        "AUROC 0.71 (95 % CI 0.66 to 0.76)",
        "adult 1.2.0 (0123456789ab)",
        "CC0-1.0",
        "Stored values were rescaled: × -1, then + 4095.",
        "read file 120 ms, network 19 ms, attention 1.2 ms",
        "PA, DX, 250 × 300 pixels",
    ):
        assert words in text


@pytest.mark.requirement("REQ-PROBABILITY")
def test_the_probability_is_restated_for_other_prevalences(
    make_reading: Callable[..., Reading], film: Radiograph
) -> None:
    text = page_of(make_reading(), film).text
    # By hand: odds 0.41/0.59, over prior odds 0.28/0.72, times new prior odds.
    assert "1 % 5 % 10 % 28 % 30 % 50 % Probability of this one 1.8 % 8.6 % 17 % 41 % 43 % 64 %" in text


def test_a_stated_prevalence_of_the_table_stands_there_once(make_reading: Callable[..., Reading]) -> None:
    text = page_of(make_reading(prevalence=0.3), None).text
    assert "Share of films with it 1 % 5 % 10 % 30 % 50 % Probability" in text


@pytest.mark.parametrize("prevalence", [0.0, 1.0])
def test_a_certain_prevalence_cannot_be_restated(make_reading: Callable[..., Reading], prevalence: float) -> None:
    assert "It cannot be restated" in page_of(make_reading(prevalence=prevalence), None).text


@pytest.mark.requirement("REQ-LOUD-NOTICES")
def test_loud_notices_come_first(make_reading: Callable[..., Reading], film: Radiograph) -> None:
    text = page_of(make_reading(), film).text
    places = [
        text.index(words)
        for words in ("an adult is assumed", "crude statistics", "How likely", "its full range was used")
    ]
    assert places == sorted(places)


@pytest.mark.requirement("REQ-LOUD-NOTICES")
def test_every_notice_is_on_the_page(
    make_reading: Callable[..., Reading], make_refusal: Callable[..., Reading]
) -> None:
    notices = tuple(Reason(code, f"Told as {code.value}.") for code in list(Code))
    for reading in (make_reading(notices=notices), replace(make_refusal(), notices=notices)):
        text = page_of(reading, None).text
        assert [notice.message for notice in notices if text.count(notice.message) != 1] == []


@pytest.mark.requirement("REQ-REFUSE-NO-NETWORK")
def test_a_refusal_says_why_and_what_next_and_gives_no_number(
    make_refusal: Callable[..., Reading], film: Radiograph
) -> None:
    reasons = (
        Reason(
            Code.BODY_PART,
            "It is a film of the ribcage. Have it corrected and send the film again.",
            "BodyPartExamined",
        ),
        Reason(Code.POLARITY, "Header and picture contradict each other."),
    )
    page = page_of(make_refusal(*reasons), film)
    for words in (
        "This is not a normal result: the film has not been read.",
        "2 reasons",
        "It is a film of the ribcage. What",
        reasons[1].message,
        "from BodyPartExamined · code body-part",
        "code polarity",
        "What to do next: Have it corrected and send the film again.",
        "It was not read.",
    ):
        assert words in page.text
    assert page.text.count("What to do next:") == 2
    assert page.attributes("svg") == []
    assert "suspected" not in page.text
    assert "%" not in page.text


@pytest.mark.requirement("REQ-CONSTANCY")
def test_a_synthetic_film_is_never_taken_for_a_patients(make_reading: Callable[..., Reading], film: Radiograph) -> None:
    synthetic = make_reading(notices=(Reason(Code.WEAK_EVIDENCE, "Weak."), Reason(Code.CONSTANCY, "Of no patient.")))
    text = page_of(synthetic, film).text
    assert (
        text.index("a synthetic film, no patient")
        < text.index("Read:")
        < text.index("Of no patient.")
        < text.index("Weak.")
    )
    assert "synthetic" not in page_of(make_reading(), film).text


def test_without_a_film_the_page_has_no_picture(any_reading: Reading) -> None:
    made = report.build(any_reading, None, when=None)
    assert made.film_png is None
    assert Page(made.html).attributes("img") == []
    assert "film is not shown" not in Page(made.html).text


@pytest.mark.requirement("REQ-BURNED-IN")
def test_a_film_with_burned_in_text_is_not_shown(make_refusal: Callable[..., Reading], film: Radiograph) -> None:
    by_reason = report.build(make_refusal(Reason(Code.BURNED_IN, "Text is burned in.")), film, when=None)
    by_fact = report.build(make_refusal(), replace(film, facts=replace(film.facts, burned_in=True)), when=None)
    for made in (by_reason, by_fact):
        assert made.film_png is None
        assert "<img" not in made.html
        assert "The film is not shown" in made.html


def test_the_page_shows_the_picture_that_is_written(any_reading: Reading, film: Radiograph) -> None:
    made = report.build(any_reading, film, when=None)
    assert made.film_png is not None
    assert base64.b64encode(made.film_png).decode() in made.html


@pytest.mark.requirement("REQ-REFUSE-NO-NETWORK")
def test_a_refused_film_carries_no_outline(readings: dict[str, Reading], film: Radiograph) -> None:
    attention = readings["present"].attention
    with_attention = replace(readings["refused"], attention=attention)
    assert (
        report.build(with_attention, film, when=None).film_png
        == report.build(readings["refused"], film, when=None).film_png
    )


@pytest.mark.requirement("REQ-ATTENTION")
def test_an_empty_outline_is_said_to_be_none(make_reading: Callable[..., Reading], film: Radiograph) -> None:
    attention = replace(make_reading().attention, worth="Nothing was measured of it.", outlines=())
    page = page_of(make_reading(attention=attention), film)
    assert "No attention is outlined on this film. Nothing was measured of it." in page.text
    assert page.attributes("img")[0]["alt"] == "The film, without any outline"


@pytest.mark.requirement("REQ-TEXT-STAYS-TEXT")
@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>.dcm", '"><img src=x onerror=alert(1)>', "a&b'c"])
def test_whatever_text_comes_it_stays_text(
    make_reading: Callable[..., Reading], make_refusal: Callable[..., Reading], film: Radiograph, hostile: str
) -> None:
    reading = make_reading(
        notices=(Reason(Code.NO_VOI, hostile), Reason(Code.AGE_ASSUMED, hostile)),
        evidence=hostile,
        threshold=Threshold(0.4, hostile, (0.3, 0.5)),
        steps=({"name": hostile, "parameters": {hostile: hostile}},),
        timings_ms={hostile: 1.0},
        attention=replace(make_reading().attention, worth=hostile),
    )
    for each in (reading, make_refusal(Reason(Code.VIEW, hostile, hostile))):
        page = page_of(each, film, hostile)
        assert hostile in page.text
        assert page.attributes("script") == []
        assert len(page.attributes("img")) == 1
        assert [attributes for _, attributes in page.found if "onerror" in attributes] == []


@pytest.mark.requirement("REQ-NO-IDENTITY")
def test_nothing_of_the_patient_is_on_the_page(any_reading: Reading, film: Radiograph) -> None:
    uids = {"SOPInstanceUID": "1.2.826.0.1.77777", "StudyInstanceUID": "1.2.826.0.1.88888"}
    known = replace(film, source_uids=uids, facts=replace(film.facts, age_years=83.0, manufacturer="Maker of Things"))
    text = page_of(any_reading, known, "").text
    assert [word for word in ("77777", "88888", "83", "Maker") if word in text] == []


@pytest.mark.requirement("REQ-DETERMINISM")
def test_the_same_arguments_give_the_same_bytes(any_reading: Reading, film: Radiograph) -> None:
    once, again = (report.build(any_reading, film, when=WHEN, name="a") for _ in range(2))
    assert (once.html, once.film_png, once.json) == (again.html, again.film_png, again.json)
    assert "2026" not in Page(report.build(any_reading, film, when=None).html).text


@pytest.mark.requirement("REQ-PROVENANCE")
def test_the_json_is_the_reading(any_reading: Reading) -> None:
    made = report.build(any_reading, None, when=None)
    assert json.loads(made.json) == json.loads(json.dumps(any_reading.to_json()))
    assert made.json.endswith("}\n")
    assert made.json.count("\n") > 15


@pytest.mark.requirement("REQ-WHOLE-FILES")
def test_the_files_are_written_and_a_stale_film_is_not_left(
    any_reading: Reading, film: Radiograph, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "result"
    made = report.build(any_reading, film, when=WHEN)
    assert [path.name for path in made.write(folder)] == ["reading.json", "film.png", "report.html"]
    assert (folder / "report.html").read_bytes().decode() == made.html
    assert (folder / "film.png").read_bytes() == made.film_png
    written = report.build(any_reading, None, when=WHEN).write(folder)
    assert sorted(folder.iterdir()) == sorted(written)
    assert [path.name for path in written] == ["reading.json", "report.html"]


def test_the_threshold_bar_stays_inside_its_frame(make_reading: Callable[..., Reading]) -> None:
    for score, middle, interval in ((0.0, 0.0, (0.0, 0.0)), (1.0, 1.0, (0.9, 1.2)), (0.5, 0.02, (-0.1, 0.04))):
        reading = make_reading(score=score, threshold=Threshold(middle, "rule", interval))
        page = page_of(reading, None)
        for rectangle in page.attributes("rect"):
            start, width = float(rectangle["x"] or "nan"), float(rectangle["width"] or "nan")
            assert width >= 0
            assert start >= 8
            assert start + width <= 433.6


def test_the_room_is_cheap_to_import() -> None:
    code = "import sys, wetread.clinical.report; print(sorted({'jinja2', 'openvino', 'torch'} & set(sys.modules)))"
    environment = os.environ | {"PYTHONPATH": str(Path(wetread.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
