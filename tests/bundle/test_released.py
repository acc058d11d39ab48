"""Which bundle a name means."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from wetread.bundle import Bundle, find, load
from wetread.bundle.released import DEFAULT, RELEASED, RESEARCH
from wetread.errors import ConfigError, UsageError
from wetread.inference import Reader

HERE = [name for name in RELEASED if (find(name) / "manifest.json").is_file()]


def test_a_released_name_is_found_in_the_package() -> None:
    assert DEFAULT in RELEASED
    for name in (*RELEASED, *RESEARCH):
        assert find(name).parent.name == "models"
        assert find(name).name == name


def test_a_folder_is_found(toy_bundle: Bundle) -> None:
    assert find(str(toy_bundle.folder)) == toy_bundle.folder


@pytest.mark.parametrize("name", ["", "adults", "no/such/folder", "ADULT"])
def test_what_is_neither_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="bundle"):
        find(name)


def test_a_folder_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="manifest"):
        find(str(tmp_path))


@pytest.mark.requirement("REQ-CARD")
@pytest.mark.parametrize("name", HERE)
def test_a_released_bundle_is_what_its_name_says(name: str) -> None:
    card = load(find(name)).card
    assert card.name == name
    assert card.clinical
    assert card.outputs == ("pneumonia",)
    assert card.metrics, "a released model has been measured"
    assert card.not_for
    assert all(metric.films_sha256 for metric in card.metrics)


@pytest.mark.requirement("REQ-SPLIT")
def test_released_bundles_meet_no_patient_twice() -> None:
    ranges = sorted(load(find(name)).card.intended_use.age_years for name in HERE)
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))


@pytest.mark.requirement("REQ-CLINICAL-MODEL")
@pytest.mark.parametrize("name", [name for name in RESEARCH if find(name).is_dir()])
def test_a_research_bundle_reads_no_patient(name: str) -> None:
    bundle = load(find(name))
    assert not bundle.card.clinical
    assert "score" in " ".join(bundle.card.not_for), "the card says what it is for instead"
    with pytest.raises(ConfigError, match=rf"{name} is not meant to read patients' films; use it with score"):
        Reader(bundle, None)
