"""A reader that is not ours (DCMTK) sees the authored picture too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PIL import Image

from wetread.phantom import Encoding, film, picture, write

SIZE = (200, 164)
ASK_FOR = {"linear": ["+Wi", "1"], "sigmoid": ["+Wi", "1"], "lut": ["+Wl", "1"], "none": ["+Wm"]}
STORED = {
    "8 bits": {"bits_stored": 8},
    "12 bits": {"bits_stored": 12},
    "signed": {"signed": True, "rescale": (1.0, 2048.0)},
    "falling": {"rescale": (-1.0, 4095.0)},
    "fractions": {"bits_stored": 16, "rescale": (0.5, -100.0)},
}
CANNOT = {("sigmoid", "8 bits"), ("lut", "8 bits"), ("lut", "fractions")}


@pytest.mark.skipif(shutil.which("dcm2pnm") is None, reason="dcm2pnm (Debian package dcmtk) is not installed")
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize(
    ("voi", "stored"), [(voi, way) for voi in ASK_FOR for way in STORED if (voi, way) not in CANNOT]
)
def test_dcmtk_sees_the_same(
    tmp_path: Path, photometric: str, voi: Literal["linear", "sigmoid", "lut", "none"], stored: str
) -> None:
    encoding = Encoding(photometric=photometric, voi=voi, **STORED[stored])  # type: ignore[arg-type]
    write(film(3, size=SIZE, sop_class="CR", encoding=encoding), tmp_path / "film.dcm")
    command = ["dcm2pnm", "+op", *ASK_FOR[voi], str(tmp_path / "film.dcm"), str(tmp_path / "film.pgm")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "film.pgm") as seen:
        steps = np.asarray(seen).astype(int)
    authored = np.rint(picture(3, size=SIZE)[0] * 255).astype(int)
    assert np.abs(steps - authored).max() <= 1, "DCMTK rounds down to 8 bits"


def test_importing_the_room_loads_little() -> None:
    code = "import sys, wetread.phantom; print(*sorted({'pydicom', 'PIL', 'scipy', 'torch', 'openvino'} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == ""
