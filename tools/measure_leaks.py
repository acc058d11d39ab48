"""How often the leak guard is wrong: false alarms between patients, and altered copies that it finds.

    python tools/measure_leaks.py --data DATA --out results/leaks.json

Every pair of films of different patients of the two collections is compared: an alarm there is a false one. Then films
of as many patients are altered in known ways and compared with themselves.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image, ImageOps

from wetread.collections import list_hash, load
from wetread.intervals import proportion
from wetread.truth.fingerprints import Prints, coarse, fine, read_prints, thumbnail
from wetread.truth.leaks import BOUND, CANDIDATE, near_pairs

FILMS, SEED = 400, 20
STEPS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """Through a JPEG file of this quality."""
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("L")


def scaled(image: Image.Image, share: float) -> Image.Image:
    """Smaller by this share of its sides."""
    return image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.BICUBIC)


def cropped(image: Image.Image, share: float) -> Image.Image:
    """Without this share at each edge."""
    w, h = image.size
    return image.crop((round(share * w), round(share * h), round((1 - share) * w), round((1 - share) * h)))


def curve(image: Image.Image, change: Callable[[float], float]) -> Image.Image:
    """Grey values 0 to 1 through a curve."""
    return image.point([round(255 * min(max(change(level / 255), 0.0), 1.0)) for level in range(256)])


ALTERATIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half the size, JPEG quality 50": lambda image: jpeg(scaled(image, 0.5), 50),
    "a third of the size, JPEG quality 30": lambda image: jpeg(scaled(image, 1 / 3), 30),
    "JPEG quality 20": lambda image: jpeg(image, 20),
    "brighter by a fifth, whites cut off": lambda image: curve(image, lambda v: 1.2 * v + 0.06),
    "darker, gamma 1.5": lambda image: curve(image, lambda v: v**1.5),
    "brighter, gamma 0.7": lambda image: curve(image, lambda v: v**0.7),
    "histogram equalised": ImageOps.equalize,
    "inverted": ImageOps.invert,
    "half the size, JPEG quality 50, gamma 0.8": lambda image: curve(jpeg(scaled(image, 0.5), 50), lambda v: v**0.8),
    "turned by one degree": lambda image: image.rotate(1, Image.Resampling.BILINEAR),
    "cropped by 1 % at each edge": lambda image: cropped(image, 0.01),
    "cropped by 2 % at each edge": lambda image: cropped(image, 0.02),
    "cropped by 4 % at each edge": lambda image: cropped(image, 0.04),
    "mirrored": ImageOps.mirror,
}


def share(found: int, of: int) -> dict[str, Any]:
    """A proportion with its exact interval."""
    interval = proportion(found, of)
    return {"count": found, "of": of, "value": found / of, "low": interval.low, "high": interval.high}


def different(prints: Prints, patients: NDArray[np.str_]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Any]]:
    """Likeness of all pairs of different patients, a block of rows at a time."""
    picture = fine(prints.thumbnails)
    _, who = np.unique(patients, return_inverse=True)
    for top in range(0, len(picture), 512):
        likeness = np.abs(picture[top : top + 512] @ picture.T)
        rows = np.arange(top, min(top + 512, len(picture)))
        likeness[(who[rows][:, None] == who[None]) | (rows[:, None] >= np.arange(len(picture))[None])] = -1
        yield rows, who, likeness


def false_alarms(prints: Prints, patients: NDArray[np.str_]) -> dict[str, Any]:
    """Between films of different patients."""
    near = coarse(prints.thumbnails)
    pairs, highest, counts = 0, 0.0, dict.fromkeys(STEPS, 0)
    alarmed: set[int] = set()
    for rows, who, likeness in different(prints, patients):
        pairs += int((likeness >= 0).sum())
        highest = max(highest, float(likeness.max()))
        for step in STEPS:
            counts[step] += int((likeness >= step).sum())
        for one, other in zip(*np.nonzero(likeness >= BOUND), strict=True):
            if abs(float(near[rows[one]] @ near[other])) >= CANDIDATE:
                alarmed |= {int(who[rows[one]]), int(who[other])}
    return {
        "films": len(prints),
        "patients": len(np.unique(patients)),
        "pairs": pairs,
        "patients_in_a_false_alarm": share(len(alarmed), len(np.unique(patients))),
        "highest_likeness": round(highest, 4),
        "pairs_at_or_above": {f"{step:g}": count for step, count in counts.items()},
    }


def found(paths: list[str]) -> dict[str, Any]:
    """Altered copies of these films that the guard finds."""
    images = [Image.open(path).convert("L") for path in paths]
    own = np.stack([_small(image) for image in images])
    told = {}
    for name, alter in ALTERATIONS.items():
        copies = np.stack([_small(alter(image)) for image in images])
        likeness = np.abs(np.einsum("ij,ij->i", fine(own), fine(copies)))
        near = np.abs(np.einsum("ij,ij->i", coarse(own), coarse(copies)))
        hit = (likeness >= BOUND) & (near >= CANDIDATE)
        told[name] = {**share(int(hit.sum()), len(paths)), "lowest_likeness": round(float(likeness.min()), 4)}
    return told


def _small(image: Image.Image) -> NDArray[np.uint8]:
    return thumbnail(np.asarray(image, np.float32) / 255)


def resized(data: Path, nih: pl.DataFrame, prints: Prints) -> dict[str, Any]:
    """The untouched films of 1,024 px, each of which is in the other set at 384 px and recompressed."""
    large = load("csv", data / "nih_1024", columns={"film_id": "image_index"})
    both = Prints(
        np.concatenate([prints.thumbnails[: nih.height], read_prints(large["path"].to_list()).thumbnails]),
        ("",) * (nih.height + large.height),
        ("",) * (nih.height + large.height),
    )
    first, second = np.arange(nih.height), np.arange(nih.height, nih.height + large.height)
    names = [Path(name).stem for name in (*nih["film_id"], *large["film_id"])]
    hits = [(names[one], names[other]) for one, other, _ in near_pairs(both.thumbnails, first, second)]
    right = {other for one, other in hits if one == other}
    others = [(one, other) for one, other in hits if one != other]
    of_one_patient = sum(one.split("_")[0] == other.split("_")[0] for one, other in others)
    return {
        **share(len(right), large.height),
        "other_pairs": {"of_one_patient": of_one_patient, "of_two_patients": len(others) - of_one_patient},
    }


def speed(films: int) -> dict[str, Any]:
    """Time to compare made pictures of which a fifth stands on the other side."""
    made = np.random.default_rng(SEED).integers(0, 256, (films, 64, 64), np.uint8)
    places = np.arange(films)
    begun = time.perf_counter()
    hits = sum(1 for _ in near_pairs(made, places[films // 5 :], places[: films // 5]))
    return {"films": films, "seconds": round(time.perf_counter() - begun, 1), "cores": os.cpu_count(), "pairs": hits}


def main() -> int:
    """Measure and write; 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the collections")
    parser.add_argument("--out", type=Path, required=True, help="the result file")
    parser.add_argument("--speed", type=int, default=112_120, help="how many made films to compare (0: none)")
    options = parser.parse_args()
    nih, kermany = load("csv", options.data / "nih_384"), load("kermany", options.data / "kermany_224")
    both = pl.concat([nih, kermany])
    prints = read_prints(both["path"].to_list())
    patients = both.select(pl.col("collection") + "/" + pl.col("patient_id")).to_series().to_numpy().astype(str)
    dice = np.random.default_rng(SEED)
    one_each = both.filter(pl.col("patient_id").is_first_distinct())
    chosen = one_each[np.sort(dice.choice(one_each.height, FILMS, replace=False))]
    result = {
        "bound": BOUND,
        "candidate": CANDIDATE,
        "lists": {
            "nih_384": {"films": nih.height, "list_sha256": list_hash(nih["film_id"])},
            "kermany_224": {"films": kermany.height, "list_sha256": list_hash(kermany["film_id"])},
            "altered": {"films": chosen.height, "list_sha256": list_hash(chosen["film_id"]), "seed": SEED},
        },
        "intervals": "exact (Clopper-Pearson), 95 %",
        "different_patients": false_alarms(prints, patients),
        "altered_copies_found": found(chosen["path"].to_list()),
        "resized_from_1024_found": resized(options.data, nih, prints),
        **({"speed": speed(options.speed)} if options.speed else {}),
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
