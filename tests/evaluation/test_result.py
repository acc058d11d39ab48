"""The whole evaluation as one value, and its page: nothing missing, nothing hidden, the same numbers everywhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from evaluation.films_scored import course_batch, films, findings
from wetread.errors import ConfigError, DataError, LeakError
from wetread.evaluation import Evaluation, Scored, evaluate
from wetread.evaluation.calls.rule import Rule
from wetread.evaluation.calls.threshold import FilmList, stated, tune
from wetread.evaluation.result import Asked
from wetread.evaluation.scrutiny.noise import Reference
from wetread.intervals import auroc


def quick(scored: Scored, **more: object) -> Evaluation:
    return evaluate(scored, resamples=200, **more)  # type: ignore[arg-type]


def codes(found: Evaluation) -> list[str]:
    return [alarm.code for alarm in found.alarms]


@pytest.fixture(scope="module")
def toy() -> Scored:
    return films(400)


@pytest.fixture(scope="module")
def found(toy: Scored) -> Evaluation:
    made = quick(toy, findings=findings(toy), model="Toy <b>net</b>", reference=Reference(0.9, 0.95))
    return replace(made, told=("3 films fell out",), about={"Scores": "toy.csv"})


@pytest.fixture(scope="module")
def html(found: Evaluation) -> str:
    return found.to_html()


# ------------------------------------------------------------------------- an F1 that calling every film reaches


@pytest.mark.requirement("REQ-PREVALENCE")
@pytest.mark.parametrize("copies", [1, 8])
def test_an_f1_that_calling_every_film_positive_reaches_cannot_be_missed(copies: int) -> None:
    made = quick(course_batch(copies))
    assert f"{made.best.f1:.3f}" == "0.817"
    assert f"{made.best.f1_all_positive:.3f}" == "0.815"
    assert codes(made)[0] == "f1-of-calling-all"
    page = made.to_html()
    box = re.search(r'<section class="ring" data-code="f1-of-calling-all".*?</section>', page, flags=re.DOTALL)
    assert box is not None
    assert page.index("0.817") > box.start(), "nothing may say the F1 before the box does"
    assert box.start() < page.index('class="keys"'), "the box stands above the key figures"
    told = box[0].replace("\u202f", " ")
    for words in ("calling every film positive gives", "68.8 % of these films are positive", "has F1 0.815", "0.817"):
        assert words in told
    assert "best F1, every film called 0.815" in page


def test_a_useful_f1_does_not_ring() -> None:
    assert "f1-of-calling-all" not in codes(quick(films(600, share=0.69, apart=4.0)))
    assert "f1-of-calling-all" not in codes(quick(films(1500, share=0.1, apart=3.0)))


def test_a_stated_threshold_below_all_films_rings() -> None:
    good = films(600, share=0.69, apart=4.0)
    worse = quick(good, thresholds=[Asked(stated(float(good.score.max()), tuned_on=FilmList(np.array(["z"]))))])
    assert "f1-of-calling-all" in codes(worse)
    assert "from calling every film" in worse.alarms[0].text


# ------------------------------------------------------------------------------------------------- other alarms


def test_alarms_of_chance_direction_mix_and_few() -> None:
    assert {"chance", "enriched"} <= set(codes(quick(films(300, share=0.5, apart=0.0))))
    backwards = films(300, share=0.5, apart=-3.0)
    alarm = next(alarm for alarm in quick(backwards).alarms if alarm.code == "chance")
    assert alarm.title == "Worse than a lot"
    assert "wrong way round" in alarm.text
    assert "few-positives" in codes(quick(films(200, share=0.1)))
    calm = codes(
        quick(films(3000, share=0.1, apart=2.5), thresholds=[Asked(stated(0.5, tuned_on=FilmList(np.array(["z"]))))])
    )
    assert calm == []


@pytest.mark.requirement("REQ-SHORTCUT-ALARM")
def test_a_covariate_that_is_as_good_rings() -> None:
    plain = films(800, share=0.3, apart=0.4)
    tells = np.where(plain.label, "ward", "clinic")
    shortcut = replace(plain, groups={"source": tells})
    assert "no-better-than-guessing" in codes(quick(shortcut))
    assert "no-better-than-guessing" not in codes(
        quick(replace(films(800, apart=3.0), groups={"view": plain.groups["view"]}))
    )


# --------------------------------------------------------------------------------------------------- thresholds


def test_a_threshold_tuned_on_these_films_is_refused(toy: Scored) -> None:
    for tuning in (toy, FilmList(toy.film[:1], name="half"), FilmList(np.array(["other"]), toy.patient[:1])):
        with pytest.raises(LeakError, match="override"):
            quick(toy, thresholds=[Asked(stated(0.5, tuned_on=tuning), tuning)])
    with pytest.raises(LeakError):
        quick(toy, thresholds=[Asked(stated(0.5, tuned_on=toy.list_hash))])


def test_a_plain_number_is_a_threshold_that_nobody_told_the_origin_of(toy: Scored) -> None:
    plain, said = quick(toy, thresholds=[0.5]), quick(toy, thresholds=[Asked(stated(0.5))])
    assert plain.to_json() == said.to_json()
    assert plain.cuts[0].stated


def test_an_override_is_printed(toy: Scored) -> None:
    made = quick(toy, thresholds=[Asked(tune(toy, Rule(), resamples=50), toy, "no other films & none to come")])
    assert "tuned-here" in codes(made)
    page = made.to_html()
    assert page.count("no other films &amp; none to come") >= 2  # in the box and beside the numbers
    assert "no other films & none to come" in made.to_json()


def test_where_a_threshold_was_tuned_is_told(toy: Scored) -> None:
    other = replace(
        films(300, seed=9),
        film=np.array([f"x{i}" for i in range(300)]),
        patient=np.array([f"y{i}" for i in range(300)]),
        name="tuning set",
    )
    made = quick(toy, thresholds=[Asked(tune(other, Rule("sensitivity", 0.9), resamples=50), other)])
    assert not {"tuned-here", "origin-untold"} & set(codes(made))
    assert "tuned on tuning set" in made.to_html()
    assert "origin-untold" in codes(quick(toy, thresholds=[Asked(stated(0.5))]))


def test_thresholds_found_here_say_so(found: Evaluation, html: str) -> None:
    assert not any(cut.stated for cut in found.cuts)
    assert "found on these very films" in html
    assert "No threshold was stated" in html


# ------------------------------------------------------------------------------------------------------ the page


def test_the_first_page_says_what_it_must(found: Evaluation, html: str) -> None:
    first = html[html.index("<h1>") : html.index('class="part"')].replace("\u202f", " ")
    films_ = found.films
    area = found.headline.find("auroc").stated
    for words in (
        f"{films_.films} films of {films_.patients} patients",
        f"{films_.positives} films of",
        f"AUROC {area.value:.3f} (95 % interval {area.low:.3f} to {area.high:.3f})",
        f"Average precision {found.precision.average_precision:.3f}",
        f"Calling every film positive has {found.best.f1_all_positive:.3f}",
        "Against negative films that look like it",
        "By view: AP ",
        "; PA ",
        "no clearance or approval by any authority",
        *(f">{share}</th>" for share in ("1 %", "5 %", "10 %", "30 %")),
    ):
        assert words in first, words


def test_every_section_is_there_with_its_figures(found: Evaluation, html: str) -> None:
    titles = re.findall(r'<h2 id="part-\d+">([^<]+)</h2>', html)
    assert len(titles) == 10 + len(found.cuts)
    assert len(set(titles)) == len(titles)
    assert set(found.plot()) == {
        "roc", "precision", "worth", "f1", "against", "groups", "baselines", "reliability", "decision", "abstention",
    }  # fmt: skip
    named = re.findall(r'<svg[^>]*role="img" aria-labelledby="([^"]+)"', html)
    assert len(named) == 10
    for name in named:
        assert re.search(rf'<title id="{name}">[^<]{{20,}}</title>', html)


@pytest.mark.requirement("REQ-EVALUATION-REPORT")
def test_the_page_stands_alone_and_escapes(html: str) -> None:
    assert "Toy &lt;b&gt;net" in html
    assert "<b>net" not in html
    assert "<script" not in html
    assert not re.search(r'(src|href)="(?!#|data:)', html)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for wrong in ("nan", "None", "{{", "inf "):
        assert not re.search(rf">[^<]*\b{re.escape(wrong)}\b[^<]*<", html), wrong


def test_figures_are_files_and_the_same_twice(found: Evaluation) -> None:
    first, second = found.plot(), found.plot()
    for name, figure in first.items():
        ElementTree.fromstring(figure.svg)  # drawn here
        assert figure.png.startswith(b"\x89PNG")
        assert figure.svg == second[name].svg


@pytest.mark.requirement("REQ-EVALUATION-REPORT")
def test_what_is_not_known_is_said() -> None:
    page = quick(films(300, probability=False, groups=False)).to_html()
    assert "PA and AP are not told apart" in page
    assert "Nothing is known of what else the negative films show" in page
    assert "their calibration is not judged" in page
    assert "Can the probabilities be believed?" not in page


# ---------------------------------------------------------------------------------------------------------- JSON


@pytest.mark.requirement("REQ-EVALUATION-REPORT")
def test_the_json_holds_the_numbers(found: Evaluation, toy: Scored) -> None:
    read = json.loads(found.to_json())
    assert read["schema"] == "wetread.evaluation/1"
    assert read["films"]["list_hash"] == toy.list_hash
    assert read["settings"]["seed"] == 0
    assert read["settings"]["resamples"] == 200
    assert {"wetread", "numpy", "scipy"} <= set(read["settings"])
    area = next(each for each in read["headline"]["estimates"] if each["name"] == "auroc")
    assert area["percentile"]["value"] == pytest.approx(auroc(toy.score, toy.label)[0], abs=1e-12)
    assert read["told"] == ["3 films fell out"]
    assert [kind["name"] for kind in read["negatives"]["against"]] == [
        "any look-alike",
        "Infiltration",
        "Effusion",
        "No Finding",
    ]
    assert len(read["roc"]["threshold"]) == len(read["roc"]["sensitivity"])
    assert {group["name"] for covariate in read["groups"]["covariates"] for group in covariate["groups"]} == {
        "PA",
        "AP",
        "male",
        "female",
    }
    assert read["label_errors"]["reference"] == {"ppv": 0.9, "npv": 0.95}


def test_the_short_curve_has_the_whole_average_precision(found: Evaluation) -> None:
    curve = found.precision
    assert np.diff(curve.recall, prepend=0).min() > 0
    assert (np.diff(curve.recall, prepend=0) * curve.precision).sum() == pytest.approx(
        curve.average_precision, abs=1e-12
    )


@pytest.mark.requirement("REQ-EVALUATION-REPORT")
def test_rows_in_another_order_give_the_same_document(toy: Scored) -> None:
    order = np.random.default_rng(1).permutation(len(toy))
    kinds = findings(toy)
    moved = quick(toy.where(order), findings={name: mask[order] for name, mask in kinds.items()})
    assert moved.to_json() == quick(toy, findings=kinds).to_json()


# ---------------------------------------------------------------------------------------------------- degenerate


def test_a_perfect_score_is_answered() -> None:
    toy = films(120, share=0.4)
    perfect = quick(replace(toy, score=np.where(toy.label, 0.8, 0.2) + 0.1 * toy.score))
    assert perfect.headline.find("auroc").value == 1
    assert "1.000" in perfect.to_html()
    assert json.loads(perfect.to_json())["roc"]["auroc"] == 1


def test_scores_that_are_all_alike_are_answered() -> None:
    toy = films(120, share=0.4)
    same = quick(replace(toy, score=np.full(120, 0.5)))
    assert same.headline.find("auroc").value == 0.5
    assert "chance" in codes(same)
    assert same.to_html()


def test_what_cannot_be_answered_is_refused() -> None:
    toy = films(60)
    with pytest.raises(DataError, match="one class"):
        quick(toy.where(toy.label))
    with pytest.raises(DataError, match="one patient"):
        quick(replace(toy, patient=np.full(60, "p")))
    with pytest.raises(ConfigError, match="prevalence"):
        quick(toy, prevalences=(1.5,))


def test_a_handful_of_films_is_answered() -> None:
    few = Scored(np.array(list("abcdef")), np.array(list("uvwxyz")), np.array([1, 0, 0, 1, 0, 1]), np.array([0.9, 0.2, 0.3, 0.4, 0.5, 0.6]), True,
                 {"view": np.array(["PA", "AP", "PA", "AP", "", "PA"])}, "few")  # fmt: skip
    made = quick(few, findings={"Edema": np.array([0, 1, 0, 0, 1, 0], bool)})
    page = made.to_html()
    assert "too few to say" in page
    json.loads(made.to_json())


def test_the_interval_that_is_printed(found: Evaluation) -> None:
    for each in found.headline.estimates:
        assert each.stated == (each.bca if each.name in ("average_precision", "best_f1") else each.percentile)


def test_numbers_are_made_without_what_only_draws() -> None:
    code = (
        "import sys; from evaluation.films_scored import films; from wetread.evaluation import compare, evaluate; "
        "toy = films(120); evaluate(toy, resamples=20).to_json(); compare(toy, toy, resamples=20).to_json(); "
        "print(sorted({'matplotlib', 'jinja2', 'polars', 'torch', 'pydicom'} & set(sys.modules)))"
    )
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root / 'tests'}"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
