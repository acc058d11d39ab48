"""What a figure is worth: everything that could have made it high without a look at a lung, tried on purpose."""

from wetread.training.honesty.lungs import LungAtlas
from wetread.training.honesty.radiologist import radiologist_level
from wetread.training.honesty.whole import honesty

__all__ = ["LungAtlas", "honesty", "radiologist_level"]
