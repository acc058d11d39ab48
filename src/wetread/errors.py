"""Everything that can go wrong, and every reason for a refusal, with codes that never change meaning.

    WetreadError                 code                 exit status
    ├── UsageError               usage                2
    │   └── ConfigError          config               2
    ├── UnreadableError          unreadable           4
    │   ├── NotAFilmError        not-a-film           4   not DICOM, not an image of a kind we read
    │   ├── NoPixelsError        no-pixels            4   a DICOM object without a picture in it
    │   ├── DecodeError          decode               4   damaged, truncated, or an encoding that no codec here reads
    │   ├── LimitError           limit                4   more time, memory or bytes than a film may cost
    │   ├── CrashError           crash                4   the codec broke down on it, in a process of its own
    │   └── NotAResultError      not-a-result         4   a file to be explained that is no whole result of this software
    ├── IntegrityError           integrity            5
    │   ├── AlteredError         altered              5   a file is not the one that its hash was taken from
    │   └── SelfTestError        self-test            5   the model does not repeat its own recorded answers
    ├── SourceError              source               4   a film whose results could not be filed with it
    └── DataError                data                 4   a table or collection that cannot be used
        └── LeakError            leak                 4   one patient, or one film, on two sides of a split

A film that must not be read is not an error: that is a `Reason`, and a refused reading is an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

__all__ = [
    "AlteredError",
    "Code",
    "ConfigError",
    "CrashError",
    "DataError",
    "DecodeError",
    "IntegrityError",
    "LeakError",
    "LimitError",
    "NoPixelsError",
    "NotAFilmError",
    "NotAResultError",
    "Reason",
    "SelfTestError",
    "SourceError",
    "UnreadableError",
    "UsageError",
    "WetreadError",
]


class WetreadError(Exception):
    """Base of all errors that are not bugs. The message says what failed, on which thing, why, and what to do."""

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1


class UsageError(WetreadError):
    """The command or the call was wrong."""

    code, exit_status = "usage", 2


class ConfigError(UsageError):
    """A setting is missing, out of its range, or contradicts another."""

    code = "config"


class UnreadableError(WetreadError):
    """A film could not be turned into a picture, or a file is not what was asked for."""

    code, exit_status = "unreadable", 4


class NotAFilmError(UnreadableError):
    """The file is no DICOM object and no image of a kind that is read."""

    code = "not-a-film"


class NoPixelsError(UnreadableError):
    """The DICOM object holds no picture."""

    code = "no-pixels"


class DecodeError(UnreadableError):
    """The picture is damaged, truncated, or in an encoding that no installed codec reads."""

    code = "decode"


class LimitError(UnreadableError):
    """Decoding needed more time or memory than a film may cost, or the file is larger than any film."""

    code = "limit"


class CrashError(UnreadableError):
    """The codec broke down on the film: its worker process died or answered nonsense. The batch goes on."""

    code = "crash"


class NotAResultError(UnreadableError):
    """The file is no result of this software, or not a whole one."""

    code = "not-a-result"


class IntegrityError(WetreadError):
    """Something is not what it was when it was released."""

    code, exit_status = "integrity", 5


class AlteredError(IntegrityError):
    """A file of a bundle is missing or differs from the one its hash was taken from."""

    code = "altered"


class SelfTestError(IntegrityError):
    """A model does not repeat, within its tolerance, the answers recorded when it was released."""

    code = "self-test"


class SourceError(WetreadError):
    """Results of a film cannot be made, because nothing would say whose they are or what they are of."""

    code, exit_status = "source", 4


class DataError(WetreadError):
    """A table or a collection cannot be used as it is."""

    code, exit_status = "data", 4


class LeakError(DataError):
    """One patient, or one film, stands on two sides of a split."""

    code = "leak"


class Code(StrEnum):
    """Stable codes of refusals (a film is not read) and notices (it is read, and this must be known)."""

    # refusals, from the header
    SOP_CLASS = "sop-class"
    MODALITY = "modality"
    OWN_RESULT = "own-result"
    PRESENTATION_INTENT = "presentation-intent"
    BODY_PART = "body-part"
    BODY_PART_UNKNOWN = "body-part-unknown"
    VIEW = "view"
    VIEW_UNKNOWN = "view-unknown"
    VIEW_CONTRADICTS = "view-contradicts"
    ORIENTATION = "orientation"
    AGE = "age"
    AGE_UNKNOWN = "age-unknown"
    AGE_IMPLAUSIBLE = "age-implausible"
    SPECIES = "species"
    FRAMES = "frames"
    SIZE = "size"
    COLOUR = "colour"
    BURNED_IN = "burned-in"
    # refusals, from the pixels
    POLARITY = "polarity"
    BLANK = "blank"
    NOT_CHEST = "not-chest"
    NOT_FRONTAL = "not-frontal"
    NOT_UPRIGHT = "not-upright"
    CROPPED = "cropped"
    SATURATED = "saturated"
    SCREEN_PHOTO = "screen-photo"
    MIRRORED_PICTURE = "mirrored-picture"
    # notices
    AGE_ASSUMED = "age-assumed"
    VIEW_FROM_POSITION = "view-from-position"
    VIEW_STATED = "view-stated"
    MIRRORED = "mirrored"
    NO_VOI = "no-voi"
    POLARITY_UNCLEAR = "polarity-unclear"
    SECONDARY_CAPTURE = "secondary-capture"
    IMAGE_FILE = "image-file"
    CONSTANCY = "constancy"
    UNGATED = "ungated"
    WEAK_EVIDENCE = "weak-evidence"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a film is refused, or what must be known of a reading.

    Parameters
    ----------
    code
        What, in a word that programs can rely on.
    message
        The same in a sentence that a technologist understands. Never holds a patient's name, identifier or date.
    tag
        The DICOM keyword it came from (`BodyPartExamined`), `PixelData` where the picture itself says so, or None.
    """

    code: Code
    message: str
    tag: str | None = None
