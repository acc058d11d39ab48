"""`wetread modality`: text and JSON, what it asks, and the exit status of a refusal."""

from __future__ import annotations

import json

import pytest

from wetread.cli import main
from wetread.modality import table

Capture = pytest.CaptureFixture[str]


def test_an_answer_can_be_read_by_a_clinician(capsys: Capture) -> None:
    assert main(["modality", "cough and fever, adult"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert (
        "chest radiograph, PA and lateral, standing [DX Digital Radiography; Plain radiography 168537006; Thorax 816094009;"
        in out.replace("\n" + " " * 18, " ")
    )
    for label in (
        "urgency",
        "why",
        "radiation",
        "pregnancy",
        "a film cannot",
        "no imaging",
        "then 1",
        "wetread",
        "evidence",
        "source",
    ):
        assert f"\n  {label:<16}" in out
    assert "Decision support, not an order" in out
    assert max(map(len, out.splitlines())) <= 130


def test_json_is_one_object(capsys: Capture) -> None:
    assert main(["modality", "--json", "hurt my wrist falling off a bike"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "wetread.modality/1"
    assert told["advice"][0]["row"]["id"] == "wrist-hand"


@pytest.mark.parametrize(
    "question", ["what is the best pizza", "crushing chest pain down the left arm", "my dog has a cough"]
)
def test_refusals_and_emergencies_are_3(question: str, capsys: Capture) -> None:
    assert main(["modality", question]) == 3
    assert main(["modality", "--json", question]) == 3
    out = capsys.readouterr().out
    assert ("I do not know" in out) + ("EMERGENCY" in out) + ("animal" in out) == 1


def test_age_and_pregnancy_can_be_stated(capsys: Capture) -> None:
    assert main(["modality", "--json", "--age", "30", "--pregnant", "yes", "suspected appendicitis"]) == 0
    assert json.loads(capsys.readouterr().out)["advice"][0]["row"]["id"] == "appendicitis-pregnant"
    assert main(["modality", "--json", "--age", "30", "--pregnant", "unknown", "suspected appendicitis"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "depends"
    assert len(told["advice"]) == 2


def test_the_list_names_every_question_with_its_sources(capsys: Capture) -> None:
    assert main(["modality", "--list"]) == 0
    out = capsys.readouterr().out
    assert all(f"{row.region}/{row.id}: {row.question}" in out for row in table().rows)
    assert out.count("source: ") == sum(len(row.sources) for row in table().rows)
    assert main(["modality", "--list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == len(table().rows)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--list", "cough"],
        ["--age", "old", "cough"],
        ["--age", "200", "cough"],
        ["--pregnant", "maybe", "cough"],
        [""],
        ["x" * 2000],
    ],
)
def test_wrong_usage_is_2(arguments: list[str], capsys: Capture) -> None:
    assert main(["modality", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err != ""


def test_nothing_steers_the_terminal(capsys: Capture) -> None:
    assert main(["modality", "cough \x1b[2J and fever, adult"]) in (0, 3)
    assert "\x1b" not in capsys.readouterr().out


def test_help_says_what_the_statuses_mean(capsys: Capture) -> None:
    assert main(["modality", "--help"]) == 0
    out = capsys.readouterr().out
    assert "3 declined" in out
    assert "not an order" in out
