"""`wetread compare`: two sets of scores on the same films in, a report of how far apart they are out."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from wetread.cli.evaluate import columns_of, files_of, hashes, labels_of
from wetread.cli.place import replaceable, write_folder
from wetread.errors import DataError

__all__ = ["run"]

_OURS = ("report.html", "comparison.json", "figures")


def run(options: argparse.Namespace) -> int:
    """Compare and write the report; the exit status."""
    from wetread.cli.inputs import joined, scores_of_table
    from wetread.evaluation import compare

    out = Path(options.out)
    replaceable(out, _OURS)
    columns = columns_of(options)
    paths = Path(options.first), Path(options.second)
    first, told = scores_of_table(paths[0], columns)
    second, more = scores_of_table(paths[1], replace(columns, score=options.second_score or columns.score))
    told += more
    apart = first.height + second.height - 2 * first.join(second, on="film", how="inner").height
    if apart and not options.common:
        raise DataError(
            f"{paths[0].name} and {paths[1].name} do not score the same films: {apart} of them stand in one table alone. Score the others, "
            "or say --common to keep the films that both scored"
        )
    labels, notes = labels_of(options, paths[0])
    if apart:
        first, second = (
            one.join(other, on="film", how="semi", maintain_order="left")
            for one, other in ((first, second), (second, first))
        )
        told.append(f"{apart} films that only one of them scored were left out")
    sets = [joined(scores, labels, name=options.name or paths[0].name) for scores in (first, second)]
    told += [*notes, *sets[0].told]
    for note in told:
        print(f"wetread: {note}", file=sys.stderr)
    found = compare(
        sets[0].scored, sets[1].scored, thresholds=options.thresholds, names=_names(options, paths),
        resamples=options.resamples, seed=options.seed,
    )  # fmt: skip
    about = hashes({"First scores": options.first, "Second scores": options.second, "Labels": options.labels})
    found = replace(found, told=tuple(told), about=about)
    write_folder(out, lambda: files_of("comparison", found))
    apart_by = found.difference.find("auroc").stated
    for line in [f"LOOK: {alarm.title}" for alarm in found.alarms]:
        print(line)
    print(
        f"AUROC {found.first.find('auroc').value:.3f} and {found.second.find('auroc').value:.3f}, difference {apart_by}"
    )
    print(f"report: {out / 'report.html'}")
    return 0


def _names(options: argparse.Namespace, paths: tuple[Path, Path]) -> tuple[str, str]:
    """What was asked for, else what tells the tables apart: their names, or those of the columns."""
    if options.names:
        return options.names[0], options.names[1]
    one, two = (path.name.split(".")[0] for path in paths)
    if one != two:
        return one, two
    return options.score, options.second_score or f"{options.score}, second"
