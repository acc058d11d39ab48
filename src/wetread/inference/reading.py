"""The answer to one film: read, or refused with reasons. Frozen, complete, and JSON by the schema `wetread.reading/1`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wetread.errors import Reason
from wetread.preprocess import InputSpec, heat_to_source

__all__ = ["DISCLAIMER", "SCHEMA", "Attention", "ModelIdentity", "Reading", "Threshold"]

SCHEMA = "wetread.reading/1"
DISCLAIMER = "Decision support for professionals; preliminary and unreviewed. Not cleared or approved by any authority; not a diagnosis."


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model read the film: bundle name, version, SHA-256 of the bundle's manifest, licence of its weights."""

    name: str
    version: str
    sha256: str
    licence: str
    population: str
    """In words, for the page: "adults, 18 years and over"."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Score at and above which the call is "present", the rule that chose it, and its 95 % interval (scores)."""

    score: float
    rule: str
    interval: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Attention:
    """Where the network's evidence lies, on the film's own pixels. It is not a localisation.

    Parameters
    ----------
    cells
        float32, (cells down, cells across) over the network's frame, 0 to 1; the share of the strongest evidence for
        pneumonia.
    shape
        Rows and columns of the whole film.
    spec
        How the film was fitted into the frame.
    worth
        What was measured of such maps against readers' boxes, in one sentence, or that nothing was.
    outlines
        Closed outlines around the strongest half of the heat, each a tuple of (row, column) in the film's pixels.
    """

    cells: NDArray[np.float32]
    shape: tuple[int, int]
    spec: InputSpec
    worth: str
    outlines: tuple[tuple[tuple[float, float], ...], ...] = ()

    @cached_property
    def heat(self) -> NDArray[np.float32]:
        """The cells spread over the film: float32, (rows, columns), 0 to 1. Made when it is first asked for."""
        return np.clip(heat_to_source(self.cells, self.shape, self.spec), 0, 1)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reading:
    """One reading.

    Parameters
    ----------
    status
        "read", or "refused" (then `reasons` is not empty and all numbers are None).
    reasons, notices
        Why it was refused; what must be known of it.
    probability, prevalence
        Calibrated probability of pneumonia, at the prevalence named.
    score
        The network's own output in [0, 1]: comparable between films of one model, not a probability.
    threshold, call, abstained
        The call is "present" at and above the threshold, "absent" below; `abstained` is True where the score lies
        inside the threshold's own interval, so that another sample of films could have turned the call.
    evidence
        The card's own sentence on how well this model did, and on whom.
    steps
        The grayscale steps applied to the film, as data.
    hashes
        SHA-256 of the grayscale code's contract ("grayscale") and of the input specification ("preprocess").
    timings_ms
        How long each part took, where the caller measured it.
    """

    status: Literal["read", "refused"]
    reasons: tuple[Reason, ...] = ()
    notices: tuple[Reason, ...] = ()
    probability: float | None = None
    prevalence: float | None = None
    score: float | None = None
    threshold: Threshold | None = None
    call: Literal["present", "absent"] | None = None
    abstained: bool | None = None
    attention: Attention | None = None
    model: ModelIdentity | None = None
    evidence: str | None = None
    steps: tuple[dict[str, Any], ...] = ()
    hashes: dict[str, str] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        numbers = (self.probability, self.prevalence, self.score, self.threshold, self.call, self.abstained, self.model)
        if self.status == "refused" and (not self.reasons or any(number is not None for number in numbers[:-1])):
            raise ValueError("a refused reading has reasons and no numbers")
        if self.status == "read" and (self.reasons or any(number is None for number in numbers)):
            raise ValueError("a reading has its numbers, its model and no reasons for refusal")
        for number in (self.probability, self.prevalence, self.score):
            if number is not None and not 0.0 <= number <= 1.0:
                raise ValueError(f"probability, prevalence and score lie in [0, 1], not {number}")

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON; the attention map as its outlines and worth, not its pixels."""
        threshold = self.threshold and {
            "score": self.threshold.score,
            "rule": self.threshold.rule,
            "interval": list(self.threshold.interval),
        }
        attention = self.attention and {
            "worth": self.attention.worth,
            "outlines_row_column": [[list(point) for point in outline] for outline in self.attention.outlines],
        }
        model = self.model and {
            "name": self.model.name,
            "version": self.model.version,
            "sha256": self.model.sha256,
            "licence": self.model.licence,
            "population": self.model.population,
        }
        return {
            "schema": SCHEMA,
            "status": self.status,
            "reasons": [_reason(reason) for reason in self.reasons],
            "notices": [_reason(notice) for notice in self.notices],
            "finding": "pneumonia",
            "probability": self.probability,
            "prevalence": self.prevalence,
            "score": self.score,
            "threshold": threshold,
            "call": self.call,
            "abstained": self.abstained,
            "attention": attention,
            "model": model,
            "evidence": self.evidence,
            "steps": list(self.steps),
            "hashes": dict(self.hashes),
            "timings_ms": dict(self.timings_ms),
            "disclaimer": DISCLAIMER,
        }


def _reason(reason: Reason) -> dict[str, str | None]:
    return {"code": reason.code.value, "message": reason.message, "tag": reason.tag}
