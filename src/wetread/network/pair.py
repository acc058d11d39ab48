"""Two unlike networks that answer together, as one network: a tuned one and a small one fitted from nothing.

They err on different films: one knows what ImageNet's pictures look like and sees the film finely, the other knows
nothing but chest films and sees it coarsely, where sharpness and grain tell it little about the source. The mean of
their log-odds is steadier than either (Lakshminarayanan et al., NeurIPS 2017).
"""

from __future__ import annotations

import math

from torch import Tensor, nn

from wetread.network.lite import EfficientNetLite
from wetread.network.small import Committee, SmallNetwork

__all__ = ["Pair", "mixed", "reduced"]


def reduced(films: Tensor, side: int) -> Tensor:
    """What the small network sees of films (n, 1, height, width): means of as many pixels as fall on one of `side` a row.

    Squares stay squares: `side` is the height of the result. Exact where height and side have a large common divisor.
    """
    height = int(films.shape[-2])
    common = math.gcd(height, side)
    if side // common > 1:
        films = nn.functional.interpolate(films, scale_factor=float(side // common), mode="nearest")
    return nn.functional.avg_pool2d(films, height // common)


class Pair(nn.Module):
    """Input: float32 (n, 1, height, width) in [0, 1], multiples of 32. Output: logits (n, 1) and maps.

    The logit is the weighted mean of both logits, the map that of both maps, whose cells are parted until both have the
    same number. So the mean of a map over its cells is its logit.

    Parameters
    ----------
    tuned
        With one output.
    small
        One, or a committee of several.
    side
        Rows and columns of the frame that the small network sees, of a square film.
    weight
        What the small network's logit counts, between 0 and 1; the tuned one's counts the rest.

    Raises
    ------
    ValueError
        If the weight leaves its range.
    """

    def __init__(
        self, tuned: EfficientNetLite, small: SmallNetwork | Committee, side: int, weight: float = 0.5
    ) -> None:
        super().__init__()
        if not 0 < weight < 1:
            raise ValueError(f"the small network's weight lies between 0 and 1, not at {weight:g}")
        self.tuned, self.small, self.side, self.weight = tuned, small, side, weight

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        first, second = self.tuned(x), self.small(reduced(x, self.side))
        return mixed(first, second, self.weight)


def mixed(tuned: tuple[Tensor, Tensor], small: tuple[Tensor, Tensor], weight: float) -> tuple[Tensor, Tensor]:
    """Logits and maps of both, as `Pair` puts them together; maps are square."""
    cells = math.lcm(int(tuned[1].shape[-1]), int(small[1].shape[-1]))
    first, second = (
        nn.functional.interpolate(one, scale_factor=float(cells // int(one.shape[-1])), mode="nearest")
        for one in (tuned[1], small[1])
    )
    return (1 - weight) * tuned[0] + weight * small[0], (1 - weight) * first + weight * second
