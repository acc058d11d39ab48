"""`wetread truth`: agreement, consensus, label noise, which standard to use, reader sheets, splits and their leaks."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetread.cli.place import new_folder, write_file
from wetread.errors import DataError, UsageError

if TYPE_CHECKING:
    from wetread.truth.rules import Rule

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Answer the question; the exit status."""
    try:
        return _answer(options)
    except ModuleNotFoundError as error:
        raise UsageError(f"this needs {error.name}: install wetread[workshop]") from error


def _answer(options: argparse.Namespace) -> int:
    if options.question == "sheets":
        return _sheets_out(options) if options.way == "out" else _sheets_in(options)
    if options.question in ("split", "leaks"):
        from wetread.cli.truth_split import leaks, split

        return split(options) if options.question == "split" else leaks(options)
    return {"agreement": _agreement, "consensus": _consensus, "noise": _noise, "recommend": _recommend}[
        options.question
    ](options)


def _agreement(options: argparse.Namespace) -> int:
    from wetread.truth import agreement
    from wetread.truth.sheets import read_reads
    from wetread.truth.words import agreement_text

    reads = read_reads(Path(options.reads), answers=options.answers)
    found = agreement(reads, level=options.level, resamples=options.resamples, seed=options.seed)
    print(_json(found.to_dict()) if options.json else agreement_text(found), end="")
    return 0


def _consensus(options: argparse.Namespace) -> int:
    from wetread.truth import reference_standard
    from wetread.truth.sheets import read_reads
    from wetread.truth.words import standard_text

    found = reference_standard(read_reads(Path(options.reads), answers=options.answers), _rule(options))
    table = found.table()
    if options.out is not None:
        write_file(Path(options.out), table.write_csv())
    if options.json:
        print(_json(found.record.to_dict() | {"films": table.to_dicts()}), end="")
    else:
        print(standard_text(found), end="")
    return 0


def _rule(options: argparse.Namespace) -> Rule:
    """The rule that the options name; what it needs must be there, and nothing else."""
    from wetread.truth.rules import Adjudicated, DawidSkene, KOfN, SingleReader, TextMined, Weighted

    needs = {"k-of-n": ("k",), "weighted": ("weights",), "adjudicated": ("readers",)}.get(options.rule, ())
    allowed = {"k-of-n": ("positive",), "single": ("reader",), "text-mined": ("reader",)}.get(options.rule, ())
    for name in ("k", "positive", "weights", "readers", "reader"):
        given = getattr(options, name) is not None
        if name in needs and not given:
            raise UsageError(f"--rule {options.rule} needs --{name}")
        if given and name not in (*needs, *allowed):
            raise UsageError(f"--{name} has no place in --rule {options.rule}")
    if options.rule == "adjudicated":
        if len(options.readers) != 3:
            raise UsageError("--readers names three: the two readers, then the adjudicator")
        return Adjudicated(*options.readers)
    if options.rule == "k-of-n":
        return KOfN(options.k, positive=options.positive)
    if options.rule == "weighted":
        return Weighted(options.weights)
    if options.rule == "single":
        return SingleReader(options.reader)
    if options.rule == "text-mined":
        return TextMined(options.reader)
    return DawidSkene() if options.rule == "dawid-skene" else KOfN()


def _noise(options: argparse.Namespace) -> int:
    from wetread.truth.nih_noise import study
    from wetread.truth.sources import read_sources
    from wetread.truth.words import noise_text

    if options.resamples < 1:
        raise UsageError("--resamples must be at least 1: the intervals are drawn")
    out = Path(options.out)
    found = study(read_sources(Path(options.labels)), resamples=options.resamples, seed=options.seed)
    text = noise_text(found)
    write_file(out / "noise.json", _json(found.to_dict()))
    write_file(out / "noise.txt", text)
    print(text, end="")
    print(f"wetread: written to {out}: noise.json, noise.txt", file=sys.stderr)
    return 0


def _recommend(options: argparse.Namespace) -> int:
    from wetread.truth.recommend import Question, recommend

    names = ("claim", "stage", "readers", "years", "adjudicator", "ct", "culture", "follow_up")
    advice = recommend(Question(**{name: getattr(options, name) for name in names}))
    print(_json(advice.to_dict()) if options.json else f"{advice}\n", end="")
    return 0


def _sheets_out(options: argparse.Namespace) -> int:
    from wetread.truth.sheets import make_sheets

    out, mapping = Path(options.out), Path(options.mapping)
    new_folder(out, "sheets of an earlier making would stand among these")
    if mapping.exists():
        raise UsageError(f"--mapping {mapping} is there already, and answers may depend on it: name another file")
    if out.resolve() in mapping.resolve().parents:
        raise UsageError(f"--mapping {mapping} lies in the folder that readers get: put it elsewhere")
    if strange := [name for name in options.readers if not name.replace("-", "").replace("_", "").isalnum()]:
        raise UsageError(f"readers' names become names of files: letters, digits, - and _ only, not {strange[0]!r}")
    films = _films(Path(options.films))
    made = make_sheets(films, options.readers, answers=options.answers, seed=options.seed, repeats=options.repeats)
    write_file(mapping, made.mapping_csv())
    for reader in options.readers:
        write_file(out / f"{reader}.csv", made.sheet_csv(reader))
    print(
        f"wetread: {len(films)} films, {options.repeats} of them twice, for {len(options.readers)} readers in {out}; "
        f"the mapping is {mapping}: keep it from them",
        file=sys.stderr,
    )
    return 0


def _films(path: Path) -> list[str]:
    """Names of films: the column film of a CSV, or the lines of any other text file."""
    if path.suffix.lower() == ".csv" or path.name.lower().endswith(".csv.gz"):
        from wetread.collections.tables import collect, open_table

        source = open_table(path, {"film": ("film", "film_id")})
        return [name for name in collect(source, source.rows.select("film"))["film"].to_list() if name]
    try:
        return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the list of films {path} cannot be read as UTF-8 text: {error}") from error


def _sheets_in(options: argparse.Namespace) -> int:
    from wetread.truth.sheets import read_answers

    reads = read_answers([Path(path) for path in options.sheets], Path(options.mapping), answers=options.answers)
    write_file(Path(options.out), reads.to_csv())
    print(f"wetread: {len(reads)} reads of {len(reads.films)} films by {', '.join(reads.readers)}", file=sys.stderr)
    return 0


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
