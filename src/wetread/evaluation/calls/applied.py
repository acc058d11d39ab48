"""A threshold on films that it was not chosen on, and what happens when they are not other films at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wetread.errors import ConfigError, LeakError
from wetread.evaluation.bootstrap.tally import Estimate
from wetread.evaluation.calls.prevalence import Worth, worth
from wetread.evaluation.calls.threshold import FilmList, Tuned
from wetread.evaluation.scored import Scored

__all__ = ["Applied", "Overlap", "apply", "overlap"]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What the films that a threshold was chosen on share with those that test it.

    Parameters
    ----------
    same_list
        Whether both lists have one hash; None where the tuning list is not known.
    films, patients
        How many of the test's are on both sides; None where the tuning list, or its patients, were not given.
    """

    same_list: bool | None
    films: int | None
    patients: int | None

    @property
    def shared(self) -> bool:
        """Whether anything is known to be on both sides."""
        return bool(self.same_list or self.films or self.patients)


@dataclass(frozen=True, slots=True)
class Applied:
    """A threshold chosen on one set and scored on another.

    Parameters
    ----------
    tuned, worth, overlap
        The threshold with its history, what it is worth on the test, and what both sets share.
    override
        The reason that was given for scoring in spite of an overlap; "" where none was needed.
    reached, shown
        For a rule with a target rate: whether the rate on the test is at least the target, and whether the lower end
        of its stated interval is; None for other rules.
    notes
        Sentences that must stand beside the numbers wherever they are printed.
    """

    tuned: Tuned
    worth: Worth
    overlap: Overlap
    override: str
    reached: bool | None
    shown: bool | None
    notes: tuple[str, ...]

    def __str__(self) -> str:
        rates = f"sensitivity {self.worth.sensitivity}, specificity {self.worth.specificity}"
        return ". ".join((f"{self.worth.name} at {self.tuned.threshold:.4g}: {rates}", *self.notes))


def apply(
    tuned: Tuned,
    test: Scored,
    *,
    tuning: Scored | FilmList | None = None,
    override: str = "",
    prevalences: Sequence[float] = (),
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> Applied:
    """Score a threshold on `test`, which must share no film and no patient with the set that it was chosen on.

    Parameters
    ----------
    tuning
        The films that it was chosen on. Without them only the hashes of the two lists can be compared, and a note says
        that films and patients were not.
    override
        A reason to score in spite of an overlap. It is printed with the result, as is what is shared.
    prevalences, resamples, seed, level
        As `wetread.evaluation.calls.prevalence.worth`.

    Raises
    ------
    LeakError
        If the two share the list, a film or a patient, and no reason is given.
    ConfigError
        If `tuning` is not the set that the threshold was chosen on.
    DataError
        With one class only.
    """
    shared = overlap(tuned, test, tuning=tuning)
    if shared.shared and not override.strip():
        raise LeakError(
            f"{test.name}: the threshold {tuned.threshold:.4g} was chosen on films that test it: {_told(shared)}. Rates "
            "on these flatter. Test on other patients; or, if two collections merely number their patients alike, give "
            "the patients names of their own; or state a reason to override, which will be printed with the result"
        )
    found = worth(test, tuned.threshold, prevalences=prevalences, resamples=resamples, seed=seed, level=level)
    rate = {"sensitivity": found.sensitivity, "specificity": found.specificity}.get(tuned.kind)
    reason = override.strip() if shared.shared else ""
    return Applied(
        tuned, found, shared, reason,
        None if rate is None or tuned.target is None else rate.value >= tuned.target,
        None if rate is None or tuned.target is None else rate.stated.low >= tuned.target,
        _notes(tuned, shared, reason, rate),
    )  # fmt: skip


def overlap(tuned: Tuned, test: Scored, *, tuning: Scored | FilmList | None = None) -> Overlap:
    """What a threshold's films share with those of a test.

    Raises
    ------
    ConfigError
        If `tuning` is not the set that the threshold was chosen on.
    """
    if tuning is not None and tuned.list_hash and tuning.list_hash != tuned.list_hash:
        raise ConfigError(
            f"{tuning.name} is not the set that the threshold was chosen on: its list has the hash "
            f"{tuning.list_hash[:12]}..., the threshold's {tuned.list_hash[:12]}..."
        )
    digest = tuned.list_hash or (tuning.list_hash if tuning is not None else "")
    same = test.list_hash == digest if digest else None
    if tuning is None:
        return Overlap(same, None, None)
    films = int(np.isin(test.film, np.asarray(tuning.film, np.str_)).sum())
    if tuning.patient is None:
        return Overlap(same, films, None)
    return Overlap(same, films, int(np.isin(np.unique(test.patient), np.asarray(tuning.patient, np.str_)).sum()))


def _told(shared: Overlap) -> str:
    parts = ["it is the same list of films"] if shared.same_list else []
    parts += [f"{shared.films} films on both sides"] if shared.films else []
    parts += [f"{shared.patients} patients on both sides"] if shared.patients else []
    return ", ".join(parts)


def _notes(tuned: Tuned, shared: Overlap, reason: str, rate: Estimate | None) -> tuple[str, ...]:
    notes = []
    if shared.shared:
        notes.append(f"OVERRIDDEN: the threshold was chosen on films that test it ({_told(shared)}), so these rates "
                     f"flatter; the reason given: {reason}")  # fmt: skip
    if shared.same_list is None:
        notes.append("Nobody has told which films the threshold was chosen on: whether it is tested on them is unknown")
    elif shared.films is None and not shared.same_list:
        notes.append("Only the hashes of the two lists were compared: films or patients may be on both sides")
    elif shared.patients is None and not shared.same_list:
        notes.append("The patients of the tuning films are not known: some may be on both sides")
    if rate is not None and tuned.target is not None and rate.stated.low < tuned.target:
        short = "reaches" if rate.value >= tuned.target else "falls short of"
        notes.append(f"The {tuned.kind} on the test, {rate}, {short} the target of {tuned.target:g}, and its interval "
                     "does not exclude less")  # fmt: skip
    return tuple(notes)
