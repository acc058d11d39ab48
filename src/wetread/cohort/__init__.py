"""Who is in the data, and what gives the label away without looking at the lungs."""

from wetread.cohort.describe import Cohort, describe
from wetread.cohort.pixels import Pixels, measure
from wetread.cohort.shortcuts import crude_baseline, crude_statistics

__all__ = ["Cohort", "Pixels", "crude_baseline", "crude_statistics", "describe", "measure"]
