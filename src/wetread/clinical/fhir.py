"""The reading as a FHIR transaction, R4B or R5, which a second sending adds nothing to."""

from __future__ import annotations

from datetime import datetime

from wetread.clinical import fhir_identity, fhir_resources
from wetread.clinical.fhir_identity import Json, urn
from wetread.clinical.fhir_resources import Release, Told
from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.errors import ConfigError
from wetread.inference.reading import Reading

__all__ = ["build"]


def build(
    reading: Reading,
    source: Source,
    *,
    when: datetime,
    replaces: Predecessor | None = None,
    release: Release = "R4B",
    patient_system: str = "",
    accession_system: str = "",
    link: bool = False,
) -> Json:
    """Make the transaction of a reading.

    A Bundle of Device, finding and worklist priority as Observations, DiagnosticReport and Provenance; in R5 also an
    ImagingSelection with the film and its outlines. Everything clinical is `preliminary`. A film that was refused has
    an Observation without value, with the reasons. Every resource but one is created only where its identifier is not
    there yet (ifNoneExist), so that a second sending adds nothing and never undoes what a person made of the first;
    Provenance, which FHIR gives no identifier, is put under an id of its own.

    The patient is referred to by the identifier that the film has, and is not made on the server; the report contains
    name, birth date and sex for a reader to compare. The study is referred to by its UID. Codes are SNOMED CT, RadLex,
    DICOM and LOINC, each with its source in `wetread.clinical.concepts`; RadElement has no set for pneumonia on
    radiographs whose identifier could be verified, so none is used.

    Parameters
    ----------
    reading, source, when, replaces
        As for every result (`wetread.clinical.kinds.Kind.build`). Of what is replaced `sop_uid` counts: the UID that
        is the identifier of the earlier DiagnosticReport.
    release
        "R4B" or "R5".
    patient_system, accession_system
        URIs of the namespaces of PatientID and AccessionNumber, for films that do not name them.
    link
        Refer to patient and study by a search that the server resolves while it stores: it then refuses everything
        unless it knows exactly one of each. The patient only where the namespace is known.

    Returns
    -------
    dict
        The Bundle, as plain values for JSON.

    Raises
    ------
    ConfigError
        If `when` has no zone, or there is no such release.
    """
    if release not in ("R4B", "R5"):
        raise ConfigError(f"FHIR {release} is not written: choose R4B or R5")
    settings = {
        "release": release,
        "patient_system": patient_system,
        "accession_system": accession_system,
        "link": link,
    }
    issued = fhir_identity.instant(source.moment(when).datetime)
    told = Told(reading=reading, source=source, release=release, issued=issued, settings=settings)
    replaced = replaces.sop_uid if replaces and replaces.sop_uid != told.uid("instance") else None
    results = [urn(told.uid("finding")), urn(told.uid("priority"))]
    targets = [urn(told.uid("instance")), *results]
    made = [
        (told.device_uid, fhir_resources.device(told)),
        (told.uid("finding"), fhir_resources.finding(told)),
        (told.uid("priority"), fhir_resources.worklist(told)),
        (told.uid("instance"), fhir_resources.report(told, results, replaced)),
    ]
    if release == "R5":
        targets.append(urn(told.uid("selection")))
        made.insert(1, (told.uid("selection"), fhir_resources.selection(told)))
    provenance = fhir_resources.provenance(told, targets, replaced)
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "timestamp": issued,
        "entry": [*(_created(uid, resource) for uid, resource in made), _put(told.uid("provenance"), provenance)],
    }


def _created(uid: str, resource: Json) -> Json:
    """An entry that is made only where no resource of its kind has this identifier."""
    number = resource["identifier"][0]
    condition = f"identifier={number['system']}|{number['value']}"
    return {
        "fullUrl": urn(uid),
        "resource": resource,
        "request": {"method": "POST", "url": resource["resourceType"], "ifNoneExist": condition},
    }


def _put(uid: str, resource: Json) -> Json:
    """An entry that always takes the same place."""
    return {
        "fullUrl": urn(uid),
        "resource": resource,
        "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
    }
