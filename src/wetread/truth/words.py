"""Standards, agreement and label noise as plain text, for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from wetread.intervals import Interval
from wetread.truth.agreement import Agreement, Estimate
from wetread.truth.nih_noise import NihNoise
from wetread.truth.noise import LabelNoise
from wetread.truth.standard import Standard

__all__ = ["agreement_text", "aligned", "noise_text", "standard_text"]

_RATES = ("sensitivity", "specificity", "ppv", "npv", "positive share")


def aligned(rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells as lines, columns under each other.

    >>> print(aligned([("a", "1"), ("long", "2")]))
    a     1
    long  2
    """
    cells = [list(row) for row in rows]
    widths = [max(len(row[k]) for row in cells if k < len(row)) for k in range(max(map(len, cells), default=0))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=False)).rstrip() for row in cells)


def agreement_text(found: Agreement) -> str:
    """Agreement between readers, pair by pair, and of each with themselves."""
    parts = [
        f"{len(found.readers)} readers, {found.films} films of {found.patients} patients, {found.read_by_two} read by two "
        "or more",
        aligned(
            [("share of answers", *found.classes)]
            + [(who, *(_number(share) for share in shares.values())) for who, shares in found.shares.items()]
        ),
    ]
    if found.estimates:
        parts.append("between readers\n" + _estimates(found.estimates))
    parts += [f"{who}\n{_estimates(estimates)}" for who, estimates in found.pairs.items()]
    parts += [f"{who} with themselves\n{_estimates(estimates)}" for who, estimates in found.within.items()]
    return "\n\n".join([*parts, *found.remarks]) + "\n"


def standard_text(found: Standard) -> str:
    """The record of a reference standard."""
    record = found.record
    undecided = "; ".join(f"{count} {why}" for why, count in record.undecided.items()) or "none"
    lines = [
        ("rule", f"{record.rule}: {record.statement}"),
        ("source", record.source),
        ("support", record.support_is),
        ("films", str(record.films)),
        ("labels", ", ".join(f"{name} {count}" for name, count in record.labels.items())),
        ("undecided", undecided),
        ("missing reads", str(record.missing_reads)),
        ("repeated reads", f"{record.repeated_reads} (a reader has one voice a film)"),
        *((f"reader {who}", f"{n['films']} films, {n['reads']} reads") for who, n in record.readers.items()),
        *((name.replace("_", " "), str(value)) for name, value in record.details.items() if name != "error_rates"),
    ]
    parts = [aligned(lines)]
    for who, rates in record.details.get("error_rates", {}).items():
        rows = [
            (f"true {name}", *(_number(rate) for rate in row)) for name, row in zip(found.classes, rates, strict=True)
        ]
        parts.append(aligned([(f"reader {who} says", *found.classes), *rows]))
    return "\n\n".join(parts) + "\n"


def noise_text(found: NihNoise) -> str:
    """Every table of the label-noise study."""
    parts = ["Label noise of NIH ChestX-ray14", *found.notes]
    parts += [_one_label(label) for label in found.labels]
    if found.classes:
        parts.append("What the RSNA readers made of each text-mined group\n" + aligned(_classes(found)))
    if found.references is not None:
        both = agreement_text(found.references).rstrip()
        parts.append("The two groups of readers on the films that both read\n" + both)
    if found.abnormal:
        whom = f"{found.abnormal['films']} films of {found.abnormal['patients']} patients"
        parts.append(f"{whom}\n{aligned(_abnormal(found))}")
    if found.scores:
        parts.append(aligned(_scores(found)))
    return "\n\n".join([*parts, *found.remarks]) + "\n"


def _classes(found: NihNoise) -> Iterator[tuple[str, ...]]:
    yield "text-mined group", "films", "read again", "Lung Opacity", "not normal, no opacity", "Normal"
    for name, table in found.classes.items():
        shares = [f"{answer['films']} ({answer['value']:.1%})" for answer in table["classes"].values()]
        yield name, str(table["films"]), f"{table['read_again']} ({table['share_read_again']:.1%})", *shares


def _abnormal(found: NihNoise) -> Iterator[tuple[str, ...]]:
    yield "normal or abnormal", "error", "sensitivity", "specificity"
    for name, table in found.abnormal["errors"].items():
        yield name, *(_span(table[key]) for key in ("error", "sensitivity", "specificity"))


def _scores(found: NihNoise) -> Iterator[tuple[str, ...]]:
    yield "score", "readers", "films", "AUROC against readers", "against the text-mined label", "expected there"
    for s in found.scores:
        areas = [_span(s[f"auroc_against_{whom}"]) for whom in ("readers", "text")]
        yield s["score"], s["reference"], str(s["films"]), *areas, f"{s['auroc_against_text_expected']:.3f}"


def _one_label(found: LabelNoise) -> str:
    table = found.counts
    ways: Mapping[str, Mapping[str, Interval]] = {
        "as read, exact": found.exact,
        "as read, patients": found.as_read,
        "weighed back by label": found.by_label,
        "weighed back by findings and view": found.by_cell,
    }
    rates: list[tuple[str, ...]] = [("", *_RATES)]
    rates += [(way, *(str(rates[name]) if name in rates else "" for name in _RATES)) for way, rates in ways.items()]
    worth: list[tuple[str, ...]] = [("at prevalence", "ppv", "npv")]
    worth += [(f"{p:g}", str(x["ppv"]), str(x["npv"])) for p, x in found.at_prevalence.items()]
    areas: list[tuple[str, ...]] = [("AUROC against readers", "on the films read again", "in the collection")]
    areas += [(f"{area:g}", *(str(x) for x in both.values())) for area, both in found.apparent.items()]
    return "\n\n".join(
        [
            f"{found.label} against {found.reference}\n{found.films} films of {found.patients} patients, {found.read} read "
            f"again: {table.tp:g} true and {table.fp:g} false positive, {table.fn:g} false and {table.tn:g} true negative",
            aligned(rates),
            aligned(worth),
            "AUROC against this label, if its errors do not depend on the score\n" + aligned(areas),
        ]
    )


def _estimates(estimates: Sequence[Estimate]) -> str:
    rows: list[tuple[str, ...]] = [("", "value", "95 %, films independent", "95 %, patients drawn")]
    rows += [
        (
            e.name,
            _number(e.value),
            "" if e.analytic is None else _limits(e.analytic),
            "" if e.resampled is None else _limits(e.resampled),
        )
        for e in estimates
    ]
    return aligned(rows)


def _limits(interval: Interval) -> str:
    return f"{interval.low:.3f} to {interval.high:.3f}"


def _span(plain: Mapping[str, float]) -> str:
    return f"{plain['value']:.3f} ({plain['low']:.3f}-{plain['high']:.3f})"


def _number(value: float | None) -> str:
    return "-" if value is None or value != value else f"{value:.3f}"  # NaN is what differs from itself
