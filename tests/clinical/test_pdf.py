"""The page for the chart: one page, readable by other programs, with the right patient or none."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from clinical import sources
from clinical.objects import WHEN, header, read_again, violations
from clinical.test_capture import shown
from wetread.clinical import facts, pdf, source
from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.errors import Code, Reason, SourceError
from wetread.inference.reading import Reading

Make = Callable[..., Reading]


def built(reading: Reading, of: Source | None = None, **asked: Any) -> Dataset:
    return read_again(pdf.build(reading, of or shown(), when=WHEN, **asked))


def said(content: bytes, folder: Path) -> str:
    """The words that Poppler reads from the page, on one line."""
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (Debian package poppler-utils)")
    (folder / "page.pdf").write_bytes(content)
    run = subprocess.run(["pdftotext", "-raw", "page.pdf", "-"], cwd=folder, capture_output=True, check=True)
    assert run.stderr == b""
    assert run.stdout.count(b"\f") == 1  # one page
    return " ".join(run.stdout.decode().split())


def test_the_object_holds_the_page(any_reading: Reading, tmp_path: Path) -> None:
    made = built(any_reading)
    assert violations(made, tmp_path) == []
    assert (made.MIMETypeOfEncapsulatedDocument, made.Modality) == ("application/pdf", "DOC")
    assert (made.BurnedInAnnotation, made.VerificationFlag) == ("YES", "UNVERIFIED")
    assert made.SourceInstanceSequence[0].ReferencedSOPInstanceUID == "1.2.3.4.1"
    content = made.EncapsulatedDocument[: made.EncapsulatedDocumentLength]
    assert content == pdf.page(any_reading, shown(), when=WHEN)
    assert content.rstrip().endswith(b"%%EOF")


@pytest.mark.requirement("REQ-PRELIMINARY")
def test_the_page_says_everything_and_whose_it_is(any_reading: Reading, tmp_path: Path) -> None:
    words = said(pdf.page(any_reading, shown(), when=WHEN), tmp_path)
    assert words.startswith("PRELIMINARY, NOT REVIEWED BY A PERSON")
    letters = words.replace(" ", "")  # a hash that is wider than its column is broken
    assert [line for line in facts.of(any_reading).lines if line.replace(" ", "") not in letters] == []
    for part in ("Müller, Jürgen", "P-17", "1950-01-01, M", "2026-01-02", "A17", "1.2.3.4.1", "2026-11-22 07:30"):
        assert part in words


@pytest.mark.requirement("REQ-IDENTITY")
@pytest.mark.parametrize(
    ("kind", "printed"),
    [
        ("latin-1", "Müller, Jürgen"),
        ("utf-8", "Łęcki, Şule"),
        ("cyrillic", "Люкceмбypг, Анна"),
        ("japanese", f"Yamada, Tarou (also {pdf.UNWRITTEN})"),
        ("korean", f"Hong, Gildong (also {pdf.UNWRITTEN})"),
        ("nobody", "Patient not in the film's header"),
        ("hashed", "c0ffee" * 8),
    ],
)
def test_a_name_is_printed_exactly_or_not_at_all(kind: str, printed: str, make_refusal: Make, tmp_path: Path) -> None:
    of = sources.made(kind)
    assert printed in said(pdf.page(make_refusal(), of, when=WHEN), tmp_path)
    made = built(make_refusal(), of)
    assert violations(made, tmp_path) == []
    assert made.PatientName == (of.identity.PatientName or "")


def test_a_name_without_any_printable_group_is_left_to_the_header(make_refusal: Make, tmp_path: Path) -> None:
    of = source.of(header(SpecificCharacterSet="ISO_IR 192", PatientName="山田^太郎"))
    words = said(pdf.page(make_refusal(), of, when=WHEN), tmp_path)
    assert f"Patient {pdf.UNWRITTEN}" in words
    assert "山" not in words


@pytest.mark.requirement("REQ-NO-TRAFFIC")
def test_its_font_is_inside_and_nothing_is_active(make_reading: Make, tmp_path: Path) -> None:
    content = pdf.page(make_reading(), shown(), when=WHEN)
    assert said(content, tmp_path)
    fonts = subprocess.run(["pdffonts", "page.pdf"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    rows = fonts.splitlines()[2:]
    assert len(rows) == 1
    assert "DejaVuSans" in rows[0]
    assert rows[0].split()[-5:-2] == ["yes", "yes", "yes"]  # embedded, subset, with its letters' meanings
    for active in (b"/JavaScript", b"/JS", b"/URI", b"/Launch", b"/EmbeddedFile", b"/AcroForm"):
        assert active not in content
    assert b"D:20261122073015+00'00'" in content
    assert b"M\xfcller" not in content  # the name is on the page, not in its metadata


@pytest.mark.requirement("REQ-BURNED-IN")
def test_the_picture_is_on_the_page_and_burned_in_text_is_not(make_reading: Make) -> None:
    with_picture, without = (pdf.page(make_reading(), of, when=WHEN) for of in (shown(), shown(burned_in=True)))
    assert b"/Subtype /Image" in with_picture
    assert b"/Subtype /Image" not in without
    assert with_picture != pdf.page(make_reading(), shown(), when=WHEN, outline=False)


def test_much_to_say_is_printed_smaller_and_too_much_is_refused(make_refusal: Make, tmp_path: Path) -> None:
    reasons = tuple(
        Reason(Code.VIEW, f"Reason {number}: " + "a long sentence " * 8, "ViewPosition") for number in range(12)
    )
    words = said(pdf.page(make_refusal(*reasons), shown(), when=WHEN), tmp_path)
    assert all(f"Reason {number}: a long" in words for number in range(12))
    assert "not a diagnosis." in words[-60:]
    with pytest.raises(SourceError, match="does not fit"):
        pdf.page(make_refusal(*(reasons * 12)), shown(), when=WHEN)


def test_uids_and_what_is_replaced(make_reading: Make, tmp_path: Path) -> None:
    first = built(make_reading())
    assert first == built(make_reading())
    newer = built(make_reading(score=0.7), replaces=Predecessor.of(first))
    (study,) = newer.PredecessorDocumentsSequence
    assert study.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID == first.SOPInstanceUID
    assert violations(newer, tmp_path) == []
