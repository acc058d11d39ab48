"""Which collection a verb is about: the arguments that say it, and its table."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wetread.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["add_collection", "load_table", "place_of"]

_NAMES = (
    "nih",
    "nih-sample",
    "rsna",
    "kermany",
    "medmnist",
    "csv",
    "dicom",
)  # as in collections, which help need not load


def add_collection(parser: argparse.ArgumentParser, *, images: str) -> None:
    """Add the collection's name, its table and its folder.

    Parameters
    ----------
    images
        What the verb does with the folder of films, for its help.
    """
    parser.add_argument("collection", choices=_NAMES, help="which")
    parser.add_argument("--labels", metavar="FILE", help="its table; alone, the metadata are taken")
    parser.add_argument("--images", metavar="DIR", help=f"its folder of films; {images}")
    parser.add_argument(
        "--column", action="append", type=_column, metavar="OURS=THEIRS",
        help="for csv: which of the table's columns is which of ours, such as label=pneumonia; may be repeated",
    )  # fmt: skip


def _column(text: str) -> tuple[str, str]:
    ours, sign, theirs = text.partition("=")
    if not (ours and sign and theirs):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form label=pneumonia")
    return ours, theirs


def place_of(options: argparse.Namespace) -> Path:
    """Where the collection lies: its folder of films, else its table.

    Raises
    ------
    UsageError
        If neither is named.
    """
    place = options.images or options.labels
    if place is None:
        raise UsageError("name the collection's table with --labels, its folder of images with --images, or both")
    return Path(place)


def load_table(options: argparse.Namespace, *, lists: str | None = "official") -> tuple[pl.DataFrame, list[str]]:
    """The collection's table, and what was noted on loading, which is said on standard error too.

    Parameters
    ----------
    lists
        "official": with the collection's own split; None: without.
    """
    from wetread.collections import load

    notes: list[str] = []
    columns = dict(options.column) if options.column else None
    beside = None if options.collection == "medmnist" else options.labels  # its archive is table and films in one
    table = load(options.collection, place_of(options), labels=beside, lists=lists, columns=columns, notes=notes)
    for note in notes:
        print(f"wetread: {note}", file=sys.stderr)
    return table, notes
