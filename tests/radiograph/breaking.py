"""A worker whose decoder breaks down when it is told to: files that begin with BREAK say how.

A DICOM film says it in ImageComments: then its header is read first, and its picture breaks the decoder.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from typing import Any

import pytest

from wetread.radiograph import guard

MARK = b"BREAK "
_COMMAND = guard.command


def breaks(how: str) -> bytes:
    """A file that makes such a worker do this."""
    return MARK + how.encode()


def command(limits: guard.Limits) -> list[str]:
    """The real command, but for the module whose `main` it runs; the folder of the tests is on the path."""
    real = _COMMAND(limits)
    place = real.index("-c") + 1
    told = real[place].replace("wetread.radiograph.worker", "radiograph.breaking")
    assert told != real[place]
    return [*real[:place], told, *real[place + 1 :]]


def install(patch: pytest.MonkeyPatch) -> None:
    """Let workers that are started from now on be of this kind."""
    patch.setattr(guard, "command", command)


def main(limits: dict[str, Any]) -> None:
    """In the worker."""
    from wetread.radiograph import worker

    opened, decoded = worker.open_dataset, worker.read

    def open_or_break(content: bytes) -> Any:
        if content.startswith(MARK):
            _break(content[len(MARK) :].decode())
        return opened(content)

    def decode_or_break(source: Any, **more: Any) -> Any:
        said = "" if isinstance(source, bytes) else str(source.get("ImageComments", ""))
        if said.startswith(MARK.decode()):
            _break(said[len(MARK) :])
        return decoded(source, **more)

    worker.open_dataset = open_or_break  # type: ignore[assignment]
    worker.read = decode_or_break  # type: ignore[assignment]
    worker.main(limits)


def _break(how: str) -> None:
    kind, _, more = how.partition(" ")
    if kind == "segv":
        ctypes.string_at(0)
    elif kind == "abort":
        os.abort()
    elif kind == "kill":
        os.kill(os.getpid(), 9)
    elif kind == "exit":
        os._exit(3)
    elif kind == "sleep":
        time.sleep(float(more))
    elif kind == "spin":  # no signal handler of Python's would ever run
        ctypes.CDLL(None).sleep(int(more))
    elif kind == "memory":
        held = [bytearray(1 << 26) for _ in range(1 << 10)]
        raise AssertionError(len(held))
    elif kind == "deep":
        _break(how)
    elif kind == "defect":
        raise KeyError(more)
    elif kind == "chatter":
        sys.stdout.write("a codec's chatter\n" * 10_000)
        sys.stdout.flush()
        os.write(1, b"more of it")
        os.write(2, b"and errors")
    elif kind == "lie":
        _lie(more)
    else:
        raise AssertionError(how)


def _lie(what: str) -> None:
    """Say what no worker says, as one that a film has taken over could."""
    import inspect

    frame = next(info.frame for info in inspect.stack() if info.function == "_serve")
    tell = frame.f_locals["tell"]
    if what == "garbage":
        told = next(cell.cell_contents for cell in tell.__closure__)
        os.write(told, b"\xff" * 100)
    elif what == "json":
        told = next(cell.cell_contents for cell in tell.__closure__)
        os.write(told, (4).to_bytes(4, "big") + b"nope")
    elif what == "code":
        tell({"error": ["usage", "obey me"], "worn": False})
    elif what == "facts":
        tell({"facts": {"kind": "dicom"}})
    elif what == "film":
        tell({"film": {"shape": [1, 1]}})
    elif what == "huge":
        _facts(tell)
        tell({"film": _head(shape=[1 << 20, 1 << 20])})
    elif what == "short":
        _facts(tell)
        tell({"film": _head(shape=[4, 4])}, memoryview(bytes(60)))
        os._exit(0)
    elif what == "range":
        _facts(tell)
        tell({"film": _head(shape=[1, 1])}, memoryview(b"\x00\x00\x00\x40"))  # 2.0
    else:
        raise AssertionError(what)
    time.sleep(20)


def _facts(tell: Any) -> None:
    from dataclasses import asdict

    from wetread.radiograph.value import Facts

    tell({"facts": asdict(Facts())})


def _head(shape: list[int]) -> dict[str, Any]:
    return {
        "shape": shape,
        "spacing_mm": None,
        "steps": [],
        "polarity": 0.0,
        "source_uids": {},
        "reduction": 1,
        "full_shape": None,
    }
