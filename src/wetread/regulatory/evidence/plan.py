"""The plan's sizes: what a device file asks for, and what `wetread documents plan` computed of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from wetread.errors import ConfigError
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, items

__all__ = ["SizeRow", "asked", "plan_of", "sizes", "stale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRow:
    """One calculation of a plan.

    Attributes
    ----------
    of
        What is to be shown or known.
    ref
        Reference of the whole: `ref + "/result/stable"` is what `num` takes.
    method
        Whose formula.
    inputs, result
        What was asked, and what came out.
    """

    of: str
    method: str
    ref: str
    inputs: Mapping[str, Any]
    result: Mapping[str, Any]


def asked(path: Path) -> Mapping[str, Any]:
    """What a device file asks of the plan, its `validation:`; no other evidence has to be there yet.

    Raises
    ------
    ConfigError
        If the file is missing, is no YAML, is no device file, or asks for nothing.
    """
    try:
        told = yaml.safe_load(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"device file {path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"device file {path} is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(told, dict) or told.get("schema") != "wetread.device/1":
        raise ConfigError(f"device file {path}: `schema: wetread.device/1` is missing")
    validation = told.get("validation")
    if not isinstance(validation, dict):
        raise ConfigError(
            f"device file {path} asks for no plan: write `validation:` with a prevalence, goals and what else is to be "
            "computed (docs/documents.md)"
        )
    return validation


def plan_of(device: Device) -> Artefact | None:
    """The plan in the folder; None where there is none."""
    return first(device, "plan")


def stale(device: Device) -> bool:
    """Whether the plan was computed from other wishes than the device file has now; False without a plan."""
    plan = plan_of(device)
    return plan is not None and found(plan, "asked") != device.plain.get("validation")


def sizes(plan: Artefact, kind: str) -> Iterator[SizeRow]:
    """Each calculation of a kind: goals, precision, areas, groups, pairs, f1 or readers."""
    for ref, row in items(plan, kind):
        inputs, result = row.get("inputs") or {}, row.get("result") or {}
        yield SizeRow(
            of=str(row.get("of", "")), method=str(row.get("method", "")), ref=ref, inputs=inputs, result=result
        )
