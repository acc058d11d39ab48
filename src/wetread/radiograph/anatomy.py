"""Which body part a word or a code names: BodyPartExamined (0018,0015), AnatomicRegionSequence (0008,2218)."""

from __future__ import annotations

import re

from wetread.radiograph.words import words

__all__ = ["canonical", "of_code"]

# The chest and what fills it, in the defined terms (PS3.16 Annex L) and as consoles in other languages write it.
# Ribs, sternum, shoulder, thoracic spine and breast are other examinations, with other exposure and other views.
_CHEST = {
    "CHEST", "THORAX", "LUNG", "LUNGS", "THORACIC", "THORACICCAVITY",  # English, Latin
    "BRUSTKORB", "LUNGE", "LUNGEN", "BORSTKAS", "LONGEN", "BROSTKORG", "BRYSTKASSE", "LUNGOR", "LUNGER", "RINTAKEHA",
    "POITRINE", "POUMON", "POUMONS", "TORACE", "POLMONE", "POLMONI", "TORAX", "PECHO", "PULMON", "PULMONES",
    "PEITO", "PULMAO", "PULMOES", "KLATKAPIERSIOWA", "PLUCA", "HRUDNIK", "PLICE", "MELLKAS", "TUDO", "GOGUS", "AKCIGER",
    "KYOBU", "KYOUBU", "HAIYA", "胸部", "肺", "ГРУДНАЯКЛЕТКА", "ОГК",
}  # fmt: skip
_TWO_WORDS = {("KLATKA", "PIERSIOWA"): "KLATKAPIERSIOWA", ("ГРУДНАЯ", "КЛЕТКА"): "ГРУДНАЯКЛЕТКА", ("THORACIC", "CAVITY"): "THORACICCAVITY",
              ("CAGE", "THORACIQUE"): "THORAX"}  # fmt: skip
# What stands beside the body part in the same tag: projection, number of views, posture, technique, side of the lung.
_BESIDE = {"PA", "AP", "P", "A", "LAT", "LATERAL", "LL", "RL", "OBL", "OBLIQUE", "FRONTAL", "VIEW", "VIEWS", "V", "ONE", "TWO", "SINGLE",
           "UPRIGHT", "ERECT", "SUPINE", "STANDING", "SITTING", "PORTABLE", "PORT", "MOBILE", "BEDSIDE", "BED", "XR", "XRAY", "X", "RAY",
           "CR", "DX", "DR", "ADULT", "ADULTS", "CHILD", "PED", "PEDS", "PEDIATRIC", "PAEDIATRIC", "ROUTINE", "STANDARD",
           "BOTH", "AND", "E", "UND", "ET", "Y", "I", "OF", "STRUCTURE", "REGION", "WHOLE"}  # fmt: skip
_FUSED = re.compile(r"^(CHEST|THORAX|TORAX)(PA|AP|LAT|\d?V|\d?VIEWS?)$")

# SNOMED CT and the SNOMED-RT code that older files carry (CID 4031; lungs as some consoles send them).
_CODES = {
    **dict.fromkeys(("51185008", "816094009", "T-D3000", "43799004", "T-D3200"), "CHEST"),
    **dict.fromkeys(("39607008", "T-28000"), "LUNG"),
}


def canonical(value: str | None) -> str | None:
    """The chest or lungs in any spelling as "CHEST", otherwise the text itself in upper case; None where silent.

    "Thorax", "CHEST_PA", "CHEST 2V" and "Brustkorb" are the chest; "RIBCAGE" and "CHEST ABDOMEN" are not.
    """
    if value is None:
        return None
    found: list[str] = []
    for word in words(value):
        fused = _FUSED.match(word)
        if found and (term := _TWO_WORDS.get((found[-1], word))):
            found[-1] = term
        else:
            found.append(fused.group(1) if fused else word)
    rest = [word for word in found if word not in _BESIDE and not re.fullmatch(r"\d+(V|VW|VIEWS?)?", word)]
    return "CHEST" if rest and set(rest) <= _CHEST else value.upper()


def of_code(value: str | None, meaning: str | None) -> str | None:
    """Body part of a region code in upper case: ours where the code is known, else the code's meaning."""
    if value is not None and value.upper() in _CODES:
        return _CODES[value.upper()]
    if meaning is not None:
        return meaning.upper()
    return None if value is None else f"CODE {value.upper()}"
