"""How many films a second training takes: out of the cache, beside the usual loop, with the same network.

    python benchmarks/train.py [--films 96] [--rounds 3] [--device cpu] [--scratch DIR] [--out benchmarks/train.json]

The films are phantoms with noise, 1,024 pixels high, as PNG files of 8 bits: the size and kind of NIH ChestX-ray14.

ours   `wetread.training`: films prepared once into the cache (its time stands beside, and after how many epochs it is won
       back), batches changed as a whole with all of `Augmentation`, channels last.
usual  the loop of the tutorials: a Dataset that opens each film with Pillow every epoch, resizes it, turns and shifts it,
       and gives float32; PyTorch's DataLoader with a worker for each core; NCHW.

Both take the same steps: the same network with the same layers frozen, batch, loss and AdamW; each in a process of its
own, by turns, so that what else the machine does hits both alike. The first step is not counted. Wall time favours whoever
runs more processes on a busy machine: the processor time of either, workers included, stands beside it.
`--device cuda` puts the network on an accelerator in both.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

SOURCE = Path(__file__).resolve().parents[1] / "src"
BATCH = 16
CASES = {
    "cnn28": {"network": "cnn28", "frame": 32, "tuned": "all", "pretrained": False, "passes": 3},
    "last block": {"network": "efficientnet_lite0", "frame": 224, "tuned": "last", "pretrained": True, "passes": 1},
    "whole network": {"network": "efficientnet_lite0", "frame": 224, "tuned": "all", "pretrained": True, "passes": 1},
}
"""Networks from small to large: where the network takes all the time, nothing before it can save any."""


def make_films(folder: Path, count: int) -> None:
    """Phantoms as PNG files, and their table."""
    from PIL import Image

    from wetread.phantom import picture

    own = folder / "own"
    own.mkdir(parents=True)
    rows = ["film_id,patient_id,label"]
    drawn = [picture(seed, opacity=bool(seed % 2), size=(1024, 860))[0] for seed in range(8)]
    for number in range(count):
        rng = np.random.default_rng(number)
        plain = np.asarray(drawn[number % len(drawn)], np.float32)
        grey = plain / plain.max() * 255 + rng.normal(0, 3, plain.shape)
        Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).save(own / f"{number}.png")
        rows.append(f"{number}.png,p{number},{number % 2}")
    (own / "films.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def network_of(case: dict[str, Any], device: Any, *, channels_last: bool) -> Any:
    """The network of a case, its layers frozen as the case says."""
    import torch

    from wetread.network import NetworkSpec, build
    from wetread.network.plans import freeze

    torch.manual_seed(0)
    network = build(NetworkSpec(case["network"], pretrained=case["pretrained"]))
    freeze(network, case["tuned"])
    network.train().to(device)
    return network.to(memory_format=torch.channels_last) if channels_last else network


def ours(case: dict[str, Any], folder: Path, device: Any) -> tuple[float, Iterator[tuple[Any, Any]], Any]:
    """Seconds for the cache, batches, network."""
    import torch

    from wetread.preprocess import InputSpec
    from wetread.training.augment import Augmentation
    from wetread.training.batches import Batches, BatchSpec
    from wetread.training.prepared import prepare_data
    from wetread.training.table_spec import TableSpec

    spec = TableSpec(collection="csv", root="own", labels="own/films.csv", copies="exact", shares=(0.5, 0.5, 0.0))
    began = time.perf_counter()
    place = folder / f"cache-{case['network']}-{case['tuned']}"
    table, cache = prepare_data(spec, folder, InputSpec(case["frame"], case["frame"]), place)
    seconds = time.perf_counter() - began
    batches = Batches(cache, table.labels, np.arange(len(table)), BatchSpec(batch=BATCH), Augmentation(), device=device)

    def dealt() -> Iterator[tuple[Any, Any]]:
        for epoch in range(case["passes"]):
            for batch in batches.epoch(epoch):
                yield batch.images.contiguous(memory_format=torch.channels_last), batch.labels

    return seconds, dealt(), network_of(case, device, channels_last=True)


def usual(case: dict[str, Any], folder: Path, device: Any) -> tuple[float, Iterator[tuple[Any, Any]], Any]:
    """The same as a tutorial writes it."""
    import torch
    from PIL import Image
    from torch.utils.data import DataLoader, Dataset

    side = case["frame"]

    class Films(Dataset[tuple[Any, Any]]):
        def __init__(self) -> None:
            self.paths = sorted((folder / "own").glob("*.png"))

        def __len__(self) -> int:
            return len(self.paths)

        def __getitem__(self, place: int) -> tuple[Any, Any]:
            path = self.paths[place]
            with Image.open(path) as file:
                film = file.convert("L").resize((side, side), Image.Resampling.BILINEAR)
            angle, across, down = np.random.default_rng().uniform(-1, 1, 3) * (7, 0.05 * side, 0.05 * side)
            film = film.rotate(angle, Image.Resampling.BILINEAR, translate=(int(across), int(down)))
            grey = torch.from_numpy(np.asarray(film, np.float32) / np.float32(255))
            return grey.unsqueeze(0), torch.tensor([float(int(path.stem) % 2)])

    loader = DataLoader(Films(), BATCH, shuffle=True, num_workers=len(os.sched_getaffinity(0)), persistent_workers=True)

    def dealt() -> Iterator[tuple[Any, Any]]:
        for _ in range(case["passes"]):
            for images, labels in loader:
                yield images.to(device), labels.to(device)

    return 0.0, dealt(), network_of(case, device, channels_last=False)


def one(who: str, case: dict[str, Any], folder: Path, device_name: str) -> dict[str, float]:
    """One contender's turn, in this process."""
    import torch

    device = torch.device(device_name)
    preparing, dealt, network = {"ours": ours, "usual": usual}[who](case, folder, device)
    learnt = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(learnt, lr=1e-4)
    films, began, worked = -1, 0.0, 0.0
    for images, labels in dealt:
        optimiser.zero_grad()
        logits, _ = network(images)
        torch.autograd.backward(torch.nn.functional.binary_cross_entropy_with_logits(logits, labels))
        optimiser.step()
        if device.type == "cuda":
            torch.cuda.synchronize()
        if films < 0:
            films, began, worked = 0, time.perf_counter(), own_seconds()
        else:
            films += len(images)
    wall, processor = time.perf_counter() - began, own_seconds() - worked
    del dealt
    mine, workers = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    if who == "usual":  # its workers have ended by now; what they did for the first step is too little to matter
        processor += workers.ru_utime + workers.ru_stime
    return {
        "films_per_second": films / wall,
        "processor_ms_per_film": 1000 * processor / films,
        "preparing_seconds": preparing,
        "peak_mib": mine.ru_maxrss / 1024,
        "peak_mib_worker": workers.ru_maxrss / 1024,
    }


