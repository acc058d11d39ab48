"""Which reference standard to use for which claim, why, what to write down, and what may then be said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from wetread.errors import ConfigError
from wetread.truth.advice import COMMON, EVIDENCE, FOR_STAGE, RULES, SOURCES, Entry

__all__ = ["Advice", "Question", "recommend"]

Claim = Literal["sign", "disease"]
Stage = Literal["training", "tuning", "test"]
_UNEQUAL = 3  # the most experienced has three times the years of the least


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be shown, at which stage, and who and what is there to establish the truth.

    Parameters
    ----------
    claim
        "sign": something that a film shows (opacity, consolidation). "disease": pneumonia in the patient.
    stage
        "training", "tuning" (thresholds, calibration, choosing a model) or "test" (the figures that are claimed).
    readers
        Radiologists who read independently.
    years
        Of experience, one for each reader, or nothing.
    adjudicator
        One more reader who decides where the others differ.
    ct, culture, follow_up
        Whether a chest CT near in time, microbiology, or clinical follow-up exist for these patients.

    Raises
    ------
    ConfigError
        For an unknown claim or stage, a negative number, or years that are not one for each reader.
    """

    claim: Claim
    stage: Stage
    readers: int = 0
    years: tuple[float, ...] = ()
    adjudicator: bool = False
    ct: bool = False
    culture: bool = False
    follow_up: bool = False

    def __post_init__(self) -> None:
        for name, allowed in (("claim", get_args(Claim)), ("stage", get_args(Stage))):
            if getattr(self, name) not in allowed:
                raise ConfigError(f"no {name} {getattr(self, name)!r}: choose {' or '.join(allowed)}")
        if self.readers < 0 or any(not years >= 0 for years in self.years):
            raise ConfigError("readers and their years are zero or more")
        if self.years and len(self.years) != self.readers:
            raise ConfigError(
                f"years of experience are one for each reader: {len(self.years)} for {self.readers} readers"
            )

    @property
    def unequal(self) -> bool:
        """Whether the most experienced reader has three times the years of the least."""
        return bool(self.years) and max(self.years) >= _UNEQUAL * max(min(self.years), 1)

    @property
    def evidence(self) -> tuple[str, ...]:
        """Evidence beside the film."""
        return tuple(name for name in EVIDENCE if getattr(self, name))


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommended standard.

    Parameters
    ----------
    standard, rule
        In words, and the rule of `wetread.truth.rules` that makes it, None where reads alone do not make it.
    sufficient
        Whether it carries the claim at this stage; where not, `missing` says what would.
    why, document, sources
        Reasons, what must be written down, and where the rule comes from.
    may_say, may_not_say
        What the claim may say afterwards, and what it may not.
    """

    standard: str
    rule: str | None
    sufficient: bool
    why: tuple[str, ...]
    document: tuple[str, ...]
    may_say: str
    may_not_say: str
    missing: str
    sources: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}

    def __str__(self) -> str:
        """Readable text."""
        parts = [
            f"Use: {self.standard}" + (f" (rule {self.rule})" if self.rule else ""),
            f"Carries the claim at this stage: {'yes' if self.sufficient else 'no'}"
            + (f"; {self.missing}" if self.missing else ""),
            _listed("Why", self.why),
            f"The claim may say: {self.may_say}",
            f"It may not say: {self.may_not_say}",
            _listed("Write down", self.document),
            _listed("Sources", self.sources),
        ]
        return "\n\n".join(parts)


def recommend(question: Question) -> Advice:
    """The first rule of `wetread.truth.advice` that fits, with what must be documented at this stage.

    A claim of disease that nothing beside the film supports is answered by the standard for the radiographic sign: then
    `sufficient` is False, and `may_say` tells the narrower claim that it does carry.
    """
    entry = next(entry for entry in RULES if _fits(entry, question))
    found = Advice(
        entry.standard,
        entry.rule,
        entry.sufficient,
        entry.why,
        (*FOR_STAGE[question.stage], *COMMON, *entry.document),
        entry.may_say,
        entry.may_not_say,
        entry.missing,
        tuple(SOURCES[key] for key in entry.sources),
    )
    if question.claim == "disease" and not entry.evidence and question.stage != "training":
        found = _narrowed(found, question)
    if question.unequal and entry.rule == "KOfN":
        found = replace(
            found,
            why=(
                *found.why,
                "Readers differ much in experience: compute a weighted vote and Dawid-Skene too, with weights stated before "
                "reading, and report how many labels they change.",
            ),
            sources=(*found.sources, SOURCES["dawid-skene"]),
        )
    if question.claim == "sign" and question.ct and question.stage != "training":
        found = replace(
            found,
            why=(
                *found.why,
                "A CT shows consolidation that a film hides: compare with CT where there is one, as a second analysis. Who "
                "gets a CT is not chance, so it cannot replace the readers for everybody.",
            ),
        )
    return found


def _narrowed(found: Advice, question: Question) -> Advice:
    return replace(
        found,
        sufficient=False,
        why=(
            "Nothing beside the film tells whether these patients had pneumonia: readers of films can establish a "
            "radiographic sign, never the disease.",
            *found.why,
        ),
        may_say=f"only of the radiographic sign: {found.may_say}",
        may_not_say="that the product detects or rules out pneumonia in patients",
        missing="for a claim of disease: CT, microbiology or follow-up for these patients, or a narrower claim"
        + (f"; even for the sign: {found.missing}" if found.missing else ""),
        sources=(*found.sources, *([SOURCES["who"]] if question.stage == "test" else [])),
    )


def _fits(entry: Entry, question: Question) -> bool:
    if question.stage not in entry.stages or (entry.claim is not None and entry.claim != question.claim):
        return False
    if not entry.fewest <= question.readers <= entry.most or (entry.odd and question.readers % 2 == 0):
        return False
    if entry.adjudicator is not None and entry.adjudicator != question.adjudicator:
        return False
    if entry.unequal and not question.unequal:
        return False
    return not entry.evidence or bool(set(entry.evidence) & set(question.evidence))


def _listed(title: str, lines: tuple[str, ...]) -> str:
    return "\n".join([f"{title}:", *(f"  - {line}" for line in lines)])
