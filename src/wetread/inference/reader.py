"""The clinical decision: a Radiograph and a bundle give a Reading. No network, no disk, no clock."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wetread.bundle import Bundle
from wetread.calibration import sigmoid
from wetread.errors import Code, ConfigError, Reason
from wetread.inference.attention import attention
from wetread.inference.gate import Gate
from wetread.inference.reading import ModelIdentity, Reading, Threshold
from wetread.preprocess import prepare
from wetread.radiograph import Facts, Radiograph, eligibility, notices
from wetread.radiograph.contract import contract_sha256

__all__ = ["Reader", "Stopwatch", "refuse"]

Float = NDArray[np.float32]


class Stopwatch(Protocol):
    """Hands in the time, so that this room needs no clock: seconds from any fixed moment."""

    def __call__(self) -> float:
        """Seconds."""
        ...


def refuse(reasons: tuple[Reason, ...], noticed: tuple[Reason, ...] = ()) -> Reading:
    """A reading that says why a film was not read; for that nothing was assumed of the patient, so no notice says so."""
    kept = tuple(notice for notice in noticed if notice.code is not Code.AGE_ASSUMED)
    return Reading(status="refused", reasons=reasons, notices=kept, hashes={"grayscale": contract_sha256()})


class Reader:
    """Reads films with one bundle.

    Parameters
    ----------
    bundle
        The released model, whose first output is pneumonia. One that is not clinical is refused: it serves `score`
        alone.
    gate
        Judges the pixels before the network sees them. None is for research and tests: every reading then carries the
        notice `ungated`.

    Raises
    ------
    ConfigError
        If the bundle is not meant for reading.
    """

    def __init__(self, bundle: Bundle, gate: Gate | None) -> None:
        if not bundle.card.clinical:
            raise ConfigError(f"bundle {bundle.card.name} is not meant to read patients' films; use it with score")
        if bundle.card.outputs[0] != "pneumonia":
            raise ConfigError(
                f"bundle {bundle.card.name} reads {bundle.card.outputs[0]!r} first, and a reading is of pneumonia; use it with score"
            )
        self.bundle, self.gate = bundle, gate

    def reasons(self, facts: Facts, *, constancy: bool = False) -> tuple[Reason, ...]:
        """Why the header alone forbids a reading; ask before decoding, to refuse what cannot be decoded too."""
        return eligibility(facts, self.bundle.card.intended_use, constancy=constancy)

    def warm(self) -> None:
        """Start the networks in the background, for a film that will be read as soon as it is decoded."""
        if self.gate:
            self.gate.warm()
        self.bundle.warm()

    def read(
        self,
        film: Radiograph,
        *,
        prevalence: float | None = None,
        constancy: bool = False,
        stopwatch: Stopwatch | None = None,
    ) -> Reading:
        """Read one film, or refuse it.

        Parameters
        ----------
        film
            The film.
        prevalence
            State the probability for this share of positive films, between 0 and 1, instead of the card's own.
        constancy
            Accept the phantom's constancy film, and nothing else.
        stopwatch
            Measures the parts, if given.

        Raises
        ------
        ConfigError
            If `prevalence` does not lie between 0 and 1.
        """
        card = self.bundle.card
        use = card.intended_use
        noticed = notices(film, use, constancy=constancy)
        if reasons := eligibility(film, use, constancy=constancy):
            return refuse(reasons, noticed)
        marks = [stopwatch() if stopwatch else 0.0]
        if self.gate and not constancy and (reasons := self.gate.judge(film).reasons):
            return refuse(reasons, noticed)
        marks.append(stopwatch() if stopwatch else 0.0)
        frame = prepare(film, card.input)
        marks.append(stopwatch() if stopwatch else 0.0)
        logits, maps = self.bundle.engine.run(frame[None])
        marks.append(stopwatch() if stopwatch else 0.0)
        score = sigmoid(float(logits[0, 0]))
        stated = card.calibration.prevalence if prevalence is None else prevalence
        probability = card.calibration.probability(score, stated)
        low, high = card.threshold.interval
        parts = ("gate", "preprocess", "network")
        spent = {name: round(1000 * (marks[i + 1] - marks[i]), 2) for i, name in enumerate(parts)}
        if self.gate is None or constancy:
            del spent["gate"]
        return Reading(
            status="read",
            notices=noticed + self._ungated(constancy=constancy) + self._weak(),
            probability=probability,
            prevalence=stated,
            score=score,
            threshold=Threshold(card.threshold.score, card.threshold.rule, card.threshold.interval),
            call="present" if score >= card.threshold.score else "absent",
            abstained=low <= score <= high,
            attention=attention(maps[0, 0], film.shape, card.input, card.attention_worth),
            model=self._identity(),
            evidence=card.evidence,
            steps=tuple({"name": step.name, **step.parameters} for step in film.steps),
            hashes={"grayscale": contract_sha256(), "preprocess": card.input.sha256()},
            timings_ms=spent if stopwatch else {},
        )

    def _ungated(self, *, constancy: bool) -> tuple[Reason, ...]:
        if self.gate or constancy:
            return ()
        message = "no gate looked at this picture: that it is an upright frontal chest film is the header's word alone"
        return (Reason(Code.UNGATED, message, "PixelData"),)

    def _weak(self) -> tuple[Reason, ...]:
        if not self.bundle.card.weak_evidence:
            return ()
        message = (
            "Weak evidence: on the films it was measured on, this model was not shown to be better than a guess from "
            "crude picture statistics. Do not let its answer weigh against your own reading."
        )
        return (Reason(Code.WEAK_EVIDENCE, message),)

    def _identity(self) -> ModelIdentity:
        card = self.bundle.card
        return ModelIdentity(card.name, card.version, self.bundle.sha256, card.licence, card.population)
