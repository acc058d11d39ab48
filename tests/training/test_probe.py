"""A linear map on frozen features: what it learns, and that its map is its own account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from training.made import write_collection
from wetread.errors import ConfigError
from wetread.intervals import auroc
from wetread.network import LITE_NAMES, NetworkSpec, build, build_probe
from wetread.preprocess import prepare_pixels
from wetread.training import FilmSet, TrainConfig, load_config, load_films
from wetread.training.config import DataConfig
from wetread.training.films import pixels
from wetread.training.probe import Probe
from wetread.training.run import development

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's exporter, of its successor


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> FilmSet:
    """Twenty-four films; only the recipe's table is needed to lay them out."""
    data = write_collection(tmp_path_factory.mktemp("probe") / "tiny")
    return development(load_films(DataConfig(collection="kermany", index="tiny/index.csv"), data))


@pytest.fixture
def config(write_recipe: Callable[..., Path]) -> TrainConfig:
    changes = (
        ("dropout = 0.1", "grid = 2"),
        ("first_trained = 15", 'method = "probe"\ncomponents = 8\npenalty = 0.01'),
    )
    return load_config(write_recipe(*changes))


def test_a_probe_learns_and_its_map_s_mean_is_its_logit(config: TrainConfig, films: FilmSet) -> None:
    probe = Probe(config, films)
    places = np.arange(len(films))
    logits, maps = probe.score(places[places % 2 == 0], places[places % 2 == 1], 0)
    assert logits.shape == (12, 1)
    assert maps.shape == (12, 1, 2, 2)
    np.testing.assert_allclose(maps.mean(axis=(2, 3)), logits, atol=1e-4)
    assert auroc(logits[:, 0], films.labels[1::2, 0])[0] > 0.7


def test_the_whole_network_gives_the_answers_of_its_parts(config: TrainConfig, films: FilmSet) -> None:
    """Features come from the engine while fitting and from the film in the clinic: one answer."""
    fitted = Probe(config, films)
    places = np.arange(len(films))
    by_parts, _ = fitted.score(places, places[:4], 0)
    network = fitted.fit(places, 0)
    assert not network.training
    batch = np.stack([prepare_pixels(picture, config.input) for picture in pixels(films.paths[:4])])
    with torch.no_grad():
        whole, _ = network(torch.from_numpy(batch))
    np.testing.assert_allclose(by_parts, whole.numpy(), atol=2e-3)
    assert float(whole.std()) > 0.05


def test_films_outside_do_not_reach_the_fit(config: TrainConfig, films: FilmSet) -> None:
    inside = np.arange(0, 24, 2)
    turned = films.labels.copy()
    turned[1::2] = 1 - turned[1::2]
    other = replace(films, labels=turned)
    one, two = (Probe(config, chosen).fit(inside, 0) for chosen in (films, other))
    assert torch.equal(one.weight, two.weight)
    assert torch.equal(one.bias, two.bias)
    assert float(one.weight.detach().abs().max()) > 0


