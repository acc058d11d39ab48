"""The card of a released model: everything needed to feed it, read it, and know how far to trust it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from wetread.calibration import Calibration
from wetread.errors import AlteredError, ConfigError
from wetread.preprocess import InputSpec
from wetread.radiograph.value import IntendedUse

__all__ = ["CARD_SCHEMA", "CardThreshold", "Metric", "ModelCard"]

CARD_SCHEMA = "wetread.card/1"

_WORDS = ("name", "version", "population", "evidence", "attention_worth", "licence", "attribution")
_KINDS = {str: "a text", bool: "true or false", dict: "a table"}


@dataclass(frozen=True, slots=True)
class CardThreshold:
    """Score at and above which the call is "present", its rule, and the 95 % interval of that choice."""

    score: float
    rule: str
    interval: tuple[float, float]

    def __post_init__(self) -> None:
        low, high = self.interval
        if not 0 <= low <= self.score <= high <= 1:
            raise ConfigError(
                f"a threshold lies within its interval and in [0, 1]: {low} <= {self.score} <= {high} does not hold"
            )


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured figure: what, on which films, with its 95 % interval over resampled patients.

    `films_sha256` is the hash of the list of film ids it was measured on (`wetread.truth.list_hash`).
    """

    name: str
    set: str
    value: float
    low: float
    high: float
    films: int
    positives: int
    films_sha256: str

    def __post_init__(self) -> None:
        if not self.low <= self.high:  # also false for NaN
            raise ConfigError(f"the interval of {self.name!r} runs from {self.low} to {self.high}")
        if not 0 <= self.positives <= self.films:
            raise ConfigError(f"{self.name!r} was measured on {self.positives} positive films of {self.films}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A bundle's `card.json`.

    Parameters
    ----------
    name, version, population
        The population in words, as the page says it: "adults, 18 years and over".
    outputs
        Names of the network's logits, trained ones only; the first is the one that is read.
    clinical
        Whether `predict` may use it; a bundle that is not clinical serves `score` alone.
    input, intended_use, calibration, threshold
        How to feed it, what it is for, and how its score becomes a probability and a call.
    training
        Collection, films, patients, positives, prevalence, list hashes, seal, recipe: plain values.
    metrics
        What was measured.
    evidence
        One or two sentences that every reading carries.
    weak_evidence
        True where the paired interval over a crude baseline includes 0: every reading says so.
    attention_worth
        What was measured of its attention maps, in one sentence.
    not_for
        What it may not be used for.
    licence
        SPDX expression of the weights; `attribution` says whose data and whose starting weights they hold.
    selftest_tolerance
        Largest difference of a logit or map cell from its recorded value.
    """

    name: str
    version: str
    population: str
    outputs: tuple[str, ...]
    clinical: bool
    input: InputSpec
    intended_use: IntendedUse
    calibration: Calibration
    threshold: CardThreshold
    training: dict[str, Any]
    metrics: tuple[Metric, ...]
    evidence: str
    weak_evidence: bool
    attention_worth: str
    not_for: tuple[str, ...]
    licence: str
    attribution: str
    selftest_tolerance: float = 1e-3

    def __post_init__(self) -> None:
        for kind, names in ((str, _WORDS), (bool, ("clinical", "weak_evidence")), (dict, ("training",))):
            for name in names:
                if not isinstance(value := getattr(self, name), kind) or value == "":
                    raise ConfigError(f"{name} of a card is {_KINDS[kind]}, not {value!r}")
        if not self.outputs:
            raise ConfigError("a card names at least one output")
        if not 0 < self.selftest_tolerance < 1:
            raise ConfigError(f"a self-test tolerance lies between 0 and 1, not at {self.selftest_tolerance}")

    def to_json(self) -> dict[str, Any]:
        """Plain values, with the schema's name."""
        return {"schema": CARD_SCHEMA, **asdict(self)}

    @classmethod
    def from_json(cls, plain: Any) -> ModelCard:
        """Rebuild a card; `AlteredError` where a field is missing, unknown or out of its range."""
        if not isinstance(plain, dict):
            raise AlteredError("the card is not as it was written: it is no table of fields")
        if plain.get("schema") != CARD_SCHEMA:
            raise AlteredError(f"the card's schema is {plain.get('schema')!r}; this version reads {CARD_SCHEMA!r}")
        rest = {key: value for key, value in plain.items() if key != "schema"}
        try:
            rest["input"] = InputSpec(**_tuples(rest["input"]))
            rest["intended_use"] = IntendedUse(**_tuples(rest["intended_use"]))
            rest["calibration"] = Calibration(**rest["calibration"])
            rest["threshold"] = CardThreshold(**_tuples(rest["threshold"]))
            rest["metrics"] = tuple(Metric(**metric) for metric in rest["metrics"])
            rest["outputs"], rest["not_for"] = tuple(rest["outputs"]), tuple(rest["not_for"])
            return cls(**rest)
        except (KeyError, TypeError, ValueError, AttributeError, ConfigError) as error:
            raise AlteredError(f"the card is not as it was written: {error}") from error


def _tuples(plain: dict[str, Any]) -> dict[str, Any]:
    """JSON knows only lists; frozen values hold tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in plain.items()}
