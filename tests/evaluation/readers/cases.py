"""Reader studies that the tests of this folder share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st

from intervals.oracles import FOLDER
from wetread.evaluation.readers import Study


def imrmc() -> Study:
    """The CC0 data set of iMRMC, from its file; the test is skipped where that is not."""
    file = FOLDER / "raw" / "input.imrmc"
    if not file.is_file():
        pytest.skip("needs the oracles in ../shared/oracles")
    rows = [line.split(",") for line in file.read_text("utf-8").split("BEGIN DATA:")[1].split()]
    truth = {case: int(label) for who, case, _, label in rows if who == "truth"}
    read = [row for row in rows if row[0] != "truth"]
    reader, case, test, rating = zip(*read, strict=True)
    return Study.from_rows(reader, test, case, [truth[name] for name in case], np.array(rating, float), name="iMRMC")


def random_study(seed: int, tests: int = 2, readers: int = 4, cases: int = 40, levels: int = 0) -> Study:
    """Ratings with shared cases, unequal classes, and ties where `levels` says how many there are."""
    rng = np.random.default_rng(seed)
    truth = np.arange(cases) % 5 < 2
    rating = truth * rng.uniform(0.5, 2, (tests, readers, 1)) + rng.normal(size=cases)
    rating = rating + rng.normal(size=(tests, 1, cases)) + rng.normal(size=(tests, readers, cases))
    if levels:
        rating = np.clip(np.round(rating + levels / 2), 1, levels)
    return Study(rating, truth)


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """Two or three tests, two to four readers, ordinal or continuous."""
    return random_study(
        draw(st.integers(0, 10_000)), draw(st.integers(2, 3)), draw(st.integers(2, 4)), draw(st.integers(12, 30)),
        draw(st.sampled_from([0, 3, 5])),
    )  # fmt: skip
