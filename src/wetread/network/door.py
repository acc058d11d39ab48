"""The one way to a network: from its specification."""

from __future__ import annotations

from wetread.network.base import Network
from wetread.network.classic import CLASSIC
from wetread.network.cnn28 import Cnn28
from wetread.network.lite import build_lite
from wetread.network.spec import LITE_NAMES, NetworkSpec
from wetread.network.weights import load_weights

__all__ = ["build"]


def build(spec: NetworkSpec) -> Network:
    """Build the network of `spec`, from weights when it says so; its classifier is new and says 0 of every film.

    What is not loaded is drawn from PyTorch's global generator: seed it before.

    Raises
    ------
    ConfigError
        If the weights are missing or do not fit.
    """
    if spec.name in LITE_NAMES:
        return build_lite(spec)
    network: Network = CLASSIC.get(spec.name, Cnn28)(spec.outputs, spec.dropout, spec.hidden)
    if spec.pretrained:
        load_weights(network, spec)
    return network
