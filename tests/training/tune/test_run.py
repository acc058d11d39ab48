"""A drawn collection through a whole run: what the run folder holds, and that it is right."""

from __future__ import annotations

import csv
import json
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from training.tune.conftest import Made
from training.tune.drawn import read_labels, recipe, write_films, write_labels
from wetread.errors import DataError, UsageError
from wetread.intervals import auroc
from wetread.preprocess import prepare
from wetread.radiograph import read
from wetread.training.runfolder import open_folder
from wetread.training.tune import Means, load_recipe, open_run, tune
from wetread.training.tune.judge import COLUMNS


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_folder_says_what_the_run_is_about(made: Made) -> None:
    about = json.loads((made.run.folder / "run.json").read_text("utf-8"))
    assert (made.run.folder / "config.toml").read_bytes() == made.recipe.text
    assert load_recipe(made.run.folder / "config.toml") == made.recipe
    assert about["recipe"]["fit"]["head_faster"] == 3.0, "defaults are written out"
    assert about["finished"] is True
    assert made.run.is_finished
    assert about["outputs"] == ["pneumonia"]
    assert about["plan"]["tuned"] == []
    assert len(about["plan"]["added"]) > 5, "from nothing, every layer is added"
    assert {"torch", "pytorch-lightning", "device", "threads"} <= set(about["environment"])
    assert sum(side["films"] for side in about["films"].values()) == 48


@pytest.mark.requirement("REQ-TRAINING")
def test_nobody_stands_on_two_sides_of_a_fit(made: Made) -> None:
    rows = table(made.run.folder / "splits.csv")
    fits = {row["fit"] for row in rows}
    assert fits == {"fold-0", "fold-1", "final"}
    for fit in fits:
        mine = [row for row in rows if row["fit"] == fit]
        assert len({row["film_id"] for row in mine}) == len(mine) == 48
        patients = [{row["patient"] for row in mine if row["side"] == side} for side in ("fitted", "watched", "scored")]
        assert not patients[0] & patients[1]
        assert not patients[0] & patients[2]
        assert not patients[1] & patients[2]
    scored = [row["film_id"] for row in rows if row["side"] == "scored"]
    assert sorted(scored) == sorted(f"f{number}.png" for number in range(48)), "each film is scored out of fold once"
    assert not any(row["patient"] == "p1" for row in rows), "patients are under pseudonyms"


@pytest.mark.requirement("REQ-RELEASE")
def test_scores_are_what_the_kept_networks_say_of_the_films(made: Made) -> None:
    """From the film's file through the clinic's road to the network of its fold: the same logit as in the table."""
    folder = open_folder(made.run.folder)
    rows = table(made.run.folder / "scores.csv")
    assert {row["role"] for row in rows} == {"out-of-fold", "tune"}
    for row in [*rows[:4], *rows[-4:]]:
        network = folder.network() if row["fit"] == "final" else folder.fold_network(int(row["fold"]))
        assert network is not None
        film = prepare(read(made.data / "drawn" / row["film_id"], view="PA"), made.recipe.input)
        with torch.no_grad():
            logit, maps = network(torch.from_numpy(film[None]))
        assert float(logit[0, 0]) == pytest.approx(float(row["logit_pneumonia"]), abs=0.05), "8 bits of grey"
        assert float(maps.mean()) == pytest.approx(float(logit[0, 0]), abs=1e-4)


def test_the_networks_learnt_what_was_drawn(made: Made) -> None:
    scores = open_folder(made.run.folder).scores
    assert len(scores) == 48
    assert auroc(scores.logits, scores.labels)[0] > 0.9


def test_the_history_names_the_best_pass_of_each_fit(made: Made) -> None:
    rows = table(made.run.folder / "history.csv")
    assert tuple(rows[0]) == COLUMNS
    for fit in ("fold-0", "fold-1", "final"):
        mine = [row for row in rows if row["fit"] == fit]
        best = [row for row in mine if row["best"] == "1"][-1]
        kept = torch.load(made.run.folder / "parts" / f"{fit}.pt", weights_only=True)["best_pass"]
        assert int(best["pass"]) == kept
        assert float(best["auroc"]) == max(float(row["auroc"]) for row in mine)
        assert [int(row["pass"]) for row in mine] == list(range(1, len(mine) + 1))


