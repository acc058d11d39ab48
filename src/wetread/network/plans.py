"""Which layers are tuned: named, counted, and kept in the run's record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from torch import nn

from wetread.errors import ConfigError
from wetread.network.base import ADDED, Network

__all__ = ["TUNED", "Plan", "first_tuned", "freeze"]

TUNED = ("classifier", "last", "all")


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to each layer of a network while it is fitted.

    Parameters
    ----------
    first
        The first tuned block; as many as the network has blocks where none is. What lies before it may be run once
        and kept (`Network.features`).
    frozen, tuned, added
        Names of layers with parameters, in the order of the network: kept as they are, started from weights and
        tuned, started from nothing.
    frozen_parameters, tuned_parameters, added_parameters
        How many numbers these layers hold.
    moving
        Whether normalisation layers that are tuned or added follow the batches; frozen ones keep their statistics.
    """

    first: int
    frozen: tuple[str, ...]
    tuned: tuple[str, ...]
    added: tuple[str, ...]
    frozen_parameters: int
    tuned_parameters: int
    added_parameters: int
    moving: bool

    def to_dict(self) -> dict[str, Any]:
        """The plan for a JSON file."""
        return asdict(self)


def first_tuned(network: Network, tuned: str | int) -> int:
    """The first tuned block of a plan.

    Parameters
    ----------
    tuned
        "classifier": no block is tuned. "last": the last of the parts that the network's authors name (VGG's block 5,
        ResNet's layer 4, dense block 4, EfficientNet's stage 7) and what follows it. "all": everything. Or the place
        of the first tuned block, from 0.

    Raises
    ------
    ConfigError
        If it is none of these.
    """
    count = len(network.blocks)
    named = dict(zip(TUNED, (count, network.groups[-1], 0), strict=True))
    first = named.get(tuned, -1) if isinstance(tuned, str) else tuned
    if not 0 <= first <= count:
        raise ConfigError(f"tuned is {', '.join(TUNED)} or the place of a block from 0 to {count}, not {tuned!r}")
    return first


def freeze(network: Network, tuned: str | int, *, moving: bool = True) -> Plan:
    """Let only a plan's layers learn.

    Parameters
    ----------
    network
        Changed in place: which parameters need a gradient, and which normalisation layers follow the batches; its
        `train` keeps to that.
    tuned
        As in `first_tuned`. From block 0 on the stem is tuned too; where no block is, what follows the last is not.
    moving
        Whether tuned normalisation layers follow the batches: some thirty films a batch move them at random.

    Raises
    ------
    ConfigError
        If there is no such plan, or layers would be frozen that never learnt anything.
    """
    first = first_tuned(network, tuned)
    if first > 0 and not network.started:
        raise ConfigError(
            f"tuned = {tuned!r} freezes layers of a network without weights, which would stay random: tune all of it, "
            "or set pretrained = true in [network]"
        )
    count = len(network.blocks)
    network.requires_grad_(False)
    learning: list[nn.Module] = [*network.blocks[first:], network.classifier]
    if network.hidden is not None:
        learning.append(network.hidden)
    if first == 0:
        learning.append(network.stem)
    if first < count:
        learning.append(network.head)
    for part in learning:
        part.requires_grad_(True)
    network.moving = moving
    network.train(network.training)
    return _plan(network, first, moving)


def _plan(network: Network, first: int, moving: bool) -> Plan:
    names: dict[str, list[str]] = {"frozen": [], "tuned": [], "added": []}
    counts = dict.fromkeys(names, 0)
    for name, module in _layers(network):
        own = list(module.parameters(recurse=False))
        if not own[0].requires_grad:
            kind = "frozen"
        elif network.started and not f"{name}.".startswith(ADDED):
            kind = "tuned"
        else:
            kind = "added"
        names[kind].append(name)
        counts[kind] += sum(parameter.numel() for parameter in own)
    return Plan(
        first=first,
        frozen=tuple(names["frozen"]),
        tuned=tuple(names["tuned"]),
        added=tuple(names["added"]),
        frozen_parameters=counts["frozen"],
        tuned_parameters=counts["tuned"],
        added_parameters=counts["added"],
        moving=moving,
    )


def _layers(network: Network) -> Iterator[tuple[str, nn.Module]]:
    """The modules that hold parameters themselves, in the order in which a film passes them."""
    found = [(name, module) for name, module in network.named_modules() if list(module.parameters(recurse=False))]
    order = {"stem": 0, "blocks": 1, "head": 2, "hidden": 3, "classifier": 4}
    return iter(sorted(found, key=lambda layer: order[layer[0].partition(".")[0]]))
