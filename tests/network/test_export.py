"""Every network leaves PyTorch: in both engines its file says what the module said, logits and maps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import openvino
import pytest
import torch
from torch import nn

from wetread.network import NetworkSpec, build
from wetread.network.spec import LITE_NAMES, NAMES
from wetread.training.exporting import to_onnx

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's exporter, of its successor

SPECS = [
    # Lite1 and Lite2 are Lite0 with other multipliers.
    *(NetworkSpec(name, outputs=2, pretrained=False) for name in NAMES if name not in LITE_NAMES[1:]),
    NetworkSpec("efficientnet_lite0", outputs=2, pretrained=False, hidden=8),
    NetworkSpec("cnn28", outputs=2, pretrained=False, hidden=8),
]


@pytest.mark.requirement("REQ-ENGINES")
@torch.no_grad()
@pytest.mark.parametrize("spec", SPECS, ids=[f"{spec.name}-{spec.hidden}" for spec in SPECS])
def test_engines_agree_with_the_module(spec: NetworkSpec, tmp_path: Path) -> None:
    torch.manual_seed(7)
    network = build(spec).eval()
    side = 28 if spec.name == "cnn28" else 64
    films = torch.rand(3, 1, side, side)
    # As large as logits are: random weights make some features of a thousand.
    spread = network.features(films).mean(dim=(2, 3)).norm(dim=1).max()
    nn.init.normal_(network.classifier.weight, std=float(2 / spread))
    nn.init.normal_(network.classifier.bias)
    path = tmp_path / "network.onnx"
    to_onnx(network, films[:2], path)
    wanted = [tensor.numpy() for tensor in network(films)]
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    compiled = openvino.Core().compile_model(str(path), "CPU", settings)
    for found in (session.run(["logit", "map"], {"film": films.numpy()}), list(compiled(films.numpy()).values())):
        for ours, theirs in zip(wanted, found, strict=True):
            assert ours.shape == theirs.shape
            assert float(np.abs(ours - theirs).max()) < 2e-4 * max(1.0, float(np.abs(ours).max()))
    assert float(np.abs(wanted[0][0] - wanted[0][1]).max()) > 1e-4
