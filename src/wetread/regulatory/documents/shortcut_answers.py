"""What was done about each thing that is not the lungs and tells the label."""

from __future__ import annotations

from collections.abc import Iterator

from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, items
from wetread.regulatory.pen import Pen

__all__ = ["answers", "beside"]

_GUESSES = ("all metadata together", "crude statistics", "crude statistics, fitted on this label")


def answers(device: Device, pen: Pen) -> list[str]:
    """Sentences with marks: what was found with parts of the film taken away and with labels exchanged."""
    told = first(device, "honesty")
    return [*_ablation(told.name, pen), *_shuffled(told.name, pen)] if told else []


def beside(device: Device, pen: Pen) -> list[list[str]]:
    """For each question what a guess that sees no lung reaches, the network on the same films, and their difference."""
    told = first(device, "honesty")
    rows = []
    for ref, _ in items(told, "questions") if told else ():
        at = ref.partition(":")[2].split("/")[1:]
        for guess in _GUESSES:
            if told and found(told, *at, "beside", guess, "auroc") is not None:
                numbers = [pen.num(f"{ref}/beside/{guess}/{name}", 3) for name in ("auroc", "network", "difference")]
                rows.append([pen.num(f"{ref}/label"), pen.num(f"{ref}/name"), guess, *numbers])
    return rows


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
            f"{pen.num(f'{name}:/shuffle/highest', 3)}; near one half, the folds leak nothing of the label."
        )