def test_progress_counts_every_step_of_every_fit(made: Made) -> None:
    done = [at.done for at in made.steps]
    assert done == sorted(set(done))
    assert {at.part for at in made.steps} == {"fold-0", "fold-1", "final"}
    assert made.steps[-1].done <= made.steps[-1].total
    assert any("AUROC" in line and "out-of-fold" in line for line in made.said)


def test_tensorboard_finds_each_pass(made: Made) -> None:
    from tensorboardX.proto.event_pb2 import Event

    content = (made.run.folder / "events" / "final" / "events.out.tfevents.0.wetread").read_bytes()
    events = []
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        events.append(Event.FromString(content[12 : 12 + length]))
        content = content[16 + length :]
    rows = [row for row in table(made.run.folder / "history.csv") if row["fit"] == "final"]
    assert [event.step for event in events[1:]] == [int(row["step"]) for row in rows]
    told = {value.tag: value.simple_value for value in events[-1].summary.value}
    assert told["tune_loss"] == pytest.approx(float(rows[-1]["tune_loss"]), rel=1e-5)


def test_the_page_holds_everything_and_asks_for_nothing(made: Made) -> None:
    page = (made.run.folder / "report.html").read_text("utf-8")
    for figure in ("losses", "watched", "precision", "f1", "films"):
        assert f'id="{figure}-alt"' in page
        assert (made.run.folder / "figures" / f"{figure}.png").stat().st_size > 1000
    assert "calling every film positive" in page
    assert "out-of-fold" in page
    assert "not cleared or approved" in page
    assert 'src="http' not in page
    assert (made.run.folder / "augmented.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_is_never_taken_by_mistake(made: Made, tmp_path: Path) -> None:
    def again(out: Path, *, resume: bool, changes: tuple[tuple[str, str], ...] = ()) -> None:
        tune(recipe(tmp_path, *changes), made.data, out, say=made.said.append, resume=resume, means=made.means())

    with pytest.raises(UsageError, match="--resume goes on with it"):
        again(made.run.folder, resume=False)
    with pytest.raises(UsageError, match="another recipe"):
        again(made.run.folder, resume=True, changes=(("epochs = 6", "epochs = 9"),))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"letter\.txt and no run"):
        again(tmp_path / "other", resume=True)
    assert (tmp_path / "other" / "letter.txt").read_text() == "mine"
    with pytest.raises(DataError, match="no run folder"):
        open_run(tmp_path / "other")


def test_a_run_on_other_films_does_not_go_on(made: Made, tmp_path: Path) -> None:
    shutil.copytree(made.run.folder, tmp_path / "run")
    with pytest.raises(DataError, match="other films, labels or sides"):
        tune(
            made.recipe, write_films(tmp_path / "data", films=40), tmp_path / "run", say=made.said.append, resume=True,
            means=made.means(),
        )  # fmt: skip


@pytest.mark.requirement("REQ-NATURAL-PREVALENCE")
def test_a_balanced_run_says_natural_log_odds(tmp_path: Path) -> None:
    """A quarter is positive; shown half and half, the kept network's scores must still average about a quarter."""
    data = write_films(tmp_path / "data", films=64)
    rows = read_labels(data)
    write_labels(data, [row for place, row in enumerate(rows) if place % 2 == 0 or place % 6 == 1])
    how = recipe(
        tmp_path, ("folds = 2", 'folds = 1\nsampling = "balanced"'),
        ("learning_rate = 5e-3", "learning_rate = 1e-5"), ("averaging = 0.8", "averaging = 0.0"), ("epochs = 6", "epochs = 1"),
    )  # fmt: skip
    run = tune(how, data, tmp_path / "run", say=lambda _: None, means=Means(device="cpu", workers=1))
    rows_ = table(run.folder / "scores.csv")
    assert {row["role"] for row in rows_} == {"tune"}
    fitted = run.about["films"]["train"]["labels"]["pneumonia"]
    expected = np.log(fitted["positive"] / fitted["negative"])
    # Hardly fitted, the network knows nothing but the prevalence it was shown, which is taken back.
    assert np.mean([float(row["logit_pneumonia"]) for row in rows_]) == pytest.approx(expected, abs=0.25)
