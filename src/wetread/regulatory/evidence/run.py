"""A training run: who was fitted on, which layers learnt, and how each pass went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import found, items, reference

__all__ = ["Fit", "Side", "fits", "history", "package_of", "run", "sides"]


@dataclass(frozen=True, slots=True)
class Fit:
    """One fit of a run: its name, references to its passes, and to the one that was kept."""

    name: str
    passes: tuple[str, ...]
    best: str

    @property
    def last(self) -> str:
        """Reference to the last pass."""
        return self.passes[-1]


@dataclass(frozen=True, slots=True)
class Side:
    """Films on one side of a run, references to its counts; `label` is the first output's, None where nothing is said."""

    name: str
    ref: str
    label: str | None


def run(device: Device) -> Artefact | None:
    """The first run that says which layers learnt."""
    return next((one for one in device.of_kind("run") if isinstance(found(one, "plan"), dict)), None)


def history(device: Device) -> Artefact | None:
    """The passes of the first run that has any."""
    return next((one for one in device.of_kind("history") if isinstance(one.data, list) and one.data), None)


def package_of(device: Device) -> Artefact | None:
    """What was measured when a bundle was made of the run."""
    return next(iter(device.of_kind("package")), None)


def fits(passes: Artefact) -> list[Fit]:
    """Each fit by name, in the order of the table."""
    told: dict[str, list[tuple[str, bool]]] = {}
    for ref, row in items(passes):
        told.setdefault(str(row.get("fit")), []).append((ref, bool(row.get("best"))))
    return [
        Fit(name, tuple(ref for ref, _ in rows), next((ref for ref, best in reversed(rows) if best), rows[-1][0]))
        for name, rows in told.items()
    ]


def sides(about: Artefact) -> Iterator[Side]:
    """Train, tune and test as the run holds them."""
    told = found(about, "films")
    outputs = found(about, "outputs")
    for name in told if isinstance(told, dict) else ():
        label = None
        if (
            isinstance(outputs, list)
            and outputs
            and isinstance(found(about, "films", name, "labels", outputs[0]), dict)
        ):
            label = reference(about, "films", name, "labels", outputs[0])
        yield Side(name, reference(about, "films", name), label)
