"""Which network: a name and its settings, valid on construction."""

from __future__ import annotations

from dataclasses import dataclass

from wetread.errors import ConfigError

__all__ = ["LITE_NAMES", "NAMES", "NetworkSpec"]

LITE_NAMES = ("efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2")
NAMES = (*LITE_NAMES, "densenet121", "resnet50", "vgg16", "cnn28")
# Nobody published weights for these: they are fitted from nothing, or from a saved state of their own.
_UNPUBLISHED = ("cnn28",)


@dataclass(frozen=True)
class NetworkSpec:
    """Which network to build.

    Parameters
    ----------
    name
        One of `NAMES`.
    outputs
        Number of logits, at least 1.
    pretrained
        Start from ImageNet weights, or from those in `weights`.
    dropout
        Probability of dropping a pooled feature (with a dense layer, one of its units) while training, in [0, 1).
    grid
        Cells a side of a probe's linear map (`build_probe`); 0 for a network that is tuned.
    hidden
        Units of a dense layer between the pooled features and the logits; 0 for a linear classifier.
    weights
        A file of weights, published or a saved state of the same network; or a folder that holds the official file, or
        shall, since it is fetched into it. Empty: the weights in an installed package.
    """

    name: str = "efficientnet_lite0"
    outputs: int = 1
    pretrained: bool = True
    dropout: float = 0.2
    grid: int = 0
    hidden: int = 0
    weights: str = ""

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise ConfigError(f"network {self.name!r} is not known: choose one of {', '.join(NAMES)}")
        if self.outputs < 1:
            raise ConfigError(f"a network needs at least one output, not {self.outputs}")
        if not 0 <= self.dropout < 1:
            raise ConfigError(f"dropout must lie in [0, 1), not {self.dropout}")
        if self.hidden < 0:
            raise ConfigError(f"hidden is a number of units, 0 for none, not {self.hidden}")
        if self.weights and not self.pretrained:
            raise ConfigError(f"weights = {self.weights!r} and pretrained = false contradict each other: leave one out")
        if self.pretrained and not self.weights and self.name in _UNPUBLISHED:
            raise ConfigError(f"there are no ImageNet weights for {self.name}: set pretrained = false in [network]")
