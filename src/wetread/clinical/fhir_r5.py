"""The reading as a FHIR transaction in R5; what it holds is told in `wetread.clinical.fhir`."""

from __future__ import annotations

from functools import partial

from wetread.clinical import fhir

__all__ = ["build"]

build = partial(fhir.build, release="R5")
