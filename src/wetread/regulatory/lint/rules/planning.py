"""Rules on the plan of the clinical validation."""

from __future__ import annotations

from collections.abc import Iterator

from wetread.regulatory.lint.finding import Hit, Rule, Severity
from wetread.regulatory.lint.submission import Submission

__all__ = ["PLANNING"]

_SITES = 3


def _prevalence(submission: Submission) -> Iterator[Hit]:
    if submission.plan.prevalence is None:
        yield Hit("plan/prevalence", "The plan does not say how many of its films will be positive.", silent=True)


def _sample(submission: Submission) -> Iterator[Hit]:
    if submission.plan.sample_size is None:
        yield Hit("plan/sample_size", "The plan has no sample size.", silent=True)


def _population(submission: Submission) -> Iterator[Hit]:
    plan = submission.plan
    asked = {
        "ages": plan.ages,
        "sexes": plan.sexes,
        "modality": plan.modalities,
        "body part": plan.body_part,
        "views": plan.views,
        "other findings in or out": plan.included or plan.excluded or plan.negatives,
    }
    if missing := [name for name, told in asked.items() if not told]:
        yield Hit("plan/population", f"The plan's population lacks: {', '.join(missing)}.", silent=True)


def _f1_alone(submission: Submission) -> Iterator[Hit]:
    if submission.plan.endpoints and set(submission.plan.endpoints) <= {"f1"}:
        yield Hit("plan/endpoints", "F1 is the only endpoint.")


def _criterion(submission: Submission) -> Iterator[Hit]:
    if not submission.plan.criterion:
        yield Hit("plan/criterion", "No value is named that the device must reach.", silent=True)


def _multiplicity(submission: Submission) -> Iterator[Hit]:
    plan = submission.plan
    if len(plan.endpoints) > 1 and not plan.multiplicity:
        yield Hit(
            "plan/multiplicity",
            f"{len(plan.endpoints)} endpoints ({', '.join(plan.endpoints)}) share no rule.",
            silent=True,
        )


def _few_sites(submission: Submission) -> Iterator[Hit]:
    sites = submission.plan.sites
    if sites is None or sites < _SITES:
        told = (
            "It is not said from how many sites the films come."
            if sites is None
            else f"The films come from {sites} {'site' if sites == 1 else 'sites'}."
        )
        yield Hit("plan/sites", told, silent=sites is None)


def _subgroups(submission: Submission) -> Iterator[Hit]:
    if not submission.plan.subgroups:
        yield Hit("plan/subgroups", "No subgroup (sex, age, view, maker, site) is planned.", silent=True)


def _reused(submission: Submission) -> Iterator[Hit]:
    uses = submission.plan.uses
    if uses is not None and uses > 1:
        yield Hit("plan/uses", f"The test films were scored {uses} times.")


PLANNING = (
    Rule(
        id="plan-prevalence",
        why="It decides how many films are needed, and what F1, PPV and NPV can be.",
        ask="How many of the films will be positive?",
        severity=Severity.ERROR,
        check=_prevalence,
    ),
    Rule(
        id="no-sample-size",
        why="Without one, nobody knows whether the study can show what it is for.",
        ask="How many films, and how many positive ones, does the study need?",
        severity=Severity.ERROR,
        check=_sample,
    ),
    Rule(
        id="population-incomplete",
        why="The population of the validation is what the claim will rest on: age, sex, modality, body part, view, "
        "and which other findings are in or out.",
        ask="Who is in the study?",
        severity=Severity.WARNING,
        check=_population,
    ),
    Rule(
        id="f1-alone",
        why="F1 leaves out the true negatives and changes with prevalence: add AUC, sensitivity and specificity with "
        "bounds that their intervals must beat.",
        ask="Which endpoint does not depend on prevalence?",
        severity=Severity.WARNING,
        check=_f1_alone,
    ),
    Rule(
        id="no-criterion",
        why="A bar that is set after the result is known is always passed.",
        ask="What must the device reach?",
        severity=Severity.WARNING,
        check=_criterion,
    ),
    Rule(
        id="multiplicity",
        why="The more is tested, the more passes by chance: say whether all must pass, or in which order they are "
        "tested.",
        ask="Must all endpoints pass, or in which order are they tested?",
        severity=Severity.WARNING,
        check=_multiplicity,
    ),
    Rule(
        id="few-sites",
        why="Films of one or two hospitals show how the device does there; at least three sites in different regions "
        "are what FDA's draft guidance of 2025 names.",
        ask="From which sites do the films come?",
        severity=Severity.WARNING,
        check=_few_sites,
    ),
    Rule(
        id="subgroups-unplanned",
        why="A mean can hide a group for which the device fails; groups chosen after the result prove nothing.",
        ask="Which subgroups are looked at?",
        severity=Severity.WARNING,
        check=_subgroups,
    ),
    Rule(
        id="test-reused",
        why="Every look at the test films lets a choice follow the result: say what was changed after each.",
        ask="What was changed after each scoring?",
        severity=Severity.WARNING,
        check=_reused,
    ),
)
