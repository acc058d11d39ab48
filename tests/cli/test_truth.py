"""`wetread truth`: what is printed, written and refused."""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wetread.cli import main
from wetread.cli.main import parser

READS = "film,reader,value\n" + "".join(
    f"f{k},{reader},{answer}\n"
    for k, row in enumerate(["111", "000", "101", "100", "110", "000", "011", "111", "000", "010"])
    for reader, answer in zip(("ann", "ben", "cleo"), row, strict=True)
)


@pytest.fixture
def reads(tmp_path: Path) -> Path:
    path = tmp_path / "reads.csv"
    path.write_text(READS, encoding="utf-8")
    return path


def test_agreement_in_words_and_json(reads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["truth", "agreement", str(reads), "--resamples", "100"]) == 0
    text = capsys.readouterr().out
    assert "3 readers, 10 films of 10 patients" in text
    assert "ann and cleo" in text
    assert main(["truth", "agreement", str(reads), "--json", "--level", "ordinal", "--resamples", "100"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["films"] == 10
    assert "Krippendorff's alpha, ordinal" in [estimate["name"] for estimate in found["estimates"]]


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        (["majority"], "1010101100"),
        (["k-of-n", "--k", "1", "--positive", "1"], "1011101101"),
        (["weighted", "--weights", "ann=9,ben=1,cleo=1"], "1011100100"),
        (["adjudicated", "--readers", "ann,ben,cleo"], "1010101100"),
        (["single", "--reader", "ann"], "1011100100"),
        (["text-mined", "--reader", "ben"], "1000101101"),
    ],
)
def test_consensus_by_each_rule(
    reads: Path, options: list[str], labels: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = reads.with_name("standard.csv")
    assert main(["truth", "consensus", str(reads), "--rule", *options, "--out", str(out)]) == 0
    assert "support" in capsys.readouterr().out
    with out.open(newline="", encoding="utf-8") as file:
        assert "".join(row["label"] for row in csv.DictReader(file)) == labels
    assert main(["truth", "consensus", str(reads), "--rule", *options, "--json"]) == 0
    assert "".join(film["label"] for film in json.loads(capsys.readouterr().out)["films"]) == labels


def test_dawid_skene_says_what_it_found(reads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["truth", "consensus", str(reads), "--rule", "dawid-skene"]) == 0
    text = capsys.readouterr().out
    assert "reader ann says" in text
    assert "posterior probability" in text


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--rule", "k-of-n"], 2, "--rule k-of-n needs --k"),
        (["--rule", "majority", "--k", "2"], 2, "--k has no place in --rule majority"),
        (["--rule", "adjudicated", "--readers", "ann,ben"], 2, "--readers names three"),
        (["--rule", "single", "--reader", "zoe"], 4, "no reads by 'zoe'"),
        (["--rule", "majority", "--answers", "yes,no"], 4, "row 2, column 'value': found '1', expected one of yes, no"),
        (["--rule", "weighted", "--weights", "ann"], 2, "not of the form name=0.7"),
        (["--rule", "vote"], 2, "invalid choice"),
    ],
)
def test_consensus_refuses_what_contradicts_itself(
    reads: Path, options: list[str], status: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["truth", "consensus", str(reads), *options, "--out", str(reads.with_name("out.csv"))]) == status
    assert message in capsys.readouterr().err
    assert not reads.with_name("out.csv").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("film;reader;value\nf1;ann;1\n", "separated by semicolons"),
        ("Film,Leser,Antwort\nf1,ann,1\n", "no column 'film'"),
        ("", "is empty"),
        ("film,reader,value\nf1,ann,1\nf1,ann,0\n", "reader 'ann' has 2 reads of film 'f1'"),
    ],
)
def test_tables_of_another_kind_are_told(
    tmp_path: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "reads.csv"
    path.write_text(text, encoding="utf-8")
    assert main(["truth", "agreement", str(path)]) == 4
    assert message in capsys.readouterr().err
    assert main(["truth", "agreement", str(tmp_path / "none.csv")]) == 4


def test_recommendation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["truth", "recommend", "--claim", "disease", "--stage", "test", "--readers", "3"]) == 0
    text = capsys.readouterr().out
    assert "Carries the claim at this stage: no" in text
    assert "only of the radiographic sign" in text
    asked = [
        "truth",
        "recommend",
        "--claim",
        "sign",
        "--stage",
        "test",
        "--readers",
        "2",
        "--years",
        "4,9",
        "--adjudicator",
    ]
    assert main([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rule"] == "Adjudicated"
    assert main(["truth", "recommend", "--claim", "sign", "--stage", "test", "--readers", "two"]) == 2
    assert main(["truth", "recommend", "--claim", "sign", "--stage", "test", "--readers", "2", "--years", "4"]) == 2


def out(folder: Path, *more: str) -> list[str]:
    films = folder / "films.txt"
    films.write_text("\n".join(f"f{k}" for k in range(9)) + "\n", encoding="utf-8")
    common = ["--readers", "ann,ben", "--answers", "yes,no", "--seed", "3", "--repeats", "2"]
    return ["truth", "sheets", "out", str(films), *common, "--out", str(folder / "sheets"), *more]


def test_sheets_go_out_and_come_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = tmp_path / "kept" / "mapping.csv"
    assert main(out(tmp_path, "--mapping", str(mapping))) == 0
    sheets = sorted((tmp_path / "sheets").iterdir())
    assert [sheet.name for sheet in sheets] == ["ann.csv", "ben.csv"]
    for sheet in sheets:
        sheet.write_text(sheet.read_text("utf-8").replace(",,", ",yes,"), encoding="utf-8")
    back = ["truth", "sheets", "in", *map(str, sheets), "--mapping", str(mapping), "--answers", "yes,no"]
    table = tmp_path / "reads.csv"
    assert main([*back, "--out", str(table)]) == 0
    assert len(table.read_text("utf-8").splitlines()) == 1 + 22
    assert main(["truth", "consensus", str(table), "--rule", "majority", "--answers", "yes,no"]) == 0
    assert "repeated reads  4" in capsys.readouterr().out
    sheets[0].write_text(sheets[0].read_text("utf-8").replace("yes", "perhaps", 1), encoding="utf-8")
    table.unlink()
    assert main([*back, "--out", str(table)]) == 4
    assert "ann.csv, row 2, column 'answer': found 'perhaps'" in capsys.readouterr().err
    assert not table.exists()


def test_sheets_do_not_overwrite_and_the_mapping_stays_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = tmp_path / "mapping.csv"
    assert main(out(tmp_path, "--mapping", str(tmp_path / "sheets" / "mapping.csv"))) == 2
    assert "lies in the folder that readers get" in capsys.readouterr().err
    assert main(out(tmp_path, "--mapping", str(mapping), "--readers", "../ann")) == 2
    assert "become names of files" in capsys.readouterr().err
    assert main(out(tmp_path, "--mapping", str(mapping))) == 0
    before = mapping.read_text("utf-8")
    assert main(out(tmp_path, "--mapping", str(mapping))) == 2
    assert "not a new folder" in capsys.readouterr().err
    (tmp_path / "again").mkdir()
    assert main([*out(tmp_path, "--mapping", str(mapping)), "--out", str(tmp_path / "again")]) == 2
    assert "is there already" in capsys.readouterr().err
    assert mapping.read_text("utf-8") == before


def test_noise_without_tables_is_told_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["truth", "noise", "--labels", str(tmp_path), "--out", str(tmp_path / "out")]) == 4
    assert "labels of NIH ChestX-ray14" in capsys.readouterr().err
    assert main(["truth", "noise", "--labels", str(tmp_path), "--out", str(tmp_path / "out"), "--resamples", "0"]) == 2
    assert not (tmp_path / "out").exists()


def test_noise_on_the_real_tables(shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = str(shared_data / "labels")
    assert main(["truth", "noise", "--labels", labels, "--out", str(tmp_path), "--resamples", "20"]) == 0
    assert "verification bias" in capsys.readouterr().out
    found = json.loads((tmp_path / "noise.json").read_text("utf-8"))
    assert found["schema"] == "wetread.truth.noise/1"
    assert (tmp_path / "noise.txt").read_text("utf-8").startswith("Label noise")
    text = json.dumps(found)
    assert "_000.png" not in text  # counts and statistics only: no film is named


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and all below it."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from parsers(below)


def test_every_option_of_every_question_says_what_it_is_for() -> None:
    mine = [found for found in parsers(parser()) if found.prog.startswith("wetread truth")]
    assert len(mine) == 10
    assert [(found.prog, action.dest) for found in mine for action in found._actions if not action.help] == []


def test_words_of_usage_load_no_tables() -> None:
    code = "import sys; from wetread.cli import main; main(['truth', '--help']); assert 'polars' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "consensus" in done.stdout
