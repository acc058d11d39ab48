"""Fit the map from score to probability on films that the network was not fitted on."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from wetread.calibration import Calibration
from wetread.errors import DataError

__all__ = ["calibrate"]

_EDGE = 1e-7


def calibrate(scores: ArrayLike, labels: ArrayLike) -> Calibration:
    """Logistic recalibration on the score's log-odds, by maximum likelihood (Platt 1999; Cox 1958).

    Parameters
    ----------
    scores
        (n,) in [0, 1], from networks that did not see these films (out of fold).
    labels
        (n,) 0 or 1, both present.

    Returns
    -------
    Calibration at the sample's own prevalence.

    Raises
    ------
    DataError
        With one class only, or where the score falls as the label rises: then there is nothing to calibrate.
    """
    s = np.clip(np.asarray(scores, np.float64), _EDGE, 1 - _EDGE)
    y = np.asarray(labels, np.float64)
    if s.shape != y.shape or not np.isfinite(s).all() or not np.isin(y, (0, 1)).all():
        raise DataError("calibration needs one finite score and one label of 0 or 1 for each film")
    if y.min() == y.max():
        raise DataError(f"calibration needs both classes; all {y.size} labels are {int(y.max())}")
    log_odds = np.log(s / (1 - s))

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        z = parameters[0] * log_odds + parameters[1]
        error = 1 / (1 + np.exp(-np.clip(z, -50, 50))) - y
        return float(np.mean(np.logaddexp(0, z) - y * z)), np.array([np.mean(error * log_odds), np.mean(error)])

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS")
    slope, intercept = (float(value) for value in found.x)
    if slope <= 0:
        raise DataError(f"the score does not rise with the label (slope {slope:.2f}): it holds nothing to calibrate")
    return Calibration(slope=slope, intercept=intercept, prevalence=float(y.mean()))
