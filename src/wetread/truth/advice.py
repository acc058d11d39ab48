"""The rules of the recommender, as data: conditions, standard, reasons, what it carries, and sources."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COMMON", "EVIDENCE", "FOR_STAGE", "RULES", "SOURCES", "Entry"]

EVIDENCE = ("ct", "culture", "follow_up")
_ANY = 10**6

SOURCES = {
    "fda-cade": "FDA, Clinical Performance Assessment: Considerations for Computer-Assisted Detection Devices Applied to "
    "Radiology Images, 2022",
    "fda-aidsf": "FDA, AI-Enabled Device Software Functions: Lifecycle Management and Marketing Submission "
    "Recommendations, draft, January 2025",
    "k222268": "FDA, summary of K222268: two ground-truthers with a third for disagreements",
    "majkowska": "Majkowska and others, Radiology 2020: adjudicated panel labels for chest radiographs",
    "rsna": "Shih and others, Radiology: Artificial Intelligence 2019: the RSNA re-annotation of NIH films",
    "oakden-rayner": "Oakden-Rayner, Academic Radiology 2020: what text-mined labels are worth",
    "dawid-skene": "Dawid and Skene, Applied Statistics 1979",
    "who": "Cherian and others, Bulletin of the World Health Organization 2005: two trained readers and arbitration for "
    "primary end-point pneumonia in children",
    "stard": "STARD 2015, items 10 to 13: reference standard, its rationale, what its readers knew",
    "grras": "Kottner and others, Journal of Clinical Epidemiology 2011 (GRRAS)",
    "begg-greenes": "Begg and Greenes, Biometrics 1983: who gets the reference test is not chance",
}

COMMON = (
    "who read: number, speciality, certification, years, and their training on these definitions",
    "what readers saw beside the film (age, history, earlier films) and what they did not",
    "that readers did not see each other's answers nor any output of software",
    "definitions and allowed answers, with the wording on the sheet",
    "order of films, its seed, and how many were read twice",
    "missing and undecided films, and what was done with them",
    "agreement between readers and of each with themselves: kappa, AC1, agreement on each answer, with intervals and shares",
    "display and room, dates of the first and the last read",
)
FOR_STAGE = {
    "training": ("measured accuracy of the labels on a sample read by radiologists, with intervals",),
    "tuning": (
        "that no patient stands on two sides of the split",
        "the rule by which truth is made, stated before reading",
        "prevalence of the tuning films, and that of the intended population",
    ),
    "test": (
        "the rule by which truth is made, in the analysis plan, before any read and any score",
        "that test films and their truth were kept from the developers, and each use of them",
        "that no patient stands on two sides of the split",
        "how results change under another rule (all readers agree; adjudicated only; posterior instead of label)",
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule: it fits where every condition holds; the first that fits is taken.

    `fewest` and `most` readers; `odd` their number; `evidence` any of these must be there; `claim` and `adjudicator` None
    where they do not matter.
    """

    stages: tuple[str, ...]
    standard: str
    rule: str | None
    why: tuple[str, ...]
    may_say: str
    may_not_say: str
    sources: tuple[str, ...]
    sufficient: bool = True
    missing: str = ""
    document: tuple[str, ...] = ()
    claim: str | None = None
    fewest: int = 0
    most: int = _ANY
    odd: bool = False
    adjudicator: bool | None = None
    unequal: bool = False
    evidence: tuple[str, ...] = ()


_SIGN = (
    "agreement with radiologists on a radiographic sign (opacity suspicious for pneumonia, consolidation) as defined"
)
_NOT_DISEASE = "that the product detects pneumonia in patients"
_LATER = ("tuning", "test")

