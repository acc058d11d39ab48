"""The software bill of materials: which components the device brings, as CycloneDX 1.6 JSON.

    python tools/sbom.py                             the bare install, to regulatory/sbom.json
    python tools/sbom.py --extra workshop --out FILE

Versions are those of the environment that runs it; dependencies, licences and makers are as each package's own metadata
tell them. The released models stand in it with the hash of their weights. Two packages tell which libraries are
compiled into them, and these are listed below them; every other package that holds compiled code is said to be
incomplete. The same environment gives the same bytes: the time stamp is an argument.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import re
import tomllib
import uuid
from collections.abc import Iterable, Iterator
from email.utils import getaddresses
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from wetread import __version__

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "regulatory" / "sbom.json"
COMPILED_NAME = re.compile(r"\.(so(\.\d+)*|pyd|dylib|dll)$")
NOT_THERE = ("n/a", "unknown")
SPDX = {
    "MIT License": "MIT",
    "MIT": "MIT",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
}
"""Spellings of licences; a family without its exact text stays a name and is no SPDX identifier."""
IDENTIFIERS = {"MIT", "Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "MIT-CMU", "HPND", "PSF-2.0", "ISC", "Zlib"}


def needed(roots: Iterable[Requirement]) -> dict[str, set[str]]:
    """The installed distributions that the roots bring, each with the names of what it needs itself."""
    found: dict[str, set[str]] = {}
    waiting = [(canonicalize_name(root.name), frozenset(root.extras)) for root in roots]
    seen = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        below = found.setdefault(name, set())
        for line in metadata.requires(name) or ():
            requirement = Requirement(line)
            if applies(requirement, extras):
                child = canonicalize_name(requirement.name)
                below.add(child)
                waiting.append((child, frozenset(requirement.extras)))
    return dict(sorted(found.items()))


def applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    """Whether a requirement holds in this environment, with these extras asked for."""
    return requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def purl(name: str, version: str) -> str:
    """The package's URL, which is its reference in the bill."""
    return f"pkg:pypi/{name}@{version}"


def licences(facts: metadata.PackageMetadata) -> list[dict[str, Any]]:
    """As the package states them; an expression stands alone."""
    if expression := facts.get("License-Expression"):
        return [{"expression": expression}]
    stated = [line.rpartition(" :: ")[2] for line in facts.get_all("Classifier") or () if line.startswith("License")]
    if not stated and (text := (facts.get("License") or "").strip()):
        stated = [text.splitlines()[0][:80]]
    names = sorted({SPDX.get(name, name) for name in stated})
    return [{"license": {"id": name} if name in IDENTIFIERS else {"name": name}} for name in names]


def maker(facts: metadata.PackageMetadata) -> str:
    """Who made the package, without an address; "" where it tells nobody."""
    for key in ("Author", "Maintainer"):
        if name := (facts.get(key) or "").strip():
            return " ".join(name.split())
    for key in ("Author-email", "Maintainer-email"):
        names = [name for name, _ in getaddresses([facts.get(key) or ""]) if name]
        if names:
            return ", ".join(names)
    return ""


def package(name: str) -> dict[str, Any]:
    """One installed distribution as a component."""
    held = metadata.distribution(name)
    reference = purl(name, held.version)
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference,
        "name": name,
        "version": held.version,
        "scope": "required",
        "purl": reference,
        "externalReferences": [{"type": "distribution", "url": f"https://pypi.org/project/{name}/{held.version}/"}],
    }
    if told := maker(held.metadata):
        component["supplier"] = {"name": told}
    if stated := licences(held.metadata):
        component["licenses"] = stated
    if compiled(held):
        component["properties"] = [{"name": "wetread:compiled", "value": "true"}]
    if inside := list(carried(name, reference)):
        component["components"] = inside
    return component


def compiled(held: metadata.Distribution) -> bool:
    """Whether the distribution holds machine code."""
    return any(COMPILED_NAME.search(file.name) for file in held.files or ())


def carried(name: str, reference: str) -> Iterator[dict[str, Any]]:
    """The libraries compiled into a package, where it tells them itself."""
    for library, version in sorted(told_by(name).items()):
        if version not in NOT_THERE:
            yield {"type": "library", "bom-ref": f"{reference}#{library}", "name": library, "version": version}


