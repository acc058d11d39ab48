"""One calculation as a plan asks for it: names to numbers, each read with its default, and what is left over refused."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from wetread.errors import ConfigError

__all__ = ["CLASSES", "Entry", "known"]

CLASSES = ("sensitivity", "specificity")
"""What a goal or a precision is of; the first needs positive films, the second negative ones."""


class Entry:
    """An entry's numbers: each named one is read once, and whatever is left over was a slip of the pen.

    Parameters
    ----------
    where
        The entry's place, which every message begins with.
    told
        What the entry says.
    common
        What goes where the entry says nothing; its values take the place of a default.

    Attributes
    ----------
    inputs
        What was read, defaults filled in: what the calculation was asked.
    """

    def __init__(self, where: str, told: Mapping[str, Any], common: Mapping[str, Any]) -> None:
        self.where, self.inputs = where, dict[str, Any]()
        self._told, self._common = told, common

    def number(self, name: str, default: float | None = None) -> float:
        """A finite number; `ConfigError` for anything else."""
        value = self._told.get(name, self._common.get(name, default))
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ConfigError(f"{self.where}: {name} is a number, not {value!r}; write `{name}:` with one")
        self.inputs[name] = value
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number; `ConfigError` for anything else."""
        value = self.number(name, default)
        if value != int(value):
            raise ConfigError(f"{self.where}: {name} is a whole number, not {value:g}")
        self.inputs[name] = int(value)
        return int(value)

    def of(self) -> str:
        """Sensitivity or specificity; `ConfigError` for anything else."""
        value = self._told.get("of")
        if value not in CLASSES:
            raise ConfigError(f"{self.where}: `of:` is sensitivity or specificity, not {value!r}")
        self.inputs["of"] = value
        return str(value)

    def source(self) -> None:
        """Where pilot values were read, for people."""
        if self._told.get("source") is not None:
            self.inputs["source"] = str(self._told["source"])

    def table(self, name: str) -> Mapping[str, Any]:
        """A mapping; `ConfigError` for anything else."""
        value = self._told.get(name)
        if not isinstance(value, Mapping):
            raise ConfigError(f"{self.where}: {name} is a table of numbers, not {value!r}")
        self.inputs[name] = dict(value)
        return value

    def counts(self, name: str, default: Sequence[int]) -> tuple[int, ...]:
        """Whole numbers; `ConfigError` for anything else."""
        value = self._told.get(name, default)
        if isinstance(value, str) or not isinstance(value, Sequence) or not all(type(each) is int for each in value):
            raise ConfigError(f"{self.where}: {name} is a list of whole numbers, not {value!r}")
        self.inputs[name] = list(value)
        return tuple(value)

    def done(self) -> None:
        """Keep a person's `note:`; `ConfigError` where the entry says something that nothing read."""
        known(self.where, self._told, {*self.inputs, "note"})
        if "note" in self._told:
            self.inputs["note"] = str(self._told["note"])


def known(where: str, told: Mapping[str, Any], names: set[str]) -> None:
    """Refuse names that are not among `names`: `ConfigError`, with the place and the known ones."""
    unknown = sorted(str(name) for name in told if name not in names)
    if unknown:
        raise ConfigError(
            f"{where}: nothing is computed from {', '.join(unknown)}; known are {', '.join(sorted(names))}"
        )
