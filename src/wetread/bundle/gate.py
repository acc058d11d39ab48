"""The gate on disk: its card, and the folder that proves itself as every bundle does (`wetread.bundle.proof`)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.bundle.engine import EngineName
from wetread.bundle.proof import Proven, opened, replayed, write
from wetread.bundle.released import GATE, find
from wetread.errors import AlteredError, ConfigError

__all__ = ["GATE_CARD_SCHEMA", "GateBundle", "GateCard", "is_gate", "load_gate", "save_gate", "verify_gate"]

GATE_CARD_SCHEMA = "wetread.gate-card/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCard:
    """A gate's `card.json`.

    Parameters
    ----------
    name, version
        Of this gate.
    kinds
        Names of the network's logits, in order; the first is what may be read, and after them comes one logit for a
        film laid mirrored.
    bounds
        One for each kind after the first: a picture whose likeliest other kind this is is refused where the log odds of
        all other kinds together against the first lie above it.
    named
        Share of the strongest other kind among all others from which a refusal names it; below, it only says that the
        picture is unlike the films that the gate was fitted on.
    distance_bound
        A picture is refused where its distance from the frontal films that the gate was fitted on lies above this.
    mirrored_bound
        A film is refused as mirrored where that logit lies above this.
    fitted_on
        What it was fitted on, with hashes of lists: plain values.
    evidence
        How often it refuses what, in one or two sentences.
    licence, attribution
        SPDX expression of the weights, and whose pictures and starting weights they hold.
    selftest_tolerance
        Largest difference of an answer from its recorded value.
    """

    name: str
    version: str
    kinds: tuple[str, ...]
    bounds: tuple[float, ...]
    named: float
    distance_bound: float
    mirrored_bound: float
    fitted_on: dict[str, Any]
    evidence: str
    licence: str
    attribution: str
    selftest_tolerance: float = 1e-3

    def __post_init__(self) -> None:
        for name in ("name", "version", "evidence", "licence", "attribution"):
            if not isinstance(value := getattr(self, name), str) or not value:
                raise ConfigError(f"{name} of a gate's card is a text, not {value!r}")
        if len(self.kinds) < 2 or len(set(self.kinds)) != len(self.kinds):
            raise ConfigError(f"a gate tells at least two kinds apart, each named once: {self.kinds}")
        if not 0 < self.named < 1:
            raise ConfigError(f"the share from which a kind is named lies between 0 and 1, not at {self.named}")
        if len(self.bounds) != len(self.kinds) - 1:
            raise ConfigError(f"a gate has a bound for each kind after the first, not {len(self.bounds)}")
        bounds = (*self.bounds, self.distance_bound, self.mirrored_bound)
        if not np.isfinite(bounds).all():
            raise ConfigError(f"a gate's bounds are finite numbers, not {bounds}")
        if not 0 < self.selftest_tolerance < 1:
            raise ConfigError(f"a self-test tolerance lies between 0 and 1, not at {self.selftest_tolerance}")

    def to_json(self) -> dict[str, Any]:
        """Plain values, with the schema's name."""
        return {"schema": GATE_CARD_SCHEMA, **asdict(self)}

    @classmethod
    def from_json(cls, plain: Any) -> GateCard:
        """Rebuild a card; `AlteredError` where a field is missing, unknown or out of its range."""
        if not isinstance(plain, dict) or plain.get("schema") != GATE_CARD_SCHEMA:
            raise AlteredError(f"this is no gate's card: this version reads {GATE_CARD_SCHEMA!r}. Install it again.")
        rest = {key: value for key, value in plain.items() if key != "schema"}
        try:
            return cls(**(rest | {"kinds": tuple(rest["kinds"]), "bounds": tuple(rest["bounds"])}))
        except (KeyError, TypeError, ValueError, ConfigError) as error:
            raise AlteredError(f"the gate's card is not as it was written: {error}") from error


@dataclass(frozen=True, eq=False)
class GateBundle(Proven[GateCard]):
    """A released gate, its hashes checked; parameters as of `wetread.bundle.proof.Proven`."""


def is_gate(folder: Path) -> bool:
    """Whether a folder says that it holds a gate and not a reader; False where it cannot be read."""
    try:
        return bool(json.loads((folder / "card.json").read_bytes())["schema"] == GATE_CARD_SCHEMA)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def save_gate(
    folder: Path, card: GateCard, model: bytes, films: NDArray[np.uint8], *, engine: EngineName = "openvino"
) -> GateBundle:
    """Write a gate, recording its answers on `films` (uint8, (n, height, width), synthetic) as its self-test.

    Raises
    ------
    AlteredError
        If `model` is no network from `film` to `logit` and `map`.
    """
    write(folder, card, model, films, engine)
    return load_gate(folder)


def load_gate(folder: Path | None = None, *, engine: EngineName = "openvino", threads: int | None = None) -> GateBundle:
    """Open a gate (None: the one that ships) and check the hash of every file.

    Raises
    ------
    AlteredError
        If a file is missing, differs from its hash, or the card cannot be read.
    """
    place = folder or find(GATE)
    card, sha256, network, _ = opened(place, GateCard.from_json)
    return GateBundle(place, card, sha256, network, engine, threads)


def verify_gate(folder: Path | None = None, *, engine: EngineName = "openvino") -> float:
    """Check every hash and replay the self-test; the largest difference from the recorded answers.

    Raises
    ------
    AlteredError, SelfTestError
        If a file changed; if the network answers otherwise here than when it was released.
    """
    place = folder or find(GATE)
    card, sha256, network, selftest = opened(place, GateCard.from_json)
    return replayed(GateBundle(place, card, sha256, network, engine), selftest)
