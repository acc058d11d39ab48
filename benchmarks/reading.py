"""How long one reading takes, film in memory to reading, warm, beside two chains that people build today.

    make bench        (or: python benchmarks/reading.py [--rounds 15] [--out benchmarks/reading.json])

Needs the extras `workshop` and `bench` (PyTorch, ONNX Runtime, scikit-image). Films are phantoms with noise, so that
codecs gain about what they gain on real films. The contenders take turns, so that what else the machine does hits all
alike:

ours    `Crew.read_one` (the worker behind `read_many`, with its limits) and `Reader.read` with the released adult
        bundle, and the released gate before it (the constancy reading of a phantom leaves it out, so it is asked
        beside): hash, header, eligibility, picture, gate, network, calibration, outlines.
direct  the same without the guard: `read` in this process.
usual   pydicom `pixel_array`, `apply_modality_lut`, `apply_voi_lut`, MONOCHROME1, scikit-image's antialiased `resize`,
        the same network in PyTorch eager.
plain   pydicom `pixel_array`, the window in NumPy as float32, Pillow's `resize`, ONNX Runtime on the same file.

`usual` and `plain` give a probability and nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless, RLELossless

from wetread.bundle import Bundle, find, load
from wetread.bundle.gate import load_gate
from wetread.calibration import sigmoid
from wetread.inference import Reader
from wetread.inference.gate import Gate
from wetread.phantom import Encoding, film
from wetread.preprocess import InputSpec
from wetread.radiograph import Radiograph, read
from wetread.radiograph.many import Ask, Crew

Float = NDArray[np.float32]
Contender = Callable[[bytes], float]
CONTENDERS = ("ours", "direct", "usual", "plain")
NOISE = 0.0025  # of white, as a standard deviation: codecs then gain about as much as on real films

FILMS = {
    "1024 x 1024, 8 bits, uncompressed": ((1024, 1024), 8, ExplicitVRLittleEndian),
    "3000 x 2500, 12 bits, uncompressed": ((3000, 2500), 12, ExplicitVRLittleEndian),
    "3000 x 2500, 12 bits, RLE": ((3000, 2500), 12, RLELossless),
    "3000 x 2500, 12 bits, JPEG-LS": ((3000, 2500), 12, JPEGLSLossless),
    "3000 x 2500, 12 bits, JPEG 2000": ((3000, 2500), 12, JPEG2000Lossless),
}


def made(size: tuple[int, int], bits: int, syntax: str) -> bytes:
    """A phantom with noise as a DICOM file's bytes."""
    ds = film(1, size=size, encoding=Encoding(bits_stored=bits))
    white = (1 << bits) - 1
    values = ds.pixel_array + np.random.default_rng(1).normal(0, NOISE * white, size)
    ds.PixelData = np.clip(np.rint(values), 0, white).astype("<u2" if bits > 8 else np.uint8).tobytes()
    if syntax != ExplicitVRLittleEndian:
        ds.compress(syntax)
    buffer = BytesIO()
    ds.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def framed(picture: Float, spec: InputSpec, resize: Callable[[Float, tuple[int, int]], Float]) -> Float:
    """What the card asks for: fitted into the frame, stretched between the film's own percentiles."""
    rows, columns = picture.shape
    scale = min(spec.height / rows, spec.width / columns)
    height, width = round(rows * scale), round(columns * scale)
    content = resize(picture, (height, width))
    low, high = np.percentile(content, spec.percentiles)
    frame = np.zeros((1, 1, spec.height, spec.width), np.float32)
    top, left = (spec.height - height) // 2, (spec.width - width) // 2
    frame[0, 0, top : top + height, left : left + width] = np.clip((content - low) / (high - low), 0, 1)
    return frame


def usual(bundle: Bundle) -> Contender:
    """The chain of the tutorials."""
    import torch
    from skimage.transform import resize

    network = eager(bundle)

    def answer(content: bytes) -> float:
        ds = dcmread(BytesIO(content))
        values = apply_voi_lut(apply_modality_lut(ds.pixel_array, ds), ds)
        picture = (values - values.min()) / (values.max() - values.min())
        if ds.PhotometricInterpretation == "MONOCHROME1":
            picture = 1 - picture
        frame = framed(picture, bundle.card.input, lambda found, size: resize(found, size, anti_aliasing=True))
        with torch.inference_mode():
            logits, _ = network(torch.from_numpy(frame))
        return probability(bundle, float(logits[0, 0]))

    return answer


