"""The one way to a network: from its specification."""

from __future__ import annotations

from wetread.network.base import Network
from wetread.network.lite import build_lite
from wetread.network.spec import NetworkSpec

__all__ = ["build"]


def build(spec: NetworkSpec) -> Network:
    """Build the network of `spec`, from weights when it says so; its classifier is new and says 0 of every film.

    Raises
    ------
    ConfigError
        If the weights are missing or do not fit.
    """
    return build_lite(spec)
