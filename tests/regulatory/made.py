"""A small device folder with generated evidence of every common kind, made by the software's own commands where it can.

`device_folder(tmp_path)` gives the device file. Whatever a test wants otherwise, it changes in the folder, or through
the arguments: top-level keys of the device file, and names of evidence to leave out.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import toy
from cohort.films_table import fair
from evaluation.films_scored import films, findings
from wetread.bundle import Metric
from wetread.collections import list_hash
from wetread.evaluation import Scored, evaluate
from wetread.evaluation.calls.rule import Rule
from wetread.evaluation.calls.threshold import tune
from wetread.evaluation.result import Asked
from wetread.evaluation.sample_size.planned import planned
from wetread.regulatory import seal
from wetread.regulatory.device import load_device

RESAMPLES, SEED = 50, 0
VALIDATION: dict[str, Any] = {
    "prevalence": 0.1,
    "power": 0.8,
    "alpha": 0.05,
    "goals": [
        {"of": "sensitivity", "expected": 0.88, "goal": 0.80},
        {"of": "specificity", "expected": 0.90, "goal": 0.80},
    ],
    "sites": 3,
    "described": {
        "population": {
            "ages_years": [22, 120],
            "sexes": ["female", "male"],
            "views": ["PA", "AP"],
            "modalities": ["CR", "DX"],
            "body_part": "CHEST",
            "negatives": "films as they come, with every other finding that they have",
            "included": ["infiltration", "consolidation of other cause", "oedema", "effusion", "atelectasis"],
            "excluded": ["lateral films"],
        },
        "truth": {
            "method": "readers",
            "readers": 3,
            "rule": "majority of the readers",
            "adjudication": "a further radiologist where no majority is clear",
            "blinded": True,
            "agreement": True,
        },
        "endpoints": ["sensitivity", "specificity", "AUROC"],
        "criterion": "every primary goal is met on the first and only scoring of the sealed test",
        "multiplicity": "co-primary goals must all be met",
        "subgroups": ["sex", "age band", "view", "site"],
    },
}
PLAIN: dict[str, Any] = {
    "schema": "wetread.device/1",
    "name": "paper reader",
    "date": "2026-11-22",
    "claim": "triage",
    "sponsor": {"name": "a maker of paper devices"},
    "indications": {
        "finding": "airspace opacity suggestive of pneumonia",
        "ages_years": [22, 120],
        "views": ["PA", "AP"],
        "modalities": ["CR", "DX"],
        "body_parts": ["CHEST"],
    },
    "users": ["radiologists"],
    "sites": [],
    "validation": VALIDATION,
    "test_list": "split",
    "said": {},
}
EVIDENCE: dict[str, dict[str, str]] = {
    "bundle": {"kind": "bundle", "path": "bundle"},
    "cohort": {"kind": "cohort", "path": "cohort.json"},
    "split": {"kind": "split", "path": "split"},
    "plan": {"kind": "plan", "path": "plan.json"},
    "lock": {"kind": "lock", "path": "lock.json"},
    "ledger": {"kind": "ledger", "path": "ledger.jsonl"},
    "predictions": {"kind": "predictions", "path": "predictions.csv"},
    "labels": {"kind": "labels", "path": "labels.csv"},
    "evaluation": {"kind": "evaluation", "path": "evaluation.json"},
}


def tuning_films() -> Scored:
    """The films that the threshold was chosen on: other patients than those of the test."""
    scored = films(240, seed=1)
    return Scored(
        np.char.add("tune-", scored.film), np.char.add("tune-", scored.patient), scored.label, scored.score, True, {},
        "tuning films",
    )  # fmt: skip


def films_of_the_test() -> Scored:
    """The films of the test."""
    return films(300, seed=2)


def device_folder(folder: Path, *, without: Collection[str] = (), **changes: Any) -> Path:
    """Write the folder and give its device file.

    Parameters
    ----------
    folder
        Where to.
    without
        Names of evidence to leave out, as files and as entries.
    changes
        Top-level keys of the device file; None takes one out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _files().items():
        if not any(name.split("/")[0] == Path(EVIDENCE[gone]["path"]).parts[0] for gone in without):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    plain = PLAIN | {"evidence": {name: told for name, told in EVIDENCE.items() if name not in without}} | changes
    if "split" in without and "test_list" not in changes:
        plain["test_list"] = None
    return write_device(folder / "device.yaml", {key: value for key, value in plain.items() if value is not None})


