"""The table: every code is DICOM's, every row is whole, sourced and in plain words, and every word is known."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from pydicom.sr.codedict import codes

from wetread.errors import DataError
from wetread.modality import Examination, Row, table
from wetread.modality.data import load
from wetread.modality.lexicon import concepts
from wetread.modality.pattern import parse
from wetread.modality.table import REGIONS
from wetread.modality.text import tokens

ROWS = table().rows
EXAMINATIONS = {e.key: e for row in ROWS for e in [row.examination, *(e for e, _ in row.then)] if e is not None}


def group(*numbers: int) -> dict[tuple[str, str], str]:
    """(scheme, value): meaning of every code of these context groups."""
    found = {}
    for number in numbers:
        members = getattr(codes, f"CID{number}")
        for keyword in members.dir():
            code = getattr(members, keyword)
            found[code.scheme_designator, code.value] = code.meaning
    return found


@pytest.mark.parametrize("key", sorted(EXAMINATIONS))
def test_every_code_is_one_of_dicom(key: str) -> None:
    examination = EXAMINATIONS[key]
    assert group(29)["DCM", examination.modality] == examination.modality_meaning
    assert group(33)["DCM", examination.modality] == examination.modality_meaning
    assert group(4)["SCT", examination.body_part[0]] == examination.body_part[1]
    if examination.procedure is not None:
        code, meaning = examination.procedure
        assert group(10005, 6050)["SCT", code] == meaning
    views = group(4010, 4014)
    assert [views["SCT", code].lower() for code, _ in examination.views] == [m.lower() for _, m in examination.views]


def test_every_x_ray_examination_has_a_procedure_code() -> None:
    without = {one.modality for one in EXAMINATIONS.values() if one.procedure is None}
    assert not without & {"BMD", "CT", "DX", "IO", "MG", "PX", "RF"}
    assert EXAMINATIONS["cbct"].procedure != EXAMINATIONS["ct-head"].procedure


def test_every_examination_is_used_by_a_row() -> None:
    assert set(load("examinations")) == set(EXAMINATIONS)


def test_every_source_is_used_but_the_one_of_the_classes() -> None:
    used = {source.key for row in ROWS for source in row.sources}
    assert set(table().sources) - used == {"radiation"}


def test_there_are_enough_rows_of_every_region() -> None:
    counts = Counter(row.region for row in ROWS)
    assert set(counts) == set(REGIONS)
    assert min(counts.values()) >= 6
    assert counts["chest"] >= 12
    assert len(ROWS) >= 48


def test_ids_are_unique_and_beaten_rows_exist() -> None:
    ids = [row.id for row in ROWS]
    assert len(set(ids)) == len(ids)
    assert {name for row in ROWS for name in row.beats} <= set(ids)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_says_what_a_clinician_needs(row: Row) -> None:
    for said in (row.why, row.cannot, row.none):
        assert said.endswith((".", "?"))
        assert len(said) > 5
    assert not row.question.endswith(".")
    assert row.examination is not None or "no " in row.none.lower()
    assert all(when for _, when in row.then)
    assert row.examination not in [examination for examination, when in row.then if when == ""]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_evidence_is_not_better_than_what_was_read(row: Row) -> None:
    read = {source.read for source in row.sources}
    if row.evidence == "read":
        assert read & {"recommendation", "abstract"}
    if row.evidence == "secondary":
        assert read & {"recommendation", "abstract", "summary"}


def test_a_row_of_volumes_says_that_no_flat_picture_answers() -> None:
    """Where CT, MR or nuclear medicine comes first, the examination itself says that it is a volume."""
    firsts = [
        row.examination
        for row in ROWS
        if row.examination is not None and row.examination.modality in ("CT", "MR", "NM")
    ]
    assert firsts
    assert all(first.volume for first in firsts)
    assert not EXAMINATIONS["chest-2v"].volume


def test_every_xray_examination_has_a_dose_and_a_caution_for_pregnancy() -> None:
    silent = [
        e.key for e in EXAMINATIONS.values()
        if e.modality in ("DX", "CT", "MG", "RF", "XA", "NM", "PX", "IO", "BMD")
        and (e.radiation == "none" or not e.pregnancy)
    ]  # fmt: skip
    assert silent == []
    assert [
        e.key
        for e in EXAMINATIONS.values()
        if e.modality in ("US", "MR", "OP", "OPT", "DMS", "SM", "ES") and e.radiation != "none"
    ] == []


def test_pneumonia_rows_say_what_this_software_does() -> None:
    assert {row.id for row in ROWS if row.device} >= {"pneumonia-adult", "pneumonia-child", "immunocompromised"}


def test_every_meaning_of_the_lexicon_has_a_weight_and_known_implications() -> None:
    known = concepts()
    assert set(known.weights) == set(known.kinds)
    assert {name for others in known.implies.values() for name in others} <= set(known.kinds)


def test_no_word_means_two_things_because_its_ending_was_cut() -> None:
    """A single word of one meaning and another word of another must not share a stem ("severe", "severed")."""
    meanings: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for names in load("lexicon").values():
        for name, phrases in names.items():
            for phrase in phrases:
                words = tokens(phrase, phrase=True)
                if len(words) == 1 and "+" not in phrase and "=" not in phrase:
                    meanings[words[0].stem][words[0].word].add(name)
    clashes = {
        stem: words
        for stem, words in meanings.items()
        if len(words) > 1 and len(set.union(*words.values())) > max(len(found) for found in words.values())
    }
    assert clashes == {}


@pytest.mark.parametrize("line", ["!fever", "cough & nonsense", "@nothing"])
def test_a_pattern_that_cannot_be_meant_is_refused(line: str) -> None:
    with pytest.raises((DataError, KeyError)):
        parse([line])


def test_a_row_that_is_not_whole_does_not_exist() -> None:
    whole = ROWS[0]
    for change in (
        {"why": ""},
        {"ages": (5.0, 5.0)},
        {"urgency": "whenever"},
        {"evidence": "hearsay"},
        {"sources": ()},
    ):
        with pytest.raises(DataError):
            replace(whole, **change)
    with pytest.raises(DataError):
        replace(whole.sources[0], link="somewhere")
    assert isinstance(whole.examination, Examination)
