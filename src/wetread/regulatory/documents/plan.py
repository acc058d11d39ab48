"""What the validation plan prints: the sizes that were computed, and what the evidence so far says of their hopes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found
from wetread.regulatory.evidence.evaluation import evaluations, sealed_digest
from wetread.regulatory.evidence.ledger import last_use, uses
from wetread.regulatory.evidence.plan import SizeRow, plan_of, sizes, stale
from wetread.regulatory.pen import Pen
from wetread.regulatory.pictures import PICTURES, can_draw

__all__ = ["context"]

_DESCRIBED = "device:/validation/described"


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """Tables of the plan; each is "" where nothing of its kind was asked."""
    plan, told = plan_of(device), found(device.artefacts["device"], "validation", "described")
    described = told if isinstance(told, Mapping) else {}
    return {
        "plan": plan.name if plan else "",
        "stale": stale(device),
        "lock": lock.name if (lock := first(device, "lock")) else "",
        "uses": last_use(device),
        "many": len(list(uses(device))),
        "listed": sealed_digest(device) is not None,
        "regulation": f"codes:/entries/{device.claim.value}",
        "from_memory": found(device.artefacts["codes"], "entries", device.claim.value, "customary", "mark") == "memory",
        "described": _References(described),
        "tables": _tables(plan, pen) if plan else {},
        "study": f"{plan.name}:/study" if plan and found(plan, "study", "power") is not None else "",
        "standing": _standing(device, plan, pen) if plan else "",
        "pictures": [name for name in ("sample-size",) if name in PICTURES and can_draw(name, device)],
        "published": _published(device),
    }


class _References(Mapping[str, Any]):
    """References to what is described, so that numbers in a person's words are printed from where they were written."""

    def __init__(self, told: Mapping[str, Any], place: str = _DESCRIBED) -> None:
        self._told, self._place = told, place

    def __getitem__(self, name: str) -> Any:
        value, place = self._told.get(name), f"{self._place}/{name}"
        if isinstance(value, Mapping):
            return _References(value, place)
        if isinstance(value, list):
            return [f"{place}/{number}" for number in range(len(value))]
        if isinstance(value, bool):
            return "yes" if value else "no"
        return _References({}, place) if value is None else place

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


def _tables(plan: Artefact, pen: Pen) -> Mapping[str, str]:
    makers = {
        "goals": _goals, "precision": _precision, "areas": _areas, "groups": _areas, "pairs": _areas, "f1": _f1,
        "readers": _readers,
    }  # fmt: skip
    return {kind: make(list(sizes(plan, kind)), pen) for kind, make in makers.items()}


def _cells(row: SizeRow, pen: Pen, **pointers: int | tuple[int, str]) -> list[str]:
    """Numbers of a row by their pointers below it, each with its decimals and unit; a dash where there is none."""
    cells = []
    for pointer, shown in pointers.items():
        digits, unit = shown if isinstance(shown, tuple) else (shown, "")
        place = pointer.replace("__", "/")
        branch, _, name = place.partition("/")
        held = (row.inputs if branch == "inputs" else row.result).get(name)
        cells.append("—" if held is None else pen.num(f"{row.ref}/{place}", digits, unit, method=row.method))
    return cells


def _what(row: SizeRow, pen: Pen) -> str:
    name = pen.num(f"{row.ref}/of")
    return f"{name}, {pen.num(f'{row.ref}/inputs/note')}" if row.inputs.get("note") else name


def _goals(rows: list[SizeRow], pen: Pen) -> str:
    percent = (0, "%")
    header = ["To be shown", "Expected", "Goal", "Power asked", "First", "Power there", "Stable", "Power there"]
    return _table(pen, header, rows, inputs__expected=percent, inputs__goal=percent, inputs__power=percent,
                  result__first=0, result__power_first=(1, "%"), result__stable=0, result__power_stable=(1, "%"))  # fmt: skip


def _table(pen: Pen, header: list[str], rows: list[SizeRow], **pointers: int | tuple[int, str]) -> str:
    return pen.table(header, ([_what(row, pen), *_cells(row, pen, **pointers)] for row in rows)) if rows else ""


def _precision(rows: list[SizeRow], pen: Pen) -> str:
    header = ["To be known", "Expected", "Plus or minus", "Prevalence", "Films of the class", "Films in all"]
    return _table(pen, header, rows, inputs__expected=(0, "%"), inputs__half_width=(0, "%"), inputs__prevalence=(0, "%"),
                  result__of_class=1, result__films=1)  # fmt: skip


