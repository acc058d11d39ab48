"""One small seam for running a network: OpenVINO on CPUs, ONNX Runtime as the other engine.

Both are pinned to float32. OpenVINO's own default on processors with bf16 moves logits by 0.01 and more, which would be
another model than the one that was measured. Both get the network's bytes, so that what was hashed is what runs.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from wetread.errors import AlteredError, ConfigError

__all__ = ["ENGINES", "Engine", "EngineName", "OnnxRuntimeEngine", "OpenVinoEngine", "start"]

Float = NDArray[np.float32]
EngineName = Literal["openvino", "onnxruntime"]
ENGINES: tuple[EngineName, ...] = ("openvino", "onnxruntime")

_OUTPUTS = ("logit", "map")


class Engine(Protocol):
    """Runs one network."""

    def run(self, batch: Float) -> tuple[Float, Float]:
        """Logits (n, outputs) and maps (n, outputs, cells down, cells across) of a float32 batch (n, 1, height, width)."""
        ...


class OpenVinoEngine:
    """OpenVINO on the CPU, float32, one film at a time.

    The network is read and compiled for one film: with a free batch size a part of the work would wait for the first
    film, and changing the shape of a network that was read costs as much again (benchmarks/README.md).

    Parameters
    ----------
    network
        The ONNX file's bytes.
    threads
        How many processors it may use at a time; None leaves it to OpenVINO, which takes all. The answers are the same
        bit for bit.
    """

    def __init__(self, network: bytes, threads: int | None = None) -> None:
        # OpenVINO's converter writes an identifier into the user's home and reports its use over the network when it is
        # imported; it is optional, and nothing here converts (docs/decisions/0004).
        sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]  # None is how an import is barred
        import openvino
        from openvino.frontend import FrontEndManager

        try:
            frontend = FrontEndManager().load_by_framework("onnx")
            graph = frontend.load(BytesIO(network))
            film = graph.get_place_by_tensor_name("film")
            if film is None:
                raise AlteredError(_NO_NETWORK.format("OpenVINO", "it has no tensor named film"))
            shape = graph.get_partial_shape(film)
            shape[0] = 1
            graph.set_partial_shape(film, shape)
            model = frontend.convert(graph)
            for name in _OUTPUTS:
                model.output(name)  # raises where there is none
            options: dict[str, str | int | bool] = {
                "INFERENCE_PRECISION_HINT": "f32",
                "PERFORMANCE_HINT": "LATENCY",
                "ENABLE_CPU_PINNING": False,  # a pinned thread waits for its own processor while another one is free
            }
            if threads is not None:
                options["INFERENCE_NUM_THREADS"] = threads
            self.compiled = openvino.Core().compile_model(model, "CPU", options)
        except RuntimeError as error:
            raise AlteredError(_NO_NETWORK.format("OpenVINO", _told(error))) from error

    def run(self, batch: Float) -> tuple[Float, Float]:
        """As `Engine.run`."""
        answers = [self.compiled(film[None]) for film in batch]
        logits, maps = (np.concatenate([answer[name] for answer in answers]) for name in _OUTPUTS)
        return logits, maps


class OnnxRuntimeEngine:
    """ONNX Runtime, float32; parameters as of `OpenVinoEngine`."""

    def __init__(self, network: bytes, threads: int | None = None) -> None:
        try:
            import onnxruntime
        except ModuleNotFoundError as error:
            raise ConfigError(
                "ONNX Runtime is not installed: pip install 'wetread[onnxruntime]', or use the engine openvino"
            ) from error
        try:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads or 0  # 0 leaves it to ONNX Runtime
            self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own exceptions share no public base
            raise AlteredError(_NO_NETWORK.format("ONNX Runtime", _told(error))) from error
        inputs, outputs = (
            {tensor.name for tensor in tensors} for tensors in (self._session.get_inputs(), self._session.get_outputs())
        )
        if inputs != {"film"} or not outputs >= set(_OUTPUTS):
            found = f"it takes {sorted(inputs)} and gives {sorted(outputs)}"
            raise AlteredError(_NO_NETWORK.format("ONNX Runtime", found))

    def run(self, batch: Float) -> tuple[Float, Float]:
        """As `Engine.run`."""
        logits, maps = self._session.run(list(_OUTPUTS), {"film": batch})
        return np.asarray(logits), np.asarray(maps)


_NO_NETWORK = "the model is no network from `film` to `logit` and `map` that {} can run: {}. Install the bundle again."


def _told(error: Exception) -> str:
    """An engine's own words on one line, without the places in its source that it puts before them."""
    lines = [line.strip().rstrip(".") for line in str(error).splitlines()]
    return "; ".join(line for line in lines if line and not line.startswith("Exception from"))[:300]


def start(model: Path | bytes, name: EngineName = "openvino", *, threads: int | None = None) -> Engine:
    """Start an engine on a network: an ONNX file, or its bytes.

    Parameters
    ----------
    model, name
        What to run, and what runs it.
    threads
        How many processors it may use at a time, at least 1; None takes all. Where films are decoded by several workers
        at the same time, one keeps the two from fighting for the same processors.

    Raises
    ------
    ConfigError
        For an unknown engine, one that is not installed, or less than one thread.
    AlteredError
        If it is no network, or none with input `film` and outputs `logit` and `map`.
    """
    if name not in ENGINES:
        raise ConfigError(f"no engine {name!r}: choose one of {', '.join(ENGINES)}")
    if threads is not None and threads < 1:
        raise ConfigError(f"a network runs on at least one thread, not on {threads}")
    network = model if isinstance(model, bytes) else model.read_bytes()
    return OpenVinoEngine(network, threads) if name == "openvino" else OnnxRuntimeEngine(network, threads)
