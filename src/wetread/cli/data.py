"""`wetread data`: which public collections there are, fetching them, and whether what lies there is what was published."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from wetread.collections.catalogue import CATALOGUE, Collection, Remote, entry
from wetread.collections.download import Check, check_file, download, remote_size
from wetread.errors import DataError, IntegrityError, UsageError

__all__ = ["run"]

_SAMPLE_FILMS = 5606  # of the course's list, which is no collection of its own
_STEP = 0.2  # seconds between two lines of progress


def run(options: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    if options.action == "list":
        return _list(as_json=options.json)
    try:
        if options.action == "practice":
            return _practice(Path(options.folder), options.films, options.seed, options.size)
        if options.action == "download":
            return _download(entry(options.collection), Path(options.folder), options.file, yes=options.yes)
        return _verify(options.collection, Path(options.folder), options.labels)
    except ModuleNotFoundError as error:
        raise UsageError(f"this needs {error.name}: install wetread[workshop]") from error


# -------------------------------------------------------------------------------------------------------------- list


def _list(*, as_json: bool) -> int:
    if as_json:
        print(json.dumps({name: _plain(collection) for name, collection in CATALOGUE.items()}, indent=1))
        return 0
    for name, collection in CATALOGUE.items():
        known = sum(file.size or 0 for file in collection.files)
        size = (
            "by hand only" if not collection.files else _bytes(collection.size) if collection.size else "size on asking"
        )
        if collection.files and collection.size is None and known:
            size = f"{_bytes(known)} and more"
        print(f"{name}: {collection.title}, {collection.films} films; {len(collection.files)} files, {size}")
        print(f"    {collection.page}")
        print(f"    licence: {collection.licence}")
        if collection.by_hand:
            print(f"    by hand: {collection.by_hand}")
    return 0


def _plain(collection: Collection) -> dict[str, object]:
    files = [
        {"name": one.name, "url": one.url, "size": one.size, "checksum": one.checksum, "source": one.source}
        for one in collection.files
    ]
    return {
        "title": collection.title,
        "page": collection.page,
        "licence": collection.licence,
        "films": collection.films,
        "size": collection.size,
        "files": files,
        "by_hand": collection.by_hand,
    }


# ---------------------------------------------------------------------------------------------------------- practice


def _practice(folder: Path, films: int, seed: int, size: int) -> int:
    from wetread.cli.talk import Progress
    from wetread.practice import draw_collection

    shown = Progress(films)
    try:
        people = draw_collection(folder, films=films, seed=seed, size=size, progress=shown.step)
    finally:
        shown.clear()
    labelled = sum("Pneumonia" in film.findings for film in people)
    print(
        f"{folder}: {films:,} drawn films of {len({film.patient for film in people}):,} patients who do not exist, "
        f"{labelled:,} labelled pneumonia; for exercises alone"
    )
    return 0


# ---------------------------------------------------------------------------------------------------------- download


def _download(collection: Collection, folder: Path, names: Sequence[str] | None, *, yes: bool) -> int:
    files = _chosen(collection, names)
    if not files:
        raise DataError(f"{collection.title} is not fetched from here. {collection.by_hand} Page: {collection.page}")
    waiting = [file for file in files if check_file(file, folder).status == "missing"]
    sizes = [remote_size(file) for file in waiting]
    total = "unknown size" if None in sizes else _bytes(sum(size or 0 for size in sizes))
    _say(f"{collection.title}; licence: {collection.licence}")
    _say(f"{len(waiting)} of {len(files)} files to fetch, {total}, to {folder}")
    if waiting and not yes:
        _ask()
    for file in files:
        shown = _Line(file)
        path = download(file, folder, progress=shown.step, wait=time.sleep)
        shown.done()
        checked = check_file(file, folder)
        print(f"{path}: {checked.status} ({checked.told})", flush=True)
    if collection.by_hand:
        _say(f"by hand: {collection.by_hand}")
    return 0


def _chosen(collection: Collection, names: Sequence[str] | None) -> tuple[Remote, ...]:
    if not names:
        return collection.files
    known = {file.name: file for file in collection.files}
    for name in names:
        if name not in known:
            raise UsageError(
                f"{collection.name} has no file {name!r}: {', '.join(known) or 'none is fetched from here'}"
            )
    return tuple(known[name] for name in names)


def _ask() -> None:
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked: add --yes to fetch it")
    _say("Fetch it? [y/N] ", end="")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("nothing was fetched")


class _Line:
    """One line of progress on standard error, where that is a terminal."""

    def __init__(self, file: Remote) -> None:
        self._file, self._last = file, 0.0
        self._shown = sys.stderr is not None and sys.stderr.isatty()

    def step(self, have: int, total: int | None) -> None:
        now = time.monotonic()
        if self._shown and now - self._last >= _STEP:
            self._last = now
            of = f" of {_bytes(total)}, {100 * have / total:.0f} %" if total else ""
            _say(f"\r\033[K{self._file.name}: {_bytes(have)}{of}", end="")

    def done(self) -> None:
        if self._shown:
            _say("\r\033[K", end="")


# ------------------------------------------------------------------------------------------------------------ verify


def _verify(name: str, folder: Path, labels: str | None) -> int:
    """Compare archives with their checksums, and what was unpacked with the numbers that the collection is known by."""
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder: give the one where the collection lies")
    files = CATALOGUE[name].files if name in CATALOGUE else ()
    checks = [check_file(file, folder) for file in files]
    for check in checks:
        if check.status != "missing":
            print(f"{check.name}: {check.status} ({check.told})", flush=True)
    missing = [check.name for check in checks if check.status == "missing"]
    if missing:
        print(f"not here: {', '.join(missing)}", flush=True)
    status = _verify_table(name, folder, labels, checks)
    if any(check.status == "altered" for check in checks):
        return IntegrityError.exit_status
    return status


def _verify_table(name: str, folder: Path, labels: str | None, checks: Sequence[Check]) -> int:
    from wetread.collections import list_hash, load

    notes: list[str] = []
    try:
        table = load(name, folder, labels=labels, notes=notes)
    except DataError as error:
        _say(f"wetread: {error}")
        archives = any(check.status in ("whole", "plausible") for check in checks)
        return 0 if archives and labels is None else error.exit_status
    print(
        f"table: {table.height} films of {table['patient_id'].n_unique()} patients, {int(table['label'].sum())} positive, "
        f"{table.height - table['path'].null_count()} with a file; list {list_hash(table['film_id'])}"
    )
    for (side,), films in table.group_by("split", maintain_order=True):
        if side is not None:
            print(f"    {side}: {films.height} films; list {list_hash(films['film_id'])}")
    for note in notes:
        print(f"    {note}")
    published = CATALOGUE[name].films if name in CATALOGUE else _SAMPLE_FILMS
    if table.height != published:
        print(f"    not the whole collection: it was published with {published} films")
        return DataError.exit_status
    return 0


# ------------------------------------------------------------------------------------------------------------- words


def _bytes(count: int) -> str:
    """Bytes for a reader.

    >>> _bytes(1_235_512_464), _bytes(900)
    ('1.24 GB', '900 bytes')
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} bytes"


def _say(text: str, end: str = "\n") -> None:
    print(text, file=sys.stderr, end=end, flush=True)
