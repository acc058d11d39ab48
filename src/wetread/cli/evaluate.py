"""`wetread evaluate`: scores and labels in, a report of what they are worth out."""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wetread.cli.place import replaceable, write_folder
from wetread.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from wetread.cli.inputs import Columns, Joined
    from wetread.evaluation import Comparison, Evaluation
    from wetread.evaluation.calls.threshold import FilmList
    from wetread.evaluation.result import Asked
    from wetread.evaluation.scored import Scored
    from wetread.evaluation.scrutiny.noise import Reference
    from wetread.report import Drawn

__all__ = ["columns_of", "files_of", "hashes", "labels_of", "list_of", "reference_of", "run", "split_of"]

_OURS = ("report.html", "evaluation.json", "figures")
_HASH = re.compile(r"[0-9a-fA-F]{64}")


def run(options: argparse.Namespace) -> int:
    """Evaluate scores and write the report; the exit status."""
    out = Path(options.out)
    replaceable(out, _OURS)
    _consistent(options)
    status, found = _evaluated(options)
    write_folder(out, lambda: files_of("evaluation", found))
    for line in _told(found, out):
        print(line)
    return status


def _consistent(options: argparse.Namespace) -> None:
    """Options that need or exclude each other."""
    if options.bundle and not (options.collection and options.images):
        raise UsageError("--bundle scores films first: name their --collection and their folder with --images")
    if options.images and not options.bundle:
        raise UsageError("--images has a use with --bundle only: --scores names scores that are there already")
    if options.split and not options.collection:
        raise UsageError("--split is a list of a collection: name it with --collection")
    if options.tuning_scores and options.threshold:
        raise UsageError("--threshold states a threshold, --tuning-scores chooses one: give one of them")
    if options.bundle and (options.threshold or options.tuning_scores):
        raise UsageError(
            "--bundle brings its own threshold, which is judged: to judge others, take `wetread score` and --scores"
        )
    for name in ("tuning_labels", "rule"):
        if getattr(options, name) and not options.tuning_scores:
            raise UsageError(f"--{name.replace('_', '-')} has a use with --tuning-scores only")
    for name in ("tuned_on", "override"):
        if getattr(options, name) and not (options.threshold or (options.tuning_scores and name == "override")):
            raise UsageError(f"--{name.replace('_', '-')} is of a threshold: give it with --threshold")


def _evaluated(options: argparse.Namespace) -> tuple[int, Evaluation]:
    if options.bundle:
        from wetread.cli.evaluate_bundle import evaluated

        return evaluated(options)
    from wetread.evaluation import evaluate
    from wetread.evaluation.result import PREVALENCES

    films = _films(options)
    found = evaluate(
        films.scored, thresholds=_asked(options, films.scored), prevalences=options.prevalence or PREVALENCES,
        findings=films.findings, reference=reference_of(options), model=options.model or "the model", resamples=options.resamples, seed=options.seed,
    )  # fmt: skip
    named = {"Scores": options.scores, "Labels": options.labels, "Tuning scores": options.tuning_scores}
    return 0, replace(found, told=films.told, about=list_of(films.scored) | hashes(named))


def list_of(scored: Scored) -> dict[str, str]:
    """The list of films under the hash that splits and bundles know it by, so that a sealed test can be told."""
    from wetread.collections import list_hash

    return {"List of films (SHA-256)": list_hash(map(str, scored.film))}


# -------------------------------------------------------------------------------------------------------- inputs


def columns_of(options: argparse.Namespace) -> Columns:
    """Which column is which."""
    from wetread.cli.inputs import Columns

    return Columns(
        film=options.film, score=options.score, label=options.label, patient=options.patient,
        labels_film=options.labels_film, positive=options.positive, groups=tuple(options.group or ()), age=options.age,
        findings=options.findings, own_patient=options.each_film_its_own_patient,
    )  # fmt: skip


def labels_of(options: argparse.Namespace, scores: Path) -> tuple[pl.DataFrame, list[str]]:
    """Labels from a collection, from their own table, or from that of the scores."""
    from wetread.cli.inputs import labels_of_collection, labels_of_table

    given = Path(options.labels) if options.labels else None
    if not options.collection or options.collection == "csv":
        return labels_of_table(given or scores, columns_of(options))
    if alien := [name for name in ("group", "age", "findings", "positive") if getattr(options, name)]:
        raise UsageError(
            f"--{alien[0]} has no use with --collection {options.collection}: its groups and findings are known"
        )
    if given is None:
        raise UsageError(f"name the table of {options.collection} with --labels")
    return labels_of_collection(options.collection, given, None)


