"""Rules on figures: what must stand beside them, and what they must not be taken for."""

from __future__ import annotations

from collections.abc import Iterator

from wetread.regulatory.lint.finding import Hit, Rule, Severity
from wetread.regulatory.lint.submission import Metric, Submission

__all__ = ["FIGURES", "f1_at", "f1_of_all"]

# These change with the prevalence although the reader stays the same.
_MOVING = ("f1", "f2", "ppv", "npv")
# Figures this close to the trivial one do not show that the network adds anything.
_NEAR = 0.02
# Text-mined pneumonia among all its films (results/cohort/nih.json).
_CHESTXRAY14 = 0.0128
_RADIOLOGICAL_VIEWS = {"PA", "AP"}


def f1_of_all(prevalence: float) -> float:
    """F1 of calling every film positive: 2p / (1 + p).

    >>> round(f1_of_all(0.688), 3)
    0.815
    """
    return 2 * prevalence / (1 + prevalence)


def f1_at(prevalence: float, sensitivity: float, specificity: float) -> float:
    """F1 of a reader at a prevalence.

    >>> round(f1_at(0.0128, 0.8, 0.8), 2), round(f1_at(0.25, 0.8, 0.8), 2), round(f1_at(0.5, 0.8, 0.8), 2)
    (0.09, 0.67, 0.8)
    """
    right = sensitivity * prevalence
    return 2 * right / (right + (1 - specificity) * (1 - prevalence) + prevalence) if right else 0.0


def _prevalence_at(submission: Submission, metric: Metric) -> float | None:
    """The prevalence beside the figure, else that of its set."""
    told = submission.of_set(metric.set)
    return metric.beside if metric.beside is not None else (told.prevalence if told else None)


def _shown(metric: Metric) -> str:
    name = {"f1": "F1", "f2": "F2", "auc": "AUC", "ppv": "PPV", "npv": "NPV"}.get(metric.name, metric.name)
    group = f" ({metric.group})" if metric.group else ""
    return f"{name}{group}" + ("" if metric.value is None else f" {metric.value:g}")


def _prevalence_missing(submission: Submission) -> Iterator[Hit]:
    bare = [(at, one) for at, one in submission.results if one.name in _MOVING and one.beside is None]
    if not bare:
        return
    names = ", ".join(dict.fromkeys(_shown(one) for _, one in bare))
    sets = {one.set: submission.of_set(one.set) for _, one in bare}
    known = [f"{told.share:.0%} of the {name} set" for name, told in sets.items() if told and told.share is not None]
    elsewhere = f" (said elsewhere: {', '.join(known)})" if known else ""
    says = f"The share of positives is not printed beside {names}{elsewhere}."
    yield Hit(f"metrics/{bare[0][0]}", says, silent=True)


def _across(submission: Submission) -> Iterator[Hit]:
    for at, told in enumerate(submission.comparisons):
        if told.metric not in _MOVING:
            continue
        ours, theirs = told.ours_prevalence, told.theirs_prevalence
        if ours is not None and theirs is not None and abs(ours - theirs) <= 0.1 * max(ours, theirs):
            continue
        what = f"{told.metric.upper()}{'' if told.ours is None else f' {told.ours:g}'} is set against " + (
            f"{told.whose or 'another'}{'' if told.theirs is None else f' {told.theirs:g}'}"
        )
        yield Hit(
            f"comparisons/{at}", f"{what}, measured {_at(ours)} and {_at(theirs)}.{_moved(told.metric, ours, theirs)}"
        )


def _at(prevalence: float | None) -> str:
    return "at a prevalence not said" if prevalence is None else f"at a prevalence of {prevalence:.1%}"


def _moved(metric: str, ours: float | None, theirs: float | None) -> str:
    """What prevalence alone does to F1, at both, or at ends of what is met where one is not said."""
    if metric != "f1":
        return ""
    told = (0.5 if ours is None else ours, _CHESTXRAY14 if theirs is None else theirs)
    if abs(told[0] - told[1]) < 0.01:
        return ""
    (here, there), source = told, " as in ChestX-ray14" if theirs is None else ""
    return (
        f" One and the same reader, right in 80 % of either kind, has an F1 of {f1_at(here, 0.8, 0.8):.2f} where "
        f"{here:.0%} are positive and {f1_at(there, 0.8, 0.8):.2f} where {there:.1%} are{source}."
    )


def _all_positive(submission: Submission) -> Iterator[Hit]:
    for at, metric in submission.results:
        prevalence = _prevalence_at(submission, metric)
        if metric.name != "f1" or metric.value is None or prevalence is None or metric.group:
            continue
        trivial = f1_of_all(prevalence)
        reached = metric.value <= trivial + _NEAR if metric.low is None else metric.low <= trivial
        if reached:
            beats = _near(metric, trivial)
            yield Hit(
                _place(at, metric),
                f"{_shown(metric)} where {prevalence:.0%} are positive: calling every film positive gives "
                f"2p / (1 + p) = {trivial:.3f}{beats}.",
            )


def _place(at: int, metric: Metric) -> str:
    """The figure; its set, where the prevalence is taken from that."""
    return f"metrics/{at}" if metric.beside is not None else f"metrics/{at}/set"


