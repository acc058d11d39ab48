"""What a figure in a text is, and the words that tell whose it is, what for, and for whom."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wetread.regulatory.lint.text.document import Passage
from wetread.regulatory.lint.wording import look_alikes_in

__all__ = [
    "NAME",
    "NAMES",
    "NUMBER",
    "OURS",
    "PUBLISHED",
    "THEIRS",
    "TRIVIAL",
    "Figure",
    "group_in",
    "is_goal",
    "number_of",
]

NAMES = {
    "f1": r"\bf[-_ ]?1\b(?:[-_ ]?scores?)?|\bf[- ]scores?\b",
    "f2": r"\bf[-_ ]?(?:2|beta)\b(?:[-_ ]?scores?)?",
    "auc": r"\bau-?roc\b|\broc[-_ ]?auc\b|\bauc\b(?:[-_ ]?roc)?|area under (?:the )?(?:roc"
    r"|receiver)[\w ]*(?:curve)?|\bc-statistic\b",
    "specificity": r"\bspecificit(?:y|ies)\b|\btrue negative rate\b|\btnr\b",
    "sensitivity": r"\bsensitivit(?:y|ies)\b|\brecalls?\b|\btrue positive rate\b|\btpr\b",
    "npv": r"\bnpv\b|\bnegative predictive values?\b",
    "ppv": r"\bppv\b|\bpositive predictive values?\b|(?<!average )\bprecision\b",
    "accuracy": r"\baccurac(?:y|ies)\b",
}
NAME = re.compile("|".join(f"(?P<{name}>{words})" for name, words in NAMES.items()), re.IGNORECASE)
NUMBER = r"(?<![\w.,])(?:\d{1,2}(?:\.\d+)?\s?%|100\s?%|0?\.\d+|1\.0+|1|0)(?![\w.]*\d)"
THEIRS = re.compile(
    r"chexnet|chexpert|rajpurkar|radiologists?|\bpaper\b|\bstud(?:y|ies)\b|literature|published"
    r"|state[- ]of[- ]the[- ]art|human (?:readers?|experts?)",
    re.IGNORECASE,
)
OURS = re.compile(
    r"\b(?:our|ours|we|my|mine|i)\b|\b(?:this|the|proposed) (?:model|algorithm|device|network|classifier|software"
    r"|system)\b|\bpresent (?:model|device)\b",
    re.IGNORECASE,
)
# CheXNet's own table (Rajpurkar et al. 2017): whoever prints these means them.
PUBLISHED = {
    0.387: "radiologists of the CheXNet study",
    0.435: "CheXNet",
    **dict.fromkeys((0.383, 0.356, 0.365, 0.442), "a radiologist of the CheXNet study"),
}
_GOAL = re.compile(
    r"\b(?:should|must|shall|need(?:s|ed)?|has to|have to|will|would|target|goal|aim\w*|at least|minimum"
    r"|expect\w*|require\w*|exceed|outperform|threshold for acceptance)\b",
    re.IGNORECASE,
)
_REACHED = re.compile(r"\b(?:got|achiev\w+|reach\w+|obtain\w+|result\w*|measured|scored|is currently)\b", re.IGNORECASE)
# Not the device's figures: what needs no look at the film, and what other things than the film tell.
TRIVIAL = re.compile(
    r"calling (?:every|all)|every film (?:positive|negative)|all[- ](?:positive|negative)|told by|metadata"
    r"|baseline|\bcrude\b"
    r"|\bguess",
    re.IGNORECASE,
)
_GROUPS = re.compile(r"\b(PA|AP)\b|\b(child(?:ren)?|pa?ediatric|adults?|women|men|female|male)\b")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, whosever it is."""

    passage: Passage
    name: str
    value: float | None
    low: float | None
    high: float | None
    whose: str
    goal: bool
    group: str
    share: float | None = None


def is_goal(passage: Passage) -> bool:
    """In the plan, whatever is not said to have been reached is asked for."""
    if not passage.section.startswith("plan"):
        return False
    return bool(_GOAL.search(passage.text)) or not (OURS.search(passage.text) or _REACHED.search(passage.text))


def group_in(text: str) -> str:
    """The part of the films that a text names: a view, an age, a sex, a look-alike; "" for none.

    >>> group_in("AUC on AP films"), group_in("AUC")
    ('AP', '')
    """
    found = _GROUPS.search(text)
    return (found[1] or found[2]) if found else (look_alikes_in(text) or ("",))[0]


def number_of(text: str) -> float:
    """A figure as a number.

    >>> number_of("90.5 %"), number_of(".8")
    (0.905, 0.8)
    """
    bare = text.replace(" ", "")
    return round(float(bare[:-1]) / 100, 6) if bare.endswith("%") else float(bare)
