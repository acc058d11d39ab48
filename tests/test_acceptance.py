"""What the released device must show on real films, and that the way a film is stored changes nothing."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from schema import faults
from wetread import phantom
from wetread.bundle import find, load
from wetread.bundle.released import RELEASED
from wetread.cli import main
from wetread.cli.films import Readers, answers
from wetread.inference import Reading
from wetread.phantom import LOSSLESS_SYNTAXES, LOSSY_SYNTAXES, Encoding
from wetread.radiograph.many import Crew

pytestmark = pytest.mark.skipif(
    not all((find(name) / "manifest.json").is_file() for name in RELEASED), reason="no released models in this checkout"
)

READ, REFUSED = "read", "refused"
EXPECTED: dict[str, tuple[str, set[str]]] = {
    "test1": (READ, set()),
    "test2": (READ, set()),
    "test3": (READ, set()),
    "test4": (REFUSED, {"body-part"}),
    "test5": (REFUSED, {"modality"}),
    "test6": (REFUSED, {"view"}),
    "RG1_J2KI": (READ, set()),
    "gdcm-CR-MONO1-10-chest": (READ, set()),
    "966_fixed": (READ, set()),
    "rsna_cr_pa": (READ, set()),
    "Fake_MONOHR1": (REFUSED, {"polarity"}),
    "mlut_18": (REFUSED, {"modality"}),
    "test16signed_SMPTE": (REFUSED, {"modality"}),
    "RG2_J2KR": (REFUSED, {"body-part"}),
    "RG2_JPLL": (REFUSED, {"body-part"}),
    "RG2_RLE": (REFUSED, {"body-part"}),
    "RG2_JPLY_fixed": (REFUSED, {"body-part"}),
    "RG3_JLSL": (REFUSED, {"body-part"}),
}


@pytest.mark.requirement("REQ-READ-DICOM", "REQ-MODALITY", "REQ-BODY-PART")
def test_every_real_film_gets_its_answer(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    films = sorted((shared_data / "dicom").glob("*.dcm"))
    assert {film.stem for film in films} == set(EXPECTED)
    assert main(["predict", "--json", *map(str, films)]) == 3
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["file"] for answer in answers] == [str(film) for film in films]
    wrong = {}
    for film, given in zip(films, answers, strict=True):
        assert faults(given, "line") == [], film.name
        status, codes = EXPECTED[film.stem]
        found = {reason["code"] for reason in given["reasons"]}
        if given["status"] != status or not codes <= found or (status == READ and found):
            wrong[film.stem] = (given["status"], found)
    assert wrong == {}


@pytest.mark.requirement("REQ-PAGE")
def test_the_pages_of_real_films_are_written(shared_data: Path, tmp_path: Path) -> None:
    """Also of a film that is refused before it is decoded."""
    names = ("test1", "RG1_J2KI", "test5", "Fake_MONOHR1", "RG2_JPLL")
    films = [str(shared_data / "dicom" / f"{name}.dcm") for name in names]
    assert main(["predict", "--json", "--out", str(tmp_path), *films]) == 3
    assert len(list(tmp_path.glob("*/report.html"))) == len(list(tmp_path.glob("*/film.png"))) == len(films)


# ------------------------------------------------------------------------------------------------ one film, however stored

SEED, SIZE = 5, (512, 420)
STEP = 1 / 255
LOSSLESS_PROBABILITY = 1e-3
LOSSY_PROBABILITY = 0.02
"""Bounds on the change of a probability. A lossy encoding changes pixels by up to 20 of 255 steps, 3 root mean square."""

SopClass = Literal["CR", "DX", "SC"]
ENCODINGS = {
    "plain": {},
    "MONOCHROME1, padded, LUT": {"photometric": "MONOCHROME1", "padding": True, "voi": "lut"},
    "MONOCHROME1, 16 bits, sigmoid": {"photometric": "MONOCHROME1", "bits_stored": 16, "voi": "sigmoid"},
    "8 bits, linear exact": {"bits_stored": 8, "voi": "linear_exact"},
}
OF_CR_AND_SC = {
    "signed, rescaled": {"signed": True, "rescale": (0.5, -100.0)},
    "negative slope": {"rescale": (-1.0, 4095.0), "bits_stored": 12},
    "no window": {"voi": "none"},
}


@cache
def readers() -> Readers:
    return Readers(bundle=None, engine="openvino")


@cache
def crew() -> Crew:
    """One worker for all films here: it ends with this process."""
    return Crew(1)


def read_back(folder: Path, sop_class: SopClass, encoding: Encoding | None) -> tuple[np.ndarray, Reading]:
    path = folder / "phantom.dcm"
    phantom.write(phantom.film(SEED, opacity=True, size=SIZE, sop_class=sop_class, encoding=encoding), path)
    (given,) = answers([path], readers(), crew(), picture=True, constancy=True)
    assert given.reading is not None, given.message
    assert given.film is not None
    assert given.reading.status == READ, given.reading.reasons
    return given.film.pixels, given.reading


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, Reading]:
    """The film in the default encoding: its picture is what was drawn."""
    pixels, reading = read_back(tmp_path_factory.mktemp("golden"), "DX", None)
    assert np.abs(pixels - phantom.picture(SEED, opacity=True, size=SIZE)[0]).max() <= STEP
    return pixels, reading


@pytest.mark.requirement("REQ-ENCODINGS")
@pytest.mark.parametrize("syntax", LOSSLESS_SYNTAXES)
@pytest.mark.parametrize("sop_class", ["CR", "DX", "SC"])
def test_a_lossless_encoding_changes_nothing(
    golden: tuple[np.ndarray, Reading], tmp_path: Path, sop_class: SopClass, syntax: str
) -> None:
    ways = ENCODINGS if sop_class == "DX" else ENCODINGS | OF_CR_AND_SC
    picture, expected = golden
    assert expected.probability is not None
    for name, parts in ways.items():
        pixels, reading = read_back(tmp_path, sop_class, Encoding(transfer_syntax=syntax, **parts))  # type: ignore[arg-type]
        assert np.abs(pixels - picture).max() <= STEP + 1e-6, name
        assert reading.probability == pytest.approx(expected.probability, abs=LOSSLESS_PROBABILITY), name
        assert reading.call == expected.call, name


@pytest.mark.requirement("REQ-ENCODINGS")
@pytest.mark.parametrize("syntax", LOSSY_SYNTAXES)
@pytest.mark.parametrize("sop_class", ["CR", "DX", "SC"])
def test_a_lossy_encoding_keeps_to_its_bound(
    golden: tuple[np.ndarray, Reading], tmp_path: Path, sop_class: SopClass, syntax: str
) -> None:
    picture, expected = golden
    pixels, reading = read_back(tmp_path, sop_class, Encoding(transfer_syntax=syntax))
    assert np.abs(pixels - picture).max() <= 20 * STEP
    assert np.sqrt(((pixels - picture) ** 2).mean()) <= 3 * STEP
    assert reading.probability == pytest.approx(expected.probability, abs=LOSSY_PROBABILITY)


# ----------------------------------------------------------------------------------------- one film in two resolutions


def test_untouched_films_score_as_their_small_copies(shared_data: Path, tmp_path: Path) -> None:
    """A robustness check, never a hold-out: the same 50 films at 1024 pixels and at 384."""
    indices = {folder: by_image(shared_data / folder) for folder in ("nih_1024", "nih_384")}
    common = sorted(set(indices["nih_1024"]) & set(indices["nih_384"]))
    assert len(common) == 50
    scores = {}
    for folder, index in indices.items():
        table = tmp_path / f"{folder}.csv"
        table.write_text("file\n" + "".join(f"{index[name]}\n" for name in common), encoding="utf-8")
        out = tmp_path / f"{folder}-scores.csv"
        assert main(["score", "--bundle", "adult", "--out", str(out), str(table)]) == 0
        with out.open(encoding="utf-8") as file:
            scores[folder] = np.array([float(row["score"]) for row in csv.DictReader(file)])
    off = np.abs(scores["nih_1024"] - scores["nih_384"])
    assert off.max() <= 0.02, f"{int((off > 0.02).sum())} of 50 films differ, at most by {off.max():.3f}"


def by_image(folder: Path) -> dict[str, Path]:
    """The file of each film by its name in the collection."""
    (table,) = folder.glob("*.csv")
    with table.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["image_index"]]
    return {row["image_index"]: folder / row.get("file", row["image_index"]) for row in rows}


@pytest.mark.requirement("REQ-CARD")
@pytest.mark.parametrize("name", RELEASED)
def test_a_released_card_says_what_a_reader_must_know(name: str) -> None:
    card = load(find(name)).card
    figures = {metric.name for metric in card.metrics}
    assert any("cross-validated" in figure for figure in figures)
    assert card.training["recipe_sha256"]
    assert "AUROC" in card.evidence
    assert card.licence == {"adult": "Apache-2.0", "paediatric": "CC-BY-4.0"}[name]
