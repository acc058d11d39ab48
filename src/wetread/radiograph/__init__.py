"""The only reader of pixels: a DICOM film or a collection's image file in, an honest picture out.

Each name is loaded when it is first used: a worker process can then be on its way before NumPy and pydicom are loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wetread.radiograph.door import read
    from wetread.radiograph.many import Outcome, read_many
    from wetread.radiograph.reasons import eligibility, notices
    from wetread.radiograph.value import Facts, IntendedUse, Radiograph

__all__ = ["Facts", "IntendedUse", "Outcome", "Radiograph", "eligibility", "notices", "read", "read_many"]

_ROOMS = {
    "door": ("read",),
    "many": ("Outcome", "read_many"),
    "reasons": ("eligibility", "notices"),
    "value": ("Facts", "IntendedUse", "Radiograph"),
}
_PLACES = {name: module for module, names in _ROOMS.items() for name in names}

if not TYPE_CHECKING:

    def __getattr__(name):
        """Load a name of this room when it is asked for."""
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
        globals()[name] = found
        return found
