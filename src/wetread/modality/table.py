"""The table: examinations, sources, rows and emergencies, each a value that exists only if it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from wetread.errors import DataError
from wetread.modality.data import load
from wetread.modality.pattern import Pattern, parse, vocabulary

__all__ = ["Emergency", "Examination", "Row", "Source", "Table", "table"]

Evidence = Literal["read", "secondary", "memory"]
Urgency = Literal["emergency", "urgent", "soon", "routine"]
REGIONS = {
    "chest": "Chest",
    "breast": "Breast",
    "bone": "Bones, joints and trauma",
    "head": "Head",
    "teeth": "Teeth and jaw",
    "eye": "Eye",
    "skin": "Skin and pathology",
    "vessel": "Heart and vessels outside the chest film",
    "abdomen": "Abdomen, pelvis and neck",
    "pregnancy": "Pregnancy",
    "children": "Children",
}
_OLDEST = 120.0


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row comes from: title, link, the day it was looked up, and what of it was read.

    `read` is "recommendation" (its text or tables), "abstract", "summary" (somebody else's account) or "nothing".
    """

    key: str
    title: str
    link: str
    read: Literal["recommendation", "abstract", "summary", "nothing"]
    checked: str

    def __post_init__(self) -> None:
        if not self.link.startswith("https://") and not self.link.startswith("http://"):
            raise DataError(f"source {self.key} of the modality table has no link: correct sources.toml")
        if self.read not in ("recommendation", "abstract", "summary", "nothing"):
            raise DataError(
                f"source {self.key} of the modality table says {self.read!r} was read: correct sources.toml"
            )


