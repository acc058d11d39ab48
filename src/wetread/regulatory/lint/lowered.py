"""Figures of the evidence as the lint looks at them: card, evaluation, cohort."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.evidence import found, items, reference
from wetread.regulatory.lint.submission import Metric, Span

__all__ = ["ages_of", "cut_of", "figures_of_card", "figures_of_evaluation"]

_NAMES = {"auroc": "auc", "auc": "auc", "f1": "f1", "ppv": "ppv", "npv": "npv", "accuracy": "accuracy",
          "sensitivity": "sensitivity", "specificity": "specificity"}  # fmt: skip
_VIEW = re.compile(r"^(PA|AP) films")

Row = tuple[str, Metric]


def figures_of_card(card: Artefact) -> Iterator[Row]:
    """The card's metrics, each with its reference."""
    for ref, row in items(card, "metrics"):
        name = str(row.get("name", "")).partition(",")[0].strip().lower()
        told = str(row.get("set", ""))
        view = _VIEW.match(told)
        yield (
            ref,
            Metric(
                name=_NAMES.get(name, name),
                value=_share(row.get("value")),
                low=_share(row.get("low")),
                high=_share(row.get("high")),
                n=_whole(row.get("films")),
                positives=_whole(row.get("positives")),
                set=told,
                group=view[1] if view else "",
            ),
        )


def figures_of_evaluation(evaluation: Artefact) -> Iterator[Row]:
    """The headline, each group, and each kind of negatives."""
    films, positives = _whole(found(evaluation, "films", "films")), _whole(found(evaluation, "films", "positives"))
    told = str(found(evaluation, "films", "name") or "")
    for ref, row in items(evaluation, "headline", "estimates"):
        name = _NAMES.get(str(row.get("name")))
        if name is not None:
            yield f"{ref}/percentile", _interval(name, row.get("percentile"), films, positives, told)
    yield from _at_prevalences(evaluation, told)
    for covariate, row in items(evaluation, "groups", "covariates"):
        for at, group in enumerate(row.get("groups") or ()):
            if isinstance(group, Mapping) and isinstance(group.get("auroc"), Mapping):
                counts = _whole(group.get("films")), _whole(group.get("positives"))
                place = f"{covariate}/groups/{at}/auroc"
                yield place, _interval("auc", group["auroc"], *counts, told, f"{group.get('name')}")
    for ref, row in items(evaluation, "negatives", "against"):
        if isinstance(row.get("auroc"), Mapping):
            yield f"{ref}/auroc", _interval("auc", row["auroc"], None, None, told, str(row.get("name")))


def _at_prevalences(evaluation: Artefact, told: str) -> Iterator[Row]:
    """Predictive values at prevalences that were stated, beside those of the films at hand."""
    for ref, row in items(evaluation, "cuts"):
        for at, stated in enumerate(((row.get("applied") or {}).get("worth") or {}).get("stated") or ()):
            for name in ("ppv", "npv"):
                value = stated.get(name) if isinstance(stated, Mapping) else None
                told_of = value.get("stated", value) if isinstance(value, Mapping) else None
                if isinstance(told_of, Mapping):
                    figure = _interval(name, told_of, None, None, told)
                    place = f"{ref}/applied/worth/stated/{at}/{name}"
                    yield place, replace(figure, prevalence=_share(stated.get("prevalence")))


def _interval(name: str, told: Any, films: int | None, positives: int | None, of: str, group: str = "") -> Metric:
    row = told if isinstance(told, Mapping) else {}
    return Metric(
        name=name,
        value=_share(row.get("value")),
        low=_share(row.get("low")),
        high=_share(row.get("high")),
        n=films,
        positives=positives,
        set=of,
        group=group,
    )


def cut_of(evaluation: Artefact) -> tuple[str, str, str, str] | None:
    """The threshold of an evaluation: reference, rule, the films that chose it and the films that it was scored on."""
    for ref, row in items(evaluation, "cuts"):
        applied = row.get("applied") or {}
        tuned, worth = applied.get("tuned") or {}, applied.get("worth") or {}
        chosen, scored = str(tuned.get("tuned_on") or ""), str(worth.get("name") or "")
        if (applied.get("overlap") or {}).get("same_list"):
            scored = chosen
        if chosen:
            return f"{ref}/applied", str(tuned.get("rule") or ""), chosen, scored
    return None


def ages_of(cohort: Artefact) -> tuple[str, Span] | None:
    """Reference and ends of the ages in a cohort report."""
    least, most = found(cohort, "people", "ages", "least"), found(cohort, "people", "ages", "most")
    if not isinstance(least, int | float) or not isinstance(most, int | float) or not 0 <= least <= most:
        return None
    return reference(cohort, "people", "ages"), Span(low=float(least), high=float(most))


def _share(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0 <= value <= 1 else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
