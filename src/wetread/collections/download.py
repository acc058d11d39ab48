"""Fetch a file so that it is whole or not there: resumed where it broke off, compared with its size and checksum.

The libraries for downloads that are kept and permissive were looked at: pooch and parfive start anew after a break,
and pypdl appends whatever the server answers to a Range request, whole file or another version included. So the
loop is here, on urllib3, and small: what RFC 9110 §13 and §14 say of If-Range, Content-Range and 416.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetread.collections.catalogue import Remote
from wetread.errors import DataError, IntegrityError

if TYPE_CHECKING:
    import urllib3

__all__ = ["Check", "check_file", "download", "remote_size"]

Progress = Callable[[int, int | None], None]
"""Told after each piece: bytes that are there, and bytes of the whole file or None."""

_PIECE = 1 << 20
_TIMEOUT = 60.0
_FOR_GOOD = {400, 401, 403, 404, 405, 410, 451}
_RESERVE = 64 << 20  # bytes that a disk should have left afterwards


class _BrokenError(Exception):
    """One attempt failed; another may not."""


@dataclass(frozen=True, slots=True)
class Check:
    """What became of one file.

    Parameters
    ----------
    name
        The file.
    status
        "whole" (size and checksum hold), "plausible" (no checksum is published; the size holds if one is), "missing",
        or "altered".
    told
        The same in words.
    """

    name: str
    status: str
    told: str


def remote_size(remote: Remote, *, timeout: float = _TIMEOUT) -> int | None:
    """Bytes of the file as published, or else as its server says; None where neither does.

    Raises
    ------
    DataError
        If the server cannot be reached or refuses.
    """
    if remote.size is not None:
        return remote.size
    try:
        with _pool(timeout) as pool:
            answer = pool.request("HEAD", remote.url, headers=_headers(), redirect=True)
    except _errors() as error:
        raise DataError(f"{remote.name}: its server does not answer ({_words(error)}); try again later") from error
    if answer.status >= 400:
        raise DataError(f"{remote.name}: {_refused(answer.status, remote)}")
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def download(
    remote: Remote,
    folder: Path,
    *,
    progress: Progress | None = None,
    attempts: int = 5,
    wait: Callable[[float], None] | None = None,
    timeout: float = _TIMEOUT,
) -> Path:
    """Fetch one file.

    Parameters
    ----------
    remote
        What to fetch.
    folder
        Where to; made if need be. Until the file is whole it is called `NAME.part`, with `NAME.part.json` beside it
        that says which version of the file was begun.
    progress
        Called after each piece.
    attempts
        How often in a row the connection may fail without one new byte.
    wait
        Called with seconds between attempts (1, 2, 4, ... at most 60).
    timeout
        Seconds without an answer that count as a failure.

    Returns
    -------
    The whole file. One that lies there already and is whole is not fetched again.

    Raises
    ------
    DataError
        If the server refuses, does not answer, or the disk is too small. What was fetched is kept for the next call.
    IntegrityError
        If what the server sends is not the published file: then nothing of it is kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / remote.name
    if target.exists():
        found = check_file(remote, folder)
        if found.status in ("whole", "plausible"):
            return target
        raise IntegrityError(f"{target} is there and is not the published file ({found.told}): move it away first")
    part = _Part(folder / f"{remote.name}.part")
    failures = 0
    with _pool(timeout) as pool:
        while True:
            before = part.size
            try:
                _fetch(pool, remote, part, progress)
                break
            except _BrokenError as error:
                failures = failures + 1 if part.size <= before else 1
                if failures >= attempts:
                    raise DataError(
                        f"{remote.name}: broke off {failures} times at {part.size} bytes ({error}); "
                        "what is there is kept: run it again to go on"
                    ) from error
                if wait is not None:
                    wait(min(2.0 ** (failures - 1), 60.0))
    _verify_part(remote, part)
    part.become(target)
    return target


