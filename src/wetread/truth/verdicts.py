"""What each rule makes of the reads: labels, shares, reasons where there is no label, and the words for the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError, DataError
from wetread.truth.dawid_skene import fit_dawid_skene
from wetread.truth.reads import Reads
from wetread.truth.rules import Adjudicated, DawidSkene, KOfN, SingleReader, TextMined, Weighted

__all__ = ["Verdict", "verdict"]

Float = NDArray[np.float64]
_CLOSE = 1e-9  # two shares this near are a tie


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule found: the place of each label (-1 for none), support, shares, reasons, and its own words."""

    label: NDArray[np.int64]
    shares: Float
    why: list[str | None]
    statement: str
    source: str
    support_is: str
    details: dict[str, Any] = field(default_factory=dict)
    support: Float | None = None


@singledispatch
def verdict(rule: object, reads: Reads, counts: Float) -> Verdict:  # noqa: ARG001  # what every rule is given
    """Apply a rule to reads, and to their counts (films, readers, classes).

    Raises
    ------
    DataError, ConfigError
        As `reference_standard`.
    """
    raise ConfigError(f"{rule!r} is no rule for a reference standard")


@verdict.register
def _(rule: TextMined, reads: Reads, counts: Float) -> Verdict:
    label, shares, why = _one_source(reads, counts, rule.source, "text-mined: name the source")
    support = np.full(len(label), np.nan)
    meaning = "unknown: a label mined from text carries no measure of its own error"
    if rule.ppv is not None and rule.npv is not None:
        positive = reads.class_place(rule.positive)
        support = np.where(label < 0, np.nan, np.where(label == positive, rule.ppv, rule.npv))
        meaning = (
            f"measured chance that the label is right: PPV {rule.ppv:g}, NPV {rule.npv:g}, at their own prevalence"
        )
    return Verdict(
        label,
        shares,
        why,
        "The label that a program took from the report; nobody looked at the film for it. Fit for training, never as the "
        "truth of a test.",
        "Wang and others, CVPR 2017, for ChestX-ray14; its limits: Oakden-Rayner, Academic Radiology 2020",
        meaning,
        {"ppv": rule.ppv, "npv": rule.npv},
        support,
    )


@verdict.register
def _(rule: SingleReader, reads: Reads, counts: Float) -> Verdict:
    label, shares, why = _one_source(reads, counts, rule.reader, "single reader: name the reader")
    repeated = counts.sum(axis=2).max(initial=0) > 1
    return Verdict(
        label,
        shares,
        why,
        "What one reader said.",
        "none needed; fit for a pilot",
        "share of the reader's own repeated reads" if repeated else "unknown: one read says nothing of its own error",
        {},
        None if repeated else np.full(len(label), np.nan),
    )


@verdict.register
def _(rule: KOfN, reads: Reads, counts: Float) -> Verdict:
    voices = _voices(counts)
    n = len(reads.readers)
    k = n // 2 + 1 if rule.k is None else rule.k
    if k > n:
        raise ConfigError(f"k of n: {k} readers cannot agree where {n} read")
    votes, missing = voices.sum(axis=1), n - voices.sum(axis=(1, 2))
    shares = _shared(votes)
    if rule.positive is None:
        if 2 * k <= n:
            raise ConfigError(
                f"{k} of {n}: two answers could both have that many; state which answer is positive, or ask for more"
            )
        label = np.where(votes.max(axis=1) >= k, votes.argmax(axis=1), -1)
        open_ = votes.max(axis=1) + missing >= k
    else:
        if len(reads.classes) != 2:
            raise ConfigError(f"k of n with a positive answer needs two answers, not {', '.join(reads.classes)}")
        positive = reads.class_place(rule.positive)
        reached, lost = votes[:, positive] >= k, votes[:, positive] + missing < k
        label = np.where(reached, positive, np.where(lost, 1 - positive, -1))
        open_ = np.ones(len(label), bool)
    silent = voices.sum(axis=(1, 2)) == 0
    why = _reasons(label, silent, np.where(open_ & (missing > 0), "missing reads could decide", "no answer has enough"))
    side = f"{rule.positive} where" if rule.positive is not None else "The answer where"
    return Verdict(
        label,
        shares,
        why,
        f"{side} at least {k} of {n} readers say so"
        + (", the other where that cannot be reached" if rule.positive is not None else "")
        + ".",
        "Majority of an odd number of readers, at least three",
        "share of the readers who answered that gave this answer (a share of votes, no probability)",
        {"k": k, "n": n, "unanimous": int(((votes.max(axis=1) == n) & (n > 0)).sum())},
    )


