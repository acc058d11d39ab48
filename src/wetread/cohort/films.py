"""Films as codes: what every count here is taken from, about 20 bytes a film however long its texts are.

The table is read once, a batch at a time, so a table on disk that is larger than memory can be described as well as one
in memory. Everything after that is counting by film or by patient.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wetread.errors import DataError

__all__ = ["SEXES", "VIEWS", "Films", "coded"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SEXES = ("F", "M", "O")
VIEWS = ("PA", "AP", "LATERAL")
_WELCOME = ("follow_up", "rows", "columns", "flags")
_NEEDED = ("patient_id", "age_years", "sex", "view", "findings", "label", "collection")
_AT_ONCE = 250_000  # films of a batch
_BETWEEN = "\x1f"  # a unit separator stands in no finding's name
_UNSAID = "\x00"
_LABEL_NAMES = ("pneumonia",)


@dataclass(frozen=True)
class Films:
    """A table of films as plain arrays, each of length n (films) unless it says otherwise.

    Parameters
    ----------
    patient
        Number of the film's patient, 0 to `patients` - 1, in order of the ids: numerically where they are numbers.
    patients
        How many.
    label
        1 with the label, 0 without, -1 where nothing is said.
    age
        Years, NaN where unknown.
    sex, view
        Places in `SEXES` and `VIEWS`, -1 where unknown.
    follow_up
        The film's place in its patient's course as the collection counts it, -1 where it does not.
    said
        Place in `sets` of the findings that were said of the film.
    sets
        The distinct sets of findings; None where nothing was said.
    names
        Findings in order of how many films have them, without the label itself.
    source
        Place of the film's collection in `sources`.
    sources
        The collections.
    size
        Rows times columns of the original, -1 where unknown.
    implausible
        How many films have an age that nobody has.
    label_names
        What the label is called among the findings, as the table writes it.
    """

    patient: NDArray[np.uint32]
    patients: int
    label: NDArray[np.int8]
    age: NDArray[np.float32]
    sex: NDArray[np.int8]
    view: NDArray[np.int8]
    follow_up: NDArray[np.int32]
    said: NDArray[np.uint32]
    sets: tuple[frozenset[str] | None, ...]
    names: tuple[str, ...]
    source: NDArray[np.int16]
    sources: tuple[str, ...]
    size: NDArray[np.int32]
    implausible: int
    label_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.patient)

    @cached_property
    def per_patient(self) -> Ints:
        """Films of each patient, (patients,)."""
        return np.bincount(self.patient, minlength=self.patients)

    @cached_property
    def positive(self) -> Bools:
        """Films with the label."""
        return np.equal(self.label, 1)

    @cached_property
    def told(self) -> Bools:
        """Films of which something is said, be it that there is nothing."""
        return np.array([names is not None for names in self.sets], bool)[self.said]

    @cached_property
    def clear(self) -> Bools:
        """Films of which it is said that there is no finding, and that do not carry the label."""
        return np.array([names == frozenset() for names in self.sets], bool)[self.said] & ~self.positive

    def has(self, name: str) -> Bools:
        """Films with a finding."""
        return np.array([names is not None and name in names for names in self.sets], bool)[self.said]

    def others(self) -> NDArray[np.int16]:
        """How many findings beside the label each film has."""
        label = set(self.label_names)
        return np.array([0 if names is None else len(names - label) for names in self.sets], np.int16)[self.said]

    def by_patient(self, films: Bools) -> Ints:
        """How many of these films each patient has, (patients,)."""
        return np.bincount(self.patient[films], minlength=self.patients)

    def of(self, kept: Bools) -> Films:
        """Some of the films, (n,) True for those who stay, and the patients that they are of."""
        there = self.by_patient(kept) > 0
        numbers = np.cumsum(there) - 1
        return Films(
            patient=numbers[self.patient[kept]].astype(np.uint32), patients=int(there.sum()),
            label=self.label[kept], age=self.age[kept], sex=self.sex[kept], view=self.view[kept],
            follow_up=self.follow_up[kept], said=self.said[kept], sets=self.sets, names=self.names,
            source=self.source[kept], sources=self.sources, size=self.size[kept], implausible=self.implausible,
            label_names=self.label_names,
        )  # fmt: skip


def coded(table: pl.DataFrame | pl.LazyFrame) -> Films:
    """Read a table of films (`wetread.collections`) into codes, a batch at a time.

    Raises
    ------
    DataError
        If a needed column is missing or of another type, a film has no patient, or there is no film.
    """
    frame = table.lazy()
    schema = frame.collect_schema()
    if missing := [name for name in _NEEDED if name not in schema]:
        raise DataError(
            f"the table has no column {', '.join(missing)}; it has {', '.join(schema) or 'none'}: "
            "make it with wetread.collections.load"
        )
    try:
        used = [name for name in (*_NEEDED, *_WELCOME) if name in schema]
        parts = [_batch(batch.select(_columns(schema))) for batch in _batches(frame.select(used))]
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"the table's columns are not of the types of wetread.collections: {_first_line(error)}"
        ) from error
    if not sum(len(part["patient"]) for part in parts):
        raise DataError("the table holds no films: there is nobody to describe")
    return _joined(parts)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _batches(frame: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Slices one after the other: polars' own `collect_batches` runs ahead and fills memory with what is not yet asked for."""
    height = int(frame.select(pl.len()).collect().item())
    for begin in range(0, height, _AT_ONCE):
        yield frame.slice(begin, _AT_ONCE).collect()


