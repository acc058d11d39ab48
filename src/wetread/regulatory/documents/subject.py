"""What several documents say of the device alike: its model, its recipe, whom it is for, and who was in the films."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, reference
from wetread.regulatory.evidence.bundle import card, metrics, refusals, words
from wetread.regulatory.evidence.cohort import cohorts
from wetread.regulatory.evidence.gate import gate, rows
from wetread.regulatory.evidence.recipe import CHANGES, Recipe, recipe
from wetread.regulatory.evidence.run import fits, history, package_of, run
from wetread.regulatory.pictures import can_draw

__all__ = ["subject"]

_LEARNT = {
    "probe": "a linear map on the frozen features of a network, fitted in closed form, without passes over the films",
    "tail": "the late blocks of a network, tuned by gradient descent on features of its frozen early blocks",
    "pair": "the late blocks of a network, tuned by gradient descent on features of its frozen early blocks, and beside it "
    "small networks fitted from nothing, which answer together",
    "tune": "a network tuned by gradient descent",
    "small": "several small networks, fitted from nothing",
}


def subject(device: Device) -> Mapping[str, Any]:
    """What templates may name of the device.

    Returns
    -------
    `model` (the card's evidence by name, "" where there is none), `use` (the indication's terms in words), `card_use`
    (the card's), `recipe`, `method`, `learnt`, `changes`, `run`, `fits`, `package`, `cohorts`, `gate_rows`,
    `metrics`, `not_for`, `labels_ref` and `input_ref` (of card or recipe, or ""), `can_draw`, `named` (the first evidence
    of a kind by name, or "").
    """
    model, how, about = card(device), recipe(device), run(device)
    passes, evaluation = history(device), gate(device)
    return {
        "model": model.name if model else "",
        "use": _terms(device.plain.get("indications") or {}),
        "card_use": _terms(found(model, "intended_use") or {}) if model else _terms({}),
        "recipe": how,
        "method": how.method if how else "",
        "learnt": _LEARNT.get(how.method, "a network") if how else "",
        "changes": [(name, *CHANGES[name]) for name in how.changes] if how else [],
        "run": about.name if about else "",
        "fits": fits(passes) if passes else [],
        "package": told.name if (told := package_of(device)) else "",
        "cohorts": cohorts(device),
        "gate_rows": rows(evaluation) if evaluation else [],
        "metrics": list(metrics(model)) if model else [],
        "not_for": refusals(model) if model else [],
        "labels_ref": _either(model, ("training", "labels"), how, ("card", "labels")),
        "input_ref": _either(model, ("input",), how, ("input",)),
        "honesty": _named(device, "honesty"),
        "can_draw": partial(_can_draw, device),
        "named": partial(_named, device),
    }


def _terms(told: Mapping[str, Any]) -> Mapping[str, str]:
    """Each list of terms as people say it."""
    return {name: words(told.get(name)) for name in ("views", "modalities", "body_parts", "sexes")}


def _either(model: Artefact | None, of_card: tuple[str, ...], how: Recipe | None, of_recipe: tuple[str, ...]) -> str:
    """Where the card says it, or else the recipe; "" where neither does."""
    if model and found(model, *of_card) is not None:
        return reference(model, *of_card)
    return how.ref(*of_recipe) if how and how.get(*of_recipe) is not None else ""


def _can_draw(device: Device, name: str) -> bool:
    return can_draw(name, device)


def _named(device: Device, kind: str) -> str:
    return one.name if (one := first(device, kind)) else ""
