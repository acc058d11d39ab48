"""Whether a picture may show text that names the patient. Pixels are not cleaned here, so what is not clean stays out.

PS3.3 C.7.6.1.1 leaves a film that does not say NO in BurnedInAnnotation (0028,0301) open: it may hold text or not.
"""

from __future__ import annotations

from typing import NamedTuple

from wetread.extract.identity import Identity
from wetread.extract.options import Options

__all__ = ["Doubt", "doubt"]

_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"  # and its multi-frame forms below it


class Doubt(NamedTuple):
    """Why a picture may name the patient: a code, and the same in a sentence."""

    code: str
    message: str


_BURNED = Doubt(
    "burned-in", "The film says that text is burned into it. Pixels are not cleaned: no picture is written."
)
_FEATURES = Doubt("recognizable", "The film says that its subject can be recognised in it: no picture is written.")
_CAPTURED = Doubt(
    "secondary-capture",
    "A secondary capture that does not say that no text is burned in: set aside. Look at it, or use --include-uncertain.",
)
_UNSTATED = Doubt(
    "unstated",
    "The film does not say that no text is burned in: set aside. Look at it, or use --include-unstated.",
)


def doubt(who: Identity, sop_class_uid: str | None, options: Options) -> Doubt | None:
    """Why this film's picture must not be written, or None."""
    if who.burned_in in ("YES", "Y"):
        return _BURNED
    if who.recognizable in ("YES", "Y"):
        return _FEATURES
    if who.burned_in == "NO" or options.include_uncertain:
        return None
    secondary = bool(who.conversion) or sop_class_uid is None or (sop_class_uid + ".").startswith(_CAPTURE + ".")
    if secondary:
        return _CAPTURED
    return None if options.include_unstated else _UNSTATED
