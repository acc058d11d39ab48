"""What the sealed films say of a released bundle, from its committed scores: `python tools/sealed_evaluation.py --data DATA`.

Scores no film: `results/BUNDLE/sealed.csv` holds what the bundle said when the ledger counted its use. Writes
`results/BUNDLE/sealed.json` (against the collection's labels) and, where radiologists read some of the films again,
`results/BUNDLE/sealed_readers.json`, as `wetread evaluate` does: calibrated probabilities, and the card's threshold, chosen
once more by the card's rule on the same development films, judged on films and patients that it was not chosen on.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import polars as pl

from wetread.bundle import find, load
from wetread.cli import main as wetread
from wetread.collections import load as collection
from wetread.training.config import load_config

RESULTS = Path(__file__).resolve().parents[1] / "results"
LABELS = {"": "label", "_readers": "opacity"}
NAMES = {
    ("adult", ""): "sealed films, label from reports",
    ("adult", "_readers"): "sealed films, radiologists' opacity",
    ("paediatric", ""): "sealed films, graded by physicians",
}
COLUMNS = {
    "film_id": "file", "label": "pneumonia", "age_years": "age", "sex": "sex", "view": "view", "patient_id": "patient_id",
    "findings": "finding_labels",
}  # fmt: skip


def table(bundle: str, data: Path) -> pl.DataFrame:
    """Film, patient, label, covariates and, for NIH films, whether RSNA's readers saw an opacity."""
    if bundle == "paediatric":
        return collection("kermany", data / "kermany_224").with_columns(opacity=pl.lit(None, pl.Float64))
    index = data / "nih_384" / "index.csv"
    again = pl.read_csv(index, infer_schema=False).select(
        film_id="file", opacity=pl.col("rsna_target").cast(pl.Float64, strict=False)
    )
    return collection("csv", data / "nih_384", labels=index, columns=COLUMNS).join(again, on="film_id", how="left")


def rule(bundle: str) -> str:
    """The rule by which the recipe chose the card's threshold."""
    kept = load_config(RESULTS.parent / "configs" / f"{bundle}.toml").fit.sensitivity
    return f"sensitivity={kept:g}" if kept else "youden"


def made(bundle: str, label: str, suffix: str, data: Path, folder: Path) -> None:
    """Join, evaluate, and keep the result; nothing where the films have no such label."""
    card = load(find(bundle)).card
    films = table(bundle, data).with_columns(
        pl.col("findings").list.join("|") if bundle == "adult" else pl.lit("").alias("findings")
    )
    sides = {}
    for side, name in {"out_of_fold": "development films", "sealed": "sealed films"}.items():
        scores = pl.read_csv(RESULTS / bundle / f"{side}.csv", columns=["film_id", "score"])
        joined = scores.join(films, on="film_id", how="left", maintain_order="left")
        chance = pl.Series([round(card.calibration.probability(score), 6) for score in joined["score"]])
        # The threshold was chosen on every development film by the collection's label, whichever label judges it here.
        truth = pl.col(label if side == "sealed" else "label").cast(pl.Int8)
        asked = joined.with_columns(probability=chance, truth=truth).filter(pl.col("truth").is_not_null())
        if not asked.height:
            return
        sides[side] = folder / f"{name}.csv"
        asked.select("film_id", "patient_id", "truth", "probability", "view", "sex", "age_years", "findings").write_csv(
            sides[side]
        )
    covariates = [word for name in ("view", "sex") for word in ("--group", name)] + ["--age", "age_years"]
    arguments = [
        "evaluate", "--scores", str(sides["sealed"]), "--score", "probability", "--probabilities", "--label", "truth",
        "--tuning-scores", str(sides["out_of_fold"]), "--rule", rule(bundle),
        "--name", NAMES[bundle, suffix], "--model", f"{card.name} {card.version}", "--seed", "1", "--out", str(folder / "out"),
        *([*covariates, "--findings", "findings"] if bundle == "adult" else []),
    ]  # fmt: skip
    if status := wetread(arguments):
        raise SystemExit(status)
    shutil.copyfile(folder / "out" / "evaluation.json", RESULTS / bundle / f"sealed{suffix}.json")


def main() -> int:
    """Write the results; 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared collections")
    parser.add_argument("--bundle", choices=("adult", "paediatric"), action="append", help="default: both")
    options = parser.parse_args()
    for bundle in options.bundle or ("adult", "paediatric"):
        for suffix, label in LABELS.items():
            with tempfile.TemporaryDirectory() as folder:
                made(bundle, label, suffix, options.data, Path(folder))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
