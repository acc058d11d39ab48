"""The report in a real browser: it fits the window, prints on one sheet of A4, asks for nothing, shows its picture."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tools.partners.browser import Browser
from wetread.clinical import report
from wetread.errors import Code, Reason
from wetread.inference.reading import Reading
from wetread.radiograph.value import Radiograph

STATUSES = ("present", "absent", "indeterminate", "refused")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs the Debian package chromium")
    with closing(Browser(program, tmp_path_factory.mktemp("profile"))) as opened:
        opened.attach()
        yield opened


@pytest.fixture
def write(tmp_path: Path, film: Radiograph) -> Callable[[Reading], Path]:
    def to_file(reading: Reading) -> Path:
        made = report.build(reading, film, when=datetime(2026, 3, 4, 14, 5, tzinfo=UTC), name="chest_0001.dcm")
        return made.write(tmp_path)[-1]

    return to_file


def talkative(reading: Reading) -> Reading:
    """The same reading with more to say than most."""
    notice = "The header of this film was unusual, in this and in other ways, so that something had to be assumed."
    codes = (Code.AGE_ASSUMED, Code.WEAK_EVIDENCE, Code.NO_VOI, Code.VIEW_FROM_POSITION, Code.SECONDARY_CAPTURE)
    notices = tuple(Reason(code, f"{notice} ({code.value})") for code in codes)
    return replace(reading, notices=notices, evidence=f"{reading.evidence} " * 4)


OVERFLOWING = """[...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map(e => e.tagName + '.' + e.className)"""


@pytest.mark.requirement("REQ-PAGE")
@pytest.mark.parametrize("width", [360, 500, 790, 1180, 1900])
def test_nothing_runs_over_the_edge(
    browser: Browser, readings: dict[str, Reading], write: Callable[[Reading], Path], width: int
) -> None:
    for status in STATUSES:
        browser.open(write(talkative(readings[status])).as_uri(), width)
        assert browser.ask("document.documentElement.scrollWidth") == width, status
        assert browser.ask(OVERFLOWING) == [], status


@pytest.mark.requirement("REQ-PAGE")
@pytest.mark.parametrize("status", STATUSES)
def test_it_prints_on_one_sheet(
    browser: Browser, readings: dict[str, Reading], write: Callable[[Reading], Path], status: str
) -> None:
    browser.open(write(talkative(readings[status])).as_uri())
    assert browser.pages() == 1


def test_a_tall_film_prints_on_one_sheet_too(
    browser: Browser, readings: dict[str, Reading], film: Radiograph, tmp_path: Path
) -> None:
    tall = replace(film, pixels=np.repeat(film.pixels, 3, axis=0))
    made = report.build(talkative(readings["present"]), tall, when=None, name="tall.dcm")
    browser.open(made.write(tmp_path)[-1].as_uri())
    assert browser.pages() == 1


def test_the_count_of_sheets_can_fail(
    browser: Browser, readings: dict[str, Reading], write: Callable[[Reading], Path]
) -> None:
    browser.open(write(replace(readings["present"], evidence="Much was measured of it. " * 600)).as_uri())
    assert browser.pages() > 1


@pytest.mark.requirement("REQ-NO-TRAFFIC")
@pytest.mark.parametrize("status", STATUSES)
def test_it_asks_for_nothing_and_complains_of_nothing(
    browser: Browser, readings: dict[str, Reading], write: Callable[[Reading], Path], status: str
) -> None:
    file = write(readings[status])
    browser.open(file.as_uri())
    asked = [e["params"]["request"]["url"] for e in browser.events if e.get("method") == "Network.requestWillBeSent"]
    assert {url.split(",")[0] for url in asked} <= {file.as_uri(), "data:image/png;base64"}
    assert file.as_uri() in asked
    assert [event for event in browser.events if event.get("method") == "Log.entryAdded"] == []


@pytest.mark.requirement("REQ-PAGE")
@pytest.mark.parametrize("status", STATUSES)
def test_the_result_and_the_film_are_seen_without_scrolling(
    browser: Browser, readings: dict[str, Reading], write: Callable[[Reading], Path], status: str
) -> None:
    browser.open(write(readings[status]).as_uri(), 1280, 720)
    assert browser.ask("document.querySelector('h1').getBoundingClientRect().bottom") < 250
    assert browser.ask("document.querySelector('.film img').getBoundingClientRect().top") < 400
    assert browser.ask("document.querySelector('.film img').naturalWidth") >= 460
    seen = browser.screenshot().astype(int)
    banner = (seen[..., 0] > 240) & (abs(seen[..., 1] - 209) < 15) & (seen[..., 2] < 60)
    assert banner.sum() > 2000


def test_it_follows_light_and_dark(
    browser: Browser, readings: dict[str, Reading], write: Callable[[Reading], Path]
) -> None:
    file = write(readings["present"])
    grounds = []
    for scheme in ("light", "dark"):
        browser.open(file.as_uri(), scheme=scheme)
        grounds.append(browser.screenshot()[40, 300].mean())
    assert grounds[0] > 240
    assert grounds[1] < 40
