"""How many films, patients and readers a study needs before it is begun."""

from wetread.evaluation.sample_size.areas import area_size, paired_areas_size, two_groups_size
from wetread.evaluation.sample_size.f1 import f1_size
from wetread.evaluation.sample_size.proportions import goal_size, paired_proportions_size, precision_size
from wetread.evaluation.sample_size.readers import reader_study_size

__all__ = [
    "area_size",
    "f1_size",
    "goal_size",
    "paired_areas_size",
    "paired_proportions_size",
    "precision_size",
    "reader_study_size",
    "two_groups_size",
]
