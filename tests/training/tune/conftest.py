"""Films and one whole run, made once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from training.tune.drawn import SHORT, recipe, write_films
from wetread.training.tune import Means, Progress, Run, TuneRecipe, tune


@dataclass
class Made:
    """Where films lie, the recipe, the finished run, and what it said."""

    data: Path
    cache: Path
    recipe: TuneRecipe
    run: Run
    said: list[str]
    steps: list[Progress]

    def means(self) -> Means:
        return Means(cache=self.cache, device="cpu", workers=1)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A run of two folds and the final fit that nothing interrupted."""
    return _made(tmp_path_factory.mktemp("tune"))


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A run of the final fit alone that nothing interrupted."""
    return _made(tmp_path_factory.mktemp("short"), *SHORT)


def _made(root: Path, *changes: tuple[str, str]) -> Made:
    data, cache, how = write_films(root / "data"), root / "cache", recipe(root, *changes)
    said: list[str] = []
    steps: list[Progress] = []
    means = Means(cache=cache, device="cpu", workers=1)
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # as in every test here: a session's fixture is made before a module's takes them away
    try:
        run = tune(how, data, root / "run", say=said.append, progress=steps.append, means=means)
    finally:
        torch.set_num_threads(before)
    return Made(data, cache, how, run, said, steps)
