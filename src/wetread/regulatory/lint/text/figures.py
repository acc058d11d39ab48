"""Figures of a text as the rules look at them: ours with what stands beside them, theirs as comparisons."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from wetread.regulatory.lint.submission import Comparison, DataSet, Metric
from wetread.regulatory.lint.text.document import Document
from wetread.regulatory.lint.text.figure import all_figures, without_figures
from wetread.regulatory.lint.text.margin import Margin
from wetread.regulatory.lint.text.measures import Figure
from wetread.regulatory.lint.text.words import share_in

__all__ = ["figures_of"]

_MOVING = ("f1", "f2", "ppv", "npv")
_SAME = re.compile(
    r"\bsame (?:films|images|test set|test films|prevalence|share of positives|x-?rays)\b|\b(?:equal"
    r"|matched) prevalence\b",
    re.IGNORECASE,
)
_SET = re.compile(
    r"\b(training|train|validation|tuning|test|testing|held[- ]out|hold[- ]?out)\b(?:\W+\w+){0,1}\W*(?:set|data"
    r"|dataset|images|films|x-?rays|split)\b",
    re.IGNORECASE,
)


class _Surroundings:
    """What stands in the same paragraph or table as a figure: worked out once for each."""

    def __init__(self, document: Document) -> None:
        self._texts: dict[int, list[str]] = defaultdict(list)
        for passage in document.passages:
            self._texts[passage.block].append(passage.text)
        self._known: dict[int, tuple[float | None, str]] = {}

    def of(self, figure: Figure) -> tuple[float | None, str]:
        """The prevalence, and the set; None and "" where none is said."""
        block = figure.passage.block
        if block not in self._known:
            texts = self._texts[block]
            share = next((share for text in texts if (share := _beside(text)) is not None), None)
            self._known[block] = share, _set_of(" ".join(texts))
        return self._known[block]


def figures_of(
    document: Document, sets: tuple[DataSet, ...], margin: Margin
) -> tuple[tuple[Metric, ...], tuple[Comparison, ...]]:
    """Our figures, and theirs that they are set against."""
    # "1.5 times", "150 %": nothing that a share could be.
    found = [figure for figure in all_figures(document) if figure.value is None or 0 <= figure.value <= 1]
    surroundings = _Surroundings(document)
    ours = _merged([figure for figure in found if not figure.whose])
    metrics = []
    for at, figure in enumerate(ours):
        margin.at(f"metrics/{at}", figure.passage)
        metrics.append(_metric(surroundings, figure))
        if not metrics[-1].set:
            # Where a text tells of one set only beside training, its figures are from that.
            margin.guessed.append(f"metrics/{at}/set")
            metrics[-1] = replace(metrics[-1], set="validation")
    if any(_SAME.search(passage.text) for passage in document.passages):
        return tuple(metrics), ()
    return tuple(metrics), _comparisons([figure for figure in found if figure.whose], tuple(metrics), sets, margin)


def _merged(figures: list[Figure]) -> list[Figure]:
    """One of each: a figure that is repeated counts once, with what stood beside it where most did."""
    kept: dict[tuple[str, float | None, str, bool], Figure] = {}
    for figure in figures:
        key = (figure.name, figure.value, figure.group, figure.goal)
        if key not in kept or (kept[key].low is None and figure.low is not None):
            kept[key] = figure
    told = {(figure.name, figure.goal) for figure in kept.values() if figure.value is not None}
    return [one for one in kept.values() if one.value is not None or (one.name, one.goal) not in told]


def _metric(surroundings: _Surroundings, figure: Figure) -> Metric:
    own = _beside(figure.passage.text) if figure.share is None else figure.share
    prevalence, of = surroundings.of(figure)
    # Each item of a list speaks for itself.
    of = "" if figure.passage.kind == "item" else of
    return Metric(
        name=figure.name,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        prevalence=prevalence if own is None else own,
        set=_set_of(figure.passage.text) or of,
        group=figure.group,
        goal=figure.goal,
    )


def _beside(text: str) -> float | None:
    """A prevalence said in a sentence that holds a figure; the figures themselves are none."""
    if text.lstrip().startswith("|") or text.count("|") > 1:
        # Of a row, the first cell alone: the others hold figures. A row of prevalences is its first value.
        first, _, rest = text.strip("| ").partition("|")
        told = re.search(r"(\d{1,2}(?:\.\d+)?)\s*%", rest)
        if told and re.match(r"\s*(?:prevalence|positive films|share of positives)", first, re.IGNORECASE):
            return float(told[1]) / 100
        text = first
    bare = without_figures(text)
    if not re.search(r"prevalence|positive|pneumonia", bare, re.IGNORECASE) or "accurac" in bare.lower():
        return None
    return share_in(bare)


def _set_of(text: str) -> str:
    found = _SET.search(text)
    if not found:
        return ""
    word = found[1].lower()
    return {"train": "training", "testing": "test"}.get(word, "test" if word.startswith("h") else word)


def _comparisons(
    theirs: list[Figure], ours: tuple[Metric, ...], sets: tuple[DataSet, ...], margin: Margin
) -> tuple[Comparison, ...]:
    """Their F1, PPV or NPV beside ours, or as the plan's bar."""
    told: dict[str, Comparison] = {}
    for figure in theirs:
        if figure.name not in _MOVING or figure.name in told:
            continue
        mine = next((one for one in ours if one.name == figure.name and not one.goal and one.value is not None), None)
        margin.at(f"comparisons/{len(told)}", figure.passage)
        told[figure.name] = Comparison(
            metric=figure.name,
            ours=mine.value if mine else None,
            ours_prevalence=_prevalence(mine, sets) if mine else None,
            theirs=figure.value,
            whose=figure.whose,
        )
    return tuple(told.values())


def _prevalence(metric: Metric, sets: tuple[DataSet, ...]) -> float | None:
    """The prevalence beside our figure, else the one said of its set."""
    if metric.prevalence is not None:
        return metric.prevalence
    return next((told.prevalence for told in sets if told.name == metric.set), None)
