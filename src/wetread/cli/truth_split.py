"""`wetread truth split` and `wetread truth leaks`: who stands on which side, and whether anybody stands on two."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wetread.cli.collection import load_table, place_of
from wetread.cli.place import new_folder, write_file, write_folder
from wetread.cli.talk import Progress
from wetread.errors import DataError, LeakError, UnreadableError, UsageError

if TYPE_CHECKING:
    import polars as pl

    from wetread.truth.fingerprints import Prints
    from wetread.truth.split import Side, Split

__all__ = ["leaks", "split"]

_MANY = 20_000  # films whose comparison takes more than a few seconds


def split(options: argparse.Namespace) -> int:
    """Divide a collection and save the split; the exit status."""
    place_of(options)
    _agree(options)
    from wetread.truth.split import FILES

    out = Path(options.out)
    new_folder(out, "a split once used is not replaced, since results name it")
    table, _ = load_table(options, lists="official" if options.official else None)
    made = _divided(options, table)
    write_folder(out, made.files)
    print(_title(made))
    for name, side in made.sides.items():
        print(_line(name, side))
    if chosen := made.balanced:
        from wetread.collections import list_hash

        print(f"balanced sample of the training side: {len(chosen):,} films; list {list_hash(chosen)}")
    _warn(made.placed(table))
    print(f"wetread: written to {out}: {', '.join(FILES)}", file=sys.stderr)
    return 0


def _agree(options: argparse.Namespace) -> None:
    """Refuse options that contradict each other."""
    if options.official and (options.shares or options.together):
        raise UsageError("--official takes the lists as they are: --shares and --together have no place beside it")
    if options.tune is not None and not options.official:
        raise UsageError("--tune is the share of an --official training side; otherwise say it in --shares")
    if options.official and options.strata and options.tune is None:
        raise UsageError("--strata has no place beside --official without --tune: nothing is drawn")


def _divided(options: argparse.Namespace, table: pl.DataFrame) -> Split:
    from wetread.truth.divide import SHARES, STRATA, official_split, split_by_patient

    strata = STRATA if options.strata is None else () if options.strata == ["none"] else options.strata
    if options.official:
        return official_split(table, tune=options.tune, seed=options.seed, strata=strata, balanced=options.balanced)
    return split_by_patient(
        table, shares=options.shares or SHARES, strata=strata, seed=options.seed, balanced=options.balanced,
        together=_pairs(options.together),
    )  # fmt: skip


def _pairs(path: str | None) -> list[tuple[str, str]]:
    """Pairs of film ids from the columns `first` and `second`, as `wetread truth leaks --out` writes them."""
    if path is None:
        return []
    import polars as pl

    from wetread.collections.tables import Rule, check, collect, open_table

    source = open_table(Path(path), {"first": (), "second": ()})
    check(source, source.rows, [Rule(name, pl.col(name).is_null(), "a film's id") for name in ("first", "second")])
    return [(first, second) for first, second in collect(source, source.rows.select("first", "second")).rows()]


def _title(made: Split) -> str:
    told = f"split {made.name}: {made.films.height:,} films of {made.collection}; list {made.list_sha256}"
    whole = {True: "NIH's official lists, all films of them", False: "NIH's official lists, a part of their films"}
    return f"{told} ({whole[made.rule['whole']]})" if "whole" in made.rule else told


def _line(name: str, side: Side) -> str:
    from wetread.report.wording import count, share

    labelled = side.films - side.unlabelled
    label = "no label" if side.prevalence is None else f"prevalence {share(side.prevalence)}".replace("\u202f", " ")
    of = "" if side.prevalence is None else f" ({side.positives:,} of {labelled:,} labelled)"
    return (
        f"{name}: {count(side.films, 'film')}, {count(side.patients, 'patient')}, {label}{of}, list {side.list_sha256}"
    )


def _warn(table: pl.DataFrame) -> None:
    """Say so where lists, which are not ours to change, part films that are the same file."""
    from wetread.report.wording import count
    from wetread.truth.leaks import find_leaks

    if found := find_leaks(table):
        copies = count(len(found), "pair of films is", "pairs of films are")
        print(f"wetread: {copies} the same file on two sides: `wetread truth leaks` names them", file=sys.stderr)


def leaks(options: argparse.Namespace) -> int:
    """Compare the sides of a split; 0 if nothing stands on two of them.

    Raises
    ------
    LeakError
        If a patient or a copy of a film does.
    """
    from wetread.truth.leak_report import inspect
    from wetread.truth.leaks import in_words

    place_of(options)
    allow = _pairs(options.allow)
    made = None if options.split is None else _saved(options.split)
    table, _ = load_table(options)
    table = _placed(table, made)
    prints, unreadable = _read(table) if options.images is not None else (None, {})
    found = inspect(table, prints, unreadable=unreadable, allow=allow)
    if options.out is not None:
        write_file(Path(options.out), found.to_csv())
    name, listed = (made.name, made.list_sha256) if made else (f"{options.collection}'s own lists", _hash(table))
    if options.json:
        print(json.dumps({"split": name, "list_sha256": listed} | found.to_dict(), indent=1, ensure_ascii=False))
    else:
        print(f"split {name}, list {listed}\n{found}")
    if found.leaks:
        raise LeakError(in_words(found.leaks))
    return UnreadableError.exit_status if unreadable else 0


def _saved(folder: str) -> Split:
    from wetread.truth.split import Split

    return Split.load(Path(folder))


def _hash(table: pl.DataFrame) -> str:
    from wetread.collections import list_hash

    return list_hash(table.filter(table["split"].is_not_null())["film_id"])


def _placed(table: pl.DataFrame, made: Split | None) -> pl.DataFrame:
    """The films on their sides; how many of the split, or of the table, are not among them is said."""
    from wetread.report.wording import count

    placed = table if made is None else made.placed(table)
    known = placed.height - placed["split"].null_count()
    if not known:
        what = "the table names no sides" if made is None else "none of the split's films is in the table"
        raise DataError(f"{what}: nothing can be compared; name the split with --split, and the films as it does")
    if known < placed.height:
        without = count(placed.height - known, "film of the table is", "films of the table are")
        print(f"wetread: {without} on no side: left out", file=sys.stderr)
    if made is not None and known < made.films.height:
        lost = made.films.height - known
        print(
            f"wetread: {lost:,} of the split's {count(made.films.height, 'film')} {'is' if lost == 1 else 'are'} not in "
            "the table: NOT compared",
            file=sys.stderr,
        )
    return placed


def _read(table: pl.DataFrame) -> tuple[Prints, dict[str, str]]:
    """Fingerprints of the films that stand on a side and have a file, and why others could not be read."""
    import polars as pl

    from wetread.truth.fingerprints import read_prints

    paths = table.select(pl.when(pl.col("split").is_not_null()).then("path"))["path"].to_list()
    progress = Progress(sum(path is not None for path in paths))
    errors: dict[int, UnreadableError] = {}
    try:
        prints = read_prints(paths, step=progress.step, unreadable=errors)
    finally:
        progress.clear()
    if (pictures := sum(map(bool, prints.pixels_sha256))) >= _MANY:
        print(f"wetread: {pictures:,} films read; comparing each with each", file=sys.stderr, flush=True)
    return prints, {table["film_id"][place]: str(error) for place, error in errors.items()}
