"""A worker process seen from outside: started, asked, stopped when it takes too long, and replaced when it breaks down.

This module loads neither NumPy nor pydicom, so that a worker can be on its way before its parent has loaded them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from wetread.errors import ConfigError, CrashError, LimitError, UnreadableError, UsageError
from wetread.radiograph.messages import error_of, facts_of, film_of, receive, send

if TYPE_CHECKING:
    from wetread.radiograph.reduce import Enough
    from wetread.radiograph.value import Facts, IntendedUse, Radiograph

__all__ = ["Answer", "Ask", "Limits", "Worker"]

_PIPE = 1 << 20  # bytes that wait in a pipe: with the usual 64 KiB the two processes wait for each other
_F_SETPIPE_SZ = 1031  # Linux
_MEBIBYTE = 1 << 20
_KEPT = 64 * _MEBIBYTE  # of shared memory stays for the next film
_DYING = 0.5  # seconds in which a process whose pipe has closed should be gone
# A codec's own threads would fight with the other workers for the same cores, and each takes address space.
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "OPJ_NUM_THREADS",
)
_BOOT = (
    "import json, os, sys; paths, one, limits = json.loads(sys.argv[1]); sys.path[:] = paths; "
    "os.environ.update(dict.fromkeys(one, '1')); from wetread.radiograph.worker import main; main(limits)"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one film may cost.

    Parameters
    ----------
    seconds
        From the request to the last pixel.
    megabytes
        MiB of address space of a worker, its interpreter and libraries included (about 250). Windows has no such
        limit: there a film can take what the machine has.
    file_megabytes
        MiB of a file; a larger one is not opened.
    """

    seconds: float = 30.0
    megabytes: int = 2048
    file_megabytes: int = 1024

    def __post_init__(self) -> None:
        if not (self.seconds > 0 and self.megabytes > 0 and self.file_megabytes > 0):
            raise ConfigError("the limits of a film are seconds and megabytes above 0")


@dataclass(frozen=True, slots=True)
class Ask:
    """How films are to be read: as `wetread.radiograph.read_many` says; `images_only` states the view of image files
    alone, for a DICOM header speaks for itself.
    """

    view: str | None = None
    enough: Enough | None = None
    uses: tuple[IntendedUse, ...] = ()
    constancy: bool = False
    images_only: bool = False

    def to_json(self) -> dict[str, Any]:
        """As the worker takes it."""
        return asdict(self)


@dataclass(slots=True, eq=False)
class Answer:
    """What a worker has told of a film so far."""

    sha256: str = ""
    facts: Facts | None = None
    film: Radiograph | None = None
    error: UnreadableError | None = None


