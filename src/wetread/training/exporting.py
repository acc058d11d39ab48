"""A PyTorch module becomes an ONNX file with the names of the engine's seam."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

__all__ = ["to_onnx"]


def to_onnx(module: nn.Module, example: Tensor, path: Path) -> None:
    """Write a module that maps `film` (n, 1, height, width) to `logit` and `map`; n stays free, the size is the example's."""
    with warnings.catch_warnings():
        # The exporter tells that sizes become constants, and which constants it does not fold: both are meant.
        warnings.filterwarnings("ignore", "Converting a tensor to a Python")
        warnings.filterwarnings("ignore", "Constant folding")
        torch.onnx.export(
            module,
            (example,),
            path,
            input_names=["film"],
            output_names=["logit", "map"],
            dynamic_axes={name: {0: "n"} for name in ("film", "logit", "map")},
            dynamo=False,
        )
