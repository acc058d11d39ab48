"""A threshold is scored on other patients than it was chosen on, or the result says that it was not."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.sets import made_up
from wetread.errors import ConfigError, LeakError
from wetread.evaluation.calls.applied import Applied, apply, overlap
from wetread.evaluation.calls.rule import Rule
from wetread.evaluation.calls.threshold import FilmList, stated, tune
from wetread.evaluation.record import plain
from wetread.evaluation.scored import Scored

TUNING = made_up(120, seed=1)
TEST = made_up(150, seed=2, start=1000)
TUNED = tune(TUNING, resamples=50)


def renamed(films: Scored, prefix: str) -> Scored:
    """The same films under other names, the patients kept."""
    return Scored(np.array([prefix + name for name in films.film]), films.patient, films.label, films.score, True)


def test_other_patients_are_scored_without_a_word() -> None:
    found = apply(TUNED, TEST, tuning=TUNING, prevalences=[0.05], resamples=100)
    assert found.notes == ()
    assert found.override == ""
    assert (found.overlap.same_list, found.overlap.films, found.overlap.patients) == (False, 0, 0)
    assert found.worth.threshold == TUNED.threshold
    assert found.worth.sensitivity.value == (TEST.score[TEST.label] >= TUNED.threshold).mean()
    assert found.reached is None


@pytest.mark.requirement("REQ-THRESHOLD")
def test_the_tuning_set_itself_is_refused_by_its_hash_alone() -> None:
    with pytest.raises(LeakError, match="it is the same list of films") as refused:
        apply(TUNED, TUNING.where(np.arange(len(TUNING))[::-1], "the test"))
    assert "the test: the threshold" in str(refused.value)


@pytest.mark.requirement("REQ-THRESHOLD")
def test_one_shared_film_is_refused() -> None:
    both = Scored(
        np.append(TEST.film, TUNING.film[0]), np.append(TEST.patient, "somebody else"), np.append(TEST.label, True),
        np.append(TEST.score, 0.5), True,
    )  # fmt: skip
    with pytest.raises(LeakError, match=r"\(?films that test it: 1 films on both sides\. "):
        apply(TUNED, both, tuning=TUNING)


@pytest.mark.requirement("REQ-THRESHOLD")
def test_one_shared_patient_is_refused() -> None:
    with pytest.raises(LeakError, match="films that test it: 120 patients on both sides"):
        apply(TUNED, renamed(TUNING, "again "), tuning=TUNING)


@pytest.mark.requirement("REQ-THRESHOLD")
def test_an_override_needs_a_reason_and_is_printed() -> None:
    with pytest.raises(LeakError, match="state a reason to override"):
        apply(TUNED, TUNING, tuning=TUNING, override="  ")
    found = apply(TUNED, TUNING, tuning=TUNING, override="there are no other films", resamples=50)
    assert found.override == "there are no other films"
    assert "OVERRIDDEN" in str(found)
    assert "the reason given: there are no other films" in str(found)
    assert "the same list of films, 240 films on both sides, 120 patients on both sides" in found.notes[0]
    assert plain(found)["notes"] == list(found.notes)


def test_a_reason_that_was_not_needed_is_not_printed() -> None:
    found = apply(TUNED, TEST, tuning=TUNING, override="in case", resamples=20)
    assert (found.override, found.notes) == ("", ())


def test_what_could_not_be_compared_is_said() -> None:
    def notes(found: Applied) -> str:
        return " ".join(found.notes)

    assert "Only the hashes" in notes(apply(TUNED, TEST, resamples=20))
    assert "Only the hashes" in notes(apply(stated(0.4, tuned_on=TUNING.list_hash), TEST, resamples=20))
    assert "Nobody has told" in notes(apply(stated(0.4), TEST, resamples=20))
    alone = FilmList(TUNING.film)
    assert "patients of the tuning films are not known" in notes(
        apply(stated(0.4, tuned_on=alone), TEST, tuning=alone, resamples=20)
    )


def test_a_stated_threshold_is_refused_on_its_own_list() -> None:
    for known in (TUNING.list_hash, TUNING, FilmList(TUNING.film, TUNING.patient)):
        with pytest.raises(LeakError, match="the same list"):
            apply(stated(0.4, tuned_on=known), TUNING)
    with pytest.raises(LeakError, match="240 films on both sides"):
        apply(stated(0.4), TUNING, tuning=FilmList(TUNING.film))


def test_another_set_than_the_one_it_was_chosen_on_is_refused() -> None:
    with pytest.raises(ConfigError, match="is not the set that the threshold was chosen on"):
        overlap(TUNED, TEST, tuning=TUNING.where(TUNING.label))


@pytest.mark.parametrize(("target", "reached", "shown"), [(0.3, True, True), (0.999, False, False)])
def test_a_target_is_held_against_the_test(target: float, reached: bool, shown: bool) -> None:
    tuned = tune(TUNING, Rule("sensitivity", 0.8), resamples=20)
    found = apply(
        type(tuned)(**{**{name: getattr(tuned, name) for name in tuned.__slots__}, "target": target}),
        TEST, tuning=TUNING, resamples=200,
    )  # fmt: skip
    assert (found.reached, found.shown) == (reached, shown)
    assert ("target of" in " ".join(found.notes)) is not shown
