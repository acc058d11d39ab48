"""The conformance statement is the one that the code gives, and says what objects really hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinical.conftest import STATUSES
from clinical.objects import WHEN, header
from tools import conformance as tool
from wetread.clinical import concepts, conformance, source
from wetread.clinical.kinds import DICOM, KINDS
from wetread.clinical.profiles import PROFILES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"


@pytest.fixture(scope="module")
def page() -> str:
    return conformance.text()


def chapter(page: str, kind: str) -> str:
    return page.split(f"\n### `{kind}`: ")[1].split("\n### ", maxsplit=1)[0].split("\n## ", maxsplit=1)[0]


@pytest.mark.requirement("REQ-CONFORMANCE")
def test_the_page_is_current(page: str) -> None:
    assert PAGE.read_text(encoding="utf-8") == page, "out of date: python tools/conformance.py"


@pytest.mark.requirement("REQ-CONFORMANCE")
@pytest.mark.parametrize("kind", [kind.name for kind in KINDS.values() if kind.media_type == DICOM])
def test_every_attribute_of_an_object_is_listed(page: str, kind: str) -> None:
    listed = chapter(page, kind)
    assert KINDS[kind].sop_class_uid in page
    for make in STATUSES.values():
        for element in KINDS[kind].build(make(), source.of(header()), when=WHEN):  # type: ignore[union-attr]
            if element.keyword not in ("SpecificCharacterSet", *source.PATIENT, *source.STUDY):
                assert f"| {element.keyword} |" in listed, element.keyword


def test_templates_kinds_sets_and_codes_are_listed(page: str) -> None:
    for kind, template in (("sr", "TID 1410"), ("sr", "TID 1500"), ("sr", "TID 4019"), ("cad-sr", "TID 4100")):
        assert template in chapter(page, kind)
    assert all(f"| `{name}` |" in page for name in (*KINDS, *PROFILES))
    assert all(f"| `{one.value}` | {one.meaning} |" in page for one in concepts.TABLE.values())
    for predecessor, kind in (("PredecessorDocumentsSequence", "sr"), ("ReferencedInstanceSequence", "gsps")):
        assert f"where it replaces one, stands in {predecessor}." in chapter(page, kind)
    for segment in ("MSH", "PID", "OBR", "OBX"):
        assert f"| {segment} | " in page
    assert "| DiagnosticReport | POST, only if not there yet | preliminary |" in page


@pytest.mark.requirement("REQ-CONFORMANCE")
def test_films_that_are_read_are_those_that_the_door_takes(page: str) -> None:
    films = page.split("## Films that are read")[1].split("\n## ", maxsplit=1)[0]
    assert "- Computed Radiography Image Storage, `1.2.840.10008.5.1.4.1.1.1`" in films
    assert "- Digital X-Ray Image Storage - For Presentation" in films
    assert "For Processing" not in films
    assert "CT Image" not in films


def test_the_tool_checks_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tool, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr("sys.argv", ["conformance.py", "--check"])
    assert tool.main() == 1
    monkeypatch.setattr("sys.argv", ["conformance.py"])
    assert tool.main() == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == page
    monkeypatch.setattr("sys.argv", ["conformance.py", "--check"])
    assert tool.main() == 0
    assert "is current" in capsys.readouterr().out
