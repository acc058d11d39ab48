"""From scores and labels to numbers that can be trusted: each with its interval over patients, and its prevalence."""

from wetread.evaluation.calls.threshold import ChosenThreshold, choose_threshold
from wetread.evaluation.compare import Comparison, compare
from wetread.evaluation.probability.calibrate import calibrate
from wetread.evaluation.result import Evaluation, evaluate
from wetread.evaluation.scored import Scored

__all__ = [
    "ChosenThreshold",
    "Comparison",
    "Evaluation",
    "Scored",
    "calibrate",
    "choose_threshold",
    "compare",
    "evaluate",
]
