"""The statistics that rooms share: proportions, odds ratios, the empirical AUROC, and intervals from resampled patients.

Films of one patient are not independent, so the patient is what is drawn again (cluster bootstrap, Field and Welsh
2007). A resample is a whole number of copies of each patient, that is a weight on each film: every statistic here
takes weights, and one sort serves all resamples.
"""

from wetread.intervals.area import auroc, bootstrap_auroc, bootstrap_difference
from wetread.intervals.proportions import odds_ratio, proportion
from wetread.intervals.resampling import bootstrap, patient_weights
from wetread.intervals.value import Interval

__all__ = [
    "Interval",
    "auroc",
    "bootstrap",
    "bootstrap_auroc",
    "bootstrap_difference",
    "odds_ratio",
    "patient_weights",
    "proportion",
]
