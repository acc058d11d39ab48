"""The whole evaluation of one set of scores as one value: every number once, ready for JSON and for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetread import __version__
from wetread.errors import DataError
from wetread.evaluation.bootstrap.resample import Headline, Points, headline
from wetread.evaluation.calls.abstention import Abstention, abstention
from wetread.evaluation.calls.applied import Applied, apply
from wetread.evaluation.calls.rule import Rule
from wetread.evaluation.calls.threshold import FilmList, Tuned, stated, tune
from wetread.evaluation.calls.utility import DecisionCurve, decision_curve
from wetread.evaluation.discrimination.delong import Area, area
from wetread.evaluation.discrimination.precision import BestF1, PrecisionRecall, best_f1, precision_recall
from wetread.evaluation.discrimination.roc import Roc, roc
from wetread.evaluation.pages.alarms import Alarm, alarms
from wetread.evaluation.probability.reliability import Reliability, reliability
from wetread.evaluation.record import EVALUATION, text
from wetread.evaluation.scored import Scored
from wetread.evaluation.scrutiny.negatives import Baselines, HardNegatives, baselines, hard_negatives
from wetread.evaluation.scrutiny.noise import LabelErrors, Reference, label_errors
from wetread.evaluation.scrutiny.subgroups import Subgroups, subgroups
from wetread.intervals import Interval
from wetread.intervals.cluster import share

if TYPE_CHECKING:
    from wetread.report import Drawn

__all__ = [
    "ALIKE",
    "LOOK_ALIKES",
    "PREVALENCES",
    "Asked",
    "Cut",
    "Evaluation",
    "Films",
    "Settings",
    "evaluate",
    "films_of",
    "settings",
]

PREVALENCES = (0.01, 0.05, 0.1, 0.3)
"""Shares of positive films that predictive values are stated at unless others are asked for."""
LOOK_ALIKES = ("Infiltration", "Consolidation", "Edema", "Effusion", "Atelectasis")
"""Findings, as public collections call them, that darken a lung's air on a film as pneumonia does."""
ALIKE = "any look-alike"
"""What all look-alikes together are called."""
_FOLDS = 5  # of patients, for what covariates reach alone
_CURVES = 2000  # resamples of curves, and of searches for a threshold: none of these is a headline number
_THREADS = 2
_FOUND = (Rule("youden"), Rule("f1"))


@dataclass(frozen=True, slots=True)
class Films:
    """Which films were evaluated.

    Parameters
    ----------
    list_hash
        SHA-256 of their names.
    positive_patients
        Patients with at least one positive film.
    prevalence
        Share of positive films, its interval over patients.
    most
        Films of the patient who has most.
    lowest, highest, distinct
        Of the scores.
    probability
        Whether the scores are said to be probabilities.
    """

    name: str
    list_hash: str
    films: int
    patients: int
    positives: int
    positive_patients: int
    prevalence: Interval
    most: int
    lowest: float
    highest: float
    distinct: int
    probability: bool


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A threshold to be judged.

    Parameters
    ----------
    tuned
        Chosen by `wetread.evaluation.calls.threshold.tune` on other films, or `stated` with what is known of them.
    tuning
        The films that it was chosen on; without them only the hashes of the lists can be compared.
    override
        A reason to judge it although it was chosen on films or patients that are here; printed with every number.
    """

    tuned: Tuned
    tuning: Scored | FilmList | None = None
    override: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """A threshold and what calls at and above it are worth.

    `stated` is False where it was found on these very films, for want of one that somebody asked for.
    """

    stated: bool
    applied: Applied

    @property
    def threshold(self) -> float:
        """Films are called at and above it."""
        return self.applied.tuned.threshold


@dataclass(frozen=True, slots=True)
class Settings:
    """What the numbers were drawn with: whoever repeats it gets the same."""

    resamples: int
    seed: int
    level: float
    wetread: str
    numpy: str
    scipy: str


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """How good scores are, on one set of films: finished numbers, made by `evaluate`.

    Parameters
    ----------
    model
        What the page calls the model.
    alarms
        What must not be missed, the worst first.
    headline
        Every headline number, all from the same resamples of patients.
    area
        AUROC with the closed-form variance over patients, beside the resampled one; None with fewer than two patients of
        a class.
    cuts
        The thresholds that were asked for; where none was, two that were found on these very films, which flatter.
    groups, baselines
        Every covariate's groups apart, and what each covariate reaches alone; None where the films have no covariates.
    negatives
        Positive films against negative films with each other finding; None where nothing is known of findings.
    abstention
        What leaving the films nearest to the first threshold unread does.
    reliability, decision
        Calibration and decision curve; None where scores are not said to be probabilities.
    label_errors
        Figures against the truth behind the labels; None where nobody said how often they are right.
    told
        What the caller noted on the way: films that fell out and why.
    about
        Facts that the caller adds: files and their hashes.
    """

    films: Films
    model: str
    alarms: tuple[Alarm, ...]
    headline: Headline
    area: Area | None
    roc: Roc
    precision: PrecisionRecall
    best: BestF1
    cuts: tuple[Cut, ...]
    abstention: Abstention
    settings: Settings
    groups: Subgroups | None = None
    negatives: HardNegatives | None = None
    baselines: Baselines | None = None
    reliability: Reliability | None = None
    decision: DecisionCurve | None = None
    label_errors: LabelErrors | None = None
    told: tuple[str, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Every number, as JSON."""
        return text(EVALUATION, self)

    def plot(self) -> dict[str, Drawn]:
        """The figures by name: each with its SVG and PNG file as bytes, and what it shows in words."""
        from wetread.evaluation.pages.plot import drawn

        return drawn(self)

    def to_html(self, figures: Mapping[str, Drawn] | None = None) -> str:
        """One self-contained page that reads like a report; `figures` are those of `plot`, drawn anew if not given."""
        from wetread.evaluation.pages.report import page

        return page(self, self.plot() if figures is None else figures)


