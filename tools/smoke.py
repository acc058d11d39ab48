"""Proof that the device stands alone: build the wheel, install it bare in an empty environment, read films there.

    python tools/smoke.py [WHEEL]

Everything happens in a temporary folder outside the repository, with the interpreter that runs this file. Needs the
package index for the device's own dependencies. Exit status 0 when every check held, else 1 and the first that did not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORKSHOP = ("torch", "onnx", "onnxruntime", "scipy", "sklearn", "polars", "matplotlib", "torchvision", "pytest")
DONE, REFUSED, ALTERED = 0, 3, 5

# Run inside the bare environment: writes a phantom film, and says which of the workshop's libraries can be imported.
PROBE = """
import importlib.util, json, sys
import wetread, wetread.phantom
wetread.phantom.film(7).save_as(sys.argv[1], enforce_file_format=True)
found = [name for name in sys.argv[2:] if importlib.util.find_spec(name)]
print(json.dumps({"found": found, "file": wetread.__file__, "version": wetread.__version__}))
"""


class SmokeError(Exception):
    """A check did not hold."""


def run(command: list[str], cwd: Path, expect: tuple[int, ...] = (DONE,)) -> str:
    """Standard output of `command`, whose exit status must be one of `expect`."""
    # Nothing of this repository or of the caller's environment may leak into the bare one.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in expect:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise SmokeError(f"{' '.join(command)}: exit status {done.returncode}, expected {expect}\n{tail}")
    return done.stdout


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this repository into `folder`."""
    run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)], folder)
    (wheel,) = folder.glob("wetread-*.whl")
    return wheel


def install_bare(wheel: Path, folder: Path) -> Path:
    """Create an empty environment in `folder` with `wheel` and its bare dependencies; its `bin` folder."""
    venv.create(folder, with_pip=True)
    binaries = folder / "bin"
    run(
        [str(binaries / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)], folder
    )
    return binaries


def check_floor(binaries: Path, work: Path) -> None:
    """The package comes from the wheel, its version is the repository's, and the workshop is out of reach."""
    answer = json.loads(run([str(binaries / "python"), "-c", PROBE, str(work / "phantom.dcm"), *WORKSHOP], work))
    if answer["found"]:
        raise SmokeError(f"the bare install brings {', '.join(answer['found'])}: the device must not need the workshop")
    if ROOT in Path(answer["file"]).parents:
        raise SmokeError(f"wetread was imported from the repository ({answer['file']}), not from the wheel")


def check_films(wetread: str, work: Path) -> None:
    """The demo reads its phantom; `predict` answers on a phantom and, where there is one, reads a real film."""
    run([wetread, "--help"], work)
    run([wetread, "demo", "--out", str(work / "demo")], work)
    if not any((work / "demo").rglob("*.html")):
        raise SmokeError("wetread demo wrote no page")
    # The phantom is no film of a patient: outside the demo's constancy mode either answer may be right, silence not.
    films = [(work / "phantom.dcm", ("read", "refused"))]
    real = ROOT.parent / "shared" / "data" / "dicom" / "test1.dcm"
    if real.exists():
        films.append((real, ("read",)))
    for film, accepted in films:
        lines = run([wetread, "predict", "--json", str(film)], work, (DONE, REFUSED)).splitlines()
        statuses = tuple(json.loads(line)["status"] for line in lines)
        if len(statuses) != 1 or statuses[0] not in accepted:
            raise SmokeError(f"wetread predict on {film.name}: one answer of {accepted} expected, got {statuses}")


def check_bundles(binaries: Path, work: Path) -> int:
    """Every released bundle verifies, and a copy with one byte changed does not; how many there are."""
    wetread, python = str(binaries / "wetread"), str(binaries / "python")
    models = Path(run([python, "-c", "import wetread; print(wetread.__path__[0])"], work).strip()) / "models"
    bundles = sorted(card.parent for card in models.glob("*/card.json"))
    if not bundles:
        raise SmokeError(f"the wheel holds no released bundle ({models.name}/*/card.json)")
    for bundle in bundles:
        run([wetread, "verify", str(bundle)], work)
        copy = work / f"altered-{bundle.name}"
        copy.mkdir()
        for file in bundle.iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
        (weights,) = copy.glob("*.onnx")
        content = bytearray(weights.read_bytes())
        content[len(content) // 2] ^= 1
        weights.write_bytes(content)
        run([wetread, "verify", str(copy)], work, (ALTERED,))
    return len(bundles)


def main(arguments: list[str]) -> int:
    """Run every check in order; 0 when all held."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wetread-smoke-") as name:
        work = Path(name)
        try:
            wheel = Path(arguments[0]).resolve() if arguments else build_wheel(work)
            binaries = install_bare(wheel, work / "bare")
            check_floor(binaries, work)
            check_films(str(binaries / "wetread"), work)
            bundles = check_bundles(binaries, work)
        except SmokeError as error:
            print(f"smoke: {error}", file=sys.stderr)
            return 1
    size = f"{bundles} bundle{'s' if bundles > 1 else ''} verified"
    print(f"smoke: {wheel.name} stands alone, films answered, {size} ({time.monotonic() - start:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
