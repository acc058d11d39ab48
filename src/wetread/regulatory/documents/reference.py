"""What can be said of the labels: by whom, how wrong, and what readers do on the same films."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.device import Device
from wetread.regulatory.evidence import found
from wetread.regulatory.evidence.bundle import card
from wetread.regulatory.evidence.noise import classes, labels, noise, reference_agreement
from wetread.regulatory.evidence.recipe import recipe
from wetread.regulatory.pen import Pen

__all__ = ["standard"]

_MINED = ("mined", "nlp", "report")
_BENEFITS = {
    "mined": "**Benefits.** Labels mined from reports cost nothing a film: a whole collection can be labelled, and a radiologist "
    "who knew the patient wrote each report.",
    "readers": "**Benefits.** People looked at the films for this purpose, so that a label says what can be seen on the film itself.",
    "unknown": "**Benefits.** What this way of labelling is good for cannot be said: the evidence does not say how it was done.",
}
_LIMITS = {
    "mined": "**Limits.** A report answers the question that was asked of the radiologist: what was known, expected or unasked is "
    "left out, and whoever wrote it knew more than the film shows. Negation and doubt are told apart by rules. Pneumonia is "
    "a clinical diagnosis; on the film it cannot be told from other consolidation or from infiltration. Such labels may "
    "serve training; they are no reference standard of a test.",
    "readers": "**Limits.** Readers differ, and few readers share habits; without the patient's course a film supports a finding, "
    "not a disease. How many readers, how experienced, blinded to what, and by which rule one answer was made of several "
    "has to stand in the protocol.",
    "unknown": "**Limits.** A label of unknown origin supports no claim.",
}


_NIH = (
    "**How NIH's labels are mined.** Disease concepts are looked for in the text of each report (DNorm, MetaMap), and those that "
    "are negated or doubtful are struck out by rules on the parsed sentence (Wang et al. 2017; NegBio, Peng et al. 2018). The "
    "reports are not public, so that no label can be checked against its report. Radiologists who looked at the films again "
    "found the labels less often right than the collection's own paper says, and pneumonia, consolidation and infiltration "
    "no visual distinction (Oakden-Rayner 2020)."
)


def standard(device: Device, pen: Pen) -> Mapping[str, Any]:
    """`label_kind`, `pipeline`, `benefit`, `limit`, `noise` (by name, or ""), its rows, classes and agreement."""
    del pen
    told, study = _labels(device), noise(device)
    kind = _kind(told)
    return {
        "label_kind": kind,
        "pipeline": _NIH if "ChestX-ray14" in told else "",
        "benefit": _BENEFITS[kind],
        "limit": _LIMITS[kind],
        "noise": study.name if study and kind != "readers" else "",
        "noise_labels": list(labels(study)) if study else [],
        "noise_classes": list(classes(study)) if study else [],
        "noise_agreement": reference_agreement(study) if study else [],
    }


def _labels(device: Device) -> str:
    """How the training films were labelled, as card or recipe says it."""
    model, how = card(device), recipe(device)
    return str((model and found(model, "training", "labels")) or (how and how.get("card", "labels")) or "")


def _kind(told: str) -> str:
    if not told:
        return "unknown"
    return "mined" if any(word in told.lower() for word in _MINED) else "readers"
