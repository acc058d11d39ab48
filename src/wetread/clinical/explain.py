"""Any result of this software told to a human, from what the object itself holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wetread.clinical import explain_dicom, explain_hl7
from wetread.clinical.concepts import NO_UNITS
from wetread.clinical.facts import MANUFACTURER
from wetread.clinical.priority import SCHEMA as PRIORITY
from wetread.errors import NotAResultError
from wetread.inference.reading import SCHEMA as READING

__all__ = ["Explained", "explain"]

_KNOWN = (
    "what is explained is DICOM (reports, presentation states, captures, encapsulated PDF), FHIR transactions, "
    "HL7 messages, and reading and priority in JSON, as wetread writes them"
)


@dataclass(frozen=True, slots=True)
class Explained:
    """A result, told.

    Parameters
    ----------
    what
        What kind of object it is.
    study_uid
        The study that it belongs to; None where the object does not say it.
    lines
        What it holds; indented by two blanks a level. No name, number or date of a patient is among them.
    identity
        Whose it is, as the object says it: to be shown to those alone who ask for it.
    """

    what: str
    study_uid: str | None
    lines: tuple[str, ...]
    identity: tuple[str, ...] = ()


def explain(raw: bytes) -> Explained:
    """Tell what an object holds.

    Parameters
    ----------
    raw
        The file.

    Raises
    ------
    NotAResultError
        If it is no result of this software, or breaks off.
    """
    try:
        if raw[128:132] == b"DICM":
            return Explained(*explain_dicom.told(raw))
        if raw.lstrip(b"\x0b")[:4] == b"MSH|":
            return Explained(*explain_hl7.told(raw))
        if raw.lstrip()[:1] == b"{":
            return _json(json.loads(raw))
    except NotAResultError:
        raise
    except Exception as error:
        raise NotAResultError(f"the object breaks off or is damaged ({type(error).__name__}): make it again") from error
    raise NotAResultError(f"it is neither DICOM nor JSON nor HL7: {_KNOWN}")


def _json(said: Mapping[str, Any]) -> Explained:
    schema = said.get("schema")
    if schema == READING:
        return Explained("reading (JSON)", None, tuple(_reading(said)))
    if schema == PRIORITY:
        return Explained("worklist priority (JSON)", said["study_uid"], tuple(_priority(said)), _order(said))
    resources = [entry["resource"] for entry in said.get("entry", ()) if "resource" in entry]
    devices = [one for one in resources if one["resourceType"] == "Device"]
    if said.get("resourceType") == "Bundle" and any(one.get("manufacturer") == MANUFACTURER for one in devices):
        reports = [one for one in resources if one["resourceType"] == "DiagnosticReport"]
        if not reports:
            raise NotAResultError("the Bundle holds no DiagnosticReport: it is not whole, make it again")
        release = "R5" if "study" in reports[0] else "R4B"
        return Explained(
            f"FHIR {release} transaction", _study(reports[0]), tuple(_fhir(resources)), tuple(_whose(reports[0]))
        )
    raise NotAResultError(f"this JSON is not by wetread: {_KNOWN}")


def _reading(said: Mapping[str, Any]) -> Iterator[str]:
    """The reading itself (`wetread.inference.reading.Reading.to_json`)."""
    if said["status"] == "refused":
        yield "Not processed; nothing is known of the film."
        yield from (f"because [{reason['code']}] {reason['message']}" for reason in said["reasons"])
    else:
        threshold = said["threshold"]
        call = "indeterminate" if said["abstained"] else said["call"]
        yield f"{said['finding']}: {call}"
        yield f"probability {said['probability']:.3f} at prevalence {said['prevalence']:.3f}"
        low, high = threshold["interval"]
        yield f"score {said['score']:.3f}, threshold {threshold['score']:.3f} ({low:.3f} to {high:.3f})"
        yield f"rule of the threshold: {threshold['rule']}"
    if attention := said["attention"]:
        yield f"{len(attention['outlines_row_column'])} outlines of attention: {attention['worth']}"
    yield from (f"note [{notice['code']}] {notice['message']}" for notice in said["notices"])
    if model := said["model"]:
        yield f"model {model['name']} {model['version']}, for {model['population']}, SHA-256 {model['sha256']}"
    if said["evidence"]:
        yield f"evidence: {said['evidence']}"
    yield str(said["disclaimer"])


def _priority(said: Mapping[str, Any]) -> Iterator[str]:
    yield f"film {said['film_uid']}"
    yield f"{'read sooner' if said['action'] == 'forward' else 'keep its place'}: at least {said['at_least']['dicom']}"
    yield from said["reasons"]
    yield said["never"]
    yield from said["said"]


def _order(said: Mapping[str, Any]) -> tuple[str, ...]:
    return (f"AccessionNumber: {said['accession_number']}",) if said.get("accession_number") else ()


def _study(report: Mapping[str, Any]) -> str:
    reference = (report.get("study") or report["imagingStudy"])[0]
    return str(reference["identifier"]["value"]).removeprefix("urn:oid:")


def _whose(report: Mapping[str, Any]) -> Iterator[str]:
    for patient in report.get("contained", ()):
        yield from (f"name: {name['text']}" for name in patient.get("name", ()))
        yield from (f"identifier: {number['value']}" for number in patient.get("identifier", ()))
        yield from (f"{key}: {patient[key]}" for key in ("birthDate", "gender") if key in patient)
    if not report.get("contained"):
        who = report.get("subject", {})
        yield from (f"{key}: {who[key]}" for key in ("display", "reference") if key in who)
    yield from (f"order: {order['identifier']['value']}" for order in report.get("basedOn", ()))
    if "effectiveDateTime" in report:
        yield f"taken: {report['effectiveDateTime']}"


def _fhir(resources: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    tellers = {
        "Device": _device,
        "ImagingSelection": _selection,
        "Observation": _observation,
        "DiagnosticReport": _report,
        "Provenance": _provenance,
    }
    for resource in resources:
        teller = tellers.get(resource["resourceType"])
        status = f", {resource['status']}" if "status" in resource else ""
        yield f"{resource['resourceType']}{status}"
        yield from (f"  {line}" for line in (teller(resource) if teller else ()))


def _device(resource: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{version['type']['text']}: {version['value']}" for version in resource["version"])


def _selection(resource: Mapping[str, Any]) -> Iterator[str]:
    for instance in resource["instance"]:
        regions = instance.get("imageRegion2D", ())
        yield f"film {instance['uid']}, {len(regions)} outlines"


def _observation(resource: Mapping[str, Any]) -> Iterator[str]:
    absent = resource.get("dataAbsentReason")
    value = f"no value ({absent['text']})" if absent else _value(resource)
    yield f"{resource['code']['text']}: {value}"
    yield from (f"  {part['code']['text']}: {_value(part)}" for part in resource.get("component", ()))
    yield from (f"  {note['text']}" for note in resource.get("note", ()))


def _report(resource: Mapping[str, Any]) -> Iterator[str]:
    yield from resource["conclusion"].split("\n")


def _provenance(resource: Mapping[str, Any]) -> Iterator[str]:
    yield f"made {resource['recorded']}"
    for entity in resource["entity"]:
        number = entity["what"]["identifier"]["value"].removeprefix("urn:oid:")
        yield f"{'replaces' if entity['role'] == 'revision' else 'of'} {entity['what']['type']} {number}"


def _value(resource: Mapping[str, Any]) -> str:
    """value[x] of an Observation or a component."""
    (key,) = (key for key in resource if key.startswith("value"))
    value = resource[key]
    if key == "valueCodeableConcept":
        return str(value.get("text") or value["coding"][0]["display"])
    if key == "valueQuantity":
        return " ".join([str(value["value"]), *([] if value["unit"] == NO_UNITS.meaning else [value["unit"]])])
    if key == "valueRange":
        return f"{value['low']['value']} to {value['high']['value']}"
    return {"True": "yes", "False": "no"}.get(str(value), str(value))
