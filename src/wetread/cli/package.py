"""`wetread package`: a run becomes a bundle."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wetread.cli.evaluate_options import rule

__all__ = ["add_package", "run"]


def add_package(verbs: Any) -> None:
    """Add the verb `package`."""
    verb = verbs.add_parser("package", help="a finished training run becomes a bundle that proves itself")
    verb.add_argument("run", metavar="RUN", help="the run folder that `wetread train` wrote")
    verb.add_argument(
        "--out", required=True, metavar="BUNDLE", help="the bundle's folder: new, or an earlier one of it"
    )
    verb.add_argument(
        "--rule", type=rule, metavar="RULE",
        help="how the threshold is chosen: youden (default), f1, sensitivity=S, specificity=S, net-benefit=P, cost=C",
    )  # fmt: skip
    verb.add_argument(
        "--data", metavar="DIR",
        help="the data folder of the run: puts crude statistics beside its figures, and compares engines on real films",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Make the bundle and say what was measured; the exit status."""
    from wetread.evaluation.calls.rule import Rule
    from wetread.training.package import package

    data = None if options.data is None else Path(options.data)
    chosen = None if options.rule is None else Rule(*options.rule)
    made = package(Path(options.run), Path(options.out), datetime.now(UTC).date(), rule=chosen, data=data)
    card = made.bundle.card
    print(f"{card.name} {card.version}: {options.out}, sha256 {made.bundle.sha256}")
    print(f"threshold {card.threshold.score:.4f} ({card.threshold.interval[0]:.4f} to {card.threshold.interval[1]:.4f}): "
          f"{card.threshold.rule}")  # fmt: skip
    print(
        f"engines, largest difference of a logit or a map's cell on {made.parity.films} films ({made.parity.bound:g} allowed):"
    )
    for pair in made.parity.pairs:
        print(
            f"    {f'{pair.first} and {pair.second}':28} {max(pair.logit, pair.map):.1e}, of a score {pair.score:.1e}"
        )
    print(card.evidence)
    return 0
