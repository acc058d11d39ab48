"""The study on tables made here, and on the real ones where they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from wetread.errors import DataError
from wetread.truth.nih_noise import study
from wetread.truth.sources import GROUPS, read_sources
from wetread.truth.words import noise_text

ROOT = Path(__file__).resolve().parents[2]
HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],"
)
FINDINGS = (
    "Pneumonia",
    "Infiltration|Pneumonia",
    "Infiltration",
    "Consolidation",
    "Effusion",
    "No Finding",
    "No Finding",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Small tables in the collections' own spelling, drawn by chance."""
    rng = np.random.default_rng(0)
    nih, match, rsna, google, attending, majority, scores = [], [], [], [], [], [], []
    for k in range(600):
        name, finding, sick = f"{k // 2 + 1:08d}_{k % 2:03d}.png", FINDINGS[k % 7], bool(rng.uniform() < 0.4)
        nih.append(
            f"{name},{finding},{k % 2},{k // 2 + 1},50,{'MF'[k % 2]},{('PA', 'AP')[k % 3 == 0]},2500,2048,0.1,0.1,"
        )
        answer = "Lung Opacity" if sick else ("Normal", "No Lung Opacity / Not Normal")[k % 2]
        if k % 5 != 1:
            match.append(f"r{k},{name},{answer},{9 if k == 0 else 1}")
            rsna.append(f"r{k},{'1,2,3,4,1' if sick else ',,,,0'}")
        if k % 2:
            google.append(f"{name},{('NO', 'YES')[sick ^ (k % 11 == 0)]}")
        if k % 3:
            attending.append(f"{name} {int(finding != 'No Finding')}")
            majority.append(f"{name} {int((finding != 'No Finding') ^ (k % 13 == 0))}")
        scores.append(f"{name}," + ",".join(f"{sick * 0.3 + rng.uniform() / 2:.4f}" for _ in range(3)))
    columns = "prob_Pneumonia,prob_Consolidation,prob_Infiltration"
    for file, lines in {
        "Data_Entry_2017_v2020.csv": [HEADER, *nih],
        "stage_2_train_labels.csv": ["patientId,x,y,width,height,Target", *rsna],
        "rsna_to_nih.csv": ["rsna_id,nih_image,rsna_class,match_mse", *match],
        "google2019_nih-chest-xray-labels.csv": ["Image Index,Airspace opacity", *google],
        "nih_abnormal_test_attending_rad.txt": attending,
        "nih_abnormal_test_rad_consensus_voted3.txt": majority,
        "reproduce_chexnet_preds.csv": [f"Image Index,{columns}", *scores],
    }.items():
        (tmp_path / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_every_table_is_there_and_says_itself(folder: Path) -> None:
    sources = read_sources(folder)
    assert sources.films.height == 600
    assert set(sources.films["group"]) == set(GROUPS)
    assert sources.films["rsna_class"].is_not_null().sum() == 479
    assert any("479 are used; 1 are left out because their match differs" in note for note in sources.notes)
    assert len(sources.hashes) == 7
    found = study(sources, resamples=60)
    plain = found.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert len(plain["labels"]) == 4
    assert plain["labels"][0]["read"] == 479
    assert plain["abnormal"]["films"] == 400
    assert plain["abnormal"]["errors"]["text-mined finding against attending"]["error"]["value"] == 0
    majority = plain["abnormal"]["errors"]["majority of three against attending"]["counts"]
    assert majority["fp"] + majority["fn"] == sum(1 for k in range(600) if k % 3 and k % 13 == 0)
    assert sum(group["read_again"] for group in plain["classes"].values()) == 479
    assert len(plain["scores"]) == 6
    text = noise_text(found)
    for words in ("verification bias", "weighed back by findings and view", "Normal or abnormal", "Gwet's AC1"):
        assert words in text
    assert study(sources, resamples=60).to_dict() == plain


def test_tables_that_are_not_there_are_left_out_and_said(folder: Path) -> None:
    for name in (
        "google2019_nih-chest-xray-labels.csv",
        "nih_abnormal_test_attending_rad.txt",
        "reproduce_chexnet_preds.csv",
    ):
        (folder / name).unlink()
    sources = read_sources(folder)
    assert sum("left out" in note for note in sources.notes) >= 3
    found = study(sources, resamples=30)
    assert len(found.labels) == 2
    assert (found.references, found.abnormal, found.scores) == (None, {}, ())
    assert "RSNA readers" in noise_text(found)
    (folder / "stage_2_train_labels.csv").unlink()
    with pytest.raises(DataError, match="nothing to hold the text-mined labels against"):
        study(read_sources(folder), resamples=30)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "google2019_nih-chest-xray-labels.csv",
            "YES",
            "MAYBE",
            "row .*'Airspace opacity': found 'MAYBE', expected YES or NO",
        ),
        (
            "nih_abnormal_test_attending_rad.txt",
            "_001.png 1",
            "_001.png yes",
            "line .*expected a film's name and 0 or 1",
        ),
        (
            "nih_abnormal_test_attending_rad.txt",
            "00000001_001",
            "99999999_001",
            "film 99999999_001.png is not in the NIH",
        ),
        ("nih_abnormal_test_attending_rad.txt", "00000002_000.png", "00000001_001.png", "stands there more than once"),
        ("reproduce_chexnet_preds.csv", "0.1", "x.1", "row .*expected a number"),
    ],
)
def test_what_is_wrong_in_a_table_is_named(folder: Path, file: str, old: str, new: str, message: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_sources(folder)


@pytest.mark.requirement("REQ-LABEL-NOISE")
def test_the_published_tables_are_those_of_the_real_labels(shared_data: Path) -> None:
    """Every count and value of results/truth/noise.json again; intervals need many resamples and are not drawn here."""
    written = json.loads((ROOT / "results" / "truth" / "noise.json").read_text("utf-8"))
    found = study(read_sources(shared_data / "labels"), resamples=20).to_dict()
    assert written["files"] == found["files"]
    assert written["sets"] == found["sets"]
    assert written["classes"] == found["classes"]
    assert written["abnormal"]["errors"] == found["abnormal"]["errors"]
    for ours, fresh in zip(written["labels"], found["labels"], strict=True):
        assert ours["resamples"] == 2000
        assert (ours["counts"], ours["cells"], ours["exact"]) == (fresh["counts"], fresh["cells"], fresh["exact"])
        for way in ("as_read", "by_label", "by_cell"):
            for name, rate in ours[way].items():
                assert rate["value"] == fresh[way][name]["value"]
                assert rate["low"] < rate["value"] < rate["high"]
    first = found["labels"][0]
    assert (first["films"], first["patients"], first["read"]) == (112120, 30805, 26580)
    assert first["counts"] == {"tp": 364, "fp": 438, "fn": 5633, "tn": 20145}
    assert [answer["films"] for answer in found["classes"]["Pneumonia"]["classes"].values()] == [364, 309, 129]
    assert found["labels"][2]["counts"] == {"tp": 59, "fp": 17, "fn": 2107, "tn": 2193}
    errors = found["abnormal"]["errors"]["majority of three against attending"]["counts"]
    assert errors == {"tp": 649, "fp": 4, "fn": 18, "tn": 673}
