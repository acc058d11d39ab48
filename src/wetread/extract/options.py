"""What is extracted, and how: settings that hold for a whole image set."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from wetread.errors import Code, ConfigError
from wetread.radiograph import IntendedUse
from wetread.radiograph.reduce import FROM, Need

__all__ = ["Options"]

Films = Literal["frontal", "chest", "all"]

_SMALLEST, _LARGEST = 16, 8192
_SOON = 4  # times the picture: after a halving, twice the picture is left for the antialiased resize
_EVERY = 99  # halvings in reserve, more than there are: no level of a wavelet is left out
_USE = IntendedUse(age_years=(0, 121))
_VIEWS = {Code.VIEW, Code.VIEW_UNKNOWN, Code.VIEW_CONTRADICTS}
# Text that is burned in is no matter of what the film shows: it has its own answer (`wetread.extract.cleanliness`).
_BORNE: dict[str, frozenset[Code]] = {
    "frontal": frozenset({Code.BURNED_IN}),
    "chest": frozenset({Code.BURNED_IN, *_VIEWS}),
    "all": frozenset({Code.BURNED_IN, *_VIEWS, Code.BODY_PART, Code.BODY_PART_UNKNOWN, Code.ORIENTATION}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an archive becomes an image set.

    Parameters
    ----------
    size
        Pixels of the picture's longer side, 16 to 8192.
    letterbox
        True: every picture is `size` x `size`, black beside the film. False: as wide and high as the film's shape asks.
    bits
        Of a grey level in the PNG, 8 or 16.
    films
        "frontal": radiographs of the chest from the front, as a reader of all ages takes them. "chest": every view of
        the chest, views that nobody states too. "all": radiographs of any body part.
    include_unstated
        Write pictures of the modality's own films (CR, DX) that do not say whether text is burned in.
    include_uncertain
        Write pictures of all films that do not say so, secondary captures too. A film that says that text is burned in
        is never written: pixels are not cleaned here.
    exact
        False: a film of at least four times the picture is halved before it is resized, and of a JPEG 2000 film the
        finest level is not decoded, which is most of its work. True: films are resized as a whole up to eight times the
        picture, and every level is decoded. docs/extract.md says how little that changes.

    Raises
    ------
    ConfigError
        If a setting is out of its range.
    """

    size: int = 512
    letterbox: bool = False
    bits: int = 8
    films: Films = "frontal"
    include_unstated: bool = False
    include_uncertain: bool = False
    exact: bool = False

    def __post_init__(self) -> None:
        if not _SMALLEST <= self.size <= _LARGEST:
            raise ConfigError(f"a picture's longer side has {_SMALLEST} to {_LARGEST} pixels, not {self.size}")
        if self.bits not in (8, 16):
            raise ConfigError(f"a PNG holds 8 or 16 bits of grey, not {self.bits}")
        if self.films not in get_args(Films):
            raise ConfigError(f"films are one of {', '.join(get_args(Films))}, not {self.films!r}")

    @property
    def frame(self) -> tuple[int, int]:
        """Rows and columns that a film has to fill at most."""
        return self.size, self.size

    @property
    def need(self) -> Need:
        """How much of a film its picture needs."""
        return Need(self.size, self.size, FROM, _EVERY) if self.exact else Need(self.size, self.size, _SOON, 0)

    @property
    def use(self) -> IntendedUse:
        """By which films are judged."""
        return _USE

    @property
    def uses(self) -> tuple[IntendedUse, ...]:
        """Films that all of these forbid need not be decoded; () where something is borne that they forbid."""
        return (_USE,) if self.films == "frontal" else ()

    def bears(self, code: Code) -> bool:
        """Whether a film is taken in spite of this reason."""
        return code in _BORNE[self.films]

    def to_json(self) -> dict[str, Any]:
        """Every setting by name."""
        return asdict(self)
