"""`wetread data`: the list, fetching from a server of our own, and what lies in a folder."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from wetread.cli import main
from wetread.collections import catalogue
from wetread.collections.catalogue import CATALOGUE, Collection, Remote

CONTENT = b"a film " * 1000


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A server in the place of MedMNIST's, with one file of it."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "films.npz").write_bytes(CONTENT)
    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    md5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    url = f"http://127.0.0.1:{http.server_address[1]}/films.npz"
    made = Collection(
        "medmnist", "Made", "https://example.org", "none", 2, (Remote("films.npz", url, None, f"md5:{md5}"),)
    )
    # The command line first: imported after the other was set, it would keep the made one when both are undone.
    monkeypatch.setattr("wetread.cli.data.CATALOGUE", {**CATALOGUE, "medmnist": made})
    monkeypatch.setattr(catalogue, "CATALOGUE", {**CATALOGUE, "medmnist": made})
    yield folder
    http.shutdown()
    http.server_close()
    thread.join()


def test_the_list_names_size_licence_and_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "list"]) == 0
    out, err = capsys.readouterr()
    assert "nih: NIH ChestX-ray14, 112120 films; 12 files, 45.1 GB" in out
    assert "rsna: RSNA Pneumonia Detection Challenge 2018, 26684 films; 0 files, by hand only" in out
    assert "kermany: " in out
    assert "1.24 GB" in out
    assert "needs a login" in out
    assert err == ""


def test_the_list_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["nih"]["size"] == sum(file["size"] for file in told["nih"]["files"])
    assert told["rsna"]["files"] == []


def test_a_file_is_fetched_after_its_size_is_told(
    served: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", "download", "medmnist", str(tmp_path / "to"), "--yes"]) == 0
    out, err = capsys.readouterr()
    assert (tmp_path / "to" / "films.npz").read_bytes() == CONTENT
    assert "films.npz: whole (7000 bytes, md5" in out
    assert "1 of 1 files to fetch, 7 kB" in err
    assert main(["data", "download", "medmnist", str(tmp_path / "to"), "--yes"]) == 0
    assert "0 of 1 files to fetch" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "fetched"), [("y\n", True), ("n\n", False), ("", False)])
def test_somebody_is_asked(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, fetched: bool
) -> None:
    terminal = io.StringIO(answer)
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)
    status = main(["data", "download", "medmnist", str(tmp_path / "to"), "--file", "films.npz"])
    assert (status, (tmp_path / "to" / "films.npz").exists()) == ((0, True) if fetched else (2, False))


def test_nobody_to_ask_is_wrong_usage(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert main(["data", "download", "medmnist", str(tmp_path / "to")]) == 2
    assert "add --yes" in capsys.readouterr().err
    assert not (tmp_path / "to").exists()


def test_a_file_that_is_not_the_published_one_is_5(
    served: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (served / "films.npz").write_bytes(CONTENT + b"!")
    assert main(["data", "download", "medmnist", str(tmp_path / "to"), "--yes"]) == 5
    assert "nothing of it was kept" in capsys.readouterr().err
    assert list((tmp_path / "to").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["download", "rsna", "x", "--yes"], 4, "Kaggle asks for a login"),
        (["download", "nih", "x", "--yes", "--file", "images_013.tar.gz"], 2, "has no file 'images_013.tar.gz'"),
        (["download", "mimic", "x"], 2, "invalid choice"),
        (["verify", "nih", "nowhere"], 4, "nowhere is no folder"),
        ([], 2, "usage: wetread data"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", *arguments]) == status
    out, err = capsys.readouterr()
    assert told in err
    assert out == ""


def test_an_altered_archive_is_5_and_a_whole_one_is_0(
    served: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "films.npz").write_bytes(CONTENT)
    assert main(["data", "verify", "medmnist", str(tmp_path)]) == 0
    assert "films.npz: whole" in capsys.readouterr().out
    (tmp_path / "films.npz").write_bytes(CONTENT + b"!")
    assert main(["data", "verify", "medmnist", str(tmp_path)]) == 5
    assert "films.npz: altered (md5 is" in capsys.readouterr().out


def test_an_empty_folder_is_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "verify", "nih", str(tmp_path)]) == 4
    out, err = capsys.readouterr()
    assert "not here: images_001.tar.gz" in out
    assert "looked for Data_Entry_2017_v2020.csv" in err


def test_the_bare_install_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "urllib3", None)
    monkeypatch.setitem(sys.modules, "urllib3.exceptions", None)
    assert main(["data", "download", "kermany", str(tmp_path), "--yes"]) == 2
    assert "install wetread[workshop]" in capsys.readouterr().err


def test_a_table_is_told_with_its_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(
        tmp_path / "pneumoniamnist_made.npz",
        train_images=np.zeros((2, 8, 8), np.uint8),
        train_labels=np.array([[0], [1]]),
    )
    assert main(["data", "verify", "medmnist", str(tmp_path)]) == 4
    out, _ = capsys.readouterr()
    assert "not the whole collection: it was published with 5856 films" in out
    assert "table: 2 films of 2 patients, 1 positive, 0 with a file; list " in out
    assert "train: 2 films; list " in out


def test_the_real_metadata_proves_itself(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "verify", "nih", str(shared_data / "labels")]) == 0
    out, _ = capsys.readouterr()
    assert "table: 112120 films of 30805 patients, 1431 positive" in out
    assert "test: 25596 films; list 38ca5ef7f756092946f57c1a59faca882ed589a1ab1f72590b45dc06c6d5e1cc" in out
    assert "reproduced film by film" in out
