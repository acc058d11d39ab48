"""The numbers of an evaluation computed again from predictions and labels, and compared with what its file says.

This is the one place of the room that computes: everywhere else numbers are only read.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from wetread.errors import DataError, WetreadError
from wetread.evaluation import Scored, evaluate
from wetread.evaluation.calls.threshold import stated
from wetread.evaluation.record import plain
from wetread.evaluation.result import Asked
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device
from wetread.regulatory.fault import Fault
from wetread.regulatory.seal import list_hash

__all__ = ["TOLERANCE", "recompute"]

TOLERANCE = 1e-6
"""Largest difference of a number, as a share of it or of one, whichever is larger."""
_PARTS = ("films", "headline", "area", "roc", "precision", "best", "cuts", "abstention", "reliability", "decision")
_NAMES = ("name", "tuned_on")  # words for people, which whoever evaluates chooses
_SHOWN = 10


def recompute(device: Device) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    """Compute every evaluation of the folder again whose films the folder's predictions and labels hold.

    Predictions are a table with `film_id` and `score`, labels one with `film_id`, `patient_id` and `label` (1 or 0), and
    with a column of each covariate that is judged apart.

    Returns
    -------
    tuple of str
        What was compared, and what could not be; one sentence for each evaluation.
    tuple of Fault
        Each number that comes out otherwise (`recomputed`), predictions of an evaluation's films that are not those that
        it says it was made from (`other-scores`), and inputs that cannot be read (`not-recomputed`).
    """
    told: list[str] = []
    faults: list[Fault] = []
    for each in device.of_kind("evaluation"):
        try:
            if (other := _other_scores(device, each)) is not None:
                faults.append(other)
                continue
            scored = _scored(device, each)
            if scored is None:
                told.append(
                    f"{each.name}: not computed again: no predictions and labels in the folder are of its films"
                )
                continue
            found = list(_differences(each, scored))
        except WetreadError as error:
            faults.append(Fault("not-recomputed", each.name, str(error)))
            continue
        told.append(f"{each.name}: computed again from {len(scored)} films; {len(found)} numbers differ")
        faults += [Fault("recomputed", f"{each.name}:{pointer}", why) for pointer, why in found[:_SHOWN]]
        if len(found) > _SHOWN:
            faults.append(Fault("recomputed", each.name, f"{len(found) - _SHOWN} further numbers differ"))
    return tuple(told), tuple(faults)


def _other_scores(device: Device, evaluation: Artefact) -> Fault | None:
    """`wetread evaluate` writes down the hash of the scores that it was given."""
    told = evaluation.data.get("about") if isinstance(evaluation.data, Mapping) else None
    said = re.search(r"SHA-256 ([0-9a-f]{64})$", str((told or {}).get("Scores", "")))
    tables = device.of_kind("predictions")
    if said is None or said[1] in {each.sha256 for each in tables}:
        return None
    films = (evaluation.data.get("films") or {}).get("list_hash")
    for each in tables:
        if list_hash(_rows(each.path, ("film_id",))) == films:
            why = f"{each.place} holds other scores of the same films than it was made from (SHA-256 {said[1]})"
            return Fault("other-scores", evaluation.name, why)
    return None


def _scored(device: Device, evaluation: Artefact) -> Scored | None:
    films = evaluation.data.get("films") if isinstance(evaluation.data, Mapping) else None
    if not isinstance(films, Mapping) or not films.get("list_hash"):
        raise DataError(f"{evaluation.place} is no evaluation: it names no list of films")
    for predictions in device.of_kind("predictions"):
        scores = _rows(predictions.path, ("film_id", "score"))
        if list_hash(scores) != films["list_hash"]:
            continue
        for labels in device.of_kind("labels"):
            known = _rows(labels.path, ("film_id", "patient_id", "label"))
            if set(scores) <= set(known):
                return _joined(evaluation.data, scores, known)
    return None


def _rows(path: Path, needed: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """The rows of a table by film."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if missing := [name for name in needed if name not in (reader.fieldnames or ())]:
                raise DataError(f"{path.name} has no column {missing[0]}")
            rows = {row["film_id"]: row for row in reader}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path.name} cannot be read as a table: {error}") from error
    return rows


