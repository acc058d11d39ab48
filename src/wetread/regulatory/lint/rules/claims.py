"""Rules on what is claimed: for whom, from which films, and in which words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wetread.regulatory.lint.finding import Hit, Rule, Severity
from wetread.regulatory.lint.submission import Span, Submission
from wetread.regulatory.lint.wording import hardware

__all__ = ["CLAIMS"]

ADULT = 18.0
ADULT_FDA = 22.0
OLDEST = 120.0
# "Opacity suggestive of pneumonia" claims the sign.
_SIGN = re.compile(
    r"opacit|consolidation|\bsigns?\b|suggestive|suspicious|consistent with|compatible with", re.IGNORECASE
)
_RADIOGRAPHS = {"CR", "DX", "RG", "OT"}


def _spans(submission: Submission) -> Iterator[tuple[str, str, Span]]:
    told = [("claim/ages", "the indication", submission.claim.ages), ("plan/ages", "the plan", submission.plan.ages)]
    told += [(f"sets/{at}/ages", f"the {one.name} set", one.ages) for at, one in enumerate(submission.sets)]
    yield from ((place, what, span) for place, what, span in told if span is not None)


def _ages_missing(submission: Submission) -> Iterator[Hit]:
    if submission.claim.ages is None:
        yield Hit("claim/ages", "The indication names no ages.", silent=True)


def _ages_impossible(submission: Submission) -> Iterator[Hit]:
    for place, what, span in _spans(submission):
        top = span.low if span.high is None else max(span.low, span.high)
        if top > OLDEST:
            yield Hit(place, f"In {what} ages reach {top:g} years.")


def _children(submission: Submission) -> Iterator[Hit]:
    claimed = submission.claim.ages
    if claimed is None or claimed.low < ADULT:
        return
    for place, what, span in _spans(submission):
        if place != "claim/ages" and span.low < ADULT:
            yield Hit(place, f"The claim is for {claimed}, and {what} holds patients from {span.low:g} years on.")


def _adult_from_22(submission: Submission) -> Iterator[Hit]:
    claimed = submission.claim.ages
    if claimed is not None and ADULT <= claimed.low < ADULT_FDA:
        yield Hit("claim/ages", f"The claim begins at {claimed.low:g} years; patients below 22 are paediatric there.")


def _ages_unreported(submission: Submission) -> Iterator[Hit]:
    claimed = submission.claim.ages
    if claimed is None or claimed.low >= ADULT or (claimed.high is not None and claimed.high < ADULT_FDA):
        return
    if submission.results and not any(_of_age(metric.group) for _, metric in submission.results):
        yield Hit(
            "claim/ages", f"The claim covers {claimed}, children and adults, and no figure is given for children."
        )


def _of_age(group: str) -> bool:
    return any(word in group.lower() for word in ("child", "paediatric", "pediatric", "adult", "age", "year"))


def _ages_differ(submission: Submission) -> Iterator[Hit]:
    claimed, planned = submission.claim.ages, submission.plan.ages
    # Children in the plan of an adult claim have a rule of their own.
    if claimed is None or planned is None or (claimed.low >= ADULT > planned.low):
        return
    if claimed != planned:
        yield Hit("plan/ages", f"The indication says {claimed}, the plan {planned}.")


def _views_missing(submission: Submission) -> Iterator[Hit]:
    if not submission.claim.views:
        yield Hit("claim/views", "The indication does not say which views (PA, AP) the device reads.", silent=True)


def _views_differ(submission: Submission) -> Iterator[Hit]:
    claimed, planned = set(submission.claim.views), set(submission.plan.views)
    if claimed and planned and claimed != planned:
        says = f"The indication covers {_listed(claimed)}, the plan's population {_listed(planned)}."
        yield Hit("plan/views", says)


def _modalities_differ(submission: Submission) -> Iterator[Hit]:
    claimed, planned = set(submission.claim.modalities), set(submission.plan.modalities)
    if claimed and planned and claimed != planned:
        yield Hit("plan/modalities", f"The indication covers {_listed(claimed)}, the plan {_listed(planned)}.")


def _modality_foreign(submission: Submission) -> Iterator[Hit]:
    told = (("claim/modalities", submission.claim.modalities), ("plan/modalities", submission.plan.modalities))
    for place, modalities in told:
        if foreign := set(modalities) - _RADIOGRAPHS:
            yield Hit(place, f"A device for radiographs accepts {_listed(foreign)}.")


def _later(submission: Submission) -> Iterator[Hit]:
    if submission.claim.later:
        yield Hit("claim/later", "Films called negative are to be read later, or to leave the queue.")


def _replaces(submission: Submission) -> Iterator[Hit]:
    if submission.claim.replaces:
        yield Hit("claim/replaces", "The device is to stand in for a reader.")


def _cleared(submission: Submission) -> Iterator[Hit]:
    if submission.claim.cleared:
        yield Hit("claim/cleared", "The text calls the device cleared, approved or compliant.")


def _disease(submission: Submission) -> Iterator[Hit]:
    finding = submission.claim.finding
    if (
        "pneumonia" in finding.lower()
        and not _SIGN.search(finding)
        and submission.truth.method in ("readers", "reports")
    ):
        seen = "readings of films" if submission.truth.method == "readers" else "reports on films"
        yield Hit("claim/finding", f"The claim says pneumonia, a disease; the reference standard is {seen}.")


def _limitations_missing(submission: Submission) -> Iterator[Hit]:
    if not any(not hardware(limit) for limit in submission.limitations):
        yield Hit("limitations", "No clinical limitation is stated.", silent=not submission.limitations)


def _hardware(submission: Submission) -> Iterator[Hit]:
    for at, limit in enumerate(submission.limitations):
        if hardware(limit):
            yield Hit(f"limitations/{at}", f'"{_short(limit)}" is about the computer.')


def _empty(submission: Submission) -> Iterator[Hit]:
    for at, heading in enumerate(submission.empty):
        yield Hit(f"empty/{at}", f'Nothing stands under "{heading}".')


def _listed(words: set[str]) -> str:
    return " and ".join(sorted(words))


def _short(text: str) -> str:
    told = " ".join(text.split())
    return told if len(told) <= 90 else told[:87].rstrip() + "..."


CLAIMS = (
    Rule(
        id="ages-missing",
        why="Ages decide whose films the device may read, and what its validation must contain.",
        ask="For which ages is the device?",
        severity=Severity.ERROR,
        check=_ages_missing,
    ),
    Rule(
        id="ages-impossible",
        why="Nobody is older than 120: such ages are errors of entry (public tables hold some), to be found and left "
        "out.",
        ask="Are these ages real?",
        severity=Severity.ERROR,
        check=_ages_impossible,
    ),
    Rule(
        id="children",
        why="Films of children look different and their pneumonia does too: they must not count in the evidence for "
        "adults.",
        ask="Are children counted in the evidence for adults?",
        severity=Severity.ERROR,
        check=_children,
    ),
    Rule(
        id="adult-from-22",
        why="For devices, FDA counts patients up to 21 years as paediatric, and cleared chest devices for adults "
        "begin at 22. Begin there, or say what supports the claim from 18 to 21.",
        ask="What supports the claim from 18 to 21 years?",
        severity=Severity.WARNING,
        check=_adult_from_22,
    ),
    Rule(
        id="ages-unreported",
        why="A single figure over all ages hides how the device does in children, who are few in most collections.",
        ask="How does the device do in children?",
        severity=Severity.WARNING,
        check=_ages_unreported,
    ),
    Rule(
        id="ages-differ",
        why="What is validated must be what is claimed: each age claimed needs evidence, and evidence outside it "
        "counts for nothing.",
        ask="Which ages are meant?",
        severity=Severity.ERROR,
        check=_ages_differ,
    ),
    Rule(
        id="views-missing",
        why="AP films are mostly portable ones of sicker patients, PA films are of those who can stand: a device "
        "reads them differently well.",
        ask="Which views does the device read?",
        severity=Severity.ERROR,
        check=_views_missing,
    ),
    Rule(
        id="views-differ",
        why="A view that is claimed and not validated has no evidence behind it.",
        ask="Which views are meant?",
        severity=Severity.ERROR,
        check=_views_differ,
    ),
    Rule(
        id="modalities-differ",
        why="A kind of film that is claimed and not validated has no evidence behind it.",
        ask="Which kinds of film are meant?",
        severity=Severity.ERROR,
        check=_modalities_differ,
    ),
    Rule(
        id="modality-foreign",
        why="A network fitted on radiographs says something about any picture; only the gate keeps others out.",
        ask="Why is that modality accepted?",
        severity=Severity.ERROR,
        check=_modality_foreign,
    ),
    Rule(
        id="read-later",
        why="A triage device may bring films forward; it takes none out of the queue and puts none back (21 CFR "
        "892.2080): every missed pneumonia would wait longest.",
        ask="Is any film read later because of the device?",
        severity=Severity.ERROR,
        check=_later,
    ),
    Rule(
        id="replaces-reader",
        why="None of the claim types for such devices lets the device stand in for a qualified reader.",
        ask="Does a qualified reader look at every film?",
        severity=Severity.ERROR,
        check=_replaces,
    ),
    Rule(
        id="clearance-claimed",
        why="Only the authority says so, and only after its review; a submission asks for it.",
        ask="Who says that it is cleared?",
        severity=Severity.ERROR,
        check=_cleared,
    ),
    Rule(
        id="disease-from-film",
        why="Readings of films can show a radiographic sign (consolidation, opacity). That it is pneumonia takes the "
        "clinic: CT, culture or follow-up. Narrow the claim to the sign, or add that standard.",
        ask="What shows that the opacity was pneumonia?",
        severity=Severity.WARNING,
        check=_disease,
    ),
    Rule(
        id="limitations-missing",
        why="Every reader has patients and films on which it fails; the user must know them.",
        ask="On which patients or films does the device fail?",
        severity=Severity.ERROR,
        check=_limitations_missing,
    ),
    Rule(
        id="hardware-as-limitation",
        why="What computer it needs is a requirement (and needing none is an advantage); a limitation says on whom or "
        "what its reading is not to be relied on.",
        ask="Is this a limit of the reading?",
        severity=Severity.WARNING,
        check=_hardware,
    ),
    Rule(
        id="section-empty",
        why="A reviewer reads an empty heading as an answer that does not exist.",
        ask="What belongs there?",
        severity=Severity.WARNING,
        check=_empty,
    ),
)
