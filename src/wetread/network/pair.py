"""Two unlike networks that answer together, as one network: a tuned one and a small one fitted from nothing.

They err on different films: one knows what ImageNet's pictures look like and sees the film finely, the other knows
nothing but chest films and sees it coarsely, where sharpness and grain tell it little about the source. The mean of
their log-odds is steadier than either (Lakshminarayanan et al., NeurIPS 2017).
"""

from __future__ import annotations

from torch import Tensor, nn

from wetread.network.lite import EfficientNetLite
from wetread.network.small import Committee, SmallNetwork

__all__ = ["HALVED", "Pair", "halved", "mixed"]

HALVED = 2
"""How many times fewer rows and columns the small network sees."""


def halved(films: Tensor) -> Tensor:
    """What the small network sees of films (n, 1, height, width): the means of 2 x 2 pixels."""
    return nn.functional.avg_pool2d(films, HALVED)


class Pair(nn.Module):
    """Input: float32 (n, 1, height, width) in [0, 1], multiples of 32. Output: logits (n, 1) and maps of the small network's size.

    The logit is the weighted mean of both logits, the map that of both maps, each cell of the tuned network's map
    standing for the cells it covers. So the mean of a map over its cells is its logit.

    Parameters
    ----------
    tuned
        With one output.
    small
        One, or a committee of several; its map has a whole number of cells for each of the tuned network's.
    weight
        What the small network's logit counts, between 0 and 1; the tuned one's counts the rest.

    Raises
    ------
    ValueError
        If the weight leaves its range.
    """

    def __init__(self, tuned: EfficientNetLite, small: SmallNetwork | Committee, weight: float = 0.5) -> None:
        super().__init__()
        if not 0 < weight < 1:
            raise ValueError(f"the small network's weight lies between 0 and 1, not at {weight:g}")
        self.tuned, self.small, self.weight = tuned, small, weight

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        first, second = self.tuned(x), self.small(halved(x))
        return mixed(first, second, self.weight)


def mixed(tuned: tuple[Tensor, Tensor], small: tuple[Tensor, Tensor], weight: float) -> tuple[Tensor, Tensor]:
    """Logits and maps of both, as `Pair` puts them together."""
    times = small[1].shape[-1] // tuned[1].shape[-1]
    finer = nn.functional.interpolate(tuned[1], scale_factor=float(times), mode="nearest")
    return (1 - weight) * tuned[0] + weight * small[0], (1 - weight) * finer + weight * small[1]
