"""A small campaign of tools/hostile in every run of the tests, and its page against its result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.hostile.__main__ import BEGIN, END, PAGE, RESULT
from tools.hostile.campaign import Record, breed, guarded
from tools.hostile.mutants import begin
from tools.hostile.result import BOUND_MIB, tables
from tools.hostile.seeds import SYNTAXES, Seed, seeds
from tools.hostile.trial import Watch, attempt

COUNT = 208


@pytest.fixture(scope="module")
def corpus() -> list[Seed]:
    return seeds()


@pytest.fixture(scope="module")
def bred(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Record]]:
    folder = tmp_path_factory.mktemp("mutants")
    return folder, list(breed(COUNT, 7, folder))


def test_every_seed_is_read_and_reaches_its_codec(corpus: list[Seed]) -> None:
    watch = Watch()
    found = {seed.name: attempt(seed.content, watch) for seed in corpus}
    assert {name: (one.outcome, one.decoded) for name, one in found.items()} == dict.fromkeys(found, ("read", True))
    assert {seed.syntax for seed in corpus} == {*SYNTAXES, "png", "jpeg", "tiff"}


def test_a_film_taken_apart_is_put_together_again(corpus: list[Seed]) -> None:
    for seed in corpus:
        assert begin(seed).content() == seed.content or seed.syntax == "deflated"


@pytest.mark.requirement("REQ-HOSTILE")
def test_every_mutant_is_read_or_refused_and_half_reach_pixels(bred: tuple[Path, list[Record]]) -> None:
    _, records = bred
    assert len(records) == COUNT
    assert {one.outcome for one in records} <= {"read", "decode", "no-pixels", "not-a-film"}
    assert sum(one.decoded for one in records) >= 0.4 * COUNT  # half of many: a few may be fewer
    assert {one.syntax for one in records if one.decoded} >= set(SYNTAXES)
    assert any(one.fresh for one in records)


@pytest.mark.requirement("REQ-HOSTILE")
def test_the_guard_gives_each_its_line(bred: tuple[Path, list[Record]]) -> None:
    folder, records = bred
    told = guarded(folder, workers=1)
    assert (told["exit_status"], told["tracebacks"]) == (0, 0)
    assert len(told["codes"]) == COUNT
    # A worker has less memory and less stack than a process of its own: there a limit may be met first.
    assert all(code in (one.outcome, "limit") for one, code in zip(records, told["codes"], strict=True))
    assert told["parent_mib"] <= BOUND_MIB["calling process"]
    assert told["worker_mib"] <= BOUND_MIB["worker"]


def test_a_seed_gives_the_same_mutants_again(bred: tuple[Path, list[Record]], tmp_path: Path) -> None:
    folder, records = bred
    again = list(breed(24, 7, tmp_path))
    assert again == records[:24]
    for one in again:
        assert (tmp_path / one.file).read_bytes() == (folder / one.file).read_bytes()


# ------------------------------------------------------------------------------------------------ the page's numbers


@pytest.fixture(scope="module")
def result() -> dict[str, object]:
    return dict(json.loads(RESULT.read_text(encoding="utf-8")))


@pytest.mark.requirement("REQ-HOSTILE")
def test_the_result_keeps_every_promise(result: dict) -> None:
    count, guard, line = result["mutants"], result["guarded"], result["command"]
    assert count >= 5000
    assert result["faults"] == []
    assert result["decoding_reached"] >= count / 2
    assert all(result["decoding_reached_by_syntax"][name]["yes"] >= 50 for name in SYNTAXES)
    assert (guard["outcomes"], guard["tracebacks"], guard["exit_status"]) == (count, 0, 0)
    assert guard["parent_mib"] <= BOUND_MIB["calling process"]
    assert guard["worker_mib"] <= BOUND_MIB["worker"]
    assert (line["lines"], line["files"], line["tracebacks"], line["without_reason"]) == (count, count, 0, 0)
    assert line["exit_status"] in (3, 4)
    assert sum(result["outcomes"].values()) == count == sum(line["statuses"].values())


def test_the_page_says_what_the_result_says(result: dict) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.partition(BEGIN)[2].partition(END)[0].strip() == tables(result).strip()
    text = " ".join(page.split())
    alone = result["coded_pixels_alone"]
    plain = ("implicit-le", "explicit-le", "explicit-be", "deflated")
    coded = {name: counts for name, counts in alone.items() if name in SYNTAXES and name not in plain}
    silent, changed = (
        sum(counts.get("silent", 0) for counts in coded.values()),
        sum(sum(counts.values()) for counts in coded.values()),
    )
    guard, line = result["guarded"], result["command"]
    for told in (
        f"{result['mutants']:,} mutants", f"{result['decoding_reached']:,} of them", f"seed {result['seed']}",
        f"{guard['parent_mib']} MiB", f"{guard['worker_mib']} MiB", f"{line['peak_mib']} MiB",
        f"{silent} of {changed}", f"{line['lines']:,} lines",
    ):  # fmt: skip
        assert told in text, told
