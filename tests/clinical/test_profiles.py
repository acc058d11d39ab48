"""Sets of results, and who was seen to show them."""

from __future__ import annotations

from pathlib import Path

import pytest

from wetread.clinical.kinds import KINDS
from wetread.clinical.profiles import PROFILES, SEEN, Profile, Seen, chosen
from wetread.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]


def test_kinds_and_sets_are_chosen_together() -> None:
    assert chosen("all") == tuple(KINDS.values())
    assert [kind.name for kind in chosen("Archive, fhir,sr")] == ["sr", "gsps", "capture", "fhir"]
    for name, profile in PROFILES.items():
        assert {kind.name for kind in chosen(name)} == set(profile.kinds)
    for wrong in ("", " , ", "archive,dvd"):
        with pytest.raises(UsageError, match=r"choose among sr, .*, or a set of them: archive, "):
            chosen(wrong)


def test_a_set_has_kinds_and_a_name_of_its_own() -> None:
    for name, kinds in (("sr", ("sr",)), ("all", ("sr",)), ("new", ()), ("new", ("dvd",))):
        with pytest.raises(ValueError, match="name of its own"):
            Profile(name=name, kinds=kinds, purpose="x")
    with pytest.raises(ValueError, match="no kind"):
        Seen(kind="dvd", program="x", shows="x", lacks="", test="x")


@pytest.mark.requirement("REQ-SHOWN")
def test_every_sight_has_a_test_that_runs_the_program() -> None:
    assert {seen.kind for seen in SEEN} <= set(KINDS)
    for seen in SEEN:
        text = (ROOT / seen.test).read_text(encoding="utf-8")
        helpers = (ROOT / "tests" / "clinical" / "objects.py").read_text(encoding="utf-8")
        program = seen.program.replace(",", "").split()[-1]
        assert program in text or (program in helpers and "dumped" in text), seen


def test_the_command_line_names_every_kind_and_set() -> None:
    from wetread.cli.main import parser

    told = parser().format_help() + str(next(
        action.choices["predict"].format_help() for action in parser()._actions if action.dest == "verb" and action.choices
    ))  # fmt: skip
    assert all(name in told for name in (*KINDS, *PROFILES))
