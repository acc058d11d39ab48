"""What a run of method "tail", "pair" or "probe" is about, in the words of `run.json`: every setting, and which layers learn."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from torch import nn

from wetread.network import NetworkSpec, build_probe
from wetread.network.lite import build_lite
from wetread.training.config import TrainConfig
from wetread.training.fit import TAIL_SETTINGS
from wetread.training.pair import built

__all__ = ["resolved"]


def resolved(config: TrainConfig) -> dict[str, Any]:
    """The recipe with the settings that its file leaves to their defaults, and the plan of its layers.

    Returns
    -------
    `recipe`, `recipe_sha256`, `outputs` and `plan`, as a run of method "tune" keeps them: plain values.
    """
    told = asdict(config)
    told.pop("text")
    told.pop("sha256")
    told["fit"] = _fit(config)
    # What only some recipes have is left out of the others.
    told = {name: part for name, part in told.items() if part is not None}
    if not config.data.held_out:
        del told["data"]["held_out"], told["data"]["archive"]
    if config.fit.method == "probe":
        told["augmentation"] = {}  # a probe is fitted on films as they are
    return {
        "recipe": told,
        "recipe_sha256": config.sha256,
        "outputs": ["pneumonia"],
        "plan": _probe_plan(config) if config.fit.method == "probe" else _tail_plan(config),
    }


def _fit(config: TrainConfig) -> dict[str, Any]:
    """The settings that the method looks at, with those of a tail that no recipe changes."""
    fit = asdict(config.fit)
    probe = ("components", "penalty", "steadiness", "depths")
    if config.fit.method == "probe":
        return {name: fit[name] for name in ("method", *probe, "folds", "seed")}
    unused = probe if config.fit.sensitivity else (*probe, "sensitivity")
    return {name: value for name, value in fit.items() if name not in unused} | TAIL_SETTINGS


def _tail_plan(config: TrainConfig) -> dict[str, Any]:
    network = build_lite(_bare(config.network))
    first = config.fit.first_trained

    def kind(name: str) -> str:
        part, _, rest = name.partition(".")
        if part in ("classifier", "hidden"):
            return "added"
        late = part == "head" or (part == "blocks" and int(rest.partition(".")[0]) >= first)
        return "tuned" if late else "frozen"

    layers = [(kind(name), name, module) for name, module in network.named_modules() if _own(module)]
    return _plan(first, [*layers, *_beside(config)])


def _beside(config: TrainConfig) -> list[tuple[str, str, nn.Module]]:
    """The layers of a pair's small networks, all of them new."""
    if config.small is None:
        return []
    small = built(config).get_submodule("small")
    return [("added", f"small.{name}", module) for name, module in small.named_modules() if _own(module)]


def _probe_plan(config: TrainConfig) -> dict[str, Any]:
    probe = build_probe(_bare(config.network))
    trunk = [(name, module) for name, module in probe.trunk.named_modules() if _own(module)]
    layers: list[tuple[str, str, nn.Module]] = [
        ("frozen", name, module) for name, module in trunk if not name.startswith("classifier")
    ]
    return _plan(len(probe.trunk.blocks), [*layers, ("added", "linear map", probe)])


def _bare(spec: NetworkSpec) -> NetworkSpec:
    return replace(spec, pretrained=False, weights="")


def _own(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters(recurse=False))


def _plan(first: int, layers: list[tuple[str, str, nn.Module]]) -> dict[str, Any]:
    kinds = ("frozen", "tuned", "added")
    names = {kind: [name for which, name, _ in layers if which == kind] for kind in kinds}
    counts = {f"{kind}_parameters": sum(_own(module) for which, _, module in layers if which == kind) for kind in kinds}
    return {"first": first, **names, **counts, "moving": False}
