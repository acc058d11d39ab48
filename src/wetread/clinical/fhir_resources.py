"""The resources of a result in FHIR: device, observations, the film and its outlines, report, provenance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, Literal

from wetread.clinical import concepts, facts, fhir_identity, priority, uids
from wetread.clinical.concepts import Concept
from wetread.clinical.envelope import MODEL_NAME, NO_BUNDLE
from wetread.clinical.facts import MANUFACTURER, Statement
from wetread.clinical.fhir_identity import Json, uid_identifier, urn
from wetread.clinical.source import Source
from wetread.inference.reading import Reading

__all__ = ["REASONS", "Release", "Told", "device", "finding", "provenance", "report", "selection", "worklist"]

Release = Literal["R4B", "R5"]
REASONS = "urn:wetread:reasons"
"""System of the codes why a film was not processed (`wetread.errors.Code`)."""
_HL7 = "http://terminology.hl7.org/CodeSystem/"
_INTERPRETATIONS = {
    "present": ("POS", "Positive"),
    "absent": ("NEG", "Negative"),
    "indeterminate": ("IND", "Indeterminate"),
}
_REPLACES = "http://hl7.org/fhir/StructureDefinition/diagnosticReport-replaces"


@dataclass(frozen=True, eq=False, kw_only=True)
class Told:
    """What all resources of one result share, worked out once."""

    reading: Reading
    source: Source
    release: Release
    issued: str
    settings: dict[str, Any]

    @cached_property
    def statement(self) -> Statement:
        """What the result says."""
        return facts.of(self.reading)

    @cached_property
    def device_uid(self) -> str:
        """One for each bundle and version of the software, whatever film it reads."""
        algorithm = self.statement.algorithm
        return uids.fixed(f"fhir device {algorithm.sha256 or NO_BUNDLE} software {algorithm.software_version}")

    def uid(self, part: str) -> str:
        """UID of one resource."""
        if part not in self._uids:
            derived = uids.derive("fhir", self.reading, self.source, settings=self.settings, part=part)
            self._uids[part] = derived
        return self._uids[part]

    @cached_property
    def _uids(self) -> dict[str, str]:
        return {}

    @cached_property
    def study(self) -> Json:
        """Reference to the film's study."""
        return fhir_identity.study(self.source, link=self.settings["link"])

    @cached_property
    def whose(self) -> Json:
        """Subject, order and date, each as far as the film says it."""
        who = fhir_identity.subject(self.source, self.settings["patient_system"], link=self.settings["link"])
        return {
            **fhir_identity.about(self.source, self.settings["accession_system"]),
            **({"subject": who} if who else {}),
            **fhir_identity.dated(self.source),
            "issued": self.issued,
        }

    @property
    def meta(self) -> Json:
        """Marks what was made of a test film, which is of no patient."""
        tag = {"system": f"{_HL7}v3-ActReason", "code": "HTEST", "display": "test health data"}
        return {"meta": {"security": [tag]}} if self.statement.constancy else {}


def device(told: Told) -> Json:
    """The software with its model."""
    algorithm, r5 = told.statement.algorithm, told.release == "R5"
    versions = [("software", algorithm.software_version), ("model", f"{algorithm.name} {algorithm.version}")]
    if algorithm.sha256:
        versions.append(("bundle SHA-256", algorithm.sha256))
    kind = _concept(concepts.ARTIFICIAL_INTELLIGENCE)
    name = (
        {"value": MODEL_NAME, "type": "user-friendly-name"}
        if r5
        else {"name": MODEL_NAME, "type": "user-friendly-name"}
    )
    return {
        "resourceType": "Device",
        "identifier": [uid_identifier(told.device_uid)],
        "status": "active",
        "manufacturer": MANUFACTURER,
        "serialNumber": algorithm.sha256 or NO_BUNDLE,
        "name" if r5 else "deviceName": [name],
        "type": [kind] if r5 else kind,
        "version": [{"type": {"text": what}, "value": value} for what, value in versions],
    }


