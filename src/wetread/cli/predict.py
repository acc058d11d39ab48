"""`wetread predict`: a reading per film, or a refusal with its reasons."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetread.errors import UsageError
from wetread.radiograph.many import Crew

if TYPE_CHECKING:
    from wetread.cli.films import Answer
    from wetread.cli.results import Made
    from wetread.clinical.kinds import Kind
    from wetread.inference import Reading

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Read every film that was named; the exit status."""
    with Crew() as crew:  # the process that decodes starts while this one loads its libraries
        return _run(options, crew)


def _run(options: argparse.Namespace, crew: Crew) -> int:
    from wetread.cli.films import Readers, answers, listed
    from wetread.cli.talk import Progress, about, sentence, summary, worst
    from wetread.inference import DISCLAIMER

    films = list(listed(options.films, out=Path(options.out) if options.out else None))
    # One film wants every processor for its network; in a batch they decode the next films meanwhile.
    threads = 1 if len(films) > 1 else None
    readers = Readers(bundle=options.bundle, engine=options.engine, unknown_age=options.unknown_age, threads=threads)
    kinds = _kinds(options.results, options.out)
    out = _folder(options.out)
    progress = Progress(len(films))
    statuses: list[int] = []
    # A reading holds a film's whole heat, so of each model only the last one is kept, for what is told at the end.
    by_model: dict[str, Reading] = {}
    asked = {"view": options.view, "prevalence": options.prevalence, "picture": out is not None}
    for given in answers(films, readers, crew, **asked):
        place, made = _write(given, out, kinds) if out is not None else (None, None)
        progress.clear()
        if options.json:
            print(_line(given, out is not None, place, made), flush=True)
        else:
            page = [f"    page: {place / 'report.html'}"] if place else []
            print(sentence(given), *page, *(made.lines() if made else ()), sep="\n", flush=True)
        if given.reading is not None and given.reading.model is not None:
            by_model[given.reading.model.sha256] = given.reading
        statuses.append(worst([given.exit_status, made.exit_status if made else 0]))
        progress.step()
    progress.clear()
    if not options.json:
        print(*about(by_model.values()), DISCLAIMER, sep="\n")
    if len(films) > 1:
        print(f"wetread: {summary(statuses)}", file=sys.stderr)
    return worst(statuses)


def _line(given: Answer, results: bool, place: Path | None, made: Made | None) -> str:
    """One JSON object a line, in ASCII: valid whatever the encoding of the output, and whatever a file is called."""
    line: dict[str, Any] = given.to_json()
    if results:
        line["results"] = str(place) if place else None
    if made is not None:
        line["objects"] = made.to_json()
    return json.dumps(line, allow_nan=False)


def _kinds(named: str | None, out: str | None) -> tuple[Kind, ...]:
    """What is asked for beside the page, known before the first film is read."""
    if named is None:
        return ()
    from wetread.clinical import profiles

    if out is None:
        raise UsageError("--results needs --out: name the folder that they are written to")
    return profiles.chosen(named)


def _folder(name: str | None) -> Path | None:
    if name is None:
        return None
    folder = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"results cannot be written to {name}: {error.strerror}. Name a folder with --out that may be written to."
        ) from error
    return folder


def _write(given: Answer, out: Path, kinds: Sequence[Kind]) -> tuple[Path | None, Made | None]:
    """Write the results of one film into a folder named by the film's hash, and its line into readings.jsonl."""
    place, made, when = None, None, datetime.now(UTC)
    try:
        if given.reading is not None:
            from wetread.clinical import report

            place = out / given.key
            # Hospitals put names into file names: the page carries the film's hash, and readings.jsonl says whose it is.
            page = report.build(given.reading, given.film, when=when, name=f"film {given.key}")
            page.write(place)
            if kinds:
                from wetread.cli.results import make

                made = make(given, kinds, place, when=when)
        with (out / "readings.jsonl").open("a", encoding="utf-8") as file:
            file.write(_line(given, True, place, made) + "\n")
    except OSError as error:
        raise UsageError(
            f"results cannot be written to {out}: {error.strerror}. Readings so far are complete."
        ) from error
    return place, made