@dataclass(frozen=True, slots=True)
class Examination:
    """An examination in DICOM's terms.

    Parameters
    ----------
    key, name
        Its name in the table, and in words.
    modality, modality_meaning
        Code and meaning from CID 29 Acquisition Modality (scheme DCM; PS3.16).
    procedure
        (code, meaning) from CID 10005 X-Ray Radiation Dose Procedure Type Reported or CID 6050 Breast Procedure Reported
        (scheme SCT); None for what neither group holds.
    body_part
        (code, meaning) from CID 4 Anatomic Region (scheme SCT).
    views
        (code, meaning) of each projection from CID 4010 DX View or CID 4014 View for Mammography; empty where a film
        has no such code, and for what is no film.
    radiation, dose
        Class ("none", "very low", "low", "medium", "high") and the typical effective dose of an adult that it means.
    pregnancy, contrast
        Cautions; empty where there is nothing to say.
    volume
        It is slices of a volume: no single 2-D picture gives this answer.
    """

    key: str
    name: str
    modality: str
    modality_meaning: str
    procedure: tuple[str, str] | None
    body_part: tuple[str, str]
    views: tuple[tuple[str, str], ...]
    radiation: str
    dose: str
    pregnancy: str
    contrast: str
    volume: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One clinical question and its answer, in our own words.

    Parameters
    ----------
    id, region, topic
        Names; rows of one topic are the same question for different people.
    question, who
        The question in plain words, and for whom the answer holds.
    ages
        From (included) to (not included), in years; a month is 1/12.
    sex, pregnant
        "female", "male" or "" for both; True, False, or None where it does not matter.
    examination
        What comes first, or None: no imaging is right.
    urgency
        "emergency" (now), "urgent" (today or tomorrow), "soon" (days to two weeks) or "routine".
    why, cannot, none
        Reason; what a radiograph cannot answer here; when no imaging is right.
    then
        (examination, when) in order.
    device
        The answer is a chest film that this software reads for pneumonia: what it does and does not do is told.
    asks
        What to ask back.
    sources, evidence
        Where it comes from, and whether that was read ("read"), known through somebody else ("secondary"), or named
        from memory ("memory": unconfirmed).
    patterns, words, unless
        How it is found (see `wetread.modality.pattern`): any pattern holds, nothing of `unless` is there; `words` are
        the meanings that it explains.
    beats
        Rows that are left out where this one holds.
    stated
        It is offered only where the patient is said to be of this sex, or a child.
    """

    id: str
    region: str
    topic: str
    question: str
    who: str
    ages: tuple[float, float]
    sex: str
    pregnant: bool | None
    examination: Examination | None
    urgency: Urgency
    why: str
    cannot: str
    none: str
    then: tuple[tuple[Examination, str], ...]
    device: bool
    asks: tuple[str, ...]
    sources: tuple[Source, ...]
    evidence: Evidence
    patterns: tuple[Pattern, ...]
    words: frozenset[str]
    unless: frozenset[str]
    beats: frozenset[str]
    stated: bool

    def __post_init__(self) -> None:
        for name in ("question", "who", "why", "cannot", "none", "sources", "patterns"):
            if not getattr(self, name):
                raise DataError(f"row {self.id} of the modality table has no {name}: correct rows_{self.region}.toml")
        if not 0 <= self.ages[0] < self.ages[1] <= _OLDEST:
            raise DataError(
                f"row {self.id} of the modality table has no range of ages: correct rows_{self.region}.toml"
            )
        if self.urgency not in get_args(Urgency) or self.evidence not in get_args(Evidence):
            raise DataError(
                f"row {self.id} of the modality table has an unknown urgency or evidence: "
                f"correct rows_{self.region}.toml"
            )


@dataclass(frozen=True, slots=True)
class Emergency:
    """A sign that belongs to care at once: its name, what to do, and how it is found."""

    id: str
    name: str
    do: str
    ages: tuple[float, float]
    pregnant: bool | None
    patterns: tuple[Pattern, ...]
    unless: frozenset[str]


@dataclass(frozen=True, slots=True)
class Table:
    """Everything that is looked up: rows, emergencies, and sources by their key."""

    rows: tuple[Row, ...]
    emergencies: tuple[Emergency, ...]
    sources: dict[str, Source]


@cache
def table() -> Table:
    """The table that ships, read once.

    Raises
    ------
    DataError
        If a data file contradicts itself: a row names an examination, source or word that is not there.
    """
    examinations = _examinations()
    sources = {key: Source(key, **entry) for key, entry in load("sources").items()}
    asks = load("asks")
    rows = [
        _row(region, entry, examinations, sources, asks)
        for region in REGIONS
        for entry in load(f"rows_{region}")["row"]
    ]
    emergencies = [_emergency(entry) for entry in load("emergencies")["emergency"]]
    return Table(tuple(rows), tuple(emergencies), sources)


def _examinations() -> dict[str, Examination]:
    classes = load("classes")
    return {
        key: Examination(
            key,
            entry["name"],
            entry["modality"],
            classes["meaning"][entry["modality"]],
            _coded(told) if (told := entry.get("procedure", classes["procedure"].get(entry["modality"]))) else None,
            _coded(entry["part"]),
            tuple(_coded(view) for view in entry.get("views", ())),
            entry["radiation"],
            classes["radiation"][entry["radiation"]],
            entry.get("pregnancy", classes["pregnancy"].get(entry["modality"], "")),
            entry.get("contrast", classes["contrast"].get(entry["modality"], "")),
            entry["modality"] in classes["volumes"]["modalities"],
        )
        for key, entry in load("examinations").items()
    }


def _coded(text: str) -> tuple[str, str]:
    code, _, meaning = text.partition(" ")
    return code, meaning


def _row(
    region: str,
    entry: dict[str, Any],
    examinations: dict[str, Examination],
    sources: dict[str, Source],
    asks: dict[str, str],
) -> Row:
    try:
        first = examinations[entry["exam"]] if "exam" in entry else None
        then = [(examinations[name], when.strip()) for name, _, when in (line.partition(":") for line in entry["then"])]
        named = tuple(sources[key] for key in entry["sources"])
        asked = tuple(asks[key] for key in entry.get("asks", ()))
    except KeyError as error:
        raise DataError(f"row {entry['id']} of the modality table names {error}, which is not there") from error
    patterns = parse(entry["match"])
    return Row(
        entry["id"], region, entry.get("topic", entry["id"]), entry["question"], entry["who"],
        _ages(entry), entry.get("sex", ""), _pregnant(entry), first, entry["urgency"], entry["why"], entry["cannot"],
        entry["none"], tuple(then), entry.get("device", False), asked, named, entry["evidence"], patterns,
        vocabulary(patterns, entry.get("also", "") + (" with-child" if _pregnant(entry) else "")),
        frozenset(entry.get("unless", "").split()),
        frozenset(entry.get("beats", ())), entry.get("stated", False),
    )  # fmt: skip


def _emergency(entry: dict[str, Any]) -> Emergency:
    unless = frozenset(entry.get("unless", "").split())
    return Emergency(
        entry["id"], entry["name"], entry["do"], _ages(entry), _pregnant(entry), parse(entry["match"]), unless
    )


def _ages(entry: dict[str, Any]) -> tuple[float, float]:
    low, high = entry.get("ages", (0, _OLDEST))
    return float(low), float(high)


def _pregnant(entry: dict[str, Any]) -> bool | None:
    return {"yes": True, "no": False}.get(entry.get("pregnant", ""))
