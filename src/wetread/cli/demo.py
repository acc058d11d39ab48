"""`wetread demo`: everything the device does, on a synthetic film, in under a minute."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from wetread import phantom
from wetread.bundle import find, verify
from wetread.bundle.released import RELEASED
from wetread.cli.films import Readers, answers
from wetread.cli.talk import sentence
from wetread.clinical import report
from wetread.errors import IntegrityError, UsageError
from wetread.inference import DISCLAIMER
from wetread.radiograph.many import Crew

__all__ = ["run"]

# Half of the 256 steps in which the phantom is authored, and a hair for rounding.
_STEP = 1 / 255


def run(options: argparse.Namespace) -> int:
    """Draw a film, write it as DICOM, check the models, read it in constancy mode, and show what a refusal is."""
    with Crew(1) as crew:
        return _run(options, crew)


def _run(options: argparse.Namespace, crew: Crew) -> int:
    out = Path(options.out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        film = out / "phantom.dcm"
        phantom.write(phantom.film(options.seed, opacity=True), film)
    except OSError as error:
        raise UsageError(f"the demo cannot write to {out}: {error.strerror}") from error
    print(f"A synthetic chest film with an opacity, drawn and written as a DICOM object: {film}")
    for name in RELEASED:
        print(f"Model {name}: every hash holds, self-test repeats within {verify(find(name)):.0e}.")

    readers = Readers(bundle=None, engine="openvino")
    (refused,) = answers([film], readers, crew)
    print("\nAs a patient's film it is refused, because it is none:")
    print("  " + sentence(refused))

    (given,) = answers([film], readers, crew, picture=True, constancy=True)
    if given.reading is None or given.film is None or given.reading.status != "read":
        raise IntegrityError(f"the device does not read its own constancy film: {sentence(given)}")
    drawn, _ = phantom.picture(options.seed, opacity=True)
    off = float(np.abs(given.film.pixels - drawn).max())
    if given.film.pixels.shape != drawn.shape or off > _STEP:
        raise IntegrityError(
            f"the constancy film comes back {off * 255:.1f} grey steps from what was drawn; at most 1 is allowed"
        )
    print("\nIn constancy mode it is read (the picture is what was drawn, within one grey step of 255):")
    print("  " + sentence(given))
    files = report.build(given.reading, given.film, when=datetime.now(UTC), name=film.name).write(out)
    print("\nThe number says nothing about accuracy: the film is drawn, not taken.")
    print(f"The page: {next(file for file in files if file.suffix == '.html').resolve()}")
    print(DISCLAIMER)
    return 0
