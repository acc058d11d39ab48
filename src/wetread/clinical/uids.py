"""UIDs that follow from what was done: the same reading gives the same UID, anything changed another one."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pydicom.dataset import Dataset

import wetread
from wetread.clinical.source import Source
from wetread.inference.reading import Reading

__all__ = ["IMPLEMENTATION_CLASS_UID", "IMPLEMENTATION_VERSION", "Predecessor", "derive", "fixed"]

_NAMESPACE = uuid.UUID("6c1f5a52-7d0e-5a53-9f0b-6a6b3f7d2c10")
_DIGITS = 6  # of a number: what a result says of it, and more than two machines differ by


def fixed(name: str) -> str:
    """A UID under 2.25 (PS3.5 B.2) that always means this name."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, name).int}"


IMPLEMENTATION_CLASS_UID = fixed("implementation class")
"""ImplementationClassUID (0002,0012) of every object written here."""
IMPLEMENTATION_VERSION = f"WETREAD_{wetread.__version__}"[:16]
"""ImplementationVersionName (0002,0013)."""


@dataclass(frozen=True, slots=True)
class Predecessor:
    """An earlier result that a new one replaces, by its UIDs: what a reference to it needs."""

    study_uid: str
    series_uid: str
    sop_class_uid: str
    sop_uid: str

    @classmethod
    def of(cls, dataset: Dataset) -> Predecessor:
        """The reference to a DICOM object."""
        return cls(
            str(dataset.StudyInstanceUID),
            str(dataset.SeriesInstanceUID),
            str(dataset.SOPClassUID),
            str(dataset.SOPInstanceUID),
        )


def derive(
    kind: str, reading: Reading, source: Source, *, settings: Mapping[str, Any] | None = None, part: str = "instance"
) -> str:
    """The UID of one part of one result.

    Parameters
    ----------
    kind
        Kind of object, such as "sr".
    reading, source
        What it says, and of which film. Of the film its instance UID counts, never who the patient is.
    settings
        What the builder was asked for: names and plain values.
    part
        "instance", "series", or a name of the builder's own for whatever else in it needs a UID.

    Returns
    -------
    uid
        2.25 and an integer made of a SHA-256 over instance UID, bundle, software version, kind, settings, part, and
        what the reading says, its numbers to six digits; not the time, nor how long anything took.
    """
    said = reading.to_json()
    for dropped in ("timings_ms", "disclaimer", "evidence"):
        del said[dropped]
    facts = {
        "kind": kind,
        "part": part,
        "source": source.sop_uid,
        "software": wetread.__version__,
        "settings": dict(settings or {}),
        "reading": _rounded(said),
    }
    text = json.dumps(facts, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return fixed(sha256(text.encode()).hexdigest())


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, Mapping):
        return {str(key): _rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(one) for one in value]
    return value
