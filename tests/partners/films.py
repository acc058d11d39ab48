"""Films of several patients that nobody is, each with a reading, as other programs are given them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from pydicom.dataset import Dataset

from clinical import conftest as readings
from clinical.objects import WHEN
from wetread import phantom
from wetread.clinical import source
from wetread.clinical.kinds import DICOM, KINDS, Kind
from wetread.clinical.source import Source
from wetread.clinical.uids import Predecessor
from wetread.inference.reading import Reading
from wetread.phantom import Encoding
from wetread.radiograph import read
from wetread.radiograph.value import Radiograph

OBJECTS = tuple(kind for kind in KINDS.values() if kind.media_type == DICOM)
OBLONG = Encoding(pixel_aspect=(1, 2))
INVERTED = Encoding(photometric="MONOCHROME1")
MIDDLE, RADIUS = (0.62, 0.32), 0.12
"""Where the outline of every reading lies here, as shares of the film's rows and columns, and of its columns."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A film as it is sent, its reading, and where its results come from."""

    dataset: Dataset
    film: Radiograph
    source: Source
    reading: Reading

    @cached_property
    def results(self) -> Mapping[str, Dataset]:
        """Every DICOM object of the film, by its kind."""
        return {kind.name: built(kind, self.reading, self.source) for kind in OBJECTS}

    def changed(self, reading: Reading) -> Mapping[str, Dataset]:
        """Every DICOM object of another reading of the film, each naming the one that it replaces."""
        before = {name: Predecessor.of(made) for name, made in self.results.items()}
        return {kind.name: built(kind, reading, self.source, before[kind.name]) for kind in OBJECTS}

    @property
    def everything(self) -> Mapping[str, Dataset]:
        """The film and its results."""
        return {"film": self.dataset, **self.results}


def built(kind: Kind, reading: Reading, found: Source, replaces: Predecessor | None = None) -> Dataset:
    """One DICOM object."""
    result = kind.build(reading, found, when=WHEN, replaces=replaces)
    assert isinstance(result, Dataset)
    return result


def reading_of(film: Radiograph, status: str = "present") -> Reading:
    """A reading of this status with one outline at the known place."""
    made = readings.STATUSES[status]()
    if made.attention is None:
        return made
    rows, columns = film.shape
    outline = readings.ring(MIDDLE[0] * rows - 0.5, MIDDLE[1] * columns - 0.5, RADIUS * columns)
    steps = tuple({"name": step.name, "parameters": step.parameters} for step in film.steps)
    attention = replace(made.attention, shape=film.shape, outlines=(outline,))
    return replace(made, attention=attention, steps=steps)


def case(seed: int, status: str = "present", patient: Mapping[str, Any] | None = None, **asked: Any) -> Case:
    """A phantom film of a patient, with its reading."""
    dataset = phantom.film(seed, **{"size": (256, 210), **asked})
    for keyword, value in (patient or {}).items():
        setattr(dataset, keyword, value)
    film = read(dataset)
    return Case(dataset=dataset, film=film, source=source.of(dataset, film), reading=reading_of(film, status))


@cache
def cases() -> dict[str, Case]:
    """By name; the first two are films of one patient, in two studies."""
    japanese = {
        "SpecificCharacterSet": ["", "ISO 2022 IR 87"],
        "PatientName": "Yamada^Tarou=山田^太郎=やまだ^たろう",
    }
    korean = {
        "SpecificCharacterSet": ["", "ISO 2022 IR 149"],
        "PatientName": "Hong^Gildong=洪^吉洞=홍^길동",
    }
    return {
        "latin-1": case(1, patient={"PatientName": "Müller^Jürgen", "PatientID": "P-1"}),
        "follow-up": case(2, "absent", {"PatientName": "Müller^Jürgen", "PatientID": "P-1"}, sop_class="CR"),
        "japanese": case(3, "indeterminate", japanese | {"PatientID": "P-3"}),
        "korean": case(4, patient=korean | {"PatientID": "P-4"}, sop_class="CR"),
        "utf-8": case(
            5, patient={"SpecificCharacterSet": "ISO_IR 192", "PatientName": "Łęcki^Żaneta", "PatientID": "P-5"}
        ),
        "hashed": case(6, patient={"PatientName": "c0ffee" * 8, "PatientID": "9f" * 32, "PatientSex": ""}),
        "oblong": case(7, patient={"PatientID": "P-7"}, sop_class="CR", encoding=OBLONG),
        "inverted": case(8, patient={"PatientID": "P-8"}, encoding=INVERTED),
        "refused": case(9, "refused", {"PatientID": "P-9"}),
        "captured": case(10, "absent", {"PatientID": "P-10"}, sop_class="SC"),
    }
