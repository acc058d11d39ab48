"""An evaluation in sentences computed from its numbers, for a reader who is no statistician."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wetread.intervals import Interval
from wetread.report.section import Section, Table
from wetread.report.wording import count, number, share, stated

if TYPE_CHECKING:
    from wetread.evaluation.calls.prevalence import AtPrevalence
    from wetread.evaluation.result import Cut, Evaluation

__all__ = ["NOT_CLEARED", "first_table", "headlines", "key_figures", "limits", "sections", "shares", "threes"]

NOT_CLEARED = (
    "This is a measurement on one set of films. It is no clearance or approval by any authority, and no claim that using "
    "the model helps a patient: that takes a study of its use, with readers, on patients for whom it is meant."
)


def threes(found: Interval) -> str:
    """A number of three decimals with its interval in words: "0.762 (95 % interval 0.733 to 0.790)"."""
    return f"{_three(found.value)} ({limits(found)})"


def limits(found: Interval) -> str:
    """The interval alone."""
    if not math.isfinite(found.low) or not math.isfinite(found.high):
        return "no interval"
    return f"{100 * found.level:.0f}\u202f% interval {_three(found.low)} to {_three(found.high)}"


def shares(found: Interval) -> str:
    """A share in percent with its interval, or that there is none."""
    if not math.isfinite(found.value):
        return "none, since there is nothing to take it of"
    if not math.isfinite(found.low) or not math.isfinite(found.high):
        return f"{share(found.value)} (no interval)"
    low = share(found.low).removesuffix("\u202f%")
    return f"{share(found.value)} ({low} to {share(found.high)})"


def _three(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")


# ------------------------------------------------------------------------------------------------ the first page


def key_figures(found: Evaluation) -> tuple[tuple[str, str], ...]:
    """Number and what it counts, for the head of the page."""
    films = found.films
    area, average = found.headline.find("auroc"), found.headline.find("average_precision")
    return (
        (number(films.films), "films"),
        (number(films.patients), "patients"),
        (number(films.positives), f"positive, {share(films.prevalence.value)}"),
        (_three(area.value), f"AUROC ({_plain(area.stated)})"),
        (_three(average.value), f"average precision, by lot {_three(films.prevalence.value)}"),
        (_three(found.best.f1), f"best F1, every film called {_three(found.best.f1_all_positive)}"),
    )


def _plain(found: Interval) -> str:
    return limits(found).replace(" interval", "")


def headlines(found: Evaluation) -> tuple[str, ...]:
    """The evaluation in short."""
    films, area = found.films, found.headline.find("auroc").stated
    average = found.headline.find("average_precision").stated
    best = found.headline.find("best_f1").stated
    told = [
        f"{count(films.films, 'film')} of {count(films.patients, 'patient')}; {number(films.positives)} films of "
        f"{count(films.positive_patients, 'patient')} are positive: {shares(films.prevalence)}.",
        f"AUROC {threes(area)}: of a positive and a negative film, each drawn by lot, {found.model} scores the positive one "
        f"higher {round(100 * area.value)} times in 100. By lot it would be 50.",
        f"Average precision {threes(average)}, where a score drawn by lot has about {_three(films.prevalence.value)}, the share of "
        "positive films.",
        f"The best F1 that any threshold reaches here is {threes(best)}. Calling every film positive has "
        f"{_three(found.best.f1_all_positive)} at this share of positive films.",
        *_hard(found),
        *_views(found),
        *_origin(found),
    ]
    return (*told, NOT_CLEARED)


def _hard(found: Evaluation) -> list[str]:
    from wetread.evaluation.result import ALIKE

    if found.negatives is None:
        return ["Nothing is known of what else the negative films show, so it is not known whether the model tells pneumonia "
                "from what looks like it."]  # fmt: skip
    known = {each.name: each for each in found.negatives.against if each.auroc is not None}
    hard = known.get(ALIKE) or min(
        known.values(), key=lambda each: each.auroc.value if each.auroc else 1.0, default=None
    )
    if hard is None or hard.auroc is None:
        return ["Too few films with other findings to say whether the model tells pneumonia from what looks like it."]
    name = (
        "that look like it (infiltration, consolidation, edema, effusion or atelectasis)"
        if hard.name == ALIKE
        else f"with {_name(hard.name)}"
    )
    told = f"Against negative films {name} the AUROC is {threes(hard.auroc)}"
    easy = known.get("No Finding")
    if easy is not None and easy.auroc is not None:
        told += f"; against films without any finding it is {threes(easy.auroc)}. The second is the easy question"
    return [told + "."]


def _name(finding: str) -> str:
    return "no finding" if finding == "No Finding" else finding.replace("_", " ").lower()


def _views(found: Evaluation) -> list[str]:
    """PA and AP apart; or that the view is not known."""
    covariate = (
        next((each for each in found.groups.covariates if each.name.lower() in ("view", "view position")), None)
        if found.groups
        else None
    )
    if covariate is None:
        return ["The view of the films is not known here, so PA and AP are not told apart."]
    parts = [
        f"{group.name} {threes(group.auroc)}" if group.auroc else f"{group.name} too few to say"
        for group in covariate.groups
        if group.name != "not known"
    ]
    return [f"By view: {'; '.join(parts)}."]


def _origin(found: Evaluation) -> list[str]:
    if not found.cuts[0].stated:
        return [
            f"No threshold was stated. Those shown here were found on these very films, so what is said of calls flatters: {_cutlist(found)}."
        ]
    told = []
    for cut in found.cuts:
        tuned = cut.applied.tuned
        where = f"tuned on {tuned.tuned_on}" if tuned.tuned_on else "and nobody said on which films it was tuned"
        told.append(
            f"At the threshold {number(cut.threshold, 4)} ({tuned.rule}; {where}) sensitivity is {shares(cut.applied.worth.sensitivity.stated)} and "
            f"specificity {shares(cut.applied.worth.specificity.stated)}."
        )
    return told


def _cutlist(found: Evaluation) -> str:
    return "; ".join(f"{number(cut.threshold, 4)} ({cut.applied.tuned.rule})" for cut in found.cuts)


def first_table(found: Evaluation) -> Table | None:
    """What a call would be worth at each stated prevalence, at the first threshold."""
    cut = found.cuts[0]
    worth = cut.applied.worth
    if not worth.stated:
        return None
    rows = [_at(at, stated(at.prevalence)) for at in worth.stated]
    rows.append(_at(worth.sample, f"{share(worth.sample.prevalence)}, as here"))
    whose = "" if cut.stated else ", found on these very films"
    return Table(
        f"What calls at and above {number(cut.threshold, 4)} would be worth ({cut.applied.tuned.rule}{whose})",
        (
            "share of positive films",
            "PPV: called, and rightly",
            "NPV: not called, and rightly",
            "F1",
            "F1 of calling every film",
        ),
        tuple(rows),
    )


def _at(at: AtPrevalence, name: str) -> tuple[str, ...]:
    return (name, shares(at.ppv.stated), shares(at.npv.stated), _f1(at.f1.stated), _three(at.f1_all_positive))


def _f1(found: Interval) -> str:
    if not math.isfinite(found.value):
        return "none"
    return (
        _three(found.value)
        if not math.isfinite(found.low)
        else f"{_three(found.value)} ({_three(found.low)} to {_three(found.high)})"
    )


# ------------------------------------------------------------------------------------------------------ sections


def sections(found: Evaluation) -> tuple[Section, ...]:
    """How well it tells films apart, and what calls are worth."""
    return (_films(found), _discrimination(found), _precision(found), *(_cut(found, cut) for cut in found.cuts))


def _films(found: Evaluation) -> Section:
    films = found.films
    told = [
        f"{count(films.films, 'film')} of {count(films.patients, 'patient')}; the patient with most has {number(films.most)}. "
        f"{number(films.positives)} films of {count(films.positive_patients, 'patient')} are positive, {shares(films.prevalence)} "
        "(interval over patients).",
        f"Scores run from {films.lowest:.3g} to {films.highest:.3g} and take {count(films.distinct, 'different value')}. "
        + (
            "They are said to be probabilities."
            if films.probability
            else "They are not said to be probabilities, so their calibration is not judged."
        ),
        *(f"{note[0].upper()}{note[1:]}." for note in found.told),
    ]
    means = (
        "Films of one patient resemble each other, so patients, not films, are drawn again for every interval here.",
        "Whether these patients are like those of another place cannot be seen from the numbers: ask who they are and how they came in.",
    )
    return Section("Which films", tuple(told), means)


def _discrimination(found: Evaluation) -> Section:
    area = found.headline.find("auroc").stated
    told = [
        f"The area under the ROC curve is {threes(area)}. It says how often a positive film scores above a negative one; it does not "
        "depend on how many films are positive, nor on a threshold."
    ]
    if found.area is not None:
        told.append(
            f"Computed in closed form, with films of one patient taken together, the interval is "
            f"{_three(found.area.interval.low)} to {_three(found.area.interval.high)}: {_agree(area, found.area.interval)}."
        )
    for name, other in (
        ("sensitivity_at_specificity", "negative films are left alone"),
        ("specificity_at_sensitivity", "positive films are called"),
    ):
        for each in found.headline.estimates:
            if each.name == name and each.at is not None:
                rate, held = name.split("_at_")
                told.append(f"Where {stated(each.at)} of {other} ({held}), {rate} is {shares(each.stated)}.")
    caption = "Each threshold is a point: the higher and the further left, the better. Points are the thresholds of this page."
    return Section("How well it tells positive from negative", tuple(told), (), (("roc", caption),))


def _agree(one: Interval, other: Interval) -> str:
    apart = max(abs(one.low - other.low), abs(one.high - other.high))
    return (
        "both ways agree"
        if apart < 0.01
        else "the two ways differ by more than 0.01, so there are few patients to go by"
    )


def _precision(found: Evaluation) -> Section:
    average, best = found.headline.find("average_precision").stated, found.headline.find("best_f1").stated
    everything = found.best.f1_all_positive
    more = "surely more" if best.low > everything else "not surely more"
    told = (
        f"Average precision is {threes(average)}. It depends on the share of positive films, here {share(found.films.prevalence.value)}: by lot it "
        f"would be about {_three(found.films.prevalence.value)}, and on a set with another share it would be another number.",
        f"The best F1, over all thresholds, is {threes(best)}, at {number(found.best.threshold, 4)}. Without any look, calling every film positive "
        f"has {_three(everything)}: the first is {more}. The best F1 was found on the films it is measured on, and flatters.",
    )
    means = ("Never compare F1, PPV, NPV or average precision between sets with different shares of positive films.",)
    caption = "Share of calls that are right, against share of positive films called. The dotted line is what a lot would give."
    return Section("What precision and F1 say, and at which prevalence", told, means, (("precision", caption),))


def _cut(found: Evaluation, cut: Cut) -> Section:
    applied = cut.applied
    worth, tuned = applied.worth, applied.tuned
    first = cut is found.cuts[0]
    origin = (
        f"The threshold was found on these very films ({tuned.rule}), for want of one that was stated: what is said of its calls flatters."
        if not cut.stated
        else f"Rule: {tuned.rule}. "
        + (f"It was tuned on {tuned.tuned_on}." if tuned.tuned_on else "Nobody said on which films it was tuned.")
    )
    told = [
        origin,
        *((f"{note}." for note in applied.notes) if cut.stated else ()),
        f"Of {number(worth.tp + worth.fn)} positive films {number(worth.tp)} are called: sensitivity {shares(worth.sensitivity.stated)}. Of "
        f"{number(worth.fp + worth.tn)} negative films {number(worth.tn)} are not called: specificity {shares(worth.specificity.stated)}.",
        _calls(worth.sample),
        f"F1 is {_f1(worth.sample.f1.stated)} at {share(worth.sample.prevalence)} positive films, where calling every film positive has "
        f"{_three(worth.sample.f1_all_positive)}; the difference is {_f1(worth.sample.f1_gain.stated)}.",
    ]
    rows = tuple(
        _at(at, share(at.prevalence) + ("" if at.stated else ", as here")) for at in (*worth.stated, worth.sample)
    )
    head = ("share of positive films", "PPV", "NPV", "F1", "F1 of calling every film")
    figures = (
        ("worth", "Predictive values where more or fewer films are positive; sensitivity and specificity are taken to stay."),
        ("f1", "F1 rises with the share of positive films, whatever the model does: bars are the F1 of calling every film."),
    ) if first else ()  # fmt: skip
    means = (
        "Sensitivity and specificity are carried to other prevalences as they are. Where films come from other patients, they change too.",
    )
    counts = Table(
        "Counts",
        ("", "called", "not called", "all"),
        (
            ("positive", number(worth.tp), number(worth.fn), number(worth.tp + worth.fn)),
            ("negative", number(worth.fp), number(worth.tn), number(worth.fp + worth.tn)),
        ),
    )
    return Section(
        f"What a call at and above {number(cut.threshold, 4)} is worth", tuple(told), means if first else (), figures,
        (Table("By prevalence", head, rows), counts),
    )  # fmt: skip


def _calls(at: AtPrevalence) -> str:
    return (
        f"{share(at.called)} of these films are called. A call is right in {shares(at.ppv.stated)} (PPV), a film that is not called is negative "
        f"in {shares(at.npv.stated)} (NPV)."
    )
