"""The pictures that the gate is fitted and measured on, each named by its kind, its part and a number.

Real frontal films come from NIH and Kermany (development patients only); every other kind is computed or drawn, or is a
frontal film that was changed. A picture depends on nothing but the recipe's seed, its name and the film under it.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wetread.errors import DataError
from wetread.phantom.scene import picture as phantom_picture
from wetread.training import gate_drawn, gate_pages, gate_volume
from wetread.training.gate_canvas import Plane
from wetread.training.gate_changes import cropped, montage, on_screen, saturated, sick, varied
from wetread.truth import is_sealed

__all__ = ["MISFILED", "PARTS", "Film", "development", "frontal", "gate_half", "loaded", "make"]

Rng = np.random.Generator

# Films of NIH that are not what the collection says, seen by eye after a first fit disagreed with them (the
# mirrored ones by their side markers). The evaluation counts them apart.
ON_SIDE = """
00000061_025 00001880_006 00002117_004 00002265_000 00002451_012 00002599_004 00004573_000 00006763_012 00008168_008
00008980_003 00009600_020 00010531_041 00010597_000 00011757_005 00012681_003 00012935_022 00013594_050 00014439_000
00016182_000 00016287_000 00016435_000 00016831_003 00017007_002 00017158_024 00017325_007 00017556_005 00017964_001
00018276_000 00018577_000 00019470_001 00019473_002 00020826_008 00021068_000 00021916_007 00022463_000 00026986_007
00027539_001 00029358_004
""".split()  # noqa: SIM905  # thirty-eight names read better so
MISFILED: dict[str, str] = dict.fromkeys(ON_SIDE, "on its side") | {
    "00003490_011": "upside down",
    "00017625_000": "inverted",
    "00017999_000": "inverted",
    "00026806_000": "lateral",
    "00002645_002": "mirrored",
    "00018902_000": "mirrored",
    "00020440_000": "mirrored",
}


@dataclass(frozen=True, slots=True)
class Film:
    """A real frontal film: its file, collection, public name without suffix, patient ("collection:patient") and half.

    `seen` says what the eye saw where that is no upright frontal film.
    """

    path: Path
    collection: str
    name: str
    patient: str
    half: str
    seen: str = ""

    @property
    def upright(self) -> bool:
        """Whether it is fitted as a frontal film; a mirrored one is, because it was found by what was fitted with it."""
        return self.seen in ("", "mirrored")


def share(text: str) -> float:
    """A number in [0, 1) that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


