"""The software bill of materials: complete, whole in its references, the same twice, and that of this repository."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import sbom
from wetread import __version__

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COMMITTED = json.loads((ROOT / "regulatory" / "sbom.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return sbom.bill(date="2026-11-22")


def packages(bill: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["version"] for each in bill["components"] if each["type"] == "library"}


def references(node: object) -> list[str]:
    if isinstance(node, dict):
        return (
            [node["bom-ref"], *references(list(node.values()))] if "bom-ref" in node else references([*node.values()])
        )
    return [ref for each in node for ref in references(each)] if isinstance(node, list) else []


@pytest.mark.requirement("REQ-SBOM")
@pytest.mark.parametrize("which", ["made", "committed"])
def test_it_has_what_the_format_asks_for(which: str, made: dict[str, Any]) -> None:
    bill = made if which == "made" else COMMITTED
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    assert bill["metadata"]["timestamp"] == "2026-11-22T00:00:00Z"
    assert bill["metadata"]["component"]["version"] == __version__
    for each in bill["components"]:
        assert all(each[key] for key in ("name", "version", "type")), each["name"]
        assert each["supplier"]["name"], each["name"]
        assert each.get("licenses") or each["type"] == "platform", each["name"]


@pytest.mark.requirement("REQ-SBOM")
@pytest.mark.parametrize("which", ["made", "committed"])
def test_every_reference_is_of_one_component_and_every_component_has_its_dependencies(
    which: str, made: dict[str, Any]
) -> None:
    bill = made if which == "made" else COMMITTED
    known = references(bill)
    assert len(known) == len(set(known))
    tree = {row["ref"]: row["dependsOn"] for row in bill["dependencies"]}
    assert {name for names in tree.values() for name in names} <= set(known)
    assert set(tree) == {each["bom-ref"] for each in bill["components"] if each["type"] == "library"} | {
        bill["metadata"]["component"]["bom-ref"]
    }
    reached, waiting = set(), [bill["metadata"]["component"]["bom-ref"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += tree.get(name, ())
    assert {each["bom-ref"] for each in bill["components"]} <= reached


@pytest.mark.requirement("REQ-SBOM")
def test_what_is_committed_is_what_the_project_asks_for() -> None:
    """A requirement added, or a version outside its bounds, asks for `python tools/sbom.py --date ...` again."""
    found = packages(COMMITTED)
    for line in PROJECT["dependencies"]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(found[canonicalize_name(requirement.name)]), line
    assert "torch" not in found


@pytest.mark.requirement("REQ-SBOM")
def test_models_stand_in_it_by_the_hash_of_their_weights() -> None:
    models = {each["name"]: each for each in COMMITTED["components"] if each["type"] == "machine-learning-model"}
    folders = {path.parent.name: path for path in (ROOT / "src" / "wetread" / "models").glob("*/model.onnx")}
    assert set(models) == set(folders)
    for name, path in folders.items():
        (told,) = models[name]["hashes"]
        assert told == {"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}


def test_it_is_the_same_twice_and_follows_its_content(made: dict[str, Any]) -> None:
    assert sbom.bill(date="2026-11-22") == made
    other = sbom.bill(date="2026-11-23")
    assert other["serialNumber"] != made["serialNumber"]
    assert "timestamp" not in sbom.bill()["metadata"]


@pytest.mark.requirement("REQ-SBOM")
def test_what_compiled_packages_hold_is_told_or_said_to_be_unknown(made: dict[str, Any]) -> None:
    inside = {each["name"]: [lib["name"] for lib in each.get("components", ())] for each in made["components"]}
    assert {"openjpeg", "charls"} <= set(inside["imagecodecs"])
    assert {"zlib", "freetype2"} & set(inside["pillow"])
    (unknown,) = [row["assemblies"] for row in made["compositions"] if row["aggregate"] == "incomplete"]
    assert any(ref.startswith("pkg:pypi/openvino@") for ref in unknown)
    assert not any(ref.startswith("pkg:pypi/jinja2@") for ref in unknown)


def test_an_extra_adds_its_packages(made: dict[str, Any]) -> None:
    more = sbom.bill(["workshop"])
    assert {"torch", "polars", "python-docx"} <= set(packages(more))
    assert set(packages(made)) < set(packages(more))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"License-Expression": "MIT AND Zlib", "License": "x"}, [{"expression": "MIT AND Zlib"}]),
        ({"Classifier": "License :: OSI Approved :: MIT License"}, [{"license": {"id": "MIT"}}]),
        ({"Classifier": "License :: OSI Approved :: BSD License"}, [{"license": {"name": "BSD License"}}]),
        ({"License": "BSD-3-Clause\nlong text"}, [{"license": {"id": "BSD-3-Clause"}}]),
        ({"Classifier": "Programming Language :: C"}, []),
    ],
)
def test_licences_are_as_stated(facts: dict[str, str], expected: list[object]) -> None:
    from email.message import Message

    message = Message()
    for key, value in facts.items():
        message[key] = value
    assert sbom.licences(message) == expected  # type: ignore[arg-type]


def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str], made: dict[str, Any]) -> None:
    out = tmp_path / "bill.json"
    assert sbom.main(["--date", "2026-11-22", "--out", str(out)]) == 0
    assert json.loads(out.read_text(encoding="utf-8")) == made
    assert f"{len(made['components'])} components in bill.json" in capsys.readouterr().out
