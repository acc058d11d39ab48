"""The device file: what a person decides and writes, and where the evidence lies."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from wetread.errors import ConfigError
from wetread.regulatory.artefact import Artefact, open_artefact

__all__ = ["ClaimType", "Device", "load_device"]


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
    """

    name: str
    date: str
    claim: ClaimType
    plain: Mapping[str, Any]
    said: Mapping[str, str]
    artefacts: Mapping[str, Artefact]
    path: Path
    sha256: str

    def of_kind(self, kind: str) -> tuple[Artefact, ...]:
        """The evidence of one kind, in the order of the file."""
        return tuple(artefact for artefact in self.artefacts.values() if artefact.kind == kind)


def load_device(path: Path) -> Device:
    """Read a device file (schema `wetread.device/1`) and the evidence that it names, relative to the file.

    Raises
    ------
    ConfigError
        If the file is missing, is no YAML, or says something that cannot be.
    DataError
        If a file of evidence is missing or unreadable.
    """
    try:
        raw = path.read_bytes()
        plain = yaml.safe_load(raw)
    except OSError as error:
        raise ConfigError(f"device file {path} cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"device file {path} is no YAML: {error}") from error
    if not isinstance(plain, dict) or plain.get("schema") != "wetread.device/1":
        raise ConfigError(f"device file {path}: `schema: wetread.device/1` is missing")
    sha256 = hashlib.sha256(raw).hexdigest()
    itself = Artefact(name="device", kind="device", path=path, sha256=sha256, data=plain)
    artefacts = {"device": itself}
    for name, told in plain.get("evidence", {}).items():
        artefacts[name] = open_artefact(name, told["kind"], path.parent / told["path"])
    return Device(
        name=plain["name"],
        date=str(plain["date"]),
        claim=ClaimType(plain["claim"]),
        plain=plain,
        said=plain.get("said", {}),
        artefacts=artefacts,
        path=path,
        sha256=sha256,
    )
