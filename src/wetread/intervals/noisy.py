"""What a score's AUROC becomes when the label that it is held against is sometimes wrong, and back."""

from __future__ import annotations

from wetread.errors import DataError

__all__ = ["apparent_auroc", "true_auroc"]


def apparent_auroc(true: float, ppv: float, npv: float) -> float:
    """AUROC that a score has against a noisy label, from its AUROC against the truth.

    1/2 + (PPV + NPV - 1) (true - 1/2): positives of the noisy label are a mixture of true positives (share PPV) and true
    negatives, its negatives likewise, and the area is linear in both (Menon, van Rooyen, Ong and Williamson, ICML 2015,
    for mutually contaminated classes after Scott, Blanchard and Handy, COLT 2013).

    It holds where, among films of one true class, the score knows nothing of which are mislabelled. A network trained
    on the noisy label learns some of its errors: then its apparent AUROC is higher than this. PPV and NPV are those in
    the films on which the AUROC is taken.

    Raises
    ------
    DataError
        If a number lies outside [0, 1].

    >>> apparent_auroc(0.9, ppv=0.6, npv=0.95)
    0.72
    """
    _in_unit(true=true, ppv=ppv, npv=npv)
    return round(0.5 + (ppv + npv - 1) * (true - 0.5), 12)


def true_auroc(apparent: float, ppv: float, npv: float) -> float:
    """The other way round: may exceed 1 where the assumption of `apparent_auroc` fails.

    Raises
    ------
    DataError
        If a number lies outside [0, 1], or the label is worth nothing (PPV + NPV = 1).
    """
    _in_unit(apparent=apparent, ppv=ppv, npv=npv)
    if abs(ppv + npv - 1) < 1e-9:
        raise DataError("a label with PPV + NPV = 1 says nothing of the truth: no AUROC can be recovered from it")
    return round(0.5 + (apparent - 0.5) / (ppv + npv - 1), 12)


def _in_unit(**shares: float) -> None:
    for name, value in shares.items():
        if not 0 <= value <= 1:
            raise DataError(f"{name} lies between 0 and 1, not at {value}")
