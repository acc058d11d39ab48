"""Figures of the evidence as the lint looks at them: card, evaluation, cohort."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.evidence import found, items, reference
from wetread.regulatory.lint.shapes import mapping, rows, share, span, whole
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
        counts = whole(row.get("films")), whole(row.get("positives"))
        yield ref, _measured(_NAMES.get(name, name), row, *counts, told, view[1] if view else "")


def figures_of_evaluation(evaluation: Artefact) -> Iterator[Row]:
    """The headline, each group, and each kind of negatives."""
    films, positives = whole(found(evaluation, "films", "films")), whole(found(evaluation, "films", "positives"))
    told = str(found(evaluation, "films", "name") or "")
    for ref, row in items(evaluation, "headline", "estimates"):
        name = _NAMES.get(str(row.get("name")))
        if name is not None:
            yield f"{ref}/percentile", _measured(name, row.get("percentile"), films, positives, told, "")
    yield from _at_prevalences(evaluation, told)
    for covariate, row in items(evaluation, "groups", "covariates"):
        for at, group in enumerate(rows(row.get("groups"))):
            if isinstance(group, Mapping) and isinstance(group.get("auroc"), Mapping):
                counts = whole(group.get("films")), whole(group.get("positives"))
                place = f"{covariate}/groups/{at}/auroc"
                yield place, _measured("auc", group["auroc"], *counts, told, str(group.get("name")))
    for ref, row in items(evaluation, "negatives", "against"):
        if isinstance(row.get("auroc"), Mapping):
            yield f"{ref}/auroc", _measured("auc", row["auroc"], None, None, told, str(row.get("name")))


def _at_prevalences(evaluation: Artefact, told: str) -> Iterator[Row]:
    """Predictive values at prevalences that were stated, beside those of the films at hand."""
    for ref, row in items(evaluation, "cuts"):
        for at, stated in enumerate(rows(mapping(mapping(row.get("applied")).get("worth")).get("stated"))):
            for name in ("ppv", "npv"):
                value = stated.get(name) if isinstance(stated, Mapping) else None
                told_of = value.get("stated", value) if isinstance(value, Mapping) else None
                if isinstance(told_of, Mapping):
                    figure = _measured(name, told_of, None, None, told, "")
                    place = f"{ref}/applied/worth/stated/{at}/{name}"
                    yield place, replace(figure, prevalence=share(stated.get("prevalence")))


def _measured(name: str, row: Any, films: int | None, positives: int | None, of: str, group: str) -> Metric:
    """A figure of a row; an interval or counts that cannot be count as not said."""
    told = mapping(row)
    low, high = share(told.get("low")), share(told.get("high"))
    if low is None or high is None or low > high:
        low = high = None
    if films is None or positives is None or positives > films:
        films = positives = None
    value = share(told.get("value"))
    return Metric(name=name, value=value, low=low, high=high, n=films, positives=positives, set=of, group=group)


def cut_of(evaluation: Artefact) -> tuple[str, str, str, str] | None:
    """The threshold of an evaluation: reference, rule, the films that chose it and the films that it was scored on."""
    for ref, row in items(evaluation, "cuts"):
        applied = mapping(row.get("applied"))
        tuned, worth = mapping(applied.get("tuned")), mapping(applied.get("worth"))
        chosen, scored = str(tuned.get("tuned_on") or ""), str(worth.get("name") or "")
        if mapping(applied.get("overlap")).get("same_list"):
            scored = chosen
        if chosen:
            return f"{ref}/applied", str(tuned.get("rule") or ""), chosen, scored
    return None


def ages_of(cohort: Artefact) -> tuple[str, Span] | None:
    """Reference and ends of the ages in a cohort report."""
    told = span(found(cohort, "people", "ages", "least"), found(cohort, "people", "ages", "most"))
    return None if told is None else (reference(cohort, "people", "ages"), told)
