"""A submission's text, read into the value that the rules look at."""

from __future__ import annotations

import re

from wetread.regulatory.lint.submission import DataSet, Metric, Submission
from wetread.regulatory.lint.text.claims import claim_of, limitations_of
from wetread.regulatory.lint.text.document import Document, parse
from wetread.regulatory.lint.text.figures import figures_of
from wetread.regulatory.lint.text.films import (
    augmentation_of,
    look_alikes_of,
    meanings_of,
    preprocessing_of,
    recalibrated_in,
    sets_of,
    shortcut_of,
    split_of,
)
from wetread.regulatory.lint.text.margin import Margin
from wetread.regulatory.lint.text.study import plan_of, truth_of
from wetread.regulatory.lint.text.words import share_in

__all__ = ["from_text"]

_RULE = re.compile(
    r"maxim\w+|highest|largest|best|optim\w+|youden|balance\w*|trade-?off|ensur\w+|favou?r\w*|in order to|because"
    r"|since|so that"
    r"|recall (?:above|of at least|over|>=?)|sensitivity (?:above|of at least|over|>=?)|fixed|intersect\w*"
    r"|prioriti\w+|high recall|high precision",
    re.IGNORECASE,
)
_CHOSEN_ON = re.compile(
    r"\b(validation|tuning|training|test)\b(?:\W+\w+){0,1}?\W+(?:set|data|dataset|images|films|split|batch"
    r"|partition|subset)\b",
    re.IGNORECASE,
)
# "It is used to evaluate performance and to select the threshold."
_BOTH = re.compile(
    r"(?:evaluat|measur)\w+ [^.]{0,80}\b(?:select|choos|set|tun|determin)\w* (?:\w+ ){0,4}threshold"
    r"|\b(?:select|choos|set|tun|determin)\w* (?:\w+ ){0,4}threshold[^.]{0,60}\b(?:evaluat|measur)\w+",
    re.IGNORECASE,
)
_BALANCED = re.compile(r"\bequal|\bbalanc\w+|\b50\s*[/:%-]", re.IGNORECASE)
_CHOSE = re.compile(
    r"\bchoos\w*|\bchosen?\b|select\w*|determin\w*|\bfixed\b|optimi\w+|maxim\w+|\btuned\b|picked|highest|\bbest\b"
    r"|\btook\b",
    re.IGNORECASE,
)
_HELD_OUT = re.compile(
    r"\btest(?:ing)? (?:set|data|dataset|split|films|images|partition|subset|cohort)\b|held[- ]?out|hold[- ]?out"
    r"|\bunseen\b",
    re.IGNORECASE,
)


def from_text(text: str) -> Submission:
    """Read a submission written in Markdown, after the course's template or near it.

    Parameters
    ----------
    text
        The whole file.

    Returns
    -------
    Submission
        With `origin` "text": where the text is silent, or something was inferred, the lint asks instead of telling.
        Places are line numbers.
    """
    document = parse(text)
    margin = Margin(document)
    claim = claim_of(document, margin)
    sets = sets_of(document, margin)
    metrics, comparisons = figures_of(document, sets, margin)
    unit, disjoint = split_of(document, margin)
    alarm, answer = shortcut_of(document, margin)
    rule, chosen = _threshold(document, margin)
    scored = _scored(document, metrics, chosen, margin, ruled=bool(rule))
    for at, (_, line) in enumerate(document.empty):
        margin.at(f"empty/{at}", line)
    return Submission(
        claim=claim,
        plan=plan_of(document, margin, claim.modalities),
        truth=truth_of(document, margin),
        sets=sets,
        metrics=metrics,
        comparisons=comparisons,
        preprocessing=preprocessing_of(document, margin),
        augmentation=augmentation_of(document, margin),
        split_unit=unit,
        disjoint=disjoint,
        training_share=_training_share(document, sets, margin),
        recalibrated=recalibrated_in(document),
        threshold_rule=rule,
        threshold_chosen_on=(chosen or "validation") if scored else "",
        threshold_scored_on=scored,
        validation_means=meanings_of(document, margin),
        shortcut_alarm=alarm,
        shortcut_answer=answer or _by_view(metrics),
        look_alikes=look_alikes_of(document),
        limitations=limitations_of(document, margin),
        empty=tuple(title for title, _ in document.empty),
        places=margin.places,
        guessed=tuple(margin.guessed),
        origin="text",
    )


def _by_view(metrics: tuple[Metric, ...]) -> str:
    """Figures for each view are an answer to a view that tells the label."""
    return "figures by view" if {"PA", "AP"} <= {metric.group for metric in metrics} else ""


def _training_share(document: Document, sets: tuple[DataSet, ...], margin: Margin) -> float | None:
    """Of the training set; else what a sentence on balancing says."""
    told = next(((at, one) for at, one in enumerate(sets) if one.role == "training"), None)
    if told is not None and told[1].prevalence is not None:
        margin.places["training_share"] = margin.places[f"sets/{told[0]}"]
        return told[1].prevalence
    for passage in document.of("sets", "training", "preprocessing"):
        if passage.section not in ("sets/validation", "sets/test", "sets/tuning") and _BALANCED.search(passage.text):
            share = share_in(passage.text)
            if share is not None:
                margin.at("training_share", passage, guess=True)
                return share
    return None


def _threshold(document: Document, margin: Margin) -> tuple[str, str]:
    """The rule in the text's words, and the set it was applied on ("" where it does not say)."""
    rule, chosen = "", ""
    for passage in document.passages:
        here = passage.section == "threshold" or re.search(r"threshold", passage.text, re.IGNORECASE)
        if not here or passage.section.startswith("plan") or passage.kind == "row":
            continue
        if not rule and _RULE.search(passage.text):
            rule = passage.text
            margin.at("threshold_rule", passage)
        if not chosen and _CHOSE.search(passage.text) and (found := _CHOSEN_ON.search(passage.text)):
            chosen = found[1].lower()
    return rule, chosen


def _scored(document: Document, metrics: tuple[Metric, ...], chosen: str, margin: Margin, *, ruled: bool) -> str:
    """The set that the figures at the threshold come from; inferred where there is only one candidate."""
    both = next((one for one in document.of("sets", "threshold") if _BOTH.search(one.text)), None)
    if both is not None and "sets/test" not in document.headings:
        margin.at("threshold_scored_on", both)
        return chosen or "validation"
    at = next(
        (
            at
            for at, one in enumerate(metrics)
            if one.name in ("f1", "f2", "ppv", "sensitivity", "npv") and not one.goal and one.value
        ),
        None,
    )
    if at is None:
        return ""
    margin.places["threshold_scored_on"] = margin.places[f"metrics/{at}"]
    if _HELD_OUT.search("\n".join(passage.text for passage in document.passages)):
        if chosen == "test":
            return chosen
        told = metrics[at].set
        if f"metrics/{at}/set" in margin.guessed:
            return ""
        return told if told in ("test", chosen) else ""
    if not chosen and not ruled:
        return ""
    margin.guessed.append("threshold_scored_on")
    return chosen or "validation"
