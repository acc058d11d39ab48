"""The journal: whatever of it is left after a kill is used, and nothing of it is believed that is not whole."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wetread.errors import AlteredError, UsageError
from wetread.extract.journal import Journal

HEAD = {"key": "k", "source": "s", "options": {"size": 512, "bits": 8}}


def written(path: Path, count: int) -> bytes:
    with Journal(path, HEAD) as journal:
        for number in range(count):
            journal.append({"mark": f"m{number}", "film_id": f"{number:04d}"})
    return path.read_bytes()


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_cut_at_any_byte_it_keeps_its_whole_lines(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        content = written(path, 6)
        cut = data.draw(st.integers(0, len(content)))
        path.write_bytes(content[:cut])
        whole = max(content[:cut].count(b"\n") - 1, 0)
        with Journal(path, HEAD) as journal:
            assert [f"m{number}" in journal for number in range(6)] == [number < whole for number in range(6)]
            assert all(journal.row(f"m{number}")["film_id"] == f"{number:04d}" for number in range(whole))
            journal.append({"mark": "new"})
        with Journal(path, HEAD) as journal:
            assert len(journal) == whole + 1
            assert journal.row("new") == {"mark": "new"}


def test_the_last_line_of_a_mark_wins(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path, HEAD) as journal:
        journal.append({"mark": "m", "status": "unreadable"})
        journal.append({"mark": "m", "status": "written"})
    with Journal(path, HEAD) as journal:
        assert journal.row("m")["status"] == "written"


@pytest.mark.parametrize("damage", [b"{]\n", b"[]\n", b"\x00\xff\n", b'{"film_id": "x"}\n'])
def test_a_damaged_line_is_told(damage: bytes, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    lines = written(path, 3).splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], damage, *lines[2:]]))
    with pytest.raises(AlteredError, match="line 2"):
        Journal(path, HEAD)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"key": "other"}, "another key"),
        ({"source": "other"}, "another source"),
        ({"options": {"size": 256, "bits": 8}}, "size 512, not 256"),
    ],
)
def test_another_run_does_not_go_on_with_it(changed: dict[str, object], told: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    content = written(path, 2)
    with pytest.raises(UsageError, match=told):
        Journal(path, HEAD | changed)
    assert path.read_bytes() == content
