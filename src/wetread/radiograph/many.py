"""Many films, decoded in guarded processes on every core, handed out in order, a few of them in memory at a time."""

from __future__ import annotations

import os
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from wetread.errors import ConfigError, UnreadableError
from wetread.radiograph.guard import Answer, Ask, Limits, Worker

if TYPE_CHECKING:
    from wetread.radiograph.reduce import Enough
    from wetread.radiograph.value import Facts, IntendedUse, Radiograph

__all__ = ["Ask", "Crew", "Limits", "Outcome", "cores", "read_many"]

_STARTING = 60.0  # seconds that a worker may take to start, on a machine that does much else
_LOOK = 1.0  # seconds after which a waiting thread looks around, so that an interruption reaches it on every system
_AHEAD = 2  # films for each worker that are on their way at a time


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of one source.

    Parameters
    ----------
    sha256
        Hash of the file, 64 hex digits; "" where it could not be opened.
    facts
        What its header says; None where that could not be read.
    film
        The picture; None where it could not be decoded, or was not because the header forbids every use.
    error
        Why there is no film; None where there is one or the header forbids it.
    seconds
        From the request to the last pixel.
    """

    sha256: str
    facts: Facts | None = None
    film: Radiograph | None = None
    error: UnreadableError | None = None
    seconds: float = 0.0


def read_many(
    sources: Iterable[Path | str | bytes],
    *,
    view: str | None = None,
    enough: Enough | None = None,
    uses: tuple[IntendedUse, ...] = (),
    constancy: bool = False,
    workers: int | None = None,
    limits: Limits | None = None,
) -> Iterator[Outcome]:
    """Read films, each in a guarded worker process, and hand them out in their order.

    A film that breaks its codec, takes too long or too much memory costs itself and nothing else. At most two films for
    each worker are on their way or wait to be handed out, so memory does not grow with their number; `sources` may be a
    generator, which is asked that far ahead. Workers end with the iterator, by its end, its `close` or its collection.

    Parameters
    ----------
    sources
        Paths of files, or files' contents as bytes.
    view, enough
        As for `read`.
    uses, constancy
        A film whose header already forbids all these uses (`eligibility`) is not decoded: facts, and no film. With no
        uses every film is decoded.
    workers
        Processes; by default one for each processor that this process may use.
    limits
        Of each film; `Limits()` by default. Windows has no limit of memory.

    Yields
    ------
    Outcome
        One for each source.

    Raises
    ------
    ConfigError
        If no worker can be started.
    UsageError
        If `view` names no projection.
    """
    ask = Ask(view=view, enough=enough, uses=tuple(uses), constancy=constancy)
    with Crew(workers, limits) as crew:
        yield from crew.read(sources, ask)


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Crew:
    """Workers that stay for several readings; the first is on its way as soon as the crew is made.

    Close it, use it as a context, or drop it: its processes end with it.

    Parameters
    ----------
    workers, limits
        As for `read_many`.

    Raises
    ------
    ConfigError
        If no worker can be started.
    """

    def __init__(self, workers: int | None = None, limits: Limits | None = None) -> None:
        count = cores() if workers is None else workers
        if count < 1:
            raise ConfigError(f"films are read by at least one worker, not by {count}")
        self.workers = count
        self._desk = _Desk(count, limits or Limits())
        self.close = weakref.finalize(self, self._desk.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(
        self, sources: Iterable[Path | str | bytes], ask: Ask, *, seen: Callable[[Facts], None] | None = None
    ) -> Iterator[Outcome]:
        """Outcomes in the order of the sources; `seen` is called with the facts of the film that is waited for."""
        desk, jobs, source = self._desk, deque[_Job](), iter(sources)
        try:
            while True:
                while len(jobs) < _AHEAD * self.workers and (one := next(source, None)) is not None:
                    jobs.append(desk.submit(one, ask))
                if not jobs:
                    return
                # Nothing here keeps a film that has been handed out.
                yield desk.result(jobs.popleft(), seen)
        finally:
            desk.drop(jobs)

    def read_one(self, source: Path | str | bytes, ask: Ask) -> Outcome:
        """One film, before those that wait."""
        return self._desk.result(self._desk.submit(source, ask, first=True), None)


@dataclass(slots=True, eq=False)
class _Job:
    """One film on its way. Every field is changed under the desk's lock, `answer` by its worker's thread alone."""

    source: bytes | str
    ask: Ask
    answer: Answer = field(default_factory=Answer)
    worker: Worker | None = None
    deadline: float = 0.0
    begun: float = 0.0
    outcome: Outcome | None = None
    facts: Facts | None = None


class _Desk:
    """Where jobs lie until a thread takes them to its worker: one thread for each process, which only waits."""

    def __init__(self, count: int, limits: Limits) -> None:
        self._count, self._limits = count, limits
        self._changed = threading.Condition()
        self._waiting: deque[_Job] = deque()
        self._running: set[_Job] = set()
        self._workers: set[Worker] = set()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False
        self._failure: BaseException | None = None
        self._hire_thread(self._hire())

    def submit(self, source: Path | str | bytes, ask: Ask, *, first: bool = False) -> _Job:
        """Lay down a job; `first` before those that wait."""
        job = _Job(source if isinstance(source, bytes) else os.fspath(source), ask)
        with self._changed:
            if self._closed:
                raise ValueError("these workers have been closed")
            (self._waiting.appendleft if first else self._waiting.append)(job)
            if self._idle < len(self._waiting) and len(self._threads) < self._count:
                self._hire_thread(None)
            self._changed.notify_all()
        return job

    def result(self, job: _Job, seen: Callable[[Facts], None] | None) -> Outcome:
        """Wait for a job, and end the workers of all jobs that take too long."""
        while True:
            with self._changed:
                while job.outcome is None and (seen is None or job.facts is None):
                    if self._failure is not None:
                        raise self._failure
                    if self._closed:
                        raise ValueError("these workers have been closed")
                    self._changed.wait(max(min(self._stop_overdue(), _LOOK), 0.001))
                if job.outcome is not None:
                    return job.outcome
                known = job.facts
            if seen is not None and known is not None:
                seen(known)
                seen = None

    def drop(self, jobs: Iterable[_Job]) -> None:
        """Take back the jobs that no worker has taken yet."""
        with self._changed:
            gone = set(jobs)
            self._waiting = deque(job for job in self._waiting if job not in gone)

    def close(self) -> None:
        """End all workers; what was not handed out is lost."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            for worker in self._workers:
                worker.kill()
            self._changed.notify_all()
        for thread in self._threads:
            if thread is not threading.current_thread() and not sys.is_finalizing():
                thread.join()

    def _stop_overdue(self) -> float:
        """Seconds until the next deadline."""
        now = time.monotonic()
        for job in self._running:
            if job.deadline <= now and job.worker is not None:
                job.worker.stop()
        return min((job.deadline - now for job in self._running if job.deadline > now), default=_LOOK)

    def _hire(self) -> Worker:
        worker = Worker(self._limits)
        with self._changed:
            self._workers.add(worker)
            if self._closed:
                worker.kill()
        return worker

    def _hire_thread(self, worker: Worker | None) -> None:
        name = f"wetread-film-{len(self._threads)}"
        thread = threading.Thread(target=self._serve, args=(worker,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self, worker: Worker | None) -> None:
        """One thread: take a job, let the worker do it, replace the worker where it broke down."""
        try:
            while (job := self._take()) is not None:
                if worker is not None and not worker.alive:
                    self._dismiss(worker)
                    worker = None
                worker = worker or self._hire()
                self._work(job, worker)
                del job
        except BaseException as error:  # noqa: BLE001 - told to the thread that waits, which would wait for ever
            with self._changed:
                self._failure = self._failure or error
                self._changed.notify_all()
        finally:
            if worker is not None:
                self._dismiss(worker)

    def _dismiss(self, worker: Worker) -> None:
        worker.close()
        with self._changed:
            self._workers.discard(worker)

    def _take(self) -> _Job | None:
        with self._changed:
            self._idle += 1
            while not self._waiting and not self._closed:
                self._changed.wait()
            self._idle -= 1
            return None if self._closed else self._waiting.popleft()

    def _work(self, job: _Job, worker: Worker) -> None:
        with self._changed:
            job.worker, job.deadline = worker, time.monotonic() + _STARTING
            self._running.add(job)
            self._changed.notify_all()
        try:
            worker.ready()
            job.begun = time.monotonic()
            job.deadline = job.begun + self._limits.seconds
            worker.decode(job.source, job.ask, job.answer, lambda: self._progress(job))
        finally:
            with self._changed:
                self._running.discard(job)
                job.worker = None
        told, spent = job.answer, time.monotonic() - job.begun
        with self._changed:
            job.outcome = Outcome(told.sha256, told.facts, told.film, told.error, spent)
            self._changed.notify_all()

    def _progress(self, job: _Job) -> None:
        if job.answer.facts is not None:
            with self._changed:
                job.facts = job.answer.facts
                self._changed.notify_all()
