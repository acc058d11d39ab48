"""A PyTorch module becomes an ONNX file with the names of the engine's seam."""

from __future__ import annotations

import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

__all__ = ["to_onnx"]


def to_onnx(module: nn.Module, example: Tensor, path: Path) -> None:
    """Write a module that maps `film` (n, 1, height, width) to `logit` and `map`; n stays free, the size is the example's.

    Constants are folded and normalisation is merged into the convolutions once, here, because an engine would do it at
    every start.
    """
    raw = path.with_suffix(".raw.onnx")
    with warnings.catch_warnings():
        # The exporter tells that sizes become constants, and which constants it does not fold: both are meant.
        warnings.filterwarnings("ignore", "Converting a tensor to a Python")
        warnings.filterwarnings("ignore", "Constant folding")
        torch.onnx.export(
            module,
            (example,),
            raw,
            input_names=["film"],
            output_names=["logit", "map"],
            dynamic_axes={name: {0: "n"} for name in ("film", "logit", "map")},
            dynamo=False,
        )
    _fold(raw, path)
    raw.unlink()


def _fold(raw: Path, path: Path) -> None:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(path)
    onnxruntime.InferenceSession(str(raw), options, providers=["CPUExecutionProvider"])
    folded = onnx.load(path)
    # The optimiser declares its own operator sets and uses none of them: another engine would stumble over the names.
    kept = [entry for entry in folded.opset_import if entry.domain == ""]
    del folded.opset_import[:]
    folded.opset_import.extend(kept)
    onnx.checker.check_model(folded, full_check=True)
    onnx.save(folded, path)
