"""Cohort reports: who is in which films, told apart by the lists that they hold for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import found, items, reference
from wetread.regulatory.evidence.bundle import card
from wetread.regulatory.evidence.run import run

__all__ = ["LIST", "View", "alarm", "co_findings", "cohorts", "groups", "suspects", "training_cohort"]

LIST = "List of films (SHA-256)"
"""Under `about` of a report: which list its numbers hold for."""
_ROLES = {"training": "films that the network was fitted on", "tuning": "films that were watched while it was fitted",
          "sealed": "films kept aside for the test", "collection": "further films"}  # fmt: skip


_SIDES = {"train": "training", "tune": "tuning", "test": "sealed"}


@dataclass(frozen=True, slots=True)
class View:
    """One cohort report.

    Attributes
    ----------
    artefact
        The report.
    role
        "training", "tuning" or "sealed" where its list is the one that card, run or split name, otherwise "collection".
    """

    artefact: Artefact
    role: str

    @property
    def meaning(self) -> str:
        """The role in words."""
        return _ROLES[self.role]

    def ref(self, *tokens: str | int) -> str:
        """For `num`."""
        return reference(self.artefact, *tokens)

    def has(self, *tokens: str | int) -> bool:
        """Whether the report holds something there."""
        return found(self.artefact, *tokens) not in (None, [], {})


def cohorts(device: Device) -> list[View]:
    """Every report, training films first, then tuning, sealed and further ones."""
    lists = _lists(device)
    views = [View(one, lists.get(str(found(one, "about", LIST)), "collection")) for one in device.of_kind("cohort")]
    return sorted(views, key=lambda view: list(_ROLES).index(view.role))


def training_cohort(device: Device) -> View | None:
    """The report on the very films that the network was fitted on."""
    return next((view for view in cohorts(device) if view.role == "training"), None)


def _lists(device: Device) -> dict[str, str]:
    """Which role the list of a hash has, by split, run and card, of which the last that names it counts."""
    told: dict[str, str] = {}
    for split in device.of_kind("split"):
        told |= {str(found(split, "sides", side, "list_sha256")): role for side, role in _SIDES.items()}
    if (about := run(device)) is not None:
        told |= {str(found(about, "films", side, "list_sha256")): role for side, role in _SIDES.items()}
    if (bundle := card(device)) is not None:
        told[str(found(bundle, "training", "films_sha256"))] = "training"
        told[str(found(bundle, "training", "sealed", "films_sha256"))] = "sealed"
    told.pop("None", None)
    return told


def groups(view: View, by: str) -> Iterator[tuple[str, str]]:
    """Name and reference of each group of `by_age`, `by_sex` or `by_view`, the unknown ones among them."""
    for ref, row in items(view.artefact, "people", by):
        yield str(row.get("name")), ref


def co_findings(view: View, most: int = 12) -> list[tuple[str, str]]:
    """Name and reference of the findings seen most often together with the label."""
    rows = [(int(row.get("both") or 0), str(row.get("name")), ref)
            for ref, row in items(view.artefact, "comorbidity", "pairs")]  # fmt: skip
    return [(name, ref) for both, name, ref in sorted(rows, key=lambda row: (-row[0], row[1]))[:most] if both]


def suspects(view: View) -> list[tuple[str, str, bool]]:
    """Name, reference and whether it rings, of each thing that is not the lungs and tells the label all the same."""
    return [(str(row.get("name")), ref, bool(row.get("rings")))
            for ref, row in items(view.artefact, "shortcuts", "suspects")]  # fmt: skip


def alarm(view: View) -> bool:
    """Whether the alarm of shortcuts rings."""
    return found(view.artefact, "shortcuts", "alarm") is True
