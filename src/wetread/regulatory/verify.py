"""Whether a folder is still what its evidence says: every file, every number, the seal, and the evidence itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from wetread import __version__
from wetread.errors import WetreadError
from wetread.regulatory.artefact import file_hash
from wetread.regulatory.build import MANIFEST, SCHEMA, Folder, folder
from wetread.regulatory.chain import FIRST, broken
from wetread.regulatory.compared import altered_lines, changed_numbers
from wetread.regulatory.device import Device
from wetread.regulatory.fault import Fault
from wetread.regulatory.guard import of_its_form
from wetread.regulatory.reference.facts import stale
from wetread.regulatory.seal import seal_faults

__all__ = ["verify"]


def verify(out: Path, device: Device | None = None) -> tuple[Fault, ...]:
    """Every fault of a built folder; none where all is as it was built.

    Parameters
    ----------
    out
        The folder that `build` gave.
    device
        The device file that it was built from, loaded with `tolerant=True`. Without it only the folder's own files are
        compared with its manifest, and the record of numbers with itself.

    Notes
    -----
    In this order: the manifest; each file against its hash there; the chain of `claims.jsonl`; each piece of evidence
    against its hash; each number against the evidence; where no evidence moved, each document written again from it and
    compared; the seal; and facts of the reference data that have grown old. All faults are listed, not only the first.
    """
    try:
        manifest = json.loads((out / MANIFEST).read_bytes())
        listed = {each["file"]: each["sha256"] for each in manifest["outputs"]}
        before = {each["name"]: (each["path"], each["sha256"]) for each in manifest["inputs"]}
        claims = manifest["claims"]["last"]
        known = manifest["schema"] == SCHEMA
    except (OSError, ValueError, KeyError, TypeError):
        known, listed, before, claims, manifest = False, {}, {}, FIRST, {}
    if not known:
        return (Fault("manifest", MANIFEST, f"it is missing or no manifest of {SCHEMA}: the folder proves nothing"),)
    there, faults = _files(out, listed)
    faults += _chain(out, claims)
    if device is None:
        return tuple(faults)
    moved = _evidence(before, device)
    faults += moved
    faults += changed_numbers(_read(out / "claims.jsonl"), device.artefacts)
    # Documents are of other evidence then: the files and numbers that moved are told, and the folder is to be built anew.
    fresh = None if moved else _fresh(manifest, device, faults)
    if fresh is not None:
        faults += _compared(out, listed, there, fresh)
        faults += _stated(manifest, fresh)
    faults += _seal(device)
    faults += [Fault("stale-reference", old.fact.ref, str(old)) for old in stale(device)]
    return tuple(faults)


def _files(out: Path, listed: Mapping[str, str]) -> tuple[dict[str, str], list[Fault]]:
    """Hash of every file that is there, and the faults."""
    there: dict[str, str] = {}
    faults = []
    for file in sorted(path for path in out.rglob("*") if path.is_symlink() or not path.is_dir()):
        name = file.relative_to(out).as_posix()
        if name == MANIFEST:
            continue
        if name not in listed:
            faults.append(Fault("extra-file", name, "it is no part of the build: take it away, or build anew"))
            continue
        there[name] = "" if file.is_symlink() else file_hash(file)  # a link may lead elsewhere tomorrow
        if there[name] != listed[name]:
            faults.append(Fault("altered-file", name, "it is not the file that was built: its hash is another"))
    faults += [Fault("missing-file", name, "it was built and is gone") for name in listed if name not in there]
    return there, faults


def _chain(out: Path, last: str) -> list[Fault]:
    raw = _read(out / "claims.jsonl")
    if (fault := broken(raw)) is not None:
        return [Fault("broken-chain", f"claims.jsonl, line {fault[0]}", fault[1])]
    lines = raw.splitlines()
    if (hashlib.sha256(lines[-1]).hexdigest() if lines else FIRST) != last:
        where = f"claims.jsonl, line {len(lines)}"
        return [
            Fault("broken-chain", where, "it is not the last line that was built: it was altered, or lines were cut")
        ]
    return []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # a file that is gone is a fault of its own


# ------------------------------------------------------------------------------------------------------- evidence


def _evidence(before: Mapping[str, tuple[str, str]], device: Device) -> list[Fault]:
    faults = []
    for name, (path, sha256) in before.items():
        now = device.artefacts.get(name)
        if name in device.lost:
            faults.append(Fault("missing-evidence", name, str(device.lost[name])))
        elif now is None:
            faults.append(Fault("missing-evidence", name, "the device file does not name it any more"))
        elif now.sha256 != sha256:
            kind = "altered-reference" if now.kind == "reference" else "altered-evidence"
            what = f"{path} is not the file that the folder was built from: its hash is another"
            faults.append(Fault(kind, name, what))
    new = [name for name in (*device.artefacts, *device.lost) if name not in before]
    return faults + [Fault("new-evidence", name, "the folder was built without it: build anew") for name in new]


def _seal(device: Device) -> list[Fault]:
    try:
        with of_its_form("the seal"):
            return list(seal_faults(device))
    except WetreadError as error:
        return [Fault("lock", "device", str(error))]


def _fresh(manifest: Mapping[str, Any], device: Device, faults: list[Fault]) -> Folder | None:
    """The folder written again from the evidence as it is now."""
    if manifest.get("wetread") != __version__:
        why = f"the folder was built by wetread {manifest.get('wetread')}, and this is {__version__}: verify with that one"
        faults.append(Fault("other-version", MANIFEST, why))
        return None
    try:
        return folder(
            device, draft=True, formats=manifest["formats"], only=manifest["only"], says_draft=manifest["draft"]
        )
    except (WetreadError, KeyError, TypeError) as error:
        faults.append(Fault("cannot-build", "device", f"the documents cannot be written again: {error}"))
        return None


def _stated(manifest: Mapping[str, Any], fresh: Folder) -> Iterator[Fault]:
    """What the manifest says of the folder beside hashes."""
    now = json.loads(fresh.files[MANIFEST])
    for key in ("device", "documents", "claims"):
        if manifest.get(key) != now[key]:
            yield Fault("manifest", f"{MANIFEST}:/{key}", "it says otherwise than what would be written now")
    if not manifest.get("draft") and fresh.gaps.blocking:
        open_still = f"{len(fresh.gaps.blocking)} gaps stand in its way"
        yield Fault("manifest", f"{MANIFEST}:/draft", f"it says that the folder is no draft, and {open_still}")


def _compared(out: Path, listed: Mapping[str, str], there: Mapping[str, str], fresh: Folder) -> Iterator[Fault]:
    """Files beside those that would be built now; in an altered text, each line."""
    now = {name: hashlib.sha256(content).hexdigest() for name, content in fresh.files.items() if name != MANIFEST}
    for name, sha256 in now.items():
        if name not in listed:
            yield Fault("stale-file", name, "it would be built now, and was not: build anew")
        elif sha256 != listed[name]:
            yield Fault("stale-file", name, "the evidence, or the device file, gives another text now: build anew")
        elif name in there and there[name] != sha256:
            yield from altered_lines(name, (out / name).read_bytes(), fresh)
    gone: Iterable[str] = [name for name in listed if name not in now]
    yield from (Fault("stale-file", name, "it would not be built now: build anew") for name in gone)
