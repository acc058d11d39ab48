"""`wetread extract` beside a single-process loop of pydicom and Pillow, and ten kills with a manifest that stays exact.

    python benchmarks/extract.py [--data ../shared/data] [--films 2000] [--scratch DIR] [--out benchmarks/extract.json]

The archive: 40 distinct phantoms with noise (five sizes, eight encodings), copied under other patients, studies, UIDs
and dates, in folders of differing depth, with a few wrong files among them. Every film says BurnedInAnnotation NO and
names a maker, for a phantom that says what it is would be refused.

The contenders take turns, a slice of the archive each, so that what else the machine does hits both alike:

ours   `wetread.extract.extract`, with all that it does: hash, header, eligibility, pseudonyms, journal, manifest.
exact  the same with `--exact`: every level of JPEG 2000 decoded, no film under eight times the picture halved.
usual  the loop of the tutorials: `dcmread`, `pixel_array`, `apply_modality_lut`, `apply_voi_lut`, least to greatest,
       MONOCHROME1, Pillow's `resize` and `save` as they come.
lean   the same written with care: float32, and the quickest PNG.

Wall time says what a user waits for; on a machine that does other work it favours whoever runs more processes, so the
processor time of either, children included, stands beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from importlib.metadata import version
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.uid import (
    JPEG2000,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from wetread.extract import Options, extract
from wetread.extract.key import make_key
from wetread.phantom import Encoding, film, write

SIZE = 512
NOISE = 0.0025  # of white, as a standard deviation: codecs then gain about as much as on real films
SIZES = ((3000, 2500), (2500, 2048), (2048, 1680), (1760, 1440), (1024, 840))
ENCODINGS = (
    (ExplicitVRLittleEndian, 12, "MONOCHROME2"),
    (ExplicitVRLittleEndian, 14, "MONOCHROME1"),
    (ImplicitVRLittleEndian, 8, "MONOCHROME2"),
    (RLELossless, 12, "MONOCHROME2"),
    (JPEGLSLossless, 12, "MONOCHROME1"),
    (JPEG2000Lossless, 12, "MONOCHROME2"),
    (JPEG2000Lossless, 10, "MONOCHROME1"),
    (JPEG2000, 12, "MONOCHROME2"),
)
TURNS = 4
KILLS = 10


def distinct() -> Iterator[tuple[str, Dataset]]:
    """Forty films, each under what it is."""
    for number, size in enumerate(SIZES):
        for place, (syntax, bits, photometric) in enumerate(ENCODINGS):
            made = film(number * 10 + place, opacity=bool(place % 2), size=size, view="PA" if place % 3 else "AP",
                        encoding=Encoding(bits_stored=bits, photometric=photometric))  # fmt: skip
            white = (1 << bits) - 1
            noise = np.random.default_rng(place).normal(0, NOISE * white, size)
            values = np.clip(np.rint(made.pixel_array + noise), 0, white).astype("<u2" if bits > 8 else np.uint8)
            made.PixelData = values.tobytes()
            if syntax == JPEG2000:
                made.compress(syntax, j2k_cr=[10], generate_instance_uid=False)
            elif syntax.is_encapsulated:
                made.compress(syntax, generate_instance_uid=False)
            else:
                made.file_meta.TransferSyntaxUID = syntax
            made.Manufacturer, made.ManufacturerModelName = "Philips", "none"
            made.BurnedInAnnotation = "NO"
            yield f"{size[0]} x {size[1]}, {syntax.name}, {bits} bits", made


def archive(folder: Path, count: int) -> list[tuple[str, Path]]:
    """Write the archive; each film's kind and file."""
    films = list(distinct())
    dice = random.Random(1)
    made = []
    for number in range(count):
        kind, dataset = films[number % len(films)]
        patient = number // 3  # films of a patient are three neighbours: different sizes and encodings
        dataset.PatientID, dataset.PatientName = f"PID{patient:06d}", f"Surname{patient}^Given"
        day = date(2011, 1, 1) + timedelta(days=dice.randrange(3000))
        for keyword in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"):
            setattr(dataset, keyword, day.strftime("%Y%m%d"))
        dataset.StudyInstanceUID = f"1.2.826.0.1.3680043.10.1338.1.{number}"
        dataset.SeriesInstanceUID = f"1.2.826.0.1.3680043.10.1338.2.{number}"
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = (
            f"1.2.826.0.1.3680043.10.1338.3.{number}"
        )
        place = (
            folder
            / f"slice{number * TURNS // count}"
            / Path(*[f"d{dice.randrange(9)}" for _ in range(dice.randrange(4))])
        )
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"Surname{patient}_{number:05d}.dcm"
        write(dataset, path)
        made.append((kind, path))
        if number % 100 == 0:
            (place / f"notes{number}.txt").write_text("no film")
    return made