def finding(told: Told) -> Json:
    """The finding: present, absent or indeterminate with its numbers, or that the film was not processed, and why."""
    statement = told.statement
    made = _observation(told, "finding", concepts.PNEUMONIA, concepts.PNEUMONIA_RADLEX)
    if statement.finding is not None:
        code, display = _INTERPRETATIONS[statement.finding]
        made["valueCodeableConcept"] = _concept(concepts.presence(statement.finding))
        made["interpretation"] = [
            {"coding": [{"system": f"{_HL7}v3-ObservationInterpretation", "code": code, "display": display}]}
        ]
        made["bodySite"] = _concept(concepts.LUNG)
    else:
        absent = {"system": f"{_HL7}data-absent-reason", "code": "not-performed", "display": "Not Performed"}
        made["dataAbsentReason"] = {"coding": [absent], "text": statement.headline}
    algorithm = statement.algorithm
    made["method"] = _concept(concepts.ARTIFICIAL_INTELLIGENCE) | {"text": f"{algorithm.name} {algorithm.version}"}
    made["component"] = [
        {"code": _concept(concepts.PROCESSED), "valueBoolean": statement.processed},
        *_numbers(statement),
        *_reasons(statement),
    ]
    parameters = "; ".join(f"{name}: {value}" for name, value in algorithm.parameters)
    summary = f"{statement.headline}. {statement.meaning}"
    notes = (summary, *statement.limits, f"{statement.status}. {statement.disclaimer}", f"Parameters: {parameters}.")
    made["note"] = [{"text": note} for note in notes]
    return made


def worklist(told: Told) -> Json:
    """What a worklist should do with the film, and why."""
    asked = priority.of(told.reading)
    code, display = asked.fhir
    made = _observation(told, "priority", concepts.PRIORITY)
    coding = {"system": "http://hl7.org/fhir/request-priority", "code": code, "display": display}
    made["valueCodeableConcept"] = {"coding": [coding], "text": asked.text}
    made["note"] = [{"text": reason} for reason in (*asked.reasons, priority.NEVER_BACK)]
    return made


def selection(told: Told) -> Json:
    """The film, and the outlines of attention on it, as an ImagingSelection (R5 only): (column, row) in its pixels."""
    source, attention = told.source, told.reading.attention
    shapes = [source.points(one, attention.shape) for one in attention.outlines] if attention else []
    regions = [
        {"regionType": "polyline", "coordinate": [round(side, 3) for point in shape for side in point]}
        for shape in shapes
        if len(shape) > 3
    ]
    instance: Json = {
        "uid": source.sop_uid,
        "sopClass": {"system": "urn:ietf:rfc:3986", "code": f"urn:oid:{source.sop_class_uid}"},
    }
    if regions:
        instance["imageRegion2D"] = regions
    whose = {key: value for key, value in told.whose.items() if key != "effectiveDateTime"}
    return {
        "resourceType": "ImagingSelection",
        **told.meta,
        "identifier": [uid_identifier(told.uid("selection"))],
        "status": "available",
        **whose,
        "code": _concept(concepts.ATTENTION if regions else concepts.FILM),
        "studyUid": source.study_uid,
        "seriesUid": source.series_uid,
        "derivedFrom": [told.study],
        "instance": [instance],
    }


def report(told: Told, results: list[str], replaced: str | None) -> Json:
    """The report: all that is said, in sentences too; `results` are its observations' fullUrls."""
    statement, r5 = told.statement, told.release == "R5"
    whose = dict(told.whose)
    who = fhir_identity.patient(told.source, told.settings["patient_system"])
    made: Json = {"resourceType": "DiagnosticReport", **told.meta, "text": _narrative(statement)}
    if who and "reference" not in whose["subject"]:
        made["contained"] = [who]
        whose["subject"] = {"reference": "#patient", **whose["subject"]}
    if replaced:
        before = {"type": "DiagnosticReport", "identifier": uid_identifier(replaced)}
        made["extension"] = [{"url": _REPLACES, "valueReference": before}]
    code = concepts.CHEST_REPORT if statement.processed else concepts.IMAGING_STUDY
    return {
        **made,
        "identifier": [uid_identifier(told.uid("instance"))],
        "status": "preliminary",
        "category": [{"coding": [{"system": f"{_HL7}v2-0074", "code": "RAD", "display": "Radiology"}]}],
        "code": _concept(code),
        **whose,
        "study" if r5 else "imagingStudy": [told.study],
        "result": [{"reference": one} for one in results],
        "conclusion": "\n".join(statement.lines),
    }


