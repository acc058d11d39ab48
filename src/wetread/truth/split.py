"""A split as a value: which film stands on which side, saved with its rule and its hashes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetread.collections.lists import list_hash
from wetread.errors import AlteredError, DataError, LeakError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["FILES", "SCHEMA", "Side", "Split", "refuse_parted"]

SCHEMA = "wetread.split/1"
_FACTS, _FILMS = "split.json", "films.csv"
FILES = (_FACTS, _FILMS)
"""Names of the files of a saved split."""


@dataclass(frozen=True, slots=True)
class Side:
    """What stands on one side.

    Parameters
    ----------
    films, patients, positives, unlabelled
        Counts; `positives` and `unlabelled` count films.
    prevalence
        Share of positive films among those with a label; None where none has one.
    list_sha256
        Hash of the film ids: the name of this list in every result.
    """

    films: int
    patients: int
    positives: int
    unlabelled: int
    prevalence: float | None
    list_sha256: str

    @classmethod
    def of(cls, films: pl.DataFrame) -> Side:
        """Count the films of one side, given with `film_id`, `patient_id` and `label`."""
        labelled = films["label"].drop_nulls()
        positives = int(labelled.sum())
        return cls(
            films=films.height,
            patients=films["patient_id"].n_unique(),
            positives=positives,
            unlabelled=films.height - len(labelled),
            prevalence=positives / len(labelled) if len(labelled) else None,
            list_sha256=list_hash(films["film_id"]),
        )


@dataclass(frozen=True, eq=False)
class Split:
    """Which film stands where, and the rule that anyone can repeat.

    Parameters
    ----------
    name
        "by-patient", or the name of published lists such as "nih-official".
    collection
        The collection whose films these are.
    rule
        Plain values: shares, strata, age bands and seed.
    films
        `film_id`, `side` and `balanced` (the film is in the balanced training sample), one row a film, by film id.
    sides
        What stands on each side.
    """

    name: str
    collection: str
    rule: Mapping[str, Any]
    films: pl.DataFrame
    sides: Mapping[str, Side]

    @property
    def list_sha256(self) -> str:
        """Hash of all film ids."""
        return list_hash(self.films["film_id"])

    @property
    def balanced(self) -> list[str]:
        """Film ids of the balanced training sample: as many positive as negative films; empty if none was asked for."""
        return self.films.filter("balanced")["film_id"].to_list()

    def placed(self, table: pl.DataFrame) -> pl.DataFrame:
        """The table with its films' sides in `split`, unchecked: what the leak guard looks at.

        Films that the split does not know have no side.
        """
        sides = self.films.select("film_id", split="side")
        told = table.drop("split", strict=False).join(sides, on="film_id", how="left", maintain_order="left")
        return told.select(table.columns if "split" in table.columns else told.columns)

    def apply(self, table: pl.DataFrame) -> pl.DataFrame:
        """The table with its films' sides in `split`; films that the split does not know have none.

        Raises
        ------
        LeakError
            If a patient of the table then stands on two sides: the table names patients otherwise than the split's.
        """
        told = self.placed(table)
        known = told.filter(told["split"].is_not_null())
        refuse_parted(known.select("film_id", "patient_id", side="split"), f"{self.name} on this table")
        return told

    def files(self) -> dict[str, bytes]:
        """A saved split: `films.csv` (film, side) and `split.json` (rule, counts, hashes; no patient)."""
        text = self.films.write_csv().encode()
        chosen = self.balanced
        facts = {
            "schema": SCHEMA,
            "name": self.name,
            "collection": self.collection,
            "rule": dict(self.rule),
            "films": self.films.height,
            "list_sha256": self.list_sha256,
            "sides": {side: asdict(told) for side, told in self.sides.items()},
            "balanced": {"films": len(chosen), "list_sha256": list_hash(chosen)} if chosen else None,
            "films_csv_sha256": sha256(text).hexdigest(),
        }
        return {_FILMS: text, _FACTS: (json.dumps(facts, indent=1) + "\n").encode()}

    def save(self, folder: Path) -> None:
        """Write `files` into a folder, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files().items():
            (folder / name).write_bytes(content)

    @classmethod
    def load(cls, folder: Path) -> Split:
        """Read a saved split.

        Raises
        ------
        DataError
            If a file is missing or is not one of a split.
        AlteredError
            If the list of films is not the one that the hashes were taken from.
        """
        try:
            facts = json.loads((folder / _FACTS).read_text("utf-8"))
            content = (folder / _FILMS).read_bytes()
        except (OSError, ValueError) as error:
            raise DataError(f"{folder} holds no split: {_FACTS} or {_FILMS} cannot be read") from error
        if not isinstance(facts, dict) or facts.get("schema") != SCHEMA:
            raise DataError(f"{folder / _FACTS} is not a split of the kind {SCHEMA}")
        try:
            return cls._checked(facts, content, folder)
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError(f"{folder / _FACTS} lacks what a split must tell: make the split anew") from error

    @classmethod
    def _checked(cls, facts: Mapping[str, Any], content: bytes, folder: Path) -> Split:
        import polars as pl

        if sha256(content).hexdigest() != facts["films_csv_sha256"]:
            raise AlteredError(f"{folder / _FILMS} is not the list of films that {_FACTS} was written with")
        kinds = {"film_id": pl.String, "side": pl.String, "balanced": pl.Boolean}
        try:
            films = pl.read_csv(content, schema=kinds)
        except pl.exceptions.PolarsError as error:
            raise DataError(f"{folder / _FILMS} is no table of {', '.join(kinds)}: make the split anew") from error
        sides = {name: Side(**told) for name, told in facts["sides"].items()}
        for name, told in sides.items():
            if list_hash(films.filter(side=name)["film_id"]) != told.list_sha256:
                raise AlteredError(f"{folder}: the films of {name} are not those whose hash {_FACTS} names")
        return cls(facts["name"], facts["collection"], facts["rule"], films, sides)


def refuse_parted(films: pl.DataFrame, name: str) -> None:
    """Refuse a split that parts a patient.

    Parameters
    ----------
    films
        `film_id`, `patient_id` and `side`.
    name
        The split's, for the message.

    Raises
    ------
    LeakError
        Saying how many patients, and naming two films of one of them, never the patient.
    """
    import polars as pl

    firsts = films.sort("film_id").unique(["patient_id", "side"], keep="first", maintain_order=True)
    parted = firsts.filter(pl.col("patient_id").is_duplicated())
    if not parted.height:
        return
    count = parted["patient_id"].n_unique()
    one, other, *_ = parted.filter(patient_id=parted["patient_id"][0]).select("film_id", "side").rows()
    raise LeakError(
        f"{name}: {count} {'patient stands' if count == 1 else 'patients stand'} on two sides, one of them with the "
        f"films {one[0]} ({one[1]}) and {other[0]} ({other[1]}): do not use this split, divide by patient"
    )
