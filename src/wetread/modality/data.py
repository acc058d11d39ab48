"""The data files of this room: read from the package, each once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["load", "ordinary", "words"]


@cache
def load(name: str) -> dict[str, Any]:
    """A data file, parsed. It is shared: nobody changes it."""
    return tomllib.loads(_text(f"{name}.toml"))


@cache
def words(name: str) -> frozenset[str]:
    """A list of little words from language.toml."""
    return frozenset(load("language")[name].split())


@cache
def ordinary() -> frozenset[str]:
    """Ordinary words that stand near a word of the lexicon and are never taken for it."""
    return frozenset(_text("ordinary.txt").split())


def _text(name: str) -> str:
    return files("wetread.modality").joinpath("table", name).read_text(encoding="utf-8")
