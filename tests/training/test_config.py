"""A recipe is right as a whole, or refused before anything runs."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wetread.errors import ConfigError
from wetread.network import LITE_NAMES
from wetread.training import load_config
from wetread.training.augment import Augmentation
from wetread.training.config import CardText, DataConfig, FitConfig

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
Write = Callable[..., Path]


def method(path: Path) -> str:
    return str(tomllib.loads(path.read_text("utf-8"))["fit"].get("method", "tail"))


# Recipes of other methods are tested beside them.
SHIPPED = [path for path in sorted(CONFIGS.glob("*.toml")) if method(path) in ("tail", "pair", "probe")]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_recipe_is_right(path: Path) -> None:
    config = load_config(path)
    assert config.name == path.stem
    assert config.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert config.network.pretrained
    assert config.network.name in LITE_NAMES
    assert config.card.intended_use().age_years == config.card.age_years
    assert config.fit.folds >= 3


@pytest.mark.requirement("REQ-TRAINING")
def test_the_shipped_recipes_are_those_of_the_released_bundles() -> None:
    assert {path.stem for path in CONFIGS.glob("*.toml")} >= {"adult", "paediatric"}
    adult, paediatric = (load_config(CONFIGS / f"{name}.toml") for name in ("adult", "paediatric"))
    assert adult.data.minimum_age == adult.card.age_years[0] == 18
    assert paediatric.card.age_years[1] <= adult.card.age_years[0], "no film belongs to both"


def test_a_whole_recipe(write_recipe: Write) -> None:
    config = load_config(write_recipe())
    assert config.name == "tiny"
    assert config.data == DataConfig(collection="kermany", index="tiny/index.csv")
    assert config.fit.folds == 2
    assert config.input.height == 64
    assert config.augmentation == Augmentation()
    assert config.card.views == ("PA", "AP")


WRONG = {
    "unknown part": (("[fit]", "[fitting]"), "unknown parts fitting"),
    "unknown setting": (("folds = 2", "fold = 2"), r"tiny.toml \[fit\] has unknown settings fold; known: .*folds"),
    "no name": (('name = "tiny"', ""), "it has no name"),
    "no collection": (('collection = "kermany"', ""), r"\[data\].*collection"),
    "no card": (('population = "made-up films"', ""), r"\[card\].*population"),
    "another collection": (("kermany", "mimic"), r"\[data\].*collection 'mimic' is not known"),
    "no epochs": (("epochs = 6", "epochs = 0"), r"\[fit\].*at least 1"),
    "one fold": (("folds = 2", "folds = 1"), r"\[fit\].*folds at least 2"),
    "learning rate": (("3e-3", "2.0"), r"\[fit\].*learning rate in \(0, 1\)"),
    "frame": (("height = 64", "height = 65"), r"\[input\].*multiple of 32"),
    "network": (("efficientnet_lite0", "densenet"), r"\[network\].*'densenet' is not known"),
    "turn": (("[augmentation]", "[augmentation]\nturn_degrees = -1"), r"\[augmentation\].*not negative"),
    "ages turned round": (("[1, 6]", "[6, 1]"), r"\[card\].*age range"),
    "one age": (("[1, 6]", "[6]"), r"\[card\].*age_years"),
    "no views": (('["PA", "AP"]', "[]"), r"\[card\].*at least one view"),
    "text for a number": (("epochs = 6", 'epochs = "3"'), r"\[fit\].*epochs is '3', not a whole number"),
    "a share of an epoch": (("epochs = 6", "epochs = 2.5"), r"\[fit\].*epochs is 2.5, not a whole number"),
    "yes for a number": (("epochs = 6", "epochs = true"), r"\[fit\].*epochs is True, not a whole number"),
    "text for yes or no": (("dropout = 0.1", 'pretrained = "false"'), r"\[network\].*pretrained is 'false', not true"),
    "text for a list": (('not_for = ["Anything."]', 'not_for = "Anything."'), r"\[card\].*not_for is 'Anything.', not"),
    "text for a list of findings": (("index =", 'auxiliary = "Effusion"\nindex ='), r"\[data\].*auxiliary"),
    "a part that is no part": (("[augmentation]", ""), None),
    "outputs": (("dropout = 0.1", "outputs = 2"), r"2 outputs, but 1 label"),
    "labels": (("index =", 'auxiliary = ["Effusion"]\ngroups = ["Mass"]\nindex ='), r"1 output, but 3 labels"),
    "no starting weights": (("dropout = 0.1", "pretrained = false"), "frozen blocks"),
    "a network that tail cannot cut": (("efficientnet_lite0", "resnet50"), "method tail stands on .*, not on resnet50"),
    "a method": (("epochs = 6", 'method = "boost"'), r"\[fit\].*method is tail or pair or probe"),
    "a probe without a grid": (("epochs = 6", 'method = "probe"'), r"method probe needs \[network\] grid"),
    "a grid without a probe": (("dropout = 0.1", "grid = 2"), r"grid = 2 is for method probe"),
    "no depth": (("epochs = 6", "depths = 0"), r"\[fit\].*depths lies between 1 and 5"),
    "a sixth depth": (("epochs = 6", "depths = 6"), r"\[fit\].*depths lies between 1 and 5"),
    "a teacher without its table": (("index =", 'taught = ["Edema"]\nindex ='), r"\[data\].*belong together"),
    "a teacher of a tail": (
        ('collection = "kermany"', 'collection = "nih"\ntaught = ["Edema"]\nteacher = "t.csv"\nreports = "r.csv"'),
        "taught is for method probe",
    ),
    "no TOML": (("[fit]", "[fit"), "cannot be read"),
}


@pytest.mark.requirement("REQ-TRAINING")
@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_recipe_is_refused_by_the_part_that_is_wrong(
    change: tuple[str, str], message: str | None, write_recipe: Write
) -> None:
    path = write_recipe(change)
    if message is None:  # a part whose settings all have defaults may be left out
        assert load_config(path).augmentation == Augmentation()
        return
    with pytest.raises(ConfigError, match=message):
        load_config(path)


@pytest.mark.parametrize(
    ("grid", "height", "width", "right"),
    [(2, 64, 64, True), (2, 128, 128, True), (3, 64, 64, False), (2, 96, 96, False), (2, 64, 128, False)],
)
def test_a_probe_s_grid_divides_its_frame(grid: int, height: int, width: int, right: bool, write_recipe: Write) -> None:
    path = write_recipe(
        ("epochs = 6", 'method = "probe"'),
        ("dropout = 0.1", f"grid = {grid}"),
        ("height = 64", f"height = {height}"),
        ("width = 64", f"width = {width}"),
    )
    if right:
        assert load_config(path).network.grid == grid
        return
    with pytest.raises(ConfigError, match=r"tiny.toml: a probe's frame is a square of a multiple of"):
        load_config(path)


def test_a_part_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('name = "x"\ndata = 3\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"x.toml \[data\] is a table of settings, not 3"):
        load_config(path)


def test_a_name_is_text(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("name = 3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="its name is 3"):
        load_config(path)


@pytest.mark.parametrize("name", ["../other", "a/b", "", "."])
def test_a_name_is_one_folder(name: str, write_recipe: Write) -> None:
    with pytest.raises(ConfigError, match="its name is"):
        load_config(write_recipe(('name = "tiny"', f'name = "{name}"')))


def test_a_recipe_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "bytes.toml")


def test_whole_numbers_stand_for_others() -> None:
    """TOML writes 18, where the setting is a number with a fraction."""
    assert load_config(CONFIGS / "adult.toml").data.minimum_age == 18


@pytest.mark.parametrize(
    "wrong",
    [
        {"batch": 0},
        {"first_trained": 0},
        {"copies": -1},
        {"weight_decay": -1.0},
        {"auxiliary_weight": -0.1},
        {"components": 0},
        {"penalty": 0.0},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_fitting_refuses(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        FitConfig(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"noise": -0.1}, {"scale": 0.5}, {"stretch": 0.6}, {"shift": 0.5}, {"contrast": 0.5}, {"cover": 1.1}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_augmentation_refuses(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="augmentation strengths"):
        Augmentation(**wrong)


def test_a_card_s_text_is_checked_before_the_run() -> None:
    plain: dict[str, Any] = {
        "version": "1",
        "population": "p",
        "age_years": (1.0, 6.0),
        "views": ("PA",),
        "licence": "l",
        "attribution": "a",
        "labels": "l",
        "not_for": ("n",),
    }
    assert CardText(**plain).intended_use().views == ("PA",)
    with pytest.raises(ConfigError, match="age range"):
        CardText(**plain | {"age_years": (6.0, 6.0)})
    for name in ("version", "population", "licence", "attribution", "labels", "not_for"):
        with pytest.raises(ConfigError, match=name):
            CardText(**plain | {name: type(plain[name])()})


def test_a_setting_without_a_default_is_asked_for_by_name(tmp_path: Path) -> None:
    path = tmp_path / "short.toml"
    path.write_text(
        (Path(__file__).parents[2] / "configs" / "paediatric.toml")
        .read_text("utf-8")
        .replace("age_years = [1, 6]\n", ""),
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match=r"short.toml \[card\] lacks settings that have no default: age_years"):
        load_config(path)
