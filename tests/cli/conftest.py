"""Toy bundles, films of every kind, and the command as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset

import toy
from wetread import phantom
from wetread.bundle import Bundle, released
from wetread.radiograph import IntendedUse

# The command with other models in the place of the released ones: the phantom does not pass the gate that ships.
LAUNCH = """
import sys
from pathlib import Path
from wetread.bundle import released
released._MODELS = Path(sys.argv.pop(1))
from wetread.cli import main
sys.exit(main())
"""
SOURCE = Path(__file__).resolve().parents[2] / "src"
SIZE = (320, 262)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Toys in the place of the released models: `adult`, `paediatric`, and a gate that lets the phantom pass."""
    folder = tmp_path_factory.mktemp("models")
    toy.bundle(folder / "adult", name="adult")
    toy.bundle(folder / "paediatric", name="paediatric", intended_use=IntendedUse(age_years=(1, 6)))
    toy.open_gate(folder / "gate")
    return folder


@pytest.fixture(scope="session")
def toy_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The toy bundle on disk; tests copy it before they change it."""
    return toy.bundle(tmp_path_factory.mktemp("bundle") / "toy")


@pytest.fixture
def with_toys(models: Path, with_an_open_gate: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the released names mean the toys, for a command that is called in this process."""
    monkeypatch.setattr(released, "_MODELS", models)
    return models


def patient_film(seed: int = 3, **header: object) -> Dataset:
    """A phantom that does not say that it is one: to every gate the film of a patient."""
    dataset = phantom.film(seed, opacity=True, size=SIZE, age_years=50)
    dataset.Manufacturer = "Somebody's X-rays"
    for keyword, value in header.items():
        setattr(dataset, keyword, value)
    return dataset


@dataclass(frozen=True)
class Films:
    """A folder of films, each under the name of what becomes of it."""

    folder: Path

    def __getattr__(self, name: str) -> str:
        return str(self.folder / f"{name}.dcm")


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Films:
    """`read`, `child`, `lateral` (refused), `between` (no reader for the age), `ageless`, `phantom`, `text`, `empty`, `cut`."""
    folder = tmp_path_factory.mktemp("films")
    phantom.write(patient_film(), folder / "read.dcm")
    phantom.write(patient_film(PatientAge="004Y"), folder / "child.dcm")
    phantom.write(patient_film(PatientAge="012Y"), folder / "between.dcm")
    lateral = patient_film(ViewPosition="LL")
    del lateral.ViewCodeSequence
    phantom.write(lateral, folder / "lateral.dcm")
    ageless = patient_film()
    del ageless.PatientAge
    ageless.PatientBirthDate = ""
    phantom.write(ageless, folder / "ageless.dcm")
    phantom.write(phantom.film(3, size=SIZE), folder / "phantom.dcm")
    (folder / "text.dcm").write_text("a letter, no film\n")
    (folder / "empty.dcm").write_bytes(b"")
    content = (folder / "read.dcm").read_bytes()
    (folder / "cut.dcm").write_bytes(content[: len(content) // 2])
    return Films(folder)


@pytest.fixture(scope="session")
def png(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic film as an image file, of a collection's size."""
    from PIL import Image

    path = tmp_path_factory.mktemp("png") / "film.png"
    drawn, _ = phantom.picture(3, size=SIZE)
    Image.fromarray(np.rint(drawn * 255).astype(np.uint8)).save(path)
    return path


@pytest.fixture(scope="session")
def behind_an_open_gate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The released models, with a gate that lets every picture pass."""
    folder = tmp_path_factory.mktemp("open")
    for name in released.RELEASED:
        (folder / name).symlink_to(released.find(name))
    toy.open_gate(folder / "gate")
    return folder


@pytest.fixture(autouse=True)
def with_an_open_gate(behind_an_open_gate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for a command that is called in this process."""
    monkeypatch.setattr(released, "_MODELS", behind_an_open_gate)


@pytest.fixture(scope="session")
def run(behind_an_open_gate: Path) -> Run:
    """Call the command with these arguments, its gate open; standard output and error as text."""

    def call(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", LAUNCH, str(behind_an_open_gate), *map(str, arguments)],
            env=os.environ | {"PYTHONPATH": str(SOURCE)} | environment,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=120,
            check=False,
        )

    return call
