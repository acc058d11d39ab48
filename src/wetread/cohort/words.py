"""A cohort in sentences, computed from its numbers; what could not be counted is not said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wetread.cohort.bias_words import leak_section
from wetread.cohort.disease_words import comorbidity_section, course_section
from wetread.report.section import Section, Table
from wetread.report.wording import count, interval, listed, number, plain, share

if TYPE_CHECKING:
    from wetread.cohort.describe import Cohort
    from wetread.cohort.findings import Findings
    from wetread.cohort.people import Band, People
    from wetread.cohort.prevalence import Cell, Prevalence

__all__ = ["headlines", "key_figures", "sections"]

_GIVEAWAY = 20  # films without metadata, all of one kind, that are worth a headline
_FEW = 100  # films of a group below which its share is not talked about


def key_figures(cohort: Cohort) -> tuple[tuple[str, str], ...]:
    """Number and what it counts, for the head of the page."""
    people, overall = cohort.people, cohort.prevalence.overall
    found = [
        (number(people.films), "film" if people.films == 1 else "films"),
        (number(people.patients), "patient" if people.patients == 1 else "patients"),
    ]
    if overall is not None:
        found.append((number(people.positive), f"with pneumonia, of {count(people.positive_patients, 'patient')}"))
        found.append((share(overall.share.value), "of the films"))
    return tuple(found)


def headlines(cohort: Cohort) -> tuple[str, ...]:
    """What to know before training, the worst first."""
    found = []
    audit = cohort.shortcuts
    if audit is not None and audit.alarm:
        ringing = [f"{s.name} ({s.auroc.value:.2f})" for s in audit.suspects if s.rings]
        found.append(
            f"Shortcut alarm: the label can be guessed without looking at the lungs, from {listed(ringing)}. "
            "A network's AUROC means nothing here unless these stand beside it."
        )
    bare, bare_sick = cohort.people.missing["all three"], cohort.people.missing_positive["all three"]
    if bare >= _GIVEAWAY and bare_sick in (0, bare) and cohort.people.positive:
        found.append(
            f"{number(bare)} films have no age, sex or view, and {'all' if bare_sick else 'none'} of them carry the label: what "
            "is missing gives it away."
        )
    leak = cohort.split_leak
    if leak.share > 0:
        found.append(
            f"Split by patient: a split by film would put {share(leak.share)} of the test films on patients that training "
            "has seen."
        )
    findings, people = cohort.findings, cohort.people
    if people.positive and cohort.comorbidity.pairs:
        found.append(
            f"Pneumonia {'rarely comes alone' if findings.alone * 3 < people.positive else 'mostly comes with others'}: {count(findings.alone, 'film', 'films')} of {number(people.positive)} "
            f"({share(findings.alone / people.positive)}) carry no other finding."
            if findings.alone * 2 < people.positive
            else f"{share(findings.alone / people.positive)} of the pneumonia films carry no other finding."
        )
    overall = cohort.prevalence.overall
    if overall is not None:
        found.append(
            f"One who always says no is right on {share(1 - overall.share.value)} of the films: accuracy says nothing, and "
            "every predictive value belongs to a prevalence."
        )
    return tuple(found)


def sections(cohort: Cohort) -> tuple[Section, ...]:
    """The sections that metadata alone give, in order."""
    made = [
        _people(cohort.people),
        _findings(cohort.findings, cohort.people),
        _prevalence(cohort.prevalence),
        comorbidity_section(cohort.comorbidity, cohort.findings, cohort.people),
        course_section(cohort.course),
        leak_section(cohort.split_leak, cohort.people),
    ]
    return tuple(section for section in made if section is not None)


# ------------------------------------------------------------------------------------------------------- who


def _people(people: People) -> Section:
    loads = people.films_per_patient
    told = [
        f"The table holds {count(people.films, 'film')} of {count(people.patients, 'patient')}. A patient has "
        f"{count(round(loads['median']), 'film')} at the median and {number(loads['mean'], 1)} on average; "
        f"{number(people.single)} ({share(people.single / people.patients)}) have a single film, and the most filmed "
        f"patient has {number(loads['most'])}. The hundredth of the patients with most films gives {share(people.crowd)} of "
        "all films.",
        _ages(people),
        " ".join(filter(None, (_groups("sex", people.by_sex, people), _groups("view", people.by_view, people)))),
        _missing(people),
    ]
    means = [
        "Films of one patient resemble each other. Draw and split patients, not films, and take every interval over "
        "patients; those with many films weigh most in a loss that counts films."
    ]
    young = sum(band.films for band in people.by_age if band.name in ("0-9", "10-19"))
    if 0 < young < people.films:
        means.append(
            f"{count(young, 'film is', 'films are')} of patients under 20 ({share(young / people.films)}): children and adults "
            "under one label teach a network the age first."
        )
    figures = (("ages", "Films by age."), ("films-per-patient", "How the films are spread over patients."))
    return Section("Who is in it", tuple(filter(None, told)), tuple(means), figures, (_bands(people),))


def _ages(people: People) -> str:
    ages = people.ages
    if ages.median is None or ages.least is None or ages.most is None:
        return "No age is known."
    told = (
        f"Ages run from {number(ages.least)} to {number(ages.most)} years with the median at {number(ages.median)} and the "
        f"middle half from {number(ages.lower_quartile or 0)} to {number(ages.upper_quartile or 0)}"
    )
    if ages.median_positive is not None:
        told += f"; where there is pneumonia the median is {number(ages.median_positive)}"
    if people.age_implausible:
        told += (
            f". {count(people.age_implausible, 'film says', 'films say')} an age that nobody has, and "
            f"{'counts' if people.age_implausible == 1 else 'count'} as of unknown age"
        )
    return told + "."


_SAID = {"F": "female", "M": "male", "O": "other"}


def _groups(what: str, bands: tuple[Band, ...], people: People) -> str:
    known = [band for band in bands if band.name != "unknown"]
    if not known:
        return f"No {what} is known."
    parts = [f"{_SAID.get(band.name, band.name)} {share(band.films / people.films)}" for band in known]
    return f"Films by {what}: {listed(parts)}."


def _missing(people: People) -> str:
    parts = [f"{what} on {number(films)}" for what, films in people.missing.items() if films and what != "all three"]
    if not parts:
        return "Age, sex and view are known for every film."
    told = f"Not known: {listed(parts)} of the films."
    bare, sick = people.missing["all three"], people.missing_positive["all three"]
    if bare:
        which = "all" if sick == bare else "none" if sick == 0 else number(sick)
        told += f" {count(bare, 'film has', 'films have')} none of the three, and {which} of them carry the label."
    if people.sex_changes:
        told += f" {count(people.sex_changes, 'patient has', 'patients have')} films of more than one sex."
    return told


def _bands(people: People) -> Table:
    rows = [
        (
            f"{what} {band.name}",
            number(band.films),
            number(band.patients),
            number(band.positive),
            number(band.positive_patients),
        )
        for what, bands in (("age", people.by_age), ("sex", people.by_sex), ("view", people.by_view))
        for band in bands
    ]
    head = ("group", "films", "patients", "with pneumonia", "patients with it")
    return Table("Films and patients by age, sex and view", head, tuple(rows))


# -------------------------------------------------------------------------------------------------- the labels


def _findings(findings: Findings, people: People) -> Section | None:
    if not findings.each and not findings.clear:
        return None
    told = [
        f"Of {count(people.films, 'film')}, {number(findings.clear)} ({share(findings.clear / people.films)}) are said to show "
        f"no finding; {count(findings.clear_patients, 'patient has', 'patients have')} only such films."
    ]
    if findings.untold:
        told.append(f"Of {count(findings.untold, 'film')} nothing is said: that is not the same as no finding.")
    if findings.each:
        most = [f"{plain(finding.name)} ({number(finding.films)})" for finding in findings.each[:3]]
        least = findings.each[-1]
        told.append(
            f"Beside pneumonia there {'is 1 finding' if len(findings.each) == 1 else f'are {len(findings.each)} findings'}, most "
            f"often {listed(most)}"
            + (f", least often {plain(least.name)} ({number(least.films)})." if len(findings.each) > 3 else ".")
        )
    mean = findings.per_film["with the label"], findings.per_film["with other findings"]
    if mean[0] is not None and mean[1] is not None:
        told.append(
            f"A pneumonia film carries {number(mean[0], 2)} other findings on average, a film with other findings alone "
            f"{number(mean[1], 2)}."
        )
    means = (
        "A label is what somebody wrote, not what the film shows: measure it against readers before trusting the third "
        "decimal of anything trained on it.",
    )
    rows = tuple((plain(one.name), number(one.films), number(one.patients)) for one in findings.each)
    table = Table("Findings by film and by patient", ("finding", "films", "patients"), rows)
    return Section(
        "What the labels say",
        tuple(told),
        means,
        (("findings", "Films (bars) and patients (diamonds) with each finding."),),
        (table,),
    )


# -------------------------------------------------------------------------------------------------- prevalence


def _prevalence(prevalence: Prevalence) -> Section | None:
    overall, patients = prevalence.overall, prevalence.of_patients
    if overall is None or patients is None:
        return Section("How often pneumonia is", ("The label is said of no film, so there is no prevalence.",))
    told = [
        f"{number(overall.positive)} of {count(overall.films, 'film')} carry the label: {interval(overall.share)}. By patient it "
        f"is {number(overall.positive_patients)} of {number(overall.patients)}: {interval(patients)}."
    ]
    told += [
        _contrast(cells, what)
        for cells, what in ((prevalence.by_view, "view"), (prevalence.by_sex, "sex"))
        if len(cells) > 1
    ]
    told += [text for text in (_extremes(prevalence.by_age),) if text]
    told.append(
        "Films of one patient are not independent: intervals of film shares are cluster-robust over patients (linearised, on "
        "the log-odds), so they are wider than a count of films would make them."
    )
    means = [
        f"State the prevalence beside every predictive value and every F1: here it is {share(overall.share.value)}, in a clinic "
        "it will be another."
    ]
    if len(prevalence.by_view) > 1 and _apart(prevalence.by_view):
        means.append("Match or stratify by view: a network that only tells AP from PA already has something to gain.")
    rows = tuple(
        (c.age or "all", _SAID.get(c.sex or "", "all"), c.view or "all", number(c.films), number(c.patients), number(c.positive),
         interval(c.share))
        for c in (*prevalence.by_view, *prevalence.by_sex, *prevalence.by_age, *prevalence.cells)
    )  # fmt: skip
    head = ("age", "sex", "view", "films", "patients", "with pneumonia", "share")
    table = Table("Share with pneumonia by age, sex and view", head, rows)
    caption = "Share with pneumonia by age, sex and view, with 95 % intervals over patients. Intervals may run beyond the picture."
    return Section("How often pneumonia is", tuple(told), tuple(means), (("prevalence", caption),), (table,))


def _contrast(cells: tuple[Cell, ...], what: str) -> str:
    ranked = sorted(cells, key=lambda cell: -cell.share.value)
    parts = [f"{_SAID.get(c.sex or '', c.view or '')} {interval(c.share)}" for c in ranked]
    apart = "The intervals lie apart." if _apart(cells) else "The intervals overlap."
    return f"By {what}: {'; '.join(parts)}. {apart}"


def _apart(cells: tuple[Cell, ...]) -> bool:
    """Whether the highest and the lowest group have intervals that do not meet."""
    ranked = sorted(cells, key=lambda cell: -cell.share.value)
    return ranked[0].share.low > ranked[-1].share.high


def _extremes(cells: tuple[Cell, ...]) -> str:
    enough = [cell for cell in cells if cell.films >= _FEW]
    if len(enough) < 2:
        return ""
    most, least = max(enough, key=lambda c: c.share.value), min(enough, key=lambda c: c.share.value)
    return (
        f"By age it is highest at {most.age} years, {interval(most.share)}, and lowest at {least.age}, {interval(least.share)}"
        f" (groups of at least {_FEW} films)."
    )
