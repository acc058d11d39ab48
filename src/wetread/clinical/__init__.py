"""One Reading said in the hospital's languages; every builder has the signature `build(reading, source, *, when, ...)`.

Each module is loaded when it is first used: the page of a film needs none of the libraries that DICOM objects need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wetread.clinical import kinds, report, source

__all__ = ["kinds", "report", "source"]

if not TYPE_CHECKING:

    def __getattr__(name):
        """Load a module of this room when it is asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f"{__name__}.{name}")
