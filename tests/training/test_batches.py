"""Batches out of the cache, known by seed, epoch and step alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from training.films import FRAME, spec, write_films
from wetread.errors import ConfigError
from wetread.training.augment import Augmentation
from wetread.training.augmented import augmented_picture
from wetread.training.batches import Batch, Batches, BatchSpec
from wetread.training.cache import Cache, open_cache
from wetread.training.table import TrainTable, load_table


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainTable, Cache]:
    folder = tmp_path_factory.mktemp("films")
    table = load_table(
        spec(missing="mask", outputs=("pneumonia", "Edema")), write_films(folder, 14, changes={3: {"label": ""}})
    )
    return table, open_cache(table, FRAME, folder / "cache", workers=1)


def dealt(
    films: tuple[TrainTable, Cache], places: list[int] | None = None, how: Augmentation | None = None, **changes: object
) -> Batches:
    table, cache = films
    chosen = np.arange(len(table)) if places is None else np.array(places)
    return Batches(cache, table.labels, chosen, BatchSpec(**({"batch": 4} | changes)), how)


def same(one: Batch, other: Batch) -> bool:
    alike = [torch.equal(a, b) for a, b in zip(one[:3], other[:3], strict=True)]
    return all(alike) and one.places.tolist() == other.places.tolist()


def test_an_epoch_holds_each_film_once_in_even_batches(films: tuple[TrainTable, Cache]) -> None:
    batches = dealt(films)
    found = list(batches.epoch(0))
    assert len(found) == len(batches) == 4
    assert sorted(len(batch.places) for batch in found) == [3, 3, 4, 4]
    assert sorted(np.concatenate([batch.places for batch in found])) == list(range(14))
    assert [batch.places.tolist() for batch in batches.epoch(1)] != [batch.places.tolist() for batch in found]


def test_images_labels_and_weights_belong_to_their_places(films: tuple[TrainTable, Cache]) -> None:
    table, cache = films
    for batch in dealt(films).epoch(0):
        assert batch.images.shape == (len(batch.places), 1, 64, 64)
        assert batch.images.dtype == batch.labels.dtype == batch.weights.dtype == torch.float32
        assert np.abs(batch.images.numpy() - cache.take(batch.places)).max() < 1e-6
        unsaid = np.isnan(table.labels[batch.places])
        assert (batch.labels.numpy() == np.where(unsaid, 0, table.labels[batch.places])).all()
        assert (batch.weights.numpy() == ~unsaid).all()


@pytest.mark.requirement("REQ-TRAINING")
@pytest.mark.parametrize("sampling", ["natural", "weighted"])
def test_a_run_goes_on_at_any_step_as_if_it_had_never_stopped(films: tuple[TrainTable, Cache], sampling: str) -> None:
    whole = list(dealt(films, how=Augmentation(), sampling=sampling).epoch(2))
    for start in range(5):
        rest = list(dealt(films, how=Augmentation(), sampling=sampling).epoch(2, start))
        assert len(rest) == 4 - min(start, 4)
        assert all(same(one, other) for one, other in zip(rest, whole[start:], strict=True))
    assert same(dealt(films, how=Augmentation(), sampling=sampling).at(2, 3), whole[3])


def test_the_chance_of_others_does_not_matter(films: tuple[TrainTable, Cache]) -> None:
    first = dealt(films, how=Augmentation()).at(0, 1)
    torch.rand(7)
    np.random.default_rng(0).random()
    assert same(dealt(films, how=Augmentation()).at(0, 1), first)


def test_seeds_epochs_and_steps_change_films_otherwise(films: tuple[TrainTable, Cache]) -> None:
    def copy(seed: int, epoch: int) -> torch.Tensor:
        return dealt(films, [2], Augmentation(), batch=1, seed=seed).at(epoch, 0).images

    assert not torch.equal(copy(0, 0), copy(0, 1))
    assert not torch.equal(copy(0, 0), copy(1, 0))


def test_an_epoch_that_is_left_early_leaves_no_thread(films: tuple[TrainTable, Cache]) -> None:
    import threading

    found = dealt(films, how=Augmentation()).epoch(0)
    next(found)
    found.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("wetread-batches")]


@pytest.mark.requirement("REQ-ONE-PREPROCESSING", "REQ-AUGMENTATION")
def test_films_are_scored_unchanged_and_in_order(films: tuple[TrainTable, Cache]) -> None:
    batches = dealt(films, [9, 2, 5], Augmentation())
    found = list(batches.plain(2))
    assert [batch.places.tolist() for batch in found] == [[9, 2], [5]]
    assert np.abs(found[0].images.numpy() - films[1].take(np.array([9, 2]))).max() < 1e-6


def test_balanced_batches_are_half_and_half(films: tuple[TrainTable, Cache]) -> None:
    table, _ = films
    said = np.flatnonzero(~np.isnan(table.labels[:, 0])).tolist()
    for batch in dealt(films, said, sampling="balanced").epoch(0):
        assert abs(2 * int(batch.labels[:, 0].sum()) - len(batch.places)) <= 1
    with pytest.raises(ConfigError, match="balanced sampling needs"):
        dealt(films, sampling="balanced")


def test_a_depth_of_16_bits_is_dealt_out_too(films: tuple[TrainTable, Cache], tmp_path: Path) -> None:
    table, cache = films
    deep = open_cache(table, FRAME, tmp_path, depth=16, workers=1)
    batch = Batches(deep, table.labels, np.arange(14), BatchSpec(batch=4)).at(0, 0)
    assert np.abs(batch.images.numpy() - cache.take(batch.places)).max() < 0.5 / 255 + 1e-5


def test_films_that_cannot_be_read_and_none_at_all_are_refused(films: tuple[TrainTable, Cache]) -> None:
    table, cache = films
    with pytest.raises(ConfigError, match="nothing to train on"):
        dealt(films, [])
    broken = cache.of(np.arange(14))
    broken.good[4] = False
    with pytest.raises(ConfigError, match="1 of the films to train on cannot be read"):
        Batches(broken, table.labels, np.arange(14), BatchSpec())


@pytest.mark.parametrize("change", [{"batch": 0}, {"sampling": "often"}, {"focal": -1.0}, {"seed": -1}])
def test_settings_out_of_range_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        BatchSpec(**change)


def test_the_picture_of_examples_has_a_column_for_each_change(films: tuple[TrainTable, Cache]) -> None:
    _, cache = films
    sheet = augmented_picture(cache, np.array([0, 1]), Augmentation(blur=4), together=2)
    assert sheet.mode == "L"
    assert sheet.size == (12 * 68 + 4, 2 * 68 + 22)  # as it is, nine changes (no mirror image), twice all together
    first = np.asarray(sheet)[18:82, 4:68]
    assert (first == cache.raw(np.array([0]))[0]).all()
    columns = [np.asarray(sheet)[18:82, 4 + 68 * place : 68 + 68 * place] for place in range(12)]
    assert all((column != first).any() for column in columns[1:])
    assert augmented_picture(cache, np.array([0]), Augmentation(noise=0, flip=0.2)).size[0] == 13 * 68 + 4
    assert (
        augmented_picture(cache, np.array([0]), Augmentation(), seed=4).tobytes()
        != augmented_picture(cache, np.array([0]), Augmentation()).tobytes()
    )
    with pytest.raises(ConfigError, match="at least one film"):
        augmented_picture(cache, np.array([], np.int64), Augmentation())