def write_device(path: Path, plain: dict[str, Any]) -> Path:
    """Write a device file."""
    path.write_text(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


@cache
def _files() -> dict[str, bytes]:
    """Every file by its name, made once in a run of the tests."""
    made = _before_the_test()
    tuning, test = tuning_films(), films_of_the_test()
    tuned = tune(tuning, Rule(), resamples=RESAMPLES, seed=SEED)
    found = evaluate(
        test, thresholds=[Asked(tuned, tuning)], findings=findings(test), model="paper", resamples=RESAMPLES, seed=SEED
    )
    made["evaluation.json"] = found.to_json().encode()
    made["predictions.csv"] = _table(("film_id", "score"), zip(test.film, map(repr, test.score.tolist()), strict=True))
    groups = [test.groups[name] for name in ("view", "sex")]
    rows = zip(test.film, test.patient, test.label.astype(int), *groups, strict=True)
    made["labels.csv"] = _table(("film_id", "patient_id", "label", "view", "sex"), rows)
    return made


def _before_the_test() -> dict[str, bytes]:
    """What stands there before anything is scored: the bundle, the plan, the split, and the lock on them."""
    tuning, test = tuning_films(), films_of_the_test()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        metric = Metric(
            "AUROC", "tuning films", 0.8, 0.75, 0.85, len(tuning), tuning.positives, list_hash(map(str, tuning.film))
        )
        training = {
            "collection": "paper", "films": len(tuning), "patients": tuning.patients, "positives": tuning.positives,
            "prevalence": round(tuning.prevalence, 4), "films_sha256": tuning.list_hash, "date": "2026-11-20",
        }  # fmt: skip
        toy.bundle(folder / "bundle", metrics=(metric,), training=training)
        (folder / "cohort.json").write_text(_cohort(), encoding="utf-8")
        (folder / "split").mkdir()
        sides = [(name, "train") for name in tuning.film] + [(name, "test") for name in test.film]
        films_csv = _table(("film_id", "side", "balanced"), ((name, side, "false") for name, side in sides))
        (folder / "split/films.csv").write_bytes(films_csv)
        (folder / "split/split.json").write_text(_split(tuning, test, films_csv), encoding="utf-8")
        (folder / "plan.json").write_text(planned(VALIDATION).to_json(), encoding="utf-8")
        names = ("bundle", "cohort", "split", "plan")
        device = write_device(folder / "device.yaml", PLAIN | {"evidence": {name: EVIDENCE[name] for name in names}})
        (folder / "lock.json").write_bytes(seal.lock(load_device(device)))
        names = (*names, "lock")
        device = write_device(folder / "device.yaml", PLAIN | {"evidence": {name: EVIDENCE[name] for name in names}})
        (folder / "ledger.jsonl").write_bytes(seal.use(load_device(device), b""))
        device.unlink()
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def _cohort() -> str:
    from wetread.cohort import describe

    return describe(fair(120), name="paper films", about={}, resamples=RESAMPLES).to_json()


def _split(tuning: Scored, test: Scored, films_csv: bytes) -> str:
    sides = {
        name: {
            "films": len(each), "patients": each.patients, "positives": each.positives, "unlabelled": 0,
            "prevalence": each.prevalence, "list_sha256": each.list_hash,
        }
        for name, each in (("train", tuning), ("test", test))
    }  # fmt: skip
    plain = {
        "schema": "wetread.split/1",
        "name": "by-patient",
        "collection": "csv",
        "rule": {
            "kind": "by-patient",
            "shares": {"train": 0.5, "test": 0.5},
            "strata": [],
            "seed": 0,
            "balanced": False,
        },
        "films": len(tuning) + len(test),
        "list_sha256": list_hash([*map(str, tuning.film), *map(str, test.film)]),
        "sides": sides,
        "balanced": None,
        "films_csv_sha256": hashlib.sha256(films_csv).hexdigest(),
    }
    return json.dumps(plain, indent=1) + "\n"


def _table(header: tuple[str, ...], rows: Any) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()
