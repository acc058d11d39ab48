"""The gate's card and folder."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wetread.bundle.engine import ENGINES, EngineName
from wetread.bundle.gate import GateCard, is_gate, load_gate, verify_gate
from wetread.bundle.released import GATE, RELEASED, find
from wetread.errors import AlteredError, ConfigError, SelfTestError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find(GATE), tmp_path / "gate"))


@pytest.mark.requirement("REQ-SELF-TEST")
def test_the_released_gate_proves_itself() -> None:
    bundle = load_gate()
    assert verify_gate() <= bundle.card.selftest_tolerance
    assert len(bundle.network) < 5.5e6
    assert bundle.card.kinds[0] == "frontal"


@pytest.mark.parametrize("engine", ENGINES)
def test_it_answers_nearly_alike_on_every_engine_and_number_of_threads(engine: EngineName) -> None:
    assert verify_gate(engine=engine) <= 1e-3
    batch = np.random.default_rng(5).random((2, 1, 160, 160), dtype=np.float32)
    one, two = (load_gate(engine=engine, threads=threads).engine.run(batch) for threads in (1, 2))
    for answer, again in zip(one, two, strict=True):
        np.testing.assert_allclose(answer, again, atol=1e-4)


def test_a_card_comes_back_as_it_was() -> None:
    card = load_gate().card
    assert GateCard.from_json(json.loads(json.dumps(card.to_json()))) == card


@pytest.mark.requirement("REQ-ALTERED")
@pytest.mark.parametrize("name", ["card.json", "model.onnx", "selftest.npz"])
def test_a_changed_file_is_found(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(bytes(content))
    with pytest.raises(AlteredError, match=name.replace(".", r"\.")):
        load_gate(copy)


@pytest.mark.requirement("REQ-SELF-TEST")
def test_another_answer_is_found(copy: Path) -> None:
    with np.load(copy / "selftest.npz") as kept:
        films, logits, maps = kept["films"], kept["logits"] + 0.01, kept["maps"]
    np.savez_compressed(copy / "selftest.npz", films=films, logits=logits, maps=maps)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["sha256"]["selftest.npz"] = hashlib.sha256((copy / "selftest.npz").read_bytes()).hexdigest()
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(SelfTestError, match="differently"):
        verify_gate(copy)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"kinds": ("frontal",)},
        {"kinds": ("frontal", "frontal")},
        {"bounds": (1.0,)},
        {"distance_bound": float("nan")},
        {"named": 0.0},
        {"selftest_tolerance": 0.0},
    ],
)
def test_a_card_that_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        replace(load_gate().card, **changes)


@pytest.mark.parametrize("plain", [None, [], {"schema": "wetread.card/1"}, {"schema": "wetread.gate-card/1"}])
def test_a_card_of_another_kind_is_told(plain: Any) -> None:
    with pytest.raises(AlteredError, match="gate"):
        GateCard.from_json(plain)


def test_a_gate_is_told_from_a_reader(tmp_path: Path) -> None:
    assert is_gate(find(GATE))
    assert not any(is_gate(find(name)) for name in RELEASED)
    assert not is_gate(tmp_path)
