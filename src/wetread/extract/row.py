"""What becomes of one film: a row of the manifest, and the film where its picture is to be written."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

from wetread.errors import Reason, UnreadableError
from wetread.extract.archive import Entry
from wetread.extract.cleanliness import doubt
from wetread.extract.identity import Identity, read_identity
from wetread.extract.key import Key
from wetread.extract.options import Options
from wetread.extract.vocabulary import closed, closed_steps, vendor
from wetread.radiograph import Facts, Outcome, Radiograph, eligibility

__all__ = ["judged"]

_OLDEST = 89  # PS3.15 leaves it open; 45 CFR 164.514(b)(2)(i)(C) names 90 and over as one
# What is told of a file that gave no picture: a codec's own words may quote the header.
_UNREADABLE = {
    "not-a-film": "The file is no DICOM object.",
    "no-pixels": "The DICOM object holds no picture.",
    "decode": "The picture is damaged, cut short, or in an encoding that is not read.",
    "limit": "Decoding needed more time or memory than a film may cost, or the file is larger than any film.",
    "crash": "The codec broke down on the film.",
    "unreadable": "The file cannot be opened, or changed while it was read.",
    "bug": "The film met a defect of the program; please report it.",
}
_IMAGE = "An image file without a header: whose it is, and whether it is clean, is not known."

Row = dict[str, Any]


def judged(entry: Entry, outcome: Outcome, key: Key, options: Options) -> tuple[Row, Radiograph | None]:
    """The row of one file, and its film where a picture is to be written of it: then `status` is "written" already."""
    row = _named(entry, outcome, key)
    try:
        if outcome.facts is not None and outcome.facts.kind == "image":
            return row | _told("refused", "image-file", _IMAGE), None
        return _known(row, entry, outcome, key, options)
    except UnreadableError as error:
        return row | _told("unreadable", error.code, _UNREADABLE[error.code]), None
    except Exception:  # noqa: BLE001  # a defect on one film must not cost the archive its other films
        return row | _told("unreadable", "bug", _UNREADABLE["bug"]), None


def _named(entry: Entry, outcome: Outcome, key: Key) -> Row:
    """What every row has. The file's plain hash stays here: with it, whoever has the file would know its row."""
    seen = outcome.sha256 or None
    return {
        "mark": entry.mark,
        "film_id": key.name("film", seen) if seen else key.name("unopened", entry.relative),
        "source_hash": key.name("source", seen) if seen else None,
        "reason_codes": [],
        "flags": [],
    }


def _told(status: str, code: str, message: str, codes: list[str] | None = None) -> Row:
    return {"status": status, "reason_code": code, "reason_message": message, "reason_codes": codes or [code]}


def _known(row: Row, entry: Entry, outcome: Outcome, key: Key, options: Options) -> tuple[Row, Radiograph | None]:
    if outcome.facts is None:
        raise outcome.error or LookupError("neither facts nor an error")
    who, film, facts = read_identity(entry.path), outcome.film, closed(outcome.facts)
    row |= (
        _pseudonyms(who, row["film_id"], key)
        | _facts(facts)
        | {"manufacturer": vendor(outcome.facts.manufacturer, key)}
    )
    row["burned_in_annotation"] = who.burned_in if who.burned_in in ("YES", "NO") else None
    if film is not None:
        if film.source_uids.get("SOPInstanceUID", "").strip(" \0") != who.instance:
            raise UnreadableError("the file changed while it was read: run the extraction again")
        spacing = film.spacing_mm
        row |= {
            "grayscale": _json(closed_steps(film.steps)),
            "spacing_mm": None if spacing is None else list(spacing),
            "polarity": round(film.polarity, 6),
        }
    reasons = _reasons(facts, film, options)
    if reasons:
        return row | _told("refused", reasons[0].code, reasons[0].message, [reason.code for reason in reasons]), None
    unclean = doubt(who, facts.sop_class_uid, options)
    if unclean is not None:
        return row | _told("set-aside", unclean.code, unclean.message), None
    if outcome.error is not None:
        raise outcome.error
    return row | {"status": "written"}, film


def _reasons(facts: Facts, film: Radiograph | None, options: Options) -> list[Reason]:
    """Why the film is not taken, by header and picture, told in words of closed lists."""
    found = eligibility(facts if film is None else replace(film, facts=facts), options.use)
    return [reason for reason in found if not options.bears(reason.code)]


def _pseudonyms(who: Identity, film_id: str, key: Key) -> Row:
    """Basic Profile with Modified Dates (PS3.15 Annex E): identifiers and dates replaced, everything else left out."""
    patient = ("patient", who.issuer, who.patient_id)
    if not who.patient_id:  # nobody is named: the study stands for its patient, else the film
        patient = ("study", who.study, "") if who.study else ("film", film_id, "")
    return {
        "patient_id": key.name(*patient),
        "study_instance_uid": key.uid("uid", who.study) if who.study else None,
        "series_instance_uid": key.uid("uid", who.series) if who.series else None,
        "sop_instance_uid": key.uid("uid", who.instance) if who.instance else None,
        "study_date": _iso(key.shifted(who.study_date, *patient)),
        "acquisition_date": _iso(key.shifted(who.acquisition_date, *patient)),
        "flags": [] if who.patient_id else ["patient-unknown"],
    }


def _facts(facts: Facts) -> Row:
    years = None if facts.age_years is None else math.floor(facts.age_years)
    old = years is not None and years > _OLDEST
    return {
        "age": f"{_OLDEST + 1}+" if old else None if years is None else str(years),
        "age_years": _OLDEST + 1 if old else years,
        "sex": facts.sex,
        "modality": facts.modality,
        "sop_class_uid": facts.sop_class_uid,
        "body_part": facts.body_part or facts.anatomic_region,
        "view": facts.view,
        "photometric": facts.photometric,
        "rows": facts.rows or None,
        "columns": facts.columns or None,
    }


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False, sort_keys=True)
