"""What a film and its label weigh in training, and the way back to the prevalence that was found.

Rare labels are shown or counted more often so that a network learns them at all; its scores are then too high by a known
number of log-odds (Saerens et al., Neural Computation 2002, for a changed prior), which is taken off again.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from wetread.errors import ConfigError

__all__ = ["SAMPLING", "label_weights", "loss", "offset", "order", "prevalence", "to_natural"]

SAMPLING = ("natural", "balanced", "weighted")
"""Each film once; positive and negative films by turns; each film once with the rarer kind weighing more."""

Float = NDArray[np.float32]


def order(labels: Float, places: NDArray[np.int64], sampling: str, rng: np.random.Generator) -> NDArray[np.int64]:
    """The films of one epoch in their order: int64, as many as `places`.

    Parameters
    ----------
    labels
        float32 (films, outputs), NaN where nothing is said.
    places
        The films to choose from.
    sampling
        One of `SAMPLING`. "balanced" takes turns between films with and without the first label: all of either kind
        are drawn before one is drawn again.

    Raises
    ------
    ConfigError
        If films are to be balanced and one kind is missing, or films lack the first label.
    """
    if sampling != "balanced":
        return rng.permutation(places)
    first = labels[places, 0]
    positive, negative = places[first == 1], places[first == 0]
    if not len(positive) or not len(negative) or len(positive) + len(negative) < len(places):
        raise ConfigError(
            f"balanced sampling needs positive and negative films and the first label of each; of {len(places)} films "
            f"{len(positive)} are positive and {len(negative)} negative"
        )
    mixed = np.empty(len(places), np.int64)
    mixed[::2] = _drawn(positive, len(mixed[::2]), rng)
    mixed[1::2] = _drawn(negative, len(mixed[1::2]), rng)
    return mixed


def _drawn(kind: NDArray[np.int64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    passes = [rng.permutation(kind) for _ in range(-(-count // len(kind)))]
    return np.concatenate([np.empty(0, np.int64), *passes])[:count]


def label_weights(labels: Float, places: NDArray[np.int64], sampling: str) -> Float:
    """What each label of these films weighs: float32 (places, outputs), 0 where nothing is said.

    "weighted" gives both kinds of each output half of the weight, 1 on average; otherwise each label weighs 1.
    """
    said = ~np.isnan(labels[places])
    weights = said.astype(np.float32)
    if sampling == "weighted":
        for output, share in enumerate(prevalence(labels, places)):
            if 0 < share < 1:
                positive = labels[places, output] == 1
                weights[:, output] *= np.where(positive, 0.5 / share, 0.5 / (1 - share)).astype(np.float32)
    return weights


def prevalence(labels: Float, places: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of positive films of each output among these films, of those with a label; NaN where none has one."""
    chosen = labels[places].astype(np.float64)
    said = (~np.isnan(chosen)).sum(axis=0)
    return np.where(said > 0, np.nansum(chosen, axis=0) / np.maximum(said, 1), np.nan)


def offset(labels: Float, places: NDArray[np.int64], sampling: str) -> Float:
    """Log-odds to add to each output's logit for the prevalence among `places`: float32 (outputs,).

    0 for natural sampling, and for an output of which there is one kind only.
    """
    natural = prevalence(labels, places)
    shown = natural
    if sampling == "weighted":
        shown = np.full_like(natural, 0.5)
    if sampling == "balanced":
        positive = labels[places, 0] == 1
        often = np.where(positive, 1 / max(1, positive.sum()), 1 / max(1, (~positive).sum()))[:, None]
        said = ~np.isnan(labels[places])
        shown = np.nansum(labels[places] * often, axis=0) / np.maximum((said * often).sum(axis=0), 1e-12)
    both = (natural > 0) & (natural < 1) & (shown > 0) & (shown < 1)
    shift = np.zeros(len(natural), np.float32)
    shift[both] = _log_odds(natural[both]) - _log_odds(shown[both])
    return shift


def _log_odds(share: NDArray[np.float64]) -> NDArray[np.float64]:
    odds: NDArray[np.float64] = np.log(share) - np.log1p(-share)
    return odds


def loss(
    logits: Tensor, labels: Tensor, weights: Tensor, *, focal: float = 0.0, outputs: Tensor | None = None
) -> Tensor:
    """Binary cross-entropy of every label that is said, as one number.

    Parameters
    ----------
    logits, labels, weights
        (n, outputs). A label that weighs 0 adds nothing; the sum is divided by n, whatever is not said.
    focal
        Exponent by which easy films count less (Lin et al., ICCV 2017); 0 for plain cross-entropy.
    outputs
        What each output weighs: (outputs,); all alike by default.
    """
    plain = functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    if focal:
        # log of one minus the chance that the network gives the truth: finite however sure it is
        plain = plain * torch.exp(focal * functional.logsigmoid(logits * (1 - 2 * labels)))
    each = (plain * weights).mean(dim=0)
    return each.mean() if outputs is None else (each * outputs).sum() / outputs.sum()


def to_natural(logits: NDArray[np.float32], shift: Float, focal: float = 0.0) -> Float:
    """Logits for the prevalence that was found, from those of a network that was fitted otherwise.

    Parameters
    ----------
    logits
        float32 (films, outputs).
    shift
        `offset` of the films that it was fitted on.
    focal
        The loss' exponent. Its minimum is not at the true probability p but at a q nearer to a half, from which p
        follows: logit p = logit q + log f(1 - q) - log f(q), with f(q) = (1 - q)^g - g (1 - q)^(g - 1) q log q
        (Charoenphakdee et al., CVPR 2021, with both sides' derivatives set equal).

    Notes
    -----
    Right for a network that reached its loss' minimum; a fitted calibration on films out of fold belongs after it.
    """
    plain = logits.astype(np.float64)
    if focal:
        plain = plain + _focal_log(-plain, focal) - _focal_log(plain, focal)
    return (plain + shift).astype(np.float32)


def _focal_log(logit: NDArray[np.float64], focal: float) -> NDArray[np.float64]:
    """Log f(q) for q = sigmoid(logit), written so that nothing is lost where q is near 0 or 1."""
    log_q, log_rest = -np.logaddexp(0, -logit), -np.logaddexp(0, logit)
    found: NDArray[np.float64] = (focal - 1) * log_rest + np.log(np.exp(log_rest) - focal * np.exp(log_q) * log_q)
    return found
