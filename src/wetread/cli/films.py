"""From what the user named to one answer per film, whatever the file holds."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from wetread.bundle import Bundle, find, load
from wetread.bundle.engine import EngineName
from wetread.bundle.released import DEFAULT, RELEASED
from wetread.errors import Code, IntegrityError, NotAFilmError, Reason, UnreadableError, UsageError
from wetread.inference import Reader, Reading, choose, refuse
from wetread.radiograph import Facts, Radiograph, notices, read
from wetread.radiograph.door import open_dataset
from wetread.radiograph.header import facts as header_facts
from wetread.radiograph.image import is_image

__all__ = ["Answer", "Readers", "answer", "listed"]

_BUG = 1


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What came of one input.

    `reading` is None where the file could not be read: then `code` and `message` say why. `film` is the picture where
    there is one. `key` names the film in file names without naming a patient: the first hex digits of its hash.
    """

    file: str
    key: str
    exit_status: int
    reading: Reading | None = None
    film: Radiograph | None = None
    code: str = ""
    message: str = ""

    def to_json(self) -> dict[str, Any]:
        """The line of this film: the reading's own schema, with the file's name."""
        if self.reading is not None:
            return {"file": self.file, **self.reading.to_json()}
        return {
            "file": self.file,
            "status": "unreadable",
            "reasons": [{"code": self.code, "message": self.message, "tag": None}],
        }


def listed(named: Sequence[str], *, out: Path | None = None) -> Iterator[Path]:
    """Every file that was named, and every file below a folder that was named, in order of path.

    Below a folder, hidden files are left out, and what lies in `out`: results of an earlier run are no films.

    Raises
    ------
    UsageError
        For a folder without files: a silent nothing would look like a finished batch.
    """
    for name in named:
        path = Path(name)
        if not _is_folder(path):
            yield path
            continue
        results = out.resolve() if out else None
        inside = sorted(
            file
            for file in path.rglob("*")
            if file.is_file() and not file.name.startswith(".") and results not in file.resolve().parents
        )
        if not inside:
            raise UsageError(f"there are no files in {name}")
        yield from inside


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name too long, a folder that may not be entered: told when it is opened
        return False


class Readers:
    """The released models, or the one that was asked for: hashes checked, networks started when a film needs them."""

    def __init__(
        self, *, bundle: str | None, engine: EngineName, unknown_age: Literal["notice", "refuse"] | None = None
    ) -> None:
        names = (bundle,) if bundle else RELEASED
        opened = [self._open(name, engine, unknown_age) for name in names]
        self._readers = {reader.bundle.card.name: reader for reader in map(Reader, opened)}
        self._default = opened[names.index(DEFAULT) if bundle is None else 0].card.name

    @staticmethod
    def _open(name: str, engine: EngineName, unknown_age: Literal["notice", "refuse"] | None) -> Bundle:
        bundle = load(find(name), engine=engine)
        if unknown_age is None:
            return bundle
        use = replace(bundle.card.intended_use, unknown_age=unknown_age)
        return replace(bundle, card=replace(bundle.card, intended_use=use))

    def choose(self, facts: Facts, *, constancy: bool = False) -> tuple[Reader, tuple[Reason, ...]]:
        """The reader for a film, and every reason why its header forbids reading it."""
        uses = {name: reader.bundle.card.intended_use for name, reader in self._readers.items()}
        name, between = choose(facts, uses, default=self._default)
        reader = self._readers[name]
        reasons = reader.reasons(facts, constancy=constancy)
        # The age between two populations is told once, in the sentence that names both.
        others = tuple(reason for reason in reasons if not (between and reason.code is Code.AGE))
        return reader, others + between


def answer(
    path: Path,
    readers: Readers,
    *,
    view: str | None = None,
    prevalence: float | None = None,
    picture: bool = False,
    constancy: bool = False,
) -> Answer:
    """Read one file; whatever it holds, an answer comes back.

    Parameters
    ----------
    path, readers
        The file, and the models.
    view, prevalence
        As the user states them.
    picture
        Decode a refused film too, where it can be, so that the page can show it.
    constancy
        Read the phantom's constancy film, and nothing else.
    """
    key = ""
    try:
        content = _content(path)
        key = hashlib.sha256(content).hexdigest()[:12]
        reading, film = _read(content, readers, view, prevalence, picture, constancy)
    except UnreadableError as error:
        return Answer(str(path), key, error.exit_status, code=error.code, message=str(error))
    except OSError as error:
        message = f"the file cannot be opened: {error.strerror or type(error).__name__}"
        return Answer(str(path), key, UnreadableError.exit_status, code=UnreadableError.code, message=message)
    except (UsageError, IntegrityError):  # no film of the batch could be read
        raise
    except Exception as error:  # noqa: BLE001  # a defect on one film must not cost the batch its other films
        # The error's own text may quote the header, and with it a patient: its kind is all that is told.
        message = (
            f"this film met a defect of the program ({type(error).__name__}); the batch goes on. Please report it."
        )
        return Answer(str(path), key, _BUG, code="bug", message=message)
    return Answer(str(path), key, 3 if reading.status == "refused" else 0, reading, film)


def _content(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise NotAFilmError("this is no regular file: name a film or a folder of films")
    return path.read_bytes()


def _read(
    content: bytes, readers: Readers, view: str | None, prevalence: float | None, picture: bool, constancy: bool
) -> tuple[Reading, Radiograph | None]:
    begun = time.perf_counter()
    if is_image(content):
        film = read(content, view=view)
        facts, source = film.facts, None
    else:
        source = open_dataset(content)
        facts, film = header_facts(source, view=view), None
    reader, reasons = readers.choose(facts, constancy=constancy)
    if reasons:
        if picture and film is None and source is not None:
            film = _picture_of_refused(source, view)
        return refuse(reasons, notices(facts, reader.bundle.card.intended_use, constancy=constancy)), film
    reader.warm()
    if film is None:
        assert source is not None
        film = read(source, view=view)
    decoded = time.perf_counter()
    reading = reader.read(film, prevalence=prevalence, constancy=constancy, stopwatch=time.perf_counter)
    if reading.status == "read":
        timings = {"decode": round(1000 * (decoded - begun), 2), **reading.timings_ms}
        reading = replace(reading, timings_ms=timings)
    return reading, film


def _picture_of_refused(source: Any, view: str | None) -> Radiograph | None:
    """The picture of a film that is refused by its header, for the page; None where it cannot be had."""
    try:
        return read(source, view=view)
    except UnreadableError:
        return None
