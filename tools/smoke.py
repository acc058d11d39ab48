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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REAL_FILM = ROOT.parent / "shared" / "data" / "dicom" / "test1.dcm"
WORKSHOP = ("torch", "onnx", "onnxruntime", "scipy", "sklearn", "polars", "matplotlib", "torchvision", "pytest")
DONE, REFUSED, ALTERED = 0, 3, 5

# Run inside the bare environment: writes a phantom film, and says which of the workshop's libraries can be imported.
PROBE = """
import importlib.util, json, sys
import wetread, wetread.phantom
wetread.phantom.film(7).save_as(sys.argv[1], enforce_file_format=True)
found = [name for name in sys.argv[2:] if importlib.util.find_spec(name)]
print(json.dumps({"found": found, "package": wetread.__path__[0]}))
"""


class SmokeError(Exception):
    """A check did not hold."""


def run(command: list[str], cwd: Path, environment: dict[str, str], expect: tuple[int, ...] = (DONE,)) -> str:
    """Standard output of `command`, whose exit status must be one of `expect`."""
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in expect:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise SmokeError(f"{' '.join(command)}: exit status {done.returncode}, expected {expect}\n{tail}")
    return done.stdout


def outside() -> dict[str, str]:
    """The caller's environment without what would lead Python back to the repository."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}


@dataclass(frozen=True)
class Bare:
    """An environment with nothing but the wheel and what it asks for, and a folder to work in.

    Its programs get an empty home of their own and no sign that they run in CI: a library that keeps an identifier of
    its user, or reports to its maker unless it sees CI=true, is seen by what it leaves there (docs/decisions/0004).
    """

    work: Path

    @property
    def home(self) -> Path:
        """The home folder that its programs are given."""
        return self.work / "home"

    def install(self, wheel: Path) -> None:
        """Create the environment and install `wheel` in it, without any extra."""
        self.home.mkdir()
        venv.create(self.work / "bare", with_pip=True)
        quiet = ("--quiet", "--disable-pip-version-check")
        run([str(self.work / "bare/bin/python"), "-m", "pip", "install", *quiet, str(wheel)], self.work, outside())

    def __call__(self, program: str, *arguments: str, expect: tuple[int, ...] = (DONE,)) -> str:
        """Standard output of one of its programs."""
        told = ("CI", "TF_BUILD", "JENKINS_URL")
        environment = {key: value for key, value in outside().items() if key not in told} | {"HOME": str(self.home)}
        return run([str(self.work / "bare/bin" / program), *arguments], self.work, environment, expect)


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this repository into `folder`."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    run(command, folder, outside())
    (wheel,) = folder.glob("wetread-*.whl")
    return wheel


def check_floor(bare: Bare) -> Path:
    """The workshop is out of reach, and the package comes from the wheel; the folder of its released bundles."""
    answer = json.loads(bare("python", "-c", PROBE, str(bare.work / "phantom.dcm"), *WORKSHOP))
    if answer["found"]:
        raise SmokeError(f"the bare install brings {', '.join(answer['found'])}: the device must not need the workshop")
    if ROOT in Path(answer["package"]).parents:
        raise SmokeError(f"wetread was imported from the repository ({answer['package']}), not from the wheel")
    return Path(answer["package"]) / "models"


def check_films(bare: Bare) -> None:
    """The demo reads its phantom; `predict` answers on a phantom and, where there is one, reads a real film."""
    bare("wetread", "--help")
    bare("wetread", "demo", "--out", str(bare.work / "demo"))
    if not any((bare.work / "demo").rglob("*.html")):
        raise SmokeError("wetread demo wrote no page")
    # The phantom is no film of a patient: outside the demo's constancy mode either answer may be right, silence not.
    films = {bare.work / "phantom.dcm": ("read", "refused")} | ({REAL_FILM: ("read",)} if REAL_FILM.exists() else {})
    for film, accepted in films.items():
        lines = bare("wetread", "predict", "--json", str(film), expect=(DONE, REFUSED)).splitlines()
        statuses = [json.loads(line)["status"] for line in lines]
        if len(statuses) != 1 or statuses[0] not in accepted:
            raise SmokeError(f"wetread predict on {film.name}: one answer of {accepted} expected, got {statuses}")


def check_bundles(bare: Bare, models: Path) -> int:
    """Every released bundle verifies, and a copy with one bit changed does not; how many there are."""
    bundles = sorted(card.parent for card in models.glob("*/card.json"))
    if not bundles:
        raise SmokeError("the wheel holds no released bundle (wetread/models/*/card.json)")
    for bundle in bundles:
        bare("wetread", "verify", str(bundle))
        copy = bare.work / f"altered-{bundle.name}"
        copy.mkdir()
        for file in bundle.iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
        (weights,) = copy.glob("*.onnx")
        content = bytearray(weights.read_bytes())
        content[len(content) // 2] ^= 1
        weights.write_bytes(content)
        bare("wetread", "verify", str(copy), expect=(ALTERED,))
    return len(bundles)


def check_home(bare: Bare) -> None:
    """Nothing was left in the home folder of the user who ran all this."""
    left = sorted(str(path.relative_to(bare.home)) for path in bare.home.rglob("*"))
    if left:
        raise SmokeError(f"the device wrote into the user's home: {', '.join(left)}")


def main(arguments: list[str]) -> int:
    """Run every check in order; 0 when all held."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wetread-smoke-") as name:
        bare = Bare(Path(name))
        try:
            wheel = Path(arguments[0]).resolve() if arguments else build_wheel(bare.work)
            bare.install(wheel)
            models = check_floor(bare)
            check_films(bare)
            bundles = check_bundles(bare, models)
            check_home(bare)
        except SmokeError as error:
            print(f"smoke: {error}", file=sys.stderr)
            return 1
    seconds = time.monotonic() - start
    print(f"smoke: {wheel.name} stands alone, films answered, {bundles} bundle(s) verified ({seconds:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
