"""The clinical decision, pure: no network, no disk, no clock."""

from wetread.inference.choice import choose
from wetread.inference.gate import Gate
from wetread.inference.reader import Reader, refuse
from wetread.inference.reading import DISCLAIMER, ModelIdentity, Reading, Threshold

__all__ = ["DISCLAIMER", "Gate", "ModelIdentity", "Reader", "Reading", "Threshold", "choose", "refuse"]
