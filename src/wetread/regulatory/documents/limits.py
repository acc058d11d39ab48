"""What the evidence says of the device's limits, one sentence for each measured fact."""

from __future__ import annotations

from collections.abc import Iterator

from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, items
from wetread.regulatory.evidence.bundle import card
from wetread.regulatory.evidence.cohort import alarm, cohorts, suspects
from wetread.regulatory.evidence.gate import gate, rows
from wetread.regulatory.evidence.values import bare
from wetread.regulatory.pen import Pen

__all__ = ["limits"]

_HALF = 0.5


def limits(device: Device, pen: Pen) -> list[str]:
    """Sentences in Markdown with marks; none where the folder holds nothing to say."""
    return [
        *_of_card(device, pen),
        *_of_honesty(device, pen),
        *_of_data(device, pen),
        *_of_gate(device, pen),
        *_always(),
    ]


def _of_card(device: Device, pen: Pen) -> Iterator[str]:
    model = card(device)
    if model is None:
        return
    if found(model, "clinical") is False:
        yield "**The model is not meant to read patients' films**: its card says so, and the device refuses it."
    yield f"Evidence that every reading carries: {pen.num(f'{model.name}:/evidence')}"
    if found(model, "weak_evidence") is True:
        yield (
            "The card is marked as weak evidence: the model is not shown to be better than a guess from crude statistics "
            "of the picture, and every reading says so."
        )
    yield f"The outline: {pen.num(f'{model.name}:/attention_worth')}"
    yield (
        "The probability holds at a stated prevalence "
        f"({pen.num(f'{model.name}:/calibration/prevalence', 1, '%')} in the films that it was calibrated on) and is not known to hold "
        "at another hospital without a calibration there."
    )


def _of_honesty(device: Device, pen: Pen) -> Iterator[str]:
    told = first(device, "honesty")
    if told is None:
        return
    away = f"{told.name}:/ablation/as fitted/lungs taken out/auroc"
    if pen.has(away):
        whole = f"{told.name}:/ablation/whole films"
        left = bare(device, away) - 0.5
        meaning = (
            "much of what serves the label lies outside the lungs"
            if left > _HALF * (bare(device, whole) - 0.5)
            else ("most of what serves the label lies in the lungs")
        )
        yield (
            f"With the lungs taken out of the films the label of these films is told with an AUROC of {pen.num(away)}, with "
            f"whole films {pen.num(whole)}: {meaning}."
        )
    for ref, row in items(told, "told_by_score"):
        if row.get("surely"):
            yield f"The score also tells {pen.num(f'{ref}/name')} (AUROC {pen.num(f'{ref}/auroc')}), which is no sign of disease."


def _of_data(device: Device, pen: Pen) -> Iterator[str]:
    for view in cohorts(device):
        if view.role == "training" and alarm(view):
            loud = ", ".join(
                f"{name} (AUROC {pen.num(f'{ref}/auroc')})" for name, ref, rings in suspects(view) if rings
            )
            yield f"The alarm of shortcuts rings in the training films: the label is told by {loud}."


def _of_gate(device: Device, pen: Pen) -> Iterator[str]:
    evaluation = gate(device)
    for row in rows(evaluation) if evaluation else ():
        if row.name.startswith("mirrored"):
            yield (
                f"Of films laid mirrored ({row.name.partition(', ')[2]}) the gate refuses {pen.num(f'{row.ref}/share', 1, '%')}; a heart in the "
                "middle is no evidence, and dextrocardia is not read."
            )


def _always() -> Iterator[str]:
    yield "One finding: a film called absent may show anything else, and nothing here will say so."
    yield "Lateral, oblique, decubitus and lordotic films are refused, and so is whatever the header does not say to be a frontal chest film."
    yield "One film is read alone: no earlier film, no history, no laboratory result."
