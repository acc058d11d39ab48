"""Coefficients of agreement against what was printed, and against what defines them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from truth.published import FLEISS, KRIPPENDORFF, ORACLES, krippendorff_rows, oracle
from wetread.errors import ConfigError, DataError
from wetread.truth.agreement import analytic_interval
from wetread.truth.coefficients import (
    Level,
    Scheme,
    brennan_prediger,
    class_specific,
    cohen,
    conger,
    fleiss,
    fleiss_of_counts,
    gwet,
    krippendorff,
    observed,
)
from wetread.truth.reads import Reads

Ints = NDArray[np.int64]
UNITS = Reads.of_matrix(krippendorff_rows()).first()
NUMBERS = np.arange(1.0, 6.0)


def two_readers(a: int, b: int, c: int, d: int) -> Ints:
    """Reads behind a table [[a, b], [c, d]], rows the first reader."""
    return np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], [a, b, c, d], axis=0)


@st.composite
def several(draw: st.DrawFn) -> Ints:
    films, readers = draw(st.integers(2, 15)), draw(st.integers(2, 4))
    cells = draw(st.lists(st.integers(-1, 2), min_size=films * readers, max_size=films * readers))
    return np.array(cells).reshape(films, readers)


# ------------------------------------------------------------------------------------------------- printed results


@pytest.mark.requirement("REQ-REFERENCE-STANDARD")
def test_cohen_as_printed() -> None:
    found = cohen(two_readers(20, 5, 10, 15), 2)
    interval = analytic_interval(found)
    assert interval is not None
    assert found.value == pytest.approx(0.4, abs=1e-12)
    assert round(found.se, 4) == 0.1270
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.1511, 0.6489)


@pytest.mark.requirement("REQ-REFERENCE-STANDARD")
def test_fleiss_as_printed() -> None:
    counts = np.array(FLEISS, float)
    found = fleiss_of_counts(counts)
    assert found.value == pytest.approx(0.20993070442195522, abs=1e-14)
    agreeing = (counts * (counts - 1)).sum(axis=1) / (14 * 13)
    assert agreeing.mean() == pytest.approx(0.378021978021978, abs=1e-15)
    assert ((counts.mean(axis=0) / 14) ** 2).sum() == pytest.approx(0.21275510204081632, abs=1e-15)


@pytest.mark.requirement("REQ-REFERENCE-STANDARD")
@pytest.mark.parametrize(
    ("level", "printed"),
    [
        ("nominal", 0.743421052631579),
        ("ordinal", 0.8153875037548814),
        ("interval", 0.8491071428571428),
        ("ratio", 0.7974027747116121),
    ],
)
def test_krippendorff_as_printed(level: Level, printed: float) -> None:
    assert krippendorff(UNITS, 5, level=level, values=NUMBERS).value == pytest.approx(printed, abs=1e-13)


@pytest.mark.requirement("REQ-REFERENCE-STANDARD")
def test_gwet_and_its_companions_as_printed() -> None:
    found = gwet(UNITS, 5)
    interval = analytic_interval(found)
    assert interval is not None
    assert (round(found.value, 5), round(found.se, 5)) == (0.77544, 0.14295)
    assert (round(interval.low, 5), interval.high) == (0.46081, 1)
    assert round(fleiss(UNITS, 5).value, 5) == 0.76117
    assert round(brennan_prediger(UNITS, 5).value, 5) == 0.77273
    assert round(krippendorff(UNITS, 5).value, 5) == 0.74342


def test_conger_as_printed_needs_the_single_read_of_the_last_unit_where_that_program_has_it() -> None:
    """The packaged copy of the table gives unit 12's only read to observer C; in Krippendorff's it is observer B's."""
    moved = UNITS.copy()
    moved[11] = [-1, -1, UNITS[11, 1], -1]
    assert round(conger(moved, 5).value, 5) == 0.76282
    assert round(conger(UNITS, 5).value, 5) == 0.76207
    for other in (fleiss, gwet, brennan_prediger, krippendorff):  # these ask how many, never who
        assert other(moved, 5).value == pytest.approx(other(UNITS, 5).value)


