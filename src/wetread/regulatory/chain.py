"""The record of every printed number, one JSON line each; each line holds the hash of the line before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from wetread import __version__
from wetread.errors import DataError
from wetread.regulatory.claim import Claim

__all__ = ["FIRST", "broken", "claims_of", "lines_of", "records"]

FIRST = "0" * 64
"""What the first line holds in the place of an earlier line's hash."""


def claims_of(documents: Iterable[tuple[str, Mapping[str, Claim]]]) -> dict[str, tuple[Claim, tuple[str, ...]]]:
    """Every claim once, by its key, with the documents that print it, in the order of their first printing.

    Where one document says more of a number (its method, its seed) than another, the fuller word is kept.

    Parameters
    ----------
    documents
        Each document's id with its claims.
    """
    found: dict[str, tuple[Claim, tuple[str, ...]]] = {}
    for document, claims in documents:
        for key, claim in claims.items():
            before, where = found.get(key, (claim, ()))
            found[key] = (_fuller(before, claim), (*where, document))
    return found


def _fuller(first: Claim, second: Claim) -> Claim:
    told = ("n", "method", "code", "data", "split", "seed")
    names = [each.name for each in fields(Claim) if each.name in told]
    missing = {name: getattr(second, name) for name in names if getattr(first, name) in ("", None, {})}
    return replace(first, **missing)


def lines_of(claims: Mapping[str, tuple[Claim, Sequence[str]]]) -> bytes:
    """The file `claims.jsonl`.

    Each line: `claim_id` (the key of the marks), `reference` ("NAME:POINTER" or the operation on some), `value`,
    `printed`, `unit`, `precision`, `ci`, `n`, `artefact_sha256` and `json_pointer` (lists of one length), `method`,
    `code`, `data`, `split`, `seed`, `documents`, and `previous`: SHA-256 of the line before, without its line feed.
    """
    previous, lines = FIRST, []
    for key, (claim, documents) in claims.items():
        record = _record(key, claim, documents) | {"previous": previous}
        line = json.dumps(record, ensure_ascii=False, allow_nan=False).encode()
        previous = hashlib.sha256(line).hexdigest()
        lines.append(line + b"\n")
    return b"".join(lines)


def _record(key: str, claim: Claim, documents: Sequence[str]) -> dict[str, Any]:
    return {
        "claim_id": key,
        "reference": claim.id,
        "value": claim.value,
        "printed": claim.text,
        "unit": claim.unit,
        "precision": claim.precision,
        "ci": None if claim.interval is None else list(claim.interval),
        "n": dict(claim.n),
        "artefact_sha256": list(claim.sha256),
        "json_pointer": list(claim.pointers),
        "method": claim.method,
        "code": claim.code or f"wetread {__version__}",
        "data": claim.data,
        "split": claim.split,
        "seed": claim.seed,
        "documents": list(documents),
    }


def records(raw: bytes) -> list[dict[str, Any]]:
    """The records of a `claims.jsonl`.

    Raises
    ------
    DataError
        Naming the first line that is no record, or that does not follow from the line before it.
    """
    if (fault := broken(raw)) is not None:
        raise DataError(f"claims.jsonl, line {fault[0]}: {fault[1]}")
    return [json.loads(line) for line in raw.splitlines()]


def broken(raw: bytes) -> tuple[int, str] | None:
    """The first line that breaks the chain, counted from 1, and why; None where it holds."""
    previous = FIRST
    for number, line in enumerate(raw.split(b"\n")[:-1], 1):
        try:
            record = json.loads(line)
        except ValueError:
            return number, "it is no JSON"
        if not isinstance(record, dict) or "claim_id" not in record:
            return number, "it is no record of a claim"
        if record.get("previous") != previous:
            return number, "it does not hold the hash of the line before it: that line, or this one, was altered"
        previous = hashlib.sha256(line).hexdigest()
    if raw and not raw.endswith(b"\n"):
        return raw.count(b"\n") + 1, "it is cut short"
    return None
