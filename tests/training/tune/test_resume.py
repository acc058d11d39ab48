"""A run that is killed or runs out of space, and is gone on with, ends as if nothing had happened."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from training.tune.conftest import Made
from training.tune.drawn import same
from wetread.errors import DataError, UsageError
from wetread.training.tune import Progress, tune

ROOT = Path(__file__).resolve().parents[3]
# A process of its own that SIGKILL ends at its nth step: nothing can be tidied up.
KILLED = """
import os, signal, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from wetread.training.tune import Means, load_recipe, tune
recipe, data, out, cache, last = sys.argv[1:]
steps = 0
def progress(_):
    global steps
    steps += 1
    if steps == int(last):
        os.kill(os.getpid(), signal.SIGKILL)
tune(load_recipe(Path(recipe)), Path(data), Path(out), say=lambda _: None, progress=progress, resume=True,
     means=Means(cache=Path(cache), device="cpu", workers=1))
"""


def go_on(short: Made, out: Path) -> None:
    tune(short.recipe, short.data, out, say=short.said.append, resume=True, means=short.means())


@pytest.mark.requirement("REQ-TRAINING")
def test_killed_and_gone_on_with_is_bit_equal(short: Made, tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, short.run.folder / "config.toml", short.data, out, short.cache, "9"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert not (out / "scores.csv").exists()
    assert list((out / "checkpoint").glob("*.ckpt")), "it died in the middle of a fit"
    go_on(short, out)
    same(short.run.folder, out)


def test_no_space_is_said_and_breaks_nothing(short: Made, tmp_path: Path) -> None:
    """The process may write no file beyond 100 kB from some step on, as on a full disk; then there is room again."""
    out, steps = tmp_path / "run", 0
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def progress(_: Progress) -> None:
        nonlocal steps
        steps += 1
        if steps == 9:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))

    try:
        with pytest.raises(UsageError, match=r"ckpt .* cannot be written: no space is left.*--resume"):
            tune(short.recipe, short.data, out, say=short.said.append, progress=progress, means=short.means())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(out.rglob("*.part")), "what could not be finished is taken away"
    go_on(short, out)
    same(short.run.folder, out)


def test_a_checkpoint_damaged_from_outside_is_named(short: Made, tmp_path: Path) -> None:
    out = tmp_path / "run"

    def progress(at: Progress) -> None:
        if at.done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(short.recipe, short.data, out, say=short.said.append, progress=progress, means=short.means())
    (checkpoint,) = (out / "checkpoint").glob("*.ckpt")
    whole = checkpoint.read_bytes()
    checkpoint.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"final\.ckpt cannot be read.*Delete it, and --resume"):
        go_on(short, out)
