"""The model of Dawid and Skene on their own table, and on readers whose errors are known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from truth.published import OBSERVERS, ORACLES, PATIENTS, oracle
from wetread.errors import ConfigError, DataError
from wetread.truth.dawid_skene import fit_dawid_skene
from wetread.truth.reads import Reads

NAMES = [str(i + 1) for i in range(45)]


@pytest.mark.requirement("REQ-REFERENCE-STANDARD")
def test_the_paper_to_its_printed_digits() -> None:
    reads = Reads.of_matrix(PATIENTS, readers=OBSERVERS, films=NAMES)
    fit = fit_dawid_skene(reads.counts())
    assert fit.marginals == pytest.approx([0.39955475, 0.42198339, 0.11179519, 0.06666667], abs=5e-9)
    assert [round(float(share), 2) for share in fit.marginals] == [0.40, 0.42, 0.11, 0.07]
    assert fit.log_likelihood == pytest.approx(-192.8908812142056, abs=1e-11)
    assert fit.confusion[0, 0] == pytest.approx([0.8895, 0.1105, 0, 0], abs=5e-5)
    assert fit.posterior[34] == pytest.approx([0, 0.948, 0.052, 0], abs=5e-4)
    assert fit.converged
    plurality = reads.counts().sum(axis=1).argmax(axis=1)  # ties to the lower class, as the printed comparison has them
    differ = np.flatnonzero(fit.posterior.argmax(axis=1) != plurality)
    assert [NAMES[place] for place in differ] == ["2", "12", "36"]


def test_the_table_and_the_results_are_those_of_the_oracle() -> None:
    published = oracle("dawid_skene_1979")
    assert published["marginals"] == [0.39955475, 0.42198339, 0.11179519, 0.06666667]
    assert published["loglik"] == -192.8908812142056
    lines = (ORACLES / "raw" / "dawid_skene_1979.csv").read_text("utf-8").split()[1:]
    assert [tuple(int(a) for a in line.split(",")[1:]) for line in lines] == PATIENTS


def test_repeats_entered_as_separate_workers_are_another_model() -> None:
    """What a well-known program gives for this table, because it cannot know that three columns are one observer."""
    apart = Reads.of_matrix(PATIENTS).counts()
    assert apart.shape == (45, 7, 4)
    early = fit_dawid_skene(apart, limit=3)  # that program stops about here
    assert early.marginals == pytest.approx([0.408, 0.417, 0.109, 0.067], abs=5e-4)
    assert not early.converged
    whole = fit_dawid_skene(apart)
    right = fit_dawid_skene(Reads.of_matrix(PATIENTS, readers=OBSERVERS).counts())
    assert np.abs(whole.marginals - right.marginals).max() > 0.02


def simulated(
    seed: int, films: int = 3000, missing: float = 0.0
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], list[list[int | None]], list[tuple[float, float]]]:
    rng = np.random.default_rng(seed)
    skill = [(0.9, 0.95), (0.7, 0.9), (0.8, 0.7), (0.6, 0.98), (0.95, 0.85)]  # sensitivity, specificity
    truth = (rng.uniform(size=films) < 0.3).astype(np.int64)
    said = np.stack(
        [np.where(truth == 1, rng.uniform(size=films) < se, rng.uniform(size=films) >= sp) for se, sp in skill]
    )
    gone = rng.uniform(size=said.shape) < missing
    return (
        truth,
        [[None if g else int(s) for s, g in zip(*both, strict=True)] for both in zip(said.T, gone.T, strict=True)],
        skill,
    )


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_known_errors_are_found_again(missing: float) -> None:
    truth, rows, skill = simulated(3, missing=missing)
    fit = fit_dawid_skene(Reads.of_matrix(rows).counts())
    assert fit.marginals[1] == pytest.approx(0.3, abs=0.03)
    for rates, (se, sp) in zip(fit.confusion, skill, strict=True):
        assert (rates[1, 1], rates[0, 0]) == pytest.approx((se, sp), abs=0.05)
    mine = fit.posterior.argmax(axis=1)
    votes = Reads.of_matrix(rows).counts().sum(axis=1)
    assert (mine == truth).mean() >= (votes.argmax(axis=1) == truth).mean()
    sure = fit.posterior[:, 1]
    assert truth[(sure > 0.6) & (sure < 0.9)].mean() == pytest.approx(sure[(sure > 0.6) & (sure < 0.9)].mean(), abs=0.1)


def test_likelihood_never_falls() -> None:
    counts = Reads.of_matrix(PATIENTS, readers=OBSERVERS).counts()
    path = [fit_dawid_skene(counts, limit=limit).log_likelihood for limit in range(1, 20)]
    assert all(later >= earlier for earlier, later in pairwise(path))


def test_a_film_nobody_read_is_not_guessed() -> None:
    counts = Reads.of_matrix([*PATIENTS, (None,) * 7], readers=OBSERVERS).counts()
    fit = fit_dawid_skene(counts)
    assert np.isnan(fit.posterior[-1]).all()
    assert fit.marginals == pytest.approx([0.39955475, 0.42198339, 0.11179519, 0.06666667], abs=5e-9)


def test_two_readers_are_too_few() -> None:
    with pytest.raises(DataError, match="three readers or more"):
        fit_dawid_skene(Reads.of_matrix([[1, 0], [1, 1], [0, 0]]).counts())
    with pytest.raises(DataError, match="counts of answers"):
        fit_dawid_skene(np.ones((3, 2)))
    with pytest.raises(ConfigError, match="limit"):
        fit_dawid_skene(np.ones((3, 3, 2)), limit=0)
