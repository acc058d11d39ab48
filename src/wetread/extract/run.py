"""The extraction: every file of an archive through guarded workers, its picture written, its row kept."""

from __future__ import annotations

import json
import os
import queue
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wetread.errors import UsageError
from wetread.extract import manifest
from wetread.extract.archive import Entry, entries
from wetread.extract.journal import SCHEMA, Journal
from wetread.extract.key import Key, load_key, make_key
from wetread.extract.options import Options
from wetread.extract.picture import encoded, fitted
from wetread.extract.place import Place, digest
from wetread.extract.row import judged
from wetread.radiograph import Radiograph
from wetread.radiograph.many import Ask, Crew, cores

__all__ = ["Summary", "extract"]

_PASSING = ("limit", "crash", "unreadable")  # what may have been the machine's fault is tried again by the next run
_PROFILE = (
    "DICOM PS3.15 Annex E: Basic Application Level Confidentiality Profile, with Retain Longitudinal Temporal Information "
    "with Modified Dates; of patient characteristics sex and age in years are retained (90 and over as one). No DICOM "
    "object leaves the archive: pictures, and this table's closed columns. Pixels are not cleaned."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What became of the archive's files.

    Parameters
    ----------
    files
        All of them: the manifest's rows.
    written, refused, set_aside, unreadable, duplicates
        How many have a picture, are not taken, may show text, cannot be read, or are copies of an earlier file.
    defects
        Of the unreadable: those that met a defect of the program.
    patients
        Pseudonyms of patients among the written.
    resumed
        Files that an earlier run had done.
    key_made
        Whether this run made the key.
    key, manifest
        Where they are.
    """

    files: int
    written: int
    refused: int
    set_aside: int
    unreadable: int
    duplicates: int
    defects: int
    patients: int
    resumed: int
    key_made: bool
    key: Path
    manifest: Path

    def to_json(self) -> dict[str, Any]:
        """Every field by name, paths as text."""
        return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}


def extract(
    source: Path,
    out: Path,
    options: Options | None = None,
    *,
    key: Path | None = None,
    source_map: bool = False,
    workers: int | None = None,
    step: Callable[[int, int], None] | None = None,
) -> Summary:
    """Turn a folder of DICOM films into an image set, or go on where an earlier run was stopped.

    Parameters
    ----------
    source
        The archive: a folder tree of any depth, other files among the films.
    out
        Folder of the set: `images/`, `set_aside/`, `manifest.parquet`, `extract.json`, `journal.jsonl`. New, empty, or
        an earlier run's with the same key, source and options.
    options
        What is extracted and how.
    key
        File of the secret key; made (mode 0600) where there is none. By default beside the folder, `out` with `.key`
        added. It never lies in `out`.
    source_map
        Write `source_map.parquet` beside the key (mode 0600): which film is which file. Whoever has it, or the key and
        the archive, can undo the pseudonyms.
    workers
        Processes that decode, each with a thread that judges and encodes; by default one for each processor.
    step
        Called with the number of files done and of all, after each.

    Returns
    -------
    Summary
        Counts, and where key and manifest are. A film that cannot be read or is not taken has its row and stops nothing.

    Raises
    ------
    UsageError
        If source, folder, key or options do not go together, another run holds the folder, or it cannot be written.
    AlteredError
        If the journal is damaged.

    Notes
    -----
    At most three films for each worker are in memory.
    """
    options = options or Options()
    place_of_key = key or out.with_name(f"{out.name}.key")
    _require_apart(source, out, place_of_key)
    with Place(out) as place:
        secret, made = _secret(place_of_key, place)
        barred = [out, place_of_key, _map_beside(place_of_key)]
        found = entries(source, secret, without=barred)
        head = {
            "key": secret.name("check"),
            "source": secret.name("archive", os.fsencode(source.resolve())),
            "options": options.to_json(),
        }
        try:
            with Journal(place.journal, head) as journal:
                left = [entry for entry in found if not _is_done(entry, journal, place)]
                resumed = len(found) - len(left)
                _Run(place, secret, options, journal, workers).do(
                    left, lambda done: step and step(resumed + done, len(found))
                )
                table = manifest.assemble(found, journal.row, secret)
            _finish(table, place, options, None if not source_map else (_map_beside(place_of_key), found))
        except OSError as error:
            raise UsageError(
                f"the image set cannot be written to {out}: {error.strerror}; what is done is kept: run it again"
            ) from error
    return _summary(table, resumed, made, place_of_key, out)


def _require_apart(source: Path, out: Path, key: Path) -> None:
    archive, place = source.resolve(), out.resolve()
    if archive == place or place in archive.parents:
        raise UsageError(f"the archive {source} lies in {out}, where the image set goes: name another folder")
    if place == key.resolve() or place in key.resolve().parents:
        raise UsageError(f"the key {key} lies in {out}, and would be given away with the set: name a place outside")


def _secret(path: Path, place: Place) -> tuple[Key, bool]:
    if path.exists():
        return load_key(path), False
    if place.journal.exists() and place.journal.stat().st_size:
        raise UsageError(f"{place.out} was begun with a key that is not at {path}: name it with --key, or a new folder")
    return make_key(path), True


def _map_beside(key: Path) -> Path:
    return key.with_name("source_map.parquet")


def _is_done(entry: Entry, journal: Journal, place: Place) -> bool:
    if entry.mark not in journal:
        return False
    row = journal.row(entry.mark)
    return row.get("reason_code") not in _PASSING and place.has(row)


class _Run:
    """Lanes, each a worker process and the thread that it belongs to; the calling thread alone keeps the journal.

    Films differ in cost by a hundred times, so no lane waits for another's: rows come as they are done.
    """

    def __init__(self, place: Place, key: Key, options: Options, journal: Journal, workers: int | None) -> None:
        self._place, self._key, self._options, self._journal = place, key, options, journal
        self._lanes = cores() if workers is None else workers

    def do(self, left: Sequence[Entry], step: Callable[[int], object]) -> None:
        """Every file of the list; each is in the journal when its picture is there."""
        if self._lanes < 1:
            raise UsageError(f"films are read by at least one worker, not by {self._lanes}")
        rows: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        line = _Line(left)
        lanes = min(self._lanes, len(left))
        with ThreadPoolExecutor(max(lanes, 1), "wetread-extract") as pool:
            done = [pool.submit(self._lane, line, rows) for _ in range(lanes)]
            try:
                for count in range(1, len(left) + 1):
                    row = rows.get()
                    if row is None:  # a lane has ended before its time
                        break
                    self._journal.append(row)
                    step(count)
            finally:
                line.close()
            for lane in done:
                lane.result()

    def _lane(self, line: _Line, rows: queue.SimpleQueue[dict[str, Any] | None]) -> None:
        """One worker's films from request to picture; the next two are decoded meanwhile."""
        asked: deque[Entry] = deque()

        def paths() -> Iterator[Path]:
            while (entry := line.next()) is not None:
                asked.append(entry)
                yield entry.path

        try:
            with Crew(1) as crew:
                for outcome in crew.read(paths(), Ask(enough=self._options.need, uses=self._options.uses)):
                    row, film = judged(asked.popleft(), outcome, self._key, self._options)
                    rows.put(row if film is None else self._written(row, film))
        except BaseException:
            line.close()
            rows.put(None)
            raise

    def _written(self, row: dict[str, Any], film: Radiograph) -> dict[str, Any]:
        picture, transform = fitted(film, self._options)
        content = encoded(picture)
        name = self._place.picture(row["film_id"])
        self._place.keep(name, row["mark"], content)
        return row | {
            "picture": name,
            "transform": json.dumps(transform, sort_keys=True),
            "picture_bytes": len(content),
            "picture_sha256": digest(content),
        }


class _Line:
    """Files that wait, for several threads; none once it is closed."""

    def __init__(self, waiting: Sequence[Entry]) -> None:
        self._waiting, self._lock = iter(waiting), threading.Lock()

    def next(self) -> Entry | None:
        with self._lock:
            return next(self._waiting, None)

    def close(self) -> None:
        with self._lock:
            self._waiting = iter(())


def _finish(table: Any, place: Place, options: Options, mapped: tuple[Path, Sequence[Entry]] | None) -> None:
    """Manifest last: where it is, everything that it names is."""
    place.sweep({name for name in table["picture"] if name is not None})
    aside = place.out / "set_aside"
    aside.mkdir(exist_ok=True)
    import polars as pl

    listed = table.filter(pl.col("status") == "set-aside").select(
        "film_id", "patient_id", "reason_code", "reason_message"
    )
    _write_whole(aside / "films.csv", listed.write_csv())
    counts = dict(sorted(Counter(table["status"]).items()))
    about = {"schema": SCHEMA, "profile": _PROFILE, "options": options.to_json(), "counts": counts}
    _write_whole(place.out / "extract.json", json.dumps(about, indent=1) + "\n")
    if mapped is not None:
        path, found = mapped
        names = [entry.relative.decode("utf-8", "backslashreplace") for entry in found]
        manifest.write_table(pl.DataFrame({"film_id": table["film_id"], "file": names}), path, private=True)
    manifest.write_table(table, place.out / "manifest.parquet")


def _write_whole(path: Path, text: str) -> None:
    scratch = path.with_name(f".{path.name}.part")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)


def _summary(table: Any, resumed: int, made: bool, key: Path, out: Path) -> Summary:
    import polars as pl

    counts = Counter(table["status"])
    written = table.filter(pl.col("status") == "written")
    return Summary(
        files=table.height,
        written=counts["written"],
        refused=counts["refused"],
        set_aside=counts["set-aside"],
        unreadable=counts["unreadable"],
        duplicates=counts["duplicate"],
        defects=table.filter(pl.col("reason_code") == "bug").height,
        patients=written["patient_id"].n_unique(),
        resumed=resumed,
        key_made=made,
        key=key,
        manifest=out / "manifest.parquet",
    )
