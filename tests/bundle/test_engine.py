"""The seam: two engines, one answer, float32, and nothing said to anybody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import toy
from wetread.bundle import Bundle, find, load, verify
from wetread.bundle.engine import ENGINES, EngineName, OpenVinoEngine, start
from wetread.errors import AlteredError, ConfigError

ROOT = Path(__file__).resolve().parents[2]
RELEASED = sorted(
    manifest.parent.name
    for manifest in (ROOT / "src/wetread/models").glob("*/manifest.json")
    if manifest.parent.name != "gate"
)


def noise(films: int, height: int, width: int) -> NDArray[np.float32]:
    return np.random.default_rng(5).random((films, 1, height, width), np.float32)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("films", [1, 3])
def test_the_answers_are_those_known_by_hand(name: EngineName, films: int) -> None:
    batch = noise(films, 96, 96)
    logits, maps = start(toy.network(), name).run(batch)
    cells = batch.reshape(films, 1, 3, 32, 3, 32).mean(axis=(3, 5))
    assert (logits.dtype, maps.dtype) == (np.float32, np.float32)
    assert maps == pytest.approx(toy.GAIN * (cells - toy.MIDDLE), abs=1e-4)
    assert logits == pytest.approx(maps.mean(axis=(2, 3)), abs=1e-5)


@pytest.mark.requirement("REQ-ENGINES")
@pytest.mark.parametrize("bundle", ["toy", *RELEASED])
def test_the_engines_agree(bundle: str, toy_bundle: Bundle) -> None:
    opened = toy_bundle if bundle == "toy" else load(find(bundle))
    spec = opened.card.input
    one, other = (start(opened.network, name).run(noise(2, spec.height, spec.width)) for name in ENGINES)
    for answer, again in zip(one, other, strict=True):
        assert np.abs(answer - again).max() <= opened.card.selftest_tolerance


@pytest.mark.requirement("REQ-ENGINES")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("bundle", ["toy", *RELEASED])
def test_every_bundle_repeats_its_self_test_on_every_engine(
    bundle: str, engine: EngineName, toy_bundle: Bundle
) -> None:
    opened = toy_bundle if bundle == "toy" else load(find(bundle))
    assert verify(opened.folder, engine=engine) <= opened.card.selftest_tolerance


@pytest.mark.requirement("REQ-ENGINES")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("bundle", ["toy", *RELEASED])
def test_the_number_of_threads_changes_no_bit(bundle: str, engine: EngineName, toy_bundle: Bundle) -> None:
    folder = toy_bundle.folder if bundle == "toy" else find(bundle)
    opened = [load(folder, engine=engine, threads=threads) for threads in (None, 1, 2)]
    batch = noise(3, opened[0].card.input.height, opened[0].card.input.width)
    first, *others = (one.engine.run(batch) for one in opened)
    for other in others:
        for answer, again in zip(first, other, strict=True):
            np.testing.assert_array_equal(answer, again)


def test_the_number_of_threads_is_heeded() -> None:
    engine = start(toy.network(), "openvino", threads=1)
    assert isinstance(engine, OpenVinoEngine)
    assert engine.compiled.get_property("INFERENCE_NUM_THREADS") == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_network_needs_a_thread(engine: EngineName) -> None:
    with pytest.raises(ConfigError, match="at least one thread"):
        start(toy.network(), engine, threads=0)


@pytest.mark.requirement("REQ-ENGINES")
def test_float32_is_pinned() -> None:
    """Asked of the compiled network itself: on processors with bf16 the default is another one."""
    engine = start(toy.network(), "openvino")
    assert isinstance(engine, OpenVinoEngine)
    assert engine.compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name() == "f32"


@pytest.mark.requirement("REQ-DETERMINISM")
def test_the_same_film_gives_the_same_answer() -> None:
    engine, film = start(toy.network()), noise(1, 96, 96)
    first, again = engine.run(film), engine.run(film)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def renamed(what: str) -> bytes:
    """The toy's network with its input, or its map, under another name."""
    import onnx

    model = onnx.load_from_string(toy.network())
    if what == "input":
        model.graph.input[0].name = model.graph.node[0].input[0] = "picture"
    else:
        model.graph.output[1].name = "pooled"
        model.graph.output[1].type.tensor_type.shape.ClearField("dim")
    return bytes(model.SerializeToString())


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("network", [b"", b"no network", toy.network()[:150], renamed("input"), renamed("map")])
def test_what_is_no_network_of_ours_is_refused(name: EngineName, network: bytes) -> None:
    with pytest.raises(AlteredError, match="no network"):
        start(network, name)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ConfigError, match="tensorflow"):
        start(toy.network(), "tensorflow")  # type: ignore[arg-type]


def test_a_missing_engine_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ConfigError, match=r"pip install 'wetread\[onnxruntime\]'"):
        start(toy.network(), "onnxruntime")


LOAD = """
import json, sys
from pathlib import Path
import numpy
from wetread.bundle import load
bundle = load(Path(sys.argv[1]))
bundle.engine.run(numpy.zeros((1, 1, 96, 96), numpy.float32))
print(json.dumps([name for name, module in sys.modules.items() if module and "ovc" in name or "telemetry" in name]))
"""


@pytest.mark.requirement("REQ-NO-TRAFFIC")
def test_nothing_is_reported_and_nothing_left_in_the_home(toy_bundle: Bundle, tmp_path: Path) -> None:
    """Outside of CI, where OpenVINO's own reports keep silent anyway."""
    home = tmp_path / "home"
    home.mkdir()
    told = ("CI", "TF_BUILD", "JENKINS_URL")
    environment = {key: value for key, value in os.environ.items() if key not in told}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(toy_bundle.folder)],
        env=environment | {"HOME": str(home), "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == []
    assert list(home.rglob("*")) == []
