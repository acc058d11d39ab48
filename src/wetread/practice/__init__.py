"""A drawn collection in the schema of NIH ChestX-ray14: for exercises, notebooks and tests where no film is at hand.

Its people, findings and films are made from a seed. It has what a real collection has: patients with many films, sick
ones filmed at the bedside, findings that come together, labels that are wrong in a known share, and readers who differ.
It shows that the road works and what its traps look like; no figure taken on it says anything about radiographs.
"""

from __future__ import annotations

from wetread.practice.folder import draw_collection
from wetread.practice.people import PEOPLE_COLUMNS, Film, draw_people

__all__ = ["PEOPLE_COLUMNS", "Film", "draw_collection", "draw_people"]
