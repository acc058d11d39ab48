"""What is asked of a model's scores: each question is a set of films, a label, and what may be compared with what."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wetread.training.films import FilmSet

__all__ = ["TRAINED_ON", "Question", "chexnet_scores", "id_band", "questions"]

# Patient ids of ChestX-ray14 grow with time of first visit; the shared negatives crowd below 4000.
_BANDS = (4000, 10000, 15000, 20000, 25000)
TRAINED_ON = {"nih": "Pneumonia (NIH, text-mined)", "kermany": "pneumonia (Kermany)"}
"""The label that the networks are fitted on, by collection."""

_OPACITY, _ABNORMAL, _NORMAL = "Lung Opacity", "No Lung Opacity / Not Normal", "Normal"


@dataclass(frozen=True, eq=False)
class Question:
    """One question.

    Parameters
    ----------
    name, label
        In words: the set of films, and what is positive.
    asked
        bool (films,): which films are asked about.
    positive
        int64 (films,): 0 or 1.
    strata
        Text (films,) or None: only films of one stratum are compared.
    """

    name: str
    label: str
    asked: NDArray[np.bool_]
    positive: NDArray[np.int64]
    strata: NDArray[np.str_] | None = None


def id_band(films: FilmSet) -> NDArray[np.str_]:
    """Band of the patient's number."""
    return np.digitize([int(patient) for patient in films.patients], _BANDS).astype(str)


def questions(films: FilmSet) -> list[Question]:
    """The questions for a collection, the primary one first."""
    positive = films.labels[:, 0].astype(np.int64)
    everything = np.ones(len(films), bool)
    if films.collection == "kermany":
        kind = films.column("label")
        normal = positive == 0
        return [
            Question("all films", TRAINED_ON["kermany"], everything, positive),
            Question(
                "bacterial pneumonia and normal films",
                "pneumonia (Kermany)",
                normal | (kind == "PNEUMONIA_BACTERIA"),
                positive,
            ),
            Question(
                "viral pneumonia and normal films",
                "pneumonia (Kermany)",
                normal | (kind == "PNEUMONIA_VIRUS"),
                positive,
            ),
        ]
    view, read = films.column("view"), films.column("rsna_class")
    opacity = (read == _OPACITY).astype(np.int64)
    matched = np.char.add(np.char.add(id_band(films), " "), view)
    reader = "Lung Opacity (radiologists, RSNA)"
    text = TRAINED_ON["nih"]
    return [
        Question("films read by radiologists", reader, read != "", opacity),
        Question(
            "films with age, sex and view; compared within patient-id band and view",
            text,
            view != "",
            positive,
            matched,
        ),
        Question("all films", text, everything, positive),
        Question(
            "films read by radiologists, opacity against normal", reader, np.isin(read, (_OPACITY, _NORMAL)), opacity
        ),
        Question(
            "films read by radiologists, opacity against other abnormal",
            reader,
            np.isin(read, (_OPACITY, _ABNORMAL)),
            opacity,
        ),
        Question("PA films read by radiologists", reader, (read != "") & (view == "PA"), opacity),
        Question("AP films read by radiologists", reader, (read != "") & (view == "AP"), opacity),
        Question("PA films", text, view == "PA", positive),
        Question("AP films", text, view == "AP", positive),
    ]


def chexnet_scores(films: FilmSet, data: Path) -> NDArray[np.float64] | None:
    """Pneumonia scores of a public CheXNet reproduction for these films, NaN where it scored none; None without its table."""
    table = data / "labels" / "reproduce_chexnet_preds.csv.gz"
    if films.collection != "nih" or not table.exists():
        return None
    with gzip.open(table, "rt", encoding="utf-8", newline="") as file:
        scores = {row["Image Index"]: float(row["prob_Pneumonia"]) for row in csv.DictReader(file)}
    known = zip(films.columns["image_index"], films.columns["name_known"], strict=True)
    return np.array([scores.get(name, np.nan) if sure == "True" else np.nan for name, sure in known])
