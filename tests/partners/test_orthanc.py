"""Every DICOM object in a real archive, by C-STORE and by STOW-RS: whose it is, once, and what it replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset

from clinical.objects import WHEN
from partners.films import OBJECTS, Case, built, case, cases
from tools.partners.orthanc import Orthanc
from wetread.clinical import source
from wetread.clinical.kinds import KINDS, encode
from wetread.radiograph.door import open_dataset

Send = Callable[[Orthanc, Mapping[str, Dataset], Path], None]
NAMES = (
    "latin-1", "follow-up", "japanese", "korean", "utf-8", "hashed", "oblong", "inverted", "refused", "captured",
)  # fmt: skip
PATIENTS = len(NAMES) - 1
FILED = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "AccessionNumber")


def by_c_store(archive: Orthanc, objects: Mapping[str, Dataset], folder: Path) -> None:
    number = count()
    files = []
    for one in objects.values():
        files.append(folder / f"{next(number)}.dcm")
        files[-1].write_bytes(encode(one))
    archive.c_store(files)


def by_stow(archive: Orthanc, objects: Mapping[str, Dataset], folder: Path) -> None:
    study = {str(one.StudyInstanceUID) for one in objects.values()}
    answer = archive.stow([encode(one) for one in objects.values()], study.pop() if len(study) == 1 else None)
    assert answer.get("00081198", {}).get("Value", []) == []  # FailedSOPSequence
    stored = {item["00081155"]["Value"][0] for item in answer["00081199"]["Value"]}
    assert stored == {str(one.SOPInstanceUID) for one in objects.values()}


SENDERS: dict[str, Send] = {"C-STORE": by_c_store, "STOW-RS": by_stow}


@pytest.fixture(params=list(SENDERS))
def send(request: pytest.FixtureRequest) -> Send:
    return SENDERS[request.param]


def everything(*asked: Case) -> dict[str, Dataset]:
    """Films and results under one name each."""
    return {f"{number} {name}": made for number, one in enumerate(asked) for name, made in one.everything.items()}


def held(archive: Orthanc, one: Dataset) -> str:
    """The archive's own identifier of an object that it holds once."""
    (found,) = archive.find("Instance", SOPInstanceUID=str(one.SOPInstanceUID))
    return found


def read_by(archive: Orthanc, one: Dataset) -> dict[str, Any]:
    """What the archive reads in an object: values by keyword."""
    tags: dict[str, Any] = archive.get(f"/instances/{held(archive, one)}/simplified-tags")
    return tags


def test_all_kinds_of_all_films_lie_in_their_own_studies(archive: Orthanc, send: Send, tmp_path: Path) -> None:
    assert tuple(cases()) == NAMES
    assert len(OBJECTS) >= 5
    send(archive, everything(*cases().values()), tmp_path)
    per_film = 1 + len(OBJECTS)
    films = len(NAMES)
    expected = {"patients": PATIENTS, "studies": films, "series": films * per_film, "instances": films * per_film}
    assert archive.counts() == expected
    for name, one in cases().items():
        (study,) = archive.find("Study", StudyInstanceUID=one.source.study_uid)
        listed = archive.get(f"/studies/{study}/series")
        described = sorted(series["MainDicomTags"].get("SeriesDescription", "") for series in listed)
        assert described == sorted([kind.title for kind in OBJECTS] + ["Synthetic chest film"]), name
        assert all(len(series["Instances"]) == 1 for series in listed)
    send(archive, everything(*cases().values()), tmp_path)
    assert archive.counts() == expected  # the second send added nothing


@pytest.mark.requirement("REQ-SHOWN")
def test_what_comes_back_is_what_was_sent(archive: Orthanc, send: Send, tmp_path: Path) -> None:
    for name in ("japanese", "oblong", "refused"):
        made = cases()[name].results
        send(archive, made, tmp_path)
        for kind, one in made.items():
            back = archive.fetch(f"/instances/{held(archive, one)}/file")
            # A sender writes its own name into the file header; the object itself has the same bytes.
            assert back[-len(encode(one)) + 400 :] == encode(one)[400:], (name, kind)


@pytest.mark.requirement("REQ-SHOWN")
def test_the_archive_files_a_result_where_it_files_the_film(archive: Orthanc, send: Send, tmp_path: Path) -> None:
    """As the archive itself understood them, in its own letters."""
    send(archive, everything(*cases().values()), tmp_path)
    for name, one in cases().items():
        tags = {kind: read_by(archive, made) for kind, made in one.everything.items()}
        for kind, found in tags.items():
            assert [found.get(keyword) for keyword in FILED] == [tags["film"].get(key) for key in FILED], (name, kind)
        assert tags["film"]["PatientName"].startswith(str(one.dataset.PatientName).split("=")[0].split("^")[0])


