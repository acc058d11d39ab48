"""Named sets of results, and which programs were seen to show them: data, for `--results` and for the documents."""

from __future__ import annotations

from dataclasses import dataclass

from wetread.clinical.kinds import KINDS, Kind
from wetread.clinical.kinds import chosen as kinds_chosen
from wetread.errors import UsageError

__all__ = ["PROFILES", "SEEN", "Profile", "Seen", "chosen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A named set of kinds of result.

    Parameters
    ----------
    name
        As it is asked for.
    kinds
        Names of the kinds.
    purpose
        Whom it is for.
    """

    name: str
    kinds: tuple[str, ...]
    purpose: str

    def __post_init__(self) -> None:
        unknown = set(self.kinds) - set(KINDS)
        if unknown or not self.kinds or self.name in KINDS or self.name == "all":
            raise ValueError(f"{self.name}: a profile has a name of its own and kinds that there are")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one program did with one kind of result, when a test here made it try.

    Parameters
    ----------
    kind, program
        Which result, and which program with its version.
    shows
        What it shows of it.
    lacks
        What it does not show; "" where nothing was missed.
    test
        The file of the test.
    """

    kind: str
    program: str
    shows: str
    lacks: str
    test: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind} is no kind of result")


_PROFILES = (
    Profile(
        name="archive",
        kinds=("sr", "gsps", "capture"),
        purpose="An archive and its viewers: coded finding, the outline on the film, and a picture for all others.",
    ),
    Profile(
        name="cad",
        kinds=("cad-sr", "gsps"),
        purpose="A workstation that takes marks of computer-aided detection, and the same outline as graphics.",
    ),
    Profile(
        name="chart",
        kinds=("pdf", "fhir", "hl7"),
        purpose="The patient's record: a page, and messages for the systems that keep it.",
    ),
    Profile(
        name="worklist",
        kinds=("hl7", "priority"),
        purpose="A radiology worklist: what to do with this film, and why.",
    ),
)
PROFILES = {profile.name: profile for profile in _PROFILES}
"""By name. `all` is every kind there is."""

_DCMTK = "DCMTK 3.6.7"
_OHIF, _VIEWER = "OHIF 3.13.2", "tools/viewer.py"
_TREE = "the whole tree, with codes, numbers and outlines"
SEEN = (
    Seen(kind="sr", program=f"{_DCMTK} dsrdump", shows=_TREE, lacks="", test="tests/clinical/test_sr.py"),
    Seen(kind="cad-sr", program=f"{_DCMTK} dsrdump", shows=_TREE, lacks="", test="tests/clinical/test_cad_sr.py"),
    Seen(
        kind="gsps",
        program=f"{_DCMTK} dcmp2pgm",
        shows="the film by its window and polarity; the outline's overlay at its place, as a bitmap to be laid over the "
        "film; it lists graphics and text with their places",
        lacks="it draws no graphics and no text, as its manual says; it opens no state without a patient's name, which "
        "DICOM allows to be empty (type 2)",
        test="tests/clinical/test_presentation.py",
    ),
    Seen(
        kind="capture",
        program=f"{_DCMTK} dcmj2pnm",
        shows="the picture, pixel by pixel",
        lacks="",
        test="tests/clinical/test_capture.py",
    ),
    Seen(
        kind="pdf",
        program="Poppler 22.12 pdftotext",
        shows="one page, with all its words",
        lacks="names in letters other than Latin, Greek and Cyrillic ones: those stand in the DICOM header alone",
        test="tests/clinical/test_pdf.py",
    ),
    Seen(
        kind="sr",
        program=_OHIF,
        shows="the film, the outline at its place, the film's edge, and the numbers beside it",
        lacks="present or absent, reasons, limits and status; of a refused film the edge alone",
        test=_VIEWER,
    ),
    Seen(
        kind="cad-sr", program=_OHIF, shows="the series in its list, as not supported", lacks="all of it", test=_VIEWER
    ),
    Seen(kind="gsps", program=_OHIF, shows="the series in its list, as not supported", lacks="all of it", test=_VIEWER),
    Seen(kind="capture", program=_OHIF, shows="the picture, whole", lacks="", test=_VIEWER),
    Seen(kind="pdf", program=_OHIF, shows="the page, in the browser's own reader", lacks="", test=_VIEWER),
)
"""What was tried. A program that is not here was not tried."""


def chosen(names: str) -> tuple[Kind, ...]:
    """The kinds that a list of kinds and profiles names: "archive,fhir", or "all"; each once, in the order of `KINDS`.

    Raises
    ------
    UsageError
        If a name is neither, or the list is empty.

    >>> [kind.name for kind in chosen("cad, sr")]
    ['sr', 'cad-sr', 'gsps']
    """
    asked = [name.strip().lower() for name in names.split(",") if name.strip()]
    wrong = sorted(set(asked) - set(KINDS) - set(PROFILES) - {"all"})
    if wrong or not asked:
        raise UsageError(
            f"{', '.join(wrong) or 'nothing'} is no kind of result: choose among {', '.join(KINDS)}, or a set of them: "
            f"{', '.join(PROFILES)}, all"
        )
    return kinds_chosen(",".join(",".join(PROFILES[name].kinds) if name in PROFILES else name for name in asked))
