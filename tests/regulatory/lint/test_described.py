from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulatory.lint.planted import CONTROL, changed
from wetread.errors import ConfigError
from wetread.regulatory.lint import Submission, lint, read
from wetread.regulatory.lint.described import described
from wetread.regulatory.lint.submission import DataSet, Metric, Span

HERE = Path(__file__).parent


def refusal(plain: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        described(plain, "here")
    return str(caught.value)


def test_a_description_is_read_as_it_says() -> None:
    told = described(CONTROL, "control")
    assert told.name == "control"
    assert told.claim.ages == Span(low=22, high=90)
    assert told.metrics[0] == Metric(name="auc", value=0.9, low=0.87, high=0.93, n=1000, positives=100, set="test")
    assert told.of_set("tuning") == told.sets[1]
    assert told.of_set("tuning") is not None
    assert told.of_set("nothing") is None
    assert told.origin == "described"


@pytest.mark.parametrize(
    ("said", "share"),
    [("1:3", 0.25), ("3:1", 0.75), ("20/80", 0.2), ("25 %", 0.25), ("6.5%", 0.065), (0.1, 0.1), (1, 1.0)],
)
def test_a_share_may_be_a_number_a_percentage_or_a_ratio(said: object, share: float) -> None:
    told = described(changed(CONTROL, {"sets/0/share": said}), "control")
    assert told.sets[0].share == pytest.approx(share)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"claim/veiws": ["PA"]}, "claim: 'veiws' is not known there; known are type, finding, ages, views"),
        ({"metrics/0/value": "high"}, "metrics/0/value: a number is asked for, 'high' stands there"),
        ({"metrics/0/value": 90}, "metrics/0: auc: value: 90.0 is no share between 0 and 1"),
        ({"metrics/0/low": 0.99}, "metrics/0: auc: its interval goes from 0.99 to 0.93"),
        ({"metrics/0/name": None}, "metrics/0: name is missing"),
        ({"metrics/0/n": 1.5}, "metrics/0/n: a whole number is asked for"),
        ({"metrics/0/n": True}, "metrics/0/n: a whole number is asked for"),
        ({"metrics/0/positives": 2000}, "metrics/0: auc: 2000 positive of 1000"),
        ({"sets/1/films": -1}, "sets/1: set tuning: a count lies below 0"),
        ({"sets/1/name": "test"}, "sets: two have one name"),
        ({"sets/1/role": "validation"}, "set tuning: role: 'validation' is none of"),
        ({"claim/ages": [18]}, "claim/ages: ages are two numbers, [from, to]"),
        ({"claim/ages": [90, 18]}, "claim/ages: ages from 90.0 to 18.0: the lower end comes first"),
        ({"claim/ages": "adults"}, "claim/ages: a list is asked for, 'adults' stands there"),
        ({"claim/later": "no"}, "claim/later: true or false is asked for"),
        ({"claim/type": "screening"}, "claim/type: 'screening' is none of"),
        ({"split_unit": "lung"}, "split_unit: 'lung' is none of"),
        ({"truth/method": "guess"}, "truth/method: 'guess' is none of"),
        ({"validation_means": ["all"]}, "validation_means: 'all' is none of"),
        ({"metrics": {"auc": 0.9}}, "metrics: a list is asked for"),
        ({"plan": ["x"]}, "plan: a mapping is asked for"),
        ({"plan/prevalence": "a tenth"}, "plan/prevalence: a number is asked for"),
        ({"plan/prevalence": 10}, "plan: plan: prevalence: 10.0 is no share"),
        ({"comparisons/0/ours_prevalence": 7}, "comparisons/0: comparison of f1: ours_prevalence: 7.0 is no share"),
        ({"origin": "text"}, None),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(changes: dict[str, Any], told: str | None) -> None:
    plain = changed(CONTROL, changes)
    if told is None:  # what the reader sets is not the description's to say
        assert described(plain, "here").origin == "described"
    else:
        message = refusal(plain)
        assert message.startswith("here: ")
        assert told in message


@pytest.mark.parametrize("plain", [None, [], "text", {}, {"schema": "wetread.device/1"}])
def test_what_is_no_description_is_refused(plain: object) -> None:
    assert "`schema: wetread.submission/1` is missing" in refusal(plain)


def test_nothing_but_the_schema_is_a_submission_that_says_nothing() -> None:
    assert described({"schema": "wetread.submission/1"}, "here") == Submission()
    assert lint(Submission()) != ()


_ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]), st.just({}))
_PLACES = [key for key in CONTROL if key != "schema"]


@given(st.sampled_from(_PLACES), _ODD, st.data())
def test_odd_values_are_refused_or_read_and_nothing_else(place: str, odd: Any, data: st.DataObject) -> None:
    plain = copy.deepcopy(CONTROL)
    inner = plain[place]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        inner[data.draw(st.sampled_from(sorted(inner)))] = odd
    elif isinstance(inner, list) and inner and data.draw(st.booleans()):
        inner[0] = odd
    else:
        plain[place] = odd
    try:
        told = described(plain, "here")
    except ConfigError as error:
        message = str(error)
    else:
        message = "here: read"
        assert all(finding.says for finding in lint(told))
    assert message.startswith("here: ")


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_set_counts_before_it_says(films: int, positives: int) -> None:
    if positives > films:
        with pytest.raises(ConfigError):
            DataSet(name="a", films=films, positives=positives, share=0.5)
    else:
        told = DataSet(name="a", films=films, positives=positives, share=0.5)
        assert told.prevalence == (0.5 if films == 0 else positives / films)


def test_ages_are_told_in_words() -> None:
    told = [Span(low=18), Span(low=18, high=90), Span(low=0)]
    assert [str(span) for span in told] == ["18 years and over", "18 to 90 years", "all ages"]


# --------------------------------------------------------------------------------------------------- files
def test_descriptions_are_read_from_yaml_and_json(tmp_path: Path) -> None:
    import json

    (tmp_path / "control.json").write_text(json.dumps(CONTROL))
    assert read(tmp_path / "control.json") == read(HERE / "control.yaml") == described(CONTROL, "control")


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("a.yaml", b"a: [", "is not what its ending says"),
        ("a.json", b"{", "is not what its ending says"),
        ("a.yaml", b"- 1", "`schema: wetread.submission/1` is missing"),
        ("a.md", b"\xff\xfe\x00", "is no text in UTF-8"),
        ("a.docx", b"x", "its ending is none of .yaml, .json"),
        ("a.md", b"x" * (2**20 + 1), "has more than 1 MiB"),
    ],
)
def test_files_that_cannot_be_read_are_named(tmp_path: Path, name: str, raw: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(ConfigError, match=rf"submission {name}.*{told}"):
        read(tmp_path / name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.md cannot be read: No such file"):
        read(tmp_path / "nothing.md")


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfschema: wetread.submission/1\n")
    assert read(tmp_path / "a.yaml") == Submission()
