"""The presentation state: what DCMTK reads from it, and where DCMTK draws it, pixel by pixel."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from clinical.conftest import COLUMNS, ROWS, gradient
from clinical.objects import WHEN, header, read_again, violations
from wetread.clinical import facts, presentation, source
from wetread.clinical.uids import Predecessor
from wetread.errors import SourceError
from wetread.inference.reading import Reading
from wetread.radiograph import read
from wetread.radiograph.door import open_dataset

Make = Callable[..., Reading]


def film(**changes: Any) -> Dataset:
    """A film of 300 x 250 pixels of 12 bits that shows the gradient, but for the changes."""
    values = np.rint(gradient() * 4095).astype("<u2")
    stock: dict[str, Any] = {
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "WindowCenter": "1800",
        "WindowWidth": "2600",
        "PixelData": values.tobytes(),
    }
    return header(**(stock | changes))


def oblong() -> Dataset:
    """The same picture in half as many rows, each pixel twice as high as wide."""
    values = np.rint(gradient(ROWS // 2) * 4095).astype("<u2")
    return film(Rows=ROWS // 2, PixelSpacing=["0.4", "0.2"], PixelData=values.tobytes())


def built(reading: Reading, of: Dataset | None = None, **asked: Any) -> Dataset:
    return read_again(presentation.build(reading, source.of(of or film()), when=WHEN, **asked))


def dcmtk(state: Dataset, of: Dataset, folder: Path) -> tuple[np.ndarray, str]:
    """The picture that DCMTK makes of a film under a presentation state, and its own list of what the state holds.

    What it draws of the first overlay, which a viewer lays over the picture, it leaves in the folder as ovl_0101.pgm.
    """
    if shutil.which("dcmp2pgm") is None:
        pytest.skip("needs dcmp2pgm (Debian package dcmtk)")
    state.save_as(folder / "state.dcm", enforce_file_format=True)
    of.save_as(folder / "film.dcm", enforce_file_format=True)
    command = ["dcmp2pgm", "-v", "-p", "state.dcm", "film.dcm", "film.pgm"]
    run = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    said = (run.stdout + run.stderr).decode(errors="replace")
    assert run.returncode == 0, said
    assert "E: " not in said
    return pgm(folder / "film.pgm"), said


def pgm(path: Path) -> np.ndarray:
    raw = path.read_bytes()
    head = re.match(rb"P5\s+(?:#[^\n]*\n)*(\d+)\s+(\d+)\s+255\s", raw)
    assert head
    return np.frombuffer(raw, np.uint8, offset=head.end()).reshape(int(head[2]), int(head[1]))


def points(state: Dataset) -> list[np.ndarray]:
    (layer,) = [one for one in state.GraphicAnnotationSequence if one.GraphicLayer == "OUTLINE"]
    return [np.array(graphic.GraphicData).reshape(-1, 2) for graphic in layer.GraphicObjectSequence]


def distance(at: np.ndarray, lines: list[np.ndarray]) -> np.ndarray:
    """How far each (column, row) is from the nearest of these closed lines."""
    found = np.full(len(at), np.inf)
    for line in lines:
        for start, end in pairwise(line):
            along = end - start
            share = np.clip(((at - start) @ along) / max(along @ along, 1e-12), 0, 1)
            found = np.minimum(found, np.linalg.norm(at - (start + share[:, None] * along), axis=1))
    return found


@pytest.mark.requirement("REQ-SHOWN")
@pytest.mark.parametrize("made", [film, oblong], ids=["square pixels", "oblong pixels"])
def test_dcmtk_draws_the_outline_where_it_is(made: Callable[[], Dataset], make_reading: Make, tmp_path: Path) -> None:
    of = made()
    state = built(make_reading(), of)
    picture, said = dcmtk(state, of, tmp_path)
    place = re.search(r"columns=(\d+) rows=(\d+) left=(\d+) top=(\d+)", said)
    assert place
    assert [int(number) for number in place.groups()] == [of.Columns, of.Rows, 0, 0]
    overlay = pgm(tmp_path / "ovl_0101.pgm")
    assert overlay.shape == picture.shape == (of.Rows, of.Columns)
    rows, columns = np.nonzero(overlay)
    drawn = np.stack([columns + 0.5, rows + 0.5], axis=1)  # centres of pixels, counted from the corner of the first
    lines = points(state)
    assert len(lines) == 2
    assert distance(drawn, lines).max() < 2.5
    for row, column, radius in ((180, 170, 36), (110, 70, 16)):  # the rings of the reading, in the square picture
        down = of.Rows / ROWS
        for turn in np.linspace(0, 2 * np.pi, 24):
            ring = ((column + 0.5) + radius * np.cos(turn), ((row + 0.5) + radius * np.sin(turn)) * down)
            assert np.linalg.norm(drawn - ring, axis=1).min() < 2.5


def test_dcmtk_reads_the_same_graphics_and_text(any_reading: Reading, tmp_path: Path) -> None:
    state = built(any_reading)
    _, said = dcmtk(state, film(), tmp_path)
    listed = [
        np.array([[float(side) for side in pair.split("\\")] for pair in line.strip(" ,").split(", ")])
        for line in re.findall(r"coordinates: (.*)", said)
    ]
    ours = points(state) if any_reading.attention else []
    assert len(listed) == len(ours)
    for theirs, mine in zip(listed, ours, strict=True):
        assert np.allclose(theirs, mine, atol=1e-3)
    assert f"Presentation Description: {facts.of(any_reading).headline[:40]}" in said
    assert "presentation size mode: SCALE TO FIT" in said
    plain = " ".join(re.sub(r"^I: ?", "", said, flags=re.MULTILINE).split())
    for line in facts.of(any_reading).lines:
        assert line in plain


@pytest.mark.requirement("REQ-SHOWN")
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"PhotometricInterpretation": "MONOCHROME1"},
        {"RescaleSlope": "2", "RescaleIntercept": "-100", "WindowCenter": "3500", "WindowWidth": "5200"},
        {"WindowCenter": ["1800", "900"], "WindowWidth": ["2600", "300"]},
        {"WindowCenter": None, "WindowWidth": None},
    ],
    ids=["monochrome 2", "monochrome 1", "rescaled", "two windows", "no window"],
)
def test_dcmtk_shows_the_film_as_it_was_read(changes: dict[str, Any], make_refusal: Make, tmp_path: Path) -> None:
    of = film(**changes)
    seen = read(of)
    steps = tuple({"name": step.name, **step.parameters} for step in seen.steps)
    shown, _ = dcmtk(built(replace(make_refusal(), steps=steps), of), of, tmp_path)
    assert np.abs(shown.astype(float) - 255 * seen.pixels).max() <= 1.5


@pytest.mark.parametrize("name", ["gdcm-CR-MONO1-10-chest.dcm", "mlut_18.dcm", "test16signed_SMPTE.dcm"])
def test_dcmtk_shows_real_films_as_they_were_read(
    name: str, shared_data: Path, make_refusal: Make, tmp_path: Path
) -> None:
    """MONOCHROME1 with a window; a modality table of its own; signed values: to one step of gray."""
    of = open_dataset(shared_data / "dicom" / name)
    seen = read(of)
    steps = tuple({"name": step.name, **step.parameters} for step in seen.steps)
    shown, _ = dcmtk(built(replace(make_refusal(), steps=steps), of), of, tmp_path)
    assert np.abs(shown.astype(float) - 255 * seen.pixels).max() <= 1


def test_dcmtk_opens_no_state_without_a_patients_name(make_refusal: Make, tmp_path: Path) -> None:
    """As the table of who shows what says; the state is valid, and no name is invented for a program's sake."""
    of = film(PatientName=None)
    state = built(make_refusal(), of)
    assert violations(state, tmp_path) == []
    with pytest.raises(AssertionError, match="patientName absent or empty"):
        dcmtk(state, of, tmp_path)


