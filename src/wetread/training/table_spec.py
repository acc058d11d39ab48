"""Which films a network is trained on, and how they are divided: a part of a recipe, valid on construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wetread.collections.door import NAMES
from wetread.errors import ConfigError

__all__ = ["TableSpec"]

_MISSING, _UNREADABLE, _COPIES = ("refuse", "leave-out", "mask"), ("refuse", "leave-out"), ("together", "exact")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """Which films and labels, and how they are divided.

    Parameters
    ----------
    collection
        A name that `wetread.collections.load` knows: nih, nih-sample, rsna, kermany, medmnist, csv or dicom.
    root, labels
        Its folder or file, and its table of labels where that lies elsewhere; from the data folder on.
    columns
        For csv: which column of the file is which of ours, such as "label=opacity".
    outputs
        What is learnt. "pneumonia" is the collection's own label; another name is a finding, "A|B" any of several;
        "*" stands for every finding of the collection.
    missing
        What becomes of films without a label: "refuse" stops and says how many; "leave-out" leaves out each film that
        lacks any; "mask" keeps films with at least one, and what is not said costs nothing in the loss.
    unreadable
        What becomes of films that cannot be read: "refuse" stops and names them, "leave-out" goes on without them.
    minimum_age, views, exclude
        Films of younger patients (unknown ages stay), of other projections (none named: all stay), and films by name
        that are left out.
    seal
        "nih" or "kermany": patients whom that collection's seal keeps for the last test are left out, with every copy of
        their films. Empty: nobody is.
    split
        "by-patient", "official" (the collection's own lists), or the folder of a saved split, from the data folder on.
    shares
        Patients' shares of train, tune and test. By patient; of an official split only tune counts, as a share of its
        training side, where it has no tuning side itself.
    copies
        "together": films with the same or nearly the same picture stay on one side. "exact": only those with the same
        bytes or pixels do, for collections whose films are all alike, such as drawn ones.
    seed
        Of the division.
    """

    collection: str
    root: str
    labels: str = ""
    columns: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ("pneumonia",)
    missing: str = "refuse"
    unreadable: str = "refuse"
    minimum_age: float = 0.0
    views: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    seal: str = ""
    split: str = "by-patient"
    shares: tuple[float, float, float] = (0.8, 0.2, 0.0)
    copies: str = "together"
    seed: int = 0

    def __post_init__(self) -> None:
        _one_of("collection", self.collection, NAMES)
        _one_of("missing", self.missing, _MISSING)
        _one_of("unreadable", self.unreadable, _UNREADABLE)
        _one_of("copies", self.copies, _COPIES)
        _one_of("seal", self.seal, ("", "nih", "kermany"))
        if not self.root or not self.split:
            raise ConfigError("root names a collection's folder, and split how its films are divided: neither is empty")
        if not self.outputs or len(set(self.outputs)) != len(self.outputs) or not all(self.outputs):
            raise ConfigError(f"outputs are one or more different names, not {list(self.outputs)}")
        if not all("=" in pair.strip("=") for pair in self.columns):
            raise ConfigError(f"columns are written as ours=theirs, such as label=opacity, not {list(self.columns)}")
        low, total = min(self.shares), sum(self.shares)
        if low < 0 or abs(total - 1) > 1e-9 or min(self.shares[:2]) == 0 or self.minimum_age < 0 or self.seed < 0:
            raise ConfigError(
                "shares of train, tune and test sum to 1, the first two above 0; minimum_age and seed are not negative: "
                f"{list(self.shares)}, {self.minimum_age:g}, {self.seed}"
            )


def _one_of(name: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise ConfigError(f"{name} is {value!r}, not one of {', '.join(one or 'empty' for one in known)}")
