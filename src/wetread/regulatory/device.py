"""The device file: what a person decides and writes, and where the evidence lies."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from wetread.errors import ConfigError, WetreadError
from wetread.regulatory.artefact import Artefact, open_artefact, parse_yaml
from wetread.regulatory.companions import companions
from wetread.regulatory.device_fields import check
from wetread.regulatory.kinds import KINDS

__all__ = ["REFERENCE", "ClaimType", "Device", "load_device"]

REFERENCE = Path(__file__).parent / "reference"
"""The data on guidance, standards, predicates and product codes: evidence of every device."""
_MOST_BYTES = 2**20


class ClaimType(StrEnum):
    """What the device is claimed to do; every regulation, special control and endpoint follows from it."""

    TRIAGE = "triage"  # 21 CFR 892.2080
    DETECTION = "detection"  # 21 CFR 892.2070
    DIAGNOSIS = "detection-and-diagnosis"  # 21 CFR 892.2090


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device file, read and valid.

    Attributes
    ----------
    name, date
        The device's name, and the date that the draft stands for (YYYY-MM-DD, from the file: no clock is read).
    claim
        The claim type.
    plain
        The whole file as data: the artefact "device" of every build, so that the numbers a person decided (ages, goals)
        are printed with a reference like any other.
    said
        People's text by field name (`said:` in the file); empty where nothing was written.
    artefacts
        The evidence by name, "device" among them.
    path, sha256
        The file, and the SHA-256 of its bytes.
    lost
        Evidence that the file names but that could not be opened, with the reason; only where `tolerant` was asked.
    """

    name: str
    date: str
    claim: ClaimType
    plain: Mapping[str, Any]
    said: Mapping[str, str]
    artefacts: Mapping[str, Artefact]
    path: Path
    sha256: str
    lost: Mapping[str, WetreadError]

    def of_kind(self, kind: str) -> tuple[Artefact, ...]:
        """The evidence of one kind, in the order of the file."""
        return tuple(artefact for artefact in self.artefacts.values() if artefact.kind == kind)


def load_device(path: Path, *, tolerant: bool = False) -> Device:
    """Read a device file (schema `wetread.device/1`) and the evidence that it names, relative to the file.

    Parameters
    ----------
    path
        A YAML file.
    tolerant
        Collect evidence that cannot be opened in `lost` instead of stopping at it.

    Raises
    ------
    ConfigError
        If the file is missing, is no YAML, or says something that cannot be; the message names the key.
    DataError
        If a file of evidence is missing or unreadable.
    AlteredError
        If a bundle is not the one that its manifest lists.
    """
    raw = _read(path)
    try:
        plain = parse_yaml(raw)
    except (yaml.YAMLError, UnicodeError, RecursionError, ValueError) as error:
        raise ConfigError(
            f"device file {path.name} is no YAML that can be read: {' '.join(str(error).split())}"
        ) from error
    if not isinstance(plain, dict) or plain.get("schema") != "wetread.device/1":
        raise ConfigError(f"device file {path.name}: schema: it must say wetread.device/1")
    _checked(path.name, plain)
    sha256 = hashlib.sha256(raw).hexdigest()
    itself = Artefact(name="device", kind="device", path=path, sha256=sha256, data=plain, place=path.name)
    found, lost = _evidence(path, plain, tolerant=tolerant)
    return Device(
        name=plain["name"],
        date=str(plain["date"]),
        claim=ClaimType(plain["claim"]),
        plain=plain,
        said=plain.get("said") or {},
        artefacts={"device": itself, **_reference(), **found},
        path=path,
        sha256=sha256,
        lost=lost,
    )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"device file {path} cannot be read: {error.strerror}") from error
    if len(raw) > _MOST_BYTES:
        raise ConfigError(f"device file {path.name} has more than {_MOST_BYTES // 1024} KiB: it is no device file")
    return raw


def _checked(file: str, plain: dict[str, Any]) -> None:
    """Everything that one key says; then what keys say together."""
    plain["date"] = plain["date"].isoformat() if type(plain.get("date")) is date else plain.get("date")
    where = f"device file {file}"
    check(where, plain)
    if plain["claim"] not in tuple(ClaimType):
        raise ConfigError(f"{where}: claim: {plain['claim']!r} is no claim type: {', '.join(ClaimType)}")
    reserved = {"device", *(_stems())}
    for name, told in (plain.get("evidence") or {}).items():
        if name in reserved or not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
            why = "is taken by the loader" if name in reserved else "is no name: small letters, digits, - and _"
            raise ConfigError(f"{where}: evidence.{name}: {name!r} {why}")
        if told["kind"] not in KINDS:
            raise ConfigError(f"{where}: evidence.{name}.kind: {told['kind']!r} is none of {', '.join(KINDS)}")
    chosen = plain.get("test_list")
    if chosen is not None and chosen not in (plain.get("evidence") or {}):
        raise ConfigError(f"{where}: test_list: {chosen!r} is not among the names under evidence")


def _evidence(
    path: Path, plain: Mapping[str, Any], *, tolerant: bool
) -> tuple[dict[str, Artefact], dict[str, WetreadError]]:
    found: dict[str, Artefact] = {}
    lost: dict[str, WetreadError] = {}
    for name, told in (plain.get("evidence") or {}).items():
        place = Path(told["path"])
        shown = place.name if place.is_absolute() else place.as_posix()
        try:
            opened = open_artefact(name, told["kind"], path.parent / place, shown)
            found |= {one.name: one for one in (opened, *companions(opened))}
        except WetreadError as error:
            if not tolerant:
                raise
            lost[name] = error
    return found, lost


def _stems() -> list[str]:
    return sorted(file.stem for file in REFERENCE.glob("*.yaml"))


def _reference() -> dict[str, Artefact]:
    return {
        stem: open_artefact(stem, "reference", REFERENCE / f"{stem}.yaml", f"wetread/regulatory/reference/{stem}.yaml")
        for stem in _stems()
    }
