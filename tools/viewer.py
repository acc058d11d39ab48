"""What a viewer shows of a film's results: OHIF beside an archive of its own, looked at without a window.

    npm pack @ohif/app@3.13.2 --pack-destination build && tar xzf build/ohif-app-3.13.2.tgz -C build
    python tools/viewer.py --dist build/package/dist --out docs/pictures

Sends a synthetic film and all its DICOM results to Orthanc, opens each in the viewer, measures on the screen where it
was drawn, and writes pictures. Needs Orthanc, storescu and Chromium (Debian packages orthanc, orthanc-dicomweb, dcmtk,
chromium) and the viewer, 50 MB from npm: so it is no part of continuous integration. It fails if anything lies elsewhere
than it should, or is shown where docs/viewers.md says that it is not.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from partners.films import MIDDLE, RADIUS, Case, case
from tools.partners.browser import Browser
from tools.partners.ohif import Viewer, version
from tools.partners.orthanc import Orthanc, missing
from wetread.clinical.kinds import KINDS, encode

WIDTH, HEIGHT = 1400, 900
PICTURE_WIDTH = 1000
SHOWN = ("sr", "capture")
_IMAGE = "cornerstone?.getEnabledElements?.()[0]?.viewport?.getCurrentImageId?.()"
_OPEN = """(() => {
  const one = [...document.querySelectorAll('[data-cy^=study-browser-thumbnail]')].find(e => e.innerText.includes(%s));
  const press = one && (one.querySelector('[data-cy=study-browser-thumbnail]') || one);
  press?.dispatchEvent(new MouseEvent('dblclick', {bubbles: true, cancelable: true}));
  return Boolean(press);
})()"""
_LINES = """[...document.querySelectorAll('svg.svg-layer polyline')].map(e => {
  const box = e.closest('svg').getBoundingClientRect();
  return {colour: e.getAttribute('stroke'), left: box.x, top: box.y, points: e.getAttribute('points')};
})"""
_WORDS = "[...document.querySelectorAll('svg.svg-layer tspan')].map(e => e.textContent)"
_UNSUPPORTED = """services.displaySetService.getActiveDisplaySets()
  .filter(one => one.unsupported).map(one => one.SeriesDescription)"""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line that the viewer drew: its colour, and its points in pixels of the window as (x, y)."""

    colour: str
    points: np.ndarray


class Screen:
    """The viewer's window, with one study open."""

    def __init__(self, browser: Browser, url: str, study: str) -> None:
        self.browser = browser
        browser.open(f"{url}/app-config.js", WIDTH, HEIGHT)
        browser.ask("localStorage.setItem('shownTours', JSON.stringify(['basicViewerTour']))")
        browser.open(f"{url}/viewer?StudyInstanceUIDs={study}", WIDTH, HEIGHT)
        browser.wait_for(f"window.cornerstone && {_IMAGE}")
        browser.rest(3)

    def choose(self, kind: str) -> None:
        """Open the series of one kind of result."""
        assert self.browser.ask(_OPEN % json.dumps(KINDS[kind].title)), f"{kind}: the viewer does not list it"
        self.browser.rest(4)

    def lines(self) -> list[Line]:
        """What is drawn over the picture."""
        found = []
        for told in self.browser.wait_for(f"{_LINES}.length && {_LINES}", 30):
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", told["points"])]
            points = np.array(numbers).reshape(-1, 2) + np.array([told["left"], told["top"]])
            found.append(Line(colour=told["colour"], points=points))
        return found

    def words(self) -> list[str]:
        """What is written over the picture."""
        said: list[str] = self.browser.ask(_WORDS)
        return said

    def seen(self) -> np.ndarray:
        """The window, (rows, columns, 3)."""
        return self.browser.screenshot()


@contextmanager
def opened(dist: Path, shown: Case) -> Iterator[Screen]:
    """The viewer with a film and its results in an archive of their own."""
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / name for name in ("archive", "profile")]
        for folder in folders:
            folder.mkdir()
        browser = Browser(shutil.which("chromium") or "chromium", folders[1], "--enable-unsafe-swiftshader")
        with closing(browser), Orthanc(folders[0]) as archive, Viewer(dist, archive.http_port) as viewer:
            archive.stow([encode(one) for one in shown.everything.values()])
            browser.attach()
            yield Screen(browser, viewer.url, shown.source.study_uid)


def film_to_show(status: str = "present") -> Case:
    """A synthetic film. It names no VOILUTFunction, with which this viewer shows a film black (docs/viewers.md)."""
    made = case(1, status, size=(512, 420))
    del made.dataset.VOILUTFunction
    return made


# ------------------------------------------------------------------------------------------------- measuring


def likeness(seen: np.ndarray, picture: np.ndarray, box: tuple[float, float, float, float]) -> float:
    """Correlation of a part of the window (left, top, right, bottom) with the picture that should be there."""
    left, top, right, bottom = (round(side) for side in box)
    part = seen[top:bottom, left:right].mean(axis=2)
    gray = Image.fromarray(np.uint8(np.clip(picture, 0, 255)))
    expected = np.asarray(gray.resize((part.shape[1], part.shape[0]), Image.Resampling.BILINEAR), dtype=float)
    return float(np.corrcoef(part.ravel(), expected.ravel())[0, 1])


