"""The values that leave the radiograph room: a picture with its facts, and the use a reader is meant for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError

__all__ = ["OLDEST", "STATED", "Facts", "IntendedUse", "Radiograph", "Step", "View"]

View = Literal["PA", "AP", "LATERAL", "OBLIQUE"]

OLDEST = 120.0
"""Years beyond which an age is a mistake in the header: the oldest age ever proven is 122."""

STATED = "stated"
"""Stands for a tag's keyword where the caller said the view."""


@dataclass(frozen=True, slots=True)
class Step:
    """One grayscale step that was applied, with its parameters: `Step("rescale", {"slope": -1.0, "intercept": 1023.0})`."""

    name: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a film's header says, in plain values; None where it is silent. Holds nothing that identifies a patient.

    Parameters
    ----------
    kind
        "dicom", or "image" for a collection's PNG, JPEG or TIFF file.
    modality, sop_class_uid, presentation_intent, body_part, anatomic_region
        Modality (0008,0060), SOPClassUID (0008,0016), PresentationIntentType (0008,0068), BodyPartExamined (0018,0015)
        and the meaning of AnatomicRegionSequence (0008,2218), upper case and stripped.
    view, view_tag
        The view and the keyword of the tag it was taken from; `view_tag` is "stated" where the caller said it.
    view_text
        What stood in the tag where the view could not be understood ("XX").
    view_conflict
        Two keywords whose tags name different views, or None.
    orientation
        PatientOrientation (0020,0020), as (row, column) directions such as ("L", "F").
    laterality_mirrored
        True where the orientation says that the patient's left lies on the left of the picture.
    age_years, age_tag, age_implausible
        Age at the study, from PatientAge or from birth and study dates; fractions for months, weeks and days.
        `age_implausible` is True where the tag names an age that nobody has: then `age_years` is None.
    sex
        "F", "M", "O" or None.
    species, species_tag
        PatientSpeciesDescription or its code's meaning where it names an animal, else None; and the tag that says so.
    frames, rows, columns, samples_per_pixel, photometric
        As the header says; frames 1 and samples 1 where it is silent, rows and columns 0; PhotometricInterpretation.
    burned_in
        True where BurnedInAnnotation (0028,0301) says YES.
    own_result
        True where this software made the object: never read again.
    constancy
        True for the synthetic film of the phantom room.
    manufacturer
        Manufacturer (0008,0070), stripped.
    """

    kind: Literal["dicom", "image"] = "dicom"
    modality: str | None = None
    sop_class_uid: str | None = None
    presentation_intent: str | None = None
    body_part: str | None = None
    anatomic_region: str | None = None
    view: View | None = None
    view_tag: str | None = None
    view_text: str | None = None
    view_conflict: tuple[str, str] | None = None
    orientation: tuple[str, str] | None = None
    laterality_mirrored: bool = False
    age_years: float | None = None
    age_tag: str | None = None
    age_implausible: bool = False
    sex: str | None = None
    species: str | None = None
    species_tag: str | None = None
    frames: int = 1
    rows: int = 0
    columns: int = 0
    samples_per_pixel: int = 1
    photometric: str | None = None
    burned_in: bool = False
    own_result: bool = False
    constancy: bool = False
    manufacturer: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Radiograph:
    """A film as one honest picture.

    Parameters
    ----------
    pixels
        float32, (rows, columns), 0 to 1; air is dark and bone is bright, whatever the file's photometric interpretation.
        Rows and columns are square on the patient: a film with other pixel aspect is stretched to be so.
    facts
        What the header says.
    spacing_mm
        (row, column) distance of the film's own pixel centres in millimetres, or None where the file does not say.
    steps
        The grayscale steps that were applied, in order.
    polarity
        How sure the picture itself is that air is dark: positive is right way, negative inverted, near 0 unclear
        (see `wetread.radiograph.polarity`).
    source_uids
        SOPClassUID, SOPInstanceUID, SeriesInstanceUID and StudyInstanceUID by keyword, where the file has them.
    reduction
        1 where `pixels` are the whole film; 2, 4, 8 ... where they are a copy with each side divided by it and rounded
        up, which a caller asked for who needs no more (`wetread.radiograph.read`, `enough`).
    full_shape
        Rows and columns of the whole film; None for a film that is not reduced.

    Raises
    ------
    ValueError
        If `pixels` are not float32, not two-dimensional, empty, not finite, or outside [0, 1]; if `reduction` is no
        power of two, or `full_shape` reduced by it is not the shape of `pixels`.
    """

    pixels: NDArray[np.float32]
    facts: Facts
    spacing_mm: tuple[float, float] | None = None
    steps: tuple[Step, ...] = ()
    polarity: float = 0.0
    source_uids: dict[str, str] = field(default_factory=dict)
    reduction: int = 1
    full_shape: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.float32 or self.pixels.ndim != 2 or self.pixels.size == 0:
            raise ValueError(f"a radiograph is float32 (rows, columns), not {self.pixels.dtype} {self.pixels.shape}")
        low, high = float(self.pixels.min()), float(self.pixels.max())
        if not (low >= 0.0 and high <= 1.0):  # also false for NaN
            raise ValueError(f"a radiograph's pixels lie in [0, 1], not [{low}, {high}]")
        if self.reduction < 1 or self.reduction & (self.reduction - 1):
            raise ValueError(f"a film is reduced by a power of two, not by {self.reduction}")
        if tuple(-(-side // self.reduction) for side in self.shape) != self.pixels.shape:
            raise ValueError(f"{self.shape} reduced by {self.reduction} is not {self.pixels.shape}")
        self.pixels.flags.writeable = False

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the whole film, in whose pixels outlines and points are told."""
        rows, columns = self.full_shape or self.pixels.shape
        return rows, columns

    @property
    def view(self) -> View | None:
        """Projection: PA, AP, LATERAL, OBLIQUE or None."""
        return self.facts.view

    @property
    def age_years(self) -> float | None:
        """Age at the study in years, or None."""
        return self.facts.age_years

    @property
    def sex(self) -> str | None:
        """Sex: "F", "M", "O" or None."""
        return self.facts.sex


@dataclass(frozen=True, slots=True, kw_only=True)
class IntendedUse:
    """The films that a reader is meant for; a bundle's card holds one.

    Parameters
    ----------
    age_years
        Youngest (inclusive) and oldest (exclusive) age: (18, 120) is 18 years and over.
    views, modalities, body_parts
        What is accepted, in the standard's words.
    unknown_age
        "notice" reads a film of unknown age and says so loudly; "refuse" refuses it.
    """

    age_years: tuple[float, float]
    views: tuple[str, ...] = ("PA", "AP")
    modalities: tuple[str, ...] = ("CR", "DX")
    body_parts: tuple[str, ...] = ("CHEST",)
    unknown_age: Literal["notice", "refuse"] = "notice"

    def __post_init__(self) -> None:
        low, high = self.age_years
        if not 0 <= low < high:
            raise ConfigError(f"an age range runs from young to old, not from {low} to {high}")
        if not (self.views and self.modalities and self.body_parts):
            raise ConfigError("an intended use names at least one view, one modality and one body part")