def evaluate(
    scored: Scored,
    *,
    thresholds: Sequence[Asked | float] = (),
    prevalences: Sequence[float] = PREVALENCES,
    findings: Mapping[str, NDArray[np.bool_]] | None = None,
    reference: Reference | None = None,
    model: str = "the model",
    resamples: int = 10_000,
    seed: int = 0,
) -> Evaluation:
    """Everything that one set of scores can be judged by.

    Parameters
    ----------
    thresholds
        To be judged; the first is that of the groups and of the hard negatives. A plain number is one of which nobody
        tells who chose it on what (`stated`), and the page says so. With none, those of Youden's index and of the best
        F1 on these very films are shown, as what they are.
    prevalences
        Shares of positive films that predictive values are stated at.
    findings
        Other finding to (n,) bool: which films have it. "No Finding" is one of them. For hard negatives.
    reference
        How often the labels are right, for figures against the truth behind them.
    resamples, seed
        Of all bootstraps over patients.

    Raises
    ------
    DataError
        With one class or one patient only.
    LeakError
        If a threshold was chosen on films or patients that are here, and no reason was given to judge it all the same.
    ConfigError
        For a threshold or a prevalence out of its range, or no resamples.
    """
    scored.both_classes("evaluation")
    order = np.argsort(scored.film, kind="stable")  # sums are then rounded alike, whatever order the films come in
    scored = scored.where(order)
    findings = {name: np.asarray(mask, bool)[order] for name, mask in (findings or {}).items()}
    asked = [each if isinstance(each, Asked) else Asked(stated(each)) for each in thresholds]
    cuts = _cuts(scored, asked, tuple(prevalences), resamples, seed)
    main = cuts[0].threshold
    points = Points(thresholds=tuple(cut.threshold for cut in cuts))
    curves = min(resamples, _CURVES)
    # NumPy works outside Python's lock, and each of these is drawn from the seed alone.
    with ThreadPoolExecutor(_THREADS) as pool:
        numbers = pool.submit(lambda: headline(scored, points=points, resamples=resamples, seed=seed, threads=1))
        groups = pool.submit(lambda: _groups(scored, main, resamples, seed))
        negatives = pool.submit(lambda: _negatives(scored, findings, main, resamples, seed))
        alone = pool.submit(lambda: _baselines(scored, resamples, seed))
        calibration = pool.submit(lambda: _reliability(scored, curves, seed))
        decision = pool.submit(lambda: _decision(scored, curves, seed))
        errors = pool.submit(lambda: _label_errors(scored, reference, main, curves, seed))
        found = Evaluation(
            films=films_of(scored),
            model=model,
            alarms=(),
            headline=numbers.result(),
            area=_area(scored),
            roc=roc(scored, corners=True),
            precision=_steps(precision_recall(scored)),
            best=best_f1(scored),
            cuts=cuts,
            abstention=abstention(scored, main, resamples=curves, seed=seed),
            settings=settings(resamples, seed),
            groups=groups.result(),
            negatives=negatives.result(),
            baselines=alone.result(),
            reliability=calibration.result(),
            decision=decision.result(),
            label_errors=errors.result(),
        )
    return replace(found, alarms=alarms(found))


