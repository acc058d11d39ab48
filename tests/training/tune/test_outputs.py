"""Several labels: from a table of findings to a released bundle and its scores."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.made import picture
from training.tune.drawn import RECIPE
from wetread.cli import main

pytestmark = [  # PyTorch's exporter, of its successor and of what it makes a constant
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Constant folding:UserWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
]

CARD = """
[card]
version = "0.1.0"
population = "drawn films"
clinical = false
age_years = [18, 120]
views = ["PA", "AP"]
labels = "drawn"
licence = "Apache-2.0"
attribution = "None: the films are drawn."
not_for = ["Any patient."]
"""


def films(data: Path) -> Path:
    """Films with an opacity on the left, on the right, on both or on neither side, and a table of findings."""
    folder = data / "drawn"
    folder.mkdir()
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("film_id", "patient_id", "label", "findings"))
        for number in range(64):
            findings = [name for bit, name in ((1, "Mass"), (2, "Edema")) if number & bit]
            drawn = picture(number, opaque=bool(number & 1)).astype(float)
            # One film in seven shows the opposite of its label: a perfect score has no likeliest slope.
            drawn[:6] = np.where((number & 2 > 0) != (number % 7 == 0), 230, 20)
            Image.fromarray(drawn.clip(0, 255).astype(np.uint8)).save(folder / f"f{number}.png")
            table.writerow((f"f{number}.png", f"p{number}", number & 1, "|".join(findings) or "No Finding"))
    recipe = RECIPE.replace('copies = "exact"', 'copies = "exact"\noutputs = ["*"]')
    path = data / "drawn.toml"
    path.write_text(recipe.replace("epochs = 6", "epochs = 8") + CARD, encoding="utf-8")
    return path


def test_all_findings_are_learnt_packaged_and_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe, run, bundle = films(tmp_path), tmp_path / "run", tmp_path / "bundle"
    assert (
        main(["train", str(recipe), "--data", str(tmp_path), "--out", str(run), "--device", "cpu", "--workers", "1"])
        == 0
    )
    assert json.loads((run / "run.json").read_text("utf-8"))["outputs"] == ["Edema", "Mass"]
    assert main(["package", str(run), "--out", str(bundle)]) == 0, capsys.readouterr().err
    card = json.loads((bundle / "card.json").read_text("utf-8"))
    assert card["outputs"] == ["Edema", "Mass"]
    assert main(["verify", str(bundle)]) == 0

    with (run / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for name in ("Edema", "Mass"):
        having = [float(row[f"logit_{name}"]) for row in rows if float(row[f"label_{name}"]) == 1]
        lacking = [float(row[f"logit_{name}"]) for row in rows if float(row[f"label_{name}"]) == 0]
        assert np.mean(having) > np.mean(lacking), name
