"""The guarded worker: whatever a film does to it, one film is lost, in words, and the calling process lives."""

from __future__ import annotations

import json
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import RLELossless

from radiograph import breaking
from radiograph.films import compressed, grey, ramp
from wetread.errors import (
    ConfigError,
    CrashError,
    DecodeError,
    LimitError,
    NotAFilmError,
    UnreadableError,
    UsageError,
)
from wetread.radiograph import Outcome, guard, read
from wetread.radiograph.many import Ask, Crew, Limits, read_many
from wetread.radiograph.messages import facts_of, receive

ROOT = Path(__file__).resolve().parents[2]


def saved(dataset: object) -> bytes:
    file = BytesIO()
    dataset.save_as(file, enforce_file_format=True)  # type: ignore[attr-defined]
    return file.getvalue()


@pytest.fixture(scope="module")
def film() -> bytes:
    return saved(grey(ramp(shape=(80, 60))))


@pytest.fixture
def fragile(monkeypatch: pytest.MonkeyPatch) -> Iterator[Crew]:
    """One worker whose decoder breaks down when told to."""
    breaking.install(monkeypatch)
    with Crew(1, Limits(seconds=20, megabytes=700)) as crew:
        yield crew


def read_one(crew: Crew, source: Path | str | bytes) -> Outcome:
    return crew.read_one(source, Ask())