def test_the_same_reading_on_another_day_is_the_same_object(archive: Orthanc, send: Send, tmp_path: Path) -> None:
    one = cases()["latin-1"]
    send(archive, one.results, tmp_path)
    before = archive.counts()
    for kind in OBJECTS:
        later = kind.build(one.reading, one.source, when=WHEN + timedelta(days=2))
        assert isinstance(later, Dataset)
        send(archive, {kind.name: later}, tmp_path)
    assert archive.counts() == before
    assert read_by(archive, later)["SeriesDate"] == f"{WHEN:%Y%m%d}"


@pytest.mark.requirement("REQ-REPLACES")
def test_a_changed_reading_is_added_and_names_what_it_replaces(archive: Orthanc, send: Send, tmp_path: Path) -> None:
    one = cases()["follow-up"]
    first = one.results
    send(archive, everything(one), tmp_path)
    before = archive.counts()
    assert one.reading.threshold is not None
    assert one.reading.model is not None
    changes = {
        "threshold": replace(one.reading, threshold=replace(one.reading.threshold, score=0.39)),
        "bundle": replace(one.reading, model=replace(one.reading.model, sha256="fedcba9876543210" * 4)),
    }
    for number, changed in enumerate(changes.values(), 1):
        second = one.changed(changed)
        send(archive, second, tmp_path)
        added = number * len(OBJECTS)
        assert archive.counts() == before | {
            "series": before["series"] + added,
            "instances": before["instances"] + added,
        }
        for kind, made in second.items():
            tags = read_by(archive, made)
            assert predecessor(tags) == str(first[kind].SOPInstanceUID), kind
            held(archive, first[kind])  # the earlier one is still there: what was once said is never taken back


def predecessor(tags: Mapping[str, Any]) -> str:
    """The instance that an object says it replaces, as the archive read it."""
    if "PredecessorDocumentsSequence" not in tags:
        (instance,) = tags["ReferencedInstanceSequence"]  # of objects that are no documents
        return str(instance["ReferencedSOPInstanceUID"])
    (study,) = tags["PredecessorDocumentsSequence"]
    (series,) = study["ReferencedSeriesSequence"]
    (instance,) = series["ReferencedSOPSequence"]
    return str(instance["ReferencedSOPInstanceUID"])


def test_every_reference_to_the_film_is_found_in_the_archive(archive: Orthanc, tmp_path: Path) -> None:
    one = cases()["oblong"]
    by_c_store(archive, everything(one), tmp_path)
    for kind, made in one.results.items():
        tags = read_by(archive, made)
        named = {uid for uid in uids_in(tags, "ReferencedSOPInstanceUID") if uid != made.SOPInstanceUID}
        assert named == {one.source.sop_uid}, kind
        assert uids_in(tags, "StudyInstanceUID") == {one.source.study_uid}, kind


def uids_in(value: object, keyword: str) -> set[str]:
    """Every value under this keyword, however deep."""
    if isinstance(value, list):
        return {uid for item in value for uid in uids_in(item, keyword)}
    if not isinstance(value, Mapping):
        return set()
    here = {str(value[keyword])} if keyword in value else set()
    return here | {uid for item in value.values() for uid in uids_in(item, keyword)}


@pytest.mark.requirement("REQ-SHOWN")
def test_the_archive_draws_the_capture_itself(archive: Orthanc, tmp_path: Path) -> None:
    one = cases()["latin-1"]
    made = one.results["capture"]
    by_c_store(archive, {"capture": made}, tmp_path)
    with Image.open(BytesIO(archive.fetch(f"/instances/{held(archive, made)}/preview"))) as image:
        seen = np.asarray(image.convert("RGB"))
    assert seen.shape == (made.Rows, made.Columns, 3)
    assert np.array_equal(seen, np.frombuffer(made.PixelData[: seen.size], np.uint8).reshape(seen.shape))


def test_the_page_comes_back_from_the_archive_as_a_pdf(archive: Orthanc, tmp_path: Path) -> None:
    made = cases()["refused"].results["pdf"]
    by_c_store(archive, {"pdf": made}, tmp_path)
    page = archive.fetch(f"/instances/{held(archive, made)}/pdf")
    assert page.startswith(b"%PDF-")
    assert page.rstrip(b"\0").endswith(b"%%EOF\n")


def test_an_identifier_that_no_object_may_carry_parts_results_from_film(archive: Orthanc) -> None:
    """An archive that files by PatientID cannot do better; the study's UID still leads from one to the other."""
    film = case(11, patient={"PatientID": "9" * 64})
    content = encode(film.dataset).replace(b"LO\x40\0" + b"9" * 64, b"LO\x50\0" + b"9" * 80)
    given = source.of(open_dataset(content), film.film)
    assert "PatientID" in [note.keyword for note in given.notes]
    result = built(KINDS["sr"], film.reading, given)
    assert not result.PatientID
    archive.stow([content, encode(result)])
    assert archive.counts()["patients"] == 2
    assert len(archive.find("Study", StudyInstanceUID=given.study_uid)) == 2
