"""What a text plans: population, size, sites, endpoints, and the reference standard."""

from __future__ import annotations

import re

from wetread.regulatory.lint.submission import Plan, Truth
from wetread.regulatory.lint.text.claims import first_ages, modalities_in, views_in
from wetread.regulatory.lint.text.document import Document
from wetread.regulatory.lint.text.margin import Margin
from wetread.regulatory.lint.text.words import count_in, number, share_in
from wetread.regulatory.lint.wording import denied

__all__ = ["plan_of", "truth_of"]

_FINDINGS = (
    "infiltrat", "consolidation", "edema", "oedema", "effusion", "atelectasis", "cardiomegaly", "emphysema", "fibrosis",
    "hernia", "mass", "nodule", "pleural thickening", "pleural_thickening", "pneumothorax", "inflitration",
)  # fmt: skip
_NAMES = {"infiltrat": "infiltration", "inflitration": "infiltration", "oedema": "edema"}
_OUT = re.compile(
    r"exclu|without|not (?:recommended|includ|suitable|have|contain)|should not|must not|absence|tested negative"
    r"|negative for|avoid"
    r"|not indicated|left out|free of|no (?:other|known)",
    re.IGNORECASE,
)
_EXCEPT = re.compile(r"with the exception of|except(?:ing)?(?: for)?\b|other than", re.IGNORECASE)
_ABOVE = re.compile(r"(?:listed|mentioned) above|above[- ]mentioned|same (?:as )?(?:the )?limitations", re.IGNORECASE)
_HEALTHY = re.compile(
    r"\bhealthy\b|\bnormal(?! distribut)(?:s\b| (?:patients|subjects|films|chests?|images|people|x-?rays|lungs?"
    r"|cases|controls))|\bno[- ]findings?\b",
    re.IGNORECASE,
)
_COMORBID = re.compile(
    r"co-?morbid|other (?:findings?|diseases?|conditions?|patholog|illness|abnormal)|all[- ]comers|consecutive",
    re.IGNORECASE,
)
_SITES = re.compile(
    r"(?<![\d,.])(\d+|one|two|three|four|five|six|seven|eight|nine|ten|several|multiple|various"
    r"|different)\s+(?:[A-Za-z]+[- ]){0,4}?"
    r"(?:sites?|hospitals?|cent(?:er|re)s?|institutions?|clinics?)\b|\bmulti-?(?:cent(?:er|re)|site|institution)\w*",
    re.IGNORECASE,
)
_SEXES = re.compile(r"\bmen\b|\bwomen\b|\bmales?\b|\bfemales?\b|\bsex(?:es)?\b|\bgenders?\b", re.IGNORECASE)
_BAR = re.compile(
    r"\b(?:should|must|shall|needs? to|has to|have to|will)\b[^.]*?(?:\d|better|higher|greater|exceed|comparable"
    r"|above|outperform)"
    r"|\bexceeds?\b|at least|≥|>=|non-?inferior|not (?:be )?(?:inferior|below|lower)|acceptance|success criteri"
    r"|\bgoal\b|\btarget\b",
    re.IGNORECASE,
)
# "F1 combines precision and recall" explains; it names no endpoint.
_EXPLAINS = re.compile(
    r"combin\w+|harmonic|allows us|defin\w+|trade-?off between|\bweight\b|\bover (?:precision|specificity|recall)",
    re.IGNORECASE,
)
_ENDPOINTS = {
    "f1": r"\bf[-_ ]?1\b|\bf[- ]score",
    "auc": r"\bau-?roc\b|\bauc\b|area under",
    "sensitivity": r"\bsensitivity\b|\brecall\b",
    "specificity": r"\bspecificity\b",
    "ppv": r"\bppv\b|\bprecision\b|positive predictive",
    "npv": r"\bnpv\b|negative predictive",
    "accuracy": r"\baccuracy\b",
}
_MULTIPLICITY = re.compile(
    r"multiplicity|holm|bonferroni|hochberg|co-?primary|(?:all|both|each)(?: \w+){0,5} must|must (?:all|both)"
    r"|in (?:(?:a )?fixed|this|that|the stated) order|hierarch|gatekeep|primary endpoint",
    re.IGNORECASE,
)
_SUBGROUPS = re.compile(
    r"sub-?groups?|sub-?analys|stratif\w+|separately|for each (?:view|sex|age|site|manufacturer)|(?:by|per"
    r"|within) (?:view|sex|age|site|gender|manufacturer|projection)",
    re.IGNORECASE,
)
_READERS = re.compile(
    r"radiologist|physician|\breaders?\b|\bexperts?\b|\bpanel\b|\bdoctors?\b|clinicians?", re.IGNORECASE
)
_MANY = re.compile(
    r"\b(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|a single"
    r"|single)\s+(?:\w+[- ]){0,5}?(?:radiologists?|physicians?|readers?|experts?|doctors?|clinicians?)",
    re.IGNORECASE,
)
_SINGLE = re.compile(
    r"\b(?:a|an|one|the) (?:(?:single|senior|expert|experienced|thoracic|chest|certified|board|trained"
    r"|practi[cs]ing)[- ]){0,4}(?:radiologist|physician|expert|doctor)\b",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"radiologists|physicians|experts|doctors|readers|panel|group|team|another|second", re.IGNORECASE)
