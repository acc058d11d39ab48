"""Splits by patient: stratified and seeded, or the official lists, each saved with its hashes and its rule."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wetread.collections.lists import list_hash
from wetread.errors import AlteredError, ConfigError, DataError, LeakError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["AGE_BANDS", "SHARES", "STRATA", "Side", "Split", "image_level_leak", "official_split", "split_by_patient"]

SHARES: Mapping[str, float] = {"train": 0.7, "tune": 0.15, "test": 0.15}
STRATA = ("label", "view", "age_band", "sex")
AGE_BANDS = (18, 40, 60, 75)
"""Lower bounds in years of the age bands after the first."""

SCHEMA = "wetread.split/1"
_FACTS, _FILMS = "split.json", "films.csv"
_TRAINING = ("train", "train_val")


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

    def apply(self, table: pl.DataFrame) -> pl.DataFrame:
        """The table with its films' sides in `split`; films that the split does not know have none.

        Raises
        ------
        LeakError
            If a patient of the table then stands on two sides: the table names patients otherwise than the split's.
        """
        from wetread.truth.split import check_disjoint

        sides = self.films.select("film_id", split="side")
        told = table.drop("split", strict=False).join(sides, on="film_id", how="left", maintain_order="left")
        names = list(self.sides)
        for place, first in enumerate(names):
            for second in names[place + 1 :]:
                one, other = (told.filter(split=side)["patient_id"].to_list() for side in (first, second))
                check_disjoint(one, other, what=f"patient of {first} and {second}")
        return told.select(table.columns if "split" in table.columns else told.columns)

    def save(self, folder: Path) -> None:
        """Write `split.json` (rule, counts, hashes; no patient) and `films.csv` (film, side)."""
        text = self.films.write_csv()
        facts = {
            "schema": SCHEMA,
            "name": self.name,
            "collection": self.collection,
            "rule": dict(self.rule),
            "films": self.films.height,
            "list_sha256": self.list_sha256,
            "sides": {side: asdict(told) for side, told in self.sides.items()},
            "balanced": {"films": len(self.balanced), "list_sha256": list_hash(self.balanced)}
            if self.balanced
            else None,
            "films_csv_sha256": sha256(text.encode()).hexdigest(),
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _FILMS).write_text(text, encoding="utf-8", newline="")
        (folder / _FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")

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
        import polars as pl

        try:
            facts = json.loads((folder / _FACTS).read_text("utf-8"))
            content = (folder / _FILMS).read_bytes()
        except (OSError, ValueError) as error:
            raise DataError(f"{folder} holds no split: {_FACTS} or {_FILMS} cannot be read") from error
        if not isinstance(facts, dict) or facts.get("schema") != SCHEMA:
            raise DataError(f"{folder / _FACTS} is not a split of the kind {SCHEMA}")
        if sha256(content).hexdigest() != facts["films_csv_sha256"]:
            raise AlteredError(f"{folder / _FILMS} is not the list of films that {_FACTS} was written with")
        kinds = {"film_id": pl.String, "side": pl.String, "balanced": pl.Boolean}
        films = pl.read_csv(content, schema=kinds)
        sides = {name: Side(**told) for name, told in facts["sides"].items()}
        for name, told in sides.items():
            if list_hash(films.filter(side=name)["film_id"]) != told.list_sha256:
                raise AlteredError(f"{folder}: the films of {name} are not those whose hash {_FACTS} names")
        return cls(facts["name"], facts["collection"], facts["rule"], films, sides)


def split_by_patient(
    table: pl.DataFrame,
    *,
    shares: Mapping[str, float] = SHARES,
    strata: Sequence[str] = STRATA,
    age_bands: Sequence[float] = AGE_BANDS,
    seed: int = 0,
    balanced: bool = False,
    together: Iterable[tuple[str, str]] = (),
) -> Split:
    """Divide the films so that all of a patient's stand on one side and each side looks like the whole.

    Patients are sorted by stratum (one with any positive film counts as positive; view, age band and sex are those of
    the first film) and within it by their number of films, in seeded random order among equals, and each goes to the
    side that then lacks most patients of its share. Prevalence on every side is that of the table: nothing is
    re-weighted.

    Patients who share a film (`sha256`), or two films that are named in `together`, are divided as one.

    Filling the sides up by films instead would send patients with many films to the largest side, and those with few,
    who are other people, to the small ones.

    Parameters
    ----------
    table
        A table of films (`wetread.collections`).
    shares
        By side; they sum to 1. Of patients exactly, of films nearly.
    strata
        Any of `STRATA`, the most important first.
    age_bands
        Lower bounds in years.
    balanced
        Also draw a training sample with as many positive as negative films, from the side `train`.
    together
        Pairs of film ids that must not be parted: copies that the leak guard found.

    Raises
    ------
    ConfigError
        If shares or strata contradict themselves.
    DataError
        If there are fewer patients than sides, or nothing to balance.
    """
    _check_rule(table, shares, strata)
    table = table.with_columns(unit=_units(table, together))
    people = _people(table, strata, age_bands)
    if people.height < len(shares):
        raise DataError(f"{len(shares)} sides need at least as many patients; the table has {people.height}")
    order = np.random.default_rng(seed).permutation(people.height)
    shuffled = people[order].sort([*strata, "films"], maintain_order=True, nulls_last=True)
    sides = _fill(shuffled.height, shares)
    of_unit = shuffled.select("unit").with_columns(_text("side", sides))
    films = table.select("film_id", "patient_id", "label", "unit").join(of_unit, on="unit", how="left")
    rule = {
        "kind": "by-patient",
        "shares": dict(shares),
        "strata": list(strata),
        "age_bands": list(age_bands),
        "seed": seed,
        "balanced": balanced,
    }
    return _made("by-patient", table, films, list(shares), rule, seed if balanced else None)


def official_split(
    table: pl.DataFrame, *, tune: float = 0.0, seed: int = 0, strata: Sequence[str] = STRATA, balanced: bool = False
) -> Split:
    """The collection's own split as a named one; its training side may give up a share for tuning, by patient.

    Parameters
    ----------
    table
        With the collection's own lists in `split`.
    tune
        Share of the training side's films that becomes `tune`; the rest is then `train`.

    Raises
    ------
    DataError
        If the collection has no split, or films of it have none.
    LeakError
        If the collection's own split has a patient on two sides.
    """
    import polars as pl

    without = table["split"].null_count()
    if without:
        raise DataError(f"{without} of {table.height} films have no side in the collection's own split")
    names = table["split"].unique(maintain_order=True).to_list()
    training = next((side for side in _TRAINING if side in names), None)
    films = table.select("film_id", "patient_id", "label", side="split")
    collection = table["collection"][0]
    rule: dict[str, Any] = {"kind": "official", "tune": tune, "seed": seed}
    if tune:
        if training is None or not 0 < tune < 1:
            raise ConfigError(f"tune is a share of the training side, between 0 and 1: found {tune}")
        inner = split_by_patient(
            table.filter(pl.col("split") == training),
            shares={"train": 1 - tune, "tune": tune},
            strata=strata,
            seed=seed,
        )
        renamed = inner.films.select("film_id", inner="side")
        films = films.join(renamed, on="film_id", how="left", maintain_order="left")
        films = films.with_columns(side=pl.coalesce("inner", "side")).drop("inner")
        names = ["train", "tune", *(side for side in names if side != training)]
        rule["strata"] = list(strata)
    return _made(f"{collection}-official", table, films, names, rule, seed if balanced else None)


def image_level_leak(patients: Sequence[str], *, test: float = 0.2) -> float:
    """Share of test films whose patient also stands in training if the films are split at random, not the patients.

    Parameters
    ----------
    patients
        Patient of each film.
    test
        Share of films drawn for the test, without return.

    Returns
    -------
    The expected share, exactly, not of one draw: a film of a patient with k films is safe only if the other k - 1 are
    all drawn too.
    """
    n = len(patients)
    size = round(test * n)
    if not 0 < size < n:
        raise ConfigError(f"a split needs films on both sides: found {size} of {n} for the test")
    _, counts = np.unique(np.asarray(patients, dtype=str), return_counts=True)
    leaked = 0.0
    for k, people in zip(*np.unique(counts, return_counts=True), strict=True):
        safe = math.prod((size - other) / (n - other) for other in range(1, int(k))) if k <= size else 0.0
        leaked += float(people * k * (1 - safe))
    return leaked / n


def _check_rule(table: pl.DataFrame, shares: Mapping[str, float], strata: Sequence[str]) -> None:
    if len(shares) < 2 or any(share <= 0 for share in shares.values()) or abs(sum(shares.values()) - 1) > 1e-9:
        raise ConfigError(f"the shares of two or more sides are positive and sum to 1: found {dict(shares)}")
    if alien := [name for name in strata if name not in STRATA]:
        raise ConfigError(f"films are stratified by {', '.join(STRATA)}: found {alien[0]!r}")
    if table.height == 0:
        raise DataError("the table has no film to divide")


def _people(table: pl.DataFrame, strata: Sequence[str], age_bands: Sequence[float]) -> pl.DataFrame:
    import polars as pl

    bands = pl.lit(0, pl.Int32)
    for bound in age_bands:
        bands = bands + (pl.col("age_years") >= bound).cast(pl.Int32)
    told = {
        "label": pl.col("label").any(),
        "view": pl.col("view").first(),
        "age_band": bands.first(),
        "sex": pl.col("sex").first(),
    }
    grouped = table.group_by("unit").agg(films=pl.len(), **{name: told[name] for name in strata})
    return grouped.sort("unit")


def _units(table: pl.DataFrame, together: Iterable[tuple[str, str]]) -> pl.Series:
    """What is divided: a patient, or patients who are tied to each other by a copy of a film."""
    import polars as pl

    copies = table.filter(pl.col("sha256").is_not_null() & pl.col("sha256").is_duplicated())
    ties = [
        group for (group,) in copies.group_by("sha256").agg(pl.col("patient_id").unique()).select("patient_id").rows()
    ]
    pairs = list(together)
    if pairs:
        named = sorted({film for pair in pairs for film in pair})
        found = table.filter(pl.col("film_id").is_in(named)).select("film_id", "patient_id")
        patient_of = dict(found.rows())
        if lost := [film for film in named if film not in patient_of]:
            raise DataError(f"film {lost[0]}, which is to stay with another, is not in the table")
        ties += [[patient_of[film] for film in pair] for pair in pairs]
    head: dict[str, str] = {}

    def root(patient: str) -> str:
        while (above := head.get(patient, patient)) != patient:
            patient = above
        return patient

    for first, *others in ties:
        for other in others:
            low, high = sorted((root(first), root(other)))
            if low != high:
                head[high] = low
    heads = {patient: root(patient) for patient in head}
    return table["patient_id"].replace(heads) if heads else table["patient_id"]


def _fill(patients: int, shares: Mapping[str, float]) -> list[str]:
    """Give each patient in turn to the side that then lacks most of its share."""
    names, wanted = list(shares), list(shares.values())
    have = [0] * len(names)
    sides = []
    for total in range(1, patients + 1):
        place = max(range(len(names)), key=lambda side: wanted[side] * total - have[side])
        have[place] += 1
        sides.append(names[place])
    return sides


def _text(name: str, values: Sequence[str]) -> pl.Series:
    import polars as pl

    return pl.Series(name, values, dtype=pl.String)


def _made(
    name: str, table: pl.DataFrame, films: pl.DataFrame, sides: Sequence[str], rule: Mapping[str, Any], seed: int | None
) -> Split:
    """Check that no patient stands on two sides, count, and draw the balanced sample."""
    import polars as pl

    several = films.group_by("patient_id").agg(sides=pl.col("side").n_unique(), film=pl.col("film_id").sort())
    several = several.filter(pl.col("sides") > 1)
    if several.height:
        raise LeakError(
            f"{name}: {several.height} patients stand on two sides, one of them with the films "
            f"{', '.join(several['film'].to_list()[0][:3])}: do not use this split, divide by patient"
        )
    films = films.sort("film_id")
    told = {side: _count(films.filter(side=side)) for side in sides}
    chosen = set() if seed is None else _balanced(films.filter(pl.col("side").is_in(["train"])), seed)
    listed = films.select("film_id", "side").with_columns(balanced=pl.col("film_id").is_in(chosen))
    return Split(name, table["collection"][0], rule, listed, told)


def _count(films: pl.DataFrame) -> Side:
    labelled = films["label"].drop_nulls()
    positives = int(labelled.sum())
    return Side(
        films=films.height,
        patients=films["patient_id"].n_unique(),
        positives=positives,
        unlabelled=films.height - len(labelled),
        prevalence=positives / len(labelled) if len(labelled) else None,
        list_sha256=list_hash(films["film_id"]),
    )


def _balanced(films: pl.DataFrame, seed: int) -> set[str]:
    groups = [films.filter(label=value)["film_id"].to_list() for value in (True, False)]
    size = min(len(group) for group in groups)
    if size == 0:
        raise DataError("a balanced sample needs positive and negative films on the side 'train'; one kind is missing")
    dice = np.random.default_rng(seed)
    return {group[place] for group in groups for place in dice.permutation(len(group))[:size]}
