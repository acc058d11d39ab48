"""`wetread evaluate --bundle`: a released model scores a collection's films, then is judged by what it said."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wetread.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from wetread.bundle import Bundle
    from wetread.evaluation import Evaluation
    from wetread.evaluation.result import Asked

__all__ = ["evaluated"]

_TRAINING = "a released model knows its training films by the hash of their list alone: whether some of them are here is not seen"


def evaluated(options: argparse.Namespace) -> tuple[int, Evaluation]:
    """Score, join, judge; the exit status of the films and the evaluation."""
    from wetread.bundle import find, load
    from wetread.cli.evaluate import hashes, list_of, reference_of, split_of
    from wetread.cli.inputs import joined, labels_of_collection
    from wetread.evaluation import evaluate
    from wetread.evaluation.result import PREVALENCES

    bundle = load(find(options.bundle), engine="openvino", threads=1)
    labels, told = labels_of_collection(
        options.collection, Path(options.images), Path(options.labels) if options.labels else None
    )
    if options.split:
        labels, more = split_of(labels, options.split)
        told = [*told, *more]
    for note in told:
        print(f"wetread: {note}", file=sys.stderr)
    scores, notes, status = _scores(bundle, labels)
    card = bundle.card
    films = joined(
        scores, labels, name=options.name or f"{options.collection}: {Path(options.images).name}", probabilities=True
    )
    found = evaluate(
        films.scored, thresholds=[_asked(bundle)], prevalences=options.prevalence or PREVALENCES,
        findings=films.findings, reference=reference_of(options), model=options.model or f"{card.name} {card.version}", resamples=options.resamples,
        seed=options.seed,
    )  # fmt: skip
    about = {
        "Model": f"{card.name} {card.version}, {card.population}",
        **list_of(films.scored),
        **hashes({"Labels": options.labels}),
    }
    return status, replace(found, told=(*told, *notes, *films.told, _TRAINING), about=about)


def _scores(bundle: Bundle, labels: pl.DataFrame) -> tuple[pl.DataFrame, list[str], int]:
    """The model's probability for each film that has a file and can be read; what fell out; the exit status."""
    import polars as pl

    from wetread.cli.score import scored
    from wetread.cli.talk import Progress, worst

    there = labels.filter(pl.col("path").is_not_null())
    if not there.height:
        raise DataError("no film of the collection has a file: is --images its folder?")
    progress = Progress(there.height)
    films, values, statuses, refused = [], [], [], 0
    sources = [(film, Path(path)) for film, path in there.select("film", "path").iter_rows()]
    for film, (_, probability, refusal), status in scored(bundle, sources, view="PA"):
        progress.step()
        statuses.append(status)
        if status == 0:
            films.append(film)
            values.append(float(probability))
            refused += bool(refusal)
    progress.clear()
    if not films:
        raise DataError(f"none of {there.height} films could be read")
    notes = []
    if lost := labels.height - there.height:
        notes.append(f"{lost} of {labels.height} films with a label have no file and were left out")
    if lost := there.height - len(films):
        notes.append(f"{lost} of {there.height} films could not be read and were left out")
    if refused:
        notes.append(
            f"{refused} of {len(films)} films would be refused by `wetread predict`, and are judged here all the same"
        )
    return pl.DataFrame({"film": films, "score": values}), notes, worst(statuses)


def _asked(bundle: Bundle) -> Asked:
    """The card's threshold, carried to probabilities, which rise with the score."""
    from wetread.evaluation.calls.threshold import stated
    from wetread.evaluation.result import Asked

    card = bundle.card
    known = card.training.get("films_sha256", "")
    cut = float(f"{card.calibration.probability(card.threshold.score):.6f}")  # as the scores are written
    return Asked(
        stated(cut, tuned_on=known if isinstance(known, str) else "", rule=f"the card's: {card.threshold.rule}")
    )
