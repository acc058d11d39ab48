"""What can be asked of `wetread train`; loads nothing but the parser."""

from __future__ import annotations

from typing import Any

__all__ = ["add_train"]


def add_train(verbs: Any) -> None:
    """Add the verb `train`."""
    parser = verbs.add_parser("train", help="a recipe and a collection to a run folder: networks, scores, page")
    parser.add_argument("config", metavar="CONFIG", help="the recipe, a TOML file (docs/training.md)")
    parser.add_argument("--out", metavar="RUN", help="the run folder; needed but for a dry run")
    parser.add_argument("--data", default=".", metavar="DIR", help="where the recipe's paths start (default: here)")
    parser.add_argument("--resume", action="store_true", help="go on with a run that was stopped, wherever it was")
    parser.add_argument(
        "--dry-run", action="store_true",
        help="look at films, labels, leaks, disk and memory, say how long it takes, and begin nothing",
    )  # fmt: skip
    parser.add_argument(
        "--cache", metavar="DIR", help="where prepared films are kept, for several runs (default: in the run folder)"
    )
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="what computes (default: %(default)s)"
    )
    parser.add_argument("--workers", type=int, metavar="N", help="processes that read films (default: one a processor)")
