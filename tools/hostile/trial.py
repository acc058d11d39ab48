"""One file read in a process of its own, watched: what came of it, whether pixels were decoded, which branches it took."""

from __future__ import annotations

import hashlib
import multiprocessing
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import CodeType, FrameType
from typing import Any

__all__ = ["Edge", "Found", "Watch", "Watcher"]

Edge = tuple[str, int, int, int]
"""A branch: file, first line of the function, line before, line."""
_WATCHED = ("/pydicom/", "/wetread/radiograph/")
# Where a codec, or the conversion of uncompressed words, is called. The value that `_native` returns tells that it came
# that far.
_DOORS = {
    ("/wetread/radiograph/codecs.py", "_samples"),
    ("/wetread/radiograph/wavelet.py", "decode"), ("/decoders/pylibjpeg.py", "_decode_frame"),
    ("/decoders/pyjpegls.py", "_decode_frame"), ("/decoders/rle.py", "_decode_frame"),
    ("/decoders/pillow.py", "_decode_frame"), ("/PIL/ImageFile.py", "load"),
}  # fmt: skip
_NATIVE = ("/wetread/radiograph/decode.py", "_native")
_SECONDS = 60.0


@dataclass
class Found:
    """What came of one file.

    Parameters
    ----------
    outcome
        "read", an error's code, "bug:KIND" for an exception that is none of ours, "broken:WHAT" for a film that breaks
        a promise, "died:SIGNAL" or "timeout".
    decoded
        Whether a codec or the conversion of uncompressed words was called.
    picture
        Hash of the pixels where it was read.
    edges
        Branches that were not taken before.
    """

    outcome: str
    decoded: bool = False
    picture: str = ""
    edges: list[Edge] = field(default_factory=list)


class Watch:
    """Traces branches of the watched packages while it is entered."""

    def __init__(self, seen: Iterable[Edge] = ()) -> None:
        self.seen: set[Edge] = set(seen)
        self.edges: list[Edge] = []
        self.decoded = False
        self._known: dict[CodeType, int] = {}

    def __enter__(self) -> Watch:
        self.edges, self.decoded = [], False
        self._before = sys.gettrace()
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _call(self, frame: FrameType, _event: str, _arg: Any) -> Any:
        code = frame.f_code
        kind = self._known.get(code)
        if kind is None:
            kind = self._known[code] = self._kind(code)
        if kind & 2:
            self.decoded = True
        if not kind & 1:
            return None
        name, first, before = code.co_filename, code.co_firstlineno, 0

        def line(frame: FrameType, event: str, arg: Any) -> Any:
            nonlocal before
            if event == "line":
                edge = (name, first, before, frame.f_lineno)
                before = frame.f_lineno
                if edge not in self.seen:
                    self.seen.add(edge)
                    self.edges.append(edge)
            elif event == "return" and kind & 4 and arg is not None:
                self.decoded = True
            return line

        return line

    @staticmethod
    def _kind(code: CodeType) -> int:
        """1 where its branches count, 2 where its call is the door to a codec, 4 where its value is."""
        name = code.co_filename.replace("\\", "/")
        kind = 1 if any(part in name for part in _WATCHED) else 0
        kind |= 2 if any(name.endswith(file) and code.co_name == door for file, door in _DOORS) else 0
        return kind | (4 if name.endswith(_NATIVE[0]) and code.co_name == _NATIVE[1] else 0)


def attempt(content: bytes, watch: Watch, enough: tuple[int, int] | None = None) -> Found:
    """Read one file here and now, watched."""
    from wetread.errors import UnreadableError
    from wetread.radiograph import read

    film = None
    try:
        with watch:
            film = read(content, enough=enough)
        outcome = _broken(film)
    except UnreadableError as error:
        outcome = error.code
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        outcome = f"bug:{type(error).__name__}"
    picture = hashlib.sha256(film.pixels.tobytes()).hexdigest() if film is not None else ""
    return Found(outcome, watch.decoded, picture, watch.edges)


def _broken(film: Any) -> str:
    """Which promise the film breaks, or "read"."""
    import numpy as np

    facts, names = film.facts, {step.name for step in film.steps}
    if film.pixels.dtype != np.float32 or not np.isfinite(film.pixels).all():
        return "broken:pixels"
    if film.pixels.min() < 0 or film.pixels.max() > 1 or not np.isfinite(film.polarity):
        return "broken:range"
    if "aspect" not in names and "orientation" not in names and film.shape != (facts.rows, facts.columns):
        return "broken:shape"
    if film.spacing_mm is not None and not all(0 < side < 100 for side in film.spacing_mm):
        return "broken:spacing"
    if facts.age_years is not None and not 0 <= facts.age_years <= 120:
        return "broken:age"
    return "read"


def _serve(pipe: Connection, seen: list[Edge]) -> None:
    watch = Watch(seen)
    while True:
        content, enough = pipe.recv()
        found = attempt(content, watch)
        if enough is not None:
            small = attempt(content, watch, enough)
            found.edges += small.edges
            found.decoded |= small.decoded
            if small.outcome.startswith(("bug", "broken")):
                found.outcome = small.outcome
        pipe.send(found)


class Watcher:
    """A process that reads file after file, and is replaced when one of them kills it."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self.seen: set[Edge] = set()
        self._seconds = seconds
        self._context = multiprocessing.get_context("spawn")
        self._start()

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(theirs, list(self.seen)), daemon=True)
        self._process.start()
        theirs.close()

    def read(self, content: bytes, enough: tuple[int, int] | None = None) -> Found:
        """What comes of this file."""
        try:
            self._pipe.send((content, enough))
            if not self._pipe.poll(self._seconds):
                self.close()
                self._start()
                return Found("timeout", True)
            found: Found = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join(5)
            code = self._process.exitcode
            self.close()
            self._start()
            return Found(f"died:{code}", True)
        self.seen.update(found.edges)
        return found

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.kill()
        self._process.join()
