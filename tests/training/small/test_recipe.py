"""The recipe of small networks is right as a whole, or refused before anything runs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from training.small.made import RECIPE
from wetread.errors import ConfigError
from wetread.training.small.recipe import is_small, load_small

CONFIGS = Path(__file__).resolve().parents[3] / "configs"


def written(folder: Path, old: str = "", new: str = "") -> Path:
    assert old in RECIPE
    path = folder / "tiny28.toml"
    path.write_text(RECIPE.replace(old, new, 1) if old else RECIPE, encoding="utf-8")
    return path


def test_the_shipped_recipe_is_right() -> None:
    path = CONFIGS / "pneumoniamnist28.toml"
    assert is_small(path)
    recipe = load_small(path)
    assert recipe.name == path.stem
    assert recipe.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (recipe.input.height, recipe.input.width) == (28, 28)
    assert not recipe.card.clinical
    assert "CC BY 4.0" in recipe.card.attribution


def test_other_recipes_are_not_small(tmp_path: Path) -> None:
    assert not is_small(CONFIGS / "adult.toml")
    assert not is_small(tmp_path / "gone.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("fit = [", encoding="utf-8")
    assert not is_small(broken)


def test_what_is_not_said_has_its_default(tmp_path: Path) -> None:
    recipe = load_small(written(tmp_path, "epochs = 10\n", ""))
    assert recipe.fit.epochs == 16
    assert recipe.fit.width == 8
    assert recipe.input.percentiles == (2.0, 98.0)


def test_fits_depend_on_neither_the_threshold_nor_the_card(tmp_path: Path) -> None:
    first = load_small(written(tmp_path)).fits_sha256
    assert load_small(written(tmp_path, "sensitivity = 0.9", "sensitivity = 0.8")).fits_sha256 == first
    assert load_small(written(tmp_path, "As drawn.", "As told.")).fits_sha256 == first
    assert load_small(written(tmp_path, "shift = 0.02", "shift = 0.03")).fits_sha256 != first
    assert load_small(written(tmp_path, "epochs = 10", "epochs = 9")).fits_sha256 != first


WRONG = {
    "unknown part": ("[fit]", "[network]\n[fit]", "unknown parts network"),
    "unknown setting": ("folds = 2", "fold = 2", "unknown settings fold"),
    "no name": ('name = "tiny28"', "", "it has no name"),
    "another name": ('name = "tiny28"', 'name = "../tiny"', "becomes a folder's"),
    "no archive": ('archive = "tiny/archive.npz"', "", r"\[data\].*archive"),
    "one fold": ("folds = 2", "folds = 1", "folds at least 2"),
    "no pass": ("epochs = 10", "epochs = 0", "epochs at least 1"),
    "rate": ("1e-2", "1.5", "learning_rate lies between"),
    "averaging": ("averaging = 0.9", "averaging = 1.0", r"lie in \[0, 1\)"),
    "sensitivity": ("sensitivity = 0.9", "sensitivity = 0.4", "sensitivity lies between"),
    "for patients": ("clinical = false", "clinical = true", "research, not for patients"),
    "not square": ("height = 28\nwidth = 28", "height = 64\nwidth = 32", "square, not 64 x 32"),
    "no TOML": ("[fit]", "[fit", "cannot be read"),
}


@pytest.mark.parametrize(("old", "new", "told"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        load_small(written(tmp_path, old, new))
