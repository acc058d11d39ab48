"""Films and others as DICOM objects that call themselves DX, CHEST, PA: only the pixels can tell."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.uid import ExplicitVRLittleEndian

from requirements_plugin import for_reason
from wetread import phantom
from wetread.bundle import find, load
from wetread.bundle.gate import load_gate
from wetread.errors import Code
from wetread.inference import Gate, Reader, Reading
from wetread.radiograph import read
from wetread.training import gate_changes, gate_drawn, gate_pages


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(load(find("adult")), Gate(load_gate()))


def retagged(pixels: NDArray[np.floating]) -> bytes:
    """The picture as 12 bits with a window, in an object of a patient's frontal chest film."""
    dataset = phantom.film(1, size=(256, 210), age_years=50)
    dataset.Manufacturer = "Somebody's X-rays"
    dataset.Modality, dataset.BodyPartExamined, dataset.ViewPosition = "DX", "CHEST", "PA"
    dataset.PhotometricInterpretation, dataset.SamplesPerPixel = "MONOCHROME2", 1
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.RescaleSlope, dataset.RescaleIntercept = 1, 0
    dataset.WindowCenter, dataset.WindowWidth = 2048, 4096
    for keyword in ("VOILUTSequence", "ModalityLUTSequence", "PixelPaddingValue", "PresentationLUTShape"):
        if keyword in dataset:
            delattr(dataset, keyword)
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.PixelData = np.round(np.clip(pixels, 0, 1) * 4095).astype("<u2").tobytes()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def grown(pixels: NDArray[np.floating], times: int = 4) -> NDArray[np.floating]:
    """The picture with each pixel as a block: large enough to come reduced."""
    return np.kron(pixels, np.ones((times, times)))


def answers(reader: Reader, content: bytes) -> tuple[Reading, Reading]:
    """Of the whole film and of its reduced copy."""
    spec = reader.bundle.card.input
    whole, small = read(content), read(content, enough=(spec.height, spec.width))
    return reader.read(whole), reader.read(small)


@pytest.mark.requirement("REQ-GATE-CHEST")
@pytest.mark.parametrize(
    "draw",
    [gate_drawn.hand, gate_drawn.lateral_drawing, gate_pages.page, gate_pages.noisy, gate_pages.pattern],
    ids=lambda draw: draw.__name__,
)
def test_no_chest_film_passes_by_its_header(reader: Reader, draw: object) -> None:
    assert callable(draw)
    for seed in range(3):
        for reading in answers(reader, retagged(grown(draw(np.random.default_rng([8, seed]))))):
            assert reading.status == "refused"
            assert reading.reasons[0].tag is not None
            assert "PixelData" in reading.reasons[0].tag or reading.reasons[0].code is Code.POLARITY


@pytest.mark.requirement("REQ-CONSTANCY")
def test_the_phantom_outside_the_constancy_check_is_refused(reader: Reader) -> None:
    drawn, _ = phantom.picture(3, size=(1024, 840))
    for reading in answers(reader, retagged(drawn)):
        assert reading.reasons[0].code in (Code.NOT_CHEST, Code.CROPPED)


@pytest.mark.requirement("REQ-GATE-FRONTAL", "REQ-GATE-PASSES")
def test_real_films_pass_and_the_others_of_their_source_do_not(reader: Reader, shared_data: Path) -> None:
    from wetread.training.gate_films import gate_half

    wrong = [
        path.name
        for kind, path in gate_half(shared_data, "tuning")
        for reading in answers(reader, retagged(grown(read(path).pixels, 3)))
        if (reading.status == "read") is not (kind == "frontal")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("turn", "code"),
    [
        pytest.param(turn, code, marks=pytest.mark.requirement(*for_reason(code)))
        for turn, code in [
            (lambda p: p[::-1], Code.NOT_UPRIGHT),
            (np.rot90, Code.NOT_UPRIGHT),
            (lambda p: np.rot90(p, 3), Code.NOT_UPRIGHT),
            (lambda p: np.rot90(p, 2), Code.NOT_UPRIGHT),
            (lambda p: 1 - p, Code.POLARITY),
        ]
    ],
    ids=["mirrored down", "quarter", "three quarters", "half", "inverted"],
)
def test_the_same_film_laid_wrongly_is_refused(reader: Reader, shared_data: Path, turn: object, code: Code) -> None:
    assert callable(turn)
    for name in ("rsna_cr_pa", "test1", "966_fixed", "RG1_J2KI"):
        picture = read(shared_data / "dicom" / f"{name}.dcm").pixels
        assert all(reading.status == "read" for reading in answers(reader, retagged(picture)))
        for reading in answers(reader, retagged(np.ascontiguousarray(turn(picture)))):
            assert code in [reason.code for reason in reading.reasons], name


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(change, code, marks=pytest.mark.requirement(*for_reason(code)), id=code.value)
        for change, code in [
            (gate_changes.cropped, Code.CROPPED),
            (gate_changes.saturated, Code.SATURATED),
            (gate_changes.on_screen, Code.SCREEN_PHOTO),
            (lambda _, picture: np.ascontiguousarray(picture[:, ::-1]), Code.MIRRORED_PICTURE),
        ]
    ],
)
def test_what_became_of_a_film_is_seen_and_named(
    reader: Reader, shared_data: Path, change: Callable[..., NDArray[np.floating]], code: Code
) -> None:
    for seed, name in enumerate(("rsna_cr_pa", "test1", "RG1_J2KI")):
        picture = read(shared_data / "dicom" / f"{name}.dcm").pixels.astype(np.float64)
        made = change(np.random.default_rng([9, seed]), picture)
        (reason,) = reader.read(read(retagged(grown(made, -(-400 // min(made.shape)))))).reasons
        assert (reason.code, reason.tag) == (code, "PixelData"), name


@pytest.mark.requirement("REQ-REDUCED-DECODING")
def test_a_reduced_copy_is_judged_as_the_whole(reader: Reader, shared_data: Path) -> None:
    assert reader.gate is not None
    for name in ("966_fixed", "RG1_J2KI", "rsna_cr_pa"):
        content = (shared_data / "dicom" / f"{name}.dcm").read_bytes()
        whole, small = (reader.gate.judge(read(content, enough=enough)) for enough in (None, (384, 384)))
        assert whole.odds == pytest.approx(small.odds, abs=0.15), name
        assert whole.distance == pytest.approx(small.distance, abs=0.02)
