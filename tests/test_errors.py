"""The tree of errors: the drawing is the truth, codes are stable, and every leaf has an exit status."""

from __future__ import annotations

import inspect
import re

import pytest

from wetread import errors
from wetread.errors import Code, DataError, LeakError, Reason, UsageError, WetreadError

CLASSES = {
    name: value for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, WetreadError)
}
LINE = re.compile(r"^(?P<branch>[ │├└─]*)(?P<name>\w+Error)\s+(?P<code>[a-z-]+)?\s+(?P<status>\d)\b", re.MULTILINE)
# Programs at other places rely on these words: one is never changed or dropped, only added.
CODES = {
    "SOP_CLASS": "sop-class",
    "MODALITY": "modality",
    "OWN_RESULT": "own-result",
    "PRESENTATION_INTENT": "presentation-intent",
    "BODY_PART": "body-part",
    "VIEW": "view",
    "VIEW_UNKNOWN": "view-unknown",
    "VIEW_CONTRADICTS": "view-contradicts",
    "ORIENTATION": "orientation",
    "AGE": "age",
    "AGE_UNKNOWN": "age-unknown",
    "AGE_IMPLAUSIBLE": "age-implausible",
    "SPECIES": "species",
    "FRAMES": "frames",
    "SIZE": "size",
    "COLOUR": "colour",
    "BURNED_IN": "burned-in",
    "POLARITY": "polarity",
    "BLANK": "blank",
    "AGE_ASSUMED": "age-assumed",
    "VIEW_FROM_POSITION": "view-from-position",
    "VIEW_STATED": "view-stated",
    "BODY_PART_UNKNOWN": "body-part-unknown",
    "MIRRORED": "mirrored",
    "NO_VOI": "no-voi",
    "POLARITY_UNCLEAR": "polarity-unclear",
    "SECONDARY_CAPTURE": "secondary-capture",
    "IMAGE_FILE": "image-file",
    "CONSTANCY": "constancy",
    "WEAK_EVIDENCE": "weak-evidence",
}


def drawn() -> dict[str, tuple[str, int, int]]:
    """Name: code, exit status, depth in the drawing."""
    found = {}
    for match in LINE.finditer(errors.__doc__ or ""):
        depth = (len(match["branch"]) - 4) // 4
        found[match["name"]] = (match["code"], int(match["status"]), depth)
    return found


@pytest.mark.requirement("REQ-EXIT-STATUS")
def test_every_error_is_drawn_with_its_code_and_status() -> None:
    assert set(drawn()) == set(CLASSES) - {"WetreadError"}
    for name, (code, status, _) in drawn().items():
        assert CLASSES[name].code == code
        assert CLASSES[name].exit_status == status


def test_every_error_hangs_where_it_is_drawn() -> None:
    path: list[str] = ["WetreadError"]
    for name, (_, _, depth) in drawn().items():
        del path[depth:]
        assert CLASSES[name].__bases__ == (CLASSES[path[-1]],), name
        path.append(name)


def test_codes_tell_errors_apart() -> None:
    codes = [kind.code for kind in CLASSES.values()]
    assert len(codes) == len(set(codes))
    assert {kind.exit_status for kind in CLASSES.values()} == {1, 2, 4, 5}


def test_all_names_are_exported() -> None:
    assert set(errors.__all__) == set(CLASSES) | {"Code", "Reason"}


def test_an_error_carries_its_message() -> None:
    with pytest.raises(DataError, match="a patient on both sides"):
        raise LeakError("a patient on both sides")
    assert not issubclass(LeakError, UsageError)


@pytest.mark.requirement("REQ-REASONS")
def test_codes_of_reasons_are_those_that_were_published() -> None:
    now = {code.name: code.value for code in Code}
    assert {name: now.get(name) for name in CODES} == CODES
    assert len(set(now.values())) == len(now)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", value) for value in now.values())


def test_a_reason_is_a_value() -> None:
    reason = Reason(Code.VIEW, "a lateral film", "ViewPosition")
    assert reason == Reason(Code.VIEW, "a lateral film", "ViewPosition")
    assert reason.code == "view"
    assert Reason(Code.BLANK, "nothing to see").tag is None
    with pytest.raises(AttributeError):
        reason.message = "another"  # type: ignore[misc]