# Codes of texts are given out here, one register for all batches; it lasts as long as a series of it does.
def _register(name: str) -> pl.Categorical:
    return pl.Categorical(pl.Categories(f"wetread.cohort.{name}", physical=pl.UInt32))


def _columns(schema: pl.Schema) -> list[pl.Expr]:
    def optional(name: str, kind: type[pl.DataType]) -> pl.Expr:
        return pl.col(name).cast(kind) if name in schema else pl.lit(None, kind)

    sets = pl.col("findings").cast(pl.List(pl.String)).list.unique().list.sort().list.join(_BETWEEN).fill_null(_UNSAID)
    flags = pl.col("flags").list.contains("age-implausible") if "flags" in schema else pl.lit(value=False)
    pixels = optional("rows", pl.Int64) * optional("columns", pl.Int64)
    return [
        pl.col("patient_id").cast(pl.String).alias("id"),
        pl.col("label").cast(pl.Int8).fill_null(-1).alias("label"),
        pl.col("age_years").cast(pl.Float32).alias("age"),
        *[_place(name, names).alias(name) for name, names in (("sex", SEXES), ("view", VIEWS))],
        optional("follow_up", pl.Int32).fill_null(-1).alias("follow_up"),
        sets.alias("set"),
        pl.col("collection").cast(pl.String).alias("source"),
        pixels.fill_null(-1).clip(upper_bound=2**31 - 1).cast(pl.Int32).alias("size"),
        flags.fill_null(value=False).alias("implausible"),
    ]


def _place(name: str, names: Sequence[str]) -> pl.Expr:
    places = list(range(len(names)))
    text = pl.col(name).cast(pl.String)
    return text.replace_strict(list(names), places, default=-1, return_dtype=pl.Int8)


def _batch(batch: pl.DataFrame) -> dict[str, pl.Series]:
    if batch["id"].null_count():
        raise DataError("the table has a film without a patient_id: patients are the unit of every interval")
    part = {name: batch[name] for name in ("label", "age", "sex", "view", "follow_up", "size")}
    part["implausible"] = batch["implausible"].sum() * pl.Series([1])
    for name in ("id", "set", "source"):
        part[name] = batch[name].cast(_register(name))
    part["patient"] = part.pop("id")
    return part


def _joined(parts: list[dict[str, pl.Series]]) -> Films:
    def whole(name: str) -> NDArray[np.generic]:
        return np.concatenate([part.pop(name).to_numpy() for part in parts])  # and let the batches' copies go

    patient, ids = _codes([part.pop("patient") for part in parts])
    order = _in_order(ids)
    said, texts = _codes([part.pop("set") for part in parts])
    source, sources = _codes([part.pop("source") for part in parts])
    sets = tuple(None if text == _UNSAID else frozenset(filter(None, text.split(_BETWEEN))) for text in texts)
    label = whole("label").astype(np.int8, copy=False)
    label_names, names = _names(sets, said, label == 1)
    return Films(
        patient=order[patient], patients=len(ids), label=label, age=whole("age").astype(np.float32, copy=False),
        sex=whole("sex").astype(np.int8, copy=False), view=whole("view").astype(np.int8, copy=False),
        follow_up=whole("follow_up").astype(np.int32, copy=False), said=said, sets=sets, names=names,
        source=source.astype(np.int16), sources=tuple(sources), size=whole("size").astype(np.int32, copy=False),
        implausible=int(sum(part["implausible"][0] for part in parts)), label_names=label_names,
    )  # fmt: skip


def _codes(parts: list[pl.Series]) -> tuple[NDArray[np.uint32], pl.Series]:
    """Codes from 0 without gaps in order of the texts, and the texts, from categorical series of one register."""
    seen = pl.concat([part.unique() for part in parts]).unique()
    texts = seen.cast(pl.String)
    order = texts.arg_sort()  # codes shall not hang on who came first
    physical = seen.to_physical()[order].to_numpy()
    place = np.zeros(int(physical.max()) + 1, np.uint32)
    place[physical] = np.arange(len(texts), dtype=np.uint32)
    return np.concatenate([place[part.to_physical().to_numpy()] for part in parts]), texts[order]


def _in_order(ids: pl.Series) -> NDArray[np.uint32]:
    """Rank of each id: by number where all are numbers, else by text (in which order they come)."""
    rank = np.arange(len(ids), dtype=np.uint32)
    if ids.str.contains(r"^\d{1,18}$").all():
        order = ids.cast(pl.Int64).arg_sort().to_numpy()
        rank = np.empty(len(ids), np.uint32)
        rank[order] = np.arange(len(ids), dtype=np.uint32)
    return rank


def _names(
    sets: tuple[frozenset[str] | None, ...], said: NDArray[np.uint32], positive: Bools
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the label is called among the findings, and all other findings, the most frequent first.

    Where none is called pneumonia, one that stands on all positive films and on no other is the label.
    """
    films = np.bincount(said, minlength=len(sets))
    with_label = np.bincount(said[positive], minlength=len(sets))
    every = sorted({name for names in sets if names is not None for name in names})
    count = {name: _sum(films, sets, name) for name in every}
    same = {name for name in every if name.casefold() in _LABEL_NAMES}
    if not same:
        total = int(with_label.sum())
        same = {name for name in every if count[name] == _sum(with_label, sets, name) == total}
    others = sorted((name for name in every if name not in same), key=lambda name: (-count[name], name))
    return tuple(sorted(same)), tuple(others)


def _sum(films: Ints, sets: tuple[frozenset[str] | None, ...], name: str) -> int:
    return int(sum(films[i] for i, names in enumerate(sets) if names is not None and name in names))
