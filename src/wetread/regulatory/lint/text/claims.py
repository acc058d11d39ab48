"""What a text claims: findings, ages, views, modalities, and the words it should not use."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wetread.regulatory.lint.submission import Claim, Span
from wetread.regulatory.lint.text.document import Document, Passage
from wetread.regulatory.lint.text.margin import Margin
from wetread.regulatory.lint.text.words import ages_in
from wetread.regulatory.lint.wording import denied

__all__ = ["claim_of", "first_ages", "improper", "limitations_of", "modalities_in", "negated", "views_in"]

# The letters count in capitals only: "ap" and "pa" are also other words.
_VIEWS = {
    "PA": re.compile(r"\bPA\b|\bP/A\b|(?i:postero-?\s?anterior|posterior\W{0,3}(?:to\W{0,3}|and\W{0,3})?anterior)"),
    "AP": re.compile(r"\bAP\b|\bA/P\b|(?i:antero-?\s?posterior|anterior\W{0,3}(?:to\W{0,3}|and\W{0,3})?posterior)"),
    "LATERAL": re.compile(r"(?i:\blateral\b)"),
}
_MODALITIES = {
    "DX": re.compile(r"\bDX\b|\bDR\b|(?i:digital (?:x-?\s?ray|radiograph))"),
    "CR": re.compile(r"\bCR\b|(?i:computed radiograph)"),
    "CT": re.compile(r"\bCT\b|(?i:computed tomograph)"),
    "MR": re.compile(r"\bMRI?\b|(?i:magnetic resonance)"),
    "US": re.compile(r"(?i:\bultrasound\b)"),
}
_PLAIN_FILM = re.compile(r"x-?\s?rays?\b|radiograph", re.IGNORECASE)
_LEFT_OUT = re.compile(
    r"[^,]{0,25}?\b(?:(?:is|are|was|were|be)\s+)?(?:not|excluded|rejected|refused|never|left out)\b", re.IGNORECASE
)
_LATER = re.compile(
    r"de-?\s?priorit\w+|remov\w+ (?:[\w'’]+ ){0,5}from (?:[\w'’]+ ){0,4}(?:queue|worklist|work list)|lower(?:ing"
    r"|ed)? (?:\w+ )?priority"
    r"|(?:read|reviewed|looked at) later|(?:bottom|end) of the (?:queue|worklist|list)"
    r"|discard\w* (?:[\w-]+ ){0,4}(?:images|x-?rays|films|cases|patients)"
    r"|exclude patients unlikely|removal from (?:[\w'’]+ ){0,4}(?:queue|worklist)|need not be (?:read|reviewed)"
    r"|skip(?:ped|ping)? (?:the )?review",
    re.IGNORECASE,
)
_REPLACES = re.compile(
    r"replac\w+ (?:\w+ ){0,6}(?:radiologists?|readers?|physicians?|doctors?|clinicians?)|without (?:a "
    r"|any )?(?:radiologist|human|physician)\b"
    r"|instead of (?:a |the )?(?:radiologist|physician|doctor)|fully automat\w+ diagnos|autonomous\w* (?:diagnos|read)"
    r"|\bact(?:s|ing)? as (?:a|one|the)(?: \w+){0,2} (?:radiologist|reader)",
    re.IGNORECASE,
)
_CLEARED = re.compile(
    r"\bFDA[- ]?(?:approved|cleared|certified|compliant)\b|(?:approved|cleared|certified) by (?:the )?FDA\b"
    r"|\b510\(k\)[- ]cleared\b",
    re.IGNORECASE,
)


def views_in(text: str) -> tuple[str, ...]:
    """The views that a text names and does not rule out.

    >>> views_in("in the AP or PA position"), views_in("PA films; lateral films are not read")
    (('PA', 'AP'), ('PA',))
    """
    return tuple(view for view, words in _VIEWS.items() if _named(words, text))


def _named(words: re.Pattern[str], text: str) -> bool:
    return any(
        not denied(text, found.start(), found.end()) and not _ruled_out(text, found.end())
        for found in words.finditer(text)
    )


def _ruled_out(text: str, end: int) -> bool:
    """Whether the words that follow leave it out: "lateral films are not read"."""
    clause = re.split(r"[.;\n]", text[end:])[0][:60]
    # "... or PA, and have never before been filmed" speaks of something else.
    found = _LEFT_OUT.match(clause)
    return found is not None and not re.search(r"\b(?:has|have|had|and)\b", found[0], re.IGNORECASE)


def modalities_in(text: str) -> tuple[str, ...]:
    """DICOM modality codes that a text names; ("RG",) where it only speaks of radiographs.

    >>> modalities_in("Modality is DX (Digital Radiography)"), modalities_in("chest X-ray"), modalities_in("not for CT")
    (('DX',), ('RG',), ())
    """
    coded = tuple(code for code, words in _MODALITIES.items() if _named(words, text))
    return coded or (("RG",) if _PLAIN_FILM.search(text) else ())


def first_ages(passages: Iterable[Passage]) -> tuple[Span, Passage] | None:
    """The first ages that are named, with where."""
    for passage in passages:
        if (span := ages_in(passage.text)) is not None:
            return span, passage
    return None


def claim_of(document: Document, margin: Margin) -> Claim:
    """Intended use and indications."""
    home = ("intended", "indications", "general")
    told = document.text(*home)
    ages = first_ages(document.of(*home)) or first_ages(document.of("checks"))
    if ages:
        margin.at("claim/ages", ages[1])
    views, modalities = views_in(told), modalities_in(told)
    if not views:
        views = views_in(document.text("checks"))
    checked = modalities_in(document.text("checks"))
    coded = tuple(code for code in (*modalities, *checked) if code != "RG")
    for passage in document.of(*home, "checks"):
        if views and views_in(passage.text):
            margin.places.setdefault("claim/views", f"line {passage.line}")
        if set(modalities_in(passage.text)) & set(coded):
            margin.places["claim/modalities"] = f"line {passage.line}"
    return Claim(
        finding=_finding(told),
        ages=ages[0] if ages else None,
        views=views,
        modalities=tuple(dict.fromkeys(coded)) or modalities,
        later=_said(document.of(*home, "impact"), _LATER, "claim/later", margin),
        replaces=_said(document.of(*home), _REPLACES, "claim/replaces", margin),
        cleared=_said(document.passages, _CLEARED, "claim/cleared", margin),
    )


def improper(text: str) -> dict[str, bool]:
    """Which of "later", "replaces" and "cleared" (fields of `Claim`) a text says.

    >>> improper("Brings films forward. It is not cleared by the FDA.")
    {'later': False, 'replaces': False, 'cleared': False}
    >>> improper("An FDA-approved aid")["cleared"]
    True
    """
    return {
        name: any(not negated(text, found.start()) for found in pattern.finditer(text))
        for name, pattern in (("later", _LATER), ("replaces", _REPLACES), ("cleared", _CLEARED))
    }


def _finding(told: str) -> str:
    """The sign, where one is claimed; else the disease."""
    sign = re.search(r"\w*\s*(?:opacit(?:y|ies)|consolidations?)\b[^.;]{0,40}", told, re.IGNORECASE)
    disease = re.search("pneumonia", told, re.IGNORECASE)
    # A list of other findings that may be there claims none of them.
    if sign and (not disease or re.search(r"opacit|suggest|suspic|consistent|compatible", sign[0], re.IGNORECASE)):
        return sign[0].strip()
    return "pneumonia" if disease else ""


def _said(passages: Iterable[Passage], pattern: re.Pattern[str], place: str, margin: Margin) -> bool | None:
    for passage in passages:
        found = pattern.search(passage.text)
        if found and not negated(passage.text, found.start()):
            margin.at(place, passage)
            return True
    return None


def negated(text: str, start: int) -> bool:
    """Whether the very words before deny it: "does not replace", "is not to be FDA-cleared"."""
    before = r"(?:\b(?:not|never|no|nor|neither|nothing|none|cannot|rather than|instead of)|n't)\W+(?:\w+\W+){0,3}$"
    return bool(re.search(before, text[:start], re.IGNORECASE))


def limitations_of(document: Document, margin: Margin) -> tuple[str, ...]:
    """Each limitation, with its line noted."""
    told = [
        passage for passage in document.of("limitations") if len(passage.text.split()) > 1 or passage.kind == "item"
    ]
    for at, passage in enumerate(told):
        margin.at(f"limitations/{at}", passage)
    return tuple(passage.text for passage in told)
