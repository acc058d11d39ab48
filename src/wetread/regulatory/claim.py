"""A number that a document prints, with everything that says where it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Claim", "printable", "printed"]

# Control characters and halves of letters, which no format holds, and the characters that the pen's marks are made of.
_UNPRINTABLE = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ue000-\\ue004]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One printed number.

    Attributes
    ----------
    id
        "NAME:POINTER", the evidence's name and the JSON pointer; for a derived one "OPERATION(NAME:POINTER, ...)".
    value, interval
        As in the evidence, not rounded; the interval's ends where it has one.
    unit
        Printed after the number, such as "years"; "%" where a share is printed as a percentage.
    precision
        Decimals printed.
    n
        What it was measured on: films, patients, ... as far as the evidence says.
    pointers
        One for a number that is read; the operands' for a derived one.
    sha256
        Of each artefact, in the order of `pointers`.
    method, code, data, split, seed
        How it was computed, with which version of the software, on which list of films (SHA-256), which part of the
        split, and from which seed; "" and None where the evidence does not say.
    """

    id: str
    value: float | str
    interval: tuple[float, float] | None = None
    unit: str = ""
    precision: int = 0
    n: Mapping[str, int] = field(default_factory=dict)
    pointers: tuple[str, ...]
    sha256: tuple[str, ...]
    method: str = ""
    code: str = ""
    data: str = ""
    split: str = ""
    seed: int | None = None

    @property
    def text(self) -> str:
        """As printed: "0.777 (0.717 to 0.835)", "112,120 films", "1.3 %"."""
        shown = printed(self.value, self.precision, self.unit)
        if self.interval is None:
            return shown
        low, high = (printed(end, self.precision, self.unit) for end in self.interval)
        return f"{shown} ({low} to {high})"


def printable(text: str) -> str:
    """The text with a question mark in a box for each character that no document can hold."""
    return _UNPRINTABLE.sub("\ufffd", text)


def printed(value: Any, precision: int, unit: str = "") -> str:
    """A number with its decimals, thousands separated by commas, and its unit; text as it is, where it can be printed.

    >>> printed(112120, 0, "films"), printed(0.0128, 1, "%"), printed(0.7765, 3)
    ('112,120 films', '1.3 %', '0.776')
    """
    if isinstance(value, str):
        return printable(value)
    shown = f"{100 * value if unit == '%' else value:,.{precision}f}"
    return f"{shown} {unit}".rstrip()
