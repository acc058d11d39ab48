"""Run the notebooks, in order, in one fresh folder: `python tools/notebooks.py [--small] [--nih DIR] [--out DIR]`.

Writes each with its outputs, and as a page, into OUT. `--small` draws few films, so that all of them run in minutes;
`--nih` gives the first one NIH's own table and films. A cell that fails ends the run with its message.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SMALL: dict[str, dict[str, Any]] = {
    "1_EDA": {"FILMS": 300, "RESAMPLES": 200, "PIXELS": False},
    "2_Build_and_train_model": {"FILMS": 300, "RESAMPLES": 200},
    "3_Inference": {},
    "4_FDA_submission": {"RESAMPLES": 200},
}


def run(path: Path, out: Path, values: dict[str, Any]) -> Path:
    """Execute one notebook in `out` with these parameters; the executed notebook's path."""
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())]
    if len(cells) != 1:
        raise SystemExit(f"{path.name} has {len(cells)} cells of parameters, not one")
    known = {line.partition("=")[0].strip() for line in cells[0].source.splitlines()}
    if unknown := set(values) - known:
        raise SystemExit(f"{path.name} has no parameters {', '.join(sorted(unknown))}")
    cells[0].source += "".join(f"\n{name} = {value!r}" for name, value in values.items())
    place = {"metadata": {"path": str(out)}}
    NotebookClient(notebook, timeout=3600, kernel_name="python3", resources=place).execute()
    made = out / path.name
    nbformat.write(notebook, made)
    return made


def main() -> int:
    """Run all of them; the exit status."""
    parser = argparse.ArgumentParser(prog="python tools/notebooks.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--small", action="store_true", help="few films, no pixels: minutes")
    parser.add_argument("--nih", type=Path, help="a folder with NIH's table, for the first notebook")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "notebooks", help="a folder that is made anew")
    options = parser.parse_args()
    out: Path = options.out / "notebooks"
    shutil.rmtree(options.out, ignore_errors=True)
    out.mkdir(parents=True)
    # The notebooks name their recipe relative to themselves, as they lie in the repository.
    shutil.copytree(ROOT / "configs", options.out / "configs")
    for path in NOTEBOOKS:
        values = dict(SMALL[path.stem]) if options.small else {}
        if options.nih and path.stem == "1_EDA":
            values["NIH"] = str(options.nih.resolve())
        begun = time.monotonic()
        made = run(path, out, values)
        print(f"{made}: {time.monotonic() - begun:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
