"""One fit of a network: leg by leg, saved after each, ended early, and gone on with where a process stopped.

A leg is a part of a pass over the films, after which everything that was learnt is saved. Chance depends on the seed and
the number of the step alone, so nothing of it needs saving: a fit that goes on takes the steps it would have taken.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as lightning
import torch
from lightning_fabric.plugins.io.checkpoint_io import CheckpointIO
from numpy.typing import NDArray
from torch import Tensor

from wetread.errors import ConfigError
from wetread.network.base import Network
from wetread.training.batches import Batch, Batches, to_natural
from wetread.training.tune.judge import better, judged
from wetread.training.tune.module import Tuned, predicted
from wetread.training.tune.recipe import TuneFit
from wetread.training.tune.writing import keep_tensors, load_tensors

__all__ = ["Fitted", "Listener", "Step", "fit"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """How far a fit is.

    Parameters
    ----------
    done, total
        Steps, of those that there are if nothing ends it early.
    number, passes
        The pass, from 1, and how many there are at most.
    loss
        Of this step.
    """

    done: int
    total: int
    number: int
    passes: int
    loss: float


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told: each step; and after each pass the rows of all passes so far, which are saved afterwards."""

    step: Callable[[Step], None]
    rows: Callable[[list[Row]], None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit came to: the weights of its best pass, by name, and a row of figures for each pass."""

    state: dict[str, Tensor]
    best: int
    rows: list[Row]


def fit(
    network: Network,
    how: TuneFit,
    films: Batches,
    tuning: tuple[Batches, NDArray[np.float32]],
    checkpoint: Path,
    *,
    seed: int,
    told: Listener,
    device: str = "auto",
) -> Fitted:
    """Fit a network; it is left with the weights of the best pass.

    Parameters
    ----------
    network
        With its layers frozen or not. Going on, it has to be built the same way again.
    how
        The recipe's part.
    films
        To fit on.
    tuning
        Films to watch, and their labels (films, outputs).
    checkpoint
        Where what was learnt is saved; if it is there, the fit goes on from it.
    seed
        Of dropout.
    told
        Who is told how far it is.
    device
        "auto", "cpu" or "cuda".

    Raises
    ------
    ConfigError
        If a batch does not fit into memory.
    UsageError
        If a checkpoint cannot be written.
    DataError
        If the loss is no longer a number, or the checkpoint is damaged.
    """
    module = Tuned(network, how, steps=how.epochs * len(films), seed=seed)
    keeper = _Keeper(how, films, tuning, checkpoint, told)
    legs = how.epochs * keeper.legs
    with _quiet():
        trainer = lightning.Trainer(
            accelerator=device,
            devices=1,
            precision=_precision(how.precision, device),
            max_epochs=legs,
            gradient_clip_val=how.clip or None,
            reload_dataloaders_every_n_epochs=1,
            callbacks=[keeper],
            plugins=[_Whole()],
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            default_root_dir=str(checkpoint.parent),
        )
        try:
            trainer.fit(
                module,
                _Legs(films, keeper.leg, module),
                ckpt_path=str(checkpoint) if checkpoint.exists() else None,
                weights_only=True,
            )
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not _memory(error):
                raise
            raise ConfigError(
                f"batch = {how.batch} in [fit] does not fit into memory: halve it, and learning_rate with it. Nothing "
                "that was saved is lost"
            ) from error
        except SystemExit as error:  # what Lightning makes of an interrupt
            raise KeyboardInterrupt from error
    network.load_state_dict({**network.state_dict(), **keeper.state})
    network.eval()
    return Fitted(keeper.state, keeper.best["pass"] if keeper.best else 0, keeper.rows)


class _Legs:
    """The batches of the leg that begins at the present step."""

    def __init__(self, films: Batches, leg: int, module: Tuned) -> None:
        self._films, self._leg, self._module = films, leg, module

    def _part(self) -> tuple[int, int, int]:
        number, first = divmod(self._module.global_step, len(self._films))
        return number, first, min(first + self._leg, len(self._films))

    def __len__(self) -> int:
        _, first, last = self._part()
        return last - first

    def __iter__(self) -> Iterator[Batch]:
        number, first, last = self._part()
        for place, batch in enumerate(self._films.epoch(number, first), first):
            if place >= last:
                break
            yield batch


class _Keeper(lightning.Callback):
    """After each leg saves, after each pass judges; remembers the best pass and ends the fit when it lies far back."""

    def __init__(
        self,
        how: TuneFit,
        films: Batches,
        tuning: tuple[Batches, NDArray[np.float32]],
        checkpoint: Path,
        told: Listener,
    ) -> None:
        self._how, self._films, self._checkpoint, self._told = how, films, checkpoint, told
        self._tuning, self._labels = tuning
        self.leg = min(len(films), max(1, how.save_every // how.batch))
        self.legs = -(-len(films) // self.leg)
        self.rows: list[Row] = []
        self.best: Row | None = None
        self.state: dict[str, Tensor] = {}
        self._sum, self._count = 0.0, 0

    def state_dict(self) -> dict[str, Any]:
        return {"rows": self.rows, "best": self.best, "state": self.state, "sum": self._sum, "count": self._count}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.rows, self.best, self.state = state_dict["rows"], state_dict["best"], state_dict["state"]
        self._sum, self._count = state_dict["sum"], state_dict["count"]

    def on_train_start(self, trainer: lightning.Trainer, *_: Any) -> None:
        self._told.rows(self.rows)
        self._stop_if_done(trainer)

    def on_train_batch_end(self, _: lightning.Trainer, pl_module: Any, *__: Any) -> None:
        found = float(pl_module.losses[-1])
        self._sum, self._count = self._sum + found, self._count + 1
        pl_module.losses.clear()
        done, size = pl_module.global_step, len(self._films)
        self._told.step(Step(done, size * self._how.epochs, (done - 1) // size + 1, self._how.epochs, found))

    def on_train_epoch_end(self, trainer: lightning.Trainer, pl_module: Any) -> None:
        if pl_module.global_step % len(self._films) == 0:
            self._judge(pl_module)
            self._told.rows(self.rows)
        trainer.save_checkpoint(self._checkpoint)
        self._stop_if_done(trainer)

    def _judge(self, module: Tuned) -> None:
        scoring = module.scoring_state()
        own = {name: value.detach().clone() for name, value in module.learnt()}
        module.network.load_state_dict(scoring, strict=False)
        logits, _ = predicted(module.network, self._tuning, module.device)
        module.network.load_state_dict(own, strict=False)
        found = judged(to_natural(logits, self._films.offset, self._how.focal), self._labels)
        row: Row = {
            "pass": module.global_step // len(self._films),
            "step": module.global_step,
            "rate": float(module.optimizers().param_groups[0]["lr"]),  # type: ignore[union-attr]
            "train_loss": self._sum / self._count,
            **found,
        }
        self._sum, self._count = 0.0, 0
        row["best"] = better(row, self.best, self._how.stop_on)
        if row["best"]:
            self.best, self.state = row, scoring
        self.rows.append(row)

    def _stop_if_done(self, trainer: lightning.Trainer) -> None:
        patience = self._how.patience
        if patience and self.best and self.rows and self.rows[-1]["pass"] - self.best["pass"] >= patience:
            trainer.should_stop = True


class _Whole(CheckpointIO):
    """Checkpoints that are whole or not there, and of which nothing is run when they are read."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, *_: Any, **__: Any) -> None:
        keep_tensors(Path(path), checkpoint)

    def load_checkpoint(self, path: Any, *_: Any, **__: Any) -> Any:
        return load_tensors(Path(path))

    def remove_checkpoint(self, path: Any) -> None:
        Path(path).unlink(missing_ok=True)


def _precision(asked: str, device: str) -> Any:
    if asked == "auto":
        on = device != "cpu" and torch.cuda.is_available() and torch.cuda.is_bf16_supported()
        return "bf16-mixed" if on else "32-true"
    return {"32": "32-true", "bf16": "bf16-mixed"}[asked]


def _memory(error: BaseException) -> bool:
    words = str(error).lower()
    return (
        isinstance(error, torch.OutOfMemoryError | MemoryError)
        or "allocate memory" in words
        or "out of memory" in words
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Lightning warns of frozen layers and of settings that are meant; what a person should know is said by the run."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"(pytorch_lightning|lightning_fabric)\.")
        yield
