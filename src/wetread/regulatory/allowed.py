"""Digits that prose may hold although no evidence gives them: places in documents, citations, dates, and names.

Each has examples that it must allow, and neighbours that it must leave to the lint: the tests try both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["ALLOWED", "Allowed"]

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_YEAR = r"(?:18|19|20)\d\d"
_PLACE = (
    "[Ss]ections?|[Tt]ables?|[Ff]igures?|[Dd]ocuments?|[Pp]arts?|[Cc]lauses?|[Aa]nnex|[Aa]ppendix|[Cc]hapters?|[Ss]teps?|"
    "[Pp]ages?|[Ii]tems?|[Pp]rinciples?|[Qq]uestions?|[Ff]orm(?: FDA)?|[Rr]ows?|[Bb]locks?|[Ll]ines?|[Ss]ubpart|§+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A kind of text that may hold digits.

    Attributes
    ----------
    name
        What it is.
    pattern
        Matches it; what it matches is taken out before the lint looks.
    examples
        Prose that is then free of digits.
    not_these
        Prose in which digits remain.
    """

    name: str
    pattern: re.Pattern[str]
    examples: tuple[str, ...]
    not_these: tuple[str, ...]


def _allowed(name: str, pattern: str, examples: tuple[str, ...], not_these: tuple[str, ...]) -> Allowed:
    return Allowed(name=name, pattern=re.compile(pattern), examples=examples, not_these=not_these)


