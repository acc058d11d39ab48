"""Whether a film may be read, and what must be known of the reading if it is: every reason with its code and tag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from wetread.errors import Code, Reason
from wetread.radiograph import anatomy
from wetread.radiograph.polarity import POLARITY_BOUND
from wetread.radiograph.reduce import small
from wetread.radiograph.value import OLDEST, STATED, Facts, IntendedUse, Radiograph

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["BLANK_CONTRAST", "LARGEST_SIDE", "SMALLEST_SIDE", "eligibility", "notices"]

SMALLEST_SIDE, LARGEST_SIDE = 200, 20_000
"""Pixels a side. Below the smallest a film is a thumbnail: a lung is then under 100 pixels wide and a consolidation
a few of them. No detector or film scanner reaches the largest: a 43 cm film at 0.05 mm has 8,600."""

BLANK_CONTRAST = 0.02
"""Range between the 1st and the 99th percentile of a picture in [0, 1] below which there is nothing to be seen:
five of the 256 steps of an ordinary display."""

_COMPUTED, _DIGITAL = "1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1"
_FOR_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.1.1"
# Secondary Capture, and its multi-frame grayscale byte and word forms: with one frame they are one picture as well.
_CAPTURES = ("1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.7.2", "1.2.840.10008.5.1.4.1.1.7.3")
_FILMS = (_COMPUTED, _DIGITAL, _FOR_PROCESSING, *_CAPTURES)
_GRAY = ("MONOCHROME1", "MONOCHROME2")


def eligibility(film: Radiograph | Dataset | Facts, use: IntendedUse, *, constancy: bool = False) -> tuple[Reason, ...]:
    """Every reason why this film must not be read, the most basic first; empty means eligible.

    Parameters
    ----------
    film
        A `Radiograph` is judged by its header and its picture, a header or its facts without the picture. To state the
        view of a header that is silent, pass `facts(dataset, view=...)`.
    use
        The films that the reader is meant for.
    constancy
        True accepts the phantom's constancy film and nothing else; every other gate stays as it is. False, the
        clinical door, refuses that film.

    Notes
    -----
    A collection's image file (`kind` "image") has no header: its view must be stated, its size and its picture are
    judged as any film's, its age where the caller gave one.
    """
    header = _facts(film)
    return (
        *_purpose(header, constancy),
        *_content(header, use),
        *_age(header, use),
        *_format(header, film),
        *(_picture(film, use) if isinstance(film, Radiograph) else ()),
    )


def notices(film: Radiograph | Dataset | Facts, use: IntendedUse, *, constancy: bool = False) -> tuple[Reason, ...]:
    """What must be known of a reading of this film, the gravest first; takes what `eligibility` takes."""
    header = _facts(film)
    return tuple(_notices(header, use, film if isinstance(film, Radiograph) else None, constancy))


def _facts(film: Radiograph | Dataset | Facts) -> Facts:
    if isinstance(film, Radiograph):
        return film.facts
    if isinstance(film, Facts):
        return film
    from wetread.radiograph.header import facts  # pydicom, which a judgement of facts does not need

    return facts(film)


def _purpose(header: Facts, constancy: bool) -> Iterator[Reason]:
    if header.own_result:
        message = "This object was made by wetread itself and is never read again. Send the film it was made from."
        yield Reason(Code.OWN_RESULT, message, "Manufacturer")
    if header.constancy and not constancy:
        message = (
            "This is the synthetic constancy film, not a patient. Read it with the constancy check (wetread demo)."
        )
        yield Reason(Code.CONSTANCY, message, "Manufacturer")
    if constancy and not header.constancy:
        message = (
            "The constancy check reads the synthetic constancy film only. Read a patient's film with wetread predict."
        )
        yield Reason(Code.CONSTANCY, message, "Manufacturer")


def _content(header: Facts, use: IntendedUse) -> Iterator[Reason]:
    """What the picture shows, by its header."""
    if header.kind == "dicom":
        yield from _object(header, use)
        yield from _subject(header, use)
    yield from _projection(header, use)


def _object(header: Facts, use: IntendedUse) -> Iterator[Reason]:
    """Modality, SOP class, presentation intent."""
    if header.modality not in use.modalities:
        says = f"says {_quote(header.modality)}" if header.modality else "does not say what it is"
        message = f"The modality {says}; this reader takes {_either(use.modalities)}. Send the radiograph itself."
        yield Reason(Code.MODALITY, message, "Modality")
    if header.sop_class_uid not in _FILMS:
        message = (
            "This kind of DICOM object is not a radiograph (CR, DX for presentation, or a secondary capture of one). "
            "Send the image, not a report, a presentation state or another modality's object."
        )
        yield Reason(Code.SOP_CLASS, message, "SOPClassUID")
    by_class = header.sop_class_uid == _FOR_PROCESSING
    if by_class or header.presentation_intent == "FOR PROCESSING":
        message = (
            "This is the raw detector image, for processing. Send the image for presentation of the same exposure."
        )
        yield Reason(Code.PRESENTATION_INTENT, message, "SOPClassUID" if by_class else "PresentationIntentType")


def _subject(header: Facts, use: IntendedUse) -> Iterator[Reason]:
    """Species and body part."""
    if header.species is not None:
        message = f"The patient is not human ({_quote(header.species)}). This reader is for people only."
        yield Reason(Code.SPECIES, message, header.species_tag)
    if header.body_part is None and header.anatomic_region is None:
        message = (
            f"The file does not say the body part; this reader takes {_either(use.body_parts)}. "
            "Have BodyPartExamined filled in at the modality or in the archive and send the film again."
        )
        yield Reason(Code.BODY_PART_UNKNOWN, message, "BodyPartExamined")
    parts = (("BodyPartExamined", header.body_part), ("AnatomicRegionSequence", header.anatomic_region))
    for tag, part in parts:
        if part is not None and not {part, anatomy.canonical(part)} & set(use.body_parts):
            message = (
                f"The body part is {_quote(part)}; this reader takes {_either(use.body_parts)}. "
                "If the file is wrong, have it corrected at the modality or in the archive and send the film again."
            )
            yield Reason(Code.BODY_PART, message, tag)
            return


def _projection(header: Facts, use: IntendedUse) -> Iterator[Reason]:
    """View, and which way round the film lies."""
    wanted = _either(use.views)
    ask = (
        "Have ViewPosition filled in, or state the view with --view."
        if header.kind == "dicom"
        else "State it with --view."
    )
    if header.view_conflict is not None:
        first, second = (tag if tag != STATED else "the view stated for it" for tag in header.view_conflict)
        message = f"The film's view is contradictory: {first} and {second} differ. Look at the film and correct the wrong one."
        yield Reason(Code.VIEW_CONTRADICTS, message, header.view_conflict[0])
    if header.view is not None and header.view not in use.views:
        message = (
            f"The film is {_VIEWS[header.view]}; this reader takes {wanted}. Send the frontal film of the examination."
        )
        yield Reason(Code.VIEW, message, None if header.view_tag == STATED else header.view_tag)
    elif header.view is None and header.view_text == "FRONTAL":
        message = f"The view is frontal, but not whether PA or AP; this reader takes {wanted}. {ask}"
        yield Reason(Code.VIEW_UNKNOWN, message, header.view_tag)
    elif header.view is None and header.view_text is not None:
        message = (
            f"{_quote(header.view_text)} in {header.view_tag} is no view that this reader takes ({wanted}). "
            "If it is such a film, have ViewPosition corrected at the modality or in the archive and send it again."
        )
        yield Reason(Code.VIEW, message, header.view_tag)
    elif header.view is None:
        message = f"The file does not say from where the film was taken; this reader takes {wanted}. {ask}"
        yield Reason(Code.VIEW_UNKNOWN, message, "ViewPosition" if header.kind == "dicom" else None)
    if header.orientation is not None and (header.orientation[0][0] in "HF" or header.orientation[1][0] != "F"):
        turned = "upside down" if header.orientation[1][0] == "H" else "turned on its side"
        message = f"The picture lies {turned} by its own header. Turn it upright at the modality and send it again."
        yield Reason(Code.ORIENTATION, message, "PatientOrientation")


_VIEWS = {"PA": "a PA film", "AP": "an AP film", "LATERAL": "a lateral film", "OBLIQUE": "an oblique film"}


def _age(header: Facts, use: IntendedUse) -> Iterator[Reason]:
    low, high = use.age_years
    if header.age_years is not None:
        if not low <= header.age_years < high:
            message = (
                f"The patient's age lies outside this reader's range: {_range(use)}. Use a reader made for this age."
            )
            yield Reason(Code.AGE, message, header.age_tag)
    elif use.unknown_age == "refuse":
        if header.age_implausible:
            message = f"The file's age of the patient cannot be right; this reader is for {_range(use)}. Correct it and send the film again."
            yield Reason(Code.AGE_IMPLAUSIBLE, message, header.age_tag)
        else:
            message = f"The file does not say the patient's age; this reader is for {_range(use)}. Add the age and send the film again."
            yield Reason(Code.AGE_UNKNOWN, message, "PatientAge" if header.kind == "dicom" else None)


def _format(header: Facts, film: Radiograph | Dataset | Facts) -> Iterator[Reason]:
    """Frames, size, colour, burned-in annotation."""
    dicom = header.kind == "dicom"
    if header.frames > 1:
        message = f"The object holds {header.frames} frames; a radiograph is one. Send the single film."
        yield Reason(Code.FRAMES, message, "NumberOfFrames" if dicom else None)
    rows, columns = header.rows, header.columns
    if isinstance(film, Radiograph) and not (rows and columns):
        rows, columns = film.shape
    for tag, side in (("Rows", rows), ("Columns", columns)):
        if not SMALLEST_SIDE <= side <= LARGEST_SIDE:
            message = (
                f"The picture has {rows} x {columns} pixels; this reader takes {SMALLEST_SIDE} to {LARGEST_SIDE} a side. "
                "Send the original film, not a thumbnail or a montage."
            )
            yield Reason(Code.SIZE, message, tag if dicom else None)
            break
    if dicom and (header.samples_per_pixel != 1 or header.photometric not in (*_GRAY, None)):
        message = (
            "The picture is in colour; a radiograph is gray. Send the original film, not a colour copy of a screen."
        )
        yield Reason(
            Code.COLOUR, message, "SamplesPerPixel" if header.samples_per_pixel != 1 else "PhotometricInterpretation"
        )
    if header.burned_in:
        message = (
            "Text is burned into the picture: it may name the patient and mislead the reader. Send the film without it."
        )
        yield Reason(Code.BURNED_IN, message, "BurnedInAnnotation")


def _picture(film: Radiograph, use: IntendedUse) -> Iterator[Reason]:
    if _blank(film):
        message = "The picture has no contrast: nothing can be seen on it. Look at the film at the modality and send it again."
        yield Reason(Code.BLANK, message, "PixelData")
    elif film.polarity <= -POLARITY_BOUND and _is_judged(film, use):
        message = (
            "The picture is inverted: air is bright in it, against what the file says of its grayscale. Which of the two is "
            "wrong cannot be told here; have PhotometricInterpretation checked and send the film again."
        )
        yield Reason(Code.POLARITY, message, "PhotometricInterpretation" if film.facts.kind == "dicom" else "PixelData")


def _is_judged(film: Radiograph, use: IntendedUse) -> bool:
    """The picture's polarity means something on a frontal chest film only: a hip has no dark lungs."""
    return all(reason.code is Code.VIEW_UNKNOWN for reason in _content(film.facts, use))


