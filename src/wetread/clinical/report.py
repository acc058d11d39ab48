"""One reading as files for people: a one-page report, the film with the attention outlined, and the reading itself."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from wetread import page
from wetread.calibration import restate
from wetread.clinical import drawing, wording
from wetread.errors import Code
from wetread.inference.reading import DISCLAIMER, Reading
from wetread.radiograph.value import Radiograph

__all__ = ["Report", "build"]

_PREVALENCES = (0.01, 0.05, 0.10, 0.30, 0.50)


@dataclass(frozen=True, slots=True)
class Report:
    """A reading's files.

    Parameters
    ----------
    html
        The page: one self-contained file.
    film_png
        The film with the attention outlined under a banner; None where there was no film, or it must not be shown.
    json
        The reading by the schema `wetread.reading/1`, indented.
    """

    html: str
    film_png: bytes | None
    json: str

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write `reading.json`, `film.png` and `report.html` into `folder`, which is made where it is missing.

        Files of an earlier report there are replaced. Where this one has no film an earlier `film.png` is removed,
        because it would stand beside a page that it does not belong to.

        Returns
        -------
        tuple of Path
            The files written.

        Raises
        ------
        OSError
            If the folder cannot be made or a file cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        files = {"reading.json": self.json.encode(), "film.png": self.film_png, "report.html": self.html.encode()}
        written = []
        for name, content in files.items():
            path = folder / name
            if content is None:
                path.unlink(missing_ok=True)
                continue
            path.write_bytes(content)
            written.append(path)
        return tuple(written)


def build(reading: Reading, source: Radiograph | None, *, when: datetime | None, name: str = "") -> Report:
    """Make the report of one reading.

    The page names nobody: of the header it shows the view, the modality and the size. What is burned into the pixels
    cannot be seen by this function; a film whose header admits to burned-in text is therefore not shown.

    Parameters
    ----------
    reading
        The reading, of any status.
    source
        The film that was read, or None where it could not be opened; then the page has no picture.
    when
        Time of the reading for the page, or None to leave it out. Nothing else on the page depends on a clock, so
        that the same arguments give the same bytes.
    name
        What to call the film on the page, such as its file name.
    """
    film_png = _film(reading, source)
    data = _common(reading, when, name) | _picture(reading, source, film_png)
    refused = reading.status == "refused"
    data |= {"reasons": _reasons(reading)} if refused else _numbers(reading)
    html = page.render("refusal.html" if refused else "reading.html", data)
    text = json.dumps(reading.to_json(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return Report(html=html, film_png=film_png, json=text)


def _film(reading: Reading, source: Radiograph | None) -> bytes | None:
    if source is None or source.facts.burned_in or any(reason.code is Code.BURNED_IN for reason in reading.reasons):
        return None
    if reading.status == "refused":
        return drawing.film(source.pixels, (), drawing.BANNER_REFUSED)
    if reading.attention is None or not reading.attention.outlines:
        return drawing.film(source.pixels, (), drawing.BANNER_NO_OUTLINE)
    return drawing.film(source.pixels, reading.attention.outlines, shape=source.shape)


def _common(reading: Reading, when: datetime | None, name: str) -> dict[str, Any]:
    """What every page has: the headline, the notices, the model and how the film was treated."""
    done, found = wording.headline(reading)
    loud = [notice.message for code in wording.LOUD for notice in reading.notices if notice.code is code]
    quiet = [notice.message for notice in reading.notices if notice.code not in wording.LOUD]
    return {
        "constancy": any(notice.code is Code.CONSTANCY for notice in reading.notices),
        "done": done,
        "found": found,
        "tone": wording.tone(reading),
        "meaning": wording.meaning(reading),
        "name": name,
        "when": f"{when:%Y-%m-%d %H:%M %Z}".strip() if when else "",
        "loud": loud,
        "quiet": quiet,
        "model": reading.model,
        "short_hash": reading.model.sha256[:12] if reading.model else "",
        "evidence": reading.evidence or "No measurement of this model came with the reading: take it as unproven.",
        "step_names": [wording.step_name(step) for step in reading.steps],
        "steps": [wording.step(step) for step in reading.steps],
        "timings": [(part.replace("_", " "), _milliseconds(spent)) for part, spent in reading.timings_ms.items()],
        "disclaimer": DISCLAIMER,
    }


def _picture(reading: Reading, source: Radiograph | None, film_png: bytes | None) -> dict[str, Any]:
    facts = source.facts if source else None
    described = (
        [facts.view, facts.modality, f"{facts.columns} × {facts.rows} pixels" if facts.rows else None] if facts else []
    )
    attention = reading.attention
    outlined = attention is not None and bool(attention.outlines)
    return {
        "film": page.picture(film_png) if film_png else None,
        "film_facts": ", ".join(fact for fact in described if fact),
        "film_withheld": source is not None and film_png is None,
        "outlined": outlined,
        "worth": attention.worth if attention else "",
    }


def _numbers(reading: Reading) -> dict[str, Any]:
    """The numbers of a reading that was read, finished for the page."""
    probability, prevalence, score = reading.probability, reading.prevalence, reading.score
    threshold, model = reading.threshold, reading.model
    if probability is None or prevalence is None or score is None or threshold is None or model is None:
        raise ValueError("a reading that was read has its numbers")  # Reading itself holds this on construction
    low, high = threshold.interval
    return {
        "probability": page.percent(probability),
        "prevalence": page.percent(prevalence),
        "frequency": wording.frequency(probability, prevalence, model.population),
        "elsewhere": _elsewhere(probability, prevalence),
        "score": score,
        "threshold": threshold.score,
        "low": min(max(low, 0.0), 1.0),
        "high": min(max(high, 0.0), 1.0),
        "rule": threshold.rule.rstrip(". "),
    }


def _elsewhere(probability: float, prevalence: float) -> list[dict[str, Any]]:
    """The probability at other prevalences, its own among them in its place; none where its own is not in (0, 1)."""
    if not 0 < prevalence < 1:
        return []
    others = [other for other in _PREVALENCES if not math.isclose(other, prevalence, abs_tol=0.0005)]
    rows = [(other, restate(probability, prevalence, other), False) for other in others]
    rows.append((prevalence, probability, True))
    return [
        {"prevalence": page.percent(other), "probability": page.percent(stated), "own": own}
        for other, stated, own in sorted(rows)
    ]


def _reasons(reading: Reading) -> list[dict[str, str]]:
    parts = ((reason, *wording.why_and_next(reason)) for reason in reading.reasons)
    return [
        {"why": why, "next": what, "code": reason.code.value, "tag": reason.tag or ""} for reason, why, what in parts
    ]


def _milliseconds(spent: float) -> str:
    return f"{spent:.0f}\u202fms" if spent >= 9.5 else f"{spent:.1f}\u202fms"
