"""Only words of closed lists leave an archive: whatever else was typed into a header may name somebody.

Body parts are the defined terms of PS3.16 Annex L, modalities those of PS3.3 C.7.3.1.1.1.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from pydicom.datadict import tag_for_keyword
from pydicom.uid import UID, AllTransferSyntaxes

from wetread.extract.key import Key
from wetread.radiograph import Facts
from wetread.radiograph.anatomy import canonical
from wetread.radiograph.value import Step
from wetread.radiograph.words import words

__all__ = ["OTHER", "closed", "closed_steps", "vendor"]

OTHER = "OTHER"

_MODALITY_TERMS = """
    AU BI BMD CR CT DOC DX ECG EPS ES FID GM HD IO IVUS KO LS MG MR NM OAM OCT OP OPM OPT OPV OT PLAN PR PT PX REG RF RG
    RTDOSE RTIMAGE RTPLAN RTRECORD RTSTRUCT SC SEG SM SR TG US VA XA XC
"""
_PART_TERMS = """
    ABDOMEN ABDOMENPELVIS ACJOINT ANKLE AORTA ARM AXILLA BACK BLADDER BRAIN BREAST CALCANEUS CALF CAROTID CHEST
    CHESTABDOMEN CHESTABDPELVIS CLAVICLE COCCYX COLON CSPINE CTSPINE EAR ELBOW ESOPHAGUS EXTREMITY EYE FACE FEMUR
    FINGER FOOT FOREARM GALLBLADDER HAND HEAD HEADNECK HEART HIP HUMERUS IAC JAW KIDNEY KNEE LARYNX LEG LIVER LSPINE
    LSSPINE MANDIBLE MAXILLA MEDIASTINUM NECK NECKCHEST NOSE ORBIT PANCREAS PANCREATICBILEDUCT PELVIS PHANTOM PROSTATE
    RIB RIBCAGE RIBS SACRUM SCAPULA SCROTUM SHOULDER SINUS SKULL SPINE SPLEEN SSPINE STERNUM STOMACH TESTIS THIGH
    THUMB THYMUS THYROID TLSPINE TMJ TOE TSPINE UTERUS WHOLEBODY WHOLESPINE WRIST ZYGOMA
"""
_MODALITIES, _BODY_PARTS = frozenset(_MODALITY_TERMS.split()), frozenset(_PART_TERMS.split())
_PHOTOMETRICS = frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL", "YBR_FULL_422",
                           "YBR_ICT", "YBR_RCT", "YBR_PARTIAL_420"})  # fmt: skip
_INTENTS = frozenset({"FOR PRESENTATION", "FOR PROCESSING"})
# Makers of radiography systems by a word of their name; what is no name of one of them stays behind.
_VENDORS = {
    "AGFA": "Agfa", "CANON": "Canon", "CARESTREAM": "Carestream", "DETECTION": "Detection", "DRTECH": "DRTECH",
    "EIZO": "Eizo", "FUJI": "Fujifilm", "FUJIFILM": "Fujifilm", "GE": "GE", "HITACHI": "Hitachi", "HOLOGIC": "Hologic",
    "ICRCO": "iCRco", "KODAK": "Kodak", "KONICA": "Konica Minolta", "LODOX": "Lodox", "MINDRAY": "Mindray",
    "NEUSOFT": "Neusoft", "ORIENTAL": "Oriental", "PHILIPS": "Philips", "RAYENCE": "Rayence", "SAMSUNG": "Samsung",
    "SEDECAL": "Sedecal", "SHIMADZU": "Shimadzu", "SIEMENS": "Siemens", "SWISSRAY": "Swissray", "TOSHIBA": "Toshiba",
    "TRIXELL": "Trixell", "VAREX": "Varex", "VARIAN": "Varian", "VIEWORKS": "Vieworks", "WETREAD": "wetread phantom",
}  # fmt: skip
_SHAPES = frozenset({"IDENTITY", "INVERSE"})
_NUMBER = re.compile(r"\d[\d.]*(?:e[+-]?\d+)?")
_SYNTAXES = frozenset({"uncompressed", *(syntax.name for syntax in AllTransferSyntaxes)})


def closed(facts: Facts) -> Facts:
    """The same facts in words of closed lists; any other word is OTHER, and no text that is no term is kept.

    Judged by these, a film has the same reasons as judged by its header, and no reason quotes the header.
    """
    region = facts.anatomic_region
    return replace(
        facts,
        modality=_one_of(facts.modality, _MODALITIES),
        sop_class_uid=_registered(facts.sop_class_uid),
        presentation_intent=_one_of(facts.presentation_intent, _INTENTS),
        body_part=_part(facts.body_part),
        anatomic_region=region if region == "LUNG" else _part(region),
        view_text=facts.view_text if facts.view_text in (None, "FRONTAL") else OTHER,
        species=None if facts.species is None else "an animal",
        photometric=_one_of(facts.photometric, _PHOTOMETRICS),
        manufacturer=None,
    )


def vendor(manufacturer: str | None, key: Key) -> str | None:
    """The maker's usual name; for a text that names no maker known here, a pseudonym that tells makers apart."""
    if not manufacturer:
        return None
    found = words(manufacturer)
    named = next((_VENDORS[word] for word in found if word in _VENDORS), None)
    return named or f"{OTHER}-{key.name('manufacturer', ' '.join(found))[:8]}"


def closed_steps(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    """The grayscale steps as plain data: numbers, and words of closed lists.

    Of a step that was passed over nothing stays but why: its numbers did nothing, and may mean anything.
    """
    return [{"name": step.name, "parameters": _parameters(step)} for step in steps]


def _parameters(step: Step) -> dict[str, Any]:
    if step.name.endswith("-ignored"):
        return {"because": _NUMBER.sub("#", str(step.parameters.get("because", "")))}
    return {name: kept for name, value in step.parameters.items() if (kept := _kept(name, value)) is not None}


def _kept(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return list(value) if isinstance(value, tuple) else value
    if name == "photometric_interpretation":
        return value if value in _PHOTOMETRICS or value == "MONOCHROME2 assumed" else OTHER
    if name == "presentation_lut_shape":
        return value if value in _SHAPES else OTHER
    if name == "compression":
        return value if value in _SYNTAXES else OTHER
    if name == "from":
        return value if tag_for_keyword(value) is not None else None
    return value if name in ("because", "function", "resolution", "format", "mode") else None


def _registered(uid: str | None) -> str | None:
    """A UID that the standard itself names; any other may be somebody's."""
    return uid if uid is not None and UID(uid).name != uid else None


def _part(value: str | None) -> str | None:
    return _one_of(canonical(value), _BODY_PARTS)


def _one_of(value: str | None, terms: frozenset[str]) -> str | None:
    return value if value is None or value in terms else OTHER
