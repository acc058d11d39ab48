"""`wetread predict`: a reading per film, or a refusal with its reasons."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wetread.cli.films import Answer, Readers, answer, listed
from wetread.cli.talk import Progress, sentence, worst
from wetread.errors import UsageError
from wetread.inference import DISCLAIMER

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Read every film that was named; the exit status."""
    films = list(listed(options.films))
    readers = Readers(bundle=options.bundle, engine=options.engine, unknown_age=options.unknown_age)
    out = _folder(options.out)
    progress = Progress(len(films))
    statuses = []
    for path in films:
        given = answer(path, readers, view=options.view, prevalence=options.prevalence, picture=out is not None)
        line = given.to_json()
        if out is not None:
            line["results"] = _write(given, line, out)
        progress.clear()
        print(json.dumps(line, ensure_ascii=False) if options.json else sentence(given), flush=True)
        if out is not None and not options.json and line["results"]:
            print(f"    {line['results']}/report.html")
        statuses.append(given.exit_status)
        progress.step()
    progress.clear()
    if not options.json:
        print(DISCLAIMER)
    return worst(statuses)


def _folder(name: str | None) -> Path | None:
    if name is None:
        return None
    folder = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"results cannot be written to {name}: {error.strerror}") from error
    return folder


def _write(given: Answer, line: dict[str, Any], out: Path) -> str | None:
    """Write the results of one film into a folder named by the film's hash, and its line into readings.jsonl."""
    from wetread.clinical import report

    place = None
    try:
        if given.reading is not None:
            place = out / given.key
            name = Path(given.file).name
            report.build(given.reading, given.film, when=datetime.now(UTC), name=name).write(place)
        with (out / "readings.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line | {"results": str(place) if place else None}, ensure_ascii=False) + "\n")
    except OSError as error:
        raise UsageError(
            f"results cannot be written to {out}: {error.strerror}. Readings so far are complete."
        ) from error
    if given.reading is None:
        print(f"wetread: {given.file}: no page, because the file could not be read", file=sys.stderr)
    return str(place) if place else None