def provenance(told: Told, targets: list[str], replaced: str | None) -> Json:
    """Who made it, when, of what: the device, of the film; no person took part."""
    film_type = "ImagingSelection" if told.release == "R5" else "Media"
    film = {"type": film_type, "identifier": uid_identifier(told.source.sop_uid, "urn:dicom:uid")}
    entities: list[Json] = [{"role": "source", "what": told.study}, {"role": "source", "what": film}]
    if replaced:
        before = {"type": "DiagnosticReport", "identifier": uid_identifier(replaced)}
        entities.append({"role": "revision", "what": before})
    assembler = {"system": f"{_HL7}provenance-participant-type", "code": "assembler", "display": "Assembler"}
    return {
        "resourceType": "Provenance",
        "id": urn(told.uid("provenance")).removeprefix("urn:uuid:"),
        **told.meta,
        "target": [{"reference": one} for one in targets],
        "occurredDateTime": told.issued,
        "recorded": told.issued,
        "activity": {"coding": [{"system": f"{_HL7}v3-DataOperation", "code": "CREATE", "display": "create"}]},
        "agent": [{"type": {"coding": [assembler]}, "who": {"reference": urn(told.device_uid)}}],
        "entity": entities,
    }


def _observation(told: Told, part: str, *codes: Concept) -> Json:
    derived = [told.study]
    if told.release == "R5":
        derived.append({"reference": urn(told.uid("selection"))})
    else:
        derived.append({"type": "Media", "identifier": uid_identifier(told.source.sop_uid, "urn:dicom:uid")})
    return {
        "resourceType": "Observation",
        **told.meta,
        "identifier": [uid_identifier(told.uid(part))],
        "status": "preliminary",
        "category": [{"coding": [{"system": f"{_HL7}observation-category", "code": "imaging", "display": "Imaging"}]}],
        "code": _concept(*codes),
        **told.whose,
        "device": {"reference": urn(told.device_uid)},
        "derivedFrom": derived,
    }


def _concept(*codes: Concept) -> Json:
    return {"coding": [code.coding for code in codes], "text": codes[0].meaning}


def _quantity(value: float) -> Json:
    units = concepts.NO_UNITS
    return {"value": round(value, 6), "unit": units.meaning, "system": units.coding["system"], "code": units.value}


def _numbers(statement: Statement) -> list[Json]:
    threshold = statement.threshold
    if statement.probability is None or statement.prevalence is None or statement.score is None or threshold is None:
        return []
    stated = (
        (concepts.PROBABILITY, statement.probability),
        (concepts.PREVALENCE, statement.prevalence),
        (concepts.SCORE, statement.score),
        (concepts.THRESHOLD, threshold.score),
    )
    low, high = (_quantity(side) for side in threshold.interval)
    return [
        *({"code": _concept(code), "valueQuantity": _quantity(value)} for code, value in stated),
        {"code": _concept(concepts.INTERVAL), "valueRange": {"low": low, "high": high}},
        {"code": _concept(concepts.RULE), "valueString": facts.plain(threshold.rule)},
    ]


def _reasons(statement: Statement) -> list[Json]:
    return [
        {
            "code": _concept(concepts.REASON),
            "valueCodeableConcept": {
                "coding": [{"system": REASONS, "code": reason.code.value}],
                "text": reason.message,
            },
        }
        for reason in statement.reasons
    ]


def _narrative(statement: Statement) -> Json:
    lines = "".join(f"<p>{escape(line)}</p>" for line in statement.lines)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{lines}</div>'}
