"""Any finished run becomes a bundle: export, parity of engines, calibration, threshold by rule, card from what was measured.

No seal is opened here: a bundle made so says that no kept-aside test was made. The released bundles are made by
`wetread.training.release`, which opens the seal once.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wetread import phantom
from wetread.bundle import Bundle, CardThreshold, Metric, ModelCard, save
from wetread.errors import DataError
from wetread.evaluation import Scored, calibrate
from wetread.evaluation.calls.rule import Rule
from wetread.evaluation.calls.threshold import Tuned, tune
from wetread.intervals import Interval, bootstrap_auroc
from wetread.preprocess import InputSpec, prepare_pixels
from wetread.training.beside import Beside, beside_crude
from wetread.training.config import FitConfig
from wetread.training.parity import Parity, parity
from wetread.training.pointing import worth
from wetread.training.runfolder import OUT_OF_FOLD, RunFolder, open_folder
from wetread.truth import list_hash

__all__ = ["PACKAGE", "PACKAGE_SCHEMA", "Packaged", "drawn_films", "package"]

PACKAGE, PACKAGE_SCHEMA = "package.json", "wetread.package/1"
_OTHERS, _SMALLER = 14, (512, 420)  # more drawn films than the two of the self-test, for the parity of engines


@dataclass(frozen=True, slots=True, eq=False)
class Packaged:
    """A bundle made of a run, and what was measured on the way.

    Parameters
    ----------
    bundle
        As it can be opened again.
    auroc
        Of the scores of films that the fits had not seen, over resampled patients.
    threshold
        With its rule; its rates flatter, because the same films chose it.
    parity
        PyTorch against both engines.
    beside
        The same films and folds guessed from crude statistics; None where their pictures were not given.
    """

    bundle: Bundle
    auroc: Interval
    threshold: Tuned | CardThreshold
    parity: Parity
    beside: Beside | None


def package(
    run: Path,
    out: Path,
    today: date,
    *,
    rule: Rule | None = None,
    threshold: CardThreshold | None = None,
    data: Path | None = None,
) -> Packaged:
    """Make a bundle of a run; what was measured is also written into the run folder as `package.json`.

    Parameters
    ----------
    run, out
        A finished run folder, and the bundle's folder, which is new or an earlier bundle of the same name.
    today
        For the card.
    rule
        By which the threshold is chosen on the run's scores; the recipe's if None, Youden's where it names none.
    threshold
        One that was chosen elsewhere, with its rule in words; then no rule is applied.
    data
        The folder that the recipe's paths start from. With it, crude statistics of the same films are put beside the
        network's figures, and the engines are compared on real films too; without it the card says that nothing was.

    Raises
    ------
    DataError
        If the run is not finished, its recipe states no card, its scores cannot be calibrated, or `out` holds
        something else. Nothing is written then.
    SelfTestError
        If an engine does not answer as PyTorch does.
    """
    found = open_folder(run)
    card = found.card
    _free(out, found.config.name)
    scored = _scored(found)
    calibration = calibrate(scored.score, scored.label.astype(np.int64))
    chosen = tune(scored, rule or _rule(found), seed=found.config.fit.seed) if threshold is None else threshold
    area = bootstrap_auroc(scored.score, scored.label, scored.patient, seed=found.config.fit.seed)
    beside, real = (None, None) if data is None else beside_crude(found, data)
    drawn = drawn_films(found.config.input)
    model, alike = _exported(found, drawn, real)
    made = ModelCard(
        name=found.config.name,
        version=card.version,
        population=card.population,
        outputs=found.outputs,
        clinical=card.clinical,
        input=found.config.input,
        intended_use=card.intended_use(),
        calibration=calibration,
        threshold=chosen if isinstance(chosen, CardThreshold) else _stated(chosen, found),
        training=_training(found, today, alike),
        metrics=(_metric(found, area),),
        evidence=_evidence(found, area, beside),
        weak_evidence=beside is None or beside.difference.low <= 0,
        attention_worth=worth(None),
        not_for=card.not_for,
        licence=card.licence,
        attribution=card.attribution,
    )
    bundle = save(out, made, model, drawn[:2])
    packaged = Packaged(bundle, area, chosen, alike, beside)
    (run / PACKAGE).write_text(json.dumps(_told(packaged), indent=1) + "\n", encoding="utf-8")
    return packaged


def _rule(found: RunFolder) -> Rule | None:
    """The share of positive films that the recipe asks the threshold to keep, where it does."""
    fit = found.config.fit
    return Rule("sensitivity", target=fit.sensitivity) if isinstance(fit, FitConfig) and fit.sensitivity else None


def _free(out: Path, name: str) -> None:
    """Refuse to write over anything that is not an earlier bundle of this name."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    try:
        before = json.loads((out / "manifest.json").read_bytes())["name"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{out} holds something that is no bundle: name a new folder") from error
    if before != name:
        raise DataError(f"{out} holds the bundle {before}, and this is {name}: name another folder")


def _scored(found: RunFolder) -> Scored:
    s = found.scores
    return Scored(
        np.array(s.films), np.array(s.patients), s.labels == 1, s.scores, probability=True, name=_WHOSE[s.role]
    )


_WHOSE = {
    OUT_OF_FOLD: "out-of-fold scores of the films it was fitted on",
    "tune": "scores of the films on which its fit was watched",
}


def drawn_films(spec: InputSpec) -> NDArray[np.uint8]:
    """Prepared synthetic films, uint8 (n, height, width): one with an opacity, one without, which are the self-test, and others."""
    drawn = [phantom.picture(seed, opacity=opacity)[0] for seed, opacity in ((11, True), (12, None))]
    more = ((20 + number, True if number % 2 else None) for number in range(_OTHERS))
    drawn += [phantom.picture(seed, opacity=opacity, size=_SMALLER)[0] for seed, opacity in more]
    return np.stack([np.round(prepare_pixels(film, spec)[0] * 255).astype(np.uint8) for film in drawn])


def _exported(found: RunFolder, drawn: NDArray[np.uint8], real: NDArray[np.float32] | None) -> tuple[bytes, Parity]:
    import torch

    from wetread.training.exporting import to_onnx

    films = drawn[:, None].astype(np.float32) / np.float32(255)
    if real is not None:
        films = np.concatenate([films, real])
    network = found.network()
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "model.onnx"
        to_onnx(network, torch.from_numpy(films[:2]), path)
        model = path.read_bytes()
    return model, parity(network, model, films, drawn=len(drawn))


def _stated(chosen: Tuned, found: RunFolder) -> CardThreshold:
    low, high = max(0.0, chosen.interval.low), min(1.0, chosen.interval.high)
    return CardThreshold(chosen.threshold, f"{chosen.rule} on {_WHOSE[found.scores.role]}", (low, high))


def _training(found: RunFolder, today: date, alike: Parity) -> dict[str, Any]:
    s = found.scores
    return {
        "collection": found.config.data.collection,
        "labels": found.card.labels,
        "method": found.method,
        "films": len(s),
        "patients": len(set(s.patients)),
        "positives": int(s.labels.sum()),
        "prevalence": round(float(s.labels.mean()), 4),
        "films_sha256": list_hash(s.films),
        "sealed": None,
        "recipe_sha256": found.config.sha256,
        "parity": {"bound": alike.bound, "worst": float(f"{alike.worst:.2g}"), "films": alike.films},
        "date": today.isoformat(),
    }


def _metric(found: RunFolder, area: Interval) -> Metric:
    s = found.scores
    return Metric(
        f"AUROC, {found.outputs[0]}, {_how(found)}", _WHOSE[s.role], round(area.value, 4), round(area.low, 4),
        round(area.high, 4), len(s), int(s.labels.sum()), list_hash(s.films),
    )  # fmt: skip


def _how(found: RunFolder) -> str:
    return "cross-validated" if found.scores.role == OUT_OF_FOLD else "on the tuning films"


def _evidence(found: RunFolder, area: Interval, beside: Beside | None) -> str:
    s = found.scores
    start = (
        "Cross-validated by patient"
        if s.role == OUT_OF_FOLD
        else "On the films that its fit was watched on, which flatters"
    )
    words = (
        f"{start}, {len(s)} films, {int(s.labels.sum())} positive for {found.outputs[0]}: "
        f"AUROC {area.value:.2f} (95 % interval {area.low:.2f} to {area.high:.2f}). "
    )
    if beside is None:
        words += "It was not held against crude statistics of the same films, so nothing shows that it looks at lungs. "
    else:
        apart = beside.difference
        words += (
            f"A guess from nine crude statistics has {beside.auroc.value:.2f}, difference {apart.value:+.2f} "
            f"({apart.low:+.2f} to {apart.high:+.2f})"
            + (", so no advantage over that guess is shown. " if apart.low <= 0 else ". ")
        )
    return words + "No test on films kept aside was made."


def _told(packaged: Packaged) -> dict[str, Any]:
    bundle, card = packaged.bundle, packaged.bundle.card
    chosen = packaged.threshold
    rates = {} if isinstance(chosen, CardThreshold) else {
        "sensitivity": chosen.sensitivity, "specificity": chosen.specificity, "note": "chosen on these films: flatters",
    }  # fmt: skip
    return {
        "schema": PACKAGE_SCHEMA,
        "bundle": {"name": card.name, "version": card.version, "sha256": bundle.sha256},
        "auroc": asdict(packaged.auroc),
        "calibration": asdict(card.calibration),
        "threshold": asdict(card.threshold) | rates,
        "parity": packaged.parity.to_json(),
        "beside": None if packaged.beside is None else asdict(packaged.beside),
        "evidence": card.evidence,
    }
