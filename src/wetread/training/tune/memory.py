"""How much memory a step takes, before one is taken: a process that runs out of it is killed without a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from wetread.errors import ConfigError
from wetread.network.base import Network

__all__ = ["available", "film_bytes", "fixed_bytes", "largest_batch", "room_for_batch"]

_TRIED = 2  # films: a single one is refused by normalisation layers over one cell
_SPARE = 1.25  # what a step holds beside what can be counted: workspaces, the batch on its way, fragments


def film_bytes(network: Network, height: int, width: int) -> int:
    """Bytes that each film of a batch adds to a step: what is kept for the way back, counted on two films."""
    seen: dict[int, int] = {}
    parameters = {parameter.data_ptr() for parameter in network.parameters()}

    def count(tensor: Tensor) -> Tensor:
        if tensor.data_ptr() not in parameters:
            seen[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    device = next(network.parameters()).device
    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor), torch.random.fork_rng():
        logits, _ = network(torch.zeros(_TRIED, 1, height, width, device=device))
        logits.sum()
    frame = height * width * 4
    # The largest layer's output and its gradient live beside what is kept.
    return sum(seen.values()) // _TRIED + max(seen.values(), default=0) // _TRIED + 4 * frame


def fixed_bytes(network: Network) -> int:
    """Bytes of weights, their gradients, the optimiser's two moments, the best and the averaged copy."""
    whole: int = sum(value.numel() * value.element_size() for value in network.state_dict().values())
    learnt = sum(value.numel() * value.element_size() for value in network.parameters() if value.requires_grad)
    return int(whole + 6 * learnt)


def available(device: torch.device) -> int | None:
    """Bytes that can still be taken: of the accelerator, or of this machine within its group's limit; None if unknown."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    found = [value for value in (_machine(), _group()) if value is not None]
    return min(found, default=None)


def _machine() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _group() -> int | None:
    """What a control group (version 2) leaves of its limit; pages that only mirror files count as free."""
    folder = Path("/sys/fs/cgroup")
    try:
        limit = (folder / "memory.max").read_text("ascii").strip()
        used = int((folder / "memory.current").read_text("ascii"))
        stat = dict(line.split() for line in (folder / "memory.stat").read_text("ascii").splitlines())
    except (OSError, ValueError):
        return None
    return None if limit == "max" else int(limit) - used + int(stat.get("file", 0))


def largest_batch(network: Network, height: int, width: int, room: int) -> int:
    """The largest batch whose step fits into so many bytes; 0 if not even one film does."""
    return max(0, int((room / _SPARE - fixed_bytes(network)) // film_bytes(network, height, width)))


def room_for_batch(
    network: Network, batch: int, height: int, width: int, *, device: torch.device,
    asked: Callable[[torch.device], int | None] = available,
) -> int:  # fmt: skip
    """Bytes that a step takes, about.

    Raises
    ------
    ConfigError
        If so much is not there; saying which batch would fit.
    """
    needed = int(_SPARE * (fixed_bytes(network) + batch * film_bytes(network, height, width)))
    room = asked(device)
    if room is not None and needed > room:
        fits = largest_batch(network, height, width, room)
        advice = f"at most {fits} films fit" if fits else "not even one film fits: choose a smaller network or frame"
        raise ConfigError(
            f"batch = {batch} in [fit] needs about {needed / 1e9:,.1f} GB a step and {room / 1e9:,.1f} GB are free: "
            f"{advice}"
        )
    return needed
