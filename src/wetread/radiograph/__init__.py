"""The only reader of pixels: a DICOM film or a collection's image file in, an honest picture out."""

from __future__ import annotations

from wetread.radiograph.door import open_dataset, read
from wetread.radiograph.eligibility import eligibility, notices
from wetread.radiograph.value import Facts, IntendedUse, Radiograph, Step

__all__ = ["Facts", "IntendedUse", "Radiograph", "Step", "eligibility", "notices", "open_dataset", "read"]