def development(data: Path) -> list[Film]:
    """Frontal films of unsealed patients; 60 % of the patients are for fitting, the others for evaluation."""
    found = []
    for collection, folder, fields in (
        ("nih", "nih_384", ("patient_id",)),
        ("kermany", "kermany_224", ("label", "patient_id")),
    ):
        with (data / folder / "index.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                patient = "/".join(str(int(row[key])) if collection == "nih" else row[key] for key in fields)
                if is_sealed(collection, patient):
                    continue
                half = "tuning" if share(f"wetread-gate-1:{collection}:{patient}") < 0.6 else "evaluation"
                name = Path(row["file"]).stem
                owner, seen = f"{collection}:{patient}", MISFILED.get(name, "")
                found.append(Film(data / folder / row["file"], collection, name, owner, half, seen))
    return found


def gate_half(data: Path, half: str) -> list[tuple[str, Path]]:
    """(kind, file) of the gate films of one half: within a kind, ordered by the hash of the name, every second one."""
    if half not in ("tuning", "evaluation"):
        raise DataError(f"the gate films have a tuning and an evaluation half, no {half!r}")
    with (data / "gate/index.csv").open(encoding="utf-8") as file:
        rows = [(row["kind"], data / "gate" / row["file"]) for row in csv.DictReader(file)]
    chosen: list[tuple[str, Path]] = []
    for kind in ("frontal", "lateral", "ct"):
        mine = sorted((path for name, path in rows if name == kind), key=lambda path: _order(path.name))
        chosen += [(kind, path) for path in sorted(mine[half == "evaluation" :: 2])]
    return chosen


def _order(name: str) -> str:
    return hashlib.sha256(f"wetread-gate-1:{name}".encode()).hexdigest()


@lru_cache(maxsize=4096)
def loaded(path: Path) -> NDArray[np.float32]:
    """A film as float32 (rows, columns), 0 to 1, at most 400 pixels long."""
    image = Image.open(path).convert("L")
    image.thumbnail((400, 400), Image.Resampling.BOX, reducing_gap=None)
    plane: NDArray[np.float32] = np.asarray(image, np.float32) / np.float32(255)
    return plane


def _film(rng: Rng, films: list[Film]) -> Plane:
    """NIH and Kermany by halves: adults and children weigh alike."""
    collection = "nih" if rng.random() < 0.6 else "kermany"
    mine = [film for film in films if film.collection == collection] or films
    return loaded(mine[int(rng.integers(len(mine)))].path)


def _phantom(rng: Rng) -> Plane:
    return phantom_picture(
        int(rng.integers(1 << 30)),
        opacity=bool(rng.random() < 0.5),
        view="AP" if rng.random() < 0.3 else "PA",
        size=(256, 210),
    )[0]


def _of_film(change: Callable[[Rng, Plane], Plane]) -> Callable[[Rng, list[Film]], Plane]:
    return lambda rng, films: change(rng, _film(rng, films))


def _drawn(
    draw: Callable[[Rng], Plane], strength: float = 1.0, often: float = 0.8
) -> Callable[[Rng, list[Film]], Plane]:
    def made(rng: Rng, _: list[Film]) -> Plane:
        picture = draw(rng)
        return varied(rng, picture, strength=strength) if rng.random() < often else picture

    return made


def _turned(rng: Rng, p: Plane) -> Plane:
    way = rng.random()
    quarter = (
        np.rot90(p, 2) if way < 0.25 else p[::-1] if way < 0.5 else np.rot90(p, 1) if way < 0.75 else np.rot90(p, 3)
    )
    return np.ascontiguousarray(quarter[:, ::-1] if rng.random() < 0.3 else quarter)


PARTS: dict[str, tuple[str, Callable[[Rng, list[Film]], Plane]]] = {
    "lateral computed": ("lateral", _drawn(gate_volume.lateral)),
    "lateral drawn": ("lateral", _drawn(gate_drawn.lateral_drawing)),
    "slices": ("ct", _drawn(gate_volume.ct_slice, 0.6)),
    "limbs": ("other-part", _drawn(gate_drawn.limb)),
    "hands": ("other-part", _drawn(gate_drawn.hand)),
    "pelves": ("other-part", _drawn(gate_drawn.pelvis)),
    "skulls": ("other-part", _drawn(gate_drawn.skull)),
    "spines": ("other-part", _drawn(gate_drawn.spine)),
    "text pages": ("no-film", _drawn(gate_pages.page, 0.7, 0.5)),
    "plots": ("no-film", _drawn(gate_pages.plot, 0.7, 0.5)),
    "test patterns": ("no-film", _drawn(gate_pages.pattern, 0.7, 0.4)),
    "noise": ("no-film", _drawn(gate_pages.noisy, 0.7, 0.4)),
    "textures": ("no-film", _drawn(gate_pages.texture, 0.7, 0.4)),
    "drawings": ("no-film", _drawn(gate_pages.drawing, 0.7, 0.5)),
    "photographs": ("no-film", _drawn(gate_pages.photograph, 0.7, 0.5)),
    "phantom": ("no-film", _drawn(_phantom, 0.8, 0.7)),
    "turned": ("turned", _of_film(lambda rng, p: _turned(rng, varied(rng, p)))),
    "inverted": ("inverted", _of_film(lambda rng, p: 1 - varied(rng, p))),
    "cropped": ("cropped", _of_film(lambda rng, p: varied(rng, cropped(rng, p), strength=0.5))),
    "saturated": ("saturated", _of_film(lambda rng, p: saturated(rng, varied(rng, p, strength=0.6)))),
    "montages": (
        "montage",
        lambda rng, films: varied(rng, montage(rng, [_film(rng, films) for _ in range(3)]), strength=0.4),
    ),
    "screen photographs": ("screen", _of_film(lambda rng, p: on_screen(rng, varied(rng, p, strength=0.5)))),
}
"""Every part: the kind it stands for, and how one picture of it is made from random numbers and frontal films."""


def frontal(rng: Rng, p: Plane) -> Plane:
    """A frontal film as another room might have sent it; now and then white lungs, or cut short below as journals do."""
    p = sick(rng, p) if rng.random() < 0.25 else p
    if rng.random() < 0.12:
        p = np.ascontiguousarray(p[int(rng.uniform(0, 0.12) * p.shape[0]) : int(rng.uniform(0.55, 0.85) * p.shape[0])])
    return varied(rng, p)


def make(seed: int, part: str, number: int, films: list[Film]) -> NDArray[np.float32]:
    """The picture of a part with this number."""
    rng = np.random.default_rng([seed, int(share(part) * 2**32), number])
    return np.clip(PARTS[part][1](rng, films), 0, 1).astype(np.float32)
