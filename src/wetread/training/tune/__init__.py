"""A whole network tuned on prepared films: cross-validated, stopped early, killed and gone on with, and told on a page."""

from wetread.training.tune.folder import Run, open_run
from wetread.training.tune.recipe import TuneRecipe, load_recipe
from wetread.training.tune.run import tune

__all__ = ["Run", "TuneRecipe", "load_recipe", "open_run", "tune"]