def usual(path: Path, out: Path) -> None:
    """The loop of the tutorials."""
    ds = dcmread(path)
    values = apply_voi_lut(apply_modality_lut(ds.pixel_array, ds), ds).astype(float)
    values = (values - values.min()) / (values.max() - values.min())
    if ds.PhotometricInterpretation == "MONOCHROME1":
        values = 1 - values
    image = Image.fromarray((values * 255).astype(np.uint8))
    scale = SIZE / max(image.size)
    image.resize((round(image.width * scale), round(image.height * scale))).save(out)


def lean(path: Path, out: Path) -> None:
    """The same with care: no float64, a window by hand, the quickest PNG."""
    ds = dcmread(path)
    values = ds.pixel_array.astype(np.float32)
    center, width = float(ds.WindowCenter), float(ds.WindowWidth)
    values -= np.float32(center - 0.5 - (width - 1) / 2)
    values *= np.float32(255 / (width - 1))
    np.clip(values, 0, 255, out=values)
    if ds.PhotometricInterpretation == "MONOCHROME1":
        np.subtract(255, values, out=values)
    image = Image.fromarray(values.astype(np.uint8))
    scale = SIZE / max(image.size)
    image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BILINEAR).save(
        out, compress_level=1
    )


def spent() -> float:
    """Processor seconds of this process and of the children that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def timed(do: Callable[[], int]) -> dict[str, float]:
    """Films, wall and processor seconds."""
    wall, processor = time.perf_counter(), spent()
    films = do()
    return {
        "films": films,
        "load": os.getloadavg()[0],
        "seconds": time.perf_counter() - wall,
        "processor_seconds": spent() - processor,
    }


def loop(chain: Callable[[Path, Path], None], paths: list[Path], out: Path) -> int:
    """Every film that the chain can read; how many."""
    out.mkdir(parents=True)
    films = 0
    for path in paths:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                chain(path, out / f"{films}.png")
            except (AttributeError, NotImplementedError, RuntimeError, ValueError, KeyError, TypeError):
                continue
        films += 1
    return films


def ours(source: Path, out: Path, **options: Any) -> int:
    """Extract; how many pictures."""
    return extract(source, out, Options(size=SIZE, **options)).written


def real(source: Path, out: Path, copies: int) -> int:
    """Extract every radiograph, clean or not; how many pictures, of which copies share one."""
    return copies * ours(source, out, films="all", include_uncertain=True)


def turns(folder: Path, made: list[tuple[str, Path]], scratch: Path) -> dict[str, Any]:
    """Both contenders over the archive, slice by slice: ours over the whole slice, the loops over a seventh of it."""
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for turn in range(TURNS):
        part = folder / f"slice{turn}"
        paths = [path for _, path in made if part in path.parents]
        some = paths[turn::7]  # seven and forty have no common factor: every kind has its turn
        for path in part.rglob("*"):  # from memory, not from the disk, and alike for all
            if path.is_file():
                path.read_bytes()
        order: list[tuple[str, Callable[[], int]]] = [
            ("ours", partial(ours, part, scratch / "made")),
            ("exact", partial(ours, part, scratch / "made", exact=True)),
            ("usual", partial(loop, usual, some, scratch / "made")),
            ("lean", partial(loop, lean, some, scratch / "made")),
        ]
        for name, do in order[turn:] + order[:turn]:
            found[name].append(timed(do))
            shutil.rmtree(scratch / "made")
        print(
            {name: round(told[-1]["films"] / told[-1]["seconds"], 2) for name, told in found.items()},
            os.getloadavg()[0],
            flush=True,
        )
    return summarised(found)


def summarised(found: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    """Films per second and processor milliseconds a film, and by how much ours is quicker: medians of the turns."""
    told: dict[str, Any] = {}
    for name, rounds in found.items():
        told[name] = {
            "rounds": [[round(one["films"] / one["seconds"], 2), round(one["load"], 1)] for one in rounds],
            "films": int(sum(one["films"] for one in rounds)),
            "films_per_second": round(sum(one["films"] for one in rounds) / sum(one["seconds"] for one in rounds), 2),
            "processor_ms_a_film": round(
                1000 * sum(one["processor_seconds"] for one in rounds) / sum(one["films"] for one in rounds), 1
            ),
        }
    for mine, name, what in product(("ours", "exact"), ("usual", "lean"), ("seconds", "processor_seconds")):
        if mine in found:
            ratios = [
                (his[what] / his["films"]) / (own[what] / own["films"])
                for own, his in zip(found[mine], found[name], strict=True)
            ]
            told[f"{mine}_to_{name}_{what}"] = {
                "median": round(median(ratios), 2), "least": round(min(ratios), 2), "greatest": round(max(ratios), 2)
            }  # fmt: skip
    return told


def by_kind(made: list[tuple[str, Path]], scratch: Path) -> dict[str, Any]:
    """Where the time goes, encoding by encoding: a worker's film beside the loop's, one at a time."""
    from wetread.radiograph.many import Ask, Crew

    told: dict[str, Any] = {}
    with Crew(1) as crew:
        for kind, path in dict(made).items():
            ask = Ask(enough=Options(size=SIZE).need)
            crew.read_one(path, ask)
            own, his = [], []
            for _ in range(2):
                begun = time.perf_counter()
                crew.read_one(path, ask)
                own.append(time.perf_counter() - begun)
                begun = time.perf_counter()
                usual(path, scratch / "one.png")
                his.append(time.perf_counter() - begun)
            told[kind] = {"worker_ms": round(1000 * min(own), 1), "usual_ms": round(1000 * min(his), 1)}
    return told


def reduced() -> dict[str, Any]:
    """By how many of 255 grey levels pictures differ from those that `--exact` makes, where films were halved or their
    finest level was not decoded.
    """
    from wetread.extract.picture import fitted
    from wetread.radiograph import read

    told: dict[str, Any] = {}
    for kind, dataset in distinct():
        if int(dataset.Rows) < 4 * SIZE:
            continue
        quick, exact = Options(size=SIZE), Options(size=SIZE, exact=True)
        film = read(dataset, enough=quick.need)
        step = film.steps[0].parameters.get("resolution", "whole")
        made, whole = fitted(film, quick)[0].astype(int), fitted(read(dataset), exact)[0].astype(int)
        apart = np.abs(made - whole)
        told[kind] = {
            "resolution": step, "greatest": int(apart.max()), "mean": round(float(apart.mean()), 4),
            "within_1": round(float((apart <= 1).mean()), 4),
        }  # fmt: skip
    return told


def killed(folder: Path, scratch: Path, seconds: float) -> dict[str, Any]:
    """Ten SIGKILLs at random moments of an extraction, and whether the manifest is that of an undisturbed one."""
    dice = random.Random(2)
    key = scratch / "kills.key"
    make_key(key)
    out, command = scratch / "killed", [sys.executable, "-m", "wetread.cli", "extract", str(folder)]
    more = ["--key", str(key), "--json"]
    done: list[int] = []
    while len(done) < KILLS:
        run = subprocess.Popen([*command, str(out), *more], stdout=subprocess.DEVNULL)
        try:
            run.wait(dice.uniform(1, 1.2 * seconds / KILLS))
            if run.returncode not in (0, 3, 4):
                raise SystemExit(f"an extraction that was not killed ended with {run.returncode}")
            break
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.wait()
            journal = out / "journal.jsonl"
            done.append(max(journal.read_bytes().count(b"\n") - 1, 0) if journal.exists() else 0)
    subprocess.run([*command, str(out), *more], stdout=subprocess.DEVNULL, check=False)
    subprocess.run([*command, str(scratch / "whole"), *more], stdout=subprocess.DEVNULL, check=False)
    mine, whole = (pl.read_parquet(scratch / name / "manifest.parquet") for name in ("killed", "whole"))
    names = {
        name: {
            file.relative_to(scratch / name).as_posix(): file.read_bytes()
            for file in (scratch / name / "images").rglob("*")
            if file.is_file()
        }
        for name in ("killed", "whole")
    }
    return {
        "kills": len(done), "rows_done_at_each": done, "rows": mine.height, "manifest_equal": mine.equals(whole),
        "pictures_equal": names["killed"] == names["whole"], "pictures": len(names["killed"]),
        "film_ids_unique": mine["film_id"].n_unique() == mine.height,
        "identities_found": leaks(folder, scratch / "killed"),
    }  # fmt: skip


def leaks(folder: Path, out: Path) -> int:
    """How many names, identifiers, dates, UIDs and file names of the sources stand in any byte of the output.

    Dates of the manifest are left out: moved by chance, they meet other patients' dates.
    """
    wanted: set[bytes] = set()
    days: set[bytes] = set()
    for path in (path for path in folder.rglob("*.dcm")):
        ds = dcmread(path, stop_before_pixels=True)
        wanted |= {
            str(ds.get(name)).encode() for name in ("PatientID", "PatientName", "SOPInstanceUID", "StudyInstanceUID")
        }
        wanted |= {str(ds.PatientName.family_name).encode(), path.name.encode(), path.stem.encode()}
        days |= {ds.StudyDate.encode(), f"{ds.StudyDate[:4]}-{ds.StudyDate[4:6]}-{ds.StudyDate[6:]}".encode()}
    texts = [file.read_bytes() for file in out.rglob("*") if file.is_file() and file.suffix != ".png"]
    texts.append("\n".join(str(file.relative_to(out)) for file in out.rglob("*")).encode())
    dates = re.compile(rb'"(?:study|acquisition)_date": "[^"]*"')
    texts = [dates.sub(b"", text) for text in texts]
    texts.append(
        str(pl.read_parquet(out / "manifest.parquet").drop("study_date", "acquisition_date").to_dicts()).encode()
    )
    every = b"\n".join(texts)
    # A row of eight digits may stand in a longer pseudonym by chance: a date is one where no digit stands beside it.
    said = set(re.findall(rb"(?<![0-9a-f])\d{8}(?![0-9a-f])|(?<!\d)\d{4}-\d\d-\d\d(?!\d)", every))
    return sum(needle in every for needle in wanted) + len(said & days)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--films", type=int, default=2000)
    parser.add_argument("--scratch", type=Path)
    parser.add_argument(
        "--only",
        choices=("reduced", "generated", "killed", "shared"),
        help="measure this part again, and keep the others",
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("extract.json"))
    options = parser.parse_args()
    if options.only in ("reduced", "shared"):
        with tempfile.TemporaryDirectory(dir=options.scratch) as name:
            part = reduced() if options.only == "reduced" else shared(options.data / "dicom", Path(name))
        told = json.loads(options.out.read_text(encoding="utf-8")) | {options.only: part}
        options.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        return
    with tempfile.TemporaryDirectory(dir=options.scratch) as name:
        scratch = Path(name)
        made = archive(scratch / "archive", options.films)
        print("archive written", flush=True)
        told = json.loads(options.out.read_text(encoding="utf-8")) if options.only else {}
        told |= {
            "machine": {"processors": len(os.sched_getaffinity(0)), "load_at_start": os.getloadavg()[0],
                        "python": platform.python_version(),
                        **{name: version(name) for name in ("numpy", "pydicom", "pillow", "imagecodecs", "polars")}},
            "archive": {"films": len(made), "kinds": len({kind for kind, _ in made}), "size": SIZE,
                        "bytes": sum(path.stat().st_size for _, path in made)},
        }  # fmt: skip
        if options.only is None:
            told["by_kind"], told["reduced"] = by_kind(made, scratch), reduced()
        if options.only in (None, "generated"):
            told["generated"] = turns(scratch / "archive", made, scratch)
        if options.only is None and options.data is not None:
            told["shared"] = shared(options.data / "dicom", scratch)
        seconds = len(made) / told["generated"]["ours"]["films_per_second"]
        if options.only in (None, "killed"):
            told["killed"] = killed(scratch / "archive", scratch, seconds)
        told["machine"]["load_at_end"] = os.getloadavg()[0]
    options.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: told[name] for name in ("generated", "killed")}, indent=1), f"\nwrote {options.out}")


def shared(folder: Path, scratch: Path) -> dict[str, Any]:
    """The same on real films, every radiograph among them, clean or not: the folder as it is, and ten copies of it.

    The folder alone is over before the worker processes have been paid for; every copy is decoded and written again.
    """
    told: dict[str, Any] = {}
    for name, copies in (("the folder", 1), ("ten copies", 10)):
        source = scratch / f"copies{copies}"
        for copy in range(copies):
            shutil.copytree(folder, source / str(copy))
        paths = sorted(source.rglob("*.dcm"))
        found: dict[str, list[dict[str, float]]] = defaultdict(list)
        for turn in range(4):
            order: list[tuple[str, Callable[[], int]]] = [
                ("ours", partial(real, source, scratch / "real", copies)),
                ("usual", partial(loop, usual, paths, scratch / "real")),
                ("lean", partial(loop, lean, paths, scratch / "real")),
            ]
            for who, do in order[turn % 3 :] + order[: turn % 3]:
                found[who].append(timed(do))
                shutil.rmtree(scratch / "real")
        told[name] = summarised(found)
    strict = extract(folder, scratch / "strict", Options(size=SIZE))
    counts = ("files", "written", "refused", "set_aside", "unreadable")
    return told | {"as it comes": {name: getattr(strict, name) for name in counts}}


if __name__ == "__main__":
    main()
