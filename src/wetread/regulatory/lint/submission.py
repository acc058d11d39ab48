"""What a submission says, whoever wrote it: the value that every rule of the lint looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wetread.errors import ConfigError

__all__ = ["Claim", "Comparison", "DataSet", "Metric", "Plan", "Span", "Submission", "Truth"]

ORIGINS = ("described", "text", "device")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Ages in years, both ends included; `high` is None where no upper end is said."""

    low: float
    high: float | None = None

    def __post_init__(self) -> None:
        """Refuse what no ages can be."""
        if self.low < 0 or (self.high is not None and self.high < self.low):
            raise ConfigError(f"ages from {self.low} to {self.high}: the lower end comes first, and none lies below 0")

    def __str__(self) -> str:
        if self.high is not None:
            return f"{self.low:g} to {self.high:g} years"
        return f"{self.low:g} years and over" if self.low else "all ages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Intended use and indications. Empty and None mean: the submission does not say.

    Attributes
    ----------
    type
        "triage", "detection" or "detection-and-diagnosis".
    finding
        What the device says is there, such as "pneumonia" or "consolidation".
    ages, views, modalities
        Of the patients and films it is for; views as in DICOM ("PA", "AP", "LATERAL"), modalities as DICOM codes.
    setting
        Where and for whom.
    later
        Whether a film that is called negative is read later than it would be, or leaves the queue.
    replaces
        Whether the device stands in for a reader.
    cleared
        Whether the text calls the device cleared, approved or compliant.
    """

    type: str = ""
    finding: str = ""
    ages: Span | None = None
    views: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    setting: str = ""
    later: bool | None = None
    replaces: bool | None = None
    cleared: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """One set of films, as the submission describes it and as it was counted.

    Attributes
    ----------
    name, role
        What it is called; "training", "tuning" or "test".
    films, positives, patients
        Counts.
    share
        Positives among the films as the *text* says it, in [0, 1] ("1:3" in a description is 0.25).
    ages, views
        Of its films.
    """

    name: str
    role: str = ""
    films: int | None = None
    positives: int | None = None
    patients: int | None = None
    share: float | None = None
    ages: Span | None = None
    views: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse shares and counts that cannot be."""
        _share(f"set {self.name}: share", self.share)
        _counts(f"set {self.name}", self.films, self.positives)

    @property
    def counted(self) -> float | None:
        """Positives among the films by count; None where not both are known."""
        return self.positives / self.films if self.films and self.positives is not None else None

    @property
    def prevalence(self) -> float | None:
        """By count, else as said."""
        return self.share if self.counted is None else self.counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One printed figure.

    Attributes
    ----------
    name
        "f1", "auc", "sensitivity", "specificity", "ppv", "npv", "accuracy", or another in lower case.
    value, low, high
        The figure, in [0, 1], and the ends of its interval.
    n, positives, prevalence
        What is printed beside it.
    set
        The name of the set that it was measured on.
    group
        The part of that set, such as "PA", "children", "infiltration"; empty for all of it.
    goal
        True where it is a target of the plan, not a result.
    """

    name: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    positives: int | None = None
    prevalence: float | None = None
    set: str = ""
    group: str = ""
    goal: bool = False

    def __post_init__(self) -> None:
        """Refuse figures outside their range, and an interval that ends before it begins."""
        for told, value in (("value", self.value), ("low", self.low), ("high", self.high)):
            _share(f"{self.name}: {told}", value)
        _share(f"{self.name}: prevalence", self.prevalence)
        _counts(self.name, self.n, self.positives)
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ConfigError(f"{self.name}: its interval goes from {self.low} to {self.high}")

    @property
    def beside(self) -> float | None:
        """The prevalence printed beside it, as such or as counts."""
        if self.prevalence is not None:
            return self.prevalence
        return self.positives / self.n if self.n and self.positives is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A figure of the device set against somebody else's.

    Attributes
    ----------
    metric
        As in `Metric.name`.
    ours, ours_prevalence, theirs, theirs_prevalence
        Both figures, and the prevalence where each was measured.
    whose
        With whom.
    """

    metric: str
    ours: float | None = None
    ours_prevalence: float | None = None
    theirs: float | None = None
    theirs_prevalence: float | None = None
    whose: str = ""

    def __post_init__(self) -> None:
        """Refuse shares outside [0, 1]."""
        _share(f"comparison of {self.metric}: ours_prevalence", self.ours_prevalence)
        _share(f"comparison of {self.metric}: theirs_prevalence", self.theirs_prevalence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The reference standard of the planned study.

    Attributes
    ----------
    method
        "readers", "reports" (labels mined from reports) or "clinical" (CT, culture, follow-up).
    readers
        How many.
    rule
        How their readings become one answer.
    adjudication
        What happens when they disagree or tie.
    blinded
        Whether they read without the device's output (and each other's).
    agreement
        Whether their agreement is, or will be, reported.
    """

    method: str = ""
    readers: int | None = None
    rule: str = ""
    adjudication: str = ""
    blinded: bool | None = None
    agreement: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The planned clinical validation.

    Attributes
    ----------
    ages, sexes, views, modalities, body_part
        Of its population.
    prevalence
        Positives expected among its films, in [0, 1].
    negatives
        What its films without the finding are, such as "healthy" or "all comers".
    included, excluded
        Other findings that may, and that must not, be there.
    sites, sample_size
        How many; sample size in films or patients.
    endpoints, criterion, multiplicity, subgroups
        What is measured, what must be reached (decided before), how several endpoints share the error, and which
        parts are looked at.
    uses
        How often the test films were scored so far.
    """

    ages: Span | None = None
    sexes: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    body_part: str = ""
    prevalence: float | None = None
    negatives: str = ""
    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    sites: int | None = None
    sample_size: int | None = None
    endpoints: tuple[str, ...] = ()
    criterion: str = ""
    multiplicity: str = ""
    subgroups: tuple[str, ...] = ()
    uses: int | None = None

    def __post_init__(self) -> None:
        """Refuse a prevalence that cannot be."""
        _share("plan: prevalence", self.prevalence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a submission says (schema `wetread.submission/1`).

    Attributes
    ----------
    name
        The device's.
    claim, plan, truth
        What it is for, how it will be validated, and against what.
    sets, metrics, comparisons
        The films, the figures, and what these are compared with.
    preprocessing, augmentation
        The steps, in the submission's words.
    split_unit, disjoint
        "patient" or "image"; whether it says that no patient stands on two sides.
    training_share, recalibrated
        Positives in what the network was shown, in [0, 1]; whether its output was mapped back to a real prevalence.
    threshold_rule, threshold_chosen_on, threshold_scored_on
        How the threshold was chosen, and the sets it was chosen and scored on.
    validation_means
        What the word "validation" names: "tuning", "clinical", or both.
    shortcut_alarm, shortcut_answer
        Whether something other than the film's content tells the label, and what was done about it.
    look_alikes
        Findings that look like the claimed one for which figures are given.
    limitations
        As said.
    empty
        Headings with nothing under them.
    unknown
        Places that whoever described the submission did not look at; no rule speaks about them.
    guessed
        Places that a reader of text inferred: what is found there is asked, not said.
    answers
        What the authors answer to a finding, by the rule's id: it stays listed, with the answer.
    places
        Where something stands: a place in this value to a line, a file and pointer, ...; "plan" serves for all below.
    origin
        "described", "text" or "device": what the places are, and whether silence may be an oversight of the reader.
    """

    name: str = ""
    claim: Claim = field(default_factory=Claim)
    plan: Plan = field(default_factory=Plan)
    truth: Truth = field(default_factory=Truth)
    sets: tuple[DataSet, ...] = ()
    metrics: tuple[Metric, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    preprocessing: tuple[str, ...] = ()
    augmentation: tuple[str, ...] = ()
    split_unit: str = ""
    disjoint: bool | None = None
    training_share: float | None = None
    recalibrated: bool | None = None
    threshold_rule: str = ""
    threshold_chosen_on: str = ""
    threshold_scored_on: str = ""
    validation_means: tuple[str, ...] = ()
    shortcut_alarm: bool | None = None
    shortcut_answer: str = ""
    look_alikes: tuple[str, ...] = ()
    limitations: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    origin: str = "described"

    def __post_init__(self) -> None:
        """Refuse words and shares that no rule would understand."""
        _share("training_share", self.training_share)
        _one_of("origin", self.origin, ORIGINS)
        _one_of("claim/type", self.claim.type, ("", "triage", "detection", "detection-and-diagnosis"))
        _one_of("split_unit", self.split_unit, ("", "patient", "image"))
        _one_of("truth/method", self.truth.method, ("", "readers", "reports", "clinical"))
        for told in self.sets:
            _one_of(f"set {told.name}: role", told.role, ("", "training", "tuning", "test"))
        for meaning in self.validation_means:
            _one_of("validation_means", meaning, ("tuning", "clinical"))
        names = [told.name for told in self.sets]
        if len(set(names)) < len(names):
            raise ConfigError(f"sets: two have one name: {names}")

    def of_set(self, name: str) -> DataSet | None:
        """The set of that name, or None."""
        return next((told for told in self.sets if told.name == name), None)

    def listed(self, place: str, places: tuple[str, ...]) -> bool:
        """Whether a place, or one above it, is among some places."""
        return any(place == one or place.startswith(f"{one}/") for one in places)

    @property
    def results(self) -> tuple[tuple[int, Metric], ...]:
        """The figures that are results and have a value, with their place in `metrics`."""
        return tuple((at, one) for at, one in enumerate(self.metrics) if not one.goal and one.value is not None)

    def where(self, place: str) -> str:
        """What to call a place: its nearest name in `places`, or itself."""
        asked = place
        while asked:
            if asked in self.places:
                return self.places[asked]
            asked = asked.rpartition("/")[0]
        return self.places.get("", place)


def _share(what: str, value: float | None) -> None:
    if value is not None and not 0 <= value <= 1:
        raise ConfigError(f'{what}: {value} is no share between 0 and 1 (write 0.25, "25 %" or "1:3")')


def _counts(what: str, films: int | None, positives: int | None) -> None:
    if (films is not None and films < 0) or (positives is not None and positives < 0):
        raise ConfigError(f"{what}: a count lies below 0")
    if films is not None and positives is not None and positives > films:
        raise ConfigError(f"{what}: {positives} positive of {films}")


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ConfigError(f"{what}: {value!r} is none of {', '.join(repr(word) for word in allowed)}")