def yellow_at(seen: np.ndarray, points: np.ndarray) -> float:
    """Share of the points of the window, as (x, y), that have yellow beside them; the film is gray."""
    found = 0
    for x, y in np.round(points).astype(int):
        colours = seen[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3).astype(int)
        found += (colours[:, :2].min(axis=1) - colours[:, 2]).max() > 60
    return found / len(points)


def box_of(points: np.ndarray) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    return (*points.min(axis=0), *points.max(axis=0))


def frame_of(seen: np.ndarray) -> tuple[int, int, int, int]:
    """Where the capture's yellow frame lies in the window."""
    red, green, blue = (seen[..., channel].astype(int) for channel in range(3))
    yellow = (red > 220) & (abs(green - 209) < 25) & (blue < 90)
    rows, columns = np.flatnonzero(yellow.sum(axis=1) > 100), np.flatnonzero(yellow.sum(axis=0) > 100)
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def check_report(screen: Screen, shown: Case) -> np.ndarray:
    """The measurement report: edge, outline and numbers, and the film itself under them."""
    screen.choose("sr")
    frame, outline = sorted(screen.lines(), key=lambda line: -np.ptp(line.points[:, 0]))
    left, top, right, bottom = box_of(frame.points)
    seen = screen.seen()
    inner = (left + 3, top + 3, right - 3, bottom - 3)
    alike = likeness(seen, shown.film.pixels * 255, inner)
    assert alike > 0.95, f"the edge is not drawn at the edge of the film: {alike:.3f}"
    across, down = right - left, bottom - top
    middle, radius = (MIDDLE[1] * across + left, MIDDLE[0] * down + top), RADIUS * across
    distance = np.hypot(*(outline.points - middle).T)
    assert abs(distance - radius).max() < 1.5, "the outline is not where the reading has it"
    inside = middle + 0.7 * (outline.points - middle)
    assert yellow_at(seen, outline.points) > 0.4, "the outline is not seen at its place"  # its line is dashed
    assert yellow_at(seen, inside) < 0.1, "there is yellow where no outline is"
    assert "Probability: 0.41 1" in screen.words()
    return seen


def check_capture(screen: Screen, shown: Case) -> np.ndarray:
    """The secondary capture, pixel by pixel but for its size and the viewer's own words."""
    screen.choose("capture")
    made = shown.results["capture"]
    size = made.Rows * made.Columns * 3
    sheet = np.frombuffer(made.PixelData[:size], np.uint8).reshape(made.Rows, made.Columns, 3)
    seen = screen.seen()
    box = frame_of(seen)
    shape = (box[2] - box[0]) / (box[3] - box[1])
    assert abs(shape / (made.Columns / made.Rows) - 1) < 0.02, "the capture is stretched or cut"
    assert likeness(seen, sheet.mean(axis=2), box) > 0.9, "the capture is not what was sent"
    return seen


def check_page(screen: Screen) -> np.ndarray:
    """The encapsulated PDF: the browser's own reader shows it."""
    screen.choose("pdf")
    screen.browser.wait_for("document.querySelector('object[type=\"application/pdf\"], iframe, embed') && true", 20)
    screen.browser.rest(3)
    seen = screen.seen()
    white = (seen[:, WIDTH // 3 :] > 250).all(axis=2).mean()
    assert white > 0.2, "no page is seen"
    return seen


def look(dist: Path) -> dict[str, np.ndarray]:
    """Every kind in the viewer; AssertionError where it is not what docs/viewers.md says. Pictures by name."""
    shown = film_to_show()
    pictures = {}
    with opened(dist, shown) as screen:
        unsupported = sorted(screen.browser.ask(_UNSUPPORTED))
        assert unsupported == sorted([KINDS["gsps"].title, KINDS["cad-sr"].title]), unsupported
        pictures["sr"] = check_report(screen, shown)
        pictures["capture"] = check_capture(screen, shown)
        pictures["pdf"] = check_page(screen)
    with opened(dist, film_to_show("refused")) as screen:
        screen.choose("sr")
        (edge,) = screen.lines()
        assert screen.words() == [], "of a refused film the viewer shows no number"
        assert np.ptp(edge.points[:, 0]) > 300
        pictures["refused"] = screen.seen()
    return pictures


def main() -> int:
    """Look, and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dist", type=Path, required=True, help="dist/ of the package @ohif/app")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    options = parser.parse_args()
    if reason := missing():
        parser.error(reason)
    options.out.mkdir(parents=True, exist_ok=True)
    print(f"OHIF {version(options.dist)}")
    for name, seen in look(options.dist).items():
        print(f"{name}: as docs/viewers.md says")
        if name not in SHOWN:
            continue
        picture = Image.fromarray(seen)
        picture = picture.resize((PICTURE_WIDTH, round(PICTURE_WIDTH * HEIGHT / WIDTH)), Image.Resampling.LANCZOS)
        picture.quantize(96).save(options.out / f"viewer-{name}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
