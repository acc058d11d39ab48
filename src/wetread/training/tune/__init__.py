"""A whole network tuned on prepared films: cross-validated, stopped early, killed and gone on with, and told on a page.

Each name is loaded when it is first used: a recipe is read without PyTorch's training loop.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wetread.training.tune.folder import Run, open_run
    from wetread.training.tune.recipe import TuneRecipe, load_recipe
    from wetread.training.tune.run import Means, Progress, tune

__all__ = ["Means", "Progress", "Run", "TuneRecipe", "load_recipe", "open_run", "tune"]

_ROOMS = {"folder": ("Run", "open_run"), "recipe": ("TuneRecipe", "load_recipe"), "run": ("Means", "Progress", "tune")}
_PLACES = {name: module for module, names in _ROOMS.items() for name in names}

if not TYPE_CHECKING:

    def __getattr__(name):
        """Load a name of this room when it is asked for."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
        globals()[name] = found
        return found
