"""From a recipe and a collection to a released bundle, with every figure that its card states."""

from wetread.training.config import TrainConfig, load_config
from wetread.training.films import FilmSet, load_films
from wetread.training.run import train

__all__ = ["FilmSet", "TrainConfig", "load_config", "load_films", "train"]
