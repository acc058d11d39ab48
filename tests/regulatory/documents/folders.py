"""Device folders for the tests of documents: the landed ones, one with nothing in it, and one of a made-up run."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

from regulatory.made import PLAIN, write_device
from wetread.regulatory.device import Device, load_device
from wetread.regulatory.documents import DOCUMENTS, Document
from wetread.regulatory.written import Written, write

ROOT = Path(__file__).parents[3]
MINE = tuple(
    document
    for document in DOCUMENTS
    if document.module in ("description", "use", "software", "training", "data", "truth", "course_form")
)
LANDED = ("adult", "paediatric")
PASSES = {"fold-0": (0.61, 0.55, 0.58), "final": (0.62, 0.51, 0.47, 0.52)}
"""Tuning losses of each fit, pass by pass; the lowest is kept."""


@cache
def landed(name: str) -> Device:
    """The device file of this repository."""
    return load_device(ROOT / "regulatory" / f"{name}.yaml")


def empty(folder: Path, claim: str = "triage") -> Device:
    """A device file that names nothing."""
    plain = {"schema": "wetread.device/1", "name": "paper reader", "date": "2026-11-22", "claim": claim}
    return load_device(write_device(folder / "empty.yaml", plain))


def of_run(folder: Path, **changes: Any) -> Device:
    """A device of nothing but a run folder, as `wetread train` writes it; `changes` are made to `run.json`."""
    run = folder / "run"
    run.mkdir(parents=True, exist_ok=True)
    (run / "run.json").write_text(json.dumps(ABOUT | changes), encoding="utf-8")
    with (run / "history.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for fit, losses in PASSES.items():
            for number, loss in enumerate(losses, 1):
                kept = int(loss == min(losses[:number]))
                table.writerow((fit, number, 10 * number, 1e-3, loss - 0.05, loss, 0.7, 0.6, 0.6, 0.5, kept))
    plain = PLAIN | {"evidence": {"run": {"kind": "run", "path": "run"}}, "test_list": None, "validation": {}}
    return load_device(
        write_device(folder / "run.yaml", {key: value for key, value in plain.items() if value is not None})
    )


COLUMNS = ("fit", "pass", "step", "rate", "train_loss", "tune_loss", "auroc", "average_precision", "f1_best",
           "f1_all_positive", "best")  # fmt: skip
ABOUT: dict[str, Any] = {
    "recipe": {
        "name": "paper",
        "data": {"collection": "csv", "outputs": ["pneumonia"], "exclude": []},
        "network": {"name": "efficientnet_lite0", "pretrained": True, "hidden": 256, "dropout": 0.5, "grid": 0},
        "input": {"height": 224, "width": 224, "percentiles": [1.0, 99.0]},
        "augmentation": {"turn_degrees": 7.0, "scale": 0.0, "gamma": 0.5, "flip": 0.0},
        "fit": {"method": "tune", "tuned": "last", "epochs": 20, "batch": 24, "learning_rate": 3e-4, "head_faster": 3.0,
                "sampling": "balanced", "stop_on": "auroc", "patience": 5, "folds": 2, "seed": 1},
        "card": {"labels": "Read by two physicians of the paper hospital."},
    },
    "recipe_sha256": "0" * 64,
    "outputs": ["pneumonia"],
    "films": {
        side: {"films": films, "patients": films, "list_sha256": sha * 64,
               "labels": {"pneumonia": {"positive": films // 4, "negative": films - films // 4, "unsaid": 0}}}
        for side, films, sha in (("train", 80, "a"), ("tune", 20, "b"))
    },
    "plan": {"first": 15, "frozen": ["stem.0", "blocks.0.expand.0"], "tuned": ["blocks.15.expand.0", "head.0"],
             "added": ["hidden", "classifier"], "frozen_parameters": 1001, "tuned_parameters": 2002,
             "added_parameters": 3003, "moving": False},
    "environment": {"python": "3.11.7", "torch": "2.13.0"},
    "finished": True,
}  # fmt: skip


def document(which: str) -> Document:
    """The document whose id begins so."""
    return next(one for one in DOCUMENTS if one.id.startswith(which))


@cache
def landed_text(name: str, which: str) -> str:
    """A document of a landed device, as printed."""
    return write(document(which), landed(name)).text


def written(device: Device, which: str) -> Written:
    """A document of a device."""
    return write(document(which), device)


def section(text: str, heading: str) -> str:
    """What stands between a bold heading or a heading of the form, and the next one of its kind."""
    start = text.index(heading) + len(heading)
    mark = "\n**" if heading.startswith("**") else "\n#"
    ends = [end for end in (text.find(mark, start), text.find("\n### ", start)) if end >= 0]
    return text[start : min(ends, default=len(text))]
