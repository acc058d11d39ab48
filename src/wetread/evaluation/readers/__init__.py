"""Readers: multi-reader multi-case studies, a model beside a panel, paired calls, not worse than by a margin."""

from wetread.evaluation.readers.aided import against_panel, aided_against_unaided
from wetread.evaluation.readers.mrmc import mrmc
from wetread.evaluation.readers.noninferiority import equivalence, non_inferiority
from wetread.evaluation.readers.panel import panel
from wetread.evaluation.readers.study import Study
from wetread.evaluation.readers.ustatistics import u_statistics

__all__ = [
    "Study",
    "against_panel",
    "aided_against_unaided",
    "equivalence",
    "mrmc",
    "non_inferiority",
    "panel",
    "u_statistics",
]
