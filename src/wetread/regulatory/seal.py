"""The seal on the last test: plan and test list hashed before scores exist, every use counted, no threshold chosen there.

The order of events is what the people who keep the files can vouch for: a hash proves that a file is the same, not when
it was made.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from wetread.errors import ConfigError, DataError, LeakError
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.chain import FIRST
from wetread.regulatory.device import Device
from wetread.regulatory.evidence.lists import chosen_here, lists
from wetread.regulatory.fault import Fault

__all__ = ["SCHEMA", "films_hash", "list_hash", "lock", "scored_films", "seal_faults", "sealed_list", "use"]

SCHEMA = "wetread.lock/1"


def list_hash(names: Iterable[str]) -> str:
    """SHA-256 of film names, sorted, one a line: the name of a list in every result of this software.

    >>> list_hash(["b", "a"]) == list_hash(["a", "b"])
    True
    """
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def sealed_list(device: Device) -> Artefact | None:
    """The list of films that the device file keeps for the test (`test_list`); None where it names none."""
    name = device.plain.get("test_list")
    return device.artefacts.get(name) if name else None


def films_hash(listed: Artefact) -> str:
    """Hash of the film names of a test list: of a whole list, or of the side "test" of a split.

    Raises
    ------
    ConfigError
        If the file says neither.
    """
    data = listed.data if isinstance(listed.data, Mapping) else {}
    sides = data.get("sides")
    side = sides.get("test") if isinstance(sides, Mapping) else None
    found = data.get("films_sha256") or (side or {}).get("list_sha256")
    if not isinstance(found, str):
        raise ConfigError(
            f"test list {listed.name} ({listed.place}) says no hash of its films: a split with a side `test` does, or "
            "a list with `films_sha256`"
        )
    return found


def lock(device: Device) -> bytes:
    """The lock (schema `wetread.lock/1`): hashes of the analysis plan and of the test list, before anything is scored.

    Its date is the device file's. It holds the plan's hash, the hash of what the device file asks under `validation`,
    those of the test list's file and of its films, and those of the bundles to be tested.

    Raises
    ------
    ConfigError
        If the device file names no plan, or no test list.
    LeakError
        If scores or an evaluation of the test films are in the folder already: a plan made after them proves nothing.
    """
    plan = device.of_kind("plan")
    listed = sealed_list(device)
    if len(plan) != 1 or listed is None:
        lacks = "one plan (kind plan)" if len(plan) != 1 else "a test list (test_list: the name of a split)"
        raise ConfigError(f"device file {device.path.name}: a lock needs {lacks}")
    if seen := next(iter(scored_films(device)), None):
        raise LeakError(
            f"evidence {seen} holds scores of films of the test list {listed.name}: the plan can no longer be locked "
            "before them. Lock before anything is scored, on films that nothing was scored on"
        )
    told = {
        "schema": SCHEMA,
        "device": device.name,
        "claim": device.claim.value,
        "date": device.date,
        "plan": {"name": plan[0].name, "sha256": plan[0].sha256},
        "validation_sha256": _hash_of(device.plain.get("validation")),
        "test_list": {"name": listed.name, "sha256": listed.sha256, "films_sha256": films_hash(listed)},
        "bundles": {each.name: each.sha256 for each in device.of_kind("bundle")},
    }
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


def _hash_of(plain: Any) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def scored_films(device: Device) -> Iterator[str]:
    """Names of evidence that holds scores, or an evaluation, of films of the test list."""
    listed = sealed_list(device)
    if listed is None:
        return
    digest, films = films_hash(listed), _films(listed)
    for each in device.of_kind("evaluation"):
        if digest in lists(each):
            yield each.name
    for each in device.of_kind("predictions"):
        scored = _column(each.path, "film_id")
        if scored & films or (scored and list_hash(scored) == digest):
            yield each.name


def _films(listed: Artefact) -> set[str]:
    """The test films by name, where a split says them."""
    table = (listed.path if listed.path.is_dir() else listed.path.parent) / "films.csv"
    if not table.is_file():
        return set()
    with table.open(encoding="utf-8", newline="") as file:
        return {row["film_id"] for row in csv.DictReader(file) if row.get("side") == "test" and row.get("film_id")}


def _column(path: Path, name: str) -> set[str]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {row[name] for row in csv.DictReader(file) if row.get(name)}
    except (UnicodeDecodeError, csv.Error):
        return set()


def _at(data: Any, *keys: str) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


# --------------------------------------------------------------------------------------------------------- faults


def seal_faults(device: Device) -> tuple[Fault, ...]:
    """Whatever breaks the seal: a plan or a list that is not the locked one, a threshold chosen on the test films, a
    ledger that was altered.
    """
    listed = sealed_list(device)
    if listed is not None:
        try:
            films_hash(listed)
        except ConfigError as error:
            return (Fault("list-missing", listed.name, str(error)), *_ledger_faults(device))
    return (*_lock_faults(device), *_threshold_faults(device), *_ledger_faults(device))


def _lock_faults(device: Device) -> Iterator[Fault]:
    plans, listed = device.of_kind("plan"), sealed_list(device)
    for each in device.of_kind("lock"):
        told = each.data
        if _at(told, "schema") != SCHEMA:
            yield Fault("lock", each.name, f"{each.place} is no lock: `wetread documents lock` writes one")
            continue
        plan = _at(told, "plan", "sha256")
        if not plans:
            yield Fault("plan-missing", each.name, "the analysis plan that was locked is not among the evidence")
        elif plan not in [one.sha256 for one in plans]:
            yield Fault("plan-changed", plans[0].name, f"the analysis plan is not the one that was locked ({plan})")
        if _at(told, "validation_sha256") != _hash_of(device.plain.get("validation")):
            yield Fault(
                "plan-changed", "device", "what `validation` asks is not what was asked when the plan was locked"
            )
        if listed is None:
            yield Fault("list-missing", each.name, "the test list that was locked is not among the evidence")
        elif (_at(told, "test_list", "sha256"), _at(told, "test_list", "films_sha256")) != (
            listed.sha256, films_hash(listed)
        ):  # fmt: skip
            yield Fault("list-swapped", listed.name, "the test list is not the one that was locked before scoring")


def _threshold_faults(device: Device) -> Iterator[Fault]:
    listed = sealed_list(device)
    if listed is None:
        return
    digest = films_hash(listed)
    why = "it was chosen on the very films that test it: its figures flatter. Choose it on tuning films"
    for each in device.of_kind("threshold"):
        if digest in (
            _at(each.data, "films_sha256"),
            _at(each.data, "list_hash"),
            _at(each.data, "tuned", "list_hash"),
        ):
            yield Fault("threshold-on-test", each.name, f"threshold of {each.place}: {why}")
    for each in device.of_kind("bundle"):
        if _at(each.data, "training", "films_sha256") == digest:
            yield Fault("threshold-on-test", each.name, f"threshold of {each.place}: {why}")
    for each in device.of_kind("evaluation"):
        if digest not in lists(each):
            continue
        for place in range(len(_at(each.data, "cuts") or ())):
            if chosen_here(each, place):
                yield Fault("threshold-on-test", f"{each.name}:/cuts/{place}", f"threshold of {each.place}: {why}")


def _ledger_faults(device: Device) -> Iterator[Fault]:
    for each in device.of_kind("ledger"):
        previous, chained = FIRST, False
        # Other files than JSON lines have no chain; an empty line is no use.
        lines = each.path.read_bytes().splitlines() if each.path.suffix == ".jsonl" else []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            told = json.loads(line)
            chained = chained or (isinstance(told, Mapping) and "previous" in told)
            if chained and _at(told, "previous") != previous:
                yield Fault(
                    "ledger-broken", f"{each.name}, line {number}", "it does not follow from the line before it"
                )
                break
            previous = hashlib.sha256(line).hexdigest()


# --------------------------------------------------------------------------------------------------------- ledger


def use(device: Device, before: bytes) -> bytes:
    """The ledger with one more use of the test list, to be written before the films are scored.

    Parameters
    ----------
    before
        The ledger so far; empty for a new one.

    Raises
    ------
    ConfigError
        If the device file names no test list, or no lock.
    LeakError
        If the seal is broken.
    DataError
        If a line of the ledger so far cannot be read: then nobody can tell how often the films were used.
    """
    listed, locks = sealed_list(device), device.of_kind("lock")
    if listed is None or not locks:
        lacks = "a test list (test_list)" if listed is None else "a lock (`wetread documents lock`)"
        raise ConfigError(f"device file {device.path.name}: a use of the test films needs {lacks} first")
    if broken := seal_faults(device):
        raise LeakError(f"the test films may not be used: {broken[0]}")
    lines = [line for line in before.splitlines() if line.strip()]
    digest = films_hash(listed)
    used = sum(_at(_line(number, line), "films_sha256") == digest for number, line in enumerate(lines, 1))
    told = {
        "use": used + 1,
        "device": device.name,
        "films_sha256": digest,
        "lock_sha256": locks[0].sha256,
        "bundles": {each.name: each.sha256 for each in device.of_kind("bundle")},
        "date": device.date,
        "previous": hashlib.sha256(lines[-1]).hexdigest() if lines else FIRST,
    }
    return b"".join(line + b"\n" for line in lines) + json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _line(number: int, line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise DataError(f"ledger, line {number}: it is no JSON, so that nobody can tell what was used") from error
