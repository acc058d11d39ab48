"""What is not as it should be with a folder, its evidence or its seal."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Fault"]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault.

    Attributes
    ----------
    code
        What kind, in a word that programs can rely on.
    where
        The file, with its line where there is one, or the evidence's name.
    message
        What is wrong, why, and what to do.
    """

    code: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: [{self.code}] {self.message}"
