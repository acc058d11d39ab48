"""Every size that a validation plan asks for, computed together: what was asked, by which method, and what came out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from wetread import __version__
from wetread.errors import ConfigError
from wetread.evaluation.record import text
from wetread.evaluation.sample_size.areas import Pilot, area_size, paired_areas_size, two_groups_size
from wetread.evaluation.sample_size.asked import between, design_effect
from wetread.evaluation.sample_size.entry import CLASSES, Entry, known
from wetread.evaluation.sample_size.f1 import f1_size
from wetread.evaluation.sample_size.proportions import goal_size, precision_size
from wetread.evaluation.sample_size.readers import (
    FIXED_CASES,
    FIXED_READERS,
    Components,
    reader_study_power,
    reader_study_table,
)

__all__ = ["PLAN", "Planned", "Size", "Study", "planned"]

PLAN = "wetread.plan/1"
"""The schema of a plan's JSON."""


@dataclass(frozen=True, slots=True)
class Size:
    """One calculation.

    Parameters
    ----------
    of
        What is to be shown or known: "sensitivity", "AUROC against a fixed value", ...
    inputs
        What was asked, defaults filled in.
    method
        Whose formula, with its assumption.
    result
        What came out, not rounded unless films come whole by the method.
    """

    of: str
    inputs: Mapping[str, Any]
    method: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Study:
    """What the performance goals together need; fields are None where no goal asks for them.

    Parameters
    ----------
    positives, negatives
        Independent films of each class: the largest stable size of the goals of that class.
    power
        Of meeting every goal: the product, since each class's goal is about other films than the other's. Of several
        goals on one class the least power counts.
    prevalence
        Share of positive films among films as they come.
    design_effect
        By how much films that come several to a patient must outnumber independent ones.
    loss
        Share of films that may turn out unusable.
    films_as_they_come
        Films that hold both classes on average, at the prevalence.
    enriched_prevalence, films_enriched
        The same where positive films are sought out to this share.
    sites, films_a_site
        Sites that share the larger burden equally.
    """

    positives: int | None
    negatives: int | None
    power: float | None
    prevalence: float | None
    design_effect: float
    loss: float
    films_as_they_come: int | None
    enriched_prevalence: float | None
    films_enriched: int | None
    sites: int | None
    films_a_site: int | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan's sizes as one value.

    Parameters
    ----------
    asked
        What `planned` was given, as it was.
    goals, precision, areas, groups, pairs, f1, readers
        One `Size` for each that was asked, in that order.
    study
        What the goals together need.
    wetread
        The version that computed it.
    """

    asked: Mapping[str, Any]
    goals: tuple[Size, ...]
    precision: tuple[Size, ...]
    areas: tuple[Size, ...]
    groups: tuple[Size, ...]
    pairs: tuple[Size, ...]
    f1: tuple[Size, ...]
    readers: tuple[Size, ...]
    study: Study
    wetread: str = field(default=__version__)

    def to_json(self) -> str:
        """As JSON of the schema `wetread.plan/1`."""
        return text(PLAN, self)


def planned(asked: Mapping[str, Any]) -> Planned:
    """Compute every size that is asked.

    Parameters
    ----------
    asked
        `prevalence`, `power` (default 0.8), `alpha` (0.05), `enriched_prevalence`, `films_a_patient` (1) and
        `correlation` (0) within patients, `loss` (0), `sites`, and lists of calculations, each a mapping:
        `goals` (of, expected, goal), `precision` (of, expected, half_width), `areas` (expected, goal, ratio), `groups`
        (first, second), `pairs` (first, second, first_variance, second_variance, covariance, positives, negatives),
        `f1` (sensitivity, specificity, half_width) and `readers` (effect, readers, cases, table, components, source).
        An entry's own `power`, `alpha` or `prevalence` goes before the common one. `described` is for people: it is kept
        and not computed with.

    Raises
    ------
    ConfigError
        For a name that nothing is computed from, one that is missing, or a number outside its range, with the entry.

    >>> plan = planned({"prevalence": 0.1, "goals": [{"of": "sensitivity", "expected": 0.9, "goal": 0.8}]})
    >>> plan.goals[0].result["first"], plan.goals[0].result["stable"], plan.study.films_as_they_come
    (107, 113, 1130)
    """
    known("the plan", asked, {*_COMMON, *_KINDS, "described"})
    common = _COMMON | {name: asked[name] for name in _COMMON if asked.get(name) is not None}
    sizes: dict[str, Any] = {kind: _sizes(kind, asked.get(kind) or (), common) for kind in _KINDS}
    return Planned(asked=dict(asked), **sizes, study=_study(sizes["goals"], common))


_COMMON: dict[str, Any] = {
    "prevalence": None,
    "power": 0.8,
    "alpha": 0.05,
    "enriched_prevalence": None,
    "films_a_patient": 1,
    "correlation": 0,
    "loss": 0,
    "sites": None,
}
_COMPONENTS = ("reader_by_test", "variance", "cov1", "cov2", "cov3", "cases")


def _sizes(kind: str, entries: Any, common: Mapping[str, Any]) -> tuple[Size, ...]:
    if isinstance(entries, str | Mapping) or not isinstance(entries, Sequence):
        raise ConfigError(f"{kind} is a list of calculations, each with its numbers, not {type(entries).__name__}")
    return tuple(_size(f"{kind}, entry {place}", kind, each, common) for place, each in enumerate(entries, 1))


def _size(where: str, kind: str, told: Any, common: Mapping[str, Any]) -> Size:
    if not isinstance(told, Mapping):
        raise ConfigError(f"{where} is a mapping of names to numbers, not {type(told).__name__}")
    entry = Entry(where, told, common)
    try:
        of, method, result = _KINDS[kind](entry)
    except ConfigError as error:
        if str(error).startswith(where):
            raise
        raise ConfigError(f"{where}: {error}") from error
    entry.done()
    return Size(of, entry.inputs, method, result)


_Found = tuple[str, str, Mapping[str, Any]]


def _goal(entry: Entry) -> _Found:
    of = entry.of()
    found = goal_size(
        entry.number("expected"), entry.number("goal"), power=entry.number("power"), alpha=entry.number("alpha")
    )
    result = {name: getattr(found, name) for name in ("first", "stable", "power_first", "power_stable")}
    teeth = {"films": list(found.films), "powers": list(found.powers)}
    return (
        of,
        "exact binomial power; lower end of the Clopper-Pearson interval above the goal",
        result | {"teeth": teeth},
    )


def _precision(entry: Entry) -> _Found:
    of = entry.of()
    found = precision_size(
        entry.number("expected"), entry.number("half_width"), entry.number("prevalence"), of=of,
        level=1 - entry.number("alpha"),
    )  # fmt: skip
    return of, "Buderer 1996, normal interval", {"of_class": found.of_class, "films": found.films}


def _area(entry: Entry) -> _Found:
    found = area_size(
        entry.number("expected"), null=entry.number("goal", 0.5), ratio=entry.number("ratio", 1),
        power=entry.number("power"), alpha=entry.number("alpha"), sides=entry.whole("sides", 2),
    )  # fmt: skip
    return "AUROC against a fixed value", found.method, _films(found)


def _group(entry: Entry) -> _Found:
    found = two_groups_size(
        entry.number("first"), entry.number("second"), power=entry.number("power"), alpha=entry.number("alpha"),
        sides=entry.whole("sides", 2), digits=entry.whole("quantile_decimals", 0) or None,
    )  # fmt: skip
    return "AUROCs of two groups of films", found.method, _films(found)


def _pair(entry: Entry) -> _Found:
    pilot = Pilot(
        first=entry.number("first"),
        second=entry.number("second"),
        first_variance=entry.number("first_variance"),
        second_variance=entry.number("second_variance"),
        covariance=entry.number("covariance"),
        positives=entry.whole("positives"),
        negatives=entry.whole("negatives"),
    )
    entry.source()
    found = paired_areas_size(
        pilot, power=entry.number("power"), alpha=entry.number("alpha"), sides=entry.whole("sides", 2)
    )
    return "AUROCs of two scores on the same films", found.method, _films(found)


def _films(found: Any) -> Mapping[str, Any]:
    return {"positives": found.positives, "negatives": found.negatives, "films": found.films}


def _f1(entry: Entry) -> _Found:
    found = f1_size(
        entry.number("sensitivity"), entry.number("specificity"), entry.number("prevalence"),
        entry.number("half_width"), level=1 - entry.number("alpha"),
    )  # fmt: skip
    result = {name: getattr(found, name) for name in ("f1", "all_positive", "named", "films")}
    return "F1", "delta method: F (1 - F) (2 - F) / (2 TP + FP + FN)", result


def _readers(entry: Entry) -> _Found:
    told = entry.table("components")
    if set(told) != set(_COMPONENTS):
        raise ConfigError(f"components are {', '.join(_COMPONENTS)}, not {', '.join(map(str, told))}")
    components = Components(**told)
    effect, readers, cases = entry.number("effect"), entry.whole("readers"), entry.whole("cases")
    alpha, power = entry.number("alpha"), entry.number("power")
    found = reader_study_power(components, effect, readers, cases, alpha=alpha)
    fixed = {
        name: reader_study_power(components, effect, readers, cases, alpha=alpha, design=design).power
        for name, design in (("power_fixed_readers", FIXED_READERS), ("power_fixed_cases", FIXED_CASES))
    }
    rows = reader_study_table(components, effect, entry.counts("table", (readers,)), power=power, alpha=alpha)
    entry.source()
    return (
        "difference of two tests, several readers on the same cases",
        "Obuchowski and Rockette with Hillis' degrees of freedom (Hillis, Obuchowski and Berbaum 2011)",
        {name: asdict(found)[name] for name in ("power", "noncentrality", "df", "critical", "design")}
        | fixed
        | {"table": [{"readers": count, "cases": need} for count, need in rows]},
    )


_KINDS: Mapping[str, Callable[[Entry], _Found]] = {
    "goals": _goal,
    "precision": _precision,
    "areas": _area,
    "groups": _group,
    "pairs": _pair,
    "f1": _f1,
    "readers": _readers,
}


def _study(goals: tuple[Size, ...], common: Mapping[str, Any]) -> Study:
    entry = Entry("the plan", {}, common)
    effect = design_effect(entry.number("films_a_patient"), entry.number("correlation"))
    loss = entry.number("loss")
    if not 0 <= loss < 1:
        raise ConfigError(f"the plan: loss is the share of films that may be unusable, from 0 to below 1, not {loss:g}")
    largest = {of: max((size.result["stable"] for size in goals if size.of == of), default=None) for of in CLASSES}
    powers = [min(size.result["power_stable"] for size in goals if size.of == of) for of in CLASSES if largest[of]]
    positives, negatives = (largest[of] for of in CLASSES)

    def films(share_name: str) -> int | None:
        if common[share_name] is None or not goals:
            return None
        share = entry.number(share_name)
        between(0, 1, **{share_name: share})
        burden = max((positives or 0) / share, (negatives or 0) / (1 - share)) * effect / (1 - loss)
        return math.ceil(burden - 1e-9)

    as_they_come, enriched = films("prevalence"), films("enriched_prevalence")
    sites = entry.whole("sites") if common["sites"] is not None else None
    if sites is not None and sites < 1:
        raise ConfigError(f"the plan: sites are at least one, not {sites}")
    whole = enriched or as_they_come
    return Study(
        positives=positives, negatives=negatives, power=math.prod(powers) if powers else None,
        prevalence=common["prevalence"], design_effect=effect, loss=loss, films_as_they_come=as_they_come,
        enriched_prevalence=common["enriched_prevalence"], films_enriched=enriched, sites=sites,
        films_a_site=math.ceil(whole / sites) if whole and sites else None,
    )  # fmt: skip
