"""A file of evidence: its bytes' hash, and what stands in it."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from wetread.errors import AlteredError, DataError
from wetread.regulatory.kinds import KINDS
from wetread.regulatory.trace.changelog import versions
from wetread.regulatory.trace.junit import read_junit
from wetread.regulatory.trace.summary import summary

__all__ = ["Artefact", "file_hash", "open_artefact", "parse_yaml", "resolve"]

# What is parsed is read whole; a result file of this software is far smaller.
_MOST_BYTES = 64 * 2**20


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
        The parsed JSON, TOML or YAML, the summary of a JUnit file (XML), or the versions of a changelog (Markdown); None
        for a file that is none of them, such as predictions.
    place
        The path as the device file writes it, never one of the machine.
    """

    name: str
    kind: str
    path: Path
    sha256: str
    data: Any = field(repr=False)
    place: str = ""


def open_artefact(name: str, kind: str, path: Path, place: str = "") -> Artefact:
    """Read a file of evidence.

    A bundle's data are its card; its hash is its manifest's, which holds the hash of the card. Every file that the
    manifest lists is compared with its hash there.

    Parameters
    ----------
    name, kind, place
        As in `Artefact`.
    path
        Where it lies; for a kind that comes as a folder, the folder or the file in it that seals it.

    Raises
    ------
    DataError
        If it is missing, cannot be read, or is not what its ending says (JSON, JSON lines, TOML, YAML, JUnit XML).
    AlteredError
        If a file of a bundle is missing or is not the one that its manifest lists, or a split's films are not its own.
    """
    told = KINDS.get(kind)
    what = f"evidence {name} ({kind})"
    sealed = opened = path
    if path.is_dir():
        if told is None or not told.folder:
            raise DataError(f"{what}: {place or path.name} is a folder: name the file in it")
        sealed, opened = path / told.folder, path / (told.data or told.folder)
    try:
        sha256 = file_hash(sealed)
        data = _parsed(opened) if told is None or told.text else None
    except OSError as error:
        raise DataError(
            f"{what}: {place or path.name} cannot be read: {error.strerror}. "
            f"It is made by: {told.made if told else 'hand'}. Or take its entry out of the device file"
        ) from error
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise DataError(f"{what}: {opened.name} is not what its ending says: {_short(error)}") from error
    if kind == "bundle" and path.is_dir():
        _check_bundle(what, path)
    if kind == "split":
        _check_split(what, opened, data)
    return Artefact(name=name, kind=kind, path=path, sha256=sha256, data=data, place=place or path.name)


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _check_bundle(what: str, folder: Path) -> None:
    try:
        listed = json.loads((folder / "manifest.json").read_bytes())["sha256"]
        for file, sha256 in dict(listed).items():
            if file_hash(folder / Path(file).name) != sha256:
                raise AlteredError(f"{what}: {file} is not the file that the bundle's manifest lists")
    except OSError as error:
        missing = Path(error.filename or "a file").name
        raise AlteredError(f"{what}: {missing}, which the manifest lists, cannot be read") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{what}: manifest.json lists no hashes, as a bundle's does") from error


def _check_split(what: str, facts: Path, data: Any) -> None:
    """The films of a saved split stand in a table beside it, whose hash it holds."""
    said, table = data.get("films_csv_sha256") if isinstance(data, Mapping) else None, facts.parent / "films.csv"
    if said and table.is_file() and file_hash(table) != said:
        raise AlteredError(f"{what}: films.csv is not the table of films that {facts.name} was written with")


def _parsed(path: Path) -> Any:
    if path.suffix not in (".json", ".jsonl", ".toml", ".yaml", ".yml", ".xml", ".md"):
        return None
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"it has more than {_MOST_BYTES // 2**20} MiB")
    raw = path.read_bytes()
    match path.suffix:
        case ".json":
            return json.loads(raw)
        case ".jsonl":
            return [json.loads(line) for line in raw.decode().splitlines() if line.strip()]
        case ".toml":
            return tomllib.loads(raw.decode())
        case ".xml":
            return summary(read_junit(raw))
        case ".md":
            return versions(raw.decode())
        case _:
            return parse_yaml(raw)


class _Strict(yaml.SafeLoader):
    """A key that stands twice would silently lose its first value."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable) or key in seen:
                line = key_node.start_mark.line + 1
                why = "stands twice in one mapping" if isinstance(key, Hashable) else "can be no key"
                raise yaml.YAMLError(f"line {line}: {key!r} {why}")
            seen.add(key)
        return super().construct_mapping(node, deep)


def parse_yaml(raw: bytes) -> Any:
    """YAML as plain data; a key that stands twice in one mapping is refused.

    Raises
    ------
    yaml.YAMLError
        With line and column.
    """
    loader = _Strict(raw)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


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
        if isinstance(found, Mapping) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isascii() and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        else:
            raise DataError(
                f"evidence {artefact.name} ({artefact.path.name}) holds nothing at {pointer}: it is of another version, "
                "or the document asks for what was not measured"
            )
    return found
