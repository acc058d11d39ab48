"""Evaluations of scores (`wetread evaluate`): which films they are of, and where each of their numbers stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wetread.regulatory import seal
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import found, items, reference
from wetread.regulatory.evidence.lists import ABOUT, chosen_here, lists

__all__ = ["Cut", "Evaluated", "evaluations", "sealed_digest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A threshold of an evaluation.

    Attributes
    ----------
    ref
        Reference of `applied`: the threshold as it was chosen (`tuned`) and what calls at and above it are worth (`worth`).
    stated
        Whether somebody asked for it; False where it was found on these films for want of one.
    flatters
        Whether it was chosen on films or patients that it is judged on.
    threshold
        Its value.
    """

    ref: str
    stated: bool
    flatters: bool
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """One evaluation.

    Attributes
    ----------
    artefact
        Its file.
    sealed
        Whether its films are the device's test list: otherwise every figure of it is a development estimate.
    part
        Whether its films are a list that the released model's own figures name as a part of the sealed ones.
    """

    artefact: Artefact
    sealed: bool
    part: bool = False

    @property
    def standing(self) -> str:
        """What every figure of it is headed."""
        return "sealed test" if self.sealed else "part of the sealed test" if self.part else "development estimate"

    @property
    def about(self) -> dict[str, Any]:
        """What `num` is told of every number of it."""
        counts = {name: found(self.artefact, "films", name) for name in ("films", "patients", "positives")}
        seed, code = (found(self.artefact, "settings", name) for name in ("seed", "wetread"))
        return {
            "n": {name: count for name, count in counts.items() if isinstance(count, int)},
            "data": str(found(self.artefact, "about", ABOUT) or found(self.artefact, "films", "list_hash") or ""),
            "split": self.standing,
            "seed": seed if isinstance(seed, int) else None,
            "code": f"wetread {code}" if code else "",
        }

    def ref(self, *tokens: str | int) -> str:
        """For `num`."""
        return reference(self.artefact, *tokens)

    def get(self, *tokens: str | int) -> Any:
        """What stands there, or None."""
        return found(self.artefact, *tokens)

    def rows(self, *tokens: str | int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Each object of a list, with its reference."""
        return items(self.artefact, *tokens)

    def estimate(self, name: str, at: float | None = None) -> str | None:
        """Reference of a headline number with its interval, by its name and the threshold or rate that it is at."""
        for ref, row in self.rows("headline", "estimates"):
            if row.get("name") == name and (at is None or row.get("at") == at):
                return f"{ref}/bca" if _whole(row.get("bca")) else f"{ref}/percentile"
        return None

    @property
    def area(self) -> str | None:
        """Reference of the AUROC with its interval over patients."""
        if _whole(self.get("area", "interval")):
            return self.ref("area", "interval")
        return self.estimate("auroc")

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """Every threshold, the main one first."""
        told = []
        for place, (ref, row) in enumerate(self.rows("cuts")):
            threshold = self.get("cuts", place, "applied", "tuned", "threshold")
            if isinstance(threshold, int | float):
                flatters = chosen_here(self.artefact, place)
                stated = bool(row.get("stated"))
                told.append(Cut(ref=f"{ref}/applied", stated=stated, flatters=flatters, threshold=threshold))
        return tuple(told)


def _whole(interval: Any) -> bool:
    return isinstance(interval, Mapping) and interval.get("low") is not None and interval.get("high") is not None


def sealed_digest(device: Device) -> str | None:
    """Hash of the device's test list; None where the device file names none."""
    listed = seal.sealed_list(device)
    return None if listed is None else seal.films_hash(listed)


def evaluations(device: Device) -> tuple[Evaluated, ...]:
    """Every evaluation: of the sealed test first, then of parts of it, then development estimates."""
    digest, parts = sealed_digest(device), _parts(device)
    told = [
        Evaluated(artefact=each, sealed=digest in lists(each), part=bool(parts & lists(each)))
        for each in device.of_kind("evaluation")
    ]
    return tuple(sorted(told, key=lambda one: (not one.sealed, not one.part)))


def _parts(device: Device) -> frozenset[str]:
    """Lists that a bundle's figures, or its card, measured as sealed."""
    rows = [row for figures in device.of_kind("figures") for _, row in items(figures, "sealed")]
    rows += [
        row
        for card in device.of_kind("bundle")
        for _, row in items(card, "metrics")
        if "sealed" in str(row.get("name"))
    ]
    return frozenset(str(row["films_sha256"]) for row in rows if row.get("films_sha256"))
