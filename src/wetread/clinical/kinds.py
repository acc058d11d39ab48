"""The kinds of result that a reading can become: name, builder, form; `wetread predict --results` chooses by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from io import BytesIO
from typing import Any

from pydicom.dataset import Dataset

from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.errors import UsageError
from wetread.inference.reading import Reading

__all__ = ["KINDS", "Kind", "chosen", "encode"]

DICOM = "application/dicom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of result.

    Parameters
    ----------
    name
        As it is asked for: "sr". Also the stem of its file.
    title
        What it is, for people and as SeriesDescription; ASCII.
    module
        Module of this room whose `build(reading, source, *, when, replaces=None, **settings)` makes it. It is loaded
        when the first result is made: the libraries that it needs cost a cold start nothing.
    media_type, suffix
        Of its file.
    sop_class_uid, modality, series_number
        Of a DICOM object: SOPClassUID (0008,0016), Modality (0008,0060), SeriesNumber (0020,0011). None otherwise.
    shows_film
        True where it holds the film's picture, so that `Source.film` must be there.
    """

    name: str
    title: str
    module: str
    media_type: str = DICOM
    suffix: str = ".dcm"
    sop_class_uid: str | None = None
    modality: str | None = None
    series_number: int | None = None
    shows_film: bool = False

    def __post_init__(self) -> None:
        dicom = (self.sop_class_uid, self.modality, self.series_number)
        if (self.media_type == DICOM) != all(part is not None for part in dicom):
            raise ValueError(f"{self.name}: a DICOM object has class, modality and series number, nothing else has")
        if not self.title.isascii() or len(self.title) > 64:
            raise ValueError(f"{self.name}: a title is ASCII, at most 64 characters")

    def build(
        self, reading: Reading, source: Source, *, when: datetime, replaces: Predecessor | None = None, **settings: Any
    ) -> Dataset | Mapping[str, Any] | str | bytes:
        """Make the result.

        Parameters
        ----------
        reading, source
            What was read, and in which film.
        when
            Time of the reading, with its zone. The same arguments give the same bytes.
        replaces
            The result of the same kind that this one replaces, if there is one.
        settings
            The builder's own.

        Returns
        -------
        Dataset, mapping (JSON), str or bytes
            What `encode` turns into a file.
        """
        build = import_module(f"wetread.clinical.{self.module}").build
        made: Dataset | Mapping[str, Any] | str | bytes = build(
            reading, source, when=when, replaces=replaces, **settings
        )
        return made


_ALL = (
    Kind(
        name="sr",
        title="wetread reading, measurement report",
        module="sr",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.88.34",
        modality="SR",
        series_number=9701,
    ),
    Kind(
        name="cad-sr",
        title="wetread reading, chest CAD report",
        module="cad_sr",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.88.65",
        modality="SR",
        series_number=9702,
    ),
    Kind(
        name="gsps",
        title="wetread reading, presentation state",
        module="presentation",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.11.1",
        modality="PR",
        series_number=9703,
    ),
    Kind(
        name="capture",
        title="wetread reading, film with outline",
        module="capture",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.7",
        modality="OT",
        series_number=9704,
        shows_film=True,
    ),
    Kind(
        name="pdf",
        title="wetread reading, page for the chart",
        module="pdf",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.104.1",
        modality="DOC",
        series_number=9705,
        shows_film=True,
    ),
    Kind(
        name="fhir",
        title="wetread reading, FHIR R4B transaction",
        module="fhir",
        media_type="application/fhir+json",
        suffix=".json",
    ),
    Kind(
        name="fhir-r5",
        title="wetread reading, FHIR R5 transaction",
        module="fhir_r5",
        media_type="application/fhir+json",
        suffix=".json",
    ),
    Kind(
        name="hl7",
        title="wetread reading, HL7 v2.5.1 ORU^R01",
        module="hl7",
        media_type="x-application/hl7-v2+er7",
        suffix=".hl7",
    ),
    Kind(
        name="priority",
        title="wetread reading, worklist priority",
        module="priority",
        media_type="application/json",
        suffix=".json",
    ),
)
KINDS = {kind.name: kind for kind in _ALL}
"""By name, in the order in which `all` makes them."""


def chosen(names: str) -> tuple[Kind, ...]:
    """The kinds that a list names: "sr,cad-sr", or "all"; each once, in the order of `KINDS`.

    Raises
    ------
    UsageError
        If a name is unknown, or the list is empty.

    >>> [kind.name for kind in chosen("cad-sr, sr")]
    ['sr', 'cad-sr']
    """
    asked = {name.strip().lower() for name in names.split(",") if name.strip()}
    if "all" in asked:
        asked = asked - {"all"} | set(KINDS)
    unknown = sorted(asked - set(KINDS))
    if unknown or not asked:
        wrong = ", ".join(unknown) or "nothing"
        raise UsageError(f"{wrong} is no kind of result: choose among {', '.join(KINDS)}, or all")
    return tuple(kind for kind in KINDS.values() if kind.name in asked)


def encode(result: Dataset | Mapping[str, Any] | str | bytes) -> bytes:
    """The file of a result: a DICOM object by PS3.10, a mapping as JSON, text as UTF-8, bytes as they are."""
    if isinstance(result, Dataset):
        file = BytesIO()
        result.save_as(file, enforce_file_format=True)
        return file.getvalue()
    if isinstance(result, Mapping):
        return (json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    return result.encode() if isinstance(result, str) else result
