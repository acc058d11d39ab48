"""The name of the grayscale contract, apart from the code that keeps it: a reading names it, and loads no codec for that."""

from __future__ import annotations

from hashlib import sha256

__all__ = ["GRAYSCALE_VERSION", "contract_sha256"]

GRAYSCALE_VERSION = (
    "wetread.grayscale/1: bits, padding, modality, voi, one inversion, square pixels; 8 bits as they are"
)
"""Names the behaviour of `wetread.radiograph.grayscale`; raised by hand with every change that can move a pixel."""


def contract_sha256() -> str:
    """SHA-256 of the grayscale contract's version: readings carry it, so that two can be told to rest on one contract."""
    return sha256(GRAYSCALE_VERSION.encode()).hexdigest()