def _films(options: argparse.Namespace) -> Joined:
    from wetread.cli.inputs import Joined, joined, scores_of_table

    path = Path(options.scores)
    scores, told = scores_of_table(
        path, columns_of(options), probabilities=options.probabilities, leave_out=options.leave_out_unscored
    )
    labels, notes = labels_of(options, path)
    if options.split:
        labels, more = split_of(labels, options.split)
        notes = [*notes, *more]
    for note in (*told, *notes):
        print(f"wetread: {note}", file=sys.stderr)
    found = joined(scores, labels, name=options.name or path.name, probabilities=options.probabilities)
    for note in found.told:
        print(f"wetread: {note}", file=sys.stderr)
    return Joined(found.scored, found.findings, (*told, *notes, *found.told))


def split_of(labels: pl.DataFrame, name: str) -> tuple[pl.DataFrame, list[str]]:
    """The films of one list of a collection."""
    import polars as pl

    there = sorted(labels["split"].drop_nulls().unique().to_list())
    if name not in there:
        raise UsageError(f"the collection has no list {name!r}: it has {', '.join(there) or 'none'}")
    kept = labels.filter(pl.col("split") == name)
    return kept, [f"{kept.height} of {labels.height} films with a label are on the list {name!r}"]


def reference_of(options: argparse.Namespace) -> Reference | None:
    """How often the labels are right, where somebody said so."""
    from wetread.evaluation.scrutiny.noise import Reference

    return Reference(*options.labels_right) if options.labels_right else None


# ---------------------------------------------------------------------------------------------------- thresholds


def _asked(options: argparse.Namespace, films: Scored) -> list[Asked]:
    from wetread.evaluation.calls.rule import Rule
    from wetread.evaluation.calls.threshold import stated, tune
    from wetread.evaluation.result import Asked

    override = options.override or ""
    if options.tuning_scores:
        tuning = _tuning(options, films)
        kind, target = options.rule or ("youden", None)
        return [Asked(tune(tuning, Rule(kind, target), seed=options.seed), tuning, override)]
    if not options.threshold:
        return []
    tuned_on = _tuned_on(options)
    known = None if isinstance(tuned_on, str) else tuned_on
    return [Asked(stated(cut, tuned_on=tuned_on), known, override) for cut in options.threshold]


def _tuning(options: argparse.Namespace, films: Scored) -> Scored:
    from wetread.cli.inputs import joined, labels_of_table, scores_of_table

    path = Path(options.tuning_scores)
    columns = replace(columns_of(options), groups=(), age=None, findings=None)
    scores, told = scores_of_table(path, columns, probabilities=films.probability, leave_out=options.leave_out_unscored)
    labels, notes = labels_of_table(Path(options.tuning_labels) if options.tuning_labels else path, columns)
    found = joined(scores, labels, name=path.name, probabilities=films.probability)
    for note in (*told, *notes, *found.told):
        print(f"wetread: tuning films: {note}", file=sys.stderr)
    return found.scored


def _tuned_on(options: argparse.Namespace) -> FilmList | str:
    """The films of a table, or the hash of a list; "" where nothing was said."""
    given: str = options.tuned_on or ""
    if not given or (_HASH.fullmatch(given) and not Path(given).exists()):
        return given
    from wetread.cli.inputs import films_of_table
    from wetread.evaluation.calls.threshold import FilmList

    path = Path(given)
    if not path.exists():
        raise UsageError(f"--tuned-on {given} is no file, and no hash of a list (SHA-256, 64 hexadecimal digits)")
    films, patients = films_of_table(path, columns_of(options))
    return FilmList(films, patients, path.name)


# -------------------------------------------------------------------------------------------------------- output


def files_of(name: str, found: Evaluation | Comparison) -> dict[str, bytes]:
    """A report's files: its page, its JSON, its figures."""
    figures: Mapping[str, Drawn] = found.plot()
    drawn = {
        f"figures/{one}.{kind}": getattr(figure, kind) for one, figure in figures.items() for kind in ("svg", "png")
    }
    page, record = found.to_html(figures), found.to_json()
    return {f"{name}.json": record.encode(), "report.html": page.encode(), **drawn}


def hashes(named: Mapping[str, str | None]) -> dict[str, str]:
    """Name and SHA-256 of each file."""
    told = {}
    for what, path in named.items():
        if path is not None and Path(path).is_file():
            with Path(path).open("rb") as file:
                told[what] = f"{Path(path).name}, SHA-256 {hashlib.file_digest(file, 'sha256').hexdigest()}"
    return told


def _told(found: Evaluation, out: Path) -> list[str]:
    films, best = found.films, found.best
    area = found.headline.find("auroc").stated
    lines = [f"LOOK: {alarm.title}" for alarm in found.alarms]
    return [
        *lines,
        f"{films.name}: {films.films:,} films of {films.patients:,} patients, {films.positives:,} positive ({films.prevalence.value:.2%})",
        f"AUROC {area}; best F1 {best.f1:.3f}, of calling every film positive {best.f1_all_positive:.3f}",
        f"report: {out / 'report.html'}",
    ]
