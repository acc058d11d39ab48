"""The covering array: what can vary in how a film is stored, what excludes what, and cases that hold every possible pair."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

__all__ = [
    "FACTORS",
    "LOSSLESS_JPEG",
    "LOSSY",
    "NATIVE",
    "RULES",
    "Case",
    "Pair",
    "cover",
    "forbidden",
    "pairs",
    "possible",
]

Case = dict[str, str]
Pair = tuple[tuple[str, str], tuple[str, str]]

FACTORS: dict[str, tuple[str, ...]] = {
    "syntax": (
        *("implicit-le", "explicit-le", "explicit-be", "deflated", "rle"),
        *("jpeg-baseline", "jpeg-extended", "jpeg-lossless", "jpeg-lossless-sv1", "jpeg-ls", "jpeg-ls-near"),
        *("jpeg2000-lossless", "jpeg2000-lossy", "htj2k-lossless", "htj2k-rpcl", "htj2k-reversible", "htj2k-lossy"),
    ),
    "voi": ("none", "linear", "linear-exact", "sigmoid", "lut8", "lut16", "windows", "luts", "window+lut"),
    "layout": ("plain", "planar", "one-frame", "odd", "shifted", "wide"),
    "bits": ("8", "10", "12", "14", "16"),
    "rescale": ("none", "intercept", "negative", "fraction", "large"),
    "items": ("native", "empty-table", "filled-table", "fragments"),
    "padding": ("none", "value", "range"),
    "photometric": ("MONOCHROME1", "MONOCHROME2"),
    "sign": ("unsigned", "signed"),
    "shape": ("unsaid", "said"),
}
"""Everything that varies. `layout`: PlanarConfiguration though there is one sample; NumberOfFrames 1 said; an odd number
of rows and columns; samples shifted to the top of their word (HighBit above BitsStored - 1); a word twice as wide as
needed (8 bits in 16, others in 32). `items`: how an encapsulated stream lies in its items (PS3.5 A.4). `shape`: whether
PresentationLUTShape says what PhotometricInterpretation says already."""

NATIVE = ("implicit-le", "explicit-le", "explicit-be", "deflated")
LOSSY = ("jpeg-baseline", "jpeg-extended", "jpeg-ls-near", "jpeg2000-lossy", "htj2k-lossy")
LOSSLESS_JPEG = ("jpeg-lossless", "jpeg-lossless-sv1")
_LUTS = ("lut8", "lut16", "luts", "window+lut")


@dataclass(frozen=True, slots=True)
class Rule:
    """What cannot be stored together, and why: `excludes` of the named factors' values is True."""

    factors: tuple[str, ...]
    excludes: Callable[..., bool]
    reason: str


RULES = (
    Rule(
        ("syntax", "items"),
        lambda syntax, items: (syntax in NATIVE) != (items == "native"),
        "encapsulated pictures lie in items, native ones never (PS3.5 A.4, 8.2)",
    ),
    Rule(
        ("syntax", "items"),
        lambda syntax, items: syntax == "rle" and items == "fragments",
        "an RLE frame is one fragment (PS3.5 A.4.2)",
    ),
    Rule(
        ("syntax", "bits"),
        lambda syntax, bits: syntax == "jpeg-baseline" and bits != "8",
        "JPEG process 1 has 8 bits (PS3.5 8.2.1)",
    ),
    Rule(
        ("syntax", "bits"),
        lambda syntax, bits: syntax == "jpeg-extended" and int(bits) > 12,
        "JPEG processes 2 and 4 have 8 or 12 bits (PS3.5 8.2.1)",
    ),
    Rule(
        ("syntax", "sign"),
        lambda syntax, sign: syntax in ("jpeg-baseline", "jpeg-extended") and sign == "signed",
        "a lossy JPEG stream holds no signed samples (PS3.5 8.2.1)",
    ),
    Rule(
        ("syntax", "sign"),
        lambda syntax, sign: syntax == "jpeg-ls-near" and sign == "signed",
        "a JPEG-LS stream knows no sign, and an error of one would turn -1 into the greatest value (PS3.5 8.2.3)",
    ),
    Rule(
        ("syntax", "padding"),
        lambda syntax, padding: syntax in LOSSY and padding != "none",
        "a lossy stream does not keep a padding value (PS3.3 C.7.5.1.1.2)",
    ),
    Rule(
        ("bits", "layout"),
        lambda bits, layout: bits == "16" and layout == "shifted",
        "16 bits in a word of 16 leave none to shift by",
    ),
    Rule(
        ("syntax", "layout"),
        lambda syntax, layout: syntax in LOSSY and layout == "shifted",
        "a lossy codec would spend its error on the unused bits below the picture",
    ),
    Rule(
        ("syntax", "bits", "layout"),
        lambda syntax, bits, layout: layout == "wide" and bits != "8" and syntax not in (*NATIVE, "rle"),
        "JPEG, JPEG-LS and JPEG 2000 pictures have 8 or 16 bits allocated (PS3.5 8.2)",
    ),
    Rule(
        ("voi", "rescale"),
        lambda voi, rescale: voi in _LUTS and rescale == "large",
        "the first value that a VOI LUT maps has 16 bits (PS3.3 C.11.2.1.1)",
    ),
)