def _joined(
    evaluation: Mapping[str, Any], scores: Mapping[str, Mapping[str, str]], labels: Mapping[str, Mapping[str, str]]
) -> Scored:
    films = sorted(scores)
    try:
        values = np.array([float(scores[film]["score"]) for film in films])
    except ValueError as error:
        raise DataError(f"the predictions hold a score that is no number: {error}") from error
    groups = [each["name"] for each in (evaluation.get("groups") or {}).get("covariates", ())]
    held = [name for name in groups if all(name in labels[film] for film in films)]
    return Scored(
        np.array(films),
        np.array([labels[film]["patient_id"] for film in films]),
        np.array([labels[film]["label"].strip().lower() in ("1", "1.0", "true", "yes") for film in films]),
        values,
        bool(evaluation["films"].get("probability")),
        {name: np.array([labels[film][name] or "" for film in films]) for name in held},
        str(evaluation["films"].get("name", "films")),
    )


def _differences(evaluation: Artefact, scored: Scored) -> Iterator[tuple[str, str]]:
    """Pointer of each number that comes out otherwise, and both values."""
    said = evaluation.data
    try:
        cuts = [cut["applied"] for cut in said["cuts"]]
        asked = [Asked(stated(cut["tuned"]["threshold"])) for cut in cuts]
        prevalences = [each["prevalence"] for each in cuts[0]["worth"]["stated"]]
        resamples, seed = int(said["settings"]["resamples"]), int(said["settings"]["seed"])
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise DataError(f"{evaluation.place} is an evaluation of another version: {error!r} is missing") from error
    found = plain(evaluate(scored, thresholds=asked, prevalences=prevalences, resamples=resamples, seed=seed))
    for part in _PARTS:
        if part == "cuts":
            for place, (before, now) in enumerate(zip(said["cuts"], found["cuts"], strict=True)):
                yield from _unlike(f"/cuts/{place}/applied/worth", before["applied"]["worth"], now["applied"]["worth"])
        else:
            yield from _unlike(f"/{part}", said.get(part), found.get(part))
    yield from _groups(said.get("groups"), found.get("groups"))


def _groups(said: Any, found: Any) -> Iterator[tuple[str, str]]:
    """Covariates that the table of labels holds; the tests between groups are of all together."""
    now = {each["name"]: each for each in (found or {}).get("covariates", ())}
    for place, before in enumerate((said or {}).get("covariates", ())):
        if before["name"] in now:
            yield from _unlike(f"/groups/covariates/{place}/groups", before["groups"], now[before["name"]]["groups"])


def _unlike(pointer: str, said: Any, found: Any) -> Iterator[tuple[str, str]]:
    if isinstance(said, Mapping) and isinstance(found, Mapping):
        for key in said:
            if key not in _NAMES:
                yield from _unlike(f"{pointer}/{key}", said[key], found.get(key))
    elif isinstance(said, list) and isinstance(found, list) and len(said) == len(found):
        for place, (before, now) in enumerate(zip(said, found, strict=True)):
            yield from _unlike(f"{pointer}/{place}", before, now)
    elif not _alike(said, found):
        yield pointer, f"the file says {_shown(said)}, and predictions and labels give {_shown(found)}"


def _alike(said: Any, found: Any) -> bool:
    numbers = (int, float)
    if isinstance(said, numbers) and isinstance(found, numbers) and not isinstance(said, bool):
        return math.isclose(said, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(said == found)


def _shown(value: Any) -> str:
    return f"{len(value)} values" if isinstance(value, list | Mapping) else f"{value!r}"
