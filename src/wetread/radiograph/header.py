"""What a film's header says, in plain values (Facts): whatever is missing, mistyped or garbage counts as silence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from pydicom.dataset import Dataset

from wetread.errors import UsageError
from wetread.radiograph import anatomy, views
from wetread.radiograph.age import age
from wetread.radiograph.elements import number, sequence, text, texts, words
from wetread.radiograph.value import STATED, Facts, View

__all__ = ["CONSTANCY_MANUFACTURER", "STATED", "facts"]

CONSTANCY_MANUFACTURER = "wetread phantom"
"""Manufacturer of the synthetic constancy film: the one object of ours that may be read, and only in constancy mode."""

_MAKER = "WETREAD"
_HUMAN = {"337915000", "L-85003", "9606", "C0086418"}  # SNOMED CT, SNOMED-RT, NCBI taxonomy, UMLS: Homo sapiens
_NO_ANSWER = {"UNKNOWN", "NONE", "NA", "N/A", "UNSPECIFIED", "ANONYMOUS", "ANONYMIZED", "REMOVED", "-"}
# Terms that decide something and are never withheld, though a patient or an identifier may be called so.
_TERMS = {
    *(
        "CR",
        "DX",
        "CT",
        "MR",
        "MG",
        "US",
        "NM",
        "PT",
        "XA",
        "RF",
        "RG",
        "IO",
        "PX",
        "OT",
        "SC",
        "SR",
        "PR",
        "KO",
        "SEG",
        "DOC",
    ),
    *("FOR PRESENTATION", "FOR PROCESSING", "FRONTAL"),
    *("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"),
}
_IDENTITY = ("PatientName", "PatientID", "OtherPatientIDs", "OtherPatientNames", "PatientBirthName", "PatientBirthDate",
             "AccessionNumber", "ReferringPhysicianName", "PatientMotherBirthName", "ResponsiblePerson", "PatientAddress",
             "PatientTelephoneNumbers")  # fmt: skip


class _Source(NamedTuple):
    """What one tag says of the view: a projection, or a text that was not understood."""

    tag: str
    projection: views.Projection | None
    text: str | None = None


def facts(dataset: Dataset, *, view: str | None = None) -> Facts:
    """Read the header of one film.

    Parameters
    ----------
    dataset
        With or without pixel data. Values may be missing, empty, several, of the wrong type or VR, or garbage: a value
        that cannot be understood counts as silent and never raises.
    view
        "PA", "AP" or "LATERAL" as the caller states it. It is used where the header is silent; where the header
        contradicts it, `view_conflict` says so.

    Returns
    -------
    Facts
        Nothing in it identifies a patient; text that repeats a part of the patient's name or identifiers is withheld.

    Raises
    ------
    UsageError
        If `view` names no projection.
    """
    orientation = _orientation(dataset)
    seen = _view(list(_sources(dataset, orientation)), view)
    years = age(dataset)
    species, species_tag = _species(dataset)
    constancy = " ".join(words(text(dataset, "Manufacturer") or "")) == CONSTANCY_MANUFACTURER.upper()
    hidden = _identity(dataset)
    return Facts(
        kind="dicom",
        modality=_safe(_upper(dataset, "Modality"), hidden),
        sop_class_uid=text(dataset, "SOPClassUID")
        or text(getattr(dataset, "file_meta", None) or Dataset(), "MediaStorageSOPClassUID"),
        presentation_intent=_safe(_upper(dataset, "PresentationIntentType"), hidden),
        body_part=_safe(_upper(dataset, "BodyPartExamined"), hidden),
        anatomic_region=_safe(_anatomic_region(dataset), hidden),
        view=seen.view,
        view_tag=seen.tag,
        view_text=_safe(seen.text, hidden),
        view_conflict=seen.conflict,
        orientation=orientation,
        laterality_mirrored=orientation is not None and orientation[0][0] == "R" and orientation[1][0] == "F",
        age_years=years.years,
        age_tag=years.tag,
        age_implausible=years.implausible,
        sex=_sex(dataset),
        species=_safe(species, hidden),
        species_tag=species_tag,
        frames=max(number(dataset, "NumberOfFrames") or 1, 1),
        rows=max(number(dataset, "Rows") or 0, 0),
        columns=max(number(dataset, "Columns") or 0, 0),
        samples_per_pixel=max(number(dataset, "SamplesPerPixel") or 1, 1),
        photometric=_safe(_upper(dataset, "PhotometricInterpretation"), hidden),
        burned_in=(_upper(dataset, "BurnedInAnnotation") or "") in ("YES", "Y"),
        own_result=_own_result(dataset, constancy),
        constancy=constancy,
        manufacturer=text(dataset, "Manufacturer"),
    )


def _upper(dataset: Dataset, keyword: str) -> str | None:
    value = text(dataset, keyword)
    return None if value is None else value.upper()


class _Seen(NamedTuple):
    """The view and its tag; or the text that was not understood and its tag; and two tags that contradict each other."""

    view: View | None
    tag: str | None
    text: str | None
    conflict: tuple[str, str] | None


def _view(sources: list[_Source], stated: str | None) -> _Seen:
    """Weigh the tags, the most trusted first, and what the caller states, last."""
    named = [source for source in sources if source.projection is not None]
    unclear = next((source for source in sources if source.text is not None), None)
    if stated is not None:
        projection, _ = views.of_words(stated)
        if projection is None or projection == "FRONTAL":
            raise UsageError(f"the stated view {stated[:16]!r} is none of PA, AP, LATERAL, OBLIQUE: state one of these")
        named.append(_Source(STATED, projection))
    pairs = ((one, other) for one, other in combinations(named, 2) if not views.same(one.projection, other.projection))
    conflict = next(((one.tag, other.tag) for one, other in pairs), None)
    # A text that is not understood is not silence: the caller does not overrule it, and no less trusted tag does but
    # the view's own code, for it may be the word for a lateral film in a language that is not known here.
    if unclear is None:
        trusted = named
    elif unclear.tag == "ViewPosition":
        trusted = [source for source in named if source.tag == "ViewCodeSequence"]
    else:
        trusted = [
            source for source in named if source.tag != STATED and sources.index(source) < sources.index(unclear)
        ]
    for source in trusted:
        if source.projection is not None and source.projection != "FRONTAL":
            return _Seen(source.projection, source.tag, None, conflict)
    if unclear is None:
        unclear = next(
            (_Source(source.tag, None, "FRONTAL") for source in named if source.projection == "FRONTAL"), None
        )
    return _Seen(None, unclear.tag, unclear.text, conflict) if unclear else _Seen(None, None, None, conflict)


def _sources(dataset: Dataset, orientation: tuple[str, str] | None) -> Iterator[_Source]:
    """Every tag that speaks of the view, the most trusted first."""
    position = " ".join(texts(dataset, "ViewPosition"))
    projection, understood = views.of_words(position)
    yield _Source("ViewPosition", projection, None if understood else position)
    for item in sequence(dataset, "ViewCodeSequence")[:1]:
        value, meaning = _code(item)
        projection, understood = views.of_code(value, meaning)
        yield _Source("ViewCodeSequence", projection, None if understood else meaning or value)
    yield _Source("PatientOrientation", views.of_orientation(orientation))
    # Not what the tag is for, but converted collections put PA or AP there.
    position = " ".join(texts(dataset, "PatientPosition"))
    projection, understood = views.of_words("" if position.upper() in views.PATIENT_POSITIONS else position)
    yield _Source("PatientPosition", projection, None if understood else position)
    # "CHEST LAT" as a body part is never the source of a frontal view, but must not pass as one.
    projection, _ = views.of_words(text(dataset, "BodyPartExamined") or "")
    yield _Source("BodyPartExamined", projection if projection in ("LATERAL", "OBLIQUE") else None)


def _orientation(dataset: Dataset) -> tuple[str, str] | None:
    """PatientOrientation (0020,0020) of rows and columns, where both are directions of the standard."""
    found = tuple(value.upper() for value in texts(dataset, "PatientOrientation"))
    if len(found) != 2 or any(not 1 <= len(value) <= 3 or set(value) - set("APLRHF") for value in found):
        return None
    return found[0], found[1]


def _anatomic_region(dataset: Dataset) -> str | None:
    for item in sequence(dataset, "AnatomicRegionSequence")[:1]:
        return anatomy.of_code(*_code(item))
    return None


def _code(item: Dataset) -> tuple[str | None, str | None]:
    return text(item, "CodeValue") or text(item, "LongCodeValue"), text(item, "CodeMeaning")


def _sex(dataset: Dataset) -> str | None:
    found = (_upper(dataset, "PatientSex") or "")[:1]
    return found if found in ("F", "M", "O") else None


def _species(dataset: Dataset) -> tuple[str | None, str | None]:
    """The animal and the tag that names it; a breed, a neutering, four feet (PS3.3 C.7.1.1) say so too."""
    for item in sequence(dataset, "PatientSpeciesCodeSequence"):
        value, meaning = _code(item)
        if value in _HUMAN:
            return None, None
        if (value or meaning) and not _human(meaning):
            return meaning or f"code {value}", "PatientSpeciesCodeSequence"
    described = text(dataset, "PatientSpeciesDescription")
    if described is not None and not _human(described) and described.upper() not in _NO_ANSWER:
        return described, "PatientSpeciesDescription"
    breed = text(dataset, "PatientBreedDescription")
    if breed is not None and breed.upper() not in _NO_ANSWER:
        return breed, "PatientBreedDescription"
    if sequence(dataset, "PatientBreedCodeSequence"):
        return "a breed", "PatientBreedCodeSequence"
    if _upper(dataset, "PatientSexNeutered") in ("ALTERED", "UNALTERED"):
        return "an animal", "PatientSexNeutered"
    if _upper(dataset, "AnatomicalOrientationType") == "QUADRUPED":
        return "a quadruped", "AnatomicalOrientationType"
    return None, None


def _human(described: str | None) -> bool:
    return described is not None and bool({"HUMAN", "SAPIENS"} & set(words(described)))


def _own_result(dataset: Dataset, constancy: bool) -> bool:
    """True where this software made the object or took part in it: its results come back from an archive like films."""
    said = [*texts(dataset, "ImageType")]
    for item in sequence(dataset, "ContributingEquipmentSequence"):
        said += [
            part
            for keyword in ("Manufacturer", "ManufacturerModelName", "SoftwareVersions")
            for part in texts(item, keyword)
        ]
    if not constancy:
        said += [
            part
            for keyword in ("Manufacturer", "ManufacturerModelName", "SoftwareVersions")
            for part in texts(dataset, keyword)
        ]
    return any(_MAKER in value.upper() and value.casefold() != CONSTANCY_MANUFACTURER for value in said)


def _identity(dataset: Dataset) -> frozenset[str]:
    """Words that identify the patient or the visit."""
    found = (word for keyword in _IDENTITY for value in texts(dataset, keyword) for word in words(value))
    return frozenset(word for word in found if len(word) > 1)


def _safe(value: str | None, hidden: frozenset[str]) -> str | None:
    """The text, or "WITHHELD" where it repeats the patient's identity: people type names into any field."""
    if value is None or value in _TERMS or anatomy.canonical(value) == "CHEST":
        return value
    apart = words(value)
    together = "".join(apart)
    return "WITHHELD" if any(word in apart or (len(word) > 2 and word in together) for word in hidden) else value
