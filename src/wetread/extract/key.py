"""The secret under which identities become pseudonyms: the same person has the same one, and nobody without it can tell.

Every pseudonym is an HMAC-SHA256 (RFC 2104, FIPS 198-1). A hash without a key would be no pseudonym: whoever has a list
of patient numbers, or a copy of a film, could hash it and look it up.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import stat
from datetime import date, timedelta
from pathlib import Path

from wetread.errors import ConfigError, UsageError

__all__ = ["Key", "load_key", "make_key"]

_BYTES = 32
_SHIFTS = 3652
"""Dates move back by 1 to so many days, about ten years: always by whole days, never by none."""
_TOP = 1 << 128


class Key:
    """A secret of at least 32 bytes. It is never printed."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _BYTES:
            raise ConfigError(f"a key has at least {_BYTES} bytes, this one {len(secret)}: let wetread make one")
        self._secret = bytes(secret)

    def __repr__(self) -> str:
        return "Key(...)"

    def name(self, purpose: str, *parts: str | bytes) -> str:
        """A pseudonym of 32 hex digits (128 bits) for what these parts, in this order, identify."""
        return self._digest(purpose, parts)[:16].hex()

    def uid(self, purpose: str, value: str) -> str:
        """A UID in the place of another: a UUID (RFC 9562, version 8) under the root 2.25 (PS3.5 B.2)."""
        number = int.from_bytes(self._digest(purpose, (value,))[:16], "big") % _TOP
        number = number & ~(0xF << 76) | 0x8 << 76
        number = number & ~(0x3 << 62) | 0x2 << 62
        return f"2.25.{number}"

    def days(self, *patient: str) -> int:
        """By how many days this patient's dates move back: 1 to 3652, the same for all of them, so intervals stay."""
        return 1 + int.from_bytes(self._digest("days", patient), "big") % _SHIFTS

    def shifted(self, day: date | None, *patient: str) -> date | None:
        """The day, moved; None where it would lie before the calendar's first."""
        with contextlib.suppress(OverflowError):
            return None if day is None else day - timedelta(days=self.days(*patient))
        return None

    def _digest(self, purpose: str, parts: tuple[str | bytes, ...]) -> bytes:
        """HMAC over the parts with their lengths, so that no two lists of parts are one text."""
        code = hmac.new(self._secret, digestmod="sha256")
        for part in (purpose, *parts):
            raw = part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
            code.update(len(raw).to_bytes(8, "big"))
            code.update(raw)
        return code.digest()


def load_key(path: Path) -> Key:
    """Read a key: a text file with at least 64 hex digits.

    Raises
    ------
    UsageError
        If it cannot be read, is no key, or others than its owner may read it.
    """
    try:
        mode, text = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise UsageError(f"the key {path} cannot be read: {error.strerror}") from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise UsageError(f"others than its owner may read the key {path}: chmod 600 it, or make a new one")
    try:
        secret = bytes.fromhex(text.decode("ascii"))
    except ValueError as error:
        raise UsageError(f"{path} is no key: a key is a text file of at least 64 hex digits") from error
    return Key(secret)


def make_key(path: Path) -> Key:
    """Make a new key from the operating system's randomness and keep it where only its owner can read it.

    Raises
    ------
    UsageError
        If there is a file of that name, or it cannot be written.
    """
    secret = os.urandom(_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(secret.hex().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UsageError(f"the key {path} cannot be written: {error.strerror}; name a place with --key") from error
    return Key(secret)
