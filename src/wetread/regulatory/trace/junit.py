"""The JUnit XML file of a test run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

from wetread.errors import DataError

__all__ = ["OUTCOMES", "Case", "read_junit"]

OUTCOMES = ("passed", "failed", "errors", "skipped")
"""What may come of a case; "errors" where not the test but what it needs broke down."""
_TAGS = {"failure": "failed", "error": "errors", "skipped": "skipped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test with one set of parameters.

    Attributes
    ----------
    node
        Its node id, "tests/room/test_file.py::test_name[parameters]"; "CLASSNAME::NAME" where the file tells none.
    outcome
        One of `OUTCOMES`.
    requirements
        Ids of the requirements that it verifies.
    reason
        Why it was skipped; "" otherwise.
    """

    node: str
    outcome: str = "passed"
    requirements: tuple[str, ...] = ()
    reason: str = ""

    @property
    def function(self) -> str:
        """The node id without parameters."""
        return self.node.partition("[")[0]


def read_junit(raw: bytes) -> tuple[Case, ...]:
    """The cases of a JUnit file as pytest writes it, in its order.

    Node ids and requirements are taken from the properties "node" and "requirement" of a case.

    Raises
    ------
    DataError
        If the bytes are no XML, declare a document type, or hold no test suite.
    """
    reader = _Reader()
    try:
        reader.read(raw)
    except ExpatError as error:
        raise DataError(f"the JUnit file is no XML: {error}") from error
    if not reader.suites:
        raise DataError("the file is no JUnit file: no `testsuite` stands in it")
    return tuple(reader.cases)


@dataclass(slots=True)
class _Reader:
    cases: list[Case] = field(default_factory=list)
    suites: int = 0
    _case: dict[str, str] | None = None
    _requirements: list[str] = field(default_factory=list)

    def read(self, raw: bytes) -> None:
        parser = ParserCreate()
        # A JUnit file has no document type; entities, which can grow without bound, need one.
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.Parse(raw, True)

    def _doctype(self, *_: object) -> None:
        raise DataError("the JUnit file declares a document type, which no test run writes")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "testsuite":
            self.suites += 1
        elif name == "testcase":
            node = f"{attributes.get('classname', '')}::{attributes.get('name', '')}"
            self._case, self._requirements = {"node": node}, []
        elif self._case is not None:
            self._inside(self._case, name, attributes.get)

    def _inside(self, case: dict[str, str], name: str, attribute: Callable[[str, str], str]) -> None:
        if name in _TAGS and case.get("outcome") not in ("failed", "errors"):
            case["outcome"] = _TAGS[name]
            case["reason"] = attribute("message", "") if name == "skipped" else ""
        elif name == "property" and attribute("name", "") == "node":
            case["node"] = attribute("value", "")
        elif name == "property" and attribute("name", "") == "requirement":
            self._requirements.append(attribute("value", ""))

    def _end(self, name: str) -> None:
        if name == "testcase" and self._case is not None:
            self.cases.append(Case(**self._case, requirements=tuple(dict.fromkeys(self._requirements))))
            self._case = None
