"""One Reading said in the hospital's languages; every builder has the signature `build(reading, source, *, when, ...)`."""

from __future__ import annotations

from wetread.clinical import kinds, report, source

__all__ = ["kinds", "report", "source"]
