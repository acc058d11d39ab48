"""Figures of the benchmarks: the README shows those of the result files, and what they promise of readings holds here."""

from __future__ import annotations

import json
from io import BytesIO

import numpy as np
import pytest

from benchmarks import tables
from wetread.bundle import find, load
from wetread.calibration import sigmoid
from wetread.phantom import Encoding, film
from wetread.preprocess import prepare
from wetread.radiograph import Radiograph, read

PROMISED, LOSSLESS_PHANTOMS = 0.0025, 0.001


def test_the_tables_are_those_of_the_results() -> None:
    text = tables.README.read_text(encoding="utf-8")
    assert tables.filled(text) == text


@pytest.mark.requirement("REQ-REDUCED-DECODING")
def test_readings_of_reduced_films_moved_no_further_than_promised() -> None:
    rows = [row for row in json.loads((tables.HERE / "reduced.json").read_text())["rows"] if row["as_read"]]
    assert {row["network"] for row in rows} == {"adult", "paediatric"}
    assert max(row["largest"] for row in rows) <= PROMISED
    phantoms = [row for row in rows if row["films"].startswith("phantom") and row["compression"] == "lossless"]
    assert len(phantoms) >= 2
    assert max(row["largest"] for row in phantoms) <= LOSSLESS_PHANTOMS


def probability(name: str, picture: Radiograph) -> float:
    bundle = load(find(name))
    logits, _ = bundle.engine.run(prepare(picture, bundle.card.input)[None])
    return bundle.card.calibration.probability(sigmoid(float(logits[0, 0])))


@pytest.mark.requirement("REQ-REDUCED-DECODING")
@pytest.mark.parametrize("name", ["adult", "paediatric"])
def test_a_reduced_decode_reads_alike(name: str) -> None:
    ds = film(2, opacity=True, size=(2400, 2100), encoding=Encoding(bits_stored=12))
    noise = np.random.default_rng(0).normal(0, 10, (2400, 2100))
    ds.PixelData = np.clip(np.rint(ds.pixel_array + noise), 0, 4095).astype("<u2").tobytes()
    ds.compress("1.2.840.10008.1.2.4.90")
    buffer = BytesIO()
    ds.save_as(buffer, enforce_file_format=True)
    spec = load(find(name)).card.input
    reduced = read(buffer.getvalue(), enough=(spec.height, spec.width))
    assert reduced.steps[0].parameters["resolution"] == "1/2"
    assert probability(name, reduced) == pytest.approx(
        probability(name, read(buffer.getvalue())), abs=LOSSLESS_PHANTOMS
    )
