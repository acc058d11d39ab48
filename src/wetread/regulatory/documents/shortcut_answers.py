"""What was done about each thing that is not the lungs and tells the label."""

from __future__ import annotations

from collections.abc import Iterator

from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, items
from wetread.regulatory.pen import Pen

__all__ = ["answers"]


def answers(device: Device, pen: Pen) -> list[str]:
    """Sentences with marks: what the evidence holds that answers the alarm of shortcuts; none where it holds nothing."""
    told = first(device, "honesty")
    if told is None:
        return []
    return [*_beside(told.name, device, pen), *_ablation(told.name, pen), *_shuffled(told.name, pen)]


def _beside(name: str, device: Device, pen: Pen) -> Iterator[str]:
    artefact = device.artefacts[name]
    for ref, _ in items(artefact, "questions"):
        at = ref.partition(":")[2].split("/")[1:]
        for guess in ("all metadata together", "crude statistics", "crude statistics, fitted on this label"):
            if found(artefact, *at, "beside", guess, "auroc") is not None:
                beside = f"{ref}/beside/{guess}"
                yield (
                    f"{pen.num(f'{ref}/label')}, {pen.num(f'{ref}/name')}: {guess} reach an AUROC of {pen.num(f'{beside}/auroc', 3)}, the "
                    f"network on the same films {pen.num(f'{beside}/network', 3)}, difference {pen.num(f'{beside}/difference', 3)}."
                )


def _ablation(name: str, pen: Pen) -> Iterator[str]:
    whole = f"{name}:/ablation/whole films"
    if pen.has(whole):
        yield (
            f"Parts of the film taken away: whole films {pen.num(whole, 3)}, lungs alone "
            f"{pen.num(f'{name}:/ablation/as fitted/lungs only/auroc', 3)}, lungs taken out "
            f"{pen.num(f'{name}:/ablation/as fitted/lungs taken out/auroc', 3)}. Where the lungs are taken out and the label is told all "
            "the same, the network may lean on what is not the lungs."
        )


def _shuffled(name: str, pen: Pen) -> Iterator[str]:
    if pen.has(f"{name}:/shuffle/lowest"):
        yield (
            f"With labels exchanged at random the same fit reaches {pen.num(f'{name}:/shuffle/lowest', 3)} to "
            f"{pen.num(f'{name}:/shuffle/highest', 3)}: the folds leak nothing of the label."
        )