_CLINICAL = re.compile(
    r"\bcultures?\b|\bsputum\b|\bPCR\b|\bCT\b|blood test|clinical follow|microbiolog\w+|biops",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"\bNLP\b|natural language|text[- ]?min\w+|mined|extracted from (?:\w+ ){0,3}reports", re.IGNORECASE
)
_INSTEAD = re.compile(r"however|\byet\b|\bbut\b|expensive|instead|silver", re.IGNORECASE)
_RULE = re.compile(
    r"majorit\w*|\b(?:\d|two|three|four) or more\b|\b\d (?:out )?of \d\b|\bvot(?:e|es|ed|ing)\b|consensus"
    r"|\baverag\w*|\bmean\b|weight\w*|union|unanim\w*|\bagree(?:d|s)? (?:on|by)|adjudicat\w*|at least (?:two|2) of",
    re.IGNORECASE,
)
_AGAINST = re.compile(r"\d|radiolog|\breaders?\b|chexnet|inferior|\bhumans?\b|\bexperts?\b", re.IGNORECASE)
_TIME = re.compile(r"\b(?:milli)?seconds?\b|\bms\b|per film and minute", re.IGNORECASE)
_BETTER = re.compile(r"outperform|exceed|better than|higher than", re.IGNORECASE)
_SETTLES = re.compile(
    r"adjudicat\w*|arbitrat\w*|\btie\b|tie-?break\w*|disagree\w*|(?:another|additional|further|senior|third"
    r"|fourth|fifth) (?:\w+ ){0,2}(?:radiologist|reader|expert)",
    re.IGNORECASE,
)
_BLIND = re.compile(
    r"blind\w*|independent\w*|without (?:seeing|knowing|access|knowledge)|(?:do|does|did|will) not (?:see|know)",
    re.IGNORECASE,
)
_AGREEMENT = re.compile(
    r"kappa|inter-?(?:reader|rater|observer)|intra-?(?:reader|rater)|(?:reader|rater"
    r"|observer)s?['’]? (?:agreement|variability)|agreement (?:is|will|between|among)|\bAC1\b|krippendorff",
    re.IGNORECASE,
)


def plan_of(document: Document, margin: Margin, modalities: tuple[str, ...]) -> Plan:
    """The planned validation.

    Parameters
    ----------
    document, margin
        The text, and where things stand in it.
    modalities
        Of the claim: a plan that says "chest X-ray" means those.
    """
    people = document.text("plan/population")
    everything = document.text("plan")
    told = modalities_in(people)
    ages = first_ages(document.of("plan/population"))
    if ages:
        margin.at("plan/ages", ages[1])
    for place, reader in (("plan/views", views_in), ("plan/modalities", modalities_in)):
        line = next((one for one in document.of("plan/population") if reader(one.text)), None)
        if line is not None:
            margin.at(place, line)
    return Plan(
        ages=ages[0] if ages else None,
        sexes=("stated",) if _SEXES.search(people) else (),
        views=views_in(people),
        modalities=(modalities or told) if told == ("RG",) else told,
        body_part="CHEST" if re.search(r"chest|thora", people, re.IGNORECASE) else "",
        prevalence=_prevalence(document),
        negatives=_negatives(document, margin),
        included=_named(document, out=False, margin=margin),
        excluded=_named(document, out=True, margin=margin),
        sites=_sites(everything),
        sample_size=count_in(everything),
        endpoints=_endpoints(document),
        criterion=_criterion(document),
        multiplicity=_first(document, _MULTIPLICITY, "plan"),
        subgroups=("stated",) if _SUBGROUPS.search(everything) else (),
    )


