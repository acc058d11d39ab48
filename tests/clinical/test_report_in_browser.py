"""The report in a real browser: it fits the window, prints on one sheet of A4, asks for nothing, shows its picture."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from wetread.clinical import report
from wetread.errors import Code, Reason
from wetread.inference.reading import Reading
from wetread.radiograph.value import Radiograph

STATUSES = ("present", "absent", "indeterminate", "refused")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


# The browser reads commands at descriptor 3 and answers at 4, which may be in use at the start.
LAUNCH = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 20) for end in sys.argv[1:3]]
for number, end in enumerate(ends, start=3):
    os.dup2(end, number)
    os.close(end)
os.execvp(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """Chromium, driven through its own protocol over a pair of pipes: one JSON message after another, ended by NUL."""

    def __init__(self, program: str, profile: Path) -> None:
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        ends = (str(to_browser), str(from_browser))
        chromium = [program, *ARGUMENTS, f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *ends, *chromium],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._rest, self._number, self._session = b"", 0, None
        self.events: list[dict[str, Any]] = []

    def attach(self) -> None:
        """Open an empty page and listen to it."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log"):
            self.send(f"{domain}.enable")

    def close(self) -> None:
        """End the browser."""
        os.close(self._write)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give one command and wait for its answer; events on the way are kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        message |= {"sessionId": self._session} if self._session else {}
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            self.events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._read, 1 << 20)
            assert piece, "the browser ended"
            self._rest += piece
        message, self._rest = self._rest.split(b"\0", 1)
        return json.loads(message)

    def open(self, file: Path, width: int = 1180, height: int = 1100, *, scheme: str = "light") -> None:
        """Open a file and wait until it is laid out."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.send("Emulation.setEmulatedMedia", features=features)
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.events.clear()
        self.send("Page.navigate", url=file.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())

    def ask(self, expression: str) -> Any:
        """The value of an expression on the page."""
        return self.send("Runtime.evaluate", expression=expression, returnByValue=True)["result"]["value"]

    def screenshot(self) -> np.ndarray:
        """What is seen, as (rows, columns, 3)."""
        png = base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"])
        with Image.open(io.BytesIO(png)) as image:
            return np.asarray(image.convert("RGB"))

    def pages(self) -> int:
        """How many sheets it takes to print."""
        pdf = base64.b64decode(self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"])
        assert b"/MediaBox [0 0 594" in pdf or b"/MediaBox [0 0 595" in pdf  # A4 is 595 points wide
        return len(re.findall(rb"/Type\s*/Page\b", pdf))


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


@pytest.mark.parametrize("width", [360, 500, 790, 1180, 1900])
def test_nothing_runs_over_the_edge(
    browser: Browser, readings: dict[str, Reading], write: Callable[[Reading], Path], width: int
) -> None:
    for status in STATUSES:
        browser.open(write(talkative(readings[status])), width)
        assert browser.ask("document.documentElement.scrollWidth") == width, status
        assert browser.ask(OVERFLOWING) == [], status


@pytest.mark.parametrize("status", STATUSES)
def test_it_prints_on_one_sheet(
    browser: Browser, readings: dict[str, Reading], write: Callable[[Reading], Path], status: str
) -> None:
    browser.open(write(talkative(readings[status])))
    assert browser.pages() == 1


def test_a_tall_film_prints_on_one_sheet_too(
    browser: Browser, readings: dict[str, Reading], film: Radiograph, tmp_path: Path
) -> None:
    tall = replace(film, pixels=np.repeat(film.pixels, 3, axis=0))
    made = report.build(talkative(readings["present"]), tall, when=None, name="tall.dcm")
    browser.open(made.write(tmp_path)[-1])
    assert browser.pages() == 1


def test_the_count_of_sheets_can_fail(
    browser: Browser, readings: dict[str, Reading], write: Callable[[Reading], Path]
) -> None:
    browser.open(write(replace(readings["present"], evidence="Much was measured of it. " * 600)))
    assert browser.pages() > 1


@pytest.mark.parametrize("status", STATUSES)
def test_it_asks_for_nothing_and_complains_of_nothing(
    browser: Browser, readings: dict[str, Reading], write: Callable[[Reading], Path], status: str
) -> None:
    file = write(readings[status])
    browser.open(file)
    asked = [e["params"]["request"]["url"] for e in browser.events if e.get("method") == "Network.requestWillBeSent"]
    assert {url.split(",")[0] for url in asked} <= {file.as_uri(), "data:image/png;base64"}
    assert file.as_uri() in asked
    assert [event for event in browser.events if event.get("method") == "Log.entryAdded"] == []


@pytest.mark.parametrize("status", STATUSES)
def test_the_result_and_the_film_are_seen_without_scrolling(
    browser: Browser, readings: dict[str, Reading], write: Callable[[Reading], Path], status: str
) -> None:
    browser.open(write(readings[status]), 1280, 720)
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
        browser.open(file, scheme=scheme)
        grounds.append(browser.screenshot()[40, 300].mean())
    assert grounds[0] > 240
    assert grounds[1] < 40
