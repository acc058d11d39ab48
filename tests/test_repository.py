"""What holds for every file of the repository, whatever room it stands in."""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools import tree

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "wetread"
# The only room at the edge so far: it prints, and it may look at the environment.
EDGE = ("cli",)


@cache
def repository_files() -> tuple[str, ...]:
    try:
        return tree.repository_files(ROOT)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"not a git checkout, so what belongs to it is unknown: {error}")


def parsed(pattern: str, root: Path = ROOT) -> Iterator[tuple[Path, ast.Module]]:
    """Every Python file under `root` that matches `pattern`, with its syntax tree."""
    for file in sorted(root.glob(pattern)):
        yield file, ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def imported(code: ast.AST) -> set[str]:
    """Dotted names of the modules that are imported anywhere in `code`."""
    names: set[str] = set()
    for node in ast.walk(code):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


# ------------------------------------------------------------------------------------------------ README's tree


def readme_tree() -> dict[str, str]:
    """Paths of README's tree, folders with a slash at the end, each with its comment."""
    return tree.parse((ROOT / "README.md").read_text(encoding="utf-8"))


def is_leaf_folder(path: str, paths: dict[str, str]) -> bool:
    return path.endswith("/") and not any(other != path and other.startswith(path) for other in paths)


def test_the_tree_lists_nothing_that_is_missing() -> None:
    files = repository_files()
    missing = [
        path
        for path in readme_tree()
        if (path not in files if not path.endswith("/") else not any(file.startswith(path) for file in files))
    ]
    assert missing == []


def test_the_tree_lists_every_file() -> None:
    listed = readme_tree()
    folders = tuple(path for path in listed if is_leaf_folder(path, listed))
    unlisted = [file for file in repository_files() if file not in listed and not file.startswith(folders)]
    assert unlisted == []


def test_each_file_of_the_tree_has_a_comment() -> None:
    listed = readme_tree()
    silent = [
        path
        for path, comment in listed.items()
        if comment in ("", "?") and (not path.endswith("/") or is_leaf_folder(path, listed))
    ]
    assert silent == []


# ------------------------------------------------------------------------------------- what no file may contain

HOME_OF_SOMEBODY = re.compile(r"(?<![\w.~-])/(?:root|work|Users/\w+|home/\w+)/")
MAY_LOOK_BESIDE = ("tests/", "benchmarks/", "configs/", "tools/", ".ci/", "Makefile")


def texts() -> Iterator[tuple[str, str]]:
    """Every text file of the repository with its content."""
    for name in repository_files():
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_file_names_a_path_of_one_machine() -> None:
    here = f"{ROOT}/"
    assert [name for name, text in texts() if here in text or HOME_OF_SOMEBODY.search(text)] == []


def test_only_tests_and_recipes_look_beside_the_repository() -> None:
    beside = "../" + "shared"
    assert [name for name, text in texts() if beside in text and not name.startswith(MAY_LOOK_BESIDE)] == []


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def test_no_shared_film_or_table_is_in_the_repository(shared_data: Path) -> None:
    """Their licences differ, and a film is somebody's. Sizes are compared first: most files need no hash."""
    folders = [shared_data, shared_data.parent / "oracles" / "raw"]
    ours: dict[int, list[str]] = defaultdict(list)
    for name in repository_files():
        ours[(ROOT / name).stat().st_size].append(name)
    ours.pop(0, None)
    copies = [
        name
        for folder in folders
        for theirs in folder.rglob("*")
        if theirs.is_file()
        for name in ours.get(theirs.stat().st_size, ())
        if sha256(ROOT / name) == sha256(theirs)
    ]
    assert copies == []


def test_no_file_is_too_large_to_be_meant() -> None:
    """Only a released model may be larger than 1 MiB."""
    large = [name for name in repository_files() if (ROOT / name).stat().st_size > 1 << 20]
    assert [name for name in large if not (name.startswith("src/wetread/models/") and name.endswith(".onnx"))] == []


# --------------------------------------------------------------------------------------------- code of the product

NEVER_IMPORTED = {"torchvision", "timm"}


def test_nothing_imports_torchvision_or_what_needs_it() -> None:
    """No CPU build of it exists for the torch used here; import-linter sees `src` only, this also tests and tools."""
    offenders = {
        str(file.relative_to(ROOT)): found
        for folder in ("src", "tests", "tools", "benchmarks")
        for file, code in parsed("**/*.py", ROOT / folder)
        if (found := {name.partition(".")[0] for name in imported(code)} & NEVER_IMPORTED)
    }
    assert offenders == {}


