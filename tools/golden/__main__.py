"""Make the golden set, or check it, or write the table of what was measured."""

from __future__ import annotations

import argparse
import sys

from tools.golden.store import FOLDER, make


def main() -> int:
    """Run one step; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.golden", description=__doc__)
    parser.add_argument("step", choices=("make", "check", "table"))
    step = parser.parse_args().step
    if step == "make":
        told = make()
        pairs = told["pairs"]
        print(f"{len(told['cases'])} cases hold all {pairs['possible']} possible pairs; {pairs['excluded']} cannot be")
        print(f"{len(told['traps'])} traps; {sum(file.stat().st_size for file in FOLDER.iterdir()) / 1e6:.2f} MB")
        return 0
    from tools.golden.table import check, write

    return check() if step == "check" else write()


if __name__ == "__main__":
    sys.exit(main())