def check_file(remote: Remote, folder: Path) -> Check:
    """Compare a file with its published size and checksum."""
    path = folder / remote.name
    if not path.is_file():
        part = folder / f"{remote.name}.part"
        begun = f"; {part.stat().st_size} bytes of it were begun" if part.exists() else ""
        return Check(remote.name, "missing", f"not in {folder}{begun}")
    size = path.stat().st_size
    if remote.size is not None and size != remote.size:
        return Check(remote.name, "altered", f"{size} bytes, published {remote.size}")
    if remote.algorithm is None or remote.digest is None:
        return Check(remote.name, "plausible", f"{size} bytes; no checksum is published")
    found = _digest(path, remote.algorithm)
    if found != remote.digest:
        return Check(remote.name, "altered", f"{remote.algorithm} is {found}, published {remote.digest}")
    return Check(remote.name, "whole", f"{size} bytes, {remote.algorithm} {found}")


# -------------------------------------------------------------------------------------------------- what is there


class _Part:
    """The unfinished file, and what is known of the version it was begun from."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._notes = path.with_name(f"{path.name}.json")
        self.total: int | None = None
        self.validator: str | None = None
        self._recall()

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def _recall(self) -> None:
        """A part without readable notes is of an unknown version: it is begun anew."""
        try:
            notes = json.loads(self._notes.read_text("utf-8"))
            self.total, self.validator = notes["total"], notes["validator"]
        except (OSError, ValueError, KeyError, TypeError):
            self.forget()

    def remember(self, total: int | None, validator: str | None) -> None:
        self.total, self.validator = total, validator
        self._notes.write_text(json.dumps({"total": total, "validator": validator}), encoding="utf-8")

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)
        self.total = self.validator = None

    def become(self, target: Path) -> None:
        """The rename is the last step, so that a file under its own name is always whole."""
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        self.path.replace(target)
        self._notes.unlink(missing_ok=True)


# ------------------------------------------------------------------------------------------------------ one attempt


def _fetch(pool: urllib3.PoolManager, remote: Remote, part: _Part, progress: Progress | None) -> None:
    """Ask for what is missing and append it; `_BrokenError` if the connection fails before the end."""
    if part.size and part.validator is None and part.total is None:
        part.forget()  # the server named no version: nothing proves that the rest belongs to this beginning
    start = part.size
    if part.total is not None and start == part.total:
        return
    headers = _headers()
    if start:
        headers["Range"] = f"bytes={start}-"
        if part.validator:
            headers["If-Range"] = part.validator
    try:
        answer = pool.request("GET", remote.url, headers=headers, preload_content=False, redirect=True)
        try:
            if not _begin(answer, remote, part, start):
                return
            _receive(answer, part, progress)
        finally:
            answer.close()
            answer.release_conn()
    except _errors() as error:
        raise _BrokenError(_words(error)) from error
    if part.total is not None and part.size != part.total:
        raise _BrokenError(f"{part.size} of {part.total} bytes came")


def _begin(answer: urllib3.BaseHTTPResponse, remote: Remote, part: _Part, start: int) -> bool:
    """Look at the answer before a byte is kept; whether there is anything to receive."""
    if answer.status == 416:
        if answer.headers.get("Content-Range", "").replace(" ", "") == f"bytes*/{start}":
            part.remember(start, part.validator)
            return False
        part.forget()
        raise _BrokenError("the server has another file than the one begun")
    if answer.status in _FOR_GOOD:
        raise DataError(f"{remote.name}: {_refused(answer.status, remote)}")
    if answer.status not in (200, 206):
        raise _BrokenError(f"the server answers {answer.status}")
    validator = _validator(answer)
    if answer.status == 206:
        first, total = _content_range(answer)
        if first != start or _differ(total, part.total) or _differ(validator, part.validator):
            part.forget()
            raise _BrokenError("the server went on with another file than the one begun")
        if total is not None and part.total is None:
            part.remember(total, part.validator)
        return True
    if start:  # the whole file again: the server does not resume, or the file has changed
        part.forget()
    total = _length(answer)
    total = remote.size if total is None else total
    if remote.size is not None and total != remote.size:
        part.forget()
        raise IntegrityError(
            f"{remote.name}: the server offers {total} bytes, published are {remote.size}: the address leads to another "
            "file (a page that asks for a login?); look at it in a browser"
        )
    if total is None and not remote.checksum and "chunked" not in answer.headers.get("Transfer-Encoding", "").lower():
        raise DataError(f"{remote.name}: neither size nor checksum is known, so nobody could tell whether it is whole")
    _room(part.path.parent, total, remote)
    part.remember(total, validator)
    return True


def _receive(answer: urllib3.BaseHTTPResponse, part: _Part, progress: Progress | None) -> None:
    with part.path.open("ab") as file:
        have = file.tell()
        for piece in _pieces(answer):
            file.write(piece)
            have += len(piece)
            if part.total is not None and have > part.total:
                part.forget()
                raise _BrokenError(f"more than the announced {part.total} bytes came")
            if progress is not None:
                progress(have, part.total)


def _pieces(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    while piece := answer.read1(_PIECE, decode_content=False):
        yield piece


def _verify_part(remote: Remote, part: _Part) -> None:
    if remote.size is not None and part.size != remote.size:
        size = part.size
        part.forget()
        raise IntegrityError(f"{remote.name}: {size} bytes came, published are {remote.size}; nothing of it was kept")
    if remote.algorithm and remote.digest:
        found = _digest(part.path, remote.algorithm)
        if found != remote.digest:
            part.forget()
            raise IntegrityError(
                f"{remote.name}: its {remote.algorithm} is {found}, published is {remote.digest}; nothing of it was kept. "
                "The file was changed on the way or at its source: look at the official page"
            )


# ------------------------------------------------------------------------------------------------------ small things


def _pool(timeout: float) -> urllib3.PoolManager:
    import urllib3

    retries = urllib3.Retry(total=None, connect=0, read=0, redirect=5, status=0, other=0, raise_on_status=False)
    return urllib3.PoolManager(timeout=urllib3.Timeout(connect=timeout, read=timeout), retries=retries)


def _errors() -> tuple[type[Exception], ...]:
    import urllib3.exceptions

    return (urllib3.exceptions.HTTPError, OSError)


def _headers() -> dict[str, str]:
    # A compressed answer has other lengths and ranges than the file.
    return {"Accept-Encoding": "identity", "User-Agent": "wetread"}


def _words(error: BaseException) -> str:
    return type(getattr(error, "reason", None) or error).__name__


def _refused(status: int, remote: Remote) -> str:
    why = {401: "it asks for a login", 403: "it refuses", 404: "it is not there", 410: "it was taken away"}
    return f"the server answers {status} ({why.get(status, 'it refuses')}) at {remote.url}; see the official page"


def _validator(answer: urllib3.BaseHTTPResponse) -> str | None:
    """What names this version of the file: a strong ETag, or the time of its last change (RFC 9110 §13.1.5)."""
    tag = answer.headers.get("ETag")
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified")


def _differ(one: Any, other: Any) -> bool:
    return one is not None and other is not None and one != other


def _length(answer: urllib3.BaseHTTPResponse) -> int | None:
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def _content_range(answer: urllib3.BaseHTTPResponse) -> tuple[int | None, int | None]:
    unit, _, rest = answer.headers.get("Content-Range", "").partition(" ")
    span, _, total = rest.partition("/")
    first = span.partition("-")[0]
    return (int(first) if unit == "bytes" and first.isdecimal() else None), (int(total) if total.isdecimal() else None)


def _room(folder: Path, total: int | None, remote: Remote) -> None:
    free = shutil.disk_usage(folder).free
    if total is not None and free < total + _RESERVE:
        raise DataError(
            f"{remote.name} has {total} bytes and {folder} room for {free}: make room or choose another folder"
        )


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
