"""`wetread documents plan`: the sample sizes that a device file asks for, computed and written once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

__all__ = ["add", "run"]


def add(actions: Any) -> None:
    """Add the action `plan`."""
    action = actions.add_parser("plan", help="compute the sample sizes of the validation plan")
    action.add_argument("device", metavar="DEVICE", help="the device file; its `validation:` says what is asked")
    action.add_argument("--out", required=True, metavar="FILE", help="where the plan goes, as JSON")


def run(options: argparse.Namespace) -> int:
    """Compute, write, and say what the goals together need; the exit status."""
    from wetread.cli.place import write_file
    from wetread.evaluation.sample_size.planned import planned
    from wetread.regulatory.evidence.plan import asked

    plan = planned(asked(Path(options.device)))
    out = Path(options.out)
    write_file(out, plan.to_json())
    kinds = ("goals", "precision", "areas", "groups", "pairs", "f1", "readers")
    print(f"plan: {sum(len(getattr(plan, kind)) for kind in kinds)} calculations written to {out}")
    for size in plan.goals:
        print(
            f"{size.of} {size.inputs['expected']:g} against {size.inputs['goal']:g}: "
            f"{size.result['first']} films first, {size.result['stable']} stable"
        )
    if plan.study.films_as_they_come is not None:
        print(f"both classes together, as films come: {plan.study.films_as_they_come:,} films")
    return 0
