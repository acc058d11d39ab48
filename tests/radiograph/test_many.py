"""Many films: in order, few at a time, on every worker, and never a process left behind."""

from __future__ import annotations

import gc
import resource
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from radiograph import breaking
from radiograph.films import grey, ramp
from radiograph.test_guard import children, saved
from wetread.errors import ConfigError, CrashError, LimitError
from wetread.radiograph import Facts, IntendedUse, read, read_many
from wetread.radiograph.many import Ask, Crew, Limits, cores


@pytest.fixture(scope="module")
def films() -> list[bytes]:
    """Films that can be told apart by their size."""
    return [saved(grey(ramp(shape=(60, 40 + number)))) for number in range(8)]


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Neither a process, nor a zombie, nor a thread."""
    before, threads = children(), threading.active_count()
    yield
    gc.collect()
    assert children() == before
    assert threading.active_count() == threads


def columns(outcome: object) -> int:
    film = outcome.film  # type: ignore[attr-defined]
    return int(film.shape[1]) if film is not None else 0


@pytest.mark.requirement("REQ-BATCH")
def test_order_is_kept_whichever_is_done_first(films: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    breaking.install(monkeypatch)
    slow = breaking.breaks("sleep 0.7")
    mixed = [slow, films[0], films[1], films[2], slow, films[3], breaking.breaks("segv"), films[4], films[5]]
    outcomes = list(read_many(mixed, workers=2))
    assert [columns(outcome) for outcome in outcomes] == [0, 40, 41, 42, 0, 43, 0, 44, 45]
    assert isinstance(outcomes[6].error, CrashError)


def test_no_source_gives_no_outcome() -> None:
    assert list(read_many([])) == []


def test_sources_are_asked_for_as_they_are_needed(films: list[bytes]) -> None:
    asked: list[int] = []

    def lazy() -> Iterator[bytes]:
        for number in range(1000):
            asked.append(number)
            yield films[number % 8]

    outcomes = read_many(lazy(), workers=2)
    assert asked == [], "nothing happens before the first film is wanted"
    for place in range(20):
        assert columns(next(outcomes)) == 40 + place % 8
        assert len(asked) <= place + 2 * 2 + 1
    outcomes.close()
    assert len(asked) < 30


def test_a_thousand_films_take_the_memory_of_a_few() -> None:
    film = saved(grey(ramp(shape=(500, 400))))  # 0.8 MB of pixels: 800 MB in all
    peaks = []
    for place, outcome in enumerate(read_many((film for _ in range(1000)), workers=2)):
        assert outcome.film is not None
        if place in (100, 999):
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    assert place == 999
    assert peaks[1] - peaks[0] < 30, "MiB"


def test_closing_early_ends_the_workers_at_once(films: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    breaking.install(monkeypatch)
    before = children()
    outcomes = read_many([films[0], *[breaking.breaks("sleep 60")] * 5], workers=2)
    assert columns(next(outcomes)) == 40
    assert children() - before
    begun = time.monotonic()
    outcomes.close()
    assert children() == before
    assert time.monotonic() - begun < 5


def test_an_iterator_that_is_dropped_ends_its_workers(films: list[bytes]) -> None:
    before = children()
    outcomes = read_many(films * 10, workers=2)
    next(outcomes)
    assert children() - before
    del outcomes
    gc.collect()
    assert children() == before


def test_a_crew_that_is_dropped_ends_its_workers(films: list[bytes]) -> None:
    before = children()
    crew = Crew(1)
    assert columns(crew.read_one(films[2], Ask())) == 42
    assert children() - before
    del crew
    gc.collect()
    assert children() == before


def test_a_failing_source_ends_the_workers(films: list[bytes]) -> None:
    before = children()

    def broken() -> Iterator[bytes]:
        yield films[0]
        raise RuntimeError("the list of films ended badly")

    with pytest.raises(RuntimeError, match="ended badly"):
        list(read_many(broken(), workers=1))
    assert children() == before


def test_an_interruption_passes_and_ends_the_workers(films: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    breaking.install(monkeypatch)
    before = children()
    main = threading.main_thread().ident
    assert main is not None

    def interrupt() -> None:
        import signal

        signal.pthread_kill(main, signal.SIGINT)

    outcomes = read_many([films[0], breaking.breaks("sleep 60")], workers=1)
    next(outcomes)
    threading.Timer(0.3, interrupt).start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        next(outcomes)
    assert time.monotonic() - begun < 10
    del outcomes
    gc.collect()
    assert children() == before


def test_several_at_once_from_several_threads(films: list[bytes]) -> None:
    found: dict[int, list[int]] = {}

    def read_all(number: int) -> None:
        found[number] = [columns(outcome) for outcome in read_many(films[number:], workers=1)]

    threads = [threading.Thread(target=read_all, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [40 + place for place in range(number, 8)] for number in range(3)}


def test_paths_bytes_and_image_files_together(films: list[bytes], tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "film").write_bytes(films[1])
    Image.fromarray(ramp(8, (50, 30)).astype(np.uint8)).save(tmp_path / "film.png")
    outcomes = list(read_many([tmp_path / "film", str(tmp_path / "film.png"), films[2]], view="PA", workers=2))
    assert [columns(outcome) for outcome in outcomes] == [41, 30, 42]
    assert [outcome.facts.view for outcome in outcomes if outcome.facts] == ["PA"] * 3
    assert outcomes[1].facts == read(tmp_path / "film.png", view="PA").facts


def test_the_view_of_image_files_alone(films: list[bytes], tmp_path: Path) -> None:
    from PIL import Image

    Image.fromarray(ramp(8, (50, 30)).astype(np.uint8)).save(tmp_path / "film.png")
    with Crew(1) as crew:
        outcomes = list(crew.read([films[0], tmp_path / "film.png"], Ask(view="PA", images_only=True)))
    assert [outcome.facts.view for outcome in outcomes if outcome.facts] == [None, "PA"]


def test_a_film_that_every_use_forbids_is_not_decoded() -> None:
    adults, children_ = IntendedUse(age_years=(18, 120)), IntendedUse(age_years=(1, 6))
    shape = (300, 300)
    header = {"ViewPosition": "PA", "BodyPartExamined": "CHEST", "PresentationIntentType": "FOR PRESENTATION"}
    child = grey(ramp(shape=shape), **header, PatientAge="004Y")
    lateral = grey(ramp(shape=shape), **(header | {"ViewPosition": "LL"}), PatientAge="004Y", PixelData=b"cut")
    ask = {"uses": (adults, children_), "workers": 1}
    read_, forbidden = read_many([saved(child), saved(lateral)], **ask)  # type: ignore[arg-type]
    assert read_.film is not None
    assert (forbidden.film, forbidden.error) == (None, None), "its picture was never looked at"
    assert forbidden.facts is not None
    assert forbidden.facts.view == "LATERAL"
    (forbidden,) = read_many([saved(child)], uses=(adults,), workers=1)
    assert (forbidden.film, forbidden.error) == (None, None)
    (broken,) = read_many([saved(lateral)], workers=1)
    assert broken.error is not None
    assert broken.facts is not None, "facts and error both"
    (constancy,) = read_many([saved(child)], uses=(children_,), constancy=True, workers=1)
    assert constancy.film is None, "a patient's film is no constancy film"


def test_enough_comes_reduced_and_no_less() -> None:
    film = saved(grey(ramp(shape=(1000, 900))))
    small, whole = (next(read_many([film], enough=frame, workers=1)) for frame in ((100, 100), None))
    assert small.film is not None
    assert whole.film is not None
    assert small.film.reduction > 1 == whole.film.reduction
    assert small.film.shape == whole.film.shape == (1000, 900)
    np.testing.assert_array_equal(small.film.pixels, read(film, enough=(100, 100)).pixels)


def test_facts_are_told_while_the_film_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    breaking.install(monkeypatch)
    slow = saved(grey(ramp(), ImageComments="BREAK sleep 1"))
    seen: list[tuple[Facts, float]] = []
    with Crew(1) as crew:
        (outcome,) = crew.read([slow], Ask(), seen=lambda facts: seen.append((facts, time.monotonic())))
    assert outcome.film is not None
    assert [facts for facts, _ in seen] == [outcome.facts]
    assert time.monotonic() - seen[0][1] > 0.8


@pytest.mark.requirement("REQ-CRASH")
@pytest.mark.parametrize(("how", "kind"), [("segv", CrashError), ("memory", LimitError), ("sleep 60", LimitError)])
def test_a_picture_that_breaks_its_codec_leaves_the_facts(
    monkeypatch: pytest.MonkeyPatch, how: str, kind: type[Exception]
) -> None:
    breaking.install(monkeypatch)
    broken = saved(grey(ramp(), ImageComments=f"BREAK {how}", PatientAge="050Y"))
    (outcome,) = read_many([broken], workers=1, limits=Limits(seconds=1.5, megabytes=700))
    assert isinstance(outcome.error, kind)
    assert outcome.film is None
    assert outcome.facts is not None
    assert outcome.facts.age_years == 50
    assert len(outcome.sha256) == 64


def test_one_film_goes_before_those_that_wait(films: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    breaking.install(monkeypatch)
    with Crew(1) as crew:
        outcomes = crew.read([films[0], films[1], breaking.breaks("sleep 0.5")], Ask())
        assert columns(next(outcomes)) == 40
        assert columns(crew.read_one(films[7], Ask())) == 47
        assert [columns(outcome) for outcome in outcomes] == [41, 0]


def test_a_closed_crew_reads_nothing(films: list[bytes]) -> None:
    crew = Crew(1)
    crew.close()
    crew.close()
    with pytest.raises(ValueError, match="closed"):
        crew.read_one(films[0], Ask())


@pytest.mark.requirement("REQ-LIMITS")
def test_an_overdue_film_behind_the_first_is_stopped_too(films: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    breaking.install(monkeypatch)
    slow = breaking.breaks("sleep 60")
    outcomes = list(read_many([slow, slow, films[0], slow, films[1]], workers=2, limits=Limits(seconds=0.4)))
    assert [type(outcome.error) for outcome in outcomes] == [LimitError, LimitError, type(None), LimitError, type(None)]
    assert [columns(outcomes[place]) for place in (2, 4)] == [40, 41]


def test_at_least_one_worker() -> None:
    assert cores() >= 1
    with pytest.raises(ConfigError, match="at least one worker"):
        list(read_many([b""], workers=0))


def test_the_guard_is_light() -> None:
    """A worker is on its way before NumPy and pydicom are loaded here."""
    import subprocess

    code = "import sys; import wetread.radiograph.many; print([n for n in ('numpy', 'pydicom', 'PIL') if n in sys.modules])"
    source = Path(__file__).resolve().parents[2] / "src"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(source)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