def test_a_refused_film_is_shown_by_its_own_first_window(make_refusal: Make) -> None:
    state = built(make_refusal(), film(WindowCenter=["1800", "900"], WindowWidth=["2600", "300"]))
    (voi,) = state.SoftcopyVOILUTSequence
    assert (voi.WindowCenter, voi.WindowWidth) == (1800, 2600)
    assert "SoftcopyVOILUTSequence" not in built(make_refusal(), film(WindowCenter="10", WindowWidth="0"))


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("keyword", ["VOILUTSequence", "ModalityLUTSequence"])
def test_a_table_is_kept(keyword: str, bits: int, make_refusal: Make, tmp_path: Path) -> None:
    table = Dataset()
    entries = (np.arange(4096) * 16 if bits == 16 else np.arange(4096) // 16).astype("<u2")
    table.LUTDescriptor, table.LUTData = [4096, 0, bits], entries.tobytes()
    table["LUTDescriptor"].VR, table["LUTData"].VR = "US", "OW"
    top = (1 << bits) - 1
    window: dict[str, Any] = {"WindowCenter": str((top + 1) / 2), "WindowWidth": str(top + 1)}
    if keyword == "VOILUTSequence":
        window = dict.fromkeys(window)
    else:
        table.ModalityLUTType = "US"
    of = film(**{keyword: [table], **window})
    state = built(make_refusal(), of)
    assert violations(state, tmp_path) == []
    shown, _ = dcmtk(state, of, tmp_path)
    assert np.abs(shown.astype(float) - 255 * read(of).pixels).max() <= 1.5


def test_the_displayed_area_is_the_whole_film_with_its_pixels(make_refusal: Make) -> None:
    (area,) = built(make_refusal()).DisplayedAreaSelectionSequence
    assert (list(area.DisplayedAreaTopLeftHandCorner), list(area.DisplayedAreaBottomRightHandCorner)) == (
        [1, 1],
        [COLUMNS, ROWS],
    )
    assert list(area.PresentationPixelSpacing) == [0.2, 0.2]
    (area,) = built(make_refusal(), film(PixelSpacing=None, PixelAspectRatio=["3", "2"])).DisplayedAreaSelectionSequence
    assert list(area.PresentationPixelAspectRatio) == [3, 2]
    for nonsense in (["0.2", "9"], ["0", "0"]):
        (area,) = built(make_refusal(), film(PixelSpacing=nonsense)).DisplayedAreaSelectionSequence
        assert list(area.PresentationPixelAspectRatio) == [1, 1]
        assert "PresentationPixelSpacing" not in area


@pytest.mark.requirement("REQ-PRELIMINARY")
def test_every_layer_can_be_put_out_and_all_of_it_is_said(any_reading: Reading) -> None:
    state = built(any_reading)
    layers = [str(layer.GraphicLayer) for layer in state.GraphicLayerSequence]
    assert layers == [str(one.GraphicLayer) for one in state.GraphicAnnotationSequence]
    assert ("OUTLINE" in layers) == (any_reading.attention is not None)
    texts = [one for layer in state.GraphicAnnotationSequence for one in layer.get("TextObjectSequence") or ()]
    assert all(len(one.UnformattedTextValue) <= 1024 for one in texts)
    said = " ".join(" ".join(str(one.UnformattedTextValue).split()) for one in texts)
    assert [line for line in facts.of(any_reading).lines if line not in said] == []
    assert said.startswith("wetread - Preliminary, not reviewed by a person")
    corners = sorted((one.BoundingBoxTopLeftHandCorner[1], one.BoundingBoxBottomRightHandCorner[1]) for one in texts)
    assert all(0 <= top < bottom <= 1 for top, bottom in corners)
    assert all(one[1] <= other[0] + 1e-6 for one, other in pairwise(corners))


def test_long_words_stay_within_their_half(make_reading: Make) -> None:
    state = built(make_reading(evidence="A sentence of evidence. " * 300))
    texts = [one for layer in state.GraphicAnnotationSequence for one in layer.get("TextObjectSequence") or ()]
    assert len(texts) > 5
    assert all(len(one.UnformattedTextValue) <= 1024 for one in texts)
    assert min(one.BoundingBoxTopLeftHandCorner[1] for one in texts[1:]) >= 0.5 - 1e-6
    assert max(one.BoundingBoxBottomRightHandCorner[1] for one in texts) <= 1


def test_it_points_at_the_film(any_reading: Reading) -> None:
    state = built(any_reading)
    (series,) = state.ReferencedSeriesSequence
    (image,) = series.ReferencedImageSequence
    assert (series.SeriesInstanceUID, image.ReferencedSOPInstanceUID) == ("1.2.3.4.3", "1.2.3.4.1")
    assert state.Modality == "PR"
    assert "PixelData" not in state


@pytest.mark.requirement("REQ-DICOM-RESULTS")
def test_dciodvfy_finds_no_error(any_reading: Reading, tmp_path: Path) -> None:
    for changes in (
        {},
        {"BodyPartExamined": None},
        {"BodyPartExamined": "HAND", "Laterality": "L"},
        {"Laterality": "R"},
    ):
        assert violations(built(any_reading, film(**changes)), tmp_path) == []


def test_a_film_in_colour_has_no_grayscale_presentation(make_refusal: Make) -> None:
    for changes in (
        {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"},
        {"PhotometricInterpretation": "PALETTE COLOR"},
    ):
        with pytest.raises(SourceError, match="in colour"):
            built(make_refusal(), film(**changes))


def test_uids_follow_the_settings_and_what_is_replaced_is_said(make_reading: Make, tmp_path: Path) -> None:
    first, again = built(make_reading()), built(make_reading())
    assert first == again
    others = [
        built(make_reading(), outline=False),
        built(make_reading(), overlay=False),
        built(make_reading(score=0.7)),
    ]
    assert len({one.SOPInstanceUID for one in (first, *others)}) == 4
    assert "OverlayData" not in [element.keyword for element in built(make_reading(), overlay=False)]
    newer = built(make_reading(score=0.7), replaces=Predecessor.of(first))
    assert newer.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == first.SOPInstanceUID
    assert violations(newer, tmp_path) == []
    assert "ReferencedInstanceSequence" not in built(make_reading(), replaces=Predecessor.of(first))