def told_by(name: str) -> dict[str, str]:
    """What a package says of the libraries inside it."""
    if name == "imagecodecs":
        import imagecodecs

        own = {"imagecodecs", "cython", "numpy", "numpy_abi"}
        return {library: str(version) for library, version in imagecodecs.version(dict).items() if library not in own}
    if name == "pillow":
        from PIL import features

        parts = {part: features.version(part) for part in features.get_supported() if part != "pil"}
        return {part: str(version) for part, version in parts.items() if version}
    return {}


def models() -> Iterator[dict[str, Any]]:
    """The released models, with the hash of their weights."""
    for folder in sorted((ROOT / "src" / "wetread" / "models").iterdir()):
        if not (folder / "model.onnx").is_file():
            continue
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        sha256 = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
        licence = str(card.get("licence") or card.get("license") or "").split(" (")[0]
        yield {
            "type": "machine-learning-model",
            "bom-ref": f"model:{card['name']}@{card['version']}",
            "name": card["name"],
            "version": card["version"],
            "scope": "required",
            "supplier": {"name": "the wetread authors"},
            "hashes": [{"alg": "SHA-256", "content": sha256}],
            **({"licenses": [{"license": {"name": licence}}]} if licence else {}),
        }


def bill(extras: Iterable[str] = (), date: str = "") -> dict[str, Any]:
    """The whole bill, for the bare install and these extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    roots = [requirement for requirement in map(Requirement, lines) if applies(requirement, ())]
    tree = needed(roots)
    packages = {name: package(name) for name in tree}
    released, runtime = list(models()), python()
    root = {
        "type": "application",
        "bom-ref": purl("wetread", __version__),
        "name": "wetread",
        "version": __version__,
        "supplier": {"name": project["authors"][0]["name"]},
        "licenses": [{"license": {"id": project["license"]}}],
        "purl": purl("wetread", __version__),
    }
    direct = sorted({packages[canonicalize_name(each.name)]["bom-ref"] for each in roots})
    below = {packages[name]["bom-ref"]: sorted(packages[each]["bom-ref"] for each in tree[name]) for name in tree}
    below[root["bom-ref"]] = [runtime["bom-ref"], *(each["bom-ref"] for each in released), *direct]
    components = [runtime, *released, *packages.values()]
    tool = {"type": "application", "name": "tools/sbom.py", "version": __version__}
    about = {
        **({"timestamp": f"{date}T00:00:00Z"} if date else {}),
        "lifecycles": [{"phase": "build"}],
        "tools": {"components": [tool]},
        "component": root,
    }
    content = {
        "metadata": about,
        "components": components,
        "dependencies": [{"ref": ref, "dependsOn": names} for ref, names in sorted(below.items())],
        "compositions": list(compositions(root["bom-ref"], components)),
    }
    return numbered(content)


def python() -> dict[str, Any]:
    """The interpreter."""
    version = platform.python_version()
    return {
        "type": "platform",
        "bom-ref": f"pkg:generic/cpython@{version}",
        "name": "CPython",
        "version": version,
        "purl": f"pkg:generic/cpython@{version}",
        "supplier": {"name": "Python Software Foundation"},
    }


def compositions(root: str, components: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """How far the bill is whole: the packages are all there; what compiled ones hold inside is not."""
    yield {"aggregate": "complete", "dependencies": [root]}
    opaque = [each["bom-ref"] for each in components if each.get("properties")]
    if opaque:
        yield {"aggregate": "incomplete", "assemblies": opaque}


def numbered(content: dict[str, Any]) -> dict[str, Any]:
    """With a serial number that follows from the content."""
    told = json.dumps(content, sort_keys=True, ensure_ascii=False)
    serial = uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(told.encode()).hexdigest())
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        **content,
    }


def main(arguments: list[str] | None = None) -> int:
    """Write the bill and say how many components it holds."""
    parser = argparse.ArgumentParser(description="the software bill of materials, CycloneDX 1.6")
    parser.add_argument("--extra", action="append", default=[], help="an extra of pyproject.toml; may be given again")
    parser.add_argument("--date", default="", help="time stamp of the bill, YYYY-MM-DD; none where it is not given")
    parser.add_argument("--out", type=Path, default=OUT, help="where it goes")
    asked = parser.parse_args(arguments)
    made = bill(asked.extra, asked.date)
    asked.out.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(made['components'])} components in {asked.out.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
