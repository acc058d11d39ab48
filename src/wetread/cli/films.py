"""From what the user named to one answer per film, whatever the file holds."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from wetread.bundle import Bundle, find, load
from wetread.bundle.engine import EngineName
from wetread.bundle.gate import load_gate
from wetread.bundle.released import DEFAULT, RELEASED
from wetread.errors import Code, IntegrityError, Reason, UnreadableError, UsageError
from wetread.inference import Gate, Reader, Reading, choose, refuse
from wetread.radiograph import Facts, IntendedUse, Outcome, Radiograph, notices
from wetread.radiograph.many import Ask, Crew

__all__ = ["Answer", "Readers", "answers", "listed"]

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

    What was named comes out whatever it is, for it must be answered; so does a folder below that cannot be entered, for
    its films would be missed. Below a folder, hidden files are left out, and devices, pipes, sockets, links to nowhere
    and linked folders, and what lies in `out`: results of an earlier run are no films.

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
        inside = sorted(_below(path, out.resolve() if out else None))
        if not inside:
            raise UsageError(f"there are no files in {name}")
        yield from inside


def _below(folder: Path, results: Path | None) -> Iterator[Path]:
    """Files below a folder, and folders that cannot be entered."""
    closed: list[Path] = []
    for place, _, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        for file in (Path(place, name) for name in names if not name.startswith(".")):
            with contextlib.suppress(OSError, RuntimeError):  # a link to itself, or gone since it was listed
                if file.is_file() and (results is None or results not in file.resolve().parents):
                    yield file
    yield from closed


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name too long, a folder that may not be entered: told when it is opened
        return False


class Readers:
    """The released models, or the one that was asked for: hashes checked, networks started when a film needs them.

    `threads` holds a network to so many processors (None: all), where workers keep the others busy.
    """

    def __init__(
        self,
        *,
        bundle: str | None,
        engine: EngineName,
        unknown_age: Literal["notice", "refuse"] | None = None,
        threads: int | None = None,
    ) -> None:
        names = (bundle,) if bundle else RELEASED
        opened = [self._open(name, engine, unknown_age, threads) for name in names]
        gate = Gate(load_gate(engine=engine))
        self._readers = {bundle.card.name: Reader(bundle, gate) for bundle in opened}
        self._default = opened[names.index(DEFAULT) if bundle is None else 0].card.name

    @staticmethod
    def _open(
        name: str, engine: EngineName, unknown_age: Literal["notice", "refuse"] | None, threads: int | None
    ) -> Bundle:
        bundle = load(find(name), engine=engine, threads=threads)
        if unknown_age is None:
            return bundle
        use = replace(bundle.card.intended_use, unknown_age=unknown_age)
        return replace(bundle, card=replace(bundle.card, intended_use=use))

    @property
    def uses(self) -> tuple[IntendedUse, ...]:
        """The films that any of the models is meant for."""
        return tuple(reader.bundle.card.intended_use for reader in self._readers.values())

    @property
    def frame(self) -> tuple[int, int]:
        """Rows and columns that are enough for every model."""
        frames = [reader.bundle.card.input for reader in self._readers.values()]
        return max(frame.height for frame in frames), max(frame.width for frame in frames)

    def choose(self, facts: Facts, *, constancy: bool = False) -> tuple[Reader, tuple[Reason, ...]]:
        """The reader for a film, and every reason why its header forbids reading it."""
        uses = {name: reader.bundle.card.intended_use for name, reader in self._readers.items()}
        name, between = choose(facts, uses, default=self._default)
        reader = self._readers[name]
        reasons = reader.reasons(facts, constancy=constancy)
        # The age between two populations is told once, in the sentence that names both.
        others = tuple(reason for reason in reasons if not (between and reason.code is Code.AGE))
        return reader, others + between


def answers(
    paths: Sequence[Path],
    readers: Readers,
    crew: Crew,
    *,
    view: str | None = None,
    prevalence: float | None = None,
    picture: bool = False,
    constancy: bool = False,
) -> Iterator[Answer]:
    """Read files; whatever each holds, an answer comes back for it, in order.

    Parameters
    ----------
    paths, readers, crew
        The files, the models, and the workers that decode: a film that breaks its codec costs itself alone.
    view, prevalence
        As the user states them.
    picture
        Hand out whole pictures, and decode a refused film too, where it can be, so that the page can show it. A film
        is always judged by what its network needs of it, so that a page changes no answer.
    constancy
        Read the phantom's constancy film, and nothing else.
    """

    def warm(facts: Facts) -> None:
        with contextlib.suppress(Exception):  # whatever it is, it is told when the film is read
            reader, reasons = readers.choose(facts, constancy=constancy)
            if not reasons:
                reader.warm()

    def whole(path: Path, outcome: Outcome) -> Radiograph | None:
        film = outcome.film
        if not picture or film is None or film.reduction == 1:
            return film
        again = crew.read_one(path, Ask(view=view, constancy=constancy))
        return again.film if again.film is not None and again.sha256 == outcome.sha256 else film

    ask = Ask(
        view=view,
        enough=readers.frame,
        uses=() if picture else readers.uses,  # a film that all of them forbid is decoded only to be shown
        constancy=constancy,
    )
    for path, outcome in zip(paths, crew.read(paths, ask, seen=warm), strict=True):
        given = _answer(path, outcome, readers, prevalence, constancy)
        yield given if given.reading is None else replace(given, film=whole(path, outcome))


def _answer(path: Path, outcome: Outcome, readers: Readers, prevalence: float | None, constancy: bool) -> Answer:
    key = outcome.sha256[:12]
    try:
        reading = _reading(outcome, readers, prevalence, constancy)
    except UnreadableError as error:
        return Answer(str(path), key, error.exit_status, code=error.code, message=str(error))
    except (UsageError, IntegrityError):  # no film of the batch could be read
        raise
    except Exception as error:  # noqa: BLE001  # a defect on one film must not cost the batch its other films
        # The error's own text may quote the header, and with it a patient: its kind is all that is told.
        message = (
            f"this film met a defect of the program ({type(error).__name__}); the batch goes on. Please report it."
        )
        return Answer(str(path), key, _BUG, code="bug", message=message)
    return Answer(str(path), key, 3 if reading.status == "refused" else 0, reading)


def _reading(outcome: Outcome, readers: Readers, prevalence: float | None, constancy: bool) -> Reading:
    """What the header forbids is refused, whether or not the picture can be decoded."""
    if outcome.facts is not None:
        reader, reasons = readers.choose(outcome.facts, constancy=constancy)
        if reasons:
            return refuse(reasons, notices(outcome.facts, reader.bundle.card.intended_use, constancy=constancy))
        if outcome.film is not None:
            reading = reader.read(outcome.film, prevalence=prevalence, constancy=constancy, stopwatch=time.perf_counter)
            if reading.status != "read":
                return reading
            return replace(reading, timings_ms={"decode": round(1000 * outcome.seconds, 2), **reading.timings_ms})
    if outcome.error is None:
        raise LookupError("a film that was not decoded and is not refused")
    raise outcome.error
