"""The results of one film for other systems: made whole, then written, and what could not be made said with its reason."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetread.cli.films import Answer
from wetread.cli.talk import worst
from wetread.errors import SourceError, WetreadError

if TYPE_CHECKING:
    from wetread.clinical.kinds import Kind
    from wetread.clinical.source import Source
    from wetread.clinical.uids import Predecessor

__all__ = ["Made", "make"]

_BUG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of the results that were asked for, for one film.

    Parameters
    ----------
    written
        Names of the files that lie in the film's folder now, in the order of the kinds.
    missing
        Kinds that could not be made, and why.
    notes
        Keywords of the film's header and what was repaired or left out there.
    exit_status
        0 where all were made, 4 where the film's header does not allow it, 1 where the program has a defect.
    """

    written: tuple[str, ...] = ()
    missing: dict[str, str]
    notes: tuple[tuple[str, str], ...] = ()
    exit_status: int = 0

    def to_json(self) -> dict[str, Any]:
        """As it stands in the film's line."""
        notes = [{"tag": keyword, "message": message} for keyword, message in self.notes]
        return {"written": list(self.written), "missing": dict(self.missing), "notes": notes}

    def lines(self) -> list[str]:
        """In words, for a terminal."""
        made = [f"    results: {', '.join(self.written)}"] if self.written else []
        whys: dict[str, list[str]] = {}
        for kind, why in self.missing.items():
            whys.setdefault(why, []).append(kind)
        made += [f"    not made: {', '.join(names)}: {why}" for why, names in whys.items()]
        return made + [f"    header [{keyword}]: {message}" for keyword, message in self.notes]


def make(given: Answer, kinds: Sequence[Kind], place: Path, *, when: datetime) -> Made:
    """Make a film's results and write them into its folder, each as a whole or not at all.

    An earlier result of the same kind there is replaced, and named as replaced in a DICOM object; one that says the same
    (it has the same UID) stays as it is, for an archive may have it already. One that can no longer be made is removed:
    it would stand beside a reading that it is not of.

    Parameters
    ----------
    given
        An answer with a reading.
    kinds
        What is asked for.
    place
        The film's folder.
    when
        Time of the reading, with its zone.

    Raises
    ------
    OSError
        If a file cannot be written. What was written is whole.
    """
    try:
        source = _source(given)
    except WetreadError as error:
        return _none(kinds, place, str(error), error.exit_status)
    except Exception as error:  # noqa: BLE001  # a header that breaks its parser costs its own results, not the batch
        return _none(kinds, place, _defect(error), _BUG)
    encoded: dict[str, bytes] = {}
    missing: dict[str, str] = {}
    statuses = []
    for kind in kinds:
        name = kind.name + kind.suffix
        try:
            encoded[name] = _encoded(given, kind, source, place / name, when)
        except WetreadError as error:
            missing[kind.name] = str(error)
            statuses.append(error.exit_status)
        except Exception as error:  # noqa: BLE001  # a defect costs this result, not the batch
            missing[kind.name] = _defect(error)
            statuses.append(_BUG)
    place.mkdir(parents=True, exist_ok=True)
    for name, content in encoded.items():
        _write(place / name, content)
    _remove(place, [kind.name + kind.suffix for kind in kinds if kind.name in missing])
    notes = tuple((note.keyword, note.message) for note in source.notes)
    return Made(written=tuple(encoded), missing=missing, notes=notes, exit_status=worst(statuses))


def _none(kinds: Sequence[Kind], place: Path, why: str, exit_status: int) -> Made:
    _remove(place, [kind.name + kind.suffix for kind in kinds])
    return Made(missing={kind.name: why for kind in kinds}, exit_status=exit_status)


def _defect(error: Exception) -> str:
    """What is told of a bug: its own text may quote the header, so only its kind."""
    return f"a defect of the program ({type(error).__name__}); please report it"


def _source(given: Answer) -> Source:
    """The film's header once more, from the very bytes that were read: a file may have been exchanged meanwhile."""
    from wetread.clinical import source
    from wetread.radiograph.door import open_dataset

    try:
        content = Path(given.file).read_bytes()
    except OSError as error:
        raise SourceError(
            "the file could not be opened a second time, for its header: nothing says whose it is"
        ) from error
    if not given.key or not sha256(content).hexdigest().startswith(given.key):
        raise SourceError("the file changed while it was read: its header may be of another film. Read it again")
    if given.film is not None and given.film.facts.kind == "image":
        raise SourceError(
            "an image file names no patient, no study and no film, so that no result can be filed with it: give the "
            "DICOM film"
        )
    return source.of(open_dataset(content), given.film)


def _encoded(given: Answer, kind: Kind, source: Source, path: Path, when: datetime) -> bytes:
    """The file of a result; the earlier one itself where it says the same."""
    from wetread.clinical.kinds import encode
    from wetread.clinical.uids import Predecessor

    if given.reading is None:
        raise LookupError("an answer without a reading has no results")
    before = _earlier(path, kind, source)
    made = kind.build(given.reading, source, when=when, replaces=before[0] if before else None)
    if before and before[0] == Predecessor.of(made):  # type: ignore[arg-type]  # a DICOM kind makes a Dataset
        return before[1]
    return encode(made)


def _earlier(path: Path, kind: Kind, source: Source) -> tuple[Predecessor, bytes] | None:
    """The earlier object of this kind and film in the folder, with its bytes; None where there is none that is whole."""
    from pydicom import dcmread

    from wetread.clinical.kinds import encode
    from wetread.clinical.uids import Predecessor

    if kind.sop_class_uid is None:
        return None
    try:
        content = path.read_bytes()
        found = dcmread(BytesIO(content))
        known = Predecessor.of(found)
        whole = encode(found) == content
    except Exception:  # noqa: BLE001  # not there, or not ours, or damaged: then it is written anew
        return None
    ours = known.study_uid == source.study_uid and known.sop_class_uid == kind.sop_class_uid
    return (known, content) if whole and ours and known.sop_uid.startswith("2.25.") else None


def _write(path: Path, content: bytes) -> None:
    """Write beside, then rename: a reader never sees half a file."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _remove(place: Path, names: Sequence[str]) -> None:
    for name in names:
        (place / name).unlink(missing_ok=True)
