"""Readers with and without an aid, and a model by itself against a panel of readers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import ConfigError, DataError
from wetread.evaluation.readers.covariance import covariance as covariance_of
from wetread.evaluation.readers.inference import Difference, difference
from wetread.evaluation.readers.merit import wording
from wetread.evaluation.readers.mrmc import Mrmc, mrmc
from wetread.evaluation.readers.noninferiority import NonInferiority, of_difference
from wetread.evaluation.readers.study import Study

__all__ = ["AgainstPanel", "Aided", "Changes", "against_panel", "aided_against_unaided"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Changes:
    """How one reader's calls changed with the aid: on positive cases gained and lost, on negative ones mended and spoiled.

    `led_astray` counts calls that were right unaided and became wrong as the aid's wrong call, of `aid_wrong` chances
    (cases on which the aid was wrong and the unaided reader right); both None where the aid's calls are not given.
    """

    reader: str
    gained: int
    lost: int
    mended: int
    spoiled: int
    led_astray: int | None = None
    aid_wrong: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Aided:
    """Aided minus unaided: the AUC and, where a threshold is given, sensitivity and specificity, for other readers too.

    `readers_better` counts readers whose AUC is higher aided; it is no test. `not_worse` holds the non-inferiority tests
    of AUC, sensitivity and specificity, in that order, if a margin is given and the standard error is not 0.
    """

    aided: str
    unaided: str
    auc: Mrmc
    sensitivity: Mrmc | None
    specificity: Mrmc | None
    readers_better: int
    changes: tuple[Changes, ...]
    not_worse: tuple[NonInferiority, ...]


@dataclass(frozen=True, slots=True)
class AgainstPanel:
    """A model minus the mean reader, on the same cases.

    `random_readers` speaks of other readers and other patients, `fixed_readers` of these readers and other patients.
    `readers_below` counts readers whose figure of merit is below the model's.
    """

    merit: str
    model: float
    mean_reader: float
    readers: int
    readers_below: int
    random_readers: Difference
    fixed_readers: Difference


def aided_against_unaided(
    study: Study,
    *,
    aided: str,
    unaided: str,
    threshold: float | None = None,
    aid_calls: ArrayLike | None = None,
    margin: float | None = None,
    covariance: str = "jackknife",
    level: float = 0.95,
) -> Aided:
    """Do readers read better with the aid? Every reader read every case both ways.

    Whether the two readings were far enough apart, and in which order, is a matter of the study's protocol: no statistic
    can make up for a case that was remembered.

    Parameters
    ----------
    aided, unaided
        Names of the study's tests.
    threshold
        The lowest rating that counts as a call of positive; without it there is no sensitivity and no specificity.
    aid_calls
        (c,) of 0 or 1 in the order of the study's cases: what the aid showed; needs a threshold.
    margin
        For the one-sided tests that aided is not worse than unaided.

    Raises
    ------
    DataError
        As `mrmc`; if `aid_calls` are not 0 or 1, or there is not one a case.
    ConfigError
        If both names are the same, or calls of the aid come without a threshold.
    """
    if aided == unaided:
        raise ConfigError(f"aided and unaided are two tests of the study, not both {aided!r}")
    if aid_calls is not None and threshold is None:
        raise ConfigError("what the aid called is compared with what readers called: give the threshold of a rating")
    pair = study.only((aided, unaided))
    auc = mrmc(pair, covariance=covariance, level=level)
    rates: list[Mrmc | None] = [None, None]
    changes: tuple[Changes, ...] = ()
    if threshold is not None:
        rates = [
            mrmc(pair, merit=merit, threshold=threshold, covariance=covariance, level=level)
            for merit in ("sensitivity", "specificity")
        ]
        changes = _changes(pair, threshold, None if aid_calls is None else _calls(aid_calls, study))
    better = int((auc.analysis.value[0] > auc.analysis.value[1]).sum())
    tests = [_main(found) for found in (auc, *rates) if found is not None]
    not_worse = (
        ()
        if margin is None
        else tuple(of_difference(one, margin=margin) for one in tests if one.statistic == one.statistic)
    )
    return Aided(aided, unaided, auc, rates[0], rates[1], better, changes, not_worse)


def against_panel(
    study: Study,
    scores: ArrayLike,
    *,
    merit: str = "auc",
    threshold: float | None = None,
    score_threshold: float | None = None,
    covariance: str = "jackknife",
    level: float = 0.95,
) -> AgainstPanel:
    """Is a model by itself better or worse than the mean reader? The model is one, and no sample of models.

    The readers' differences from the model are analysed as one test's figures of merit: Obuchowski and Rockette's
    analysis of a single test with the degrees of freedom of Hillis. Entering the model as a second test whose "readers"
    are all alike gives the same numbers.

    Parameters
    ----------
    study
        Of one test, complete, two readers or more.
    scores
        (c,) finite numbers in the order of the study's cases.
    merit
        "auc", "sensitivity", "specificity" or "youden"; for all but the first `threshold` is the lowest rating, and
        `score_threshold` the lowest score, that count as a call of positive.

    Raises
    ------
    DataError
        If the study has more tests than one or fewer readers than two, or there is not one finite score a case.
    ConfigError
        As `mrmc`; if one threshold is missing.
    """
    printed = wording(merit, threshold)
    t, r, c = study.complete().rating.shape
    machine = np.asarray(scores)
    if t != 1 or r < 2:
        raise DataError(
            f"{study.name}: {t} tests and {r} readers: a panel is one test (`Study.only`) and two readers or more"
        )
    if machine.shape != (c,) or machine.dtype.kind not in "fiub" or not np.isfinite(machine.astype(np.float64)).all():
        raise DataError(f"{study.name}: a model gives one finite score for each of {c} cases, not {machine.shape}")
    rating, line = np.concatenate([study.rating[0], machine[None].astype(np.float64)]), None
    if merit != "auc":
        if score_threshold is None or threshold is None:
            raise ConfigError(f"{merit} needs the model's threshold beside the readers': give `score_threshold`")
        lines = np.append(np.full(r, threshold), score_threshold)
        rating, line = (rating >= lines[:, None]).astype(np.float64), 0.5
    together = Study(rating[None], study.truth, patient=study.patient, name=study.name)
    value, matrix, _ = covariance_of(together, merit, line, covariance)
    people, machine_value, error = value[0, :r], float(value[0, r]), matrix[0, :, 0, :]
    # Covariance of the readers' differences from the model.
    gaps = error[:r, :r] + error[r, r] - error[:r, [r]] - error[[r], :r]
    own = float(np.trace(gaps)) / r
    shared = max((float(gaps.sum()) - r * own) / (r * (r - 1)), 0.0)
    square = float(people.var(ddof=1))
    term = square + r * shared
    df = term**2 / (square**2 / (r - 1)) if square > 0 else None
    names, gap = ("model", "mean reader"), machine_value - float(people.mean())
    return AgainstPanel(
        printed, machine_value, float(people.mean()), r, int((people < machine_value).sum()),
        difference(names, gap, term / r, df, level), difference(names, gap, (own + (r - 1) * shared) / r, None, level),
    )  # fmt: skip


def _main(found: Mrmc) -> Difference:
    """For other readers where there are several, for this reader where there is one."""
    inference = found.analysis.random_readers_random_cases or found.analysis.fixed_readers
    return inference.differences[0]


def _calls(aid: ArrayLike, study: Study) -> Bool:
    given = np.asarray(aid)
    if given.shape != study.truth.shape or given.dtype.kind not in "fiub" or not np.isin(given, (0, 1)).all():
        raise DataError(f"{study.name}: the aid's calls are 0 or 1, one for each of {study.truth.size} cases")
    called: Bool = given == 1
    return called


def _changes(pair: Study, threshold: float, aid: Bool | None) -> tuple[Changes, ...]:
    with_aid, without = pair.rating >= threshold
    truth = pair.truth
    found = []
    for name, now, before in zip(pair.readers, with_aid, without, strict=True):
        chances = None if aid is None else (aid != truth) & (before == truth)
        found.append(
            Changes(
                name, int((truth & now & ~before).sum()), int((truth & ~now & before).sum()),
                int((~truth & ~now & before).sum()), int((~truth & now & ~before).sum()),
                None if chances is None else int((chances & (now != truth)).sum()),
                None if chances is None else int(chances.sum()),
            )
        )  # fmt: skip
    return tuple(found)
