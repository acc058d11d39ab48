"""The front door of every room: few names, all real, none forgotten; and one version for code and changelog."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

import wetread

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "wetread"
MOST_NAMES = 8


def room_files() -> dict[str, Path]:
    """The file that holds each room's front door, by the room's name."""
    modules = {file.stem: file for file in PACKAGE.glob("*.py") if file.stem not in ("__init__", "__main__")}
    packages = {file.parent.name: file for file in PACKAGE.glob("*/__init__.py")}
    return modules | packages


ROOMS = room_files()


def bound_names(tree: ast.Module) -> set[str]:
    """Functions, classes and constants that a module's top level defines (a type alias only shortens annotations)."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names |= {target.id for target in targets if isinstance(target, ast.Name) and target.id.isupper()}
    return names


def own_imports(tree: ast.Module, room: str) -> set[str]:
    """Names that the front door of `room` takes from the room's own modules."""
    return {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"wetread.{room}.")
        for alias in node.names
    }


def public(names: set[str]) -> set[str]:
    return {name for name in names if not name.startswith("_")}


def test_every_room_is_found() -> None:
    assert {"errors", "radiograph", "bundle", "inference", "calibration"} <= set(ROOMS)


# `errors` is exempt from the count: it is one tree, drawn at its top, and every leaf is somebody's `except`.
@pytest.mark.parametrize("room", sorted(set(ROOMS) - {"errors"}))
def test_a_room_has_few_names(room: str) -> None:
    names = importlib.import_module(f"wetread.{room}").__all__
    assert 1 <= len(names) <= MOST_NAMES, f"wetread.{room} offers {len(names)} names: {names}"


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_every_name_of_a_room_is_there_once(room: str) -> None:
    module = importlib.import_module(f"wetread.{room}")
    assert len(set(module.__all__)) == len(module.__all__)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_the_list_of_a_room_is_exact(room: str) -> None:
    """What a room defines in public it lists; in a package, also what its front door takes from its own modules."""
    tree = ast.parse(ROOMS[room].read_text(encoding="utf-8"))
    offered = public(bound_names(tree))
    if ROOMS[room].name == "__init__.py":
        offered |= public(own_imports(tree, room))
    listed = set(importlib.import_module(f"wetread.{room}").__all__)
    assert offered - listed == set(), f"wetread.{room} defines public names that its __all__ does not list"


def test_the_package_itself_holds_the_version_only() -> None:
    """A common front door would load torch and the workshop into the device."""
    docstring, assignment = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(assignment, ast.Assign)
    assert [target.id for target in assignment.targets if isinstance(target, ast.Name)] == ["__version__"]


def test_the_changelog_begins_with_the_version() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert headings[0] == wetread.__version__
    assert len(set(headings)) == len(headings)
