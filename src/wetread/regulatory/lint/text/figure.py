"""Each figure that a text prints: its name, its value, whose it is, and for which part of the films."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wetread.regulatory.lint.text.document import Document, Passage
from wetread.regulatory.lint.text.measures import (
    NAME,
    NAMES,
    NUMBER,
    OURS,
    PUBLISHED,
    THEIRS,
    TRIVIAL,
    Figure,
    group_in,
    is_goal,
    number_of,
)
from wetread.regulatory.lint.text.rows import figures_of_row

__all__ = ["all_figures", "without_figures"]

_FILLER = (
    r"(?:\d{1,2}(?:\.\d+)?\s?%\s+prevalence|\s|[=:~≈*(`|,\"']|[-–](?=\s)|\b(?:scores?|values?|of|is|was|were|are"
    r"|being|be|at|about|around"
    r"|approximately|approx\.?|roughly"
    r"|only|just|reached|reaches|reach|achieved|achieves|obtained|equals?|equal|should|must|shall|will|would|to"
    r"|the|our|a|an|up|model|algorithm|device|on|for|in"
    r"|validation|test|tuning|training|set|data|dataset|films?|images?|has|had|got|came|out|as|high|max|maximum"
    r"|best|with|mean"
    r"|average|overall|currently|PA|AP|and|\(PPV\)|\(NPV\)|ppv\)|npv\)|recall\)|precision\)|sensitivity\)|tpr\)"
    r"|this)\b)*"
)
_AFTER = re.compile(rf"{_FILLER}(?P<value>{NUMBER})(?!\s*prev)", re.IGNORECASE)
# Words between: "F1 score for the radiological report in pneumonia detection is between 0.22".
_FAR = re.compile(
    rf"(?P<gap>[^.;|\d%]{{0,70}}?\b(?:is|was|of|at|reached|reaches|equals|(?:is|was|lies) between)|[^.;"
    rf"|\d%]{{0,70}}?:)\s+[*(]*(?P<value>{NUMBER})",
    re.IGNORECASE,
)
_OTHER = re.compile(r"threshold|\bage|batch|epoch|prevalence", re.IGNORECASE)
_BEFORE = re.compile(rf"(?P<value>{NUMBER})\s*(?:\w+\s+){{0,1}}$", re.IGNORECASE)
_INTERVAL = re.compile(
    r"\s*[,;]?\s*[(\[]?\s*(?:95\s*%\s*)?(?:CI|confidence intervals?|intervals?)?\s*[:=,]?\s*[(\[]?\s*"
    r"(?P<low>0?\.\d+|1\.0+|\d{1,2}(?:\.\d+)?\s?%)\s*(?:-|–|to|,)\s*(?P<high>0?\.\d+|1\.0*|1|\d{1,3}(?:\.\d+)?\s?%)",
    re.IGNORECASE,
)
_PLUS_MINUS = re.compile(r"\s*(?:±|\+/-|\+-)\s*(?P<half>0?\.\d+)")
_CORRECT = re.compile(
    r"predict\w*\s+(?P<call>negative|positive)\b[^.]{0,40}?(?:correct"
    r"|right)[^.\d]{0,25}(?P<value>\d{1,3}(?:\.\d+)?)\s*%",
    re.IGNORECASE,
)
_TURN = re.compile(r"[;.]\s|\b(?:but|whereas|while|however|although)\b", re.IGNORECASE)
_BEATS = re.compile(
    r"[^.;\d]{0,30}?\b(?:exceed|better|higher|greater|above|outperform|beat|compar|surpass|than|versus"
    r"|vs)\w*\b[^.;\d]{0,50}?"
    rf"(?P<whose>{THEIRS.pattern})(?:[^.;\d]{{0,25}}?(?P<value>{NUMBER}))?",
    re.IGNORECASE,
)
# "sensitivity + specificity - 1" is Youden's index.
_SUM = re.compile(r"\s*[-–−+]\s*(?:1\b|specificity|sensitivity)", re.IGNORECASE)
# How right labels are says nothing of the device.
_OF_LABELS = re.compile(
    r"\bNLP\b|text[- ]mined|annotat\w+|\blabel\w* (?:\w+ ){0,3}accura|accura\w* (?:\w+ ){0,3}label", re.IGNORECASE
)
_RULE = re.compile(
    r"(?:above|over|at least|>=?|≥|minimum|ensure|target|fixed (?:at|to))\s*(?:\w+\s+){0,2}$", re.IGNORECASE
)


def all_figures(document: Document) -> Iterator[Figure]:
    """Every figure of a text, in order; one may be there twice."""
    header: dict[int, list[str]] = {}
    for passage in document.passages:
        if passage.section in ("parameters", "augmentation", "architecture", "labels"):
            continue
        if passage.kind == "row":
            first = passage.block not in header
            cells = [cell.strip() for cell in passage.text.strip().strip("|").split("|")]
            names = header.setdefault(passage.block, cells)
            yield from () if first else figures_of_row(passage, names, cells)
        else:
            yield from _of_sentence(passage)
    for line, alt in document.images:
        # A picture of the ROC curve may have the area written in it.
        if re.search(NAMES["auc"], re.sub(r"[_/.-]", " ", alt), re.IGNORECASE):
            yield Figure(Passage(line, alt, "", "image", 0), "auc", None, None, None, "", False, "")


def _of_sentence(passage: Passage) -> Iterator[Figure]:
    text = passage.text
    for found in _CORRECT.finditer(text):
        name = "npv" if found["call"].lower() == "negative" else "ppv"
        yield Figure(passage, name, round(float(found["value"]) / 100, 6), None, None, "", False, "")
    # In a performance standard they are F1 even where the sentence does not say so.
    if re.search(NAMES["f1"], text, re.IGNORECASE) or passage.section == "plan/performance":
        for known, owner in PUBLISHED.items():
            if re.search(rf"(?<![\d.])0?{re.escape(str(known)[1:])}0?(?!\d)", text):
                yield Figure(passage, "f1", known, None, None, owner, is_goal(passage), "")
    if TRIVIAL.search(text):
        return
    for found in NAME.finditer(text):
        name = str(found.lastgroup)
        if _SUM.match(text, found.end()):
            continue
        value, end = _beside_name(text, found)
        if value is None or _OF_LABELS.search(text):
            if value is None and name == "auc" and not is_goal(passage):
                yield Figure(passage, name, None, None, None, "", False, "")
            continue
        low, high = _interval_after(text, end, value)
        whose = _owner(text, found, end, value)
        yield Figure(passage, name, value, low, high, whose, is_goal(passage), _group_near(text, found.start(), end))
        yield from _more(passage, name, text, end, whose)
        if not whose:
            yield from _beaten(passage, name, text, end)


def _more(passage: Passage, name: str, text: str, end: int, whose: str) -> Iterator[Figure]:
    """The second value of "AUC 0.78 on PA and 0.74 on AP films" goes with the same name."""
    found = re.match(rf"[^.;]{{0,40}}?\b(?:and|,|vs\.?)\s*(?P<value>{NUMBER})\s*(?P<tail>[^.;,]{{0,40}})", text[end:])
    if found and group_in(found["tail"]) and not NAME.search(found[0]):
        stop = end + found.end("value")
        value = number_of(found["value"])
        yield Figure(
            passage, name, value, *_interval_after(text, stop, value), whose, is_goal(passage), group_in(found["tail"])
        )


def _beaten(passage: Passage, name: str, text: str, end: int) -> Iterator[Figure]:
    """Theirs, in "0.17 exceeds that of the radiologists (0.14)"."""
    found = _BEATS.match(text, end)
    if found and not NAME.search(found[0]):
        value = number_of(found["value"]) if found["value"] else None
        yield Figure(passage, name, value, None, None, found["whose"], is_goal(passage), "")


def _beside_name(text: str, found: re.Match[str]) -> tuple[float | None, int]:
    if after := _AFTER.match(text, found.end()):
        return number_of(after["value"]), after.end()
    far = _FAR.match(text, found.end())
    if far and not _OTHER.search(far["gap"]) and not NAME.search(far["gap"]):
        return number_of(far["value"]), far.end()
    if (before := _BEFORE.search(text, 0, found.start())) and not _RULE.search(text[: before.start()]):
        return number_of(before["value"]), found.end()
    return None, found.end()


def _interval_after(text: str, end: int, value: float) -> tuple[float | None, float | None]:
    if found := _PLUS_MINUS.match(text, end):
        half = float(found["half"])
        return max(0.0, round(value - half, 6)), min(1.0, round(value + half, 6))
    found = _INTERVAL.match(text, end)
    if not found:
        return None, None
    low, high = number_of(found["low"]), number_of(found["high"])
    return (low, high) if low <= value <= high <= 1 else (None, None)


def _owner(text: str, name: re.Match[str], end: int, value: float) -> str:
    """Whose the figure is: the nearest name before it in its clause, else after it."""
    start = name.start()
    begins = max((found.end() for found in _TURN.finditer(text, 0, start)), default=0)
    theirs = [found for found in THEIRS.finditer(text, begins) if found.start() < end]
    ours = [found for found in OURS.finditer(text, begins) if found.start() < end]
    if name.lastgroup == "f1" and value in PUBLISHED and not ours:
        return PUBLISHED[value]
    if theirs and (not ours or theirs[-1].start() > ours[-1].start()):
        # "assists the radiologist with an F1 of ...": a figure is theirs only where it follows them closely.
        return theirs[-1][0] if start - theirs[-1].end() < 60 else ""
    if not ours and (late := THEIRS.match(text[end:].lstrip(" ,().*"))):
        return late[0]
    return ""


def _group_near(text: str, start: int, end: int) -> str:
    """The nearest view or group: right after the figure, else right before its name."""
    after = re.match(r"\s*(?:\([^)]*\))?\s*(?:for|on|in|within|among)\s+(?:the\s+)?(.{2,30})", text[end:])
    if after and (group := group_in(re.split(r"\band\b|,|;", after[1])[0])):
        return group
    if group := group_in(text[start:end]):
        return group
    before = re.split(r"[,;]|\band\b", text[:start])[-1]
    return (
        group_in(before)
        if len(before) < 50 and re.search(r"\b(?:for|on|in|within|among|films?|images?|view)\b", before)
        else ""
    )


def without_figures(text: str) -> str:
    """A sentence without its figures, so that they are not taken for something else.

    >>> without_figures("a precision of 31% for positive predictions")
    'a  for positive predictions'
    """
    bare = _CORRECT.sub("", text)
    for found in reversed(list(NAME.finditer(bare))):
        if after := _AFTER.match(bare, found.end()):
            bare = bare[: found.start()] + bare[after.end() :]
    return bare