ALLOWED = (
    _allowed(
        "a date",
        rf"\b{_YEAR}-\d\d-\d\d\b|\b(?:\d{{1,2}} )?{_MONTH}\.? {_YEAR}\b",
        ("checked on 2026-11-21", "final since 28 September 2022", "reissued in August 2025"),
        ("about 2026 films", "28 films", "2026-11 films"),
    ),
    _allowed(
        "a law or a rule",
        r"\b\d+ (?:CFR|U\.?S\.?C\.?|FR) (?:[Pp]arts? )?\d+[A-Za-z]?(?:\.\d+)?(?:\([a-z\d]+\))*"
        r"(?:(?:, | and | or |, and |, or )\d+\.\d+(?:\([a-z\d]+\))*)*",
        ("under 21 CFR 892.2080", "21 CFR part 820", "21 CFR 892.2070, 892.2080 and 892.2090", "90 FR 24969", "21 CFR 807.87(l)"),
        ("21 films", "in 892 films"),
    ),
    _allowed(
        "a kind of submission",
        r"\b510\(k\)s?|\b513\(g\)|\b520\(o\)(?:\(\d\)(?:\([A-Z]\))?)?|\b52[04][A-Z]?\b(?=\)| of the)",
        ("a 510(k) summary", "520(o)(1)(E) leaves it a device", "section 524B of the Act"),
        ("510 films", "524 patients"),
    ),
    _allowed(
        "a standard",
        r"\b(?:(?:ANSI|AAMI|ISO|IEC|IEEE|NIST|ASTM|CLSI|UL|EN|BS|SP|TR|TS|TIR|CR|SW|PAS)[/ ])*"
        r"(?:ANSI|AAMI|ISO|IEC|IEEE|NIST|ASTM|CLSI|UL|EN|BS|SP|TR|TS|TIR|CR|SW|PAS)[ -]?[A-Z]{0,3}\d[\d.-]*\d(?::\d{4})?"
        r"(?:[+/](?:A|AMD ?|Amd ?)\d+:\d{4})*",
        ("ISO 14971:2019", "IEC 62304:2006+A1:2015", "AAMI TIR34971:2023", "ANSI/AAMI SW96", "ISO/TR 24971:2020", "NIST SP 800-53",
         "IEC 81001-5-1:2021", "AAMI CR34971:2022"),
        ("ISO approved 14971 films", "14971:2019"),
    ),
    _allowed(
        "a part of DICOM",
        r"\bPS ?3\.\d+\b|\b[TC]ID \d+\b|\(\d{4},[\dA-Fa-fx]{4}\)|\bC\.\d+(?:\.\d+)+|\bDICOM (?:PS ?)?3\b",
        ("after PS3.14", "TID 1500 and CID 29", "the tag (0018,5101)", "C.7.6.3.1"),
        ("PS with 3 films", "TID of 1500 films"),
    ),
    _allowed(
        "a place in a document",
        rf"(?:\b|(?=§))(?:{_PLACE}) ?(?:[A-Z]\.?)?\d+[a-z]?(?:\.\d+)*[A-Z]?(?:\([a-z\d]+\))*"
        rf"(?:(?:, | and | to | or |–|-)[A-Z]?\d+[a-z]?(?:\.\d+)*(?=$|[\s.,;:)\]]))*(?! (?:films|patients|readers|sites|cases|%))",
        ("see section 3.2", "documents 08 and 09", "§ 4.1", "Table 2", "Form FDA 3881", "items 3 to 5", "section 524B"),
        ("3 sections", "2 tables", "the documents hold 9 numbers"),
    ),
    _allowed(
        "a year after an author or in a citation",
        rf"(?!(?:Of|In|The|All|With|From|About|Some|At|By|An?|Only|Over) )(?:\b[A-Z][\w'’-]*|\bet al\.),? \(?{_YEAR}[a-z]?(?=[);,.:]|$)|"
        rf"(?<=[Ii]n ){_YEAR}\b(?! [a-z]+s\b)|(?<=[Ss]ince ){_YEAR}\b(?! [a-z]+s\b)|(?:table|edition|version|text) of {_YEAR}\b(?! [a-z]+s\b)",
        ("by Youden (Youden 1950)", "Wang et al. 2017, ChestX-ray14", "Hanley and McNeil 1982)", "in 2020", "since 2019", "the table of 2020",
         "(Wang et al., CVPR 2017)"),
        ("1950 films", "of 2017 patients", "in 2020 films", "2017", "All 2017, and more"),
    ),
    _allowed(
        "a name with digits",
        r"\b(?:DenseNet|ResNet|VGG|EfficientNet|EfficientNet-Lite|MobileNet|Inception|AlexNet)-?[A-Z]?\d+\b|\bChestX-ray ?(?:8|14)\b|"
        r"\bF1\b|\bH[01]\b|\bSHA-?(?:1|256|512)\b|\bHL7\b|\bFHIR R[45]B?\b|\bUTF-8\b|\bTLS 1\.[23]\b|\bJPEG ?2000\b|\bAES-\d+\b|"
        r"\bEd25519\b|\bApache-2\.0\b|\bCC(?:-| )BY(?:-[A-Z]+)* \d\.\d\b|\bCC0\b|\bBSD-[23]-Clause\b|\bGPL-[23](?:\.0)?\b|\b[23]-?D\b|"
        r"\bSNOMED CT\b|\bCOVID-19\b|\bB1\b|\bIMDRF N\d+\b|\bCycloneDX \d\.\d\b|\b(?:float|int|uint)(?:8|16|32|64)\b|\bPython 3\b|\bW3C\b|"
        r"\bf32\b|\bbf16\b|\bint8\b|\bnIVD eSTAR v\d\.\d\b|\beSTAR v?\d\.\d\b",
        ("DenseNet-121 after ChestX-ray14", "the F1 of all", "SHA-256", "HL7 and FHIR R4", "JPEG 2000", "EfficientNet-Lite0", "H0 and H1"),
        ("121 films", "F1 0.817", "F 1", "2000 films"),
    ),
    _allowed(
        "an identifier of a requirement, a risk or a test",
        r"\b(?:REQ|RISK|HAZ|CTRL|TEST)-[A-Za-z\d]+(?:-[A-Za-z\d]+)*\b",
        ("REQ-READ-012 covers RISK-07",),
        ("12 REQ", "RISK 07"),
    ),
    _allowed(
        "the level of an interval",
        r"\b95[ \u00a0\u202f]?%(?= (?:confidence |two-sided |one-sided |exact |upper |lower )*(?:intervals?|bounds?|limits?|ends?)\b)",
        ("with 95 % confidence intervals", "a 95 % interval"),
        ("95 % of films", "95 films", "90 % interval"),
    ),
)  # fmt: skip
"""Every kind, in the order in which they are taken out."""
