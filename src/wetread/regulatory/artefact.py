"""A file of evidence: its bytes' hash, and what stands in it."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from wetread.errors import DataError

__all__ = ["Artefact", "open_artefact", "resolve"]

# A folder is told by the file that seals it: a bundle's manifest lists the hash of everything else in it.
_SEALS = {"bundle": "manifest.json", "run": "run.json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """One file of evidence.

    Attributes
    ----------
    name
        What the device file calls it: the first part of every reference to a number in it.
    kind
        What it is: "bundle", "cohort", "evaluation", ... as in `wetread.regulatory.kinds`.
    path
        Where it lies. For a folder, the folder.
    sha256
        Of the file's bytes; of the sealing file's for a folder.
    data
        The parsed JSON, TOML or YAML; None for a file that is none of them, such as predictions.
    """

    name: str
    kind: str
    path: Path
    sha256: str
    data: Any


def open_artefact(name: str, kind: str, path: Path) -> Artefact:
    """Read a file of evidence.

    A bundle's data are its card; its hash is its manifest's, which holds the hash of the card.

    Raises
    ------
    DataError
        If it is missing, cannot be read, or is not what its name says (JSON, TOML, YAML).
    """
    sealed = path / _SEALS[kind] if kind in _SEALS and path.is_dir() else path
    told = path / "card.json" if kind == "bundle" and path.is_dir() else sealed
    try:
        raw = sealed.read_bytes()
        data = _parsed(told, told.read_bytes())
    except OSError as error:
        raise DataError(f"evidence {name} ({kind}): {told} cannot be read: {error.strerror}") from error
    except (ValueError, yaml.YAMLError) as error:
        raise DataError(f"evidence {name} ({kind}): {told} is not what its ending says: {error}") from error
    return Artefact(name=name, kind=kind, path=path, sha256=hashlib.sha256(raw).hexdigest(), data=data)


def _parsed(path: Path, raw: bytes) -> Any:
    match path.suffix:
        case ".json":
            return json.loads(raw)
        case ".toml":
            return tomllib.loads(raw.decode())
        case ".yaml" | ".yml":
            return yaml.safe_load(raw)
        case _:
            return None


def resolve(artefact: Artefact, pointer: str) -> Any:
    """What stands at a JSON pointer (RFC 6901); the whole for "".

    Raises
    ------
    DataError
        If nothing stands there.
    """
    found = artefact.data
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        try:
            found = found[int(key)] if isinstance(found, list) else found[key]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise DataError(
                f"evidence {artefact.name} ({artefact.path.name}) holds nothing at {pointer}: it is of another version, "
                "or the document asks for what was not measured"
            ) from error
    return found
