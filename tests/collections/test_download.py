"""Downloads from a server that misbehaves: a file is whole or it is not there under its name."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from wetread.collections import download as front_door
from wetread.collections.catalogue import CATALOGUE, Remote, entry
from wetread.collections.download import check_file, download, remote_size
from wetread.errors import DataError, IntegrityError, UsageError

CONTENT = bytes(range(256)) * 4096  # 1 MiB
OTHER = CONTENT[::-1]
MD5 = "md5:" + hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
SHA = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Server:
    """What the server does next, request by request; what it was asked is kept."""

    content: bytes = CONTENT
    tag: str | None = '"v1"'
    breaks: list[int] = field(default_factory=list)  # after how many bytes each answer ends too early
    ranges: bool = True
    says_length: bool = True
    status: list[int] = field(default_factory=list)
    lie: int = 0  # added to Content-Length
    between: Callable[[Server], None] | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    def remote(self, name: str = "film.zip", size: int | None = None, checksum: str | None = MD5) -> Remote:
        return Remote(name, f"http://127.0.0.1:{self.port}/{name}", size, checksum)


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        plan: Server = self.server.plan  # type: ignore[attr-defined]
        plan.asked.append({"method": self.command, **dict(self.headers.items())})
        if plan.status and (status := plan.status.pop(0)) != 200:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = 0
        wanted = self.headers.get("Range")
        same = self.headers.get("If-Range") in (None, plan.tag)
        if wanted and plan.ranges and same:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(plan.content):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(plan.content)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(plan.content) - 1}/{len(plan.content)}")
        else:
            self.send_response(200)
        if plan.tag:
            self.send_header("ETag", plan.tag)
        if plan.says_length:
            self.send_header("Content-Length", str(len(plan.content) - start + plan.lie))
        self.send_header("Connection", "close")
        self.end_headers()
        if body:
            rest = plan.content[start:]
            self.wfile.write(rest[: plan.breaks.pop(0)] if plan.breaks else rest)
            if plan.between:
                plan.between(plan)
        self.close_connection = True


@pytest.fixture
def server() -> Iterator[Server]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    plan = Server(port=http.server_address[1])
    http.plan = plan  # type: ignore[attr-defined]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield plan
    http.shutdown()
    http.server_close()
    thread.join()


def only_whole(folder: Path) -> list[str]:
    """Files of the folder; a part beside a whole file would be a defect."""
    return sorted(path.name for path in folder.iterdir())


def ranges_of(server: Server) -> list[str | None]:
    return [one.get("Range") for one in server.asked]


@pytest.mark.parametrize("checksum", [MD5, SHA, None])
def test_a_file_arrives_whole(server: Server, tmp_path: Path, checksum: str | None) -> None:
    steps: list[tuple[int, int | None]] = []
    path = download(server.remote(checksum=checksum), tmp_path / "new", progress=lambda *step: steps.append(step))
    assert path.read_bytes() == CONTENT
    assert only_whole(path.parent) == ["film.zip"]
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    assert [have for have, _ in steps] == sorted({have for have, _ in steps})


def test_a_broken_connection_is_taken_up_where_it_broke(server: Server, tmp_path: Path) -> None:
    server.breaks = [300_000, 200_000]
    waits: list[float] = []
    path = download(server.remote(), tmp_path, wait=waits.append)
    assert path.read_bytes() == CONTENT
    assert ranges_of(server) == [None, "bytes=300000-", "bytes=500000-"]
    assert [one.get("If-Range") for one in server.asked[1:]] == ['"v1"', '"v1"']
    assert waits == [1.0, 1.0]


def test_a_later_call_goes_on_where_the_first_gave_up(server: Server, tmp_path: Path) -> None:
    server.breaks = [300_000, 0, 0]
    with pytest.raises(DataError, match=r"broke off 3 times at 300000 bytes .* run it again to go on"):
        download(server.remote(), tmp_path, attempts=3)
    assert only_whole(tmp_path) == ["film.zip.part", "film.zip.part.json"]
    assert "300000 bytes of it were begun" in check_file(server.remote(), tmp_path).told
    server.asked.clear()
    assert download(server.remote(), tmp_path).read_bytes() == CONTENT
    assert ranges_of(server) == ["bytes=300000-"]


def test_a_server_that_ignores_ranges_starts_anew(server: Server, tmp_path: Path) -> None:
    server.ranges, server.breaks = False, [300_000]
    assert download(server.remote(checksum=None), tmp_path).read_bytes() == CONTENT
    assert ranges_of(server) == [None, "bytes=300000-"]


@pytest.mark.requirement("REQ-COLLECTIONS")
@pytest.mark.parametrize("tag", ['"v2"', '"v1"'])
def test_a_file_that_changes_between_attempts_is_never_mixed(server: Server, tmp_path: Path, tag: str) -> None:
    """With a new tag the server sends all of it; with the old one only the checksum can tell, and nothing is kept."""

    def change(plan: Server) -> None:
        plan.content, plan.tag = OTHER, tag

    server.breaks, server.between = [300_000], change
    sha = "sha256:" + hashlib.sha256(OTHER).hexdigest()
    if tag == '"v2"':
        assert download(server.remote(checksum=sha), tmp_path).read_bytes() == OTHER
    else:
        with pytest.raises(IntegrityError, match=r"its sha256 is .* nothing of it was kept"):
            download(server.remote(checksum=sha), tmp_path)
        assert only_whole(tmp_path) == []


def test_a_file_that_changes_its_size_between_attempts(server: Server, tmp_path: Path) -> None:
    def change(plan: Server) -> None:
        plan.content = CONTENT * 2

    server.breaks, server.between = [300_000], change
    assert download(server.remote(checksum=None), tmp_path).read_bytes() == CONTENT * 2


def test_a_part_of_an_unknown_version_is_not_gone_on_with(server: Server, tmp_path: Path) -> None:
    (tmp_path / "film.zip.part").write_bytes(b"x" * 1000)
    assert download(server.remote(checksum=None), tmp_path).read_bytes() == CONTENT
    assert ranges_of(server) == [None]
    (tmp_path / "film.zip").unlink()
    (tmp_path / "film.zip.part").write_bytes(b"x" * 1000)
    (tmp_path / "film.zip.part.json").write_text("{", encoding="utf-8")
    assert download(server.remote(checksum=None), tmp_path).read_bytes() == CONTENT


def test_a_part_that_is_longer_than_the_file(server: Server, tmp_path: Path) -> None:
    (tmp_path / "film.zip.part").write_bytes(CONTENT + b"more")
    (tmp_path / "film.zip.part.json").write_text(json.dumps({"total": None, "validator": '"v1"'}), encoding="utf-8")
    assert download(server.remote(), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("total", [len(CONTENT), None])
def test_a_part_that_is_already_whole(server: Server, tmp_path: Path, total: int | None) -> None:
    (tmp_path / "film.zip.part").write_bytes(CONTENT)
    (tmp_path / "film.zip.part.json").write_text(json.dumps({"total": total, "validator": '"v1"'}), encoding="utf-8")
    assert download(server.remote(), tmp_path).read_bytes() == CONTENT
    assert ranges_of(server) == ([] if total else [f"bytes={len(CONTENT)}-"])


def test_a_page_instead_of_the_file_is_refused_before_it_is_fetched(server: Server, tmp_path: Path) -> None:
    server.content = b"<html>please log in</html>"
    with pytest.raises(IntegrityError, match=r"offers 26 bytes, published are 1048576.*login"):
        download(server.remote(size=len(CONTENT)), tmp_path)
    assert only_whole(tmp_path) == []


@pytest.mark.requirement("REQ-COLLECTIONS")
def test_another_file_of_the_same_size_is_refused(server: Server, tmp_path: Path) -> None:
    server.content = OTHER
    with pytest.raises(IntegrityError, match="its md5 is"):
        download(server.remote(size=len(CONTENT)), tmp_path)
    assert only_whole(tmp_path) == []


def test_a_length_that_is_too_great(server: Server, tmp_path: Path) -> None:
    """A server that resumes corrects itself when it is asked for the rest; one that does not never gives a file."""
    server.lie = 1000
    assert download(server.remote(checksum=None), tmp_path).read_bytes() == CONTENT
    server.ranges = False
    with pytest.raises(DataError, match="broke off"):
        download(server.remote("other.zip", checksum=None), tmp_path, attempts=2)
    assert "other.zip" not in only_whole(tmp_path)


@pytest.mark.parametrize("known", [{"checksum": MD5}, {"size": len(CONTENT)}])
def test_a_length_that_is_too_small(server: Server, tmp_path: Path, known: dict[str, object]) -> None:
    server.lie = -1000
    with pytest.raises(IntegrityError):
        download(server.remote(**known), tmp_path)  # type: ignore[arg-type]
    assert only_whole(tmp_path) == []


def test_a_file_whose_end_nobody_knows_is_refused(server: Server, tmp_path: Path) -> None:
    server.says_length = False
    with pytest.raises(DataError, match="neither size nor checksum is known"):
        download(server.remote(checksum=None), tmp_path)
    assert download(server.remote(), tmp_path).read_bytes() == CONTENT
    server.content = CONTENT[:-1]
    with pytest.raises(IntegrityError, match="its md5 is"):
        download(server.remote("other.zip"), tmp_path)
    assert only_whole(tmp_path) == ["film.zip"]


@pytest.mark.parametrize(("status", "told"), [(401, "asks for a login"), (403, "refuses"), (404, "is not there")])
def test_a_refusal_is_final(server: Server, tmp_path: Path, status: int, told: str) -> None:
    server.status = [status]
    with pytest.raises(DataError, match=f"answers {status} .{'it ' + told}"):
        download(server.remote(), tmp_path)
    assert len(server.asked) == 1


def test_a_tired_server_is_asked_again(server: Server, tmp_path: Path) -> None:
    server.status = [503, 429, 200]
    waits: list[float] = []
    assert download(server.remote(), tmp_path, wait=waits.append).read_bytes() == CONTENT
    assert waits == [1.0, 2.0]


def test_nobody_is_there(tmp_path: Path) -> None:
    remote = Remote("film.zip", "http://127.0.0.1:9/film.zip")
    with pytest.raises(DataError, match="broke off 2 times at 0 bytes"):
        download(remote, tmp_path, attempts=2, timeout=2)
    with pytest.raises(DataError, match="its server does not answer"):
        remote_size(remote, timeout=2)


def test_a_disk_that_is_too_small(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(DataError, match="room for 1000"):
        download(server.remote(), tmp_path)


def test_a_whole_file_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "film.zip").write_bytes(CONTENT)
    download(server.remote(), tmp_path)
    assert server.asked == []
    (tmp_path / "film.zip").write_bytes(OTHER)
    with pytest.raises(IntegrityError, match="is not the published file"):
        download(server.remote(), tmp_path)
    assert (tmp_path / "film.zip").read_bytes() == OTHER


def test_the_size_is_asked_before_anything_is_fetched(server: Server) -> None:
    assert remote_size(server.remote(size=7)) == 7
    assert remote_size(server.remote()) == len(CONTENT)
    assert [one["method"] for one in server.asked] == ["HEAD"]
    server.says_length = False
    assert remote_size(server.remote()) is None
    server.status = [403]
    with pytest.raises(DataError, match="answers 403"):
        remote_size(server.remote())


def test_checks_say_what_is_there(tmp_path: Path) -> None:
    def status(**known: object) -> str:
        return check_file(Remote("f", "http://x", **known), tmp_path).status  # type: ignore[arg-type]

    assert status(checksum=MD5) == "missing"
    (tmp_path / "f").write_bytes(CONTENT)
    assert status(checksum=MD5) == status(checksum=SHA, size=len(CONTENT)) == "whole"
    assert status() == status(size=len(CONTENT)) == "plausible"
    assert status(size=3) == status(checksum=MD5[:-1] + "x") == "altered"


def test_the_catalogue_is_well_formed() -> None:
    assert set(CATALOGUE) == {"nih", "rsna", "kermany", "medmnist"}
    for name, collection in CATALOGUE.items():
        assert (collection.name, collection.page.startswith("https://")) == (name, True)
        assert collection.files or collection.by_hand
        for file in collection.files:
            assert file.url.startswith("https://")
            assert file.source
            assert len(file.digest or "") == {"md5": 32, "sha256": 64}[file.algorithm or ""]
    assert entry("nih").size == sum(file.size or 0 for file in entry("nih").files) == 45_079_862_784
    assert entry("medmnist").size is None
    with pytest.raises(UsageError, match="nih, rsna, kermany, medmnist"):
        entry("mimic")


def test_the_front_door_is_this_download() -> None:
    assert front_door is download
