"""The seal: what is locked, when a lock is refused, what breaks one, and the ledger."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regulatory.made import device_folder, films_of_the_test, tuning_films
from wetread.errors import ConfigError, DataError, LeakError
from wetread.regulatory.artefact import Artefact
from wetread.regulatory.device import Device, load_device
from wetread.regulatory.seal import films_hash, lock, scored_films, seal_faults, use

BEFORE = ("predictions", "labels", "evaluation", "lock", "ledger")


def device(folder: Path, **told: Any) -> Device:
    return load_device(device_folder(folder, **told))


def codes(found: Device) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in seal_faults(found)]


def change(path: Path, how: Callable[[Any], None]) -> None:
    data = json.loads(path.read_text())
    how(data)
    path.write_text(json.dumps(data))


class TestLock:
    def test_it_holds_the_hashes_and_the_device_file_s_date(self, tmp_path: Path) -> None:
        told = json.loads(lock(device(tmp_path, without=BEFORE)))
        assert told["schema"] == "wetread.lock/1"
        assert told["date"] == "2026-11-22"
        assert told["plan"]["sha256"] == hashlib.sha256((tmp_path / "plan.json").read_bytes()).hexdigest()
        assert told["test_list"]["sha256"] == hashlib.sha256((tmp_path / "split/split.json").read_bytes()).hexdigest()
        assert told["test_list"]["films_sha256"] == films_of_the_test().list_hash

    @pytest.mark.parametrize("there", ["predictions", "evaluation"])
    def test_it_is_refused_once_the_test_films_were_scored(self, tmp_path: Path, there: str) -> None:
        found = device(tmp_path, without=[name for name in BEFORE if name != there])
        assert list(scored_films(found)) == [there]
        with pytest.raises(LeakError, match=f"evidence {there} holds scores"):
            lock(found)

    def test_one_scored_film_is_enough(self, tmp_path: Path) -> None:
        path = device_folder(tmp_path, without=[name for name in BEFORE if name != "predictions"])
        (tmp_path / "predictions.csv").write_text(f"film_id,score\nelsewhere,0.5\n{films_of_the_test().film[3]},0.5\n")
        with pytest.raises(LeakError):
            lock(load_device(path))

    def test_scores_of_other_films_do_not_matter(self, tmp_path: Path) -> None:
        path = device_folder(tmp_path, without=[name for name in BEFORE if name != "predictions"])
        rows = "".join(f"{film},0.5\n" for film in tuning_films().film)
        (tmp_path / "predictions.csv").write_text("film_id,score\n" + rows)
        assert lock(load_device(path))

    @pytest.mark.parametrize(("gone", "said"), [("plan", "one plan"), ("split", "test list")])
    def test_it_needs_a_plan_and_a_list(self, tmp_path: Path, gone: str, said: str) -> None:
        with pytest.raises(ConfigError, match=said):
            lock(device(tmp_path, without=(*BEFORE, gone)))


class TestFaults:
    def test_an_unbroken_seal_has_none(self, tmp_path: Path) -> None:
        assert codes(device(tmp_path)) == []

    def test_nothing_is_asked_of_a_device_without_a_seal(self, tmp_path: Path) -> None:
        assert codes(device(tmp_path, without=("lock", "ledger", "split"))) == []

    def test_a_threshold_record_of_the_test_films(self, tmp_path: Path) -> None:
        path = device_folder(tmp_path)
        (tmp_path / "cut.json").write_text(json.dumps({"score": 0.5, "films_sha256": films_of_the_test().list_hash}))
        text = path.read_text().replace("evidence:\n", "evidence:\n  cut: {kind: threshold, path: cut.json}\n")
        path.write_text(text)
        assert codes(load_device(path)) == [("threshold-on-test", "cut")]
        (tmp_path / "cut.json").write_text(json.dumps({"score": 0.5, "films_sha256": tuning_films().list_hash}))
        assert codes(load_device(path)) == []

    def test_a_threshold_of_an_evaluation_that_was_found_on_its_own_films(self, tmp_path: Path) -> None:
        path = device_folder(tmp_path)

        def tuned_here(data: Any) -> None:
            data["cuts"][0]["applied"]["tuned"]["list_hash"] = data["films"]["list_hash"]

        change(tmp_path / "evaluation.json", tuned_here)
        assert codes(load_device(path)) == [("threshold-on-test", "evaluation:/cuts/0")]

    def test_a_bundle_trained_on_the_test_films(self, tmp_path: Path) -> None:
        found = device(tmp_path)
        card = dict(found.artefacts["bundle"].data)
        card["training"] = card["training"] | {"films_sha256": films_of_the_test().list_hash}
        bundle = found.artefacts["bundle"]
        swapped = Artefact(name="bundle", kind="bundle", path=bundle.path, sha256=bundle.sha256, data=card)
        found.artefacts["bundle"] = swapped  # type: ignore[index]
        assert codes(found) == [("threshold-on-test", "bundle")]

    def test_a_lock_that_is_none(self, tmp_path: Path) -> None:
        path = device_folder(tmp_path)
        (tmp_path / "lock.json").write_text("{}")
        assert codes(load_device(path)) == [("lock", "lock")]

    def test_a_list_that_says_no_hash(self, tmp_path: Path) -> None:
        path = device_folder(tmp_path)
        (tmp_path / "split/split.json").write_text("{}")
        assert codes(load_device(path)) == [("list-missing", "split")]

    def test_another_plan_and_another_list(self, tmp_path: Path) -> None:
        path = device_folder(tmp_path)
        change(tmp_path / "plan.json", lambda data: data.update(more=1))
        change(tmp_path / "split/split.json", lambda data: data["sides"].pop("train"))
        assert codes(load_device(path)) == [("plan-changed", "plan"), ("list-swapped", "split")]


class TestLedger:
    def test_each_use_is_counted_and_chained(self, tmp_path: Path) -> None:
        found = device(tmp_path)
        first = use(found, b"")
        second = use(found, first)
        lines = [json.loads(line) for line in second.splitlines()]
        assert [line["use"] for line in lines] == [1, 2]
        assert second.startswith(first)
        assert lines[1]["previous"] == hashlib.sha256(first.strip()).hexdigest()
        assert lines[0]["films_sha256"] == films_of_the_test().list_hash

    def test_lines_of_other_lists_are_not_counted(self, tmp_path: Path) -> None:
        before = json.dumps({"use": 7, "films_sha256": "0" * 64}).encode() + b"\n"
        assert json.loads(use(device(tmp_path), before).splitlines()[-1])["use"] == 1

    @pytest.mark.parametrize(
        "how", [lambda lines: lines[1:], lambda lines: [lines[0].replace(b'"use": 1', b'"use": 9'), lines[1]]]
    )
    def test_an_altered_ledger_is_found(self, tmp_path: Path, how: Callable[[list[bytes]], list[bytes]]) -> None:
        path = device_folder(tmp_path)
        ledger = tmp_path / "ledger.jsonl"
        ledger.write_bytes(use(load_device(path), ledger.read_bytes()))
        assert codes(load_device(path)) == []
        ledger.write_bytes(b"".join(line + b"\n" for line in how(ledger.read_bytes().splitlines())))
        assert [code for code, _ in codes(load_device(path))] == ["ledger-broken"]

    def test_a_ledger_begun_without_a_chain_may_go_on_with_one(self, tmp_path: Path) -> None:
        path = device_folder(tmp_path)
        plain = json.dumps({"use": 1, "films_sha256": films_of_the_test().list_hash}).encode() + b"\n"
        (tmp_path / "ledger.jsonl").write_bytes(plain)
        made = use(load_device(path), plain)
        (tmp_path / "ledger.jsonl").write_bytes(made)
        assert json.loads(made.splitlines()[-1])["use"] == 2
        assert codes(load_device(path)) == []

    def test_an_empty_line_is_no_use_and_breaks_nothing(self, tmp_path: Path) -> None:
        path = device_folder(tmp_path)
        ledger = tmp_path / "ledger.jsonl"
        ledger.write_bytes(ledger.read_bytes() + b"\n")
        assert codes(load_device(path)) == []
        assert [json.loads(line)["use"] for line in use(load_device(path), ledger.read_bytes()).splitlines()] == [1, 2]

    def test_a_line_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="line 2: it is no JSON"):
            use(device(tmp_path), b"{}\n{\n")

    def test_a_use_needs_a_lock_that_holds(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="lock"):
            use(device(tmp_path / "a", without=("lock",)), b"")
        path = device_folder(tmp_path / "b")
        change(tmp_path / "b/plan.json", lambda data: data.update(more=1))
        with pytest.raises(LeakError, match="plan-changed"):
            use(load_device(path), b"")


def test_a_list_says_the_hash_of_its_films() -> None:
    def listed(data: Any) -> Artefact:
        return Artefact(name="l", kind="split", path=Path("l.json"), sha256="0", data=data, place="l.json")

    assert films_hash(listed({"films_sha256": "a"})) == "a"
    assert films_hash(listed({"sides": {"test": {"list_sha256": "b"}}})) == "b"
    for data in ({}, {"sides": {"train": {"list_sha256": "b"}}}, None, []):
        with pytest.raises(ConfigError, match="says no hash"):
            films_hash(listed(data))
