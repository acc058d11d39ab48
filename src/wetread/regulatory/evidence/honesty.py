"""What the figures are worth beside simpler guesses: the honesty file of a released bundle, walked by content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, reference

__all__ = ["ablations", "about", "honesty", "parts"]


def honesty(device: Device) -> Artefact | None:
    """The honesty file in the folder; None where there is none."""
    return first(device, "honesty")


def parts(artefact: Artefact, *tokens: str | int) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Name, reference and content of each object that stands in an object."""
    told = found(artefact, *tokens)
    for name, row in told.items() if isinstance(told, Mapping) else ():
        if isinstance(row, Mapping):
            yield name, reference(artefact, *tokens, name), row


def ablations(artefact: Artefact) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """How it was fitted, what was shown, reference and content of each ablation."""
    for fitted, _, kinds in parts(artefact, "ablation"):
        if "value" not in kinds:
            for shown, ref, row in parts(artefact, "ablation", fitted):
                yield fitted, shown, ref, row


def about(artefact: Artefact, *tokens: str | int) -> Mapping[str, Any]:
    """What `num` is told: how many films, by which list, from which seed."""
    told = found(artefact, *tokens) if tokens else artefact.data
    held = told if isinstance(told, Mapping) else {}
    counts = {name: held[name] for name in ("films", "patients", "positives") if isinstance(held.get(name), int)}
    seed = held.get("seed")
    return {
        "n": counts,
        "data": str(found(artefact, "films_sha256") or ""),
        "split": "out of fold",
        "seed": seed if isinstance(seed, int) else None,
        "method": "95 % interval over resampled patients",
    }
