"""The process in which films are decoded: codecs run here, under limits, and what breaks down breaks down here.

Started by `wetread.radiograph.guard` with a pipe in either direction; it ends when the pipe does. It imports what it
needs before the limits hold, and runs one film at a time in one thread.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import hashlib
import os
import select
import signal
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
from pydicom.dataset import Dataset

from wetread.errors import CrashError, LimitError, NotAFilmError, UnreadableError, UsageError
from wetread.radiograph.door import open_dataset, read
from wetread.radiograph.header import facts
from wetread.radiograph.image import is_image
from wetread.radiograph.messages import film_head, receive, receive_into, send
from wetread.radiograph.reasons import eligibility
from wetread.radiograph.reduce import Need
from wetread.radiograph.value import Facts, IntendedUse

__all__ = ["content", "main"]

_FILES = 64  # open at once: the pipes, the film, and a codec that is being imported
_GRACE = 2.0  # seconds after which a worker ends itself where nobody is left to end it
_IDLE = 10.0  # seconds between two looks whether the parent is still there
_MEBIBYTE = 1 << 20
_ROOM = 64 * _MEBIBYTE  # that must be free beside interpreter and libraries
_CHUNK = 1 << 24
# glibc's names of what decides when memory goes back to the system, and sizes: a film's buffers are then used again.
_MALLOPT = {-3: 32 * _MEBIBYTE, -1: 128 * _MEBIBYTE}  # M_MMAP_THRESHOLD, M_TRIM_THRESHOLD

Tell = Callable[..., None]


class _Limits(NamedTuple):
    seconds: float
    megabytes: int
    file_megabytes: int


def main(given: Mapping[str, Any]) -> None:
    """Serve until the pipe ends; `given` holds the fields of `wetread.radiograph.guard.Limits`."""
    limits = _Limits(**given)
    asked, told = _pipes()
    parent = os.getppid()

    def tell(head: dict[str, Any], *payload: memoryview) -> None:
        send(told, head, *payload)

    with contextlib.suppress(BrokenPipeError):
        _keep_memory()
        try:
            _confine(limits)
            bytearray(_ROOM)
        except (OSError, ValueError) as error:
            tell({"failed": f"cannot set its limits ({error})"})
            return
        except MemoryError:
            tell({"failed": "has no room for films beside its own libraries"})
            return
        tell({"ready": os.getpid()})
        for request, payload in _requests(asked, parent):
            _arm(limits.seconds + _GRACE)
            _answer(request, payload, limits, tell)
            del payload
            _arm(0)


def _pipes() -> tuple[int, int]:
    """The two ends of the conversation; what codecs print on standard output and error goes nowhere."""
    asked, told = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    return asked, told


def _confine(limits: _Limits) -> None:
    """Limits of the operating system; there are none on Windows."""
    sys.dont_write_bytecode = True
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends its workers
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    try:
        import resource
    except ModuleNotFoundError:
        return
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_AS, limits.megabytes * _MEBIBYTE),
    ):
        _, hard = resource.getrlimit(what)
        kept = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (kept, kept))
    gc.freeze()


def _keep_memory() -> None:
    """Let the allocator keep the buffers of one film for the next: asking the system for them anew costs a third of the
    time of a large film, in page faults. Other C libraries than glibc know no such wish.
    """
    import ctypes

    with contextlib.suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        for what, size in _MALLOPT.items():
            library.mallopt(what, size)


def _arm(seconds: float) -> None:
    """Let the kernel end this process after so many seconds, whatever a codec is doing then; 0 takes that back."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _requests(pipe: int, parent: int) -> Iterator[tuple[dict[str, Any], bytes | None]]:
    while True:
        while os.name == "posix" and not select.select([pipe], [], [], _IDLE)[0]:
            if os.getppid() != parent:
                return
        try:
            request = receive(pipe)
            payload = None
            if request["path"] is None:
                payload = _laid_down(pipe, request["size"], request["shared"])
        except EOFError:
            return
        yield request, payload


def _laid_down(pipe: int, size: int, shared: int | None) -> bytes:
    """A film's content, from the memory that both processes reach, or from the pipe."""
    if shared is not None:
        parts, place = [], 0
        while place < size and (part := os.pread(shared, size - place, place)):
            parts.append(part)
            place += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)
    buffer = bytearray(size)
    receive_into(pipe, memoryview(buffer))
    return bytes(buffer)


