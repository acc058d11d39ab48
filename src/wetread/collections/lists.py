"""Lists of films: their hash, and the official lists of NIH ChestX-ray14 as compact facts."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wetread.errors import DataError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["NIH_OFFICIAL", "OfficialLists", "list_hash", "official"]

NIH_OFFICIAL = "nih-official"
"""Name of the split that NIH published with ChestX-ray14: `train_val` and `test`."""


def list_hash(films: Iterable[str]) -> str:
    """SHA-256 of a list of film ids, whatever its order: the name of the set on which a number was measured.

    >>> list_hash(["b", "a"]) == list_hash(["a", "b"])
    True
    """
    return hashlib.sha256("\n".join(sorted(films)).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class OfficialLists:
    """The two lists that NIH published, which divide the patients: a list is all films of its patients.

    Parameters
    ----------
    is_test
        bool (patients + 1,): place n is patient n, True where the patient's films are on the test list.
    films, sha256
        Number of films on each list, and the hash of its film ids (`list_hash`), by `train_val`, `test` and `all`.
    """

    is_test: NDArray[np.bool_]
    films: dict[str, int]
    sha256: dict[str, str]

    @property
    def patients(self) -> int:
        """How many patients the collection has: they are numbered from 1."""
        return len(self.is_test) - 1

    def sides(self) -> pl.DataFrame:
        """One row a patient: `patient_id` as the table writes it ("1"), and `split`."""
        import polars as pl

        numbers = pl.Series("patient_id", np.arange(1, len(self.is_test)), dtype=pl.Int64).cast(pl.String)
        split = pl.Series("split", np.where(self.is_test[1:], "test", "train_val"), dtype=pl.String)
        return pl.DataFrame([numbers, split])

    def prove(self, table: pl.DataFrame) -> bool:
        """Whether the table's films are exactly the published ones, and each on its published list.

        Parameters
        ----------
        table
            With `film_id` and `split`.

        Raises
        ------
        DataError
            If the table claims to be whole (it has as many films as the collection) and differs from the lists.
        """
        import polars as pl

        if table.height != self.films["all"]:
            return False
        for side in ("train_val", "test"):
            found = table.filter(pl.col("split") == side)["film_id"].to_list()
            if list_hash(found) != self.sha256[side]:
                raise DataError(
                    f"the table has all {self.films['all']} films of the collection, but its {side} films are not the "
                    f"official list (list hash {list_hash(found)[:12]}, published {self.sha256[side][:12]}): "
                    "film names were changed; take the table as NIH publishes it"
                )
        return True


@cache
def official() -> OfficialLists:
    """The lists as they are built in: the side of each patient, and the hashes of the lists it must reproduce."""
    facts = json.loads((files(__package__) / "nih_official.json").read_text("utf-8"))
    bits = np.frombuffer(zlib.decompress(base64.b64decode(facts["test_patients"])), np.uint8)
    is_test = np.unpackbits(bits)[: facts["patients"] + 1].astype(bool)
    is_test.setflags(write=False)
    return OfficialLists(is_test, facts["films"], facts["sha256"])
