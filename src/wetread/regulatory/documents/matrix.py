"""Requirements, architecture and tests: the matrix, the rooms and who may import whom, the versions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.evidence import first, items
from wetread.regulatory.evidence.traced import Traced, traced
from wetread.regulatory.pen import Pen
from wetread.regulatory.trace.matrix import FINDINGS, STATUSES, Row
from wetread.regulatory.trace.requirements import KINDS

__all__ = ["ROOMS", "context"]

ROOMS: Mapping[str, str] = {
    "cli": "one verb per step: parse, one library call, print",
    "regulatory": "the submission folder, written from evidence",
    "clinical": "one reading said in the hospital's languages",
    "training": "a recipe in, a run folder and a bundle out",
    "extract": "an archive becomes an image set under pseudonyms",
    "inference": "the clinical decision: no network, no disk, no clock",
    "bundle": "a released model as a folder that proves itself; the seam to the engines",
    "evaluation": "figures with intervals over patients, thresholds, subgroups, readers, sample sizes",
    "cohort": "who is in the films, and what gives the label away",
    "practice": "a drawn collection with a known truth, for exercises",
    "network": "the architectures",
    "preprocess": "the one road from picture to network input",
    "truth": "reference standards, agreement, label noise, splits by patient, the leak guard",
    "collections": "public collections as one validated table",
    "phantom": "a synthetic film with known truth",
    "report": "drawings for pages of the workshop",
    "radiograph": "the only reader of pixels: a file in, an honest picture or a named error out",
    "intervals": "the statistics that rooms share",
    "calibration": "from score to probability, and from one prevalence to another",
    "page": "self-contained pages in one look",
    "modality": "which examination answers which question",
    "errors": "everything that can go wrong, with stable codes",
}
"""Each room of the software in a few words."""


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template prints: `traced`, rows of its tables, layers and contracts, and the versions."""
    told = traced(device, tuple(document.id for document in DOCUMENTS))
    project, changes = first(device, "project"), first(device, "changelog")
    return {
        "traced": told,
        "kinds": [kind for kind in KINDS if any(each.kind == kind for each in told.stated)],
        "software": f"{told.tests}:/software" if told.tests else "",
        "statuses": [(status, status.replace(" ", "_")) for status in STATUSES],
        "requirement_rows": partial(_requirement_rows, told, pen),
        "matrix_rows": [_matrix_row(row, run=bool(told.tests)) for row in told.matrix.rows],
        "test_rows": list(_test_rows(told.matrix.rows)),
        "finding_rows": [[FINDINGS[each.kind], code(each.what), _where(each.where)] for each in told.findings],
        "not_passed": [
            [code(result.node), result.outcome, "; ".join(map(said_of, result.reasons)) or "not told"]
            for result in told.results
            if result.outcome != "passed"
        ],
        "layers": [_layer(text) for text in _layers(project)],
        "contracts": [str(row.get("name")) for _, row in _contracts(project)],
        "versions": [ref for ref, _ in items(changes, "versions")] if changes else [],
    }


def code(text: str) -> str:
    """An id, code or node, which no lint takes for prose."""
    return f"`{text.replace('`', '')}`"


def said_of(text: str) -> str:
    """A machine's sentence: as it is where it holds no digit, and as code otherwise."""
    return code(text) if re.search(r"\d", text) else text


def worded(pen: Pen, reference: str, text: str) -> str:
    """Text of the evidence; one that holds a digit is printed with its reference, as a number is."""
    return pen.num(reference) if re.search(r"\d", text) else text


def _where(text: str) -> str:
    node, separator, reason = text.partition(": ")
    return f"{code(node)}{separator}{said_of(reason) if reason else ''}" if text else ""


def _requirement_rows(told: Traced, pen: Pen, kind: str) -> list[list[str]]:
    return [
        [code(each.id), worded(pen, f"{told.requirements}:{each.place}/text", each.text), codes(each.reason_codes)]
        for each in told.stated
        if each.kind == kind
    ]


def codes(names: Iterable[str]) -> str:
    """Ids in a cell."""
    return ", ".join(map(code, names))


def _matrix_row(row: Row, *, run: bool) -> list[str]:
    status = row.status if row.status in ("passed", "passed in part") else f"**{row.status}**"
    return [
        code(row.requirement.id),
        codes(row.risks),
        codes(row.requirement.documents),
        status if run else "not run",
    ]


def _test_rows(rows: Iterable[Row]) -> Iterator[list[str]]:
    for row in rows:
        for number, result in enumerate(row.tests):
            file, _, name = result.node.partition("::")
            words = name.removeprefix("test_").replace("_", " ")
            told = [code(file), said_of(words or file), result.outcome]
            yield [code(row.requirement.id) if not number else "", *told]


def _contracts(project: Artefact | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return items(project, "tool", "importlinter", "contracts") if project else iter(())


def _layers(project: Artefact | None) -> list[str]:
    for _, row in _contracts(project):
        if row.get("type") == "layers":
            return [str(layer) for layer in row.get("layers", ())]
    return []


def _layer(text: str) -> list[str]:
    """One layer as a row: its rooms, and each in words; an optional room stands in brackets in the contract."""
    names = [name.strip().strip("()") for name in text.split("|")]
    told = [f"{code(name)}: {ROOMS.get(name, 'not described here')}" for name in names]
    return [codes(names), "; ".join(told)]
