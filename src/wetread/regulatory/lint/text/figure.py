"""Each figure that a text prints: its name, its value, whose it is, and for which part of the films."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wetread.regulatory.lint.text.document import Document, Passage
from wetread.regulatory.lint.wording import look_alikes_in

__all__ = ["Figure", "all_figures", "without_figures"]

_NAMES = {
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
_NAME = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _NAMES.items()), re.IGNORECASE)
_NUMBER = r"(?<![\w.,])(?:\d{1,2}(?:\.\d+)?\s?%|100\s?%|0?\.\d+|1\.0+|1|0)(?![\w.]*\d)"
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
_AFTER = re.compile(rf"{_FILLER}(?P<value>{_NUMBER})(?!\s*prev)", re.IGNORECASE)
# Words between: "F1 score for the radiological report in pneumonia detection is between 0.22".
_FAR = re.compile(
    rf"(?P<gap>[^.;|\d%]{{0,70}}?\b(?:is|was|of|at|reached|reaches|equals|(?:is|was|lies) between)|[^.;"
    rf"|\d%]{{0,70}}?:)\s+[*(]*(?P<value>{_NUMBER})",
    re.IGNORECASE,
)
_OTHER = re.compile(r"threshold|\bage|batch|epoch|prevalence", re.IGNORECASE)
_BEFORE = re.compile(rf"(?P<value>{_NUMBER})\s*(?:\w+\s+){{0,1}}$", re.IGNORECASE)
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
_THEIRS = re.compile(
    r"chexnet|chexpert|rajpurkar|radiologists?|\bpaper\b|\bstud(?:y|ies)\b|literature|published"
    r"|state[- ]of[- ]the[- ]art|human (?:readers?|experts?)",
    re.IGNORECASE,
)
_TURN = re.compile(r"[;.]\s|\b(?:but|whereas|while|however|although)\b", re.IGNORECASE)
_OURS = re.compile(
    r"\b(?:our|ours|we|my|mine|i)\b|\b(?:this|the|proposed) (?:model|algorithm|device|network|classifier|software"
    r"|system)\b|\bpresent (?:model|device)\b",
    re.IGNORECASE,
)
# CheXNet's own table (Rajpurkar et al. 2017): whoever prints these means them.
_PUBLISHED = {
    0.387: "radiologists of the CheXNet study",
    0.435: "CheXNet",
    **dict.fromkeys((0.383, 0.356, 0.365, 0.442), "a radiologist of the CheXNet study"),
}
_BEATS = re.compile(
    r"[^.;\d]{0,30}?\b(?:exceed|better|higher|greater|above|outperform|beat|compar|surpass|than|versus"
    r"|vs)\w*\b[^.;\d]{0,50}?"
    rf"(?P<whose>{_THEIRS.pattern})(?:[^.;\d]{{0,25}}?(?P<value>{_NUMBER}))?",
    re.IGNORECASE,
)
_GOAL = re.compile(
    r"\b(?:should|must|shall|need(?:s|ed)?|has to|have to|will|would|target|goal|aim\w*|at least|minimum"
    r"|expect\w*|require\w*|exceed|outperform|threshold for acceptance)\b",
    re.IGNORECASE,
)
# Not the device's figures: what needs no look at the film, and what other things than the film tell.
_TRIVIAL = re.compile(
    r"calling (?:every|all)|every film (?:positive|negative)|all[- ](?:positive|negative)|told by|metadata"
    r"|baseline|\bcrude\b"
    r"|\bguess",
    re.IGNORECASE,
)
# "sensitivity + specificity - 1" is Youden's index.
_SUM = re.compile(r"\s*[-–−+]\s*(?:1\b|specificity|sensitivity)", re.IGNORECASE)
# How right labels are says nothing of the device.
_OF_LABELS = re.compile(
    r"\bNLP\b|text[- ]mined|annotat\w+|\blabel\w* (?:\w+ ){0,3}accura|accura\w* (?:\w+ ){0,3}label", re.IGNORECASE
)
_REACHED = re.compile(r"\b(?:got|achiev\w+|reach\w+|obtain\w+|result\w*|measured|scored|is currently)\b", re.IGNORECASE)
_RULE = re.compile(
    r"(?:above|over|at least|>=?|≥|minimum|ensure|target|fixed (?:at|to))\s*(?:\w+\s+){0,2}$", re.IGNORECASE
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
            yield from () if first else _of_row(passage, names, cells)
        else:
            yield from _of_sentence(passage)
    for line, alt in document.images:
        # A picture of the ROC curve may have the area written in it.
        if re.search(_NAMES["auc"], re.sub(r"[_/.-]", " ", alt), re.IGNORECASE):
            yield Figure(Passage(line, alt, "", "image", 0), "auc", None, None, None, "", False, "")


def _of_row(passage: Passage, header: list[str], cells: list[str]) -> Iterator[Figure]:
    """Columns of metrics, or rows of metrics."""
    if _TRIVIAL.search(cells[0]):
        return
    share = _share_of_counts(header, cells)
    columns = [(at, cell) for at, cell in enumerate(header) if at > 0 and not _TRIVIAL.search(cell)]
    named = [(at, found) for at, cell in columns if (found := _NAME.search(cell))]
    for at, found in named:
        value = _value(cells[at]) if at < len(cells) else None
        if value is not None:
            beside = cells[at + 1] if at + 1 < min(len(cells), len(header)) and "CI" in header[at + 1] else cells[at]
            known = _PUBLISHED.get(value, "") if found.lastgroup == "f1" and not _OURS.search(cells[0]) else ""
            owner = _owner_of_cell(cells[0]) or known
            goal, group = _goal(passage), _group(cells[0])
            yield Figure(passage, str(found.lastgroup), value, *_ends(beside, value), owner, goal, group, share)
    if not named and (found := _NAME.search(cells[0])):
        yield from _of_metric_row(passage, str(found.lastgroup), header, cells, share)


def _of_metric_row(
    passage: Passage, name: str, header: list[str], cells: list[str], share: float | None
) -> Iterator[Figure]:
    """A row that begins with the metric's name: the first value, and further ones where columns are groups or owners."""
    group = next((told for cell in cells if (told := _group(cell))), "")
    for at, cell in enumerate(cells[1:], start=1):
        value = _value(cell)
        if value is None:
            continue
        column = header[at] if at < len(header) else ""
        low, high = _ends(cell, value)
        if low is None and at + 1 < len(cells):
            low, high = _ends(cells[at + 1], value)
        owner = _owner_of_cell(column)
        yield Figure(passage, name, value, low, high, owner, _goal(passage), group or _group(column), share)
        if not owner and not _group(column):
            return


