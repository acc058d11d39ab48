"""`wetread verify`: hashes and self-test of released models."""

from __future__ import annotations

import argparse
import sys

from wetread.bundle import find, load, verify
from wetread.bundle.gate import is_gate, load_gate, verify_gate
from wetread.bundle.released import GATE, RELEASED, RESEARCH
from wetread.errors import IntegrityError

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Check each bundle that was named, or every released one and the gate; the exit status."""
    status = 0
    for folder in [
        find(name) for name in options.bundles or (*RELEASED, GATE, *_research())
    ]:  # a wrong name is told before the work
        try:
            proved, opened = (verify_gate, load_gate) if is_gate(folder) else (verify, load)
            difference = proved(folder, engine=options.engine)
            bundle = opened(folder)
        except IntegrityError as error:
            print(f"wetread: {error}", file=sys.stderr)
            status = error.exit_status
            continue
        print(
            f"{bundle.card.name} {bundle.card.version}: every hash holds; the self-test repeats on {options.engine} "
            f"(largest difference {difference:.1e}, allowed {bundle.card.selftest_tolerance:.0e}); sha256 {bundle.sha256}",
            flush=True,
        )
    return status


def _research() -> list[str]:
    """Research bundles that are here: whoever reads patients' films may leave them out."""
    return [name for name in RESEARCH if find(name).is_dir()]
