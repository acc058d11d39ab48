"""The page and its figures: whole, self-contained, grammatical, and saying the numbers of the JSON."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from cohort.films_table import fair, sick, table
from wetread.cohort import Cohort, describe
from wetread.cohort.bias_words import shortcut_section
from wetread.cohort.words import headlines, sections


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return describe(fair(150, seed=1), name="Toy <films>", about={"Labels": "toy.csv"}, resamples=100)


@pytest.fixture(scope="module")
def html(cohort: Cohort) -> str:
    return cohort.to_html()


def text(cohort: Cohort) -> str:
    parts = [*sections(cohort), *shortcut_section(cohort)]
    return " ".join([*headlines(cohort), *(line for part in parts for line in (*part.told, *part.means))])


@pytest.mark.requirement("REQ-COHORT")
def test_the_json_holds_every_number(cohort: Cohort) -> None:
    read = json.loads(cohort.to_json())
    assert read["schema"] == "wetread.cohort/1"
    assert read["people"]["films"] == cohort.people.films
    assert read["prevalence"]["overall"]["share"]["value"] == cohort.prevalence.overall.share.value  # type: ignore[union-attr]
    assert len(read["shortcuts"]["suspects"]) == len(cohort.shortcuts.suspects)  # type: ignore[union-attr]


def test_the_page_stands_alone_and_escapes(html: str) -> None:
    assert "Toy &lt;films&gt;" in html
    assert "<script" not in html
    assert not re.search(r'(src|href)="(?!#|data:)', html)
    assert "{{" not in html


def test_every_picture_says_what_it_shows(html: str, cohort: Cohort) -> None:
    figures = re.findall(r'<svg[^>]*role="img" aria-labelledby="([^"]+)"', html)
    assert len(figures) == len(cohort.plot()) == 9
    for name in figures:
        assert re.search(rf'<title id="{name}">[^<]{{20,}}</title>', html)


def test_identifiers_of_the_page_are_its_own(html: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'(?:href="#|url\(#)([^")]+)', html):
        assert target in set(ids)


def test_pictures_follow_the_theme(html: str) -> None:
    drawn = "".join(re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL))
    assert "var(--ink)" in drawn
    assert "#16202a" not in drawn
    # only the hatching is white in both themes
    assert not re.search(r'style="fill: #ffffff(?!; stroke: #ffffff)', drawn)


def test_figures_are_files_and_the_same_twice(cohort: Cohort) -> None:
    first, second = cohort.plot(), cohort.plot()
    for name, figure in first.items():
        ElementTree.fromstring(figure.svg)  # drawn here
        assert figure.png.startswith(b"\x89PNG")
        assert figure.svg == second[name].svg
        assert figure.inline == second[name].inline


def test_one_film_is_one_film() -> None:
    told = text(describe(table(sick())))
    assert "1 film of 1 patient." in told
    assert not re.search(r"\b1 (films|patients)\b", told)
    assert "nan" not in told


@pytest.mark.parametrize(
    "films",
    [
        [{}], [sick(), {"label": None, "findings": None}], [{"label": None, "findings": None}],
        [{"age_years": None, "sex": None, "view": None, "follow_up": None}, sick("Mass", patient_id="2")],
        [{"view": "LATERAL", "sex": "O"}],
    ],
)  # fmt: skip
def test_any_table_makes_a_page(films: list[dict[str, object]]) -> None:
    cohort = describe(table(*films))
    assert "<h1>toy</h1>" in cohort.to_html()
    json.loads(cohort.to_json())


def test_the_words_are_those_of_the_numbers(cohort: Cohort) -> None:
    told = text(cohort)
    assert f"{cohort.people.films:,} films of {cohort.people.patients:,} patients" in told
    assert "It does not ring." in told
    assert "Shortcut alarm" not in told
    assert not re.search(r"\b1 (films|patients|groups)\b", told)
    assert not re.search(r"\.\.|  |None|nan", told)