def _areas(rows: list[SizeRow], pen: Pen) -> str:
    header = ["To be shown", "Expected", "Against", "Sides", "Power asked", "Positive films", "Negative films"]
    shown = []
    for row in rows:
        expected, against = ("expected", "goal") if "expected" in row.inputs else ("first", "second")
        pointers: dict[str, int | tuple[int, str]] = {f"inputs__{expected}": 2, f"inputs__{against}": 2}
        pointers |= {"inputs__sides": 0, "inputs__power": (0, "%"), "result__positives": 1, "result__negatives": 1}
        shown.append([_what(row, pen), *_cells(row, pen, **pointers)])
    return pen.table(header, shown) if shown else ""


def _f1(rows: list[SizeRow], pen: Pen) -> str:
    header = ["To be known", "Sensitivity", "Specificity", "Prevalence", "Plus or minus", "F1 expected",
              "F1 of calling every film", "TP twice, FP and FN", "Films in all"]  # fmt: skip
    return _table(pen, header, rows, inputs__sensitivity=(0, "%"), inputs__specificity=(0, "%"), inputs__prevalence=(0, "%"),
                  inputs__half_width=2, result__f1=3, result__all_positive=3, result__named=1, result__films=1)  # fmt: skip


def _readers(rows: list[SizeRow], pen: Pen) -> str:
    """Power of each study that was asked, and below it the cases for other numbers of readers."""
    header = ["Design", "Difference", "Readers", "Cases", "Power", "Non-centrality", "Degrees of freedom"]
    lines, more = [], []
    for row in rows:
        asked = _cells(row, pen, inputs__effect=2, inputs__readers=0, inputs__cases=0)
        lines.append(["random readers and cases", *asked,
                      *_cells(row, pen, result__power=4, result__noncentrality=2, result__df=2)])  # fmt: skip
        for design, name in (("fixed readers", "power_fixed_readers"), ("fixed cases", "power_fixed_cases")):
            lines.append([design, *asked, *_cells(row, pen, **{f"result__{name}": 4}), "—", "—"])
        for place, told in enumerate(row.result.get("table") or ()):
            at = f"{row.ref}/result/table/{place}"
            cases = pen.num(f"{at}/cases") if told.get("cases") is not None else "no number of cases is enough"
            more.append([pen.num(f"{at}/readers"), pen.num(f"{row.ref}/inputs/power", 0, "%"), cases])
    if not lines:
        return ""
    cases_table = pen.table(["Readers", "Power asked", "Cases"], more) if more else ""
    return f"{pen.table(header, lines)}\n\n{cases_table}"


# ------------------------------------------------------------------------------------------------ what is known so far


def _standing(device: Device, plan: Artefact, pen: Pen) -> str:
    """Each goal beside what every evaluation in the folder found; "" where nothing was measured."""
    whole: dict[str, SizeRow] = {}
    for row in sizes(plan, "goals"):  # the first goal of a class is that of the class as a whole
        whole.setdefault(row.of, row)
    lines = []
    for row in whole.values():
        for one in evaluations(device):
            if not one.cuts:
                continue
            rate = f"{one.cuts[0].ref}/worth/{row.of}/stated"
            held = one.get("cuts", 0, "applied", "worth", row.of, "stated") or {}
            lines.append([
                pen.num(f"{row.ref}/of"), pen.num(f"{row.ref}/inputs/goal", 0, "%"),
                pen.num(f"{row.ref}/inputs/expected", 0, "%"), pen.num(one.ref("films", "name")), one.standing,
                pen.num(rate, 1, "%", **one.about), _verdict(held, row.inputs),
            ])  # fmt: skip
    header = ["Of", "Goal", "Expected", "Films", "Standing", "Found so far (95 % interval)", "Against the goal"]
    return pen.table(header, lines) if lines else ""


def _verdict(held: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    low, high, goal, expected = held.get("low"), held.get("high"), inputs.get("goal"), inputs.get("expected")
    if low is None or high is None or goal is None or expected is None:
        return "no interval"
    if high < goal:
        return "**surely below the goal**"
    if low > goal:
        return "above the goal on these films"
    return "not told from the goal" + ("; the expected value lies above the interval" if expected > high else "")


def _published(device: Device) -> str:
    """The evidence that holds the published comparison of F1, by name."""
    held = first(device, "radiologist")
    return held.name if held is not None and found(held, "published", "network", "value") is not None else ""
