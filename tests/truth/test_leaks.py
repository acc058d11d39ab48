"""The leak guard: each kind of planted leak stops the run and is named, and nothing else does."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from wetread.collections import load
from wetread.collections.schema import finish
from wetread.errors import DataError, LeakError, UnreadableError
from wetread.truth.fingerprints import Prints, coarse, fine, fingerprint, read_prints, thumbnail
from wetread.truth.leaks import BOUND, CANDIDATE, find_leaks, guard, near_pairs

RESULTS = Path(__file__).resolve().parents[2] / "results" / "leaks.json"


def chest(seed: int, size: int = 256) -> Image.Image:
    """A picture with the shape that all films share and a texture of its own."""
    dice = np.random.default_rng(seed)
    rows, columns = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    lungs = np.exp(-((np.abs(columns) - 0.4) ** 2 / 0.05 + rows**2 / 0.3))
    texture = gaussian_filter(dice.normal(size=(size, size)), size / 64)
    grey = 0.7 - 0.5 * lungs + 0.1 * texture / texture.std()
    return Image.fromarray(np.clip(grey * 255, 0, 255).astype(np.uint8))


def saved(folder: Path, name: str, image: Image.Image, **options: int) -> str:
    image.save(folder / name, **options)
    return str(folder / name)


def table_of(paths: list[str], patients: list[str], sides: list[str | None]) -> pl.DataFrame:
    rows = pl.DataFrame(
        {"film_id": [Path(path).name for path in paths], "path": paths, "patient_id": patients, "split": sides}
    )
    rows = rows.with_columns(collection=pl.lit("made"), label_source=pl.lit("none"))
    return finish(rows.lazy()).collect()


@pytest.fixture
def films(tmp_path: Path) -> list[str]:
    return [saved(tmp_path, f"{place}.png", chest(place)) for place in range(6)]


SIDES: list[str | None] = ["train", "train", "train", "test", "test", None]


def apart(films: list[str], extra: list[str] = [], sides: list[str | None] = []) -> tuple[pl.DataFrame, Prints]:  # noqa: B006
    """Six films of six patients on two sides, and what is planted beside them, each of a patient of its own."""
    paths = [*films, *extra]
    table = table_of(paths, [f"p{place}" for place in range(len(paths))], [*SIDES, *sides])
    return table, read_prints(paths)


def test_films_of_different_patients_pass(films: list[str]) -> None:
    table, prints = apart(films)
    assert find_leaks(table, prints) == ()
    assert guard(table, prints) is None


@pytest.mark.requirement("REQ-SPLIT")
def test_the_same_patient_is_told_by_films_not_by_name(films: list[str]) -> None:
    table = table_of(films, ["SECRET"] * 2 + ["b", "SECRET", "c", "SECRET"], SIDES)
    with pytest.raises(LeakError, match=r"the same patient: 1 pair, 0\.png \(train\) and 3\.png \(test\)") as caught:
        guard(table)
    assert "SECRET" not in str(caught.value)


@pytest.mark.requirement("REQ-SPLIT")
def test_the_same_bytes_under_another_name(films: list[str], tmp_path: Path) -> None:
    copy = tmp_path / "copy.png"
    copy.write_bytes(Path(films[0]).read_bytes())
    table, prints = apart(films, [str(copy)], ["test"])
    (leak,) = find_leaks(table, prints)
    assert (leak.kind, leak.films, leak.sides) == ("bytes", ("0.png", "copy.png"), ("train", "test"))
    hashes = [*["a" * 64], *[None] * 5, "a" * 64]
    (told,) = find_leaks(table.with_columns(sha256=pl.Series(hashes, dtype=pl.String)))
    assert (told.kind, told.films) == ("bytes", ("0.png", "copy.png"))


@pytest.mark.requirement("REQ-SPLIT")
def test_the_same_pixels_in_another_file(films: list[str], tmp_path: Path) -> None:
    copy = saved(tmp_path, "copy.tif", Image.open(films[1]))
    table, prints = apart(films, [copy], ["test"])
    (leak,) = find_leaks(table, prints)
    assert (leak.kind, leak.films) == ("pixels", ("1.png", "copy.tif"))
    with pytest.raises(LeakError, match=r"the same pixels: 1 pair, 1\.png \(train\) and copy\.tif \(test\)"):
        guard(table, prints)


@pytest.mark.requirement("REQ-SPLIT")
@pytest.mark.parametrize("kind", ["small and recompressed", "brighter", "inverted", "all of it"])
def test_a_near_copy(films: list[str], tmp_path: Path, kind: str) -> None:
    image = Image.open(films[4])
    if kind in ("small and recompressed", "all of it"):
        image = image.resize((128, 128), Image.Resampling.BICUBIC)
    if kind in ("brighter", "all of it"):
        image = image.point([min(255, round(255 * (level / 255) ** 0.8 + 5)) for level in range(256)])
    if kind == "inverted":
        image = image.point([255 - level for level in range(256)])
    copy = saved(tmp_path, "copy.jpg", image, quality=50)
    table, prints = apart(films, [copy], ["train"])
    (leak,) = find_leaks(table, prints)
    assert (leak.kind, set(leak.films)) == ("near", {"4.png", "copy.jpg"})
    assert abs(leak.likeness) > BOUND
    assert (leak.likeness < 0) == (kind == "inverted")
    with pytest.raises(LeakError, match="nearly the same picture: 1 pair"):
        guard(table, prints)
    assert guard(table, prints, allow=[("copy.jpg", "4.png")]) is None


def test_only_near_copies_can_be_allowed(films: list[str], tmp_path: Path) -> None:
    copy = tmp_path / "copy.png"
    copy.write_bytes(Path(films[0]).read_bytes())
    table, prints = apart(films, [str(copy)], ["test"])
    assert [leak.kind for leak in find_leaks(table, prints, allow=[("0.png", "copy.png")])] == ["bytes"]
    same = table.with_columns(patient_id=pl.lit("one"))
    assert [leak.kind for leak in find_leaks(same, allow=[("0.png", "3.png")])] == ["patient"]


def test_copies_on_one_side_or_on_none_are_no_leak(films: list[str], tmp_path: Path) -> None:
    copies = [saved(tmp_path, f"copy{place}.jpg", Image.open(films[0]), quality=60) for place in range(2)]
    assert find_leaks(*apart(films, copies, ["train", None])) == ()


def test_each_pair_is_told_once_and_every_kind_in_one_message(films: list[str], tmp_path: Path) -> None:
    copy = tmp_path / "copy.png"
    copy.write_bytes(Path(films[0]).read_bytes())
    near = saved(tmp_path, "near.jpg", Image.open(films[1]), quality=50)
    table, prints = apart(films, [str(copy), near], ["test", "test"])
    table = table.with_columns(patient_id=pl.Series(["a", "b", "c", "c", "d", "e", "a", "f"]))
    assert [leak.kind for leak in find_leaks(table, prints)] == ["patient", "patient", "near"]
    with pytest.raises(LeakError, match=r"the same patient: 2 pairs, .*\. And nearly the same picture: 1 pair, 1\.png"):
        guard(table, prints)


def test_three_sides_are_compared_each_with_each(films: list[str]) -> None:
    table = table_of(films, list("abcabc"), ["train", "tune", "test", "tune", "test", "train"])
    pairs = {leak.sides for leak in find_leaks(table)}
    assert pairs == {("train", "tune"), ("tune", "test"), ("test", "train")}


def test_a_film_that_cannot_be_compared_is_told(films: list[str], tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"broken\.png cannot be read"):
        read_prints([films[0], tmp_path / "broken.png"])
    with pytest.raises(DataError, match=r"gone\.png cannot be read: the file cannot be opened"):
        read_prints([tmp_path / "gone.png"])
    with pytest.raises(DataError, match="fingerprints of 2 films for a table of 6"):
        find_leaks(table_of(films, list("abcdef"), SIDES), read_prints(films[:2]))
    assert len(read_prints([])) == 0


def test_films_that_cannot_be_read_are_told_by_place_where_somebody_asks(films: list[str], tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    steps: list[int] = []
    lost: dict[int, UnreadableError] = {}
    paths = [films[0], None, tmp_path / "broken.png", None, films[0]]
    prints = read_prints(paths, step=lambda: steps.append(1), unreadable=lost)
    assert list(lost) == [2]
    assert len(steps) == 3
    assert [bool(one) for one in prints.pixels_sha256] == [True, False, False, False, True]
    table = table_of([films[0], *"bcd", films[1]], list("abcde"), ["train", "train", "test", "test", "test"])
    (leak,) = find_leaks(table, prints)
    assert (leak.kind, leak.films) == ("bytes", ("0.png", "1.png")), (
        "films without a picture are no copies of each other"
    )


def test_blank_films_are_alike_by_pixels_only(tmp_path: Path) -> None:
    blank = [saved(tmp_path, f"blank{level}.png", Image.new("L", (80, 80), level)) for level in (0, 0, 255)]
    prints = read_prints(blank)
    assert not fine(prints.thumbnails).any()
    assert not coarse(prints.thumbnails).any()
    assert prints.pixels_sha256[0] == prints.pixels_sha256[1] != prints.pixels_sha256[2]


def test_a_fingerprint_has_length_one_and_knows_no_brightness() -> None:
    small = thumbnail(np.asarray(chest(3), np.float32))
    flatter = small // 2 + 20
    both = fine(np.stack([small, flatter]))
    assert np.linalg.norm(both, axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert float(both[0] @ both[1]) > 0.97


def test_the_shape_belongs_to_the_hash_of_pixels() -> None:
    flat = np.arange(6400, dtype=np.float32)
    assert fingerprint(flat.reshape(80, 80))[1] != fingerprint(flat.reshape(64, 100))[1]


def test_fingerprints_belong_together() -> None:
    with pytest.raises(DataError, match="uint8 of 64 x 64"):
        Prints(np.zeros((1, 32, 32), np.uint8), ("",), ("",))
    with pytest.raises(DataError, match="a small picture and two hashes"):
        Prints(np.zeros((1, 64, 64), np.uint8), (), ("",))


def test_blocks_miss_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wetread.truth.leaks._ROWS", 3)
    monkeypatch.setattr("wetread.truth.leaks._COLUMNS", 4)
    one = np.stack([thumbnail(np.asarray(chest(seed, 64), np.float32)) for seed in range(11)])
    pictures = np.concatenate([one, one[::-1]])
    hits = list(near_pairs(pictures, np.arange(11), np.arange(11, 22)))
    assert sorted((first, second) for first, second, _ in hits) == [(place, 21 - place) for place in range(11)]
    assert min(likeness for *_, likeness in hits) == pytest.approx(1, abs=1e-5)


def test_the_guard_on_real_films(shared_data: Path, tmp_path: Path) -> None:
    """A copy of a real film, reduced and recompressed, among films of other patients."""
    table = load("csv", shared_data / "nih_384").unique("patient_id", keep="first", maintain_order=True).head(60)
    reduced = Image.open(table["path"][7]).convert("L").resize((200, 200))
    file = BytesIO()
    reduced.save(file, "JPEG", quality=50)
    (tmp_path / "copy.jpg").write_bytes(file.getvalue())
    copy = table[7].with_columns(
        film_id=pl.lit("copy.jpg"), path=pl.lit(str(tmp_path / "copy.jpg")), patient_id=pl.lit("another")
    )
    both = pl.concat([table, copy]).with_columns(split=pl.Series(["train"] * 40 + ["test"] * 21))
    (leak,) = find_leaks(both, read_prints(both["path"].to_list()))
    assert (leak.kind, leak.films) == ("near", (table["film_id"][7], "copy.jpg"))


def test_the_measured_rates_are_those_of_this_bound() -> None:
    told = json.loads(RESULTS.read_text("utf-8"))
    assert (told["bound"], told["candidate"]) == (BOUND, CANDIDATE)
    assert told["different_patients"]["patients_in_a_false_alarm"]["count"] == 0
    assert told["different_patients"]["highest_likeness"] < BOUND
    found = told["altered_copies_found"]
    assert told["resized_from_1024_found"]["value"] == 1
    assert told["resized_from_1024_found"]["other_pairs"]["of_two_patients"] == 0
    for name in ("half the size, JPEG quality 50", "JPEG quality 20", "half the size, JPEG quality 50, gamma 0.8"):
        assert found[name]["value"] == 1
