"""One run of small networks on made-up films, for every test that looks at its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from training.small.made import RECIPE, made
from wetread.training.small.recipe import SmallRecipe, load_small
from wetread.training.small.run import SmallRun, train_small


@dataclass(frozen=True)
class Finished:
    """A finished run: its recipe, data folder, run folder, what it found, and what it said."""

    recipe: SmallRecipe
    data: Path
    run: Path
    found: SmallRun
    said: list[str]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("small")
    made(folder)
    path = folder / "tiny28.toml"
    path.write_text(RECIPE, encoding="utf-8")
    recipe, said = load_small(path), []
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # a session's fixture is made before a module's takes the threads away
    found = train_small(recipe, folder, folder / "run", said.append)
    torch.set_num_threads(before)
    return Finished(recipe, folder, folder / "run", found, said)
