"""A reader study: what every reader rated each case under each test, and what each case is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import DataError

__all__ = ["Study"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Text = NDArray[np.str_]


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """t tests (ways of reading) x r readers x c cases of ratings, with the truth of each case. Arrays are read-only.

    Parameters
    ----------
    rating
        (t, r, c) float64, ordinal or continuous: higher means more likely positive. NaN where a reader did not read a
        case under a test; every other entry is finite.
    truth
        (c,) bool: the reference standard.
    tests, readers
        Their names, each once; "test 1", "reader 1", ... if left out.
    case
        (c,) text, each once; "1", "2", ... if left out.
    patient
        (c,) text, never empty: several films of one patient carry the same. Each case is a patient if left out.
    name
        What the study is called in print.

    Raises
    ------
    DataError
        On construction, saying what is wrong, for anything else.
    """

    rating: Float
    truth: Bool
    tests: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    case: Text = field(default_factory=lambda: np.array([], np.str_))
    patient: Text = field(default_factory=lambda: np.array([], np.str_))
    name: str = "reader study"

    def __post_init__(self) -> None:
        rating = np.array(self.rating)
        if rating.ndim != 3 or not rating.size or rating.dtype.kind not in "fiub":
            raise DataError(
                f"{self.name}: ratings are numbers for tests x readers x cases, none of them empty, not "
                f"{rating.dtype} {rating.shape}"
            )
        rating = rating.astype(np.float64)
        if np.isinf(rating).any():
            raise DataError(f"{self.name}: {int(np.isinf(rating).sum())} ratings are infinite; give finite ones")
        t, r, c = rating.shape
        case = np.array(self.case, np.str_) if np.size(self.case) else np.arange(1, c + 1).astype(np.str_)
        patient = np.array(self.patient, np.str_) if np.size(self.patient) else case.copy()
        truth = _binary(self.truth, self.name)
        for what, values in {"truths": truth, "case names": case, "patients": patient}.items():
            if values.shape != (c,):
                raise DataError(f"{self.name}: {what} are one for each of {c} cases, not {values.shape}")
        if np.unique(case).size != c:
            raise DataError(f"{self.name}: {c - np.unique(case).size} cases have the name of another; name each once")
        if (patient == "").any():
            raise DataError(f"{self.name}: {int((patient == '').sum())} of {c} cases have no patient")
        for column in (rating, truth, case, patient):
            column.flags.writeable = False
        tests, readers = _names(self.tests, t, "test", self.name), _names(self.readers, r, "reader", self.name)
        filled = {"rating": rating, "truth": truth, "tests": tests, "readers": readers, "case": case}
        for key, value in {**filled, "patient": patient}.items():
            object.__setattr__(self, key, value)

    @classmethod
    def from_rows(
        cls,
        reader: ArrayLike,
        test: ArrayLike,
        case: ArrayLike,
        truth: ArrayLike,
        rating: ArrayLike,
        *,
        patient: ArrayLike | None = None,
        name: str = "reader study",
    ) -> Self:
        """A study from a long table, one row a reading, columns of n entries each.

        Tests, readers and cases stand in the order in which they first come: a difference is the first test minus the
        second. `truth` is 0 or 1 in every row. What no row says is not read (NaN).

        Raises
        ------
        DataError
            If columns differ in length, a rating is no finite number, a case has two truths or two patients, or a
            reading stands there twice.
        """
        columns = [np.asarray(column).ravel().astype(np.str_) for column in (reader, test, case)]
        given = np.asarray(rating).ravel()
        rows = given.size
        label = np.asarray(truth).ravel()
        owner = columns[2] if patient is None else np.asarray(patient).ravel().astype(np.str_)
        if not rows or any(column.shape != (rows,) for column in (*columns, label, owner)):
            raise DataError(f"{name}: a long table has columns of one length, at least one row, one rating a row")
        if given.dtype.kind not in "fiub" or not np.isfinite(given.astype(np.float64)).all():
            raise DataError(f"{name}: ratings are finite numbers; leave out the row of a case that was not read")
        (readers, j), (tests, i), (cases, k) = (_in_order(column) for column in columns)
        cell = (i * readers.size + j) * cases.size + k
        if np.unique(cell).size != rows:
            twice = rows - np.unique(cell).size
            raise DataError(f"{name}: {twice} of {rows} rows repeat a reader, test and case; keep one reading of each")
        positive = _binary(label, name)
        table = np.full((tests.size, readers.size, cases.size), np.nan)
        table[i, j, k] = given
        labels, owners = np.zeros(cases.size, np.bool_), np.full(cases.size, "", owner.dtype)
        labels[k], owners[k] = positive, owner
        if (labels[k] != positive).any():
            raise DataError(f"{name}: {np.unique(k[labels[k] != positive]).size} cases have two different truths")
        if (owners[k] != owner).any():
            raise DataError(f"{name}: {np.unique(k[owners[k] != owner]).size} cases are of two different patients")
        return cls(table, labels, tuple(tests.tolist()), tuple(readers.tolist()), cases, owners, name)

    @property
    def positives(self) -> int:
        """How many cases are positive."""
        return int(self.truth.sum())

    @property
    def negatives(self) -> int:
        """How many cases are negative."""
        return int(self.truth.size - self.truth.sum())

    @property
    def patients(self) -> int:
        """How many patients the cases are of."""
        return int(np.unique(self.patient).size)

    def complete(self, where_else: str = "") -> Self:
        """Itself, if every reader read every case under every test.

        Raises
        ------
        DataError
            If a reading is missing, with how many and where the first is.
        """
        missing = np.isnan(self.rating)
        if not missing.any():
            return self
        t, r, c = self.rating.shape
        test, reader = (int(index) + 1 for index in np.argwhere(missing.any(axis=2))[0])
        raise DataError(
            f"{self.name}: {int(missing.sum())} of {missing.size} readings are missing (first: reader {reader} of {r} "
            f"under test {test} of {t} lacks {int(missing[test - 1, reader - 1].sum())} of {c} cases), and this "
            f"analysis is of studies in which everybody reads everything{where_else}"
        )

    def only(self, tests: Sequence[str], name: str = "") -> Study:
        """The study of some tests, in the order given.

        Raises
        ------
        DataError
            For a test that is not there.
        """
        unknown = [test for test in tests if test not in self.tests]
        if unknown or not tests:
            raise DataError(f"{self.name}: no test {unknown}: there are {', '.join(self.tests)}")
        rows = [self.tests.index(test) for test in tests]
        return Study(
            self.rating[rows], self.truth, tuple(tests), self.readers, self.case, self.patient, name or self.name
        )


def _names(given: tuple[str, ...], count: int, what: str, name: str) -> tuple[str, ...]:
    names = tuple(map(str, given)) or tuple(f"{what} {number}" for number in range(1, count + 1))
    if len(names) != count or len(set(names)) != count:
        raise DataError(f"{name}: {count} {what}s need {count} different names, not {len(set(names))}")
    return names


def _binary(values: ArrayLike, name: str) -> Bool:
    given = np.array(values)
    if given.dtype.kind not in "fiub" or not np.isin(given, (0, 1)).all():
        raise DataError(f"{name}: the truth of a case is 0 or 1; decide what is uncertain by a reference standard")
    positive: Bool = given == 1
    return positive


def _in_order(column: Text) -> tuple[Text, NDArray[np.intp]]:
    """Distinct values in the order of their first row, and the index of each row's value among them."""
    values, first, back = np.unique(column, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    return values[order], place[back]
