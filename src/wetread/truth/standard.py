"""From reads to a reference standard: a label for each film, how well supported it is, and a record of how it came."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wetread.truth.reads import Reads
from wetread.truth.rules import Rule
from wetread.truth.verdicts import verdict

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Record", "Standard", "reference_standard"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Record:
    """What must be known of a standard beside its labels; plain values, ready for JSON.

    `support_is` says what the support of a label means, `readers` how many films and reads each reader has, `undecided`
    how many films got no label and why, `details` what is particular to the rule (weights, error rates, sensitivity).
    """

    rule: str
    statement: str
    source: str
    support_is: str
    readers: dict[str, dict[str, int]]
    films: int
    labels: dict[str, int]
    undecided: dict[str, int]
    missing_reads: int
    repeated_reads: int
    details: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The record as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """A reference standard.

    Parameters
    ----------
    films
        Names.
    classes
        The answers.
    labels
        The label of each film, None where the rule decides nothing.
    support
        float64 (films,): how well the label is supported, in [0, 1], NaN where unknown; `record.support_is` says what
        that is, for it differs by rule: a share of votes is no probability, a posterior is one if its model holds.
    shares
        float64 (films, classes): the same for every answer, NaN where there is none.
    why
        Why a film has no label ("tie", "no answer", ...), else None.
    """

    films: tuple[str, ...]
    classes: tuple[str, ...]
    labels: tuple[str | None, ...]
    support: Float
    shares: Float
    readers: NDArray[np.int64]
    why: tuple[str | None, ...]
    record: Record

    def table(self) -> pl.DataFrame:
        """One row a film: film, label, support, readers (how many answered), why, and one share for each answer."""
        import polars as pl

        share = {f"share_{name}": self.shares[:, k] for k, name in enumerate(self.classes)}
        return pl.DataFrame(
            {
                "film": pl.Series(self.films, dtype=pl.String),
                "label": pl.Series(self.labels, dtype=pl.String),
                "support": self.support,
                "readers": self.readers,
                "why": pl.Series(self.why, dtype=pl.String),
                **share,
            }
        ).with_columns(pl.selectors.float().fill_nan(None))


def reference_standard(reads: Reads, rule: Rule) -> Standard:
    """Make a reference standard from reads by a stated rule.

    Each reader has one voice on a film however often they read it: a repeated read is not a second reader. Where a
    rule counts voices, a reader whose own reads differ says what more than half of them say, and nothing where there
    is no such answer; where a rule shares weight, the voice is shared as the reads are.

    Raises
    ------
    DataError
        If the rule names a reader who did not read, or the reads do not suffice for it.
    ConfigError
        If the rule and the reads contradict each other (k above the number of readers, a positive answer among three).
    """
    counts = reads.counts()
    found = verdict(rule, reads, counts)
    support = found.support
    if support is None:
        row = np.arange(len(reads.films))
        support = np.where(found.label >= 0, found.shares[row, np.maximum(found.label, 0)], np.nan)
    labels = tuple(None if place < 0 else reads.classes[place] for place in found.label)
    asked = np.zeros(counts.shape[:2], bool)
    asked[reads.film, reads.reader] = True
    per_reader = {
        name: {"films": int((counts[:, r].sum(axis=1) > 0).sum()), "reads": int(counts[:, r].sum())}
        for r, name in enumerate(reads.readers)
    }
    answered = counts.sum(axis=2) > 0
    record = Record(
        rule=type(rule).__name__,
        statement=found.statement,
        source=found.source,
        support_is=found.support_is,
        readers=per_reader,
        films=len(reads.films),
        labels={name: labels.count(name) for name in reads.classes},
        undecided=dict(Counter(reason for reason in found.why if reason)),
        missing_reads=int((~answered).sum()),
        repeated_reads=int((counts.sum(axis=2) - answered).sum()),
        details=found.details,
    )
    return Standard(
        reads.films,
        reads.classes,
        labels,
        support,
        found.shares,
        answered.sum(axis=1),
        tuple(found.why),
        record,
    )
