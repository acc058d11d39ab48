"""Multi-reader multi-case analysis: do the tests differ, for readers and cases like these?

Obuchowski and Rockette (Communications in Statistics 1995) with the degrees of freedom of Hillis (Statistics in Medicine
2007). With jackknife covariances it is the analysis of Dorfman, Berbaum and Metz (Investigative Radiology 1992) as
corrected by Hillis, Obuchowski, Schartz and Berbaum (Statistics in Medicine 2005).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wetread.errors import DataError
from wetread.evaluation.readers.covariance import covariance as covariance_of
from wetread.evaluation.readers.inference import Difference, Overall, Single, difference, overall, single
from wetread.evaluation.readers.merit import Merit, wording
from wetread.evaluation.readers.study import Study

__all__ = ["Analysis", "Components", "DbmComponents", "Inference", "MeanSquares", "Mrmc", "from_components", "mrmc"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Components:
    """Error variance and covariances over cases, and variances over readers; NaN where a design cannot tell.

    `cov1`: same reader, different tests. `cov2`: same test, different readers. `cov3`: both different. `reader` and
    `test_by_reader` are estimates that can be negative.
    """

    var: float
    cov1: float
    cov2: float
    cov3: float
    reader: float = math.nan
    test_by_reader: float = math.nan


@dataclass(frozen=True, slots=True)
class DbmComponents:
    """The same as variance components of pseudo-values, in the model of Dorfman, Berbaum and Metz."""

    reader: float
    case: float
    test_by_reader: float
    test_by_case: float
    reader_by_case: float
    error: float


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Of the tests x readers table of figures of merit; `reader_within` for each test by itself. NaN where undefined."""

    test: float
    reader: float
    test_by_reader: float
    reader_within: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Inference:
    """What holds for one kind of future: who and what is taken as a sample of others is in `about`."""

    about: str
    error: float
    overall: Overall | None
    differences: tuple[Difference, ...]
    single: tuple[Single, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Figures of merit (t, r), their components, and up to three inferences, None where there is one reader only.

    `random_readers_random_cases` speaks of other readers and other patients, `fixed_readers` of these readers and other
    patients, `fixed_cases` of other readers and these patients.
    """

    tests: tuple[str, ...]
    readers: tuple[str, ...]
    value: Float
    mean_squares: MeanSquares
    components: Components
    per_test: tuple[Components, ...]
    random_readers_random_cases: Inference | None
    fixed_readers: Inference
    fixed_cases: Inference | None


@dataclass(frozen=True, slots=True, eq=False)
class Mrmc:
    """The analysis of one study. `se` (t, r) is each reader's standard error over cases.

    `per_reader` compares the tests for each reader alone, from that reader's own variance and covariance. `notes` says in
    sentences what must be known of the numbers.
    """

    name: str
    merit: str
    covariance: str
    cases: int
    positives: int
    negatives: int
    patients: int
    analysis: Analysis
    se: Float
    dbm: DbmComponents
    per_reader: tuple[Difference, ...]
    notes: tuple[str, ...] = ()


def mrmc(
    study: Study,
    *,
    merit: Merit = "auc",
    threshold: float | None = None,
    covariance: str = "jackknife",
    level: float = 0.95,
) -> Mrmc:
    """Compare t tests read by r readers on the same cases.

    Parameters
    ----------
    study
        Complete: every reader read every case under every test. Several cases may be of one patient.
    merit
        "auc" (empirical, ties by halves), "sensitivity", "specificity", "youden" (their sum less 1), or a function of
        ratings (k, c) and truth (c,) that gives (k,) numbers.
    threshold
        The lowest rating that counts as a call of positive; for all but the AUC.
    covariance
        "jackknife", "delong" or "unbiased".
    level
        Of the two-sided intervals.

    Returns
    -------
    With one reader only the fixed-reader inference, with one test no differences.

    Raises
    ------
    DataError
        If readings are missing, or a class has fewer than two patients.
    ConfigError
        For an unknown figure of merit or covariance, or a threshold that is missing or has no use.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> truth = np.arange(60) % 2 == 0
    >>> rating = rng.normal(size=(2, 4, 60)) + truth * np.array([1.0, 2.0])[:, None, None]
    >>> found = mrmc(Study(rating, truth, ("film", "film with aid")))
    >>> str(found.analysis.random_readers_random_cases.differences[0].estimate)
    '-0.203 (-0.253--0.153)'
    """
    printed = wording(merit, threshold)
    study.complete(": take `u_statistics`, or leave out the cases that not everybody read")
    value, matrix, units = covariance_of(study, merit, threshold, covariance)
    t, r = value.shape
    per_test = tuple(_averaged(matrix[[i]][:, :, [i]]) for i in range(t))
    analysis = _analysis(value, _averaged(matrix), per_test, study.tests, study.readers, level)
    variances = np.maximum(np.einsum("ijij->ij", matrix), 0.0)
    per_reader = tuple(found for j in range(r) for found in _one_reader(value, matrix, study, j, level))
    se = np.sqrt(variances)
    se.flags.writeable = False
    return Mrmc(
        study.name, printed, covariance, int(study.truth.size), study.positives, study.negatives, study.patients,
        analysis, se, _dbm(analysis.components, units), per_reader, _notes(analysis),
    )  # fmt: skip


def from_components(
    value: ArrayLike,
    components: Components,
    *,
    per_test: tuple[Components, ...] = (),
    tests: tuple[str, ...] = (),
    readers: tuple[str, ...] = (),
    level: float = 0.95,
) -> Analysis:
    """The same analysis from a printed table of figures of merit (t, r) and the printed error components.

    `per_test` holds `var` and `cov2` of each test; without it no test is estimated by itself except over readers.

    Raises
    ------
    DataError
        If the table is not tests x readers of finite numbers, or there is not one entry of `per_test` a test.
    """
    table = np.array(value, np.float64)
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():
        raise DataError(f"figures of merit are a table of tests x readers, all finite, not {table.shape}")
    t, r = table.shape
    nothing = Components(math.nan, math.nan, math.nan, math.nan)
    each = per_test or (nothing,) * t
    names = tests or tuple(f"test {i + 1}" for i in range(t))
    who = readers or tuple(f"reader {j + 1}" for j in range(r))
    if len(each) != t or len(names) != t or len(who) != r:
        raise DataError(
            f"{len(each)} components and {len(names)} names for {t} tests, {len(who)} names for {r} readers"
        )
    return _analysis(table, components, each, names, who, level)


def _averaged(matrix: Float) -> Components:
    """Means of the four kinds of entries of a covariance matrix (t, r, t, r)."""
    t, r = matrix.shape[:2]
    same_test, same_reader = np.eye(t, dtype=bool)[:, None, :, None], np.eye(r, dtype=bool)[None, :, None, :]
    kinds = [same_test & same_reader, ~same_test & same_reader, same_test & ~same_reader, ~same_test & ~same_reader]
    means = [float(matrix[kind].mean()) if kind.any() else math.nan for kind in kinds]
    return Components(*means)


def _mean_squares(value: Float) -> MeanSquares:
    t, r = value.shape
    whole, by_test, by_reader = value.mean(), value.mean(axis=1), value.mean(axis=0)
    rest = value - by_test[:, None] - by_reader[None, :] + whole
    return MeanSquares(
        r * float(((by_test - whole) ** 2).sum()) / (t - 1) if t > 1 else math.nan,
        t * float(((by_reader - whole) ** 2).sum()) / (r - 1) if r > 1 else math.nan,
        float((rest**2).sum()) / ((t - 1) * (r - 1)) if t > 1 and r > 1 else math.nan,
        tuple(float(((row - row.mean()) ** 2).sum()) / (r - 1) if r > 1 else math.nan for row in value),
    )


def _analysis(
    value: Float, error: Components, per_test: tuple[Components, ...], tests: tuple[str, ...], readers: tuple[str, ...],
    level: float,
) -> Analysis:  # fmt: skip
    t, r = value.shape
    squares = _mean_squares(value)
    shared = max(error.cov2 - error.cov3, 0.0) if t > 1 and r > 1 else 0.0
    components = Components(
        error.var, error.cov1, error.cov2, error.cov3,
        (squares.reader - squares.test_by_reader) / t - error.cov1 + error.cov3,
        squares.test_by_reader - error.var + error.cov1 + shared,
    )  # fmt: skip
    table = value.copy()
    table.flags.writeable = False
    several = r > 1
    return Analysis(
        tuple(tests), tuple(readers), table, squares, components, per_test,
        _random_random(table, squares, per_test, shared, tests, level) if several else None,
        _fixed_readers(table, squares, components, per_test, shared, tests, level),
        _fixed_cases(table, squares, tests, level) if several else None,
    )  # fmt: skip


def _random_random(
    value: Float, squares: MeanSquares, per_test: tuple[Components, ...], shared: float, tests: tuple[str, ...],
    level: float,
) -> Inference:  # fmt: skip
    t, r = value.shape
    error = squares.test_by_reader + r * shared if t > 1 else math.nan
    df = _hillis(error, squares.test_by_reader, (t - 1) * (r - 1))
    alone = []
    for name, row, square, own in zip(tests, value, squares.reader_within, per_test, strict=True):
        term = square + r * max(own.cov2, 0.0) if not math.isnan(own.cov2) else math.nan
        alone.append(single(name, float(row.mean()), term / r, _hillis(term, square, r - 1), level))
    return Inference(
        "random readers and random cases: other readers, other patients", error,
        overall(squares.test, error, t - 1, df, chi_square=False) if t > 1 else None,
        _pairs(value, 2 / r * error, df, tests, level), tuple(alone),
    )  # fmt: skip


def _fixed_readers(
    value: Float, squares: MeanSquares, components: Components, per_test: tuple[Components, ...], shared: float,
    tests: tuple[str, ...], level: float,
) -> Inference:  # fmt: skip
    t, r = value.shape
    error = components.var - components.cov1 + (r - 1) * shared
    alone = []
    for name, row, own in zip(tests, value, per_test, strict=True):
        others = (r - 1) * max(own.cov2, 0.0) if r > 1 and not math.isnan(own.cov2) else 0.0
        alone.append(single(name, float(row.mean()), (own.var + others) / r, None, level))
    return Inference(
        "fixed readers and random cases: these readers, other patients", error,
        overall(squares.test, error, t - 1, None, chi_square=True) if t > 1 else None,
        _pairs(value, 2 / r * error, None, tests, level), tuple(alone),
    )  # fmt: skip


def _fixed_cases(value: Float, squares: MeanSquares, tests: tuple[str, ...], level: float) -> Inference:
    t, r = value.shape
    error, df = squares.test_by_reader, (t - 1) * (r - 1)
    return Inference(
        "random readers and fixed cases: other readers, these patients", error,
        overall(squares.test, error, t - 1, df, chi_square=False) if t > 1 else None,
        _pairs(value, 2 / r * error, df, tests, level),
        tuple(
            single(name, float(row.mean()), square / r, r - 1, level)
            for name, row, square in zip(tests, value, squares.reader_within, strict=True)
        ),
    )  # fmt: skip


def _hillis(error: float, square: float, df: int) -> float | None:
    """Degrees of freedom of a mean square plus a known term; None where the mean square is 0 and so says nothing."""
    if not square > 0 or not math.isfinite(error):
        return None
    return error**2 / (square**2 / df)


def _pairs(
    value: Float, variance: float, df: float | None, tests: tuple[str, ...], level: float
) -> tuple[Difference, ...]:
    means = value.mean(axis=1)
    return tuple(
        difference((tests[i], tests[k]), float(means[i] - means[k]), variance, df, level)
        for i, k in combinations(range(len(tests)), 2)
    )


def _one_reader(value: Float, matrix: Float, study: Study, reader: int, level: float) -> list[Difference]:
    own = _averaged(matrix[:, [reader]][..., [reader]])
    return [
        difference(
            (study.tests[i], study.tests[k]), float(value[i, reader] - value[k, reader]), 2 * (own.var - own.cov1), None,
            level, reader=study.readers[reader],
        )
        for i, k in combinations(range(len(study.tests)), 2)
    ]  # fmt: skip


def _dbm(found: Components, units: int) -> DbmComponents:
    return DbmComponents(
        found.reader,
        units * found.cov3,
        found.test_by_reader,
        units * (found.cov2 - found.cov3),
        units * (found.cov1 - found.cov3),
        units * (found.var - found.cov1 - found.cov2 + found.cov3),
    )


def _notes(found: Analysis) -> tuple[str, ...]:
    notes = []
    t, r = found.value.shape
    if r == 1:
        notes.append("There is one reader: the numbers speak of this reader only, and of no other.")
    if t == 1:
        notes.append("There is one test: there is nothing to compare it with.")
    if t > 2:
        notes.append("The p of each pair of tests is of that pair alone: adjust for how many pairs are looked at.")
    if t > 1 and r > 1 and found.components.cov2 < found.components.cov3:
        notes.append("Cov2 is below Cov3, which only chance makes it: their difference is taken as 0.")
    inferences = (found.random_readers_random_cases, found.fixed_readers, found.fixed_cases)
    if any(math.isnan(entry.p) for inference in inferences if inference for entry in inference.differences):
        notes.append("A variance estimate is not above 0, so that some difference has no interval and no test.")
    return tuple(notes)
