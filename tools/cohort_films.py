"""What the cohort report says of real films, as numbers that may be kept: `python tools/cohort_films.py --data DATA`.

Writes, below results/cohort/: `nih.json` (all metadata of NIH), `nih_384.json` and `sample.json` (metadata and pixels of
the films that lie in DATA), `adult_development.json`, `adult_sealed.json` and the same of `paediatric` (metadata of the
films that a released bundle was fitted and tested on), and `letters.json` (how many letters, drawn onto films, the detector of burned-in letters
finds). Counts and statistics only: no film, no picture of one, no row of a table.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image, ImageDraw

from wetread.cohort import Cohort, describe, measure
from wetread.cohort.markers import letters
from wetread.collections import list_hash, load
from wetread.radiograph import read

OUT = Path(__file__).resolve().parents[1] / "results" / "cohort"
LABELS = "labels/Data_Entry_2017_v2020.csv.gz"
COLUMNS = {
    "film_id": "file", "label": "pneumonia", "age_years": "age", "sex": "sex", "view": "view", "follow_up": "follow_up",
    "patient_id": "patient_id", "findings": "finding_labels",
}  # fmt: skip
TABLES: dict[str, Callable[[Path], pl.DataFrame]] = {
    "adult": lambda data: load("csv", data / "nih_384", labels=data / "nih_384" / "index.csv", columns=COLUMNS),
    "paediatric": lambda data: load("kermany", data / "kermany_224"),
}


def nih(data: Path) -> Cohort:
    """All of NIH, from its metadata."""
    return described(load("nih", data / LABELS), "NIH ChestX-ray14")


def films(data: Path) -> Cohort:
    """The shared films with their own labels."""
    return described(TABLES["adult"](data), "NIH films at 384 pixels", pixels=True)


def sample(data: Path) -> Cohort:
    """The course's sample list; the pixels of those of its films that lie here."""
    index = pl.read_csv(data / "nih_384" / "index.csv", infer_schema=False).filter(pl.col("name_known") == "True")
    here = index.select(
        film_id="image_index", path=pl.lit(f"{data / 'nih_384'}/") + pl.col("file")
    ).unique("film_id", keep="first", maintain_order=True)  # fmt: skip
    table = load("nih-sample", data / "labels" / "sample_labels.csv").drop("path")
    return described(table.join(here, on="film_id", how="left", maintain_order="left"), "NIH sample list", pixels=True)


def of_bundle(bundle: str, part: str) -> Callable[[Path], Cohort]:
    """The films that a released bundle was fitted on ("out_of_fold") or tested on ("sealed"), by its committed scores."""

    def made(data: Path) -> Cohort:
        listed = pl.read_csv(OUT.parent / bundle / f"{part}.csv", columns=["film_id"])
        kept = TABLES[bundle](data).join(listed, on="film_id", how="semi", maintain_order="left")
        if kept.height != listed.height:
            raise SystemExit(f"{data}: {listed.height - kept.height} films of {bundle}'s {part} scores are not there")
        which = {"out_of_fold": "development films", "sealed": "sealed films"}[part]
        return described(kept, f"{which} of the bundle {bundle}")

    return made


def described(table: pl.DataFrame, name: str, *, pixels: bool = False) -> Cohort:
    """Describe, and name the list that the numbers hold for."""
    about = {"List of films (SHA-256)": list_hash(table["film_id"])}
    return describe(table, pixels=measure(table) if pixels else None, name=name, about=about)


def drawn_letters(data: Path, *, count: int = 100, seed: int = 0) -> dict[str, object]:
    """Share of letters found that were drawn onto films beside the shoulder, by height and by step above the ground."""
    paths = sorted((data / "nih_384" / "images").glob("*.jpg"))
    rng = np.random.default_rng(seed)
    pictures = [read(paths[place]).pixels for place in rng.choice(len(paths), count, replace=False)]
    before = [letters(pixels) for pixels in pictures]
    rows = []
    for height in (8, 12, 16, 24):
        for step in (0.15, 0.3, 0.5):
            after = [letters(_with_letter(pixels, height, step)) for pixels in pictures]
            found = float(np.mean([b > a for a, b in zip(before, after, strict=True)]))
            rows.append({"height_of_512": height, "step": step, "found": found})
    return {
        "films": count, "seed": seed, "any_shape_before": float(np.mean([number > 0 for number in before])),
        "place": "upper left corner, 6 % from the side and 12 % from the top, on the film's own ground",
        "drawn": rows,
    }  # fmt: skip


def _with_letter(
    pixels: np.ndarray[tuple[int, int], np.dtype[np.float32]], height: int, step: float
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows, columns = pixels.shape
    mask = Image.new("L", (columns, rows))
    size = height / 512 * max(rows, columns) / 0.72  # a capital is 0.72 of its letter's height
    ImageDraw.Draw(mask).text((0.06 * columns, 0.12 * rows), "R", fill=255, font_size=size)
    strength = np.asarray(mask, np.float32) / 255
    ground = float(np.median(pixels[strength > 0.5])) if (strength > 0.5).any() else 0.0
    return np.clip(np.where(strength > 0, pixels * (1 - strength) + (ground + step) * strength, pixels), 0, 1).astype(
        np.float32
    )


MADE: dict[str, Callable[[Path], Cohort]] = {
    "nih": nih, "nih_384": films, "sample": sample,
    "adult_development": of_bundle("adult", "out_of_fold"), "adult_sealed": of_bundle("adult", "sealed"),
    "paediatric_development": of_bundle("paediatric", "out_of_fold"), "paediatric_sealed": of_bundle("paediatric", "sealed"),
}  # fmt: skip


def main() -> int:
    """Write the results; 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared collections")
    parser.add_argument("--only", choices=(*MADE, "letters"), help="one of the results")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    made = MADE
    for name, make in made.items():
        if options.only in (None, name):
            (OUT / f"{name}.json").write_text(make(options.data).to_json(), encoding="utf-8")
            print(f"results/cohort/{name}.json", file=sys.stderr)
    if options.only in (None, "letters"):
        text = json.dumps(drawn_letters(options.data), indent=1) + "\n"
        (OUT / "letters.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
