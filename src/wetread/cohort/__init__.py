"""Who is in the data, and what gives the label away without looking at the lungs."""

from wetread.cohort.shortcuts import crude_baseline, crude_statistics, group_baseline

__all__ = ["crude_baseline", "crude_statistics", "group_baseline"]
