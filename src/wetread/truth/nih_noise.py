"""The label-noise study on NIH ChestX-ray14: its text-mined labels against three groups of radiologists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from wetread.collections import list_hash
from wetread.errors import DataError
from wetread.intervals import auroc, bootstrap_auroc, proportion
from wetread.intervals.diagnostic import Counts
from wetread.intervals.noisy import apparent_auroc
from wetread.truth.agreement import Agreement, agreement
from wetread.truth.dawid_skene import fit_dawid_skene
from wetread.truth.noise import LabelNoise, label_noise, plain
from wetread.truth.reads import Reads
from wetread.truth.sources import GROUPS, Sources

__all__ = ["NihNoise", "study"]

_OPACITY = "Lung Opacity"
_CLASSES = ("Lung Opacity", "No Lung Opacity / Not Normal", "Normal")
_SCORES = ("Pneumonia", "Consolidation", "Infiltration")


@dataclass(frozen=True, slots=True, eq=False)
class NihNoise:
    """All tables of the study.

    Parameters
    ----------
    labels
        `LabelNoise` for each noisy label against each group of readers.
    classes
        What the RSNA readers made of the films of each text-mined group, three classes.
    references
        RSNA readers and Google's adjudication on the films that both read.
    abnormal
        Normal or abnormal on the films read by an attending and by three others: agreement, and each source's errors.
    scores
        A published network's scores against both labels on the same films, beside what `apparent_auroc` expects.
    """

    labels: tuple[LabelNoise, ...]
    classes: dict[str, Any]
    references: Agreement | None
    abnormal: dict[str, Any]
    scores: tuple[dict[str, Any], ...]
    sets: dict[str, dict[str, Any]]
    hashes: dict[str, str]
    notes: tuple[str, ...]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the numbers mean, in sentences made from them."""
        return (
            *_on_verification(self.labels),
            *_on_references(self.references),
            *_on_scores(self.scores),
            *_on_abnormal(self.abnormal, self.classes),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "schema": "wetread.truth.noise/1",
            "files": self.hashes,
            "sets": self.sets,
            "notes": list(self.notes),
            "remarks": list(self.remarks),
            "labels": [found.to_dict() for found in self.labels],
            "classes": self.classes,
            "references": None if self.references is None else self.references.to_dict(),
            "abnormal": self.abnormal,
            "scores": list(self.scores),
        }


def study(sources: Sources, *, resamples: int = 2000, seed: int = 0) -> NihNoise:
    """Compute every table for which the sources are there.

    Raises
    ------
    DataError
        If nobody read any film again.
    """
    films = sources.films
    there = set(films.columns)
    references = {
        name: answer
        for name, column, answer in (
            ("RSNA readers: Lung Opacity", "rsna_class", pl.col("rsna_class") == _OPACITY),
            ("Google adjudication: airspace opacity", "google_opacity", pl.col("google_opacity")),
        )
        if column in there
    }
    abnormal = {"attending", "majority"} <= there
    if not references and not abnormal:
        raise DataError(
            "none of the tables of readers is there: there is nothing to hold the text-mined labels against"
        )
    tests = {"text-mined Pneumonia": GROUPS[:1], "text-mined Pneumonia, Infiltration or Consolidation": GROUPS[:2]}
    labels = tuple(
        _against(films, test, groups, name, answer, resamples, seed)
        for name, answer in references.items()
        for test, groups in tests.items()
    )
    both = len(references) == 2
    return NihNoise(
        labels,
        _three_classes(films) if "rsna_class" in there else {},
        _two_references(films, resamples, seed) if both else None,
        _normal_or_not(films, resamples, seed) if abnormal else {},
        tuple(
            found
            for name, answer in references.items()
            for score in _SCORES
            if f"prediction_{score}" in there
            for found in _scored(films, score, name, answer, resamples, seed)
        ),
        {name: _set(films.filter(answer.is_not_null())) for name, answer in references.items()}
        | ({"attending and majority of three": _set(_read_by_four(films))} if abnormal else {}),
        sources.hashes,
        sources.notes,
    )


