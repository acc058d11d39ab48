"""A linear probe: ImageNet features as they are, and one linear map for each part of the film, fitted in a minute.

With a thousand films and mined labels a linear map on frozen features did as well as tuning did (docs/log.md), and it can
be fitted again by anyone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wetread.bundle.engine import start
from wetread.network import GridProbe, build_probe
from wetread.preprocess import prepare_pixels
from wetread.training.augment import copied
from wetread.training.config import TrainConfig
from wetread.training.exporting import to_onnx
from wetread.training.films import FilmSet, pictures

__all__ = ["Basis", "Probe"]

Float = NDArray[np.float32]
# Least spread of a feature, as a share of the median feature's.
_QUIETEST = 0.5


class _Features(nn.Module):
    """The features in the shape of the engine's seam: they are its `map`, their means its `logit`."""

    def __init__(self, probe: GridProbe) -> None:
        super().__init__()
        self.probe = probe

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.probe.features(x)
        return features.mean(dim=(2, 3)), features


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Films reduced to the leading directions of their features, no label seen: what every fit on them shares."""

    places: NDArray[np.int64]
    mean: Float
    spread: Float
    components: Float
    middle: Float
    steady: NDArray[np.float64]
    reduced: NDArray[np.float64]


class Probe:
    """Fits and scores linear probes on the films of one set.

    Parameters
    ----------
    config, films
        The recipe, and the films; their features are computed once, here.
    """

    def __init__(self, config: TrainConfig, films: FilmSet) -> None:
        self._config, self._films = config, films
        self._features, self._unsteady = _features(config, films)
        self._channels = build_probe(replace(config.network, pretrained=False, weights="")).channels

    def fit(self, places: NDArray[np.int64], seed: int) -> GridProbe:
        """Fit on the films at `places`.

        Logistic regression on the leading principal components of standardised features, for pneumonia and, where the
        recipe groups findings, for any of the group; the probe's log-odds are the mean of the two. Where the recipe has
        a teacher, a ridge regression on its soft target instead, whose value serves as log-odds. The whole is written
        as one linear map, so that the map shows each part's own share.
        """
        return self.fitted(self.basis(places, seed), self._films.labels)

    def basis(self, places: NDArray[np.int64], seed: int) -> Basis:
        """What a fit on the films at `places` takes from them before it looks at a label."""
        from sklearn.decomposition import PCA

        fit = self._config.fit
        inside = self._features[places].reshape(len(places), -1)
        mean, spread = inside.mean(axis=0), inside.std(axis=0)
        # A feature that hardly ever speaks on these films must not shout on another: its weight would be enormous.
        listened = np.repeat(np.arange(len(self._channels)) < fit.depths, self._channels)
        listened = np.repeat(listened, inside.shape[1] // len(listened))
        spread = np.maximum(spread, _QUIETEST * np.median(spread[listened]))
        scaled = ((inside - mean) / spread)[:, listened]
        directions = PCA(
            min(fit.components, len(places) - 1, scaled.shape[1]), svd_solver="randomized", random_state=seed
        ).fit(scaled)
        unsteady = (self._unsteady[places].reshape(len(places), -1) / spread)[:, listened]
        steady = _steadying(directions.components_ @ unsteady.T, fit.steadiness)
        # What is not listened to has no part in any direction, and so no weight.
        components, middle = np.zeros((directions.n_components_, mean.size), np.float32), np.zeros_like(mean)
        components[:, listened], middle[listened] = directions.components_, directions.mean_
        return Basis(places, mean, spread, components, middle, steady, directions.transform(scaled) @ steady)

    def fitted(self, basis: Basis, every: NDArray[np.float32]) -> GridProbe:
        """The probe fitted on a basis and labels (all films, 1 + auxiliary)."""
        lines = self._lines(basis.reduced, every[basis.places])
        weight, bias = np.zeros(basis.mean.size), 0.0
        for coefficients, intercept in lines:
            along = basis.components.T @ (basis.steady @ coefficients)
            weight += along / basis.spread / len(lines)
            bias += float(intercept - along @ (basis.mean / basis.spread + basis.middle)) / len(lines)
        probe = build_probe(self._config.network)
        with torch.no_grad():
            probe.weight.copy_(torch.from_numpy(weight.reshape(probe.weight.shape)))
            probe.bias.copy_(torch.from_numpy(_shares(weight * basis.mean, bias, probe.grid)))
        return probe.eval()

    def _lines(
        self, reduced: NDArray[np.float64], labels: NDArray[np.float32]
    ) -> list[tuple[NDArray[np.float64], float]]:
        """Coefficients and intercept of each regression whose mean the log-odds are."""
        from sklearn.linear_model import LogisticRegression, Ridge

        penalty, columns = self._config.fit.penalty, labels.shape[1]
        if self._config.data.taught:
            soft = Ridge(alpha=1 / penalty).fit(reduced, labels[:, columns - 1].astype(np.float64))
            return [(soft.coef_, float(soft.intercept_))]
        found = []
        for column in (0, columns - 1) if self._config.data.groups else (0,):
            line = LogisticRegression(C=penalty, max_iter=500).fit(reduced, labels[:, column])
            found.append((line.coef_[0], float(line.intercept_[0])))
        return found

    def read(self, probe: GridProbe, places: NDArray[np.int64]) -> tuple[Float, Float]:
        """Logits and maps that a probe, fitted here or on other pictures, gives these films."""
        with torch.no_grad():
            logits, maps = probe.head(torch.from_numpy(self._features[places]))
        return logits.numpy(), maps.numpy()

    def score(self, inside: NDArray[np.int64], outside: NDArray[np.int64], seed: int) -> tuple[Float, Float]:
        """Logits and maps of the films `outside`, from a probe fitted on those `inside`."""
        return self.read(self.fit(inside, seed), outside)


def _steadying(change: NDArray[np.float64], steadiness: float) -> NDArray[np.float64]:
    """Shrink directions in which a mere copy of a film moves: (components, components), symmetric.

    An L2 penalty on weights after this map is, before it, a penalty on weights plus `steadiness` times the mean square
    of what they make of the difference between a film and its copy.
    """
    size, vectors = np.linalg.eigh(change @ change.T / change.shape[1])
    return np.asarray((vectors / np.sqrt(1 + steadiness * np.maximum(size, 0))) @ vectors.T)


def _shares(average: NDArray[np.float64], bias: float, grid: int) -> NDArray[np.float64]:
    """Bias of each cell, (1, 1, grid, grid), so that an average film's map is even: then a map shows what is unusual.

    `average` holds the average film's terms (channels x cells). The mean over cells is `bias`, as the logit needs.
    """
    cells = average.reshape(-1, grid, grid).sum(axis=0)
    return np.asarray(bias + cells.sum() - grid**2 * cells)[None, None]


def _features(config: TrainConfig, films: FilmSet) -> tuple[Float, Float]:
    """Features of films, and how far those of a copy of each lie from them: float32 (films, channels, grid, grid) twice."""
    probe = build_probe(config.network).eval()
    with TemporaryDirectory() as temporary:
        model = Path(temporary) / "features.onnx"
        example = torch.zeros(1, 1, config.input.height, config.input.width)
        to_onnx(_Features(probe), example, model)
        engine = start(model)
        found = np.empty((2, len(films), *probe.weight.shape[1:]), np.float32)
        for place, picture in enumerate(pictures(films.paths)):
            copy = copied(picture, np.random.default_rng([config.fit.seed, place]))
            for which, film in enumerate((picture, copy)):
                found[which, place] = engine.run(prepare_pixels(film, config.input)[None])[1]
    return found[0], found[1] - found[0]