RULES: tuple[Entry, ...] = (
    Entry(
        _LATER,
        "composite clinical standard: CT, microbiology and clinical course, judged by a panel that does not see the software",
        None,
        (
            "Pneumonia is a disease: the film alone does not establish it, and is itself under test.",
            "A panel that also judges the film under test would build it into its own reference (incorporation bias).",
        ),
        "performance for pneumonia as the composite defines it, in patients who had the evidence",
        "performance in patients without that evidence, unless it is weighed back",
        ("stard", "begg-greenes", "fda-cade"),
        document=(
            "definition of the composite: which evidence, how near in time, and which finding counts",
            "who of the eligible patients had each evidence, and what decided it (verification bias)",
            "whether the panel saw the film under test",
        ),
        claim="disease",
        fewest=1,
        evidence=EVIDENCE,
    ),
    Entry(
        _LATER,
        "the evidence at hand, judged by a panel that must first be found",
        None,
        ("CT, cultures and clinical course need somebody to judge them by a written definition.",),
        "nothing yet",
        "anything that needs a reference standard",
        ("stard",),
        sufficient=False,
        missing="readers or clinicians who judge the evidence",
        claim="disease",
        evidence=EVIDENCE,
    ),
    Entry(
        ("test",),
        "majority of an odd number of independent readers; for the few ties of missing reads, an adjudicator",
        "KOfN",
        ("With three or more readers no single reader's habits decide, and an odd number leaves no tie.",),
        _SIGN,
        _NOT_DISEASE,
        ("fda-cade", "fda-aidsf", "grras"),
        fewest=3,
        odd=True,
    ),
    Entry(
        ("test",),
        "two independent readers, and the adjudicator where they differ (2 + 1)",
        "Adjudicated",
        ("Only disputed films need the third read; it is what most cleared devices of this kind did.",),
        _SIGN,
        _NOT_DISEASE,
        ("k222268", "fda-cade", "grras"),
        document=(
            "which films were adjudicated, and with whom the adjudicator sided",
            "what the adjudicator saw of both reads",
        ),
        fewest=2,
        adjudicator=True,
    ),
    Entry(
        ("test",),
        "majority of an even number of readers, ties left undecided until one more reader decides them",
        "KOfN",
        ("An even number can tie, and tied films are the hard ones: leaving them out flatters the product.",),
        f"{_SIGN}, once ties are decided",
        _NOT_DISEASE,
        ("fda-cade", "majkowska", "grras"),
        sufficient=False,
        missing="an adjudicator, or one reader more or less, so that no film stays undecided",
        fewest=4,
    ),
    Entry(
        ("test",),
        "two readers; where they differ there is no truth yet",
        "KOfN",
        ("Films on which two agree are the easy ones: a test on them alone flatters the product.",),
        "agreement with each of the two readers, reported for each",
        f"sensitivity and specificity against a truth, or {_NOT_DISEASE}",
        ("fda-cade", "grras"),
        sufficient=False,
        missing="a third reader as adjudicator",
        fewest=2,
        most=2,
    ),
    Entry(
        ("test",),
        "a single reader, as a pilot",
        "SingleReader",
        ("One reader's error cannot be told from the product's.",),
        "agreement with one reader",
        f"sensitivity and specificity against a truth, or {_NOT_DISEASE}",
        ("fda-cade", "grras"),
        sufficient=False,
        missing="two more readers, or one more and an adjudicator",
        document=("agreement of the reader with their own repeated reads",),
        fewest=1,
        most=1,
    ),
    Entry(
        ("test",),
        "none: text-mined labels are never the truth of a test",
        None,
        ("Where text-mined labels were re-read, a large share of their positives did not show the sign.",),
        "nothing about performance",
        "any performance figure as a claim",
        ("oakden-rayner", "fda-aidsf"),
        sufficient=False,
        missing="three readers, or two and an adjudicator",
    ),
    Entry(
        ("tuning",),
        "majority of the readers",
        "KOfN",
        ("Thresholds and calibration inherit the errors of the labels they are set on.",),
        "thresholds set on a majority of radiologists",
        "the figures on these films as performance",
        ("fda-aidsf", "grras"),
        fewest=3,
    ),
    Entry(
        ("tuning",),
        "two readers, and the adjudicator where they differ (2 + 1)",
        "Adjudicated",
        ("Thresholds and calibration inherit the errors of the labels they are set on.",),
        "thresholds set on adjudicated reads",
        "the figures on these films as performance",
        ("k222268", "grras"),
        fewest=2,
        adjudicator=True,
    ),
    Entry(
        ("tuning",),
        "a single reader, with part of the films read twice",
        "SingleReader",
        ("Enough to choose a threshold for a pilot; the choice carries the reader's own habits.",),
        "thresholds set on one reader",
        "the figures on these films as performance",
        ("grras",),
        document=("agreement of the reader with their own repeated reads",),
        missing="a second reader and an adjudicator would show how far the threshold hangs on this one",
        fewest=1,
    ),
    Entry(
        ("tuning",),
        "text-mined labels with their error measured on a sample, probabilities corrected for it",
        "TextMined",
        ("A threshold tuned on noisy labels is tuned to the noise as well.",),
        "thresholds set on text-mined labels of measured accuracy",
        "the figures on these films as performance",
        ("oakden-rayner", "rsna"),
        sufficient=False,
        missing="at least one reader for a sample that covers both labels",
    ),
    Entry(
        ("training",),
        "Dawid-Skene on all reads: the posterior as a soft label",
        "DawidSkene",
        (
            "Readers differ in skill, and the model weighs each by the errors it shows; training can use the doubt itself.",
        ),
        "how the training labels were made",
        "anything about performance",
        ("dawid-skene",),
        document=("error rates that the model found for each reader", "films on which it differs from the majority"),
        fewest=3,
        unequal=True,
    ),
    Entry(
        ("training",),
        "majority of the readers, share of votes kept as a soft label",
        "KOfN",
        ("Reads are dear: where there are several, keep their disagreement for training.",),
        "how the training labels were made",
        "anything about performance",
        ("rsna",),
        fewest=3,
    ),
    Entry(
        ("training",),
        "one or two readers for the films that matter, text-mined labels for the rest",
        "SingleReader",
        ("Training bears label noise that a test does not.",),
        "how the training labels were made",
        "anything about performance",
        ("rsna", "oakden-rayner"),
        fewest=1,
    ),
    Entry(
        ("training",),
        "text-mined labels of measured accuracy",
        "TextMined",
        (
            "Training bears label noise that a test does not, if the noise does not follow a shortcut (view, ward, device).",
        ),
        "how the training labels were made",
        "anything about performance",
        ("oakden-rayner",),
        document=("which reports, which program and version, and how negation and doubt were treated",),
    ),
)