@verdict.register
def _(rule: Weighted, reads: Reads, counts: Float) -> Verdict:
    for name in rule.weights:
        reads.reader_place(name)
    unweighted = [name for name in reads.readers if name not in rule.weights]
    if unweighted:
        raise DataError(f"weighted vote: no weight for {', '.join(unweighted)}; weigh every reader, or take them out")
    weights = np.array([rule.weights[name] for name in reads.readers])
    voice = _shared(counts)
    label, shares = _heavier(voice, weights)
    equal, _ = _heavier(voice, np.ones(len(weights)))
    silent = counts.sum(axis=(1, 2)) == 0
    why = _reasons(label, silent, np.full(len(label), "no answer has more than half of the weight"))
    return Verdict(
        label,
        shares,
        why,
        "The answer that holds more than half of the weight of the readers who answered; weights were stated beforehand.",
        rule.reason or "weights as stated by whoever planned the reading",
        "share of the weight of the readers who answered (no probability)",
        {
            "weights": dict(zip(reads.readers, weights.tolist(), strict=True)),
            "labels_that_equal_weights_would_change": int((label != equal).sum()),
        },
    )


@verdict.register
def _(rule: Adjudicated, reads: Reads, counts: Float) -> Verdict:
    places = [reads.reader_place(name) for name in (rule.first, rule.second, rule.adjudicator)]
    voice = _voices(counts)[:, places]
    said = np.where(voice.sum(axis=2) > 0, voice.argmax(axis=2), -1)
    first, second, third = said.T
    both = (first >= 0) & (second >= 0)
    agree = both & (first == second)
    label = np.where(agree, first, np.where(both, third, -1))
    reason = np.where(
        both, "the two differ and the adjudicator has not decided", "one of the two readers has not answered"
    )
    used = np.where(agree[:, None, None], voice[:, :2].sum(axis=1, keepdims=True), voice.sum(axis=1, keepdims=True))[
        :, 0
    ]
    shares = _shared(used)
    against = both & ~agree & (third >= 0)
    return Verdict(
        label,
        shares,
        _reasons(label, np.zeros(len(label), bool), reason),
        f"What {rule.first} and {rule.second} say alike; where they differ, what {rule.adjudicator} says.",
        "Two readers and an adjudicator, the commonest standard of cleared chest radiograph devices (S: K222268)",
        "share of the reads used that say so: of two where they agree, of three where the adjudicator was asked",
        {
            "agreed": int(agree.sum()),
            "adjudicated": int(against.sum()),
            "adjudicator_sided_with": {
                rule.first: int((against & (third == first)).sum()),
                rule.second: int((against & (third == second)).sum()),
                "neither": int((against & (third != first) & (third != second)).sum()),
            },
        },
    )


