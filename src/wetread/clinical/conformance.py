"""The conformance statement, written from the code: what is made for an invented film is taken apart and listed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from pydicom._uid_dict import UID_dictionary
from pydicom.charset import python_encoding
from pydicom.datadict import dictionary_description
from pydicom.dataset import Dataset
from pydicom.uid import UID

import wetread
from wetread.clinical import concepts, uids
from wetread.clinical.hl7 import CHARACTER_SETS
from wetread.clinical.kinds import DICOM, KINDS, Kind, encode
from wetread.clinical.profiles import PROFILES, SEEN
from wetread.clinical.source import PATIENT, STUDY, Source, of
from wetread.clinical.uids import Predecessor
from wetread.errors import Code, Reason
from wetread.inference.reading import Attention, ModelIdentity, Reading, Threshold
from wetread.preprocess import InputSpec
from wetread.radiograph.reasons import eligibility
from wetread.radiograph.value import Facts, IntendedUse, Radiograph

__all__ = ["text"]

_WHEN = datetime(2000, 1, 1, 12, tzinfo=UTC)
_ROWS, _COLUMNS = 60, 50
_SCHEMES = "CodingSchemeIdentificationSequence"  # comes along with a code of our own
_UNUSED = ("ISO 2022 58",)  # names that pydicom has and DICOM has not


def text() -> str:
    """The statement as Markdown, for the version of this package; the same code gives the same text."""
    source = _film()
    readings = (_read("present"), _read("absent"), _refused())
    parts = [_head(), _results(), _objects(source, readings), _sources(), _charsets(), _fhir(source, readings)]
    parts += [_hl7(source, readings), _codes(), _profiles(), _transport()]
    return "\n\n".join(parts) + "\n"


# ------------------------------------------------------------------------------------------------ what is taken apart


def _film() -> Source:
    """A film of nobody with every attribute that the statement tells of."""
    header = Dataset()
    header.SOPClassUID, header.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1", "2.25.1"
    header.StudyInstanceUID, header.SeriesInstanceUID = "2.25.2", "2.25.3"
    header.PatientName, header.PatientID, header.PatientSex = "Nobody^Nowhere", "0", "O"
    header.Modality, header.BodyPartExamined, header.PatientOrientation = "CR", "CHEST", ["L", "F"]
    header.Rows, header.Columns, header.PixelSpacing = _ROWS, _COLUMNS, ["0.2", "0.2"]
    header.WindowCenter, header.WindowWidth = "128", "256"
    header.RescaleSlope, header.RescaleIntercept, header.RescaleType = "1", "0", "US"
    return of(header, Radiograph(np.zeros((_ROWS, _COLUMNS), np.float32), Facts()))


def _read(call: Any) -> Reading:
    square = ((10.0, 10.0), (10.0, 30.0), (30.0, 30.0), (30.0, 10.0))
    spec = InputSpec(height=64, width=64)
    return Reading(
        status="read", probability=0.5, prevalence=0.5, score=0.5, threshold=Threshold(0.5, "a rule", (0.4, 0.6)),
        call=call, abstained=False, model=ModelIdentity("model", "1.0.0", "0" * 64, "CC0-1.0", "adults"),
        attention=Attention(np.zeros((2, 2), np.float32), (_ROWS, _COLUMNS), spec, "Nothing was measured.", (square,)),
        evidence="None.",
    )  # fmt: skip


def _refused() -> Reading:
    return Reading(status="refused", reasons=(Reason(Code.VIEW, "A lateral film.", "ViewPosition"),))


def _built(kind: Kind, source: Source, readings: Iterable[Reading]) -> list[Any]:
    return [kind.build(reading, source, when=_WHEN) for reading in readings]


# ------------------------------------------------------------------------------------------------------------ chapters


def _head() -> str:
    return (
        "# Conformance statement\n\n"
        "<!-- written by tools/conformance.py from the code: change the code, not this page -->\n\n"
        f"wetread {wetread.__version__} turns one reading of one film into the objects and messages below. It is a "
        "library and a command, no network service: it makes files, and another program sends them. Every object says "
        "that it is preliminary and that no person has reviewed it; of a film that was refused it says why.\n\n"
        f"ImplementationClassUID `{uids.IMPLEMENTATION_CLASS_UID}`, ImplementationVersionName "
        f"`{uids.IMPLEMENTATION_VERSION}`. UIDs are under 2.25 and follow from film, model, settings and software: the "
        "same reading gives the same UID."
    )


def _results() -> str:
    rows = []
    for kind in KINDS.values():
        what = f"{UID(kind.sop_class_uid).name}, `{kind.sop_class_uid}`" if kind.sop_class_uid else kind.media_type
        series = f"{kind.modality} {kind.series_number}" if kind.modality else ""
        rows.append((f"`{kind.name}`", kind.title, what, series, f"`{kind.name}{kind.suffix}`"))
    return "## Results\n\n" + _table(("name", "title", "SOP class or media type", "modality, series", "file"), rows)


def _objects(source: Source, readings: Sequence[Reading]) -> str:
    parts = ["## DICOM objects"]
    parts.append(
        "Attributes of the first level, of a film that is read with an outline and of one that is refused. *Film*: the "
        "film's own, exactly, where it is valid (a further attribute of patient or study that the film has is carried "
        f"too: {_names(PATIENT)}, {_names(STUDY)}). *Always*: in every object. *Some*: where there is something to say."
    )
    kinds = [kind for kind in KINDS.values() if kind.media_type == DICOM]
    return "\n\n".join([*parts, *(_object(kind, source, readings) for kind in kinds)])


def _object(kind: Kind, source: Source, readings: Sequence[Reading]) -> str:
    built = _built(kind, source, readings)
    syntaxes = sorted(
        {f"{made.file_meta.TransferSyntaxUID.name}, `{made.file_meta.TransferSyntaxUID}`" for made in built}
    )
    said = [f"### `{kind.name}`: {UID(kind.sop_class_uid or '').name}", f"Transfer syntax: {'; '.join(syntaxes)}."]
    templates = sorted({one for made in built for one in _templates(made)})
    tree = list(dict.fromkeys(line for made in built for line in _tree(made)))
    if templates:
        algorithm = " The algorithm is told by TID 4019." if any("DCM 111001" in line[2] for line in tree) else ""
        said.append(f"Templates named in the object (PS3.16): {', '.join(templates)}.{algorithm}")
    every = {element.tag for made in built for element in made}
    rows = []
    for tag in sorted(every):
        have = [made[tag] for made in built if tag in made]
        name = have[0].keyword or dictionary_description(tag)
        film = name in PATIENT or name in STUDY
        where = "film" if film else "always" if len(have) == len(built) else "some"
        rows.append((f"({tag.group:04X},{tag.element:04X})", name, have[0].VR, where, _fixed(have) if not film else ""))
    later = kind.build(readings[0], source, when=_WHEN, replaces=Predecessor("2.25.2", "2.25.5", "2.25.6", "2.25.7"))
    added = [element.keyword for element in later if element.tag not in every and element.keyword != _SCHEMES]  # type: ignore[union-attr]
    said.append(f"What an object replaces, where it replaces one, stands in {', '.join(added)}.")
    said.append(_table(("tag", "attribute", "VR", "presence", "value, where it is always the same"), rows))
    if tree:
        said.append("Content items, each once:\n\n" + _table(("relationship", "value type", "concept"), tree))
    return "\n\n".join(said)


def _fixed(have: Sequence[Any]) -> str:
    """A value that is a term, not a measurement: the same in all objects, and short."""
    values = {str(element.value) for element in have}
    if len(values) > 1 or have[0].VR not in ("CS", "LO", "UI") or have[0].keyword in _OF_THE_FILM:
        return ""
    value = values.pop()
    return f"`{UID(value).name if have[0].VR == 'UI' else value}`" if value and len(value) <= 64 else ""


_OF_THE_FILM = (
    "SpecificCharacterSet", "SOPInstanceUID", "SeriesInstanceUID", "BodyPartExamined", "SoftwareVersions",
    "SecondaryCaptureDeviceSoftwareVersions", "DeviceSerialNumber",
)  # fmt: skip


def _templates(made: Dataset) -> Iterator[str]:
    for element in made:
        if element.VR != "SQ":
            continue
        for item in element.value:
            if element.keyword == "ContentTemplateSequence":
                yield f"TID {item.TemplateIdentifier}"
            yield from _templates(item)


def _tree(node: Dataset) -> Iterator[tuple[str, str, str]]:
    for item in node.get("ContentSequence") or ():
        name = item.get("ConceptNameCodeSequence")
        said = f"{name[0].CodeMeaning} ({name[0].CodingSchemeDesignator} {name[0].CodeValue})" if name else ""
        yield str(item.get("RelationshipType")), str(item.get("ValueType") or "by reference"), said
        yield from _tree(item)


def _sources() -> str:
    classes = "\n".join(f"- {UID(one).name}, `{one}`" for one in UID_dictionary if _is_read(one))
    return (
        "## Films that are read\n\n"
        f"{classes}\n\nOther objects are refused, and answered with results that say so; objects of this software itself "
        "are refused and have none. A film needs a valid StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID and "
        "SOPClassUID, Rows and Columns: without them no result is made. Its encodings are told in `docs/encodings.md`."
    )


def _is_read(uid: str) -> bool:
    """Whether objects of this SOP class are taken for films, if all else is right."""
    if UID_dictionary[uid][1] != "SOP Class":
        return False
    reasons = eligibility(Facts(modality="CR", sop_class_uid=uid), IntendedUse(age_years=(18, 120)))
    return not {Code.SOP_CLASS, Code.PRESENTATION_INTENT} & {reason.code for reason in reasons}


def _charsets() -> str:
    terms = [term for term in python_encoding if term not in _UNUSED]
    listed = ", ".join(f"`{term}`" if term else "none (ASCII)" for term in terms)
    return (
        "## Character sets\n\n"
        "SpecificCharacterSet (0008,0005) of a result is the film's own where it is one of these, alone or combined as "
        f"PS3.3 C.12.1.1.2 allows: {listed}. Where it has not all letters that the header holds, `ISO_IR 192` is used. "
        "What wetread itself writes is ASCII. The page of `pdf` prints Latin, Greek and Cyrillic letters; other names "
        "stand in its header alone, and the page says so."
    )


def _fhir(source: Source, readings: Sequence[Reading]) -> str:
    parts = ["## FHIR", "A transaction Bundle; no profile is claimed (`meta.profile` is empty)."]
    for kind in KINDS.values():
        if kind.media_type != "application/fhir+json":
            continue
        bundles = [json.loads(encode(one)) for one in _built(kind, source, readings)]
        if any(entry["resource"].get("meta", {}).get("profile") for one in bundles for entry in one["entry"]):
            parts[1] = "A transaction Bundle; profiles are named in `meta.profile` of each resource."
        rows: dict[tuple[str, str, str], None] = {}
        for bundle in bundles:
            for entry in bundle["entry"]:
                resource, request = entry["resource"], entry["request"]
                how = request["method"] + (", only if not there yet" if "ifNoneExist" in request else "")
                rows[(resource["resourceType"], how, str(resource.get("status", "")))] = None
        parts.append(f"### `{kind.name}`: {kind.title}\n\n" + _table(("resource", "interaction", "status"), list(rows)))
    return "\n\n".join(parts)


def _hl7(source: Source, readings: Sequence[Reading]) -> str:
    kind = KINDS["hl7"]
    messages = [encode(one).decode("ascii").rstrip("\r").split("\r") for one in _built(kind, source, readings)]
    rows: dict[str, set[int]] = {}
    for message in messages:
        for segment in message:
            fields = segment.split("|")
            shift = 1 if fields[0] == "MSH" else 0  # the separator itself is MSH-1
            used = rows.setdefault(fields[0], {1} if shift else set())
            used |= {number + shift for number, value in enumerate(fields) if number and value}
    msh = messages[0][0].split("|")
    listed = [(name, ", ".join(f"{name}-{number}" for number in sorted(used))) for name, used in rows.items()]
    sets = ", ".join(dict.fromkeys(name for name, _ in CHARACTER_SETS.values()))
    return (
        "## HL7 v2\n\n"
        f"`{kind.name}`: message {msh[8].replace('^', ', ')}, version {msh[11]}, from {msh[2]}. MSH-18 is one of {sets}; "
        "OBX-11 is P, preliminary.\n\n" + _table(("segment", "fields that are valued"), listed)
    )


def _codes() -> str:
    rows = [
        (concept.scheme, f"`{concept.value}`", concept.meaning, concept.source)
        for concept in sorted(concepts.TABLE.values(), key=lambda one: (one.scheme, one.value))
    ]
    return "## Codes\n\n" + _table(("scheme", "code", "meaning", "where it is from"), rows)


def _profiles() -> str:
    sets = [(f"`{one.name}`", ", ".join(f"`{kind}`" for kind in one.kinds), one.purpose) for one in PROFILES.values()]
    seen = [(f"`{one.kind}`", one.program, one.shows, one.lacks or "nothing was missed") for one in SEEN]
    return (
        "## Sets of results, and who shows them\n\n"
        + _table(("`--results`", "kinds", "for"), sets)
        + "\n\nWhat was tried, by the tests of this repository; what is not here was not tried:\n\n"
        + _table(("result", "program", "shows", "lacks"), seen)
    )


def _transport() -> str:
    return (
        "## Network and security\n\n"
        "wetread opens no connection: no DICOM association, no DICOMweb, no HL7 listener. Nothing of the "
        "film's private elements, comments, institution, device or operators is carried into a result."
    )


def _names(keywords: Iterable[str]) -> str:
    return ", ".join(keywords)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
