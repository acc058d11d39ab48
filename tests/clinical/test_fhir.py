"""FHIR transactions: read by an independent library, stored by a small server, said of the right film only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from clinical.conftest import reading, refused
from clinical.objects import CR, WHEN
from clinical.sources import KINDS, made
from wetread.clinical import facts, fhir, fhir_r5, kinds, source
from wetread.clinical.uids import Predecessor
from wetread.errors import Code, ConfigError, Reason, SourceError
from wetread.inference.reading import Reading

RELEASES = ("R4B", "R5")
CLINICAL = ("Observation", "DiagnosticReport")
Bundle = dict[str, Any]


def parsed(bundle: Bundle, release: str) -> Any:
    """The transaction as fhir.resources understands it; it refuses unknown elements and wrong types."""
    module = import_module("fhir.resources.R4B.bundle" if release == "R4B" else "fhir.resources.bundle")
    return module.Bundle.model_validate_json(kinds.encode(bundle))


def beyond(resource: Any) -> list[str]:
    """Coded values that FHIR's own lists do not have, which fhir.resources knows and does not enforce."""
    found = []
    for name, field in type(resource).model_fields.items():
        value = getattr(resource, name)
        allowed = (field.json_schema_extra or {}).get("enum_values")
        if isinstance(value, str) and allowed and value not in allowed:
            found.append(f"{name}: {value}")
        for inner in value if isinstance(value, list) else [value]:
            if hasattr(type(inner), "model_fields"):
                found += beyond(inner)
    return found


