"""Which projection a word or a code names: ViewPosition (0018,5101), ViewCodeSequence (PS3.16 CID 4010), orientation."""

from __future__ import annotations

from typing import Literal

from wetread.radiograph.value import View
from wetread.radiograph.words import words

__all__ = ["Projection", "of_code", "of_orientation", "of_words", "same"]

Projection = View | Literal["FRONTAL"]
"""FRONTAL is a front or back view that does not say which."""

# Single words. AP and PA are CR's and DX's defined terms; the rest is what consoles and interfaces write besides.
_PA = {"PA", "POSTEROANTERIOR", "POSTERIORANTERIOR", "POSTERIOANTERIOR", "CHESTPA", "THORAXPA", "PAUPRIGHT", "PAERECT"}
_AP = {
    "AP",
    "ANTEROPOSTERIOR",
    "ANTERIORPOSTERIOR",
    "ANTERIOPOSTERIOR",
    "CHESTAP",
    "THORAXAP",
    "APPORTABLE",
    "APSUPINE",
    "APERECT",
}
_FRONTAL = {"FRONTAL", "FRONTALE", "FACE", "FRENTE"}
_LATERAL = {"LATERAL", "LATERALE", "LATERALES", "LATERALIS", "LAT", "LATL", "LATR", "LLAT", "RLAT", "LL", "RL", "LM", "ML",
            "LATEROLATERAL", "LATEROMEDIAL", "MEDIOLATERAL", "SEITLICH", "SEITL", "PROFIL", "PROFILE", "PERFIL", "ZIJDELINGS", "CHESTLAT", "THORAXLAT"}  # fmt: skip
_OBLIQUE = {
    "OBLIQUE",
    "OBL",
    "OBLIQUA",
    "OBLICUA",
    "SCHRAG",
    "RAO",
    "LAO",
    "RPO",
    "LPO",
    "RLO",
    "LLO",
    "MLO",
    "LMO",
    "OBLIQUUS",
}
# A frontal beam, but not the standard film: lying on the side, or angled at the apices. Never taken for PA or AP.
_SPECIAL = {
    "DECUBITUS",
    "DECUB",
    "DECUBITO",
    "LLD",
    "RLD",
    "LORDOTIC",
    "LORDOTISCH",
    "LORDOTICA",
    "APICAL",
    "AXIAL",
    "TANGENTIAL",
}
# Words that say how or of what the film was taken, not from where; a value of only these is silent about the view.
_SILENT = {"UPRIGHT", "ERECT", "STANDING", "SITTING", "SEATED", "SEMI", "SEMIERECT", "SEMIUPRIGHT", "SUPINE", "PRONE", "RECUMBENT",
           "PORTABLE", "PORT", "MOBILE", "BEDSIDE", "BED", "WALL", "BUCKY", "GRID", "STEHEND", "LIEGEND", "SITZEND",
           "CHEST", "THORAX", "TORAX", "LUNG", "LUNGS", "VIEW", "PROJECTION", "NONE", "UNKNOWN", "UNSPECIFIED", "OTHER", "NA"}  # fmt: skip
_PAIRS = {("POSTERO", "ANTERIOR"): "PA", ("POSTERIOR", "ANTERIOR"): "PA", ("ANTERO", "POSTERIOR"): "AP",
          ("ANTERIOR", "POSTERIOR"): "AP", ("LATERO", "LATERAL"): "LATERAL", ("P", "A"): "PA", ("A", "P"): "AP",
          ("N", "A"): "NA"}  # fmt: skip

# PatientPosition's own terms (PS3.3 C.7.3.1.1.2): how the patient lay, nothing about the beam.
PATIENT_POSITIONS = frozenset(
    f"{first}F{how}" for first in ("H", "F", "L", "R", "A", "P") for how in ("P", "S", "DR", "DL", "V", "I")
)

# CID 4010 DX View: SNOMED CT code and the SNOMED-RT code that older files carry.
_CODES: dict[str, Projection] = {
    **dict.fromkeys(("272479007", "R-10214", "R-40888"), "PA"),
    **dict.fromkeys(("399348003", "R-10206"), "AP"),
    **dict.fromkeys(("399033003", "R-10202"), "FRONTAL"),
    **dict.fromkeys(("399067008", "R-102CD", "399173006", "R-10236", "399198007", "R-10232"), "LATERAL"),
    **dict.fromkeys(("399352003", "R-10228", "399260004", "R-10224", "30730003"), "LATERAL"),
    **dict.fromkeys(("399182000", "R-102C1", "399312000", "R-10208", "399059000", "R-10216"), "OBLIQUE"),
    **dict.fromkeys(("399135007", "R-10220", "399356000", "R-40985", "399006002", "R-10212"), "OBLIQUE"),
    **dict.fromkeys(("399038007", "R-10210", "399184004", "R-10238", "399236003", "R-10234"), "OBLIQUE"),
    **dict.fromkeys(("399160007", "R-10204", "399132005", "R-10252", "260427002", "R-40783"), "OBLIQUE"),
    **dict.fromkeys(("260426006", "R-40782", "399368009", "R-10226", "399099002", "R-10230"), "OBLIQUE"),
    **dict.fromkeys(("399004004", "R-10246", "399325008", "R-10254"), "OBLIQUE"),
    **dict.fromkeys(("399225005", "R-10250", "399288005", "R-10248"), "OBLIQUE"),
}


def of_words(value: str) -> tuple[Projection | None, bool]:
    """Projection that a text names, and whether the text was understood.

    ("PA", True) for "CHEST P.A. UPRIGHT"; (None, True) for "PORTABLE", which is silent about the view; (None, False)
    for "XX" and for a text that names two views or a special one.
    """
    found = _joined(words(value))
    if not found:
        return None, True
    if _SPECIAL & set(found):
        return None, False
    if _OBLIQUE & set(found):
        return "OBLIQUE", True
    spellings: dict[View, set[str]] = {"PA": _PA, "AP": _AP, "LATERAL": _LATERAL}
    named = {view for view, known in spellings.items() if known & set(found)}
    if not named and _FRONTAL & set(found):
        return "FRONTAL", True
    if len(named) == 1:
        return (None, False) if named == {"LATERAL"} and _FRONTAL & set(found) else (named.pop(), True)
    return None, not named and set(found) <= _SILENT


def of_code(value: str | None, meaning: str | None) -> tuple[Projection | None, bool]:
    """Projection of a view code; an unknown code is read by the words of its meaning."""
    if value is not None and value.upper() in _CODES:
        return _CODES[value.upper()], True
    if value is None and meaning is None:
        return None, True
    projection, _ = of_words(meaning or "")
    return projection, projection is not None


def of_orientation(orientation: tuple[str, str] | None) -> Projection | None:
    """LATERAL or OBLIQUE where the picture's rows run front to back (PatientOrientation, PS3.3 C.7.6.1.1.1), else None."""
    if orientation is None or not {"A", "P"} & set(orientation[0]):
        return None
    return "LATERAL" if orientation[0][0] in "AP" else "OBLIQUE"


def same(one: Projection | None, other: Projection | None) -> bool:
    """True where two sources do not contradict each other: FRONTAL agrees with PA and AP."""
    return one == other or ("FRONTAL" in (one, other) and {one, other} <= {"FRONTAL", "PA", "AP"})


def _joined(found: tuple[str, ...]) -> list[str]:
    """Neighbouring words that are one term put together: P A, POSTERO ANTERIOR."""
    result: list[str] = []
    for word in found:
        if result and (term := _PAIRS.get((result[-1], word))):
            result[-1] = term
        else:
            result.append(word)
    return result
