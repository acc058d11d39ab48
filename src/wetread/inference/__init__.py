"""The clinical decision, pure: no network, no disk, no clock."""

from wetread.inference.choice import choose
from wetread.inference.reader import Reader, refuse
from wetread.inference.reading import DISCLAIMER, Attention, ModelIdentity, Reading, Threshold

__all__ = ["DISCLAIMER", "Attention", "ModelIdentity", "Reader", "Reading", "Threshold", "choose", "refuse"]