class Worker:
    """One worker process.

    Parameters
    ----------
    limits
        Of each film.

    Raises
    ------
    ConfigError
        If the process cannot be started.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._ready = self._overdue = self._killed = False
        self._shared = _shared()
        handed = () if self._shared is None else (self._shared,)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and nothing that a film says
                command(limits),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                pass_fds=handed,
            )
        except (OSError, ValueError) as error:
            self._let_go()
            raise ConfigError(f"no process can be started to decode films in: {error}") from error
        for pipe in (self._process.stdin, self._process.stdout):
            _widen(pipe)

    @property
    def alive(self) -> bool:
        """Whether the process runs, and is to go on."""
        return not self._killed and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def ready(self) -> None:
        """Wait until the worker can take films.

        Raises
        ------
        ConfigError
            If it ends before: nothing could be decoded, and trying again would not help.
        """
        if self._ready:
            return
        try:
            told = receive(self._told)
        except (EOFError, ValueError, OSError):
            self.close()
            how = "did not start in time" if self._overdue else f"ended at once ({_ending(self._process.returncode)})"
            told = {"failed": how}
        if "failed" in told:
            self.close()
            raise ConfigError(
                f"the process that decodes films does not start: it {told['failed']}. Give it more than "
                f"{self._limits.megabytes} MiB of memory, or install wetread again."
            )
        self._ready = True

    def decode(self, source: bytes | str, ask: Ask, answer: Answer, progress: Callable[[], None]) -> None:
        """Decode one film into `answer`; never raises for what the film is.

        Parameters
        ----------
        source
            A file's path, or its content.
        ask, answer
            How, and where what is told goes.
        progress
            Called when the facts are known.

        Raises
        ------
        UsageError
            If the request itself is wrong.
        """
        if isinstance(source, bytes) and len(source) > self._limits.file_megabytes * _MEBIBYTE:
            most = self._limits.file_megabytes
            answer.error = LimitError(f"the file has more than {most} MiB, and no film has: it is no film")
            return
        try:
            name = source if isinstance(source, bytes) else os.fsencode(source).hex()
        except UnicodeEncodeError:
            answer.error = UnreadableError("the file cannot be opened: the name cannot be one of a file")
            return
        try:
            self._request(name, ask)
            if isinstance(source, bytes):
                answer.sha256 = hashlib.sha256(source).hexdigest()  # while the worker decodes
            while self._told_one(answer):
                progress()
        except UsageError:
            raise
        except (EOFError, OSError):
            self.close()
            answer.error = self._ended()
        except MemoryError:
            self.close()
            answer.error = LimitError("there is not enough memory on this computer to hold the decoded film")
        except (ValueError, KeyError, TypeError, RecursionError):
            self.close()
            answer.error = CrashError(
                "the process that decodes this film gave an answer that cannot be understood and was ended: the film is "
                "damaged or made to do harm; ask for it in another encoding"
            )
        if answer.error is not None:
            answer.film = None

    def stop(self) -> None:
        """End the process because its film takes too long; from any thread."""
        self._overdue = True
        self.kill()

    def kill(self) -> None:
        """End the process at once; from any thread, and more than once."""
        self._killed = True
        with contextlib.suppress(OSError):
            self._process.kill()

    def close(self) -> None:
        """End the process and let go of its pipes; only from the thread that asks it."""
        if not self._killed:
            with contextlib.suppress(subprocess.TimeoutExpired):
                # It may be dying of what it did: then that is what is to be told, not our signal.
                self._process.wait(_DYING)
        self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._let_go()

    def _let_go(self) -> None:
        if self._shared is not None:
            os.close(self._shared)
            self._shared = None

    @property
    def _told(self) -> int:
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def _request(self, source: bytes | str, ask: Ask) -> None:
        assert self._process.stdin is not None
        pipe, head = self._process.stdin.fileno(), ask.to_json()
        if not isinstance(source, bytes):
            send(pipe, head | {"path": source})
        elif self._lay_down(source):
            send(pipe, head | {"path": None, "size": len(source), "shared": self._shared})
        else:
            send(pipe, head | {"path": None, "size": len(source), "shared": None}, source)

    def _lay_down(self, source: bytes) -> bool:
        """Put a film's content where the worker reads it in one piece; False where that cannot be done."""
        if self._shared is None:
            return False
        try:
            if len(source) <= _KEPT < os.fstat(self._shared).st_size:
                os.ftruncate(self._shared, 0)
            left, place = memoryview(source), 0
            while left:
                count = os.pwrite(self._shared, left, place)
                left, place = left[count:], place + count
        except OSError:
            return False
        return True

    def _told_one(self, answer: Answer) -> bool:
        """Take in one message; whether more are to come."""
        head = receive(self._told)
        if "sha256" in head:
            answer.sha256 = _hash(head["sha256"])
            return True
        if "facts" in head:
            answer.facts = facts_of(head["facts"])
            return True
        if "usage" in head:
            raise UsageError(str(head["usage"]))
        if "error" in head:
            answer.error = error_of(head["error"])
            if head["worn"]:
                self.kill()
            return False
        if head["film"] is not None:
            if answer.facts is None:
                raise ValueError("a film without facts")
            most = self._limits.megabytes * _MEBIBYTE
            answer.film = film_of(head["film"], answer.facts, self._told, most_bytes=most)
        return False

    def _ended(self) -> UnreadableError:
        code = self._process.returncode
        if self._overdue or (hasattr(signal, "SIGALRM") and code == -signal.SIGALRM):
            return LimitError(
                f"decoding took longer than {self._limits.seconds:g} seconds and was stopped: the film is damaged, made to "
                "do harm, or far larger than a radiograph; send it again or ask for it in another encoding"
            )
        if hasattr(signal, "SIGKILL") and code == -signal.SIGKILL:
            return CrashError(
                "the process that decodes this film was ended from outside, most likely because the computer ran out of "
                "memory; read it again when there is more"
            )
        return CrashError(
            f"the codec broke down on this film ({_ending(code)}): it is damaged or made to do harm; ask for it in another "
            "encoding"
        )


def command(limits: Limits) -> list[str]:
    """How a worker is started: this interpreter and these libraries, and nothing from the folder that one is in."""
    if not sys.executable:
        raise ValueError("this Python does not say which program it is")
    root = str(Path(__file__).resolve().parents[2])
    paths = list(dict.fromkeys([root, *(path for path in sys.path if Path(path).is_absolute())]))
    flags = ["-P", "-W", "ignore"] + ["-B"] * sys.dont_write_bytecode
    if sys.pycache_prefix:
        flags += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    return [sys.executable, *flags, "-c", _BOOT, json.dumps([paths, _ONE_THREAD, asdict(limits)])]


def _shared() -> int | None:
    """Memory that both processes reach, as a file without a name (Linux): quicker than a pipe for a large film."""
    with contextlib.suppress(AttributeError, OSError):
        return os.memfd_create("wetread-film")
    return None


def _widen(pipe: IO[bytes] | None) -> None:
    """A wider pipe where the system has one to give (Linux; an unprivileged user may have used up the share)."""
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        assert pipe is not None
        fcntl.fcntl(pipe, _F_SETPIPE_SZ, _PIPE)


def _hash(value: Any) -> str:
    if type(value) is not str or len(value) != 64 or set(value) - set("0123456789abcdef"):
        raise ValueError("a hash that is none")
    return value


def _ending(code: int | None) -> str:
    """An exit status in words."""
    if code is not None and code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit status {code}"