def _share_of_counts(header: list[str], cells: list[str]) -> float | None:
    """Positives among films, where a row counts both, or says the prevalence."""
    told = next((at for at, cell in enumerate(header) if re.search(r"prev[ae]l[ae]nce", cell, re.IGNORECASE)), None)
    if told is not None and told < len(cells) and (share := _value(cells[told])) is not None:
        return share
    films = next(
        (at for at, cell in enumerate(header) if re.search(r"\b(?:films|images|n)\b", cell, re.IGNORECASE)), None
    )
    ill = next((at for at, cell in enumerate(header) if re.search(r"positive", cell, re.IGNORECASE)), None)
    if films is None or ill is None or films == ill or max(films, ill) >= len(cells):
        return None
    counts = [cells[at].replace(",", "") for at in (films, ill)]
    if not all(count.isdigit() for count in counts) or not 0 <= int(counts[1]) <= int(counts[0]) or counts[0] == "0":
        return None
    return int(counts[1]) / int(counts[0])


def _owner_of_cell(cell: str) -> str:
    return cell.strip("* ") if _THEIRS.search(cell) and not _OURS.search(cell) else ""


def _value(cell: str) -> float | None:
    found = re.search(_NUMBER, cell)
    return _number(found[0]) if found else None


def _ends(cell: str, value: float) -> tuple[float | None, float | None]:
    """The ends of an interval in a cell, where the value lies between them."""
    found = re.search(
        r"(0?\.\d+|1\.0*|\d{1,2}(?:\.\d+)?\s?%?)\s*(?:-|–|to|,)\s*(0?\.\d+|1\.0*|1|\d{1,3}(?:\.\d+)?\s?%)", cell
    )
    if not found:
        return None, None
    high = _number(found[2])
    # "84.8 to 91.2 %" has its sign once.
    low = _number(found[1]) / (100 if found[2].endswith("%") and not found[1].endswith("%") else 1)
    return (low, high) if low <= value <= high <= 1 else (None, None)


def _number(text: str) -> float:
    bare = text.replace(" ", "")
    return round(float(bare[:-1]) / 100, 6) if bare.endswith("%") else float(bare)


def _of_sentence(passage: Passage) -> Iterator[Figure]:
    text = passage.text
    for found in _CORRECT.finditer(text):
        name = "npv" if found["call"].lower() == "negative" else "ppv"
        yield Figure(passage, name, round(float(found["value"]) / 100, 6), None, None, "", False, "")
    if re.search(_NAMES["f1"], text, re.IGNORECASE):
        for known, owner in _PUBLISHED.items():
            if re.search(rf"(?<![\d.])0?{re.escape(str(known)[1:])}0?(?!\d)", text):
                yield Figure(passage, "f1", known, None, None, owner, _goal(passage), "")
    if _TRIVIAL.search(text):
        return
    for found in _NAME.finditer(text):
        name = str(found.lastgroup)
        if _SUM.match(text, found.end()):
            continue
        value, end = _beside_name(text, found)
        if value is None or _OF_LABELS.search(text):
            if value is None and name == "auc" and not _goal(passage):
                yield Figure(passage, name, None, None, None, "", False, "")
            continue
        low, high = _interval_after(text, end, value)
        whose = _owner(text, found, end, value)
        yield Figure(passage, name, value, low, high, whose, _goal(passage), _group_near(text, found.start(), end))
        yield from _more(passage, name, text, end, whose)
        if not whose:
            yield from _beaten(passage, name, text, end)


