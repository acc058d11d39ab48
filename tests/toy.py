"""A bundle small enough to be made anew for every run of the tests: no training, no PyTorch, its answers known by hand.

Its network pools the film over cells of 32 pixels, and its evidence is `GAIN * (brightness - MIDDLE)` in each cell, so
that a bright film is "present", a dark one "absent", and the brightest cell is where the attention must lie.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread.bundle import Bundle, CardThreshold, Metric, ModelCard, save
from wetread.bundle.gate import GateBundle, GateCard, save_gate
from wetread.calibration import Calibration
from wetread.inference.gate import KINDS
from wetread.preprocess import InputSpec
from wetread.radiograph import Facts, IntendedUse, Radiograph

CELL, GAIN, MIDDLE = 32, 8.0, 0.5
SPEC = InputSpec(height=96, width=96)


def network(spec: InputSpec = SPEC, *, gain: float = GAIN) -> bytes:
    """An ONNX file: input `film` (n, 1, height, width), outputs `logit` (n, 1) and `map`, whose mean is the logit."""
    from onnx import TensorProto, helper, numpy_helper

    weight = numpy_helper.from_array(np.full((1, 1, 1, 1), gain, np.float32), "weight")
    bias = numpy_helper.from_array(np.array([-gain * MIDDLE], np.float32), "bias")
    nodes = [
        helper.make_node("AveragePool", ["film"], ["cells"], kernel_shape=[CELL, CELL], strides=[CELL, CELL]),
        helper.make_node("Conv", ["cells", "weight", "bias"], ["map"], kernel_shape=[1, 1]),
        helper.make_node("GlobalAveragePool", ["map"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["logit"]),
    ]
    cells = [spec.height // CELL, spec.width // CELL]
    graph = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info("film", TensorProto.FLOAT, ["n", 1, spec.height, spec.width])],
        [
            helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["n", 1]),
            helper.make_tensor_value_info("map", TensorProto.FLOAT, ["n", 1, *cells]),
        ],
        [weight, bias],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


def card(**changes: Any) -> ModelCard:
    """The toy's card: an adult reader, `changes` made."""
    plain = ModelCard(
        name="toy",
        version="0.0.1",
        population="adults of paper",
        outputs=("pneumonia",),
        clinical=True,
        input=SPEC,
        intended_use=IntendedUse(age_years=(18, 120)),
        calibration=Calibration(slope=0.8, intercept=-0.3, prevalence=0.3),
        threshold=CardThreshold(0.5, "chosen by hand", (0.45, 0.55)),
        training={"collection": "none", "films": 0},
        metrics=(Metric("AUROC", "no films", 0.5, 0.4, 0.6, 10, 5, "0" * 64),),
        evidence="Measured on nothing: a toy.",
        weak_evidence=False,
        attention_worth="Nothing was measured of these maps.",
        not_for=("patients",),
        licence="Apache-2.0",
        attribution="drawn",
        selftest_tolerance=1e-3,
    )
    return replace(plain, **changes)


def selftest_films(spec: InputSpec = SPEC) -> NDArray[np.uint8]:
    """Two films of seeded noise, uint8 (2, height, width)."""
    return np.random.default_rng(3).integers(0, 256, (2, spec.height, spec.width), dtype=np.uint8)


def bundle(folder: Path, **changes: Any) -> Bundle:
    """Write a toy bundle into `folder` and open it; `changes` are made to its card."""
    made = card(**changes)
    return save(folder, made, network(made.input), selftest_films(made.input))


def open_gate(folder: Path) -> GateBundle:
    """Write a gate that lets every picture pass."""
    from onnx import TensorProto, helper, numpy_helper

    told = np.full((1, len(KINDS) + 1), -9.0, np.float32)
    told[0, 0] = 9.0
    nodes = [
        helper.make_node("GlobalAveragePool", ["film"], ["map"]),
        helper.make_node("Flatten", ["map"], ["mean"]),
        helper.make_node("Mul", ["mean", "none"], ["nothing"]),
        helper.make_node("Add", ["nothing", "told"], ["logit"]),
    ]
    graph = helper.make_graph(
        nodes,
        "open gate",
        [helper.make_tensor_value_info("film", TensorProto.FLOAT, ["n", 1, 160, 160])],
        [
            helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["n", told.shape[1]]),
            helper.make_tensor_value_info("map", TensorProto.FLOAT, ["n", 1, 1, 1]),
        ],
        [numpy_helper.from_array(np.zeros(1, np.float32), "none"), numpy_helper.from_array(told, "told")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    made = GateCard(
        name="open gate",
        version="0.0.1",
        kinds=KINDS,
        bounds=(0.0,) * (len(KINDS) - 1),
        named=0.7,
        distance_bound=2.0,
        mirrored_bound=1.0,
        fitted_on={},
        evidence="lets everything pass",
        licence="Apache-2.0",
        attribution="drawn",
    )
    films = np.random.default_rng(3).integers(0, 256, (1, 160, 160), dtype=np.uint8)
    return save_gate(folder, made, bytes(model.SerializeToString()), films)


def radiograph(pixels: NDArray[np.floating], **facts: Any) -> Radiograph:
    """A film of an adult's chest, PA, with these pixels and a picture that is surely the right way round."""
    rows, columns = pixels.shape
    known: dict[str, Any] = {
        "modality": "DX",
        "sop_class_uid": "1.2.840.10008.5.1.4.1.1.1.1",
        "body_part": "CHEST",
        "view": "PA",
        "view_tag": "ViewPosition",
        "age_years": 50.0,
        "age_tag": "PatientAge",
        "rows": rows,
        "columns": columns,
        "photometric": "MONOCHROME2",
    }
    return Radiograph(np.array(pixels, np.float32), Facts(**(known | facts)), polarity=5.0)


def split_film(rows: int, columns: int, bright: float) -> NDArray[np.float32]:
    """A film whose upper share `bright` is 1 and whose rest is 0: that share decides the toy's score."""
    pixels = np.zeros((rows, columns), np.float32)
    pixels[: round(rows * bright)] = 1
    return pixels