def eager(bundle: Bundle) -> Any:
    """The released network as the PyTorch module that it was exported from, with its weights taken from the ONNX file.

    The export folded each normalisation into its convolution: here it stands again, as one that changes nothing but the
    bias, so that the module does what it did when it was trained.
    """
    import onnx
    import torch
    from onnx.numpy_helper import to_array

    from wetread.network import NetworkSpec, build_probe

    graph = onnx.load_model_from_string(bundle.network).graph
    tensors = {tensor.name: torch.from_numpy(to_array(tensor).copy()) for tensor in graph.initializer}
    layers = [[tensors[name] for name in node.input[1:]] for node in graph.node if node.op_type == "Conv"]
    grid = tensors["weight"].shape[-1]
    network = build_probe(NetworkSpec(name="efficientnet_lite0", pretrained=False, grid=grid)).eval()
    modules = list(network.trunk.modules())
    convolutions = [module for module in modules if isinstance(module, torch.nn.Conv2d)]
    norms = [module for module in modules if isinstance(module, torch.nn.BatchNorm2d)]
    convolutions.remove(network.trunk.classifier)
    with torch.no_grad():
        for convolution, norm, (weight, bias) in zip(convolutions, norms, layers, strict=True):
            convolution.weight.copy_(weight)
            norm.bias.copy_(bias)
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
        network.weight.copy_(tensors["weight"])
        network.bias.copy_(tensors["bias"])
    batch = np.random.default_rng(0).random((1, 1, bundle.card.input.height, bundle.card.input.width), np.float32)
    with torch.inference_mode():
        theirs = network(torch.from_numpy(batch))[0].numpy()
    if not np.allclose(theirs, bundle.engine.run(batch)[0], atol=1e-3):
        raise SystemExit("the PyTorch module is not the released network: the comparison would mean nothing")
    return network


def plain(bundle: Bundle) -> Contender:
    """A good plain chain."""
    import onnxruntime

    session = onnxruntime.InferenceSession(bundle.network, providers=["CPUExecutionProvider"])

    def resize(picture: Float, size: tuple[int, int]) -> Float:
        return np.asarray(Image.fromarray(picture).resize(size[::-1], Image.Resampling.BILINEAR))

    def answer(content: bytes) -> float:
        ds = dcmread(BytesIO(content))
        center, width = float(ds.WindowCenter), float(ds.WindowWidth)
        slope, intercept = float(ds.get("RescaleSlope", 1)), float(ds.get("RescaleIntercept", 0))
        gain = slope / (width - 1)
        picture = ds.pixel_array.astype(np.float32)
        picture *= np.float32(gain)
        picture += np.float32((intercept - center + 0.5) / (width - 1) + 0.5)
        np.clip(picture, 0, 1, out=picture)
        if ds.PhotometricInterpretation == "MONOCHROME1":
            np.subtract(1, picture, out=picture)
        logits, _ = session.run(["logit", "map"], {"film": framed(picture, bundle.card.input, resize)})
        return probability(bundle, float(logits[0, 0]))

    return answer


def probability(bundle: Bundle, logit: float) -> float:
    """As the card calibrates it."""
    return bundle.card.calibration.probability(sigmoid(logit))


def measure(contenders: dict[str, Contender], content: bytes, rounds: int) -> dict[str, Any]:
    """Seconds of every contender over the rounds, the order turned by one each round; after two rounds unmeasured."""
    names, spent, answers = list(contenders), {name: [] for name in contenders}, {}
    for turn in range(-2, rounds):
        place = turn % len(names)
        for name in names[place:] + names[:place]:
            begun = time.perf_counter()
            answers[name] = contenders[name](content)
            if turn >= 0:
                spent[name].append(time.perf_counter() - begun)
    told: dict[str, Any] = {}
    for name, seconds in spent.items():
        low, middle, high = np.percentile(seconds, (25, 50, 75)) * 1000
        told[name] = {"median_ms": round(middle, 1), "quartiles_ms": [round(low, 1), round(high, 1)],
                      "least_ms": round(min(seconds) * 1000, 1)}  # fmt: skip
    ratios = {
        f"{name} over ours": round(float(np.median(np.array(spent[name]) / np.array(spent["ours"]))), 2)
        for name in ("usual", "plain", "direct")
    }
    differ = max(answers.values()) - min(answers.values())
    return {"bytes": len(content), "times": told, "ratios": ratios, "probabilities_within": round(differ, 4)}


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("reading.json"))
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    bundle = load(find("adult"))
    reader = Reader(bundle, None)
    gate = Gate(load_gate())
    frame = (bundle.card.input.height, bundle.card.input.width)
    ask = Ask(enough=frame, uses=(bundle.card.intended_use,), constancy=True)
    before = os.getloadavg()[0]
    rows = {}
    with Crew(1) as crew:

        def reading(picture: Radiograph) -> float:
            gate.judge(picture)
            return reader.read(picture, constancy=True).probability or 0.0

        def ours(content: bytes) -> float:
            outcome = crew.read_one(content, ask)
            if outcome.film is None:
                raise SystemExit(f"not read: {outcome.error}")
            return reading(outcome.film)

        def direct(content: bytes) -> float:
            return reading(read(content, enough=frame))

        contenders = {"ours": ours, "direct": direct, "usual": usual(bundle), "plain": plain(bundle)}
        for name, (size, bits, syntax) in FILMS.items():
            rows[name] = measure(contenders, made(size, bits, syntax), options.rounds)
            print(name, json.dumps(rows[name]["times"]), json.dumps(rows[name]["ratios"]), flush=True)
    packages = ("numpy", "pydicom", "pillow", "openvino", "onnxruntime", "torch", "scikit-image")
    result = {
        "date": time.strftime("%Y-%m-%d"), "rounds": options.rounds, "cores": len(os.sched_getaffinity(0)),
        "load_before_and_after": [round(before, 2), round(os.getloadavg()[0], 2)],
        "bundle": f"{bundle.card.name} {bundle.card.version}",
        "gate": f"{gate.bundle.card.name} {gate.bundle.card.version}", "python": platform.python_version(),
        "packages": {name: version(name) for name in packages}, "films": rows,
    }  # fmt: skip
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
