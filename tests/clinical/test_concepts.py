"""The table of coded concepts: each with a known scheme, a meaning that fits and a source; codes as the standard has."""

from __future__ import annotations

import pytest
from pydicom.sr._concepts_dict import concepts as dictionary

from wetread.clinical import concepts
from wetread.clinical.concepts import SCHEMES, TABLE, Concept


def test_every_concept_is_cited_and_stands_once() -> None:
    assert len(TABLE) >= 20
    assert all(concept.source for concept in TABLE.values())
    keys = [(concept.scheme, concept.value) for concept in TABLE.values()]
    assert len(set(keys)) == len(keys)


def test_codes_of_dicom_mean_what_the_standard_says() -> None:
    """Against the dictionary of PS3.16 that pydicom has: code and meaning of every DCM concept."""
    known = {code: meaning for entries in dictionary["DCM"].values() for code, (meaning, _) in entries.items()}
    ours = {concept.value: concept.meaning for concept in TABLE.values() if concept.scheme == "DCM"}
    assert len(ours) >= 5
    ours |= {code: known[code] for code in ours if ours[code] == f"DICOM {known[code]}"}  # as IHE writes 113014 in HL7
    assert {code: known.get(code) for code in ours} == ours


def test_presence() -> None:
    assert [concepts.presence(word).meaning for word in ("present", "absent", "indeterminate")] == [  # type: ignore[arg-type]
        "Present",
        "Absent",
        "Indeterminate",
    ]


def test_the_forms_of_a_concept_agree() -> None:
    pneumonia = concepts.PNEUMONIA
    assert (pneumonia.code.value, pneumonia.item.CodeValue, pneumonia.coding["code"]) == ("233604007",) * 3
    assert pneumonia.coding["system"] == SCHEMES["SCT"].uri == "http://snomed.info/sct"
    pneumonia.item.CodeValue = "changed"
    assert pneumonia.item.CodeValue == "233604007"


@pytest.mark.parametrize(("value", "scheme", "meaning"), [("", "DCM", "x"), ("1", "XYZ", "x"), ("1", "DCM", "x" * 65)])
def test_a_code_without_scheme_or_meaning_is_refused(value: str, scheme: str, meaning: str) -> None:
    with pytest.raises(ValueError, match="no code"):
        Concept(value, scheme, meaning, "nowhere")
