"""Evidence: what it hashes to, what it holds, and where in it a pointer leads."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import toy
from wetread.errors import AlteredError, DataError
from wetread.regulatory.artefact import Artefact, open_artefact, resolve
from wetread.regulatory.kinds import KINDS


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "data"),
    [
        ("a.json", b'{"a": [1, 2.5]}', {"a": [1, 2.5]}),
        ("a.jsonl", b'{"a": 1}\n\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ("a.toml", b"[a]\nb = 1\n", {"a": {"b": 1}}),
        ("a.yaml", b"a: {b: 1}\n", {"a": {"b": 1}}),
        ("a.bin", b"\x00\x01", None),
    ],
)
def test_a_file_is_parsed_by_its_ending_and_hashed(tmp_path: Path, name: str, content: bytes, data: Any) -> None:
    found = open_artefact("a", "other", put(tmp_path, name, content))
    assert found.data == data
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert found.place == name


def test_predictions_are_hashed_and_not_parsed(tmp_path: Path) -> None:
    content = b"film_id,score\n" + b"f,0.5\n" * 300_000
    found = open_artefact("p", "predictions", put(tmp_path, "p.csv", content))
    assert (found.data, found.sha256) == (None, hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", b"{"), ("a.json", b"\xff"), ("a.json", b"[" * 100_000), ("a.toml", b"a = "), ("a.yaml", b"a: 1\na: 2\n"), ("a.jsonl", b"{}\nx\n")],
)  # fmt: skip
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(DataError, match=r"evidence a \(other\): a\.\w+ is not what its ending says"):
        open_artefact("a", "other", put(tmp_path, name, content))


def test_a_missing_file_says_how_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="wetread describe COLLECTION"):
        open_artefact("a", "cohort", tmp_path / "cohort.json")


def test_a_folder_of_a_kind_that_has_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder"):
        open_artefact("a", "plan", tmp_path)


def test_a_report_s_folder_means_the_file_in_it(tmp_path: Path) -> None:
    put(tmp_path, "cohort.json", b'{"films": 3}')
    assert open_artefact("a", "cohort", tmp_path).data == {"films": 3}


class TestBundle:
    def test_its_data_are_the_card_and_its_hash_the_manifest_s(self, tmp_path: Path) -> None:
        toy.bundle(tmp_path)
        found = open_artefact("b", "bundle", tmp_path)
        assert found.data["name"] == "toy"
        assert found.sha256 == hashlib.sha256((tmp_path / "manifest.json").read_bytes()).hexdigest()

    @pytest.mark.parametrize("file", ["card.json", "model.onnx", "selftest.npz"])
    def test_each_of_its_files_is_compared_with_the_manifest(self, tmp_path: Path, file: str) -> None:
        toy.bundle(tmp_path)
        raw = bytearray((tmp_path / file).read_bytes())
        raw[-1] ^= 1 if file != "card.json" else 0
        raw = raw if file != "card.json" else bytearray(raw.replace(b"toy", b"TOY", 1))
        (tmp_path / file).write_bytes(raw)
        with pytest.raises(AlteredError, match=file):
            open_artefact("b", "bundle", tmp_path)

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        toy.bundle(tmp_path)
        (tmp_path / "model.onnx").unlink()
        with pytest.raises(AlteredError, match=r"model\.onnx"):
            open_artefact("b", "bundle", tmp_path)

    def test_a_manifest_without_hashes_is_no_bundle(self, tmp_path: Path) -> None:
        toy.bundle(tmp_path)
        (tmp_path / "manifest.json").write_text('{"schema": "wetread.bundle/1"}')
        with pytest.raises(DataError, match="lists no hashes"):
            open_artefact("b", "bundle", tmp_path)


def test_a_split_s_table_is_compared_with_its_facts(tmp_path: Path) -> None:
    table = b"film_id,side\nf,test\n"
    put(tmp_path, "films.csv", table)
    put(tmp_path, "split.json", json.dumps({"films_csv_sha256": hashlib.sha256(table).hexdigest()}).encode())
    assert open_artefact("s", "split", tmp_path).data["films_csv_sha256"]
    put(tmp_path, "films.csv", table + b"g,test\n")
    with pytest.raises(AlteredError, match=r"films\.csv"):
        open_artefact("s", "split", tmp_path)


def artefact(data: Any) -> Artefact:
    return Artefact(name="a", kind="other", path=Path("a.json"), sha256="0" * 64, data=data)


def test_pointers_lead_as_in_rfc_6901() -> None:
    data = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "m~n": 8, "01": 3}
    found = artefact(data)
    assert [resolve(found, each) for each in ("", "/foo/0", "/", "/a~1b", "/c%d", "/m~0n", "/01")] == [
        data,
        "bar",
        0,
        1,
        2,
        8,
        3,
    ]


@pytest.mark.parametrize("pointer", ["/x", "/foo/2", "/foo/-1", "/foo/bar", "/foo/0/0", "/foo/ 1", "/foo/²"])
def test_a_pointer_into_nothing_is_told(pointer: str) -> None:
    with pytest.raises(DataError, match="holds nothing at"):
        resolve(artefact({"foo": ["bar", "baz"]}), pointer)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_every_place_is_reached_by_its_pointer(data: Any) -> None:  # fmt: skip
    def walk(at: str, value: Any) -> None:
        assert resolve(artefact(data), at) == value
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, inner in pairs:
            walk(f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}", inner)

    walk("", data)


def test_every_kind_says_what_it_is_and_how_it_is_made() -> None:
    assert all(each.what and each.made for each in KINDS.values())
