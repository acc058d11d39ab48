"""What the reader makes of the golden set: grey levels against the drawing, the probability against the plain film's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from subprocess import CalledProcessError
from typing import Any

import numpy as np

from tools.golden import reference
from tools.golden.author import author
from tools.golden.covering import LOSSY
from tools.golden.films import SEED, drawing, size_of
from tools.golden.store import LOSSY_BOUNDS, authored, films
from wetread import phantom
from wetread.bundle import find, load
from wetread.inference import Reader
from wetread.radiograph import Radiograph, read

__all__ = [
    "COARSE_PROBABILITY",
    "LOSSLESS_PROBABILITY",
    "LOSSY_PROBABILITY",
    "SLACK",
    "Measured",
    "faults",
    "is_coarse",
    "measure",
    "probability",
]

LOSSLESS_PROBABILITY = 1e-3
COARSE_PROBABILITY = 6e-3
LOSSY_PROBABILITY = 0.03
"""What a probability may change: of a film without loss; where its encoding has too few values for the drawing's grey
levels, which it rounds; of a lossy film."""
SLACK = 1e-6
"""Float32 pixels are this far from what they stand for."""
_COARSE = 0.05 / 255


@dataclass(frozen=True, slots=True)
class Measured:
    """One film: greatest and root mean square grey difference, both of 1; change of the probability; DCMTK's difference.

    `own` and `own_probability` are the same against the author's chain, which knows how the encoding rounds; None of
    lossy films and traps, and the second of films that are not coarse. `probability` is None where it was not asked for; `reference` is None where `no_reference` says why.
    """

    entry: dict[str, Any]
    largest: float
    spread: float
    own: float | None = None
    probability: float | None = None
    own_probability: float | None = None
    reference: float | None = None
    no_reference: str | None = None

    @property
    def coarse(self) -> bool:
        """See `is_coarse`."""
        return is_coarse(self.entry)

    @property
    def syntax(self) -> str:
        """The archive: a transfer syntax by its name, or traps."""
        return str(self.entry["film"]).partition("/")[0]


def measure(*, probabilities: bool = True, compared: bool = True) -> Iterator[Measured]:
    """Read every film of the set."""
    for entry, content in films():
        film, drawn = read(content), authored(entry)
        if film.pixels.shape != drawn.shape:
            yield Measured(entry, 1.0, 1.0)
            continue
        difference = np.abs(film.pixels - drawn)
        found = Measured(entry, float(difference.max()), float(np.sqrt(np.square(difference).mean())))
        presented = None
        if "case" in entry and entry["case"]["syntax"] not in LOSSY:
            presented = author(entry["case"], drawing(size_of(entry["case"]))).presented
            found = replace(found, own=float(np.abs(film.pixels - presented).max()))
        if probabilities:
            plain = _plain((drawn.shape[0], drawn.shape[1])) if "stretch" not in entry else _as_drawn(film, drawn)
            stated = probability(film)
            found = replace(found, probability=abs(stated - plain))
            if presented is not None and found.coarse:
                own = abs(stated - _as_drawn(film, presented))
                found = replace(found, own_probability=own)
        if compared:
            found = _compare(found, entry, content, film)
        yield found


def faults(found: Measured) -> list[str]:
    """What is wrong with this film; empty where nothing is."""
    wrong = []
    if found.largest > found.entry["tolerance"] + SLACK:
        wrong.append(f"{255 * found.largest:.2f} of 255 steps off, {255 * found.entry['tolerance']:.2f} allowed")
    if found.syntax in LOSSY and 255 * found.spread > LOSSY_BOUNDS[found.syntax][1]:
        wrong.append(f"{255 * found.spread:.2f} of 255 steps off in the root mean square")
    if found.own is not None and found.own > 5 * SLACK:
        wrong.append(f"{255 * found.own:.4f} of 255 steps from what these stored values mean")
    for change, allowed in ((found.probability, _allowed(found)), (found.own_probability, LOSSLESS_PROBABILITY)):
        if change is not None and change > allowed:
            wrong.append(f"probability {change:.4f} off, {allowed} allowed")
    if found.reference is not None and found.reference > 1 / 255 + SLACK:
        wrong.append(f"{255 * found.reference:.2f} of 255 steps from DCMTK's picture")
    return wrong


def _allowed(found: Measured) -> float:
    """Change of the probability against the plain film's."""
    if found.syntax in LOSSY:
        return LOSSY_PROBABILITY
    return COARSE_PROBABILITY if found.coarse else LOSSLESS_PROBABILITY


def is_coarse(entry: dict[str, Any]) -> bool:
    """Whether the encoding has too few values for the drawing's grey levels and rounds them."""
    return bool(entry.get("rounding", 0) > _COARSE)


@cache
def _reader() -> Reader:
    import inspect

    more = [None] if len(inspect.signature(Reader.__init__).parameters) > 2 else []  # a second argument is the gate
    return Reader(load(find("adult")), *more)


def probability(film: Radiograph) -> float:
    """The released adult bundle's probability for a film, in constancy mode; AssertionError if it is refused."""
    reading = _reader().read(film, constancy=True)
    assert reading.probability is not None, [reason.code for reason in reading.reasons]
    return reading.probability


@cache
def _plain(size: tuple[int, int]) -> float:
    """The probability of the same drawing stored in the plainest way."""
    encoding = phantom.Encoding(bits_stored=8, voi="none")
    return probability(read(phantom.film(SEED, opacity=True, sop_class="CR", size=size, encoding=encoding)))


def _as_drawn(film: Radiograph, drawn: np.ndarray) -> float:
    return probability(replace(film, pixels=drawn.astype(np.float32)))


def _compare(found: Measured, entry: dict[str, Any], content: bytes, film: Radiograph) -> Measured:
    because = reference.why_not(entry)
    if because is not None:
        return replace(found, no_reference=because)
    try:
        seen = reference.seen(entry, content)
    except CalledProcessError as error:
        return replace(found, reference=1.0, no_reference=error.stderr.decode(errors="replace")[:200])
    return replace(found, reference=float(np.abs(reference.inside(entry, seen - film.pixels)).max()))