def films_of(scored: Scored) -> Films:
    """Which films they are."""
    _, who = np.unique(scored.patient, return_inverse=True)
    films = np.bincount(who)
    positive = np.bincount(who, weights=scored.label).astype(np.int64)
    prevalence = share(positive, films)
    assert prevalence is not None  # there are films
    return Films(
        scored.name, scored.list_hash, len(scored), scored.patients, scored.positives, int((positive > 0).sum()), prevalence,
        int(films.max()), float(scored.score.min()), float(scored.score.max()), int(np.unique(scored.score).size),
        scored.probability,
    )  # fmt: skip


def _cuts(
    scored: Scored, asked: Sequence[Asked], prevalences: tuple[float, ...], resamples: int, seed: int
) -> tuple[Cut, ...]:
    stated = bool(asked)
    if not asked:
        why = "no threshold was stated, and these show what one would do"
        asked = [
            Asked(tune(scored, rule, resamples=min(resamples, _CURVES), seed=seed), scored, why) for rule in _FOUND
        ]
    first = {each.tuned.threshold: each for each in reversed(asked)}
    return tuple(
        Cut(
            stated,
            apply(
                each.tuned, scored, tuning=each.tuning, override=each.override, prevalences=prevalences,
                resamples=resamples, seed=seed,
            ),
        )
        for each in reversed(first.values())
    )  # fmt: skip


def _steps(curve: PrecisionRecall) -> PrecisionRecall:
    """Only where recall rises: these are the points that average precision is summed over, and a list that stays short."""
    keep = np.diff(curve.recall, prepend=0) > 0
    kept = [array[keep] for array in (curve.threshold, curve.precision, curve.recall)]
    for array in kept:
        array.flags.writeable = False
    return replace(curve, threshold=kept[0], precision=kept[1], recall=kept[2])


def _area(scored: Scored) -> Area | None:
    try:
        return area(scored)
    except DataError:  # fewer than two patients of a class: the resampled interval says how little that is
        return None


# Each gives None where the films say nothing of it.


def _groups(scored: Scored, threshold: float, resamples: int, seed: int) -> Subgroups | None:
    return subgroups(scored, threshold=threshold, resamples=resamples, seed=seed) if scored.groups else None


def _negatives(
    scored: Scored, findings: Mapping[str, NDArray[np.bool_]], threshold: float, resamples: int, seed: int
) -> HardNegatives | None:
    """Every finding, and first all those together that look like pneumonia on a film."""
    if not findings:
        return None
    alike = [findings[name] for name in LOOK_ALIKES if name in findings]
    kinds = {ALIKE: np.logical_or.reduce(alike), **findings} if len(alike) > 1 else findings
    return hard_negatives(scored, kinds, threshold=threshold, resamples=resamples, seed=seed)


def _baselines(scored: Scored, resamples: int, seed: int) -> Baselines | None:
    """Folds need patients."""
    if not scored.groups or scored.patients < 2 * _FOLDS:
        return None
    return baselines(scored, count=_FOLDS, resamples=resamples, seed=seed)


def _reliability(scored: Scored, resamples: int, seed: int) -> Reliability | None:
    return reliability(scored, scheme="count", resamples=resamples, seed=seed) if scored.probability else None


def _decision(scored: Scored, resamples: int, seed: int) -> DecisionCurve | None:
    """From a fifth of the prevalence, where calling every film is hard to beat, up to a half or more."""
    if not scored.probability:
        return None
    first, last = scored.prevalence / 5, min(max(0.5, 2 * scored.prevalence), 0.95)
    return decision_curve(scored, np.geomspace(first, last, 80), resamples=resamples, seed=seed)


def _label_errors(
    scored: Scored, reference: Reference | None, threshold: float, resamples: int, seed: int
) -> LabelErrors | None:
    if reference is None:
        return None
    return label_errors(scored, reference, threshold=threshold, resamples=resamples, seed=seed)


def settings(resamples: int, seed: int) -> Settings:
    """What numbers are drawn with, and by which versions."""
    import scipy

    return Settings(resamples, seed, 0.95, __version__, np.__version__, scipy.__version__)
