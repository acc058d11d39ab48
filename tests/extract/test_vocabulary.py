"""Closed lists: what is typed into a header decides as before, and does not leave."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.archives import KEY
from wetread.extract import Options
from wetread.extract.vocabulary import closed, closed_steps, vendor
from wetread.radiograph import Facts, eligibility
from wetread.radiograph.value import Step

USE = Options().use
SECRET = "ZZQX"  # stands in every text that is made up here and in no term

typed = st.sampled_from([f"{SECRET} CHEST", f"{SECRET}", "CHEST", "THORAX PA", "KNEE", "RIBCAGE", None])
facts = st.builds(
    Facts,
    modality=st.sampled_from(["CR", "DX", "CT", f"{SECRET}", None]),
    sop_class_uid=st.sampled_from(["1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.7", "1.2.3.19990101", None]),
    presentation_intent=st.sampled_from(["FOR PROCESSING", "FOR PRESENTATION", SECRET, None]),
    body_part=typed,
    anatomic_region=st.sampled_from(["CHEST", "LUNG", SECRET, None]),
    view=st.sampled_from(["PA", "LATERAL", None]),
    view_tag=st.just("ViewPosition"),
    view_text=st.sampled_from([SECRET, "FRONTAL", None]),
    species=st.sampled_from([SECRET, None]),
    species_tag=st.just("PatientSpeciesDescription"),
    photometric=st.sampled_from(["MONOCHROME1", "RGB", SECRET, None]),
    manufacturer=st.sampled_from([f"{SECRET} X-rays", None]),
    rows=st.just(512),
    columns=st.just(512),
    age_years=st.sampled_from([None, 50.0, 200.0]),
)


@pytest.mark.requirement("REQ-EXTRACT")
@settings(max_examples=200)
@given(facts)
def test_a_film_has_the_same_reasons_and_no_text_of_its_header(known: Facts) -> None:
    kept = closed(known)
    before, after = eligibility(known, USE), eligibility(kept, USE)
    assert [(reason.code, reason.tag) for reason in before] == [(reason.code, reason.tag) for reason in after]
    told = json.dumps([asdict(kept), [reason.message for reason in after]])
    assert SECRET not in told
    assert "19990101" not in told


@given(st.text(min_size=1, max_size=30))
def test_a_makers_name_is_known_or_a_pseudonym(text: str) -> None:
    found = vendor(f"{SECRET}{text}{SECRET}", KEY)
    assert found is not None
    assert SECRET not in found
    assert found == vendor(f"{SECRET}{text}{SECRET}", KEY)


def test_known_makers_keep_their_name() -> None:
    assert vendor("Philips Medical Systems", KEY) == "Philips"
    assert vendor("FUJI PHOTO FILM Co., ltd.", KEY) == "Fujifilm"
    assert vendor("GE Healthcare", KEY) == "GE"
    assert vendor(None, KEY) is None
    assert vendor("Dr. Somebody", KEY) != vendor("Dr. Other", KEY)


def test_steps_keep_numbers_and_terms_only() -> None:
    steps = (
        Step("decode", {"compression": "RLE Lossless", "bits_stored": 12, "signed": False}),
        Step("decode", {"compression": SECRET}),
        Step(
            "window-ignored", {"center": 19990101.0, "width": 1.0, "because": "a LINEAR window cannot be 19990101 wide"}
        ),
        Step("window", {"center": 40.0, "width": 400.0, "function": "LINEAR", "offered": 1}),
        Step("invert", {"photometric_interpretation": SECRET, "presentation_lut_shape": SECRET}),
        Step("spacing", {"from": "PixelSpacing", "row_mm": 0.2, "column_mm": 0.2}),
        Step("spacing", {"from": SECRET, "other": SECRET}),
        Step("padding", {"low": 0, "values": (1, 2)}),
    )
    found: list[dict[str, Any]] = closed_steps(steps)
    told = json.dumps(found)
    assert SECRET not in told
    assert "1999" not in told
    assert [step["name"] for step in found] == [step.name for step in steps]
    assert found[0]["parameters"] == {"compression": "RLE Lossless", "bits_stored": 12, "signed": False}
    assert found[3]["parameters"]["center"] == 40.0
    assert found[5]["parameters"]["from"] == "PixelSpacing"
    assert found[7]["parameters"]["values"] == [1, 2]
