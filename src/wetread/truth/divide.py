"""How films are divided: by patient, stratified and seeded, or along a collection's published lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wetread.collections.lists import NIH_OFFICIAL, official
from wetread.errors import ConfigError, DataError
from wetread.truth.split import Side, Split, refuse_parted

if TYPE_CHECKING:
    import polars as pl

__all__ = ["AGE_BANDS", "SHARES", "STRATA", "official_split", "split_by_patient", "units"]

SHARES: Mapping[str, float] = {"train": 0.7, "tune": 0.15, "test": 0.15}
STRATA = ("label", "view", "age_band", "sex")
AGE_BANDS = (18, 40, 60, 75)
"""Lower bounds in years of the age bands after the first."""

_TRAINING = ("train", "train_val")
_OWN = ("csv", "dicom")
"""Collections that nobody published: their lists are one's own."""


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
    table = table.with_columns(unit=units(table, together))
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
    chosen = _balanced(films, _training(shares), seed) if balanced else set()
    return _made("by-patient", table, films, list(shares), rule, chosen)


def official_split(
    table: pl.DataFrame,
    *,
    tune: float | None = None,
    seed: int = 0,
    strata: Sequence[str] = STRATA,
    balanced: bool = False,
) -> Split:
    """The collection's own split as a named one; its training side may give up a share for tuning, by patient.

    Parameters
    ----------
    table
        With the collection's own lists in `split`.
    tune
        Share of the training side's patients that becomes `tune`, the rest then being `train`; None: no such side.
    seed, strata
        Of the part for tuning, and the seed of the balanced sample.
    balanced
        Also draw a training sample with as many positive as negative films.

    Returns
    -------
    Named "nih-official" (its rule says whether the table holds all films that NIH lists: `whole`), "kermany-official"
    and so on; "csv-own" where the lists are those of one's own table.

    Raises
    ------
    ConfigError
        If `tune` is no share, or there is no training side to take it from.
    DataError
        If the collection has no split, or films of it have none.
    LeakError
        If the collection's own split has a patient on two sides.
    """
    if tune is not None and not 0 < tune < 1:
        raise ConfigError(f"tune is a share of the training side, between 0 and 1: found {tune:g}")
    without = table["split"].null_count()
    if without or not table.height:
        raise DataError(
            f"{without} of {table.height} films have no side in the collection's own split: divide them by patient"
        )
    collection = table["collection"][0]
    name = f"{collection}-{'own' if collection in _OWN else 'official'}"
    rule: dict[str, Any] = {"kind": "official", "tune": tune, "seed": seed, "balanced": balanced}
    if name == NIH_OFFICIAL:
        rule["whole"] = official().prove(table)
    films = table.select("film_id", "patient_id", "label", side="split")
    names = films["side"].unique(maintain_order=True).to_list()
    training = _training(names)
    if tune is not None:
        if training is None:
            raise ConfigError(f"there is no training side ({' or '.join(_TRAINING)}) to take films for tuning from")
        rule["strata"] = list(strata)
        films = _tuned(table, films, training, tune, strata, seed)
        names, training = ["train", "tune", *(side for side in names if side != training)], "train"
    chosen = _balanced(films, training, seed) if balanced else set()
    return _made(name, table, films, names, rule, chosen)


def _training(sides: Iterable[str]) -> str | None:
    return next((side for side in _TRAINING if side in sides), None)


def _tuned(
    table: pl.DataFrame, films: pl.DataFrame, training: str, tune: float, strata: Sequence[str], seed: int
) -> pl.DataFrame:
    """The films, of which those for training are divided once more."""
    import polars as pl

    shares = {"train": 1 - tune, "tune": tune}
    inner = split_by_patient(table.filter(pl.col("split") == training), shares=shares, strata=strata, seed=seed)
    told = films.join(inner.films.select("film_id", inner="side"), on="film_id", how="left", maintain_order="left")
    return told.with_columns(side=pl.coalesce("inner", "side")).drop("inner")


def _check_rule(table: pl.DataFrame, shares: Mapping[str, float], strata: Sequence[str]) -> None:
    if len(shares) < 2 or not all(share > 0 for share in shares.values()) or abs(sum(shares.values()) - 1) > 1e-9:
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


def units(table: pl.DataFrame, together: Iterable[tuple[str, str]] = ()) -> pl.Series:
    """What is divided, for each film: its patient, or the first of the patients who are tied by a copy of a film.

    Parameters
    ----------
    table
        With `film_id`, `patient_id` and `sha256`: films with one hash tie their patients.
    together
        Pairs of film ids that tie their patients too.

    Raises
    ------
    DataError
        If a pair names a film that the table lacks.
    """
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
    name: str,
    table: pl.DataFrame,
    films: pl.DataFrame,
    sides: Sequence[str],
    rule: Mapping[str, Any],
    balanced: set[str],
) -> Split:
    """Check that no patient stands on two sides, and count."""
    import polars as pl

    refuse_parted(films, name)
    films = films.sort("film_id")
    told = {side: Side.of(films.filter(side=side)) for side in sides}
    listed = films.select("film_id", "side").with_columns(balanced=pl.col("film_id").is_in(balanced))
    return Split(name, table["collection"][0], rule, listed, told)


def _balanced(films: pl.DataFrame, side: str | None, seed: int) -> set[str]:
    """As many positive as negative films of the training side, all of the rarer kind."""
    if side is None:
        raise DataError(f"a balanced sample is of the training side ({' or '.join(_TRAINING)}), and there is none")
    within = films.filter(side=side).sort("film_id")
    groups = [within.filter(label=value)["film_id"].to_list() for value in (True, False)]
    size = min(len(group) for group in groups)
    if size == 0:
        raise DataError(
            f"a balanced sample needs positive and negative films on the side {side!r}; one kind is missing"
        )
    dice = np.random.default_rng(seed)
    return {group[place] for group in groups for place in dice.permutation(len(group))[:size]}