@verdict.register
def _(rule: DawidSkene, reads: Reads, counts: Float) -> Verdict:
    fit = fit_dawid_skene(counts, smoothing=rule.smoothing, limit=rule.limit)
    silent: NDArray[np.bool_] = np.asarray(np.isnan(fit.posterior).any(axis=1), bool)
    known = np.where(np.isnan(fit.posterior), -1.0, fit.posterior)
    label = np.where(silent | _tied(known), -1, known.argmax(axis=1))
    plurality = _shared(_shared(counts).sum(axis=1))
    voted = np.where(np.isnan(plurality), -1.0, plurality)
    diagonal = np.diagonal(fit.confusion, axis1=1, axis2=2)
    odd = [
        name
        for name, rates, row in zip(reads.readers, fit.confusion, diagonal, strict=True)
        if bool(np.any(np.nan_to_num(rates).max(axis=1) > np.nan_to_num(row, nan=1.0) + _CLOSE))
    ]
    return Verdict(
        label,
        fit.posterior,
        _reasons(label, silent, np.full(len(label), "tie")),
        "The most probable class given all reads, with each reader's error rates estimated from the same reads.",
        "Dawid and Skene, Applied Statistics 1979; 28: 20-28",
        "posterior probability, if readers err independently of each other given the true class",
        {
            "marginals": dict(zip(reads.classes, fit.marginals.tolist(), strict=True)),
            "error_rates": {name: _plain(rates) for name, rates in zip(reads.readers, fit.confusion, strict=True)},
            "log_likelihood": fit.log_likelihood,
            "iterations": fit.iterations,
            "converged": fit.converged,
            "differs_from_plurality": [
                film
                for film, mine, votes, none in zip(reads.films, label, voted, silent, strict=True)
                if not none and (mine < 0 or votes[mine] < votes.max() - _CLOSE)
            ],
            "readers_who_say_another_class_more_often_than_the_true_one": odd,
        },
    )


def _one_source(
    reads: Reads, counts: Float, name: str | None, ask: str
) -> tuple[NDArray[np.int64], Float, list[str | None]]:
    """Label of one reader, the share of own reads, and why there is none."""
    if name is None and len(reads.readers) > 1:
        raise ConfigError(f"{ask}; there are reads by {', '.join(reads.readers)}")
    own = counts[:, 0 if name is None else reads.reader_place(name)]
    shares = _shared(own)
    label = np.where(own.max(axis=1) > own.sum(axis=1) / 2, own.argmax(axis=1), -1)
    return label, shares, _reasons(label, own.sum(axis=1) == 0, np.full(len(label), "own reads differ"))


def _voices(counts: Float) -> Float:
    """One voice a reader: 1 at the answer that more than half of the reader's own reads give, else nothing."""
    voices: Float = (counts > counts.sum(axis=-1, keepdims=True) / 2).astype(np.float64)
    return voices


def _shared(counts: Float) -> Float:
    """Shares along the last axis, NaN where there is nothing to share."""
    total = counts.sum(axis=-1, keepdims=True)
    shares: Float = np.divide(counts, total, out=np.full_like(counts, np.nan), where=total > 0)
    return shares


def _heavier(voice: Float, weights: Float) -> tuple[NDArray[np.int64], Float]:
    """The answer with more than half of the weight (-1 for none), and the shares of weight."""
    shares = _shared(np.einsum("irk,r->ik", np.nan_to_num(voice), weights))
    known = np.nan_to_num(shares)
    return np.where(known.max(axis=1) > 0.5 + _CLOSE, known.argmax(axis=1), -1), shares


def _tied(shares: Float) -> NDArray[np.bool_]:
    top = np.sort(shares, axis=1)
    gap = top[:, -1] - top[:, -2] if shares.shape[1] > 1 else np.ones(len(top))
    return np.asarray(gap < _CLOSE, bool)


def _reasons(label: NDArray[np.int64], silent: NDArray[np.bool_], otherwise: NDArray[np.str_]) -> list[str | None]:
    """Why each film without a label has none."""
    return [
        None if place >= 0 else "no answer" if none else str(reason)
        for place, none, reason in zip(label, silent, otherwise, strict=True)
    ]


def _plain(rates: Float) -> list[list[float | None]]:
    return [[None if np.isnan(rate) else float(rate) for rate in row] for row in rates]
