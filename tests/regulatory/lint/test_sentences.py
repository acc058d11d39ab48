"""What single sentences of a text are taken to say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from wetread.regulatory.lint import Submission, lint
from wetread.regulatory.lint.submission import Metric, Span
from wetread.regulatory.lint.text.claims import improper, modalities_in, views_in
from wetread.regulatory.lint.text.document import parse
from wetread.regulatory.lint.text.reader import from_text
from wetread.regulatory.lint.text.words import ages_in, count_in, counts_in, share_in
from wetread.regulatory.lint.wording import augments, flips, hardware, look_alikes_in


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("men and women aged 20 to 60", (20, 60)),
        ("Age: 2-90", (2, 90)),
        ("patients between 1 and 95 years old.", (1, 95)),
        ("between the age groups of 1 to 99.", (1, 99)),
        ("18 years and older", (18, None)),
        ("adults", (18, None)),
        ("patients over 40 years of age", (40, None)),
        ("of any age", (0, None)),
        ("adults and children", None),
        ("rotation of 0 to 20 degrees", None),
        ("pixels from 0 to 255", None),
        ("ages above 120 were removed as errors", None),
        ("batch 32 to 64, thirty years of experience", None),
        ("not for adults", None),
    ],
)
def test_ages(text: str, ages: tuple[int, int | None] | None) -> None:
    assert ages_in(text) == (None if ages is None else Span(low=ages[0], high=ages[1]))


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("with 20/80 split between positive and negative cases", 0.2),
        ("a 50-50 positive-negative split of pneumonia cases", 0.5),
        ("80/20 negative and positive cases", 0.2),
        ("positive to negative ratio of 1:3", 0.25),
        ("1,500 positive and 500 negative: a positive to negative ratio of 1:3.", 0.25),
        ("50% pneumonia and 50% non-pneumonia", 0.5),
        ("75% negative cases and 25% positive cases", 0.25),
        ("Prevalence of pneumonia: 10%", 0.1),
        ("We expect 10% of the 2,000 patients from 5 hospitals to have pneumonia", 0.1),
        ("half of them pneumonia, half normal", 0.5),
        ("as many positives as negatives: balanced", 0.5),
        ("imbalanced pneumonia cases", None),
        ("the positives are not balanced", None),
        ("split into 80% training and 20% validation data", None),
        ("80:20 in favour of training, with pneumonia in both", None),
        ("80% of all pneumonia positive cases went to training", None),
        ("detects 89% of real pneumonia cases", None),
        ("labels of pneumonia are over 90% accurate", None),
        ("57% were male", None),
        ("Prevelance of Pneumonia is 0.166.", 0.166),
        ("Positive cases should make up around 20-30% of the films", 0.2),
        ("80% randomly selected films with pneumonia, balanced with as many others", 0.5),
        ("The prevalence of pneumonia is 20%", 0.2),
    ],
)
def test_shares_of_positives(text: str, share: float | None) -> None:
    assert share_in(text) == pytest.approx(share) if share is not None else share_in(text) is None


@pytest.mark.parametrize(
    ("text", "films"),
    [
        ("consisted of 2290 chest xray images", 2290),
        ("1,430 X-ray images", 1430),
        ("Number of samples: 7930", 7930),
        ("300-1000 chest x-rays from a partner", 300),
        ("1,700 consecutive adults", 1700),
        ("resized to 224 x 224", None),
        ("batch size 32 of images", 32),
        ("three radiologists", None),
    ],
)
def test_counts(text: str, films: int | None) -> None:
    assert count_in(text) == films


def test_counts_of_both_classes() -> None:
    assert counts_in("290 positive and 110 negative") == (400, 290)
    assert counts_in("1,000 films, 200 of them positive") == (1000, 200)
    assert counts_in("a 50-50 positive-negative split of 2290 images") is None
    assert counts_in("only negative films") is None


@pytest.mark.parametrize(
    ("step", "how"),
    [
        ("horizontal flip", "sideways"),
        ("Horizonal Flip", "sideways"),
        ("horizontal_flip=True", "sideways"),
        ("horizontal_flip = False, vertical_flip = False", ""),
        ("Horizontal flip, but no vertical flip", "sideways"),
        ("no vertical flips, only horizontal flips", "sideways"),
        ("vertical flips enabled and horizontal flips disabled", "upside down"),
        ("flipping images left-right", "sideways"),
        ("images are mirrored at random", "sideways"),
        ("no flips of any kind", ""),
        ("we do not flip or rotate films", ""),
        ("flips were deliberately avoided", ""),
        ("rotation by 5 degrees", ""),
    ],
)
def test_flips(step: str, how: str) -> None:
    assert flips(step) == how


def test_augmentation_and_hardware_words() -> None:
    assert [augments(step) for step in ("random crop", "zoom 0.1", "rotated upright", "no augmentation")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert [hardware(one) for one in ("Requires an Nvidia GPU", "no powerful computer needed", "not for children")] == [
        True, True, False,
    ]  # fmt: skip
    assert look_alikes_in("Oedema, Inflitration and a mass") == ("infiltration", "edema")


def test_views_and_modalities() -> None:
    assert views_in("PA or AP, but lateral films are excluded") == ("PA", "AP")
    assert views_in("posterior-anterior or anterior to posterior") == ("PA", "AP")
    assert views_in("an app for a PAtient") == ()
    assert views_in("not indicated for AP films; PA only") == ("PA",)
    assert modalities_in("DX, CT and MRI") == ("DX", "CT", "MR")
    assert modalities_in("not for CT; computed radiography") == ("CR",)
    assert modalities_in("a chest x-ray") == ("RG",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("negative films are de-prioritized", {"later"}),
        ("removal from a radiologist's priority queue", {"later"}),
        ("nothing is removed from the worklist", set()),
        ("a tool to discard chest x-ray images without pneumonia", {"later"}),
        ("It replaces the second radiologist.", {"replaces"}),
        ("It does not replace the radiologist.", set()),
        ("an aid rather than replacing the radiologist", set()),
        ("acting as one radiologist in a set of two", {"replaces"}),
        ("an FDA-approved device", {"cleared"}),
        ("it is not FDA cleared", set()),
        ("for FDA approval", set()),
    ],
)
def test_words_that_claim_too_much(text: str, said: set[str]) -> None:
    assert {name for name, found in improper(text).items() if found} == said


# ------------------------------------------------------------------------------------------------------- figures
def figures(text: str, section: str = "**Final Threshold and Explanation:**") -> list[tuple[object, ...]]:
    told = from_text(f"{section} {text}\n")
    return [(one.name, one.value, one.low, one.high, one.group, one.goal) for one in told.metrics]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The F1 score is 0.41.", [("f1", 0.41, None, None, "", False)]),
        ("We reached an F1-score of **0.41** with a threshold of 0.3.", [("f1", 0.41, None, None, "", False)]),
        ("AUC: 0.84 (95% CI 0.80-0.88)", [("auc", 0.84, 0.80, 0.88, "", False)]),
        ("AUROC = 0.84 [0.80, 0.88]", [("auc", 0.84, 0.80, 0.88, "", False)]),
        ("Sensitivity 86 % and specificity 75 %", [
            ("sensitivity", 0.86, None, None, "", False), ("specificity", 0.75, None, None, "", False)]),
        ("a recall of 0.8 ± 0.05", [("sensitivity", 0.8, 0.75, 0.85, "", False)]),
        ("AUC 0.78 on PA and 0.74 on AP films", [
            ("auc", 0.78, None, None, "PA", False), ("auc", 0.74, None, None, "AP", False)]),
        ("If it predicts negative, it is correct with 90.5% probability.", [("npv", 0.905, None, None, "", False)]),
        ("The precision is 0.33 and our F1 is 0.435.", [
            ("ppv", 0.33, None, None, "", False), ("f1", 0.435, None, None, "", False)]),
        ("PPV at 10 % prevalence was 37.9 %.", [("ppv", 0.379, None, None, "", False)]),
        ("to ensure a recall above 0.8", []),
        ("A likelihood ratio of 1.8; precision 1.8 times higher.", []),
        ("AUC 0.9 (0.8 to 300%)", [("auc", 0.9, None, None, "", False)]),
        ("CheXNet has an F1 of 0.435 and the radiologists 0.387.", []),
        ("the labels' accuracy is over 90%", []),
        ("The F1 is shown below for a threshold of 0.4.", []),
    ],
)  # fmt: skip
def test_figures_in_sentences(text: str, told: list[tuple[object, ...]]) -> None:
    assert figures(text) == told


def test_a_value_in_the_plan_is_a_goal_unless_it_was_reached() -> None:
    plan = "**Algorithm Performance Standard:**"
    assert figures("Sensitivity should be 0.8.", plan) == [("sensitivity", 0.8, None, None, "", True)]
    assert figures("AUROC: 0.77", plan) == [("auc", 0.77, None, None, "", True)]
    assert figures("We got a sensitivity of 0.8.", plan) == [("sensitivity", 0.8, None, None, "", False)]


def test_tables_are_read_by_column_and_by_row() -> None:
    columns = "| Reader | F1 | Recall |\n|---|---|---|\n| CheXNet | 0.435 | |\n| Our model | 0.41 | 0.7 |\n"
    told = from_text(f"**Final Threshold:**\n\n{columns}")
    assert [(one.name, one.value) for one in told.metrics] == [("f1", 0.41), ("sensitivity", 0.7)]
    assert (told.comparisons[0].ours, told.comparisons[0].theirs) == (0.41, 0.435)
    rows = "| Metric | Value | 95 % CI |\n|---|---|---|\n| AUC | 0.8 | 0.7-0.9 |\n| AUC, PA | 0.79 | 0.7-0.9 |\n"
    told = from_text(f"**Final Threshold:**\n\n{rows}")
    assert told.metrics[0] == Metric(name="auc", value=0.8, low=0.7, high=0.9, set="validation")
    assert told.metrics[1].group == "PA"


def test_the_prevalence_beside_a_figure_is_seen() -> None:
    told = from_text("**Final Threshold:** F1 is 0.4 where 20% of the films are positive. NPV is 0.9.\n")
    assert [one.prevalence for one in told.metrics] == [0.2, 0.2]
    told = from_text("**Final Threshold:** Precision is 31% for positive predictions.\n")
    assert told.metrics[0].prevalence is None


def test_the_same_films_make_no_comparison_across_prevalences() -> None:
    apart = "**Final Threshold:** Our F1 is 0.4; CheXNet's F1 is 0.435."
    assert len(from_text(apart).comparisons) == 1
    assert from_text(apart + " Both were measured on the same films.").comparisons == ()


# ------------------------------------------------------------------------------------------------------- document
def test_passages_know_their_section_and_line() -> None:
    document = parse(
        "# A\n\n**Indications for Use:**\nFor adults. It reads\nPA films.\n\n* one\n* two\n\n"
        "### 6. FDA Validation Plan\n\n#### Ground truth\nThree readers.\n"
    )
    told = [(one.line, one.section, one.kind, one.text) for one in document.passages]
    assert told == [
        (4, "indications", "prose", "For adults."),
        (4, "indications", "prose", "It reads PA films."),
        (7, "indications", "item", "one"),
        (8, "indications", "item", "two"),
        (13, "plan/truth", "prose", "Three readers."),
    ]
    assert document.headings["plan"] == 10


def test_template_fields_with_nothing_under_them_are_empty() -> None:
    document = parse(
        "**Device Limitations:**\n\n**Clinical Impact of Performance:** none known\n\n<< Insert P-R curve >>\n"
        "**Final Threshold and Explanation:**\n![F1](f1.png)\n"
    )
    assert document.empty == (("Device Limitations", 1),)


def test_findings_in_a_text_say_the_line() -> None:
    text = "**Preprocessing Steps:**\n\n1. Resize\n2. Random rotation\n\n**Types of augmentation:** horizontal flips\n"
    where = {finding.rule: finding.where for finding in lint(from_text(text))}
    assert where["augmentation-as-preprocessing"] == "line 4"
    assert where["laterality"] == "line 6"
    assert where["no-sample-size"] == "no heading for the validation plan"


def test_a_label_with_its_text_all_in_bold_is_read() -> None:
    told = from_text("**Indications for Use: Adults of 30 to 60 years, PA view.**\n")
    assert told.claim.ages == Span(low=30, high=60)
    assert told.claim.views == ("PA",)


def test_sets_that_are_columns_of_a_table_are_read() -> None:
    table = "Dataset|Training|Validation\n---|---|---\nSize|2350|630\nPneumonia positive rate|0.5|20%\n"
    told = from_text(f"### 4. Databases\n\n{table}")
    assert [(one.name, one.share) for one in told.sets] == [("training", 0.5), ("validation", 0.2)]
    assert told.training_share == 0.5
    assert "balance-not-undone" in {finding.rule for finding in lint(told)}


def test_balancing_that_is_told_elsewhere_is_asked() -> None:
    text = "### 4. Databases\n\nAn equal number of patients with pneumonia and without pneumonia was used.\n"
    told = from_text(text)
    assert told.training_share == 0.5
    (finding,) = (one for one in lint(told) if one.rule == "balance-not-undone")
    assert finding.severity == "warning"
    assert finding.where == "line 3"


def test_one_set_that_chooses_and_judges_is_found() -> None:
    text = (
        "**Description of Validation Dataset:** It is used to evaluate performance and to select the final threshold.\n"
    )
    assert "threshold-on-scored-set" in {finding.rule for finding in lint(from_text(text))}
    tested = from_text(text + "\n**Description of Test Dataset:** 100 films.\n")
    assert "threshold-on-scored-set" not in {finding.rule for finding in lint(tested)}


@pytest.mark.parametrize(
    ("text", "bar"),
    [
        ("F1 should be at least 0.4.", True),
        ("F1 should be higher than that of radiologists.", True),
        ("The target is a high sensitivity.", False),
        ("Each film should take no more than 5 seconds.", False),
        ("F1 is used.", False),
    ],
)
def test_a_bar_has_a_number_or_somebody_to_be_held_against(text: str, bar: bool) -> None:
    assert bool(from_text(f"**Algorithm Performance Standard:** {text}\n").plan.criterion) is bar


def test_an_empty_text_says_nothing() -> None:
    told = from_text("")
    assert told == Submission(origin="text", places=told.places)
    assert all(finding.severity == "warning" for finding in lint(told))


def test_a_flow_chart_in_letters_is_a_chain_of_steps() -> None:
    told = from_text("### 2. Algorithm Design and Function\n\nDICOM -> resize -> random zoom -> network\n")
    assert [finding.rule for finding in lint(told)].count("augmentation-as-preprocessing") == 1


@pytest.mark.parametrize(
    ("text", "unit", "disjoint"),
    [
        ("The films were split by patient.", "patient", True),
        ("We ensured there is no patient overlap between the split sets.", "patient", True),
        ("A random split of images, 80/20.", "image", None),
        ("The images were split 80/20.", "", None),
        ("The images were randomly split 80/20.", "image", None),
        ("Films were divided at random.", "image", None),
        ("The data set was split 80/20 into training and validation.", "", None),
        ("train_test_split(df, stratify=df.label)", "image", None),
        ("The split lets the same patient be in both sets.", "", False),
        ("It was not split by patient.", "", False),
        ("Learning rate by patient search.", "", None),
        ("Outliers were removed based on patient age.", "", None),
        ("Images of patients already included in the training set have been dropped.", "patient", True),
    ],
)
def test_splits(text: str, unit: str, disjoint: bool | None) -> None:
    told = from_text(f"### 4. Databases\n\n{text}\n")
    assert (told.split_unit, told.disjoint) == (unit, disjoint)


@pytest.mark.parametrize(
    ("text", "method", "readers", "rule"),
    [
        ("The majority of three radiologists.", "readers", 3, True),
        ("Three radiologists.", "readers", 3, False),
        ("A radiologist reads each film.", "readers", 1, False),
        ("A panel of radiologists.", "readers", None, False),
        ("Sputum culture.", "clinical", None, False),
        ("Culture would be best; however, it is expensive, so we take the vote of 5 experts.", "readers", 5, True),
        ("Labels mined from reports with NLP.", "reports", None, False),
        ("Two readers, and a third settles disagreement.", "readers", 2, True),
        ("To be decided.", "", None, False),
    ],
)
def test_reference_standards(text: str, method: str, readers: int | None, rule: bool) -> None:
    told = from_text(f"**Ground Truth Acquisition Methodology:** {text}\n").truth
    assert (told.method, told.readers, bool(told.rule)) == (method, readers, rule)


_PIECES = st.sampled_from(
    ["# ", "**", ":**", "|", "F1", "0.5", "50%", "1:3", "\n", "\n\n", " ", "PA", "pneumonia", "ages 1 to 9",
     "```", "1.8", "150%", "0.9-1.2", "AUC", "(95% CI 80% to 300%)", "3 of 2 positive", " is ", "![", "](",
     "validation", "not", "flip", "- ", "radiologists", "by patient", "split", "Ground Truth", "threshold",
     "<<", ">>", "\ue000"]
)  # fmt: skip


@hypothesis_settings(deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(_PIECES, max_size=60).map("".join)))
def test_no_text_breaks_the_reader(text: str) -> None:
    told = from_text(text)
    assert told.origin == "text"
    assert all(finding.where for finding in lint(told))
