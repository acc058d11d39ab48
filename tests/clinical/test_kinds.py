"""The registry of results: chosen by name, loaded when they are made."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from inspect import signature

import pytest
from pydicom.uid import UID

from wetread.clinical.kinds import DICOM, KINDS, Kind, chosen, encode
from wetread.errors import UsageError


def test_every_kind_has_a_builder_of_the_one_signature() -> None:
    assert {"sr", "cad-sr"} <= set(KINDS)
    for kind in KINDS.values():
        parameters = signature(import_module(f"wetread.clinical.{kind.module}").build).parameters
        assert list(parameters)[:2] == ["reading", "source"]
        for name, parameter in list(parameters.items())[2:]:
            assert parameter.kind is parameter.KEYWORD_ONLY, name
            assert (parameter.default is parameter.empty) == (name == "when")
        assert {"when", "replaces"} <= set(parameters)


def test_names_files_and_series_tell_kinds_apart() -> None:
    assert all(kind.name == name for name, kind in KINDS.items())
    dicom = [kind for kind in KINDS.values() if kind.media_type == DICOM]
    assert all(UID(kind.sop_class_uid or "").is_valid for kind in dicom)
    assert len({kind.series_number for kind in dicom}) == len(dicom)


def test_kinds_are_chosen_by_name() -> None:
    assert chosen("all") == tuple(KINDS.values())
    assert [kind.name for kind in chosen("CAD-SR ,sr, sr")] == ["sr", "cad-sr"]
    for wrong in ("", " , ", "sr,dvd"):
        with pytest.raises(UsageError, match="choose among sr, cad-sr"):
            chosen(wrong)


def test_a_dicom_kind_needs_its_class() -> None:
    with pytest.raises(ValueError, match="class, modality and series"):
        Kind(name="x", title="x", module="x", sop_class_uid="1.2")
    with pytest.raises(ValueError, match="ASCII"):
        Kind(name="x", title="ü", module="x", media_type="text/plain", suffix=".txt")


def test_results_become_files() -> None:
    assert encode({"a": "ü"}) == '{\n  "a": "ü"\n}\n'.encode()
    assert encode("MSH|ü") == "MSH|ü".encode()
    assert encode(b"%PDF") == b"%PDF"


def test_choosing_loads_no_library_of_structured_reports() -> None:
    code = "import sys; from wetread.clinical import kinds; kinds.chosen('all'); print('highdicom' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_the_page_of_a_film_loads_neither_dicom_nor_the_other_kinds() -> None:
    code = "import sys; from wetread.clinical import report; print({'pydicom', 'highdicom'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