def edge_behaviour(code: ast.Module) -> set[str]:
    """What in `code` belongs to the edge of the program: printing, logging set-up, environment, command line."""
    names = imported(code)
    found = {name for name in ("logging", "argparse", "getpass") if name in names}
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "input"):
            found.add(node.func.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            dotted = f"{node.value.id}.{node.attr}"
            if dotted in ("os.environ", "os.getenv", "sys.argv", "sys.stdout", "sys.stderr", "sys.stdin", "sys.exit"):
                found.add(dotted)
    return found | {name for name in names if name in ("os.environ", "os.getenv", "sys.argv", "sys.stdout")}


def test_only_the_edge_prints_logs_or_reads_the_environment() -> None:
    offenders = {}
    for file, code in parsed("**/*.py", SOURCE):
        room = file.relative_to(SOURCE).parts[0].removesuffix(".py")
        if room not in (*EDGE, "__main__") and (found := edge_behaviour(code)):
            offenders[str(file.relative_to(ROOT))] = found
    assert offenders == {}


def global_chance(code: ast.Module) -> set[str]:
    """Unseeded or global randomness: the `random` and `secrets` modules, and `default_rng()` without a seed."""
    found = imported(code) & {"random", "secrets", "uuid.uuid4", "uuid.uuid1"}
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and not node.args and not node.keywords:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("default_rng", "uuid4", "uuid1", "generate_uid"):
                found.add(f"{name}()")
    return found


def test_nothing_in_the_product_throws_dice_without_a_seed() -> None:
    offenders = {str(file): found for file, code in parsed("**/*.py", SOURCE) if (found := global_chance(code))}
    assert offenders == {}


# -------------------------------------------------------------------------------------------------- tests that test

ASSERTING_NAMES = re.compile(r"^(assert_|assert[A-Z]|raises$|warns$|fail$)")


def asserts(function: ast.AST, helpers: dict[str, ast.AST], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function can fail by its own word: an assertion that is no constant, or a helper that has one."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant):
            return True
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if ASSERTING_NAMES.match(name):
            return True
        if name in helpers and name not in seen and asserts(helpers[name], helpers, seen | {name}):
            return True
    return False


def test_every_test_asserts_something() -> None:
    idle = []
    for file, code in parsed("**/*.py", ROOT / "tests"):
        functions = {node.name: node for node in ast.walk(code) if isinstance(node, ast.FunctionDef)}
        helpers = {name: node for name, node in functions.items() if not name.startswith("test")}
        idle += [
            f"{file.relative_to(ROOT)}::{name}"
            for name, node in functions.items()
            if name.startswith("test") and file.name.startswith("test_") and not asserts(node, helpers)
        ]
    assert idle == []


def test_no_two_tests_of_a_file_share_a_name() -> None:
    """The second would silently replace the first."""
    twice = []
    for file, code in parsed("**/test_*.py", ROOT / "tests"):
        for scope in [code, *(node for node in code.body if isinstance(node, ast.ClassDef))]:
            names = [node.name for node in scope.body if isinstance(node, ast.FunctionDef)]
            twice += [f"{file.relative_to(ROOT)}::{name}" for name in sorted(set(names)) if names.count(name) > 1]
    assert twice == []


# ------------------------------------------------------------------------------------------------------ dependencies


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements(extra: str | None = None) -> list[Requirement]:
    """The bare requirements, or those of one extra."""
    table = project()
    listed = table["dependencies"] if extra is None else table["optional-dependencies"][extra]  # type: ignore[index]
    return [Requirement(line) for line in listed]  # type: ignore[attr-defined]


EXTRAS = [None, *project()["optional-dependencies"]]  # type: ignore[misc]


@pytest.mark.requirement("REQ-DEPENDENCIES")
@pytest.mark.parametrize("extra", EXTRAS)
def test_every_requirement_has_a_floor_and_a_ceiling(extra: str | None) -> None:
    operators = {
        requirement.name: {specifier.operator for specifier in requirement.specifier}
        for requirement in requirements(extra)
    }
    assert {
        name: found for name, found in operators.items() if not (found & {"==", "~="} or {">=", "<"} <= found)
    } == {}


def needed(names: list[str]) -> set[str]:
    """The installed distributions that `names` bring, themselves included."""
    found: set[str] = set()
    while names:
        name = names.pop()
        if name in found:
            continue
        found.add(name)
        for line in metadata.requires(name) or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                names.append(requirement.name)
    return found


def stated_licence(name: str) -> str:
    """What a distribution says of its licence, without the full texts that some put there."""
    facts = metadata.metadata(name)
    stated = [*(facts.get_all("License-Expression") or ()), *(facts.get_all("License") or ())]
    stated += [line for line in facts.get_all("Classifier") or () if line.startswith("License")]
    return " | ".join(line.splitlines()[0] for line in stated if line)


PERMISSIVE = re.compile(r"\b(MIT|BSD|Apache|PSF|Python Software Foundation|HPND|ISC|Zlib)\b", flags=re.IGNORECASE)
COPYLEFT = re.compile(r"\b(A|L)?GPL|General Public", flags=re.IGNORECASE)


@pytest.mark.requirement("REQ-DEPENDENCIES")
def test_the_device_brings_only_permissive_licences() -> None:
    """A hospital's product may be built on the device, so no dependency of it may forbid that (docs/decisions/0003)."""
    licences = {name: stated_licence(name) for name in needed([requirement.name for requirement in requirements()])}
    assert len(licences) >= 9
    assert {name: text for name, text in licences.items() if COPYLEFT.search(text) or not PERMISSIVE.search(text)} == {}
