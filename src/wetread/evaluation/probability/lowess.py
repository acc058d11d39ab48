"""A line through a cloud of points, drawn from weighted straight lines through each point's neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["lowess"]

Float = NDArray[np.float64]


def lowess(x: Float, y: Float, *, span: float = 2 / 3, skip: float = 0.01) -> Float:
    """Locally weighted straight lines with tricube weights (Cleveland 1979), without the rounds that quell outliers.

    Parameters
    ----------
    x, y
        float64 (n,).
    span
        Share of the points that each line is fitted to.
    skip
        Lines are fitted this share of the range of x apart, and what lies between is interpolated.

    Returns
    -------
    float64 (n,): the smooth at each x, in the order of x as given.
    """
    order = np.argsort(x, kind="stable")
    xs, ys = x[order], y[order]
    n, wide = xs.size, float(xs[-1] - xs[0])
    count = min(max(int(span * n + 1e-7), 2), n)
    if not wide:
        return np.full(n, float(y.mean()))
    at, value, left, place = [], [], 0, 0
    while True:
        here = xs[place]
        left = _window(xs, here, left, count)
        at.append(here)
        value.append(_line(xs, ys, here, left, left + count, wide))
        last = int(np.searchsorted(xs, here, side="right")) - 1
        if last >= n - 1:
            break
        within = int(np.searchsorted(xs, here + skip * wide, side="right")) - 1
        place = max(last + 1, within)
    smooth = np.empty(n)
    smooth[order] = np.interp(xs, at, value)
    return smooth


def _window(xs: Float, here: float, left: int, count: int) -> int:
    """Where the `count` points nearest to `here` begin, not before `left`."""
    begin = np.arange(left, xs.size - count + 1)
    nearer = here - xs[begin[:-1]] <= xs[begin[:-1] + count] - here
    return int(begin[int(nearer.argmax()) if nearer.any() else -1])


def _line(xs: Float, ys: Float, here: float, begin: int, end: int, wide: float) -> float:
    reach = max(here - xs[begin], xs[end - 1] - here)
    far = np.abs(xs - here) if reach == 0 else np.abs(xs[begin:] - here)
    first = 0 if reach == 0 else begin
    near = far <= 0.999 * reach
    ratio = far[near] / reach if reach else far[near]
    weight = np.where(far[near] <= 0.001 * reach, 1.0, (1 - ratio**3) ** 3)
    weight = weight / weight.sum()
    x, y = xs[first:][near], ys[first:][near]
    middle = float(weight @ x)
    spread = float(weight @ (x - middle) ** 2)
    if np.sqrt(spread) > 0.001 * wide:
        weight = weight * (1 + (here - middle) * (x - middle) / spread)
    return float(weight @ y)