def _against(
    films: pl.DataFrame, test: str, groups: Sequence[str], name: str, answer: pl.Expr, resamples: int, seed: int
) -> LabelNoise:
    return label_noise(
        films["group"].is_in(list(groups)).to_numpy(),
        films.select(answer.alias("answer"))["answer"].to_list(),
        films["patient"].to_list(),
        (films["group"] + ", " + films["view"]).to_list(),
        names=(test, name),
        resamples=resamples,
        seed=seed,
    )


def _three_classes(films: pl.DataFrame) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in GROUPS:
        side = films.filter(pl.col("group") == name)
        read = side.filter(pl.col("rsna_class").is_not_null())
        if not read.height:
            continue
        found[name] = {
            "films": side.height,
            "read_again": read.height,
            "share_read_again": round(read.height / side.height, 4),
            "classes": {answer: _share(int((read["rsna_class"] == answer).sum()), read.height) for answer in _CLASSES},
        }
    return found


def _two_references(films: pl.DataFrame, resamples: int, seed: int) -> Agreement:
    both = films.filter(pl.col("rsna_class").is_not_null() & pl.col("google_opacity").is_not_null())
    n = both.height
    said = [*(both["rsna_class"] == _OPACITY).to_list(), *both["google_opacity"].to_list()]
    readers = ["RSNA Lung Opacity"] * n + ["Google airspace opacity"] * n
    reads = Reads.of(both["film"].to_list() * 2, readers, said, patient=both["patient"].to_list() * 2)
    return agreement(reads, resamples=resamples, seed=seed)


def _read_by_four(films: pl.DataFrame) -> pl.DataFrame:
    return films.filter(pl.col("attending").is_not_null() & pl.col("majority").is_not_null())


def _normal_or_not(films: pl.DataFrame, resamples: int, seed: int) -> dict[str, Any]:
    read = _read_by_four(films)
    sources = {"attending": "attending", "majority of three": "majority", "text-mined finding": "text_finding"}
    n = read.height
    value = [answer for column in sources.values() for answer in read[column].to_list()]
    readers = [name for name in sources for _ in range(n)]
    reads = Reads.of(read["film"].to_list() * 3, readers, value, patient=read["patient"].to_list() * 3)
    fit = fit_dawid_skene(reads.counts())
    return {
        "films": n,
        "patients": read["patient"].n_unique(),
        "abnormal": {name: int(read[column].sum()) for name, column in sources.items()},
        "agreement": agreement(reads, resamples=resamples, seed=seed).to_dict(),
        "errors": {
            f"{tested} against {held}": _errors(read[sources[tested]].to_numpy(), read[sources[held]].to_numpy())
            for tested, held in (
                ("majority of three", "attending"),
                ("attending", "majority of three"),
                ("text-mined finding", "attending"),
                ("text-mined finding", "majority of three"),
            )
        },
        "without_a_standard": {
            "model": "two latent classes, sources independent given the class (Dawid and Skene 1979): no standard is assumed, "
            "but where two sources share an error the model takes it for the truth",
            "abnormal_share": round(float(fit.marginals[1]), 4),
            "sensitivity": {name: round(float(fit.confusion[k, 1, 1]), 4) for k, name in enumerate(sources)},
            "specificity": {name: round(float(fit.confusion[k, 0, 0]), 4) for k, name in enumerate(sources)},
        },
    }


def _errors(test: np.ndarray[Any, Any], held: np.ndarray[Any, Any]) -> dict[str, Any]:
    table = Counts(
        tp=int((test & held).sum()),
        fp=int((test & ~held).sum()),
        fn=int((~test & held).sum()),
        tn=int((~test & ~held).sum()),
    )
    rates = {name: getattr(table, name)() for name in ("sensitivity", "specificity", "ppv", "npv")}
    wrong = proportion(table.fp + table.fn, len(test))
    return {
        "counts": {name: int(getattr(table, name)) for name in ("tp", "fp", "fn", "tn")},
        **plain({"error": wrong} | rates),
    }


