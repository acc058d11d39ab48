"""Cybersecurity: what is true of this software, the bill of materials, and what a security team has to add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.evidence import first, found, items
from wetread.regulatory.pen import Pen

__all__ = ["context"]

# Pixels without redundancy cannot tell damage, so they say nothing of a codec; plain image files are no DICOM film.
_PLAIN = ("implicit-le", "explicit-le", "explicit-be", "deflated", "jpeg", "png", "tiff")


def context(device: Device, pen: Pen) -> Mapping[str, Any]:
    """What the template names: the bill of materials, the campaign of broken films, the model's hash."""
    sbom, hostile, bundle = first(device, "sbom"), first(device, "hostile"), first(device, "bundle")
    return {
        "sbom": sbom.name if sbom else "",
        "components": _components(pen, sbom) if sbom else "",
        "hostile": hostile.name if hostile else "",
        "seed": found(hostile, "seed") if hostile else None,
        "silent": _silent(pen, hostile) if hostile else "",
        "bundle": bundle.name if bundle else "",
    }


def _components(pen: Pen, sbom: Artefact) -> str:
    rows = []
    for ref, row in items(sbom, "components"):
        version = pen.num(f"{ref}/version") if row.get("version") else "–"
        rows.append([pen.num(f"{ref}/name"), version, _licences(pen, ref, row)])
    return Pen.table(["Component", "Version", "Licence"], rows) if rows else ""


def _licences(pen: Pen, ref: str, row: Mapping[str, Any]) -> str:
    """The licences of a component as CycloneDX tells them: an expression, an id of SPDX, or a name."""
    listed = row.get("licenses")
    told = [_licence(pen, f"{ref}/licenses/{place}") for place in range(len(listed) if isinstance(listed, list) else 0)]
    return ", ".join(told) or "–"


def _licence(pen: Pen, ref: str) -> str:
    keys = (f"{ref}/{key}" for key in ("expression", "license/id", "license/name"))
    return next((pen.num(key) for key in keys if pen.has(key)), "not told")


def _silent(pen: Pen, hostile: Artefact) -> str:
    """How many films with damaged compressed pixels were read as if they were whole, of how many."""
    counts = found(hostile, "coded_pixels_alone")
    told = {name: row for name, row in counts.items() if _is_coded(name, row)} if isinstance(counts, Mapping) else {}
    at = f"{hostile.name}:/coded_pixels_alone"
    silent = [f"{at}/{name}/silent" for name, row in told.items() if "silent" in row]
    every = [f"{at}/{name}/{key}" for name, row in told.items() for key in row]
    return f"{pen.derived('sum', *silent)} of {pen.derived('sum', *every)}" if silent else ""


def _is_coded(name: str, row: Any) -> bool:
    return name not in _PLAIN and isinstance(row, Mapping)