def _blank(film: Radiograph) -> bool:
    low, high = np.percentile(small(film.pixels), (1, 99))
    return bool(high - low < BLANK_CONTRAST)


def _notices(header: Facts, use: IntendedUse, film: Radiograph | None, constancy: bool) -> Iterator[Reason]:
    if constancy and header.constancy:
        message = "CONSTANCY CHECK on a synthetic film: this reading is of no patient and says nothing about accuracy."
        yield Reason(Code.CONSTANCY, message, "Manufacturer")
    if header.kind == "image":
        message = (
            "Image file without a header: whose film it is, how and when it was taken is not known to this reader."
        )
        yield Reason(Code.IMAGE_FILE, message)
    yield from _notices_of_age(header, use)
    dicom = header.kind == "dicom"
    if header.view is not None and header.view_tag == "PatientPosition":
        message = (
            f"The view ({header.view}) was taken from PatientPosition, which is not meant for it: check it on the film."
        )
        yield Reason(Code.VIEW_FROM_POSITION, message, "PatientPosition")
    if header.view is not None and header.view_tag == STATED:
        message = f"The view ({header.view}) was stated by the caller; the file itself does not say it."
        yield Reason(Code.VIEW_STATED, message, "ViewPosition" if dicom else None)
    if header.laterality_mirrored:
        message = (
            "By its header the picture is mirrored: the patient's left lies on the left. Sides are as in the picture."
        )
        yield Reason(Code.MIRRORED, message, "PatientOrientation")
    if header.sop_class_uid in _CAPTURES:
        message = (
            "This is a secondary capture, not the modality's own image: its grayscale may have been altered on the way."
        )
        yield Reason(Code.SECONDARY_CAPTURE, message, "SOPClassUID")
    if film is not None and dicom and any(step.name == "full-range" for step in film.steps):
        message = "No window or VOI LUT in the file shows the film: its full range of values was used, which nobody chose for display."
        yield Reason(Code.NO_VOI, message, "WindowCenter")
    if film is not None and abs(film.polarity) < POLARITY_BOUND and _is_judged(film, use) and not _blank(film):
        message = (
            "The picture alone does not show whether its grayscale is the right way round: check that air is dark."
        )
        yield Reason(Code.POLARITY_UNCLEAR, message, "PixelData")


def _notices_of_age(header: Facts, use: IntendedUse) -> Iterator[Reason]:
    if header.age_years is not None:
        return
    if header.age_implausible:
        message = "The age in the file cannot be right and was not used. Check that this is the right patient's film."
        yield Reason(Code.AGE_IMPLAUSIBLE, message, header.age_tag)
    if use.unknown_age == "notice":
        message = (
            f"AGE UNKNOWN: the film is taken for that of a patient of {_range(use)}, the only ages this reader is made for. "
            "If the patient is not, do not use the reading."
        )
        yield Reason(Code.AGE_ASSUMED, message, "PatientAge" if header.kind == "dicom" else None)


def _range(use: IntendedUse) -> str:
    low, high = use.age_years
    return f"{low:g} years and over" if high >= OLDEST else f"{low:g} to under {high:g} years"


def _either(terms: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(terms[:-1]), terms[-1])))


def _quote(value: str) -> str:
    """At most 16 characters of a technical value: enough to find it, too few to hold a patient's story."""
    return f'"{value[:16]}"'