def resources(bundle: Bundle, kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def one(bundle: Bundle, kind: str, code: str | None = None) -> dict[str, Any]:
    found = resources(bundle, kind)
    if code:
        found = [resource for resource in found if code in [coding["code"] for coding in resource["code"]["coding"]]]
    assert len(found) == 1
    return found[0]


def component(resource: dict[str, Any], code: str) -> dict[str, Any]:
    (found,) = [part for part in resource["component"] if part["code"]["coding"][0]["code"] == code]
    return found


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


class Server:
    """What a transaction does to a server, as FHIR tells it: conditional creation, update in place, nothing else."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, Any]] = {}

    def take(self, bundle: Bundle) -> None:
        assert bundle["type"] == "transaction"
        for entry in bundle["entry"]:
            resource, request = entry["resource"], entry["request"]
            if request["method"] == "PUT":
                assert request["url"] == f"{resource['resourceType']}/{resource['id']}"
                self.stored[request["url"]] = resource
                continue
            assert request == {"method": "POST", "url": resource["resourceType"], "ifNoneExist": request["ifNoneExist"]}
            system, value = request["ifNoneExist"].removeprefix("identifier=").split("|")
            if not any(
                {"system": system, "value": value} in there.get("identifier", ())
                for there in self.stored.values()
                if there["resourceType"] == resource["resourceType"]
            ):
                self.stored[f"{resource['resourceType']}/{len(self.stored)}"] = resource


@pytest.mark.requirement("REQ-CHART-RESULTS", "REQ-PRELIMINARY")
@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("kind", KINDS)
def test_an_independent_library_reads_every_film(kind: str, release: Any, any_reading: Reading) -> None:
    bundle = fhir.build(any_reading, made(kind), when=WHEN, release=release)
    read = parsed(bundle, release)
    assert json.loads(read.model_dump_json(exclude_none=True))["entry"][0]["resource"]["resourceType"] == "Device"
    found = [entry.resource.get_resource_type() for entry in read.entry]
    middle = ["ImagingSelection"] if release == "R5" else []
    assert found == ["Device", *middle, "Observation", "Observation", "DiagnosticReport", "Provenance"]
    clinical = [entry.resource for entry in read.entry if entry.resource.get_resource_type() in CLINICAL]
    assert [resource.status for resource in clinical] == ["preliminary"] * 3
    assert beyond(read) == []


def test_the_library_would_refuse_what_the_release_does_not_know() -> None:
    bundle = fhir.build(reading(), made("ascii"), when=WHEN, release="R5")
    with pytest.raises(KeyError, match="ImagingSelection"):
        parsed(bundle, "R4B")
    del bundle["entry"][1]
    with pytest.raises(ValueError, match="study"):
        parsed(bundle, "R4B")
    with pytest.raises(ValueError, match=r"imagingStudy|deviceName"):
        parsed(fhir.build(reading(), made("ascii"), when=WHEN), "R5")


def test_a_value_that_a_list_does_not_have_is_seen() -> None:
    bundle = fhir.build(reading(), made("ascii"), when=WHEN)
    bundle["entry"][0]["resource"]["status"] = "busy"
    bundle["entry"][3]["resource"]["status"] = "guessed"
    assert beyond(parsed(bundle, "R4B")) == ["status: busy", "status: guessed"]


@pytest.mark.requirement("REQ-CHART-RESULTS")
@pytest.mark.parametrize("release", RELEASES)
def test_every_reference_leads_somewhere(release: Any, any_reading: Reading) -> None:
    bundle = fhir.build(any_reading, made("issued"), when=WHEN, release=release)
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", url) for url in urls)
    used = {text for text in strings([entry["resource"] for entry in bundle["entry"]]) if text.startswith("urn:uuid:")}
    assert used <= set(urls)
    assert used >= {url for url, entry in zip(urls, bundle["entry"], strict=True) if "PUT" not in str(entry["request"])}


@pytest.mark.parametrize("release", RELEASES)
def test_a_second_sending_adds_and_undoes_nothing(release: Any, any_reading: Reading) -> None:
    server, film = Server(), made("latin-1")
    server.take(fhir.build(any_reading, film, when=WHEN, release=release))
    before = dict(server.stored)
    assert len(before) == (6 if release == "R5" else 5)
    (name,) = (name for name in before if name.startswith("DiagnosticReport"))
    server.stored[name] = before[name] | {"status": "amended"}
    later = datetime(2026, 11, 23, 8, 0, tzinfo=WHEN.tzinfo)
    server.take(fhir.build(any_reading, film, when=later, release=release))
    assert set(server.stored) == set(before)
    assert server.stored[name]["status"] == "amended"


def test_another_film_adds_its_own_and_shares_the_device() -> None:
    server = Server()
    server.take(fhir.build(reading(), made("latin-1"), when=WHEN))
    server.take(fhir.build(reading(), made("latin-1", SOPInstanceUID="1.2.3.4.8"), when=WHEN))
    assert len(server.stored) == 5 + 4


@pytest.mark.requirement("REQ-CHART-RESULTS")
@pytest.mark.parametrize(("status", "code"), [("present", "POS"), ("absent", "NEG"), ("indeterminate", "IND")])
def test_a_finding_has_its_code_and_every_number(status: str, code: str, readings: dict[str, Reading]) -> None:
    bundle = fhir.build(readings[status], made("ascii"), when=WHEN)
    found = one(bundle, "Observation", "233604007")
    values = {"present": "52101004", "absent": "272519000", "indeterminate": "82334004"}
    assert found["valueCodeableConcept"]["coding"][0] == {
        "system": "http://snomed.info/sct",
        "code": values[status],
        "display": status.capitalize(),
    }
    assert found["interpretation"][0]["coding"][0]["code"] == code
    assert [coding["code"] for coding in found["code"]["coding"]] == ["233604007", "RID5350"]
    told = readings[status]
    assert component(found, "122157")["valueQuantity"]["value"] == told.probability
    assert component(found, "prevalence")["valueQuantity"]["value"] == told.prevalence
    assert component(found, "score")["valueQuantity"]["value"] == told.score
    assert component(found, "122411")["valueQuantity"] == {
        "value": 0.412,
        "unit": "no units",
        "system": "http://unitsofmeasure.org",
        "code": "1",
    }
    interval = component(found, "threshold-ci")["valueRange"]
    assert (interval["low"]["value"], interval["high"]["value"]) == (0.362, 0.471)
    assert component(found, "threshold-rule")["valueString"].startswith("sensitivity of at least 0.90")
    assert component(found, "processed")["valueBoolean"] is True
    notes = [note["text"] for note in found["note"]]
    assert set(facts.of(told).limits) <= set(notes)
    assert any("Bundle SHA-256: 0123456789abcdef" in note for note in notes)


@pytest.mark.requirement("REQ-REFUSED-RESULT")
def test_a_film_that_was_not_processed_is_answered_with_its_reasons() -> None:
    bundle = fhir.build(refused(), made("ascii"), when=WHEN)
    found, report = one(bundle, "Observation", "233604007"), one(bundle, "DiagnosticReport")
    assert "valueCodeableConcept" not in found
    assert "interpretation" not in found
    assert found["dataAbsentReason"]["coding"][0]["code"] == "not-performed"
    assert component(found, "processed")["valueBoolean"] is False
    why = component(found, "refusal")["valueCodeableConcept"]
    assert why["coding"] == [{"system": "urn:wetread:reasons", "code": "body-part"}]
    assert why["text"] == refused().reasons[0].message
    assert {part["code"]["coding"][0]["code"] for part in found["component"]} == {"processed", "refusal"}
    assert report["status"] == "preliminary"
    assert report["conclusion"].startswith("Not processed: ")
    assert report["code"]["coding"][0]["code"] == "18748-4"


def test_the_report_says_everything(any_reading: Reading) -> None:
    report = one(fhir.build(any_reading, made("ascii"), when=WHEN), "DiagnosticReport")
    assert report["conclusion"].split("\n") == list(facts.of(any_reading).lines)
    assert report["text"]["div"].count("<p>") == len(facts.of(any_reading).lines)
    assert report["imagingStudy"][0]["identifier"] == {"system": "urn:dicom:uid", "value": "urn:oid:1.2.3.4.2"}
    assert "conclusionCode" not in report


@pytest.mark.requirement("REQ-TEXT-STAYS-TEXT")
def test_the_narrative_is_markup_whatever_a_sentence_holds() -> None:
    odd = refused(Reason(Code.VIEW, "A film of <b>R&D</b>.", "ViewPosition"))
    div = one(fhir.build(odd, made("ascii"), when=WHEN), "DiagnosticReport")["text"]["div"]
    assert "&lt;b&gt;R&amp;D&lt;/b&gt;" in div


@pytest.mark.requirement("REQ-PROVENANCE")
def test_device_and_provenance_say_who_made_it_and_of_what() -> None:
    bundle = fhir.build(reading(), made("ascii"), when=WHEN)
    device, provenance = one(bundle, "Device"), one(bundle, "Provenance")
    assert device["serialNumber"] == "0123456789abcdef" * 4
    assert [version["value"] for version in device["version"]][1:] == ["wetread adult 1.2.0", "0123456789abcdef" * 4]
    assert provenance["recorded"] == "2026-11-22T07:30:15.250000+00:00"
    assert provenance["agent"][0]["who"]["reference"] == bundle["entry"][0]["fullUrl"]
    assert [entity["what"]["identifier"]["value"] for entity in provenance["entity"]] == [
        "urn:oid:1.2.3.4.2",
        "urn:oid:1.2.3.4.1",
    ]
    assert len(provenance["target"]) == 3
    assert provenance["entity"][1]["what"]["type"] == "Media"


def test_the_outline_stands_on_the_film_in_r5() -> None:
    film = made("ascii")
    selection = one(fhir_r5.build(reading(), film, when=WHEN), "ImagingSelection")
    (instance,) = selection["instance"]
    assert (instance["uid"], instance["sopClass"]["code"]) == ("1.2.3.4.1", f"urn:oid:{CR}")
    attention = reading().attention
    assert attention is not None
    for region, outline in zip(instance["imageRegion2D"], attention.outlines, strict=True):
        flat = [side for point in film.points(outline, attention.shape) for side in point]
        assert region["coordinate"] == pytest.approx(flat, abs=1e-3)
    bare = one(fhir_r5.build(refused(), film, when=WHEN), "ImagingSelection")
    assert "imageRegion2D" not in bare["instance"][0]
    assert bare["code"]["coding"][0]["code"] == "film"


@pytest.mark.requirement("REQ-IDENTITY")
def test_identity_is_the_films_own() -> None:
    bundle = fhir.build(reading(), made("japanese"), when=WHEN)
    (patient,) = one(bundle, "DiagnosticReport")["contained"]
    assert [name["text"] for name in patient["name"]] == ["Tarou Yamada", "山田 太郎", "やまだ たろう"]
    assert [name["extension"][0]["valueCode"] for name in patient["name"]] == ["ABC", "IDE", "SYL"]
    assert (patient["birthDate"], patient["gender"]) == ("1950-01-01", "male")
    assert patient["identifier"][0]["value"] == "P-17"
    for observation in resources(bundle, "Observation"):
        assert observation["subject"]["identifier"]["value"] == "P-17"
        assert observation["basedOn"][0]["identifier"]["value"] == "A17"
        assert observation["effectiveDateTime"] == "2026-01-02"


def test_namespaces_and_zone_are_carried() -> None:
    report = one(fhir.build(reading(), made("issued"), when=WHEN), "DiagnosticReport")
    assert report["subject"]["identifier"]["system"] == "urn:oid:1.2.3.99"
    assert report["subject"]["identifier"]["assigner"] == {"display": "WARD"}
    assert [number["value"] for number in report["contained"][0]["identifier"]] == ["P-17", "X-2"]
    assert report["basedOn"][0]["identifier"]["assigner"] == {"display": "RIS"}
    assert report["effectiveDateTime"] == "2026-01-02T10:15:00-03:30"
    assert report["issued"] == "2026-11-22T04:00:15.250000-03:30"


@pytest.mark.requirement("REQ-IDENTITY")
def test_a_film_of_nobody_makes_nobody() -> None:
    bundle = fhir.build(reading(), made("nobody"), when=WHEN)
    assert "contained" not in one(bundle, "DiagnosticReport")
    assert all("subject" not in entry["resource"] and "basedOn" not in entry["resource"] for entry in bundle["entry"])


def test_an_invalid_birth_date_is_left_out() -> None:
    bundle = fhir.build(reading(), made("hashed"), when=WHEN)
    (patient,) = one(bundle, "DiagnosticReport")["contained"]
    assert "birthDate" not in patient
    assert patient["identifier"][0]["value"] == "9f" * 32
    assert "e3b0c442" not in json.dumps(bundle)


def test_links_are_searches_that_the_server_resolves() -> None:
    asked = {"link": True, "patient_system": "urn:oid:1.2.3.99"}
    report = one(fhir.build(reading(), made("delimiters"), when=WHEN, **asked), "DiagnosticReport")
    assert report["subject"]["reference"] == "Patient?identifier=urn:oid:1.2.3.99%7C7%5C%7C8%5E9%26a~b"
    assert report["imagingStudy"][0]["reference"] == "ImagingStudy?identifier=urn:dicom:uid%7Curn:oid:1.2.3.4.2"
    assert "contained" not in report
    parsed(fhir.build(reading(), made("delimiters"), when=WHEN, **asked), "R4B")


def test_a_bare_number_is_never_searched_for() -> None:
    report = one(fhir.build(reading(), made("ascii"), when=WHEN, link=True), "DiagnosticReport")
    assert report["subject"]["reference"] == "#patient"


@pytest.mark.requirement("REQ-REPLACES")
def test_a_new_result_refers_to_the_one_that_it_replaces() -> None:
    film = made("ascii")
    first = fhir.build(reading(), film, when=WHEN)
    number = one(first, "DiagnosticReport")["identifier"][0]["value"]
    before = Predecessor("1.2.3.4.2", "1.2", "1.2", number.removeprefix("urn:oid:"))
    changed = fhir.build(reading(score=0.7), film, when=WHEN, replaces=before)
    report, provenance = one(changed, "DiagnosticReport"), one(changed, "Provenance")
    assert report["identifier"][0]["value"] != number
    assert report["extension"][0]["valueReference"]["identifier"]["value"] == number
    assert provenance["entity"][-1]["role"] == "revision"
    assert provenance["entity"][-1]["what"]["identifier"]["value"] == number
    parsed(changed, "R4B")
    assert fhir.build(reading(), film, when=WHEN, replaces=before) == first


@pytest.mark.requirement("REQ-CONSTANCY")
def test_a_test_film_is_marked() -> None:
    told = replace(reading(), notices=(Reason(Code.CONSTANCY, "A test film."),))
    bundle = fhir.build(told, made("ascii"), when=WHEN)
    marked = [entry["resource"] for entry in bundle["entry"] if "meta" in entry["resource"]]
    assert {resource["resourceType"] for resource in marked} == {"Observation", "DiagnosticReport", "Provenance"}
    assert {resource["meta"]["security"][0]["code"] for resource in marked} == {"HTEST"}
    parsed(bundle, "R4B")


@pytest.mark.parametrize("release", RELEASES)
def test_the_same_arguments_give_the_same_bytes(release: Any, any_reading: Reading) -> None:
    first, second = (fhir.build(any_reading, made("korean"), when=WHEN, release=release) for _ in range(2))
    assert kinds.encode(first) == kinds.encode(second)


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(ConfigError, match="STU3"):
        fhir.build(reading(), made("ascii"), when=WHEN, release="STU3")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="zone"):
        fhir.build(reading(), made("ascii"), when=WHEN.replace(tzinfo=None))


FIELDS = ("PatientName", "PatientID", "AccessionNumber", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
WORDS = st.text("BCDFGHKMNPRSTVWXZ", min_size=6, max_size=12).map("QX{}".format)  # like no word that a result says


@pytest.mark.requirement("REQ-NO-MIXING")
@settings(max_examples=25, deadline=None)
@given(
    words=st.lists(WORDS, min_size=6, max_size=6, unique=True), numbers=st.sets(st.integers(10**6, 10**9), min_size=6)
)
def test_two_studies_never_mix(words: list[str], numbers: set[int]) -> None:
    """Made in turns, each transaction holds its own film's values and none of the other's."""
    uids = [f"1.2.840.{number}" for number in sorted(numbers)][:6]
    films = []
    for half in (slice(0, 3), slice(3, 6)):
        values = dict(zip(FIELDS, [*words[half], *uids[half]], strict=True))
        films.append((values, made("ascii", **values)))
    told = {"R4B": reading(), "R5": refused()}
    for release in RELEASES:
        bundles = [json.dumps(fhir.build(told[release], film, when=WHEN, release=release)) for _, film in films]
        for (own, _), (other, _), bundle in zip(films, reversed(films), bundles, strict=True):
            expected = set(own.values()) - ({own["SeriesInstanceUID"]} if release == "R4B" else set())
            assert all(f'{value}"' in bundle for value in expected)
            assert not any(value in re.split(r"[^\w.]+", bundle) for value in other.values())


def test_real_films_are_carried(shared_data: Path) -> None:
    """Every real film whose results can be filed is answered in both releases, with its own study and nobody's else."""
    studies = {}
    for path in sorted((shared_data / "dicom").glob("*.dcm")):
        film = dcmread(path, stop_before_pixels=True)
        try:
            found = source.of(film)
        except SourceError:
            continue
        for release in RELEASES:
            read = parsed(fhir.build(refused(), found, when=WHEN, release=release), release)
            report = read.entry[-2].resource
            study = (report.study if release == "R5" else report.imagingStudy)[0].identifier.value
            assert study == f"urn:oid:{film.StudyInstanceUID}"
            studies[path.name] = study
    assert len(studies) >= 5
