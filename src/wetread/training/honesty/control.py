"""The checks for which a network is fitted again: they ask for a fit of seconds, which a linear probe has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.training.config import TrainConfig
from wetread.training.films import FilmSet
from wetread.training.honesty.ablation import beside_whole
from wetread.training.honesty.shuffle import shuffle_control
from wetread.training.probe import Basis, Probe

__all__ = ["Folds"]

Scores = NDArray[np.float64]
Ints = NDArray[np.int64]


class Folds:
    """A recipe's probes, fold by fold as the run fitted them.

    Parameters
    ----------
    config, films
        The recipe, and all development films.
    fold
        int64 (films,): the fold in which each film was held out.
    """

    def __init__(self, config: TrainConfig, films: FilmSet, fold: Ints) -> None:
        self._config, self._films, self._fold = config, films, fold
        self._labels = films.labels[:, 0].astype(np.int64)
        self._probe = Probe(config, films)
        self._bases = self._of(self._probe)

    def _of(self, probe: Probe) -> list[Basis]:
        places, seed = np.arange(len(self._films)), self._config.fit.seed
        return [probe.basis(places[self._fold != held], seed + held) for held in range(self._config.fit.folds)]

    def _scored(self, labels: NDArray[np.float32]) -> Scores:
        """Scores out of fold of probes fitted on these labels."""
        return self._read(self._probe, self._bases, self._probe, labels)

    def _read(self, fitted: Probe, bases: Sequence[Basis], shown: Probe, labels: NDArray[np.float32]) -> Scores:
        """Log-odds out of fold: probes of one set of pictures, shown another of the same films."""
        found = np.full(len(self._films), np.nan)
        for held, basis in enumerate(bases):
            outside = np.flatnonzero(self._fold == held)
            found[outside] = shown.read(fitted.fitted(basis, labels), outside)[0][:, 0]
        return found

    def scores(self) -> Scores:
        """Log-odds out of fold, as the run has them."""
        return self._scored(self._films.labels)

    def shuffled(self, runs: int, seed: int) -> dict[str, Any]:
        """`shuffle_control`, as plain values."""
        films = self._films
        return asdict(shuffle_control(self._scored, films.labels, films.patients, self.scores(), runs=runs, seed=seed))

    def ablated(self, kinds: Mapping[str, FilmSet], seed: int) -> dict[str, Any]:
        """AUROC on altered films: of the probes as they are, and of probes fitted on altered films anew."""
        shown, anew = {}, {}
        for kind, films in kinds.items():
            probe = Probe(self._config, films)
            shown[kind] = self._read(self._probe, self._bases, probe, self._films.labels)
            anew[kind] = self._read(probe, self._of(probe), probe, self._films.labels)
        told: dict[str, Any] = {}
        for title, scores in (("as fitted", shown), ("fitted anew on such films", anew)):
            whole, shares = beside_whole(scores, self.scores(), self._labels, self._films.patients, seed=seed)
            told["whole films"] = asdict(whole)
            told[title] = {kind: asdict(share) for kind, share in shares.items()}
        return told
