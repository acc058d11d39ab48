"""How a network was trained: the recipe's file, or the resolved recipe that a run keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import found, reference

__all__ = ["CHANGES", "Recipe", "recipe"]

CHANGES = {
    "turn_degrees": ("a small turn, to either side", "degrees", 1),
    "scale": ("a change of size", "%", 1),
    "stretch": ("a change of height against width", "%", 1),
    "shift": ("a shift, as a share of the film", "%", 1),
    "gamma": ("a change of exposure (power law), as the logarithm to the base of two", "", 1),
    "contrast": ("a change of contrast", "%", 1),
    "noise": ("noise of the detector, as a standard deviation in grey levels from black to white", "", 2),
    "blur": ("a loss of sharpness, as a radius in pixels", "", 1),
    "cover": ("the chance that a patch is covered with the film's mean grey", "%", 1),
    "flip": ("the chance of a mirror image, which puts the heart on the right", "%", 1),
}
"""Each change of augmentation in words, with the unit and the decimals of its strength."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe, wherever it stands.

    Attributes
    ----------
    artefact, at
        The evidence, and the tokens that lead to the recipe in it.
    is_resolved
        Whether every setting stands in it, those that the file left to their defaults too.
    """

    artefact: Artefact
    at: tuple[str, ...]
    is_resolved: bool

    def ref(self, *tokens: str) -> str:
        """For `num`."""
        return reference(self.artefact, *self.at, *tokens)

    def get(self, *tokens: str) -> Any:
        """What is set there, or None."""
        return found(self.artefact, *self.at, *tokens)

    @property
    def method(self) -> str:
        """How it was fitted: "tune", "tail", "pair", "probe" or "small"; a recipe that does not say is of "tail"."""
        return str(self.get("fit", "method") or "tail")

    @property
    def changes(self) -> list[str]:
        """Names of the changes that augmentation makes with a strength above nothing, as far as the recipe says."""
        told = self.get("augmentation") or {}
        return [name for name in CHANGES if told.get(name)]


def recipe(device: Device) -> Recipe | None:
    """The recipe that the folder shows: resolved where a run keeps it, otherwise as its file was written."""
    for run in device.of_kind("run"):
        if isinstance(found(run, "recipe"), dict):
            return Recipe(run, ("recipe",), is_resolved=True)
    for written in device.of_kind("recipe"):
        if isinstance(written.data, dict):
            return Recipe(written, (), is_resolved=False)
    return None
