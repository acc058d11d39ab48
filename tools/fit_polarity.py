"""Fit and check `wetread.radiograph.polarity`: which way round a chest film is, from its pixels.

    python tools/fit_polarity.py DATA [--write]

DATA holds `nih_384`, `kermany_224`, `gate` and `dicom` (see CONTRIBUTING). Sealed patients are never fitted or looked
at. Prints patient-wise cross-validated scores and the films on the wrong side; `--write` replaces the weights.
Needs scikit-learn and Pillow (the workshop's environment). Deterministic: one seed, one order of files.
"""

from __future__ import annotations

import argparse
import csv
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from wetread.radiograph.polarity import SIDE, thumbnail

FOLDS = 5
VARIANTS = 5  # augmented copies of a film
STRENGTH = 0.003  # inverse of the L2 penalty; 0.0003 and 0.03 leave the lowest films lower in cross-validation
SCALE = 2.8  # the bound is 1 after division by this: about twice as far as the lowest film that lies the right way
INVERTED = ("00017625_000.jpg", "00017999_000.jpg")  # NIH holds these two inverted: found by this rule, seen by eye
SEALED_SHARE = 0.15
WEIGHTS = Path(__file__).resolve().parents[1] / "src/wetread/radiograph/polarity.npy"


def fraction(text: str) -> float:
    """A number in [0, 1) that depends on the text alone."""
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") / 2**64


def films(data: Path) -> list[tuple[Path, str]]:
    """Unsealed films with "collection:patient", in the order of their tables."""
    nih = csv.DictReader((data / "nih_384/index.csv").open(encoding="utf-8"))
    found = [(data / "nih_384" / row["file"], f"nih:{int(row['patient_id'])}") for row in nih]
    kermany = csv.DictReader((data / "kermany_224/index.csv").open(encoding="utf-8"))
    found += [(data / "kermany_224" / row["file"], f"kermany:{row['label']}/{row['patient_id']}") for row in kermany]
    return [(path, patient) for path, patient in found if fraction(f"wetread-seal-1:{patient}") >= SEALED_SHARE]


def picture(path: Path) -> Any:
    """A film as float32 (rows, columns), 0 to 1."""
    return np.asarray(Image.open(path).convert("L"), dtype=np.float32) / 255


def varied(film: Any, random: np.random.Generator) -> Any:
    """The film as another room might have sent it: cropped, shifted, bordered, collimated, mirrored, turned a little."""
    image = Image.fromarray(film).rotate(
        random.uniform(-8, 8), Image.Resampling.BILINEAR, fillcolor=float(random.random())
    )
    film = np.asarray(image)
    rows, columns = film.shape
    top, bottom = (int(random.uniform(0, 0.12) * rows) for _ in range(2))
    left, right = (int(random.uniform(0, 0.12) * columns) for _ in range(2))
    film = film[top : rows - bottom, left : columns - right]
    if random.random() < 0.5:
        film = film[:, ::-1]
    if random.random() < 0.6:  # a border or a shutter, dark or bright, even or noisy
        pads = [(int(random.uniform(0, 0.15) * size), int(random.uniform(0, 0.15) * size)) for size in film.shape]
        shade = float(random.choice([0.0, 1.0, random.random()]))
        film = np.pad(film, pads, constant_values=shade)
        if random.random() < 0.5:
            film = film + random.normal(0, 0.02, film.shape).astype(np.float32)
    return np.clip(film, 0, 1).astype(np.float32)


def fit(features: Any) -> Any:
    """Weights of a logistic rule without intercept: each film and its negation, mirrored halves averaged."""
    from sklearn.linear_model import LogisticRegression

    both = np.concatenate([features, -features])
    sides = np.repeat([1, 0], len(features))
    rule = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=300).fit(both, sides)
    weights = rule.coef_.reshape(SIDE, SIDE)
    return (weights + weights[:, ::-1]) / 2 / SCALE


def tell(name: str, scores: Any) -> None:
    """One line: how many films are wrong, unclear and how far the worst are."""
    wrong, unclear = int((scores <= -1).sum()), int((np.abs(scores) < 1).sum())
    low = ", ".join(f"{score:.2f}" for score in np.sort(scores)[:6])
    print(
        f"{name:32} {len(scores):6} films  refused {wrong:4}  unclear {unclear:4}  median {np.median(scores):6.2f}  lowest {low}"
    )


def main() -> None:
    """Cross-validate, fit on all, report, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    listed = films(options.data)
    patients = np.array([patient for _, patient in listed])
    fold = np.array([int(fraction(f"polarity:{patient}") * FOLDS) for patient in patients])
    right = np.array([path.name not in INVERTED for path, _ in listed])
    pictures = [picture(path) for path, _ in listed]
    plain = np.stack([thumbnail(film).ravel() for film in pictures])
    random = np.random.default_rng(1)
    augmented = np.stack([[thumbnail(varied(film, random)).ravel() for _ in range(VARIANTS)] for film in pictures])

    scores, shaken = np.zeros(len(plain)), np.zeros(augmented.shape[:2])
    for held in range(FOLDS):
        inside, outside = fold != held, fold == held
        weights = fit(
            np.concatenate([plain[inside & right], augmented[inside & right].reshape(-1, SIDE * SIDE)])
        ).ravel()
        scores[outside], shaken[outside] = plain[outside] @ weights, augmented[outside] @ weights
    for collection in ("nih", "kermany"):
        mine = np.char.startswith(patients, collection) & right
        tell(f"{collection}, cross-validated", scores[mine])
        tell(f"{collection}, augmented copies", shaken[mine].ravel())
    tell("inverted in NIH, never fitted", scores[~right])
    for place in np.argsort(scores)[:12]:
        print(f"    {scores[place]:6.2f}  {listed[place][0].relative_to(options.data)}")

    weights = fit(np.concatenate([plain[right], augmented[right].reshape(-1, SIDE * SIDE)]))
    gate = list(csv.DictReader((options.data / "gate/index.csv").open(encoding="utf-8")))
    for kind in ("frontal", "lateral", "ct"):
        paths = [options.data / "gate" / row["file"] for row in gate if row["kind"] == kind]
        tell(f"gate {kind}, never fitted", np.array([np.vdot(weights, thumbnail(picture(path))) for path in paths]))
    if options.write:
        np.save(WEIGHTS, weights.astype(np.float32))
        print(f"wrote {WEIGHTS}")


if __name__ == "__main__":
    main()
