"""Against whom, for whom, and beside what: hard negatives, groups and covariates in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.evaluation.pages.words import limits, shares, threes
from wetread.report.section import Section, Table
from wetread.report.wording import count, listed, number, probability, share

if TYPE_CHECKING:
    from wetread.evaluation.result import Evaluation
    from wetread.evaluation.scrutiny.negatives import Baselines, HardNegatives
    from wetread.evaluation.scrutiny.subgroups import Covariate, Group, Subgroups
    from wetread.intervals import Interval

__all__ = ["honesty_sections"]


def honesty_sections(found: Evaluation) -> tuple[Section, ...]:
    """Those that there are numbers for."""
    made = [
        _against(found.negatives) if found.negatives else None,
        _groups(found.groups) if found.groups else None,
        _baselines(found.baselines, found.model) if found.baselines else None,
    ]
    return tuple(section for section in made if section is not None)


# -------------------------------------------------------------------------------------------------- hard negatives


def _against(found: HardNegatives) -> Section:
    known = [each for each in found.against if each.auroc is not None]
    told = []
    if found.auroc is None:
        told.append(f"{found.note[0].upper()}{found.note[1:]}.")
    else:
        told.append(
            f"Against all negative films together the AUROC is {threes(found.auroc)}. Most of those show something else, or nothing: what "
            "matters at a viewing station is whether pneumonia is told from what looks like it."
        )
    lower = [each for each in known if each.gap is not None and each.gap.high < 0]
    if lower:
        worst = min(lower, key=lambda each: each.auroc.value if each.auroc else 1.0)
        assert worst.auroc is not None
        told.append(
            f"It is surely lower against films with {listed([_name(each.name) for each in lower])}. Lowest: {_name(worst.name)}, {threes(worst.auroc)}"
            + (", which is not told from chance." if worst.auroc.low <= 0.5 else ".")
        )
    untold = [_name(each.name) for each in found.against if each.auroc is None]
    if untold:
        told.append(f"Too few films to say: {listed(untold)}.")
    means = (
        "A single AUROC against everybody is mostly one against healthy people. State beside it the one against look-alikes.",
    )
    rows = tuple(
        (
            _name(each.name),
            number(each.films),
            number(each.patients),
            _area(each.auroc),
            _gap(each.gap),
            _share(each.specificity),
        )
        for each in found.against
    )
    head = ("negative films with", "films", "patients", "AUROC", "less than against all", "not called (specificity)")
    caption = "AUROC of all positive films against the negative films with each finding, with intervals over patients. The line is against all."
    return Section(
        "Is pneumonia told from what looks like it?", tuple(told), means, (("against", caption),),
        (Table("Against negative films with each finding", head, rows),),
    )  # fmt: skip


def _name(finding: str) -> str:
    return "no finding" if finding == "No Finding" else finding.replace("_", " ").lower()


def _area(found: Interval | None) -> str:
    return "too few" if found is None else f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"


def _gap(found: Interval | None) -> str:
    return "" if found is None else f"{found.value:+.3f} ({found.low:+.3f} to {found.high:+.3f})".replace("-", "−")


def _share(found: Interval | None) -> str:
    return "" if found is None else shares(found)


# -------------------------------------------------------------------------------------------------------- groups


def _groups(found: Subgroups) -> Section:
    told = [_covariate(covariate) for covariate in found.covariates]
    silent = sum(group.auroc is None for covariate in found.covariates for group in covariate.groups)
    if silent:
        told.append(
            f"Of {count(silent, 'group')} nothing is said: a figure needs at least {found.minimum} patients with positive and {found.minimum} with "
            "negative films."
        )
    if found.tests:
        told.append(
            f"Groups are compared by {count(found.tests, 'test')} in all, and p-values are corrected for that ({found.correction}). That no difference "
            "was found does not mean that there is none."
        )
    rows = tuple(
        (
            f"{covariate.name}: {group.name}",
            number(group.films),
            number(group.patients),
            number(group.positives),
            *_figures(group),
        )
        for covariate in found.covariates
        for group in covariate.groups
    )
    head = ("group", "films", "patients", "positive", "AUROC", "sensitivity", "specificity")
    caption = "AUROC within each group, with intervals over patients. The dotted line is chance."
    at = "" if found.threshold is None else f"; sensitivity and specificity at {number(found.threshold, 4)}"
    return Section(
        "Does it work alike for everybody?",
        tuple(told),
        (),
        (("groups", caption),),
        (Table(f"Groups apart{at}", head, rows),),
    )


def _figures(group: Group) -> tuple[str, str, str]:
    return _area(group.auroc), *(
        "too few" if rate is None else shares(rate) for rate in (group.sensitivity, group.specificity)
    )  # type: ignore[return-value]


def _covariate(found: Covariate) -> str:
    parts = [
        f"{group.name} {group.auroc.value:.3f} ({limits(group.auroc)})"
        for group in found.groups
        if group.auroc is not None
    ]
    if not parts:
        return f"By {found.name}: too few to say of any group."
    told = [f"AUROC by {found.name}: {'; '.join(parts)}."]
    for test in found.interactions:
        if test.p is None or test.adjusted is None:
            continue
        differs = "differs" if test.adjusted < 0.05 else "is not shown to differ"
        told.append(
            f"{test.measure[0].upper()}{test.measure[1:]} {differs} between groups ({probability(test.adjusted)}, corrected)."
        )
    return " ".join(told)


# ----------------------------------------------------------------------------------------------------- baselines


def _baselines(found: Baselines, model: str) -> Section | None:
    if not found.baselines or found.auroc is None:
        return None
    best = found.baselines[0]
    told = [
        f"Without any look at a film, {_who(best.name)} reaches AUROC {threes(best.auroc)} on these films. {_begin(model)} reaches "
        f"{threes(found.auroc)}; the difference is {_gap(best.difference)}"
        + (", surely more than nothing." if best.difference.low > 0 else ", which is not surely more than nothing.")
    ]
    within = [each for each in found.baselines if each.within is not None]
    if within:
        parts = [f"{each.within.value:.3f} within {each.name}" for each in within if each.within is not None]
        told.append(
            f"Compared only with films of the same group, so that the covariate cannot help, the AUROC is {listed(parts)}."
        )
    told.append(
        f"What covariates reach was learned from {share(1 - 1 / found.folds)} of the patients and measured on the others, in turn."
    )
    rows = tuple(
        (each.name, _area(each.auroc), _gap(each.difference), _area(each.within) if each.within else "")
        for each in found.baselines
    )
    head = ("covariate", "AUROC alone", f"{model} more by", f"{model} within its groups")
    caption = "What can be guessed without looking at a lung, beside the model (in ink)."
    means = (
        "A model that reads the view, the bed or the source reaches what these reach. Its AUROC counts by what it has more.",
    )
    return Section(
        "What could be guessed without looking?",
        tuple(told),
        means,
        (("baselines", caption),),
        (Table("Covariates alone", head, rows),),
    )


def _who(name: str) -> str:
    return "guessing from all covariates together" if name.startswith("all ") else f"guessing from the {name}"


def _begin(model: str) -> str:
    return model[0].upper() + model[1:]