def children() -> set[int]:
    """Processes that this one has started and not yet waited for; zombies are among them."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        try:
            found |= {int(number) for number in (task / "children").read_text().split()}
        except OSError:  # a thread that has just ended
            continue
    return found


# ------------------------------------------------------------------------------------------------- what comes back


def test_a_film_is_the_same_through_the_worker(film: bytes) -> None:
    (given,) = read_many([film], workers=1)
    direct = read(film)
    assert given.film is not None
    np.testing.assert_array_equal(given.film.pixels, direct.pixels)
    for name in ("facts", "spacing_mm", "steps", "polarity", "source_uids", "reduction", "full_shape"):
        assert getattr(given.film, name) == getattr(direct, name), name
    assert given.facts == direct.facts
    assert given.error is None
    assert not given.film.pixels.flags.writeable


# --------------------------------------------------------------------------------------------------- what breaks down


@pytest.mark.requirement("REQ-CRASH")
@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("segv", CrashError, "SIGSEGV"),
        ("abort", CrashError, "SIGABRT"),
        ("exit", CrashError, "exit status 3"),
        ("kill", CrashError, "from outside"),
        ("memory", LimitError, "700 MiB of memory"),
        ("deep", LimitError, "nested deeper"),
        ("defect NAME^OF A PATIENT", CrashError, r"\(KeyError\)"),
        ("lie garbage", CrashError, "cannot be understood"),
        ("lie json", CrashError, "cannot be understood"),
        ("lie code", CrashError, "cannot be understood"),
        ("lie facts", CrashError, "cannot be understood"),
        ("lie film", CrashError, "cannot be understood"),
        ("lie huge", CrashError, "cannot be understood"),
        ("lie range", CrashError, "cannot be understood"),
        ("lie short", CrashError, "broke down"),
    ],
)
def test_a_worker_that_breaks_down_costs_one_film(
    fragile: Crew, film: bytes, how: str, kind: type[UnreadableError], words: str
) -> None:
    broken, whole = fragile.read([breaking.breaks(how), film], Ask())
    assert type(broken.error) is kind
    with pytest.raises(kind, match=words):
        raise broken.error
    assert broken.film is None
    assert "PATIENT" not in str(broken.error)
    assert len(broken.sha256) == 64, "the file itself was read"
    assert whole.film is not None, "the film behind it is not lost"


def test_what_a_codec_prints_goes_nowhere(fragile: Crew, film: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    chatty, whole = fragile.read([breaking.breaks("chatter"), film], Ask())
    assert isinstance(chatty.error, NotAFilmError)
    assert whole.film is not None
    assert capfd.readouterr() == ("", "")


@pytest.mark.requirement("REQ-LIMITS")
@pytest.mark.parametrize("how", ["sleep 60", "spin 60"])
def test_a_film_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch, film: bytes, how: str) -> None:
    breaking.install(monkeypatch)
    begun = time.monotonic()
    with Crew(1, Limits(seconds=0.5)) as crew:
        slow, whole = crew.read([breaking.breaks(how), film], Ask())
    assert isinstance(slow.error, LimitError)
    assert "longer than 0.5 seconds" in str(slow.error)
    assert whole.film is not None
    assert time.monotonic() - begun < 20


@pytest.mark.requirement("REQ-CRASH")
def test_a_worker_that_dies_while_idle_costs_nothing(film: bytes) -> None:
    before = children()
    with Crew(1) as crew:
        assert read_one(crew, film).film is not None
        (pid,) = children() - before
        os.kill(pid, signal.SIGSEGV)
        time.sleep(0.1)
        assert read_one(crew, film).film is not None
    assert children() == before


@pytest.mark.requirement("REQ-CRASH")
def test_a_worker_killed_from_outside_at_its_work(fragile: Crew, film: bytes) -> None:
    """The signal comes while the film is being decoded, as it would from a codec that jumps astray."""
    assert read_one(fragile, film).film is not None
    (pid,) = [number for number in children() if b"breaking" in Path(f"/proc/{number}/cmdline").read_bytes()]
    threading.Timer(0.3, os.kill, (pid, signal.SIGBUS)).start()
    slow, whole = fragile.read([breaking.breaks("sleep 15"), film], Ask())
    assert isinstance(slow.error, CrashError)
    assert "SIGBUS" in str(slow.error)
    assert whole.film is not None


# --------------------------------------------------------------------------------------------------------------- bombs


def rle_bomb(side: int) -> bytes:
    """Side x side pixels of 16 bits, all zero: runs of 128 bytes, two bytes each (PS3.5 G.3)."""
    segment = b"\x81\x00" * -(-side * side // 128)
    header = struct.pack("<16I", 2, 64, 64 + len(segment), *[0] * 13)
    dataset = grey(np.zeros((2, 2), np.int64), 16, Rows=side, Columns=side)
    return saved(compressed(dataset, header + segment + segment, RLELossless))


@pytest.mark.requirement("REQ-LIMITS")
def test_a_bomb_is_held_by_the_limit_of_memory(film: bytes) -> None:
    bomb = rle_bomb(9856)
    assert len(bomb) < 4_000_000
    stopped, whole = read_many([bomb, film], workers=1, limits=Limits(megabytes=500))
    assert isinstance(stopped.error, LimitError), stopped.error
    assert "500 MiB" in str(stopped.error)
    assert stopped.facts is not None
    assert (stopped.facts.rows, stopped.facts.columns) == (9856, 9856), "the header was read all the same"
    assert whole.film is not None


def test_absurd_sizes_and_lengths_are_damage() -> None:
    claims = grey(np.zeros((2, 2), np.int64), 16, Rows=65535, Columns=65535)
    cut = saved(grey(ramp(shape=(80, 60))))[:-100]
    for outcome in read_many([saved(claims), cut], workers=1):
        assert isinstance(outcome.error, DecodeError)
        assert outcome.facts is not None


# ------------------------------------------------------------------------------------------------------ what is no film


@pytest.mark.requirement("REQ-NOT-A-FILM")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_film_is_told_and_never_waited_for(tmp_path: Path, film: bytes) -> None:
    (tmp_path / "film.dcm").write_bytes(film)
    (tmp_path / "link.dcm").symlink_to("film.dcm")
    (tmp_path / "loop.dcm").symlink_to("loop.dcm")
    (tmp_path / "empty.dcm").write_bytes(b"")
    (tmp_path / "zip.dcm").write_bytes(b"PK\x03\x04" + bytes(300))
    os.mkfifo(tmp_path / "pipe.dcm")
    strange = tmp_path / os.fsdecode(b"\xff\xfe.dcm")
    strange.write_bytes(film)
    expected = {
        "film.dcm": (None, ""),
        "link.dcm": (None, ""),
        strange.name: (None, ""),
        "loop.dcm": (UnreadableError, "symbolic links"),
        "missing.dcm": (UnreadableError, "No such file"),
        "empty.dcm": (NotAFilmError, "empty"),
        "zip.dcm": (NotAFilmError, "neither DICOM"),
        "pipe.dcm": (NotAFilmError, "no regular file"),
        ".": (NotAFilmError, "folder"),
        "n" * 300: (UnreadableError, "too long"),
        "a\0b": (UnreadableError, "name"),
        "a\ud800b": (UnreadableError, "name"),
        "/dev/zero": (NotAFilmError, "no regular file"),
        "/dev/tty": (NotAFilmError, "no regular file"),
    }
    begun = time.monotonic()
    outcomes = list(read_many([str(tmp_path / name) for name in expected], workers=1))
    assert time.monotonic() - begun < 10
    for (name, (kind, words)), outcome in zip(expected.items(), outcomes, strict=True):
        assert type(outcome.error) is (kind or type(None)), name
        assert words in str(outcome.error or ""), name
        assert (outcome.film is None) is (kind is not None), name
    assert outcomes[0].sha256 == outcomes[1].sha256
    assert outcomes[3].sha256 == "", "it was never opened"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path, film: bytes) -> None:
    closed = tmp_path / "closed.dcm"
    closed.write_bytes(film)
    closed.chmod(0)
    (outcome,) = read_many([closed], workers=1)
    assert "Permission denied" in str(outcome.error)


@pytest.mark.requirement("REQ-LIMITS")
def test_a_file_larger_than_any_film_is_not_opened(tmp_path: Path, film: bytes) -> None:
    large = tmp_path / "large.dcm"
    with large.open("wb") as file:
        file.truncate(3 << 20)
    limits = Limits(file_megabytes=2)
    for outcome, whole in (
        list(read_many([large, film], workers=1, limits=limits)),
        list(read_many([bytes(3 << 20), film], workers=1, limits=limits)),
    ):
        assert isinstance(outcome.error, LimitError)
        assert outcome.sha256 == ""
        assert whole.film is not None


# --------------------------------------------------------------------------------------------------------- starting, ending


def test_a_worker_that_cannot_start_says_so(film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    before = children()
    with pytest.raises(ConfigError, match="50 MiB"):
        list(read_many([film], limits=Limits(megabytes=50)))
    monkeypatch.setattr(guard, "command", lambda _: [sys.executable, "-c", "raise SystemExit(9)"])
    with pytest.raises(ConfigError, match="exit status 9"):
        list(read_many([film, film, film]))
    monkeypatch.setattr(guard, "command", lambda _: ["/no/such/program"])
    with pytest.raises(ConfigError, match="No such file"):
        list(read_many([film]))
    assert children() == before


def test_a_view_that_is_none_is_wrong_usage(film: bytes) -> None:
    with pytest.raises(UsageError, match="SIDEWAYS"):
        list(read_many([film], view="SIDEWAYS"))


@pytest.mark.parametrize("wrong", [{"seconds": 0}, {"megabytes": 0}, {"file_megabytes": -1}])
def test_limits_are_above_nothing(wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError):
        Limits(**wrong)  # type: ignore[arg-type]


SCRIPT = """
import pytest, sys, threading
from radiograph import breaking
breaking.install(pytest.MonkeyPatch())
from wetread.radiograph.many import Crew, Ask, Limits
with Crew(1, Limits(seconds=float(sys.argv[1]))) as crew:
    crew.read_one(breaking.breaks("exit"), Ask())
    threading.Timer(0.5, lambda: print(next(iter(crew._desk._workers)).pid, flush=True)).start()
    print(crew.read_one(breaking.breaks("sleep 60"), Ask()).error, flush=True)