@pytest.mark.parametrize(
    ("table", "kappa", "ac1", "pi"),
    [
        ((80, 10, 5, 5), 0.318181818181818, 0.808, 0.31428571428571417),
        ((40, 9, 6, 45), 0.6995192307692307, 0.7007481296758106, None),
    ],
)
def test_the_paradox_tables_as_printed(table: tuple[int, ...], kappa: float, ac1: float, pi: float | None) -> None:
    answers = two_readers(*table)
    assert observed(answers, 2).value == pytest.approx(0.85, abs=1e-14)
    assert cohen(answers, 2).value == pytest.approx(kappa, abs=1e-14)
    assert gwet(answers, 2).value == pytest.approx(ac1, abs=1e-14)
    assert brennan_prediger(answers, 2).value == pytest.approx(0.7, abs=1e-14)
    if pi is not None:
        assert fleiss(answers, 2).value == pytest.approx(pi, abs=1e-14)


def test_what_is_printed_here_is_what_the_oracle_has() -> None:
    published = oracle("agreement")
    assert published["cohen_20_5_10_15"] == {"kappa": 0.4, "ase": 0.127, "ci": [0.1511, 0.6489]}
    assert published["fleiss1971_10x5_14raters"]["kappa"] == 0.20993070442195522
    assert list(published["krippendorff2011_4x12"].values()) == [
        0.743421052631579,
        0.8153875037548814,
        0.8491071428571428,
        0.7974027747116121,
    ]
    packaged = published["gwet_cac_raw4raters"]
    assert [packaged[key] for key in ("AC1", "AC1_se", "fleiss", "conger", "brennan_prediger", "krippendorff")] == [
        0.77544,
        0.14295,
        0.76117,
        0.76282,
        0.77273,
        0.74342,
    ]
    assert published["feinstein_cicchetti_80_10_5_5"]["AC1"] == 0.808
    assert published["feinstein_cicchetti_40_9_6_45"]["kappa"] == 0.6995192307692307
    raw = ORACLES / "raw"
    lines = (raw / "fleiss_1971.csv").read_text("utf-8").split()[1:]
    assert tuple(tuple(int(n) for n in line.split(",")[1:]) for line in lines) == FLEISS
    lines = (raw / "krippendorff_2011.csv").read_text("utf-8").split()[1:]
    assert tuple("".join(cell or "." for cell in line.split(",")[1:]) for line in lines) == KRIPPENDORFF


# -------------------------------------------------------------------------------------------------------- by hand


def test_class_specific_agreement_of_two_readers_by_hand() -> None:
    answers = two_readers(80, 10, 5, 5)
    assert class_specific(answers, 2, 0, "no").value == pytest.approx(160 / 175)
    assert class_specific(answers, 2, 1, "yes").value == pytest.approx(10 / 25)


def test_class_specific_agreement_of_three_readers_by_hand() -> None:
    # One film 3 yes, one 2 yes, one 1 yes: pairs that agree on yes 6 + 2 + 0 of 6 + 4 + 2 that hold a yes first.
    answers = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0]])
    assert class_specific(answers, 2, 1, "yes").value == pytest.approx(8 / 12)


