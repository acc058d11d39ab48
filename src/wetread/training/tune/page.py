"""The page of a run: what was learnt from whom, how it went, and how films that were not learnt from are told apart."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from wetread import __version__
from wetread.errors import DataError
from wetread.intervals import Interval, bootstrap_auroc
from wetread.network import build
from wetread.page import render
from wetread.report import Drawn, Section, Table
from wetread.report.wording import count, listed, number, share
from wetread.training.cache import Cache
from wetread.training.table import TrainTable
from wetread.training.tune.division import Part, pseudonyms
from wetread.training.tune.figures import Shown, drawn, films_figure
from wetread.training.tune.folder import Run
from wetread.training.tune.judge import judged
from wetread.training.tune.writing import keep, load_tensors

__all__ = ["write_page"]

_EACH = 3  # films of each kind that are shown
_NOT_CLEARED = (
    "Research software: not cleared or approved by any authority, and no run makes a network fit for patients."
)


def write_page(run: Run, table: TrainTable, films: Cache, parts: Sequence[Part]) -> None:
    """Draw every figure of a run whose fits are done, and write `report.html`; the pictures stay in the run folder."""
    scored = [part for part in parts if part.role == "out-of-fold"] or list(parts)
    places = np.concatenate([part.scored for part in scored])
    logits = np.concatenate([_logits(run, part) for part in scored])[:, 0].astype(np.float64)
    said = ~np.isnan(table.labels[places, 0])
    places, logits = places[said], logits[said]
    score, positive = 1 / (1 + np.exp(-logits)), table.labels[places, 0] > 0
    figures = drawn(_history(run), score, positive, run.recipe.fit.stop_on)
    figures["films"] = films_figure(_shown(run, films, scored, places, score, positive))
    for name, figure in figures.items():
        keep(run.folder / "figures" / f"{name}.svg", figure.svg)
        keep(run.folder / "figures" / f"{name}.png", figure.png)
    area = _area(score, positive, np.array(pseudonyms(table))[places])
    found = judged(logits[:, None], table.labels[places, :1])
    page = _page(run, area, found, positive, scored[0].role, figures)
    keep(run.folder / "report.html", page.encode())


def _logits(run: Run, part: Part) -> NDArray[np.float32]:
    found: NDArray[np.float32] = load_tensors(run.folder / "parts" / f"{part.name}.scores.pt")["logits"].numpy()
    return found


def _history(run: Run) -> dict[str, list[dict[str, Any]]]:
    with (run.folder / "history.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    told: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        numbers = {name: float(value) for name, value in row.items() if name != "fit"}
        told.setdefault(row["fit"], []).append({**numbers, "pass": int(row["pass"]), "best": row["best"] == "1"})
    return told


def _area(score: NDArray[np.float64], positive: NDArray[np.bool_], patients: NDArray[np.str_]) -> Interval:
    try:
        return bootstrap_auroc(score, positive, patients, seed=0)
    except DataError:  # so few films that most resamples hold one class
        value = judged(np.log(score / (1 - score) + 1e-300)[:, None], positive[:, None].astype(float))["auroc"]
        return Interval(value, float("nan"), float("nan"))


def _shown(
    run: Run, films: Cache, parts: Sequence[Part], places: NDArray[np.int64], score: NDArray[np.float64],
    positive: NDArray[np.bool_],
) -> list[Shown]:  # fmt: skip
    """The surest right and the surest wrong of each kind, with the maps of the fit that had not seen them."""
    kinds = (
        ("positive, scored high", positive, -score),
        ("negative, scored low", ~positive, score),
        ("positive, scored low", positive, score),
        ("negative, scored high", ~positive, -score),
    )
    fit_of = {int(place): part.name for part in parts for place in part.scored}
    networks: dict[str, Any] = {}
    shown: list[Shown] = []
    for told, which, order in kinds:
        among = np.flatnonzero(which)
        for pick in among[np.argsort(order[among], kind="stable")][:_EACH]:
            place = int(places[pick])
            name = fit_of[place]
            if name not in networks:
                networks[name] = _network(run, name)
            picture = films.take(np.array([place]))
            with torch.no_grad():
                _, maps = networks[name](torch.from_numpy(picture))
            shown.append((told, float(score[pick]), picture[0, 0], maps[0, 0].numpy()))
    return shown


def _network(run: Run, name: str) -> Any:
    spec = dataclasses.replace(run.recipe.network, outputs=len(run.about["outputs"]), pretrained=False, weights="")
    network = build(spec)
    network.load_state_dict(load_tensors(run.folder / "parts" / f"{name}.pt")["state"])
    return network.eval()


def _page(
    run: Run, area: Interval, found: dict[str, float], positive: NDArray[np.bool_], role: str, figures: dict[str, Drawn]
) -> str:
    about, recipe = run.about, run.recipe
    first = about["outputs"][0]
    return render(
        "training.html",
        {
            "name": recipe.name,
            "key_figures": [
                (f"{area.value:.3f}", f"AUROC of {first}, {role}{_range(area)}"),
                (
                    f"{found['average_precision']:.3f}",
                    f"average precision, where {share(float(positive.mean()))} are positive",
                ),
                (f"{found['f1_best']:.3f}", f"best F1; calling every film positive has {found['f1_all_positive']:.3f}"),
                (number(positive.size), "films scored that were not fitted on"),
            ],
            "headlines": _headlines(found, role),
            "sections": _sections(run, role),
            "figures": figures,
            "about": _facts(about, recipe.sha256),
            "version": __version__,
        },
    )


def _range(area: Interval) -> str:
    return f" (95 % interval over patients {area.low:.3f} to {area.high:.3f})" if np.isfinite(area.low) else ""


def _headlines(found: dict[str, float], role: str) -> list[str]:
    flattered = (
        "Each film was scored by a fit that knew nothing of its patient."
        if role == "out-of-fold"
        else "The films scored are those by which the best pass was chosen: their figures flatter the network."
    )
    gain = found["f1_best"] - found["f1_all_positive"]
    beats = (
        f"The best F1 lies {gain:.3f} above that of calling every film positive, at a threshold chosen on the same films."
        if gain > 0.005
        else "No threshold has an F1 worth more than calling every film positive."
    )
    return [flattered, beats, _NOT_CLEARED]


def _sections(run: Run, role: str) -> list[Section]:
    about, fit, plan = run.about, run.recipe.fit, run.about["plan"]
    watched = {"loss": "the loss", "auroc": "AUROC", "average_precision": "average precision"}[fit.stop_on]
    layers = tuple(
        (kind, count(len(plan[kind]), "layer"), number(plan[f"{kind}_parameters"]), ", ".join(plan[kind]))
        for kind in ("frozen", "tuned", "added")
    )
    sides = tuple(
        (side, number(told["films"]), number(told["patients"]), *(
            f"{label['positive']} / {label['negative']} / {label['unsaid']}" for label in told["labels"].values()
        ))
        for side, told in about["films"].items()
    )  # fmt: skip
    return [
        Section(
            "How the fits went",
            (
                f"At most {count(fit.epochs, 'pass', 'passes')} over the films, {fit.batch} films a step; what was watched on "
                f"films kept from the fit is {watched}, and the weights of its best pass are kept.",
                "A fit whose loss on the films it learns from falls while that on the films watched rises learns those "
                "films by heart.",
            ),
            figures=(("losses", "Loss by pass; thin lines are the folds' fits."), ("watched", "What is watched, by pass.")),
        ),
        Section(
            "How well films are told apart",
            (f"Scores are {role}, of the label {about['outputs'][0]}, at these films' own prevalence.",),
            ("At a lower prevalence the same network has a lower precision and a lower F1.",),
            (("precision", "Precision against recall."), ("f1", "F1 over the threshold.")),
        ),
        Section(
            "Films read right and wrong",
            (
                "The surest of each kind, outlined where the network's map is above half of its highest value. A map says "
                "what raised the score, not where disease is.",
            ),
            figures=(("films", "Scored by the fit that had not seen them."),),
        ),
        Section(
            "What was learnt from, and by what",
            (
                f"{run.recipe.network.name}: {number(plan['tuned_parameters'] + plan['added_parameters'])} numbers were "
                f"learnt and {number(plan['frozen_parameters'])} kept as they were.",
                *(f"{number(value)} films were left out: {reason}." for reason, value in about["left_out"].items()),
                *about["notes"],
            ),
            tables=(
                Table("Layers", ("", "layers", "numbers", "names"), layers),
                Table(
                    "Films, and positive / negative / unsaid of each label",
                    ("side", "films", "patients", *about["outputs"]), sides,
                ),
            ),
        ),
    ]  # fmt: skip


def _facts(about: dict[str, Any], recipe: str) -> dict[str, str]:
    told = about["environment"]
    return {
        "recipe": recipe[:16],
        "films, labels and sides": about["table_sha256"][:16],
        "pixels": about["cache_sha256"][:16],
        "starting weights": about["starting_sha256"][:16],
        "made with": listed([f"{name} {value}" for name, value in told.items()]),
    }
