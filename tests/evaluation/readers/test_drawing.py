"""The picture shows the numbers it is given, and no others."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from evaluation.readers.cases import random_study
from wetread.evaluation.readers import Study, mrmc
from wetread.evaluation.readers.drawing import plot


def drawn(study: Study) -> Figure:
    figure = Figure()
    plot(mrmc(study), figure)  # type: ignore[arg-type]
    return figure


def points(axes: object) -> list[float]:
    """Where markers stand, from left to right."""
    lines = [line for line in axes.get_lines() if line.get_marker() in "os^D"]  # type: ignore[attr-defined]
    return sorted(float(x) for line in lines for x in np.atleast_1d(line.get_xdata()))


def test_each_reader_and_the_means() -> None:
    study = random_study(0)
    found, figure = mrmc(study), drawn(study)
    left, right = figure.axes
    means = found.analysis.value.mean(axis=1)
    assert np.allclose(points(left), sorted([*found.analysis.value.ravel(), *means]))
    gaps = [one.estimate.value for one in found.per_reader]
    assert np.allclose(points(right), sorted([*gaps, *[means[0] - means[1]] * 3]))
    assert right.get_xlabel() == "test 1 less test 2"
    assert [label.get_text() for label in left.get_yticklabels()] == [*study.readers, "mean"]


def test_one_test_one_reader_and_readings_that_are_alike() -> None:
    assert points(drawn(random_study(1, tests=1)).axes[1]) == []
    one_reader = drawn(random_study(2, readers=1)).axes[1]
    assert [label.get_text() for label in one_reader.get_yticklabels()] == [
        "reader 1",
        "these readers,\nother patients",
    ]
    study = random_study(3)
    alike = drawn(Study(np.stack([study.rating[0]] * 2), study.truth)).axes[1]
    assert points(alike) == [0.0] * 7
