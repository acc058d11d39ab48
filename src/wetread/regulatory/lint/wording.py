"""Words in other people's sentences: which steps are augmentation, what is denied, what is a computer's matter."""

from __future__ import annotations

import re

__all__ = ["augments", "denied", "flips", "hardware", "look_alikes_in"]

_AUGMENTATION = re.compile(
    r"augment(?!ed (?:\w+ ){0,3}(?:architecture|model|network|layers?))\w*|flip\w*|mirror\w*"
    r"|rotat\w*+(?! (?:\w+ ){0,3}(?:upright|according|orientation))|shear\w*"
    r"|zoom\w*|(?:height|width|horizontal|vertical|random)[ _-]*shift\w*"
    r"|translat\w*|jitter\w*|random\w*|elastic\w*|cut-?out|mix-?up",
    re.IGNORECASE,
)
_SIDEWAYS = re.compile(
    r"horizontal\w*[ _-]*(?:flip|mirror)\w*|(?:flip|mirror)\w*[ _-]*(?:images? )?(?:horizontal\w*|left)"
    r"|left[ /-]*right[ _-]*flip\w*|(?<!vertical )(?<!vertical_)(?<!vertical-)\bflip(?:s|ping|ped)?\b|mirror\w*",
    re.IGNORECASE,
)
_UPSIDE = re.compile(
    r"vertical\w*[ _-]*(?:flip|mirror)\w*|(?:flip|mirror)\w*[ _-]*(?:images? )?vertical\w*", re.IGNORECASE
)
_DENIAL = re.compile(
    r"\b(?:no|not|non|nothing|without|never|none|neither|nor|left out|refus\w+|reject\w+|exclud\w+|except"
    r"|avoid\w*|omit\w*|disabled)\b",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"\s*(?:[=:]\s*(?:false|no|none|off|0)\b|(?:is|are|was|were|has been|have been)?\s*"
    r"(?:deliberately |intentionally )?(?:not|never|avoided|excluded|omitted|disabled)\b)",
    re.IGNORECASE,
)
_HARDWARE = re.compile(
    r"\bgpus?\b|\bcpus?\b|\bgraphics? cards?\b|\bcuda\b|\bgeforce\b|\bnvidia\b|\bxeon\b|\bprocessing power\b"
    r"|\bcomputing power\b|\bhardware\b|\b(?:fast|powerful|standard|slow) computers?\b|\bram\b|\blatency\b",
    re.IGNORECASE,
)
_LOOK_ALIKES = ("infiltration", "consolidation", "edema", "effusion", "atelectasis")
_SPELLINGS = {"oedema": "edema", "infiltrate": "infiltration", "inflitration": "infiltration"}


def denied(text: str, start: int, end: int) -> bool:
    """Whether what stands from `start` to `end` is denied in its own clause: "no flips", "flip = False".

    >>> denied("no horizontal flip", 3, 18), denied("flip: True", 0, 4)
    (True, False)
    """
    clause = re.split(r"[.;:\n]|\bbut\b", text[:start])[-1][-60:]
    # A denial reaches over a list, but not past "only" or "but": "no vertical, only horizontal flip".
    if re.search(r"\b(?:only|but|and|with)\b(?!.*\b(?:no|not|without)\b)", clause, re.IGNORECASE):
        clause = re.split(r"\b(?:only|but|and|with)\b", clause, flags=re.IGNORECASE)[-1]
    return bool(_DENIAL.search(clause)) or bool(_DENIED_AFTER.match(text, end))


def _met(pattern: re.Pattern[str], text: str) -> bool:
    return any(not denied(text, found.start(), found.end()) for found in pattern.finditer(text))


def augments(step: str) -> bool:
    """Whether a step changes films at random, as only training may.

    >>> augments("random rotation up to 10 degrees"), augments("resize to 224 x 224"), augments("no augmentation")
    (True, False, False)
    """
    return _met(_AUGMENTATION, step)


def flips(step: str) -> str:
    """How a step mirrors the film: "sideways", "upside down", or "" for not at all.

    >>> flips("horizontal_flip = True"), flips("horizontal_flip=False"), flips("vertical flip")
    ('sideways', '', 'upside down')
    """
    if _met(_UPSIDE, step):
        return "upside down"
    rest = re.sub(r"(?:\b(?:no|not|without)\s+)?(?:" + _UPSIDE.pattern + ")", "", step, flags=re.IGNORECASE)
    return "sideways" if _met(_SIDEWAYS, rest) else ""


def hardware(limitation: str) -> bool:
    """Whether a limitation is one of the computer.

    >>> hardware("Runs on a CPU; no GPU needed"), hardware("Not for children")
    (True, False)
    """
    return bool(_HARDWARE.search(limitation))


def look_alikes_in(text: str) -> tuple[str, ...]:
    """The findings named in a text that look like pneumonia on a film.

    >>> look_alikes_in("Oedema and infiltrates")
    ('infiltration', 'edema')
    """
    low = text.lower()
    for spelling, name in _SPELLINGS.items():
        low = low.replace(spelling, name)
    return tuple(name for name in _LOOK_ALIKES if name in low)
