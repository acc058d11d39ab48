"""Small archives of synthetic films, each with the identity that it is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydicom import Dataset
from pydicom.uid import RLELossless

from wetread.extract.key import Key
from wetread.phantom import Encoding, film, write

SIZE = (256, 210)
SECRET = bytes(range(32))
KEY = Key(SECRET)


def patient_film(seed: int = 1, **header: Any) -> Dataset:
    """A frontal chest film of nobody that passes for a patient's and says that no text is burned in."""
    encoding = Encoding(transfer_syntax=RLELossless) if seed % 2 else None
    made = film(seed, size=SIZE, encoding=encoding)
    made.Manufacturer, made.ManufacturerModelName, made.SoftwareVersions = "Philips Medical Systems", "none", "1"
    made.PatientID, made.StudyInstanceUID = f"PID-{seed}", f"1.2.826.0.1.3680043.10.1338.1.{seed}"
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.3680043.10.1338.3.{seed}"
    for keyword, value in header.items():
        if value is None:
            if keyword in made:
                del made[keyword]
        else:
            setattr(made, keyword, value)
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    return made


def save(dataset: Dataset, path: Path) -> Path:
    """Write a film, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write(dataset, path)
    return path


def key_file(folder: Path) -> Path:
    """The tests' own key, so that pseudonyms and dates are the same in every run."""
    path = folder / "secret.key"
    path.write_text(SECRET.hex() + "\n", encoding="ascii")
    path.chmod(0o600)
    return path
