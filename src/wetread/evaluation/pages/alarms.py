"""What must not be missed in an evaluation: numbers that look good and mean little, each said loudly and with its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wetread.report.wording import count, number, share

if TYPE_CHECKING:
    from wetread.evaluation.compare import Comparison
    from wetread.evaluation.result import Cut, Evaluation, Films

__all__ = ["Alarm", "alarms", "comparison_alarms"]

NOTABLE = 0.02
"""An F1 that exceeds the F1 of calling every film positive by less than this is called no gain, however sure it is."""
ENRICHED = 0.2
"""Share of positive films above which a set is called enriched: pneumonia is rarer wherever films are taken."""
FEW = 50
"""Patients with positive films below which every interval is wide."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that must not be missed.

    Parameters
    ----------
    code
        Stable word for programs.
    title
        In a few words.
    text
        With the numbers that prove it, and what to do.
    """

    code: str
    title: str
    text: str


def alarms(found: Evaluation) -> tuple[Alarm, ...]:
    """Everything that rings, the worst first."""
    each = [
        _f1_of_all(found),
        *_tuned(found),
        _chance(found),
        _baseline(found),
        _few(found.films),
        _enriched(found.films),
    ]
    return tuple(alarm for alarm in each if alarm is not None)


def comparison_alarms(found: Comparison) -> tuple[Alarm, ...]:
    """What rings of two scores."""
    each = [_no_difference(found), _few(found.films), _enriched(found.films)]
    return tuple(alarm for alarm in each if alarm is not None)


def _no_difference(found: Comparison) -> Alarm | None:
    apart = found.difference.find("auroc").stated
    if apart.low > 0 or apart.high < 0:
        return None
    return Alarm(
        "no-difference-shown",
        "No difference is shown",
        f"The AUROCs differ by {_signed(apart.value)} ({_limits(apart.low, apart.high)}), which includes none. That is no proof that the two are "
        "alike: the limits say how far apart they may be.",
    )


def _f1_of_all(found: Evaluation) -> Alarm | None:
    """F1 that calling every film positive reaches as well: the best over all thresholds, or that of a stated one."""
    best, everything = found.headline.find("best_f1").stated, found.best.f1_all_positive
    no_gain = not best.low > everything or best.value - everything < NOTABLE  # also where there is no interval
    told = [
        f"The best F1 that any threshold reaches on them is {_three(best.value)} ({_limits(best.low, best.high)})"
        + (", which is not surely more." if no_gain else ".")
    ]
    for cut in found.cuts:
        gain = found.headline.find("f1_gain", cut.threshold).stated
        if cut.stated and (not gain.low > 0 or gain.value < NOTABLE):
            f1 = found.headline.find("f1", cut.threshold).stated
            told.append(
                f"At the threshold {number(cut.threshold, 4)} F1 is {_three(f1.value)} ({_limits(f1.low, f1.high)}), "
                f"{_signed(gain.value)} from calling every film ({_limits(gain.low, gain.high)})."
            )
    if not no_gain and len(told) == 1:
        return None
    here = share(found.films.prevalence.value)
    return Alarm(
        "f1-of-calling-all",
        "This F1 is what calling every film positive gives",
        f"{here} of these films are positive. Calling every one of them positive, without looking at any, has F1 "
        f"{_three(everything)}. {' '.join(told)} Such an F1 says nothing of the model: judge it by its AUROC, and by its "
        "predictive values at the prevalence of the place where it is to be used.",
    )


def _tuned(found: Evaluation) -> list[Alarm | None]:
    told: list[Alarm | None] = []
    stated = [cut for cut in found.cuts if cut.stated]
    overridden = [cut for cut in stated if cut.applied.overlap.shared]
    if overridden:
        notes = dict.fromkeys(note for cut in overridden for note in cut.applied.notes)
        told.append(
            Alarm(
                "tuned-here",
                "A threshold is judged on films that it was tuned on",
                f"{_cuts(overridden)} tuned on {overridden[0].applied.tuned.tuned_on}. {'. '.join(notes)}.",
            )
        )
    untold = [cut for cut in stated if cut.applied.overlap.same_list is None]
    if untold:
        told.append(
            Alarm(
                "origin-untold",
                "Nobody said where the threshold was tuned",
                f"{_cuts(untold)} given without the films that it was tuned on. If it was tuned on these, or on films of the "
                "same patients, everything that is said of its calls flatters.",
            )
        )
    return told


def _cuts(cuts: list[Cut]) -> str:
    named = " and ".join(number(cut.threshold, 4) for cut in cuts)
    return f"The threshold {named} was" if len(cuts) == 1 else f"The thresholds {named} were"


def _chance(found: Evaluation) -> Alarm | None:
    area = found.headline.find("auroc").stated
    if area.low > 0.5:
        return None
    return Alarm(
        "chance",
        "Worse than a lot" if area.high < 0.5 else "Not told from chance",
        f"The AUROC is {_three(area.value)} ({_limits(area.low, area.high)}). A score drawn by lot has 0.5"
        + (
            ", which lies within the interval."
            if not area.high < 0.5
            else ": the score is the wrong way round. Is high meant to be positive?"
        ),
    )


def _baseline(found: Evaluation) -> Alarm | None:
    if found.baselines is None:
        return None
    rivals = [each for each in found.baselines.baselines if not each.difference.low > 0]
    if not rivals:
        return None
    best = rivals[0]
    return Alarm(
        "no-better-than-guessing",
        "No better than guessing from who and where",
        f"{_named(best.name)} without any look at a film has AUROC {_three(best.auroc.value)} ({_limits(best.auroc.low, best.auroc.high)}) "
        f"on these films. The model's is {_signed(best.difference.value)} from that ({_limits(best.difference.low, best.difference.high)}): "
        "not surely more. It may read nothing else.",
    )


def _named(covariate: str) -> str:
    return "Covariates (all of these together)" if covariate.startswith("all ") else f"The {covariate} alone,"


def _few(films: Films) -> Alarm | None:
    if films.positive_patients >= FEW:
        return None
    return Alarm(
        "few-positives",
        "Few patients are ill",
        f"Only {count(films.positive_patients, 'patient has', 'patients have')} a positive film. Every interval here is wide, and "
        "subgroups say next to nothing.",
    )


def _enriched(films: Films) -> Alarm | None:
    here = films.prevalence.value
    if here <= ENRICHED:
        return None
    return Alarm(
        "enriched",
        "Positive films were sought",
        f"{share(here)} of these films are positive, as in no place where films are taken from all comers. PPV, NPV, average precision "
        "and F1 as counted here hold for this mix alone: read them from the table at the prevalence of the place.",
    )


def _three(value: float) -> str:
    return f"{value:.3f}"


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def _limits(low: float, high: float) -> str:
    return "no interval" if low != low else f"95 % interval {_minus(low)} to {_minus(high)}"


def _minus(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")