def own_seconds() -> float:
    """Processor time of this process so far, all its threads together."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def turn(who: str, name: str, folder: Path, device: str) -> dict[str, float]:
    """One contender's turn, in a process of its own."""
    command = [sys.executable, __file__, "--one", who, "--case", name, "--scratch", folder, "--device", device]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(SOURCE)}
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def measured(folder: Path, films: int, rounds: int, device: str) -> dict[str, Any]:
    """Every case, both contenders by turns."""
    cases = {}
    for name, case in CASES.items():
        turns: dict[str, list[dict[str, float]]] = {"ours": [], "usual": []}
        for number in range(rounds):
            for who in ("ours", "usual") if number % 2 == 0 else ("usual", "ours"):
                turns[who].append(turn(who, name, folder, device))
        told: dict[str, Any] = {
            who: {key: round(median(one[key] for one in told), 1) for key in told[0]} for who, told in turns.items()
        }
        told["ours"]["preparing_seconds"] = round(turns["ours"][0]["preparing_seconds"], 1)  # later turns find it done
        pairs = list(zip(turns["ours"], turns["usual"], strict=True))
        told["films_per_second_ratio"] = [round(a["films_per_second"] / b["films_per_second"], 2) for a, b in pairs]
        told["processor_ratio"] = [round(b["processor_ms_per_film"] / a["processor_ms_per_film"], 2) for a, b in pairs]
        won = 1 / told["usual"]["films_per_second"] - 1 / told["ours"]["films_per_second"]
        told["won_back_after_epochs"] = round(told["ours"]["preparing_seconds"] / films / won, 1) if won > 0 else None
        cases[name] = {**case, **told}
    return cases


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--scratch", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", choices=("ours", "usual"), help=argparse.SUPPRESS)
    parser.add_argument("--case", choices=tuple(CASES), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(asked.one, CASES[asked.case], asked.scratch, asked.device)))
        return
    sys.path.insert(0, str(SOURCE))
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=asked.scratch) as scratch:
        folder = Path(scratch)
        make_films(folder, asked.films)
        cases = measured(folder, asked.films, asked.rounds, asked.device)
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "device": asked.device,
        "load_before_and_after": [round(before, 1), round(os.getloadavg()[0], 1)],
        "torch": version("torch"),
        "films": asked.films,
        "batch": BATCH,
        "rounds": asked.rounds,
        "cases": cases,
    }
    text = json.dumps(result, indent=1) + "\n"
    if asked.out:
        asked.out.write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
