"""What the adviser answers, asks, declines and sends to care; and that it never says more than it knows."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modality.questions import counted, read
from wetread.errors import ConfigError, DataError
from wetread.modality import Advice, recommend, table, to_json
from wetread.modality.words import text

ANSWERS = {
    "cough and fever, adult": "pneumonia-adult",
    "45 year old man, fever of 39, green phlegm": "pneumonia-adult",
    "adult with a cold and a cough, no fever, feels fine, 30": "cough-mild-adult",
    "82 year old with a cough": "cough-older",
    "5 year old with cough and fever": "pneumonia-child",
    "5 year old in hospital with pneumonia and low oxygen": "pneumonia-child-severe",
    "on chemotherapy with fever and a cough": "immunocompromised",
    "chest x-ray was clear but pneumonia is still suspected in this 60 year old": "pneumonia-film-clear",
    "cough for four months, 50 year old": "cough-chronic",
    "coughing up blood": "hemoptysis",
    "suspected pneumothorax": "pneumothorax",
    "is the central line in the right place": "tube-position",
    "screening for lung cancer, 60 year old smoker": "lung-screening",
    "positive tuberculin skin test": "tuberculosis",
    "infant of 6 months with bronchiolitis": "asthma-child",
    "mammogram at 55": "breast-screening",
    "lump in the breast, woman of 45": "breast-lump-40",
    "hurt my wrist falling off a bike": "wrist-hand",
    "hip pain after fall 80 year old": "hip-fracture",
    "twisted ankle, cannot put weight on it": "ankle",
    "twisted ankle but able to walk and no bony tenderness": "ankle-walks",
    "low back pain for three days, 35 year old, no red flags": "back-simple",
    "bone density at 70": "osteoporosis",
    "scoliosis in a girl of 12": "scoliosis",
    "migraine, the usual kind": "headache",
    "toothache": "toothache",
    "wisdom tooth hurts": "wisdom-teeth",
    "can't see well, diabetic": "diabetic-vision",
    "yearly eye screening in diabetes": "diabetic-eye",
    "glaucoma suspected": "glaucoma",
    "changing mole": "mole",
    "biopsy under the microscope, is it cancer": "tissue",
    "swollen painful calf after a flight": "dvt",
    "calves cramp when I walk and stop hurting at rest": "claudication",
    "pain under the right ribs after fatty meals": "gallstones",
    "7 year old with suspected appendicitis": "appendicitis-child",
    "pregnant, suspected appendicitis": "appendicitis-pregnant",
    "blood in urine without pain, 65": "hematuria",
    "anomaly scan at 20 weeks": "pregnancy-anatomy",
    "had an x-ray before I knew I was pregnant": "pregnancy-exposed",
    "my toddler swallowed a coin": "swallowed-object",
    "6 week old with a hip click": "hip-dysplasia",
    "5 week old with projectile vomiting": "pylorus",
}
DECLINED = (
    "what is the best pizza",
    "my dog has a cough",
    "the cat has a lump in her breast",
    "which antibiotic for pneumonia",
    "how long is tuberculosis contagious",
    "asdf qwer zxcv",
    "prolactinoma",
    "sarcoidosis of the parotid with xanthelasmatosis",
    "knee",
    "x-ray",
    "read my chest x-ray please",
    "hair loss",
    "what does an MRI cost",
)
EMERGENCIES = {
    "her face is drooping and her speech is slurred": "stroke",
    "sudden weakness of the left side": "stroke",
    "my father had a stroke this morning": "stroke",
    "chest pain and he collapsed": "heart",
    "crushing chest pain": "heart",
    "can't breathe": "breathing",
    "throat closing after a bee sting": "anaphylaxis",
    "hit by a car": "trauma",
    "vomiting blood": "bleeding",
    "sudden severe pain in a testicle": "testicle",
    "suddenly lost vision in one eye": "sight",
    "I want to kill myself": "suicide",
    "swallowed a button battery": "swallowed",
    "worst headache of my life": "brain",
    "pregnant and bleeding heavily": "bleeding",
    "back pain and numb between the legs": "spine",
    "1 month old with a fever": "baby-fever",
    "toddler bumped her head and vomited four times": "head",
    "vertigo and double vision": "brain",
    "allergic rash with trouble breathing": "anaphylaxis",
    "sinusitis with a swollen eye": "sight",
    "asthma attack, cannot speak": "breathing",
    "five year old swallowed two magnets": "swallowed",
    "severed finger": "trauma",
}


def ids(question: str, **options: object) -> tuple[str, list[str]]:
    advices = recommend(question, **options)  # type: ignore[arg-type]
    return advices[0].status, [advice.row.id for advice in advices if advice.row is not None]


@pytest.mark.parametrize("question", ANSWERS)
def test_a_question_finds_its_row(question: str) -> None:
    assert ids(question) == ("answer", [ANSWERS[question]])


@pytest.mark.parametrize("question", DECLINED)
def test_what_the_table_does_not_know_is_declined(question: str) -> None:
    (advice,) = recommend(question)
    assert advice.status == "declined"
    assert advice.reason
    assert advice.row is None


@pytest.mark.parametrize("question", EMERGENCIES)
def test_an_emergency_goes_to_care(question: str) -> None:
    (advice,) = recommend(question)
    assert advice.status == "emergency"
    assert advice.emergency is not None
    assert advice.emergency.id in (EMERGENCIES[question], "pregnancy")
    assert advice.row is None


@pytest.mark.parametrize(
    "question",
    [
        "history of stroke ten years ago, now cough and fever, 60",
        "no chest pain, but cough and fever, 50 years old",
        "he denies chest pain and has a cough with fever, 70",
        "carotid ultrasound to prevent a stroke",
        "tripped over my dog and hurt my knee, 40",
        "grandfather died of a heart attack",
    ],
)
def test_what_is_denied_or_long_past_is_no_emergency(question: str) -> None:
    assert recommend(question)[0].status != "emergency"


@pytest.mark.parametrize(
    ("question", "not_this"),
    [
        ("fainted while running", "faint"),
        ("headache in pregnancy", "headache"),
        ("urine infection in pregnancy", "uti-adult"),
        ("abnormal mammogram, what next", "breast-screening"),
        ("low back pain and a fever, 40", "back-simple"),
        ("child with cough and oxygen of 88 %", "pneumonia-child"),
        ("80 year old with a cough", "cough-mild-adult"),
        ("constipation with vomiting and a bloated belly", "constipation"),
        ("heartburn and food gets stuck", "reflux"),
    ],
)
def test_a_warning_sign_leaves_the_row_without_imaging(question: str, not_this: str) -> None:
    assert not_this not in ids(question)[1]
    assert recommend(question)[0].status != "declined"


# ---------------------------------------------------------------------------------------------- the sets, measured


def test_there_are_enough_questions() -> None:
    assert len(ANSWERS) >= 30
    assert len(DECLINED) >= 6
    assert len(read("first")) >= 120
    assert len(read("second")) >= 60
    known = {row.id for row in table().rows} | {"declined", "emergency"}
    assert {name for file in ("first", "second") for expected, _ in read(file) for name in expected.split("/")} <= known


@pytest.mark.parametrize("name", ["first", "second"])
def test_wrong_answers_stay_rare(name: str) -> None:
    counts = counted(name)
    total = counts.total()
    assert (counts["false"] + counts["alarm"]) / total <= 0.02
    assert (counts["right"] + counts["offered"]) / total >= 0.95


@pytest.mark.parametrize("name", ["first", "second"])
def test_no_emergency_of_the_sets_is_answered_from_the_table(name: str) -> None:
    statuses = [recommend(question)[0].status for expected, question in read(name) if expected == "emergency"]
    assert len(statuses) >= 9
    assert set(statuses) == {"emergency"}


# ------------------------------------------------------------------------------------------ what it asks and tells


def test_without_an_age_both_answers_are_given_and_the_age_is_asked() -> None:
    advices = recommend("cough and fever")
    assert {advice.row.id for advice in advices if advice.row} == {"pneumonia-adult", "pneumonia-child"}
    assert {advice.status for advice in advices} == {"depends"}
    assert "the age" in advices[0].reason
    assert all(any("--age" in ask for ask in advice.asks) for advice in advices)


def test_the_stated_age_decides() -> None:
    assert ids("cough and fever", age_years=40) == ("answer", ["pneumonia-adult"])
    assert ids("cough and fever", age_years=4) == ("answer", ["pneumonia-child"])
    assert ids("lump in the breast", age_years=25, pregnant=False) == ("answer", ["breast-lump-young"])


def test_the_stated_pregnancy_decides() -> None:
    assert ids("suspected appendicitis", age_years=30, pregnant=True) == ("answer", ["appendicitis-pregnant"])
    assert ids("suspected appendicitis", age_years=30, pregnant=False) == ("answer", ["appendicitis-adult"])
    status, rows = ids("suspected appendicitis", age_years=30)
    assert (status, set(rows)) == ("depends", {"appendicitis-adult", "appendicitis-pregnant"})


def test_nobody_asks_a_man_or_somebody_old_about_pregnancy() -> None:
    for question in ("suspected appendicitis in a man of 30", "suspected appendicitis in a woman of 70"):
        assert ids(question) == ("answer", ["appendicitis-adult"])


def test_a_pregnant_patient_gets_the_caution_of_the_examination() -> None:
    (advice,) = recommend("hurt my wrist in a fall", pregnant=True)
    assert any(caution.startswith("Pregnant: ") for caution in advice.cautions)


def test_a_contradiction_is_told() -> None:
    (advice,) = recommend("my toddler has a cough and fever", age_years=40)
    assert any("another age" in caution for caution in advice.cautions)
    (advice,) = recommend("I am not pregnant, suspected appendicitis, 30", pregnant=True)
    assert any("contradict" in caution for caution in advice.cautions)


def test_an_age_that_was_assumed_is_told() -> None:
    (advice,) = recommend("I have been coughing for four months")
    assert any("age was not said" in caution for caution in advice.cautions)


def test_a_question_known_for_others_only_says_so() -> None:
    (advice,) = recommend("low back pain in a 9 year old")
    assert advice.status == "declined"
    assert "others only" in advice.reason


def test_a_declined_question_gets_the_nearest_ones() -> None:
    (advice,) = recommend("what about my knee")
    assert advice.nearest
    assert all(near in {row.question for row in table().rows} for near in advice.nearest)


def test_typing_mistakes_are_mended_and_told() -> None:
    for question, row, word in (
        ("suspected pnuemothorax", "pneumothorax", "pneumothorax"),
        ("sprianed anckle, cannot bear weight", "ankle", "ankle"),
        ("galstones", "gallstones", "gallstones"),
    ):
        (advice,) = recommend(question)
        assert advice.row is not None
        assert advice.row.id == row
        assert word in advice.mended


def test_ordinary_words_are_not_mended() -> None:
    for question in ("a beast in the house", "the angle of the board", "he heard the bread"):
        assert recommend(question)[0].mended == ()


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("cough without fever", {"fever"}),
        ("knee pain, no swelling or fever", {"swelling", "fever"}),
        ("no fever, chills or vomiting but a cough", {"fever", "chills", "vomiting"}),
        ("denies chest pain, has a cough", {"chest-pain"}),
    ],
)
def test_denials_reach_as_far_as_they_are_meant(question: str, absent: set[str]) -> None:
    (advice, *_) = recommend(question)
    assert set(advice.absent) == absent
    assert not absent & set(advice.understood)


def test_inability_is_a_complaint_and_no_denial() -> None:
    (advice, *_) = recommend("fell and cannot straighten the elbow")
    assert advice.row is not None
    assert advice.row.id == "elbow"


def test_animals_are_patients_only_where_they_are_ill_themselves() -> None:
    assert "animal" in recommend("my horse has a swollen knee")[0].reason
    assert ids("my horse kicked me and my wrist is swollen")[1] == ["wrist-hand"]


# ------------------------------------------------------------------------------------------------- never otherwise


@pytest.mark.parametrize("question", ["", "  \n", "x" * 1001])
def test_an_impossible_question_is_wrong_usage(question: str) -> None:
    with pytest.raises(ConfigError):
        recommend(question)


@pytest.mark.parametrize("age", [-1, 121, float("nan")])
def test_an_impossible_age_is_wrong_usage(age: float) -> None:
    with pytest.raises(ConfigError, match="age"):
        recommend("cough", age_years=age)


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=200).filter(lambda question: question.strip()))
def test_any_text_is_borne(question: str) -> None:
    advices = recommend(question)
    assert advices
    assert json.loads(to_json(advices))["schema"] == "wetread.modality/1"
    assert "Decision support, not an order" in text(advices)


WORDS = st.sampled_from(sorted({word for _, question in read("first") for word in question.split()}))


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join))
def test_any_order_of_known_words_gives_whole_advice(question: str) -> None:
    advices = recommend(question)
    assert len({advice.status for advice in advices}) == 1
    assert (len(advices) > 1) == (advices[0].status == "depends")
    for advice in advices:
        if advice.row is not None and advice.status == "depends":
            assert advice.reason.startswith("It depends on")
    assert recommend(question) == advices


def test_the_question_is_never_repeated() -> None:
    advices = recommend("Zebediah Quillfeather born 1960 has a cough and fever, 60 years old")
    told = to_json(advices) + text(advices)
    assert advices[0].status == "answer"
    assert not any(word in told.lower() for word in ("zebediah", "quillfeather", "1960"))


def test_advice_that_is_not_whole_does_not_exist() -> None:
    row = table().rows[0]
    for broken in (
        {"status": "answer"},
        {"status": "declined"},
        {"status": "emergency", "row": row},
        {"status": "depends", "row": row},
    ):
        with pytest.raises(DataError):
            Advice(**broken)  # type: ignore[arg-type]
    with pytest.raises(DataError):
        to_json(())


def test_json_holds_all_that_a_program_needs() -> None:
    told = json.loads(to_json(recommend("lump in the breast, woman of 45, not pregnant")))
    (advice,) = told["advice"]
    first = advice["row"]["examination"]
    assert told["status"] == "answer"
    assert told["understood"] == ["breast", "lump"]
    assert first["modality"] == {"value": "MG", "scheme": "DCM", "meaning": "Mammography"}
    assert first["body_part"]["value"] == "76752008"
    assert [view["value"] for view in first["views"]] == ["399162004", "399368009"]
    assert first["radiation"]["class"] == "low"
    assert [then["modality"]["value"] for then in advice["row"]["then"]] == ["US", "SM"]
    assert advice["row"]["sources"][0]["link"].startswith("https://")
    assert advice["row"]["evidence"] == "read"


def test_text_says_what_a_volume_is_and_what_this_software_does() -> None:
    said = text(recommend("suspected pulmonary embolism in a man of 60"))
    assert "no single 2-D picture" in said
    said = text(recommend("cough and fever, adult"))
    assert "wetread reads frontal chest films" in said
    assert "rules nothing out" in said
    assert "UNCONFIRMED" in text(recommend("murmur of the heart"))
