"""How long all results of one film take beside the reading itself, and how large they are.

    python benchmarks/results.py [--rounds 9] [--out benchmarks/results.json]

Films are phantoms with noise, read by the released adult bundle from bytes to reading in this process, the whole picture
decoded as `wetread predict --out` has it. Then every kind of result is built and encoded, in turns, after one round that
is not measured (it loads the libraries): medians with their quartiles, by the clock and of the processor.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, generate_uid

import wetread
from wetread.bundle import find, load
from wetread.clinical import source
from wetread.clinical.kinds import KINDS, Kind, encode
from wetread.clinical.source import Source
from wetread.inference import Reader, Reading
from wetread.phantom import Encoding, film
from wetread.radiograph import Radiograph, read
from wetread.radiograph.door import open_dataset

FILMS = {
    "1024 x 1024, 8 bits, uncompressed": ((1024, 1024), 8, ExplicitVRLittleEndian),
    "3000 x 2500, 12 bits, uncompressed": ((3000, 2500), 12, ExplicitVRLittleEndian),
    "3000 x 2500, 12 bits, JPEG 2000": ((3000, 2500), 12, JPEG2000Lossless),
}
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def made(size: tuple[int, int], bits: int, syntax: str) -> bytes:
    """A phantom with noise as a DICOM file's bytes, with the UIDs that results need."""
    ds = film(1, size=size, encoding=Encoding(bits_stored=bits))
    white = (1 << bits) - 1
    values = ds.pixel_array + np.random.default_rng(1).normal(0, 0.0025 * white, size)
    ds.PixelData = np.clip(np.rint(values), 0, white).astype("<u2" if bits > 8 else np.uint8).tobytes()
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID"):
        if keyword not in ds:
            setattr(ds, keyword, generate_uid(entropy_srcs=[keyword]))
    if syntax != ExplicitVRLittleEndian:
        ds.compress(syntax)
    buffer = BytesIO()
    ds.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


Spent = list[tuple[float, float]]


def told(spent: Spent) -> dict[str, Any]:
    """Median and quartiles by the clock, and the median of processor time, in milliseconds."""
    low, middle, high = np.percentile([wall for wall, _ in spent], (25, 50, 75)) * 1000
    processor = float(np.median([seconds for _, seconds in spent])) * 1000
    quartiles = [round(float(low), 1), round(float(high), 1)]
    return {"median_ms": round(float(middle), 1), "quartiles_ms": quartiles, "processor_ms": round(processor, 1)}


def timed(spent: Spent, work: Callable[..., Any], *given: Any) -> Any:
    """Do it with what is given, and add its seconds by the clock and of the processor."""
    begun, before = time.perf_counter(), time.process_time()
    result = work(*given)
    spent.append((time.perf_counter() - begun, time.process_time() - before))
    return result


def header(content: bytes, picture: Radiograph) -> Source:
    """Whose film it is, from the file's bytes."""
    return source.of(open_dataset(content), picture)


def result(kind: Kind, reading: Reading, of: Source) -> bytes:
    """One result as a file's bytes."""
    return encode(kind.build(reading, of, when=WHEN))


def measure(content: bytes, reader: Reader, rounds: int) -> dict[str, Any]:
    """One film: the reading, the source, and every kind of result."""
    spent: dict[str, Spent] = {name: [] for name in ("reading", "header", *KINDS, "all")}
    sizes: dict[str, int] = {}

    def answer() -> tuple[Any, Reading]:
        picture = read(content)
        return picture, reader.read(picture, constancy=True)

    for turn in range(-1, rounds):
        if turn == 0:
            spent = {name: [] for name in spent}
        picture, reading = timed(spent["reading"], answer)
        if reading.status != "read" or not reading.attention.outlines:
            raise SystemExit("the phantom was not read with an outline: the figures would leave out what costs most")
        of = timed(spent["header"], header, content, picture)
        for name, kind in KINDS.items():
            content_of_it = timed(spent[name], result, kind, reading, of)
            sizes[name] = len(content_of_it)
        both = [spent[name][-1] for name in KINDS]
        spent["all"].append((sum(wall for wall, _ in both), sum(processor for _, processor in both)))
    return {"bytes": len(content), "times": {name: told(one) for name, one in spent.items()}, "sizes": sizes}


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results.json"))
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    bundle = load(find("adult"))
    reader = Reader(bundle, None)
    before = os.getloadavg()[0]
    rows = {name: measure(made(*how), reader, options.rounds) for name, how in FILMS.items()}
    result = {
        "date": time.strftime("%Y-%m-%d"), "rounds": options.rounds, "cores": len(os.sched_getaffinity(0)),
        "load_before_and_after": [round(before, 2), round(os.getloadavg()[0], 2)], "software": wetread.__version__,
        "bundle": f"{bundle.card.name} {bundle.card.version}", "films": rows,
    }  # fmt: skip
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