def test_weighted_kappa_by_hand() -> None:
    # Three answers; quadratic weights 1, 3/4, 0.
    table = np.array([[10, 3, 1], [2, 8, 2], [0, 4, 10]])
    cells = [(i, j) for i in range(3) for j in range(3) for _ in range(table[i, j])]
    p = table / table.sum()
    for scheme, power in (("linear", 1), ("quadratic", 2)):
        lost = (np.abs(np.subtract.outer(range(3), range(3))) / 2) ** power
        chance = np.outer(p.sum(axis=1), p.sum(axis=0))
        by_loss = 1 - (p * lost).sum() / (chance * lost).sum()
        assert cohen(np.array(cells), 3, weights=scheme).value == pytest.approx(by_loss)  # type: ignore[arg-type]


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_the_standard_error_of_kappa_is_that_of_many_samples(weights: Scheme | None) -> None:
    rng = np.random.default_rng(0)
    chance = np.array([0.35, 0.08, 0.02, 0.07, 0.2, 0.05, 0.01, 0.06, 0.16])
    draws = rng.choice(9, p=chance, size=(1500, 150))
    found = [cohen(np.column_stack([cells // 3, cells % 3]), 3, weights=weights) for cells in draws]
    assert np.mean([c.se for c in found]) == pytest.approx(np.std([c.value for c in found]), rel=0.06)


@pytest.mark.parametrize("kind", [gwet, fleiss, brennan_prediger])
def test_the_linearised_errors_are_those_of_many_samples(kind: object) -> None:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(600):
        truth = rng.uniform(size=120) < 0.3
        said = np.where(rng.uniform(size=(120, 3)) < 0.85, truth[:, None], ~truth[:, None]).astype(int)
        said[rng.uniform(size=said.shape) < 0.15] = -1
        found.append(kind(said, 2))  # type: ignore[operator]
    assert np.mean([c.se for c in found]) == pytest.approx(np.std([c.value for c in found]), rel=0.1)


def test_alpha_for_numbers_sees_distance() -> None:
    near = np.array([[0, 1], [1, 2], [3, 3], [4, 3], [2, 2]])
    assert krippendorff(near, 5, level="interval", values=NUMBERS).value > krippendorff(near, 5).value
    with_zero = krippendorff(np.array([[0, 0], [1, 1], [0, 1]]), 2, level="ratio", values=np.array([0.0, 2.0]))
    assert -1 < with_zero.value < 1


# ----------------------------------------------------------------------------------------------------- invariances


@settings(deadline=None)
@given(several(), st.randoms(use_true_random=False))
def test_readers_films_and_names_of_answers_may_be_swapped(answers: Ints, order: object) -> None:
    films, readers = list(range(len(answers))), list(range(answers.shape[1]))
    order.shuffle(films)  # type: ignore[attr-defined]
    order.shuffle(readers)  # type: ignore[attr-defined]
    renamed = np.array([2, 0, 1, -1])[answers]
    for kind in (observed, fleiss, gwet, brennan_prediger, conger, krippendorff):
        value = kind(answers, 3).value
        assert kind(answers[films][:, readers], 3).value == pytest.approx(value, nan_ok=True)
        assert kind(renamed, 3).value == pytest.approx(value, nan_ok=True)


@settings(deadline=None)
@given(several())
def test_weights_are_copies_of_films(answers: Ints) -> None:
    copies = np.arange(len(answers)) % 3
    assume((copies > 0).any())
    repeated = np.repeat(answers, copies, axis=0)
    for kind in (observed, fleiss, gwet, brennan_prediger, conger, krippendorff):
        assert kind(answers, 3)(copies[None].astype(float))[0] == pytest.approx(kind(repeated, 3).value, nan_ok=True)


@settings(deadline=None)
@given(several())
def test_nobody_agrees_more_than_fully(answers: Ints) -> None:
    for kind in (fleiss, gwet, brennan_prediger, conger, krippendorff):
        found = kind(answers, 3)
        assert np.isnan(found.value) or found.value <= 1 + 1e-9
    full = np.repeat(answers[:, :1], 3, axis=1)
    if len(np.unique(full[full >= 0])) > 1:
        for kind in (fleiss, gwet, brennan_prediger, conger, krippendorff):
            assert kind(full, 3).value == pytest.approx(1)


def test_two_readers_are_a_case_of_many() -> None:
    answers = two_readers(80, 10, 5, 5)
    assert conger(answers, 2).value == pytest.approx(cohen(answers, 2).value)


def test_where_nothing_varies_there_is_no_kappa() -> None:
    same = np.zeros((5, 2), int)
    assert np.isnan(cohen(same, 2).value)
    assert np.isnan(fleiss(same, 2).value)
    assert np.isnan(krippendorff(same, 2).value)
    assert gwet(same, 2).value == 1
    alone = np.array([[0, -1], [1, -1]])
    assert np.isnan(observed(alone, 2).value)
    assert np.isnan(gwet(alone, 2).value)
    assert analytic_interval(cohen(alone, 2)) is None


def test_what_is_not_asked_properly_is_refused() -> None:
    with pytest.raises(DataError, match="of two readers"):
        cohen(UNITS, 5)
    with pytest.raises(DataError, match="two answers or more"):
        fleiss(np.zeros((3, 2), int), 1)
    with pytest.raises(ConfigError, match="choose linear or quadratic"):
        cohen(two_readers(1, 1, 1, 1), 2, weights="cubic")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="choose nominal, ordinal, interval or ratio"):
        krippendorff(UNITS, 5, level="metric")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="the number behind each answer"):
        krippendorff(UNITS, 5, level="ratio")
