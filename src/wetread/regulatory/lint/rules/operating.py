"""Rules on the threshold and on which films figures come from."""

from __future__ import annotations

from collections.abc import Iterator

from wetread.regulatory.lint.finding import Hit, Rule, Severity
from wetread.regulatory.lint.submission import Submission

__all__ = ["OPERATING"]


def _tuned_and_scored(submission: Submission) -> Iterator[Hit]:
    chosen, scored = submission.threshold_chosen_on, submission.threshold_scored_on
    if chosen and chosen == scored:
        yield Hit(
            "threshold_scored_on",
            f'The threshold was chosen on "{chosen}", and its figures are from the same films.',
        )


def _unexplained(submission: Submission) -> Iterator[Hit]:
    if not submission.threshold_rule:
        yield Hit("threshold_rule", "It is not said by which rule the threshold was chosen.", silent=True)


def _on_training(submission: Submission) -> Iterator[Hit]:
    for at, metric in submission.results:
        told = submission.of_set(metric.set)
        if told is not None and told.role == "training":
            yield Hit(f"metrics/{at}", f"{metric.name} is from the {told.name} set, which the network was fitted on.")


OPERATING = (
    Rule(
        id="threshold-on-scored-set",
        why="The best threshold for some films flatters on those films: choose on one set, score on another that "
        "chose nothing.",
        ask="On which films was the threshold chosen, and on which scored?",
        severity=Severity.ERROR,
        check=_tuned_and_scored,
    ),
    Rule(
        id="threshold-unexplained",
        why="A threshold trades missed patients for false alarms: say by which rule, fixed before the test.",
        ask="By which rule was the threshold chosen?",
        severity=Severity.ERROR,
        check=_unexplained,
    ),
    Rule(
        id="scored-on-training",
        why="On films that it was fitted on, a network can know the answers by heart.",
        ask="Which figures are from films that training never saw?",
        severity=Severity.ERROR,
        check=_on_training,
    ),
)
