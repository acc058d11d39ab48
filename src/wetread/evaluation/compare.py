"""Two scores of the same films, compared on the same patients: differences with intervals, never two intervals side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from wetread.errors import ConfigError, DataError
from wetread.evaluation.bootstrap.resample import Headline, Points, difference, headline
from wetread.evaluation.discrimination.delong import AreaDifference, paired_difference
from wetread.evaluation.discrimination.roc import Roc, roc
from wetread.evaluation.pages.alarms import Alarm, comparison_alarms
from wetread.evaluation.readers.paired import clustered_mcnemar, difference_interval, mcnemar
from wetread.evaluation.record import COMPARISON, text
from wetread.evaluation.result import Films, Settings, films_of, settings
from wetread.evaluation.scored import Scored
from wetread.intervals import Interval

if TYPE_CHECKING:
    from wetread.report import Drawn

__all__ = ["Calls", "Comparison", "compare"]


@dataclass(frozen=True, slots=True)
class Calls:
    """What two models call at their thresholds, film by film, for films of one class.

    Parameters
    ----------
    what
        "positive" or "negative": the class.
    both, first, second, neither
        Films called by both models, by one alone, by none.
    difference
        Share called by the first minus share called by the second; its method says how the interval was made.
    p
        That neither calls more: McNemar's test, over patients where some have several films. NaN where one patient alone
        is called differently.
    test
        Which it was.
    """

    what: str
    both: int
    first: int
    second: int
    neither: int
    difference: Interval
    p: float
    test: str


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two scores of the same films: finished numbers, made by `compare`.

    Parameters
    ----------
    names
        What the page calls the models, the first and the second.
    first, second
        Each alone.
    difference
        First minus second in every headline number, on the same resamples of patients.
    area
        Difference of AUROCs in closed form, films of one patient taken together, with its test.
    correlation
        Spearman's, of the two scores: over all films, the positive ones, the negative ones; NaN where a score does not
        vary.
    thresholds, calls
        Where each is called, and what changes for positive and for negative films; empty where none was given.
    """

    films: Films
    names: tuple[str, str]
    alarms: tuple[Alarm, ...]
    first: Headline
    second: Headline
    difference: Headline
    area: AreaDifference | None
    correlation: tuple[float, float, float]
    curves: tuple[Roc, Roc]
    thresholds: tuple[float, float] | None
    calls: tuple[Calls, ...]
    settings: Settings
    told: tuple[str, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Every number, as JSON."""
        return text(COMPARISON, self)

    def plot(self) -> dict[str, Drawn]:
        """The figures by name: each with its SVG and PNG file as bytes, and what it shows in words."""
        from wetread.evaluation.pages.compare_report import drawn

        return drawn(self)

    def to_html(self, figures: Mapping[str, Drawn] | None = None) -> str:
        """One self-contained page that reads like a report; `figures` are those of `plot`, drawn anew if not given."""
        from wetread.evaluation.pages.compare_report import page

        return page(self, self.plot() if figures is None else figures)


def compare(
    first: Scored,
    second: Scored,
    *,
    thresholds: Sequence[float] | None = None,
    names: tuple[str, str] | None = None,
    resamples: int = 10_000,
    seed: int = 0,
) -> Comparison:
    """Compare two scores of the same films, in any order.

    Net reclassification is not given: it calls a model better that is merely miscalibrated (Hilden and Gerds 2014).

    Parameters
    ----------
    thresholds
        One for each score: films are called at and above them. Both from other films than these.
    names
        What the page calls the models; the sets' names if None.
    resamples, seed
        Of all bootstraps over patients.

    Raises
    ------
    DataError
        If films, patients or labels differ; with one class or one patient only.
    ConfigError
        If thresholds or names are not two, or there are no resamples.
    """
    if thresholds is not None and len(thresholds) != 2:
        raise ConfigError(f"two scores are called at two thresholds, not at {len(thresholds)}")
    cuts = None if thresholds is None else (float(thresholds[0]), float(thresholds[1]))
    first, second = _ordered(first), _ordered(second)
    points = [Points(thresholds=() if cuts is None else (cut,)) for cut in cuts or (0.0, 0.0)]
    apart = difference(
        first,
        second,
        points=points[0],
        second_thresholds=None if cuts is None else (cuts[1],),
        resamples=resamples,
        seed=seed,
    )
    found = Comparison(
        films=replace(films_of(first), probability=first.probability and second.probability),
        names=names or (first.name, second.name),
        alarms=(),
        first=headline(first, points=points[0], resamples=resamples, seed=seed),
        second=headline(second, points=points[1], resamples=resamples, seed=seed),
        difference=apart,
        area=_area(first, second),
        correlation=_correlation(first, second),
        curves=(roc(first, corners=True), roc(second, corners=True)),
        thresholds=cuts,
        calls=() if cuts is None else tuple(_calls(first, second, cuts, which) for which in (True, False)),
        settings=settings(resamples, seed),
    )
    return replace(found, alarms=comparison_alarms(found))


def _ordered(scored: Scored) -> Scored:
    """By film: then two sets of the same films are alike row by row."""
    return scored.where(np.argsort(scored.film, kind="stable"))


def _area(first: Scored, second: Scored) -> AreaDifference | None:
    try:
        return paired_difference(first, second)
    except DataError:  # too few patients of a class: that the films are the same was seen before
        return None


def _correlation(first: Scored, second: Scored) -> tuple[float, float, float]:
    from scipy.stats import rankdata

    def of(kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
        ranks = [rankdata(scored.score[kept]) for scored in (first, second)]
        if any(rank.size < 2 or rank.min() == rank.max() for rank in ranks):
            return float("nan")
        return float(np.corrcoef(ranks[0], ranks[1])[0, 1])

    return of(np.ones(len(first), bool)), of(first.label), of(~first.label)


def _calls(first: Scored, second: Scored, cuts: tuple[float, float], positive: bool) -> Calls:
    kept = first.label == positive
    one, two = first.score[kept] >= cuts[0], second.score[kept] >= cuts[1]
    patient = first.patient[kept]
    what = "positive" if positive else "negative"
    both, only_first, only_second, neither = (
        int(these.sum()) for these in (one & two, one & ~two, ~one & two, ~one & ~two)
    )

    def made(apart: Interval, p: float, test: str) -> Calls:
        return Calls(what, both, only_first, only_second, neither, apart, p, test)

    films, patients = int(kept.sum()), np.unique(patient).size
    if patients == films:
        test = mcnemar(only_first, only_second)
        return made(difference_interval(only_second, only_first, films), test.p_mid, "McNemar, mid-p")
    if patients < 2:
        why = "none: all these films are of one patient"
        return made(Interval((only_first - only_second) / films, np.nan, np.nan, method=why), np.nan, why)
    clustered = clustered_mcnemar(two, one, patient)
    if not only_first + only_second:
        return made(clustered.difference, 1.0, "no film is called differently")
    return made(clustered.difference, clustered.p, "McNemar over patients (Obuchowski 1998)")