"""


def started(*arguments: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *arguments],
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def gone(pid: int, within: float) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.requirement("REQ-CONFINED")
def test_a_worker_does_not_outlive_a_parent_that_was_killed() -> None:
    """Not even while a codec holds it, where it cannot see that its pipe has ended."""
    with started("1.0") as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
        assert gone(worker, within=8)


@pytest.mark.requirement("REQ-CONFINED")
def test_an_interruption_ends_parent_and_worker() -> None:
    with started("50") as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        os.killpg(parent.pid, signal.SIGINT)  # as a terminal does: to both
        assert parent.wait(10) != 0
        assert gone(worker, within=5)
        assert parent.stderr is not None
        assert "KeyboardInterrupt" in parent.stderr.read()


@pytest.mark.requirement("REQ-CONFINED")
def test_the_worker_is_confined(film: bytes) -> None:
    before = children()
    with Crew(1, Limits(megabytes=1000)) as crew:
        read_one(crew, film)
        (pid,) = children() - before
        told = Path(f"/proc/{pid}/limits").read_text()
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    found = {line[:25].strip(): line[25:].split()[:2] for line in told.splitlines()}
    assert found["Max address space"] == [str(1000 << 20)] * 2
    assert found["Max core file size"] == found["Max file size"] == ["0", "0"]
    assert found["Max open files"] == ["64", "64"]
    assert threads == 1, "its cores are those of its siblings"


@pytest.mark.requirement("REQ-CONFINED")
def test_nothing_is_imported_from_the_folder_that_one_is_in(tmp_path: Path, film: bytes) -> None:
    """A folder of films may hold a numpy.py."""
    for name in ("numpy", "json", "pydicom"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(7)")
    (tmp_path / "film.dcm").write_bytes(film)
    code = "from wetread.radiograph import read_many; print([o.error for o in read_many(['film.dcm'])])"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[None]\n", "")


# -------------------------------------------------------------------------------------------------------------- messages


@pytest.mark.requirement("REQ-CONFINED")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "letter"),
        ("modality", 3),
        ("view", "UPSIDE DOWN"),
        ("view_conflict", ["a"]),
        ("view_conflict", "ab"),
        ("age_years", "7"),
        ("age_years", True),
        ("age_years", float("inf")),
        ("rows", 1.5),
        ("rows", None),
        ("burned_in", 1),
    ],
)
def test_facts_of_other_types_are_not_taken(film: bytes, field: str, value: object) -> None:
    from dataclasses import asdict

    plain = json.loads(json.dumps(asdict(read(film).facts)))
    assert facts_of(plain) == read(film).facts
    with pytest.raises(ValueError, match=field):
        facts_of(plain | {field: value})
    with pytest.raises(ValueError, match="fields"):
        facts_of(plain | {"more": value})


def test_a_message_that_is_too_long_is_not_waited_for() -> None:
    source, sink = os.pipe()
    try:
        os.write(sink, b"\xff\xff\xff\xff")
        with pytest.raises(ValueError, match="too long"):
            receive(source)
        os.write(sink, (3).to_bytes(4, "big") + b"NaN")
        with pytest.raises(ValueError, match="no number"):
            receive(source)
    finally:
        os.close(source)
        os.close(sink)


@pytest.mark.parametrize("shared", [True, False])
def test_a_film_handed_over_comes_back_the_same(film: bytes, shared: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through shared memory where the system has it, through the pipe where not; larger and smaller films in turn."""
    monkeypatch.setattr(guard, "_KEPT", 20_000)
    if not shared:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    large = saved(grey(ramp(shape=(300, 200))))
    opened = descriptors()
    with Crew(1) as crew:
        for content in (film, large, film, large):
            outcome = read_one(crew, content)
            assert outcome.film is not None
            np.testing.assert_array_equal(outcome.film.pixels, read(content).pixels)
        for content in (b"", large[:-1000]):
            error = read_one(crew, content).error
            assert error is not None
            with pytest.raises(type(error), match=re.escape(str(error))):
                read(content)
    assert descriptors() <= opened


def descriptors() -> int:
    """Files that this process holds open, where the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0
