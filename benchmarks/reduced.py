"""What a JPEG 2000 film's lower resolution does to its reading: probability after a full and after a reduced decode.

    python benchmarks/reduced.py [--data DATA] [--out benchmarks/reduced.json]

Films: phantoms of 3000 x 2500 pixels and 12 bits with noise; with DATA also the 50 films of 1024 pixels in its folder
`nih_1024`, as they are and enlarged to 2816 pixels with noise of 10 of 4096 levels, and the JPEG 2000 radiographs in its
folder `dicom`. Each is compressed without loss and to a tenth (the DICOM files are taken as they are), and goes through
both released networks. For every number of wavelet levels that may be left out, the result holds how far the probability
moved: `levels` is how many were left out, `reserve` how many halvings were then still to be done. `wetread.radiograph.read`
leaves out one level, where it can keep a reserve (`as_read`).
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from PIL import Image
from pydicom.encaps import get_frame

from wetread.bundle import Bundle, find, load
from wetread.bundle.released import RELEASED
from wetread.calibration import sigmoid
from wetread.errors import UnreadableError
from wetread.phantom import picture
from wetread.preprocess import prepare
from wetread.radiograph import Facts, Radiograph
from wetread.radiograph.door import open_dataset
from wetread.radiograph.reduce import halve, halvings
from wetread.radiograph.wavelet import decode, plain

Words = NDArray[Any]
NOISE = 10  # of 4096 grey levels
PHANTOMS = 8
ENLARGED, SIDE = 12, 2816


def films(data: Path | None) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Kind, and codestreams by how they were made."""
    for seed in range(PHANTOMS):
        drawn = picture(seed, opacity=bool(seed % 2), size=(3000, 2500))[0] * 4095
        yield "phantom 3000 x 2500", _compressed(_noisy(drawn, seed), 12)
    if data is None:
        return
    paths = sorted((data / "nih_1024").rglob("*.png"))
    for path in paths:
        yield "NIH 1024 x 1024", _compressed(np.asarray(Image.open(path).convert("L")), 8)
    for seed, path in enumerate(paths[:: max(1, len(paths) // ENLARGED)][:ENLARGED]):
        large = Image.open(path).convert("L").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        yield f"NIH enlarged to {SIDE}", _compressed(_noisy(np.asarray(large, np.float64) * 4095 / 255, seed), 12)
    for path in sorted((data / "dicom").iterdir()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                film = open_dataset(path)
                frame = get_frame(film.PixelData, 0, number_of_frames=1)
            except (UnreadableError, ValueError, AttributeError):
                continue
        if plain(frame) is not None:
            yield "DICOM files", {"as it is": frame}


def _noisy(values: NDArray[np.float64], seed: int) -> Words:
    noise = np.random.default_rng(seed).normal(0, NOISE, values.shape)
    return np.clip(np.rint(values + noise), 0, 4095).astype(np.uint16)


def _compressed(values: Words, bits: int) -> dict[str, bytes]:
    return {
        "lossless": bytes(encode_array(values, bits)),
        "a tenth": bytes(encode_array(values, bits, compression_ratios=[10])),
    }


def probability(bundle: Bundle, pixels: NDArray[np.float32], shape: tuple[int, int], reduction: int) -> float:
    """What the released network makes of a film that was reduced so far."""
    film = Radiograph(pixels=pixels, facts=Facts(), reduction=reduction, full_shape=shape if reduction > 1 else None)
    logits, _ = bundle.engine.run(prepare(film, bundle.card.input)[None])
    return bundle.card.calibration.probability(sigmoid(float(logits[0, 0])))


def moved(bundle: Bundle, frame: bytes) -> Iterator[tuple[int, int, float]]:
    """Levels left out, halvings in reserve, and how far the probability moved, for every number of levels that can be left out."""
    stream = plain(frame)
    assert stream is not None
    shape = (stream.rows, stream.columns)
    times = halvings(shape, (bundle.card.input.height, bundle.card.input.width))
    if not times:
        return
    with Image.open(BytesIO(frame)) as image:
        samples = np.asarray(image)
    words = samples >> (8 * samples.dtype.itemsize - stream.precision)
    white = np.float32((1 << stream.precision) - 1)
    whole = probability(bundle, halve(words.astype(np.float32) / white, times), shape, 1 << times)
    for levels in range(1, times + 1):
        low = decode(frame, stream, levels)
        assert low is not None
        reduced = halve(low.astype(np.float32) / white, times - levels)
        yield levels, times - levels, abs(probability(bundle, reduced, shape, 1 << times) - whole)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("reduced.json"))
    options = parser.parse_args()
    bundles = [load(find(name)) for name in RELEASED]
    found: dict[tuple[str, str, str, int, int], list[float]] = defaultdict(list)
    for kind, frames in films(options.data):
        for how, frame in frames.items():
            for bundle in bundles:
                for levels, reserve, change in moved(bundle, frame):
                    found[kind, how, bundle.card.name, levels, reserve].append(change)
        print(".", end="", flush=True)
    rows = [
        {
            "films": kind, "compression": how, "network": name, "levels": levels, "reserve": reserve,
            "as_read": levels == 1 and reserve > 0, "count": len(changes),
            "median": round(float(np.median(changes)), 6), "largest": round(max(changes), 6),
        }
        for (kind, how, name, levels, reserve), changes in sorted(found.items())
    ]  # fmt: skip
    models = {bundle.card.name: f"{bundle.card.version} {bundle.sha256[:12]}" for bundle in bundles}
    options.out.write_text(json.dumps({"models": models, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    print(f"\nwrote {options.out}")


if __name__ == "__main__":
    main()