def _scored(
    films: pl.DataFrame, score: str, name: str, answer: pl.Expr, resamples: int, seed: int
) -> list[dict[str, Any]]:
    """A network's scores against both labels on the films that readers read."""
    read = films.with_columns(answer.alias("answer")).filter(
        pl.col("answer").is_not_null() & pl.col(f"prediction_{score}").is_not_null()
    )
    sick, text = read["answer"].to_numpy(), (read["group"] == GROUPS[0]).to_numpy()
    if min(sick.sum(), (~sick).sum(), text.sum(), (~text).sum()) < 5:
        return []
    s, patients = read[f"prediction_{score}"].to_numpy(), read["patient"].to_list()
    ppv, npv = float(sick[text].mean()), float((~sick[~text]).mean())
    true = float(auroc(s, sick)[0])
    against_readers = bootstrap_auroc(s, sick, patients, resamples=resamples, seed=seed)
    against_text = bootstrap_auroc(s, text, patients, resamples=resamples, seed=seed)
    return [
        {
            "score": f"reproduced CheXNet, {score}",
            "reference": name,
            "films": read.height,
            "positive": int(sick.sum()),
            "text_mined_pneumonia": int(text.sum()),
            **plain({"auroc_against_readers": against_readers, "auroc_against_text": against_text}),
            "ppv": round(ppv, 4),
            "npv": round(npv, 4),
            "auroc_against_text_expected": round(apparent_auroc(true, ppv, npv), 4),
        }
    ]


def _set(films: pl.DataFrame) -> dict[str, Any]:
    names = films["film"].to_list()
    return {"films": len(names), "patients": films["patient"].n_unique(), "films_sha256": list_hash(names)}


def _on_verification(labels: Sequence[LabelNoise]) -> list[str]:
    """Who was read again, and what it does to the rates."""
    remarks = []
    for found in labels:
        with_label = [cell for cell in found.cells if cell.labelled]
        without = [cell for cell in found.cells if not cell.labelled]
        shares = [sum(c.read for c in side) / sum(c.films for c in side) for side in (with_label, without)]
        remarks.append(
            f"{found.label} against {found.reference}: read again were {shares[0]:.1%} of the films with the label and "
            f"{shares[1]:.1%} of those without (verification bias). Sensitivity is {found.as_read['sensitivity'].value:.3f} "
            f"on the films read, {found.by_label['sensitivity'].value:.3f} weighed back by label, "
            f"{found.by_cell['sensitivity'].value:.3f} weighed back by findings and view, because films without the label "
            "were not chosen by chance either. The correction holds if, within findings and view, they were."
        )
    return remarks


def _on_references(found: Agreement | None) -> list[str]:
    if found is None:
        return []
    kappa = found.estimate("Cohen's kappa").value
    first, second = (f"{who} on {found.shares[who]['1'] or 0:.1%}" for who in found.readers)
    return [
        f"Two references of radiologists are not one truth: on the {found.films} films that both read, {first} and {second}, "
        f"Cohen's kappa {kappa:.2f}. Their questions differ, and so do the rates above."
    ]


def _on_scores(scores: Sequence[dict[str, Any]]) -> list[str]:
    above = [s for s in scores if s["auroc_against_text"]["low"] > s["auroc_against_text_expected"]]
    if not above:
        return []
    first = above[0]
    return [
        f"In {len(above)} of {len(scores)} comparisons a network's AUROC against the text-mined label lies above what "
        f"errors independent of the score would leave (for example {first['auroc_against_text']['value']:.3f} where "
        f"{first['auroc_against_text_expected']:.3f} is expected). That fits text-mined positives being the more conspicuous ones, and a "
        "network repeating the errors of labels it was trained on. The formula is then too low, and a figure against "
        "text-mined labels says little of how readers' findings would be told apart."
    ]


def _on_abnormal(abnormal: dict[str, Any], classes: dict[str, Any]) -> list[str]:
    if not abnormal:
        return []
    text = abnormal["errors"]["text-mined finding against attending"]["error"]["value"]
    remark = (
        f"Normal or abnormal: the text-mined finding differs from the attending on {text:.1%} of {abnormal['films']} films. "
        "Its authors took the labels of this set from the same reports (Tang and others, npj Digital Medicine 2020), and its "
        "files do not tell how its films were chosen: no estimate of the error of the text-mined labels in the collection"
    )
    if "No Finding" in classes:
        normal = classes["No Finding"]["classes"]["Normal"]["value"]
        remark += f": RSNA readers called {normal:.1%} of the films labelled No Finding normal"
    return [remark + "."]


def _share(x: int, n: int) -> dict[str, float]:
    return {"films": x} | plain({"share": proportion(x, n)})["share"]