def _answer(request: dict[str, Any], payload: bytes | None, limits: _Limits, tell: Tell) -> None:
    """Tell the facts as soon as they are known, then the film or why there is none."""
    try:
        _serve(request, payload, limits, tell)
    except BrokenPipeError:
        raise
    except UsageError as error:
        tell({"usage": str(error)})
    except Exception as error:  # noqa: BLE001 - whatever a film sets off costs that film alone
        told, worn = _told(error, limits)
        tell({"error": [told.code, str(told)], "worn": worn})


def _serve(request: dict[str, Any], payload: bytes | None, limits: _Limits, tell: Tell) -> None:
    if payload is None:
        source = content(os.fsdecode(bytes.fromhex(request["path"])), limits)
        tell({"sha256": hashlib.sha256(source).hexdigest()})
    else:
        source = payload
    del payload
    uses = [IntendedUse(**{key: _tuple(value) for key, value in use.items()}) for use in request["uses"]]
    wanted = request["enough"]
    enough = Need(**wanted) if isinstance(wanted, dict) else _tuple(wanted)

    def forbidden(found: Facts) -> bool:
        return bool(uses) and all(eligibility(found, use, constancy=request["constancy"]) for use in uses)

    view = request["view"]
    opened: bytes | Dataset = source
    if not is_image(source):
        opened = open_dataset(source)
        known = facts(opened, view=None if request["images_only"] else view)
        tell({"facts": asdict(known)})
        if forbidden(known):
            tell({"film": None})
            return
        view = None if request["images_only"] else view
    del source
    film = read(opened, view=view, enough=enough)
    if isinstance(opened, bytes):
        tell({"facts": asdict(film.facts)})
        if forbidden(film.facts):
            tell({"film": None})
            return
    tell({"film": film_head(film)}, np.ascontiguousarray(film.pixels).data.cast("B"))


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def content(path: str, limits: Any) -> bytes:
    """A regular file's bytes; nothing else is opened, and nothing here waits for a writer.

    Raises
    ------
    NotAFilmError
        For a folder, a device, a named pipe or a socket.
    LimitError
        For a file of more than `limits.file_megabytes`.
    UnreadableError
        If it cannot be opened.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - a name with odd bytes stays what it is
        if stat.S_ISREG(found.st_mode):
            return _whole(path, limits.file_megabytes)
        if stat.S_ISDIR(found.st_mode):
            with os.scandir(path):
                raise NotAFilmError("this is a folder: name the films in it")
    except UnreadableError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name cannot be one of a file"
        raise UnreadableError(f"the file cannot be opened: {reason}") from error
    raise NotAFilmError("this is no regular file: name a film or a folder of films")


def _whole(path: str, megabytes: int) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    opened = os.open(path, flags | getattr(os, "O_NOCTTY", 0))
    try:
        known = os.fstat(opened)
        if not stat.S_ISREG(known.st_mode):  # replaced since it was looked at
            raise NotAFilmError("this is no regular file: name a film or a folder of films")
        most = megabytes * _MEBIBYTE
        if known.st_size > most:
            raise LimitError(
                f"the file has {known.st_size / _MEBIBYTE:.0f} MiB and no film has more than {megabytes}: it is no film"
            )
        parts, left = [], most + 1
        while left and (part := os.read(opened, min(left, max(known.st_size + 1, 1), _CHUNK))):
            parts.append(part)
            left -= len(part)
        if not left:
            raise LimitError(f"the file grows while it is read, beyond {megabytes} MiB: send it when it is complete")
        return parts[0] if len(parts) == 1 else b"".join(parts)
    finally:
        os.close(opened)


def _told(error: Exception, limits: _Limits) -> tuple[UnreadableError, bool]:
    """The error in words, and whether this process should be replaced: what ran out of memory may not recover."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    for cause in chain:
        if isinstance(cause, MemoryError) or (isinstance(cause, OSError) and cause.errno == errno.ENOMEM):
            message = (
                f"decoding needs more than the {limits.megabytes} MiB of memory that a film may take: it is damaged, made "
                "to do harm, or no radiograph"
            )
            return LimitError(message), True
        if isinstance(cause, RecursionError):
            return LimitError("the header is nested deeper than any film's: it is damaged or made to do harm"), True
    if isinstance(error, UnreadableError):
        return error, False
    # Its own text may quote the header, and with it a patient: its kind is all that is told.
    return CrashError(f"decoding met a defect of the program ({type(error).__name__}); please report it"), True
