"""From scores and labels to a calibration and a threshold, each with its reason."""

from wetread.evaluation.calibrate import calibrate
from wetread.evaluation.threshold import ChosenThreshold, choose_threshold

__all__ = ["ChosenThreshold", "calibrate", "choose_threshold"]
