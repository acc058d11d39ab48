"""Whether probabilities can be believed, whether acting on them helps, and what leaving doubtful films unread gains."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from wetread.evaluation.pages.words import shares, threes
from wetread.report.section import Section, Table
from wetread.report.wording import listed, number, probability, share

if TYPE_CHECKING:
    from wetread.evaluation.calls.abstention import Abstention
    from wetread.evaluation.calls.utility import DecisionCurve
    from wetread.evaluation.probability.reliability import Reliability
    from wetread.evaluation.result import Evaluation
    from wetread.evaluation.scrutiny.noise import Bounds, LabelErrors

__all__ = ["use_sections"]

_LEFT = (0.95, 0.9, 0.8, 0.5)  # shares of films read that the table of abstention shows


def use_sections(found: Evaluation) -> tuple[Section, ...]:
    """Those that there are numbers for."""
    made = [
        _reliability(found.reliability) if found.reliability else None,
        _decision(found.decision, found.model) if found.decision else None,
        _abstention(found.abstention),
        _label_errors(found.label_errors) if found.label_errors else None,
    ]
    return tuple(section for section in made if section is not None)


# --------------------------------------------------------------------------------------------------- calibration


def _reliability(found: Reliability) -> Section:
    told = [
        f"On average the probabilities say {share(found.mean_probability)}, and {share(found.prevalence)} of the films are positive. "
        f"{_large(found)}",
        _slope(found),
        f"Grouped into {found.binning}, probability and positive share differ by {number(found.ece.value, 4)} on average (ECE; "
        f"{_interval(found)}); chance alone would give these films {number(found.ece_if_calibrated, 4)} if every probability were right. The "
        f"mean squared error (Brier) is {number(found.brier.value, 4)}, {_skill(found.skill.value)} than stating the prevalence for every film.",
        f"Tests that every probability is right: Hosmer and Lemeshow {_p(found.hosmer_lemeshow.p)} (films as independent), Spiegelhalter "
        f"{_p(found.spiegelhalter_by_patient.p)} (over patients). With many films even small differences are found.",
    ]
    if found.mean_probability and not 0.8 < found.prevalence / found.mean_probability < 1.25:
        told.append(
            "The mean is off by more than a quarter: carry the probabilities to this prevalence, or recalibrate on local films, before use."
        )
    means = (
        "A probability holds where positive films are as frequent as where it was made. Elsewhere it must be carried over first.",
        "A large Brier skill needs a high AUROC; calibration alone can be right for a model that tells nothing apart.",
    )
    rows = tuple(
        (
            f"{share(each.low)} to {share(each.high)}",
            number(each.films),
            number(each.patients),
            share(each.mean_probability),
            shares(each.observed.stated),
        )
        for each in found.bins
    )
    table = Table(f"In {found.binning}", ("probability", "films", "patients", "mean probability", "positive"), rows)
    caption = "Share of positive films against the probability that was said. On the dotted line, probabilities mean what they say."
    return Section("Can the probabilities be believed?", tuple(told), means, (("reliability", caption),), (table,))


def _large(found: Reliability) -> str:
    stated = found.in_the_large.stated
    if not math.isfinite(stated.low):
        return "Whether they are right on the whole cannot be said."
    if stated.low <= 0 <= stated.high:
        return f"On the whole they are not shown to be off (calibration in the large {threes(stated)}, 0 is right)."
    return f"On the whole they are too {'low' if stated.low > 0 else 'high'} (calibration in the large {threes(stated)}, 0 is right)."


def _slope(found: Reliability) -> str:
    stated = found.slope.stated
    if not math.isfinite(stated.value):
        return f"The calibration slope has no value: {stated.method}."
    text = f"The calibration slope is {threes(stated)}; 1 is right."
    if stated.high < 1:
        return f"{text} The probabilities lie too far apart: high ones are too high and low ones too low."
    return f"{text} The probabilities lie too close together." if stated.low > 1 else text


def _interval(found: Reliability) -> str:
    stated = found.ece.stated
    return f"{number(stated.low, 4)} to {number(stated.high, 4)}" if math.isfinite(stated.low) else "no interval"


def _skill(value: float) -> str:
    if not math.isfinite(value):
        return "not comparable"
    return f"{share(abs(value))} {'less' if value >= 0 else 'more'}"


def _p(value: float) -> str:
    return probability(value) if math.isfinite(value) else "no answer"


# ---------------------------------------------------------------------------------------------------------- use


def _decision(found: DecisionCurve, model: str) -> Section:
    ranges = [
        f"from {share(first)} to {share(last)}" if first != last else f"at {share(first)}"
        for first, last in found.useful
    ]
    if ranges:
        told = (
            f"Acting on {model} surely does more good than calling every film, and than calling none, where one is willing to look at a film from a "
            f"probability {listed(ranges)} on (on the thresholds that were tried, {share(found.threshold[0])} to {share(found.threshold[-1])})."
        )
    else:
        told = (
            f"At no threshold that was tried ({share(found.threshold[0])} to {share(found.threshold[-1])}) does acting on {model} surely do more good than "
            "the better of calling every film and calling none."
        )
    means = (
        "Net benefit counts hits, less false alarms at the price that the threshold itself sets: to act from 5 % on is to take 19 false alarms for a hit.",
        "It holds at this share of positive films, and for probabilities that are right.",
    )
    caption = "Net benefit in hits per film, against the probability from which one acts; with pointwise intervals over patients."
    return Section("Would acting on it help?", (told,), means, (("decision", caption),))


def _abstention(found: Abstention) -> Section:
    places = [int(np.abs(found.coverage - left).argmin()) for left in (1.0, *_LEFT)]
    kept = list(dict.fromkeys(places))
    rows = tuple(
        (share(float(found.coverage[k])), _share(found.risk[k]), _share(found.sensitivity[k]), _share(found.specificity[k]), _share(found.ppv[k]),
         _share(found.npv[k]), _share(found.positives_unread[k]))
        for k in kept
    )  # fmt: skip
    head = ("films read", "wrong calls", "sensitivity", "specificity", "PPV", "NPV", "positive films left unread")
    told = [
        f"If the films nearest to the threshold {number(found.threshold, 4)} were left to somebody else, fewer calls would be wrong among those that are "
        f"read: {_share(found.risk[0])} when all are read, {_share(found.risk[kept[-1]])} when {share(float(found.coverage[kept[-1]]))} are. Of the positive films "
        f"{_share(found.positives_unread[kept[-1]])} would then be left unread."
    ]
    if found.area.value >= found.area_by_chance:
        told.append(
            "Leaving them out by lot would do as well: nearness to the threshold says nothing here of where calls are wrong."
        )
    means = (
        "Rates among films that are read flatter if the hard positives are the ones left out: hold them against the last column.",
    )
    caption = "Share of wrong calls among the films that are read, with its interval over patients."
    return Section(
        "What does leaving doubtful films unread gain?",
        tuple(told),
        means,
        (("abstention", caption),),
        (Table("By share of films read", head, rows),),
    )


def _share(value: float) -> str:
    return share(float(value)) if math.isfinite(value) else "none"


# -------------------------------------------------------------------------------------------------- label errors


def _label_errors(found: LabelErrors) -> Section:
    reference = found.reference
    told = [
        f"The labels are taken to be right for {share(reference.ppv)} of the films that they call positive and for {share(reference.npv)} of those that they "
        f"call negative. Then {share(found.prevalence)} of the films are truly positive.",
        f"Against the labels the AUROC is {found.auroc.apparent:.3f}. If the labels err without regard to the score, it is {_beyond(found.auroc.independent)} against the "
        f"truth. If they may err in any way, all that can be said is {found.auroc.low:.3f} to {found.auroc.high:.3f}.",
        f"A score that knew the truth would reach {found.auroc.ceiling:.3f} against these labels: whatever reaches more has learned their errors.",
    ]
    each = (("AUROC", found.auroc), ("sensitivity", found.sensitivity), ("specificity", found.specificity))
    rows = tuple((name, *_bounds(bounds)) for name, bounds in each if bounds is not None)
    head = (
        "",
        "against the labels",
        "if errors are independent",
        "whatever the errors",
        "with the chance of the draw",
        "of who knows the truth",
    )
    return Section(
        "If labels are wrong", tuple(told), (), (), (Table("Against the truth behind the labels", head, rows),)
    )


def _beyond(value: float) -> str:
    return (
        f"{value:.3f}"
        if 0 <= value <= 1
        else f"{value:.3f}, which cannot be: so the errors do have to do with the score,"
    )


def _bounds(found: Bounds) -> tuple[str, ...]:
    return (
        f"{found.apparent:.3f}", f"{found.independent:.3f}", f"{found.low:.3f} to {found.high:.3f}", f"{found.lowest:.3f} to {found.highest:.3f}",
        f"{found.ceiling:.3f}",
    )  # fmt: skip
