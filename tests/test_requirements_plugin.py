"""The plugin in a run of its own: ids in the JUnit file, with and without workers, and unknown ids refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from requirements_plugin import REQUIREMENTS, for_reason, known_requirements
from wetread.regulatory.trace.junit import Case, read_junit

TESTS = Path(__file__).resolve().parent
TEXT = """
import pytest

@pytest.mark.requirement("REQ-BATCH", "REQ-VIEW")
@pytest.mark.parametrize("n", [1, 2])
def test_two(n):
    assert n

@pytest.mark.requirement("REQ-BATCH")
class TestMany:
    @pytest.mark.requirement("REQ-VIEW", "REQ-BATCH")
    def test_inner(self):
        pytest.skip("needs films")

def test_plain():
    assert True

@pytest.mark.requirement("REQ-NOWHERE")
def test_unknown():
    assert True

@pytest.mark.requirement()
def test_nothing():
    assert True
"""


@pytest.fixture(scope="module", params=[[], ["-n", "2"]], ids=["one by one", "workers"])
def cases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    folder = tmp_path_factory.mktemp("run")
    (folder / "test_it.py").write_text(TEXT, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = requirement(*ids)\n", encoding="utf-8")
    asked = ["-q", "-p", "requirements_plugin", "-p", "no:cacheprovider", "--junitxml=junit.xml", *request.param]
    path = {"PYTHONPATH": str(TESTS), "PATH": str(Path(sys.executable).parent)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *asked], check=False, cwd=folder, env=path, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return {case.node: case for case in read_junit((folder / "junit.xml").read_bytes())}


@pytest.mark.requirement("REQ-TRACEABILITY")
def test_each_case_carries_its_node_and_its_requirements(cases: dict[str, Case]) -> None:
    assert {node: case.requirements for node, case in cases.items()} == {
        "test_it.py::test_two[1]": ("REQ-BATCH", "REQ-VIEW"),
        "test_it.py::test_two[2]": ("REQ-BATCH", "REQ-VIEW"),
        "test_it.py::TestMany::test_inner": ("REQ-VIEW", "REQ-BATCH"),
        "test_it.py::test_plain": (),
        "test_it.py::test_unknown": ("REQ-NOWHERE",),
        "test_it.py::test_nothing": (),
    }


@pytest.mark.requirement("REQ-TRACEABILITY")
def test_unknown_and_empty_markers_fail_their_tests_alone(cases: dict[str, Case]) -> None:
    assert {node.rpartition("::")[2]: case.outcome for node, case in cases.items()} == {
        "test_two[1]": "passed", "test_two[2]": "passed", "test_inner": "skipped", "test_plain": "passed",
        "test_unknown": "errors", "test_nothing": "errors",
    }  # fmt: skip


def test_codes_lead_to_their_requirements() -> None:
    assert for_reason("view") == for_reason("view-unknown") == ("REQ-VIEW",)
    assert for_reason("no such code") == ()
    assert {"REQ-VIEW", "REQ-BATCH"} <= known_requirements()
    assert REQUIREMENTS.is_file()