def forbidden(case: Case) -> str | None:
    """Why this case, or this part of one, cannot be; None where it can as far as it goes."""
    for rule in RULES:
        if all(factor in case for factor in rule.factors) and rule.excludes(*(case[factor] for factor in rule.factors)):
            return rule.reason
    return None


def pairs(case: Case) -> Iterator[Pair]:
    """Every two of the case's values, in the order of `FACTORS`."""
    return combinations(((factor, case[factor]) for factor in FACTORS), 2)


def possible() -> tuple[set[Pair], dict[Pair, str]]:
    """Every pair that some whole case can hold; and those that none can, each with the reason."""
    can: set[Pair] = set()
    cannot: dict[Pair, str] = {}
    for one, other in combinations(FACTORS, 2):
        for first in FACTORS[one]:
            for second in FACTORS[other]:
                pair = ((one, first), (other, second))
                reason = forbidden(dict(pair))
                if reason is None and _complete(dict(pair), lambda _, factor: FACTORS[factor]) is None:
                    reason = "what either of them needs excludes the other"
                if reason is None:
                    can.add(pair)
                else:
                    cannot[pair] = reason
    return can, cannot


def _complete(case: Case, order: Callable[[Case, str], tuple[str, ...]]) -> Case | None:
    """The case with every factor given a value, the first allowed one of `order`; None where nothing is allowed."""
    missing = next((factor for factor in FACTORS if factor not in case), None)
    if missing is None:
        return case
    for value in order(case, missing):
        longer = {**case, missing: value}
        if forbidden(longer) is None and (whole := _complete(longer, order)) is not None:
            return whole
    return None


def cover(seed: int = 0, tries: int = 12) -> list[Case]:
    """Cases that together hold every possible pair: a greedy search, the same for the same arguments.

    Each case begins with a pair that is still missing and takes, factor by factor, the value that brings most missing
    pairs; of several such cases with ties broken by chance, the best is kept.
    """
    rng = np.random.default_rng(seed)
    missing, _ = possible()
    cases: list[Case] = []
    while missing:
        start = min(missing)
        grown = [_grow(dict(start), missing, rng) for _ in range(tries)]
        best = max(grown, key=lambda case: sum(pair in missing for pair in pairs(case)))
        missing -= set(pairs(best))
        cases.append(best)
    return sorted(cases, key=lambda case: [FACTORS[factor].index(case[factor]) for factor in FACTORS])


def _grow(case: Case, missing: set[Pair], rng: np.random.Generator) -> Case:
    rank = {factor: index for index, factor in enumerate(FACTORS)}

    def order(so_far: Case, factor: str) -> tuple[str, ...]:
        def gain(value: str) -> int:
            new = [((other, kept), (factor, value)) for other, kept in so_far.items()]
            return sum((pair if rank[pair[0][0]] < rank[factor] else pair[::-1]) in missing for pair in new)

        shuffled = [str(value) for value in rng.permutation(FACTORS[factor])]
        return tuple(sorted(shuffled, key=gain, reverse=True))

    whole = _complete(case, order)
    if whole is None:
        raise AssertionError(f"{case} was possible and is not")
    return {factor: whole[factor] for factor in FACTORS}
