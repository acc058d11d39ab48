"""One small seam for running a network: OpenVINO on CPUs, ONNX Runtime as the other engine.

Both are pinned to float32. OpenVINO's own default on processors with bf16 moves logits by 0.01 and more, which would be
another model than the one that was measured.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from wetread.errors import AlteredError, ConfigError

__all__ = ["ENGINES", "Engine", "EngineName", "OnnxRuntimeEngine", "OpenVinoEngine", "start"]

Float = NDArray[np.float32]
EngineName = Literal["openvino", "onnxruntime"]
ENGINES: tuple[EngineName, ...] = ("openvino", "onnxruntime")


class Engine(Protocol):
    """Runs one network."""

    def run(self, batch: Float) -> tuple[Float, Float]:
        """Logits (n, outputs) and maps (n, outputs, cells down, cells across) of a float32 batch (n, 1, height, width)."""
        ...


class OpenVinoEngine:
    """OpenVINO on the CPU, float32."""

    def __init__(self, model: Path) -> None:
        # OpenVINO's converter writes an identifier into the user's home and reports its use over the network when it is
        # imported; it is optional, and nothing here converts (docs/decisions/0004).
        sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]  # None is how an import is barred
        import openvino

        core = openvino.Core()
        try:
            self._model = core.compile_model(
                str(model), "CPU", {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
            )
        except RuntimeError as error:
            raise AlteredError(
                f"{model.name} is not a network that OpenVINO can run: {str(error).splitlines()[0]}"
            ) from error

    def run(self, batch: Float) -> tuple[Float, Float]:
        """As `Engine.run`."""
        logits, maps = self._model(batch).values()
        return np.asarray(logits), np.asarray(maps)


class OnnxRuntimeEngine:
    """ONNX Runtime, float32."""

    def __init__(self, model: Path) -> None:
        try:
            import onnxruntime
        except ModuleNotFoundError as error:
            raise ConfigError(
                "ONNX Runtime is not installed: pip install 'wetread[onnxruntime]', or use the engine openvino"
            ) from error
        try:
            self._session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own exceptions share no public base
            raise AlteredError(
                f"{model.name} is not a network that ONNX Runtime can run: {str(error).splitlines()[0]}"
            ) from error

    def run(self, batch: Float) -> tuple[Float, Float]:
        """As `Engine.run`."""
        logits, maps = self._session.run(None, {"film": batch})
        return np.asarray(logits), np.asarray(maps)


def start(model: Path, name: EngineName = "openvino") -> Engine:
    """Start an engine on a network's ONNX file.

    Raises
    ------
    ConfigError
        For an unknown engine, or one that is not installed.
    AlteredError
        If the file is no network.
    """
    if name == "openvino":
        return OpenVinoEngine(model)
    if name == "onnxruntime":
        return OnnxRuntimeEngine(model)
    raise ConfigError(f"no engine {name!r}: choose openvino or onnxruntime")
