"""Generated films with scores, for tests of results and pages."""

from __future__ import annotations

import numpy as np

from wetread.evaluation import Scored


def films(
    n: int = 300,
    *,
    share: float = 0.3,
    apart: float = 1.5,
    seed: int = 0,
    each: int = 2,
    probability: bool = True,
    groups: bool = True,
) -> Scored:
    """Films of patients with `each` films; positive films score higher by `apart` standard deviations."""
    rng = np.random.default_rng(seed)
    patient = np.arange(n) // each
    label = (rng.uniform(size=n // each + 1) < share)[patient]
    score = rng.normal(size=n) + apart * label + 0.5 * rng.normal(size=n // each + 1)[patient]
    return Scored(
        np.array([f"film{i:04}" for i in range(n)]), patient.astype(str), label,
        1 / (1 + np.exp(1.5 - score)) if probability else score, probability,
        {"view": np.where(rng.uniform(size=n) < 0.5, "PA", "AP"), "sex": np.where(patient % 2, "female", "male")} if groups else {},
        "toy films",
    )  # fmt: skip


def course_batch(copies: int = 1) -> Scored:
    """A batch that is 69 % positive, whose best F1 is 0.817 where calling every film positive has 0.815.

    The published result of a course was of this kind. One negative film scores lowest; all others say nothing.
    """
    negatives, positives = 80 * copies, 176 * copies
    rng = np.random.default_rng(5)
    label = np.array(
        [False] * copies + [True] * 30 * copies + [False] * (negatives - copies) + [True] * (positives - 30 * copies)
    )
    rest = label.size - 31 * copies
    score = np.concatenate(
        [np.linspace(0, 0.1, copies), np.linspace(0.2, 0.3, 30 * copies), rng.uniform(0.4, 0.9, rest)]
    )
    names = np.array([f"film{i}" for i in range(label.size)])
    return Scored(names, names, label, score, True, {}, "course batch")


def findings(scored: Scored, seed: int = 3) -> dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Look-alikes among the negatives that score high, and the others without a finding."""
    rng = np.random.default_rng(seed)
    alike = ~scored.label & (scored.score > np.median(scored.score[~scored.label]))
    half = rng.uniform(size=len(scored)) < 0.5
    return {"Infiltration": alike & half, "Effusion": alike & ~half, "No Finding": ~alike & ~scored.label}