def _more(passage: Passage, name: str, text: str, end: int, whose: str) -> Iterator[Figure]:
    """The second value of "AUC 0.78 on PA and 0.74 on AP films" goes with the same name."""
    found = re.match(rf"[^.;]{{0,40}}?\b(?:and|,|vs\.?)\s*(?P<value>{_NUMBER})\s*(?P<tail>[^.;,]{{0,40}})", text[end:])
    if found and _group(found["tail"]) and not _NAME.search(found[0]):
        stop = end + found.end("value")
        value = _number(found["value"])
        yield Figure(
            passage, name, value, *_interval_after(text, stop, value), whose, _goal(passage), _group(found["tail"])
        )


def _beaten(passage: Passage, name: str, text: str, end: int) -> Iterator[Figure]:
    """Theirs, in "0.17 exceeds that of the radiologists (0.14)"."""
    found = _BEATS.match(text, end)
    if found and not _NAME.search(found[0]):
        value = _number(found["value"]) if found["value"] else None
        yield Figure(passage, name, value, None, None, found["whose"], _goal(passage), "")


def _beside_name(text: str, found: re.Match[str]) -> tuple[float | None, int]:
    if after := _AFTER.match(text, found.end()):
        return _number(after["value"]), after.end()
    far = _FAR.match(text, found.end())
    if far and not _OTHER.search(far["gap"]) and not _NAME.search(far["gap"]):
        return _number(far["value"]), far.end()
    if (before := _BEFORE.search(text, 0, found.start())) and not _RULE.search(text[: before.start()]):
        return _number(before["value"]), found.end()
    return None, found.end()


def _interval_after(text: str, end: int, value: float) -> tuple[float | None, float | None]:
    if found := _PLUS_MINUS.match(text, end):
        half = float(found["half"])
        return max(0.0, round(value - half, 6)), min(1.0, round(value + half, 6))
    found = _INTERVAL.match(text, end)
    if not found:
        return None, None
    low, high = _number(found["low"]), _number(found["high"])
    return (low, high) if low <= value <= high <= 1 else (None, None)


def _owner(text: str, name: re.Match[str], end: int, value: float) -> str:
    """Whose the figure is: the nearest name before it in its clause, else after it."""
    start = name.start()
    begins = max((found.end() for found in _TURN.finditer(text, 0, start)), default=0)
    theirs = [found for found in _THEIRS.finditer(text, begins) if found.start() < end]
    ours = [found for found in _OURS.finditer(text, begins) if found.start() < end]
    if name.lastgroup == "f1" and value in _PUBLISHED and not ours:
        return _PUBLISHED[value]
    if theirs and (not ours or theirs[-1].start() > ours[-1].start()):
        # "assists the radiologist with an F1 of ...": a figure is theirs only where it follows them closely.
        return theirs[-1][0] if start - theirs[-1].end() < 60 else ""
    if not ours and (late := _THEIRS.match(text[end:].lstrip(" ,().*"))):
        return late[0]
    return ""


def _goal(passage: Passage) -> bool:
    """In the plan, whatever is not said to have been reached is asked for."""
    if not passage.section.startswith("plan"):
        return False
    return bool(_GOAL.search(passage.text)) or not (_OURS.search(passage.text) or _REACHED.search(passage.text))


def _group(text: str) -> str:
    found = _GROUPS.search(text)
    return (found[1] or found[2]) if found else (look_alikes_in(text) or ("",))[0]


def _group_near(text: str, start: int, end: int) -> str:
    """The nearest view or group: right after the figure, else right before its name."""
    after = re.match(r"\s*(?:\([^)]*\))?\s*(?:for|on|in|within|among)\s+(?:the\s+)?(.{2,30})", text[end:])
    if after and (group := _group(re.split(r"\band\b|,|;", after[1])[0])):
        return group
    if group := _group(text[start:end]):
        return group
    before = re.split(r"[,;]|\band\b", text[:start])[-1]
    return (
        _group(before)
        if len(before) < 50 and re.search(r"\b(?:for|on|in|within|among|films?|images?|view)\b", before)
        else ""
    )


def without_figures(text: str) -> str:
    """A sentence without its figures, so that they are not taken for something else.

    >>> without_figures("a precision of 31% for positive predictions")
    'a  for positive predictions'
    """
    bare = _CORRECT.sub("", text)
    for found in reversed(list(_NAME.finditer(bare))):
        if after := _AFTER.match(bare, found.end()):
            bare = bare[: found.start()] + bare[after.end() :]
    return bare
