"""What a text says of its films: sets, split, training balance, augmentation, shortcuts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wetread.regulatory.lint.submission import DataSet
from wetread.regulatory.lint.text.claims import first_ages, negated, views_in
from wetread.regulatory.lint.text.document import Document, Passage
from wetread.regulatory.lint.text.margin import Margin
from wetread.regulatory.lint.text.words import count_in, counts_in, share_in
from wetread.regulatory.lint.wording import augments, denied, flips, look_alikes_in

__all__ = [
    "augmentation_of",
    "look_alikes_of",
    "meanings_of",
    "preprocessing_of",
    "recalibrated_in",
    "sets_of",
    "shortcut_of",
    "split_of",
]

_SETS = (("training", "training"), ("tuning", "tuning"), ("validation", "tuning"), ("test", "test"))
_BY_PATIENT = re.compile(
    r"(?:by|per|on|at the|at) (?:the )?(?:unique )?patients?\b(?:[- ](?:level|id|wise))?|patient[- ](?:level|wise"
    r"|disjoint|id)\w*"
    r"|disjoint\w*(?: \w+){0,3} patients|patients?(?: \w+){0,5} disjoint|group(?:ed|shufflesplit| shuffle split"
    r"|kfold| k-?fold)"
    r"|no patients? (?:\w+ ){0,8}(?:both|two|more than one|overlap|shared)"
    r"|(?:no|without(?: any)?) (?:patient )?overlap|patients? (?:\w+ ){0,3}(?:only|exclusively) (?:\w+ ){0,3}one"
    r"|same patient (?:\w+ ){0,4}(?:never|not)",
    re.IGNORECASE,
)
# "Images of patients already included in the training set have been dropped."
_DROPPED = re.compile(
    r"patients? (?:\w+ ){0,4}(?:included|present|seen|used) in (?:\w+ ){0,6}(?:dropped|removed|excluded|left out)",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"(?:same|some|one) patients? (?:\w+ ){0,6}(?:both|several|more than one)|patients? (?:\w+ ){0,5}(?:overlap"
    r"|appear in both|are in both)"
    r"|patient overlap|not (?:split |separated |divided )?by patient",
    re.IGNORECASE,
)
# "The images were split 80/20" leaves open what was drawn; "split at random" does not.
_BY_IMAGE = re.compile(
    r"(?:by|per|at the|on the|at) (?:image|film|x-?ray)(?:[- ]level)?s?\b|(?:image|film)[- ](?:level|wise)"
    r"|train_test_split"
    r"|(?:images|films|x-?rays|rows|samples) (?:\w+ ){0,5}(?:split|divided|partitioned)\b(?=.*(?:random|stratif))"
    r"|(?:random|stratified)\w*(?: \w+){0,2} split(?: \w+){0,3} (?:images|films|rows)"
    r"|(?:images|films|x-?rays|rows|samples) (?:\w+ ){0,2}(?:randomly|stratified)\w* (?:split|divided|partitioned)",
    re.IGNORECASE,
)
_SPLITS = re.compile(r"split|divid|partition|shared|both|overlap|disjoint|train_test", re.IGNORECASE)
_RECALIBRATED = re.compile(
    r"\bre-?calibrat\w+|\bcalibrat\w+|platt\b|isotonic|temperature scaling|prior (?:shift|correct)\w*"
    r"|prevalence[- ](?:adjust|correct)\w+",
    re.IGNORECASE,
)
_VALIDATION = re.compile(
    r"\bvalidation (?:set|data|dataset|data set|loss|accuracy|images|split|sample|auc|f1|batch|generator)\b",
    re.IGNORECASE,
)
_TUNING = re.compile(
    r"\btuning (?:set|data|dataset|films|images)\b|(?:call|say|nam)\w* (?:\w+ ){0,3}tuning", re.IGNORECASE
)
_ALARM = re.compile(
    r"\b(?:AP|portable)\b[^.]{0,60}(?:more (?:often|likely|frequent|common)|sicker|correlat|confound|bias)"
    r"|(?:pneumonia|positives?)[^.]{0,50}more (?:often|frequent\w*|likely|common\w*)[^.]{0,30}\bAP\b"
    r"|shortcut|spurious|confound\w+|pacemaker|(?:text|laterality) markers?|learn\w* the view",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"(?:per|within|by|for each|in each) (?:the )?(?:view|projection|position|stratum|strata)|separately"
    r"|stratif\w+|baseline|mask\w+|crop\w+|each view",
    re.IGNORECASE,
)
_DOES = re.compile(
    r"perform|poor|confus|distinguish|differentiat|\bfalse|mistak|sensitiv|specific|accura|\bauc|recall|precision"
    r"|\bcalls?\b|called|\d\s*%",
    re.IGNORECASE,
)
_STEP_SECTIONS = ("preprocessing",)
# Mirrored films are spoken of there as something that may be handed in.
_NOT_TRAINING = ("augmentation", "preprocessing", "checks", "limitations", "indications", "intended", "impact", "plan")
_CHART = re.compile(r"-->|→|->|=>")


def sets_of(document: Document, margin: Margin) -> tuple[DataSet, ...]:
    """The sets that have a heading, with what is said under it; else those that are columns of a table."""
    found: list[DataSet] = []
    tabled = _tabled(document)
    for name, role in _SETS:
        told = list(document.of(f"sets/{name}"))
        line = document.headings.get(f"sets/{name}") or (tabled[name][1] if name in tabled else None)
        if line is None:
            continue
        counts = next((both for one in told if (both := counts_in(one.text)) is not None), None)
        films = next((many for one in told if (many := count_in(one.text)) is not None), None)
        share = _share_of(told)
        ages = first_ages(told)
        place = f"sets/{len(found)}"
        margin.at(place, line)
        if ages:
            margin.at(f"{place}/ages", ages[1])
        found.append(
            DataSet(
                name=name,
                role=role,
                films=counts[0] if counts else films,
                positives=counts[1] if counts else None,
                share=tabled[name][0] if share is None and name in tabled else share,
                ages=ages[0] if ages else None,
                views=views_in("\n".join(passage.text for passage in told)),
            )
        )
    return tuple(found)


def _tabled(document: Document) -> dict[str, tuple[float, int]]:
    """Shares of positives, and lines, of the sets that are columns of one table."""
    columns: dict[int, dict[int, str]] = {}
    told: dict[str, tuple[float, int]] = {}
    for passage in document.passages:
        if passage.kind != "row":
            continue
        cells = [cell.strip().lower() for cell in passage.text.strip().strip("|").split("|")]
        if passage.block not in columns:
            columns[passage.block] = {
                at: name for at, cell in enumerate(cells) for name, _ in _SETS if cell.startswith(name[:5])
            }
        elif re.search(r"prev[ae]l[ae]nce|positive", cells[0]):
            for at, name in columns[passage.block].items():
                share = _cell_share(cells[at]) if at < len(cells) else None
                if share is not None:
                    told.setdefault(name, (share, passage.line))
    return told


def _cell_share(cell: str) -> float | None:
    found = re.fullmatch(r"(0?\.\d+|1\.0|\d{1,2}(?:\.\d+)?(?=\s*%))\s*%?", cell)
    return None if not found else float(found[1]) / (100 if "%" in cell else 1)


def _share_of(told: list[Passage]) -> float | None:
    for sure in (False, True):
        for passage in told:
            if (share := share_in(passage.text, sure=sure)) is not None:
                return share
    return None


def split_of(document: Document, margin: Margin) -> tuple[str, bool | None]:
    """What was split, and whether patients are said to stand on one side."""
    unit, disjoint = "", None
    for passage in document.passages:
        if passage.section.startswith("plan"):
            continue
        if _DROPPED.search(passage.text):
            unit, disjoint = "patient", True if disjoint is None else disjoint
        if not _SPLITS.search(passage.text):
            continue
        if shared := _SHARED.search(passage.text):
            margin.at("disjoint", passage)
            # "No patient overlap" says the contrary.
            disjoint = bool(
                re.search(r"\b(?:no|without|avoid\w*|prevent\w*)\W+(?:\w+\W+){0,2}$", passage.text[: shared.start()])
            )
        if (found := _BY_PATIENT.search(passage.text)) and not negated(passage.text, found.start()):
            unit, disjoint = "patient", True if disjoint is None else disjoint
        elif (found := _BY_IMAGE.search(passage.text)) and not unit:
            unit = "image"
            margin.at("split_unit", passage)
    return unit, disjoint


def preprocessing_of(document: Document, margin: Margin) -> tuple[str, ...]:
    """The preprocessing steps; also the links of a flow chart written in letters."""
    told = [passage for passage in document.of(*_STEP_SECTIONS) if not _elsewhere(passage.text)]
    told += [passage for passage in document.of("design", "general") if _CHART.search(passage.text)]
    for at, passage in enumerate(told):
        margin.at(f"preprocessing/{at}", passage)
    return tuple(passage.text for passage in told)


def _elsewhere(text: str) -> bool:
    """A sentence that keeps augmentation out of the clinic: "augmentation is only used in training"."""
    return bool(
        re.search(
            r"only (?:\w+ ){0,4}(?:in|during|for|while) training|during training only|training[- ]only"
            r"|training alone|belongs to training",
            text,
            re.IGNORECASE,
        )
    )


def augmentation_of(document: Document, margin: Margin) -> tuple[str, ...]:
    """Steps under the heading, and sentences elsewhere that mirror films in training."""
    told = [passage for passage in document.of("augmentation") if augments(passage.text)]
    rest = (one for one in document.passages if not one.section.startswith(_NOT_TRAINING))
    # A flow chart in letters was read as preprocessing.
    told += [one for one in rest if flips(one.text) and not _mentioned(one.text) and not _CHART.search(one.text)]
    for at, passage in enumerate(told):
        margin.at(f"augmentation/{at}", passage)
    return tuple(passage.text for passage in told)


def _mentioned(text: str) -> bool:
    """Mirroring that is spoken of and not done, such as a check for mirrored films."""
    return bool(
        re.search(r"\bmirrored (?:films?|images?)\b|situs|detect\w* (?:\w+ ){0,3}(?:flip|mirror)", text, re.IGNORECASE)
    )


def recalibrated_in(document: Document) -> bool | None:
    """Whether the output is said to be mapped to a real prevalence."""
    for passage in _not_plan(document):
        found = _RECALIBRATED.search(passage.text)
        if found and not denied(passage.text, found.start(), found.end()):
            return True
    return None


def meanings_of(document: Document, margin: Margin) -> tuple[str, ...]:
    """What the word "validation" names."""
    told = []
    cleared = bool(_TUNING.search("\n".join(passage.text for passage in document.passages)))
    if not cleared:
        used = next((passage for passage in _not_plan(document) if _VALIDATION.search(passage.text)), None)
        if used is not None:
            told.append("tuning")
            margin.at("validation_means", used)
        elif "sets/validation" in document.headings:
            told.append("tuning")
            margin.at("validation_means", document.headings["sets/validation"], guess=True)
    if "plan" in document.headings:
        told.append("clinical")
    return tuple(told)


def shortcut_of(document: Document, margin: Margin) -> tuple[bool | None, str]:
    """Whether something beside the disease is said to tell the label, and what answers it."""
    for passage in document.passages:
        if found := _ALARM.search(passage.text):
            if denied(passage.text, found.start(), found.end()):
                continue
            margin.at("shortcut_alarm", passage, guess=True)
            near = " ".join(one.text for one in document.passages if one.block == passage.block)
            everywhere = "\n".join(one.text for one in document.passages)
            answer = _ANSWERED.search(near) or re.search(
                r"(?:per|within|each) (?:view|projection)", everywhere, re.IGNORECASE
            )
            return True, answer[0] if answer else ""
    return None, ""


def look_alikes_of(document: Document) -> tuple[str, ...]:
    """Look-alikes of which the text says how the device does on them; to leave them out is no such word."""
    homes = list(document.of("limitations", "impact", "threshold", "performance", "training"))
    # "... or edema. Specificity in these cases is 0.3": the figure may stand a sentence further.
    measured = {passage.block for passage in homes if _DOES.search(passage.text) or passage.kind == "row"}
    return look_alikes_in("\n".join(passage.text for passage in homes if passage.block in measured))


def _not_plan(document: Document) -> Iterator[Passage]:
    return (passage for passage in document.passages if not passage.section.startswith("plan"))