def test_the_linear_map_is_the_regression_it_came_from(
    config: TrainConfig, films: FilmSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standardising, turning and fitting are written as one map: it must say what the regression itself says."""
    decided: list[NDArray[np.float64]] = []

    class Recorded(LogisticRegression):
        def fit(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Recorded:
            super().fit(x, y)
            decided.append(self.decision_function(x))
            return self

    monkeypatch.setattr("sklearn.linear_model.LogisticRegression", Recorded)
    places = np.arange(len(films))
    plain, _ = Probe(config, films).score(places, places, 0)
    np.testing.assert_allclose(plain[:, 0], decided.pop(), atol=2e-3)
    assert not decided
    # With a group, its regression's log-odds and pneumonia's are averaged; what lies between them is not looked at.
    grouped = replace(films, labels=np.hstack([films.labels, films.labels[::-1], films.labels[::-1]]))
    with_group = replace(config, data=replace(config.data, auxiliary=("Other",), groups=("Any",)))
    both, _ = Probe(with_group, grouped).score(places, places, 0)
    assert len(decided) == 2
    assert np.abs(decided[0] - decided[1]).max() > 0.1
    np.testing.assert_allclose(both[:, 0], np.mean(decided, axis=0), atol=2e-3)


def test_a_teacher_s_word_is_followed_and_not_the_label_s(config: TrainConfig, films: FilmSet) -> None:
    """The soft target here says the label's opposite: a probe that looked at the label would be seen at once."""
    soft = np.where(films.labels[:, 0] == 1, -2.0, 1.0).astype(np.float32)
    both = replace(films, labels=np.column_stack([films.labels, soft]))
    data = DataConfig(collection="nih", index="i", taught=("Pneumonia",), teacher="t", reports="r")
    places = np.arange(len(films))
    logits, maps = Probe(replace(config, data=data), both).score(places[::2], places[1::2], 0)
    assert auroc(logits[:, 0], films.labels[1::2, 0])[0] < 0.3
    np.testing.assert_allclose(maps.mean(axis=(2, 3)), logits, atol=1e-4)
    # With hardly a penalty the values themselves come back.
    free = replace(config, data=data, fit=replace(config.fit, penalty=1e6, components=23))
    fitted, _ = Probe(free, both).score(places, places, 0)
    np.testing.assert_allclose(fitted[:, 0], soft, atol=0.02)


def test_a_probe_listens_to_as_many_depths_as_it_is_told(config: TrainConfig, films: FilmSet) -> None:
    fitted = Probe(replace(config, fit=replace(config.fit, depths=2)), films)
    weight = fitted.fit(np.arange(len(films)), 0).weight.detach()
    heard = sum(build_probe(replace(config.network, pretrained=False)).channels[:2])
    assert heard == 40 + 80
    assert not weight[:, heard:].any()
    assert weight[:, :heard].abs().min() > 0
    assert Probe(config, films).fit(np.arange(len(films)), 0).weight.detach()[:, heard:].any()


def test_a_feature_that_was_silent_does_not_decide(config: TrainConfig, films: FilmSet) -> None:
    """One that hardly varied among the films fitted on would, standardised, drown all others on a film where it does."""
    probe = Probe(config, films)
    places = np.arange(len(films))
    usual = np.median(probe._features.reshape(24, -1).std(axis=0))
    probe._features[:, 0, 0, 0] = 1e-5 * usual * films.labels[:, 0]
    quiet, _ = probe.score(places[:20], places[20:], 0)
    probe._features[20:, 0, 0, 0] = 3 * usual
    loud, _ = probe.score(places[:20], places[20:], 0)
    assert np.abs(loud - quiet).max() < 0.5


@torch.no_grad()
@pytest.mark.parametrize("name", LITE_NAMES)
def test_features_are_means_over_cells_of_five_depths(name: str) -> None:
    torch.manual_seed(0)
    probe = build_probe(NetworkSpec(name, pretrained=False, grid=2)).eval()
    film = torch.rand(1, 1, 64, 64)
    found = probe.features(film)
    trunk = probe.trunk
    head = trunk.features(film)
    torch.testing.assert_close(found[:, -1280:], head)  # 64 px: two cells a side are left at the head
    x, ends = film, []
    for place in range(len(trunk.blocks)):
        x = trunk.features(x, place, place + 1)
        if place + 1 == len(trunk.blocks) or not trunk.blocks[place + 1].residual:
            ends.append(x)  # the last block of a stage
    assert len(ends) == 7
    pooled = [torch.nn.functional.adaptive_avg_pool2d(end, 2) for end in ends[2:6]]
    torch.testing.assert_close(found[:, :-1280], torch.cat(pooled, dim=1))
    assert found.shape[1] == probe.weight.shape[1]


def test_a_new_probe_knows_nothing_and_its_trunk_is_frozen() -> None:
    probe = build_probe(NetworkSpec(grid=4))
    assert not probe.weight.any()
    assert {name for name, parameter in probe.named_parameters() if parameter.requires_grad} == {"weight", "bias"}
    plain = build(NetworkSpec())
    assert torch.equal(probe.trunk.stem[1].weight, plain.stem[1].weight), "from the same ImageNet weights"


def test_a_probe_needs_a_grid() -> None:
    with pytest.raises(ConfigError, match="grid of at least one cell"):
        build_probe(NetworkSpec(pretrained=False))