def _prevalence(document: Document) -> float | None:
    return next((share for one in document.of("plan") if (share := share_in(one.text)) is not None), None)


def _negatives(document: Document, margin: Margin) -> str:
    """The words that make the negatives healthy, unless other findings are among them."""
    told = document.text("plan/population")
    found = next((one for one in document.of("plan/population") if _HEALTHY.search(one.text)), None)
    if found is None or _COMORBID.search(told):
        return ""
    if any(name in told.lower() for name in _FINDINGS) and not _OUT.search(told):
        return ""
    match = _HEALTHY.search(found.text)
    assert match is not None
    if denied(found.text, match.start(), match.end()):
        return ""
    margin.at("plan/negatives", found)
    return match[0]


def _named(document: Document, *, out: bool, margin: Margin) -> tuple[str, ...]:
    """Other findings that must not, or may, be there."""
    names: list[str] = []
    for passage in document.of("plan/population"):
        left_out = _OUT.search(passage.text)
        if left_out and re.search(r"\bnot\W+$", passage.text[: left_out.start()], re.IGNORECASE):
            left_out = None
        # "Not for other diseases with the exception of edema": what follows the exception is in.
        before, *excepted = _EXCEPT.split(passage.text) if left_out else [passage.text]
        told = (before if left_out else "") if out else (" ".join(excepted) if left_out else before)
        here = _findings_in(told)
        if not out and not here and not left_out and _COMORBID.search(told):
            here = ["other findings"]
        if here and out:
            margin.at("plan/excluded", passage)
        names += here
    if out and not names and _ABOVE.search(document.text("plan/population")):
        names = _findings_in(document.text("limitations"))
    return tuple(dict.fromkeys(names))


def _findings_in(text: str) -> list[str]:
    return [_NAMES.get(name, name) for name in _FINDINGS if name in text.lower()]


def _sites(text: str) -> int | None:
    if field := re.search(r"\bsites?\b\W+(?:at least\W+)?(\d{1,3})\b", text, re.IGNORECASE):
        return int(field[1])
    found = _SITES.search(text)
    if found is None:
        return None
    word = (found[1] or "several").lower()
    # "Several" hospitals is an answer, though a loose one.
    return 3 if word in ("several", "multiple", "various", "different") else number(word)


def _endpoints(document: Document) -> tuple[str, ...]:
    home = "plan/performance" if "plan/performance" in document.headings else "plan"
    told = "\n".join(one.text for one in document.of(home) if not _EXPLAINS.search(one.text))
    return tuple(name for name, words in _ENDPOINTS.items() if re.search(words, told, re.IGNORECASE))


def _criterion(document: Document) -> str:
    """The first sentence that sets a bar: with a number, or with whom it is held against."""
    for one in document.of("plan/performance", "plan/sample"):
        if _BAR.search(one.text) and _AGAINST.search(one.text) and not _TIME.search(one.text):
            return one.text
    return ""


def _first(document: Document, pattern: re.Pattern[str], *sections: str) -> str:
    return next((one.text for one in document.of(*sections) if pattern.search(one.text)), "")


def truth_of(document: Document, margin: Margin) -> Truth:
    """The reference standard of the plan."""
    told = document.text("plan/truth") or document.text("plan")
    readers, clinical = _READERS.search(told), _CLINICAL.search(told)
    method = ""
    if readers and (not clinical or _INSTEAD.search(told)):
        method = "readers"
    elif clinical:
        method = "clinical"
    elif _REPORTS.search(told):
        method = "reports"
    many = _MANY.search(told)
    count = None if many is None else (1 if "single" in many[1].lower() else number(many[1]))
    if count is None and _SINGLE.search(told) and not _PLURAL.search(told):
        count = 1
    # "To outperform the average of the radiologists" is a bar, no rule that makes one answer.
    making = "\n".join(line for line in told.splitlines() if not _BETTER.search(line))
    rule, settles = _RULE.search(making), _SETTLES.search(told)
    for passage in document.of("plan/truth"):
        if _READERS.search(passage.text):
            margin.at("truth/rule", passage)
            break
    return Truth(
        method=method,
        readers=count,
        # "A third settles disagreement" is a rule too.
        rule=rule[0] if rule else settles[0] if settles else "",
        adjudication=settles[0] if settles else "",
        blinded=True if _BLIND.search(told) else None,
        agreement=True if _AGREEMENT.search(told) else None,
    )