def _near(metric: Metric, trivial: float) -> str:
    if metric.value is None or metric.value <= trivial:
        return ""
    return ", so near that it shows nothing beyond" if metric.low is None else ", which its interval does not exclude"


def _all_negative(submission: Submission) -> Iterator[Hit]:
    for at, metric in submission.results:
        prevalence = _prevalence_at(submission, metric)
        if metric.name != "accuracy" or metric.value is None or prevalence is None:
            continue
        trivial = max(prevalence, 1 - prevalence)
        if metric.value <= trivial + _NEAR:
            answer = "negative" if prevalence <= 0.5 else "positive"
            yield Hit(
                _place(at, metric),
                f"{_shown(metric)} where {prevalence:.1%} are positive: "
                f"calling every film {answer} gives {trivial:.3f}.",
            )


def _interval(submission: Submission) -> Iterator[Hit]:
    bare = [
        at
        for at, metric in submission.results
        if metric.value is not None and (metric.low is None or metric.high is None)
    ]
    if bare:
        names = ", ".join(dict.fromkeys(_shown(submission.metrics[at]) for at in bare))
        many = len(submission.results)
        few = f"{len(bare)} of {many} figures stand" if many > 1 else "The figure stands"
        yield Hit(f"metrics/{bare[0]}", f"{few} without an interval: {names}.", silent=True)


def _auc(submission: Submission) -> Iterator[Hit]:
    # Named without its value, as in the caption of a curve, it is there for whoever looks at the picture.
    if not any(metric.name == "auc" and not metric.goal for metric in submission.metrics):
        yield Hit("metrics/auc", "No area under the ROC curve is given.", silent=True)


def _operating(submission: Submission) -> Iterator[Hit]:
    names = {metric.name for _, metric in submission.results}
    if missing := [name for name in ("sensitivity", "specificity") if name not in names]:
        yield Hit("metrics/sensitivity", f"No {' and no '.join(missing)} is given at the threshold.", silent=True)


def _views(submission: Submission) -> Iterator[Hit]:
    claimed = set(submission.claim.views) & _RADIOLOGICAL_VIEWS
    shown = {metric.group.upper() for _, metric in submission.results}
    if len(claimed) > 1 and submission.results and not claimed <= shown:
        says = f"The device reads {' and '.join(sorted(claimed))} films, and no figure is given for each view."
        yield Hit("metrics/views", says, silent=True)


def _enriched(submission: Submission) -> Iterator[Hit]:
    real = submission.plan.prevalence
    if not real:
        return
    told = [(at, metric, _prevalence_at(submission, metric)) for at, metric in submission.results]
    given = {metric.name for _, metric, here in told if here and 0.5 <= here / real <= 2}
    for at, metric, here in told:
        if metric.name in ("ppv", "npv") and metric.name not in given and here:
            says = f"{_shown(metric)} was measured where {here:.1%} are positive; the plan expects {real:.1%}."
            yield Hit(f"metrics/{at}", says)


FIGURES = (
    Rule(
        id="prevalence-missing",
        why="F1, PPV and NPV change with the share of positives although the reader stays the same: print it beside "
        "each.",
        ask="On how many positives of how many films was it measured?",
        severity=Severity.ERROR,
        check=_prevalence_missing,
    ),
    Rule(
        id="f1-across-prevalences",
        why="F1 may be compared only on the same films, or at the same share of positives; sensitivity at a given "
        "specificity, or AUC, can be.",
        ask="At which prevalence was each measured?",
        severity=Severity.ERROR,
        check=_across,
    ),
    Rule(
        id="f1-of-all-positive",
        why="A figure that needs no look at the film is no evidence that the device looks at it.",
        ask="What does calling every film positive reach?",
        severity=Severity.ERROR,
        check=_all_positive,
    ),
    Rule(
        id="accuracy-of-one-answer",
        why="Where one answer is nearly always right, giving it always is accurate and useless.",
        ask="What does one answer for every film reach?",
        severity=Severity.ERROR,
        check=_all_negative,
    ),
    Rule(
        id="no-interval",
        why="A figure without its 95 % interval (resampled by patient) does not say whether it could be chance.",
        ask="What is its interval?",
        severity=Severity.ERROR,
        check=_interval,
    ),
    Rule(
        id="no-auc",
        why="It is what all thresholds together reach, at any prevalence: without it, a network cannot be told from "
        "its threshold, nor compared.",
        ask="What is the AUC?",
        severity=Severity.ERROR,
        check=_auc,
    ),
    Rule(
        id="no-operating-point",
        why="They say how many of the ill are found and how many of the others are left in peace, at any prevalence; "
        "both are asked for by the special controls.",
        ask="What are sensitivity and specificity at the threshold?",
        severity=Severity.WARNING,
        check=_operating,
    ),
    Rule(
        id="views-unreported",
        why="Portable AP films are taken of the sicker: a network that only tells AP from PA already scores. Report "
        "each view alone.",
        ask="How does the device do within PA and within AP?",
        severity=Severity.ERROR,
        check=_views,
    ),
    Rule(
        id="predictive-values-enriched",
        why="Predictive values from a set with more (or fewer) positives than the clinic has are not those of the "
        "clinic: compute them at its prevalence from sensitivity and specificity.",
        ask="What are they at the clinic's prevalence?",
        severity=Severity.WARNING,
        check=_enriched,
    ),
)
